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
    Name,
    Organisation,
    Source,
    Succession,
)

EXISTED = {"successor_existed": True}
EDTF = "Write 1953, 1953-11, 1953-11-16, 1953~, 195X, 1967/1968, ../1940 or [1966,1968]."

OUTSIDE = "Correct one of the dates; the event is e."
RENAME = "Call it a split, a merger or a continuation, or correct who led to whom."
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


def named(build, *names, slug="a", **fields):
    one = build.body(slug, **fields)
    for text, *rest in names:
        kind, language, since, until = (*rest, *("official", "fr", "", "")[len(rest) :])
        Name.objects.create(
            organisation=one, text=text, kind=kind, language=language, since=since, until=until
        )
    return one


def in_internationals(build, *memberships):
    one = build.body("a")
    for slug, role, since, until in memberships:
        body, _made = Organisation.objects.get_or_create(
            slug=slug, defaults={"name": slug.upper(), "kind": "international"}
        )
        Affiliation.objects.create(organisation=one, body=body, role=role, since=since, until=until)


def member_of(build, since, until, **fields):
    one, body = build.body("a", founded="1950"), build.body("b", **fields)
    Affiliation.objects.create(organisation=one, body=body, since=since, until=until)
    for country, begun in (("FR", since), ("BE", "")):
        CountryPeriod.objects.create(organisation=one, country=country, since=begun)
    Fact.objects.create(organisation=one, kind="other", text="Before", since="1940", until="1941")


