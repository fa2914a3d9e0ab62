"""The admin's site: what stands on it, in which order, and how a body is told from another."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.contrib.admin import AdminSite
from django.contrib.admin.views.autocomplete import AutocompleteJsonView
from django.http import HttpRequest
from django.urls import path
from django.views.decorators.http import require_http_methods


class AutocompleteView(AutocompleteJsonView):
    """Suggestions in the words that the record's own admin has for it."""

    def get_queryset(self) -> Any:
        related = getattr(self.model_admin, "suggestion_related", ())
        return super().get_queryset().prefetch_related(*related)

    def serialize_result(self, obj: Any, to_field_name: str) -> dict[str, str]:
        result = super().serialize_result(obj, to_field_name)  # type: ignore[misc]
        if hasattr(self.model_admin, "suggestion"):
            result["text"] = self.model_admin.suggestion(obj)
        return result


class LineageAdminSite(AdminSite):
    """The editors' desk."""

    site_header = "Lineage: the editors’ desk"
    site_title = "Lineage"
    index_title = "The record"
    empty_value_display = "–"

    def __init__(self, name: str = "admin") -> None:
        super().__init__(name)
        # Here, and not when the modules load: the default site is made only after this class
        # is known, and what registered itself on the way would be lost.
        from lineage.admin import (
            changes,
            corrections,
            organisations,
            proposals,
            sources,
            statements,
        )

        for module in (organisations, changes, statements, sources, proposals, corrections):
            for model, admin in module.PAGES.items():
                self.register(model, admin)
        self._order = [model.__name__ for model in self._registry]

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[Any]:
        """The record first, in the order in which it is worked on, then accounts and the rest."""
        apps = super().get_app_list(request, app_label)
        for app in apps:
            if app["app_label"] == "lineage":
                app["models"].sort(key=lambda model: self._order.index(model["object_name"]))
        return sorted(apps, key=lambda app: app["app_label"] != "lineage")

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:
        """A page of the desk: read or sent, and nothing else."""
        return super().admin_view(require_http_methods(["GET", "HEAD", "POST"])(view), cacheable)

    def get_urls(self) -> list[Any]:
        from lineage.admin.dating import read_date
        from lineage.admin.deleted import bring_back, deleted
        from lineage.admin.importing import import_rows
        from lineage.admin.reviewing import waiting
        from lineage.admin.watching import watch

        return [
            path("import/", self.admin_view(partial(import_rows, self)), name="import"),
            path("date/", self.admin_view(read_date, cacheable=True), name="date"),
            path("review/", self.admin_view(partial(waiting, self)), name="review"),
            path("deleted/", self.admin_view(deleted), {"site": self}, name="deleted"),
            path(
                "deleted/<str:kind>/<int:number>/",
                self.admin_view(bring_back),
                {"site": self},
                name="deleted_record",
            ),
            path("watch/", self.admin_view(partial(watch, self)), name="watch"),
            *super().get_urls(),
        ]

    def autocomplete_view(self, request: HttpRequest) -> Any:
        return AutocompleteView.as_view(admin_site=self)(request)
