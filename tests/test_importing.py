"""Ed imports a spreadsheet: sees what would become of each row, then saves them, as drafts."""

from __future__ import annotations

import csv
import io
import json
import re

import pytest
from django.contrib.auth.models import Permission, User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from lineage.admin import importing
from lineage.exchange.columns import BY_NAME, KINDS, matched
from lineage.models import (
    Account,
    Affiliation,
    ChangeEvent,
    Citation,
    CountryPeriod,
    Fact,
    Name,
    Organisation,
    Source,
    Succession,
)

pytestmark = pytest.mark.django_db

SENTENCE = "Published records are changed by a publisher."
HERE = "/admin/import/"


def upload(client, rows: str, text: str | bytes, name: str = "list.csv", **fields):
    """The answer to a file, as the browser sends it."""
    content = text.encode() if isinstance(text, str) else text
    return client.post(HERE, {"rows": rows, "file": SimpleUploadedFile(name, content), **fields})


def onward(client, response, **fields):
    """The answer to the form that a page holds, sent on with some fields more."""
    context = response.context
    columns = {one["name"]: one["chosen"] for one in context["headings"]}
    seen = {"seen": context["examined"].mark} if context["examined"] else {}
    return client.post(HERE, {"kept": context["kept"], **columns, **seen, **fields})


def states(response) -> list[tuple[str, str]]:
    return [(one.entry.where, one.state) for one in response.context["examined"].outcomes]


def reasons(response) -> dict[str, list[str]]:
    return {
        one.entry.where: one.reasons for one in response.context["examined"].outcomes if one.reasons
    }


def differences(response) -> dict[str, list[tuple[str, str, str]]]:
    return {
        one.entry.where: [(each.what, each.before, each.after) for each in one.differences]
        for one in response.context["examined"].outcomes
        if one.differences
    }


def records() -> tuple[int, ...]:
    models = (Organisation, ChangeEvent, Succession, Affiliation, Name, Fact, Source, Citation,
              CountryPeriod)  # fmt: skip
    return tuple(model.objects.count() for model in models)


# --- fifty rows, of which seven are wrong ---------------------------------------------------------

WRONG = {
    5: "Broken date,France,sometime,,party,alexander,p. 1",
    11: "Broken country,Atlantis,1953,,party,alexander,p. 1",
    17: "Ended first,France,1953,1950,party,alexander,p. 1",
    23: "Unknown kind,France,1953,,circle,nobody,p. 1",
    29: "Homonym,,1953,,party,alexander,p. 1",
    35: ",France,1953,,party,alexander,p. 1",
    41: "=HYPERLINK(1),France,1953,,party,alexander,p. 1",
}
REASONS = {
    "row 5": [
        (
            "founded: “sometime” is not a date this can read. Write 1953, November 1953, 16 "
            "November 1953, about 1953, 1950s, autumn 1967, before 1940, since 1990, 1953–1957, or "
            "“1966 or 1968”."
        )
    ],
    "row 11": [
        (
            "countries: “Atlantis” is no country that is known here. Write its English name or its "
            "code, such as Sri Lanka or LK."
        )
    ],
    "row 17": [
        (
            "It ended (1950) before it was founded (1953). Correct one of the two. Correct its "
            "founding or its end."
        )
    ],
    "row 23": [
        (
            "kind: “circle” is not known. Write one of: international, section, party, league, "
            "faction, tendency, alliance, youth, armed-wing, committee, other."
        ),
        (
            "source: There is no source “nobody” in the record. Write the id, title or address of "
            "one, or add the source first."
        ),
    ],
    "row 29": [
        (
            "name: “Homonym” could be Homonym, France [homonym-fr] or Homonym (1950–?), India "
            "[homonym-in]. Write the id of one, or an id of its own where it is another."
        )
    ],
    "row 35": ["name: It is empty. Write what the organisation is called."],
    "row 41": ["name: It is a formula. Write its value; before a text put an apostrophe (')."],
}


def fifty() -> str:
    """Headings and fifty rows, seven of them wrong."""
    rows = ["Party,Country,Founded,Ended,Type,Source,Page"]
    for number in range(2, 52):
        right = (
            f"Party {number},France,c. {1900 + number},,party,International Trotskyism,p. {number}"
        )
        rows.append(WRONG.get(number, right))
    return "\n".join(rows)


@pytest.fixture
def homonyms(body, source):
    for code, fields in (("FR", {}), ("IN", {"founded": "1950"})):
        one = body(f"homonym-{code.lower()}", name="Homonym", **fields)
        CountryPeriod.objects.create(organisation=one, country=code)


