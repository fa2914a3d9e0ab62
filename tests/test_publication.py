"""Ed writes drafts, Ada publishes them, and nothing that readers see changes without her."""

from importlib import import_module
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.auth.models import Group, Permission, User
from django.db import connection
from django.test import Client
from django.urls import reverse

from lineage.models import (
    Account,
    Affiliation,
    ChangeEvent,
    Citation,
    CountryPeriod,
    Fact,
    Identifier,
    Link,
    Name,
    Organisation,
    Source,
    Succession,
    Waiver,
)
from tests.desk import MODELS, body, change, errors, filled, member, page
from tests.test_admin import entered

pytestmark = pytest.mark.django_db

SENTENCE = "Published records are changed by a publisher."
NOT_A_CHOICE = "Select a valid choice. published is not one of the available choices."
PUBLISHED_ONE_BY_ONE = [Organisation, ChangeEvent, Affiliation]


def record(model, status):
    """One record of a kind, with a status of its own."""
    if model is Organisation:
        return body("a", status=status)
    if model is ChangeEvent:
        return change("e", (body("b"), body("c")), status=status)
    return Affiliation.objects.create(organisation=body("d"), body=body("i"), status=status)


def part(model, status):
    """A part of a record with that status."""
    one = body("whole", status=status)
    event = change("event", (body("before"), body("after")), status=status)
    return {
        Name: lambda: Name.objects.create(organisation=one, text="N"),
        Fact: lambda: Fact.objects.create(organisation=one, kind="leader", text="F"),
        CountryPeriod: lambda: CountryPeriod.objects.create(organisation=one, country="FR"),
        Identifier: lambda: Identifier.objects.create(organisation=one, scheme="s", value="v"),
        Link: lambda: Link.objects.create(organisation=one, url="https://example.org"),
        Account: lambda: Account.objects.create(event=event, claimant="C", text="T"),
        Affiliation: lambda: Affiliation.objects.create(organisation=one, body=body("i")),
        Citation: lambda: Citation.objects.create(source=source(), fact=part_fact(one)),
        Source: lambda: Citation.objects.create(source=source(), organisation=one).source,
    }[model]()


PARTS = [Name, Fact, CountryPeriod, Identifier, Link, Account, Affiliation, Citation, Source]


def part_fact(one):
    return Fact.objects.create(organisation=one, kind="leader", text="F")


def source():
    return Source.objects.create(slug="s", title="S")


def act(client, action, *records):
    """An action of a list on some of its records."""
    data = {"action": action, ACTION_CHECKBOX_NAME: [record.pk for record in records]}
    response = client.post(page(type(records[0])), data | {"index": "0"}, follow=True)
    return [str(message) for message in response.context["messages"]]


def statuses():
    return [
        status
        for model in PUBLISHED_ONE_BY_ONE
        for status in model.objects.order_by("pk").values_list("status", flat=True)
    ]


# --- the groups -----------------------------------------------------------------------------------


def granted(name):
    return set(
        Group.objects.get(name=name).permissions.values_list("content_type__app_label", "codename")
    )


def test_editors_write_the_record_and_publishers_publish_it():
    writing = {
        ("lineage", f"{verb}_{model._meta.model_name}")
        for model in MODELS
        for verb in ("add", "change", "delete", "view")
    }
    publishing = {("lineage", f"publish_{m._meta.model_name}") for m in PUBLISHED_ONE_BY_ONE}
    weighing = {
        ("lineage", f"{verb}_{what}")
        for what in ("correction", "proposal")
        for verb in ("change", "view")
    }
    assert granted("Editor") == writing | weighing
    assert granted("Publisher") == writing | weighing | publishing


