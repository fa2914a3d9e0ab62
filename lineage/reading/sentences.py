"""Changes told in sentences, each from the side of one body."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from lineage.models import ChangeEvent, ChangeKind, Manner, Organisation, Succession
from lineage.reading.homonyms import Homonyms, aside
from lineage.reading.moments import when as moment

Part = str | Organisation


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence as words and bodies (to be linked), and the event that it tells of."""

    parts: tuple[Part, ...]
    event: ChangeEvent

    def words(self, apart: Homonyms) -> str:
        """The sentence as text, with place and years beside the names that bodies share."""
        return "".join(
            part if isinstance(part, str) else part.name + aside(part, apart) for part in self.parts
        )

    def __str__(self) -> str:
        return self.words({})


def title_of(event: ChangeEvent, edges: Iterable[Succession], apart: Homonyms) -> str:
    """The event's own title, else what its bodies tell, to whoever may see only these edges."""
    if event.title and not getattr(event, "partly_hidden", False):
        return event.title
    edges = list(edges)
    before = _distinct(edge.predecessor for edge in edges)
    after = _distinct(edge.successor for edge in edges)
    first, second = before, listed(after)
    if event.kind == ChangeKind.SPLIT and any(edge.predecessor_continues for edge in edges):
        first, second = after, listed(before)
        words = "split from" if _plural(first) else "splits from"
    elif event.kind == ChangeKind.SPLIT:
        words = "divide into" if _plural(first) else "divides into"
    elif event.kind == ChangeKind.MERGER:
        words = "merge into" if _plural(first) else "merges into"
    elif event.kind == ChangeKind.RENAME:
        words = "become" if _plural(first) else "becomes"
    else:
        words = f"{'are' if _plural(first) else 'is'} succeeded by"
    told = Sentence((*listed(first), f" {words} ", *second), event).words(apart)
    return told[:1].upper() + told[1:]


def heading_of(event: ChangeEvent, title: str) -> str:
    """A title without the year at its end, for where the date of the event stands beside it."""
    if not event.date:
        return title
    return re.sub(r", (?:about |(?:early|mid|late)[ -])?[0-9]{4}s?\Z", "", title)


def came_from(body: Organisation, event: ChangeEvent, edges: Iterable[Succession]) -> Sentence:
    """What an event brought to a body that stands after it."""
    own = [edge for edge in edges if edge.successor_id == body.pk]
    existed = all(edge.successor_existed for edge in own)
    when = moment(event.date)
    before = listed_in_part(own)
    if event.kind == ChangeKind.RENAME:
        parts: list[Part] = [*before, " took this name", when]
        if not existed:
            parts = ["Took its name", when, "; before that it was ", *before]
    elif event.kind == ChangeKind.CONTINUATION:
        parts = ["Took over from " if existed else "Succeeded ", *before, when]
    elif event.kind == ChangeKind.MERGER and existed:
        parts = ["Joined", when, " by ", *before]
    elif event.kind == ChangeKind.MERGER:
        one = len(own) == 1
        words = " by a merger that took in " if one else " by the merger of "
        parts = ["Formed", when, words, *before]
    else:
        return _split_from(event, own, existed=existed)
    return _sentence(event, parts)


def _split_from(event: ChangeEvent, own: list[Succession], *, existed: bool) -> Sentence:
    left = listed(_distinct(edge.predecessor for edge in own if edge.predecessor_continues))
    ended = _distinct(edge.predecessor for edge in own if not edge.predecessor_continues)
    when = moment(event.date)
    if existed:
        parts: list[Part] = ["Split from ", *left, when]
        if not left:
            parts = ["Came out of the division of ", *listed(ended), when]
        return _sentence(event, [*parts, "; it had existed already"])
    if not left:
        return _sentence(event, ["Formed", when, " when ", *listed(ended), " divided"])
    how, manner = _HOW.get(event.manner, "by a split"), event.manner not in _HOW
    if ended:
        parts = ["Formed", when, " by ", *listed(ended), ", ", how, " from ", *left]
    else:
        parts = ["Formed", when, " ", how, " from ", *left]
    return _sentence(event, parts, manner=manner)


def led_to(body: Organisation, event: ChangeEvent, edges: Iterable[Succession]) -> Sentence:
    """What an event made of a body that stands before it."""
    edges = list(edges)
    own = [edge for edge in edges if edge.predecessor_id == body.pk]
    after = listed(_distinct(edge.successor for edge in own))
    reached = {edge.successor_id for edge in own}
    beside = [edge for edge in edges if edge not in own and edge.successor_id in reached]
    continues = any(edge.predecessor_continues for edge in own)
    existed = all(edge.successor_existed for edge in own)
    when = moment(event.date)
    if event.kind == ChangeKind.RENAME:
        subject = "Part of it took" if continues else "Took"
        parts: list[Part] = [f"{subject} the name ", *_bare(after), when]
    elif event.kind == ChangeKind.CONTINUATION and existed:
        whom = " took over from part of it" if continues else " took over from it"
        parts = [*after, whom, when]
    elif event.kind == ChangeKind.CONTINUATION:
        subject = "Part of it was" if continues else "Was"
        parts = [f"{subject} succeeded by ", *after, when]
    elif event.kind == ChangeKind.MERGER:
        subject = "Part of it merged" if continues else "Merged"
        into = " to form " if beside and not existed else " into "
        company = [" with ", *listed_in_part(beside)] if beside else []
        parts = [subject, when, *company, into, *after]
    else:
        return _split_into(event, own, beside, continues=continues, existed=existed)
    return _sentence(event, parts)


