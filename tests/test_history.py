"""An editor sees who changed what of a record, compares what stood, and puts it back."""

from __future__ import annotations

import json
import random
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.contrib.admin.models import LogEntry
from django.core import serializers
from django.db import connection
from django.db.models import ProtectedError
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from lineage.exchange.document import import_document
from lineage.exchange.versions import Versions
from lineage.exchange.wholes import document_of
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
)
from lineage.models.keeping import AS_LOADED, FIRST, occasion
from lineage.reading.changelog import latest
from tests.desk import filled, member, page

pytestmark = pytest.mark.django_db

SAMPLE = Path(__file__).parent / "sample.json"
WHOLES = (Organisation, ChangeEvent, Affiliation, Source)
FEW = 6  # records of each kind that random edits meet again and again
PARTS = (CountryPeriod, Name, Identifier, Link, Fact, Succession, Account, Citation)


@pytest.fixture
def sample(db):
    import_document(SAMPLE.read_bytes())


def kept(row) -> list[tuple]:
    """The history of a row, oldest first: kind, moment where it is the first, reason."""
    versions = row.history.order_by("history_date", "history_id")
    return [
        (one.history_type, one.history_date == FIRST, one.history_change_reason or "")
        for one in versions
    ]


# --- what stood before the first change -----------------------------------------------------------


def test_a_row_that_came_with_the_record_keeps_the_state_in_which_it_came(sample):
    name = Name.objects.order_by("pk").first()
    assert kept(name) == []
    before = name.until
    name.until = "1999"
    name.save()
    name.until = "2000"
    name.save()
    assert kept(name) == [("+", True, AS_LOADED), ("~", False, ""), ("~", False, "")]
    assert [one.until for one in name.history.order_by("history_date", "history_id")] == [
        before, "1999", "2000",
    ]  # fmt: skip
    assert name.history.earliest().history_user is None
    assert name.history.earliest().history_date == datetime(1970, 1, 1, tzinfo=UTC)


def test_a_row_that_is_deleted_keeps_it_too_with_all_that_goes_with_it(sample):
    event = ChangeEvent.objects.order_by("pk").first()
    edges = list(event.successions.all())
    event.delete()
    assert set(Succession.history.values_list("id", "history_type", "history_change_reason")) == {
        (edge.pk, *said) for edge in edges for said in (("+", AS_LOADED), ("-", None))
    }


@pytest.mark.parametrize("change", ["update_fields", "fixture", "document"])
def test_whatever_door_a_change_comes_by(sample, change):
    body = Organisation.objects.get(slug=Organisation.objects.order_by("pk").first().slug)
    before = body.summary
    if change == "update_fields":
        body.summary = "Another."
        body.save(update_fields=["summary"])
    elif change == "fixture":
        body.summary = "Another."
        text = serializers.serialize("json", [body])
        for row in serializers.deserialize("json", text):
            row.save()
    else:
        entry = {"id": body.slug, "name": body.name, "kind": body.kind, "summary": "Another."}
        import_document(_document(organisations=[entry]), update=True)
    assert [one.summary for one in body.history.order_by("history_date", "history_id")] == [
        before, "Another.",
    ]  # fmt: skip
    assert kept(body) == [("+", True, AS_LOADED), ("~", False, "")]


def _document(**lists) -> str:
    sample = json.loads(SAMPLE.read_text())
    head = {key: sample[key] for key in ("format", "version")}
    return json.dumps({**head, **lists})


def test_a_fixture_that_changes_nothing_leaves_no_trace(sample):
    body = Organisation.objects.order_by("pk").first()
    for row in serializers.deserialize("json", serializers.serialize("json", [body])):
        row.save()
    assert kept(body) == [("+", True, AS_LOADED)]


def test_whoever_changes_a_row_first_did_not_load_it(body, ed):
    one = body("one", status="draft")
    Organisation.history.all().delete()
    ed.post(page(Organisation, one), filled(ed.get(page(Organisation, one))) | {"name": "Two"})
    told = one.history.order_by("history_date").values_list("name", "history_user__username")
    assert list(told) == [("ONE", None), ("Two", "ed")]


