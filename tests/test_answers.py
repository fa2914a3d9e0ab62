"""How every address answers, proved over all of them: methods, errors, headers, well-formedness."""

from __future__ import annotations

import itertools
import json
import re
from xml.etree import ElementTree as ET

import pytest
from django.test import Client
from django.urls import reverse

from lineage.models import Account, CountryPeriod, Name
from tests.test_pages import Page, text
from tests.test_unseen_drafts import patterns

pytestmark = pytest.mark.django_db

ROUTES = [pattern.name for _, pattern in patterns()]
WITH_ID = [pattern.name for route, pattern in patterns() if "<slug:slug>" in route]
IS_EVENT = ("event", "event-json", "event-bib", "event-csl")
METHODS = ("post", "put", "patch", "delete", "options", "trace")
CSP = (
    "base-uri 'none'; default-src 'self'; form-action 'self'; frame-ancestors 'none'; "
    "img-src 'self' data:; object-src 'none'"
)
SECURITY = {
    "Content-Security-Policy": CSP,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
SVG = "{http://www.w3.org/2000/svg}"
SINHALA = "ලංකා සම සමාජ පක්ෂය & <Co>"


# What a route's parameters are in the record of these tests; ids are told by the route.
PARAMETERS = {"code": "LK", "when": "1953", "since": "1953", "until": "1963", "day": "09-03"}
OF_ANOTHER = {"event": "split", "source": "alexander"}
ASKING = {
    "related": "?from=fi&to=icfi",
    "related-json": "?from=fi&to=icfi",
    "search": "?q=sw",
    "search-json": "?q=sw",
    "oembed": "?url=/organisations/fi/",
}


def address(name: str, slug: str = "fi") -> str:
    """The address of that name; of an event or a source where it is theirs."""
    if slug == "fi":
        slug = OF_ANOTHER.get(name.partition("-")[0], slug)
    names = re.findall(r"<\w+:(\w+)>", {one.name: route for route, one in patterns()}[name])
    values = {one: PARAMETERS.get(one, slug) for one in names}
    return reverse(name, kwargs=values) + ASKING.get(name, "")


def form_of(path: str) -> str:
    """What an address answers in: html, json or svg."""
    path = path.partition("?")[0]
    if path == "/oembed":
        return "json"
    return path.rpartition(".")[2] if path.endswith((".json", ".svg")) else "html"


ELSEWHERE = ["any-date", "any-changes", "today"]  # lead on to another address
FORMS = ["correct"]  # take what is sent
FRAMES = ["embed", "tree-drawing", "organisation-tree-drawing"]
FILES = [name for name in ROUTES if name.endswith(("-bib", "-csl", "feed")) or name in
         ("sitemap", "robots") or name.startswith("export-")]  # fmt: skip
DRAWINGS = [name for name in ROUTES if name.endswith("-svg")]
PRINTS = [name for name in ROUTES if name.endswith(("-png", "-pdf"))]
DOCUMENTS = [name for name in ROUTES if name.endswith("-json") or name in
             ("export", "schema", "oembed")]  # fmt: skip
PAGES = [name for name in ROUTES if name not in
         {*ELSEWHERE, *FORMS, *FRAMES, *FILES, *DRAWINGS, *PRINTS, *DOCUMENTS}]  # fmt: skip
READABLE = [name for name in ROUTES if name not in {*ELSEWHERE, *FORMS}]


@pytest.fixture
def record(body, event, affiliate, source, cite):
    """A little of everything that a page can show."""
    fi = body("fi", name=SINHALA, kind="international", founded="1938", dissolved="1953")
    rows = {slug: body(slug, founded="1953~") for slug in ("icfi", "isfi", "swp", "alone")}
    twin = body("twin", name="SWP", active="2024", summary="Two\nlines.")
    CountryPeriod.objects.create(organisation=twin, country="LK")
    Name.objects.create(organisation=fi, text="FI", kind="abbreviation", language="en")
    ended = {"predecessor_continues": False}
    split = event("split", "split", [("fi", "icfi", ended), ("fi", "isfi", ended)],
                  date="1953", manner="disputed", complete=False)  # fmt: skip
    event("return", "merger", [("icfi", "isfi", {"successor_existed": True})], date="1963")
    event("renamed", "rename", [("swp", "twin")])
    cite(account=Account.objects.create(event=split, claimant="FI", organisation=fi, text="So."))
    Account.objects.create(subject=rows["icfi"], claimant="ICFI", text="We are it.")
    cite(organisation=fi, statement="founded")
    affiliate(rows["swp"], fi, since="1938")


@pytest.fixture
def stranger():
    """A client whose every request would need a CSRF token, if any did."""
    return Client(enforce_csrf_checks=True)


def told(response, path):
    """The status, title and detail of an error, from whichever form of it."""
    if form_of(path) == "json":
        assert response["Content-Type"] == "application/json"
        document = json.loads(response.content)
        assert list(document) == ["error"]
        assert list(document["error"]) == ["status", "title", "detail"]
        return document["error"]
    assert response["Content-Type"] == "text/html; charset=utf-8"
    page = Page(response.content.decode())
    title, detail = text(page.one("h1")), text(page.one("p[@class='lede']"))
    assert text(page.one("head/title")) == f"{title} – Lineage"
    return {"status": response.status_code, "title": title, "detail": detail}


def test_the_addresses_are_those_of_the_interchange():
    """A new address is added here and in the tests below by its kind."""
    assert [address(name, "ID") for name in ROUTES] == [
        "/",
        "/index.json",
        "/organisations/",
        "/organisations.json",
        "/organisations/ID/",
        "/organisations/ID.json",
        "/organisations/ID/tree/",
        "/organisations/ID/tree.svg",
        "/organisations/ID/tree.png",
        "/organisations/ID/tree.pdf",
        "/organisations/ID/tree.json",
        "/organisations/ID/tree/names.json",
        "/organisations/ID/tree/drawing/",
        "/organisations/ID/card/",
        "/tree/",
        "/tree/drawing/",
        "/tree.svg",
        "/tree.png",
        "/tree.pdf",
        "/tree/poster.svg",
        "/tree.json",
        "/tree/names.json",
        "/days/",
        "/days/09-03/",
        "/days/09-03.json",
        "/events/",
        "/events.json",
        "/events/ID/",
        "/events/ID.json",
        "/search/?q=sw",
        "/search.json?q=sw",
        "/related/?from=fi&to=icfi",
        "/related.json?from=fi&to=icfi",
        "/on/",
        "/on/1953/",
        "/on/1953.json",
        "/changes/",
        "/changes/1953/1963/",
        "/changes/1953/1963.json",
        "/countries/LK/",
        "/countries/LK.json",
        "/internationals/ID/sections/",
        "/internationals/ID/sections.json",
        "/accounts/",
        "/accounts.json",
        "/accounts/ID/",
        "/accounts/ID.json",
        "/sources/",
        "/sources.json",
        "/sources/ID/",
        "/sources/ID.json",
        "/completeness/",
        "/completeness.json",
        "/embed/organisations/ID/",
        "/oembed?url=/organisations/fi/",
        "/organisations/ID.bib",
        "/organisations/ID.csl.json",
        "/events/ID.bib",
        "/events/ID.csl.json",
        "/feeds/changes.atom",
        "/feeds/countries/LK.atom",
        "/feeds/organisations/ID.atom",
        "/corrections/",
        "/sitemap.xml",
        "/robots.txt",
        "/export/lineage.json",
        "/export/lineage.zip",
        "/export/lineage.graphml",
        "/export/lineage.dot",
        "/export/lineage.jsonld",
        "/schema/lineage-1.json",
    ]


# --- errors ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", [*READABLE, *ELSEWHERE])
def test_a_method_that_would_write_is_not_allowed(record, stranger, name):
    path = address(name)
    for method in METHODS:
        response = getattr(stranger, method)(path)
        assert (method, response.status_code, response["Allow"]) == (method, 405, "GET, HEAD")
        assert told(response, path) == {
            "status": 405,
            "title": "This address can only be read",
            "detail": "Ask with GET or HEAD; nothing is changed here.",
        }


@pytest.mark.parametrize("name", WITH_ID)
def test_an_unknown_id_is_not_found(record, client, name):
    path = address(name, "nobody")
    response = client.get(path)
    assert response.status_code == 404
    what = name.partition("-")[0]
    what = what if what in ("event", "source") else "organisation"
    assert told(response, path) == {
        "status": 404,
        "title": "There is no page at this address",
        "detail": f"There is no {what} with this id.",
    }


@pytest.mark.parametrize(
    "path", ["/nothing/", "/nothing.json", "/organisations/fi/x.json", "/organisations/a.b/"]
)
def test_an_unknown_address_is_not_found(record, client, path):
    response = client.get(path)
    assert response.status_code == 404
    assert told(response, path) == {
        "status": 404,
        "title": "There is no page at this address",
        "detail": "The record may have moved, or the address was mistyped.",
    }


@pytest.mark.parametrize("path", ["/", "/index.json"])
def test_a_fault_of_the_site_is_told_in_the_same_shape(client, monkeypatch, path):
    monkeypatch.setattr("lineage.views.site.counts", lambda: 1 / 0)
    client.raise_request_exception = False
    response = client.get(path)
    assert response.status_code == 500
    assert told(response, path) == {
        "status": 500,
        "title": "Something went wrong here",
        "detail": "It has been noted. Try again later.",
    }


def test_an_error_leads_back_into_the_site(client):
    page = Page(client.get("/nothing/").content.decode())
    links = [one.get("href") for one in page.part("try").iter("a")]
    assert links == ["/organisations/", "/tree/", "/"]


# --- headers --------------------------------------------------------------------------------------


SENT = [name for name in ROUTES if name not in (*FORMS, *FRAMES)]


@pytest.mark.parametrize("path", [*map(address, SENT), "/nothing/", "/nothing.json"])
def test_every_answer_carries_the_security_headers_and_no_cookie(record, client, path):
    response = client.get(path)
    found = {name: response.headers.get(name, "") for name in SECURITY}
    # The directives have no order of their own, and come in another one in each process.
    directives = sorted(found["Content-Security-Policy"].split("; "))
    assert found | {"Content-Security-Policy": "; ".join(directives)} == SECURITY
    assert not response.cookies
    assert "Cookie" not in response.headers.get("Vary", "")


@pytest.mark.parametrize("name", READABLE)
def test_head_answers_as_get_does_without_the_body(record, client, name):
    got, head = client.get(address(name)), client.head(address(name))
    assert (got.status_code, head.status_code) == (200, 200)
    assert head.content == b""
    assert got.content != b""
    assert dict(head.items()) == dict(got.items())


@pytest.mark.parametrize("name", PAGES)
def test_a_page_announces_its_json_and_that_is_there(record, client, name):
    response = client.get(address(name))
    assert response["Content-Type"] == "text/html; charset=utf-8"
    link = Page(response.content.decode()).one("link[@type='application/json']")
    there = link.get("href")
    assert link.attrib == {
        "rel": "alternate",
        "type": "application/json",
        "href": there,
        "title": "This page as JSON",
    }
    assert response["Link"] == f'<{there}>; rel="alternate"; type="application/json"'
    own = {"home": "/index.json", "organisation-card": "/organisations/fi.json"}
    path, mark, query = address(name).partition("?")
    expected = own.get(name, f"{path.rstrip('/')}.json{mark}{query}")
    assert there == expected
    answer = client.get(there)
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/json")
    assert isinstance(json.loads(answer.content), dict)


def test_the_json_of_a_list_keeps_its_query(record, client):
    response = client.get("/organisations/?q=sw&country=LK&page=1")
    page = Page(response.content.decode())
    there = page.one("link[@type='application/json']").get("href")
    assert there == "/organisations.json?q=sw&country=LK&page=1"
    assert response["Link"].startswith(f"<{there}>; ")
    assert [one["id"] for one in json.loads(client.get(there).content)["organisations"]] == ["twin"]


@pytest.mark.parametrize("name", DOCUMENTS)
def test_json_is_utf_8_as_it_is_spelt_and_open_to_other_sites(record, client, name):
    response = client.get(address(name))
    assert response["Content-Type"] == "application/json"
    assert response["Access-Control-Allow-Origin"] == "*"
    body = response.content.decode()
    assert body == json.dumps(json.loads(body), ensure_ascii=False, indent=2) + "\n"


def test_json_spells_names_in_their_own_letters(record, client):
    for path in ("/organisations/fi.json", "/organisations.json", "/export/lineage.json"):
        assert SINHALA in client.get(path).content.decode()


# --- well-formedness ------------------------------------------------------------------------------


ERRORS = ["/nothing/", "/organisations/?page=x"]


@pytest.mark.parametrize("path", [*(address(name) for name in PAGES), *ERRORS])
def test_a_page_is_balanced_and_its_ids_and_references_hold(record, client, path):
    page = Page(client.get(path).content.decode())
    ids = [one.get("id") for one in page.root.iter() if one.get("id")]
    assert sorted(ids) == sorted(set(ids))
    for attribute in ("aria-labelledby", "aria-describedby", "for"):
        wanted = {
            name for one in page.root.iter() for name in one.get(attribute, "").split() if name
        }
        assert wanted - set(ids) == set()
    anchors = {one.get("href")[1:] for one in page.all("a") if one.get("href", "").startswith("#")}
    assert anchors - set(ids) == set()
    assert page.one("html").get("lang") == "en"
    headings = [one for one in page.root.iter() if re.fullmatch("h[1-6]", one.tag)]
    assert [one.tag for one in headings].count("h1") == 1
    levels = [int(one.tag[1]) for one in headings]
    assert all(later - earlier <= 1 for earlier, later in itertools.pairwise(levels))


@pytest.mark.parametrize("path", [*map(address, PAGES + DRAWINGS), *ERRORS])
def test_nothing_in_a_page_or_drawing_is_inline_style_or_script(record, client, path):
    body = client.get(path).content.decode()
    root = ET.fromstring(body) if form_of(path) == "svg" else Page(body).root  # noqa: S314
    for element in root.iter():
        tag = element.tag.removeprefix(SVG)
        assert tag != "style"
        assert "style" not in element.attrib
        assert [name for name in element.attrib if name.startswith("on")] == []
        assert not element.get("href", "").startswith("javascript:")
        if tag == "script" and element.get("type") == "application/ld+json":
            assert json.loads(element.text)["@context"]
        elif tag == "script":
            assert element.get("src", "").startswith("/static/")
            assert not (element.text or "").strip()


@pytest.mark.parametrize("path", [*(address(name) for name in PAGES), *ERRORS])
def test_every_link_within_the_site_leads_somewhere(record, client, path):
    page = Page(client.get(path).content.decode())
    links = {one.get("href").partition("#")[0] for one in page.all("a")}
    inside = sorted(link for link in links if link.startswith(("/", "?")))
    assert len(inside) > 3
    for link in inside:
        target = path.partition("?")[0] + link if link.startswith("?") else link
        assert (target, client.get(target, follow=True).status_code) == (target, 200)


def test_a_name_is_text_wherever_it_stands(record, client):
    for path in ("/organisations/", "/organisations/fi/", "/tree/", "/events/split/"):
        body = client.get(path).content.decode()
        assert "<Co>" not in body
        assert "&amp; &lt;Co&gt;" in body


@pytest.mark.parametrize("name", DRAWINGS)
def test_a_drawing_is_well_formed_and_holds_each_body_and_line_once(record, client, name):
    response = client.get(address(name))
    assert response["Content-Type"] == "image/svg+xml"
    root = ET.fromstring(response.content)  # noqa: S314
    there = address(name).replace("/poster", "").replace(".svg", ".json")
    geometry = json.loads(client.get(there).content)
    assert root.tag == f"{SVG}svg"
    bars = [one for one in root.iter() if one.get("class") == "organisation"]
    if name == "tree-poster-svg":  # by section
        order = [bar["id"] for bar in geometry["bars"]]
        bars.sort(key=lambda one: order.index(one.get("data-id")))
    assert {one.tag for one in bars} == {f"{SVG}a"}
    assert [one.get("data-id") for one in bars] == [bar["id"] for bar in geometry["bars"]]
    assert [one.get("href") for one in bars] == [
        f"/organisations/{bar['id']}/" for bar in geometry["bars"]
    ]
    everybody = {"fi", "icfi", "isfi"}
    everybody |= {"swp", "twin", "alone"} if name.startswith("tree-") else set()
    assert {bar["id"] for bar in geometry["bars"]} == everybody
    assert len(bars) == len(everybody)
    lines = [one for one in root.iter() if one.get("class", "").split()[:1] == ["succession"]]
    assert {one.tag for one in lines} == {f"{SVG}path"}
    drawn = sorted(
        (one.get("class").split()[1], one.get("data-from"), one.get("data-to")) for one in lines
    )
    expected = [(one["kind"], one["from"], one["to"]) for one in geometry["connectors"]]
    assert drawn == sorted(expected)
    known = [("merger", "icfi", "isfi"), ("split", "fi", "icfi"), ("split", "fi", "isfi")]
    if name.startswith("tree-"):
        known.append(("rename", "swp", "twin"))
    assert drawn == sorted(known)
    assert [one for one in root.iter() if one.tag == f"{SVG}script"] == []


@pytest.mark.parametrize("name", PRINTS)
def test_a_print_is_a_file_of_its_kind_with_a_name(record, client, name):
    response = client.get(address(name))
    form = name[-3:]
    kinds = {"png": ("image/png", b"\x89PNG\r\n\x1a\n"), "pdf": ("application/pdf", b"%PDF-1.")}
    assert (response["Content-Type"], response.content[: len(kinds[form][1])]) == kinds[form]
    whole = "poster" if name.startswith("tree-") else "fi"
    assert response["Content-Disposition"] == f'inline; filename="{whole}.{form}"'


@pytest.mark.parametrize("name", ["tree-json", "organisation-tree-json"])
def test_a_geometry_has_the_keys_of_the_contract(record, client, name):
    geometry = json.loads(client.get(address(name)).content)
    contract = {"lanes", "from", "to", "bars", "connectors", "crossings", "length"}
    assert contract - geometry.keys() == set()
    bar, line = geometry["bars"][0], geometry["connectors"][0]
    assert {"id", "lane", "start", "end", "open_start", "open_end"} - bar.keys() == set()
    assert {"kind", "from", "to", "from_lane", "to_lane", "at"} - line.keys() == set()


def test_the_document_meets_its_schema(record, client):
    import jsonschema

    schema = json.loads(client.get("/schema/lineage-1.json").content)
    document = json.loads(client.get("/export/lineage.json").content)
    jsonschema.Draft202012Validator.check_schema(schema)
    assert list(jsonschema.Draft202012Validator(schema).iter_errors(document)) == []
    assert len(document["organisations"]) == 6
