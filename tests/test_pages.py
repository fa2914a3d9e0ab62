"""Rea reads: what each page of the site says, in the words in which it says it."""

from __future__ import annotations

import json
from datetime import date
from html.parser import HTMLParser
from itertools import pairwise
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from lineage.models import (
    Account,
    Affiliation,
    CountryPeriod,
    Fact,
    Identifier,
    Link,
    Name,
    Organisation,
    Source,
)
from lineage.reading import details

pytestmark = pytest.mark.django_db

VOID = {"base", "meta", "link", "input", "br", "hr", "img"}


class Page(HTMLParser):
    """A page as a tree of elements; refuses an end that closes nothing, and one that is missing."""

    def __init__(self, markup: str) -> None:
        super().__init__()
        self.open = [ET.Element("page")]
        self.feed(markup)
        self.close()
        assert [one.tag for one in self.open] == ["page"], "elements were left open"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert len(dict(attrs)) == len(attrs), f"<{tag}> names an attribute twice"
        child = ET.SubElement(self.open[-1], tag, {name: value or "" for name, value in attrs})
        if tag not in VOID:
            self.open.append(child)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open[-1].tag == tag, f"</{tag}> closes <{self.open[-1].tag}>"
        self.open.pop()

    def handle_data(self, data: str) -> None:
        here = self.open[-1]
        if len(here):
            here[-1].tail = (here[-1].tail or "") + data
        else:
            here.text = (here.text or "") + data

    @property
    def root(self) -> ET.Element:
        return self.open[0]

    def all(self, path: str) -> list[ET.Element]:
        return self.root.findall(f".//{path}")

    def one(self, path: str) -> ET.Element:
        (found,) = self.all(path)
        return found

    def part(self, name: str) -> ET.Element:
        """The section whose heading has this id."""
        return self.one(f"section[@aria-labelledby='{name}']")

    def rows(self, name: str) -> list[str]:
        """The items of the lists of a section, as text, without the notes of its citations."""
        part = self.part(name)
        return [text(row) for row in part.iter() if row.tag in ("li", "div") and _is_row(row)]


def _is_row(element: ET.Element) -> bool:
    return element.tag == "li" or element.find("dt") is not None


def text(element: ET.Element, *, notes: bool = False) -> str:
    """What an element says on one line. Citation marks are ``[1]``, unless ``notes`` opens them."""
    return " ".join("".join(_pieces(element, notes=notes)).split())


def _pieces(element: ET.Element, *, notes: bool) -> Any:
    if element.tag == "details" and not notes:
        yield f"[{''.join(element.find('summary').itertext()).removeprefix('Source ')}]"
        return
    yield element.text or ""
    for child in element:
        yield from _pieces(child, notes=notes)
        yield (" " if child.tag in ("dt", "li", "p") else "") + (child.tail or "")


@pytest.fixture
def read(client):
    """Open an address as Rea does: ``read("/events/")``; the answer must be the status asked."""

    def open_page(address: str, status: int = 200) -> Page:
        response = client.get(address)
        assert response.status_code == status
        return Page(response.content.decode())

    return open_page


@pytest.fixture
def load(client):
    def open_json(address: str, status: int = 200) -> Any:
        response = client.get(address)
        assert response.status_code == status
        return json.loads(response.content)

    return open_json


# --- what it came from, what it led to -----------------------------------------------------------

# kind, existed already, continued: what the body after says, what the body before says
SENTENCES = [
    ("rename", 0, 0, "Took its name in 1953; before that it was the Old Party.",
     "Took the name New League in 1953."),
    ("rename", 0, 1, "Took its name in 1953; before that it was part of the Old Party.",
     "Part of it took the name New League in 1953."),
    ("rename", 1, 0, "The Old Party took this name in 1953.",
     "Took the name New League in 1953."),
    ("rename", 1, 1, "Part of the Old Party took this name in 1953.",
     "Part of it took the name New League in 1953."),
    ("continuation", 0, 0, "Succeeded the Old Party in 1953.",
     "Was succeeded by the New League in 1953."),
    ("continuation", 0, 1, "Succeeded part of the Old Party in 1953.",
     "Part of it was succeeded by the New League in 1953."),
    ("continuation", 1, 0, "Took over from the Old Party in 1953.",
     "The New League took over from it in 1953."),
    ("continuation", 1, 1, "Took over from part of the Old Party in 1953.",
     "The New League took over from part of it in 1953."),
    ("merger", 0, 0, "Formed in 1953 by a merger that took in the Old Party.",
     "Merged in 1953 into the New League."),
    ("merger", 0, 1, "Formed in 1953 by a merger that took in part of the Old Party.",
     "Part of it merged in 1953 into the New League."),
    ("merger", 1, 0, "Joined in 1953 by the Old Party.",
     "Merged in 1953 into the New League."),
    ("merger", 1, 1, "Joined in 1953 by part of the Old Party.",
     "Part of it merged in 1953 into the New League."),
    ("split", 0, 0, "Formed in 1953 when the Old Party divided.",
     "Divided in 1953; the New League came out of it."),
    ("split", 0, 1, "Formed in 1953 by a split from the Old Party.",
     "The New League split from it in 1953."),
    ("split", 1, 0, "Came out of the division of the Old Party in 1953; it had existed already.",
     "Divided in 1953; the New League came out of it."),
    ("split", 1, 1, "Split from the Old Party in 1953; it had existed already.",
     "The New League split from it in 1953, having existed already."),
]  # fmt: skip


@pytest.fixture
def pair(body):
    return body("old", name="Old Party"), body("new", name="New League")


def lineage_of(read, slug):
    """The sentences of a body's page: what it came from, and what it led to."""
    page = read(f"/organisations/{slug}/")
    return tuple(
        [row.removesuffix(" the event") for row in page.rows(name)] for name in ("from", "to")
    )


@pytest.mark.parametrize(("kind", "existed", "continued", "came", "led"), SENTENCES)
def test_a_change_is_told_in_a_whole_sentence_on_both_sides(
    read, pair, event, kind, existed, continued, came, led
):
    flags = {"successor_existed": bool(existed), "predecessor_continues": bool(continued)}
    event("change", kind, [("old", "new", flags)], date="1953")
    assert lineage_of(read, "new") == ([came], [])
    assert lineage_of(read, "old") == ([], [led])


