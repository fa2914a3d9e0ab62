"""What readers say is wrong or missing: no part of the record until an editor makes it one."""

from __future__ import annotations

from datetime import timedelta

from django.db import models
from django.db.models import TextChoices
from django.utils import timezone

from lineage.models.fields import LineField, ProseField

FROM_ONE, FROM_ALL = 5, 200  # corrections that are taken in an hour


class CorrectionState(TextChoices):
    NEW = "new", "New"
    WEIGHED = "weighed", "Being weighed"
    TAKEN_UP = "taken-up", "Taken up"
    DECLINED = "declined", "Declined"


class CorrectionQuerySet(models.QuerySet):
    def is_full(self, sender: str) -> bool:
        """Whether one sender, or all of them, sent as many in the last hour as are taken."""
        recent = self.filter(received__gte=timezone.now() - timedelta(hours=1))
        return recent.filter(sender=sender).count() >= FROM_ONE or recent.count() >= FROM_ALL

    def waiting(self, address: str) -> CorrectionQuerySet:
        """Those on the pages of one record, by its address, that no editor has dealt with."""
        dealt_with = (CorrectionState.TAKEN_UP, CorrectionState.DECLINED)
        return self.filter(page__startswith=address).exclude(state__in=dealt_with)


class Correction(models.Model):
    """A reader's note on one page. It is shown to editors alone, and sent to nobody.

    ``sender`` is a keyed hash that can't be turned back into an address, of one day.
    """

    is_derived = True  # no part of what readers' pages are made of

    page = LineField(max_length=300, help_text="The address of the page that it is about.")
    text = ProseField("what is wrong or missing", max_length=4000)
    source = LineField(
        "source", max_length=500, blank=True, default="", help_text="A work, a place in it, a link."
    )
    name = LineField("name", max_length=120, blank=True, default="")
    contact = LineField("how to reach you", max_length=200, blank=True, default="")
    state = models.CharField(
        max_length=10, choices=CorrectionState.choices, default=CorrectionState.NEW, db_index=True
    )
    remarks = ProseField("the editors’ remarks", blank=True, default="")
    received = models.DateTimeField(default=timezone.now, editable=False, db_index=True)
    sender = models.CharField(max_length=64, editable=False, default="")

    objects = CorrectionQuerySet.as_manager()

    class Meta:
        ordering = ["-received", "-pk"]
        default_permissions = ("change", "delete", "view")

    def __str__(self) -> str:
        return f"On {self.page}"