def test_the_migration_that_makes_the_groups_goes_back_and_forth():
    migration = import_module("lineage.migrations.0002_editor_and_publisher")
    before = granted("Editor"), granted("Publisher")
    editor = SimpleNamespace(connection=connection)
    migration.remove_groups(apps, editor)
    assert Group.objects.count() == 0
    Permission.objects.filter(codename="publish_organisation").delete()
    migration.make_groups(apps, editor)
    import_module("lineage.migrations.0004_corrections").grant(apps, editor)
    import_module("lineage.migrations.0005_proposals").grant(apps, editor)
    assert (granted("Editor"), granted("Publisher")) == before


@pytest.mark.parametrize("name", ["Editor", "Publisher"])
def test_neither_may_touch_accounts_of_users(name):
    client = Client()
    client.force_login(member("someone", name))
    user = User.objects.get()
    for address in (
        reverse("admin:auth_user_changelist"),
        reverse("admin:auth_user_add"),
        reverse("admin:auth_user_change", args=[user.pk]),
        reverse("admin:auth_group_changelist"),
        reverse("admin:axes_accessattempt_changelist"),
    ):
        assert client.get(address).status_code == 403
        assert client.post(address, {"is_superuser": "on"}).status_code == 403
    user.refresh_from_db()
    assert user.is_superuser is False


# --- an editor never publishes --------------------------------------------------------------------


@pytest.mark.parametrize("model", PUBLISHED_ONE_BY_ONE, ids=lambda model: model.__name__)
def test_an_editor_submits_a_draft_and_cannot_publish_it(model, ed):
    draft = record(model, "draft")
    form = ed.get(page(model, draft))
    offered = form.context["adminform"].form.fields["status"].choices
    assert list(offered) == [("draft", "Draft"), ("in-review", "In review")]

    refused = ed.post(page(model, draft), filled(form) | {"status": "published"})
    draft.refresh_from_db()
    assert (errors(refused), draft.status) == ([NOT_A_CHOICE], "draft")

    ed.post(page(model, draft), filled(form) | {"status": "in-review"})
    draft.refresh_from_db()
    assert draft.status == "in-review"


@pytest.mark.parametrize("popup", [{}, {"_popup": "1"}, {"_saveasnew": "1"}], ids=str)
def test_an_editor_adds_nothing_published(popup, ed):
    data = filled(ed.get(page(Organisation, view="add"), popup))
    data |= {"name": "A", "slug": "a", "status": "published"} | popup
    assert errors(ed.post(page(Organisation, view="add"), data)) == [NOT_A_CHOICE]

    response = entered(ed, (body("b"), body("c")), status="published")
    assert errors(response) == [NOT_A_CHOICE]
    assert statuses() == ["draft", "draft"]


def test_an_editor_publishes_nothing_as_a_row_of_another_record(ed):
    draft = record(Affiliation, "draft")
    for whole, prefix in ((draft.organisation, "affiliations"), (draft.body, "members")):
        data = filled(ed.get(page(Organisation, whole)))
        assert data[f"{prefix}-0-status"] == "draft"
        response = ed.post(page(Organisation, whole), data | {f"{prefix}-0-status": "published"})
        assert errors(response) == [NOT_A_CHOICE]
    assert statuses() == ["draft", "draft", "draft"]


@pytest.mark.parametrize("model", PUBLISHED_ONE_BY_ONE, ids=lambda model: model.__name__)
def test_an_editor_has_one_action_and_it_submits(model, ed):
    draft = record(model, "draft")
    choices = ed.get(page(model)).context["action_form"].fields["action"].choices
    joining = [] if model is Affiliation else ["make_one"]
    assert [name for name, _label in choices] == [
        "",
        "delete_selected",
        "submit_for_review",
        *joining,
    ]

    assert act(ed, "publish", draft) == ["No action selected."]
    draft.refresh_from_db()
    assert draft.status == "draft"

    assert act(ed, "submit_for_review", draft) == ["1 record was submitted for review."]
    draft.refresh_from_db()
    assert draft.status == "in-review"


