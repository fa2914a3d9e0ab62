"""Every rule of the audit: a broken record that it finds, and a healthy twin that it doesn't."""

from __future__ import annotations

import re
from collections import defaultdict
from datetime import date
from pathlib import Path

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from lineage import integrity
from lineage.graph import Edge
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
    Waiver,
)
from tests.integrity_cases import CASES, EXISTED, Build

pytestmark = pytest.mark.django_db

each_rule = pytest.mark.parametrize("rule", integrity.RULES)


def found(rule):
    return [
        (problem.record, problem.message, problem.remedy)
        for problem in integrity.check().problems
        if problem.rule == rule
    ]


def test_every_rule_has_a_broken_case_and_a_healthy_twin():
    assert set(CASES) == set(integrity.RULES)
    assert all(told for _broken, _healthy, told in CASES.values())


def test_the_readme_tells_of_every_rule_and_of_its_gravity():
    text = (Path(__file__).parent.parent / "README.md").read_text(encoding="utf-8")
    table = text.split("## What the rules find")[1].split("\n## ")[0]
    told, heading = defaultdict(set), ""
    for left in re.findall(r"^\| (.+?) \|", table, re.MULTILINE):
        heading = left.strip("*") if left.startswith("**") else heading
        told[heading].update(re.findall(r"`([\w-]+)`", left))
    held = defaultdict(set)
    for name, rule in integrity.RULES.items():
        held["gaps" if rule.gap else f"{rule.severity}s"].add(name)
    assert dict(held) == {name: rules for name, rules in told.items() if rules}


@each_rule
def test_a_rule_finds_what_is_broken_and_says_what_would_be_right(rule):
    broken, _healthy, told = CASES[rule]
    broken(Build())
    is_error = integrity.RULES[rule][0] == integrity.ERROR
    errors = integrity.check(severity=integrity.ERROR).errors
    assert {problem.rule for problem in errors} == ({rule} if is_error else set())
    family = min(Organisation.objects.values_list("family", flat=True), default=None)
    assert found(rule) == [
        (record, message.replace("{family}", str(family)), remedy)
        for record, message, remedy in told
    ]


@each_rule
def test_a_rule_leaves_the_healthy_twin_alone(rule):
    CASES[rule][1](Build())
    assert found(rule) == []
    assert integrity.check(severity=integrity.ERROR).problems == []


@each_rule
def test_an_error_can_not_be_waived_and_a_warning_can(rule):
    CASES[rule][0](Build())
    records = {record for record, _message, _remedy in CASES[rule][2]}
    for record in records:
        Waiver.objects.create(rule=rule, record=record, reason="It is so.")
    report = integrity.check()
    is_error = integrity.RULES[rule][0] == integrity.ERROR
    assert {one.record for one in report.problems if one.rule == rule} == (
        records if is_error else set()
    )
    assert {one.record for one in report.waived} == (set() if is_error else records)


@each_rule
def test_near_a_record_the_rules_say_of_it_what_the_whole_audit_says(rule):
    """Of those that need not see everything."""
    CASES[rule][0](Build())
    other = Organisation.objects.create(slug="other", name="Other")
    Affiliation.objects.create(
        organisation=other, body=Organisation.objects.exclude(pk=other.pk)[0]
    )
    everything = [
        one for one in integrity.check().problems if not integrity.RULES[one.rule].everywhere
    ]
    told = set()
    for model in (Organisation, ChangeEvent, Affiliation, Name, Fact, Account):
        for record in model.objects.all():
            own = {integrity.reference(row) for row in (record, *parts_of(record))}
            said = integrity.near(record).problems
            assert said == [one for one in everything if one.is_about(own)], record
            told.update(said)
    elsewhere = {one for one in everything if one.record.startswith(("countryperiod", "link"))}
    assert told | elsewhere == set(everything)


def parts_of(record):
    if isinstance(record, ChangeEvent):
        return [*record.accounts.all(), *record.successions.all()]
    if not isinstance(record, Organisation):
        return []
    sides = (record.names, record.facts, record.affiliations, record.members, record.accounts,
             record.country_periods, record.identifiers, record.links)  # fmt: skip
    return [row for side in sides for row in side.all()]


