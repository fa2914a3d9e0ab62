"""A table is read as its writer sees it, or refused with what to do; none written runs."""

from __future__ import annotations

import csv
import io
import zipfile
from datetime import date, datetime, time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook
from openpyxl.chart import BarChart

from lineage.exchange import spreadsheets
from lineage.exchange.cells import armoured, as_csv, as_xlsx, is_formula, unarmoured
from lineage.exchange.spreadsheets import Sheet, Unreadable, read_sheet

FORMULA = "It is a formula. Write its value; before a text put an apostrophe (')."


def workbook(*rows, shape=None, **sheets) -> bytes:
    """An XLSX file of rows; ``shape`` is told its first sheet, before it is saved."""
    book = Workbook()
    for row in rows:
        book.active.append(row)
    for title, more in sheets.items():
        sheet = book.create_sheet(title)
        for row in more:
            sheet.append(row)
    if shape:
        shape(book.active)
    return saved(book)


def saved(book) -> bytes:
    held = io.BytesIO()
    book.save(held)
    return held.getvalue()


def told(content: bytes, sheet: str = "") -> str:
    with pytest.raises(Unreadable) as refused:
        read_sheet(content, sheet)
    return str(refused.value)


# --- CSV ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "name,country\r\nLSSP,Sri Lanka\r\n",
        "name;country\nLSSP;Sri Lanka",
        "name\tcountry\nLSSP\tSri Lanka\n",
        "\ufeffname,country\nLSSP,Sri Lanka\n",
        '"name","country"\n"LSSP"," Sri Lanka "\n,\n',
    ],
)
def test_a_table_is_read_by_the_mark_between_its_cells(text):
    assert read_sheet(text.encode()) == Sheet(["name", "country"], [(2, ["LSSP", "Sri Lanka"])])


def test_rows_have_the_numbers_that_a_spreadsheet_shows():
    text = 'name,note\n\nA,"two\nlines"\n,\nB\n'
    assert read_sheet(text.encode()).rows == [(3, ["A", "two\nlines"]), (5, ["B", ""])]


def test_cells_beyond_the_headings_are_kept_in_a_column_without_one():
    assert read_sheet(b"name\nA,more\n") == Sheet(["name", ""], [(2, ["A", "more"])])


def test_a_formula_in_a_text_file_is_told_and_not_taken():
    sheet = read_sheet(b"name,founded\nA,=1900+53\n'=B,1953\n")
    assert sheet.rows == [(2, ["A", ""]), (3, ["=B", "1953"])]
    assert sheet.faults == {(2, 1): FORMULA}


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "The table is empty. Its first row names the columns, others follow."),
        (b"\n , \n", "The table is empty. Its first row names the columns, others follow."),
        (b"name,country\n", "Below the headings there is no row. Add some."),
        (
            "name\nPérez".encode("latin-1"),
            "The file is not UTF-8 text (byte 7). Save it as “CSV UTF-8”, or as XLSX.",
        ),
        (
            "name\nA".encode("utf-16"),
            "The file is not UTF-8 text (byte 1). Save it as “CSV UTF-8”, or as XLSX.",
        ),
        (b"na\0me\nA", "The file is no text: it holds U+0000. Save it as “CSV UTF-8”."),
        (
            b'name\n"A\n',
            (
                "Line 2 is no CSV (unexpected end of data). A quotation mark in a quoted cell is "
                "written twice."
            ),
        ),
        (
            b"Name,country,n\xc3\xa1me\nA,B,C\n",
            "The heading “náme” stands twice, in columns A and C. Rename or delete one of the two.",
        ),
        (b"=A1,b\nA,B\n", f"The heading of column A: {FORMULA}"),
        (b"name\n" + b"A\n" * 2_001, "There are more than 2,000 rows. Divide the table."),
        (
            b"," * 61 + b"a\n" + b"," * 61 + b"b\n",
            "There are 62 columns; at most 60 are read. Leave some out.",
        ),
        (
            b"x" * 2_000_001,
            "The file has 2,000,001 bytes; at most 2,000,000 are read. Divide it.",
        ),
        (
            b"name\n" + b"x" * 100_000 + b"\n" * 2 + b"x" * 100_000,
            "There are more than 150,000 characters. Divide the table.",
        ),
        (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
            (
                "This is a workbook of an old form, or one with a password. Save it as XLSX, "
                "without a password."
            ),
        ),
    ],
)
def test_a_file_that_is_no_table_is_refused_with_what_to_do(monkeypatch, content, sentence):
    monkeypatch.setattr(spreadsheets, "MOST_CHARACTERS", 150_000)
    assert told(content) == sentence


