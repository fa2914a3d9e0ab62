"""Ed takes a list of the desk away as a file, as it is filtered; read again, it changes nothing."""

from __future__ import annotations

import csv
import io
import json
import re

import pytest
from django.contrib.auth.models import Permission, User
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from lineage.admin.exporting import endings
from lineage.exchange.columns import KINDS
from lineage.exchange.listing import TABLES
from lineage.models import (
    Account,
    Affiliation,
    ChangeEvent,
    Citation,
    CountryPeriod,
    Fact,
    Identifier,
    Link,
    Name,
    Organisation,
    Source,
    Succession,
    Waiver,
)
from tests.desk import MODELS
from tests.test_importing import HERE, onward, reasons, states, upload

pytestmark = pytest.mark.django_db

EVIL = '=HYPERLINK("http://evil.example","x")'


@pytest.fixture
def record(body, event, affiliate, source, cite):
    """A little of everything, drafts too, with what a spreadsheet would run or bend."""
    fi = body("fi", name="Fourth International", kind="international", founded="1938-09-03",
              summary='Two\r\nlines, "quoted"; and more.')  # fmt: skip
    one = body("lcr-fr", name="Ligue", status="draft", founded="1974~", dissolved="[2008,2009]",
               active="2009", unnamed=True)  # fmt: skip
    body("evil", name=EVIL, summary="-1+1", founded="../1940")
    for code, since in (("FR", "1974"), ("FR", "1990"), ("BE", "")):
        CountryPeriod.objects.create(organisation=one, country=code, since=since)
    split = event("split", "split", [("fi", "lcr-fr"), ("fi", "evil", {"principal": True})],
                  date="1953-11", manner="disputed", complete=False, title="@split")  # fmt: skip
    event("merger", "merger", [("lcr-fr", "evil", {"successor_existed": True})], status="draft")
    tie = affiliate(one, fi, since="1974", until="1990~", role="sympathising")
    affiliate(one, fi, since="", status="draft")
    name = Name.objects.create(organisation=one, text="LCR", kind="abbreviation", language="fr")
    Name.objects.create(organisation=one, text="LCR", kind="abbreviation", language="fr",
                        since="1990")  # fmt: skip
    facts = [
        Fact.objects.create(organisation=one, kind="members", number=number, since=since, text=text)
        for number, since, text in (
            ("1500", "1974", ""), ("-2.5", "1975", "a"), ("0.125", "", ""), (None, "1976", "+1"))
    ]  # fmt: skip
    other = Source.objects.create(
        slug="other", title="+Other", authors=["A B", "C, D"], year="1991", url="https://a.org/"
    )
    for target in ({"organisation": one}, {"event": split}, {"affiliation": tie}, {"name": name},
                   {"fact": facts[0]}):  # fmt: skip
        cite(**target, statement="founded")
        cite(**target, locator="", value="1955")
        cite(**target, source=other, locator="p. 3, 4", note="No.")
    cite(account=Account.objects.create(event=split, claimant="=FI", organisation=fi, text="So."))
    cite(account=Account.objects.create(subject=one, claimant="LCR", text="So."))
    Identifier.objects.create(organisation=one, scheme="viaf", value="1")
    Link.objects.create(organisation=one, url="https://b.org/", title="=b")
    Waiver.objects.create(rule="undated", record="organisation:evil", reason="So.")


def address(model, ending: str, query: str = "") -> str:
    name = f"admin:lineage_{model._meta.model_name}_export"
    return reverse(name, args=[ending]) + (f"?{query}" if query else "")


