"""Ed enters a split into three in a browser, and Ada publishes it."""

from pathlib import Path

import pytest
from django.urls import reverse

from lineage.models import Account, ChangeEvent, Citation, Organisation, Proposal, Source
from tests.browsing import expect, in_browser
from tests.desk import body, member
from tests.test_importing import REASONS, fifty
from tests.test_spreadsheets import workbook

pytestmark = in_browser


def choose(tab, row, side, term):
    """Choose a body as an editor does: open the box, type, take the first suggestion."""
    field = tab.locator(f"#successions-{row} .field-{side}")
    field.locator(".select2-selection").click()
    tab.locator(".select2-search__field").press_sequentially(term)
    suggestion = tab.locator(".select2-results__option--highlighted", has_text=term)
    suggestion.wait_for()
    suggestion.click()
    return field.locator(".select2-selection__rendered").inner_text()


def test_an_editor_enters_a_split_into_three_and_a_publisher_publishes_it(desk, served):
    member("ed", "Editor")
    member("ada", "Publisher")
    for slug, name in (
        ("fi", "Fourth International"),
        ("isfi", "International Secretariat"),
        ("icfi", "International Committee"),
        ("third", "Third Current"),
    ):
        body(slug, name=name)

    tab = desk("ed")
    tab.goto(served.url + reverse("admin:lineage_changeevent_add"))
    tab.select_option("#id_kind", "split")
    tab.fill("#id_date", "some time after the war")
    tab.fill("#id_title", "Split of the International")
    tab.locator("#id_summary").click()
    chosen = []
    for row, after in enumerate(
        ("International Secretariat", "International Committee", "Third Current")
    ):
        before = choose(tab, row, "predecessor", "Fourth International")
        chosen.append((before, choose(tab, row, "successor", after)))
    tab.click("input[name=_continue]")

    assert [text.strip("×\n ") for pair in chosen for text in pair] == [
        "Fourth International · Draft",
        "International Secretariat · Draft",
        "Fourth International · Draft",
        "International Committee · Draft",
        "Fourth International · Draft",
        "Third Current · Draft",
    ]
    assert "“some time after the war” is not a date" in tab.inner_text(".errorlist")
    assert tab.input_value("#id_date") == "some time after the war"

    tab.fill("#id_date", "c. 1953")
    tab.click("input[name=_continue]")
    assert "Read as: Date: about 1953." in tab.inner_text(".messagelist")
    tab.select_option("#id_status", "in-review")
    tab.click("input[name=_save]")
    tab.wait_for_url("**/changeevent/")

    event = ChangeEvent.objects.get()
    assert (event.slug, event.date, event.status) == (
        "split-of-the-international",
        "1953~",
        "in-review",
    )
    assert sorted(edge.successor.slug for edge in event.successions.all()) == [
        "icfi",
        "isfi",
        "third",
    ]
    assert tab.locator("option[value=publish]").count() == 0

    other = desk("ada")
    for model, rows in (("organisation", 4), ("changeevent", 1)):
        other.goto(served.url + reverse(f"admin:lineage_{model}_changelist"))
        other.check("#action-toggle")
        other.select_option("select[name=action]", "publish")
        other.click("button[name=index]")
        said = "record was" if rows == 1 else "records were"
        assert other.inner_text(".messagelist").strip() == f"{rows} {said} published."
    assert [one.slug for one in ChangeEvent.objects.published()] == [event.slug]
    assert Organisation.objects.published().count() == 4

    tab.goto(served.url + reverse("admin:lineage_changeevent_change", args=[event.pk]))
    locked = "Published records are changed by a publisher. Propose a change."
    assert tab.inner_text(".lineage-locked") == locked
    assert tab.locator("#changeevent_form input:visible, #changeevent_form select").count() == 0
    assert (tab.complaints, other.complaints) == ([], [])


def test_a_body_that_is_missing_is_added_without_leaving_the_form(desk, served):
    member("ed", "Editor")
    tab = desk("ed")
    tab.goto(served.url + reverse("admin:lineage_changeevent_add"))
    with tab.expect_popup() as opened:
        tab.click("#add_id_successions-0-predecessor")
    popup = opened.value
    popup.fill("#id_name", "Workers Party")
    popup.locator("#id_summary").click()
    with popup.expect_event("close"):
        popup.click("input[name=_save]")
    chosen = tab.locator("#successions-0 .field-predecessor .select2-selection__rendered")
    expect(chosen).to_contain_text("Workers Party")
    assert [(one.slug, one.status) for one in Organisation.objects.all()] == [
        ("workers-party", "draft")
    ]
    assert tab.complaints == []


