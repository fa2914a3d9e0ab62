"""An editor, who is a historian, keeps the record at her desk."""

import re
from datetime import date

import pytest
from django.contrib import admin
from django.contrib.auth.models import User
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from lineage.models import (
    Account,
    Affiliation,
    ChangeEvent,
    Citation,
    Correction,
    CountryPeriod,
    Fact,
    Identifier,
    Link,
    Name,
    Organisation,
    Proposal,
    Source,
    Succession,
    Waiver,
)
from tests.desk import MODELS, body, change, errors, filled, member, page, rows
from tests.test_pages import Page

pytestmark = pytest.mark.django_db

# Those that have no history of their own that can be put back.
PARTS = [m for m in MODELS if m not in (Organisation, ChangeEvent, Affiliation, Source)]


def entered(client, *pairs, **values):
    """The event's form, filled in with some rows and sent."""
    data = filled(client.get(page(ChangeEvent, view="add")))
    marks = {key: values.pop(key) for key in list(values) if key.startswith("row")}
    data |= {"kind": "split", "slug": "the-split", **rows(*pairs, **marks), **values}
    return client.post(page(ChangeEvent, view="add"), data)


def edges():
    return [
        (edge.predecessor.slug, edge.successor.slug)
        for edge in Succession.objects.order_by("predecessor__slug", "successor__slug")
    ]


# --- one form for a change ------------------------------------------------------------------------


def test_a_split_into_three_is_one_form(ed):
    fi, isfi, icfi, third = body("fi"), body("isfi"), body("icfi"), body("third")

    form = ed.get(page(ChangeEvent, view="add"))
    response = entered(
        ed,
        (fi, isfi),
        (fi, icfi),
        (fi, third),
        title="Split of 1953",
        date="c. 1953",
        manner="disputed",
        row0=["successor_existed", "predecessor_continues"],
        row1=["principal"],
    )

    assert len(form.context["inline_admin_formsets"][0].formset.forms) == 3
    assert response.status_code == 302, errors(response)
    event = ChangeEvent.objects.get()
    assert (event.title, event.date, event.date_earliest, event.manner, event.status) == (
        "Split of 1953",
        "1953~",
        date(1952, 1, 1),
        "disputed",
        "draft",
    )
    assert [
        (
            edge.successor.slug,
            edge.successor_existed,
            edge.predecessor_continues,
            edge.principal,
        )
        for edge in event.successions.order_by("successor__slug")
    ] == [("icfi", False, False, True), ("isfi", True, True, False), ("third", False, False, False)]
    assert Organisation.objects.get(slug="icfi").parent == fi


def test_an_account_and_a_citation_are_entered_with_the_event(ed):
    fi, icfi = body("fi"), body("icfi")
    source = Source.objects.create(slug="alexander", title="International Trotskyism")

    entered(
        ed,
        (fi, icfi),
        **{
            "accounts-TOTAL_FORMS": "1",
            "accounts-0-claimant": "The ICFI",
            "accounts-0-organisation": str(icfi.pk),
            "accounts-0-text": "We are the Fourth International.",
            "citations-TOTAL_FORMS": "1",
            "citations-0-source": str(source.pk),
            "citations-0-locator": "p. 12",
        },
    )

    event = ChangeEvent.objects.get()
    assert [(a.claimant, a.organisation, a.event) for a in Account.objects.all()] == [
        ("The ICFI", icfi, event)
    ]
    assert [(c.source, c.locator, c.event) for c in Citation.objects.all()] == [
        (source, "p. 12", event)
    ]


def test_a_body_that_leads_to_itself_is_refused_on_its_row(ed):
    fi = body("fi")
    response = entered(ed, (fi, fi))
    assert errors(response) == ["A body can't be its own predecessor: choose two bodies."]
    assert response.context["inline_admin_formsets"][0].formset.forms[0].non_field_errors() == [
        "A body can't be its own predecessor: choose two bodies."
    ]
    assert edges() == []


