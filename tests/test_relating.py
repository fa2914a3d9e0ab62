"""Rea asks how two bodies are related; and which bodies a country and an international had."""

from __future__ import annotations

import json

import pytest

from lineage.models import Account, CountryPeriod, Organisation
from tests.test_pages import Page, text

pytestmark = pytest.mark.django_db


@pytest.fixture
def lines(body, event, cite):
    """a splits into b and c; c becomes d; b and e merge into f; g leaves d; alone stands apart."""
    for slug in "abcdefg":
        body(slug, name=f"Party {slug.upper()}")
    body("alone", name="Alone")
    ended = {"predecessor_continues": False}
    cite(event=event("ab", "split", [("a", "b"), ("a", "c")], date="1950"), statement="date")
    event("cd", "rename", [("c", "d")], date="1960")
    event("bef", "merger", [("b", "f", ended), ("e", "f", ended)], date="1970")
    event("dg", "split", [("d", "g")], date="1980")


def related(client, one: str, other: str):
    response = client.get(f"/related.json?from={one}&to={other}")
    assert response.status_code == 200, response.content.decode()
    return json.loads(response.content)


def step(event: str, one: str, other: str) -> dict[str, str]:
    return {"event": event, "from": one, "to": other}


def test_two_bodies_that_descend_from_one(client, lines):
    assert related(client, "b", "g") == {
        "meetings": ["a"],
        "paths": [
            [step("ab", "a", "b")],
            [step("ab", "a", "c"), step("cd", "c", "d"), step("dg", "d", "g")],
        ],
        "sentence": (
            "Both descend from the Party A: the Party B by the split in 1950; the Party G by way "
            "of the Party C (split in 1950) and the Party D (change of name in 1960), then the "
            "split in 1980."
        ),
        "through": [],
    }


@pytest.mark.parametrize(
    ("one", "other", "meetings", "sentence"),
    [
        ("a", "d", ["a"], ("The Party D descends from the Party A by way of the Party C "
         "(split in 1950), then the change of name in 1960.")),
        ("g", "d", ["d"], "The Party G descends from the Party D by the split in 1980."),
        ("b", "e", ["f"], ("Both led to the Party F: the Party B by the merger in 1970; the "
         "Party E by the merger in 1970.")),
        ("alone", "a", [], ("The Alone and the Party A are joined by no line of descent that the "
         "record knows.")),
    ],
)  # fmt: skip
def test_the_sentence_tells_where_the_lines_meet(client, lines, one, other, meetings, sentence):
    found = related(client, one, other)
    assert found["meetings"] == meetings
    assert found["sentence"].replace("The Alone", "Alone").replace("Alone", "The Alone") == sentence


def test_bodies_without_a_common_line_are_joined_by_an_international(
    client, lines, body, affiliate
):
    fi = body("fi", name="Fourth International", kind="international", founded="1938")
    affiliate(Organisation.objects.get(slug="alone"), fi, since="1940")
    affiliate(Organisation.objects.get(slug="a"), fi, since="1938", role="sympathising")
    found = related(client, "alone", "a")
    assert (found["meetings"], found["paths"]) == ([], [])
    assert found["through"] == [{"from": "fi", "to": "fi"}]
    assert found["sentence"].endswith("Both belonged to the Fourth International.")
    assert related(client, "fi", "a")["sentence"].endswith(
        "The Party A belonged to the Fourth International."
    )
    page = Page(client.get("/related/?from=alone&to=a").content.decode())
    assert page.rows("ties") == [
        "from 1940 Alone in Fourth International section",
        "from 1938 Party A in Fourth International sympathising section",
    ]


def test_or_by_two_whose_lines_meet(client, lines, body, event, affiliate):
    fi = body("fi", name="Fourth International", kind="international")
    halves = [
        body(slug, name=name, kind="international")
        for slug, name in (("icfi", "Committee"), ("isfi", "Secretariat"))
    ]
    event("1953", "split", [("fi", "icfi"), ("fi", "isfi")], date="1953")
    for slug, half in zip(("alone", "a"), halves, strict=True):
        affiliate(Organisation.objects.get(slug=slug), half, since="1953")
    found = related(client, "alone", "a")
    assert found["through"] == [{"from": "icfi", "to": "isfi"}]
    assert found["sentence"].endswith(
        "Alone belonged to the Committee, and the Party A to the Secretariat. Both descend from "
        "the Fourth International: the Committee by the split in 1953; the Secretariat by the "
        "split in 1953."
    )
    assert fi.slug in client.get("/related/?from=alone&to=a").content.decode()