def test_an_editor_takes_nothing_back_from_readers(ed):
    seen = record(Organisation, "published")
    assert act(ed, "return_to_draft", seen) == ["No action selected."]
    assert act(ed, "submit_for_review", seen) == [
        "No record was submitted for review: none could be."
    ]
    assert statuses() == ["published"]


def test_an_editor_submits_no_draft_that_is_part_of_what_readers_see(ed):
    draft = part(Affiliation, "published")
    assert act(ed, "submit_for_review", draft) == [
        "No record was submitted for review: none could be."
    ]
    draft.refresh_from_db()
    assert draft.status == "draft"


def test_a_list_is_not_a_form(ed, ada):
    draft = record(Organisation, "draft")
    data = {
        "form-TOTAL_FORMS": "1",
        "form-INITIAL_FORMS": "1",
        "form-0-id": str(draft.pk),
        "form-0-status": "published",
        "_save": "Save",
    }
    for client in (ed, ada):
        client.post(page(Organisation), data)
    assert statuses() == ["draft"]


def test_nobody_publishes_through_history(ed, ada):
    withdrawn = record(Organisation, "published")
    version = withdrawn.history.get()
    withdrawn.status = "draft"
    withdrawn.save()
    address = reverse("admin:lineage_organisation_simple_history", args=[withdrawn.pk, version.pk])
    data = filled(ed.get(page(Organisation, withdrawn)))
    for client in (ed, ada):
        for sent in (data, data | {"status": "published"}, {}):
            assert client.post(address, sent).status_code == 405
    withdrawn.refresh_from_db()
    assert (withdrawn.status, withdrawn.history.count()) == ("draft", 2)


# --- what readers see is a publisher's ------------------------------------------------------------


@pytest.mark.parametrize("model", PUBLISHED_ONE_BY_ONE, ids=lambda model: model.__name__)
def test_an_editor_reads_a_published_record_and_changes_nothing(model, ed, ada):
    seen = record(model, "published")
    data = filled(ada.get(page(model, seen)))

    response = ed.get(page(model, seen))
    shown = [
        (inline.has_add_permission, inline.has_change_permission, inline.has_delete_permission)
        for inline in response.context["inline_admin_formsets"]
    ]
    assert response.context["locked"] == SENTENCE
    assert SENTENCE in response.content.decode()
    assert set(response.context["adminform"].form.fields) == set()
    assert shown == [(False, False, False)] * len(shown)
    assert shown

    assert ed.post(page(model, seen), data | {"status": "draft"}).status_code == 403
    assert ed.post(page(model, seen, "delete"), {"post": "yes"}).status_code == 403
    assert act(ed, "delete_selected", seen)[:1] != ["Successfully deleted"]
    assert model.objects.get(pk=seen.pk).status == "published"

    assert ada.post(page(model, seen), data | {"status": "draft"}).status_code == 302
    seen.refresh_from_db()
    assert seen.status == "draft"
    assert "locked" not in ed.get(page(model, seen)).context


@pytest.mark.parametrize("model", PUBLISHED_ONE_BY_ONE, ids=lambda model: model.__name__)
def test_an_editor_deletes_drafts_only(model, ed, ada):
    draft, confirmed = record(model, "in-review"), {"post": "yes"}
    assert ed.post(page(model, draft, "delete"), confirmed).status_code == 302
    assert model.objects.filter(pk=draft.pk).exists() is False

    Succession.objects.all().delete()
    Organisation.objects.all().delete()
    seen = record(model, "published")
    chosen = {"action": "delete_selected", ACTION_CHECKBOX_NAME: [seen.pk], "post": "yes"}
    assert ed.post(page(model), chosen).status_code == 403
    assert model.objects.filter(pk=seen.pk).exists() is True
    assert ada.post(page(model), chosen).status_code == 302
    assert model.objects.filter(pk=seen.pk).exists() is False