def test_a_row_made_here_has_no_state_before_it(body):
    made = body("a")
    made.name = "B"
    made.save()
    assert kept(made) == [("+", False, ""), ("~", False, "")]


def test_what_fills_an_empty_record_has_no_history(sample):
    assert [model.history.count() for model in (*WHOLES, *PARTS)] == [0] * 12


def test_a_save_asks_once_more_and_a_new_row_no_more(body):
    made = body("a")
    link = Link(organisation=made, url="https://a.example.org/")
    with CaptureQueriesContext(connection) as asked:
        link.save()
    assert len(asked) == 2  # the row and its history
    with CaptureQueriesContext(connection) as asked:
        link.save()
    assert len(asked) == 3


def test_an_account_says_that_its_claimant_is_gone(body):
    gone, other = body("gone"), body("other")
    account = Account.objects.create(
        subject=other, organisation=gone, claimant="Gone", text="It was so."
    )
    Account.history.all().delete()
    with occasion("A double"):
        gone.delete()
    assert kept(account) == [("+", True, AS_LOADED), ("~", False, "A double")]
    told = account.history.order_by("history_date", "history_id")
    assert [one.organisation_id for one in told] == [told[0].organisation_id, None]
    assert told[0].organisation_id


def test_feeds_and_lists_of_changes_don_t_tell_what_was_loaded_first(sample):
    name = Name.objects.filter(organisation__status="published").order_by("pk").first()
    name.until = "1999"
    name.save()
    assert [(one.record, one.words) for one in latest()] == [
        (name.organisation, "Changed: names."),
    ]
    name.organisation.save()
    assert [one.words for one in latest()] == ["Changed: names, the record itself."]


def test_what_is_written_on_one_occasion_has_one_moment_and_one_reason(body):
    with occasion("Read again") as now:
        made = body("a")
        Link.objects.create(organisation=made, url="https://a.example.org/")
        own = Link(organisation=made, url="https://b.example.org/")
        own._change_reason = "Its own"
        own.save()
    rows = [*made.history.all(), *Link.history.order_by("history_id")]
    assert [(one.history_date, one.history_change_reason) for one in rows] == [
        (now.moment, "Read again"), (now.moment, "Read again"), (now.moment, "Its own"),
    ]  # fmt: skip


# --- versions of a whole record -------------------------------------------------------------------


class Walk:
    """Edits of all kinds, at random, each on an occasion of its own; what they left standing."""

    def __init__(self, seed: int) -> None:
        self.dice = random.Random(seed)  # noqa: S311
        self.made = 0

    def step(self) -> None:
        edits = [self.change, self.change, self.change, self.remove, self.add, self.move]
        with occasion(f"Step {self.made}"):
            self.dice.choice(edits)()
        self.made += 1

    def one(self, *models):
        rows = [row for model in models for row in model.objects.order_by("pk")[:FEW]]
        return self.dice.choice(rows) if rows else None

    def change(self) -> None:
        row = self.one(self.dice.choice([*WHOLES, *PARTS]))
        texts = ("summary", "until", "note", "title", "text", "value", "claimant", "publisher")
        field = next((name for name in texts if hasattr(row, name)), None)
        if isinstance(row, Succession):
            row.principal = not row.principal
        elif field:
            setattr(row, field, str(1900 + self.made))
        if row is not None:
            row.save()

    def remove(self) -> None:
        row = self.one(self.dice.choice([*WHOLES, *PARTS]))
        try:
            if row is not None:
                row.delete()
        except ProtectedError:
            pass

    def add(self) -> None:
        body, source = self.one(Organisation), self.one(Source)
        number = 100 + self.made
        name = Name.objects.create(organisation=body, text=f"Name {number}")
        Citation.objects.create(name=name, source=source, locator=f"p. {number}")
        CountryPeriod.objects.create(organisation=body, country="FR", since=str(1900 + number))
        other = self.one(Organisation)
        if other != body:
            Affiliation.objects.create(organisation=body, body=other, since=str(1900 + number))

    def move(self) -> None:
        """A name goes from one body to another, with its citations."""
        name, body = self.one(Name), self.one(Organisation)
        name.organisation, name.text = body, f"Moved {self.made}"
        name.save()


