"""The pages of sources, of citations, and of warnings that an editor lets stand."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.safestring import SafeString

from lineage.admin.citing import LeadsBack
from lineage.admin.history import WholeHistory
from lineage.admin.merging import Mergeable
from lineage.admin.pasting import paste
from lineage.admin.records import RecordAdmin, words
from lineage.models import Citation, Source, Waiver


class SourceAdmin(Mergeable, WholeHistory, RecordAdmin):
    list_display = ("title", "by", "published", "kind", "citations_number")
    search_fields = ("title", "slug", "publisher", "authors")
    change_list_template = "admin/lineage/source_list.html"  # type: ignore[misc]
    prepopulated_fields = {"slug": ("title",)}
    readonly_fields = ("dates_in_words", "cited")
    fields = (
        "title",
        "slug",
        "authors",
        "year",
        "dates_in_words",
        "kind",
        "publisher",
        "url",
        "cited",
    )

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view(partial(paste, self))
        return [path("paste/", view, name="lineage_source_paste"), *super().get_urls()]

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        rows = super().get_queryset(request).annotate(citations_number=Count("citations"))
        return rows.order_by(*self.model._meta.ordering)  # a count drops the model's own

    @admin.display(description="authors")
    def by(self, obj: Source) -> str:
        return ", ".join(obj.authors)

    @admin.display(description="year", ordering="year")
    def published(self, obj: Source) -> str:
        return words(obj.year)

    @admin.display(description="citations", ordering="citations_number")
    def citations_number(self, obj: Any) -> int:
        return obj.citations_number

    @admin.display(description="cited")
    def cited(self, obj: Any) -> SafeString:
        return format_html(
            '<a href="{}?{}">{} {}</a>',
            reverse("admin:lineage_citation_changelist"),
            urlencode({"q": obj.slug}),
            obj.citations_number,
            "citation" if obj.citations_number == 1 else "citations",
        )


class CitationAdmin(LeadsBack, RecordAdmin):
    list_display = ("source", "of", "statement", "locator", "value")
    list_select_related = (
        "source",
        "organisation",
        "name",
        "event",
        "affiliation__organisation",
        "affiliation__body",
        "fact",
        "account",
    )
    search_fields = ("source__title", "source__slug", "statement", "locator", "value")
    fieldsets = [
        (None, {"fields": ["source", "locator", "statement", "value", "note"]}),
        (
            "What it supports: one of these",
            {"fields": ["organisation", "name", "event", "affiliation", "fact", "account"]},
        ),
    ]

    @admin.display(description="of")
    def of(self, obj: Citation) -> str:
        return f"{obj.target}: {getattr(obj, obj.target)}"


class WaiverAdmin(LeadsBack, RecordAdmin):
    list_display = ("rule", "record", "reason")
    search_fields = ("rule", "record", "reason")
    proposable = False
    fields = ("rule", "record", "reason")


PAGES = {Source: SourceAdmin, Citation: CitationAdmin, Waiver: WaiverAdmin}