def test_a_pair_that_stands_twice_is_refused_on_its_second_row(ed):
    fi, icfi = body("fi"), body("icfi")
    response = entered(ed, (fi, icfi), (fi, icfi))
    assert errors(response) == ["“FI → ICFI” stands in two rows. Say it once."]
    assert [form.errors for form in response.context["inline_admin_formsets"][0].formset.forms] == [
        {},
        {"successor": ["“FI → ICFI” stands in two rows. Say it once."]},
    ]
    assert edges() == []


def test_a_change_without_bodies_is_refused(ed):
    response = entered(ed)
    assert errors(response) == [
        "Say who led to whom: a change has at least one body before and one after."
    ]
    assert ChangeEvent.objects.count() == 0


def test_the_last_succession_of_a_change_is_not_taken_out(ed):
    event = change("e", (body("a"), body("b")))
    data = filled(ed.get(page(ChangeEvent, event))) | {"successions-0-DELETE": "on"}
    response = ed.post(page(ChangeEvent, event), data)
    assert errors(response) == [
        "Say who led to whom: a change has at least one body before and one after."
    ]
    assert edges() == [("a", "b")]


def test_a_circle_with_other_changes_is_refused_and_told(ed):
    a, b, c = body("a"), body("b"), body("c")
    change("first", (a, b), date="1950")
    change("second", (b, c), date="1950")
    response = entered(ed, (c, a), date="1950")
    assert errors(response) == [
        (
            "The changes go round in a circle that no reading of their dates can order: "
            "a → b → c → a. Correct a date, or mark the body after as one that existed already "
            "where a body returns."
        )
    ]
    assert edges() == [("a", "b"), ("b", "c")]


def test_a_body_that_returns_is_no_circle(ed):
    a, b = body("a"), body("b")
    change("leaves", (a, b), date="1974", kind="split")
    response = entered(ed, (b, a), date="1980", kind="merger", row0=["successor_existed"])
    assert response.status_code == 302
    assert edges() == [("a", "b"), ("b", "a")]


def test_a_new_date_alone_can_close_a_circle_and_is_refused(ed):
    a, b = body("a"), body("b")
    change("leaves", (a, b), date="1974-05-01")
    returns = change("returns", date="1980-05-01", kind="merger")
    Succession.objects.create(event=returns, predecessor=b, successor=a, successor_existed=True)

    data = filled(ed.get(page(ChangeEvent, returns))) | {"date": "1 May 1974"}
    response = ed.post(page(ChangeEvent, returns), data)

    assert errors(response) == [
        (
            "The changes go round in a circle that no reading of their dates can order: a → b → a. "
            "Correct a date, or mark the body after as one that existed already where a body "
            "returns."
        )
    ]
    returns.refresh_from_db()
    assert returns.date == "1980-05-01"


# --- dates as typed -------------------------------------------------------------------------------


def test_a_date_is_typed_as_a_historian_writes_it_and_read_back_in_words(ed):
    data = filled(ed.get(page(Organisation, view="add")))
    data |= {"name": "Socialist Outlook", "slug": "outlook", "founded": "c. 1953"}
    data |= {"names-TOTAL_FORMS": "1", "names-0-text": "Outlook", "names-0-kind": "nickname"}
    data |= {"names-0-since": "before 1955", "_continue": "1"}
    response = ed.post(page(Organisation, view="add"), data, follow=True)

    assert [str(message) for message in response.context["messages"]][:1] == [
        "Read as: Founded: about 1953; Outlook, From: by 1954."
    ]
    outlook = Organisation.objects.get()
    assert (outlook.founded, outlook.founded_earliest) == ("1953~", date(1952, 1, 1))
    assert outlook.names.get().since == "../1954"
    assert "founded: about 1953" in response.content.decode()