@pytest.mark.parametrize("seed", range(3))
def test_the_history_of_a_record_ends_in_what_stands(sample, seed):
    walk = Walk(seed)
    told: dict[tuple, dict[str, dict]] = {}
    for _ in range(20):
        walk.step()
        for model in WHOLES:
            for record in model.objects.order_by("pk")[:FEW]:
                stood = told.setdefault((model, record.pk), {})
                stood[f"Step {walk.made - 1}"] = document_of(record)
    for (model, pk), stood in told.items():
        versions = Versions(model, pk)
        documents = versions.documents([one.key for one in versions.newest_first])
        standing = model.objects.filter(pk=pk).first()
        assert versions.present == (document_of(standing) if standing else {})
        assert documents[versions.newest_first[0].key] == versions.present
        assert "now" not in documents
        for version in versions.newest_first:
            if version.reason and not version.deleted:
                assert documents[version.key] == stood[version.reason]


def keys(versions: Versions) -> list[tuple[str, str]]:
    """The versions as people and reasons, newest first."""
    return [(one.user, one.reason) for one in versions.newest_first]


def test_what_one_person_writes_within_seconds_is_one_version(body):
    ada, ed = member("ada", "Publisher"), member("ed", "Editor")
    made = body("a")
    start = datetime(2026, 1, 1, tzinfo=UTC)
    Organisation.history.all().update(history_date=start, history_user=ada)
    for seconds, user in ((3, ada), (6, ada), (12, ada), (13, ed), (14, ada)):
        link = Link(organisation=made, url=f"https://a.example.org/{seconds}")
        link._history_date, link._history_user = start + timedelta(seconds=seconds), user
        link.save()
    assert keys(Versions(Organisation, made.pk)) == [
        ("ada", ""), ("ed", ""), ("ada", ""), ("ada", ""),
    ]  # fmt: skip


def test_what_was_written_past_the_history_is_a_version_too(body):
    made = body("a", summary="Old.")
    Organisation.objects.update(summary="New.")
    versions = Versions(Organisation, made.pk)
    now, first = (one.key for one in versions.newest_first)
    assert now == "now"
    documents = versions.documents([first, now])
    assert [documents[key]["organisations"][0]["summary"] for key in (first, now)] == [
        "Old.", "New.",
    ]  # fmt: skip


def test_a_row_that_moved_to_another_record_left_the_first(body):
    one, other = body("one"), body("other")
    with occasion("Made"):
        name = Name.objects.create(organisation=one, text="Name")
    with occasion("Moved"):
        name.organisation = other
        name.save()
    told = {}
    for record in (one, other):
        versions = Versions(Organisation, record.pk)
        documents = versions.documents([version.key for version in versions.newest_first])
        told[record.slug] = []
        for version in versions.newest_first:
            (entry,) = documents[version.key]["organisations"]
            names = [row["text"] for row in entry["names"]]
            told[record.slug].append((version.reason, names))
    assert told == {
        "one": [("Moved", []), ("Made", ["Name"]), ("", [])],
        "other": [("Moved", ["Name"]), ("Made", []), ("", [])],
    }


# --- the page of a history ------------------------------------------------------------------------


@pytest.fixture
def lcr(body, source, affiliate):
    """A body of three versions: as it was made, renamed with a cited name, ended."""
    with occasion("Made"):
        lcr, usfi = body("lcr", name="Ligue", status="draft"), body("usfi", name="Secretariat")
        affiliate(lcr, usfi, since="1969", status="draft")
    with occasion("Its new name"):
        lcr.name = "League"
        lcr.save()
        name = Name.objects.create(organisation=lcr, text="LCR", kind="abbreviation")
        Citation.objects.create(name=name, source=source, locator="p. 7")
    with occasion("It ended"):
        lcr.dissolved = "2009"
        lcr.save()
        name.delete()
    return lcr


def at(record, view: str, *rest: str) -> str:
    """An address below the history of a record."""
    return reverse(f"admin:lineage_{record._meta.model_name}_{view}", args=[record.pk, *rest])


def versions_of(client, record):
    return client.get(page(type(record), record, "history")).context["shown"]