def made(tab, row, side, name):
    """Make a body on the spot, from the plus sign beside its place."""
    with tab.expect_popup() as opened:
        tab.click(f"#add_id_successions-{row}-{side}")
    popup = opened.value
    popup.fill("#id_name", name)
    popup.locator("#id_summary").click()
    with popup.expect_event("close"):
        popup.click("input[name=_save]")
    place = tab.locator(f"#successions-{row} .field-{side} .select2-selection__rendered")
    expect(place).to_contain_text(name)


def enter_change(tab, served, kind, date, title, rows, continued=()):
    """Fill in the form of a change: a name that is new in the record is made on the spot."""
    tab.goto(served.url + reverse("admin:lineage_changeevent_add"))
    tab.select_option("#id_kind", kind)
    tab.fill("#id_date", date)
    tab.fill("#id_title", title)
    tab.locator("#id_summary").click()
    known = set(Organisation.objects.values_list("name", flat=True))
    for row, pair in enumerate(rows):
        for side, name in zip(("predecessor", "successor"), pair, strict=True):
            (choose if name in known else made)(tab, row, side, name)
            known.add(name)
        if row in continued:
            tab.check(f"#id_successions-{row}-predecessor_continues")


def test_three_changes_are_entered_from_nothing_reviewed_and_published(desk, served):
    member("ed", "Editor")
    member("ada", "Publisher")
    ed = desk("ed")
    fi, isfi, icfi, usfi = (
        "Fourth International",
        "International Secretariat",
        "International Committee",
        "United Secretariat",
    )

    enter_change(ed, served, "split", "Nov 1953", "Split of 1953", [(fi, isfi), (fi, icfi)])
    ed.click("button[name=_preview]")
    ed.locator(".lineage-preview-shown svg").first.wait_for()
    drawn = ed.locator(".lineage-picture").last
    for name in (fi, isfi, icfi):
        expect(drawn).to_contain_text(name)
    assert ChangeEvent.objects.count() == 0
    ed.select_option("#id_status", "in-review")
    ed.click("input[name=_save]")
    ed.wait_for_url("**/changeevent/")

    enter_change(
        ed, served, "merger", "1963", "Reunification", [(isfi, usfi), (icfi, usfi)], continued=[1]
    )
    ed.select_option("#id_status", "in-review")
    ed.click("input[name=_save]")
    ed.wait_for_url("**/changeevent/")

    Source.objects.create(slug="trotskyism", title="Trotskyism")
    enter_change(
        ed,
        served,
        "split",
        "",
        "Break with the CWI",
        [("Committee for a Workers’ International", "Committee for a Marxist International")],
        continued=[0],
    )
    ed.select_option("#id_manner", "disputed")
    for number, (claimant, text) in enumerate(
        (("CWI", "They left."), ("CMI", "They were expelled."))
    ):
        ed.locator("#accounts-group .add-row a").click()
        ed.fill(f"#id_accounts-{number}-claimant", claimant)
        ed.fill(f"#id_accounts-{number}-text", text)
    ed.locator("#citations-group .add-row a").click()
    ed.locator("#citations-0 .field-source .select2-selection").click()
    ed.locator(".select2-search__field").press_sequentially("Trotskyism")
    ed.locator(".select2-results__option--highlighted", has_text="Trotskyism").click()
    ed.select_option("#id_status", "in-review")
    ed.click("input[name=_save]")
    ed.wait_for_url("**/changeevent/")

    assert [
        (
            event.date,
            event.manner,
            sorted(
                (edge.predecessor.name, edge.successor.name, edge.predecessor_continues)
                for edge in event.successions.all()
            ),
        )
        for event in ChangeEvent.objects.order_by("pk")
    ] == [
        ("1953-11", "", [(fi, icfi, False), (fi, isfi, False)]),
        ("1963", "", [(icfi, usfi, True), (isfi, usfi, False)]),
        (
            "",
            "disputed",
            [
                (
                    "Committee for a Workers’ International",
                    "Committee for a Marxist International",
                    True,
                )
            ],
        ),
    ]
    assert Account.objects.count() == 2
    assert Citation.objects.get().event.title == "Break with the CWI"

    ada = desk("ada")
    ada.goto(served.url + reverse("admin:lineage_organisation_changelist"))
    ada.check("#action-toggle")
    ada.select_option("select[name=action]", "publish")
    ada.click("button[name=index]")
    for title in ("Split of 1953", "Reunification", "Break with the CWI"):
        ada.goto(served.url + reverse("admin:review"))
        ada.click(f"text={title}")
        expect(ada.locator(".lineage-picture svg").first).to_be_visible()
        ada.click("input[name=_publish]")
        ada.locator(".messagelist", has_text="you published it").wait_for()
    assert ChangeEvent.objects.published().count() == 3
    assert (ed.complaints, ada.complaints) == ([], [])


