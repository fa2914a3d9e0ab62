"""What the page of a record says of how to cite, follow and embed it."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from lineage.models import ChangeEvent, Organisation, edition
from lineage.reading.references import Reference


def refer(request: HttpRequest, record: Organisation | ChangeEvent, title: str) -> Reference:
    """A reference to a record under a title."""
    return Reference(
        key=record.slug,
        title=title,
        container=settings.RECORD_TITLE,
        url=request.build_absolute_uri(record.get_absolute_url()),
        edition=edition.current()[:8],
        seen=timezone.localdate(),
    )


def sharing_of(
    request: HttpRequest, record: Organisation | ChangeEvent, title: str
) -> dict[str, Any]:
    """The part of the context of a record's page."""
    of = "organisation" if isinstance(record, Organisation) else "event"
    context: dict[str, Any] = {
        "reference": refer(request, record, title),
        "reference_urls": {
            "bib": reverse(f"{of}-bib", args=[record.slug]),
            "csl": reverse(f"{of}-csl", args=[record.slug]),
        },
    }
    if of == "organisation":
        context["feed"] = reverse("organisation-feed", args=[record.slug])
        here = quote(request.build_absolute_uri(record.get_absolute_url()), safe="")
        context["oembed"] = f"{reverse('oembed')}?url={here}"
    return context