@pytest.mark.parametrize(
    ("manner", "came", "led"),
    [
        ("expulsion", "Formed by expulsion from the Old Party.",
         "The New League was formed by expulsion from it."),
        ("secession", "Formed by secession from the Old Party.",
         "The New League seceded from it."),
        ("mutual", "Formed by a split from the Old Party, by mutual agreement.",
         "The New League split from it, by mutual agreement."),
        ("disputed", "Formed by a split from the Old Party; how it came about is disputed.",
         "The New League split from it; how it came about is disputed."),
    ],
)  # fmt: skip
def test_the_manner_of_a_split_is_told(read, pair, event, manner, came, led):
    event("change", "split", [("old", "new")], manner=manner)
    assert lineage_of(read, "new") == ([came], [])
    assert lineage_of(read, "old") == ([], [led])


def test_the_manner_of_another_change_is_told_at_its_end(read, pair, event):
    event("change", "merger", [("old", "new")], manner="mutual", date="1953")
    assert lineage_of(read, "old")[1] == [
        "Merged in 1953 into the New League, by mutual agreement."
    ]


@pytest.mark.parametrize(
    ("date", "told"),
    [
        ("", ""),
        ("1953", " in 1953"),
        ("1953-11", " in November 1953"),
        ("1953-11-16", " on 16 November 1953"),
        ("1953-11-16?", " on 16 November 1953 (uncertain)"),
        ("1953~", " about 1953"),
        ("1953?", " in 1953 (uncertain)"),
        ("195X", " in the 1950s"),
        ("19XX", " in the 20th century"),
        ("1967-23", " in autumn 1967"),
        ("1967/1968", " some time between 1967 and 1968"),
        ("../1940", " in 1940 or earlier"),
        ("1990/..", " in 1990 or later"),
        ("1990~/..", " about 1990 or later"),
        ("../195X", " in the 1950s or earlier"),
        ("[1966,1968]", " in 1966 or 1968"),
    ],
)
def test_a_date_stands_in_a_sentence_with_its_preposition(read, pair, event, date, told):
    event("change", "split", [("old", "new")], date=date)
    assert lineage_of(read, "old")[1] == [f"The New League split from it{told}."]


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("Militant", "Militant"),
        ("Lutte Ouvrière", "Lutte Ouvrière"),
        ("La Ligue", "La Ligue"),
        ("The Commune", "The Commune"),
        ("Ligue communiste", "the Ligue communiste"),
        ("Fourth International", "the Fourth International"),
        ("International Socialists", "the International Socialists"),
        ("Solidarity", "Solidarity"),
        ("Members expelled from the Party", "Members expelled from the Party"),
    ],
)
def test_a_name_has_an_article_where_it_reads_as_a_description(read, body, event, name, told):
    body("old", name=name)
    body("new")
    event("change", "split", [("old", "new")])
    assert lineage_of(read, "new")[0] == [f"Formed by a split from {told}."]


@pytest.fixture
def reunification(body, event):
    """1953 and 1963: a division into two, one of which had existed; part of the other returns."""
    body("fi", name="Fourth International", founded="1938", dissolved="1953")
    body("isfi", name="International Secretariat", founded="../1946", dissolved="1963")
    body("icfi", name="International Committee", founded="1953", active="2024")
    body("usfi", name="Reunified Fourth International", founded="1963", active="2024")
    ended, existed = {"predecessor_continues": False}, {"successor_existed": True}
    event("split-1953", "split", [("fi", "icfi", ended), ("fi", "isfi", ended | existed)],
          date="1953")  # fmt: skip
    event("merger-1963", "merger",
          [("icfi", "usfi", {"predecessor_continues": True, "principal": True}),
           ("isfi", "usfi")], date="1963")  # fmt: skip


def test_a_division_and_a_reunification_are_told_from_every_side(read, reunification):
    assert lineage_of(read, "fi") == (
        [],
        ["Divided in 1953 into the International Committee and the International Secretariat."],
    )
    assert lineage_of(read, "isfi") == (
        ["Came out of the division of the Fourth International in 1953; it had existed already."],
        [
            (
                "Merged in 1963 with part of the International Committee to form the Reunified "
                "Fourth International."
            )
        ],
    )
    assert lineage_of(read, "icfi") == (
        ["Formed in 1953 when the Fourth International divided."],
        [
            (
                "Part of it merged in 1963 with the International Secretariat to form the "
                "Reunified Fourth International."
            )
        ],
    )
    assert lineage_of(read, "usfi") == (
        [
            (
                "Formed in 1963 by the merger of part of the International Committee and the "
                "International Secretariat."
            )
        ],
        [],
    )


def test_a_faction_that_is_expelled_and_becomes_a_party_is_told_from_every_side(read, body, event):
    for slug, name in (("lssp", "LSSP"), ("secret", "Vama faction"), ("nssp", "Nava Party")):
        body(slug, name=name)
    edges = [("lssp", "nssp"), ("secret", "nssp", {"predecessor_continues": False})]
    event("e", "split", edges, date="1977", manner="expulsion")
    assert lineage_of(read, "nssp")[0] == [
        "Formed in 1977 by the Vama faction, by expulsion from LSSP."
    ]
    assert lineage_of(read, "secret")[1] == [
        "Became the Nava Party in 1977, by expulsion from LSSP."
    ]
    assert lineage_of(read, "lssp")[1] == [
        "The Nava Party was formed in 1977 by expulsion from it."
    ]


def test_an_absorption_by_one_of_several_keeps_its_name(read, body, event):
    for slug in ("a", "b", "c"):
        body(slug)
    existed = {"successor_existed": True}
    event("e", "merger", [("a", "c", existed), ("b", "c", existed)], date="1950")
    assert lineage_of(read, "a")[1] == ["Merged in 1950 with B into C."]
    assert lineage_of(read, "c")[0] == ["Joined in 1950 by A and B."]


def test_changes_are_told_oldest_first_and_undated_last(read, body, event):
    for slug in ("a", "b", "c", "d"):
        body(slug)
    for slug, to, when in (("x", "b", ""), ("y", "c", "1977"), ("z", "d", "1964")):
        event(slug, "split", [("a", to)], date=when)
    assert lineage_of(read, "a")[1] == [
        "D split from it in 1964.",
        "C split from it in 1977.",
        "B split from it.",
    ]


def test_an_open_list_says_that_it_is_open(read, body, event):
    for slug in ("a", "b", "c"):
        body(slug)
    ended = {"predecessor_continues": False}
    event("e", "split", [("a", "b", ended), ("a", "c", ended)], complete=False)
    assert lineage_of(read, "a")[1] == ["Divided into B and C. The list is not complete."]
    assert read("/events/e/").rows("after") == [
        "no dates B it began in this",
        "no dates C it began in this",
    ]
    assert text(read("/events/e/").one("p[@class='incomplete']")) == (
        "The list is not complete: more bodies took part than are named here."
    )


