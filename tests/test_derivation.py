"""Whatever door a row comes through, what is derived from it is right, or the audit says so."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connection, transaction
from django.db.models import Value
from django.forms import modelform_factory
from django.test.utils import CaptureQueriesContext

from lineage import integrity
from lineage.models import (
    ChangeEvent,
    Organisation,
    Succession,
    derivation,
)

pytestmark = pytest.mark.django_db

# PostgreSQL waits for a lock before it derives; SQLite's transactions wait for each other anyway.
LOCKS = {"postgresql": 1}


def underived():
    """The records of which the audit says that what is derived is wrong."""
    report = integrity.check(severity=integrity.ERROR)
    return sorted({problem.record for problem in report.errors if problem.rule == "derived"})


def lines():
    """Each body's principal predecessor and the first body of its family; held to be right."""
    assert underived() == []
    slugs = dict(Organisation.objects.values_list("pk", "slug"))
    return {
        slugs[key]: (slugs.get(parent), slugs[family])
        for key, parent, family in Organisation.objects.values_list("pk", "parent", "family")
    }


@pytest.fixture
def bodies(body):
    return [body(slug) for slug in ("w", "x", "y", "z")]


def edge(event, before, after, **flags):
    made = ChangeEvent.objects.get_or_create(slug=event, defaults={"kind": "merger"})[0]
    ends = {
        name: Organisation.objects.get(slug=slug)
        for name, slug in (("predecessor", before), ("successor", after))
    }
    return Succession(event=made, **ends, **flags)


ALONE = {slug: (None, slug) for slug in "wxyz"}


# --- families and parents, by the doors of a succession


def by_create(one):
    Succession.objects.create(
        **{name: getattr(one, name) for name in ("event", "predecessor", "successor")}
    )


DOORS_IN = {
    "save": lambda one: one.save(),
    "create": by_create,
    "get_or_create": lambda one: Succession.objects.get_or_create(
        event=one.event, predecessor=one.predecessor, successor=one.successor
    ),
    "bulk_create": lambda one: Succession.objects.bulk_create([one]),
    "bulk_create from a generator": lambda one: Succession.objects.bulk_create(
        each for each in [one]
    ),
    "bulk_create beside conflicts": lambda one: Succession.objects.bulk_create(
        [one], ignore_conflicts=True
    ),
    "related create": lambda one: one.event.successions.create(
        predecessor=one.predecessor, successor=one.successor
    ),
    "related add": lambda one: one.event.successions.add(one, bulk=False),
    "form": lambda one: modelform_factory(
        Succession, fields=["event", "predecessor", "successor"]
    )({"event": one.event_id, "predecessor": one.predecessor_id, "successor": one.successor_id})
    .save(),
}  # fmt: skip
DOORS_OUT = {
    "delete": lambda one: one.delete(),
    "queryset delete": lambda one: Succession.objects.filter(pk=one.pk).delete(),
    "event delete": lambda one: one.event.delete(),
    "queryset delete of events": lambda one: ChangeEvent.objects.filter(pk=one.event_id).delete(),
}


@pytest.mark.parametrize("door", DOORS_IN)
def test_an_edge_joins_two_families_by(door, bodies):
    edge("first", "x", "y").save()
    assert lines() == {**ALONE, "y": ("x", "x")}
    DOORS_IN[door](edge("second", "w", "x"))
    assert lines() == {**ALONE, "x": ("w", "w"), "y": ("x", "w")}


@pytest.mark.parametrize("door", DOORS_OUT)
def test_an_edge_taken_away_parts_them_by(door, bodies):
    edge("first", "x", "y").save()
    second = edge("second", "w", "x")
    second.save()
    DOORS_OUT[door](second)
    assert lines() == {**ALONE, "y": ("x", "x")}


def resave(one, **values):
    for name, value in values.items():
        setattr(one, name, value)
    one.save()


def bulk(one, **values):
    for name, value in values.items():
        setattr(one, name, value)
    type(one).objects.bulk_update([one], list(values))


def by_form(one, **values):
    form_class = modelform_factory(type(one), fields=list(values))
    plain = {name: getattr(value, "pk", value) for name, value in values.items()}
    form_class(plain, instance=type(one).objects.get(pk=one.pk)).save()


DOORS_OF_CHANGE = {
    "save": resave,
    "save of one field": lambda one, **values: [
        [setattr(one, *pair) for pair in values.items()],
        one.save(update_fields=list(values)),
    ],
    "update": lambda one, **values: type(one).objects.filter(pk=one.pk).update(**values),
    "update by an expression": lambda one, **values: (
        type(one)
        .objects.filter(pk=one.pk)
        .update(**{name: Value(getattr(value, "pk", value)) for name, value in values.items()})
    ),
    "update_or_create": lambda one, **values: type(one).objects.update_or_create(
        pk=one.pk, defaults=values
    ),
    "bulk_update": bulk,
    "form": by_form,
}
each_change = pytest.mark.parametrize("change", DOORS_OF_CHANGE.values(), ids=DOORS_OF_CHANGE)


@each_change
def test_an_edge_moved_to_another_body_leaves_the_first_family(change, bodies):
    one = edge("only", "w", "x")
    one.save()
    change(one, successor=bodies[3])
    assert lines() == {**ALONE, "z": ("w", "w")}


