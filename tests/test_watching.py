"""Ed sees at once what the rules find wrong or missing, and lets stand what may."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Group, User
from django.urls import reverse

from lineage.admin import watching
from lineage.models import CountryPeriod, Organisation, Waiver
from tests.test_page_queries import queries
from tests.test_pages import Page, text

pytestmark = pytest.mark.django_db
WATCH = "/admin/watch/"


@pytest.fixture
def ed(client):
    user = User.objects.create_user("ed", password="pw", is_staff=True)
    user.groups.add(Group.objects.get(name="Editor"))
    client.force_login(user)
    return client


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


def test_a_warning_is_let_stand_with_a_reason_and_an_error_is_not(ed, record):
    page = Page(ed.get(f"{WATCH}?rule=missing-date&country=LK").content.decode())
    (there,) = [one.get("href") for one in page.all("a") if text(one) == "Let it stand"]
    form = ed.get(there).context["adminform"].form
    assert (form["rule"].value(), form["record"].value()) == ("missing-date", "organisation:a")
    Waiver.objects.create(rule="missing-date", record="organisation:a", reason="None is known.")
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


def test_the_desk_leads_there(ed):
    assert f'href="{WATCH}"' in ed.get("/admin/").content.decode()
