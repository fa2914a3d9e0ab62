"""The sources as pages and as data: which there are, and what is drawn from each."""

from __future__ import annotations

import pytest

from lineage.models import Account, Fact, Name, Source

pytestmark = pytest.mark.django_db

BOOK = {
    "id": "book",
    "title": "The Book",
    "authors": ["A. Writer", "B. Writer"],
    "year": "1991",
    "kind": "book",
    "publisher": "A House",
    "url": "https://example.org/book",
}
PAPER = {
    "id": "paper",
    "title": "Paper",
    "authors": [],
    "year": None,
    "kind": "",
    "publisher": "",
    "url": "",
}


@pytest.fixture
def record(body, event, affiliate):
    """A source that two bodies and an event cite, and one that nothing cites."""
    fields = {**BOOK, "slug": BOOK["id"]}
    fields.pop("id")
    book = Source.objects.create(**fields)
    Source.objects.create(slug="paper", title="Paper")
    fi = body("fi", name="International")
    swp = body("swp", name="Workers Party", founded="1938")
    split = event("split", "split", [("fi", "swp")], date="1953", title="The split of 1953")
    made = {
        "name": Name.objects.create(organisation=swp, text="SWP", kind="abbreviation"),
        "fact": Fact.objects.create(organisation=swp, kind="leader", text="Someone"),
        "affiliation": affiliate(swp, fi),
        "account": Account.objects.create(event=split, claimant="SWP", text="So."),
    }
    for target, row in made.items():
        row.citations.create(source=book, locator="p. 1")
        assert target
    swp.citations.create(source=book, statement="founded", locator="p. 2")
    swp.citations.create(source=book, statement="founded", locator="p. 3")
    fi.citations.create(source=book, statement="existence")
    fi.accounts.create(claimant="International", text="We are it.").citations.create(source=book)
    split.citations.create(source=book, statement="successions")
    split.citations.create(source=book, statement="date")


def test_all_sources_the_most_cited_first(client, record):
    assert client.get("/sources.json").json() == {
        "count": 2,
        "next": None,
        "sources": [{**BOOK, "citations": 10}, {**PAPER, "citations": 0}],
    }
    page = client.get("/sources/").content.decode()
    for told in (
        "All 2 works and pages",
        '<a href="/sources/book/">The Book</a>',
        (
            "<span>A. Writer, B. Writer</span><span>A House</span><span>book</span>"
            '<span class="years">1991</span><span>cited 10 times</span>'
        ),
        "<span>not cited yet</span>",
    ):
        assert told in page


def test_what_is_drawn_from_one(client, record):
    assert client.get("/sources/book.json").json() == {
        **BOOK,
        "cited_by": [
            {
                "organisation": "fi",
                "statements": ["what International says", "that it existed"],
            },
            {
                "organisation": "swp",
                "statements": [
                    "the name SWP",
                    "leader",
                    "its place in International",
                    "its founding",
                ],
            },
            {
                "event": "split",
                "statements": ["what SWP says", "its date", "which bodies took part"],
            },
        ],
    }


def test_the_page_of_one(client, record):
    page = client.get("/sources/book/").content.decode()
    for told in (
        "<h1>The Book</h1>",
        "A. Writer, B. Writer. <cite>The Book</cite>, book. A House, 1991.",
        '<a href="https://example.org/book">example.org</a>',
        (
            '<h3><a href="/organisations/swp/">Workers Party</a></h3> <span class="years">1938–?'
            '</span><p class="old-name">the name SWP, leader, its place in International, '
            "its founding</p>"
        ),
        (
            '<h3><a href="/events/split/">The split of 1953</a></h3>'
            '<p class="old-name">what SWP says, its date, which bodies took part</p>'
        ),
    ):
        assert told in page


def test_each_statement_has_its_words(client, body, event, cite):
    fi = body("fi")
    split = event("split", "split", [("fi", body("swp"))])
    for statement in ("", "active", "countries", "dissolved", "existence", "founded", "summary"):
        cite(organisation=fi, statement=statement)
    for statement in ("", "successions", "complete", "manner"):
        cite(event=split, statement=statement)
    assert client.get("/sources/alexander.json").json()["cited_by"] == [
        {
            "organisation": "fi",
            "statements": [
                "the whole record",
                "that it exists",
                "its country",
                "its end",
                "that it existed",
                "its founding",
                "its summary",
            ],
        },
        {
            "event": "split",
            "statements": [
                "the whole record",
                "that others took part",
                "its manner",
                "which bodies took part",
            ],
        },
    ]


