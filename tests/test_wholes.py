"""A record with all that hangs on it is a document: compared, merged, put in place, undone."""

import copy
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lineage.exchange.differences import Conflict, assembled, differences, merged, units
from lineage.exchange.document import import_document
from lineage.exchange.export import Export
from lineage.exchange.rows import Refused
from lineage.exchange.wholes import document_of, put, rehearsal, standing, whole_of
from lineage.models import (
    Account,
    Affiliation,
    ChangeEvent,
    Citation,
    Fact,
    Name,
    Organisation,
    Source,
    Succession,
    edition,
)
from tests.desk import body, change

SAMPLE = (Path(__file__).parent / "sample.json").read_text()


def organisation(**values):
    return {"id": "a", "name": "A", "names": [], "citations": [], **values}


def of(*records):
    return {"organisations": list(records)}


def name(text, **values):
    return {
        "text": text,
        "kind": "official",
        "language": None,
        "from": None,
        "to": None,
        "citations": [],
        **values,
    }


def cited(source, **values):
    return {"statement": "", "source": source, "locator": "", "note": "", "value": None, **values}


def changed(before, after):
    return [(one.path[2:], one.before, one.after) for one in differences(before, after)]


# --- comparing ------------------------------------------------------------------------------------


def test_a_field_differs():
    assert changed(of(organisation(founded="1953")), of(organisation(founded="1954"))) == [
        (("founded",), "1953", "1954")
    ]


def test_a_row_that_came_and_one_that_went_with_what_hung_on_it():
    before = of(organisation(names=[name("Old", kind="nickname", citations=[cited("s")])]))
    after = of(organisation(names=[name("New")]))

    assert changed(before, after) == [
        (("names", ("nickname", None, "Old", None)), {"to": None}, None),
        (("names", ("official", None, "New", None)), None, {"to": None}),
    ]


def test_a_row_whose_key_changed_is_one_difference():
    before = of(organisation(names=[name("LCR", citations=[cited("s")])]))
    after = of(organisation(names=[name("LCR", **{"from": "1974"}, citations=[cited("s")])]))

    (one,) = differences(before, after)
    assert (one.was[-1], one.path[-1]) == (
        ("official", None, "LCR", None),
        ("official", None, "LCR", "1974"),
    )


def test_the_parts_of_a_row_whose_key_changed_are_told_where_they_differ():
    before = of(organisation(names=[name("LCR", citations=[cited("s")])]))
    after = of(
        organisation(names=[name("LCR", **{"from": "1974"}, citations=[cited("s"), cited("t")])])
    )

    assert [one.path[-1] for one in differences(before, after)] == [
        ("official", None, "LCR", "1974"),
        (None, "t", None, None),
    ]


def test_a_new_record_is_one_difference_or_all_that_it_holds():
    record = of(organisation(founded="1953", names=[name("N")]))

    assert [one.path[2:] for one in differences({}, record)] == [()]
    assert [one.path[2:] for one in differences({}, record, expand=True)] == [
        (),
        ("name",),
        ("names", ("official", None, "N", None)),
        ("founded",),
    ]


def test_the_derived_parent_is_no_difference():
    assert differences(of(organisation(parent="x")), of(organisation(parent="y"))) == []


@pytest.mark.django_db
def test_a_document_taken_apart_and_put_together_is_the_same():
    import_document(SAMPLE)
    document = {
        "organisations": Export(drafts=True).organisations(),
        "events": Export(drafts=True).events(),
        "affiliations": Export(drafts=True).affiliations(),
        "sources": Export(drafts=True).sources(),
    }

    again = assembled(units(document))

    for entry in document["organisations"]:
        entry.pop("parent")
    for some in document.values():
        for entry in some:
            entry.setdefault("status", "published")
    for entry in document["sources"]:
        entry.pop("status")
    assert _sorted(again) == _sorted(document)


def _sorted(value):
    if isinstance(value, dict):
        return {key: _sorted(part) for key, part in value.items()}
    if isinstance(value, list):
        return sorted(
            (_sorted(part) for part in value), key=lambda one: json.dumps(one, sort_keys=True)
        )
    return value


# --- merging --------------------------------------------------------------------------------------


