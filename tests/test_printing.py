"""Paper: PNG and PDF of charts and of the poster, in fonts that come with the site."""

from __future__ import annotations

import logging
import re
import struct
import zlib
from datetime import date

import pytest

from lineage.chart import Body, Words, draw, draw_poster, write
from lineage.models import CountryPeriod
from lineage.printing import paper
from lineage.printing.glyphs import covered, without_glyph
from lineage.printing.paper import Paper, TooLargeError
from lineage.reading.imprint import licence
from tests.test_import import run
from tests.test_pages import Page, text

TODAY = date(2026, 11, 22)
SINHALA = "ලංකා සම සමාජ පක්ෂය"


def chart(*names: str, title: str = "A family"):
    bodies = [
        Body(f"b{i}", name, founded=(date(1950, 1, 1), date(1950, 12, 31)), living=i % 2 == 0)
        for i, name in enumerate(names)
    ]
    return draw(bodies, [], today=TODAY, title=title)


def poster(*names: str):
    bodies = [Body(f"b{i}", name, living=True) for i, name in enumerate(names)]
    return draw_poster(bodies, [], today=TODAY, words=Words("All", "Free.", "Drawn today"))


def size_of(png: bytes) -> tuple[int, int]:
    """The width and height of a PNG, in pixels."""
    width, height = struct.unpack(">LL", png[16:24])
    return width, height


def page_of(pdf: bytes) -> tuple[float, float]:
    """The width and height of the only page of a PDF, in points."""
    (box,) = re.findall(rb"/MediaBox\s*\[([^\]]+)\]", pdf)
    left, foot, right, top = map(float, box.split())
    assert (left, foot) == (0, 0)
    return right, top


def fonts_of(pdf: bytes) -> set[str]:
    return {name.decode() for name in re.findall(rb"/FontName/[A-Z]{6}\+([\w-]+)", pdf)}


# --- sizes ----------------------------------------------------------------------------------------


def test_a_chart_is_printed_sharp_under_its_title_on_a_page_that_fits_it():
    drawn = chart("A", "B")
    wide, high = size_of(Paper.of(drawn, "Free.").printed("png"))
    assert wide == 2 * drawn.width
    assert 2 * drawn.height < high < 2 * (drawn.height + paper.AROUND)
    wide, high = page_of(Paper.of(drawn, "Free.").printed("pdf"))
    assert wide == pytest.approx(0.75 * drawn.width, abs=0.1)
    assert 0.75 * drawn.height < high < 0.75 * (drawn.height + paper.AROUND)


def test_a_poster_is_printed_on_a0():
    made = poster("A", "B")
    assert size_of(Paper.of(made).printed("png")) == (2 * made.width, 2 * made.height)
    points = page_of(Paper.of(made).printed("pdf"))
    assert points == pytest.approx((1189 / 25.4 * 72, 841 / 25.4 * 72), abs=0.1)


def test_a_picture_of_too_many_pixels_is_refused_and_one_of_many_is_less_sharp(monkeypatch):
    drawn = chart("A", "B")
    pixels = drawn.width * (drawn.height + paper.AROUND)
    monkeypatch.setattr(paper, "MOST_PIXELS", pixels * 3)
    assert size_of(Paper.of(drawn).printed("png"))[0] == drawn.width
    monkeypatch.setattr(paper, "MOST_PIXELS", pixels)
    assert size_of(Paper.of(drawn).printed("png"))[0] == drawn.width
    monkeypatch.setattr(paper, "MOST_PIXELS", pixels - 1)
    with pytest.raises(TooLargeError):
        Paper.of(drawn).printed("png")
    assert Paper.of(drawn).printed("pdf").startswith(b"%PDF-")


def test_a_page_is_not_longer_than_readers_of_pdf_can_open(monkeypatch):
    drawn = chart(*(f"Body number {i}" for i in range(9)))
    monkeypatch.setattr(paper, "LONGEST", 200.0)
    assert max(page_of(Paper.of(drawn).printed("pdf"))) <= 200.0


def test_the_same_drawing_is_printed_the_same():
    for form in ("png", "pdf", "svg"):
        assert Paper.of(chart("A")).printed(form) == Paper.of(chart("A")).printed(form)
    assert Paper.of(chart("A")).printed("svg").decode() == write(chart("A"), solid=True)


# --- fonts ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("script", "letters"),
    [
        ("Latin", "AZaz09–“”…·«»ÆØßłđĞİıőŞžə"),
        ("Vietnamese", "Đoàn Thanh niên Cộng sản; Nhóm Tháng Mười ỹ ặ ử"),
        ("Greek", "Εργατική Διεθνιστική Ένωση άέήίόύώ"),
        ("Cyrillic", "Революционная рабочая партия Її Є Ґ"),
        ("Japanese", "革命的共産主義者同盟・マルクス派ー（第四）"),
        ("Chinese", "中国共产党左派反对派 中國共產黨左派反對派 國際主義工人黨"),
        ("Korean", "노동자의 힘 사회주의노동자동맹"),
    ],
)  # fmt: skip
def test_every_letter_of_a_script_has_a_glyph(script, letters):
    assert without_glyph([(script, letters)]) == {}