def test_a_date_that_cannot_be_read_comes_back_as_it_was_typed(ed):
    data = filled(ed.get(page(Organisation, view="add")))
    data |= {"name": "Socialist Outlook", "slug": "outlook", "founded": "sometime"}
    response = ed.post(page(Organisation, view="add"), data)
    assert errors(response) == [
        (
            "“sometime” is not a date this can read. Write 1953, November 1953, 16 November 1953, "
            "about 1953, 1950s, autumn 1967, before 1940, since 1990, 1953–1957, or “1966 or 1968”."
        )
    ]
    assert response.context["adminform"].form["founded"].value() == "sometime"
    assert Organisation.objects.count() == 0


def test_a_country_is_typed_by_its_name(ed):
    outlook = body("outlook")
    data = filled(ed.get(page(Organisation, outlook)))
    data |= {"country_periods-TOTAL_FORMS": "1", "country_periods-0-country": "sri lanka"}
    ed.post(page(Organisation, outlook), data)
    assert [period.country for period in CountryPeriod.objects.all()] == ["LK"]

    data = filled(ed.get(page(Organisation, outlook)))
    assert data["country_periods-0-country"] == "Sri Lanka"
    data["country_periods-0-country"] = "Atlantis"
    assert errors(ed.post(page(Organisation, outlook), data)) == [
        (
            "“Atlantis” is no country that is known here. Write its English name or its code, "
            "such as Sri Lanka or LK."
        )
    ]


def test_authors_are_typed_one_a_line(ed):
    data = filled(ed.get(page(Source, view="add")))
    data |= {"title": "A History", "slug": "history", "authors": "Al Richardson\r\n Sam Bornstein "}
    ed.post(page(Source, view="add"), data)
    source = Source.objects.get()
    assert source.authors == ["Al Richardson", "Sam Bornstein"]
    assert filled(ed.get(page(Source, source)))["authors"] == "Al Richardson\nSam Bornstein"


# --- what is derived, and what never changes ------------------------------------------------------


def test_what_is_derived_is_never_typed(ed):
    a, b = body("a", founded="1950"), body("b")
    change("e", (a, b))
    before = Organisation.objects.filter(pk=b.pk).values().get()
    data = filled(ed.get(page(Organisation, b)))
    forged = {
        "parent": "",
        "family": "77",
        "folded": "forged",
        "founded_earliest": "1900-01-01",
        "founded_latest": "1900-01-01",
        "slug": "another",
    }
    ed.post(page(Organisation, b), data | forged | {"summary": "Changed."})
    assert Organisation.objects.filter(pk=b.pk).values().get() == before | {"summary": "Changed."}


def test_no_form_holds_what_is_derived(admin_client):
    from lineage.models.fields import derived_fields

    for model in MODELS:
        if model is Succession:
            continue
        form = admin_client.get(page(model, view="add")).context["adminform"].form
        derived = {field.name for field in derived_fields(model)} | {"parent", "family"}
        assert set(form.fields) & derived == set(), model


def test_there_is_no_address_at_which_a_body_could_be_moved():
    names = {
        pattern.name
        for model in MODELS
        for pattern in admin.site.get_model_admin(model).urls
        if pattern.name
    }
    assert {name.split("_", 2)[2] for name in names} == {
        "add",
        "change",
        "changelist",
        "compare",
        "delete",
        "divide",
        "export",
        "history",
        "merge",
        "paste",
        "propose",
        "restore",
        "review",
        "simple_history",
    }


def test_successions_are_changed_with_their_event_only(ada):
    event = change("e", (body("a"), body("b")))
    edge = event.successions.get()
    assert ada.get(page(Succession, view="add")).status_code == 403
    assert ada.post(page(Succession, edge), {"principal": "on"}).status_code == 403
    assert ada.post(page(Succession, edge, "delete"), {"post": "yes"}).status_code == 403
    assert ada.post(page(ChangeEvent, event, "delete"), {"post": "yes"}).status_code == 302
    assert edges() == []


