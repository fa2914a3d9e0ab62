"""What was changed in the record, by whatever editor: the entries of the feeds."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.utils import timezone

from lineage.models import (
    Account,
    Affiliation,
    ChangeEvent,
    Citation,
    CountryPeriod,
    Fact,
    Identifier,
    Link,
    Name,
    Organisation,
    Status,
    Succession,
)
from lineage.models.keeping import FIRST

MOST = 60  # entries
ROWS = 600  # of each kind of statement that are looked through for them
# What a change to each kind of row is called, and the columns that lead to the bodies it is of.
PARTS: tuple[tuple[Any, str, tuple[str, ...]], ...] = (
    (Name, "names", ("organisation_id",)),
    (CountryPeriod, "countries", ("organisation_id",)),
    (Fact, "facts", ("organisation_id",)),
    (Identifier, "identifiers", ("organisation_id",)),
    (Link, "links", ("organisation_id",)),
    (Affiliation, "affiliations", ("organisation_id", "body_id")),
    (Account, "accounts", ("subject_id",)),
    (Citation, "sources", ("organisation_id",)),
    (Succession, "lineage", ("predecessor_id", "successor_id")),
)
OF_EVENTS: tuple[tuple[Any, str], ...] = (
    (Account, "accounts"),
    (Citation, "sources"),
    (Succession, "bodies"),
)


@dataclass(slots=True)
class Entry:
    """What was changed of one record on one day, the last time at ``moment``."""

    record: Any
    day: date
    moment: datetime
    new: bool = False
    parts: dict[str, None] = field(default_factory=dict)

    @property
    def words(self) -> str:
        """``"New."``, ``"Changed: names, sources."``"""
        if self.new:
            return "New in the record."
        return f"Changed: {', '.join(sorted(self.parts))}."


def latest(
    organisations: Any | None = None, events: Any | None = None, most: int = MOST
) -> list[Entry]:
    """The latest changes to published bodies and events, the newest first.

    ``organisations`` and ``events`` narrow it to some of them. A constant number of queries.
    """
    bodies = Organisation.objects.published() if organisations is None else organisations
    changes = ChangeEvent.objects.published() if events is None else events
    changes = changes.filter(partly_hidden=False)
    found: dict[tuple[str, int, date], Entry] = {}
    known = {row.pk: row for row in bodies}
    _own(found, "organisation", Organisation, known)
    for model, words, columns in PARTS:
        for column in columns:
            _parts(found, "organisation", model, column, words, known)
    told = {row.pk: row for row in changes}
    _own(found, "event", ChangeEvent, told)
    for model, words in OF_EVENTS:
        _parts(found, "event", model, "event_id", words, told)
    entries = sorted(found.values(), key=lambda one: (one.moment, one.record.slug), reverse=True)
    return entries[:most]


def _own(found: dict[Any, Entry], of: str, model: Any, known: dict[int, Any]) -> None:
    history = _told(model).filter(id__in=known, status=Status.PUBLISHED)
    rows = history.order_by("-history_date", "-history_id")
    for key, kind, moment in rows.values_list("id", "history_type", "history_date")[:ROWS]:
        entry = _entry(found, of, known[key], moment)
        entry.new |= kind == "+"
        entry.parts["the record itself"] = None


def _parts(
    found: dict[Any, Entry], of: str, model: Any, column: str, words: str, known: dict[int, Any]
) -> None:
    history = _told(model).filter(**{f"{column}__in": known})
    if hasattr(model.objects, "published"):  # what readers can't see leaves no trace here, either
        history = history.filter(id__in=model.objects.published().order_by().values("pk"))
    rows = history.order_by("-history_date", "-history_id")
    for key, moment in rows.values_list(column, "history_date")[:ROWS]:
        _entry(found, of, known[key], moment).parts[words] = None


def _told(model: Any) -> Any:
    """A model's history without the state in which its rows were first loaded."""
    return model.history.filter(history_date__gt=FIRST)


def _entry(found: dict[Any, Entry], of: str, record: Any, moment: datetime) -> Entry:
    day = timezone.localtime(moment).date()
    entry = found.setdefault((of, record.pk, day), Entry(record, day, moment))
    entry.moment = max(entry.moment, moment)
    return entry