@pytest.mark.parametrize("model", [Organisation, ChangeEvent, Affiliation])
def test_near_a_record_is_asked_as_often_of_many_as_of_few(model):
    asked = []
    for size in (10, 40):
        Citation.objects.all().delete()
        Affiliation.objects.all().delete()
        ChangeEvent.objects.all().delete()
        Organisation.objects.all().delete()
        fill(Build(), size)
        Organisation.objects.update(dissolved="")
        middle = Organisation.objects.get(slug="b1")
        for one in Organisation.objects.exclude(pk=middle.pk):
            made = Affiliation.objects.create(organisation=one, body=middle)
            Build().cited(affiliation=made)
            Name.objects.create(organisation=one, text="B1", kind="nickname")
        record = middle if model is Organisation else model.objects.first()
        with CaptureQueriesContext(connection) as queries:
            integrity.near(record)
        asked.append(len(queries))
    assert asked == [ASKED_NEAR[model]] * 2


ASKED_NEAR = {Organisation: 21, ChangeEvent: 19, Affiliation: 18}


def test_a_waiver_sets_aside_one_rule_at_one_record():
    build = Build()
    build.body("a", dissolved="1950")
    build.body("b", dissolved="1950")
    Waiver.objects.create(rule="end-without-successor", record="organisation:a", reason="Banned.")
    report = integrity.check(severity=integrity.WARNING)
    left = {(one.rule, one.record) for one in report.problems}
    assert [(one.rule, one.record) for one in report.waived] == [
        ("end-without-successor", "organisation:a")
    ]
    assert left == {
        ("end-without-successor", "organisation:b"),
        *(
            (rule, f"organisation:{slug}")
            for rule in ("missing-date", "missing-source")
            for slug in "ab"
        ),
    }


@pytest.mark.parametrize(
    ("model", "fields", "rule"),
    [
        (Organisation, {"kind": "cabal"}, "unknown-kind"),
        (Organisation, {"name": ""}, "malformed"),
        (Organisation, {"name": "x" * 251}, "malformed"),
        (Organisation, {"summary": "\x00"}, "control-characters"),
        (Organisation, {"slug": "a\n"}, "malformed"),
        (ChangeEvent, {"kind": "quarrel"}, "unknown-kind"),
        (ChangeEvent, {"manner": "violent"}, "unknown-kind"),
        (ChangeEvent, {"date": "Y1E999999999"}, "date-unreadable"),
        (ChangeEvent, {"date": "1985-02-29"}, "date-unreadable"),
        (Affiliation, {"role": "friend"}, "unknown-kind"),
        (Affiliation, {"until": "later"}, "date-unreadable"),
        (Fact, {"kind": "rumour"}, "unknown-kind"),
        (Name, {"kind": "pet"}, "unknown-kind"),
        (Name, {"text": "a\u202eb"}, "control-characters"),
        (CountryPeriod, {"country": "gb"}, "unknown-country"),
        (Source, {"authors": "one"}, "malformed"),
        (Source, {"authors": ["a\x01"]}, "control-characters"),
        (Source, {"url": "data:text/html,x"}, "unknown-address"),
        (Account, {"claimant": ""}, "malformed"),
        (Identifier, {"value": "Q\t1"}, "control-characters"),
        (Waiver, {"reason": "\x1b"}, "control-characters"),
    ],
    ids=str,
)
def test_the_fields_of_a_row_are_held_against_their_rules(model, fields, rule):
    assert [one[:2] for one in integrity.faults_of(model(**sound(model)))] == []
    broken = model(**{**sound(model), **fields})
    assert [one[:2] for one in integrity.faults_of(broken)] == [(next(iter(fields)), rule)]


def sound(model):
    """The fields that a row of a model can't do without."""
    return {
        Organisation: {"slug": "a", "name": "A"},
        ChangeEvent: {"slug": "e", "kind": "split"},
        Affiliation: {},
        Fact: {"kind": "leader"},
        Name: {"text": "A"},
        CountryPeriod: {"country": "GB"},
        Source: {"slug": "s", "title": "S"},
        Account: {"claimant": "A", "text": "T"},
        Identifier: {"scheme": "wikidata", "value": "Q1"},
        Link: {"url": "https://example.org"},
        Waiver: {"rule": "missing-date", "record": "organisation:a", "reason": "Unknown."},
    }[model]


def fill(build, size):
    for number in range(size):
        one = build.body(f"b{number}", founded="1950", dissolved="1940")
        Name.objects.create(organisation=one, text="\x07")
        CountryPeriod.objects.create(organisation=one, country="XX")
        build.cited(organisation=one)
        build.cited(account=Account.objects.create(subject=one, claimant="C", text="T"))
    for number in range(size - 1):
        edges = [(f"b{number}", f"b{number + 1}"), (f"b{number + 1}", f"b{number}")]
        build.cited(event=build.event(f"e{number}", "merger", *edges, date="1930-01-01"))