def test_of_fifty_rows_seven_are_wrong_and_each_says_why(ed, homonyms):
    before = records()
    shown = upload(ed, "organisations", fifty())
    assert [where for where, state in states(shown) if state == "wrong"] == list(REASONS)
    assert reasons(shown) == REASONS
    assert dict(shown.context["states"]) == {"new": 43, "changed": 0, "unchanged": 0, "wrong": 7}
    assert records() == before
    refused = onward(ed, shown, save="1")
    assert refused.status_code == 200
    assert "Nothing was saved, because of the wrong rows." in refused.content.decode()
    assert records() == before


def test_the_wrong_rows_are_left_out_and_the_others_are_drafts_with_their_sources(ed, homonyms):
    shown = upload(ed, "organisations", fifty(), "Frankreich 1953.csv")
    saved = onward(ed, shown, save="1", leave_out="on")
    assert (saved.status_code, saved["Location"]) == (
        302,
        reverse("admin:lineage_organisation_changelist"),
    )
    made = Organisation.objects.exclude(name="Homonym")
    assert [(one.slug, one.name, one.founded, one.status) for one in made.order_by("pk")][:2] == [
        ("party-2", "Party 2", "1902~", "draft"),
        ("party-3", "Party 3", "1903~", "draft"),
    ]
    assert made.count() == 43
    assert set(made.values_list("status", flat=True)) == {"draft"}
    assert CountryPeriod.objects.filter(country="FR", organisation__in=made).count() == 43
    assert Citation.objects.filter(source__slug="alexander", locator="p. 50").count() == 1
    for model in (Organisation, CountryPeriod, Citation):
        history = model.history.filter(history_change_reason="Imported from Frankreich 1953.csv")
        assert (history.count(), {one.history_user.username for one in history}) == (43, {"ed"})
    said = ed.get(saved["Location"]).content.decode()
    assert "Imported from Frankreich 1953.csv: 43 new, 0 changed, 0 unchanged, 7 left out." in said
    again = upload(ed, "organisations", fifty(), "Frankreich 1953.csv")
    assert dict(again.context["states"]) == {"new": 0, "changed": 0, "unchanged": 43, "wrong": 7}


def test_the_wrong_rows_are_downloaded_with_their_reasons(ed, homonyms):
    answer = onward(ed, upload(ed, "organisations", fifty()), wrong="1")
    assert answer["Content-Disposition"] == 'attachment; filename="wrong-rows.csv"'
    head, *rows = csv.reader(io.StringIO(answer.content.decode("utf-8-sig")))
    assert head == ["row", "Party", "Country", "Founded", "Ended", "Type", "Source", "Page",
                    "what is wrong"]  # fmt: skip
    assert [row[0] for row in rows] == [where.removeprefix("row ") for where in REASONS]
    assert rows[0] == ["5", "Broken date", "France", "sometime", "", "party", "alexander", "p. 1",
                       *REASONS["row 5"]]  # fmt: skip


# --- columns --------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_the_headings_of_an_export_are_all_known(kind):
    headings = [column.heading for column in kind.columns]
    assert list(matched(kind, headings).values()) == [column.name for column in kind.columns]
    assert matched(kind, kind.told) == {}


@pytest.mark.parametrize(
    ("kind", "headings", "names"),
    [
        ("organisations", ["PAÍS", "Name of it", "Title", "From"],
         {0: "countries", 2: "name", 3: "founded"}),
        ("changes", ["What happened", "Predecessor", "successor", "When"],
         {0: "kind", 1: "before", 2: "after", 3: "date"}),
        ("affiliations", ["Section", "International", "From", "To"],
         {0: "organisation", 1: "body", 2: "since", 3: "until"}),
        ("names", ["name", "title"], {0: "text"}),
    ],
)  # fmt: skip
def test_headings_are_known_by_other_words_in_any_case_and_accents(kind, headings, names):
    assert matched(BY_NAME[kind], headings) == names


def test_a_column_that_is_not_known_is_chosen_and_one_is_left_out(ed):
    shown = upload(ed, "organisations", "Wie es heißt,Country\nNeue Partei,Atlantis\n")
    assert shown.context["errors"] == ["No column is “name” or “id”. Choose the one that is."]
    assert shown.context["examined"] is None
    chosen = onward(ed, shown, **{"column-0": "name", "column-1": ""}, look="1")
    assert (states(chosen), chosen.context["told"]) == ([("row 2", "new")], ["Country"])
    twice = onward(ed, chosen, **{"column-1": "name"})
    assert twice.context["errors"] == ["Two columns are “name”. Choose one."]


def test_nothing_is_saved_that_was_not_looked_at(ed, body):
    shown = upload(ed, "organisations", "name,other\nA,B\n")
    unseen = "The columns or the record are no longer those that you looked at."
    other = onward(ed, shown, **{"column-0": "", "column-1": "name"}, save="1")
    assert unseen in other.content.decode()
    body("a", name="A")
    stale = onward(ed, shown, save="1")
    assert unseen in stale.content.decode()
    assert states(stale) == [("row 2", "unchanged")]
    assert list(Organisation.objects.values_list("slug", flat=True)) == ["a"]


