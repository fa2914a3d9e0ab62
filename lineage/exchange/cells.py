"""Cells that a spreadsheet takes for text and nothing else, and tables written with them."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence
from datetime import datetime

from openpyxl import Workbook

# What begins so is a formula to one spreadsheet or another; an apostrophe before it says "text".
# https://owasp.org/www-community/attacks/CSV_Injection
_FORMULA = re.compile(r"'*[=+\-@\t\r]")
_ARMOURED = re.compile(r"'+[=+\-@\t\r]")
_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?")
# What XML 1.0 can't hold; the record holds none, text that was sent may.
_NO_XML = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_A_DAY = datetime(2000, 1, 1)  # noqa: DTZ001 - of every workbook: the same rows, the same bytes


def armoured(text: str) -> str:
    """A text as a cell that no spreadsheet runs; numbers stay numbers."""
    return f"'{text}" if _FORMULA.match(text) and not _NUMBER.fullmatch(text) else text


def unarmoured(cell: str) -> str:
    """The text of a cell that was written by :func:`armoured`."""
    return cell[1:] if _ARMOURED.match(cell) else cell


def is_formula(cell: str) -> bool:
    """Whether a cell of a CSV file begins as a formula does."""
    return cell.lstrip().startswith("=")


def as_csv(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """A table as CSV, with the mark by which spreadsheets know UTF-8."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow([armoured(cell) for cell in headings])
    writer.writerows([armoured(cell) for cell in row] for row in rows)
    return text.getvalue().encode("utf-8-sig", "replace")


def as_xlsx(headings: Sequence[str], rows: Iterable[Sequence[str]], title: str) -> bytes:
    """A table as a workbook of one sheet, every cell a text."""
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = title[:31]
    sheet.freeze_panes = "A2"
    for number, row in enumerate([headings, *rows], start=1):
        for place, text in enumerate(row, start=1):
            if text:
                cell = sheet.cell(number, place)
                cell.value = _NO_XML.sub("\ufffd", armoured(text))[:32_767]
                cell.data_type = "s"
    for column in sheet.columns:
        sheet.column_dimensions[column[0].column_letter].width = 22
    held = io.BytesIO()
    book.properties.created = book.properties.modified = _A_DAY
    book.save(held)
    return held.getvalue()