def test_a_complete_list_does_not_say_that_it_is_open(read, pair, event):
    event("e", "split", [("old", "new")])
    assert read("/events/e/").all("p[@class='incomplete']") == []
    assert lineage_of(read, "old")[1] == ["The New League split from it."]


def test_a_body_that_stands_alone_says_so(read, body):
    body("alone")
    page = read("/organisations/alone/")
    assert text(page.part("from")) == "What it came from The record knows no predecessor."
    assert text(page.part("to")) == "What it led to The record knows no successor."
    assert page.all("section[@aria-labelledby='branch']") == []


# --- the page of a body ---------------------------------------------------------------------------


def test_a_body_says_its_name_place_kind_and_years(read, body):
    lssp = body("lssp", name="Lanka Sama Samaja Party", founded="1935", active="2024-05")
    CountryPeriod.objects.create(organisation=lssp, country="LK", since="1935")
    CountryPeriod.objects.create(organisation=lssp, country="IN", since="1940", until="1948")
    Name.objects.create(organisation=lssp, text="LSSP", kind="abbreviation")
    page = read("/organisations/lssp/")
    assert text(page.one("h1")) == "Lanka Sama Samaja Party since 1935"
    assert text(page.one("head/title")) == "Lanka Sama Samaja Party (since 1935) – Lineage"
    dateline = page.one("p[@class='dateline']")
    assert [text(one) for one in dateline] == ["LSSP", "India, Sri Lanka", "party"]
    assert page.rows("summary") == [
        "Founded 1935",
        "Ended No end date is known.",
        "Last attested May 2024",
        "Country India 1940–1948, Sri Lanka from 1935",
        "Kind Party",
    ]


def test_a_body_of_which_no_date_is_known_says_so(read, body):
    body("a", name="A")
    page = read("/organisations/a/")
    assert page.rows("summary") == [
        "Founded No date of its founding is known.",
        "Ended No end date is known.",
        "Kind Party",
    ]
    assert text(page.one("h1")) == "A"
    assert page.rows("names") == ["no dates A the name used here"]


@pytest.mark.parametrize(
    ("active", "years"),
    [
        ("1941", "attested 1941"),
        ("2024?", "attested 2024"),
        ("1941%", "attested about 1941"),
        ("2006/2007", "attested between 2006 and 2007"),
    ],
)
def test_a_body_of_which_only_an_attestation_is_known_is_shown_with_it(read, body, active, years):
    body("a", name="A", active=active)
    page = read("/organisations/a/")
    assert text(page.one("h1")) == f"A {years}"
    assert page.rows("names") == [f"{years} A the name used here"]
    assert shown_years(read) == [years]


@pytest.mark.parametrize(
    ("dates", "years"),
    [
        (("1988",), "by 1988"),
        (("1988-05-01",), "by 1 May 1988"),
        (("1988~",), "by about 1988"),
        (("198X",), "by the 1980s"),
        (("1986/1988",), "by 1988"),
        (("../1988",), "by 1988"),
        (("[1986,1988]",), "by 1988"),
        (("1988/..",), "1988 or later"),
        (("[1988..]",), "1988 or later"),
        (("1985/1990", "1988", "1980/.."), "by 1988"),
        (("",), "no dates known"),
    ],
    ids=str,
)
def test_a_body_of_which_only_changes_are_dated_is_shown_with_the_first(
    read, body, event, dates, years
):
    body("a", name="A")
    body("b", name="B", founded="1980", dissolved="1999")
    for number, when in enumerate(dates):
        sides = ("a", "b") if number % 2 else ("b", "a")
        event(f"e{number}", "split", [sides], date=when)
    event("unseen", "split", [("b", "a")], date="1981", status="draft")
    assert shown_years(read) == [years, "1980–1999"]
    card = read("/organisations/a/card/").one("p[@class='dateline']")
    assert text(card.find("span")) == years


def shown_years(read) -> list[str]:
    """The years of each body in the list of all."""
    listed = read("/organisations/").one("ol[@class='results']").findall("li/p")
    return [text(one.find("span")) for one in listed]


def test_a_body_without_a_name_of_its_own_is_called_so(read, body):
    body("minority", name="Minority of the SWP", unnamed=True, kind="faction")
    page = read("/organisations/minority/")
    dateline = page.one("p[@class='dateline']")
    assert [text(one) for one in dateline] == ["faction", "it had no name of its own"]
    assert page.rows("names") == ["no dates Minority of the SWP a description"]
    listed = read("/organisations/").one("ol[@class='results']").find("li/p")
    assert [text(one) for one in listed] == ["no dates known", "faction", "it had no name"]


def test_names_stand_in_the_order_of_time_with_their_language(read, body, cite):
    imt = body("imt", name="International Marxist Tendency", founded="2006", dissolved="2024")
    for fields in (
        {"text": "IMT", "kind": "abbreviation", "language": "en"},
        {"text": "Corriente Marxista", "kind": "translation", "language": "es", "since": "2006"},
        {"text": "In Defence of Marxism", "kind": "nickname", "until": "2010"},
    ):
        Name.objects.create(organisation=imt, **fields)
    cite(name=imt.names.get(text="IMT"))
    page = read("/organisations/imt/")
    assert page.rows("names") == [
        "2006–2024 International Marxist Tendency the name used here",
        "from 2006 Corriente Marxista translation",
        "no dates IMT abbreviation[1]",
        "until 2010 In Defence of Marxism also known as",
    ]
    spoken = [span.get("lang") for span in page.part("names").iter("span") if "lang" in span.attrib]
    assert spoken == ["es", "en"]


def test_affiliations_are_told_in_both_directions(read, body, affiliate, cite):
    fi = body("fi", name="Fourth International", founded="1938")
    swp = body("swp", name="SWP")
    ya = body("ya", name="Young Alliance")
    section = affiliate(swp, fi, role="section", since="1938", until="1940")
    affiliate(ya, swp, role="youth-wing")
    cite(affiliation=section)
    assert read("/organisations/swp/").rows("ties") == [
        "1938–1940 Fourth International section[1]",
        "no dates Young Alliance youth wing",
    ]
    assert [text(one) for one in read("/organisations/swp/").part("ties").findall("h3")] == [
        "It belonged to",
        "Within it",
    ]
    assert read("/organisations/fi/").rows("ties") == ["1938–1940 SWP section[1]"]
    assert read("/organisations/ya/").rows("ties") == ["no dates SWP youth wing"]


