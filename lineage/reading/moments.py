"""Dates of the record in words, alone and within a sentence."""

from __future__ import annotations

import re

from lineage import dates

_OPEN = re.compile(r"(?:by (?P<until>.+)|from (?P<since>.+) on)")


def date_words(text: str) -> str:
    """A date (EDTF) as a reader sees it: ``"about 1953"``; empty where there is none."""
    return dates.parse(text).words if text else ""


def when(text: str) -> str:
    """A date (EDTF) as it follows a verb, with a space before it: ``" in 1953"``.

    Empty where there is none.
    """
    words = date_words(text)
    if not words:
        return ""
    if bounds := _OPEN.fullmatch(words):
        later = "earlier" if bounds["until"] else "later"
        return f" {_preposed((bounds['until'] or bounds['since']).removeprefix('the '))} or {later}"
    return f" {_preposed(words)}"


def _preposed(words: str) -> str:
    if words.startswith("between "):
        return f"some time {words}"
    if words.startswith("about "):
        return words
    if re.match(r"[0-9]{1,2} [A-Z]", words):
        return f"on {words}"
    return f"in the {words}" if re.match(r"[0-9]{4}s|[0-9]{1,2}[a-z]{2} ", words) else f"in {words}"