def test_the_audit_asks_as_often_of_forty_bodies_as_of_ten():
    asked = []
    for size in (10, 40):
        Citation.objects.all().delete()
        ChangeEvent.objects.all().delete()
        Organisation.objects.all().delete()
        fill(Build(), size)
        with CaptureQueriesContext(connection) as queries:
            assert len(integrity.check().problems) > size
        asked.append(len(queries))
    # twelve tables, the edges, what should be derived (two), and the waivers
    assert asked == [16, 16]


# --- circles


def test_mergers_in_a_ring_dated_apart_are_no_circle():
    build = Build()
    build.event("1", "merger", ("a", "b", EXISTED), date="1950")
    build.event("2", "merger", ("b", "c", EXISTED), date="1960")
    build.event("3", "merger", ("c", "a", EXISTED), date="1970")
    assert found("circle") == []


def edge(event, before, after, day=None, *, existed=False):
    when = day and date.fromisoformat(day)
    return Edge(event, before, after, "split", when, when, successor_existed=existed)


BACK = [edge("back", "b", "a", "1980-01-01", existed=True)]
REFUSED = {
    "bodies that brought each other forth": [edge("there", "a", "b"), edge("back", "b", "a")],
    "changes of one day": [edge("there", "a", "b", "1980-01-01"), *BACK],
    "changes of one event, whenever it was": [
        edge("back", "a", "b", existed=True),
        edge("back", "b", "a", existed=True),
    ],
    "a circle beside another that stands already": [
        *(edge("old", *pair) for pair in ("ab", "ba")),
        *(edge("back", *pair) for pair in ("yz", "zy")),
    ],
    "a circle that shares a body with one that stands": [
        *(edge("old", *pair) for pair in ("ab", "ba")),
        *(edge("back", *pair) for pair in ("bc", "cb")),
    ],
}  # fmt: skip
ACCEPTED = {
    "a split and a return": [edge("there", "a", "b", "1974-01-01"), *BACK],
    "a return that is not marked, but dated": [
        edge("there", "a", "b", "1974-01-01"),
        edge("back", "b", "a", "1980-01-01"),
    ],
    "a return without a date, marked": [
        edge("there", "a", "b"),
        edge("back", "b", "a", existed=True),
    ],
    "a change beside a circle that stands": [
        *(edge("old", *pair) for pair in ("ab", "ba")),
        edge("back", "b", "c"),
    ],
    "no edge at all": [],
}


@pytest.mark.parametrize("edges", REFUSED.values(), ids=REFUSED)
def test_an_event_is_refused_that_closes_a_circle_of(edges):
    with pytest.raises(ValidationError) as refused:
        integrity.refuse_circles(edges, "back")
    bodies = sorted(
        {edge.predecessor for edge in edges if edge.event == "back"}
        | {edge.successor for edge in edges if edge.event == "back"}
    )
    assert refused.value.messages == [
        (
            "The changes go round in a circle that no reading of their dates can order: "
            f"{' → '.join([*bodies, bodies[0]])}. Correct a date, or mark the body after as one "
            "that existed already where a body returns."
        )
    ]
    assert refused.value.code == "circle"


@pytest.mark.parametrize("edges", ACCEPTED.values(), ids=ACCEPTED)
def test_an_event_is_accepted_that_makes(edges):
    assert integrity.refuse_circles(edges, "back") is None


def test_an_end_is_refused_only_where_it_is_surely_before_the_founding():
    for founded, dissolved in (
        ("1953", "1953"),
        ("1953~", "1952"),
        ("195X", "1950"),
        ("", "1900"),
        ("1950/..", "1940/.."),
        ("1953?", "soon"),
    ):
        Organisation(founded=founded, dissolved=dissolved).clean()
    with pytest.raises(ValidationError) as refused:
        Organisation(founded="1953-11", dissolved="1953-10").clean()
    assert refused.value.message_dict == {
        "dissolved": [
            "It ended (October 1953) before it was founded (November 1953). Correct one of the two."
        ]
    }


def test_a_period_is_refused_only_where_it_surely_ends_before_it_begins():
    organisation = Organisation(slug="a", name="A")
    for since, until in (("1953", "1953"), ("1953~", "1952"), ("", "1900"), ("1953", "")):
        for model in (Name, Fact, CountryPeriod, Affiliation):
            model(organisation=organisation, since=since, until=until).clean()
    for model in (Name, Fact, CountryPeriod, Affiliation):
        with pytest.raises(ValidationError) as refused:
            model(organisation=organisation, since="1953-11", until="1953-10").clean()
        assert refused.value.message_dict == {
            "until": [
                "It ended (October 1953) before it began (November 1953). Correct one of the two."
            ]
        }
    Link(organisation=organisation, url="https://example.org").clean()