# --- an organisation's page -----------------------------------------------------------------------


def family():
    """a → b → (c → d, e), and f, which merged into b."""
    a, b, c, d, e, f = (body(slug, name=f"{slug.upper()} & Co") for slug in "abcdef")
    change("ab", (a, b), date="1950")
    change("bc", (b, c), (b, e), date="1960")
    change("cd", (c, d), date="1970")
    merger = change("fb", kind="merger", date="1965")
    Succession.objects.create(event=merger, predecessor=f, successor=b, successor_existed=True)
    return b


def told(response, name):
    """The contents of a read-only field of a form."""
    for fieldset in response.context["adminform"]:
        for line in fieldset:
            for field in line:
                if field.is_readonly and field.field["name"] == name:
                    return field.contents()
    return None


def test_an_organisation_shows_its_place_in_the_tree(ed):
    b = family()
    links = {
        slug: f'<a href="{page(Organisation, Organisation.objects.get(slug=slug))}">'
        f"{slug.upper()} &amp; Co</a>"
        for slug in "ace"
    }
    assert told(ed.get(page(Organisation, b)), "tree") == (
        f'<ul class="lineage-tree"><li>{links["a"]}<ul><li><strong>B &amp; Co</strong>'
        f"<ul><li>{links['c']} (and 1 further on)</li><li>{links['e']}</li></ul>"
        "</li></ul></li></ul>"
    )


def test_the_tree_is_walked_in_one_family_only(ed):
    b = family()
    with CaptureQueriesContext(connection) as queries:
        ed.get(page(Organisation, b))
    walks = [query["sql"] for query in queries if "RECURSIVE" in query["sql"]]
    assert ['"family" = ' in walk for walk in walks] == [True, True, True]


def test_an_organisation_lists_the_changes_it_came_from_and_led_to(ed):
    b = family()

    def link(record, text):
        return f'<a href="{page(type(record), record)}">{text}</a>'

    def said(events):
        return [
            link(ChangeEvent.objects.get(slug=slug), text)
            + ": "
            + ", ".join(
                link(Organisation.objects.get(slug=one), f"{one.upper()} &amp; Co")
                for one in bodies
            )
            for slug, text, bodies in events
        ]

    response = ed.get(page(Organisation, b))
    came, led = told(response, "came_from"), told(response, "led_to")
    for contents, events in (
        (came, [("ab", "Split, 1950", "a"), ("fb", "Merger, 1965", "f")]),
        (led, [("bc", "Split, 1960", "ce")]),
    ):
        inside = "".join(f"<li>{line}</li>" for line in said(events))
        assert contents == f'<ul class="lineage-events">{inside}</ul>'


def test_only_a_published_organisation_is_viewed_on_the_site(ada):
    def on_site(record):
        response = ada.get(page(Organisation, record))
        return response.context["absolute_url"]

    assert on_site(body("seen", status="published")) == "/organisations/seen/"
    assert on_site(body("hidden")) is None


def test_homonyms_are_told_apart_where_one_is_chosen(ed):
    one = body(
        "sp-fr", name="Parti socialiste", founded="1901", dissolved="1905", status="published"
    )
    CountryPeriod.objects.create(organisation=one, country="FR")
    two = body("sp-be", name="Parti socialiste", founded="1978")
    CountryPeriod.objects.create(organisation=two, country="BE")
    Name.objects.create(organisation=two, text="Vooruit é")
    body("other")

    def suggested(term):
        choice = {
            "app_label": "lineage",
            "model_name": "succession",
            "field_name": "predecessor",
            "term": term,
        }
        results = ed.get(reverse("admin:autocomplete"), choice).json()["results"]
        return [(result["id"], result["text"]) for result in results]

    assert suggested("PARTI socialiste") == [
        (str(two.pk), f"Parti socialiste ({two.years}), Belgium · Draft"),
        (str(one.pk), "Parti socialiste (1901–1905), France"),
    ]
    assert suggested("vooruit e") == suggested("sp-be") == suggested("parti socialiste")[:1]


