"""Rea looks for a body by whatever name she knows, typed as well as she can."""

from __future__ import annotations

import json

import pytest

from lineage.models import CountryPeriod, Name, Organisation
from lineage.reading import finding
from lineage.reading.finding import Index, Question
from tests.test_pages import Page, text

pytestmark = pytest.mark.django_db


@pytest.fixture
def record(body, affiliate, event):
    """Five bodies of one name, and some that share words with them."""
    fi = body("fi", name="Fourth International", kind="international", founded="1938")
    there = {
        "sp-gb": ("Socialist Party", "GB", "1997", ""),
        "sp-ie": ("Socialist Party", "IE", "1996", ""),
        "sp-us": ("Socialist Party", "US", "1901", "1972"),
        "swp-gb": ("Socialist Workers Party", "GB", "1977", ""),
        "swp-us": ("Socialist Workers Party", "US", "1938", ""),
        "lc-fr": ("Ligue communiste révolutionnaire", "FR", "1974", "2009"),
        "lssp": ("Lanka Sama Samaja Party", "LK", "1935", ""),
        "rcl-jp": ("革命的共産主義者同盟", "JP", "1957", ""),
    }
    rows = {}
    for slug, (name, code, founded, dissolved) in there.items():
        rows[slug] = body(slug, name=name, founded=founded, dissolved=dissolved)
        CountryPeriod.objects.create(organisation=rows[slug], country=code)
    for slug, words, kind in (
        ("swp-us", "SWP", "abbreviation"), ("swp-gb", "S.W.P.", "abbreviation"),
        ("lssp", "LSSP", "abbreviation"), ("lssp", "ලංකා සම සමාජ පක්ෂය", "official"),
        ("lc-fr", "Revolutionary Communist League", "translation"),
        ("lc-fr", "LCR", "abbreviation"), ("sp-gb", "Militant Labour", "official"),
        ("swp-gb", "International Socialists", "official"),
    ):  # fmt: skip
        Name.objects.create(organisation=rows[slug], text=words, kind=kind)
    Organisation.objects.filter(slug="swp-us").update(active="2025")
    affiliate(rows["lssp"], fi, since="1939")
    body("draft", name="Socialist Draft Party", status="draft")
    return rows


def found(words: str, **asked: str) -> list[str]:
    return [one.slug for one in Index().find(Question(words, **asked)).answers]


@pytest.mark.parametrize(
    ("words", "slugs"),
    [
        ("Socialist Party", ["sp-gb", "sp-ie", "sp-us", "swp-gb", "swp-us"]),
        ("party SOCIALIST", ["sp-gb", "sp-ie", "sp-us", "swp-gb", "swp-us"]),
        ("swp", ["swp-gb", "swp-us"]),
        ("S.W.P.", ["swp-gb", "swp-us"]),
        ("swp us", ["swp-us"]),
        ("socialist party ireland", ["sp-ie"]),
        ("militant", ["sp-gb"]),
        ("revolutionnaire", ["lc-fr"]),
        ("Révolutionnaire", ["lc-fr"]),
        ("communist league", ["lc-fr"]),
        ("ligue comuniste", ["lc-fr"]),  # a letter left out
        ("revolutoinary league", ["lc-fr"]),  # two letters changed places
        ("sama samja", ["lssp"]),
        ("samaj", ["lssp"]),  # the beginning of a word
        ("සමාජ", ["lssp"]),
        ("共産", ["rcl-jp"]),  # inside a word
        ("lsp", []),  # too short for a mistake to be forgiven
        ("united kingdom", []),  # a place alone is no name
        ("draft", []),
        ("socialist socialist party", ["sp-gb", "sp-ie", "sp-us", "swp-gb", "swp-us"]),
        ("xyzzy", []),
        ("?!", ["fi", "lssp", "lc-fr", "sp-gb", "sp-ie", "sp-us", "swp-gb", "swp-us", "rcl-jp"]),
    ],
)
def test_a_body_is_found_by_any_of_its_names(record, words, slugs):
    assert found(words) == slugs


def test_one_body_is_found_once_by_the_name_that_fits_best(record):
    (answer,) = list(Index().find(Question("lssp")).answers)
    assert (answer.slug, answer.matched.text, answer.matched.kind) == (
        "lssp", "LSSP", "abbreviation",
    )  # fmt: skip


def test_an_exact_name_comes_before_a_longer_one_and_both_before_a_part_of_a_word(body):
    for slug, name in (("d", "Antimilitant"), ("c", "Militants"), ("b", "Militant Labour"),
                       ("a", "Militant")):  # fmt: skip
        body(slug, name=name)
    assert found("militant") == ["a", "b", "c", "d"]


