"""Values of cells as a historian writes them."""

from __future__ import annotations

import re
from typing import Any

from lineage import countries, dates
from lineage.exchange.rows import shown
from lineage.text import fold

NONE = "–"  # in a cell: nothing, where an empty one would leave what stands
_FLAGS = {
    **dict.fromkeys(("yes", "y", "true", "1", "x", "✓"), True),
    **dict.fromkeys(("no", "n", "false", "0"), False),
}
# What else the words of the record are called.
_ALSO = {
    **dict.fromkeys(("fusion", "unification", "regroupment"), "merger"),
    **dict.fromkeys(("renaming", "name change", "renamed"), "rename"),
    **dict.fromkeys(("scission", "breakaway"), "split"),
    **dict.fromkeys(("sympathizing", "sympathizing section"), "sympathising"),
    **dict.fromkeys(("also known as", "aka"), "nickname"),
}


def plain(text: str) -> str:
    """A text of its own words, empty where the cell says so."""
    return "" if text == NONE else text


def lines_of(text: str) -> list[str]:
    """The lines of a cell; a dash says that there is nothing in its line."""
    return ["" if line.strip() == NONE else line.strip() for line in text.split("\n")]


def a_date(text: str) -> str:
    """A date as the record writes it, from one as a historian does. Raises ``ValueError``."""
    return "" if text == NONE else dates.understand(text).text


def tried(convert: Any, text: str) -> Any:
    """What a cell says, or ``None`` where it is empty or can't be read."""
    try:
        return convert(text) if text else None
    except ValueError:
        return None


def one_of(choices: Any) -> Any:
    """Reads the value of a choice by its key, its label or another word for it."""
    words = {fold(key): key for key in choices.values}
    words |= {fold(str(label)): key for key, label in choices.choices}
    words |= {word: key for word, key in _ALSO.items() if key in choices.values}

    def convert(text: str) -> str:
        if fold(text) not in words:
            known = ", ".join(choices.values)
            raise ValueError(f"“{shown(text)}” is not known. Write one of: {known}.")
        return words[fold(text)]

    return convert


def a_flag(text: str) -> bool:
    """Yes or no. Raises ``ValueError``."""
    if text.strip().lower() not in _FLAGS:
        raise ValueError(f"“{shown(text)}” is neither yes nor no. Write one of the two.")
    return _FLAGS[text.strip().lower()]


def a_number(text: str) -> str:
    """A number with a point and without other marks. Raises ``ValueError`` where it is unclear."""
    bare = re.sub(r"(?<=[0-9])[\s\u00a0\u202f'](?=[0-9]{3})", "", text)
    if re.fullmatch(r"-?[0-9]{1,3}([.,][0-9]{3})+", bare):
        digits = re.sub(r"[.,]", "", bare)
        raise ValueError(f"“{shown(text)}” can be read in two ways. Write {digits} without a mark.")
    if not re.fullmatch(r"-?[0-9]+([.,][0-9]+)?", bare):
        raise ValueError(f"“{shown(text)}” is no number. Write digits.")
    return bare.replace(",", ".")


def authors_of(text: str) -> list[str]:
    """The authors of a work, apart by semicolons or lines."""
    if text == NONE:
        return []
    return [name.strip() for name in re.split(r"[;\n]", text) if name.strip()]


def country_codes(text: str) -> list[str]:
    """Codes of countries by their codes or names. Raises ``ValueError`` for one that is unknown."""
    codes: dict[str, None] = {}
    for word in re.split(r"[;,/\n]", text):
        if not word.strip():
            continue
        code = countries.code_of(word)
        if not code:
            raise ValueError(
                f"“{shown(word.strip())}” is no country that is known here. Write its English name "
                f"or its code, such as Sri Lanka or LK."
            )
        codes[code] = None
    return list(codes)
