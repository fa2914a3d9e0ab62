"""What a date that is being typed is understood as, for the script that says it back."""

from __future__ import annotations

from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_safe

from lineage import dates

KEPT = 24 * 60 * 60  # seconds for which a browser need not ask again: a reading is that of the code


@require_safe
def read_date(request: HttpRequest) -> JsonResponse:
    """``?text=c. 1953`` → ``{"words": "about 1953", "stored": "1953~"}``, or ``{"error": …}``.

    An empty text is understood as no date: both are empty. No query.
    """
    text = request.GET.get("text", "").strip()
    try:
        read = dates.understand(text) if text else None
    except dates.DateError as error:
        answer = {"error": str(error)}
    else:
        answer = {"words": read.words if read else "", "stored": read.text if read else ""}
    response = JsonResponse(answer, json_dumps_params={"ensure_ascii": False})
    response["Cache-Control"] = f"private, max-age={KEPT}"
    return response
