"""What an editor deletes is known by who did it and why, and comes back whole."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission
from django.db import connection
from django.db.models import F
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from lineage.exchange.versions import Versions
from lineage.exchange.wholes import document_of
from lineage.models import (
    Account,
    Affiliation,
    ChangeEvent,
    Citation,
    CountryPeriod,
    Fact,
    Link,
    Name,
    Organisation,
    Source,
    Succession,
)
from lineage.models.keeping import occasion
from tests.desk import member, page

pytestmark = pytest.mark.django_db

LIST = "/admin/deleted/"


@pytest.fixture
def lcr(body, source, affiliate):
    """A body with something of each kind hanging on it, which no history tells of."""
    lcr, usfi, youth = body("lcr", name="Ligue"), body("usfi"), body("youth")
    name = Name.objects.create(organisation=lcr, text="LCR", kind="abbreviation")
    Citation.objects.create(name=name, source=source, locator="p. 7")
    Citation.objects.create(organisation=lcr, source=source, statement="founded")
    CountryPeriod.objects.create(organisation=lcr, country="FR")
    Fact.objects.create(organisation=lcr, kind="leader", text="Alain Krivine")
    Link.objects.create(organisation=lcr, url="https://lcr.example.org/")
    tie = affiliate(lcr, usfi, since="1969")
    Citation.objects.create(affiliation=tie, source=source)
    affiliate(youth, lcr, role="youth-wing")
    Account.objects.create(subject=lcr, claimant="Ligue", text="We go on.")
    for model in (Organisation, Name, Citation, CountryPeriod, Fact, Link, Affiliation, Account):
        model.history.all().delete()
    return lcr


def back(record_or_kind, number=None) -> str:
    """The address at which a deletion is undone."""
    kind = record_or_kind
    if number is None:
        kind, number = record_or_kind._meta.model_name, record_or_kind.pk
    return reverse("admin:deleted_record", args=[kind, number])


def delete(client, record, **typed):
    return client.post(page(type(record), record, "delete"), {"post": "yes", **typed})


def listed(client) -> list[tuple[str, str, str, str]]:
    lines = client.get(LIST).context["lines"]
    return [(line.kind, line.name, line.user, line.reason) for line in lines]


def drafted(document):
    """A document with all its records as drafts."""
    return {
        name: [entry | {"status": "draft"} if name != "sources" else entry for entry in entries]
        for name, entries in document.items()
    }


# --- what depends on a record ---------------------------------------------------------------------


def test_a_body_is_not_deleted_while_events_name_it(body, event, ada):
    a, _b, _c = body("a"), body("b"), body("c")
    first, second = event("first", "split", [("a", "b")]), event("second", "rename", [("c", "a")])
    shown = ada.get(page(Organisation, a, "delete"))
    links = [page(ChangeEvent, one) for one in (first, second)]
    assert shown.context["protected"] == [
        f'Event: <a href="{link}">{slug}</a>'
        for link, slug in zip(links, ("first", "second"), strict=True)
    ]
    assert "can’t be deleted while these depend on it" in shown.content.decode()
    assert 'name="post"' not in shown.content.decode()
    assert delete(ada, a).status_code == 200
    assert Organisation.objects.filter(slug="a").exists()
    for one in (first, second):
        assert delete(ada, one).status_code == 302
    assert delete(ada, a).status_code == 302
    assert not Organisation.objects.filter(slug="a").exists()


def test_a_source_is_not_deleted_while_a_record_cites_it(lcr, source, ada):
    shown = ada.get(page(Source, source, "delete"))
    tie = Affiliation.objects.get(role="section")
    assert shown.context["protected"] == [
        f'Organisation: <a href="{page(Organisation, lcr)}">Ligue</a>',
        f'Affiliation: <a href="{page(Affiliation, tie)}">{tie}</a>',
    ]
    assert delete(ada, source).status_code == 200
    assert Source.objects.count() == 1


def test_of_many_that_depend_on_a_record_some_are_named(body, event, ada):
    body("a")
    for number in range(33):
        body(f"b{number:02}")
        event(f"e{number:02}", "split", [("a", f"b{number:02}")])

    def asked():
        with CaptureQueriesContext(connection) as queries:
            shown = ada.get(page(Organisation, Organisation.objects.get(slug="a"), "delete"))
        return len(queries), shown.context["protected"]

    asked()
    number, protected = asked()
    assert (len(protected), protected[-1]) == (31, "and 3 more")
    ChangeEvent.objects.filter(slug__gt="e04").delete()
    assert asked() == (number, protected[:5])


def test_several_are_deleted_at_once_for_one_reason_or_none_of_them(body, event, ada):
    a, b, c = body("a"), body("b"), body("c")
    event("split", "split", [("a", "b")])
    data = {"action": "delete_selected", "_selected_action": [a.pk, c.pk]}
    shown = ada.post(page(Organisation), data)
    assert "can’t be deleted while these depend on them" in shown.content.decode()
    ada.post(page(Organisation), data | {"post": "yes"})
    assert Organisation.objects.count() == 3
    data["_selected_action"] = [c.pk]
    assert 'name="change_reason"' in ada.post(page(Organisation), data).content.decode()
    ada.post(page(Organisation), data | {"post": "yes", "change_reason": "A double"})
    assert listed(ada) == [("Organisation", "C", "ada", "A double")]
    assert set(Organisation.objects.all()) == {a, b}


# --- what is deleted ------------------------------------------------------------------------------


def test_a_deletion_says_why_and_is_listed(lcr, ada):
    assert listed(ada) == []
    assert "Nothing is deleted." in ada.get(LIST).content.decode()
    assert 'name="change_reason"' in ada.get(page(Organisation, lcr, "delete")).content.decode()
    answer = ada.post(
        page(Organisation, lcr, "delete"), {"post": "yes", "change_reason": "No such body"}
    )
    told = ada.get(answer.url).content.decode()
    assert f'<a href="{back("organisation", lcr.pk)}">Undo the deletion</a>' in told
    assert listed(ada) == [("Organisation", "Ligue", "ada", "No such body")]
    assert f'href="{LIST}"' in ada.get(reverse("admin:index")).content.decode()
    reasons = {
        row.history_change_reason
        for model in (Organisation, Name, Citation, CountryPeriod, Affiliation)
        for row in model.history.filter(history_type="-")
    }
    assert reasons == {"No such body"}


def test_the_list_is_of_all_kinds_newest_first_and_paged(body, event, source, affiliate, ed):
    a, b = body("a", status="draft"), body("b", status="draft")
    split = event("split", "split", [("a", "b")], status="draft", title="A split")
    tie = affiliate(a, b, status="draft", role="observer")
    source.delete()
    split.delete()
    tie.delete()
    for number in range(20):
        body(f"c{number:02}", name=f"C {number}").delete()
    first = ed.get(LIST).context
    assert [line.name for line in first["lines"]] == [f"C {n}" for n in reversed(range(20))]
    second = ed.get(LIST, {"page": "2"}).context
    assert [(line.kind, line.name) for line in second["lines"]] == [
        ("Affiliation", "A: observer of B"),
        ("Event", "A split"),
        ("Source", "International Trotskyism"),
    ]


def test_the_list_asks_as_often_however_much_is_deleted(body, event, source, affiliate, ed):
    a, b = body("a"), body("b")
    for number in range(3):
        event(f"e{number}", "split", [("a", "b")]).delete()
        affiliate(a, b, since=str(1950 + number)).delete()
        body(f"c{number}").delete()
    source.delete()

    def asked():
        with CaptureQueriesContext(connection) as queries:
            ed.get(LIST)
        return len(queries)

    asked()
    few = asked()
    for number in range(5, 30):
        body(f"c{number}").delete()
        event(f"e{number}", "split", [("a", "b")]).delete()
    Organisation.objects.create(slug="last", name="Last").delete()
    affiliate(a, b).delete()
    Source.objects.create(slug="last", title="Last").delete()
    assert (asked(), few) == (10, 10)


def test_what_stands_again_is_not_deleted(body, affiliate, ed):
    a, b = body("a", status="draft"), body("b")
    affiliate(a, b, status="draft").delete()
    affiliate(a, b, status="draft")
    gone = body("gone")
    number = gone.pk
    gone.delete()
    body("gone")
    assert listed(ed) == []
    for address in (
        back("organisation", number), back(a), back("organisation", 999),
        back("organisation", 10**30), back("name", 1), back("user", 1),
    ):  # fmt: skip
        assert ed.get(address).status_code == 404


# --- brought back ---------------------------------------------------------------------------------


def test_a_body_comes_back_as_a_draft_with_all_that_hung_on_it(lcr, ada):
    stood, number = document_of(lcr), lcr.pk
    ties = set(Affiliation.objects.values_list("pk", flat=True))
    delete(ada, lcr, change_reason="A slip")
    shown = ada.get(back("organisation", number))
    lines = [(line.label, line.after) for line in shown.context["found"].told[0].lines]
    assert ("Name", "LCR (abbreviation)") in lines
    assert ("Country", "France") in lines

    answer = ada.post(back("organisation", number), {"change_reason": "It was one"})

    assert answer.url == page(Organisation, Organisation.objects.get(slug="lcr"))
    lcr = Organisation.objects.get(pk=number)
    assert document_of(lcr) == drafted(stood)
    assert set(Affiliation.objects.values_list("pk", flat=True)) == ties
    assert listed(ada) == []
    versions = Versions(Organisation, number).newest_first
    assert [(one.user, one.reason, one.deleted) for one in versions] == [
        ("ada", "Deletion undone: It was one", False),
        ("ada", "A slip", True),
        ("", "", False),
    ]
    assert versions[-1].key == "first"
    assert list(LogEntry.objects.values_list("change_message", flat=True).order_by("pk"))[-1] == (
        "Its deletion was undone."
    )


def test_it_comes_back_whatever_door_it_went_by(lcr, ada):
    stood, number = document_of(lcr), lcr.pk
    lcr.summary = "Written just before."
    lcr.save()
    lcr.delete()
    assert ada.post(back("organisation", number)).status_code == 302
    stood["organisations"][0]["summary"] = "Written just before."
    assert document_of(Organisation.objects.get(pk=number)) == drafted(stood)


def test_the_last_record_of_all_comes_back_with_its_history(body, ada):
    number = body("only").pk
    delete(ada, Organisation.objects.get())
    ada.post(back("organisation", number))
    assert [one.reason for one in Versions(Organisation, number).newest_first] == [
        "Deletion undone", "", "",
    ]  # fmt: skip


def test_it_can_be_deleted_and_brought_back_again(lcr, ada):
    stood, number = drafted(document_of(lcr)), lcr.pk
    for _ in range(2):
        delete(ada, Organisation.objects.get(pk=number))
        assert len(listed(ada)) == 1
        assert ada.post(back("organisation", number)).status_code == 302
        assert document_of(Organisation.objects.get(pk=number)) == stood


def test_an_event_a_membership_and_a_source_come_back(body, event, source, affiliate, ada):
    a, b = body("a"), body("b")
    split = event("split", "split", [("a", "b")], date="1953")
    Account.objects.create(event=split, claimant="A", text="It was so.")
    tie = affiliate(a, b, since="1950")
    for record in (split, tie, source):
        stood, number = document_of(record), record.pk
        delete(ada, record)
        assert len(listed(ada)) == 1
        assert ada.post(back(record._meta.model_name, number)).status_code == 302
        assert document_of(type(record).objects.get(pk=number)) == drafted(stood)
    b.refresh_from_db()
    assert b.parent == a


def test_what_it_needs_that_is_gone_too_is_said(body, event, ada):
    a, b = body("a", name="The first"), body("b")
    split = event("split", "split", [("a", "b")])
    numbers = split.pk, a.pk
    delete(ada, split)
    delete(ada, a)
    shown = ada.get(back("changeevent", numbers[0]))
    assert [(one.name, one.address) for one in shown.context["found"].needed] == [
        ("The first", back("organisation", numbers[1]))
    ]
    assert 'type="submit" class="default"' not in shown.content.decode()
    answer = ada.post(back("changeevent", numbers[0]))
    assert (answer.status_code, answer.context["faults"]) == (200, [])
    assert not ChangeEvent.objects.exists()
    ada.post(back("organisation", numbers[1]))
    assert ada.post(back("changeevent", numbers[0])).status_code == 302
    assert Succession.objects.get().predecessor_id == numbers[1]
    assert Succession.objects.get().successor == b


def test_a_membership_comes_back_once_both_its_bodies_are(body, affiliate, ada):
    a, b = body("a"), body("b")
    affiliate(a, b, since="1950")
    numbers = a.pk, b.pk
    delete(ada, a)
    for model in (Organisation, Affiliation):
        model.history.update(history_date=F("history_date") - timedelta(hours=1))
    delete(ada, b)
    assert [line[1] for line in listed(ada)] == ["B", "A"]
    shown = ada.get(back("organisation", numbers[0]))
    assert [one.name for one in shown.context["found"].without] == ["B"]
    ada.post(back("organisation", numbers[0]))
    assert [line[1] for line in listed(ada)] == ["B"]
    ada.post(back("organisation", numbers[1]))
    assert [line[1] for line in listed(ada)] == ["A: section of B"]
    tie = Affiliation.history.latest().id
    assert ada.post(back("affiliation", tie)).status_code == 302
    assert [(one.pk, one.since) for one in Affiliation.objects.all()] == [(tie, "1950")]


def test_a_body_is_again_the_claimant_of_what_it_said(body, event, ada):
    gone, _a, _b = body("gone"), body("a"), body("b")
    split = event("split", "split", [("a", "b")])
    mine = Account.objects.create(event=split, organisation=gone, claimant="Gone", text="So.")
    other = Account.objects.create(event=split, organisation=gone, claimant="Else", text="So.")
    number = gone.pk
    delete(ada, gone)
    other.refresh_from_db()
    with occasion("It is another's word"):
        other.save()
    ada.post(back("organisation", number))
    assert dict(Account.objects.values_list("pk", "organisation")) == {
        mine.pk: number, other.pk: None,
    }  # fmt: skip


def test_an_editor_brings_back_a_draft_and_leaves_published_records_alone(
    body, event, affiliate, ed, ada
):
    member_of, gone = body("member-of", status="draft"), body("gone")
    published, _other = body("published"), body("other")
    affiliate(published, gone)
    affiliate(gone, member_of)
    split = event("split", "split", [("published", "other")])
    account = Account.objects.create(event=split, organisation=gone, claimant="Gone", text="So.")
    number = gone.pk
    delete(ada, gone)
    shown = ed.get(back("organisation", number))
    assert shown.context["found"].kept == ["PUBLISHED: section of GONE"]
    assert ed.post(back("organisation", number)).status_code == 302
    gone = Organisation.objects.get(pk=number)
    assert gone.status == "draft"
    assert [(one.organisation, one.status) for one in Affiliation.objects.all()] == [
        (gone, "draft")
    ]
    account.refresh_from_db()
    assert account.organisation is None
    assert [line[1] for line in listed(ed)] == ["PUBLISHED: section of GONE"]


def test_those_without_a_part_in_the_desk_see_nothing_of_it(lcr):
    number = lcr.pk
    lcr.delete()
    rea = Client()
    rea.force_login(member("rea"))
    for stranger in (rea, Client()):
        for address in (LIST, back("organisation", number)):
            for answer in (stranger.get(address), stranger.post(address)):
                assert (answer.status_code, answer.url.split("?")[0]) == (302, "/admin/login/")
    user = member("staff", "Editor")
    user.groups.clear()
    looks = Client()
    looks.force_login(user)
    assert [looks.get(address).status_code for address in (LIST, back("organisation", number))] == [
        403, 403,
    ]  # fmt: skip
    assert not Organisation.objects.filter(pk=number).exists()


def test_who_may_only_look_brings_nothing_back(lcr):
    number = lcr.pk
    lcr.delete()
    user = member("looks", "Editor")
    user.groups.clear()
    user.user_permissions.set(Permission.objects.filter(codename="view_organisation"))
    looks = Client()
    looks.force_login(user)
    shown = looks.get(back("organisation", number))
    assert (shown.status_code, shown.context["may_add"]) == (200, False)
    assert looks.post(back("organisation", number)).status_code == 403
    assert not Organisation.objects.filter(pk=number).exists()


def test_other_methods_are_refused(lcr, ed):
    number = lcr.pk
    lcr.delete()
    assert [ed.post(LIST).status_code, ed.put(back("organisation", number)).status_code] == [
        405, 405,
    ]  # fmt: skip