def test_facts_are_dated_and_their_numbers_read(read, body):
    lssp = body("lssp")
    for fields in (
        {"kind": "seats", "text": "General election", "number": "10", "since": "1947"},
        {"kind": "votes", "number": "1234567.5", "since": "1952"},
        {"kind": "leader", "text": "N. M. Perera"},
        {"kind": "members", "number": "3000", "since": "1950", "until": "1953"},
        {"kind": "other", "text": "Led the Hartal", "since": "1953-08-12"},
    ):
        Fact.objects.create(organisation=lssp, **fields)
    assert read("/organisations/lssp/").rows("facts") == [
        "from 1947 General election: 10 seats",
        "1950–1953 3,000 members",
        "from 1952 1234567.5 votes",
        "from 12 August 1953 Led the Hartal",
        "no date N. M. Perera leader",
    ]


def test_accounts_stand_side_by_side_and_none_is_chosen(read, pair, event, cite):
    old, _ = pair
    split = event("split", "split", [("old", "new")], manner="disputed")
    left = Account.objects.create(
        event=split, claimant="Old Party", organisation=old, text="They left."
    )
    Account.objects.create(event=split, claimant="Their founders", text="We were expelled.")
    cite(account=left, locator="p. 9")
    page = read("/events/split/")
    told = page.part("accounts")
    assert text(told.find("h2")) == "Two accounts"
    assert text(told.find("p")) == "The parties tell it differently. No account is preferred."
    assert [text(one) for one in told.iter("article")] == [
        "Old Party all that it tellsThey left.[1]",
        "Their foundersWe were expelled.",
    ]
    assert {one.get("class") for one in told.iter("article")} == {"account"}
    assert [link.get("href") for link in told.findall(".//h3/a")] == [
        "/organisations/old/",
        "/accounts/old/",
    ]
    assert text(page.one("span[@class='tag disputed']")) == "disputed"


def test_a_claim_of_continuity_is_told_as_one_partys(read, body):
    icfi = body("icfi")
    Account.objects.create(subject=icfi, claimant="ICFI", text="We are the Fourth International.")
    told = read("/organisations/icfi/").part("accounts")
    assert text(told.find("h2")) == "An account"
    assert text(told.find("p")) == "What one party says. It is told as theirs."
    assert text(told.find(".//article")) == "ICFIWe are the Fourth International."


def test_sources_are_numbered_as_a_page_first_cites_them(read, body, source, cite, event):
    paper = Source.objects.create(
        slug="wp", title="Workers Press", kind="newspaper", year="1973-11", publisher="SLL",
        url="https://www.example.org/wp/1973", authors=["A. One", "B. Two"]
    )  # fmt: skip
    swp = body("swp", founded="1938", summary="A party.")
    cite(organisation=swp, statement="founded", locator="p. 12", note="in a table")
    cite(organisation=swp, statement="founded", locator="p. 40", value="1937")
    cite(organisation=swp, statement="summary", source=paper, locator="front page")
    page = read("/organisations/swp/")
    notes = [text(one, notes=True) for one in page.all("p[@class='note']")]
    assert [text(one) for one in page.one("ol[@class='sources']")] == [
        (
            "A. One, B. Two. Workers Press, newspaper. SLL, November 1973. example.org. "
            "Cited once here; all that is drawn from it."
        ),
        (
            "Robert J. Alexander. International Trotskyism. Cited once here; "
            "all that is drawn from it."
        ),
    ]
    assert [one.get("id") for one in page.one("ol[@class='sources']")] == ["source-1", "source-2"]
    assert notes == [
        "Workers Press front page",
        "International Trotskyism p. 12: in a table p. 40: It says “1937”.",
    ]
    assert text(page.part("summary").find("div")) == "A party.[1]"


def marks_on(page):
    """The numbers of a page's citation marks, in reading order."""
    marks = page.all("details[@class='cite']")
    return [int("".join(one.find("summary").itertext()).removeprefix("Source ")) for one in marks]


def test_marks_count_up_as_a_body_is_read_and_within_a_statement(read, body, cite, event):
    a, b, c, d, z = (Source.objects.create(slug=one, title=one) for one in "abcdz")
    old, swp, league = body("old"), body("swp", founded="1938", summary="A party."), body("league")
    born = event("born", "continuation", [(old, swp)], date="1940")
    left = event("left", "split", [(swp, league)], date="1939")  # earlier, and told after it
    cite(organisation=swp, statement="summary", source=z)
    for one in (a, z):
        cite(organisation=swp, statement="founded", source=one)
    cite(organisation=swp, statement="name", source=b)
    cite(event=left, statement="kind", source=c)
    cite(event=born, statement="kind", source=d)
    assert marks_on(read("/organisations/swp/")) == [1, 1, 2, 3, 4, 5]


def test_marks_count_up_as_an_event_is_read(read, pair, cite, event):
    a, b, c, z = (Source.objects.create(slug=one, title=one) for one in "abcz")
    born = event("born", "continuation", [pair], date="1940", summary="So it was.")
    told = Account.objects.create(event=born, claimant="They", text="We were.")
    cite(event=born, statement="summary", source=z)
    cite(event=born, statement="date", source=c)
    cite(account=told, source=b)
    cite(event=born, statement="successions", source=a)
    assert marks_on(read("/events/born/")) == [1, 2, 3, 4]


@pytest.mark.parametrize(
    ("cited", "second", "words"),
    [
        ([], False, "2 statements, none cited."),
        (["name"], False, "2 statements, 1 cited, all from one source."),
        (["name", "founded"], False, "2 statements, all cited, all from one source."),
        (["name", "founded"], True, "2 statements, all cited, from 2 sources."),
    ],
)
def test_a_body_says_how_well_it_is_sourced(read, body, cite, cited, second, words):
    swp = body("swp", founded="1938")
    for statement in cited:
        cite(organisation=swp, statement=statement)
    if second:
        other = Source.objects.create(slug="other", title="Other")
        cite(organisation=swp, statement="name", source=other)
    said = [text(one) for one in read("/organisations/swp/").all("p[@class='sourcing']")]
    assert said == [words]


def test_a_body_without_a_source_says_so(read, body):
    body("a")
    assert [text(one) for one in read("/organisations/a/").part("sources")] == [
        "Sources",
        "1 statement, none cited.",
        "No source is cited yet.",
    ]


def test_identifiers_and_links_lead_elsewhere(read, body):
    imt = body("imt")
    Identifier.objects.create(organisation=imt, scheme="wikidata", value="Q1")
    Link.objects.create(organisation=imt, url="https://example.org/imt", title="Their site")
    Link.objects.create(organisation=imt, url="https://example.org/z")
    assert read("/organisations/imt/").rows("elsewhere") == [
        "wikidata: Q1",
        "Their site",
        "https://example.org/z",
    ]


