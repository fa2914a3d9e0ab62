"""Widths of letters, in hundredths of the size of the type.

For each letter the widest of Inter 400, 500 and 600 (SIL Open Font License) and Liberation Sans,
measured with fontTools, so that a label fits in the site's own face and in the common fallbacks.
"""

from __future__ import annotations

import unicodedata

# U+0020 to U+007E.
_ASCII = bytes.fromhex(
    "1c2034404164432125253643202f202642383e40433d403a40402021434343386649434a4843"
    "3d4e4b1c3a46395c4c4e434e4843424a4966484741252625303823393e3a3e3b273f3d1a1a39"
    "1a5a3d3d3e3e2837233d3b54393b392d242d43"
)
_OTHERS = {
    "–": 56, "—": 100, "…": 100, "‘": 29, "’": 29, "“": 51, "”": 50, "·": 32, "•": 56, "°": 46,
    "§": 57, "«": 63, "»": 63, "¿": 61, "¡": 33, "ß": 64, "æ": 92, "Æ": 101, "ø": 61, "Ø": 78,
    "ł": 26, "Ł": 60, "đ": 62, "Đ": 75, "œ": 100, "Œ": 101, "ı": 28, "ə": 59, "þ": 62, "Þ": 67,
}  # fmt: skip
_WIDE = 113  # Cyrillic and Greek at their widest, and full-width scripts


class _Advances(dict[str, int]):
    """Widths by letter, found once for each."""

    def __missing__(self, letter: str) -> int:
        width = self[letter] = _width_of(letter)
        return width


ADVANCES = _Advances()


def _width_of(letter: str) -> int:
    """How wide one letter is, in hundredths of the size of the type; marks take no room."""
    if " " <= letter <= "~":
        return _ASCII[ord(letter) - 32]
    if letter in _OTHERS:
        return _OTHERS[letter]
    if unicodedata.combining(letter):
        return 0
    base = unicodedata.normalize("NFD", letter)[0]
    if " " <= base <= "~":
        return _ASCII[ord(base) - 32]
    if unicodedata.category(letter) == "Ll":
        return 90
    return _WIDE