def test_bodies_come_by_name_and_events_by_date_those_without_one_last(client, body, event, cite):
    for slug, name in (
        ("c", "Alpha"),
        ("b", "Énergie"),
        ("a", "Zeta"),
        ("e", "Twin"),
        ("d", "Twin"),
    ):
        cite(organisation=body(slug, name=name))
    for slug, date in (("u", ""), ("w", "1950"), ("v", "1940"), ("x", "1950")):
        cite(event=event(slug, "split", [("a", "b")], date=date))
    cited_by = client.get("/sources/alexander.json").json()["cited_by"]
    assert [next(iter(one.values())) for one in cited_by] == [*"cbdea", *"vwxu"]


def test_an_event_without_a_title_is_told_as_on_its_own_page(client, body, event, cite):
    for slug in ("old", "young", "elder", "middle"):
        body(slug, name=slug.title())
    successors = ("young", "elder", "middle")
    cite(event=event("crisis", "split", [("old", slug) for slug in successors]))
    title = "Elder, Middle and Young split from Old"
    assert f"<h1>{title}</h1>" in client.get("/events/crisis/").content.decode()
    assert f'<a href="/events/crisis/">{title}</a>' in (
        client.get("/sources/alexander/").content.decode()
    )


def test_sources_cited_as_often_come_by_title_and_then_by_id(client, db):
    for slug, title in (("a", "Zeta"), ("c", "Same"), ("b", "Same"), ("d", "Alpha")):
        Source.objects.create(slug=slug, title=title)
    listed = client.get("/sources.json").json()["sources"]
    assert [one["id"] for one in listed] == ["d", "b", "c", "a"]


def test_a_source_that_nothing_cites_says_so(client, record):
    assert client.get("/sources/paper.json").json() == {**PAPER, "cited_by": []}
    assert client.get("/sources/paper/").content.decode().count("None draws on it.") == 2


def test_a_source_of_unseen_statements_alone_is_not_there(client, record, body):
    hidden = Source.objects.create(slug="hidden", title="Hidden")
    body("draft", status="draft").citations.create(source=hidden, statement="name")
    assert "hidden" not in [one["id"] for one in client.get("/sources.json").json()["sources"]]
    assert client.get("/sources/hidden/").status_code == 404
    assert client.get("/sources/hidden.json").json() == {
        "error": {
            "status": 404,
            "title": "There is no page at this address",
            "detail": "There is no source with this id.",
        }
    }


def test_what_unseen_statements_draw_from_a_source_is_not_told(client, record, body):
    before = client.get("/sources/book.json").json()
    body("draft", status="draft").citations.create(
        source=Source.objects.get(slug="book"), statement="name"
    )
    assert client.get("/sources/book.json").json() == before
    assert client.get("/sources.json").json()["sources"][0]["citations"] == 10


def test_a_page_leads_from_its_sources_to_all_that_is_drawn_from_them(client, record):
    page = client.get("/organisations/swp/").content.decode()
    assert '<a href="/sources/book/">all that is drawn from it</a>' in page


def test_a_record_without_a_source_says_so(client, db):
    assert "The record has no source yet." in client.get("/sources/").content.decode()


def test_many_sources_come_a_page_at_a_time(client, db):
    Source.objects.bulk_create(
        Source(slug=f"s{number:03}", title=f"T{number:03}") for number in range(201)
    )
    first = client.get("/sources.json").json()
    assert (first["count"], first["next"]) == (201, "/sources.json?page=2")
    assert [one["id"] for one in first["sources"]] == [f"s{number:03}" for number in range(200)]
    second = client.get(first["next"]).json()
    assert [one["id"] for one in second["sources"]] == ["s200"]
    assert second["next"] is None
    for address in ("/sources/", "/sources/?page=", "/sources/?page=1"):
        assert client.get(address)["Link"].startswith("</sources.json>")
    page = client.get("/sources/?page=2")
    assert page["Link"].startswith("</sources.json?page=2>")
    assert '<a href="?page=1" rel="prev">Previous page</a>' in page.content.decode()
    assert client.get("/sources/?page=3").status_code == 404
    assert client.get("/sources.json?page=0").json()["error"]["detail"] == (
        "The page is a number from 1."
    )
