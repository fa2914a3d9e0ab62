"""A CSV or XLSX file, or a table pasted as text, as rows of plain text, nothing guessed or dropped.

XLSX is read by openpyxl, its XML by defusedxml. tablib reads it too, and drops what has to be told:
that a cell is a formula or merged, and that a cell shows a month where it holds a day.
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any
from xml.etree.ElementTree import ParseError

from defusedxml.ElementTree import iterparse
from openpyxl import load_workbook
from openpyxl.utils import get_column_letter
from openpyxl.worksheet._read_only import ReadOnlyWorksheet

from lineage.exchange.cells import is_formula, unarmoured
from lineage.exchange.rows import shown
from lineage.text import fold

LARGEST = 2_000_000  # bytes of a file
UNPACKED = 12_000_000  # bytes of what an XLSX file holds, packed
MOST_ROWS = 2_000
MOST_COLUMNS = 60
MOST_CHARACTERS = 1_000_000  # in all the cells
MOST_CELLS = 1_000_000  # of a sheet, empty ones between others too
LAST_ROW = 1_048_576  # that a sheet can have
DELIMITERS = ",;\t"
# What openpyxl raises at a file that is no workbook, or is a broken one.
_BROKEN = (
    ArithmeticError, AttributeError, EOFError, LookupError, NotImplementedError, OSError,
    ParseError, RuntimeError, TypeError, ValueError, zipfile.BadZipFile,
)  # fmt: skip


class Unreadable(ValueError):  # noqa: N818 - an answer, not an accident
    """A file of which nothing can be taken. The message is a sentence with the remedy."""


@dataclass(slots=True)
class Sheet:
    """A table: its headings, and its rows by the number that the spreadsheet shows.

    ``faults`` are of cells, by row number and place of the column; ``other_sheets`` of the same
    file are not read.
    """

    headings: list[str]
    rows: list[tuple[int, list[str]]]
    faults: dict[tuple[int, int], str] = field(default_factory=dict)
    other_sheets: list[str] = field(default_factory=list)

    def letter(self, place: int) -> str:
        """A column as the spreadsheet names it: ``C``."""
        return str(get_column_letter(place + 1))


def read_sheet(content: bytes, sheet: str = "") -> Sheet:
    """The table of a file; of an XLSX file the sheet of that name, or the first that holds any.

    Raises :class:`Unreadable`.
    """
    if len(content) > LARGEST:
        raise Unreadable(
            f"The file has {len(content):,} bytes; at most {LARGEST:,} are read. Divide it."
        )
    if content[:4] == b"PK\x03\x04":
        return _workbook(content, sheet)
    if content[:4] == b"\xd0\xcf\x11\xe0":
        raise Unreadable(
            "This is a workbook of an old form, or one with a password. Save it as XLSX, "
            "without a password."
        )
    return _table(_lines(_decoded(content)))


# --- CSV ------------------------------------------------------------------------------------------


def _decoded(content: bytes) -> str:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Unreadable(
            f"The file is not UTF-8 text (byte {error.start + 1}). Save it as “CSV UTF-8”, or "
            f"as XLSX."
        ) from error
    if "\0" in text:
        raise Unreadable("The file is no text: it holds U+0000. Save it as “CSV UTF-8”.")
    return text


def _lines(text: str) -> Iterator[tuple[int, list[Any]]]:
    for number, row in enumerate(_parsed(text, _delimiter(text)), start=1):
        yield number, [_Formula() if is_formula(cell) else cell for cell in row]


def _parsed(text: str, delimiter: str) -> Iterator[list[str]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        yield from reader
    except csv.Error as error:
        raise Unreadable(
            f"Line {reader.line_num} is no CSV ({error}). A quotation mark in a quoted cell is "
            f"written twice."
        ) from error


def _delimiter(text: str) -> str:
    """The delimiter that makes the most cells of the first line that holds anything."""

    def cells(delimiter: str) -> int:
        return len(next((row for row in _parsed(text, delimiter) if any(row)), []))

    first = text.lstrip().partition("\n")[0]
    return max((one for one in DELIMITERS if one in first), key=cells, default=",")


# --- XLSX -----------------------------------------------------------------------------------------


def _workbook(content: bytes, wanted: str) -> Sheet:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            _refuse_what_is_none(packed)
            # Cells as they come: else openpyxl makes each one of a range that is merged or linked.
            book = load_workbook(io.BytesIO(content), read_only=True, keep_links=False)
            sheets = [sheet for sheet in book.worksheets if isinstance(sheet, ReadOnlyWorksheet)]
            if wanted:
                found = [sheet for sheet in sheets if fold(sheet.title) == fold(wanted)]
            else:
                found = [sheet for sheet in sheets if any(True for _row in _cells(sheet))]
            if not found:
                raise Unreadable(_no_sheet([sheet.title for sheet in sheets], wanted))
            _refuse_merged(packed, found[0])
            table = _table((number, [*map(_value, row)]) for number, row in _cells(found[0]))
    except Unreadable:
        raise
    except _BROKEN as error:
        raise Unreadable(
            "The workbook can’t be read: it is broken, or no XLSX. Open it, and save it anew."
        ) from error
    table.other_sheets = [one.title for one in found[1:]]
    return table


def _refuse_what_is_none(packed: zipfile.ZipFile) -> None:
    if "xl/workbook.xml" not in packed.namelist():
        raise Unreadable("The file is no XLSX workbook. Save it as XLSX or CSV UTF-8.")
    size = sum(one.file_size for one in packed.infolist())
    if size > UNPACKED:
        raise Unreadable(
            f"The workbook holds {size:,} bytes, unpacked; at most {UNPACKED:,} are read. Save "
            f"the sheet alone, without pictures."
        )


def _no_sheet(titles: list[str], wanted: str) -> str:
    if not titles:
        return "The workbook has no sheet with cells. Put the rows into one."
    if wanted:
        return f"There is no sheet “{shown(wanted, 60)}”. The sheets are {_list(titles)}."
    return "The workbook is empty. Put the rows into its first sheet."


def _refuse_merged(packed: zipfile.ZipFile, sheet: Any) -> None:
    with packed.open(sheet._worksheet_path) as xml:
        places = [
            element.get("ref", "")
            for _event, element in iterparse(xml)
            if element.tag.endswith("}mergeCell")
        ]
    if places:
        raise Unreadable(
            f"Cells are merged: {_list(places)}. Unmerge them, and write the value into each row "
            f"that it is for."
        )


def _cells(sheet: Any) -> Iterator[tuple[int, tuple[Any, ...]]]:
    """The rows of a sheet that hold any value, by their numbers."""
    sheet.reset_dimensions()  # what the file says of them may be anything
    passed = 0
    for number, row in enumerate(sheet.iter_rows(), start=1):
        passed += len(row)
        if passed > MOST_CELLS or number > LAST_ROW:
            raise Unreadable(f"There are more than {MOST_CELLS:,} cells. Delete the empty ones.")
        if any(cell.value is not None for cell in row):
            yield number, row


class _Wrong:
    """A cell that can't be taken, with the reason."""

    def __init__(self, reason: str) -> None:
        self.reason = reason