def breadcrumb(page):
    return [text(one) for one in page.one("nav[@class='breadcrumb']").iter("li")]


def test_the_breadcrumb_follows_the_principal_line_and_no_other(read, reunification):
    assert breadcrumb(read("/organisations/usfi/")) == [
        "Fourth International",
        "International Committee",
        "Reunified Fourth International",
    ]
    root = read("/organisations/fi/")
    assert root.all("nav[@class='breadcrumb']") == []
    assert breadcrumb(read("/organisations/usfi/tree/")) == [
        "The whole movement",
        "Reunified Fourth International",
        "Family tree",
    ]


def test_the_tree_nests_each_body_under_its_principal_predecessor(read, reunification):
    rows = [text(_own(row)) for row in read("/organisations/usfi/tree/").part("lists").iter("li")]
    assert rows == [
        "Fourth International 1938–1953",
        "International Committee since 1953 split in 1953",
        "Reunified Fourth International since 1963 merger in 1963",
        "it also came from International Secretariat began by 1946, ended 1963",
        "International Secretariat began by 1946, ended 1963",
        "it also came in 1953 from Fourth International 1938–1953",
    ]
    assert text(read("/organisations/usfi/tree/").part("lists").find("p")) == (
        "Each body stands under the one that it chiefly came from. 4 bodies, 4 lines of descent."
    )
    assert text(read("/organisations/usfi/tree/").one("h1")) == (
        "Reunified Fourth International and its family since 1938"
    )


def _own(row):
    """An item of a nested list without the lists inside it."""
    bare = ET.Element("li")
    bare.extend(child for child in row if child.tag != "ul")
    return bare


def test_a_body_that_joined_another_is_told_where_it_did(read, body, event):
    body("a")
    body("b")
    event("e", "merger", [("b", "a", {"successor_existed": True})], date="1950~")
    event(
        "f",
        "merger",
        [("b", "a", {"successor_existed": True, "predecessor_continues": True})],
        date="1949",
    )
    branch = read("/organisations/a/").part("branch")
    assert [text(_own(row)) for row in branch.find("ul").iter("li")] == [
        "A by 1949",
        "joined in 1949 by part of B by 1949",
        "joined about 1950 by B by 1949",
    ]


def test_a_line_a_hundred_and_fifty_bodies_deep_is_nested_to_its_end(read, body, event):
    for number in range(150):
        body(f"b{number:03}")
    for before, after in pairwise(f"b{number:03}" for number in range(150)):
        event(f"to-{after}", "rename", [(before, after)])
    rows = list(read("/tree/").part("lists").iter("li"))
    assert [text(_own(row).find("a")) for row in rows] == [f"B{n:03}" for n in range(150)]


# --- the page of an event -------------------------------------------------------------------------


def test_an_event_names_the_bodies_before_and_after(read, reunification, cite):
    from lineage.models import ChangeEvent

    merger = ChangeEvent.objects.get(slug="merger-1963")
    merger.title = "Reunification, 1963"
    merger.summary = "At a world congress."
    merger.save()
    cite(event=merger, statement="successions")
    page = read("/events/merger-1963/")
    assert text(page.one("h1")) == "Reunification 1963"
    assert text(page.one("head/title")) == "Reunification, 1963 – Lineage"
    assert text(page.one("p[@class='dateline']")) == "merger"
    assert text(page.part("what").find("div")) == "At a world congress."
    assert page.rows("what") == ["Date 1963", "Kind Merger"]
    assert page.rows("before") == [
        "since 1953 International Committee it continued",
        "began by 1946, ended 1963 International Secretariat it ended in this",
    ]
    assert page.rows("after") == ["since 1963 Reunified Fourth International it began in this"]
    assert read("/events/split-1953/").rows("after") == [
        "since 1953 International Committee it began in this",
        "began by 1946, ended 1963 International Secretariat it existed before",
    ]


def test_an_event_of_which_no_date_is_known_says_so_and_invents_none(read, pair, event):
    event("e", "split", [("old", "new")], title="They part")
    page = read("/events/e/")
    assert [text(one) for one in page.one("p[@class='dateline']")] == [
        "split",
        "no date is known",
    ]
    assert page.rows("what") == [
        "Date No date is known. The sources give none, and none has been supplied in its place.",
        "Kind Split",
    ]


@pytest.mark.parametrize(
    ("kind", "edges", "title"),
    [
        ("split", [("a", "b")], "B splits from the Red League"),
        ("split", [("a", "b"), ("a", "c")], "B and C split from the Red League"),
        ("split", [("a", "b", {"predecessor_continues": False})], "The Red League divides into B"),
        ("merger", [("a", "b")], "The Red League merges into B"),
        ("merger", [("a", "c"), ("b", "c")], "B and the Red League merge into C"),
        ("rename", [("a", "b")], "The Red League becomes B"),
        ("continuation", [("a", "b")], "The Red League is succeeded by B"),
    ],
)
def test_an_event_without_a_title_is_told_by_its_bodies(read, body, event, kind, edges, title):
    body("a", name="Red League")
    body("b")
    body("c")
    event("e", kind, edges)
    assert text(read("/events/e/").one("h1")) == title


def test_events_stand_by_decade_without_the_year_said_twice(read, load, pair, event):
    event("y", "split", [("old", "new")], date="1953-11-16", title="The party divides, 1953")
    event("x", "merger", [("new", "old")], date="1968", title="They meet again")
    event("u", "rename", [("old", "new")], title="A new name, 1970", manner="disputed")
    page = read("/events/")
    assert [text(one) for one in page.all("section/h2")] == [
        "The 1950s",
        "The 1960s",
        "Without a date",
    ]
    assert [text(one) for one in page.one("main").iter("li")] == [
        "16 November 1953 The party divides split",
        "1968 They meet again merger",
        "no date A new name, 1970 change of name disputed",
    ]
    assert load("/events.json") == {
        "count": 3,
        "next": None,
        "events": [
            {"id": "y", "kind": "split", "title": "The party divides, 1953", "date": "1953-11-16"},
            {"id": "x", "kind": "merger", "title": "They meet again", "date": "1968"},
            {"id": "u", "kind": "rename", "title": "A new name, 1970", "date": None},
        ],
    }


