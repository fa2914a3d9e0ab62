"""Answers that are kept: until the record changes, by whatever door; and orders that are."""

from __future__ import annotations

import pytest
from django.core.cache import cache
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext

from lineage.models import (
    ChangeEvent,
    CountryPeriod,
    Edition,
    Layout,
    Name,
    Organisation,
    Succession,
    edition,
)
from lineage.models.edition import put_triggers_in_place, recorded_tables
from lineage.views import keeping
from tests.test_answers import READABLE, address

pytestmark = pytest.mark.django_db


@pytest.fixture
def record(body, event, source, cite):
    for slug in ("fi", "icfi", "isfi", "swp"):
        body(slug, kind="international", founded="1938")
    event("split", "split", [("fi", "icfi"), ("fi", "isfi"), ("icfi", "swp")], date="1953")
    cite(organisation=Organisation.objects.get(slug="fi"))
    CountryPeriod.objects.create(organisation=Organisation.objects.get(slug="swp"), country="LK")


def ask(client, path, **headers):
    with CaptureQueriesContext(connection) as captured:
        response = client.get(path, headers=headers)
    return response, len(captured)


@pytest.mark.parametrize("name", READABLE)
def test_who_has_an_answer_is_told_so_and_who_has_not_gets_the_one_that_is_kept(
    client, record, name
):
    first, asked = ask(client, address(name))
    assert first.status_code == 200
    again, asked_again = ask(client, address(name))
    assert (again.content, again.headers) == (first.content, first.headers)
    assert asked_again == 1 <= asked
    known, asked_known = ask(client, address(name), if_none_match=first["ETag"])
    assert (known.status_code, known.content, asked_known) == (304, b"", 1)
    assert known["ETag"] == first["ETag"]
    assert first["Cache-Control"] == "no-cache"


DOORS = {
    "a save": lambda: Organisation.objects.get(slug="fi").save(),
    "an update": lambda: Organisation.objects.filter(slug="fi").update(summary="So."),
    "a row in bulk": lambda: Name.objects.bulk_create(
        [Name(organisation=Organisation.objects.get(slug="fi"), text="FI")]
    ),
    "a deletion": lambda: Succession.objects.all().delete(),
    "a hand": lambda: connection.cursor().execute("UPDATE lineage_source SET title = 'Other'"),
    "an event's date": lambda: ChangeEvent.objects.update(date="1954"),
}


@pytest.mark.parametrize("door", DOORS)
def test_an_edit_by_any_door_is_seen_in_the_next_view(client, record, door):
    first, _ = ask(client, "/organisations/fi/tree/")
    DOORS[door]()
    again, asked = ask(client, "/organisations/fi/tree/", if_none_match=first["ETag"])
    assert again.status_code == 200
    assert again["ETag"] != first["ETag"]
    assert asked > 1


def test_every_table_of_the_record_changes_the_edition(record):
    assert set(recorded_tables()) >= {
        f"lineage_{name}"
        for name in (
            "account", "affiliation", "changeevent", "citation", "countryperiod", "fact",
            "identifier", "link", "name", "organisation", "source", "succession", "waiver",
        )
    }  # fmt: skip
    seen = {edition.current()}
    for table in recorded_tables():
        with connection.cursor() as cursor:
            # Nothing is deleted, but on SQLite, which tells by rows, nothing is seen either.
            if connection.vendor == "sqlite":
                cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
                triggers = {name for (name,) in cursor.fetchall()}
                wanted = {f"edition_{table}_{what}" for what in ("insert", "update", "delete")}
                assert wanted <= triggers
                continue
            cursor.execute(f"DELETE FROM {table} WHERE 1 = 0")  # noqa: S608
        seen.add(edition.current())
    if connection.vendor == "postgresql":
        assert len(seen) == 1 + len(recorded_tables())


def test_a_record_that_comes_back_to_what_it_was_has_a_mark_of_its_own(record):
    marks = [edition.current()]
    for summary in ("One.", "", "One."):
        Organisation.objects.filter(slug="fi").update(summary=summary)
        marks.append(edition.current())
    assert len(set(marks)) == 4
    assert Edition.objects.count() == 1


def test_triggers_stand_again_after_a_migration_and_twice_is_once(record):
    put_triggers_in_place("default")
    before = edition.current()
    call_command("migrate", verbosity=0)
    Organisation.objects.filter(slug="fi").update(summary="So.")
    assert edition.current() != before


