"""Dates' bounds and folded names, fixtures in any order, and what goes past every door."""

from __future__ import annotations

import json
import threading
from datetime import date

import pytest
from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.core.management.commands import loaddata
from django.db import connection, models, transaction
from django.db.models.signals import post_save
from django.test.utils import CaptureQueriesContext

from lineage import integrity
from lineage.models import (
    Affiliation,
    ChangeEvent,
    CountryPeriod,
    Fact,
    Name,
    Organisation,
    Succession,
    derivation,
)
from lineage.models.fields import derived_fields
from tests.test_derivation import DOORS_OF_CHANGE, edge, lines, underived

pytestmark = pytest.mark.django_db


# --- columns of a row

DATES = {"before": "1953~", "after": "[1966,1968]"}
BOUNDS = {
    "before": (date(1952, 1, 1), date(1954, 12, 31)),
    "after": (date(1966, 1, 1), date(1968, 12, 31)),
}
WORDS = {"before": "Łódź Group", "after": "P.O.S. Thâu"}
FOLDED = {"before": "lodz group", "after": "pos thau"}

ROWS = {
    Organisation: lambda a, b: {"slug": "new", "name": "New"},
    Name: lambda a, b: {"organisation": a, "text": "New"},
    CountryPeriod: lambda a, b: {"organisation": a, "country": "FR"},
    Affiliation: lambda a, b: {"organisation": a, "body": b},
    Fact: lambda a, b: {"organisation": a, "kind": "leader", "text": "New"},
    ChangeEvent: lambda a, b: {"slug": "new", "kind": "split"},
}
COLUMNS = sorted(
    {
        (model, field.source)
        for model in ChangeEvent._meta.apps.get_app_config("lineage").get_models()
        for field in derived_fields(model)
        if not hasattr(model, "history_object")
    },
    key=str,
)
columns = pytest.mark.parametrize(
    ("model", "source"), COLUMNS, ids=[f"{model.__name__} {name}" for model, name in COLUMNS]
)


def test_every_model_with_a_derived_column_is_tried():
    assert {model for model, _source in COLUMNS} == set(ROWS)


def value_of(source, when):
    return WORDS[when] if source in ("name", "text") else DATES[when]


def derived_of(row, source):
    fresh = type(row).objects.get(pk=row.pk)
    fields = [field for field in derived_fields(type(row)) if field.source == source]
    return tuple(getattr(fresh, field.name) for field in fields)


def expected_of(source, when):
    return (FOLDED[when],) if source in ("name", "text") else BOUNDS[when]


def made(model, source, body):
    values = ROWS[model](body("a"), body("b"))
    return model(**{**values, source: value_of(source, "before")})


@columns
@pytest.mark.parametrize("door", ["save", "bulk_create", "bulk_create over an older row"])
def test_a_column_is_derived_when_a_row_comes_by(door, model, source, body):
    row = made(model, source, body)
    if door == "save":
        row.save()
    else:
        model.objects.bulk_create([row])
    if door == "bulk_create over an older row":
        setattr(row, source, value_of(source, "after"))
        columns = [source, *(f.name for f in derived_fields(model) if f.source == source)]
        model.objects.bulk_create(
            [row], update_conflicts=True, unique_fields=["id"], update_fields=columns
        )
        assert derived_of(row, source) == expected_of(source, "after")
    else:
        assert derived_of(row, source) == expected_of(source, "before")
    assert underived() == []


@columns
@pytest.mark.parametrize("change", DOORS_OF_CHANGE.values(), ids=DOORS_OF_CHANGE)
def test_a_column_is_derived_anew_when_its_source_changes(change, model, source, body):
    row = made(model, source, body)
    row.save()
    change(row, **{source: value_of(source, "after")})
    assert derived_of(row, source) == expected_of(source, "after")
    assert underived() == []


@columns
def test_a_column_is_derived_anew_for_a_row_of_which_only_a_part_was_read(model, source, body):
    row = made(model, source, body)
    row.save()
    part = model.objects.only(source).get(pk=row.pk)
    setattr(part, source, value_of(source, "after"))
    part.save()
    assert derived_of(row, source) == expected_of(source, "after")


# --- fixtures, saved raw


def fixture(path, rows):
    path.write_text(json.dumps(rows))
    return str(path)


def row(model, key, **fields):
    return {"model": f"lineage.{model}", **({"pk": key} if key else {}), "fields": fields}