def test_changes_of_different_fields_both_stand():
    base = of(organisation(founded="1953", dissolved=None))
    mine = of(organisation(founded="1954", dissolved=None))
    theirs = of(organisation(founded="1953", dissolved="1963"))

    document, conflicts = merged(base, mine, theirs)

    assert conflicts == []
    assert differences(document, of(organisation(founded="1954", dissolved="1963"))) == []


def test_changes_of_one_field_are_a_conflict_until_one_is_chosen():
    base, mine, theirs = (of(organisation(founded=year)) for year in ("1953", "1954", "1955"))
    path = ("organisations", ("a",), "founded")

    document, conflicts = merged(base, mine, theirs)
    assert conflicts == [Conflict(path, "1953", "1954", "1955")]
    assert differences(document, theirs) == []
    assert differences(merged(base, mine, theirs, {path: "mine"})[0], mine) == []


def test_the_same_change_twice_is_none():
    base, same = of(organisation(founded="1953")), of(organisation(founded="1954"))

    assert merged(base, same, same)[1] == []


def test_a_row_that_one_took_out_and_the_other_cited_is_a_conflict():
    base = of(organisation(names=[name("N")]))
    mine = of(organisation())
    theirs = of(organisation(names=[name("N", citations=[cited("s")])]))
    path = ("organisations", ("a",), "names", ("official", None, "N", None))

    document, conflicts = merged(base, mine, theirs)
    assert [one.path for one in conflicts] == [path]
    assert differences(document, theirs) == []
    assert differences(merged(base, mine, theirs, {path: "mine"})[0], mine) == []


def test_a_row_that_one_took_out_goes():
    base = of(organisation(names=[name("N", citations=[cited("s")])], founded="1953"))
    mine = of(organisation(names=[], founded="1953"))
    theirs = of(organisation(names=[name("N", citations=[cited("s")])], founded="1954"))

    document, conflicts = merged(base, mine, theirs)
    assert conflicts == []
    assert differences(document, of(organisation(founded="1954"))) == []


YEARS = st.sampled_from([None, "1953", "1954"])
RECORDS = st.builds(
    lambda founded, dissolved, names: of(
        organisation(
            founded=founded,
            dissolved=dissolved,
            names=[
                name(text, to=to, citations=[cited("s")] * number) for text, to, number in names
            ],
        )
    ),
    YEARS,
    YEARS,
    st.lists(
        st.tuples(st.sampled_from("AB"), YEARS, st.integers(0, 1)), unique_by=lambda one: one[0]
    ),
)


@given(RECORDS, RECORDS, RECORDS)
def test_a_merge_loses_no_change_in_silence(base, mine, theirs):
    document, conflicts = merged(base, mine, theirs)
    one, two, three, four = (units(some) for some in (base, mine, theirs, document))
    disputed = {conflict.path for conflict in conflicts}

    for side in (two, three):
        for path in {*one, *side}:
            if side.get(path) == one.get(path) or four.get(path) == side.get(path):
                continue
            assert any(path[: len(above)] == above for above in disputed), path
    everything = dict.fromkeys(disputed, "mine")
    assert merged(base, mine, base)[1] == merged(base, base, theirs)[1] == []
    assert units(merged(base, mine, base)[0]) == two
    assert units(merged(base, base, theirs)[0]) == three
    for conflict in conflicts:
        chosen = units(merged(base, mine, theirs, everything)[0])
        assert chosen.get(conflict.path) == two.get(conflict.path)


# --- putting in place -----------------------------------------------------------------------------


@pytest.fixture
def lcr(db):
    one = body("lcr", name="LCR", founded="1974", status="published")
    source = Source.objects.create(slug="book", title="A book")
    held = Name.objects.create(organisation=one, text="Ligue", language="fr")
    Citation.objects.create(name=held, source=source, locator="p. 1")
    Fact.objects.create(organisation=one, kind="members", number=2000, since="1974")
    fi = body("fi", name="FI", status="published")
    Affiliation.objects.create(organisation=one, body=fi, since="1974", status="published")
    Account.objects.create(subject=one, claimant="LO", text="It says.")
    change("split", (one, body("gauche", status="published")), date="1980", status="published")
    return one


def test_a_record_put_in_place_of_itself_changes_nothing(lcr):
    for record in (lcr, ChangeEvent.objects.get(), Affiliation.objects.get(), Source.objects.get()):
        document, versions = document_of(record), record.history.count()
        put(document, instead_of=document)
        assert (document_of(record), record.history.count()) == (document, versions)


