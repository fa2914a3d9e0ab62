"""Records as the rows of a table, under the headings by which they are read again."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import models
from django.db.models import Prefetch, QuerySet

from lineage.exchange.cell_values import NONE
from lineage.exchange.columns import BY_NAME, Kind
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
    Source,
    Succession,
    Waiver,
)

Cells = dict[str, str]


@dataclass(frozen=True, slots=True)
class Table:
    """Headings, and what makes the rows of a queryset, in a number of queries that never grows."""

    headings: tuple[str, ...]
    rows: Callable[[QuerySet], Iterable[Cells]]


def table_of(chosen: QuerySet) -> tuple[tuple[str, ...], list[list[str]]]:
    """The headings and rows of the records of a queryset, in its order."""
    table = TABLES[chosen.model]
    rows = [[row.get(name, "") for name in table.headings] for row in table.rows(chosen)]
    return table.headings, rows


def _organisations(chosen: QuerySet) -> Iterable[Cells]:
    for body in chosen.prefetch_related("country_periods", _citations()):
        codes = dict.fromkeys(sorted(period.country for period in body.country_periods.all()))
        yield {
            "id": body.slug,
            "name": body.name,
            "kind": body.kind,
            "countries": "; ".join(codes),
            "founded": body.founded,
            "dissolved": body.dissolved,
            "last attested": body.active,
            "has no name": _flag(body.unnamed),
            "summary": body.summary,
            "status": body.status,
            **_cited(body),
        }


def _events(chosen: QuerySet) -> Iterable[Cells]:
    edges = Succession.objects.select_related("predecessor", "successor").order_by("pk")
    for event in chosen.prefetch_related(None).prefetch_related(
        Prefetch("successions", edges), _citations()
    ):
        own = _event(event)
        for edge in event.successions.all():
            yield {**own, **_edge(edge)}


def _edges(chosen: QuerySet) -> Iterable[Cells]:
    rows = chosen.select_related("event", "predecessor", "successor")
    cited = Citation.objects.select_related("source").order_by("pk")
    for edge in rows.prefetch_related(Prefetch("event__citations", cited)):
        yield {**_event(edge.event), **_edge(edge)}


def _event(event: ChangeEvent) -> Cells:
    return {
        "event": event.slug,
        "kind": event.kind,
        "date": event.date,
        "manner": event.manner,
        "list is complete": _flag(event.complete),
        "title": event.title,
        "summary": event.summary,
        "status": event.status,
        **_cited(event),
    }


def _edge(edge: Succession) -> Cells:
    return {
        "before": edge.predecessor.slug,
        "name before": edge.predecessor.name,
        "after": edge.successor.slug,
        "name after": edge.successor.name,
        "the body before continued": _flag(edge.predecessor_continues),
        "the body after existed already": _flag(edge.successor_existed),
        "principal line": _flag(edge.principal),
    }


def _affiliations(chosen: QuerySet) -> Iterable[Cells]:
    for tie in chosen.select_related("organisation", "body").prefetch_related(_citations()):
        yield {
            "member": tie.organisation.slug,
            "name of the member": tie.organisation.name,
            "member of": tie.body.slug,
            "name of the body": tie.body.name,
            "role": tie.role,
            "status": tie.status,
            **_span(tie),
            **_cited(tie),
        }


def _names(chosen: QuerySet) -> Iterable[Cells]:
    for name in chosen.select_related("organisation").prefetch_related(_citations()):
        yield {
            **_of(name),
            "name": name.text,
            "kind": name.kind,
            "language": name.language,
            **_span(name),
            **_cited(name),
        }


def _facts(chosen: QuerySet) -> Iterable[Cells]:
    for fact in chosen.select_related("organisation").prefetch_related(_citations()):
        yield {
            **_of(fact),
            "kind": fact.kind,
            "text": fact.text,
            "number": _number(fact.number),
            **_span(fact),
            **_cited(fact),
        }


def _sources(chosen: QuerySet) -> Iterable[Cells]:
    for source in chosen:
        yield {
            "id": source.slug,
            "title": source.title,
            "authors": "; ".join(source.authors),
            "year": source.year,
            "kind": source.kind,
            "publisher": source.publisher,
            "address": source.url,
        }


def _citation_rows(chosen: QuerySet) -> Iterable[Cells]:
    related = (
        "source", "organisation", "event", "name__organisation", "fact__organisation",
        "affiliation__organisation", "affiliation__body", "account__event", "account__subject",
    )  # fmt: skip
    for citation in chosen.select_related(*related):
        of = getattr(citation, citation.target)
        body = getattr(of, "organisation", None) if citation.target != "account" else of.subject
        event = of.event if citation.target == "account" else None
        if citation.target == "organisation":
            body = of
        if citation.target == "event":
            event = of
        yield {
            "of": citation.target,
            "organisation": body.slug if body else "",
            "event": event.slug if event else "",
            "member of": of.body.slug if citation.target == "affiliation" else "",
            "detail": _detail(of),
            "statement": citation.statement,
            "source": citation.source.slug,
            "locator": citation.locator,
            "value": citation.value,
            "note": citation.note,
        }


def _detail(of: Any) -> str:
    if isinstance(of, Name):
        return of.text
    if isinstance(of, Fact):
        return f"{of.kind}: {of.text}"
    if isinstance(of, Affiliation):
        return of.role
    return of.claimant if isinstance(of, Account) else ""


def _accounts(chosen: QuerySet) -> Iterable[Cells]:
    for account in chosen.select_related("event", "subject", "organisation"):
        yield {
            "event": account.event.slug if account.event else "",
            "subject": account.subject.slug if account.subject else "",
            "claimant": account.claimant,
            "organisation": account.organisation.slug if account.organisation else "",
            "text": account.text,
        }


def _countries(chosen: QuerySet) -> Iterable[Cells]:
    for period in chosen.select_related("organisation"):
        yield {**_of(period), "country": period.country, **_span(period)}


def _identifiers(chosen: QuerySet) -> Iterable[Cells]:
    for one in chosen.select_related("organisation"):
        yield {**_of(one), "scheme": one.scheme, "value": one.value}


def _links(chosen: QuerySet) -> Iterable[Cells]:
    for link in chosen.select_related("organisation"):
        yield {**_of(link), "address": link.url, "title": link.title}


def _waivers(chosen: QuerySet) -> Iterable[Cells]:
    for waiver in chosen:
        yield {"rule": waiver.rule, "record": waiver.record, "reason": waiver.reason}


def _of(part: Any) -> Cells:
    return {
        "organisation": part.organisation.slug,
        "name of the organisation": part.organisation.name,
    }


def _span(record: Any) -> Cells:
    return {"from": record.since, "to": record.until}


def _citations() -> Prefetch:
    return Prefetch("citations", Citation.objects.select_related("source").order_by("pk"))


def _cited(record: Any) -> Cells:
    """The citations of a record, one a line in each of three cells."""
    found = [(one.source.slug, one.locator, one.statement) for one in record.citations.all()]
    columns = zip(*found, strict=True) if found else [("",)] * 3
    several = len(found) > 1
    return {
        heading: "\n".join(word or (NONE if several else "") for word in column)
        for heading, column in zip(("source", "locator", "statement"), columns, strict=True)
    }


def _flag(value: bool) -> str:
    return "yes" if value else "no"


def _number(value: Decimal | None) -> str:
    """Digits; three behind the point could be thousands, and get a fourth."""
    if value is None:
        return ""
    text = f"{value:f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return f"{text}0" if len(text.partition(".")[2]) == 3 else text


def _headings(kind: Kind) -> tuple[str, ...]:
    """The headings of a kind's columns, what is only told at the end."""
    return (*(column.heading for column in kind.columns), *kind.told)


_PLACE = ("organisation", "name of the organisation")
TABLES: Mapping[type[models.Model], Table] = {
    Organisation: Table(_headings(BY_NAME["organisations"]), _organisations),
    ChangeEvent: Table(_headings(BY_NAME["changes"]), _events),
    Succession: Table(_headings(BY_NAME["changes"]), _edges),
    Affiliation: Table(_headings(BY_NAME["affiliations"]), _affiliations),
    Name: Table(_headings(BY_NAME["names"]), _names),
    Fact: Table(_headings(BY_NAME["facts"]), _facts),
    Source: Table(_headings(BY_NAME["sources"]), _sources),
    Citation: Table(_headings(BY_NAME["citations"]), _citation_rows),
    Account: Table(("event", "subject", "claimant", "organisation", "text"), _accounts),
    CountryPeriod: Table((*_PLACE, "country", "from", "to"), _countries),
    Identifier: Table((*_PLACE, "scheme", "value"), _identifiers),
    Link: Table((*_PLACE, "address", "title"), _links),
    Waiver: Table(("rule", "record", "reason"), _waivers),
}