def test_what_has_no_glyph_is_named_with_its_body():
    told = [("a", "Plain"), ("b", "පක්ෂ a"), ("b", "ෂය"), ("c", "Ñandú 日")]
    assert without_glyph(told) == {"b": "පක්ෂය"}
    assert 0x0D9A not in covered()


def test_no_font_of_the_machine_is_asked():
    assert paper._fonts().families() == ["Inter", "Noto Sans CJK JP"]
    names = ("Βόλτα Право Đoàn", "第四インター")
    found = fonts_of(Paper.of(chart(*names)).printed("pdf"))
    assert found == {"Inter-Regular", "Inter-Medium", "Inter-Bold", "NotoSansCJKjp-Regular"}


def test_a_letter_with_a_glyph_is_drawn_and_one_without_is_a_box():
    """What two letters of a script that no font has look like is the same, of others it differs."""

    def drawn(letter):
        return zlib.crc32(Paper.of(chart(letter * 3, title="T")).printed("png"))

    assert drawn("日") != drawn("本")
    assert drawn("ක") == drawn("ග")


def test_a_warning_names_the_bodies_whose_letters_are_lost(caplog):
    caplog.set_level(logging.WARNING, "lineage.printing.paper")
    Paper.of(chart("Plain", "日本")).printed("pdf")
    Paper.of(chart(SINHALA)).printed("svg")
    assert caplog.messages == []
    Paper.of(chart("Plain", "පක්ෂ", title="ක")).printed("pdf")
    (said,) = caplog.messages
    assert said == (
        "No font here has some characters, which are drawn as empty boxes: b1 (පක්ෂ); the title "
        "(ක). Add them to lineage/printing/fonts."
    )


# --- the command ----------------------------------------------------------------------------------


@pytest.fixture
def record(body, event):
    """A family of three in two countries, and an international."""
    for slug, code in (("a", "FR"), ("b", "FR"), ("c", "GB")):
        CountryPeriod.objects.create(organisation=body(slug, founded="1950"), country=code)
    body("fi", kind="international", founded="1938")
    event("ab", "split", [("a", "b"), ("a", "c")], date="1960")


def drawn_by(tmp_path, *arguments: str) -> tuple[tuple[int, str, str], bytes]:
    path = tmp_path / "file"
    path.unlink(missing_ok=True)
    said = run("draw_lineage", *arguments, "--output", str(path))
    return said, path.read_bytes() if path.exists() else b""


QUIET = (0, "", "")


def test_a_family_is_printed_as_its_drawing_and_the_movement_as_the_poster(record, tmp_path):
    said, made = drawn_by(tmp_path, "--root", "a", "--format", "pdf")
    assert said == QUIET
    assert page_of(made)[0] < 1000
    said, made = drawn_by(tmp_path, "--format", "pdf")
    assert said == QUIET
    assert page_of(made) == pytest.approx((3370.4, 2383.9), abs=0.1)
    for asked in (("--root", "a"), ()):
        said, made = drawn_by(tmp_path, *asked, "--format", "png")
        assert said == QUIET
        width, height = size_of(made)
        assert (abs(width / height - 2**0.5) < 0.005) is (asked == ())


def test_svg_and_json_of_the_movement_stay_the_flat_drawing(record, tmp_path):
    assert b'class="lineage-chart poster"' not in drawn_by(tmp_path)[1]
    assert drawn_by(tmp_path, "--format", "json")[1].startswith(b'{\n  "lanes": ')
    said, made = drawn_by(tmp_path, "--poster")
    assert said == QUIET
    assert b'class="lineage-chart poster"' in made
    assert f">{licence()}</text>".encode() in made
    said, made = drawn_by(tmp_path, "--poster", "--root", "a", "--format", "pdf")
    assert said == QUIET
    assert page_of(made) == pytest.approx((3370.4, 2383.9), abs=0.1)


def test_the_command_tells_what_it_can_t_print(record, body, tmp_path, monkeypatch):
    said, made = drawn_by(tmp_path, "--poster", "--format", "json")
    assert (said[0], made) == (1, b"")
    assert said[2] == (
        "CommandError: A poster is no data. Ask for svg, png or pdf, or leave --poster.\n"
    )
    body("lssp", name=SINHALA, founded="1935")
    said, made = drawn_by(tmp_path, "--root", "lssp", "--format", "pdf")
    assert said[0] == 0
    assert "No font here has some characters" in said[2]
    assert "lssp (" in said[2]
    assert made.startswith(b"%PDF-")
    assert drawn_by(tmp_path, "--root", "lssp")[0] == QUIET
    monkeypatch.setattr(paper, "MOST_PIXELS", 1000)
    said, made = drawn_by(tmp_path, "--root", "a", "--format", "png")
    assert (said[0], made) == (1, b"")
    assert said[2].startswith("CommandError: This picture would have 0 million pixels; ")


