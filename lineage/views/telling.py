"""Whose accounts a page shows: all, unless a reader asks for one party's."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from lineage.models import Account, Organisation
from lineage.views.answers import BadQueryError


def teller_of(slug: str) -> Organisation | None:
    """The body as which a page tells, where one is asked for."""
    if not slug:
        return None
    body = Organisation.objects.published().filter(slug=slug[:80]).first()
    if body is None:
        raise BadQueryError(f"There is no “{slug[:80]}” to tell it. Correct “as”, or leave it out.")
    return body


def teller_asked(request: HttpRequest) -> Organisation | None:
    """The body that ``as`` names in an address."""
    return teller_of(request.GET.get("as", "").strip())


def as_told(teller: Organisation | None, accounts: list[tuple[Account, Any]]) -> dict[str, Any]:
    """The accounts that one body gave, and how many others are left out; all where it is none."""
    if teller is None:
        return {"teller": None, "accounts": accounts}
    own = [one for one in accounts if one[0].organisation_id == teller.pk]
    return {"teller": teller, "accounts": own, "untold": len(accounts) - len(own)}
