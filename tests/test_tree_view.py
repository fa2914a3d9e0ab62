"""Rea chooses what a chart shows: kin to a depth, countries, kinds, internationals; reads cards."""

from __future__ import annotations

import json
import re
from xml.etree import ElementTree as ET

import pytest

from lineage.models import Account, Citation, CountryPeriod, Fact, Name, Organisation, Succession
from lineage.reading import excerpts, families
from lineage.views import devices
from tests.test_page_queries import EDITION, grow, queries
from tests.test_pages import Page, text

pytestmark = pytest.mark.django_db


@pytest.fixture
def movement(body, event, affiliate):
    """Nine bodies. One family: a splits into b and c, b becomes d, c and d merge into e, f leaves.

    Another one: x becomes y. And an international that b and f belonged to, y as a draft.
    """
    there = {
        "a": ("party", "1930", ["FR"]),
        "b": ("party", "1940", ["GB"]),
        "c": ("league", "1945", ["FR", "GB"]),
        "d": ("party", "1950", ["GB"]),
        "e": ("party", "1960", ["GB"]),
        "f": ("faction", "1970", ["LK"]),
        "x": ("party", "1935", ["FR"]),
        "y": ("party", "1955", ["FR"]),
        "fi": ("international", "1938", []),
    }
    rows = {}
    for slug, (kind, founded, codes) in there.items():
        rows[slug] = body(slug, kind=kind, founded=founded)
        for code in codes:
            CountryPeriod.objects.create(organisation=rows[slug], country=code)
    event("ab", "split", [("a", "b")], date="1940")
    event("ac", "split", [("a", "c")], date="1945")
    event("bd", "rename", [("b", "d")], date="1950")
    event("cde", "merger", [("c", "e"), ("d", "e")], date="1960")
    event("ef", "split", [("e", "f")], date="1970")
    event("xy", "rename", [("x", "y")], date="1955")
    affiliate(rows["b"], rows["fi"], since="1941")
    affiliate(rows["f"], rows["fi"], since="1971")
    affiliate(rows["y"], rows["fi"], status="draft")
    return rows


def bodies(client, path: str, query: str = "") -> list[str]:
    """The bodies of a chart: the same in the page, the drawing, the geometry and the names."""
    found = {}
    for form in ("tree/", "tree.svg", "tree.json", "tree/names.json"):
        response = client.get(path + form + query)
        assert response.status_code == 200, response.content.decode()
        told = response.content.decode()
        if form.endswith(".json"):
            document = json.loads(told)
            found[form] = sorted(one["id"] for one in document.get("bars", document.get("bodies")))
        else:
            found[form] = sorted(re.findall(r'class="organisation"[^>]* data-id="([^"]+)"', told))
    assert [form for form, ids in found.items() if ids != found["tree/"]] == []
    return found["tree/"]


ALL = ["a", "b", "c", "d", "e", "f", "fi", "x", "y"]
FAMILY = ["a", "b", "c", "d", "e", "f"]