def key(client, record, reason: str) -> str:
    """The key of the version that was made for a reason."""
    (found,) = (
        one.version.key for one in versions_of(client, record) if one.version.reason == reason
    )
    return found


def said(told) -> list[tuple[str, str, str, str]]:
    """Differences as a page tells them: record, label, before, after."""
    return [
        (record.title, line.label, str(line.before), str(line.after))
        for record in told
        for line in record.lines
    ]


def test_a_history_says_who_changed_what_when_and_why_of_all_that_hangs_on_a_record(lcr, ed):
    data = filled(ed.get(page(Organisation, lcr))) | {
        "founded": "c. 1969",
        "links-TOTAL_FORMS": "1",
        "links-0-organisation": str(lcr.pk),
        "links-0-url": "https://lcr.example.org/",
        "change_reason": "Pennetier,\r\n\0 p. 12",
    }
    assert ed.post(page(Organisation, lcr), data).status_code == 302

    shown = versions_of(ed, lcr)

    assert [(one.version.user, one.version.reason, said(one.changes)) for one in shown] == [
        (
            "ed",
            "Pennetier, p. 12",
            [
                ("League", "Founded", "–", "about 1969"),
                ("League", "Link", "–", "https://lcr.example.org/"),
            ],
        ),
        (
            "",
            "It ended",
            [
                ("League", "Dissolved", "–", "2009"),
                ("League", "Name", "LCR (abbreviation)", "–"),
            ],
        ),
        (
            "",
            "Its new name",
            [
                ("League", "Name", "Ligue", "League"),
                ("League", "Name", "–", "LCR (abbreviation)"),
                (
                    "League",
                    "Citation of the name LCR (abbreviation)",
                    "–",
                    "International Trotskyism, p. 7",
                ),
            ],
        ),
        (
            "",
            "Made",
            [
                ("League", "Organisation", "–", "League"),
                ("League: section of Secretariat, from 1969", "Affiliation",
                 "–", "League: section of Secretariat, from 1969"),
            ],
        ),
    ]  # fmt: skip
    assert [one.newest for one in shown] == [True, False, False, False]


def test_a_record_that_nobody_has_changed_has_the_version_in_which_it_was_loaded(sample, ed):
    for model in WHOLES:
        record = model.objects.order_by("pk").first()
        assert [(one.when, one.changes) for one in versions_of(ed, record)] == [
            ("As it was first loaded", [])
        ]
        form = ed.get(at(record, "simple_history", "first"))
        assert form.status_code == 200
        assert form.context["held"][0].lines


@pytest.mark.parametrize("model", WHOLES, ids=lambda model: model.__name__)
def test_a_history_asks_as_often_however_long_it_is(sample, model, ed):
    record = model.objects.order_by("pk").first()
    record.save()

    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            versions_of(ed, record)
        return len(queries)

    asked()
    short = asked()
    for number in range(45):
        with occasion(f"Step {number}"):
            record.save()
    assert asked() == short
    pages = [ed.get(page(model, record, "history"), {"page": str(n)}).context for n in (1, 2, 3)]
    assert [len(context["shown"]) for context in pages] == [20, 20, 7]
    assert short == {Organisation: 27, ChangeEvent: 18, Affiliation: 15, Source: 9}[model]


def test_any_two_versions_are_compared_whichever_is_named_first(lcr, ed):
    made, named, ended = (key(ed, lcr, why) for why in ("Made", "Its new name", "It ended"))
    address = at(lcr, "compare")
    answer = ed.get(address, {"older": made, "newer": ended})
    assert said(answer.context["differences"]) == [
        ("League", "Name", "Ligue", "League"),
        ("League", "Dissolved", "–", "2009"),
    ]
    turned = ed.get(address, {"older": ended, "newer": made})
    assert said(turned.context["differences"]) == said(answer.context["differences"])
    assert (turned.context["older"].key, turned.context["newer"].key) == (made, ended)
    same = ed.get(address, {"older": named, "newer": named})
    assert same.context["differences"] == []
    assert "The two are the same." in same.content.decode()


