"""Why somebody changes the record, as typed beside the button that saves."""

from __future__ import annotations

from django.http import HttpRequest

from lineage.models.keeping import LONGEST_REASON

FIELD = "change_reason"


def reason_of(request: HttpRequest) -> str:
    """The reason that a request gives, on one line and no longer than the history holds."""
    typed = request.POST.get(FIELD, "")
    printable = "".join(character if character.isprintable() else " " for character in typed)
    return " ".join(printable.split())[:LONGEST_REASON]