@pytest.mark.parametrize(
    ("path", "query", "shown", "words"),
    [
        ("/", "", ALL, "All 9 bodies of the movement."),
        ("/organisations/d/", "", FAMILY, "All 6 bodies of the family."),
        ("/organisations/fi/", "", ["fi"], "One body of the family."),
        ("/organisations/d/", "?direction=all", FAMILY, "All 6 bodies of the family."),
        ("/organisations/d/", "?direction=ancestors", ["a", "b", "d"],
         "3 of 6 bodies: ancestors."),
        ("/organisations/d/", "?direction=descendants", ["d", "e", "f"],
         "3 of 6 bodies: descendants."),
        ("/organisations/d/", "?direction=both", ["a", "b", "d", "e", "f"],
         "5 of 6 bodies: ancestors and descendants."),
        ("/organisations/d/", "?depth=1", ["b", "d", "e"],
         "3 of 6 bodies: ancestors and descendants to 1 generation."),
        ("/organisations/a/", "?direction=descendants&depth=2", ["a", "b", "c", "d", "e"],
         "5 of 6 bodies: descendants to 2 generations."),
        ("/organisations/d/", "?direction=all&depth=2", ["a", "b", "c", "d", "e", "f"],
         "All 6 bodies of the family."),
        ("/organisations/f/", "?direction=all&depth=2", ["c", "d", "e", "f"],
         "4 of 6 bodies: up to 2 steps away, in any direction."),
        ("/organisations/d/", "?direction=ancestors&depth=50", ["a", "b", "d"],
         "3 of 6 bodies: ancestors to 50 generations."),
        ("/", "?country=FR", ["a", "c", "x", "y"], "4 of 9 bodies: in France."),
        ("/", "?country=FR&country=LK", ["a", "c", "f", "x", "y"],
         "5 of 9 bodies: in France or Sri Lanka."),
        ("/", "?country=AQ", [], "0 of 9 bodies: in Antarctica."),
        ("/", "?kind=league", ["c"], "1 of 9 bodies: of the kind league."),
        ("/", "?kind=league&kind=faction", ["c", "f"],
         "2 of 9 bodies: of the kind league or faction."),
        ("/", "?international=fi", ["b", "f", "fi"],
         "3 of 9 bodies: FI, with those that belonged to it at any time."),
        ("/", "?country=GB&kind=league", ["c"],
         "1 of 9 bodies: in the United Kingdom; of the kind league."),
        ("/organisations/d/", "?country=FR", ["a", "c", "d"], "3 of 6 bodies: in France."),
        ("/organisations/d/", "?country=FR&direction=ancestors", ["a", "d"],
         "2 of 6 bodies: ancestors; in France."),
        ("/organisations/d/", "?depth=1&open=e", ["b", "c", "d", "e", "f"],
         ("5 of 6 bodies: ancestors and descendants to 1 generation; "
          "and what is next to 1 body opened.")),
        ("/", "?kind=league&open=x&open=y", ["c", "x", "y"],
         "3 of 9 bodies: of the kind league; and what is next to 2 bodies opened."),
        ("/", "?direction=ancestors&depth=1", ALL, "All 9 bodies of the movement."),
        ("/", "?colour=family&time=down&year=1953&lit=b&find=x&view=1,-2.5,0.5", ALL,
         "All 9 bodies of the movement."),
        ("/", "?country=&kind=&depth=&direction=&international=&year=&lit=&find=&open=&view=", ALL,
         "All 9 bodies of the movement."),
        ("/organisations/d/", "?nonsense=1&page=x&Country=ZZ", FAMILY,
         "All 6 bodies of the family."),
    ],
)  # fmt: skip
def test_a_query_says_which_bodies_are_shown(client, movement, path, query, shown, words):
    if not shown:  # an empty chart is a chart
        assert bodies(client, path, query) == []
    else:
        assert bodies(client, path, query) == shown
    page = Page(client.get(f"{path}tree/{query}").content.decode())
    said = text(page.all("p[@class='shown']")[0])
    rest = {"/": " The whole movement"}.get(path, " The whole family")
    everybody = len(shown) == (9 if path == "/" else 6) or shown == ["fi"]
    assert said == words + ("" if everybody else rest)


def test_what_a_query_does_not_know_changes_nothing(client, movement):
    for path in ("/tree/", "/organisations/d/tree/"):
        assert client.get(f"{path}?nonsense=1&q=%00").content == client.get(path).content


