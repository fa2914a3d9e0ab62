"""Writing the record as an interchange document: what a reader may see, or all of it."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet

from lineage.exchange.schema import FORMAT, VERSION
from lineage.graph import Lineage
from lineage.models import (
    Account,
    Affiliation,
    ChangeEvent,
    Citation,
    Organisation,
    Source,
    Status,
    Succession,
)
from lineage.models.derivation import edges_of


def dump(value: Any) -> str:
    """JSON as the site writes it: readable, not ASCII only, with a line break at the end."""
    return json.dumps(value, ensure_ascii=False, indent=2) + "\n"


def timestamp(moment: datetime) -> str:
    """A moment as ISO 8601 in UTC, to the second: ``2026-11-22T10:00:00Z``."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


class Export:
    """The parts of the document; ``drafts`` holds what readers may not see, too.

    Each part takes a number of queries that does not grow with it.
    """

    def __init__(self, *, drafts: bool = False) -> None:
        self.drafts = drafts

    def document(self, moment: datetime) -> dict[str, Any]:
        """The whole record."""
        return {
            "format": FORMAT,
            "version": VERSION,
            "title": settings.RECORD_TITLE,
            "licence": settings.RECORD_LICENCE,
            "exported": timestamp(moment),
            "organisations": self.organisations(),
            "events": self.events(),
            "affiliations": self.affiliations(),
            "sources": self.sources(),
        }

    def organisations(self, chosen: QuerySet[Organisation] | None = None) -> list[dict[str, Any]]:
        """Organisations, sorted by id."""
        rows = self._seen(Organisation.objects.all() if chosen is None else chosen)
        rows = rows.order_by().prefetch_related(
            "country_periods",
            "identifiers",
            "links",
            _cited("names"),
            _cited("facts"),
            _citations(),
            self._accounts(),
        )
        found = _by_id(rows)
        parents = self._parents(None if chosen is None else {row.family for row in found})
        return [self.organisation_entry(row, parents.get(row.slug)) for row in found]

    def events(self, chosen: QuerySet[ChangeEvent] | None = None) -> list[dict[str, Any]]:
        """Events, sorted by id."""
        rows = self._seen(ChangeEvent.objects.all() if chosen is None else chosen)
        edges = self._seen(Succession.objects.select_related("predecessor", "successor"))
        rows = rows.order_by().prefetch_related(
            Prefetch("successions", edges.order_by("pk")),
            _citations(),
            self._accounts(),
        )
        return [self.event_entry(row) for row in _by_id(rows)]

    def affiliations(self, chosen: QuerySet[Affiliation] | None = None) -> list[dict[str, Any]]:
        """Affiliations, sorted by member, body, role and date."""
        rows = self._seen(Affiliation.objects.all() if chosen is None else chosen)
        rows = rows.select_related("organisation", "body").prefetch_related(_citations())
        return self.affiliation_entries(rows.order_by())

    def affiliation_entries(self, rows: Iterable[Affiliation]) -> list[dict[str, Any]]:
        """Affiliations as the document holds them, sorted, of their parts in memory."""
        return [
            {
                "organisation": row.organisation.slug,
                "body": row.body.slug,
                "role": row.role,
                "from": row.since or None,
                "to": row.until or None,
                "citations": _listed(row.citations.all()),
                **self._status(row),
            }
            for row in sorted(
                rows,
                key=lambda row: (row.organisation.slug, row.body.slug, row.role, row.since),
            )
        ]

    def sources(self) -> list[dict[str, Any]]:
        """Sources, sorted by id; for readers without those that only unseen statements cite."""
        rows = Source.objects.order_by() if self.drafts else seen_sources()
        return [source_entry(row) for row in _by_id(rows)]

    def _seen(self, rows: Any) -> Any:
        return rows if self.drafts else rows.published()

    def _parents(self, families: set[int | None] | None) -> dict[str, str]:
        edges = self._seen(Succession.objects.order_by())
        if families is not None:
            edges = edges.filter(successor__family__in=families)
        return Lineage(edges_of(edges)).parents

    def _status(self, row: Any) -> dict[str, str]:
        return {} if row.status == Status.PUBLISHED else {"status": row.status}

    def _accounts(self) -> Prefetch:
        rows = self._seen(Account.objects.select_related("organisation"))
        return Prefetch("accounts", rows.order_by("claimant").prefetch_related(_citations()))

    def organisation_entry(self, row: Organisation, parent: str | None) -> dict[str, Any]:
        """An organisation as the document holds it, of its parts in memory."""
        periods = row.country_periods.all()
        return {
            "id": row.slug,
            "name": row.name,
            "kind": row.kind,
            "countries": sorted({period.country for period in periods}),
            "founded": row.founded or None,
            "dissolved": row.dissolved or None,
            "parent": parent,
            "summary": row.summary,
            "names": [
                {
                    "text": name.text,
                    "language": name.language or None,
                    "kind": name.kind,
                    "from": name.since or None,
                    "to": name.until or None,
                    "citations": _listed(name.citations.all()),
                }
                for name in sorted(
                    row.names.all(),
                    key=lambda name: (name.since, name.kind, name.language, name.text),
                )
            ],
            "identifiers": sorted(
                ({"scheme": one.scheme, "value": one.value} for one in row.identifiers.all()),
                key=lambda one: (one["scheme"], one["value"]),
            ),
            "links": sorted(
                ({"url": link.url, "title": link.title} for link in row.links.all()),
                key=lambda link: link["url"],
            ),
            "facts": [
                {
                    "kind": fact.kind,
                    "text": fact.text,
                    "number": _number(fact.number),
                    "from": fact.since or None,
                    "to": fact.until or None,
                    "citations": _listed(fact.citations.all()),
                }
                for fact in sorted(
                    row.facts.all(), key=lambda fact: (fact.since, fact.kind, fact.text)
                )
            ],
            "citations": _listed(row.citations.all()),
            "accounts": _told(row.accounts.all()),
            "active": row.active or None,
            "unnamed": row.unnamed,
            "country_periods": [
                {
                    "country": period.country,
                    "from": period.since or None,
                    "to": period.until or None,
                }
                for period in sorted(periods, key=lambda period: (period.country, period.since))
                if period.since or period.until
            ],
            **self._status(row),
        }

    def event_entry(self, row: ChangeEvent) -> dict[str, Any]:
        """An event as the document holds it, of its parts in memory."""
        hidden = not self.drafts and row.partly_hidden  # type: ignore[attr-defined]
        return {
            "id": row.slug,
            "kind": row.kind,
            "manner": row.manner or None,
            "title": "" if hidden else row.title,
            "date": row.date or None,
            "summary": "" if hidden else row.summary,
            "complete": row.complete and not hidden,
            "successions": [
                {
                    "predecessor": edge.predecessor.slug,
                    "successor": edge.successor.slug,
                    "predecessor_continues": edge.predecessor_continues,
                    "successor_existed": edge.successor_existed,
                    "principal": edge.principal,
                }
                for edge in sorted(
                    row.successions.all(),
                    key=lambda edge: (edge.predecessor.slug, edge.successor.slug),
                )
            ],
            "accounts": _told(row.accounts.all()),
            "citations": [] if hidden else _listed(row.citations.all()),
            **self._status(row),
        }


