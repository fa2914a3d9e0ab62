"""The pages of organisations and of what hangs on one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib import admin
from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from lineage.admin.dividing import Divisible
from lineage.admin.filters import CitedFilter, CountryFilter
from lineage.admin.history import WholeHistory
from lineage.admin.inlines import (
    AccountInline,
    CitationInline,
    CountryInline,
    FactInline,
    IdentifierInline,
    LinkInline,
    MemberOfInline,
    MembersInline,
    NameInline,
)
from lineage.admin.merging import Mergeable
from lineage.admin.publication import PublishedOneByOne, may_change
from lineage.admin.records import RecordAdmin, words
from lineage.models import Account, ChangeKind, Organisation

# What happened to a body, and how it began, as links to a new change of that kind.
AFTER = {
    ChangeKind.SPLIT.value: "a split",
    ChangeKind.MERGER.value: "a merger",
    ChangeKind.RENAME.value: "a change of name",
    ChangeKind.CONTINUATION.value: "a continuation",
}
BEFORE = {
    ChangeKind.SPLIT.value: "a split from another",
    ChangeKind.MERGER.value: "a merger of others",
    ChangeKind.RENAME.value: "an earlier name",
    ChangeKind.CONTINUATION.value: "one that it carried on",
}


def change_link(record: Model, text: str = "") -> SafeString:
    """A link to the page on which a record is changed."""
    opts = record._meta
    url = reverse(f"admin:{opts.app_label}_{opts.model_name}_change", args=[record.pk])
    return format_html('<a href="{}">{}</a>', url, text or str(record))


class OrganisationAdmin(Divisible, Mergeable, PublishedOneByOne, WholeHistory, RecordAdmin):
    """One body: what it was called, where it was, and where it stands in the tree."""

    list_display = ("name", "life", "places", "kind", "status")
    list_filter = ("status", "kind", CountryFilter, CitedFilter)
    search_fields = ("folded",)
    search_help_text = "A name, former name, abbreviation or id; accents don’t matter."
    suggestion_related = ("country_periods",)
    prepopulated_fields = {"slug": ("name",)}
    readonly_fields = ("dates_in_words", "tree", "came_from", "led_to", "record_a_change")
    fieldsets = [
        (None, {"fields": ["name", "unnamed", "slug", "kind", "status"]}),
        ("Life", {"fields": ["founded", "dissolved", "active", "dates_in_words"]}),
        ("Summary", {"fields": ["summary"]}),
        ("Lineage", {"fields": ["tree", "came_from", "led_to", "record_a_change"]}),
    ]
    inlines = (
        CountryInline,
        NameInline,
        MemberOfInline,
        MembersInline,
        FactInline,
        AccountInline,
        CitationInline,
        IdentifierInline,
        LinkInline,
    )

    def get_search_results(
        self, request: HttpRequest, queryset: Any, search_term: str
    ) -> tuple[QuerySet, bool]:
        term = search_term.strip()
        if not term:
            return queryset, False
        named = Organisation.objects.matching(term).values("pk")
        return queryset.filter(Q(pk__in=named) | Q(slug__contains=term.lower())), False

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        deleted, counts, needed, protected = super().get_deleted_objects(objs, request)
        # A published account would lose the record of its claimant.
        given = Account.objects.filter(organisation__in=[obj.pk for obj in objs])
        for account in given.select_related("event", "subject"):
            if not may_change(request.user, account):
                needed.add(account._meta.verbose_name)
        return deleted, counts, needed, protected

    def changelist_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        request.with_places = True  # type: ignore[attr-defined]
        return super().changelist_view(request, *args, **kwargs)

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        queryset = super().get_queryset(request)
        if getattr(request, "with_places", False):
            return queryset.prefetch_related("country_periods")
        return queryset

    @admin.display(description="years", ordering="founded_earliest")
    def life(self, obj: Organisation) -> str:
        return obj.years

    @admin.display(description="country")
    def places(self, obj: Organisation) -> str:
        return ", ".join(dict.fromkeys(str(place) for place in obj.country_periods.all()))

    def suggestion(self, obj: Organisation) -> str:
        """A body among homonyms: "Socialist Party (1899–1901), France · Draft"."""
        said = ", ".join(filter(None, (str(obj), self.places(obj))))
        return said if obj.status == "published" else f"{said} · {obj.get_status_display()}"

    @admin.display(description="its place in the tree")
    def tree(self, obj: Organisation) -> SafeString:
        """Its principal line: the bodies above it, itself, those next below."""
        family = Organisation.objects.with_tree_fields().tree_filter(family=obj.family)
        node = family.get(pk=obj.pk)
        above = list(family.ancestors(node))
        below = list(family.descendants(node))
        children = [body for body in below if body.parent_id == obj.pk]
        rows = format_html_join(
            "",
            "<li>{}{}</li>",
            (
                (change_link(child), _further(sum(child.pk in row.tree_path for row in below) - 1))
                for child in children
            ),
        )
        tree = format_html(
            "<li><strong>{}</strong>{}</li>", obj, format_html("<ul>{}</ul>", rows) if rows else ""
        )
        for body in reversed(above):
            tree = format_html("<li>{}<ul>{}</ul></li>", change_link(body), tree)
        return format_html('<ul class="lineage-tree">{}</ul>', tree)

    @admin.display(description="record a change")
    def record_a_change(self, obj: Organisation) -> SafeString:
        """Where a change is entered that this body took part in."""
        return format_html(
            "What it went into: {}.<br>What it came from: {}.",
            _changes("before", obj.pk, AFTER),
            _changes("after", obj.pk, BEFORE),
        )

    @admin.display(description="came from")
    def came_from(self, obj: Organisation) -> SafeString | str:
        return _events(obj.successions_before.select_related("event", "predecessor"), "predecessor")

    @admin.display(description="led to")
    def led_to(self, obj: Organisation) -> SafeString | str:
        return _events(obj.successions_after.select_related("event", "successor"), "successor")


def _changes(side: str, key: int, words: Mapping[str, str]) -> SafeString:
    """Links to a new change of each kind, in which a body already has its side."""
    page = reverse("admin:lineage_changeevent_add")
    return format_html_join(
        ", ",
        '<a href="{}?{}">{}</a>',
        ((page, f"kind={kind}&{side}={key}", said) for kind, said in words.items()),
    )


def _further(number: int) -> str:
    return f" (and {number} further on)" if number else ""


def _events(successions: QuerySet, side: str) -> SafeString | str:
    """The events of some edges, oldest first, each with the bodies on one side of it."""
    events: dict[Any, list[Organisation]] = {}
    for edge in successions.order_by("event__date_earliest", "event__slug", f"{side}__folded"):
        events.setdefault(edge.event, []).append(getattr(edge, side))
    if not events:
        return "Nothing is recorded."
    return format_html(
        '<ul class="lineage-events">{}</ul>',
        format_html_join(
            "",
            "<li>{}: {}</li>",
            (
                (
                    change_link(
                        event,
                        ", ".join(filter(None, (event.get_kind_display(), words(event.date)))),
                    ),
                    format_html_join(", ", "{}", ((change_link(body),) for body in bodies)),
                )
                for event, bodies in events.items()
            ),
        ),
    )


PAGES = {Organisation: OrganisationAdmin}