# --- rows -----------------------------------------------------------------------------------------


def test_an_empty_cell_leaves_what_stands_and_the_others_are_told_as_changes(ada, body):
    one = body("a", name="Alte Partei", founded="1938", summary="Long.")
    CountryPeriod.objects.create(organisation=one, country="DE")
    shown = upload(
        ada, "organisations",
        "id,name,founded,ended,country,summary\na,Neue Partei,1939~,,DE;FR,\n",
    )  # fmt: skip
    assert states(shown) == [("row 2", "changed")]
    assert differences(shown) == {
        "row 2": [
            ("country", "", "France"),
            ("name", "Alte Partei", "Neue Partei"),
            ("founded", "1938", "about 1939"),
        ]
    }
    assert onward(ada, shown, save="1").status_code == 302
    one.refresh_from_db()
    assert (one.name, one.founded, one.dissolved, one.summary, one.status) == (
        "Neue Partei", "1939~", "", "Long.", "published",
    )  # fmt: skip
    assert sorted(place.country for place in one.country_periods.all()) == ["DE", "FR"]


def test_a_dash_alone_clears_what_stands_and_what_must_be_there_stays(ada, body):
    one = body("a", name="A", founded="1938", dissolved="1953", summary="Long.")
    rows = "id,name,founded,ended,summary\na,,–,,–\n"
    shown = upload(ada, "organisations", rows)
    assert differences(shown) == {"row 2": [("founded", "1938", ""), ("summary", "Long.", "")]}
    assert onward(ada, shown, save="1").status_code == 302
    one.refresh_from_db()
    assert (one.name, one.founded, one.dissolved, one.summary) == ("A", "", "1953", "")

    nameless = upload(ada, "organisations", "id,name,kind\na,–,–\n")
    assert reasons(nameless) == {
        "row 2": [
            (
                "kind: “–” is not known. Write one of: international, section, party, league, "
                "faction, tendency, alliance, youth, armed-wing, committee, other."
            ),
            "name: It has no name. Give it one.",
        ]
    }


def test_a_dash_says_that_a_membership_is_an_undated_one(ada, body, affiliate):
    one, two = body("a"), body("b")
    affiliate(one, two, role="section", since="1963")
    same = upload(ada, "affiliations", "member,international,since,until\na,b,,1970\n")
    assert states(same) == [("row 2", "changed")]
    other = upload(ada, "affiliations", "member,international,since,until\na,b,–,1970\n")
    assert states(other) == [("row 2", "new")]
    entry = other.context["examined"].outcomes[0].entry
    assert entry.notes == ["It stands beside: section, 1963."]
    assert onward(ada, other, save="1").status_code == 302
    assert list(Affiliation.objects.order_by("since").values_list("since", "until")) == [
        ("", "1970"), ("1963", ""),
    ]  # fmt: skip


def test_a_name_finds_the_body_in_its_country_or_makes_a_new_one_beside_it(ed, body):
    one = body("sp-fr", name="Socialist Party", status="draft")
    CountryPeriod.objects.create(organisation=one, country="FR")
    shown = upload(
        ed, "organisations",
        "name,country\nsocialist party,France\nSocialist Party,Chile\nSocialist Party,Peru\n"
        "Sócialist Party,PE\nСоюз,Russia\n",
    )  # fmt: skip
    assert states(shown) == [
        ("row 2", "changed"), ("row 3", "new"), ("row 4", "new"), ("row 5", "wrong"),
        ("row 6", "wrong"),
    ]  # fmt: skip
    entry = shown.context["examined"].outcomes[1].entry
    assert entry.notes == ["Of that name there is Socialist Party, France [sp-fr]."]
    assert reasons(shown) == {
        "row 5": ["It is of the same record as row 4. Delete one of the two, or write an id."],
        "row 6": [("id: No id can be made of these letters. Write one: small letters, digits, "
                  "hyphens.")],
    }  # fmt: skip
    onward(ed, shown, save="1", leave_out="on")
    assert sorted(Organisation.objects.values_list("slug", flat=True)) == [
        "socialist-party", "socialist-party-pe", "sp-fr",
    ]  # fmt: skip


CHANGES = """kind,date,before,after,source,locator
split,Nov 1953,fi,icfi,alexander,p. 1
Split,1953-11,Fourth International,isfi,alexander,p. 1
fusion,1963,icfi,usfi,,
merger,1963,isfi,usfi,alexander,
"""


@pytest.fixture
def internationals(body, source):
    for slug, name in (("fi", "Fourth International"), ("icfi", "Committee"),
                       ("isfi", "Secretariat"), ("usfi", "United Secretariat")):  # fmt: skip
        body(slug, name=name)