def test_events_come_a_hundred_to_a_page(read, load, pair, event):
    for number in range(101):
        event(f"e{number:03}", "split", [("old", "new")], title=f"Event {number}")
    pages = read("/events/").one("nav[@class='pages']")
    assert [text(one) for one in pages] == ["Page 1 of 2", "Next page"]
    second = read("/events/?page=2")
    assert [text(one) for one in second.one("main").iter("li")] == ["no date Event 100 split"]
    assert [text(one) for one in second.one("nav[@class='pages']")] == [
        "Previous page",
        "Page 2 of 2",
    ]
    alternate = second.one("link[@type='application/json']").get("href")
    assert [one["id"] for one in load(alternate)["events"]] == ["e100"]
    assert load("/events.json")["next"] == "/events.json?page=2"


# --- home -----------------------------------------------------------------------------------------


def test_home_shows_the_internationals_countries_and_latest_events(read, reunification, body):
    swp = body("swp", kind="party")
    CountryPeriod.objects.create(organisation=swp, country="US")
    from lineage.models import Organisation

    for row in Organisation.objects.exclude(slug="swp"):
        row.kind = "international"
        row.save()
    Name.objects.create(
        organisation=Organisation.objects.get(slug="fi"), text="FI", kind="abbreviation"
    )
    page = read("/")
    assert page.rows("internationals") == [
        "1938–1953 Fourth International FI",
        "began by 1946, ended 1963 International Secretariat",
        "since 1953 International Committee",
        "since 1963 Reunified Fourth International",
    ]
    assert page.rows("countries") == ["United States 1"]
    assert page.rows("latest") == [
        (
            "1963 The International Committee and the International Secretariat merge into the "
            "Reunified Fourth International"
        ),
        (
            "1953 The Fourth International divides into the International Committee and the "
            "International Secretariat"
        ),
    ]
    assert text(page.part("record").find("p")) == (
        "It holds 5 organisations, joined by 2 events and 0 affiliations, drawn from 0 sources; "
        "each page says how well it is sourced."
    )


def test_an_empty_record_says_so_on_every_page(read, load, db):
    page = read("/")
    assert page.rows("internationals") == ["The record holds none yet."]
    assert page.rows("countries") == ["The record names none yet."]
    assert page.rows("latest") == ["The record holds no dated event yet."]
    assert text(read("/events/").one("div[@class='empty']")) == "The record holds no event yet."
    found = read("/organisations/").part("found")
    assert text(found.find("h2")) == "No organisation"
    assert text(found.find(".//p")) == "The record is empty as yet."
    assert text(read("/tree/", 404).one("main//p")) == "The record holds no organisation yet."
    assert load("/organisations.json") == {"count": 0, "next": None, "organisations": []}
    assert load("/tree.json")["bars"] == []


# --- the document ---------------------------------------------------------------------------------


def test_a_body_as_json_is_its_part_of_the_document(load, reunification, body, cite, affiliate):
    from lineage.models import Organisation

    lssp = body("lssp", name="ලංකා සම සමාජ පක්ෂය", founded="1935", summary="Été.")
    Name.objects.create(organisation=lssp, text="LSSP", kind="abbreviation")
    Fact.objects.create(organisation=lssp, kind="votes", number="1.5")
    Account.objects.create(subject=lssp, claimant="They", text="So.")
    CountryPeriod.objects.create(organisation=lssp, country="LK", since="1935")
    cite(organisation=lssp, statement="founded")
    affiliate(lssp, Organisation.objects.get(slug="fi"))
    document = load("/export/lineage.json")
    assert [one["id"] for one in document["organisations"]] == [
        "fi", "icfi", "isfi", "lssp", "usfi"
    ]  # fmt: skip
    for entry in document["organisations"]:
        assert load(f"/organisations/{entry['id']}.json") == entry
    assert [one["id"] for one in document["events"]] == ["merger-1963", "split-1953"]
    for entry in document["events"]:
        assert load(f"/events/{entry['id']}.json") == entry
    assert {one["id"]: one["parent"] for one in document["organisations"]} == {
        "fi": None,
        "icfi": "fi",
        "isfi": None,
        "lssp": None,
        "usfi": "icfi",
    }


# --- finding --------------------------------------------------------------------------------------


@pytest.fixture
def library(body):
    """Bodies of several names, places and fates."""
    imt = body("imt", name="International Marxist Tendency", kind="international",
               founded="2006", dissolved="2024")  # fmt: skip
    for fields in (
        {"text": "IMT", "kind": "abbreviation"},
        {"text": "Committee for a Marxist International", "until": "2006"},
        {"text": "Corriente Marxista Internacional", "kind": "translation", "language": "es"},
    ):
        Name.objects.create(organisation=imt, **fields)
    rows = {
        "lo": body("lo", name="Lutte Ouvrière", active="2024"),
        "swp-gb": body("swp-gb", name="Socialist Workers Party", founded="1977", active="2024"),
        "swp-us": body("swp-us", name="Socialist Workers' Party", founded="1938", active="1950"),
        "ttt": body("ttt", name="Nhóm Tạ Thu Thâu", kind="other", dissolved="1945"),
        "dk": body("dk", name="Ø-listen", kind="alliance"),
    }
    for slug, code in (("lo", "FR"), ("swp-gb", "GB"), ("swp-us", "US"), ("ttt", "VN")):
        CountryPeriod.objects.create(organisation=rows[slug], country=code)
    return rows


def found(read, query):
    """The ids that a query finds, in their order."""
    links = read(f"/organisations/?{query}").all("ol[@class='results']/li/h3/a")
    return [link.get("href").split("/")[2] for link in links]


@pytest.mark.parametrize(
    ("asked", "ids"),
    [
        ("imt", ["imt"]),
        ("I.M.T.", ["imt"]),
        ("committee marxist", ["imt"]),
        ("marxista corriente", ["imt"]),
        ("marxist", ["imt"]),
        ("tendency international", ["imt"]),
        ("lutte ouvriere", ["lo"]),
        ("OUVRIÈRE", ["lo"]),
        ("ta thu thau", ["ttt"]),
        ("o listen", ["dk"]),
        ("workers' party", ["swp-us", "swp-gb"]),
        ("party workers socialist", ["swp-us", "swp-gb"]),
        ("imt committee", []),
        ("%", ["imt", "lo", "ttt", "dk", "swp-us", "swp-gb"]),
        ("nothing", []),
    ],
)
def test_a_search_finds_bodies_by_every_name_once_each(read, library, asked, ids):
    from urllib.parse import quote

    assert found(read, f"q={quote(asked)}") == ids


def test_a_search_says_by_which_old_name_it_found_a_body(read, library):
    row = read("/organisations/?q=committee").one("ol[@class='results']/li")
    assert text(row.find("p[@class='old-name']")) == (
        "Matched official name: Committee for a Marxist International"
    )
    row = read("/organisations/?q=tendency").one("ol[@class='results']/li")
    assert row.find("p[@class='old-name']") is None