def test_as_many_rows_as_may_be_are_read():
    assert len(read_sheet(b"name\n" + b"A\n" * 2_000).rows) == 2_000


# --- XLSX -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "shape", "text"),
    [
        (1953, None, "1953"),
        (1953.0, None, "1953"),
        (0.1 + 0.2, None, "0.3"),
        (True, None, "yes"),
        ("c. 1953", None, "c. 1953"),
        ("'=text", None, "=text"),
        (date(1953, 11, 16), None, "1953-11-16"),
        (datetime(1953, 11, 16, 12, 30), "yyyy-mm-dd hh:mm", "1953-11-16"),  # noqa: DTZ001
        (date(1953, 11, 16), "mm-dd-yy", "1953-11-16"),
        (date(1953, 11, 16), '[$-F800]dddd\\, mmmm dd\\, yyyy', "1953-11-16"),
        (date(1953, 11, 1), "mmm-yy", "1953-11"),
        (date(1953, 11, 1), "mmmm yyyy;@", "1953-11"),
        (date(1953, 1, 1), "yyyy", "1953"),
        (date(1953, 1, 1), '"day in "yyyy', "1953"),
    ],
)  # fmt: skip
def test_a_cell_is_what_it_shows(value, shape, text):
    def put(sheet):
        cell = sheet["B2"]
        cell.value = value
        if shape:
            cell.number_format = shape

    assert read_sheet(workbook(["name", "founded"], ["A"], shape=put)).rows == [(2, ["A", text])]


@pytest.mark.parametrize(
    ("value", "shape", "sentence"),
    [
        ("=1900+53", None, FORMULA),
        ("#REF!", None, "It holds the error #REF!. Write a value."),
        (time(12, 30), None, "It holds a time of day. Write the date as text."),
        (
            date(2026, 11, 16),
            "d-mmm",
            "It shows a date without its year, and holds 2026-11-16. Write the date as text.",
        ),
    ],
)
def test_a_cell_that_hides_something_is_told(value, shape, sentence):
    def put(sheet):
        cell = sheet["B2"]
        cell.value = value
        if shape:
            cell.number_format = shape

    sheet = read_sheet(workbook(["name", "founded"], ["A"], shape=put))
    assert (sheet.rows, sheet.faults) == ([(2, ["A", ""])], {(2, 1): sentence})


def test_the_first_sheet_that_holds_any_is_read_and_the_others_named():
    content = workbook(shape=None, Bodies=[["name"], ["A"]], Notes=[["x"]])
    assert read_sheet(content) == Sheet(["name"], [(2, ["A"])], other_sheets=["Notes"])
    assert read_sheet(workbook(["name"], ["A"], Other=[["title"], ["B"]]), "other") == Sheet(
        ["title"], [(2, ["B"])]
    )


def only_a_chart() -> bytes:
    book = Workbook()
    book.create_chartsheet().add_chart(BarChart())
    book.remove(book.worksheets[0])
    return saved(book)


def packed(**files: str) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(name.replace("__", "/").replace("_", "."), text)
    return held.getvalue()


def test_a_workbook_that_can_not_be_taken_is_refused_with_what_to_do():
    def merge(sheet):
        sheet.merge_cells("A2:A3")

    broken = "The workbook can’t be read: it is broken, or no XLSX. Open it, and save it anew."
    assert told(workbook()) == "The workbook is empty. Put the rows into its first sheet."
    assert told(only_a_chart()) == "The workbook has no sheet with cells. Put the rows into one."
    assert told(workbook(["name"], ["A"], [], ["B"], shape=merge)) == (
        "Cells are merged: “A2:A3”. Unmerge them, and write the value into each row that it is for."
    )
    assert told(workbook(["name"], ["A"]), "Parties") == (
        "There is no sheet “Parties”. The sheets are “Sheet”."
    )
    assert told(packed(content_xml="")) == (
        "The file is no XLSX workbook. Save it as XLSX or CSV UTF-8."
    )
    assert told(packed(xl__workbook_xml="<a>")) == broken
    assert told(workbook(["name"], ["A"])[:-30]) == broken


def test_a_workbook_that_swells_is_not_unpacked():
    content = packed(xl__workbook_xml="", big=" " * 12_000_001)
    assert len(content) < 20_000
    assert told(content).startswith("The workbook holds 12,000,001 bytes, unpacked; at most")


