"""Ids that lead on: of records that were made one with another."""

from __future__ import annotations

from django.db import models


class Forwarding(models.Model):
    """The id of a record that went into another, whose number ``key`` is: its address leads there.

    A record that has the id again comes first.
    """

    is_derived = True  # no part of what readers' pages are made of

    kind = models.CharField(max_length=20, editable=False)  # the name of the model
    slug = models.CharField(max_length=80, editable=False)
    key = models.BigIntegerField(editable=False, db_index=True)

    class Meta:
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["kind", "slug"], name="forwarding_once")]

    def __str__(self) -> str:
        return f"{self.kind}:{self.slug}"


def forward(gone: models.Model, kept: models.Model) -> None:
    """Let the id of a record that goes lead to one that stays, and whatever led to the first."""
    kind = str(kept._meta.model_name)
    Forwarding.objects.filter(kind=kind, key=gone.pk).update(key=kept.pk)
    Forwarding.objects.update_or_create(
        kind=kind,
        slug=gone.slug,  # type: ignore[attr-defined]
        defaults={"key": kept.pk},
    )


def leads_to(model: type[models.Model], slug: str) -> int | None:
    """The number of the record that an id leads on to, if it does. One query."""
    found = Forwarding.objects.filter(kind=model._meta.model_name, slug=slug)
    return found.values_list("key", flat=True).first()
