"""The card of an organisation: its page in a nutshell."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Prefetch, Q

from lineage import dates
from lineage.models import (
    Account,
    Affiliation,
    ChangeEvent,
    Citation,
    Fact,
    Manner,
    Name,
    NameKind,
    Organisation,
    Succession,
)
from lineage.reading.details import place_words
from lineage.reading.sentences import Sentence, came_from, led_to
from lineage.reading.sourcing import sourcing_of

ROOM = 3  # sentences of what came before, and as many of what came after


@dataclass(frozen=True, slots=True)
class Card:
    """Names, place, what came before and after, and how sure all this is, in sentences."""

    body: Organisation
    abbreviations: list[str]
    names: list[Name]
    place: str
    came_from: list[Sentence]
    led_to: list[Sentence]
    sure: list[str]

    @property
    def left_out(self) -> int:
        """How many sentences the card has no room for."""
        return sum(max(0, len(told) - ROOM) for told in (self.came_from, self.led_to))


def card_of(slug: str) -> Card | None:
    """The card of a body that readers may see. A constant number of queries."""
    cited: Any = Prefetch("citations", Citation.objects.select_related("source"))
    rows = Organisation.objects.published().with_first_change().filter(slug=slug)
    body = rows.prefetch_related(
        cited,
        "country_periods",
        Prefetch("names", Name.objects.prefetch_related(cited)),
        Prefetch("facts", Fact.objects.prefetch_related(cited)),
        Prefetch("accounts", Account.objects.published().prefetch_related(cited)),
    ).first()
    if body is None:
        return None
    ties = Affiliation.objects.published().filter(Q(organisation=body) | Q(body=body))
    before, after = _changes(body)
    names = list(body.names.all())
    return Card(
        body=body,
        abbreviations=[one.text for one in names if one.kind == NameKind.ABBREVIATION],
        names=[one for one in names if one.kind != NameKind.ABBREVIATION],
        place=place_words(body),
        came_from=before,
        led_to=after,
        sure=list(_how_sure(body, [*before, *after], ties.prefetch_related(cited))),
    )


def _changes(body: Organisation) -> tuple[list[Sentence], list[Sentence]]:
    """What the body came from and what it led to, by date."""
    edges = Succession.objects.published().select_related("predecessor", "successor")
    seen = Succession.objects.published().order_by()
    keys = (
        seen.filter(predecessor=body)
        .values("event")
        .union(seen.filter(successor=body).values("event"))
    )
    before, after = [], []
    events = ChangeEvent.objects.published().by_date().filter(pk__in=keys)
    for event in events.prefetch_related(
        Prefetch("successions", edges.order_by("predecessor", "successor"))
    ):
        joined = event.successions.all()
        if any(edge.successor_id == body.pk for edge in joined):
            before.append(came_from(body, event, joined))
        if any(edge.predecessor_id == body.pk for edge in joined):
            after.append(led_to(body, event, joined))
    return before, after


def _how_sure(
    body: Organisation, told: list[Sentence], ties: Iterable[Affiliation]
) -> Iterable[str]:
    """What to know before relying on it: its sources, vague dates, what is disputed."""
    accounts = list(body.accounts.all())
    parts = [*body.names.all(), *body.facts.all(), *accounts, *ties]
    yield sourcing_of(body, body.citations.all(), parts).words
    known = {"founding": body.founded, "end": body.dissolved}
    vague = [name for name, date in known.items() if date and _is_vague(date)]
    if vague:
        noun = "date" if len(vague) == 1 else "dates"
        yield f"The {noun} of its {' and its '.join(vague)} can’t be told to the year."
    if any(one.event.manner == Manner.DISPUTED for one in told):
        yield "How a change came about is disputed."
    if len(accounts) == 1:
        yield "One party’s account of it is told on its page."
    elif accounts:
        yield f"{len(accounts)} parties’ accounts of it are told on its page."


def _is_vague(text: str) -> bool:
    """Whether a date (EDTF) is doubtful, or can fall in more than one year."""
    date = dates.parse(text)
    if date.approximate or date.uncertain or date.earliest is None or date.latest is None:
        return True
    return date.earliest.year != date.latest.year