def _split_into(
    event: ChangeEvent,
    own: list[Succession],
    beside: list[Succession],
    *,
    continues: bool,
    existed: bool,
) -> Sentence:
    bodies = _distinct(edge.successor for edge in own)
    after, when = listed(bodies), moment(event.date)
    left = _distinct(edge.predecessor for edge in beside if edge.predecessor_continues)
    if continues:
        be = "were" if _plural(bodies) else "was"
        verb = {
            Manner.EXPULSION: f" {be} expelled from it{when}"
            if existed
            else f" {be} formed{when} by expulsion from it",
            Manner.SECESSION: f" seceded from it{when}",
        }.get(Manner(event.manner) if event.manner else Manner.DISPUTED, f" split from it{when}")
        already = ", having existed already" if existed else ""
        return _sentence(event, [*after, verb, already], manner=event.manner not in _HOW)
    if left:
        how = _HOW.get(event.manner, "by a split")
        parts: list[Part] = ["Became ", *after, when, ", ", how, " from ", *listed(left)]
        return _sentence(event, parts, manner=event.manner not in _HOW)
    if len(bodies) == 1:
        return _sentence(event, ["Divided", when, "; ", *after, " came out of it"])
    return _sentence(event, ["Divided", when, " into ", *after])


def _sentence(event: ChangeEvent, parts: Iterable[Part], *, manner: bool = True) -> Sentence:
    """The parts as a sentence: a capital at its head, the manner and a full stop at its end."""
    said = [part for part in parts if part != ""]
    if isinstance(said[0], str):
        said[0] = said[0][:1].upper() + said[0][1:]
    return Sentence((*said, _MANNERS.get(event.manner, "") if manner else "", "."), event)


_HOW: dict[str, str] = {
    Manner.EXPULSION: "by expulsion",
    Manner.SECESSION: "by secession",
}
_MANNERS: dict[str, str] = {
    **{manner: f", {how}" for manner, how in _HOW.items()},
    Manner.MUTUAL: ", by mutual agreement",
    Manner.DISPUTED: "; how it came about is disputed",
}


def listed(bodies: list[Organisation]) -> list[Part]:
    """Bodies as an English list, with their articles: the A, B and the C."""
    return _joined([_with_article(body) for body in bodies])


def listed_in_part(edges: Iterable[Succession]) -> list[Part]:
    """The bodies before, as a list that says of which only a part took the step."""
    continued: dict[int, bool] = {}
    bodies = {}
    for edge in edges:
        bodies[edge.predecessor_id] = edge.predecessor
        continued[edge.predecessor_id] = edge.predecessor_continues
    return _joined(
        [
            ["part of ", *_with_article(body)] if continued[key] else _with_article(body)
            for key, body in bodies.items()
        ]
    )


def _joined(items: list[list[Part]]) -> list[Part]:
    parts: list[Part] = []
    for position, item in enumerate(items):
        if position:
            parts.append(" and " if position == len(items) - 1 else ", ")
        parts += item
    return parts


# Words by which a name reads as a description: one says "the Fourth International", and "Militant".
_GENERIC = re.compile(
    r"""\b(?: alliance | army | bloc | bureau | centre | coalition | committee
      | confederation | congress | council | current | faction | federation | fraction | front
      | group | grouping | international | league | left | minority | majority | movement
      | opposition | organi[sz]ation | party | secretariat | section | socialists | tendency
      | union | wing | communists | trotskyists
      | grupo | groupe | liga | ligue | movimiento | mouvement | parti | partido | partito
      | organisatie | organización | corriente | frente | fracción | tendance | tendencia )\b""",
    re.IGNORECASE | re.VERBOSE,
)
_NO_ARTICLE = re.compile(r"(?:the|a|an|members|those|some|la|le|les|el|los|die|der|das)\b", re.I)
_MANY = re.compile(r".*\b(?:socialists|communists|trotskyists)|members\b.*", re.IGNORECASE)


def article(body: Organisation) -> str:
    """``"the "`` where one says it before a body's name, else nothing."""
    return "the " if len(_with_article(body)) > 1 else ""


def _with_article(body: Organisation) -> list[Part]:
    takes = _GENERIC.search(body.name) and not _NO_ARTICLE.match(body.name)
    return ["the ", body] if takes else [body]


def _bare(parts: list[Part]) -> list[Part]:
    """A list without its articles, where names are quoted as names."""
    return [part for part in parts if part != "the "]


def _plural(bodies: list[Organisation]) -> bool:
    return len(bodies) != 1 or bool(_MANY.fullmatch(bodies[0].name))


def _distinct(bodies: Iterable[Organisation]) -> list[Organisation]:
    return list({body.pk: body for body in bodies}.values())