def test_what_readers_may_not_see_joins_nobody(client, lines):
    Organisation.objects.filter(slug="c").update(status="draft")
    assert related(client, "b", "g")["meetings"] == []
    Organisation.objects.filter(slug="c").update(status="published")
    assert related(client, "b", "g")["meetings"] == ["a"]


def test_the_page_draws_the_ways_and_cites_them(client, lines):
    page = Page(client.get("/related/?from=b&to=g").content.decode())
    drawn = {one.get("data-id") for one in page.root.iter() if one.get("class") == "organisation"}
    assert drawn == {"a", "b", "c", "d", "g"}
    assert page.rows("way1") == ["1950 The Party B and the Party C split from the Party A[1]"]
    assert [one.split()[0] for one in page.rows("way2")] == ["1950", "1960", "1980"]
    assert next(link.get("href") for link in page.one("p[@class='lede']").iter("a")) == (
        "/organisations/a/"
    )


def test_bodies_are_picked_by_name(client, lines, body):
    page = client.get("/related/?from=party+b&to=Party G")
    assert page.status_code == 200
    assert "Both descend from" in page.content.decode()
    body("twin", name="Party B")
    page = Page(client.get("/related/?from=party+b&to=g").content.decode())
    links = [one.get("href") for one in page.part("ask").findall(".//li/a")]
    assert links == ["?from=b&to=g", "?from=twin&to=g"]


@pytest.mark.parametrize(
    ("query", "status", "sentence"),
    [
        ("", 200, "How are two bodies related?"),
        ("?from=a", 200, "How are two bodies related?"),
        ("?from=a&to=a", 400, "These are one body."),
        ("?from=a&to=qqqqqq", 404, "The record knows no body called “qqqqqq”."),
        ("?from=a&to=" + "x" * 201, 400, "at most 200 characters long"),
        ("?from=a&to=%00", 400, "at most 200 characters long"),
    ],
)
def test_what_cannot_be_compared_is_told(client, lines, query, status, sentence):
    response = client.get(f"/related/{query}")
    assert response.status_code == status
    assert sentence in response.content.decode()


@pytest.mark.parametrize(
    ("query", "status"), [("", 400), ("?from=a", 400), ("?from=a&to=a", 400), ("?from=a&to=q", 404)]
)
def test_and_so_it_is_in_the_data(client, lines, query, status):
    response = client.get(f"/related.json{query}")
    assert (response.status_code, list(json.loads(response.content))) == (status, ["error"])


# --- a country, an international ------------------------------------------------------------------


def test_bodies_without_years_stand_where_they_are_attested(client, body, event):
    for slug, dates in (
        ("a", {}),
        ("b", {"founded": "1945"}),
        ("c", {"active": "1941"}),
        ("d", {"founded": "1930"}),
        ("e", {}),
        ("f", {}),
    ):
        CountryPeriod.objects.create(organisation=body(slug, **dates), country="LK")
    event("early", "split", [("b", "e")], date="1938/1940")
    event("late", "split", [("b", "f")], date="1950/..")
    page = Page(client.get("/countries/LK/").content.decode())
    assert page.rows("bodies") == [
        "1930–? D party",
        "by 1940 E party",
        "attested 1941 C party",
        "1945–? B party",
        "1950 or later F party",
        "no dates A party",
    ]


