"""What differs between two documents, field by field and row by row, and three of them merged.

A document is taken apart into units: a field of a record, a row that hangs on it (a name, an
edge, a citation), the record itself. Two editors who touched different units don't meet.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

Document = dict[str, list[dict[str, Any]]]
Path = tuple[Any, ...]
Units = dict[Path, Any]

RECORDS = ("sources", "organisations", "events", "affiliations")
KEYS: dict[str, tuple[str, ...]] = {
    "sources": ("id",),
    "organisations": ("id",),
    "events": ("id",),
    "affiliations": ("organisation", "body", "role", "from"),
    "names": ("kind", "language", "text", "from"),
    "facts": ("kind", "text", "from"),
    "identifiers": ("scheme", "value"),
    "links": ("url",),
    "accounts": ("claimant",),
    "successions": ("predecessor", "successor"),
    "country_periods": ("country", "from"),
    "citations": ("statement", "source", "locator", "value"),
}
"""What tells the rows of a list apart, as the interchange format names it."""

# Rows of a list that were taken out and put in are one that was changed, where these agree.
_SAME: dict[str, tuple[tuple[str, ...], ...]] = {
    "affiliations": (("organisation", "body", "role"), ("organisation", "body")),
    "names": (("text", "kind"), ("text",), ("kind", "language")),
    "facts": (("kind", "text"), ("kind", "from")),
    "identifiers": (("scheme",),),
    "country_periods": (("country",),),
    "citations": (("statement", "source"), ("source",)),
}
DERIVED = ("parent",)


@dataclass(frozen=True, slots=True)
class Difference:
    """One unit before and after; ``None`` where it does not exist."""

    path: Path
    before: Any
    after: Any
    was: Path = ()  # where the key of a row changed, its path before

    @property
    def record(self) -> Path:
        """The list and key of the record that it is in."""
        return self.path[:2]


@dataclass(frozen=True, slots=True)
class Conflict:
    """A unit that two people changed in two ways; ``None`` where it was taken out."""

    path: Path
    base: Any
    mine: Any
    theirs: Any


def units(document: Mapping[str, Any]) -> Units:
    """A document taken apart, each unit by its path: list, key, then field, or list and key."""
    found: Units = {}
    for name in RECORDS:
        for entry in document.get(name, ()):
            path = (name, _key(name, entry))
            found[path] = True
            if name != "sources":
                found[*path, "status"] = "published"  # what is said of no other
            for field, value in entry.items():
                if field in DERIVED or field in KEYS[name]:
                    continue
                if field in KEYS:
                    _take_apart(found, path, field, value)
                elif field == "countries":
                    found.update({(*path, field, (code,)): {} for code in value})
                else:
                    found[*path, field] = value
    return found


def _take_apart(found: Units, path: Path, name: str, rows: Iterable[dict[str, Any]]) -> None:
    for row in rows:
        here = (*path, name, _key(name, row))
        found[here] = {
            field: value
            for field, value in row.items()
            if field not in KEYS[name] and field != "citations"
        }
        _take_apart(found, here, "citations", row.get("citations", ()))


def _key(name: str, entry: Mapping[str, Any]) -> tuple[Any, ...]:
    return tuple(entry.get(field) or None for field in KEYS[name])


def assembled(parts: Units) -> Document:
    """The document that was taken apart."""
    document: Document = {}
    rows: dict[Path, dict[str, Any]] = {}
    for path in sorted(parts, key=len):
        value = parts[path]
        if len(path) == 2:
            name, key = path
            rows[path] = dict(zip(KEYS[name], key, strict=True))
            document.setdefault(name, []).append(rows[path])
        elif len(path) == 3:
            rows[path[:2]][path[2]] = value
        else:
            *_above, name, key = path
            owner = rows[path[:-2]]
            if name == "countries":
                owner.setdefault(name, []).append(key[0])
                continue
            rows[path] = {**dict(zip(KEYS[name], key, strict=True)), **value}
            owner.setdefault(name, []).append(rows[path])
    for (name, *rest), row in rows.items():
        _fill(rest[-2] if len(rest) > 1 else name, row)
    return document


_LISTS = {
    "organisations": (
        "countries",
        "names",
        "identifiers",
        "links",
        "facts",
        "citations",
        "accounts",
        "country_periods",
    ),
    "events": ("successions", "accounts", "citations"),
    "affiliations": ("citations",),
    **dict.fromkeys(("names", "facts", "accounts"), ("citations",)),
}


def _fill(name: str, row: dict[str, Any]) -> None:
    """Name the lists that are empty: one left out would leave what stands as it is."""
    for inner in _LISTS.get(name, ()):
        row.setdefault(inner, [])
    for field in ("text", "locator", "statement"):
        if field in KEYS.get(name, ()) and row[field] is None:
            row[field] = ""


def differences(
    before: Mapping[str, Any], after: Mapping[str, Any], *, expand: bool = False
) -> list[Difference]:
    """What differs, in the order of the records; a row whose key changed is one difference.

    A record that is new is one difference; with ``expand`` all that it holds is told.
    """
    old, new = units(before), units(after)
    paths = [path for path in dict.fromkeys([*old, *new]) if old.get(path) != new.get(path)]
    gone = [path for path in paths if path not in new]
    come = [path for path in paths if path not in old]
    # What hangs on a row that came or went is told with it.
    gone = [path for path in gone if not _below_one_of(path, gone)]
    whole = set() if expand else {path for path in come if len(path) == 2}
    empty: tuple[Any, ...] = (None, "", [], False)
    pairs = _paired(gone, come)
    moved = {path: pair for pair, path in pairs.items()}
    found = []
    for path in paths:
        if path in pairs or _below_one_of(path, gone) or _below(path, whole):
            continue
        if len(path) == 3 and path not in old and (new[path] in empty or path[2] == "status"):
            continue
        was = moved.get(path, ())
        found.append(Difference(path, old.get(was or path), new.get(path), was))
    return _without_moved_parts(found, moved, old, new)


def _without_moved_parts(
    found: list[Difference], moved: dict[Path, Path], old: Units, new: Units
) -> list[Difference]:
    """Leave out what hangs on a row under another key and is the same as before."""
    kept = []
    for one in found:
        above = next((path for path in moved if _below(one.path, {path})), None)
        if above is not None:
            was = (*moved[above], *one.path[len(above) :])
            if old.get(was) == new.get(one.path):
                continue
        kept.append(one)
    return kept


def _below(path: Path, those: set[Path]) -> bool:
    return any(path[:length] in those for length in range(2, len(path)))


def _below_one_of(path: Path, those: Iterable[Path]) -> bool:
    return _below(path, set(those))


def _paired(gone: list[Path], come: list[Path]) -> dict[Path, Path]:
    """The rows that went, each with the one that came in its place, where it is plain which."""
    pairs: dict[Path, Path] = {}
    for name, ways in _SAME.items():
        for way in ways:
            places = [KEYS[name].index(field) for field in way]

            def anchor(path: Path, places: list[int] = places) -> Path:
                return (*path[:-1], *(path[-1][place] for place in places))

            old = _single([path for path in gone if path[-2] == name and path not in pairs], anchor)
            new = _single(
                [path for path in come if path[-2] == name and path not in pairs.values()], anchor
            )
            pairs.update({old[key]: new[key] for key in old.keys() & new.keys()})
    return pairs


def _single(paths: list[Path], anchor: Callable[[Path], Path]) -> dict[Path, Path]:
    """Paths by their anchors, without those that share one."""
    found: dict[Path, Path | None] = {}
    for path in paths:
        key = anchor(path)
        found[key] = None if key in found else path
    return {key: path for key, path in found.items() if path is not None}


def merged(
    base: Mapping[str, Any],
    mine: Mapping[str, Any],
    theirs: Mapping[str, Any],
    chosen: Mapping[Path, str] | None = None,
) -> tuple[Document, list[Conflict]]:
    """Both people's changes in one document, and where they can't both stand.

    ``chosen`` says ``"mine"`` or ``"theirs"`` by the path of a conflict. Without a choice theirs,
    which stands already, is in the document. A row that one took out and the other changed is one
    conflict, whatever hangs on it.
    """
    chosen = chosen or {}
    one, two, three = units(base), units(mine), units(theirs)
    result, conflicts, settled = _taken_out(one, two, three, chosen)
    for path in dict.fromkeys([*three, *two, *one]):
        if path in settled or _below(path, settled):
            continue
        was, my, their = one.get(path), two.get(path), three.get(path)
        value = their
        if their == was:
            value = my
        elif my not in (their, was):
            conflicts.append(Conflict(path, was, my, their))
            value = my if chosen.get(path) == "mine" else their
        if value is not None or len(path) == 3:  # a field may be empty, a row is there or not
            result[path] = value
    order = {path: place for place, path in enumerate(dict.fromkeys([*three, *two, *one]))}
    return assembled(dict(sorted(result.items(), key=lambda item: order[item[0]]))), conflicts


def _taken_out(
    base: Units, mine: Units, theirs: Units, chosen: Mapping[Path, str]
) -> tuple[Units, list[Conflict], set[Path]]:
    """What stays of the rows that one or both took out: units, conflicts, and the rows' paths."""
    result: Units = {}
    conflicts = []
    settled: set[Path] = set()
    for path in sorted((path for path in base if len(path) != 3), key=len):
        if (path in mine and path in theirs) or _below(path, settled):
            continue
        settled.add(path)
        trees = [_tree(side, path) for side in (base, mine, theirs)]
        if (trees[1] and trees[1] != trees[0]) or (trees[2] and trees[2] != trees[0]):
            conflicts.append(Conflict(path, *(side.get(path) for side in (base, mine, theirs))))
            result.update(trees[1] if chosen.get(path) == "mine" else trees[2])
    return result, conflicts, settled


def _tree(side: Units, path: Path) -> Units:
    """A row and all that hangs on it."""
    return {other: value for other, value in side.items() if other[: len(path)] == path}
