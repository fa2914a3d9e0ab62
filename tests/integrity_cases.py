"""For every rule of the audit what is broken, what is its healthy twin, and what is told."""

from __future__ import annotations

from django.db import connection, models

from lineage.models import (
    Account,
    Affiliation,
    ChangeEvent,
    Citation,
    CountryPeriod,
    Fact,
    Link,
    Organisation,
    Source,
    Succession,
)

EXISTED = {"successor_existed": True}
EDTF = "Write 1953, 1953-11, 1953-11-16, 1953~, 195X, 1967/1968, ../1940 or [1966,1968]."

OUTSIDE = "Correct one of the dates; the event is e."
UNCITED = ("account:a/C", "affiliation:a/b/section", "changeevent:e", "fact:a/leader/X")


class Build:
    """Makes small records: a case is told as what it builds."""

    def body(self, slug, **fields):
        return Organisation.objects.create(slug=slug, **{"name": slug.upper(), **fields})

    def event(self, slug, kind, *edges, **fields):
        made = ChangeEvent.objects.create(slug=slug, kind=kind, **fields)
        for before, after, *flags in edges:
            ends = [
                Organisation.objects.get_or_create(slug=one, defaults={"name": one.upper()})[0]
                for one in (before, after)
            ]
            Succession.objects.create(
                event=made, predecessor=ends[0], successor=ends[1], **(flags[0] if flags else {})
            )
        return made

    def cited(self, **target):
        source, _made = Source.objects.get_or_create(slug="s", defaults={"title": "S"})
        return Citation.objects.create(source=source, **target)