def test_rows_of_one_kind_date_and_body_are_one_change(ed, internationals):
    shown = upload(ed, "changes", CHANGES)
    assert states(shown) == [(f"row {number}", "new") for number in (2, 3, 4, 5)]
    assert onward(ed, shown, save="1").status_code == 302
    found = {
        event.slug: (
            event.kind, event.date, event.status,
            sorted((edge.predecessor.slug, edge.successor.slug, edge.predecessor_continues)
                   for edge in event.successions.all()),
            [(one.source.slug, one.locator) for one in event.citations.all()],
        )
        for event in ChangeEvent.objects.all()
    }  # fmt: skip
    assert found == {
        "fi-icfi-1953": ("split", "1953-11", "draft",
                         [("fi", "icfi", True), ("fi", "isfi", True)], [("alexander", "p. 1")]),
        "icfi-usfi-1963": ("merger", "1963", "draft",
                           [("icfi", "usfi", False), ("isfi", "usfi", False)],
                           [("alexander", "")]),
    }  # fmt: skip
    assert Organisation.objects.get(slug="icfi").parent.slug == "fi"
    again = upload(ed, "changes", CHANGES)
    assert {state for _where, state in states(again)} == {"unchanged"}


def test_the_rows_of_one_change_stand_or_fall_together(ed, internationals):
    shown = upload(ed, "changes", CHANGES.replace("isfi,alexander,p. 1", "nobody,alexander,p. 1"))
    assert reasons(shown) == {
        "row 2": ["It is right, but row 3 is wrong, which is of the same change."],
        "row 3": [("after: There is no organisation “nobody” in the record. Correct the name, "
                  "write its id, or add the organisation first.")],
    }  # fmt: skip
    onward(ed, shown, save="1", leave_out="on")
    assert [event.slug for event in ChangeEvent.objects.all()] == ["icfi-usfi-1963"]


def test_what_rows_of_one_change_say_differently_is_told(ed, internationals):
    text = "event,kind,date,before,after\nx,split,1953,fi,icfi\nx,split,1954,fi,isfi\n"
    assert reasons(upload(ed, "changes", text))["row 3"] == [
        (
            "date: “1954” differs from “1953” in row 2, which is of the same change. Make the two "
            "the same."
        )
    ]


def test_a_circle_is_told_at_the_rows_that_close_it(ed, internationals):
    text = ("kind,date,before,after\nrename,1953-11-16,fi,icfi\nrename,1953-11-16,icfi,isfi\n"
            "rename,1953-11-16,isfi,fi\nrename,1953,isfi,usfi\n")  # fmt: skip
    shown = upload(ed, "changes", text)
    assert states(shown) == [
        ("row 2", "wrong"), ("row 3", "wrong"), ("row 4", "wrong"), ("row 5", "new"),
    ]  # fmt: skip
    assert shown.context["examined"].faults == []
    assert reasons(shown)["row 2"][0].startswith(
        "The changes go round in a circle that no reading of their dates can order: fi → icfi → "
        "isfi → fi."
    )


def test_what_stands_is_wrong_with_the_whole_where_no_row_is_to_blame(ed, internationals):
    """A circle that stands already is no reason to refuse rows that have no part in it."""
    for before, after, date in (("fi", "icfi", "1950-01-01"), ("icfi", "fi", "1950-01-01")):
        event = ChangeEvent.objects.create(slug=f"{before}-{after}", kind="rename", date=date)
        ends = {"predecessor": before, "successor": after}
        Succession.objects.create(
            event=event,
            **{end: Organisation.objects.get(slug=slug) for end, slug in ends.items()},
        )
    shown = upload(ed, "changes", "kind,date,before,after\nrename,1953,isfi,usfi\n")
    assert states(shown) == [("row 2", "new")]
    assert onward(ed, shown, save="1").status_code == 302
    assert ChangeEvent.history.filter(history_change_reason="Imported from list.csv").count() == 1


def test_parts_are_of_what_stands_or_stand_beside_it(ada, internationals):
    fi = Organisation.objects.get(slug="fi")
    Name.objects.create(organisation=fi, text="FI", kind="abbreviation", language="en")
    for since in ("1938", "1963"):
        Name.objects.create(organisation=fi, text="Fourth", since=since)
    shown = upload(
        ada, "names",
        "organisation,name,kind,from,to\nfi,FI,,,1953\nfi,Fourth,,,1950\nfi,Fourth,,1970,\n"
        "fi,,,,\n,IV,,,\n",
    )  # fmt: skip
    assert states(shown) == [
        ("row 2", "changed"), ("row 3", "wrong"), ("row 4", "new"), ("row 5", "wrong"),
        ("row 6", "wrong"),
    ]  # fmt: skip
    assert differences(shown)["row 2"] == [("to", "", "1953")]
    assert shown.context["examined"].outcomes[2].entry.notes == [
        "It stands beside: official, 1938; official, 1963."
    ]
    assert reasons(shown) == {
        "row 3": [("It could be one of 2: official, 1938; official, 1963. Write kind and language "
                  "and from, too.")],
        "row 5": ["name: It has no text. Give it one."],
        "row 6": ["organisation: it names none. Name one."],
    }  # fmt: skip