def test_a_version_is_read_whole(lcr, ed):
    answer = ed.get(at(lcr, "simple_history", key(ed, lcr, "Its new name")))
    lines = [(label, after) for _title, label, _before, after in said(answer.context["held"])]
    assert lines == [
        ("Organisation", "League"),
        ("Name", "League"),
        ("Kind", "Party"),
        ("Name", "LCR (abbreviation)"),
        ("Citation of the name LCR (abbreviation)", "International Trotskyism, p. 7"),
        ("Affiliation", "League: section of Secretariat, from 1969"),
    ]


@pytest.mark.parametrize("wrong", ["17", "x", "first", "now", "-1", "9" * 40])
def test_a_version_that_there_is_not_leads_nowhere(lcr, ed, wrong):
    right = key(ed, lcr, "Made")
    addresses = [
        at(lcr, "simple_history", wrong),
        at(lcr, "restore", wrong),
        f"{at(lcr, 'compare')}?older={wrong}&newer={right}",
        f"{at(lcr, 'compare')}?newer={right}",
        page(Organisation, lcr, "history").replace(f"/{lcr.pk}/", f"/{wrong}/"),
    ]
    assert [ed.get(address).status_code for address in addresses] == [404] * 5


def test_a_history_is_read_by_those_of_the_desk_and_written_by_nobody(lcr, ed):
    made = key(ed, lcr, "Made")
    views = [
        page(Organisation, lcr, "history"),
        at(lcr, "simple_history", made),
        f"{at(lcr, 'compare')}?older={made}&newer={made}",
    ]
    assert [ed.post(address).status_code for address in views] == [405] * 3
    assert ed.put(at(lcr, "restore", made)).status_code == 405
    rea = Client()
    rea.force_login(member("rea"))
    for stranger in (rea, Client()):
        for address in [*views, at(lcr, "restore", made)]:
            answer = stranger.get(address)
            assert (answer.status_code, answer.url.split("?")[0]) == (302, "/admin/login/")


def test_no_page_of_a_history_holds_a_style_or_a_script_of_its_own(lcr, ada):
    made = key(ada, lcr, "Made")
    for address in (
        page(Organisation, lcr, "history"),
        at(lcr, "simple_history", made),
        f"{at(lcr, 'compare')}?older={made}&newer={key(ada, lcr, 'It ended')}",
        at(lcr, "restore", made),
    ):
        html = ada.get(address).content.decode()
        assert re.findall(r"\sstyle=|<style|\son[a-z]+=|<script(?![^>]*\ssrc=)[^>]*>", html) == []


# --- a version put back ---------------------------------------------------------------------------


def restored(client, record, reason: str, **typed):
    """What the page sends by which a version is put back."""
    address = at(record, "restore", key(client, record, reason))
    seen = client.get(address).context["found"].seen
    return client.post(address, {"seen": seen, **typed})


def test_a_version_is_put_back_whole_when_what_it_changes_was_shown(lcr, ed):
    named = key(ed, lcr, "Its new name")
    stood = Versions(Organisation, lcr.pk).documents([named])[named]
    shown = ed.get(at(lcr, "restore", named))
    assert said(shown.context["found"].told) == [
        ("League", "Dissolved", "2009", "–"),
        ("League", "Name", "–", "LCR (abbreviation)"),
        ("League", "Citation of the name LCR (abbreviation)", "–",
         "International Trotskyism, p. 7"),
    ]  # fmt: skip
    assert document_of(Organisation.objects.get(slug="lcr")) != stood

    answer = restored(ed, lcr, "Its new name", change_reason="It did not end")

    assert answer.url == page(Organisation, lcr, "history")
    assert document_of(Organisation.objects.get(slug="lcr")) == stood
    newest = versions_of(ed, lcr)[0].version
    assert newest.user == "ed"
    assert re.fullmatch(r"Restored as on \d{4}-\d\d-\d\d \d\d:\d\d: It did not end", newest.reason)
    log = LogEntry.objects.get()
    assert (log.user.username, log.change_message.startswith("Restored: ")) == ("ed", True)