def cited_of(build, year, statement, value=""):
    source = Source.objects.create(slug="old", title="Old", year=year)
    for target, row in (
        ("organisation", build.body("a", founded="1950")),
        ("event", build.event("e", "split", ("b", "c"), date="1950")),
    ):
        Citation.objects.create(source=source, statement=statement, value=value, **{target: row})


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
    "end-before-beginning": (
        lambda build: named(build, ("X", "official", "fr", "1953~", "1951")),
        lambda build: named(build, ("X", "official", "fr", "1953~", "1952")),
        [
            (
                "name:a/official/fr/X/1953~",
                "It ended (1951) before it began (about 1953). Correct one of the two.",
                "Correct its beginning or its end.",
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
    "period-outside-life": (
        lambda build: member_of(build, "1949", "1961", dissolved="1960"),
        lambda build: member_of(build, "1950", "1960", dissolved="1960"),
        [
            (
                "affiliation:a/b/section/1949",
                "It begins (1949) before a was founded (1950).",
                "Correct one of the dates.",
            ),
            (
                "affiliation:a/b/section/1949",
                "It ends (1961) after the end of b (1960).",
                "Correct one of the dates.",
            ),
            (
                "countryperiod:a/FR/1949",
                "It begins (1949) before its body was founded (1950).",
                "Correct one of the dates.",
            ),
        ],
    ),
    "attested-after-end": (
        lambda build: build.body("a", dissolved="1950", active="1951"),
        lambda build: build.body("a", dissolved="1950", active="1950-12"),
        [
            (
                "organisation:a",
                "It is attested (1951) after its end (1950).",
                "Correct one of the dates, or leave out when it was last attested.",
            )
        ],
    ),
    "ended-twice": (
        lambda build: [
            build.event("e", "rename", ("a", "b")),
            build.event("f", "rename", ("a", "c")),
        ],
        lambda build: [
            build.event("e", "split", ("a", "b"), ("a", "d")),
            build.event("f", "merger", ("a", "c", {"predecessor_continues": True}), ("d", "c")),
        ],
        [
            (
                "organisation:a",
                "All of it became something else more than once: in e and in f.",
                "Mark in all but one of them that the body before continued.",
            )
        ],
    ),
    "two-sections-at-once": (
        lambda build: in_internationals(
            build, ("i", "section", "1951", "1960"), ("j", "section", "1953", "")
        ),
        lambda build: in_internationals(
            build,
            ("i", "section", "1951", "1960"),
            ("i", "section", "1953", ""),
            ("j", "section", "1960", "1963"),
            ("k", "section", "1963-06", ""),
            ("l", "sympathising", "1953", ""),
            ("n", "section", "1971-02-03", "1972-04-05"),
            ("o", "section", "1972-04-05", ""),  # passed on within a day
            ("m", "section", "", "1952"),
        ),
        [
            (
                "affiliation:a/j/section/1953",
                "It is a section of i at that time, too.",
                "Date the end of one, correct a role, or waive this with the reason.",
            )
        ],
    ),
    "rename-of-several": (
        lambda build: [
            build.event("e", "rename", ("a", "b"), ("c", "b")),
            build.event("f", "rename", ("d", "g"), ("d", "h")),
            build.event("i", "rename", ("j", "k", {"predecessor_continues": True})),
        ],
        lambda build: [
            build.event("e", "rename", ("a", "b")),
            build.event("f", "split", ("d", "g"), ("d", "h")),
        ],
        [
            (f"changeevent:{slug}", message, RENAME)
            for slug, message in (
                ("e", "Several bodies took one new name."),
                ("f", "One body took the names of several."),
                ("i", "The body went on beside the one that has its new name."),
            )
        ],
    ),
    "official-names-overlap": (
        lambda build: named(
            build, ("Y", "official", "fr", "1974"), ("X",), ("X2",), ("Z", "official", "de")
        ),
        lambda build: named(
            build,
            ("X", "official", "fr", "", "1974"),
            ("Y", "official", "fr", "1974-06"),
            ("X", "official", "fr", "1950", "1974"),
            ("X2", "nickname"),
            ("Z", "official", "de"),
        ),
        [
            (
                "organisation:a",
                "Official names of one language (fr) overlap: “X” and “X2” and “Y”.",
                "Date when one took the place of another, or call it “also known as”.",
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
    "unsourced-date": (
        lambda build: cited_of(build, "", "kind"),
        lambda build: [
            cited_of(build, "", ""),
            build.body("d", founded="1950"),
            build.cited(organisation=build.body("f", dissolved="1950"), statement="dissolved"),
        ],
        [
            (
                f"{record}",
                f"No source is cited for its {name} (1950).",
                f"Cite one for the statement “{name}”, or for the whole record.",
            )
            for record, name in (("changeevent:e", "date"), ("organisation:a", "founded"))
        ],
    ),
    "source-before-event": (
        lambda build: [
            cited_of(build, "1949", "date"),
            build.cited(organisation=Organisation.objects.get(slug="a"), statement="founded"),
            Source.objects.filter(slug="s").update(year="1948"),
            Citation.objects.create(
                source=Source.objects.get(slug="old"),
                event=ChangeEvent.objects.get(),
                statement="kind",
            ),
        ],
        lambda build: [
            cited_of(build, "1949", "date", value="1949"),
            build.cited(event=ChangeEvent.objects.get(), statement="successions"),
            build.cited(organisation=Organisation.objects.get(slug="a"), statement="founded"),
            Source.objects.filter(slug="s").update(year="1950~"),
        ],
        [
            (
                record,
                f"{source} is cited for {what}, and is older than that (1950).",
                "Correct a date, say what this source gives for it, or cite another.",
            )
            for record, source, what in (
                ("changeevent:e", "old (1949)", "its date and its kind"),
                ("organisation:a", "s (1948)", "its founded"),
            )
        ],
    ),
    "likely-duplicate": (
        lambda build: [
            in_countries(build, "US", "US"),
            named(build, ("S.E.", "abbreviation"), slug="x", founded="1950"),
            named(build, ("Se", "translation", "en"), slug="y", active="1990"),
            build.event("e", "split", ("y", "z"), date="1949"),
        ],
        lambda build: [
            in_countries(build, "US", "LK"),
            # of one name: founded apart, seen apart, parted in one change, one in the other
            named(build, ("SE", "abbreviation"), slug="t", founded="1960"),
            named(build, ("SE", "abbreviation"), slug="u", founded="1950", active="1970"),
            named(build, ("SE", "abbreviation"), slug="v", dissolved="1940"),
            named(build, ("FG",), slug="w", founded="1950"),
            named(build, ("FG",), slug="x", founded="1950"),
            build.event("e", "split", ("w", "x", EXISTED), date="1950"),
            Affiliation.objects.create(
                organisation=named(build, ("HI",), slug="y"), body=named(build, ("HI",), slug="z")
            ),
        ],
        [
            (
                f"organisation:{one}",
                f"It has a name (“{name}”), the country and perhaps the founding of {other}.",
                "Delete one of the two, date their foundings, or waive this with the reason.",
            )
            for one, name, other in (("sep1", "socialist equality", "sep0"), ("y", "se", "x"))
        ],
    ),
}  # fmt: skip