def self_edge(build):
    """Past the database's own constraint, as a dump of another database could be."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute(
                "ALTER TABLE lineage_succession DROP CONSTRAINT succession_joins_two_bodies"
            )
        else:
            cursor.execute("PRAGMA ignore_check_constraints = ON")
        build.event("e", "split", ("a", "a"))
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA ignore_check_constraints = OFF")


def wrong_parent(build):
    build.event("e", "split", ("a", "b"))
    models.QuerySet(Organisation).filter(slug="b").update(parent=None)


def sourced(build, *, all_of_it):
    one = build.body("a")
    rows = {
        "fact": Fact.objects.create(organisation=one, kind="leader", text="X"),
        "account": Account.objects.create(subject=one, claimant="C", text="T"),
        "affiliation": Affiliation.objects.create(organisation=one, body=build.body("b")),
        "event": build.event("e", "split", ("a", "b", EXISTED)),
    }
    build.cited(organisation=one)
    build.cited(organisation=Organisation.objects.get(slug="b"))
    for target, row in rows.items() if all_of_it else ():
        build.cited(**{target: row})


def in_countries(build, *codes):
    for number, code in enumerate(codes):
        one = build.body(f"sep{number}", name="Sócialist Equality", founded="1996")
        CountryPeriod.objects.create(organisation=one, country=code)


# rule: what is broken, what is healthy, and of the broken one each (record, message, remedy)
CASES = {
    "date-unreadable": (
        lambda build: build.body("a", founded="c. 1953"),
        lambda build: build.body("a", founded="1953~"),
        [
            (
                "organisation:a",
                "Its founded can’t stand.",
                f"“c. 1953” is not a date in EDTF. {EDTF}",
            )
        ],
    ),
    "control-characters": (
        lambda build: build.body("a", name="A\x07B"),
        lambda build: build.body("a", name="A B", summary="One.\nTwo."),
        [
            (
                "organisation:a",
                "Its name can’t stand.",
                "The text holds the control character U+0007. Take it out, or type the text anew.",
            )
        ],
    ),
    "unknown-kind": (
        lambda build: build.body("a", status="secret"),
        lambda build: build.body("a", status="in-review"),
        [
            (
                "organisation:a",
                "Its status can’t stand.",
                ("“secret” is no status that the record knows. "
                "Write one of: draft, in-review, published."),
            )
        ],
    ),
    "unknown-country": (
        lambda build: CountryPeriod.objects.create(organisation=build.body("a"), country="XX"),
        lambda build: CountryPeriod.objects.create(organisation=build.body("a"), country="FR"),
        [
            (
                "countryperiod:a/XX",
                "Its country can’t stand.",
                "“XX” is no country code. Write two capital letters of ISO 3166-1, such as GB.",
            )
        ],
    ),
    "unknown-address": (
        lambda build: Link.objects.create(organisation=build.body("a"), url="javascript:alert()"),
        lambda build: Link.objects.create(organisation=build.body("a"), url="https://example.org"),
        [
            (
                "link:a/javascript:alert()",
                "Its url can’t stand.",
                "“javascript:alert()” is no web address. It must begin with https:// or http://.",
            )
        ],
    ),
    "malformed": (
        lambda build: build.body("A b"),
        lambda build: build.body("a-b"),
        [
            (
                "organisation:A b",
                "Its slug can’t stand.",
                "“A b” is no id. Write small letters, digits and single hyphens, such as “lcr-fr”.",
            )
        ],
    ),
    "self-edge": (
        self_edge,
        lambda build: build.event("e", "split", ("a", "b")),
        [("changeevent:e", "a is its own predecessor.", "Choose two bodies.")],
    ),
    "circle": (
        lambda build: [
            build.event("e", "split", ("b", "a")),
            build.event("f", "split", ("a", "b")),
        ],
        lambda build: [
            build.event("e", "split", ("b", "a"), date="1974"),
            build.event("f", "merger", ("a", "b", EXISTED), date="1980"),
        ],
        [
            (
                "organisation:a",
                ("The changes go round in a circle that no reading of their dates can order: "
                "a → b → a."),
                ("Correct a date, or mark the body after as one that existed already "
                "where a body returns."),
            )
        ],
    ),
    "end-before-founding": (
        lambda build: build.body("a", founded="1953~", dissolved="1951"),
        lambda build: build.body("a", founded="1953~", dissolved="1952"),
        [
            (
                "organisation:a",
                "It ended (1951) before it was founded (about 1953). Correct one of the two.",
                "Correct its founding or its end.",
            )
        ],
    ),
    "derived": (
        wrong_parent,
        lambda build: build.event("e", "split", ("a", "b")),
        [
            (
                "organisation:b",
                ("Its family and principal predecessor are not those of its successions "
                "(family {family}, predecessor a)."),
                "Run manage.py check_lineage --repair.",
            )
        ],
    ),
    "outside-life": (
        lambda build: [
            build.body("a", dissolved="1950"),
            build.body("b", founded="1954"),
            build.event("e", "split", ("a", "b"), ("a", "c"), date="1952"),
        ],
        lambda build: [
            build.body("a", dissolved="1952"),
            build.body("b", founded="1952~"),
            build.event("e", "split", ("a", "b"), ("a", "c"), date="1952-05"),
        ],
        [
            (f"organisation:{slug}", f"It changed (1952) {when}.", OUTSIDE)
            for slug, when in (
                ("a", "after its end (1950)"),
                ("b", "before it was founded (1954)"),
            )
        ],
    ),
    "return-not-marked": (
        lambda build: [
            build.event("e", "split", ("a", "b"), date="1974"),
            build.event("f", "merger", ("b", "a"), date="1980"),
        ],
        lambda build: [
            build.event("e", "split", ("a", "b"), date="1974"),
            build.event("f", "merger", ("b", "a", EXISTED), date="1980"),
        ],
        [
            (
                "changeevent:f",
                "It says that a came into being; other changes date it earlier.",
                "Tick that the body after existed already, or correct a date.",
            )
        ],
    ),
    "merger-of-one": (
        lambda build: build.event("e", "merger", ("a", "b")),
        lambda build: [
            build.event("e", "merger", ("a", "b", EXISTED)),
            build.event("f", "merger", ("c", "d"), complete=False),
            build.event("g", "merger", ("h", "j"), ("i", "j")),
        ],
        [
            (
                "changeevent:e",
                "Only one body merges in it.",
                "Add the others, untick that the list is complete, or call it a continuation.",
            )
        ],
    ),
    "split-with-one-product": (
        lambda build: build.event("e", "split", ("a", "b")),
        lambda build: [
            build.event("e", "split", ("a", "b", {"predecessor_continues": True})),
            build.event("f", "split", ("c", "d"), complete=False),
            build.event("g", "split", ("h", "i"), ("h", "j")),
        ],
        [
            (
                "changeevent:e",
                "The body before ended, and one body came of it.",
                ("Mark that the body before continued, add what else came of it, untick that the "
                "list is complete, or call it a continuation."),
            )
        ],
    ),
    "repeated-change": (
        lambda build: [
            build.event("e", "split", ("a", "b"), ("a", "c"), date="1953"),
            build.event("f", "split", ("a", "c"), ("a", "b"), date="1953-11-16"),
        ],
        lambda build: [
            build.event("e", "split", ("a", "b"), date="1953"),
            build.event("f", "split", ("a", "b"), date="1974"),
            build.event("g", "split", ("a", "c"), date="1953"),
            build.event("h", "merger", ("a", "b"), date="1953"),
            build.event("i", "merger"),
            build.event("j", "merger"),
        ],
        [
            (
                "changeevent:f",
                "It records the same change as e.",
                "Delete one of the two, or waive this with the reason.",
            )
        ],
    ),
    "end-without-successor": (
        lambda build: [
            build.body("a", dissolved="1950"),
            build.event("e", "split", ("a", "b", {"predecessor_continues": True})),
        ],
        lambda build: [
            build.body("a", dissolved="1950"),
            build.event("e", "merger", ("a", "b")),
        ],
        [
            (
                "organisation:a",
                "It ended, and nothing is said of what became of it.",
                "Record the change in which it ended, or waive this with the reason.",
            )
        ],
    ),
    "missing-date": (
        lambda build: [
            build.event("e", "split", ("a", "b")),
            build.event("f", "merger", ("a", "c", EXISTED), date="1950"),
        ],
        lambda build: [
            build.body("a", founded="1940"),
            build.event("e", "split", ("a", "b"), date="1950"),
        ],
        [
            ("changeevent:e", "It has no date.", "Find a source."),
            *(
                (f"organisation:{slug}", "No date of its founding is known.", "Find a source.")
                for slug in "abc"
            ),
        ],
    ),
    "missing-source": (
        lambda build: sourced(build, all_of_it=False),
        lambda build: sourced(build, all_of_it=True),
        [
            (record, "It cites no source.", "Cite the source that it is drawn from.")
            for record in UNCITED
        ],
    ),
    "likely-duplicate": (
        lambda build: in_countries(build, "US", "US"),
        lambda build: in_countries(build, "US", "LK"),
        [
            (
                "organisation:sep1",
                "It has the name, the country and the founding of sep0.",
                "Delete one of the two, or waive this with the reason.",
            )
        ],
    ),
}  # fmt: skip
