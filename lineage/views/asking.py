"""What an address asks of a chart: one vocabulary for the page, the drawing and the data."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from django.http import QueryDict

from lineage import countries
from lineage.models import OrganisationKind
from lineage.reading.excerpts import ALL, DIRECTIONS, Wish
from lineage.views.answers import BadQueryError

COLOURS = {"country": "By country", "family": "By family"}
TIMES = {"across": "Across the page", "down": "Down the page"}
DEEPEST = 50
LONGEST_QUERY = 200
MOST = 100  # values of one parameter

_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_VIEW = re.compile(r"-?[0-9]{1,6}(?:\.[0-9]{1,4})?(?:,-?[0-9]{1,6}(?:\.[0-9]{1,4})?){2}")


@dataclass(frozen=True)
class Asked:
    """The parameters of a chart, each checked. Empty is "not asked for"."""

    wish: Wish
    colour: str = ""
    time: str = ""
    year: str = ""
    lit: str = ""
    find: str = ""
    view: str = ""
    teller: str = ""

    def query(self, *, drawn: bool = False) -> str:
        """The address's query in an order of its own, with its question mark; empty for none.

        ``drawn`` leaves out what the drawing and the data don't depend on.
        """
        wish = self.wish
        values: list[tuple[str, str]] = [
            ("direction", wish.direction),
            ("depth", str(wish.depth or "")),
            *(("country", code) for code in wish.countries),
            *(("kind", kind) for kind in wish.kinds),
            *(("international", slug) for slug in wish.internationals),
            *(("open", slug) for slug in wish.opened),
            ("colour", self.colour),
            ("time", self.time),
            ("as", self.teller),
        ]
        if not drawn:
            values += [("year", self.year), ("lit", self.lit), ("find", self.find)]
        query = urlencode([(name, value) for name, value in values if value])
        return f"?{query}" if query else ""

    def opening(self, slug: str) -> Asked:
        """The same with one body's predecessors and successors shown, too, and its line lit."""
        opened = tuple(dict.fromkeys((*self.wish.opened, slug)))
        return replace(self, wish=replace(self.wish, opened=opened), lit=slug)

    def whole(self, *, of_body: bool) -> Asked:
        """The same of the whole family, or of the whole movement."""
        return replace(self, wish=Wish(direction=ALL if of_body else ""))


def asked_of(query: QueryDict, *, of_body: bool) -> Asked:
    """What a query asks for; :class:`BadQueryError` tells what is wrong with it and what to do.

    Kinship is a question to a body's chart; elsewhere it is one of the parameters that are not
    known, which are passed over.
    """
    depth = _one(query, "depth", _is_depth, f"a number of generations from 1 to {DEEPEST}")
    direction = _one(query, "direction", DIRECTIONS.__contains__, f"one of {_all(DIRECTIONS)}")
    if not of_body:
        direction = depth = ""
    ids = "the id of an organisation, as in its address"
    wish = Wish(
        direction=direction,
        depth=int(depth) if depth else None,
        countries=_many(
            query, "country", countries.NAMES.__contains__, "a code of two capital letters, as LK"
        ),
        kinds=_many(
            query,
            "kind",
            OrganisationKind.values.__contains__,
            f"one of {_all(OrganisationKind.values)}",
        ),
        internationals=_many(query, "international", _is_slug, ids),
        opened=_many(query, "open", _is_slug, ids),
    )
    return Asked(
        wish=wish,
        colour=_one(query, "colour", COLOURS.__contains__, f"one of {_all(COLOURS)}"),
        time=_one(query, "time", TIMES.__contains__, f"one of {_all(TIMES)}"),
        year=_one(query, "year", _is_year, "a year of four digits, as 1953"),
        lit=_one(query, "lit", _is_slug, ids),
        find=_one(query, "find", _is_words, f"a text of at most {LONGEST_QUERY} characters"),
        teller=_one(query, "as", _is_slug, ids),
        view=_one(query, "view", _is_view, "three numbers with commas: two places and a scale"),
    )


def _one(query: QueryDict, name: str, fits: Callable[[str], bool], what: str) -> str:
    value = query.get(name, "").strip()
    _check(name, value, fits, what)
    return value


def _many(query: QueryDict, name: str, fits: Callable[[str], bool], what: str) -> tuple[str, ...]:
    values = tuple(dict.fromkeys(one.strip() for one in query.getlist(name) if one.strip()))
    for value in values:
        _check(name, value, fits, what)
    if len(values) > MOST:
        raise BadQueryError(f"The parameter “{name}” is given more than {MOST} times. Give fewer.")
    return values


def _check(name: str, value: str, fits: Callable[[str], bool], what: str) -> None:
    if value and not fits(value):
        raise BadQueryError(f"The parameter “{name}” is {what}. Correct it, or leave it out.")


def _all(values: object) -> str:
    *first, last = list(values)  # type: ignore[call-overload]
    return f"{', '.join(first)} or {last}"


def _is_depth(value: str) -> bool:
    return bool(re.fullmatch("[0-9]{1,2}", value)) and 1 <= int(value) <= DEEPEST


def _is_slug(value: str) -> bool:
    return len(value) <= 80 and bool(_SLUG.fullmatch(value))


def _is_year(value: str) -> bool:
    return bool(re.fullmatch("[0-9]{4}", value))


def _is_words(value: str) -> bool:
    return len(value) <= LONGEST_QUERY and "\0" not in value


def _is_view(value: str) -> bool:
    return bool(_VIEW.fullmatch(value))