@pytest.mark.parametrize("model", PARTS, ids=lambda model: model.__name__)
def test_an_editor_leaves_the_parts_of_a_published_record_alone(model, ed, ada):
    seen = part(model, "published")
    data = filled(ada.get(page(model, seen)))

    assert ed.get(page(model, seen)).context["locked"] == SENTENCE
    assert ed.post(page(model, seen), data).status_code == 403
    assert ed.post(page(model, seen, "delete"), {"post": "yes"}).status_code == 403
    chosen = {"action": "delete_selected", ACTION_CHECKBOX_NAME: [seen.pk], "post": "yes"}
    # A source that is cited is not deleted by anyone, and the page says so.
    assert ed.post(page(model), chosen).status_code == (200 if model is Source else 403)
    assert model.objects.filter(pk=seen.pk).exists() is True

    assert ada.post(page(model, seen), data).status_code == 302


@pytest.mark.parametrize("model", PARTS, ids=lambda model: model.__name__)
def test_an_editor_changes_the_parts_of_a_draft(model, ed):
    draft = part(model, "draft")
    response = ed.get(page(model, draft))
    assert "locked" not in response.context
    assert ed.post(page(model, draft), filled(response)).status_code == 302


def test_an_editor_adds_no_part_to_a_published_record(ed, ada):
    seen = body("seen", status="published")
    event = change("event", (body("before"), body("after")), status="published")
    fact = part_fact(seen)
    cited = source()
    forms = {
        Name: {"organisation": seen.pk, "text": "N", "kind": "official"},
        Fact: {"organisation": seen.pk, "kind": "paper", "text": "G"},
        CountryPeriod: {"organisation": seen.pk, "country": "FR"},
        Identifier: {"organisation": seen.pk, "scheme": "s", "value": "v"},
        Link: {"organisation": seen.pk, "url": "https://example.org"},
        Account: {"event": event.pk, "claimant": "C", "text": "T"},
        Affiliation: {"organisation": seen.pk, "body": body("i").pk, "role": "section"},
        Citation: {"source": cited.pk, "fact": fact.pk},
    }
    forms[Fact]["kind"] = "leader"
    for model, values in forms.items():
        before = model.objects.count()
        address = page(model, view="add")
        data = filled(ed.get(address)) | {key: str(value) for key, value in values.items()}
        assert errors(ed.post(address, data)) == [SENTENCE], model
        assert model.objects.count() == before
        assert ada.post(address, data).status_code == 302, model
        assert model.objects.count() == before + 1


def test_an_editor_moves_no_part_of_a_draft_into_a_published_record(ed):
    seen, draft = body("seen", status="published"), body("draft")
    name = Name.objects.create(organisation=draft, text="N")
    data = filled(ed.get(page(Name, name))) | {"organisation": str(seen.pk)}
    refused = ed.post(page(Name, name), data)
    assert errors(refused) == [SENTENCE]
    assert "locked" not in refused.context  # it is a draft's still, and can be corrected
    assert seen.names.count() == 0


def test_an_editor_cites_nothing_for_a_name_of_a_published_record(ed):
    name = part(Name, "published")
    data = {
        "citations-TOTAL_FORMS": "1",
        "citations-INITIAL_FORMS": "0",
        "citations-0-source": str(source().pk),
    }
    assert ed.post(page(Name, name), data).status_code == 403
    assert Citation.objects.count() == 0


def test_a_published_row_on_the_page_of_a_draft_stays_as_it_is(ed, ada):
    seen = record(Affiliation, "published")
    for whole, prefix in ((seen.organisation, "affiliations"), (seen.body, "members")):
        sent = filled(ada.get(page(Organisation, whole)))
        forged = {f"{prefix}-0-role": "observer", f"{prefix}-0-status": "draft"}
        forged |= {f"{prefix}-0-since": "1999", f"{prefix}-0-DELETE": "on"}
        response = ed.post(page(Organisation, whole), sent | forged | {"summary": "New."})
        assert response.status_code == 302, errors(response)
        whole.refresh_from_db()
        assert whole.summary == "New."
    kept = Affiliation.objects.get()
    assert (kept.role, kept.status, kept.since) == ("section", "published", "")