@pytest.mark.parametrize(
    ("query", "ids", "heading"),
    [
        ("", ["imt", "lo", "ttt", "dk", "swp-us", "swp-gb"], "6 organisations"),
        ("country=FR", ["lo"], "1 organisation in France"),
        ("kind=international", ["imt"], "1 organisation of the kind “international”"),
        ("state=living", ["lo", "swp-gb"], "2 organisations attested as living"),
        ("state=ended", ["imt", "ttt"], "2 organisations that ended"),
        ("state=ended&kind=other", ["ttt"],
         "1 organisation of the kind “other body” that ended"),
        ("country=GB&state=living&kind=party&q=socialist", ["swp-gb"],
         ("1 organisation of the kind “party” attested as living in the United Kingdom matches "
         "“socialist”")),
        ("q=socialist", ["swp-us", "swp-gb"], "2 organisations match “socialist”"),
        ("country=FR&q=socialist", [], "No organisation in France matches “socialist”"),
        ("country=FR&state=ended", [], "No organisation that ended in France"),
    ],
)  # fmt: skip
def test_filters_combine_and_the_heading_says_what_was_asked(read, library, query, ids, heading):
    assert found(read, query) == ids
    assert text(read(f"/organisations/?{query}").part("found").find("h2")) == heading


def test_a_body_that_ended_in_a_merger_counts_as_ended(read, library, event):
    event("e", "merger", [("lo", "dk", {"successor_existed": True})])
    assert found(read, "state=ended&country=FR") == ["lo"]


def test_the_form_keeps_what_was_asked(read, library):
    page = read("/organisations/?q=a%22b&country=FR&kind=party&state=ended")
    assert page.one("input[@id='q']").get("value") == 'a"b'
    chosen = [option.get("value") for option in page.all("option") if "selected" in option.attrib]
    assert chosen == ["FR", "party"]
    ticked = [one.get("value") for one in page.all("input") if "checked" in one.attrib]
    assert ticked == ["ended"]


def test_only_countries_of_the_record_are_offered(read, library):
    options = read("/organisations/").one("select[@id='country']")
    assert [text(one) for one in options] == [
        "Any country", "France", "United Kingdom", "United States", "Vietnam"
    ]  # fmt: skip


def test_an_empty_search_says_what_can_be_done(read, library):
    found_part = read("/organisations/?q=zzz&country=FR").part("found")
    assert [text(one) for one in found_part.iter("p")] == [
        "The record may know it under another name, or not yet at all."
    ]
    assert [(text(one), one.get("href")) for one in found_part.iter("a")] == [
        ("Look among all organisations", "?q=zzz"),
        ("All organisations", "/organisations/"),
    ]


@pytest.mark.parametrize(
    ("address", "sentence"),
    [
        ("/organisations/?page=0", "The page is a number from 1."),
        ("/organisations/?page=two", "The page is a number from 1."),
        ("/organisations/?page=²", "The page is a number from 1."),
        ("/organisations/?page=9999999999", "The page is a number from 1."),
        ("/organisations/?country=lk",
         "The country is a code of two capital letters, such as LK."),
        ("/organisations/?kind=sect",
         ("The kind is one of international, section, party, league, faction, tendency, alliance, "
         "youth, armed-wing, committee, other.")),
        ("/organisations/?state=dead", "The state is one of living, ended."),
        ("/organisations/?q=" + "a" * 201,
         "A search is at most 200 characters long. Shorten it."),
        ("/organisations/?q=%00",
         "The search holds a character that no name has. Type it anew."),
        ("/events/?page=-1", "The page is a number from 1."),
    ],
)  # fmt: skip
def test_an_address_that_asks_for_nonsense_is_told_what_would_be_right(
    read, load, library, address, sentence
):
    title = "The address asks for something that can’t be read"
    page = read(address, 400)
    assert (text(page.one("h1")), text(page.one("p[@class='lede']"))) == (title, sentence)
    assert load(address.replace("/?", ".json?"), 400) == {
        "error": {"status": 400, "title": title, "detail": sentence}
    }


@pytest.mark.parametrize(
    ("address", "last"), [("/organisations/?page=2", 1), ("/events/?page=2", 1)]
)
def test_a_page_past_the_end_does_not_exist(read, load, library, address, last):
    sentence = f"There is no page 2; the last one is {last}."
    assert text(read(address, 404).one("p[@class='lede']")) == sentence
    assert load(address.replace("/?", ".json?"), 404)["error"]["detail"] == sentence


def test_results_come_fifty_to_a_page_and_keep_the_query(read, load, body):
    for number in range(51):
        body(f"b{number:02}", name=f"Body {number:02}")
    first = read("/organisations/?q=body&kind=party")
    assert len(first.all("ol[@class='results']/li")) == 50
    following = first.one("a[@rel='next']").get("href")
    assert following == "?q=body&kind=party&page=2"
    second = read(f"/organisations/{following}")
    assert [text(one) for one in second.all("ol[@class='results']/li/h3")] == ["Body 50"]
    assert second.one("ol[@class='results']").get("start") == "51"
    assert second.one("a[@rel='prev']").get("href") == "?q=body&kind=party&page=1"
    document = load("/organisations.json?q=body&kind=party")
    assert (document["count"], document["next"]) == (
        51,
        "/organisations.json?q=body&kind=party&page=2",
    )
    assert [one["id"] for one in load(document["next"])["organisations"]] == ["b50"]


# --- homonyms -------------------------------------------------------------------------------------


@pytest.fixture
def homonyms(body, event, affiliate):
    """Two parties of one name in one country, one in another, and a league."""
    rows = {
        "lssp-1935": body("lssp-1935", name="Equal Party", founded="1935", dissolved="1942"),
        "lssp": body("lssp", name="Equal Party", founded="1945", active="2024"),
        "sep-us": body("sep-us", name="Equal  Party"),
        "blpi": body("blpi", name="Bolshevik League", founded="1942"),
    }
    for slug, code in (("lssp-1935", "LK"), ("lssp", "LK"), ("sep-us", "US"), ("blpi", "IN")):
        CountryPeriod.objects.create(organisation=rows[slug], country=code)
    event("e1", "merger", [("lssp-1935", "blpi")], date="1942")
    event("e2", "split", [("blpi", "lssp")], date="1945")
    event("e3", "split", [("lssp", "sep-us")])
    affiliate(rows["sep-us"], rows["lssp"], role="member")
    return rows