# --- lists ----------------------------------------------------------------------------------------


def grow(first, last):
    """Rows of every kind, from one number to another."""
    for n in range(first, last):
        one, other = (
            body(f"{side}-{n}", name=f"{side} {n:02}", founded="1950", status="published")
            for side in ("one", "other")
        )
        source = Source.objects.create(slug=f"s-{n}", title=f"Source {n:02}", year="1950")
        for code in ("FR", "BE"):
            CountryPeriod.objects.create(organisation=one, country=code, since="1950")
        Identifier.objects.create(organisation=one, scheme="wikidata", value=f"Q{n}")
        Link.objects.create(organisation=one, url=f"https://example.org/{n}")
        Waiver.objects.create(rule="missing-date", record=f"organisation:one-{n}", reason="Known.")
        event = change(f"e-{n}", (one, other), date="1950")
        cited = {
            "organisation": one,
            "name": Name.objects.create(organisation=one, text=f"Name {n}"),
            "fact": Fact.objects.create(organisation=one, kind="leader", text="X"),
            "event": event,
            "account": Account.objects.create(event=event, claimant="One", text="It was so."),
            "affiliation": Affiliation.objects.create(organisation=one, body=other, since="1950"),
        }
        Account.objects.create(subject=one, claimant="Other", text="It was not so.")
        for target, record in cited.items():
            Citation.objects.create(source=source, **{target: record})


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_a_list_asks_as_often_for_forty_rows_as_for_ten(model, ed):
    def asked():
        with CaptureQueriesContext(
            connection,
        ) as queries:
            response = ed.get(page(model), {"all": ""})
        assert len(response.context["cl"].result_list) == model.objects.count()
        return len(queries)

    ContentType.objects.clear_cache()
    grow(0, 5)
    asked()  # warms what is cached for good
    ten = asked()
    grow(5, 20)
    assert asked() == ten


def test_a_page_asks_as_often_however_many_rows_it_holds(ed):
    one = body("one")
    event = change("e", *((one, body(f"child-{n}")) for n in range(3)))
    Affiliation.objects.create(organisation=body("member"), body=one)
    Citation.objects.create(organisation=one, source=Source.objects.create(slug="s", title="S"))

    def asked(model, record):
        with CaptureQueriesContext(connection) as queries:
            response = ed.get(page(model, record))
        assert response.status_code == 200
        return len(queries)

    asked(Organisation, one), asked(ChangeEvent, event)  # warms what is cached for good
    before = asked(Organisation, one), asked(ChangeEvent, event)
    for n in range(3, 20):
        child = body(f"child-{n}")
        Succession.objects.create(event=event, predecessor=one, successor=child)
        Affiliation.objects.create(organisation=child, body=one, since="1950")
        Citation.objects.create(
            organisation=one, source=Source.objects.create(slug=f"s-{n}", title="S")
        )
    assert (asked(Organisation, one), asked(ChangeEvent, event)) == before


def test_lists_say_dates_and_bodies_in_words(ed):
    a, b = body("a", name="Élan", founded="1953~"), body("b")
    CountryPeriod.objects.create(organisation=a, country="FR")
    change("e", (a, b), date="195X")

    def table(model):
        listing = admin.site.get_model_admin(model)
        cl = ed.get(page(model)).context["cl"]
        columns = [
            getattr(listing, name, None) or (lambda row, name=name: getattr(row, name))
            for name in cl.list_display[1:]
        ]
        return [[column(row) for column in columns] for row in cl.result_list]

    assert table(Organisation) == [
        ["B", "", "", "party", "draft"],
        ["Élan", a.years, "France", "party", "draft"],
    ]
    assert table(ChangeEvent) == [["Élan → B", "1950s", "split", "", True, "draft"]]


