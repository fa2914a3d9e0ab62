"""The list of proposals; one of them is read and weighed on a page of its own."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.urls import path

from lineage.admin.reviewing import go_on, weigh
from lineage.models import Proposal


class ProposalAdmin(admin.ModelAdmin):
    """Proposals are made from the page of a record, and never deleted: they are withdrawn."""

    list_display = ("title", "state", "author", "changed")
    list_filter = ("state",)
    list_select_related = ("author",)
    list_per_page = 50
    show_full_result_count = False
    search_fields = ("title", "record", "reason")
    actions = None

    class Media:
        css = {"all": ("lineage/admin.css",)}

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).defer("base", "document")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view(partial(go_on, self.admin_site))
        return [
            path("<str:number>/rewrite/", view, name="lineage_proposal_rewrite"),
            *super().get_urls(),
        ]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> Any:
        return weigh(self.admin_site, request, object_id)


PAGES: dict[Any, Any] = {Proposal: ProposalAdmin}
