"""Ed sees beside a form what the rules find at its record, and what was let stand."""

from __future__ import annotations

import pytest
from django.urls import reverse

from lineage.models import Affiliation, CountryPeriod, Name, Organisation, Waiver
from tests.desk import filled
from tests.test_page_queries import queries
from tests.test_pages import Page, text

pytestmark = pytest.mark.django_db


def at(record) -> str:
    return reverse(f"admin:lineage_{record._meta.model_name}_change", args=[record.pk])


def told(client, record) -> list[str]:
    """What stands at a record's form, without the links."""
    page = Page(client.get(at(record)).content.decode())
    boxes = page.all("section[@id='findings']")
    return [text(row).removesuffix(" Let it stand") for row in boxes[0].find("ul")] if boxes else []


@pytest.fixture
def two(body):
    """A body that ended before it split, at the form of which something stands, and its heir."""
    return [
        body("a", name="A", founded="1940", dissolved="1950", status="draft"),
        body("b", name="B", founded="1952", status="draft"),
    ]


@pytest.fixture
def split(event, two, cite):
    made = event("e", "split", [("a", "b")], date="1952", status="draft")
    for target in ({"event": made}, {"organisation": two[0]}, {"organisation": two[1]}):
        cite(**target)
    return made


OUTSIDE = (
    "It changed (1952) after its end (1950). Correct one of the dates; the event is e. outside-life"
)
ENDED = (
    "It ended, and nothing is said of what became of it. Record the change in which it ended, or "
    "waive this with the reason. end-without-successor"
)


def test_what_the_rules_find_stands_beside_the_form_worst_first(ed, two, split):
    Name.objects.create(organisation=two[0], text="Early", since="1930")
    early = (
        "name:a/official/Early/1930: It begins (1930) before its body was founded (1940). "
        "Correct one of the dates. period-outside-life"
    )
    assert told(ed, two[0]) == [OUTSIDE, early, ENDED]
    assert told(ed, two[1]) == []


def test_it_stands_at_the_event_and_at_the_membership_too(ed, two, split):
    assert told(ed, split) == [f"organisation:a: {OUTSIDE}"]
    row = Affiliation.objects.create(organisation=two[0], body=two[1], since="1945")
    early = "It begins (1945) before b was founded (1952). Correct one of the dates."
    assert told(ed, row) == [
        f"{early} period-outside-life",
        "It cites no source. Cite the source that it is drawn from. missing-source",
    ]


def test_a_warning_is_let_stand_from_there_and_folded_away_with_its_reason(ed, two, split):
    page = Page(ed.get(at(two[0])).content.decode())
    there = [one.get("href") for one in page.all("a") if text(one) == "Let it stand"]
    form = ed.get(there[0]).context["adminform"].form
    given = {name: form[name].value() for name in ("rule", "record")}
    assert given == {"rule": "outside-life", "record": "organisation:a"}
    assert ed.post(there[0], given | {"reason": "So say both sources."}).url == at(two[0])
    assert told(ed, two[0]) == [ENDED]
    page = Page(ed.get(at(two[0])).content.decode())
    (fold,) = page.all("section[@id='findings']/details")
    assert [text(one) for one in fold.iter("summary")] == ["1 let stand"]
    link = next(fold.iter("a"))
    assert (text(link), link.get("href")) == ("So say both sources.", at(Waiver.objects.get()))


def test_an_error_that_stands_can_not_be_let_stand(ed, two):
    Organisation.objects.filter(slug="a").update(dissolved="1930")
    page = Page(ed.get(at(two[0])).content.decode())
    first = page.one("section[@id='findings']").find("ul")[0]
    assert first.get("class") == "lineage-error"
    assert list(first.iter("a")) == []


def test_after_a_save_it_is_said_how_much_the_rules_find(ed, two, split):
    data = filled(ed.get(at(two[0])))
    response = ed.post(at(two[0]), data, follow=True)
    said = [str(one) for one in response.context["messages"]]
    assert said[0] == (
        f'The rules find 2 things at it: <a href="{at(two[0])}#findings">look at them</a>.'
    )
    response = ed.post(at(two[0]), data | {"_continue": "1"}, follow=True)
    said = [str(one) for one in response.context["messages"]]
    assert [one.startswith("The organisation") for one in said] == [True]
    response = ed.post(at(two[1]), filled(ed.get(at(two[1]))), follow=True)
    assert len(response.context["messages"]) == 1


def test_a_period_that_ends_before_it_begins_is_refused_on_its_row(ed, two):
    data = filled(ed.get(at(two[0]))) | {
        "names-TOTAL_FORMS": "1",
        "names-0-text": "Early",
        "names-0-kind": "official",
        "names-0-since": "1945",
        "names-0-until": "1941",
    }
    response = ed.post(at(two[0]), data)
    (row,) = response.context["inline_admin_formsets"][1].formset.forms
    assert row.errors == {
        "until": ["It ended (1941) before it began (1945). Correct one of the two."]
    }
    assert Name.objects.count() == 0


def test_a_form_asks_as_often_whatever_stands_at_it(ed, two, split):
    def asked() -> int:
        return len(queries(ed, at(two[0])))

    def add(*numbers: int) -> None:
        for number in numbers:
            since = f"19{number:02}"
            CountryPeriod.objects.create(organisation=two[0], country="FR", since=since)
            Name.objects.create(organisation=two[0], text=f"N{number}", since=since)

    add(0)  # what hangs on rows is asked for where there is one
    asked()  # warms what is kept for good
    few = asked()
    add(*range(1, 30))
    assert len(told(ed, two[0])) > 30
    assert asked() == few