def test_a_published_record_is_changed_by_a_proposal(desk, served):
    member("ed", "Editor")
    member("ada", "Publisher")
    one = body("imt", name="International Marxist Tendency", founded="1992", status="published")
    page = served.url + reverse("admin:lineage_organisation_change", args=[one.pk])
    ed, ada = desk("ed"), desk("ada")

    ed.goto(page)
    ed.click("text=Propose a change")
    ed.fill("#id_founded", "c. 1991")
    ed.fill("#id_why", "See the book.")
    ed.click("button[name=_preview]")
    words = ed.locator(".lineage-differences tbody")
    expect(words).to_have_text("Founded\n1992\nabout 1991", use_inner_text=True)
    ed.fill("#id_dissolved", "2024")  # the preview follows
    expect(words).to_contain_text("Dissolved")
    ed.click("input[name=_submit_proposal]")
    ed.locator(".messagelist", has_text="was submitted for review").wait_for()
    one.refresh_from_db()
    assert (one.founded, one.dissolved) == ("1992", "")

    ada.goto(served.url + reverse("admin:review"))
    ada.click("text=International Marxist Tendency")
    expect(ada.locator(".lineage-picture svg")).to_have_count(2)
    ada.fill("#id_remark", "And the month?")
    ada.click("input[name=_return]")
    ada.locator(".messagelist", has_text="you returned it").wait_for()

    ed.reload()
    assert "ada returned it" in ed.inner_text(".lineage-remarks")
    ed.click("text=Go on writing")
    assert ed.input_value("#id_founded") == "1991~"
    ed.fill("#id_founded", "May 1991")
    ed.click("input[name=_submit_proposal]")

    ada.reload()
    ada.click("input[name=_publish]")
    ada.locator(".messagelist", has_text="you published it").wait_for()
    one.refresh_from_db()
    assert (one.founded, one.dissolved, one.status) == ("1991-05", "2024", "published")
    assert Proposal.objects.get().state == "published"
    assert (ed.complaints, ada.complaints) == ([], [])


def test_an_editor_imports_fifty_rows_of_which_seven_are_wrong(desk, served, tmp_path):
    member("ed", "Editor")
    for code in ("fr", "in"):
        body(f"homonym-{code}", name="Homonym")
    Source.objects.create(slug="alexander", title="International Trotskyism")
    file = tmp_path / "France.xlsx"
    file.write_bytes(workbook(*(line.split(",") for line in fifty().splitlines())))

    tab = desk("ed")
    tab.goto(served.url + reverse("admin:lineage_organisation_changelist"))
    tab.click("text=Import")
    assert tab.input_value("#id_rows") == "organisations"
    tab.set_input_files("#id_file", file)
    tab.click("text=Look at the rows")
    states = ["43 new", "0 changed", "0 unchanged", "7 wrong"]
    expect(tab.locator("button[name=show]")).to_have_text(states)
    assert not Organisation.objects.exclude(name="Homonym").exists()

    tab.click("input[name=save]")
    assert "Nothing was saved, because of the wrong rows." in tab.inner_text(".errorlist")
    tab.click("button.lineage-wrong")
    tab.wait_for_selector("button.lineage-wrong[aria-current]")
    numbers = [cell.inner_text() for cell in tab.locator("tr.lineage-wrong td:first-child").all()]
    assert numbers == [where.removeprefix("row ") for where in REASONS]
    with tab.expect_download() as told:
        tab.click("text=Download the wrong rows")
    assert told.value.suggested_filename == "wrong-rows.csv"
    assert Path(told.value.path()).read_text(encoding="utf-8-sig").count("Broken date") == 1

    tab.check("input[name=leave_out]")
    tab.click("input[name=save]")
    tab.wait_for_url("**/organisation/")
    assert tab.inner_text(".messagelist").strip() == (
        "Imported from France.xlsx: 43 new, 0 changed, 0 unchanged, 7 left out."
    )
    assert Organisation.objects.filter(status="draft", founded="1902~").count() == 1
    assert Organisation.objects.exclude(name="Homonym").count() == 43

    with tab.expect_download() as table:
        tab.click(".object-tools >> text=xlsx")
    tab.goto(served.url + reverse("admin:import") + "?rows=organisations")
    tab.set_input_files("#id_file", table.value.path())
    tab.click("text=Look at the rows")
    assert tab.locator("button[name=show]").nth(2).inner_text() == "45 unchanged"
    assert tab.complaints == []


@pytest.mark.parametrize("width", [1280, 820])
def test_the_forms_fit_the_screen(desk, served, width):
    member("ed", "Editor")
    tab = desk("ed")
    tab.set_viewport_size({"width": width, "height": 1000})
    one = body("a", name="Socialist Workers Party", founded="1938")
    for address in (
        reverse("admin:lineage_changeevent_add"),
        reverse("admin:lineage_organisation_change", args=[one.pk]),
        reverse("admin:lineage_organisation_changelist"),
        reverse("admin:import"),
    ):
        tab.goto(served.url + address)
        assert tab.evaluate("document.documentElement.scrollWidth") <= width
    assert tab.complaints == []
