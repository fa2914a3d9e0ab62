"""Changes to what readers see, written beside it until a publisher takes them in; and remarks."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import TextChoices
from django.utils import timezone

from lineage.models.fields import LineField, ProseField


class ProposalState(TextChoices):
    DRAFT = "draft", "Being written"
    IN_REVIEW = "in-review", "In review"
    RETURNED = "returned", "Returned"
    PUBLISHED = "published", "Published"
    WITHDRAWN = "withdrawn", "Withdrawn"


OPEN = (ProposalState.DRAFT, ProposalState.IN_REVIEW, ProposalState.RETURNED)


class ProposalQuerySet(models.QuerySet):
    def open(self) -> ProposalQuerySet:
        """Those that nobody has published or withdrawn."""
        return self.filter(state__in=OPEN)

    def on(self, record: str) -> ProposalQuerySet:
        """Those on one record, named as the audit names it."""
        return self.filter(record=record)


class Proposal(models.Model):
    """A record as an editor would have it, and as it stood when she began.

    Both are interchange documents, see :mod:`lineage.exchange.wholes`; the record itself stays as
    it is until a publisher publishes the proposal.
    """

    is_derived = True  # no part of what readers' pages are made of

    record = LineField(max_length=250, db_index=True, editable=False)
    title = LineField(max_length=300, editable=False)
    base = models.JSONField(editable=False)
    document = models.JSONField(editable=False)
    reason = ProseField("why", blank=True, default="", max_length=2000)
    state = models.CharField(
        max_length=10, choices=ProposalState.choices, default=ProposalState.DRAFT, db_index=True
    )
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="proposals"
    )
    begun = models.DateTimeField(default=timezone.now, editable=False)
    changed = models.DateTimeField(default=timezone.now, editable=False, db_index=True)

    objects = ProposalQuerySet.as_manager()

    class Meta:
        ordering = ["-changed", "-pk"]
        default_permissions = ("change", "view")

    def __str__(self) -> str:
        return f"Proposal for {self.title}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.changed = timezone.now()
        super().save(*args, **kwargs)

    @property
    def is_open(self) -> bool:
        """Whether it can still be written, returned or published."""
        return self.state in OPEN


class Remark(models.Model):
    """What was said of a record or of a proposal on its way to publication; it is never changed.

    ``about`` names the record as the audit does, or the proposal: ``proposal:17``.
    """

    is_derived = True

    about = models.CharField(max_length=250, db_index=True, editable=False)
    did = models.CharField(max_length=60)
    text = ProseField(blank=True, default="", max_length=2000)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True)
    made = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ["made", "pk"]
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.did}: {self.text}" if self.text else self.did