def test_affiliations_facts_sources_and_citations_are_imported(ed, internationals, body):
    body("swp", name="Workers", status="draft")
    for rows, text in (
        ("affiliations", "member,international,role,from\nWorkers,fi,Sympathising section,1938\n"),
        (
            "facts",
            'body,fact,text,number,year,source,page\nswp,Members,,"1 200",1938,alexander,7\n',
        ),
        ("sources", "title,author,year,url\nMilitant,Peter Taaffe; X,1995,https://a.org/\n"),
        ("citations", "organisation,statement,source,locator\nswp,founded,alexander,p. 9\n"),
    ):
        shown = upload(ed, rows, text)
        assert states(shown) == [("row 2", "new")], reasons(shown)
        assert onward(ed, shown, save="1").status_code == 302
    tie, fact = Affiliation.objects.get(), Fact.objects.get()
    assert (str(tie), tie.since, tie.status) == (
        "Workers: Sympathising section of Fourth International", "1938", "draft",
    )  # fmt: skip
    assert (fact.kind, fact.number, fact.since, fact.citations.get().locator) == (
        "members", 1200, "1938", "7",
    )  # fmt: skip
    assert Source.objects.get(slug="taaffe-1995-militant").authors == ["Peter Taaffe", "X"]
    assert Citation.objects.get(statement="founded").organisation.slug == "swp"


@pytest.mark.parametrize(
    ("rows", "text", "reason"),
    [
        ("facts", "body,fact,number\nfi,members,1.200\n",
         "number: “1.200” can be read in two ways. Write 1200 without a mark."),
        ("facts", "body,fact,number\nfi,members,many\n",
         "number: “many” is no number. Write digits."),
        ("names", "body,name,source,page\nfi,FI,,p. 1\n",
         "locator: No source stands beside it. Name one."),
        ("names", 'body,name,source,page\nfi,FI,"alexander\nalexander","1\n2\n3"\n',
         "locator: It has 3 lines, and 2 sources stand beside it. Write one for each, or “–”."),
        ("affiliations", "member,body\nfi,fi\n",
         "organisation and body are one and the same body. Choose two bodies."),
        ("changes", "kind,before,after\nrename,fi,\n",
         "after: It is empty. Write the id or the name."),
        ("changes", "kind,before,after,principal\nrename,fi,icfi,perhaps\n",
         "principal line: “perhaps” is neither yes nor no. Write one of the two."),
        ("sources", "title,url\nA,javascript:alert(1)\n",
         ("address: “javascript:alert(1)” is no web address. It must begin with https:// or "
         "http://.")),
        ("organisations", "id,name\nNo Id,A\n",
         "id: “No Id” is no id. Write small letters, digits and single hyphens, such as “lcr-fr”."),
        ("organisations", "name\nA\u202eB\n",
         "name: The text holds the control character U+202E. Take it out, or type the text anew."),
        ("citations", "organisation,event,source\nfi,,Nothing\n",
         ("source: There is no source “Nothing” in the record. Write the id, title or address of "
         "one, or add the source first.")),
    ],
)  # fmt: skip
def test_what_a_row_may_not_hold_is_told(ada, internationals, rows, text, reason):
    shown = upload(ada, rows, text)
    assert reasons(shown) == {"row 2": [reason]}
    onward(ada, shown, save="1", leave_out="on")
    assert "There is nothing to save: no row is new or changed." in onward(
        ada, shown, save="1", leave_out="on"
    ).content.decode()  # fmt: skip


# --- who may --------------------------------------------------------------------------------------


def test_an_editor_changes_nothing_that_readers_see(ed, internationals, affiliate, cite):
    fi, icfi = (Organisation.objects.get(slug=slug) for slug in ("fi", "icfi"))
    affiliate(icfi, fi, since="1938")
    cite(organisation=fi)
    Organisation.objects.create(slug="draft", name="Draft")
    for rows, text in (
        ("organisations", "id,name\nfi,Other\n"),
        ("organisations", "id,country\nfi,FR\n"),
        ("organisations", "id,source,page\nfi,alexander,p. 7\n"),
        ("names", "body,name\nfi,FI\n"),
        ("facts", "body,fact,text\nfi,leader,X\n"),
        ("affiliations", "member,body,from,to\nicfi,fi,1938,1953\n"),
        ("affiliations", "member,body,from\nfi,icfi,1938\n"),
        ("sources", "id,title\nalexander,Other\n"),
        ("citations", "organisation,source,page\nfi,alexander,p. 8\n"),
    ):
        shown = upload(ed, rows, text)
        assert reasons(shown) == {"row 2": [SENTENCE]}, text
        before = records()
        onward(ed, shown, save="1", leave_out="on")
        onward(ed, shown, save="1")
        assert (records(), Organisation.objects.get(slug="fi").name) == (
            before, "Fourth International",
        )  # fmt: skip
    allowed = upload(ed, "names", "body,name,source\ndraft,D,alexander\n")
    assert states(allowed) == [("row 2", "new")]