def table(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


IMPORTED = {
    model: kind.name
    for kind in KINDS
    for model in {kind.model, *(m for m in kind.writes if m is Succession)}
}


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
@pytest.mark.parametrize(
    "model", sorted(IMPORTED, key=lambda model: model.__name__), ids=lambda model: model.__name__
)
def test_an_exported_table_is_imported_again_and_changes_nothing(ada, record, model, ending):
    if model is Citation:
        Citation.objects.filter(organisation=None, event=None).delete()
    content = ada.get(address(model, ending)).content
    shown = upload(ada, IMPORTED[model], content, f"list.{ending}")
    assert {state for _where, state in states(shown)} == {"unchanged"}, (
        reasons(shown), [one.differences for one in shown.context["examined"].outcomes],
    )  # fmt: skip
    rows = Succession.objects.count() if model is ChangeEvent else model.objects.count()
    assert len(states(shown)) == rows
    assert set(shown.context["told"]) == set(
        next(kind.told for kind in KINDS if kind.name == IMPORTED[model])
    )


@pytest.mark.parametrize("model", [Organisation, ChangeEvent, Affiliation, Source])
def test_an_exported_document_is_imported_again_and_changes_nothing(ada, record, model):
    content = ada.get(address(model, "json")).content
    shown = upload(ada, "document", content, "list.json")
    assert {state for _where, state in states(shown)} == {"unchanged"}
    entries = json.loads(content)
    own = {Organisation: "organisations", ChangeEvent: "events", Affiliation: "affiliations",
           Source: "sources"}[model]  # fmt: skip
    assert len(entries[own]) == model.objects.count()
    assert [one["id"] for one in entries["sources"]] == ["alexander", "other"]


def test_a_table_of_one_record_makes_it_anew_elsewhere(ada, record):
    content = ada.get(address(Organisation, "csv", "q=ligue")).content
    ChangeEvent.objects.all().delete()
    Affiliation.objects.all().delete()
    Organisation.objects.get(slug="lcr-fr").delete()
    onward(ada, upload(ada, "organisations", content), save="1")
    one = Organisation.objects.get(slug="lcr-fr")
    assert (one.name, one.founded, one.dissolved, one.unnamed, one.status) == (
        "Ligue", "1974~", "[2008,2009]", True, "draft",
    )  # fmt: skip
    assert sorted(place.country for place in one.country_periods.all()) == ["BE", "FR"]
    assert [(c.source.slug, c.locator, c.statement) for c in one.citations.order_by("pk")] == [
        ("alexander", "p. 1", "founded"), ("alexander", "", ""), ("other", "p. 3, 4", ""),
    ]  # fmt: skip


@pytest.mark.parametrize("model", MODELS)
def test_every_list_is_a_table_in_two_forms(ed, record, model):
    text = table(ed.get(address(model, "csv")).content)
    assert tuple(text[0]) == TABLES[model].headings
    assert len(text) > 1
    assert len({len(row) for row in text}) == 1
    book = load_workbook(io.BytesIO(ed.get(address(model, "xlsx")).content))
    rows = [[cell.value or "" for cell in row] for row in book.active.iter_rows()]
    assert rows == [[cell.replace("\r\n", "\n") for cell in row] for row in text]


@pytest.mark.parametrize("model", MODELS)
def test_no_cell_of_a_list_is_a_formula(ed, record, model):
    for row in table(ed.get(address(model, "csv")).content):
        assert [cell for cell in row if re.match(r"[=+@\t\r]|-(?![0-9.]+$)", cell)] == []
    book = load_workbook(io.BytesIO(ed.get(address(model, "xlsx")).content))
    kinds = {cell.data_type for row in book.active.iter_rows() for cell in row if cell.value}
    assert kinds == {"s"}


@pytest.mark.parametrize(
    ("model", "query", "found"),
    [
        (Organisation, "", ["fi", "evil", "lcr-fr"]),
        (Organisation, "q=ligue", ["lcr-fr"]),
        (Organisation, "status__exact=published&o=-1", ["fi", "evil"]),
        (Organisation, "country=BE&q=lcr", ["lcr-fr"]),
        (Organisation, "cited=yes&p=7", ["lcr-fr"]),
        (Organisation, "q=nobody", []),
        (ChangeEvent, "kind__exact=merger", ["merger"]),
        (ChangeEvent, "q=fourth", ["split"]),
        (Source, "q=other", ["other"]),
    ],
)
def test_a_list_is_exported_as_it_is_searched_and_filtered(ed, record, model, query, found):
    rows = table(ed.get(address(model, "csv", query)).content)[1:]
    place = TABLES[model].headings.index("event" if model is ChangeEvent else "id")
    assert list(dict.fromkeys(row[place] for row in rows)) == found
    document = json.loads(ed.get(address(model, "json", query)).content)
    part = {Organisation: "organisations", ChangeEvent: "events", Source: "sources"}[model]
    assert sorted(found) == [one["id"] for one in document[part]]


def test_a_query_that_can_not_be_read_exports_nothing(ed, record):
    answer = ed.get(address(Succession, "csv", "principal__exact=perhaps"))
    assert (answer.status_code, answer["Location"]) == (302, "/admin/lineage/succession/?e=1")
    assert ed.get(address(Organisation, "csv", "slug__regex=(a%2B)%2B$")).status_code == 400


def test_the_lists_offer_their_forms_with_their_filters(ed, record):
    query = "?q=ligue&amp;status__exact=draft"
    page = ed.get("/admin/lineage/organisation/?q=ligue&status__exact=draft").content.decode()
    there = "/admin/lineage/organisation/export."
    assert re.findall(r'href="([^"]*/export\.[^"]*)"', page) == [
        f"{there}csv{query}", f"{there}xlsx{query}", f"{there}json{query}",
    ]  # fmt: skip
    page = ed.get("/admin/lineage/name/").content.decode()
    assert re.findall(r'href="[^"]*/export\.([^"]*)"', page) == ["csv", "xlsx"]


def test_a_list_is_exported_to_those_who_may_see_it(client, record):
    there = address(Organisation, "csv")
    assert client.get(there).status_code == 302
    sam = User.objects.create_user("sam", password="pw", is_staff=True)
    client.force_login(sam)
    assert client.get(there).status_code == 403
    sam.user_permissions.add(Permission.objects.get(codename="view_organisation"))
    client.force_login(User.objects.get(username="sam"))
    answer = client.get(there)
    assert (answer.status_code, answer["Content-Type"]) == (200, "text/csv; charset=utf-8")
    assert re.fullmatch(
        r'attachment; filename="organisation-[0-9-]{10}\.csv"', answer["Content-Disposition"]
    )
    assert client.get(address(Name, "csv")).status_code == 403
    assert HERE not in client.get("/admin/lineage/organisation/").content.decode()


def test_a_form_that_there_is_not_is_not_found(ed, record):
    assert ed.get(address(Organisation, "pdf")).status_code == 404
    assert ed.get(address(Name, "json")).status_code == 404


def test_an_export_asks_the_database_as_often_for_many_as_for_few(ed, record, source):
    def asked() -> list[tuple[str, str, int]]:
        found = []
        for model in MODELS:
            for ending in endings(model):
                with CaptureQueriesContext(connection) as captured:
                    assert ed.get(address(model, ending)).status_code == 200
                found.append((model.__name__, ending, len(captured)))
        return found

    few = asked()
    fi = Organisation.objects.get(slug="fi")
    for number in range(30):
        one = Organisation.objects.create(slug=f"b{number}", name=f"Body {number}")
        split = ChangeEvent.objects.create(slug=f"e{number}", kind="split")
        Succession.objects.create(event=split, predecessor=fi, successor=one)
        parts = [
            {"organisation": one},
            {"event": split},
            {"name": Name.objects.create(organisation=one, text="N")},
            {"fact": Fact.objects.create(organisation=one, kind="leader", text="L")},
            {"affiliation": Affiliation.objects.create(organisation=one, body=fi)},
            {"account": Account.objects.create(subject=one, claimant="C", organisation=fi)},
            {"account": Account.objects.create(event=split, claimant="C", organisation=fi)},
        ]
        for part in parts:
            new = Source.objects.create(slug=f"s{number}-{len(part)}-{Source.objects.count()}")
            Citation.objects.create(source=new, **part)
        CountryPeriod.objects.create(organisation=one, country="FR")
        Identifier.objects.create(organisation=one, scheme="s", value="1")
        Link.objects.create(organisation=one, url="https://a.org/")
        Waiver.objects.create(rule="r", record=str(number), reason="So.")
    assert asked() == few
