"""The admin's site, named here so that it exists before any admin module is loaded."""

from django.contrib.admin.apps import AdminConfig


class LineageAdminConfig(AdminConfig):
    """Django admin with the project's own site class."""

    default_site = "lineage.admin.site.LineageAdminSite"
