"""What can be said of one row, or of one event, before it is saved."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models

from lineage.dates import surely_before
from lineage.graph import Edge, Lineage
from lineage.models import Organisation
from lineage.models.fields import DerivedField, readable

_RULE_OF_CODE = {
    "date-unreadable": "date-unreadable",
    "control-characters": "control-characters",
    "unknown-country": "unknown-country",
    "unknown-address": "unknown-address",
    "invalid_choice": "unknown-kind",
}


def faults_of(instance: models.Model) -> list[tuple[str, str, str]]:
    """What is wrong with a row's own fields, as ``(field, rule, sentence with the remedy)``."""
    faults = []
    for field in instance._meta.concrete_fields:
        if field.primary_key or field.is_relation or isinstance(field, DerivedField):
            continue
        if not field.editable:
            continue
        value = getattr(instance, field.attname)
        try:
            field.clean(value, instance)
        except ValidationError as error:
            for part in error.error_list:
                faults.append(
                    (
                        field.name,
                        _RULE_OF_CODE.get(part.code or "", "malformed"),
                        _sentence(field, value, part),
                    )
                )
    return faults


def _sentence(field: Any, value: Any, error: ValidationError) -> str:
    if error.code == "invalid_choice":
        known = ", ".join(str(key) for key, _label in field.flatchoices)
        return f"“{value}” is no {field.verbose_name} that the record knows. Write one of: {known}."
    if error.code in {"blank", "null"}:
        return f"It has no {field.verbose_name}. Give it one."
    return " ".join(error.messages)


def end_before_founding(organisation: Organisation) -> None:
    """Refuse a body whose end is surely before its founding.

    Dates that can't be read are refused elsewhere.
    """
    founded, dissolved = readable(organisation.founded), readable(organisation.dissolved)
    if founded and dissolved and surely_before(dissolved, founded):
        raise ValidationError(
            {
                "dissolved": ValidationError(
                    "It ended (%(end)s) before it was founded (%(start)s). Correct one of the two.",
                    code="end-before-founding",
                    params={"end": dissolved.words, "start": founded.words},
                )
            }
        )


def end_before_beginning(row: Any) -> None:
    """Refuse a name, a membership or another period whose end is surely before its beginning."""
    since, until = readable(row.since), readable(row.until)
    if since and until and surely_before(until, since):
        raise ValidationError(
            {
                "until": ValidationError(
                    "It ended (%(end)s) before it began (%(start)s). Correct one of the two.",
                    code="end-before-beginning",
                    params={"end": until.words, "start": since.words},
                )
            }
        )


def refuse_backwards(row: Any) -> None:
    """Refuse a row whose life or period surely ends before it begins; of others say nothing."""
    if isinstance(row, Organisation):
        end_before_founding(row)
    elif hasattr(row, "since"):
        end_before_beginning(row)


def refuse_circles(edges: Iterable[Edge], event: str) -> None:
    """Refuse an event whose edges close a circle that no reading of the dates can order.

    ``edges`` are those of the event and of all others in the families that it touches. Circles
    that stand beside it are no reason to refuse it.
    """
    circle = Lineage(edges).circle_through(event)
    if circle:
        raise ValidationError(
            "%(circle)s %(remedy)s",
            code="circle",
            params={"circle": circle_sentence(circle), "remedy": CIRCLE_REMEDY},
        )


CIRCLE_REMEDY = (
    "Correct a date, or mark the body after as one that existed already where a body returns."
)


def circle_sentence(circle: list[str]) -> str:
    """What is wrong with a circle, naming the bodies along it from the first of their ids."""
    turn = circle.index(min(circle))
    along = [*circle[turn:], *circle[: turn + 1]]
    return (
        f"The changes go round in a circle that no reading of their dates can order: "
        f"{' → '.join(along)}."
    )
