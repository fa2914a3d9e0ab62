"""Who may change what: drafts are the editors', what readers see is the publishers'."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.options import BaseModelAdmin
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import ngettext

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
    Status,
    Succession,
)
from lineage.models.derivation import together

SENTENCE = "Published records are changed by a publisher."

PUBLISHED_ONE_BY_ONE = (Organisation, ChangeEvent, Affiliation)

OWNERS: dict[type[Model], tuple[str, ...]] = {
    CountryPeriod: ("organisation",),
    Name: ("organisation",),
    Identifier: ("organisation",),
    Link: ("organisation",),
    Fact: ("organisation",),
    Succession: ("event",),
    Affiliation: ("organisation",),
    Account: ("event", "subject"),
    Citation: ("organisation", "name", "event", "affiliation", "fact", "account"),
}
"""Of which records each kind of record is a part; an affiliation is its member's."""

CITED_BY_PUBLISHED = Q()
for _way in (
    "organisation",
    "name__organisation",
    "event",
    "affiliation",
    "affiliation__organisation",
    "fact__organisation",
    "account__event",
    "account__subject",
):
    CITED_BY_PUBLISHED |= Q(**{f"{_way}__status": Status.PUBLISHED})


def may_publish(user: Any, model: type[Model]) -> bool:
    """Whether a user may publish records of a kind, and change those that are published."""
    return user.has_perm(f"lineage.publish_{model._meta.model_name}")


def may_change(user: Any, record: Model | None) -> bool:
    """Whether a user may change a record: everyone a draft, its publishers what readers see."""
    if getattr(user, "rehearses", False):  # what is undone in the end anyone may try
        return True
    if record is None or all(may_publish(user, model) for model in PUBLISHED_ONE_BY_ONE):
        return True
    return all(may_publish(user, model) for model in published_above(record))


def published_above(record: Model) -> frozenset[type[Model]]:
    """The kinds of published record that a record is, or is a part of.

    Answered once for an instance: a form that is not valid leaves what was typed in it.
    """
    if "_published_above" not in record.__dict__:
        above = set()
        if getattr(record, "status", None) == Status.PUBLISHED:
            above.add(type(record))
        for name in OWNERS.get(type(record), ()):
            owner = getattr(record, name, None)
            if owner is not None:
                above |= published_above(owner)
        if (
            isinstance(record, Source)
            and record.pk
            and record.citations.filter(CITED_BY_PUBLISHED).exists()
        ):
            above.add(Organisation)
        record.__dict__["_published_above"] = frozenset(above)
    return record.__dict__["_published_above"]


def refuse_part_of_published(user: Any, model: type[Model], values: dict[str, Any]) -> None:
    """Refuse what an editor typed where it would become a part of a published record."""
    for name in OWNERS.get(model, ()):
        if not may_change(user, values.get(name)):
            raise ValidationError(SENTENCE, code="published")


class Guarded(BaseModelAdmin):
    """For admins and inlines: published records can be seen, and changed by publishers only."""

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return super().has_change_permission(request, obj) and may_change(request.user, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return super().has_delete_permission(request, obj) and may_change(request.user, obj)

    def formfield_for_choice_field(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        rehearses = getattr(request.user, "rehearses", False)
        if (
            db_field.name == "status"
            and not rehearses
            and not may_publish(request.user, self.model)
        ):
            kwargs["choices"] = [choice for choice in Status.choices if choice[0] != "published"]
            kwargs["help_text"] = "Draft or in review; a publisher publishes it."
        return super().formfield_for_choice_field(db_field, request, **kwargs)


class PublishedOneByOne(admin.ModelAdmin):
    """For the admins of records with a status: publish, take back, submit for review."""

    actions = ("publish", "return_to_draft", "submit_for_review")

    def get_urls(self) -> list[Any]:
        from lineage.admin import reviewing  # which asks here who may publish

        return [*reviewing.urls(self), *super().get_urls()]

    def has_publish_permission(self, request: HttpRequest) -> bool:
        return may_publish(request.user, self.model)

    @admin.action(description="Publish", permissions=["publish"])
    def publish(self, request: HttpRequest, queryset: QuerySet) -> None:
        self._set_status(request, queryset, Status.PUBLISHED, "published")

    @admin.action(description="Return to draft", permissions=["publish"])
    def return_to_draft(self, request: HttpRequest, queryset: QuerySet) -> None:
        self._set_status(request, queryset, Status.DRAFT, "returned to draft")

    @admin.action(description="Submit for review", permissions=["change"])
    def submit_for_review(self, request: HttpRequest, queryset: QuerySet) -> None:
        self._set_status(
            request, queryset.filter(status=Status.DRAFT), Status.IN_REVIEW, "submitted for review"
        )

    def _set_status(
        self, request: HttpRequest, queryset: QuerySet, status: Status, said: str
    ) -> None:
        changed = 0
        with transaction.atomic(), together():
            for record in queryset.exclude(status=status):
                if may_change(request.user, record):
                    record.status = status
                    record.save(update_fields=["status"])
                    self.log_change(request, record, f"{said.capitalize()}.")
                    changed += 1
        noun = ngettext("%(n)d record was", "%(n)d records were", changed) % {"n": changed}
        self.message_user(
            request,
            f"{noun} {said}." if changed else f"No record was {said}: none could be.",
            messages.SUCCESS if changed else messages.WARNING,
        )
