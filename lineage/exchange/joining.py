"""Two records that are one, and one that is two: what hangs on them, under one id or another.

A record is read with all others that name it, taken apart into units, and each unit is put under
the id that it is to hang on; where two fall together they are one, or their differences are told.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import models, transaction
from django.db.models import F, Q, QuerySet, Value
from django.db.models.functions import Concat, Substr

from lineage.exchange.differences import KEYS, Conflict, Document, Path, Units, assembled, units
from lineage.exchange.export import Export, source_entry
from lineage.exchange.wholes import put
from lineage.integrity import reference
from lineage.models import (
    Account,
    Affiliation,
    ChangeEvent,
    Citation,
    Correction,
    Organisation,
    Proposal,
    Remark,
    Source,
    Status,
    Succession,
    Waiver,
)
from lineage.models.forwarding import forward
from lineage.models.keeping import occasion

LISTS: dict[type[models.Model], str] = {
    Organisation: "organisations",
    ChangeEvent: "events",
    Source: "sources",
}
"""The kinds of record that can be made one, each with its list in a document."""

_NAMED_BY: dict[str, frozenset[str]] = {
    "organisations": frozenset({"organisation", "body", "predecessor", "successor"}),
    "events": frozenset(),
    "sources": frozenset({"source"}),
}
_EMPTY: tuple[Any, ...] = (None, "", [])
_STATUSES = [str(status) for status in (Status.DRAFT, Status.IN_REVIEW, Status.PUBLISHED)]


@dataclass(frozen=True, slots=True)
class Joined:
    """Two records made one: all that becomes of it, and the units of which only one can stand.

    In a conflict ``mine`` is the first record's and ``theirs`` the second's.
    """

    document: Document
    conflicts: list[Conflict]


# --- what hangs on a record


def around(records: Iterable[models.Model]) -> Document:
    """Some records of one kind with every record that names one of them: a constant number of
    queries.
    """
    records = list(records)
    keys = [record.pk for record in records]
    export = Export(drafts=True)
    if isinstance(records[0], ChangeEvent):
        return {"events": export.events(ChangeEvent.objects.filter(pk__in=keys))}
    found: Document = {}
    if isinstance(records[0], Source):
        bodies, events, affiliations = _citing(keys)
        sources = Source.objects.filter(pk__in=keys).order_by("slug")
        found["sources"] = [source_entry(row) for row in sources]
    else:
        bodies, events, affiliations = _naming(keys)
    return found | {
        "organisations": export.organisations(bodies),
        "events": export.events(events),
        "affiliations": export.affiliations(affiliations),
    }


def _naming(keys: list[int]) -> tuple[QuerySet, QuerySet, QuerySet]:
    """Bodies, with those of which they give an account; their changes; their affiliations."""
    told = Account.objects.filter(organisation__in=keys).order_by()
    edges = Succession.objects.filter(Q(predecessor__in=keys) | Q(successor__in=keys)).order_by()
    return (
        Organisation.objects.filter(Q(pk__in=keys) | Q(pk__in=told.values("subject"))),
        ChangeEvent.objects.filter(
            Q(pk__in=edges.values("event")) | Q(pk__in=told.values("event"))
        ),
        Affiliation.objects.filter(Q(organisation__in=keys) | Q(body__in=keys)),
    )


def _citing(keys: list[int]) -> tuple[QuerySet, QuerySet, QuerySet]:
    """The bodies, events and affiliations that cite sources."""
    cited = Citation.objects.filter(source__in=keys).order_by()

    def by(*ways: str) -> Q:
        found = Q(pk__in=[])
        for way in ways:
            found |= Q(pk__in=cited.values(way))
        return found

    return (
        Organisation.objects.filter(
            by("organisation", "name__organisation", "fact__organisation", "account__subject")
        ),
        ChangeEvent.objects.filter(by("event", "account__event")),
        Affiliation.objects.filter(by("affiliation")),
    )


# --- under another id


def under(path: Path, name: str, ids: Mapping[str, str]) -> Path:
    """A unit's path with other ids for the records of a list, wherever it names them."""
    columns = _NAMED_BY[name]
    steps: list[Any] = []
    for place in range(0, len(path) - 1, 2):
        within, key = path[place : place + 2]
        fields = KEYS.get(within, ("country",))
        steps += [
            within,
            tuple(
                ids.get(part, part)
                if field in columns or (field == "id" and within == name)
                else part
                for field, part in zip(fields, key, strict=True)
            ),
        ]
    return (*steps, *path[len(steps) :])


