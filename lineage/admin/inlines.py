"""The parts of a record, as rows on its page."""

from lineage.admin.records import RecordInline
from lineage.models import (
    Account,
    Affiliation,
    Citation,
    CountryPeriod,
    Fact,
    Identifier,
    Link,
    Name,
)


class CountryInline(RecordInline):
    model = CountryPeriod
    fields = ("country", "since", "until")


class NameInline(RecordInline):
    model = Name
    fields = ("text", "kind", "language", "since", "until")
    show_change_link = True


class IdentifierInline(RecordInline):
    model = Identifier
    fields = ("scheme", "value")


class LinkInline(RecordInline):
    model = Link
    fields = ("url", "title")


class FactInline(RecordInline):
    model = Fact
    fields = ("kind", "text", "number", "since", "until")
    show_change_link = True


class AccountInline(RecordInline):
    """What a party says of the body itself."""

    model = Account
    fk_name = "subject"
    fields = ("claimant", "organisation", "text")
    show_change_link = True
    verbose_name_plural = "accounts of the body"


class EventAccountInline(RecordInline):
    """What a party says of the event."""

    model = Account
    fk_name = "event"
    fields = ("claimant", "organisation", "text")
    show_change_link = True


class CitationInline(RecordInline):
    """The sources of the record that the page is of."""

    model = Citation
    fields = ("source", "statement", "locator", "value", "note")


class MemberOfInline(RecordInline):
    model = Affiliation
    fk_name = "organisation"
    fields = ("body", "role", "since", "until", "status")
    verbose_name = "membership"
    verbose_name_plural = "member of"
    show_change_link = True


class MembersInline(RecordInline):
    model = Affiliation
    fk_name = "body"
    fields = ("organisation", "role", "since", "until", "status")
    verbose_name = "member"
    verbose_name_plural = "its members"
    show_change_link = True
