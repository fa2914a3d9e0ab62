"""What a test at the editors' desk needs: its cast, its addresses, its forms, a few records."""

from __future__ import annotations

from django.contrib.auth.models import Group, User
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

MODELS = [
    Organisation,
    ChangeEvent,
    Succession,
    Affiliation,
    Name,
    Fact,
    Account,
    CountryPeriod,
    Identifier,
    Link,
    Source,
    Citation,
    Waiver,
]


def member(name: str, group: str = "") -> User:
    """One of the cast: Ada publishes, Ed edits, Rea has no part in the desk."""
    user = User.objects.create_user(name, password="a long walk", is_staff=bool(group))
    if group:
        user.groups.add(Group.objects.get(name=group))
    return user


def page(model, record=None, view=""):
    """The address of a list, of the form that adds, or of a record's page."""
    name = f"admin:lineage_{model._meta.model_name}_"
    if record is None:
        return reverse(name + (view or "changelist"))
    return reverse(name + (view or "change"), args=[record.pk])


def filled(response) -> dict[str, str]:
    """What a browser would send back if a form were submitted as it was served."""
    forms = [response.context["adminform"].form]
    for inline in response.context["inline_admin_formsets"]:
        forms += [inline.formset.management_form, *inline.formset.forms]
    data = {}
    for form in forms:
        for field in form:
            value = field.value()
            if not field.field.disabled and value is not None and value is not False:
                data[field.html_name] = "on" if value is True else str(value)
    return data


def errors(response) -> list[str]:
    """Every sentence that stands on a form that was refused."""
    return [str(error) for error in response.context["errors"] for error in _each(error)]


def _each(error):
    return error if isinstance(error, list) else [error]


def body(slug, **values):
    return Organisation.objects.create(slug=slug, name=values.pop("name", slug.upper()), **values)


def change(slug, *pairs, kind="split", date="", **values):
    event = ChangeEvent.objects.create(slug=slug, kind=kind, date=date, **values)
    for before, after in pairs:
        Succession.objects.create(event=event, predecessor=before, successor=after)
    return event


def rows(*pairs, prefix="successions", **marks):
    """The rows of an event's form, as a browser sends them."""
    data = {f"{prefix}-TOTAL_FORMS": str(len(pairs)), f"{prefix}-INITIAL_FORMS": "0"}
    for number, (before, after) in enumerate(pairs):
        data[f"{prefix}-{number}-predecessor"] = str(before.pk)
        data[f"{prefix}-{number}-successor"] = str(after.pk)
        for mark in marks.get(f"row{number}", ()):
            data[f"{prefix}-{number}-{mark}"] = "on"
    return data