def test_an_editor_adds_no_published_body_to_the_members_of_a_draft(ed):
    draft, seen = body("draft"), body("seen", status="published")
    data = filled(ed.get(page(Organisation, draft)))
    data |= {
        "members-TOTAL_FORMS": "1",
        "members-0-organisation": str(seen.pk),
        "members-0-role": "section",
        "members-0-status": "draft",
    }
    assert errors(ed.post(page(Organisation, draft), data)) == [SENTENCE]
    assert Affiliation.objects.count() == 0


def test_an_editor_deletes_no_draft_with_which_something_published_would_go(ed, ada):
    seen = record(Affiliation, "published")
    claimant = body("claimant")
    event = change("event", (body("x"), body("y")), status="published")
    Account.objects.create(event=event, claimant="C", organisation=claimant, text="T")
    drafts = [page(Organisation, one, "delete") for one in (seen.organisation, seen.body, claimant)]
    for client, answer, left in ((ed, 403, 5), (ada, 302, 2)):
        for address in drafts:
            assert client.post(address, {"post": "yes"}).status_code == answer
        assert Organisation.objects.count() == left


def test_an_editor_drafts_a_change_of_published_bodies(ed):
    before, after = body("x", status="published"), body("y", status="published")
    assert entered(ed, (before, after), status="in-review").status_code == 302
    event = ChangeEvent.objects.get()
    assert event.status == "in-review"
    assert list(Succession.objects.published()) == []


# --- a publisher ----------------------------------------------------------------------------------


@pytest.mark.parametrize("model", PUBLISHED_ONE_BY_ONE, ids=lambda model: model.__name__)
def test_a_publisher_publishes_and_takes_back(model, ada):
    draft = record(model, "in-review")
    choices = ada.get(page(model)).context["action_form"].fields["action"].choices
    assert [name for name, _label in choices] == [
        "",
        "delete_selected",
        "publish",
        "return_to_draft",
        "submit_for_review",
        *([] if model is Affiliation else ["make_one"]),
    ]
    stood = []
    for action in ("publish", "publish", "submit_for_review", "return_to_draft"):
        messages = act(ada, action, draft)
        draft.refresh_from_db()
        stood.append((messages, draft.status))
    assert stood == [
        (["1 record was published."], "published"),
        (["No record was published: none could be."], "published"),
        (["No record was submitted for review: none could be."], "published"),
        (["1 record was returned to draft."], "draft"),
    ]
    assert [
        (version.status, str(version.history_user or "")) for version in draft.history.all()
    ] == [
        ("draft", "ada"),
        ("published", "ada"),
        ("in-review", ""),
    ]


def test_whoever_publishes_one_kind_publishes_that_kind_only(ed):
    permission = Permission.objects.get(codename="publish_organisation")
    User.objects.get(username="ed").user_permissions.add(permission)
    one, event = record(Organisation, "draft"), record(ChangeEvent, "draft")
    assert act(ed, "publish", one) == ["1 record was published."]
    assert act(ed, "publish", event) == ["No action selected."]
    assert "locked" not in ed.get(page(Organisation, one)).context
    ChangeEvent.objects.update(status="published")
    assert ed.get(page(ChangeEvent, event)).context["locked"] == SENTENCE


def test_a_waiver_is_an_editors(ed):
    waiver = Waiver.objects.create(rule="missing-date", record="organisation:a", reason="Known.")
    data = filled(ed.get(page(Waiver, waiver))) | {"reason": "Searched for, in vain."}
    assert ed.post(page(Waiver, waiver), data).status_code == 302
    waiver.refresh_from_db()
    assert waiver.reason == "Searched for, in vain."