BAD = {
    "direction": ["sideways", "Ancestors", "both,all"],
    "depth": ["0", "51", "-1", "1.5", "x", "²", "100000000000"],
    "country": ["fr", "ZZ", "France", "FR,GB", "%00"],
    "kind": ["parties", "Party"],
    "international": ["FI", "a b", "x" * 81, "-", "%00"],
    "open": ["E", "../e"],
    "colour": ["red"],
    "time": ["up"],
    "year": ["53", "19530", "about", "1953~"],
    "lit": ["B", "<b>"],
    "find": ["x" * 201, "%00"],
    "view": ["1,2", "1,2,3,4", "a,b,c", "1e9,0,1"],
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_value_is_answered_with_what_to_do(client, movement, name):
    paths = ("/tree/", "/tree.svg", "/tree.json", "/tree/names.json", "/organisations/d/tree/")
    for address in (f"{path}?{name}={value}" for path in paths for value in BAD[name]):
        response = client.get(address)
        assert (address, response.status_code) == (address, 400)
        told = response.content.decode()
        assert f"The parameter “{name}” is " in told
        assert "Correct it, or leave it out." in told


@pytest.mark.parametrize("name", ["country", "kind", "international", "open"])
def test_one_bad_value_among_good_ones_is_told(client, movement, name):
    good = {"country": "FR", "kind": "party", "international": "fi", "open": "a"}[name]
    assert client.get(f"/tree.json?{name}={good}").status_code == 200
    assert client.get(f"/tree.json?{name}={good}&{name}=_").status_code == 400


def test_a_parameter_has_a_limit_to_its_values(client, movement):
    query = "&".join(f"open=o{number}" for number in range(101))
    told = client.get(f"/tree/?{query}")
    assert told.status_code == 400
    assert "The parameter “open” is given more than 100 times. Give fewer." in told.content.decode()


@pytest.mark.parametrize("name", ["international", "open"])
def test_a_body_that_is_not_there_is_told_by_its_id_and_a_draft_is_not_there(
    client, movement, body, name
):
    body("hidden", kind="international", status="draft")
    hidden, nobody = (client.get(f"/tree/?{name}={slug}") for slug in ("hidden", "nobody"))
    assert (hidden.status_code, nobody.status_code) == (400, 400)
    said = "There is no organisation “nobody”. Correct the id, or leave it out."
    assert said in nobody.content.decode()
    assert hidden.content.replace(b"hidden", b"nobody") == nobody.content


def test_a_body_that_is_to_be_lit_and_a_draft_are_not_in_the_chart_alike(client, movement, body):
    body("secret", status="draft")
    said = [client.get(f"/tree/?lit={slug}").content.decode() for slug in ("secret", "nobody")]
    assert "The body to be lit is not in this chart." in said[0]
    assert said[0].replace("secret", "nobody") == said[1]


def test_the_drawing_and_the_data_keep_the_query(client, movement):
    asked = (
        "?direction=both&depth=2&year=1953&kind=party&country=FR&country=GB&find=x&lit=a"
        "&colour=family&nonsense=1"
    )
    kept = "?country=FR&country=GB&kind=party&colour=family"
    response = client.get(f"/tree/{asked}")
    page = Page(response.content.decode())
    assert response["Link"] == f'</tree.json{kept}>; rel="alternate"; type="application/json"'
    assert page.one("link[@type='application/json']").get("href") == f"/tree.json{kept}"
    links = {text(one): one.get("href") for one in page.one("figcaption").iter("a")}
    assert links == {
        "the same as lists": "#lists",
        "SVG": f"/tree.svg{kept}",
        "PNG": f"/tree.png{kept}",
        "PDF": f"/tree.pdf{kept}",
        "data": f"/tree.json{kept}",
        "poster": f"/tree/poster.svg{kept}",
    }
    assert page.one("figure").get("data-names") == f"/tree/names.json{kept}"
    whole = page.all("p[@class='shown']")[0].find("a").get("href")
    assert whole == "/tree/?colour=family"


# --- what is hidden -------------------------------------------------------------------------------


def test_a_body_says_how_many_are_hidden_next_to_it_and_shows_them(client, movement):
    page = Page(client.get("/organisations/d/tree/?depth=1&country=GB&year=1955").content.decode())
    links = [
        (text(row.find("a")), text(link), link.get("href"))
        for row in page.part("lists").iter("li")
        for link in row.findall("a")
        if "hidden-kin" in link.get("class", "")
    ]
    query = "?direction=both&depth=1&country=GB"
    assert [(name, said) for name, said, _ in links] == [
        ("B", "1 more next to it"),
        ("E", "2 more next to it"),
    ]
    for (_, _, address), slug in zip(links, "be", strict=True):
        assert address == (
            f"/organisations/d/tree/{query.replace('direction=both&', '')}"
            f"&open={slug}&year=1955&lit={slug}"
        )
    path, _, opened = links[1][2].partition("tree/")
    assert bodies(client, path, opened) == ["b", "c", "d", "e", "f"]


@pytest.fixture
def told(monkeypatch):
    """What the chart room was told last: its keywords; of each body what is hidden, and where."""
    heard = {}
    draw = families.draw

    def listen(bodies, edges, **named):
        bodies = list(bodies)
        heard.update(named)
        heard["more"] = {one.id: (one.more_before, one.more_after) for one in bodies}
        heard["urls"] = {one.id: one.more_url for one in bodies if one.more_url}
        return draw(bodies, edges, **named)

    monkeypatch.setattr(families, "draw", listen)
    return heard


def test_the_drawing_is_told_what_is_hidden_how_to_colour_and_which_way_time_runs(
    client, movement, told
):
    client.get("/tree.svg?kind=party&colour=family&time=down")
    assert (told["colour"], told["time"]) == ("family", "down")
    nothing = (0, 0)
    assert told["more"] == {
        "a": (0, 1), "b": nothing, "d": nothing, "e": (1, 1), "x": nothing, "y": nothing,
    }  # fmt: skip
    asked = "/tree/?kind=party&open={0}&colour=family&time=down&lit={0}"
    assert told["urls"] == {slug: asked.format(slug) for slug in "ae"}
    client.get("/tree.svg")
    assert (told["colour"], told["time"]) == ("country", "across")
    assert set(told["more"].values()) == {nothing}


def test_the_chart_of_a_body_s_page_opens_in_the_tree_what_it_hides(
    client, movement, event, body, told
):
    for before, after in ("fg", "gh", "hi", "ij"):
        body(after)
        event(before + after, "split", [(before, after)], date="1980")
    assert client.get("/organisations/f/").status_code == 200
    assert {slug: more for slug, more in told["more"].items() if any(more)} == {"i": (0, 1)}
    assert told["urls"] == {"i": "/organisations/f/tree/?depth=3&open=i&lit=i"}
    path, _, query = told["urls"]["i"].partition("tree/")
    assert bodies(client, path, query) == ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j"]


def test_what_a_draft_hides_is_not_counted(client, movement, body, event):
    body("secret", status="draft")
    event("es", "split", [("e", "secret")], date="1980")
    page = client.get("/organisations/e/tree/").content.decode()
    assert "more next to it" not in page


# --- large families, and charts that would be too large -------------------------------------------


def test_the_tree_of_a_large_family_begins_with_the_kin_nearby(client, movement, monkeypatch):
    monkeypatch.setattr(excerpts, "LARGE", 5)
    said = "5 of 6 bodies: ancestors and descendants to 3 generations."
    assert bodies(client, "/organisations/d/") == ["a", "b", "d", "e", "f"]
    page = Page(client.get("/organisations/d/tree/").content.decode())
    assert text(page.all("p[@class='shown']")[0]) == f"{said} The whole family"
    whole = page.all("p[@class='shown']")[0].find("a").get("href")
    assert whole == "/organisations/d/tree/?direction=all"
    assert bodies(client, "/organisations/d/", "?direction=all") == FAMILY
    assert bodies(client, "/organisations/d/", "?country=LK") == ["d", "f"]
    assert bodies(client, "/") == ALL


def test_of_a_crowd_of_kin_the_nearest_are_shown(client, movement, monkeypatch):
    monkeypatch.setattr(excerpts, "LARGE", 3)
    assert bodies(client, "/organisations/d/") == ["b", "d", "e"]


def test_a_chart_of_too_many_says_so_and_offers_parts(client, movement, monkeypatch):
    monkeypatch.setattr(excerpts, "LONGEST", 8)
    monkeypatch.setattr("lineage.views.trees.LONGEST", 8)
    response = client.get("/tree/")
    page = Page(response.content.decode())
    assert response.status_code == 200
    assert page.all("figure") == []
    assert text(page.part("lists").find("p")) == (
        "This chart would have 9 bodies; one has at most 8. Ask for a part of it:"
    )
    links = {text(one): one.get("href") for one in page.part("lists").iter("a")}
    assert links == {
        "France": "/tree/?country=FR",
        "Sri Lanka": "/tree/?country=LK",
        "United Kingdom": "/tree/?country=GB",
        "FI": "/tree/?international=fi",
    }
    for address in links.values():
        assert Page(client.get(address).content.decode()).all("figure") != []
    for address in ("/tree.svg", "/tree.json", "/tree/names.json"):
        refused = client.get(address)
        assert refused.status_code == 400
        assert "This chart would have 9 bodies; one has at most 8." in refused.content.decode()


# --- without scripts ------------------------------------------------------------------------------


def test_the_form_asks_with_native_controls_for_what_there_is(client, movement):
    query = "?country=FR&depth=2&colour=family&year=1950&open=e&lit=c"
    page = Page(client.get(f"/organisations/d/tree/{query}").content.decode())
    (form,) = [one for one in page.all("form") if one.get("aria-label") == "What the chart shows"]
    assert (form.get("method"), form.get("action")) == ("get", "/organisations/d/tree/")
    boxes = {}
    for label in form.iter("label"):
        for box in label.iter("input"):
            boxes[text(label)] = (box.get("name"), box.get("value"), "checked" in box.attrib)
    assert boxes == {
        "France 2": ("country", "FR", True),
        "Sri Lanka 1": ("country", "LK", False),
        "United Kingdom 4": ("country", "GB", False),
        "Party 4": ("kind", "party", False),
        "League 1": ("kind", "league", False),
        "Faction 1": ("kind", "faction", False),
    }
    chosen = {
        select.get("name"): option.get("value")
        for select in form.iter("select")
        for option in select.iter("option")
        if "selected" in option.attrib
    }
    assert chosen == {"direction": "both", "colour": "family", "time": "across"}
    values = {
        one.get("name"): one.get("value")
        for one in form.iter("input")
        if one.get("type") in ("hidden", "number", "search")
    }
    assert values == {"open": "e", "lit": "c", "find": "", "depth": "2", "year": "1950"}
    labelled = {one.get("for") for one in form.iter("label") if one.get("for")}
    assert labelled == {"chart-find", "direction", "depth", "colour", "time", "year"}


def test_internationals_of_one_name_are_told_apart_in_the_form(client, movement, affiliate, body):
    twin = body("twin", name="FI", kind="international", founded="1963")
    affiliate(movement["a"], twin)
    page = client.get("/tree/").content.decode()
    assert re.findall(r'value="(fi|twin)"> <span>([^<]+?) <', page) == [
        ("fi", "FI (1938–?)"),
        ("twin", "FI (1963–?)"),
    ]


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("?year=1942", "In 1942, 3 of them existed."),
        ("?year=1931", "In 1931, 1 of them existed."),
        ("?year=1900", "In 1900, 0 of them existed."),
        ("?lit=d", "Lit: D, with 2 before it and 2 after it in this chart."),
        ("?lit=d&kind=party", "Lit: D, with 2 before it and 1 after it in this chart."),
        ("?lit=d&kind=league", "The body to be lit is not in this chart."),
    ],
)
def test_what_scripts_show_by_light_is_told_in_words(client, movement, body, query, said):
    body("undated")
    for slug, year in (("a", "1950"), ("b", "1950"), ("c", "1960"), ("d", "1960"), ("x", "1955")):
        Organisation.objects.filter(slug=slug).update(dissolved=year)
    Organisation.objects.filter(slug="fi").update(dissolved="1939")
    page = Page(client.get(f"/tree/{query}").content.decode())
    assert text(page.all("p[@class='shown']")[1]) == said


