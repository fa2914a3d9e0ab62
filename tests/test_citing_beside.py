"""Ed cites a source from beside the field that it supports."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from django.urls import reverse

from lineage.models import Account, Affiliation, Citation, Fact, Name, Organisation, Source
from tests.browsing import expect, of_browser
from tests.desk import body, change, filled, member
from tests.test_page_queries import queries
from tests.test_pages import Page, text

in_database = pytest.mark.django_db
ADD = "/admin/lineage/citation/add/"


def at(record) -> str:
    return reverse(f"admin:lineage_{record._meta.model_name}_change", args=[record.pk])


def offered(client, record) -> dict[str, str]:
    """By the statement that a link begins to cite: what stands there."""
    page = Page(client.get(at(record)).content.decode())
    return {
        next(place.iter("a")).get("data-cite"): text(place)
        for place in page.all("span[@class='lineage-cite']")
    }


def link(client, record, statement: str) -> str:
    page = Page(client.get(at(record)).content.decode())
    (found,) = [one for one in page.all("a[@data-cite]") if one.get("data-cite") == statement]
    return found.get("href")


@in_database
def test_each_field_of_a_body_says_how_many_citations_support_it(ed):
    one = body("a")
    source = Source.objects.create(slug="s", title="S")
    for statement, locator in (("founded", "p. 1"), ("founded", "p. 2"), ("", ""), ("kind", "")):
        Citation.objects.create(
            organisation=one, source=source, statement=statement, locator=locator
        )
    assert offered(ed, one) == {
        "name": "Cite a source for: Name 1 citation",
        "kind": "Cite a source for: Kind 2 citations",
        "founded": "Cite a source for: Founded 3 citations",
        "dissolved": "Cite a source for: Dissolved 1 citation",
        "active": "Cite a source for: Last attested 1 citation",
        "summary": "Cite a source for: Summary 1 citation",
        "countries": "Cite a source for: countries 1 citation",
        "existence": "Cite a source for: existence 1 citation",
    }


@in_database
def test_events_memberships_names_facts_and_accounts_are_cited_so_too(ed):
    one, other = body("a"), body("b")
    event = change("e", (one, other))
    records = {
        event: {"kind", "date", "manner", "title", "complete", "summary", "successions"},
        Affiliation.objects.create(organisation=one, body=other): {"", "since", "until"},
        Name.objects.create(organisation=one, text="N"): {"", "since", "until"},
        Fact.objects.create(organisation=one, kind="leader", text="F"): {
            "",
            "number",
            "since",
            "until",
        },
        Account.objects.create(event=event, claimant="C", text="T"): {""},
    }
    for record, statements in records.items():
        told = offered(ed, record)
        assert set(told) == statements
        assert {said.rsplit(" ", 2)[1] for said in told.values()} == {"no"}


@in_database
def test_the_link_leads_to_a_citation_that_is_filled_in_and_back(ed):
    one = body("a")
    source = Source.objects.create(slug="s", title="S")
    there = link(ed, one, "founded")
    assert there == f"{ADD}?organisation={one.pk}&statement=founded&back={quote(at(one), safe='')}"
    data = filled(ed.get(there)) | {"source": str(source.pk), "locator": "p. 3"}
    assert ed.post(there, data).url == at(one)
    made = Citation.objects.get()
    assert (made.organisation, made.statement, made.locator) == (one, "founded", "p. 3")


@in_database
def test_citing_leads_nowhere_else(ed):
    one = body("a")
    source = Source.objects.create(slug="s", title="S")
    there = f"{ADD}?organisation={one.pk}&back=https://example.org/"
    data = filled(ed.get(there)) | {"source": str(source.pk)}
    assert ed.post(there, data).url == reverse("admin:lineage_citation_changelist")


@in_database
def test_what_can_not_be_changed_and_what_is_new_offer_no_citation(ed):
    one = body("a", status="published")
    for address in (at(one), reverse("admin:lineage_organisation_add")):
        assert Page(ed.get(address).content.decode()).all("a[@data-cite]") == []


@in_database
def test_the_numbers_are_asked_for_at_once(ed):
    one = body("a")
    source = Source.objects.create(slug="s", title="S")
    Citation.objects.create(organisation=one, source=source, statement="kind")
    queries(ed, at(one))  # warms what is kept for good
    few = len(queries(ed, at(one)))
    for statement in ("name", "founded", "summary", "countries"):
        Citation.objects.create(organisation=one, source=source, statement=statement)
    assert len(queries(ed, at(one))) == few


@of_browser
@pytest.mark.parametrize("width", [1280, 820])
def test_a_row_is_begun_among_the_citations_of_the_page(desk, served, width):
    member("ed", "Editor")
    Source.objects.create(slug="alexander", title="International Trotskyism")
    one = body("a", name="A")
    tab = desk("ed")
    tab.set_viewport_size({"width": width, "height": 1000})
    tab.goto(served.url + at(one))
    tab.fill("#id_founded", "1938")
    tab.focus(".field-founded a[data-cite]")
    tab.keyboard.press("Enter")
    row = tab.locator("#citations-0")
    expect(row.locator("input[name$=-statement]")).to_have_value("founded")
    assert tab.evaluate("document.activeElement.closest('tr').id") == "citations-0"
    expect(row).to_be_in_viewport()

    tab.keyboard.press("Enter")  # on the source, with the focus where it was put
    tab.locator(".select2-search__field").press_sequentially("International")
    suggestion = tab.locator(".select2-results__option--highlighted", has_text="International")
    suggestion.wait_for()
    tab.keyboard.press("Enter")
    row.locator("input[name$=-locator]").fill("p. 12")
    tab.click(".lineage-cite-beyond a[data-cite=countries]")
    second = tab.locator("#citations-1 input[name$=-statement]")
    expect(second).to_have_value("countries")
    tab.locator("#citations-1 .inline-deletelink").click()
    assert tab.evaluate("document.documentElement.scrollWidth") <= width
    tab.click("input[name=_continue]")
    tab.wait_for_load_state()
    assert Organisation.objects.get().founded == "1938"
    made = Citation.objects.get()
    assert (made.statement, made.source.slug, made.locator) == ("founded", "alexander", "p. 12")
    assert tab.locator(".field-founded .lineage-cite").inner_text().endswith("1 citation")
    assert tab.complaints == []
