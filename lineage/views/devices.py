"""What a page may know of the device that it is shown on, without a script."""

from __future__ import annotations

from math import inf

from django.http import HttpRequest

DESK = 1240  # pixels of width that a chart has on a desk
SMALL = 60  # bodies of a chart that is drawn to be seen at once there
HEADERS = ("Sec-CH-UA-Mobile", "User-Agent")


def on_phone(request: HttpRequest) -> bool:
    """Whether a page will be seen on a phone: by the client's hint, else by its name."""
    hint = request.headers.get(HEADERS[0])
    return hint == "?1" if hint else "Mobi" in request.headers.get(HEADERS[1], "")


def time_on(request: HttpRequest) -> str:
    """Which way time runs in a page's chart where nothing is asked: down on a phone."""
    return "down" if on_phone(request) else "across"


def width_of(bodies: int) -> float:
    """The width that a chart of so many bodies should not be wider than, in pixels: a large one
    is gone through, and gives its names room.
    """
    return DESK if bodies <= SMALL else inf