def test_an_editor_adds_no_edge_to_a_change_that_readers_see(ed, internationals, event):
    event("split", "split", [("fi", "icfi")], date="1953")
    shown = upload(ed, "changes", "event,before,after\nsplit,fi,isfi\n")
    assert reasons(shown) == {"row 2": [SENTENCE]}


def test_a_publisher_changes_what_readers_see_and_it_stays_published(ada, internationals, event):
    event("split", "split", [("fi", "icfi")], date="1953")
    shown = upload(ada, "changes", "event,date,before,after\nsplit,Nov 1953,fi,isfi\n")
    assert differences(shown) == {
        "row 2": [("succession", "", "fi → isfi"), ("event date", "1953", "November 1953")]
    }
    assert onward(ada, shown, save="1").status_code == 302
    split = ChangeEvent.objects.get()
    assert (split.status, split.date, split.successions.count()) == ("published", "1953-11", 2)


def test_what_a_publisher_adds_is_a_draft_whatever_the_sheet_says(ada):
    shown = upload(ada, "organisations", "name,status\nA,published\n")
    assert shown.context["told"] == ["status"]
    onward(ada, shown, save="1")
    assert Organisation.objects.get().status == "draft"


def test_who_is_published_in_between_is_no_longer_changed_by_an_editor(ed, body):
    one = body("a", name="A", status="draft")
    shown = upload(ed, "organisations", "id,name\na,B\n")
    Organisation.objects.update(status="published")
    assert onward(ed, shown, save="1").status_code == 200
    one.refresh_from_db()
    assert one.name == "A"


def test_who_may_not_add_may_not_import(client):
    assert client.get(HERE).status_code == 302
    sam = User.objects.create_user("sam", password="pw", is_staff=True)
    client.force_login(sam)
    assert client.get(HERE).status_code == 403
    assert upload(client, "organisations", "name\nA\n").status_code == 403
    sam.user_permissions.add(Permission.objects.get(codename="add_source"))
    client.force_login(User.objects.get(username="sam"))
    assert [kind.name for kind in client.get(HERE).context["kinds"]] == ["sources"]
    assert "Select a valid choice." in (
        upload(client, "organisations", "name\nA\n").content.decode()
    )  # fmt: skip


def test_a_permission_is_asked_for_each_kind_of_row(client, source, body):
    body("a", name="A", status="draft")
    sam = User.objects.create_user("sam", password="pw", is_staff=True)
    for name in ("add_source", "add_organisation"):
        sam.user_permissions.add(Permission.objects.get(codename=name))
    client.force_login(sam)
    for rows, text, reason in (
        ("sources", "id,title\nalexander,B\n", "You may not change sources."),
        ("organisations", "name,country\nB,FR\n", "You may not add countries."),
        ("organisations", "name,source\nB,alexander\n", "You may not add citations."),
    ):
        shown = upload(client, rows, text)
        assert reasons(shown) == {"row 2": [f"{reason} Ask a publisher to load it."]}


def test_a_file_is_kept_for_its_user_alone_and_not_for_ever(ed, ada, monkeypatch):
    shown = upload(ed, "organisations", "name\nA\n")
    there = reverse("admin:import")
    for client, kept in ((ada, shown.context["kept"]), (ed, shown.context["kept"][:-1] + "x"),
                         (ed, "x"), (ed, "")):  # fmt: skip
        answer = client.post(HERE, {"kept": kept, "save": "1"})
        assert (answer.status_code, answer["Location"]) == (302, there)
        assert "The file is no longer at hand." in client.get(there).content.decode()
    monkeypatch.setattr(importing, "KEPT_FOR", -1)
    assert onward(ed, shown, save="1").status_code == 302
    assert not Organisation.objects.exists()


