"""Ada deletes a body in a browser, undoes it, and puts an earlier version back."""

import pytest
from django.urls import reverse

from lineage.models import Name, Organisation
from lineage.models.keeping import occasion
from tests.browsing import expect, in_browser
from tests.desk import body, change, member, page

pytestmark = in_browser


@pytest.fixture
def ada(desk):
    member("ada", "Publisher")
    return desk("ada")


def test_a_deletion_is_undone_and_a_version_put_back(ada, served):
    with occasion("Made"):
        lcr = body("lcr", name="Ligue", status="published")
        Name.objects.create(organisation=lcr, text="LCR", kind="abbreviation")
    ada.goto(served.url + page(Organisation, lcr))
    ada.fill("#id_name", "League")
    ada.fill("#id_change_reason", "Its English name")
    ada.click("input[name=_continue]")
    ada.click("text=Delete >> nth=-1")
    ada.fill("#id_change_reason", "A slip")
    ada.click("input[type=submit]")
    assert not Organisation.objects.exists()

    ada.click("text=Undo the deletion")
    assert "A slip" in ada.inner_text("#content")
    assert "LCR (abbreviation)" in ada.inner_text("#content")
    ada.click("input[type=submit]")
    ada.wait_for_url(f"**{page(Organisation, lcr)}")
    ada.click(".historylink")
    reasons = ["Deletion undone", "A slip", "Its English name", "Made"]
    expect(ada.locator("tbody td:nth-child(5)")).to_have_text(reasons)

    ada.locator("tbody tr:nth-child(4) input[name=older]").check()
    ada.click("input[value='Compare the two']")
    cells = ["Published", "Draft", "Ligue", "League"]
    expect(ada.locator(".lineage-differences td")).to_have_text(cells)
    ada.click("text=Restore the older one")
    ada.fill("#id_change_reason", "Its own name")
    ada.click("input[value=Restore]")
    ada.wait_for_url("**/history/")
    assert "was restored" in ada.inner_text(".messagelist")
    assert Organisation.objects.values_list("pk", "name", "status").get() == (
        lcr.pk, "Ligue", "draft",
    )  # fmt: skip
    assert Name.objects.get().text == "LCR"
    assert ada.complaints == []


def test_what_depends_on_a_body_is_a_click_away(ada, served):
    one, other = body("one"), body("other")
    split = change("split", (one, other))
    ada.goto(served.url + page(Organisation, one, "delete"))
    assert ada.locator("input[type=submit]").count() == 0
    ada.click("#deleted-objects a")
    ada.wait_for_url(f"**{page(type(split), split)}")
    ada.goto(served.url + reverse("admin:deleted"))
    assert "Nothing is deleted." in ada.inner_text("#content")
    assert ada.complaints == []