def test_nothing_is_kept_of_a_record_without_an_edition_or_while_debugging(
    client, record, settings
):
    Edition.objects.all().delete()
    first, asked = ask(client, "/organisations/")
    assert "ETag" not in first
    assert ask(client, "/organisations/")[1] == asked
    Organisation.objects.filter(slug="fi").update(summary="So.")
    settings.DEBUG = True
    assert ask(client, "/organisations/")[1] == ask(client, "/organisations/")[1] == asked


def test_errors_and_what_is_too_large_are_not_kept(client, record, monkeypatch):
    for _ in range(2):
        response, asked = ask(client, "/organisations/nobody/tree/")
        assert response.status_code == 404
        assert "ETag" not in response
        assert asked > 1
    for limit, kept, left in (
        ("LARGEST", "/organisations/", "/organisations/?page=1"),
        ("LARGEST_WHOLE", "/organisations/?page=1", "/organisations/"),
    ):
        with monkeypatch.context() as patch:
            patch.setattr(keeping, limit, 10)
            cache.clear()
            assert ask(client, left)[1] == ask(client, left)[1] > 1
            assert ask(client, kept)[1] > ask(client, kept)[1] == 1


def test_the_order_of_a_family_is_kept_and_an_edit_moves_nothing_else(client, record, body, event):
    def lanes():
        cache.clear()
        bars = client.get("/organisations/fi/tree.json").json()["bars"]
        return [bar["id"] for bar in sorted(bars, key=lambda bar: bar["lane"])]

    before = lanes()
    family = Organisation.objects.get(slug="fi").family
    kept = Layout.objects.get(pk=f"family {family}")
    assert [name for name, _ in kept.order] == before
    # An order that nothing would lead to but having stood before.
    kept.order = kept.order[::-1]
    kept.save()
    assert lanes() == before[::-1]
    body("wil", founded="1990")
    event("wil-out", "split", [("swp", "wil", {"predecessor_continues": True})], date="1990")
    after = lanes()
    assert [slug for slug in after if slug != "wil"] == before[::-1]
    assert abs(after.index("wil") - after.index("swp")) == 1


PHONE = "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/126.0 Mobile Safari/537.36"


@pytest.mark.parametrize(
    ("headers", "time"),
    [
        ({}, "across"),
        ({"user_agent": PHONE}, "down"),
        ({"sec_ch_ua_mobile": "?1"}, "down"),
        ({"sec_ch_ua_mobile": "?0", "user_agent": PHONE}, "across"),
    ],
)
@pytest.mark.parametrize(
    "path",
    ["/", "/tree/", "/organisations/fi/", "/organisations/fi/tree/", "/events/split/"],
)
def test_on_a_phone_time_runs_down_the_page(client, record, path, headers, time):
    client.get(path, headers={"user_agent": PHONE} if time == "across" else {})  # kept apart
    response, _ = ask(client, path, **headers)
    assert f'data-time="{time}"' in response.text
    assert "User-Agent" in response["Vary"]
    assert "Sec-CH-UA-Mobile" in response["Vary"]
    asked, _ = ask(client, f"{path}?time=across", **headers)
    if "tree" in path:
        assert 'data-time="across"' in asked.text
        assert ("tree.svg?time=down" in response.text) == (time == "down")


def test_a_drawing_and_its_data_are_the_same_on_every_device(client, record):
    for path in ("/tree.svg", "/tree.json"):
        assert client.get(path, headers={"user_agent": PHONE}).content == client.get(path).content


def test_a_page_that_is_not_there_is_never_told_to_be_the_same(client, record):
    seen, _ = ask(client, "/organisations/fi/")
    for known in (seen["ETag"], "*"):
        assert ask(client, "/organisations/nobody/", if_none_match=known)[0].status_code == 404
        assert ask(client, "/tree/?year=_", if_none_match=known)[0].status_code == 400
    assert ask(client, "/organisations/icfi/", if_none_match=seen["ETag"])[0].status_code == 200


def test_a_database_without_triggers_of_ours_is_refused(monkeypatch):
    monkeypatch.setattr(connections["default"], "vendor", "oracle")
    with pytest.raises(
        ImproperlyConfigured, match=r"can’t stand in oracle\. Name SQLite or Postgre"
    ):
        put_triggers_in_place("default")