def held_under(value: Any, name: str, ids: Mapping[str, str]) -> Any:
    """A unit's value with other ids: an account's names the record of who gives it."""
    if name == "organisations" and isinstance(value, dict) and value.get("organisation") in ids:
        return value | {"organisation": ids[value["organisation"]]}
    return value


# --- two that are one


def joined(
    document: Document,
    name: str,
    one: str,
    other: str,
    chosen: Mapping[Path, str] | None = None,
    keep: str = "",
) -> Joined:
    """Two records of a list (their ids) made one, with what hangs on either.

    ``chosen`` says ``"mine"`` (the first's) or ``"theirs"`` by the path of a conflict, which is
    under the first one's id. Without a choice a value that is there stands before none, and the
    first's before the second's. ``keep`` is the id that stays, the first one's unless said.
    """
    mine, theirs = _sides(units(document), name, one, other)
    parts, conflicts = _united(mine, theirs, chosen or {})
    if name == "organisations":
        _keep_name(parts, (name, (one,)), mine, theirs)
    if keep == other:
        ids = {one: other}
        parts = {under(path, name, ids): held_under(parts[path], name, ids) for path in parts}
    return Joined(assembled(parts), conflicts)


def _sides(parts: Units, name: str, one: str, other: str) -> tuple[Units, Units]:
    """The units that name the second record, under the id of the first; and all the others."""
    ids = {other: one}
    mine: Units = {}
    theirs: Units = {}
    for path, value in parts.items():
        here, held = under(path, name, ids), held_under(value, name, ids)
        (mine if (here, held) == (path, value) else theirs)[here] = held
    return mine, theirs


def _united(mine: Units, theirs: Units, chosen: Mapping[Path, str]) -> tuple[Units, list[Conflict]]:
    parts: Units = {}
    conflicts = []
    for path in dict.fromkeys([*mine, *theirs]):
        if path not in mine or path not in theirs or mine[path] == theirs[path]:
            parts[path] = mine.get(path, theirs.get(path))
            continue
        if len(path) == 3 and path[2] == "status":
            parts[path] = max(mine[path], theirs[path], key=_STATUSES.index)
            continue
        one, other = mine[path], theirs[path]
        if isinstance(one, dict):
            one, other = _filled(one, other), _filled(other, one)
        if one == other:
            parts[path] = one
            continue
        conflict = Conflict(path, None, one, other)
        conflicts.append(conflict)
        parts[path] = other if chosen.get(path, plainly(conflict)) == "theirs" else one
    return parts, conflicts


def plainly(conflict: Conflict) -> str:
    """The side that has a value where the other has none; empty where both have one."""
    if conflict.theirs in _EMPTY:
        return "mine"
    return "theirs" if conflict.mine in _EMPTY else ""


def _filled(row: dict[str, Any], other: dict[str, Any]) -> dict[str, Any]:
    """A row of which what it lacks is taken from the other."""
    return {field: other[field] if row[field] in _EMPTY else row[field] for field in row}


def _keep_name(parts: Units, record: Path, mine: Units, theirs: Units) -> None:
    """The name that does not stand at the head is one of the body's names."""
    known = {path[-1][2] for path in parts if len(path) == 4 and path[-2] == "names"}
    for side in (mine, theirs):
        text = side[(*record, "name")]
        if (
            text != parts[(*record, "name")]
            and text not in known
            and not side.get((*record, "unnamed"))
        ):
            parts[(*record, "names", ("official", None, text, None))] = {"to": None}


def between(document: Document, one: str, other: str) -> Iterator[str]:
    """Why two bodies can't be one: a change or an affiliation joins them."""
    pair = {one, other}
    for event in document.get("events", ()):
        if any({edge["predecessor"], edge["successor"]} == pair for edge in event["successions"]):
            yield (
                f"A change leads from one to the other: “{event['title'] or event['id']}”. "
                f"Two that are one have none between them: take it out of that change first."
            )
    for entry in document.get("affiliations", ()):
        if {entry["organisation"], entry["body"]} == pair:
            yield (
                "One of the two is recorded as a member of the other. "
                "Delete that affiliation first, if they are one body."
            )


def merge(kept: models.Model, gone: models.Model, document: Document, *, reason: str = "") -> None:
    """Write what two records become, delete one, and let its id lead on to the other.

    Raises :class:`lineage.exchange.rows.Refused` with every fault; then nothing is written.
    """
    with transaction.atomic(), occasion(reason):
        key, name = gone.pk, reference(gone)
        if isinstance(gone, ChangeEvent):  # its edges would stand beside those of the other
            gone.delete()
            gone.pk = key
            put(document, reason=reason)
        else:
            put(document, reason=reason)
            gone.delete()
            gone.pk = key
        forward(gone, kept)
        _follow(name, reference(kept))
        _follow_proposals(gone, kept)
        if hasattr(kept, "get_absolute_url"):
            _follow_notes(gone.get_absolute_url(), kept.get_absolute_url())  # type: ignore[attr-defined]