# --- files ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({}, "Choose a file, or paste a table: one of the two."),
        ({"text": "name\nA\n", "file": b"name\nA\n"}, "Choose a file, or paste a table"),
        ({"file": "name\nPérez\n".encode("latin-1")}, "The file is not UTF-8 text (byte 7)."),
        ({"file": b"x" * 2_000_001}, "The file has 2,000,001 bytes; at most 2,000,000 are read."),
        ({"file": b"name\n"}, "Below the headings there is no row."),
        ({"file": b"{"}, "the document: It is no JSON"),
        ({"file": b"[]", "rows": "document"}, "is of another type. Write a value of type object."),
        ({"file": b"{}"}, "the document: It holds no records."),
        ({"text": "x" * 500_001}, "Ensure this value has at most 500000 characters"),
        ({"text": "a\0b"}, "Null characters are not allowed."),
    ],
)
def test_a_file_that_can_not_be_read_is_told(ed, fields, sentence):
    values = {"rows": "organisations", **fields}
    if "file" in values:
        values["file"] = SimpleUploadedFile("x", values["file"])
    answer = ed.post(HERE, values)
    assert answer.status_code == 200
    assert sentence in answer.content.decode().replace("&#x27;", "'")
    assert not Organisation.objects.exists()


def test_a_table_is_pasted(ed):
    shown = ed.post(HERE, {"rows": "organisations", "text": "name\tfounded\nA\t1953\n"})
    assert states(shown) == [("row 2", "new")]
    onward(ed, shown, save="1")
    assert Organisation.history.get().history_change_reason == "Imported from a pasted table"


def test_long_tables_are_shown_by_pages_and_by_state(ed):
    text = "name,founded\n" + "".join(
        f"Party {number},{'x' if number == 120 else 1900}\n" for number in range(2, 252)
    )
    shown = upload(ed, "organisations", text)
    assert [one.entry.number for one in shown.context["page"]] == list(range(2, 102))
    third = onward(ed, shown, page="3")
    assert [one.entry.number for one in third.context["page"]] == list(range(202, 252))
    wrong = onward(ed, shown, show="wrong")
    assert [one.entry.number for one in wrong.context["page"]] == [120]
    assert "<b>249</b> new" in wrong.content.decode()


def test_what_is_shown_of_a_file_runs_nothing(ed):
    text = "name,<b>x</b>\n<script>alert(1)</script>,<i>y</i>\n"
    page = upload(ed, "organisations", text, "<img src=x>.csv").content.decode()
    assert "<script>alert" not in page
    assert "<b>x</b>" not in page
    assert "<i>y</i>" not in page
    assert "<img src=x>" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page


# --- documents ------------------------------------------------------------------------------------


def document(**parts) -> str:
    return json.dumps(parts)


def test_a_document_is_looked_at_record_by_record_and_its_new_ones_are_drafts(ed, body):
    body("a", name="A", status="draft")
    text = document(
        organisations=[
            {"id": "a", "name": "A", "founded": "1938", "names": [{"text": "AA"}]},
            {"id": "b", "name": "B", "status": "published", "countries": ["FR"]},
            {"id": "c", "name": "C", "founded": "soon"},
        ],
        events=[
            {"id": "s", "kind": "split",
             "successions": [{"predecessor": "a", "successor": "b"}]},
            {"id": "t", "kind": "split",
             "successions": [{"predecessor": "a", "successor": "c"}]},
        ],
    )  # fmt: skip
    shown = upload(ed, "organisations", text, "record.json")
    assert states(shown) == [
        ("organisations[0]", "changed"), ("organisations[1]", "new"),
        ("organisations[2]", "wrong"), ("events[0]", "new"), ("events[1]", "wrong"),
    ]  # fmt: skip
    assert [one.entry.label for one in shown.context["page"]] == ["a", "b", "c", "s", "t"]
    assert reasons(shown)["events[1]"] == [
        "It needs the organisation “c”, which is wrong (organisations[2])."
    ]
    assert onward(ed, shown, save="1", leave_out="on").status_code == 302
    assert list(Organisation.objects.order_by("slug").values_list("slug", "founded", "status")) == [
        ("a", "1938", "draft"), ("b", "", "draft"),
    ]  # fmt: skip
    assert list(ChangeEvent.objects.values_list("slug", "status")) == [("s", "draft")]
    assert Name.history.get().history_change_reason == "Imported from record.json"


def test_what_needs_a_record_that_is_wrong_in_its_parts_alone_is_wrong_too(ed):
    """The record itself could be written: its citation names no source."""
    text = document(
        organisations=[
            {"id": "a", "name": "A"},
            {"id": "b", "name": "B", "citations": [{"source": "nobody"}]},
        ],
        affiliations=[{"organisation": "a", "body": "b"}],
    )
    shown = upload(ed, "document", text)
    assert [state for _where, state in states(shown)] == ["new", "wrong", "wrong"]
    assert reasons(shown)["affiliations[0]"] == [
        "It needs the organisation “b”, which is wrong (organisations[1])."
    ]
    assert onward(ed, shown, save="1", leave_out="on").status_code == 302
    assert [one.slug for one in Organisation.objects.all()] == ["a"]


def test_a_document_takes_no_record_back_and_publishes_none(ada, body):
    body("a", name="A")
    text = document(organisations=[{"id": "a", "name": "B", "status": "draft"}, {
        "id": "b", "name": "B", "status": "in-review"}])  # fmt: skip
    onward(ada, upload(ada, "document", text), save="1")
    assert list(Organisation.objects.order_by("slug").values_list("slug", "name", "status")) == [
        ("a", "B", "published"), ("b", "B", "draft"),
    ]  # fmt: skip


