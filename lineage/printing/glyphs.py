"""Which characters the fonts have: what none of them has would be printed as an empty box."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

FONTS = Path(__file__).resolve().parent / "fonts"
UNICODE = ((0, 3), (0, 4), (3, 1), (3, 10))  # platforms and encodings of a table of Unicode


def without_glyph(texts: Iterable[tuple[str, str]]) -> dict[str, str]:
    """The characters that no font has, by whose text they are in. ``texts`` are pairs of both."""
    found: dict[str, str] = {}
    for whose, text in texts:
        if text.isascii():
            continue
        lost = "".join(dict.fromkeys(one for one in text if ord(one) not in covered()))
        if lost:
            found[whose] = "".join(dict.fromkeys(found.get(whose, "") + lost))
    return found


@cache
def covered() -> frozenset[int]:
    """The characters that the fonts have between them, by number."""
    return frozenset(code for path in sorted(FONTS.glob("*.otf")) for code in _codes(path))


def _codes(path: Path) -> Iterator[int]:
    """The characters of one OpenType font, from its table ``cmap``."""
    data = path.read_bytes()
    tables = (struct.unpack_from(">4sLLL", data, 12 + 16 * i) for i in range(_short(data, 4)))
    start = next(offset for tag, _sum, offset, _length in tables if tag == b"cmap")
    for i in range(_short(data, start + 2)):
        platform, encoding, offset = struct.unpack_from(">HHL", data, start + 4 + 8 * i)
        if (platform, encoding) not in UNICODE:
            continue
        if _short(data, start + offset) == 12:
            yield from _groups(data, start + offset)
        elif _short(data, start + offset) == 4:
            yield from _segments(data, start + offset)


def _groups(data: bytes, at: int) -> Iterator[int]:
    """Format 12: runs of characters."""
    (count,) = struct.unpack_from(">L", data, at + 12)
    for i in range(count):
        first, last, _glyph = struct.unpack_from(">LLL", data, at + 16 + 12 * i)
        yield from range(first, last + 1)


def _segments(data: bytes, at: int) -> Iterator[int]:
    """Format 4: runs of characters, of which some may have no glyph."""
    double = _short(data, at + 6)
    for i in range(0, double, 2):
        last, first = _short(data, at + 14 + i), _short(data, at + 16 + double + i)
        delta = _short(data, at + 16 + 2 * double + i)
        where = at + 16 + 3 * double + i
        for code in range(first, min(last, 0xFFFE) + 1):
            offset = _short(data, where)
            if not offset:
                glyph = (code + delta) % 0x10000
            else:
                glyph = _short(data, where + offset + 2 * (code - first))
            if glyph:
                yield code


def _short(data: bytes, at: int) -> int:
    (number,) = struct.unpack_from(">H", data, at)
    return int(number)