def _follow(old: str, new: str) -> None:
    """What was said of a record, and the warnings that were let stand, are of the other now."""
    Remark.objects.filter(about=old).update(about=new)
    standing = set(Waiver.objects.values_list("rule", "record"))
    for waiver in Waiver.objects.filter(record__contains=old.partition(":")[2]):
        record = _renamed(waiver.record, old, new)
        if record == waiver.record:
            continue
        if (waiver.rule, record) in standing:
            waiver.delete()
        else:
            waiver.record = record
            waiver.save()


# Where in the audit's name of a record the id of a body, event or source stands.
_PLACES: dict[str, dict[str, tuple[int, ...]]] = {
    "organisation": {"succession": (1, 2), "affiliation": (0, 1), "changeevent": (), "source": ()},
    "changeevent": {"changeevent": (0,), "succession": (0,), "account": (0,)},
    "source": {"source": (0,)},
}


def _renamed(record: str, old: str, new: str) -> str:
    kind, _colon, slug = old.partition(":")
    of, _colon, rest = record.partition(":")
    parts = rest.split("/")
    default = (0,) if kind == "organisation" else ()
    for place in _PLACES[kind].get(of, default):
        if place < len(parts) and parts[place] == slug:
            parts[place] = new.partition(":")[2]
    return f"{of}:{'/'.join(parts)}"


def _follow_proposals(gone: Any, kept: Any) -> None:
    """What is proposed for a record that went, or names it, is proposed for the one that stays."""
    name, ids = LISTS[type(kept)], {gone.slug: kept.slug}
    old, new = reference(gone), reference(kept)
    for proposal in Proposal.objects.open():
        base, document = (_renamed_in(one, name, ids) for one in (proposal.base, proposal.document))
        if (base, document) == (proposal.base, proposal.document):
            continue
        record = _renamed(proposal.record, old, new)
        Proposal.objects.filter(pk=proposal.pk).update(base=base, document=document, record=record)
        Remark.objects.create(
            about=f"proposal:{proposal.pk}",
            did="names another record now",
            text=f"“{gone}” [{gone.slug}] became one with “{kept}” [{kept.slug}].",
        )


def _renamed_in(document: Document, name: str, ids: Mapping[str, str]) -> Document:
    parts = units(document)
    renamed = {
        under(path, name, ids): held_under(value, name, ids) for path, value in parts.items()
    }
    return document if renamed == parts else assembled(renamed)


def _follow_notes(old: str, new: str) -> None:
    notes = Correction.objects.filter(page__startswith=old)
    notes.update(page=Concat(Value(new), Substr(F("page"), len(old) + 1)))


# --- one that is two


def divided(
    document: Document,
    slug: str,
    new: Mapping[str, Any],
    goes: Mapping[Path, str],
) -> Document:
    """A body (its id) made two: the units that ``goes`` names are the new one's, or both ones'.

    ``new`` has the new body's fields with its id; ``goes`` says ``"new"`` or ``"both"`` by a
    unit's path, which what hangs on it follows. All the rest stays. A country goes where its
    periods go.
    """
    ids = {slug: str(new["id"])}
    record = ("organisations", (slug,))
    parts = units(document)
    here = under(record, "organisations", ids)
    result: Units = {}
    made: Units = {here: True}
    for field, value in new.items():
        if field != "id":
            made[(*here, field)] = value
    for path, value in parts.items():
        there = next(
            (goes[path[:end]] for end in range(2, len(path) + 1) if path[:end] in goes), ""
        )
        moved = under(path, "organisations", ids)
        if there:
            made[moved] = held_under(value, "organisations", ids)
        if there != "new":
            result[path] = value
        elif len(path) == 3 and path[:2] == record:
            result[path] = None
    document = assembled(result | made)
    for entry in document["organisations"]:
        dated = {period["country"] for period in entry["country_periods"]}
        entry["countries"] = sorted(dated.union(entry["countries"]))
    return document


def without_dated_countries(document: Document, slug: str, undated: Iterable[str]) -> Document:
    """A document in which a body's countries are those that it has without a period, too."""
    kept = set(undated)
    return document | {
        "organisations": [
            entry | {"countries": [code for code in entry["countries"] if code in kept]}
            if entry["id"] == slug
            else entry
            for entry in document["organisations"]
        ]
    }
