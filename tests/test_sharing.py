"""What others take from the site: references, feeds, frames, linked data; and what they send."""

from __future__ import annotations

import json
from datetime import date
from xml.etree import ElementTree as ET

import pytest
from django.contrib.auth.models import Group, User
from django.core.management import call_command
from django.urls import reverse

from lineage.models import (
    Account,
    Correction,
    CountryPeriod,
    Identifier,
    Name,
    Organisation,
    correction,
)
from lineage.reading.references import Reference
from tests.test_pages import Page, text

pytestmark = pytest.mark.django_db

ATOM = "{http://www.w3.org/2005/Atom}"
MAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"


@pytest.fixture
def record(body, event, affiliate):
    fi = body("fi", name="Fourth International", kind="international", founded="1938-09-03",
              dissolved="1953~", summary="Founded <near> Paris.")  # fmt: skip
    icfi = body("icfi", name="Committee", kind="international", founded="1953")
    swp = body("swp", name="Workers & Co", founded="1938")
    CountryPeriod.objects.create(organisation=swp, country="US")
    Name.objects.create(organisation=fi, text="FI", kind="abbreviation")
    Name.objects.create(organisation=fi, text="Quatrième Internationale", language="fr")
    Identifier.objects.create(organisation=fi, scheme="wikidata", value="Q1")
    event("split", "split", [("fi", "icfi")], date="1953", title="The split, 1953")
    affiliate(swp, fi, since="1938")
    return {"fi": fi, "icfi": icfi, "swp": swp}


# --- references -----------------------------------------------------------------------------------

SEEN = Reference("imt", "IMT & co_1 {x} (2006)", "Lineage", "https://a.org/imt/", "0a1b2c3d",
                 date(2026, 11, 27))  # fmt: skip


def test_a_reference_in_prose_bibtex_and_csl():
    assert SEEN.prose == (
        "“IMT & co_1 {x} (2006).” Lineage. Edition 0a1b2c3d, seen 27 November 2026. "
        "https://a.org/imt/"
    )
    assert SEEN.bibtex() == (
        "@misc{lineage-imt,\n"
        "  title = {{IMT \\& co\\_1 \\{x\\} (2006)}},\n"
        "  howpublished = {Lineage},\n"
        "  edition = {0a1b2c3d},\n"
        "  year = {2026},\n"
        "  url = {https://a.org/imt/},\n"
        "  urldate = {2026-11-27}\n"
        "}\n"
    )
    assert json.loads(SEEN.csl()) == [
        {
            "id": "lineage-imt",
            "type": "webpage",
            "title": "IMT & co_1 {x} (2006)",
            "container-title": "Lineage",
            "version": "0a1b2c3d",
            "URL": "https://a.org/imt/",
            "accessed": {"date-parts": [[2026, 11, 27]]},
        }
    ]


def test_a_page_says_how_to_cite_it_and_leads_to_the_files(client, record):
    page = Page(client.get("/organisations/fi/").content.decode())
    prose = text(page.one("p[@class='reference']"))
    assert prose.startswith("“Fourth International (3 September 1938 – about 1953).” Lineage")
    assert prose.endswith("http://testserver/organisations/fi/")
    links = {text(one): one.get("href") for one in page.part("cite").iter("a")}
    assert links == {
        "This record as JSON": "/organisations/fi.json",
        "BibTeX": "/organisations/fi.bib",
        "CSL-JSON": "/organisations/fi.csl.json",
        "Its changes, a feed": "/feeds/organisations/fi.atom",
        "Send a correction": "/corrections/?about=/organisations/fi/",
    }
    bib = client.get("/events/split.bib")
    assert bib["Content-Type"] == "application/x-bibtex; charset=utf-8"
    assert "title = {{The split, 1953}}" in bib.content.decode()
    csl = client.get("/events/split.csl.json")
    assert csl["Content-Type"] == "application/vnd.citationstyles.csl+json"
    assert json.loads(csl.content)[0]["URL"] == "http://testserver/events/split/"


# --- linked data ----------------------------------------------------------------------------------


def linked(client, path: str):
    page = Page(client.get(path).content.decode())
    return json.loads(page.one("script[@type='application/ld+json']").text)


