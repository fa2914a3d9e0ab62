"""A date is said back while it is typed: at an address of the desk, and under its field."""

from __future__ import annotations

import pytest
from django.urls import reverse

from lineage.models import Organisation
from tests.browsing import expect, of_browser
from tests.desk import body, member
from tests.test_page_queries import queries

DATE = "/admin/date/"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("typed", "words", "stored"),
    [
        ("c. 1953", "about 1953", "1953~"),
        ("1953~", "about 1953", "1953~"),
        ("  16 Nov 1953 ", "16 November 1953", "1953-11-16"),
        ("late 1980s", "between about 1987 and 1989", "1987~/1989"),
        ("autumn 1967", "autumn 1967", "1967-23"),
        ("before 1940", "by 1939", "../1939"),
        ("", "", ""),
    ],
)
def test_a_date_is_said_back_in_words_and_as_it_would_be_stored(ed, typed, words, stored):
    response = ed.get(DATE, {"text": typed})
    assert response.json() == {"words": words, "stored": stored}


@pytest.mark.django_db
def test_what_is_stored_is_what_was_shown(ed):
    for typed in ("late 1980s", "autumn 1967", "c. 1953"):
        shown = ed.get(DATE, {"text": typed}).json()["stored"]
        form = ed.get(reverse("admin:lineage_organisation_add")).context["adminform"].form
        assert form.fields["founded"].clean(typed) == shown


@pytest.mark.django_db
@pytest.mark.parametrize("typed", ["sometime", "x" * 65, "\x00", "1953-57", "3.4.1953"])
def test_what_can_not_be_read_is_told_with_a_remedy(ed, typed):
    response = ed.get(DATE, {"text": typed})
    assert response.status_code == 200
    assert list(response.json()) == ["error"]
    assert "Write " in response.json()["error"]


@pytest.mark.django_db
def test_a_reading_is_kept_by_the_browser_and_asks_the_record_nothing(ed):
    assert ed.get(DATE, {"text": "1953"})["Cache-Control"] == "private, max-age=86400"
    # who asks, and no more
    asked = queries(ed, f"{DATE}?text=1953")
    assert [sql.split(" FROM ")[1].split()[0].strip('"') for sql in asked] == [
        "django_session",
        "auth_user",
    ]


@pytest.mark.django_db
def test_it_answers_the_staff_and_reading_alone(client, ed):
    assert ed.post(DATE, {"text": "1953"}).status_code == 405
    client.logout()
    assert client.get(DATE).url == f"{reverse('admin:login')}?next={DATE}"
    client.force_login(member("rea"))
    assert client.get(DATE).status_code == 302


@of_browser
def test_a_date_is_said_back_under_its_field_while_it_is_typed(desk, served):
    member("ed", "Editor")
    one = body("a", founded="1938?")
    tab = desk("ed")
    tab.goto(served.url + reverse("admin:lineage_organisation_change", args=[one.pk]))
    said = tab.locator(".field-founded .date-read")
    assert said.count() == 0

    tab.focus("#id_founded")
    expect(said).to_have_text("1938 (uncertain)")
    assert (said.get_attribute("aria-live"), said.get_attribute("role")) == ("polite", "status")
    assert said.get_attribute("id") in tab.get_attribute("#id_founded", "aria-describedby").split()

    tab.fill("#id_founded", "")
    tab.keyboard.type("c. 1953")
    expect(said).to_have_text("about 1953, stored as 1953~")
    tab.fill("#id_founded", "late 1980s")
    expect(said).to_have_text("between about 1987 and 1989, stored as 1987~/1989")
    tab.fill("#id_founded", "sometime")
    expect(said).to_contain_text("“sometime” is not a date this can read. Write 1953")
    assert tab.get_attribute("#id_founded", "aria-invalid") == "true"
    tab.fill("#id_founded", "1953")
    expect(said).to_have_text("1953")
    assert tab.get_attribute("#id_founded", "aria-invalid") is None
    tab.fill("#id_founded", "")
    expect(said).to_have_text("")

    tab.click("#names-group .add-row a")  # a row that is added later
    tab.fill("#id_names-0-text", "A")
    tab.fill("#id_names-0-since", "autumn 1967")
    row = tab.locator("#names-0 .field-since .date-read")
    expect(row).to_have_text("autumn 1967, stored as 1967-23")
    tab.fill("#id_founded", "before 1950")
    tab.click("input[name=_continue]")
    tab.wait_for_load_state()
    stored = Organisation.objects.get(pk=one.pk)
    assert (stored.founded, stored.names.get().since) == ("../1949", "1967-23")
    assert tab.complaints == []


@of_browser
def test_a_late_answer_does_not_speak_of_what_stands_no_longer(desk, served):
    member("ed", "Editor")
    tab = desk("ed")
    tab.goto(served.url + reverse("admin:lineage_organisation_add"))
    held = []
    tab.route("**/admin/date/?text=1950s", lambda route: held.append(route))
    tab.fill("#id_founded", "1950s")
    tab.wait_for_timeout(500)
    tab.fill("#id_founded", "1953")
    said = tab.locator(".field-founded .date-read")
    expect(said).to_have_text("1953")
    with tab.expect_response("**/admin/date/?text=1950s"):
        held[0].continue_()
    tab.wait_for_timeout(200)
    assert said.inner_text() == "1953"
    assert tab.complaints == []
