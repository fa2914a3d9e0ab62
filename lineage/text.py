"""Text as readers search for it, and the characters that no record may hold."""

import re
import unicodedata

# Letters that NFKD leaves whole, though readers type them plain.
_PLAIN = str.maketrans(
    {"ł": "l", "ø": "o", "đ": "d", "ð": "d", "ħ": "h", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th"}
)
_DROPPED = re.compile(r"[.'’ʼ]")
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
    return sorted(
        {
            f"U+{ord(character):04X}"
            for character in text
            if character not in allowed
            and (
                unicodedata.category(character) in {"Cc", "Cs", "Zl", "Zp"}
                or character in "\ufffe\uffff\u202a\u202b\u202d\u202e\u2066\u2067\u2068\u202c\u2069"
            )
        }
    )