def test_a_body_and_an_event_are_linked_data(client, record):
    here = "http://testserver"
    assert linked(client, "/organisations/fi/") == {
        "@context": {
            "@vocab": "https://schema.org/",
            "org": "http://www.w3.org/ns/org#",
            "skos": "http://www.w3.org/2004/02/skos/core#",
        },
        "@id": f"{here}/organisations/fi/",
        "@type": ["Organization", "org:Organization"],
        "name": "Fourth International",
        "url": f"{here}/organisations/fi/",
        "description": "Founded <near> Paris.",
        "alternateName": ["Quatrième Internationale"],
        "skos:altLabel": ["FI"],
        "foundingDate": "1938-09-03",  # and no end: "about 1953" is no date there
        "sameAs": ["http://www.wikidata.org/entity/Q1"],
        "org:changedBy": [{"@id": f"{here}/events/split/"}],
    }
    swp = linked(client, "/organisations/swp/")
    assert swp["location"] == [{"@type": "Country", "name": "United States"}]
    assert swp["memberOf"] == [{"@id": f"{here}/organisations/fi/"}]
    assert linked(client, "/organisations/icfi/")["org:resultedFrom"] == [
        {"@id": f"{here}/events/split/"}
    ]
    event = linked(client, "/events/split/")
    assert event["org:originalOrganization"] == [{"@id": f"{here}/organisations/fi/"}]
    assert event["org:resultingOrganization"] == [{"@id": f"{here}/organisations/icfi/"}]


def test_nothing_in_the_record_breaks_out_of_the_data(client, body):
    body("a", name="</script><script>alert(1)</script>", summary="<!-- &amp;")
    content = client.get("/organisations/a/").content.decode()
    assert "<script>alert" not in content
    assert linked(client, "/organisations/a/")["description"] == "<!-- &amp;"


# --- frames ---------------------------------------------------------------------------------------


def test_a_tree_may_be_framed_anywhere_and_nothing_else(client, record):
    framed, page = client.get("/embed/organisations/fi/"), client.get("/organisations/fi/tree/")
    assert "X-Frame-Options" not in framed
    assert "frame-ancestors *" in framed["Content-Security-Policy"]
    assert page["X-Frame-Options"] == "DENY"
    again = client.get("/embed/organisations/fi/")  # from what is kept
    assert "frame-ancestors *" in again["Content-Security-Policy"]
    assert "X-Frame-Options" not in again
    inside = Page(framed.content.decode())
    assert inside.one("base").get("target") == "_top"
    bars = [one for one in inside.root.iter() if one.get("class") == "organisation"]
    assert {one.get("data-id") for one in bars} == {"fi", "icfi"}
    asked = client.get("/embed/organisations/fi/?direction=ancestors").content.decode()
    assert 'data-id="icfi"' not in asked
    assert client.get("/embed/organisations/fi/?depth=x").status_code == 400


def oembed(client, url: str, **asked: str):
    return client.get("/oembed", {"url": url, **asked})


def test_an_address_tells_how_to_embed_it(client, record):
    page = Page(client.get("/organisations/fi/").content.decode())
    there = page.one("link[@type='application/json+oembed']").get("href")
    document = json.loads(client.get(there).content)
    assert (document["version"], document["type"]) == ("1.0", "rich")
    assert document["html"] == (
        '<iframe src="http://testserver/embed/organisations/fi/" title="Fourth International '
        '(3 September 1938 – about 1953) and its family" width="800" height="500" loading="lazy" '
        'style="border:0"></iframe>'
    )
    small = json.loads(oembed(client, "http://testserver/organisations/fi/tree/", maxwidth="300",
                              maxheight="200").content)  # fmt: skip
    assert (small["width"], small["height"]) == (300, 200)


@pytest.mark.parametrize(
    ("url", "asked", "status"),
    [
        ("", {}, 400),
        ("http://elsewhere.org/organisations/fi/", {}, 404),
        ("http://testserver/organisations/nobody/", {}, 404),
        ("http://testserver/events/split/", {}, 404),
        ("ftp://testserver/organisations/fi/", {}, 404),
        ("http://[/", {}, 404),
        ("/organisations/fi/", {"format": "xml"}, 501),
        ("/organisations/fi/", {"maxwidth": "wide"}, 400),
        ("/organisations/fi/", {"maxwidth": "1"}, 400),
    ],
)
def test_what_cannot_be_embedded_is_told(client, record, url, asked, status):
    response = oembed(client, url, **asked)
    assert (response.status_code, list(json.loads(response.content))) == (status, ["error"])


# --- what programs are told -----------------------------------------------------------------------


def test_programs_are_told_what_there_is(client, record, body):
    body("draft", status="draft")
    robots = client.get("/robots.txt")
    assert robots.content.decode() == (
        "User-agent: *\nDisallow: /admin/\nDisallow: /corrections/\n"
        "Sitemap: http://testserver/sitemap.xml\n"
    )
    tree = ET.fromstring(client.get("/sitemap.xml").content)  # noqa: S314
    found = [one.text.removeprefix("http://testserver") for one in tree.iter(f"{MAP}loc")]
    assert found == [
        "/", "/tree/", "/organisations/", "/events/", "/sources/", "/completeness/", "/search/",
        "/related/", "/countries/US/", "/internationals/fi/sections/",
        "/internationals/icfi/sections/", "/organisations/fi/tree/", "/organisations/swp/tree/",
        "/organisations/fi/", "/organisations/icfi/", "/organisations/swp/", "/events/split/",
    ]  # fmt: skip
    assert [path for path in found if client.get(path).status_code != 200] == []
    assert client.get("/sitemap.xml?p=x").status_code == 400
    assert client.get("/sitemap.xml?p=9").status_code == 404