def test_a_body_keeps_its_number_and_its_memberships_keep_theirs(lcr, ed):
    tie = Affiliation.objects.get()
    with occasion("Another date"):
        tie.since = "1970"
        tie.save()
    restored(ed, lcr, "It ended")
    assert [(one.pk, one.since) for one in Affiliation.objects.all()] == [(tie.pk, "1969")]
    with occasion("Gone"):
        Affiliation.objects.get().delete()
    restored(ed, lcr, "It ended")
    assert [(one.pk, one.since, one.status) for one in Affiliation.objects.all()] == [
        (tie.pk, "1969", "draft")
    ]


def test_what_is_restored_is_no_more_public_than_it_is(body, ed, ada):
    with occasion("Published"):
        one = body("one", summary="Old.")
    with occasion("Taken back"):
        one.status, one.summary = "draft", "New."
        one.save()
    for client in (ed, ada):
        restored(client, one, "Published")
        assert Organisation.objects.values_list("status", "summary").get() == ("draft", "Old.")
        Organisation.objects.update(summary="New.")
    one.refresh_from_db()
    with occasion("Published again"):
        one.status = "published"
        one.save()
    restored(ada, one, "Published")
    assert Organisation.objects.values_list("status", "summary").get() == ("published", "Old.")
    restored(ada, one, "Taken back")
    assert Organisation.objects.values_list("status", "summary").get() == ("draft", "New.")


def test_a_published_membership_of_another_date_stays_published(body, affiliate, ada):
    with occasion("Made"):
        one = body("one")
        tie = affiliate(one, body("other"), since="1969")
    with occasion("Another date"):
        tie.since = "1970"
        tie.save()
    restored(ada, one, "Made")
    assert [(row.pk, row.since, row.status) for row in Affiliation.objects.all()] == [
        (tie.pk, "1969", "published")
    ]


def test_a_published_record_is_restored_by_a_publisher(body, ed, ada):
    with occasion("Made"):
        one = body("one", summary="Old.")
    with occasion("Changed"):
        one.summary = "New."
        one.save()
    address = at(one, "restore", key(ed, one, "Made"))
    assert [ed.get(address).status_code, ed.post(address).status_code] == [403, 403]
    assert [shown.status_code for shown in (ed.get(page(Organisation, one, "history")),)] == [200]
    assert ed.get(page(Organisation, one, "history")).context["may_restore"] is False
    assert restored(ada, one, "Made").status_code == 302
    assert Organisation.objects.get().summary == "Old."


def test_an_editor_leaves_published_memberships_as_they_are(lcr, ed, ada):
    tie = Affiliation.objects.get()
    with occasion("Known better"):
        tie.until, tie.status = "2009", "published"
        tie.save()
    address = at(lcr, "restore", key(ed, lcr, "Made"))
    assert ed.get(address).context["found"].kept == ["League: section of Secretariat, from 1969"]
    restored(ed, lcr, "Made")
    assert Organisation.objects.get(slug="lcr").name == "Ligue"
    assert Affiliation.objects.values_list("until", "status").get() == ("2009", "published")
    assert ada.get(address).context["found"].kept == []
    restored(ada, lcr, "Made")
    assert Affiliation.objects.values_list("until", "status").get() == ("", "draft")


def test_a_version_that_breaks_a_rule_is_refused_with_every_fault(lcr, ed):
    with occasion("Refounded"):
        lcr.founded, lcr.dissolved = "2010", "2020"
        lcr.save()
    Organisation.history.filter(dissolved="2009").update(founded="2011")
    before = document_of(lcr)
    answer = restored(ed, lcr, "It ended")
    assert answer.status_code == 200
    (fault,) = answer.context["faults"]
    assert "2011" in fault
    assert fault in answer.content.decode()
    assert document_of(Organisation.objects.get(slug="lcr")) == before


def test_a_version_is_not_put_back_over_what_was_not_seen(lcr, ed):
    address = at(lcr, "restore", key(ed, lcr, "Made"))
    seen = ed.get(address).context["found"].seen
    lcr.summary = "Meanwhile."
    lcr.save()
    answer = ed.post(address, {"seen": seen})
    assert answer.context["faults"] == [
        "The record was changed meanwhile. Look at what would change now."
    ]
    assert Organisation.objects.get(slug="lcr").summary == "Meanwhile."


