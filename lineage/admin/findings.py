"""What the rules find at one record, beside its form, and where each finding is let stand."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.db.models import Model
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.http import urlencode

from lineage import integrity
from lineage.models import Citation, Waiver
from lineage.models.source import TARGETS

WEIGHED = {Citation._meta.get_field(name).related_model for name in TARGETS}
"""The kinds of record at whose pages it is told: those that sources are cited for."""


@dataclass(frozen=True, slots=True)
class Line:
    """A finding as it is shown: of which record, where it is mended or let stand, and why it was.

    ``name`` is empty at the page of the record itself. ``merge`` is where a double is made one with
    the other.
    """

    problem: integrity.Problem
    name: str
    page: str = ""
    waive: str = ""
    reason: str = ""
    merge: str = ""


def beside(request: HttpRequest, record: Model) -> dict[str, Any]:
    """What stands at a saved record, worst first, and what was let stand, for its form.

    A form that was refused has sentences of its own, and leaves what was typed in the record.
    """
    if type(record) not in WEIGHED or request.method == "POST":
        return {}
    report = integrity.near(record)
    own = integrity.reference(record)
    return {
        "findings": [
            Line(
                one,
                _name(one, own),
                waive=waive_address(request, one, request.path),
                merge=merge_address(request, one, record.pk, own),
            )
            for one in worst_first(report.problems)
        ],
        "waived": [
            Line(one, _name(one, own), waive=page, reason=reason)
            for one, (page, reason) in _let_stand(report.waived)
        ],
    }


def _name(problem: integrity.Problem, own: str) -> str:
    return "" if problem.record == own else problem.record


def worst_first(problems: Iterable[integrity.Problem]) -> list[integrity.Problem]:
    """Errors, what is probably wrong, what is merely not known yet."""
    return sorted(problems, key=lambda one: (*gravity(one), one.rule, one.record))


def gravity(problem: integrity.Problem) -> tuple[bool, bool]:
    """What sorts errors before warnings, and these before gaps."""
    return problem.severity != integrity.ERROR, integrity.RULES[problem.rule].gap


def waive_address(request: HttpRequest, problem: integrity.Problem, back: str) -> str:
    """The form at which a warning is let stand with a reason, filled in; it leads back."""
    if problem.severity == integrity.ERROR or not request.user.has_perm("lineage.add_waiver"):
        return ""
    query = {"rule": problem.rule, "record": problem.record, "back": back}
    return f"{reverse('admin:lineage_waiver_add')}?{urlencode(query)}"


def merge_address(request: HttpRequest, problem: integrity.Problem, key: Any, own: str) -> str:
    """Where a body (its number, and its name for the audit) is made one with its double."""
    others = [name for name in (problem.record, *problem.also) if name != own]
    if problem.rule != "likely-duplicate" or not others:
        return ""
    if not request.user.has_perms(("lineage.change_organisation", "lineage.delete_organisation")):
        return ""
    page = reverse("admin:lineage_organisation_merge", args=[key])
    return f"{page}?{urlencode({'other': others[0].partition(':')[2]})}"


def _let_stand(
    problems: list[integrity.Problem],
) -> Iterable[tuple[integrity.Problem, tuple[str, str]]]:
    """Warnings with the waiver's page and its reason; a query where there are any."""
    if not problems:
        return []
    records = {one.record for one in problems}
    waivers = {
        (rule, record): (reverse("admin:lineage_waiver_change", args=[pk]), reason)
        for rule, record, pk, reason in Waiver.objects.filter(record__in=records).values_list(
            "rule", "record", "pk", "reason"
        )
    }
    return [(one, waivers[one.rule, one.record]) for one in problems]


def tell_after_saving(admin: Any, request: HttpRequest, record: Model) -> None:
    """Say how much the rules find at a record that was saved, where its page isn't shown again."""
    if type(record) not in WEIGHED or "_continue" in request.POST or "_popup" in request.POST:
        return
    number = len(integrity.near(record).problems)
    if number:
        page = reverse(f"admin:lineage_{record._meta.model_name}_change", args=[record.pk])
        noun = "thing" if number == 1 else "things"
        said = format_html(
            'The rules find {} {} at it: <a href="{}#findings">look at {}</a>.',
            number,
            noun,
            page,
            "it" if number == 1 else "them",
        )
        admin.message_user(request, said, messages.WARNING)
