"""Text as readers search for it, and the characters that no record may hold."""

import re
import unicodedata

# Letters that NFKD leaves whole, though readers type them plain.
_PLAIN = str.maketrans(
    {"ł": "l", "ø": "o", "đ": "d", "ð": "d", "ħ": "h", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th"}
)
_DROPPED = re.compile(r"[.'’ʼ]")
# Controls, surrogates, separators of lines, marks of direction, and what is no character.
_FORBIDDEN = re.compile(
    r"[\x00-\x1f\x7f-\x9f\ud800-\udfff\u2028\u2029\u202a-\u202e\u2066-\u2069\ufffe\uffff]"
)
_NOT_WORD = re.compile(r"[\W_]+")


def fold(text: str) -> str:
    """The text without case, accents and punctuation: ``"Tạ Thu Thâu"`` → ``"ta thu thau"``.

    Abbreviations lose their full stops, other punctuation becomes one space.
    """
    decomposed = unicodedata.normalize("NFKD", text.casefold().translate(_PLAIN))
    bare = "".join(mark for mark in decomposed if not unicodedata.combining(mark))
    return _NOT_WORD.sub(" ", _DROPPED.sub("", bare)).strip()


def control_characters(text: str, *, lines: bool = False) -> list[str]:
    """The characters in a text that would make an XML document invalid, as ``U+0007``.

    Control characters, surrogates and non-characters; line breaks and tabs too unless ``lines``.
    """
    allowed = "\n\t" if lines else ""
    found = set(_FORBIDDEN.findall(text)).difference(allowed)
    return sorted(f"U+{ord(character):04X}" for character in found)