def test_a_document_is_put_in_place_with_rows_gone_and_come_and_the_reason(lcr):
    before = document_of(lcr)
    after = copy.deepcopy(before)
    entry = after["organisations"][0]
    entry |= {"dissolved": "2009", "facts": [], "names": [name("LCR-QI", language="fr")]}
    after["affiliations"] = []

    put(after, instead_of=before, reason="Because")

    assert document_of(lcr) == after
    assert not Affiliation.objects.exists()
    assert [
        (row.history_type, row.history_change_reason)
        for model in (Organisation, Name, Fact, Affiliation)
        for row in model.history.order_by("history_id")
        if row.history_change_reason
    ] == [("~", "Because"), ("-", "Because"), ("+", "Because"), ("-", "Because"), ("-", "Because")]


def test_a_document_that_breaks_a_rule_is_refused_whole(lcr):
    before = document_of(lcr)
    after = copy.deepcopy(before)
    after["organisations"][0] |= {"dissolved": "1950", "summary": "New."}

    with pytest.raises(Refused) as refusal:
        put(after)

    assert [str(fault) for fault in refusal.value.faults] == [
        "organisations (lcr): It ended (1950) before it was founded (1974). Correct one of the two."
    ]
    assert document_of(lcr) == before


def test_a_period_that_ends_before_it_begins_is_refused(lcr):
    after = document_of(lcr)
    after["organisations"][0]["facts"][0]["to"] = "1970"

    with pytest.raises(Refused) as refusal:
        put(after)

    assert [fault.record for fault in refusal.value.faults] == ["lcr/members/1974"]


def test_a_document_that_names_nothing_that_stands_is_refused(lcr):
    after = document_of(lcr)
    after["organisations"][0]["citations"] = [cited("no-such-source")]

    with pytest.raises(Refused) as refusal:
        put(after)

    assert "there is no source “no-such-source”" in str(refusal.value.faults[0])


def test_a_circle_is_refused(lcr):
    event = ChangeEvent.objects.get()
    after = document_of(event)
    after["events"][0]["successions"].append(
        {
            "predecessor": "gauche",
            "successor": "lcr",
            "predecessor_continues": False,
            "successor_existed": False,
            "principal": False,
        }
    )

    with pytest.raises(Refused) as refusal:
        put(after)

    assert "circle" in refusal.value.faults[0].message
    assert Succession.objects.count() == 1


def test_a_rehearsal_leaves_nothing(lcr):
    before, mark = document_of(lcr), edition.current()

    with rehearsal():
        put(
            of({**before["organisations"][0], "names": [name("Tried")]}),
            instead_of=before,
            trying=True,
        )
        assert [row.pk < 0 for row in lcr.names.all()] == [True]
        first = lcr.names.get().pk
    with rehearsal():
        put(of({**before["organisations"][0], "names": [name("Tried")]}), trying=True)
        assert lcr.names.get().pk == first

    assert (document_of(lcr), edition.current()) == (before, mark)


def test_the_whole_of_a_part(lcr):
    event, account = ChangeEvent.objects.get(), Account.objects.get()
    told = Account.objects.create(event=event, claimant="X", organisation=lcr, text="T")
    assert whole_of(Citation.objects.get()) == lcr
    assert whole_of(account) == lcr
    assert whole_of(told) == event
    assert whole_of(Succession.objects.get()) == event
    assert whole_of(Fact.objects.get()) == lcr
    assert whole_of(Affiliation.objects.get()) == Affiliation.objects.get()


def test_the_records_of_a_document_that_stand(lcr):
    assert standing(document_of(lcr)) == [lcr, Affiliation.objects.get()]
    assert standing({"organisations": [{"id": "gone"}]}) == []


def test_the_queries_of_a_document_do_not_grow(lcr, django_assert_num_queries):
    with django_assert_num_queries(14):
        document_of(lcr)
    for number in range(20):
        held = Name.objects.create(organisation=lcr, text=f"Name {number}")
        Citation.objects.create(name=held, source=Source.objects.get())
        Account.objects.create(subject=lcr, claimant=f"C {number}", text="T")
    with django_assert_num_queries(14):
        document_of(lcr)