def test_bodies_are_found_by_former_names_and_without_accents(ed):
    a = body("a", name="Ligue communiste")
    Name.objects.create(organisation=a, text="Tạ Thu Thâu group")
    body("b")
    event = change("e", (a, Organisation.objects.get(slug="b")))
    change("other", (body("c"), body("d")))

    def found(model, words):
        return list(ed.get(page(model), {"q": words}).context["cl"].result_list)

    assert found(Organisation, "ta thu") == [a]
    assert found(ChangeEvent, "ta thu") == [event]
    assert found(Name, "tạ THAU") == [a.names.get()]


@pytest.mark.parametrize(
    ("filters", "slugs"),
    [
        ({"country": "FR"}, ["a"]),
        ({"cited": "yes"}, ["a"]),
        ({"cited": "no"}, ["b"]),
        ({"kind__exact": "league"}, ["b"]),
        ({"status__exact": "draft"}, ["a", "b"]),
    ],
    ids=str,
)
def test_a_list_is_narrowed_by_what_stands_beside_it(ed, filters, slugs):
    a, _b = body("a"), body("b", kind="league")
    CountryPeriod.objects.create(organisation=a, country="FR")
    Citation.objects.create(organisation=a, source=Source.objects.create(slug="s", title="S"))
    results = ed.get(page(Organisation), filters).context["cl"].result_list
    assert [one.slug for one in results] == slugs


@pytest.mark.parametrize(
    "lookup",
    ["slug__regex", "name__iregex", "kind__regex", "status__in", "parent__slug__regex", "id__gt"],
)
def test_a_look_up_that_is_no_filter_is_refused(ed, lookup):
    assert ed.get(page(Organisation), {lookup: "(a+)+$"}).status_code == 400
    assert ed.get(page(Citation), {lookup: "(a+)+$"}).status_code == 400


# --- history --------------------------------------------------------------------------------------


def test_the_history_of_a_row_says_who_changed_what(ed):
    link = Link.objects.create(organisation=body("a"), url="https://a.example.org/", title="Old")
    data = filled(ed.get(page(Link, link))) | {"title": "New"}
    ed.post(page(Link, link), data)

    response = ed.get(page(Link, link, "history"))

    assert [
        (
            str(version.history_user or ""),
            [
                (change["field"], change["old"], change["new"])
                for change in getattr(version, "history_delta_changes", [])
            ],
        )
        for version in response.context["page_obj"].object_list
    ] == [("ed", [("Title", "Old", "New")]), ("", [])]
    assert response.context["whole_history"] == page(
        Organisation, link.organisation, "history"
    )  # fmt: skip


def test_a_version_of_a_row_is_read_in_words(ed):
    a = body("a", name="Body")
    name = Name.objects.create(organisation=a, text="Old", since="1953~", kind="official")
    version = name.history.get()
    name.text = "New"
    name.save()
    address = reverse("admin:lineage_name_simple_history", args=[name.pk, version.pk])
    response = ed.get(address)
    assert {label: said for label, said in response.context["rows"] if said} == {
        "Organisation": "Body",
        "Text": "Old",
        "Kind": "Official name",
        "From": "about 1953",
    }
    assert ed.get(address.replace(str(version.pk), "999")).status_code == 404
    other = Name.objects.create(organisation=a, text="Other")
    assert ed.get(address.replace(f"/{name.pk}/", f"/{other.pk}/")).status_code == 404


@pytest.mark.parametrize("model", PARTS, ids=lambda model: model.__name__)
def test_a_history_asks_as_often_however_long_it_is(model, ed):
    grow(0, 1)
    record = model.objects.first()

    def asked():
        with CaptureQueriesContext(connection) as queries:
            response = ed.get(page(model, record, "history"))
        assert response.context["page_obj"].paginator.count == record.history.count()
        return len(queries)

    record.save()
    asked()
    short = asked()
    for _ in range(10):
        record.save()
    assert asked() == short