class _Formula(_Wrong):
    def __init__(self) -> None:
        super().__init__("It is a formula. Write its value; before a text put an apostrophe (').")


def _value(cell: Any) -> str | _Wrong:
    """What a cell shows, as a historian would type it."""
    value = cell.value
    if value is None:
        return ""
    if cell.data_type == "f":
        return _Formula()
    if cell.data_type == "e":
        return _Wrong(f"It holds the error {value}. Write a value.")
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else f"{value:.15g}"
    if isinstance(value, (date, datetime)):
        return _day(value, str(cell.number_format))
    if isinstance(value, (time, timedelta)):
        return _Wrong("It holds a time of day. Write the date as text.")
    return str(value)


def _day(value: date, shape: str) -> str | _Wrong:
    """A cell of type date, as exact as it is shown: "Nov 1953" is kept as 1 November 1953."""
    bare = re.sub(r'"[^"]*"|\\.|\[[^\]]*\]|_.', "", shape.lower()).partition(";")[0]
    if "y" not in bare and bare != "general":
        return _Wrong(
            f"It shows a date without its year, and holds {value:%Y-%m-%d}. Write the date as text."
        )
    if "d" in bare or bare == "general":
        return f"{value:%Y-%m-%d}"
    return f"{value:%Y-%m}" if "m" in bare else f"{value:%Y}"


# --- both -----------------------------------------------------------------------------------------


def _table(rows: Iterable[tuple[int, list[Any]]]) -> Sheet:
    faults: dict[tuple[int, int], str] = {}
    found: list[tuple[int, list[str]]] = []
    characters = 0
    for number, row in rows:
        cells = []
        for place, cell in enumerate(row):
            if isinstance(cell, _Wrong):
                faults[number, place] = cell.reason
            text = "" if isinstance(cell, _Wrong) else unarmoured(cell.strip())
            characters += len(text)
            cells.append(text)
        if any(cells) or any(isinstance(cell, _Wrong) for cell in row):
            found.append((number, cells))
        if len(found) > MOST_ROWS + 1:
            raise Unreadable(f"There are more than {MOST_ROWS:,} rows. Divide the table.")
        if characters > MOST_CHARACTERS:
            raise Unreadable(
                f"There are more than {MOST_CHARACTERS:,} characters. Divide the table."
            )
    if not found:
        raise Unreadable("The table is empty. Its first row names the columns, others follow.")
    return _headed(found, faults)


def _headed(found: list[tuple[int, list[str]]], faults: dict[tuple[int, int], str]) -> Sheet:
    (first, headings), *rows = found
    width = max(
        max((place for place, cell in enumerate(cells) if cell), default=-1) for _, cells in found
    )
    width = max([width, *(place for _number, place in faults)]) + 1
    if width > MOST_COLUMNS:
        raise Unreadable(
            f"There are {width} columns; at most {MOST_COLUMNS} are read. Leave some out."
        )
    table = Sheet(_filled(headings, width), [(number, _filled(row, width)) for number, row in rows])
    table.faults = faults
    seen: dict[str, int] = {}
    for place, heading in enumerate(table.headings):
        if (first, place) in faults:
            raise Unreadable(f"The heading of column {table.letter(place)}: {faults[first, place]}")
        other = seen.setdefault(fold(heading) or f"#{place}", place)
        if other != place:
            raise Unreadable(
                f"The heading “{shown(heading, 60)}” stands twice, in columns "
                f"{table.letter(other)} and {table.letter(place)}. Rename or delete one of the two."
            )
    if not rows:
        raise Unreadable("Below the headings there is no row. Add some.")
    return table


def _filled(cells: list[str], width: int) -> list[str]:
    return [*cells, *[""] * (width - len(cells))][:width]


def _list(words: Iterable[str]) -> str:
    some = [shown(word, 40) for word in words]
    more = f" and {len(some) - 8} more" if len(some) > 8 else ""
    return "“" + "”, “".join(some[:8]) + "”" + more
