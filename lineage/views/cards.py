"""The card of an organisation, small enough to open beside its bar."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils.cache import get_conditional_response, set_response_etag

from lineage.reading.cards import card_of
from lineage.reading.homonyms import homonyms
from lineage.views.answers import page, readable


@readable
def card(request: HttpRequest, slug: str) -> HttpResponseBase:
    """A page of its own, out of which the chart's script takes the card.

    Who has it already is answered with 304 for as long as it stays the same.
    """
    found = card_of(slug)
    if found is None:
        raise Http404("There is no organisation with this id.")
    context = {"card": found, "body": found.body, "homonyms": homonyms()}
    response = page(
        request, "lineage/card.html", context, reverse("organisation-json", args=[slug])
    )
    response["Cache-Control"] = "no-cache"
    set_response_etag(response)
    return get_conditional_response(request, etag=response["ETag"], response=response) or response