WITH_KEYS = [
    row("organisation", 11, slug="a", name="Á", founded="1953~", parent=12, family=99),
    row("organisation", 12, slug="b", name="B"),
    row("organisation", 13, slug="c", name="C"),
    row("changeevent", 21, slug="e", kind="merger", date="1950/1960"),
    row("changeevent", 22, slug="f", kind="merger", date="1955"),
    row("succession", 31, event=21, predecessor=11, successor=13),
    row("succession", 32, event=22, predecessor=12, successor=13),
]
WITH_WORDS = [
    row("organisation", None, slug="a", name="Á", founded="1953~"),
    row("organisation", None, slug="b", name="B"),
    row("organisation", None, slug="c", name="C"),
    row("changeevent", None, slug="e", kind="merger", date="1950/1960"),
    row("changeevent", None, slug="f", kind="merger", date="1955"),
    row("succession", None, event=["e"], predecessor=["a"], successor=["c"]),
    row("succession", None, event=["f"], predecessor=["b"], successor=["c"]),
]
LOADED = {"a": (None, "a"), "b": (None, "a"), "c": ("a", "a")}


@pytest.mark.parametrize("command", [loaddata.Command(), "loaddata"], ids=["stock", "ours"])
@pytest.mark.parametrize("rows", [WITH_KEYS, WITH_WORDS], ids=["keys", "natural keys"])
def test_a_fixture_is_derived_from(command, rows, tmp_path):
    name = fixture(tmp_path / "record.json", rows)
    call_command(command, name, verbosity=0)
    assert lines() == LOADED
    a = Organisation.objects.get(slug="a")
    assert (a.founded_earliest, a.founded_latest, a.folded) == (*BOUNDS["before"], "a")


ORDERS = {
    "as written": WITH_KEYS,
    "backwards": WITH_KEYS[::-1],
    "edges, bodies, events": [*WITH_KEYS[5:], *WITH_KEYS[:5]],
    "edges, events, bodies": [*WITH_KEYS[3:][::-1], *WITH_KEYS[:3]],
}


@pytest.mark.parametrize("order", ORDERS.values(), ids=ORDERS)
@pytest.mark.parametrize("command", [loaddata.Command(), "loaddata"], ids=["stock", "ours"])
def test_a_fixture_is_derived_from_in_any_order_and_twice(command, order, tmp_path):
    parts = [fixture(tmp_path / f"part{number}.json", [one]) for number, one in enumerate(order)]
    call_command(command, *parts, verbosity=0)
    assert lines() == LOADED
    later = row("changeevent", 21, slug="e", kind="merger", date="1957/1960")
    call_command(command, fixture(tmp_path / "later.json", [later]), verbosity=0)
    assert lines() == {**LOADED, "c": ("b", "a")}
    moved = row("succession", 31, event=21, predecessor=12, successor=11)
    call_command(command, fixture(tmp_path / "moved.json", [moved]), verbosity=0)
    assert lines() == {"a": ("b", "a"), "b": (None, "a"), "c": ("b", "a")}


def test_a_fixture_with_a_date_that_is_none_is_shown_and_told(tmp_path):
    wrong = row("organisation", None, slug="a", name="A", founded="soon", dissolved="late")
    call_command("loaddata", fixture(tmp_path / "wrong.json", [wrong]), verbosity=0)
    a = Organisation.objects.get()
    assert (str(a), a.founded_earliest, a.dissolved_latest) == ("A", None, None)
    report = integrity.check(severity=integrity.ERROR)
    assert [(problem.rule, problem.record) for problem in report.errors] == [
        ("date-unreadable", "organisation:a"),
        ("date-unreadable", "organisation:a"),
    ]


def test_a_dump_of_a_record_loads_into_the_same_lines(body, event, tmp_path):
    for slug in "abc":
        body(slug)
    event("e", "merger", [("a", "c"), ("b", "c", {"principal": True})], date="1950")
    before = lines()
    dumped = tmp_path / "dump.json"
    models_ = ["lineage.succession", "lineage.changeevent", "lineage.organisation"]
    call_command("dumpdata", *models_, output=str(dumped), verbosity=0)
    for model in (Succession, ChangeEvent, Organisation):
        model.objects.all().delete()
    assert lines() == {}
    call_command(loaddata.Command(), str(dumped), verbosity=0)
    assert lines() == before


# --- past every door: the audit tells, and the repair mends


def raw(table, **values):
    name, value = next(iter(values.items()))
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE {table} SET {name} = %s WHERE slug = 'c'", [value])  # noqa: S608


def move_edge_to_another_event():
    """Django's add() writes through the plainest manager, past ours."""
    one = Succession.objects.get(predecessor__slug="b")
    ChangeEvent.objects.get(slug="zlater").successions.add(one)