@pytest.mark.parametrize(
    ("words", "found"),
    [("jeune", ["A"]), ("jeunesse TÁ", ["A"]), ("xyz", ["B", "D"]), ("x.y.z.", ["B", "D"])],
)
def test_a_body_is_found_by_any_name(client, movement, words, found):
    Name.objects.create(organisation=movement["a"], text="Jeunesse – Tạ Thu Thâu")
    Name.objects.create(organisation=movement["b"], text="X.Y.Z.", kind="abbreviation")
    Name.objects.create(organisation=movement["d"], text="XYZ", kind="abbreviation")
    page = Page(client.get("/organisations/d/tree/", {"find": words}).content.decode())
    links = [text(one) for one in page.one("div[@class='shown found']").iter("a")]
    assert links == found


def test_a_name_that_no_body_bears_is_told(client, movement):
    page = Page(client.get("/tree/?find=nobody%20<b>").content.decode())
    told = page.one("div[@class='shown found']")
    assert text(told) == (
        "Nothing in this chart bears a name with “nobody <b>”. Look among all organisations."
    )
    assert told.find(".//a").get("href") == "/organisations/?q=nobody%20%3Cb%3E"


def test_the_names_of_a_chart_are_those_by_which_its_bodies_are_found(client, movement):
    Name.objects.create(organisation=movement["x"], text="Ex", kind="abbreviation")
    document = json.loads(client.get("/organisations/x/tree/names.json").content)
    assert document == {
        "bodies": [
            {"id": "x", "name": "X", "names": ["Ex"], "years": "1935–?", "place": "France"},
            {"id": "y", "name": "Y", "names": [], "years": "1955–?", "place": "France"},
        ],
        "changes": [
            {"from": "x", "to": "y", "earliest": "1955-01-01", "latest": "1955-12-31"}
        ],
    }  # fmt: skip