def with_xml(content: bytes, **changes: tuple[bytes, bytes]) -> bytes:
    """A workbook in whose file of that name one text is put for another."""
    held = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as before, zipfile.ZipFile(held, "w") as after:
        for name in before.namelist():
            old, new = changes.get(name.rpartition("/")[2].partition(".")[0], (b"", b""))
            after.writestr(name, before.read(name).replace(old, new, 1) if old else
                           before.read(name))  # fmt: skip
    return held.getvalue()


END = b"</sheetData>"


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        (END, END + b'<mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells>',
         ("Cells are merged: “A1:XFD1048576”. Unmerge them, and write the value into each row "
          "that it is for.")),
        (b"</row>" + END, b'</row><row r="3"><c r="XFD3"><v>1</v></c></row>' + END,
         "There are 16384 columns; at most 60 are read. Leave some out."),
        (b"</row>" + END, b"</row>" + b"".join(
            b'<row r="%d"><c r="XFD%d"/></row>' % (n, n) for n in range(3, 3000)) + END,
         "There are more than 1,000,000 cells. Delete the empty ones."),
        (b"</row>" + END, b'</row><row r="4000000000"><c r="A4000000000"/></row>' + END,
         "There are more than 1,000,000 cells. Delete the empty ones."),
    ],
    ids=["merged", "one far right", "many far right", "one far down"],
)  # fmt: skip
def test_a_sheet_as_wide_as_can_be_is_refused_at_once(old, new, sentence):
    assert told(with_xml(workbook(["name"], ["A"]), sheet1=(old, new))) == sentence


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (END, END + b'<hyperlinks><hyperlink ref="A1:XFD1048576" location="A1"/></hyperlinks>'),
        (b'<dimension ref="A1:A2"', b'<dimension ref="A1:XFD1048576"'),
        (b"</row>" + END, b'</row><row r="1048576"><c r="A1048576"/></row>' + END),
    ],
    ids=["linked", "said", "far down"],
)
def test_what_a_sheet_says_of_its_size_is_not_believed(old, new):
    content = with_xml(workbook(["name"], ["A"]), sheet1=(old, new))
    assert new in zipfile.ZipFile(io.BytesIO(content)).read("xl/worksheets/sheet1.xml")
    assert read_sheet(content) == Sheet(["name"], [(2, ["A"])])


def test_a_row_far_down_has_its_number():
    content = workbook(["name"], shape=lambda sheet: sheet.cell(1_048_576, 1, "A"))
    assert read_sheet(content).rows == [(1_048_576, ["A"])]


def test_entities_of_xml_are_not_expanded():
    """With defusedxml taken away, openpyxl reads them: Python's own parser expands entities."""
    content = workbook(["name"], ["A"])
    declared = with_xml(
        content, workbook=(b"<workbook", b'<!DOCTYPE x [<!ENTITY a "S">]><workbook')
    )
    assert told(with_xml(declared, workbook=(b'name="Sheet"', b'name="&a;"'))) == (
        "The workbook can’t be read: it is broken, or no XLSX. Open it, and save it anew."
    )


# --- what is written ------------------------------------------------------------------------------

EVIL = ["=1+1", "+1+1", "-1+1", "@SUM(A1)", "\t=1", "\r=1", "'=1", "''+1"]


@pytest.mark.parametrize("text", EVIL)
def test_no_cell_begins_as_a_formula_does(text):
    (_head, (cell,)) = csv.reader(io.StringIO(as_csv(["a"], [[text]]).decode("utf-8-sig")))
    assert cell == f"'{text}"
    cell = load_workbook(io.BytesIO(as_xlsx(["a"], [[text]], "t"))).active["A2"]
    assert (cell.data_type, cell.value[:1]) == ("s", "'")


def test_numbers_dates_and_words_stand_as_they_are():
    same = ["-5", "1953", "-1.5", "../1940", "1953~", "O'Brien", "a=b", ""]
    assert [armoured(text) for text in same] == same


@given(st.text())
def test_what_is_armoured_is_the_same_again(text):
    assert unarmoured(armoured(text)) == text
    assert not is_formula(armoured(text)) or not text.startswith("=")


def test_the_same_rows_are_the_same_bytes():
    assert as_xlsx(["a"], [["b"]], "t") == as_xlsx(["a"], [["b"]], "t")