PAST = {
    "a parent by SQL": (lambda: raw("lineage_organisation", parent_id=None), ["c"]),
    "a family by SQL": (lambda: raw("lineage_organisation", family=9999), ["c"]),
    "no family by SQL": (lambda: raw("lineage_organisation", family=None), ["c"]),
    "a date by SQL": (lambda: raw("lineage_organisation", founded="1900"), ["c", "c"]),
    "a name by SQL": (lambda: raw("lineage_organisation", name="Other"), ["c"]),
    "a plain queryset": (
        lambda: models.QuerySet(Succession).filter(predecessor__slug="b").update(
            successor=Organisation.objects.get(slug="d")
        ),
        ["c", "d"],
    ),
    "an upsert of a date alone": (
        lambda: Organisation.objects.bulk_create(
            [Organisation(slug="c", name="C", founded="1900")],
            update_conflicts=True, unique_fields=["slug"], update_fields=["founded"],
        ),
        ["c", "c"],
    ),
    "a related manager": (move_edge_to_another_event, ["c"]),
}  # fmt: skip


@pytest.mark.parametrize("door", PAST)
def test_what_goes_past_every_door_is_told_by_the_audit_and_mended(door, body):
    for slug in "abcd":
        body(slug)
    edge("first", "a", "b").save()
    edge("second", "b", "c").save()
    edge("third", "d", "c").save()
    ChangeEvent.objects.create(slug="zlater", kind="merger")
    change, wrong = PAST[door]
    change()
    report = integrity.check(severity=integrity.ERROR)
    told = [problem for problem in report.errors if problem.rule == "derived"]
    assert [problem.record for problem in told] == [f"organisation:{slug}" for slug in wrong]
    assert {problem.remedy for problem in told} == {"Run manage.py check_lineage --repair."}
    assert derivation.refresh_all() == len(set(wrong))
    assert underived() == []
    assert derivation.refresh_all() == 0


# --- two editors at once


@pytest.fixture
def elsewhere():
    """Runs a function in another connection, as another process would; waits for it at the end."""
    threads = []

    def run(work):
        def closing():
            try:
                work()
            finally:
                connection.close()

        threads.append(threading.Thread(target=closing))
        threads[-1].start()
        return threads[-1]

    yield run
    for thread in threads:
        thread.join(timeout=30)


def waits_for_us():
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_locks WHERE NOT granted")
        return cursor.fetchone() is not None


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_two_editors_who_join_a_body_at_once_both_count(body, elsewhere):
    if connection.vendor != "postgresql":
        pytest.skip("SQLite lets one write at a time: DATABASE_URL names no PostgreSQL server")
    for slug in "abc":
        body(slug)
    second = edge("second", "b", "c")
    with transaction.atomic():
        edge("first", "a", "b").save()
        other = elsewhere(lambda: Succession.objects.bulk_create([second]))
        for _try in range(1000):
            if waits_for_us() or not other.is_alive():
                break
            other.join(timeout=0.01)
    other.join(timeout=30)
    assert lines() == {"a": (None, "a"), "b": ("a", "a"), "c": ("b", "a")}


def test_loaddata_takes_a_row_that_has_no_natural_key(tmp_path):
    session = {"session_data": "", "expire_date": "2030-01-01T00:00:00Z"}
    rows = [{"model": "sessions.session", "pk": "one", "fields": session}, *WITH_WORDS]
    call_command("loaddata", fixture(tmp_path / "more.json", rows), verbosity=0)
    assert list(Session.objects.values_list("pk", flat=True)) == ["one"]
    assert lines() == LOADED


def test_an_edge_that_came_before_its_bodies_is_known_by_its_words_after_them(tmp_path):
    again = row("succession", None, event=["e"], predecessor=["a"], successor=["c"], principal=True)
    rows = [WITH_KEYS[5], *WITH_KEYS[:5], again]
    call_command("loaddata", fixture(tmp_path / "record.json", rows), verbosity=0)
    assert list(Succession.objects.values_list("pk", "principal")) == [(31, True)]


def test_natural_keys_are_asked_of_the_database_again_after_a_load(body, tmp_path):
    before = list(post_save.receivers)
    call_command("loaddata", fixture(tmp_path / "record.json", WITH_WORDS), verbosity=0)
    later = body("later")
    Organisation.objects.filter(slug="a").update(slug="z")
    assert Organisation.objects.get_by_natural_key("later") == later
    with pytest.raises(Organisation.DoesNotExist):
        Organisation.objects.get_by_natural_key("a")
    assert post_save.receivers == before


def test_loaddata_asks_for_no_row_twice(tmp_path):
    """A body and its name cost four queries more: an insert each, and what is derived of a body."""

    def asked(bodies: int) -> int:
        rows = [
            row
            for number in range(bodies)
            for row in (
                {
                    "model": "lineage.organisation",
                    "fields": {"slug": f"b{bodies}-{number}", "name": "B", "status": "published"},
                },
                {
                    "model": "lineage.name",
                    "fields": {"organisation": [f"b{bodies}-{number}"], "text": "B."},
                },
            )
        ]
        path = tmp_path / f"{bodies}.json"
        path.write_text(json.dumps(rows))
        with CaptureQueriesContext(connection) as captured:
            call_command("loaddata", path, verbosity=0)
        return len(captured)

    assert asked(40) - asked(20) == 20 * 4