# --- the card -------------------------------------------------------------------------------------


def card(client, slug: str) -> ET.Element:
    response = client.get(f"/organisations/{slug}/card/")
    assert response.status_code == 200
    return Page(response.content.decode()).one("article[@class='card']")


def test_a_card_tells_a_body_in_short(client, movement, cite):
    d = movement["d"]
    Name.objects.create(organisation=d, text="DDD", kind="abbreviation")
    Name.objects.create(organisation=d, text="Old D", since="1950", until="1953")
    Name.objects.create(organisation=d, text="Der D", language="de", kind="translation")
    cite(organisation=d, statement="founded")
    told = card(client, "d")
    assert text(told.find("h1")) == "D"
    assert [text(one) for one in told.iter("p")] == [
        "DDD1950–?United Kingdomparty",
        "Old D (1950–1953); Der D",
        "5 statements, 1 cited, all from one source.",
        "Its page, with sources Its family tree",
    ]
    assert [text(one) for one in told.iter("li")] == [
        "Took its name in 1950; before that it was B.",
        "Merged in 1960 with C to form E.",
    ]
    links = [one.get("href") for one in told.iter("a")]
    assert links == [
        "/organisations/d/", "/organisations/b/", "/organisations/c/", "/organisations/e/",
        "/organisations/d/", "/organisations/d/tree/",
    ]  # fmt: skip