def test_what_a_list_of_a_document_lacks_is_shown_as_taken_out(ed, ada, body):
    one = body("a", name="A", status="draft")
    Name.objects.create(organisation=one, text="Old")
    seen = body("b", name="B")
    Name.objects.create(organisation=seen, text="Seen")
    text = document(organisations=[
        {"id": "a", "name": "A", "names": []}, {"id": "b", "name": "B", "names": []}])  # fmt: skip
    shown = upload(ed, "document", text)
    assert differences(shown) == {"organisations[0]": [("name", "official, Old", "")]}
    assert reasons(shown) == {"organisations[1]": [SENTENCE]}
    onward(ed, shown, save="1", leave_out="on")
    assert [name.text for name in Name.objects.all()] == ["Seen"]
    onward(ada, upload(ada, "document", text), save="1")
    assert not Name.objects.exists()
    gone = Name.history.filter(history_type="-").order_by("pk")
    assert [(row.text, row.history_user.username, row.history_change_reason) for row in gone] == [
        ("Old", "ed", "Imported from list.csv"), ("Seen", "ada", "Imported from list.csv"),
    ]  # fmt: skip


def test_the_wrong_records_of_a_document_are_downloaded(ed):
    text = document(organisations=[{"id": "c", "name": "C", "founded": "soon"}])
    answer = onward(ed, upload(ed, "document", text), wrong="1")
    assert list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig")))) == [
        ["record", "id", "what is wrong"],
        ["organisations[0]", "c", ("founded: “soon” is not a date in EDTF. Write 1953, "
         "1953-11, 1953-11-16, 1953~, 195X, 1967/1968, ../1940 or [1966,1968].")],
    ]  # fmt: skip


def test_more_records_than_may_be_are_refused(ed):
    text = document(sources=[{"id": f"s{number}"} for number in range(2_001)])
    assert "It holds 2,001 records; at most 2,000 are read. Divide it." in (
        upload(ed, "document", text).content.decode()
    )  # fmt: skip


# --- the desk -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("model", "rows"),
    [
        (Organisation, "organisations"), (ChangeEvent, "changes"), (Succession, "changes"),
        (Affiliation, "affiliations"), (Name, "names"), (Fact, "facts"), (Source, "sources"),
        (Citation, "citations"), (Account, ""),
    ],
)  # fmt: skip
def test_the_lists_lead_to_the_import_of_their_rows(ed, model, rows):
    page = ed.get(reverse(f"admin:lineage_{model._meta.model_name}_changelist")).content.decode()
    links = re.findall(r'href="(/admin/import/[^"]*)"', page)
    assert links == ([f"/admin/import/?rows={rows}"] if rows else [])
    if rows:
        form = ed.get(links[0]).content.decode()
        assert f'<option value="{rows}" selected>' in form


def test_the_index_of_the_desk_leads_to_the_import(ed):
    assert f'href="{HERE}"' in ed.get(reverse("admin:index")).content.decode()


def reading(client, rows: int) -> tuple[int, int]:
    """How many queries read and how many write, when so many rows of each state are shown."""
    lines = ["name,country,founded,source,page"]
    for number in range(rows):
        lines.append(f"New {number},France,1950,alexander,p. {number}")
        lines.append(f"Old {number},France,1950,alexander,p. {number}")
        lines.append(f"Bad {number},Atlantis,soon,nobody,")
    with CaptureQueriesContext(connection) as captured:
        shown = upload(client, "organisations", "\n".join(lines))
    assert dict(shown.context["states"]) == {
        "new": rows, "changed": 0, "unchanged": rows, "wrong": rows,
    }  # fmt: skip
    asked = [query["sql"] for query in captured if query["sql"].startswith(("SELECT", "WITH"))]
    return len(asked), len(captured) - len(asked)


def stand(source: Source, first: int, last: int) -> None:
    numbers = range(first, last)
    bodies = Organisation.objects.bulk_create(
        Organisation(slug=f"old-{n}", name=f"Old {n}", founded="1950") for n in numbers
    )
    CountryPeriod.objects.bulk_create(
        CountryPeriod(organisation=one, country="FR") for one in bodies
    )
    Citation.objects.bulk_create(
        Citation(organisation=one, source=source, locator=f"p. {n}")
        for n, one in zip(numbers, bodies, strict=True)
    )


def test_looking_at_rows_asks_the_database_as_often_at_ten_as_at_six_hundred(ed, source):
    stand(source, 0, 10)
    few = reading(ed, 10)
    stand(source, 10, 600)
    many = reading(ed, 600)
    assert many[0] == few[0]
