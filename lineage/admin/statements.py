"""The pages of what is said of bodies and events: names, facts, affiliations, accounts."""

from __future__ import annotations

from django.contrib import admin
from django.utils.text import Truncator

from lineage.admin.filters import CitedFilter
from lineage.admin.history import WholeHistory
from lineage.admin.inlines import CitationInline
from lineage.admin.publication import PublishedOneByOne
from lineage.admin.records import RecordAdmin, period
from lineage.models import (
    Account,
    Affiliation,
    CountryPeriod,
    Fact,
    Identifier,
    Link,
    Name,
)


class AffiliationAdmin(PublishedOneByOne, WholeHistory, RecordAdmin):
    list_display = ("organisation", "role", "body", "when", "status")
    list_filter = ("status", "role", CitedFilter)
    list_select_related = ("organisation", "body")
    search_fields = ("organisation__folded", "body__folded")
    fields = ("organisation", "role", "body", "since", "until", "dates_in_words", "status")
    readonly_fields = ("dates_in_words",)
    inlines = (CitationInline,)

    @admin.display(description="when", ordering="since_earliest")
    def when(self, obj: Affiliation) -> str:
        return period(obj)


class AccountAdmin(RecordAdmin):
    list_display = ("claimant", "of", "says")
    list_filter = (CitedFilter,)
    list_select_related = ("event", "subject")
    search_fields = ("claimant", "text", "event__slug", "subject__folded")
    fields = ("claimant", "organisation", "event", "subject", "text")
    inlines = (CitationInline,)

    @admin.display(description="of")
    def of(self, obj: Account) -> str:
        return str(obj.event or obj.subject)

    @admin.display(description="says")
    def says(self, obj: Account) -> str:
        return Truncator(obj.text).words(20)


class NameAdmin(RecordAdmin):
    list_display = ("text", "organisation", "kind", "language", "used")
    list_filter = ("kind", CitedFilter)
    list_select_related = ("organisation",)
    search_fields = ("folded", "text", "organisation__folded")
    fields = ("organisation", "text", "kind", "language", "since", "until", "dates_in_words")
    readonly_fields = ("dates_in_words",)
    inlines = (CitationInline,)

    @admin.display(description="used", ordering="since_earliest")
    def used(self, obj: Name) -> str:
        return period(obj)


class FactAdmin(RecordAdmin):
    list_display = ("organisation", "kind", "text", "number", "when")
    list_display_links = ("kind",)
    list_filter = ("kind", CitedFilter)
    list_select_related = ("organisation",)
    search_fields = ("text", "organisation__folded", "organisation__name")
    fields = ("organisation", "kind", "text", "number", "since", "until", "dates_in_words")
    readonly_fields = ("dates_in_words",)
    inlines = (CitationInline,)

    @admin.display(description="when", ordering="since_earliest")
    def when(self, obj: Fact) -> str:
        return period(obj)


class CountryPeriodAdmin(RecordAdmin):
    list_display = ("__str__", "organisation", "when")
    list_select_related = ("organisation",)
    search_fields = ("country", "organisation__folded")
    fields = ("organisation", "country", "since", "until", "dates_in_words")
    readonly_fields = ("dates_in_words",)

    @admin.display(description="when", ordering="since_earliest")
    def when(self, obj: CountryPeriod) -> str:
        return period(obj)


class IdentifierAdmin(RecordAdmin):
    list_display = ("scheme", "value", "organisation")
    list_display_links = ("value",)
    list_select_related = ("organisation",)
    search_fields = ("scheme", "value", "organisation__folded")
    fields = ("organisation", "scheme", "value")


class LinkAdmin(RecordAdmin):
    list_display = ("url", "title", "organisation")
    list_select_related = ("organisation",)
    search_fields = ("url", "title", "organisation__folded")
    fields = ("organisation", "url", "title")


PAGES = {
    Affiliation: AffiliationAdmin,
    Name: NameAdmin,
    Fact: FactAdmin,
    Account: AccountAdmin,
    CountryPeriod: CountryPeriodAdmin,
    Identifier: IdentifierAdmin,
    Link: LinkAdmin,
}