def test_a_card_says_how_sure_it_is(client, body, event):
    pair = ("old", "new")
    old, _new = (body(slug, founded="1953~", dissolved="1960/1962") for slug in pair)
    event("e", "split", [pair], date="1953", manner="disputed")
    for claimant in ("One", "Other"):
        Account.objects.create(subject=old, claimant=claimant, text="So.")
    assert text(card(client, "old").find("p[@class='sourcing']")) == (
        "5 statements, none cited. The dates of its founding and its end can’t be told to the year."
        " How a change came about is disputed. 2 parties’ accounts of it are told on its page."
    )


@pytest.mark.parametrize(
    ("founded", "vague"),
    [("1953", False), ("1953-11", False), ("1953-11-16", False), ("1953?", True), ("195X", True),
     ("../1940", True), ("1967/1968", True), ("", False)],
)  # fmt: skip
def test_a_date_is_vague_that_can_fall_in_more_than_one_year(client, body, founded, vague):
    body("a", founded=founded)
    said = text(card(client, "a").find("p[@class='sourcing']"))
    assert ("The date of its founding can’t be told to the year." in said) is vague


def test_a_card_says_that_nothing_is_known(client, body):
    body("a")
    assert [text(one) for one in card(client, "a").iter("li")] == [
        "No predecessor is known.",
        "No successor is known.",
    ]


def test_a_card_leaves_what_it_has_no_room_for_to_the_page(client, body, event):
    body("a")
    for number in range(7):
        body(f"b{number}")
        event(f"e{number}", "split", [("a", f"b{number}")], date=str(1950 + number))
    assert [text(one) for one in card(client, "a").iter("li")] == [
        "No predecessor is known.",
        *(f"B{number} split from it in {1950 + number}." for number in range(3)),
        "4 more changes on its page.",
    ]