def test_a_country_has_its_bodies_through_time_and_its_tree(client, body, event, affiliate):
    fi = body("fi", name="Fourth International", kind="international")
    for slug, founded in (("old", "1930"), ("new", "1940"), ("abroad", "1935"), ("when", "")):
        row = body(slug, founded=founded)
        code = "GB" if slug == "abroad" else "LK"
        CountryPeriod.objects.create(organisation=row, country=code)
    event("e", "rename", [("old", "new")], date="1940")
    affiliate(Organisation.objects.get(slug="new"), fi, since="1941")
    page = Page(client.get("/countries/LK/").content.decode())
    assert text(page.one("h1")) == "The movement in Sri Lanka"
    assert page.rows("bodies") == ["1930–? OLD party", "1940–? NEW party", "no dates WHEN party"]
    assert page.rows("internationals") == ["Fourth International its sections"]
    document = json.loads(client.get("/countries/LK.json").content)
    assert [one["id"] for one in document["organisations"]] == ["old", "new", "when"]
    assert client.get("/countries/lk/")["Location"] == "/countries/LK/"
    assert client.get("/countries/lk.json")["Location"] == "/countries/LK.json"
    for code in ("FR", "ZZ", "zz", "LKA"):
        assert client.get(f"/countries/{code}/").status_code == 404


def test_an_internationals_sections_by_country_and_period(client, body, affiliate):
    fi = body("fi", name="Fourth International", kind="international", founded="1938",
              dissolved="1953")  # fmt: skip
    there = {}
    for slug, code in (("lssp", "LK"), ("rcp", "GB"), ("swp", "US"), ("when", "LK"), ("nil", "")):
        there[slug] = body(slug, founded="1930", dissolved="1990")
        if code:
            CountryPeriod.objects.create(organisation=there[slug], country=code)
    affiliate(there["lssp"], fi, since="1940", until="1943")
    affiliate(there["rcp"], fi, since="1944", until="1949", role="sympathising")
    affiliate(there["swp"], fi, since="1938", role="observer")
    affiliate(there["when"], fi, role="member")
    affiliate(there["nil"], fi, since="1951", role="entry")
    Account.objects.create(subject=fi, claimant="ICFI", text="We are it.")
    document = json.loads(client.get("/internationals/fi/sections.json").content)
    assert [one["from"] for one in document["periods"]] == [1935, 1940, 1945, 1950]
    cells = {
        line["country"]: [
            "".join(f"{one['organisation']}{'' if one['certain'] else '?'}" for one in cell)
            for cell in line["cells"]
        ]
        for line in document["countries"]
    }
    assert cells == {
        "GB": ["", "rcp", "rcp", ""],
        "LK": ["", "lssp", "", ""],
        "US": ["swp", "swp?", "swp?", "swp?"],  # no end is known; the International ended in 1953
    }
    undated = [line["undated"] for line in document["countries"] if line["undated"]]
    assert undated == [[{"organisation": "when", "role": "member"}]]
    page = Page(client.get("/internationals/fi/sections/").content.decode())
    table = page.one("table[@class='matrix']")
    assert [text(one) for one in table.find("thead").iter("th")] == [
        "Country", "1935–39", "1940–44", "1945–49", "1950–54", "No date known",
    ]  # fmt: skip
    rows = [[text(one) for one in row] for row in table.find("tbody").iter("tr")]
    assert rows[1] == ["United Kingdom", "", "RCP s", "RCP s", "", ""]
    assert [text(one) for one in page.part("accounts").iter("article")] == ["ICFIWe are it."]


def test_a_body_without_members_says_so(client, body):
    body("a")
    page = Page(client.get("/internationals/a/sections/").content.decode())
    assert text(page.one("p[@class='quiet']")) == "The record names no section of it yet."


# --- as a party tells it --------------------------------------------------------------------------


@pytest.fixture
def told(body, event):
    cwi, imt = body("cwi", name="CWI"), body("imt", name="IMT")
    body("silent")
    split = event("split", "split", [("cwi", "imt")], date="1992", manner="disputed")
    for teller, words in ((cwi, "They left."), (imt, "We were expelled.")):
        Account.objects.create(event=split, claimant=teller.name, organisation=teller, text=words)
    Account.objects.create(subject=imt, claimant="IMT", organisation=imt, text="We are it.")
    Account.objects.create(subject=cwi, claimant="A paper", text="Who knows.")