def test_a_licence_is_told_in_words(settings):
    assert licence() == "Lineage: the Trotskyist movement. The record is under CC BY 4.0."
    settings.RECORD_LICENCE = "CC-BY-SA-4.0"
    assert licence().endswith("under CC BY-SA 4.0.")
    settings.RECORD_LICENCE = "CC0-1.0"
    assert licence().endswith("under CC0 1.0.")


# --- addresses ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "is_poster"),
    [
        ("", True), ("?colour=family", True), ("?nonsense=1", True), ("?country=FR", False),
        ("?kind=party", False), ("?international=fi", False), ("?open=a", False),
    ],
)  # fmt: skip
def test_a_print_of_the_whole_movement_is_the_poster_of_a_part_its_drawing(
    record, client, query, is_poster
):
    width, height = page_of(client.get(f"/tree.pdf{query}").content)
    assert (abs(width / height - 2**0.5) < 0.001) is is_poster
    width, height = size_of(client.get(f"/tree.png{query}").content)
    assert (abs(width / height - 2**0.5) < 0.005) is is_poster
    poster = client.get(f"/tree/poster.svg{query}").content
    assert b'class="lineage-chart poster"' in poster


def test_a_poster_shows_what_is_asked_for_in_the_colours_that_are(record, client):
    def found(query):
        text = client.get(f"/tree/poster.svg{query}").content.decode()
        bars = re.findall(r'class="organisation"[^>]* data-id="([^"]+)"', text)
        return sorted(bars), set(re.findall(r'</title><g class="(\w+)', text))

    assert found("") == (["a", "b", "c", "fi"], {"plain", "ink"})
    assert found("?country=FR") == (["a", "b"], {"plain"})
    assert found("?country=FR&colour=country") == (["a", "b"], {"c1"})
    assert found("?country=AQ") == ([], set())


@pytest.mark.parametrize("form", ["tree.png", "tree.pdf", "tree/poster.svg"])
def test_a_print_takes_the_parameters_of_a_drawing_and_refuses_as_it_does(record, client, form):
    drawing = client.get("/tree.svg?country=x")
    refused = client.get(f"/{form}?country=x")
    assert refused.status_code == drawing.status_code == 400
    assert refused.content == drawing.content


@pytest.mark.parametrize("form", ["tree.png", "tree.pdf"])
def test_a_body_that_is_not_there_has_no_print(record, client, form):
    assert client.get(f"/organisations/nobody/{form}").status_code == 404
    assert client.get(f"/organisations/a/{form}?depth=x").status_code == 400
    part = client.get(f"/organisations/a/{form}?direction=ancestors").content
    assert part != client.get(f"/organisations/a/{form}").content


def test_a_picture_that_would_be_too_large_is_refused_in_a_sentence(record, client, monkeypatch):
    monkeypatch.setattr(paper, "MOST_PIXELS", 1_000)
    for path in ("/tree.png", "/organisations/a/tree.png"):
        response = client.get(path)
        assert response.status_code == 400
        said = text(Page(response.content.decode()).one("p[@class='lede']"))
        assert re.fullmatch(
            r"This picture would have \d+ million pixels; one has at most 0 million. Ask for the "
            r"PDF or the SVG, or for a part.",
            said,
        )
    assert client.get("/organisations/a/tree.pdf").status_code == 200


@pytest.mark.parametrize(
    "path", ["/tree.png", "/tree.pdf", "/tree/poster.svg", "/organisations/a/tree.pdf"]
)
def test_who_has_a_print_already_is_told_whether_it_changed(record, body, client, path):
    first = client.get(path)
    held = {"If-None-Match": first["ETag"]}
    assert client.get(path, headers=held).status_code == 304
    body("new", founded="1950")
    changed = client.get(path, headers=held)
    assert changed.status_code == 200
    assert changed["ETag"] != first["ETag"]


@pytest.mark.parametrize(
    ("path", "poster"), [("/tree/", ["poster"]), ("/organisations/a/tree/", [])]
)
def test_a_tree_s_page_offers_it_for_download(record, client, path, poster):
    page = Page(client.get(path).content.decode())
    (line,) = [one for one in page.one("figcaption").iter("li") if "Download" in text(one)]
    forms = ["SVG", "PNG", "PDF", "data"]
    assert text(line) == " ".join(["Download:", " · ".join(forms + poster)])
    for link in line.iter("a"):
        assert client.get(link.get("href")).status_code == 200
