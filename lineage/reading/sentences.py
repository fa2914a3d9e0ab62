"""Changes told in sentences, each from the side of one body."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from lineage.models import ChangeEvent, ChangeKind, Manner, Organisation, Succession
from lineage.reading.families import date_words

Part = str | Organisation


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence as words and bodies (to be linked), and the event that it tells of."""

    parts: tuple[Part, ...]
    event: ChangeEvent

    def __str__(self) -> str:
        return "".join(part if isinstance(part, str) else part.name for part in self.parts)


def title_of(event: ChangeEvent, edges: Iterable[Succession]) -> str:
    """The event's own title, else what its bodies tell, to whoever may see only these edges."""
    edges = list(edges)
    if event.title and not getattr(event, "partly_hidden", False):
        return event.title
    before = listed(_distinct(edge.predecessor for edge in edges))
    after = listed(_distinct(edge.successor for edge in edges))
    words = {
        ChangeKind.SPLIT: " split from ",
        ChangeKind.MERGER: " merge into ",
        ChangeKind.RENAME: " becomes ",
        ChangeKind.CONTINUATION: " carries on as ",
    }[ChangeKind(event.kind)]
    first, second = (after, before) if event.kind == ChangeKind.SPLIT else (before, after)
    if event.kind == ChangeKind.SPLIT and not any(edge.predecessor_continues for edge in edges):
        first, words, second = before, " divides into ", after
    if event.kind == ChangeKind.MERGER and len(_distinct(e.predecessor for e in edges)) == 1:
        words = " merges into "
    return str(Sentence((*first, words, *second), event))


def came_from(body: Organisation, event: ChangeEvent, edges: Iterable[Succession]) -> Sentence:
    """What an event brought to a body that stands after it."""
    edges = [edge for edge in edges if edge.successor_id == body.pk]
    before = listed(_distinct(edge.predecessor for edge in edges))
    existed = all(edge.successor_existed for edge in edges)
    partly = all(edge.predecessor_continues for edge in edges)
    when = _when(event)
    parts: tuple[Part, ...]
    if event.kind == ChangeKind.RENAME:
        parts = ("Took its name", when, "; before that it was ", *before)
    elif event.kind == ChangeKind.CONTINUATION:
        parts = ("Carried on from ", *before, when)
    elif event.kind == ChangeKind.MERGER:
        if existed:
            parts = ("Joined", when, " by ", *(("part of ",) if partly else ()), *before)
        elif len(before) == 1:
            parts = ("Formed", when, " by a merger in which ", *before, " took part")
        else:
            parts = ("Formed", when, " by the merger of ", *before)
    elif existed:
        parts = ("Came out of a division of ", *before, when)
    else:
        parts = ("Formed", when, " by a split from ", *before)
    return Sentence((*parts, _manner(event), "."), event)


def led_to(body: Organisation, event: ChangeEvent, edges: Iterable[Succession]) -> Sentence:
    """What an event made of a body that stands before it."""
    edges = list(edges)
    own = [edge for edge in edges if edge.predecessor_id == body.pk]
    after = listed(_distinct(edge.successor for edge in own))
    others = listed(_distinct(e.predecessor for e in edges if e.predecessor_id != body.pk))
    continues = any(edge.predecessor_continues for edge in own)
    when = _when(event)
    parts: tuple[Part, ...]
    if event.kind == ChangeKind.RENAME:
        parts = ("Took the name ", *after, when)
    elif event.kind == ChangeKind.CONTINUATION:
        parts = ("Carried on as ", *after, when)
    elif event.kind == ChangeKind.MERGER:
        subject = "Part of it merged" if continues else "Merged"
        parts = (subject, when, *((" with ", *others) if others else ()), " into ", *after)
    elif continues:
        parts = (*after, " split from it", when)
    else:
        parts = ("Divided", when, " into ", *after)
    return Sentence((*parts, _manner(event), "."), event)


def listed(bodies: list[Organisation]) -> list[Part]:
    """Bodies as an English list: A, B and C."""
    parts: list[Part] = []
    for position, body in enumerate(bodies):
        if position:
            parts.append(" and " if position == len(bodies) - 1 else ", ")
        parts.append(body)
    return parts


def _distinct(bodies: Iterable[Organisation]) -> list[Organisation]:
    return list({body.pk: body for body in bodies}.values())


_PREPOSED = ("about", "before", "after", "by", "from", "between", "until", "in", "on", "or")


def _when(event: ChangeEvent) -> str:
    """The date as it stands in a sentence, with its preposition; empty where there is none."""
    words = date_words(event.date)
    if not words:
        return ""
    if words.split()[0].lower() in _PREPOSED:
        return f" {words}"
    exact = event.date_earliest is not None and event.date_earliest == event.date_latest
    return f" {'on' if exact else 'in'} {words}"


def _manner(event: ChangeEvent) -> str:
    return (
        {
            Manner.EXPULSION: ", by expulsion",
            Manner.SECESSION: ", by secession",
            Manner.MUTUAL: ", by mutual agreement",
            Manner.DISPUTED: "; how is disputed",
        }.get(Manner(event.manner), "")
        if event.manner
        else ""
    )