def test_a_card_counts_sources_as_the_page_does(client, movement, source, affiliate):
    b = movement["b"]
    fact = Fact.objects.create(organisation=b, kind="leader", text="L")
    for cited in ({"organisation": b, "statement": "name"}, {"fact": fact},
                  {"affiliation": b.affiliations.get()}):  # fmt: skip
        Citation.objects.create(source=source, locator="1", **cited)
    page = Page(client.get("/organisations/b/").content.decode())
    said = text(page.part("sources").find("p[@class='sourcing']"))
    assert said == "4 statements, 3 cited, all from one source."
    assert text(card(client, "b").find("p[@class='sourcing']")) == said


def test_a_card_shows_no_draft(client, movement, body, event, affiliate):
    d = movement["d"]
    left = event("df", "split", [("d", "f")], date="1953")
    before = client.get("/organisations/d/card/").content
    secret = body("secret", status="draft")
    assert client.get("/organisations/secret/card/").status_code == 404
    event("ds", "split", [("d", "secret")], date="1953")
    event("dx", "split", [("d", "x")], date="1953", status="draft")
    Succession.objects.create(event=left, predecessor=d, successor=secret)
    Account.objects.create(subject=d, claimant="Secret", organisation=secret, text="So.")
    affiliate(d, movement["fi"], status="draft")
    affiliate(secret, d)
    assert client.get("/organisations/d/card/").content == before
    Organisation.objects.filter(pk=secret.pk).update(status="published")
    assert b"SECRET" in client.get("/organisations/d/card/").content


def test_who_has_a_card_already_is_told_whether_it_changed(client, movement):
    first = client.get("/organisations/d/card/")
    held = {"If-None-Match": first["ETag"]}
    same = client.get("/organisations/d/card/", headers=held)
    assert (same.status_code, same.content, same["ETag"]) == (304, b"", first["ETag"])
    assert first["Cache-Control"] == "no-cache"
    Name.objects.create(organisation=movement["d"], text="New")
    changed = client.get("/organisations/d/card/", headers=held)
    assert changed.status_code == 200
    assert changed["ETag"] != first["ETag"]


# --- what it is called ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "title"),
    [
        ("/tree/", "The whole movement"),
        ("/tree/?kind=league", "The whole movement"),
        ("/tree/?country=FR", "The movement in France"),
        ("/tree/?country=GB&country=FR", "The movement in the United Kingdom or France"),
        ("/organisations/d/tree/?country=FR", "D and its family"),
    ],
)
def test_a_chart_is_called_by_what_it_shows(movement, client, path, title):
    assert f"<title>{title} – Lineage</title>" in client.get(path).content.decode()
    drawing = client.get(path.replace("/tree/", "/tree.svg"))
    assert f">{title}</title>" in drawing.content.decode()


# --- questions to the database --------------------------------------------------------------------


NUMBERS = {
    "/tree/?country=LK&kind=international&international=fi&open=b01": 18,
    "/tree.svg?country=LK": 10,
    "/tree.svg?international=fi": 11,
    "/tree/?year=1950&lit=fi&find=body": 14,
    "/organisations/fi/tree/?direction=both&depth=1": 18,
    "/organisations/fi/tree.json?direction=ancestors": 9,
    "/organisations/fi/tree/names.json?depth=1": 8,
}


@pytest.mark.parametrize("size", [10, 40])
def test_a_chosen_part_takes_a_number_of_queries_whatever_its_size(client, size):
    grow(size)
    asked = {address: queries(client, address) for address in NUMBERS}
    wrong = {one: found for one, found in asked.items() if len(found) != EDITION + NUMBERS[one]}
    assert wrong == {}


def test_a_small_tree_is_seen_whole_on_a_desk_and_a_large_one_gives_its_names_room(
    client, body, event, monkeypatch
):
    for year in range(1930, 2020, 5):
        body(f"b{year}", name=f"The Organisation of the Year {year}", founded=str(year))
        if year > 1930:
            event(f"e{year}", "rename", [(f"b{year - 5}", f"b{year}")], date=str(year))

    def widths() -> list[int]:
        pages = [client.get(path).content.decode() for path in ("/tree/", "/tree.svg")]
        return [int(re.search(r'<svg [^>]*width="(\d+)"', page)[1]) for page in pages]

    assert max(widths()) <= 1240
    monkeypatch.setattr(devices, "SMALL", 17)
    body("one-more", founded="1990")  # nothing is kept of the earlier answers
    assert min(widths()) > 1500
