"""Answers kept for as long as the record stays the same, and 304 for who has them already.

What a reader is sent depends on the address, on the edition of the record, on the day (what still
exists is drawn to today), on the kind of device and on the code. Together they make the entity tag,
so that what is no longer there is not told to be the same.
"""

from __future__ import annotations

import hashlib
import zlib
from functools import cache
from pathlib import Path

from django.conf import settings
from django.core.cache import cache as kept
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils import timezone
from django.utils.cache import get_conditional_response, patch_vary_headers

from lineage.models import edition
from lineage.views.devices import HEADERS, on_phone

ROOT = Path(__file__).resolve().parent.parent.parent
LARGEST = 1 << 20  # bytes of an answer, compressed, that is kept
LARGEST_WHOLE = 4 << 20  # the same where nothing is asked in a query: the posters are few
FOR = 24 * 60 * 60  # seconds


@cache
def code() -> str:
    """What tells this version of the code and its templates from every other."""
    found = hashlib.sha256()
    for folder in ("lineage", "config", "templates"):
        for path in sorted((ROOT / folder).rglob("*")):
            if path.suffix in {".py", ".html", ".css", ".js", ".otf"}:
                found.update(path.read_bytes())
    return found.hexdigest()[:12]


def tag(request: HttpRequest) -> str:
    """The entity tag of what a reader sees at an address now, or nothing; one query."""
    mark = edition.current()
    device = "phone" if on_phone(request) else "desk"
    address = f"{request.scheme} {request.get_host()} {request.get_full_path()}"
    seen = f"{mark} {timezone.localdate()} {device} {code()} {address}"
    return f'W/"{hashlib.sha256(seen.encode()).hexdigest()[:32]}"' if mark else ""


def answer_kept(request: HttpRequest, tag: str) -> HttpResponseBase | None:
    """304 for who has the answer already, else the answer if it is kept."""
    anything = request.headers.get("If-None-Match", "").strip() == "*"
    found = None if anything else get_conditional_response(request, etag=tag)
    if found is not None:
        found["ETag"] = tag
        patch_vary_headers(found, HEADERS)
    elif not settings.DEBUG:
        packed = kept.get(tag)
        if packed is not None:
            content, headers = packed
            found = HttpResponse(zlib.decompress(content), headers=headers)
    return found


def keep(request: HttpRequest, response: HttpResponseBase, tag: str) -> None:
    """Tag an answer, and keep it."""
    if response.status_code != 200 or not isinstance(response, HttpResponse):
        return
    response["ETag"] = tag
    response["Cache-Control"] = "no-cache"
    patch_vary_headers(response, HEADERS)
    if not settings.DEBUG and not response.cookies:
        packed = zlib.compress(response.content, 1)
        if len(packed) <= (LARGEST if request.META.get("QUERY_STRING") else LARGEST_WHOLE):
            kept.set(tag, (packed, dict(response.items())), FOR)
