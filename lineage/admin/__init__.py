"""The editors' pages. ``lineage.admin.site`` registers them, when the site is made."""