@each_change
def test_an_edge_moved_at_both_ends_leaves_no_trace_in_the_first_family(change, bodies):
    one = edge("only", "w", "x")
    one.save()
    change(one, predecessor=bodies[2], successor=bodies[3])
    assert lines() == {**ALONE, "z": ("y", "y")}


@each_change
def test_the_edge_marked_principal_is_the_line(change, bodies):
    edge("merger", "w", "z").save()
    other = edge("merger", "x", "z")
    other.save()
    assert lines()["z"] == ("w", "w")
    change(other, principal=True)
    assert lines()["z"] == ("x", "w")


@each_change
def test_the_line_is_that_of_a_body_which_went_in_whole(change, bodies):
    one = edge("merger", "w", "z")
    one.save()
    edge("merger", "x", "z").save()
    assert lines()["z"] == ("w", "w")
    change(one, predecessor_continues=True)
    assert lines()["z"] == ("x", "w")


@each_change
def test_an_edge_into_a_body_that_existed_is_no_principal_line(change, bodies):
    one = edge("absorption", "w", "x")
    one.save()
    change(one, successor_existed=True)
    assert lines() == {**ALONE, "x": (None, "w")}


@each_change
def test_a_new_date_of_an_event_draws_the_line_anew(change, bodies):
    for slug, before, when in (("a", "x", "1950/1960"), ("b", "y", "1955")):
        edge(slug, before, "z").save()
        ChangeEvent.objects.filter(slug=slug).update(date=when)
    assert lines()["z"] == ("x", "x")
    change(ChangeEvent.objects.get(slug="a"), date="1957/1960")
    assert lines()["z"] == ("y", "x")


@each_change
def test_a_new_id_of_an_event_orders_it_anew_among_those_of_its_date(change, bodies):
    edge("m", "x", "z").save()
    edge("n", "y", "z").save()
    assert lines()["z"] == ("x", "x")
    change(ChangeEvent.objects.get(slug="m"), slug="o")
    assert lines()["z"] == ("y", "x")


@each_change
def test_a_new_id_of_a_body_orders_it_anew(change, bodies):
    edge("merger", "x", "z").save()
    edge("merger", "y", "z").save()
    assert lines()["z"] == ("x", "x")
    change(bodies[1], slug="yy")
    assert lines()["z"] == ("y", "yy")


def test_changes_made_together_are_derived_once_at_the_end(bodies):
    with derivation.together():
        edge("first", "w", "x").save()
        with derivation.together():
            edge("second", "x", "y").save()
        standing = Organisation.objects.values_list("slug", "family", "pk")
        assert [slug for slug, family, key in standing if family != key] == []
    assert lines() == {**ALONE, "x": ("w", "w"), "y": ("x", "w")}


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_changes_made_together_stand_or_fall_together(bodies):
    with pytest.raises(TypeError), derivation.together():
        [edge("first", "w", "x").save(), Organisation.objects.update(parent=None)]
    assert Succession.objects.count() == 0
    edge("second", "w", "x").save()
    assert lines() == {**ALONE, "x": ("w", "w")}


@pytest.mark.parametrize("size", [10, 40])
def test_saving_an_edge_asks_as_often_in_a_family_of_forty_as_of_ten(body, size):
    for number in range(size):
        body(f"b{number:02}")
    for number in range(size - 1):
        edge(f"e{number:02}", f"b{number:02}", f"b{number + 1:02}").save()
    added = edge("added", "b00", f"b{size - 1:02}", successor_existed=True)
    with CaptureQueriesContext(
        connection,
    ) as asked:
        added.save()
    # the row and its history; then the families of its ends, their bodies, and their edges
    assert len(asked) == 5 + LOCKS.get(connection.vendor, 0)
    added.principal = True
    with CaptureQueriesContext(connection) as asked:
        added.save()
    # and before, the ends that it had, and whether its history holds how it was first loaded
    assert len(asked) == 7 + LOCKS.get(connection.vendor, 0)


# --- what can't be typed


@pytest.mark.parametrize("name", ["parent", "parent_id", "family"])
def test_a_parent_or_family_is_not_updated_by_hand(bodies, name):
    with pytest.raises(TypeError, match="derived from the successions; change those instead"):
        Organisation.objects.update(**{name: bodies[0].pk})
    assert lines() == ALONE


def test_a_parent_set_by_any_other_door_does_not_stand(bodies):
    w, x, y, _z = bodies
    x.parent, x.family = w, w.pk
    x.save()
    y.parent = w
    y.save(update_fields=["parent"])
    Organisation.objects.create(slug="a", name="A", parent=w, family=w.pk)
    Organisation.objects.bulk_create([Organisation(slug="b", name="B", parent=w, family=w.pk)])
    with pytest.raises(TypeError, match="parent_id is derived"), transaction.atomic():
        bulk(x, parent=w)
    assert lines() == {**ALONE, "a": (None, "a"), "b": (None, "b")}


def test_a_derived_column_is_not_updated_by_hand(body):
    body("a", founded="1953")
    with pytest.raises(TypeError, match="founded_earliest is derived from founded"):
        Organisation.objects.update(founded_earliest=date(1900, 1, 1))
    assert underived() == []