def test_an_address_of_nothing_leads_nowhere(ed):
    base = page(Organisation)
    assert ed.get(f"{base}abc/history/").status_code == 404
    assert ed.get(f"{base}99/history/").status_code == 404
    assert ed.get(f"{base}abc/history/xyz/").status_code == 404


# --- the desk -------------------------------------------------------------------------------------


def test_the_desk_shows_an_editor_the_record_and_nothing_else(ed):
    apps = ed.get(reverse("admin:index")).context["app_list"]
    assert [
        (app["app_label"], [model["object_name"] for model in app["models"]]) for app in apps
    ] == [("lineage", [*(model.__name__ for model in MODELS), "Proposal", "Correction"])]


def test_the_record_comes_first_for_whoever_sees_more(admin_client):
    apps = admin_client.get(reverse("admin:index")).context["app_list"]
    assert [app["app_label"] for app in apps] == ["lineage", "auth", "axes"]


def test_nobody_comes_to_the_desk_without_an_account(client):
    for address in (reverse("admin:index"), page(Organisation), page(Organisation, view="add")):
        assert client.get(address).headers["location"] == f"/admin/login/?next={address}"
    rea = Client()
    rea.force_login(member("rea"))
    assert rea.get(page(Organisation)).headers["location"].startswith("/admin/login/")


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_no_page_holds_a_style_or_a_script_of_its_own(model, admin_client):
    import re

    grow(0, 1)
    record = model.objects.first()
    addresses = [page(model), page(model, record), page(model, record, "history")]
    version = record.history.first()
    name = f"admin:lineage_{model._meta.model_name}_simple_history"
    addresses.append(reverse(name, args=[record.pk, version.pk]))
    for address in addresses:
        html = admin_client.get(address).content.decode()
        assert re.findall(r"\sstyle=|<style|\son[a-z]+=|<script(?![^>]*\ssrc=)[^>]*>", html) == []


# --- a change recorded from the page of a body ----------------------------------------------------


def links(response) -> dict[str, str]:
    """The links to new changes on the page of a body, by their words."""
    found = re.findall(
        r'<a href="(/admin/lineage/changeevent/add/\?[^"]+)">([^<]+)</a>', response.content.decode()
    )
    return {words: href.replace("&amp;", "&") for href, words in found}


def test_a_split_is_recorded_from_the_page_of_the_body_that_split(ed):
    old, new = body("old"), body("new")
    there = links(ed.get(page(Organisation, old)))
    assert sorted(there) == [
        "a change of name", "a continuation", "a merger", "a merger of others", "a split",
        "a split from another", "an earlier name", "one that it carried on",
    ]  # fmt: skip
    form = ed.get(there["a split"])
    data = filled(form)
    assert data["kind"] == "split"
    assert data["successions-0-predecessor"] == str(old.pk)
    assert data["successions-0-predecessor_continues"] == "on"
    data.update({"slug": "split", "date": "c. 1953", "successions-0-successor": str(new.pk)})
    answer = ed.post(page(ChangeEvent, view="add"), data)
    assert answer.status_code == 302, answer.context["errors"]
    (edge,) = Succession.objects.filter(event__slug="split")
    assert (edge.predecessor, edge.successor, edge.predecessor_continues) == (old, new, True)
    assert edge.event.date == "1953~"


def test_what_a_body_came_from_is_recorded_from_its_page_too(ed):
    new = body("new")
    there = links(ed.get(page(Organisation, new)))
    data = filled(ed.get(there["a merger of others"]))
    assert data["kind"] == "merger"
    assert data["successions-0-successor"] == str(new.pk)
    assert "successions-0-predecessor_continues" not in data


@pytest.mark.parametrize("query", ["kind=x&before=x", "before=99999", "before=" + "9" * 30, ""])
def test_what_is_no_body_is_passed_over(ed, query):
    form = ed.get(f"{page(ChangeEvent, view='add')}?{query}")
    assert form.status_code == 200
    assert "successions-0-predecessor" not in filled(form)