# --- feeds ----------------------------------------------------------------------------------------


def entries(client, path: str) -> list[tuple[str, str]]:
    response = client.get(path)
    assert response["Content-Type"] == "application/atom+xml; charset=utf-8"
    feed = ET.fromstring(response.content)  # noqa: S314
    return [
        (one.findtext(f"{ATOM}title"), one.findtext(f"{ATOM}summary"))
        for one in feed.iter(f"{ATOM}entry")
    ]


def test_a_feed_tells_what_was_changed(client, record):
    for model in (Organisation, Name, CountryPeriod, Identifier):
        model.history.all().delete()
    for name in ("Affiliation", "ChangeEvent", "Succession"):
        __import__("lineage.models", fromlist=[name]).__dict__[name].history.all().delete()
    assert entries(client, "/feeds/changes.atom") == []
    swp = record["swp"]
    swp.founded = "1937"
    swp.save()
    Name.objects.create(organisation=swp, text="SWP", kind="abbreviation")
    Account.objects.create(subject=record["fi"], claimant="A paper", text="So.")
    late = ("Workers & Co (1937–?)", "Changed: names, the record itself.")
    assert set(entries(client, "/feeds/changes.atom")) == {
        late,
        ("Fourth International (3 September 1938 – about 1953)", "Changed: accounts."),
    }
    assert entries(client, "/feeds/countries/US.atom") == [late]
    assert entries(client, "/feeds/organisations/icfi.atom") == []
    assert client.get("/feeds/countries/FR.atom").status_code == 404


def test_what_comes_in_with_a_document_is_new_once_the_record_stands(client, tmp_path):
    def load(*ids: str) -> None:
        rows = [{"id": one, "name": one.upper()} for one in ids]
        file = tmp_path / "document.json"
        file.write_text(json.dumps({"format": "lineage", "version": "1.0", "organisations": rows}))
        call_command("import_lineage", str(file), "--update", verbosity=0)

    load("a")
    assert entries(client, "/feeds/changes.atom") == []
    load("a", "b")
    assert entries(client, "/feeds/changes.atom") == [("B", "New in the record.")]


# --- an id that changed ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "there"),
    [
        ("/organisations/old/", "/organisations/new/"),
        ("/organisations/old.json", "/organisations/new.json"),
        ("/organisations/old/tree/?depth=2", "/organisations/new/tree/?depth=2"),
        ("/organisations/old/card/", "/organisations/new/card/"),
        ("/organisations/old.bib", "/organisations/new.bib"),
        ("/internationals/old/sections/", "/internationals/new/sections/"),
    ],
)
def test_a_changed_id_leads_on_to_the_new_one(client, body, path, there):
    row = body("old")
    row.slug = "new"
    row.save()
    response = client.get(path)
    assert (response.status_code, response["Location"]) == (301, there)


def test_and_so_does_an_events_but_not_that_of_what_is_hidden(client, body, event):
    body("a"), body("b")
    row = event("old", "split", [("a", "b")])
    row.slug = "new"
    row.save()
    assert client.get("/events/old/")["Location"] == "/events/new/"
    row.status = "draft"
    row.save()
    assert client.get("/events/old/").status_code == 404


# --- corrections ----------------------------------------------------------------------------------

NOTE = {"page": "/organisations/fi/", "text": "It was founded in Périgny.", "source": "Alexander",
        "name": "Rea", "contact": "", "website": ""}  # fmt: skip


def send(client, **fields: str):
    return client.post("/corrections/", {**NOTE, **fields})