def _by_id(rows: Iterable[Any]) -> list[Any]:
    """Sorted here: each database has an order of its own for hyphens."""
    return sorted(rows, key=lambda row: row.slug)


def source_entry(row: Source) -> dict[str, Any]:
    """A source as the document holds it."""
    return {
        "id": row.slug,
        "title": row.title,
        "authors": row.authors,
        "year": row.year or None,
        "kind": row.kind,
        "publisher": row.publisher,
        "url": row.url,
    }


def seen_sources() -> QuerySet[Source]:
    """The sources but for those that only unseen statements cite."""
    cited = Citation.objects.filter(source=OuterRef("pk"))
    return Source.objects.order_by().filter(Exists(cited.filter(seen_citations())) | ~Exists(cited))


def seen_citations() -> Any:
    """The citations that stand at something readers may see."""
    published = Status.PUBLISHED
    events = ChangeEvent.objects.published().filter(partly_hidden=False)
    return (
        Q(organisation__status=published)
        | Q(name__organisation__status=published)
        | Q(fact__organisation__status=published)
        | Exists(events.filter(pk=OuterRef("event")))
        | Exists(Affiliation.objects.published().filter(pk=OuterRef("affiliation")))
        | Exists(Account.objects.published().filter(pk=OuterRef("account")))
    )


def _citations() -> Prefetch:
    return Prefetch("citations", Citation.objects.select_related("source").order_by("pk"))


def _cited(relation: str) -> Prefetch:
    model = Organisation._meta.get_field(relation).related_model
    return Prefetch(relation, model._default_manager.order_by("pk").prefetch_related(_citations()))


def _listed(citations: Iterable[Citation]) -> list[dict[str, Any]]:
    """Citations, sorted."""
    entries = sorted(
        (one.statement, one.source.slug, one.locator, one.note, one.value) for one in citations
    )
    return [
        {
            "statement": statement,
            "source": source,
            "locator": locator,
            "note": note,
            "value": value or None,
        }
        for statement, source, locator, note, value in entries
    ]


def _told(accounts: Iterable[Account]) -> list[dict[str, Any]]:
    return [
        {
            "claimant": account.claimant,
            "organisation": account.organisation.slug if account.organisation else None,
            "text": account.text,
            "citations": _listed(account.citations.all()),
        }
        for account in sorted(accounts, key=lambda account: account.claimant)
    ]


def _number(value: Decimal | None) -> int | float | None:
    if value is None:
        return None
    return int(value) if value == value.to_integral_value() else float(value)
