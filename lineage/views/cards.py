"""The card of an organisation, small enough to open beside its bar."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse

from lineage.models import Organisation
from lineage.reading.cards import card_of
from lineage.reading.homonyms import homonyms
from lineage.views.answers import missing, page, readable


@readable
def card(request: HttpRequest, slug: str) -> HttpResponseBase:
    """A page of its own, out of which the chart's script takes the card."""
    found = card_of(slug)
    if found is None:
        raise missing(Organisation, slug, "There is no organisation with this id.")
    context = {"card": found, "body": found.body, "homonyms": homonyms()}
    return page(request, "lineage/card.html", context, reverse("organisation-json", args=[slug]))