def test_what_a_version_names_that_is_gone_is_said_and_can_be_brought_back(lcr, ed, source):
    source.delete()
    book = reverse("admin:deleted_record", args=["source", source_pk()])
    answer = ed.get(at(lcr, "restore", key(ed, lcr, "Its new name")))
    assert [(one.name, one.address) for one in answer.context["found"].needed] == [
        ("International Trotskyism", book)
    ]
    assert f'<a href="{book}">International Trotskyism</a>' in answer.content.decode()
    assert 'name="seen"' not in answer.content.decode()
    assert restored(ed, lcr, "Its new name").status_code == 200
    assert Organisation.objects.get(slug="lcr").dissolved == "2009"
    assert ed.post(book).status_code == 302
    assert restored(ed, lcr, "Its new name").status_code == 302
    assert Organisation.objects.get(slug="lcr").dissolved == ""


def source_pk() -> int:
    return Source.history.latest().id


def test_memberships_of_bodies_that_are_gone_stay_out(lcr, ed):
    Organisation.objects.get(slug="usfi").delete()
    usfi = Organisation.history.filter(slug="usfi").latest().id
    answer = ed.get(at(lcr, "restore", key(ed, lcr, "Made")))
    assert [(one.name, one.address) for one in answer.context["found"].without] == [
        ("Secretariat", reverse("admin:deleted_record", args=["organisation", usfi]))
    ]
    assert restored(ed, lcr, "Made").status_code == 302
    assert Organisation.objects.values_list("name", flat=True).get() == "Ligue"
    assert Affiliation.objects.count() == 0


def test_an_account_comes_back_without_a_claimant_that_is_gone(lcr, ed):
    usfi = Organisation.objects.get(slug="usfi")
    with occasion("Said"):
        Account.objects.create(subject=lcr, organisation=usfi, claimant="USFI", text="So.")
    Account.objects.all().delete()
    usfi.delete()
    assert restored(ed, lcr, "Said").status_code == 302
    assert Account.objects.values_list("claimant", "organisation").get() == ("USFI", None)


def test_an_event_a_membership_and_a_source_are_restored_too(body, event, source, affiliate, ada):
    a, b, c = body("a"), body("b"), body("c")
    with occasion("Made"):
        split = event("split", "split", [("a", "b")], date="1953", title="Split")
        tie = affiliate(a, b, since="1950")
        source.save()
    with occasion("Changed"):
        Succession.objects.all().delete()
        Succession.objects.create(event=split, predecessor=a, successor=c)
        tie.until = "1960"
        tie.save()
        Citation.objects.create(affiliation=tie, source=source)
        source.authors = ["Somebody else"]
        source.save()
    for record in (split, tie, source):
        made = key(ada, record, "Made")
        stood = Versions(type(record), record.pk).documents([made])[made]
        assert restored(ada, record, "Made").status_code == 302
        assert document_of(type(record).objects.get()) == stood
    b.refresh_from_db()
    assert b.parent == a


# --- the reason -----------------------------------------------------------------------------------


def test_every_row_that_a_form_writes_has_the_reason_typed_in_it(lcr, ed):
    form = ed.get(page(Organisation, lcr))
    assert form.content.decode().count('name="change_reason"') == 1
    data = filled(form) | {
        "name": "",
        "names-TOTAL_FORMS": "1",
        "names-0-organisation": str(lcr.pk),
        "names-0-text": "Rouge",
        "names-0-kind": "nickname",
        "change_reason": "A <new> source",
    }
    again = ed.post(page(Organisation, lcr), data)
    assert 'value="A &lt;new&gt; source"' in again.content.decode()
    ed.post(page(Organisation, lcr), data | {"name": "Rouge", "change_reason": f"{'x' * 300}\0"})
    rows = [lcr.history.latest(), Name.objects.get().history.get()]
    assert [one.history_change_reason for one in rows] == ["x" * 100] * 2
    assert rows[0].history_date == rows[1].history_date


def test_who_may_not_change_a_record_is_not_asked_why(body, ed):
    one = body("one")
    assert 'name="change_reason"' not in ed.get(page(Organisation, one)).content.decode()
