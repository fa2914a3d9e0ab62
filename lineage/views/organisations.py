"""The list of organisations with its search and filters."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from lineage import countries
from lineage.models import CountryPeriod, Organisation, OrganisationKind
from lineage.reading.details import Named, abbreviation, detailed, place_words
from lineage.text import fold
from lineage.views.answers import error_answer, json_answer, page, page_of, readable
from lineage.views.entries import body_entry

PAGE_SIZE = 50
LONGEST_QUERY = 200
STATES = {"living": "attested as living", "ended": "that ended"}


@readable
def organisations(request: HttpRequest, form: str = "html") -> HttpResponse:
    """All organisations, searched and filtered by the query; a page of them at a time."""
    asked, fault = _asked(request)
    if fault:
        return error_answer(request, 400, fault)
    rows = filtered(asked).by_name()
    shown = page_of(request, rows, PAGE_SIZE)
    count = shown.paginator.count
    found = detailed(rows.filter(pk__in=[row.pk for row in shown]))
    if form == "json":
        return json_answer(_list_document(request, found, count, shown))
    return page(
        request,
        "lineage/organisations.html",
        {
            "asked": asked,
            "results": [_result(row, asked["q"]) for row in found],
            "shown": shown,
            "count": count,
            "countries": countries_recorded(),
            "kinds": OrganisationKind.choices,
            "heading": _heading(asked, count),
            "filtered": any(asked[name] for name in ("country", "kind", "state")),
            "query": _query_without_page(request),
        },
        reverse("organisations-json") + (f"?{request.GET.urlencode()}" if request.GET else ""),
    )


def filtered(asked: dict[str, Any]) -> Any:
    """The published organisations that a query asks for."""
    rows = Organisation.objects.published()
    if fold(asked["q"]):
        rows = rows.matching(asked["q"])
    if asked["country"]:
        rows = rows.in_country(asked["country"])
    if asked["kind"]:
        rows = rows.filter(kind=asked["kind"])
    if asked["state"] == "living":
        rows = rows.living()
    elif asked["state"] == "ended":
        rows = rows.ended()
    return rows


def _asked(request: HttpRequest) -> tuple[dict[str, Any], str]:
    """The query as asked, and a sentence if it can't be answered."""
    asked: dict[str, Any] = {
        name: request.GET.get(name, "").strip() for name in ("q", "country", "kind", "state")
    }
    if len(asked["q"]) > LONGEST_QUERY:
        return asked, f"A search is at most {LONGEST_QUERY} characters long. Shorten it."
    if "\0" in asked["q"]:
        return asked, "The search holds a character that no name has. Type it anew."
    if asked["country"] and asked["country"] not in countries.NAMES:
        return asked, "The country is a code of two capital letters, such as LK."
    if asked["kind"] and asked["kind"] not in OrganisationKind.values:
        return asked, f"The kind is one of {', '.join(OrganisationKind.values)}."
    if asked["state"] and asked["state"] not in STATES:
        return asked, f"The state is one of {', '.join(STATES)}."
    return asked, ""


def _heading(asked: dict[str, Any], count: int) -> str:
    """What was found, in words: ``"2 organisations in Ireland match “socialist”"``."""
    words = [f"{count:,} organisation{'' if count == 1 else 's'}" if count else "No organisation"]
    if asked["kind"]:
        words.append(f"of the kind “{OrganisationKind(asked['kind']).label.lower()}”")
    if asked["state"]:
        words.append(STATES[asked["state"]])
    if asked["country"]:
        words.append(f"in {countries.in_a_sentence(asked['country'])}")
    if asked["q"]:
        words.append(f"{'match' if count > 1 else 'matches'} “{asked['q']}”")
    return " ".join(words)


def countries_recorded() -> list[tuple[str, str]]:
    """The countries that published bodies worked in: code and name, by name."""
    codes = (
        CountryPeriod.objects.filter(organisation__in=Organisation.objects.published())
        .order_by()
        .values_list("country", flat=True)
        .distinct()
    )
    return sorted(((code, countries.NAMES.get(code, code)) for code in codes), key=lambda c: c[1])


def _query_without_page(request: HttpRequest) -> str:
    query = request.GET.copy()
    query.pop("page", None)
    return query.urlencode()


def _result(row: Any, asked: str) -> dict[str, Any]:
    return {
        "organisation": row,
        "abbreviation": abbreviation(row),
        "place": place_words(row),
        "matched": _matched(row, asked),
    }


def _matched(row: Any, asked: str) -> Named | None:
    """The name by which a search found the body, where its own name does not say."""
    wanted = fold(asked).split()
    if not wanted or all(word in row.folded for word in wanted):
        return None
    return next(
        (name for name in row.details.names if all(word in name.folded for word in wanted)),
        None,
    )


def _list_document(
    request: HttpRequest, found: list[Any], count: int, shown: Any
) -> dict[str, Any]:
    following = request.GET.copy()
    if shown.has_next():
        following["page"] = str(shown.next_page_number())
    address = reverse("organisations-json")
    return {
        "count": count,
        "next": f"{address}?{following.urlencode()}" if shown.has_next() else None,
        "organisations": [body_entry(row) for row in found],
    }