def a_thousand_of_each(start, stop):
    """So many more rows of each kind that a list shows, each with what its columns name."""
    numbers = range(start, stop)
    Source.objects.bulk_create(Source(slug=f"s-{n}", title=f"S {n}") for n in numbers)
    Organisation.objects.bulk_create(Organisation(slug=f"o-{n}", name=f"O {n}") for n in numbers)
    bodies = list(Organisation.objects.order_by("pk"))[-(stop - start) :]
    source = Source.objects.first()
    for model, values in (
        (Name, {"text": "N"}),
        (Fact, {"kind": "leader", "text": "F"}),
        (CountryPeriod, {"country": "FR"}),
        (Identifier, {"scheme": "s", "value": "v"}),
        (Link, {"url": "https://example.org"}),
        (Citation, {"source": source}),
    ):
        model.objects.bulk_create(model(organisation=one, **values) for one in bodies)
    Account.objects.bulk_create(Account(subject=one, claimant="C", text="T") for one in bodies)
    Waiver.objects.bulk_create(Waiver(rule=f"r-{n}", record="x", reason="y") for n in numbers)
    ChangeEvent.objects.bulk_create(ChangeEvent(slug=f"e-{n}", kind="split") for n in numbers)
    events = list(ChangeEvent.objects.order_by("pk"))[-(stop - start) :]
    top = Organisation.objects.get(slug="o-0")
    others = [(one, event) for one, event in zip(bodies, events, strict=True) if one != top]
    Succession.objects.bulk_create(
        Succession(event=event, predecessor=top, successor=one) for one, event in others
    )
    Affiliation.objects.bulk_create(Affiliation(organisation=one, body=top) for one, _ in others)
    Correction.objects.bulk_create(Correction(page="/", text="T") for _ in numbers)
    Proposal.objects.bulk_create(
        Proposal(
            record=f"organisation:o-{n}",
            title=f"O {n}",
            base={},
            document={},
            state="in-review",
            author=User.objects.get(username="ed"),
        )
        for n in numbers
    )


def test_a_list_asks_as_often_at_ten_rows_as_at_a_thousand(ed):
    def asked():
        found = {}
        for model in (*MODELS, Proposal, Correction):
            with CaptureQueriesContext(connection) as queries:
                response = ed.get(page(model))
            assert response.status_code == 200
            found[model.__name__] = len(queries), response.context["cl"].result_count > 50
        for name in ("review", "watch", "deleted"):
            ed.get(reverse(f"admin:{name}"))  # what is kept of the record as it stands is there
            with CaptureQueriesContext(connection) as queries:
                ed.get(reverse(f"admin:{name}"))
            found[name] = len(queries), True
        return found

    a_thousand_of_each(0, 10)
    asked()  # warms what is cached for good
    ten = asked()
    a_thousand_of_each(10, 1000)
    thousand = asked()

    assert {name: number for name, (number, _) in thousand.items()} == {
        name: number for name, (number, _) in ten.items()
    }
    assert all(many for _number, many in thousand.values())


def test_every_cell_of_a_form_s_tables_says_what_it_is_for(ed):
    """To who does not see the heading of its column."""
    one = body("a")
    CountryPeriod.objects.create(organisation=one, country="FR")
    Name.objects.create(organisation=one, text="A")
    for path in (page(Organisation, one), page(ChangeEvent, view="add")):
        root = Page(ed.get(path).content.decode()).root
        cells = [
            field
            for group in root.iter("div")
            if "inline-group" in (group.get("class") or "")
            for kind in ("input", "select", "textarea")
            for field in group.iter(kind)
            if field.get("type") != "hidden"
        ]
        assert len(cells) > 20
        assert [field.get("name") for field in cells if not field.get("aria-label")] == []