def test_a_reader_sends_a_correction_and_an_editor_weighs_it(client, record):
    page = Page(client.get("/corrections/?about=/organisations/fi/").content.decode())
    assert "Fourth International" in text(page.one("p[@class='lede']"))
    assert send(client)["Location"] == "/corrections/?sent=1"
    assert "Thank you" in client.get("/corrections/?sent=1").content.decode()
    (row,) = Correction.objects.all()
    assert (row.page, row.text, row.source, row.name, row.state) == (
        "/organisations/fi/", NOTE["text"], "Alexander", "Rea", "new",
    )  # fmt: skip
    assert "127.0.0.1" not in row.sender
    ed = User.objects.create_user("ed", password="pw", is_staff=True)
    ed.groups.add(Group.objects.get(name="Editor"))
    client.force_login(ed)
    listed = client.get(reverse("admin:lineage_correction_changelist")).content.decode()
    assert "It was founded in Périgny." in listed
    there = reverse("admin:lineage_correction_change", args=[row.pk])
    client.post(there, {"state": "taken-up", "remarks": "Done.", "text": "Changed"})
    row.refresh_from_db()
    assert (row.state, row.remarks, row.text) == ("taken-up", "Done.", NOTE["text"])
    assert client.get(reverse("admin:lineage_correction_add")).status_code == 403


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"text": ""}, "Write what is wrong or missing."),
        ({"text": "x" * 4001}, "at most 4000 characters"),
        ({"text": "a\x07b"}, "U+0007"),
        ({"page": "https://elsewhere.org/"}, "There is no page of this site at that address."),
        ({"page": "/nothing/"}, "There is no page of this site at that address."),
        ({"source": "x" * 501}, "at most 500 characters"),
    ],
)
def test_what_cannot_be_sent_is_told_and_kept_in_the_form(client, record, fields, sentence):
    response = send(client, **fields)
    assert response.status_code == 400
    page = Page(response.content.decode())
    assert sentence in text(page.one("div[@role='alert']"))
    if "text" not in fields:
        assert text(page.one("textarea")) == NOTE["text"]
    assert not Correction.objects.exists()


def test_a_program_that_fills_every_field_is_thanked_and_forgotten(client, record):
    assert send(client, website="https://spam.example")["Location"] == "/corrections/?sent=1"
    assert not Correction.objects.exists()


def test_one_sender_can_send_but_so_many_in_an_hour(client, record):
    for number in range(correction.FROM_ONE):
        assert send(client, text=f"Note {number}").status_code == 302
    response = send(client)
    assert response.status_code == 429
    assert "Send the next one in an hour." in response.content.decode()
    assert send(client, REMOTE_ADDR="10.0.0.9").status_code == 429  # a field is no address
    other = client.post("/corrections/", NOTE, REMOTE_ADDR="10.0.0.9")
    assert other.status_code == 302
    assert Correction.objects.count() == correction.FROM_ONE + 1


def test_all_senders_together_can_send_but_so_many(client, record, monkeypatch):
    monkeypatch.setattr(correction, "FROM_ALL", 2)
    for number in range(2):
        assert client.post("/corrections/", NOTE, REMOTE_ADDR=f"10.0.0.{number}").status_code == 302
    assert client.post("/corrections/", NOTE, REMOTE_ADDR="10.0.0.7").status_code == 429


def test_a_correction_is_no_part_of_the_record(client, record):
    first = client.get("/organisations/fi/")
    send(client)
    assert (
        client.get("/organisations/fi/", headers={"If-None-Match": first["ETag"]}).status_code
        == 304
    )
    assert "Périgny" not in client.get("/export/lineage.json").content.decode()


def test_a_form_from_elsewhere_is_refused_in_words(record):
    from django.test import Client

    response = Client(enforce_csrf_checks=True).post("/corrections/", NOTE)
    assert response.status_code == 403
    assert "The form had expired" in response.content.decode()
    assert Client().put("/corrections/").status_code == 405


@pytest.mark.parametrize(
    ("path", "there"),
    [
        ("/", "/tree.png?kind=international"),
        ("/organisations/fi/", "/organisations/fi/tree.png?depth=1"),
        (
            "/organisations/fi/tree/?direction=ancestors",
            "/organisations/fi/tree.png?direction=ancestors",
        ),
        ("/countries/US/", "/tree.png?country=US"),
    ],
)
def test_a_link_has_a_picture(client, record, path, there):
    page = Page(client.get(path).content.decode())
    (picture,) = [one for one in page.all("meta") if one.get("property") == "og:image"]
    assert picture.get("content") == f"http://testserver{there}"
    answer = client.get(there)
    assert (answer.status_code, answer["Content-Type"]) == (200, "image/png")


def test_the_desk_shows_what_readers_sent_beside_the_record(client, record):
    notes = {
        "/organisations/fi/": ("new", "Not Périgny."),
        "/organisations/fi/tree/": ("weighed", "A line is missing."),
        "/organisations/swp/": ("new", "Of another body."),
        "/organisations/fi/card/": ("declined", "Nonsense."),
    }
    for page, (state, words) in notes.items():
        Correction.objects.create(page=page, text=words, state=state)
    ed = User.objects.create_user("ed", password="pw", is_staff=True)
    ed.groups.add(Group.objects.get(name="Editor"))
    client.force_login(ed)
    there = reverse("admin:lineage_organisation_change", args=[record["fi"].pk])
    shown = client.get(there).content.decode()
    assert [words for _state, words in notes.values() if words in shown] == [
        "Not Périgny.",
        "A line is missing.",
    ]