def test_results_show_country_and_years_beside_each_homonym(read, homonyms):
    rows = read("/organisations/?q=equal").all("ol[@class='results']/li")
    assert [[text(one) for one in row.find("p")] for row in rows] == [
        ["1935–1942", "Sri Lanka", "party"],
        ["since 1945", "Sri Lanka", "party"],
        ["no dates known", "United States", "party"],
    ]


def test_sentences_tell_homonyms_apart_and_leave_other_names_alone(read, homonyms):
    assert lineage_of(read, "blpi") == (
        ["Formed in 1942 by a merger that took in the Equal Party (Sri Lanka, 1935–1942)."],
        ["The Equal Party (Sri Lanka, since 1945) split from it in 1945."],
    )
    assert lineage_of(read, "lssp") == (
        ["Formed in 1945 by a split from the Bolshevik League."],
        ["The Equal Party (United States) split from it."],
    )


def test_lists_lines_and_titles_tell_homonyms_apart(read, homonyms):
    page = read("/organisations/lssp/")
    assert text(page.one("head/title")) == "Equal Party (Sri Lanka, since 1945) – Lineage"
    assert breadcrumb(page) == [
        "Equal Party Sri Lanka, 1935–1942",
        "Bolshevik League",
        "Equal Party",
    ]
    assert page.rows("ties") == ["no dates Equal Party United States member"]
    assert [text(_own(row)) for row in read("/tree/").part("lists").iter("li")] == [
        "Equal Party Sri Lanka, 1935–1942",
        "Bolshevik League 1942–? merger in 1942",
        "Equal Party Sri Lanka, since 1945 split in 1945",
        "Equal Party United States split",
    ]
    assert read("/events/e3/").rows("before") == ["since 1945 Equal Party Sri Lanka it continued"]
    assert text(read("/events/e3/").one("h1")) == (
        "The Equal Party (United States) splits from the Equal Party (Sri Lanka, since 1945)"
    )


def test_homonyms_of_which_nothing_is_known_are_told_apart_by_kind(read, body, event):
    body("a", name="Same", kind="faction")
    body("b", name="Same", kind="league")
    event("e", "split", [("a", "b")])
    assert lineage_of(read, "a")[1] == ["Same (league) split from it."]


@pytest.mark.parametrize("stored", [("IS", "ISFI", "ISQI"), ("ISQI", "ISFI", "IS")])
def test_a_body_goes_by_its_fullest_abbreviation_in_whatever_order_they_were_stored(body, stored):
    secretariat = body("isfi")
    for text in stored:
        secretariat.names.create(text=text, kind="abbreviation")
    secretariat.names.create(text="International Secretariat", kind="nickname")
    [row] = details.detailed(Organisation.objects.filter(slug="isfi"))
    assert details.abbreviation(row) == "ISFI"


@pytest.mark.parametrize("english", [("en", ""), ("", "en")], ids=["said", "unsaid"])
@pytest.mark.parametrize(
    ("kind", "short"), [("international", "ICFI"), ("section", "CIQI-X")], ids=lambda part: part
)
def test_an_international_goes_by_its_english_abbreviation(body, kind, short, english):
    made = body("icfi", kind=kind, name="Comité")
    fullest, shorter = english
    for text, language in (("CIQI-X", "fr"), ("IC", "en"), ("ICFI", fullest), ("ICF", shorter)):
        Name.objects.create(organisation=made, text=text, language=language, kind="abbreviation")
    [row] = details.detailed(Organisation.objects.all())
    assert details.abbreviation(row) == short


@pytest.mark.parametrize(
    ("name", "abbreviations", "short"),
    [
        ("Communist Party of Greece", {"SEKE": "1924-11", "KKE": ""}, "KKE"),
        ("Workers' League", {"SDWL": "1950", "WSL": "1970", "WL": "1960/.."}, "WL"),
        ("Workers' League", {"SDWL": "1950", "WSL": "1970", "WL": "1960"}, "WSL"),
        ("Communist Internationalists", {"ΕΟΚΔΕ": "", "OKDE": "", "EOKDE": "1942"}, "OKDE"),
        ("Revolutionäre Marxistische Liga", {"LMRS": "", "RML": ""}, "RML"),
        ("Socialist Action", {"SA": "", "SAct": "", "Actions": ""}, "SAct"),
        ("League for the Fifth International", {"LFI": "", "L5I": "", "LFIS": ""}, "L5I"),
    ],
    ids=["kept", "perhaps kept", "kept longest", "letters", "name", "beginnings", "digits"],
)
def test_a_body_goes_by_the_abbreviation_of_its_present_name(body, name, abbreviations, short):
    made = body("it", name=name)
    for text, until in abbreviations.items():
        made.names.create(text=text, kind="abbreviation", until=until)
    [row] = details.detailed(Organisation.objects.all())
    assert details.abbreviation(row) == short


@pytest.mark.parametrize(("status", "known"), [("published", date(1953, 1, 1)), ("draft", None)])
def test_only_a_membership_that_readers_see_dates_a_body(body, status, known):
    made, international = body("rcp"), body("fi", kind="international")
    Affiliation.objects.create(
        organisation=made, body=international, role="section", since="1953", status=status
    )
    [row] = details.detailed(Organisation.objects.filter(slug="rcp"))
    assert row.details.first_known == known
    assert [tie.to.slug for tie in row.details.ties] == (["fi"] if known else [])


# --- words of facts and attestations --------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "number", "shown"),
    [
        ("Votes in the general election", 1200, "Votes in the general election: 1,200"),
        ("26 delegates of eleven countries", 26, "26 delegates of eleven countries"),
        ("One deputy in the Assembly", 1, "One deputy in the Assembly"),
        ("A rally of 10,000 people", 10000, "A rally of 10,000 people"),
        ("In 1947 the largest of the opposition", 10, "In 1947 the largest of the opposition: 10"),
        ("", 40, "40"),
        ("Several members", None, "Several members"),
    ],
)
def test_a_number_that_the_words_tell_is_not_told_again(read, body, words, number, shown):
    party = body("party")
    Fact.objects.create(organisation=party, kind="members", text=words, number=number)
    assert read("/organisations/party/").rows("facts") == [f"no date {shown} members"]


@pytest.mark.parametrize(
    ("active", "shown"),
    [
        ("2024", "2024"),
        ("2024?", "in a source that speaks of 2024"),
        ("2024~", "about 2024"),
        ("2024%", "in a source that speaks of about 2024"),
    ],
)
def test_what_attests_a_body_without_a_date_is_told_as_that(read, body, active, shown):
    body("party", active=active)
    terms = [text(one) for one in read("/organisations/party/").part("summary").iter("dd")]
    assert shown in terms
