"""Ada and Ed write at one record at once, each in a browser; two doubles are made one there."""

import pytest
from django.urls import reverse

from lineage.models import CountryPeriod, Name, Organisation
from tests.browsing import expect, in_browser
from tests.desk import body, change, member

pytestmark = in_browser

WIDTHS = [(1280, "light"), (1280, "dark"), (820, "light"), (820, "dark")]


def page(served, one, view="change"):
    name = f"admin:lineage_{one._meta.model_name}_{view}"
    return served.url + reverse(name, args=[one.pk])


def test_two_write_at_one_record_and_nothing_of_either_is_lost(desk, served):
    member("ed", "Editor")
    member("ada", "Publisher")
    one = body("imt", name="International Marxist Tendency", founded="1992")
    Name.objects.create(organisation=one, text="IMT", kind="abbreviation")
    ed, ada = desk("ed"), desk("ada")
    ed.goto(page(served, one))
    ada.goto(page(served, one))

    ada.fill("#id_founded", "1991")
    ada.fill("#id_names-0-text", "I.M.T.")
    ada.click("input[name=_continue]")
    ada.locator(".messagelist .success").wait_for()
    ed.fill("#id_founded", "1993")
    ed.fill("#id_dissolved", "2024")
    ed.click("input[name=_save]")

    expect(ed.locator(".lineage-locked")).to_contain_text(
        "While you wrote, ada changed this record. Nothing of yours is saved yet"
    )
    words = [
        [row.inner_text().split("\t") for row in table.locator("tbody tr").all()]
        for table in ed.locator(".lineage-differences").all()
    ]
    assert words == [
        [["Founded", "1992", "1991"], ["Name", "IMT (abbreviation)", "I.M.T. (abbreviation)"]],
        [["Founded", "1992", "1993"], ["Dissolved", "–", "2024"]],
    ]
    ed.click("input[name=_merge]")  # the browser asks for the choice
    assert ed.locator("input[type=radio]:invalid").count() == 2
    ed.check("input[type=radio][value=mine]")
    ed.click("input[name=_merge]")
    ed.locator(".messagelist", has_text="holds both your changes now").wait_for()

    one.refresh_from_db()
    assert (one.founded, one.dissolved, one.names.get().text) == ("1993", "2024", "I.M.T.")
    ada.reload()
    assert ada.input_value("#id_founded") == "1993"
    assert (ed.complaints, ada.complaints) == ([], [])


def test_what_one_deletes_while_another_writes_is_shown_to_take_along(desk, served):
    member("ed", "Editor")
    member("ada", "Publisher")
    one = body("imt", name="International Marxist Tendency")
    ed, ada = desk("ed"), desk("ada")
    ed.goto(page(served, one))
    ed.fill("#id_summary", "What took an afternoon.")
    ada.goto(page(served, one, "delete"))
    ada.click("input[type=submit]")
    ada.wait_for_url("**/organisation/")

    ed.click("input[name=_save]")

    assert "was deleted while you wrote" in ed.inner_text(".errornote")
    assert "What took an afternoon." in ed.inner_text("#content-main")
    assert not any("Content Security Policy" in said for said in ed.complaints)
    assert ada.complaints == []


def doubles():
    one = body("league", name="Workers League", founded="1938")
    other = body("league-us", name="Workers League", founded="1939", dissolved="1952")
    for record in (one, other):
        CountryPeriod.objects.create(organisation=record, country="US")
    change("split", (body("party"), one), date="1938")
    change("merger", (other, body("group")), kind="merger", date="1952")
    return one, other


def test_two_doubles_are_made_one(desk, served):
    member("ed", "Editor")
    one, _other = doubles()
    ed = desk("ed")
    ed.goto(page(served, one))
    ed.click("text=It is the same as …")
    ed.locator(".select2-selection").click()
    ed.locator(".select2-search__field").press_sequentially("Workers")
    ed.locator(".select2-results__option", has_text="1939").click()
    ed.click("text=Show both")
    ed.click("text=Show what comes of it")  # the browser asks for the choice
    assert ed.locator("input[type=radio]:invalid").count() == 2
    ed.locator("tr", has_text="Founded").locator("input[value=theirs]").check()
    ed.fill("#id_change_reason", "One paper, one leader.")
    ed.click("text=Show what comes of it")
    ed.locator(".lineage-picture svg").first.wait_for()
    assert Organisation.objects.filter(slug="league-us").exists()
    ed.click("text=Make them one")
    ed.locator(".messagelist", has_text="holds what both held").wait_for()

    one.refresh_from_db()
    assert (one.founded, one.dissolved) == ("1939", "1952")
    assert [edge.successor.slug for edge in one.successions_after.all()] == ["group"]
    assert not Organisation.objects.filter(slug="league-us").exists()
    assert ed.complaints == []


def test_two_bodies_ticked_in_the_list_are_compared(desk, served):
    member("ed", "Editor")
    one, other = doubles()
    ed = desk("ed")
    ed.goto(served.url + reverse("admin:lineage_organisation_changelist"))
    for record in (one, other):
        ed.check(f"input[name=_selected_action][value='{record.pk}']")
    ed.select_option("select[name=action]", "make_one")
    ed.click("button[name=index]")
    ed.wait_for_url("**/merge/?other=*")
    assert "Workers League" in ed.inner_text("#content h1")
    assert ed.complaints == []


def test_a_body_is_divided(desk, served):
    member("ed", "Editor")
    one, _other = doubles()
    ed = desk("ed")
    ed.goto(page(served, one))
    ed.click("text=It is really two …")
    ed.fill("#id_name", "Second League")
    ed.select_option("#id_change", "split")
    ed.fill("#id_date", "May 1945")
    ed.locator("tr", has_text="Country").locator("input[value=both]").check()
    ed.click("text=Show what comes of it")
    ed.locator(".lineage-picture svg").first.wait_for()
    assert not Organisation.objects.filter(slug="second-league").exists()
    ed.click("text=Make it two")
    ed.locator(".messagelist", has_text="is two now").wait_for()

    new = Organisation.objects.get(slug="second-league")
    assert new.country_periods.get().country == "US"
    assert new.successions_before.get().event.date == "1945-05"
    assert ed.complaints == []


@pytest.mark.parametrize(("width", "scheme"), WIDTHS)
def test_the_pages_fit_the_screen(desk, served, width, scheme):
    member("ed", "Editor")
    one, other = doubles()
    tab = desk("ed")
    tab.set_viewport_size({"width": width, "height": 1000})
    tab.emulate_media(color_scheme=scheme)
    for address in (
        page(served, one, "merge"),
        page(served, one, "merge") + f"?other={other.pk}",
        page(served, one, "divide"),
    ):
        tab.goto(address)
        assert tab.evaluate("document.documentElement.scrollWidth") <= width
    assert tab.complaints == []
