"""Ed sees at once what the rules find wrong or missing, and lets stand what may."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from django.urls import reverse

from lineage.admin import watching
from lineage.models import Account, CountryPeriod, Name, Organisation, Waiver
from tests.test_page_queries import queries
from tests.test_pages import Page, text

pytestmark = pytest.mark.django_db
WATCH = "/admin/watch/"


@pytest.fixture
def record(body, event):
    """Two bodies without a founding in two countries, and one that surely ended before it began."""
    for slug, code in (("a", "LK"), ("b", "GB")):
        row = body(slug, name=f"Body {slug}")
        CountryPeriod.objects.create(organisation=row, country=code)
    body("c", name="Body c", founded="1950", active="2024")
    Organisation.objects.filter(slug="c").update(dissolved="1940")


def lines(client, query: str = "") -> list[list[str]]:
    page = Page(client.get(WATCH + query).content.decode())
    return [
        [text(cell) for cell in row]
        for row in page.one("div[@class='lineage-watch']").find("table").find("tbody")
    ]


def test_errors_come_first_and_each_leads_to_its_record(ed, record):
    found = lines(ed)
    assert found[0][0] == "Body c"
    assert found[0][2] == "end-before-founding"
    assert {row[0] for row in found[1:] if row[2] == "missing-date"} == {"Body a", "Body b"}
    page = Page(ed.get(WATCH).content.decode())
    links = {
        text(one): one.get("href") for one in page.one("div[@class='lineage-watch']").iter("a")
    }
    key = Organisation.objects.get(slug="a").pk
    assert links["Body a"] == reverse("admin:lineage_organisation_change", args=[key])


def test_they_are_narrowed_down_by_rule_and_by_country(ed, record):
    assert {row[0] for row in lines(ed, "?country=LK")} == {"Body a"}
    assert {row[2] for row in lines(ed, "?rule=missing-date")} == {"missing-date"}
    assert lines(ed, "?rule=none") == [["Nothing stands: the record keeps every rule."]]


def choices(client, heading: str, query: str = "") -> list[str]:
    page = Page(client.get(WATCH + query).content.decode())
    titles = page.all("h2")
    (title,) = [one for one in titles if text(one) == heading]
    beside = list(page.one("div[@class='lineage-choices']"))
    return [text(one) for one in beside[beside.index(title) + 1]]


def test_what_is_wrong_comes_before_what_is_not_known_yet(ed, record):
    CountryPeriod.objects.filter(country="LK").update(since="1949")
    Organisation.objects.filter(slug="a").update(founded="1950")
    assert [row[2] for row in lines(ed)][:3] == [
        "end-before-founding",
        "attested-after-end",
        "period-outside-life",
    ]
    assert choices(ed, "Errors") == ["end-before-founding 1"]
    assert choices(ed, "Probably wrong") == ["attested-after-end 1", "period-outside-life 1"]
    assert choices(ed, "Not known yet")[0] == "end-without-successor 1"


def test_they_are_narrowed_down_by_family_called_by_its_chief_body(
    ed, record, event, body, affiliate
):
    one = Organisation.objects.get(slug="a")
    event("e", "split", [("a", "b")], date="1950")
    named = [told.rpartition(" ")[0] for told in choices(ed, "By family")]
    assert sorted(named) == ["Bodies that stand alone", "Body a"]
    chief = body("i", name="International", kind="international")
    event("f", "continuation", [("b", "i")], date="1960")
    affiliate(one, chief)
    named = [told.rpartition(" ")[0] for told in choices(ed, "By family")]
    assert named == ["International", "Bodies that stand alone"]
    assert {row[0] for row in lines(ed, "?family=i")} == {
        "Body a",
        "Body b",
        "International",
        "e",
        "f",
    }
    assert {row[0] for row in lines(ed, "?family=alone")} == {"Body c"}


def test_a_finding_of_a_part_leads_to_the_body_or_the_event_that_it_is_of(ed, record, event):
    one = Organisation.objects.get(slug="a")
    Name.objects.create(organisation=one, text="\x07")
    made = event("e", "split", [("a", "b")])
    Account.objects.create(event=made, claimant="C", text="T")
    found = {row[1].partition(" ")[0]: row for row in lines(ed)}
    assert found["name:a/official/\x07:"][0] == "Body a"
    assert found["account:e/C:"][0] == "e"


def test_a_long_list_is_turned_page_by_page_and_keeps_what_was_asked(ed, body):
    for number in range(60):
        body(f"b{number:02}")
    there = f"{WATCH}?rule=missing-source"
    assert len(lines(ed)) == 100
    (link,) = [one.get("href") for one in Page(ed.get(WATCH).content.decode()).all("a")
               if text(one) == "Next"]  # fmt: skip
    assert link == "?page=2"
    assert len(lines(ed, link)) == 20
    assert len(lines(ed, "?rule=missing-source")) == 60
    assert "paginator" not in ed.get(there).content.decode()


def test_a_warning_is_let_stand_with_a_reason_and_an_error_is_not(ed, record):
    page = Page(ed.get(f"{WATCH}?rule=missing-date&country=LK").content.decode())
    (there,) = [one.get("href") for one in page.all("a") if text(one) == "Let it stand"]
    form = ed.get(there).context["adminform"].form
    assert (form["rule"].value(), form["record"].value()) == ("missing-date", "organisation:a")
    given = {"rule": "missing-date", "record": "organisation:a", "reason": "None is known."}
    assert ed.post(there, given).url == f"{WATCH}?rule=missing-date&country=LK"
    assert Waiver.objects.get().reason == "None is known."
    assert not [row for row in lines(ed, "?country=LK") if row[2] == "missing-date"]
    assert lines(ed, "?rule=end-before-founding")[0][3] == ""


def test_what_was_mended_is_gone(ed, record):
    Organisation.objects.filter(slug="c").update(dissolved="1960")
    assert [row for row in lines(ed) if row[2] == "end-before-founding"] == []


def test_the_page_takes_as_many_queries_for_many_findings(ed, body):
    def asked() -> int:
        watching._kept.clear()
        return len(queries(ed, WATCH))

    for number in range(3):
        body(f"b{number}")
    few = asked()
    for number in range(3, 40):
        body(f"b{number}")
    assert asked() == few


def test_a_stranger_sees_nothing_of_it(client, record):
    assert client.get(WATCH).status_code == 302
    client.force_login(User.objects.create_user("sam", password="pw", is_staff=True))
    assert client.get(WATCH).status_code == 403


def test_letting_stand_leads_nowhere_else(ed, record):
    given = {"rule": "missing-date", "record": "organisation:a", "reason": "None is known."}
    add = f"{reverse('admin:lineage_waiver_add')}?back=https://example.org/"
    assert ed.post(add, given).url == reverse("admin:lineage_waiver_changelist")


def test_the_desk_leads_there(ed):
    assert f'href="{WATCH}"' in ed.get("/admin/").content.decode()