def test_a_mistake_is_forgiven_only_where_nothing_holds_the_words(body):
    body("a", name="Spark"), body("b", name="Spart")
    assert (found("spark"), Index().find(Question("spark")).forgiven) == (["a"], False)
    assert (found("sparx"), Index().find(Question("sparx")).forgiven) == (["a", "b"], True)


@pytest.mark.parametrize(
    ("asked", "slugs"),
    [
        ({"country": "GB"}, ["sp-gb", "swp-gb"]),
        ({"state": "ended"}, ["sp-us"]),
        ({"state": "living"}, ["swp-us"]),
        ({"decade": "1930"}, ["sp-us", "swp-us"]),
        ({"kind": "league"}, []),
        ({"international": "fi"}, []),
    ],
)
def test_what_is_found_is_narrowed_down(record, asked, slugs):
    assert found("socialist party", **asked) == slugs
    assert "lssp" in found("", international="fi")


def test_facets_count_what_is_found(record):
    facets = Index().find(Question("socialist")).facets
    assert dict(facets["country"]) == {"GB": 2, "IE": 1, "US": 2}
    assert dict(facets["kind"]) == {"party": 5}
    assert dict(facets["state"]) == {"ended": 1, "living": 1}
    assert facets["decade"]["1970"] == 3


def test_the_index_is_kept_until_the_record_changes(record, django_assert_num_queries):
    finding.index()
    with django_assert_num_queries(1):
        assert finding.index() is finding.index.__globals__["_kept"]["index"][1]
    Organisation.objects.filter(slug="lssp").update(name="Equality Party")
    assert [one.slug for one in finding.index().find(Question("equality")).answers] == ["lssp"]


def test_the_page_says_why_a_body_is_found(client, record):
    page = Page(client.get("/search/?q=militant").content.decode())
    assert text(page.one("h2[@id='found']")) == "1 organisation for “militant”"
    (result,) = page.all("ol[@class='results']/li")
    assert text(result) == (
        "Socialist Party1997–?United Kingdomparty Official name: Militant Labour"
    )
    assert result.find(".//a").get("href") == "/organisations/sp-gb/"


def test_facets_lead_on_and_back(client, record):
    page = Page(client.get("/search/?q=socialist&country=GB").content.decode())
    links = {text(one): one.get("href") for one in page.one("div[@class='facets']").iter("a")}
    assert links["United Kingdom"] == "?q=socialist"
    assert links["1970s"] == "?q=socialist&country=GB&decade=1970"
    assert page.one("a[@aria-current='true']").get("href") == "?q=socialist"
    assert text(page.one("h2[@id='found']")) == "2 organisations for “socialist”"


def test_the_data_holds_what_the_contract_says(client, record):
    document = json.loads(client.get("/search.json?q=lssp").content)
    assert document == {
        "count": 1,
        "next": None,
        "forgiven": False,
        "results": [
            {
                "id": "lssp", "name": "Lanka Sama Samaja Party", "kind": "party",
                "countries": ["LK"], "founded": "1935", "dissolved": None, "matched": "LSSP",
                "abbreviation": "LSSP", "place": "Sri Lanka", "years": "1935–?",
            }
        ],
    }  # fmt: skip
    assert json.loads(client.get("/search.json").content)["results"] == []


def test_results_come_twenty_to_a_page(client, body):
    for number in range(21):
        body(f"b{number:02}", name=f"Body {number:02}")
    first = json.loads(client.get("/search.json?q=body").content)
    assert (first["count"], len(first["results"])) == (21, 20)
    assert first["next"] == "/search.json?q=body&page=2"
    second = json.loads(client.get(first["next"]).content)
    assert ([one["id"] for one in second["results"]], second["next"]) == (["b20"], None)
    assert client.get("/search/?q=body&page=3").status_code == 404


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("q=" + "x" * 10_240, "A search is at most 200 characters long. Shorten it."),
        ("q=a%00b", "The search holds a character that no name has."),
        ("country=xx", "“country” is a code of two capital letters"),
        ("kind=x", "“kind” is one of"),
        ("state=x", "“state” is one of living, ended"),
        ("decade=1955", "“decade” is the first year of a decade"),
        ("q=a&page=0", "The page is a number from 1."),
    ],
)
def test_a_search_that_cannot_be_read_is_told(client, query, sentence):
    for form in ("/search/", "/search.json"):
        response = client.get(f"{form}?{query}")
        assert response.status_code == 400
        assert sentence in response.content.decode()


def test_nothing_found_leads_on(client, record):
    page = Page(client.get("/search/?q=xyzzy&country=GB").content.decode())
    assert text(page.one("h2[@id='found']")) == "Nothing found for “xyzzy”"
    assert [one.get("href") for one in page.one("div[@class='empty']").iter("a")] == [
        "?q=xyzzy",
        "/organisations/",
    ]