def test_who_tells_and_what_one_of_them_tells(client, told):
    page = Page(client.get("/accounts/").content.decode())
    assert page.rows("tellers") == ["IMT 2", "CWI 1"]
    document = json.loads(client.get("/accounts/imt.json").content)
    assert document == {
        "teller": "imt",
        "accounts": [
            {"event": "split", "text": "We were expelled."},
            {"organisation": "imt", "text": "We are it."},
        ],
    }
    told_by_none = client.get("/accounts/silent/").content.decode()
    assert "The record holds no account that it gave." in told_by_none


def test_a_reader_hears_one_party_and_is_told_that_others_are_left_out(client, told):
    page = Page(client.get("/events/split/?as=imt").content.decode())
    part = page.part("accounts")
    assert [text(one.find(".//div")) for one in part.iter("article")] == ["We were expelled."]
    assert "1 account by others is left out" in text(part)
    everyone = Page(client.get("/events/split/").content.decode()).part("accounts")
    assert len(list(everyone.iter("article"))) == 2
    assert client.get("/events/split/?as=nobody").status_code == 400


def test_where_a_party_gave_no_account_it_is_told_that_others_did(client, told, body):
    body("icfi", name="ICFI")
    part = Page(client.get("/organisations/imt/?as=icfi").content.decode()).part("accounts")
    assert text(part.find("p")) == (
        "ICFI gave no account of this. 1 account by others is left out. All of them"
    )
    assert list(part.iter("article")) == []


@pytest.mark.parametrize(
    ("address", "leads", "words"),
    [
        (
            "/organisations/imt/",
            "/organisations/imt/",
            "of the accounts only its own are told, and ",
        ),
        ("/events/split/", "/events/split/", "of the accounts only its own are told, and "),
        ("/tree/", "/tree/", ""),
        ("/tree/?kind=party&year=1990", "/tree/?kind=party&year=1990", ""),
    ],
)
def test_a_page_says_whose_telling_it_is_and_leads_out_of_it(client, told, address, leads, words):
    query = "&as=imt" if "?" in address else "?as=imt"
    page = Page(client.get(address + query).content.decode())
    (said,) = [one for one in page.all("p[@class='shown']") if text(one).startswith("As ")]
    assert text(said) == (
        f"As IMT tells it: {words}only the claims that it makes are marked. As the record has it"
    )
    assert [one.get("href") for one in said.iter("a")] == ["/accounts/imt/", leads]


def test_from_a_party_s_page_one_goes_on_to_its_tree(client, told):
    page = Page(client.get("/organisations/imt/?as=imt").content.decode())
    tree = "/organisations/imt/tree/"
    links = [one.get("href") for one in page.one("figure").iter("a")]
    assert [one for one in links if one.startswith(tree)] == [
        f"{tree}?as=imt",
        f"{tree}?direction=ancestors&as=imt",
        f"{tree}?direction=descendants&as=imt",
    ]


@pytest.mark.parametrize("address", ["/tree/", "/organisations/imt/", "/events/split/"])
@pytest.mark.parametrize("query", ["", "?as=imt"])
def test_who_hears_a_party_s_telling_goes_on_in_it_from_body_to_body(client, told, address, query):
    page = Page(client.get(f"{address}{query}").content.decode())
    bars = [one for one in page.root.iter("a") if one.get("class") == "organisation"]
    slugs = {one.get("data-id") for one in bars}
    assert slugs >= {"cwi", "imt"}
    assert {one.get("href") for one in bars} == {f"/organisations/{slug}/{query}" for slug in slugs}


@pytest.mark.parametrize("address", ["/tree/", "/organisations/imt/", "/events/split/"])
def test_a_chart_marks_the_claims_of_whom_one_reads(client, told, address):
    def claims(query: str) -> set[str]:
        page = Page(client.get(f"{address}{query}").content.decode())
        return {
            one.get("data-id")
            for one in page.root.iter()
            if one.get("class") == "organisation"
            and any("claims" in (part.get("class") or "").split() for part in one.iter())
        }

    assert claims("") == {"imt", "cwi"}
    assert claims("?as=imt") == {"imt"}
    assert claims("?as=cwi") == set()
    assert client.get("/tree/?as=nobody").status_code == 400
