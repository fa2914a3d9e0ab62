"""Rea types a name, and picks by keyboard or by finger what the site suggests."""

from __future__ import annotations

import pytest

from tests.browsing import in_browser
from tests.test_chart_in_browser import until

pytestmark = in_browser


def suggestions(tab, field: str):
    """The list below a field, once it is open."""
    found = tab.locator(f"{field}-suggestions li")
    found.first.wait_for()
    return found


def test_a_name_typed_in_the_head_leads_to_its_page_by_keyboard(visit):
    tab = visit()
    tab.goto("/events/")
    field = tab.locator("#find")
    field.focus()
    tab.keyboard.type("lssp")
    found = suggestions(tab, "#find")
    assert "Lanka Sama Samaja Party" in found.first.inner_text()
    assert field.get_attribute("aria-expanded") == "true"
    tab.keyboard.press("ArrowDown")
    assert field.get_attribute("aria-activedescendant") == found.first.get_attribute("id")
    assert found.first.get_attribute("aria-selected") == "true"
    tab.keyboard.press("Enter")
    tab.wait_for_url("**/organisations/**")
    assert "Lanka Sama Samaja Party" in tab.locator("h1").inner_text()


def test_arrows_go_round_and_escape_closes_the_list(visit):
    tab = visit()
    tab.goto("/events/")
    tab.locator("#find").focus()
    tab.keyboard.type("international")
    found = suggestions(tab, "#find")
    last = found.count() - 1
    tab.keyboard.press("ArrowUp")
    assert found.nth(last).get_attribute("aria-selected") == "true"
    tab.keyboard.press("ArrowDown")
    assert found.first.get_attribute("aria-selected") == "true"
    tab.keyboard.press("Escape")
    assert tab.locator("#find-suggestions").is_hidden()
    assert tab.locator("#find").get_attribute("aria-expanded") == "false"


def test_enter_without_a_choice_asks_the_page(visit):
    tab = visit()
    tab.goto("/")
    tab.locator("#find").fill("samasamaja")
    tab.keyboard.press("Enter")
    tab.wait_for_url("**/search/?q=samasamaja")
    assert tab.locator("ol.results li").count() > 0


@pytest.mark.parametrize("width", [1280, 390])
def test_two_bodies_are_picked_by_typing(visit, width):
    tab = visit(width=width)
    tab.goto("/related/")
    for field, words in (("#from", "isfi"), ("#to", "icfi")):
        tab.locator(field).click()
        tab.keyboard.type(words)
        suggestions(tab, field).first.click()
    assert (
        tab.locator("#from").input_value()
        == "International Secretariat of the Fourth International"
    )
    tab.get_by_role("button", name="How are they related?").click()
    tab.wait_for_url("**/related/?from=isfi&to=icfi")
    assert "Both descend from" in tab.locator("p.lede").inner_text()


def test_what_was_picked_is_let_go_when_the_field_is_typed_in_again(visit):
    tab = visit()
    tab.goto("/related/")
    tab.locator("#from").click()
    tab.keyboard.type("isfi")
    suggestions(tab, "#from").first.click()
    assert tab.locator("input[type=hidden][name=from]").get_attribute("value") == "isfi"
    tab.locator("#from").fill("fourth")
    assert tab.locator("input[type=hidden][name=from]").count() == 0
    assert tab.locator("#from").get_attribute("name") == "from"


def test_without_scripts_the_names_are_sent_and_the_page_asks_which(visit):
    tab = visit(scripts=False)
    tab.goto("/related/")
    tab.locator("#from").fill("isfi")
    tab.locator("#to").fill("committee of the fourth")
    tab.get_by_role("button", name="How are they related?").click()
    assert "which one is" in tab.locator("#ask + form + h3, section h3").first.inner_text()
    tab.locator("section li a").first.click()
    assert "Both descend from" in tab.locator("p.lede").inner_text()


def test_the_years_are_played_and_stopped(visit):
    tab = visit()
    tab.goto("/tree/?year=1950")
    button = tab.locator("[data-does=play]")
    button.click()
    until(tab, "Number(document.querySelector('#chart-years').value) > 1951")
    assert button.get_attribute("aria-pressed") == "true"
    button.click()
    stopped = tab.locator("#chart-years").input_value()
    assert button.get_attribute("aria-pressed") == "false"
    assert f"year={stopped}" in tab.url
