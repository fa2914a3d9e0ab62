"""Search: bodies by any of their names, as a page with facets and as data while one types."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Page
from django.http import HttpRequest, HttpResponse, QueryDict
from django.urls import reverse

from lineage import countries
from lineage.models import NameKind, Organisation, OrganisationKind
from lineage.reading.details import abbreviation, detailed, place_words
from lineage.reading.finding import STATES, Answer, Found, Question, index
from lineage.text import fold
from lineage.views.answers import BadQueryError, json_answer, page, page_of, readable
from lineage.views.entries import body_entry

PAGE_SIZE = 20
LONGEST = 200
SHOWN = 10  # values of a facet that stand open
STATE_WORDS = {"living": "Attested as living", "ended": "Ended"}
FACETS = {
    "country": "Country",
    "kind": "Kind",
    "decade": "Existed in the",
    "international": "In the international",
    "state": "Still existing",
}


@dataclass(frozen=True, slots=True)
class Value:
    """One value of a facet: what it leads to, how many answers it has, whether it is asked for."""

    words: str
    number: int
    query: str
    chosen: bool


@readable
def search(request: HttpRequest, form: str = "html") -> HttpResponse:
    """The bodies that a search finds, the best first, a page of them at a time."""
    question = _question(request.GET)
    asked = bool(_query(question))
    found = index().find(question) if asked else Found()
    shown = page_of(request, found.answers, PAGE_SIZE)
    rows = _rows(shown)
    if form == "json":
        return json_answer(_document(request, question, found, shown, rows))
    query = _query(question)
    return page(
        request,
        "lineage/search.html",
        {
            "question": question,
            "asked": asked,
            "found": found,
            "count": len(found.answers),
            "heading": _heading(question, len(found.answers)),
            "results": [_result(rows[one.key], one) for one in shown if one.key in rows],
            "shown": shown,
            "facets": _facets(question, found) if asked else [],
            "hidden": [
                (name, getattr(question, name)) for name in FACETS if getattr(question, name)
            ],
            "query": query,
        },
        reverse("search-json") + (f"?{query}" if query else ""),
    )


def _question(query: QueryDict) -> Question:
    words = query.get("q", "").strip()
    if len(words) > LONGEST:
        raise BadQueryError(f"A search is at most {LONGEST} characters long. Shorten it.")
    if "\0" in words:
        raise BadQueryError("The search holds a character that no name has. Type it anew.")
    question = Question(words, **{name: query.get(name, "").strip() for name in FACETS})
    wrong = {
        "country": question.country not in countries.NAMES
        and "a code of two capital letters, as LK",
        "kind": question.kind not in OrganisationKind.values
        and f"one of {', '.join(OrganisationKind.values)}",
        "state": question.state not in STATES and f"one of {', '.join(STATES)}",
        "decade": not _is_decade(question.decade) and "the first year of a decade, as 1950",
        "international": len(question.international) > 80 and "the id of an organisation",
    }
    for name, what in wrong.items():
        if getattr(question, name) and what:
            raise BadQueryError(f"The parameter “{name}” is {what}. Correct it, or leave it out.")
    return question


def _is_decade(text: str) -> bool:
    return len(text) == 4 and text.isascii() and text.isdigit() and text.endswith("0")


def _query(question: Question) -> str:
    values = [("q", question.words), *((name, getattr(question, name)) for name in FACETS)]
    return urlencode([(name, value) for name, value in values if value])


def _rows(shown: Page[Answer]) -> dict[int, Any]:
    rows = Organisation.objects.published().filter(pk__in=[one.key for one in shown])
    return {row.pk: row for row in detailed(rows)}


def _result(row: Any, answer: Answer) -> dict[str, Any]:
    matched = answer.matched
    told = (row.folded, fold(abbreviation(row)))
    other = matched.kind and matched.folded not in told
    return {
        "organisation": row,
        "abbreviation": abbreviation(row),
        "place": place_words(row),
        "matched": matched.text if other else "",
        "how": NameKind(matched.kind).label.lower() if other else "",
    }


def _heading(question: Question, count: int) -> str:
    if not question.words:
        return f"{count:,} organisation{'' if count == 1 else 's'}" if count else "None"
    if not count:
        return f"Nothing found for “{question.words}”"
    return f"{count:,} organisation{'' if count == 1 else 's'} for “{question.words}”"


def _facets(question: Question, found: Found) -> list[tuple[str, list[Value], list[Value]]]:
    """Each facet by its label, with the values that stand open and those that are folded."""
    names = _internationals(found.facets["international"]) | _internationals(
        {question.international: 0} if question.international else {}
    )
    shown = []
    for name, label in FACETS.items():
        chosen = getattr(question, name)
        counts = dict(found.facets[name])
        if chosen:
            counts.setdefault(chosen, 0)
        if name == "decade":
            ordered = sorted(counts)
        else:
            ordered = sorted(counts, key=lambda value: (-counts[value], value))
        values = [
            Value(
                _words(name, value, names),
                counts[value],
                _query(_asking(question, name, "" if value == chosen else value)),
                value == chosen,
            )
            for value in ordered
            if name != "international" or value in names
        ]
        if len(values) > 1 or chosen:
            room = len(values) if name == "decade" else SHOWN
            shown.append((label, values[:room], values[room:]))
    return shown


def _asking(question: Question, name: str, value: str) -> Question:
    return Question(
        **{**{one: getattr(question, one) for one in FACETS}, "words": question.words, name: value}
    )


def _words(name: str, value: str, internationals: dict[str, str]) -> str:
    match name:
        case "country":
            return countries.NAMES.get(value, value)
        case "kind":
            return str(OrganisationKind(value).label)
        case "state":
            return STATE_WORDS[value]
        case "decade":
            return f"{value}s"
    return internationals[value]


def _internationals(slugs: Any) -> dict[str, str]:
    rows = Organisation.objects.published().filter(slug__in=list(slugs)).order_by()
    return dict(rows.values_list("slug", "name"))


def _document(
    request: HttpRequest,
    question: Question,
    found: Found,
    shown: Page[Answer],
    rows: dict[int, Any],
) -> dict[str, Any]:
    following = None
    if shown.has_next():
        query = f"{_query(question)}&page={shown.next_page_number()}"
        following = f"{reverse('search-json')}?{query}"
    return {
        "count": len(found.answers),
        "next": following,
        "forgiven": found.forgiven,
        "results": [
            {
                **body_entry(rows[one.key]),
                "matched": one.matched.text,
                "abbreviation": abbreviation(rows[one.key]) or None,
                "place": place_words(rows[one.key]),
                "years": rows[one.key].years,
            }
            for one in shown
            if one.key in rows
        ],
    }


def candidates(words: str, most: int = 8) -> list[dict[str, Any]]:
    """The bodies that some words may mean, the best first; for where one is to be picked."""
    if not fold(words):
        return []
    answers = index().find(Question(words)).answers[:most]
    rows = {row.pk: row for row in detailed(
        Organisation.objects.published().filter(pk__in=[one.key for one in answers]))}  # fmt: skip
    return [_result(rows[one.key], one) for one in answers if one.key in rows]
