"""Changes: one thing that happened on a date, with the bodies before and after."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from simple_history.models import HistoricalRecords

from lineage.models.fields import (
    BoundField,
    EDTFField,
    LineField,
    ProseField,
    RecordQuerySet,
    slug_validator,
)
from lineage.models.natural_keys import remembered, slug_of
from lineage.models.organisation import Organisation
from lineage.models.vocabulary import ChangeKind, Manner, Status

SEEN = Q(predecessor__status=Status.PUBLISHED, successor__status=Status.PUBLISHED)


class ChangeEventQuerySet(RecordQuerySet):
    """The vocabulary in which pages and exports ask for events."""

    def published(self) -> ChangeEventQuerySet:
        """Those that readers may see: published, with two published bodies at one edge at least.

        ``partly_hidden`` tells whether readers see only some of the edges; the event's own
        words could then name a body that they may not see, and are withheld with it.
        """
        edges = Succession.objects.filter(event=OuterRef("pk"))
        return self.filter(Exists(edges.filter(SEEN)), status=Status.PUBLISHED).annotate(
            partly_hidden=Exists(edges.exclude(SEEN))
        )

    def by_date(self) -> ChangeEventQuerySet:
        """Oldest first; those without a date last."""
        return self.order_by(F("date_earliest").asc(nulls_last=True), "slug")

    def update(self, **values: Any) -> int:
        from lineage.models import derivation

        if not values.keys() & {"date", "slug"}:  # what orders the edges, and so the parents
            return super().update(**values)
        keys = list(self.order_by().values_list("pk", flat=True))
        changed = super().update(**values)
        derivation.refresh(Succession.objects.filter(event__in=keys)._bodies())
        return changed

    update.alters_data = True


class ChangeEventManager(
    models.Manager.from_queryset(ChangeEventQuerySet)  # type: ignore[misc]
):
    @remembered
    def get_by_natural_key(self, slug: str) -> ChangeEvent:
        return self.get(slug=slug)


class ChangeEvent(models.Model):
    """One split, merger, rename or continuation (W3C org:ChangeEvent)."""

    slug = models.CharField(
        "id",
        max_length=80,
        unique=True,
        validators=[slug_validator],
        help_text="Stands in its address and never changes: small letters, digits, hyphens.",
    )
    kind = models.CharField(max_length=20, choices=ChangeKind.choices)
    manner = models.CharField(max_length=20, choices=Manner.choices, blank=True, default="")
    title = LineField(
        max_length=250, blank=True, default="", help_text="Left empty, it is told by its bodies."
    )
    date = EDTFField()
    date_earliest = BoundField("date", "earliest", db_index=True)
    date_latest = BoundField("date", "latest")
    summary = ProseField(blank=True, default="")
    complete = models.BooleanField(
        "list is complete",
        default=True,
        help_text="Untick where the source names only some of the bodies.",
    )
    status = models.CharField(
        max_length=10, choices=Status.choices, default=Status.DRAFT, db_index=True
    )

    objects = ChangeEventManager()
    history = HistoricalRecords()

    class Meta:
        ordering = [F("date_earliest").asc(nulls_last=True), "slug"]
        verbose_name = "event"
        permissions = [("publish_changeevent", "Can publish events")]

    def __str__(self) -> str:
        return self.title or self.slug

    def get_absolute_url(self) -> str:
        return f"/events/{self.slug}/"

    def natural_key(self) -> tuple[str]:
        return (self.slug,)


class SuccessionQuerySet(RecordQuerySet):
    """Edges; every way of writing them keeps the families and principal lines right."""

    def published(self) -> SuccessionQuerySet:
        """Those that readers may see: the event and both bodies are published."""
        return self.filter(SEEN, event__status=Status.PUBLISHED)

    def bulk_create(self, objs: Any, *args: Any, **kwargs: Any) -> Any:
        from lineage.models import derivation

        created = super().bulk_create(objs, *args, **kwargs)
        derivation.refresh(
            {edge.predecessor_id for edge in created} | {edge.successor_id for edge in created}
        )
        return created

    def update(self, **values: Any) -> int:
        from lineage.models import derivation

        before = self._bodies()
        keys = list(self.values_list("pk", flat=True))
        changed = super().update(**values)
        derivation.refresh(before | self.model.objects.filter(pk__in=keys)._bodies())
        return changed

    update.alters_data = True

    def _bodies(self) -> set[int]:
        pairs = self.order_by().values_list("predecessor_id", "successor_id")
        return {body for pair in pairs for body in pair}


class SuccessionManager(
    models.Manager.from_queryset(SuccessionQuerySet)  # type: ignore[misc]
):
    @remembered
    def get_by_natural_key(self, event: str, predecessor: str, successor: str) -> Succession:
        return self.get(event__slug=event, predecessor__slug=predecessor, successor__slug=successor)


class Succession(models.Model):
    """One edge of an event (org:originalOrganization, org:resultingOrganization)."""

    event = models.ForeignKey(ChangeEvent, models.CASCADE, related_name="successions")
    predecessor = models.ForeignKey(
        Organisation, models.PROTECT, related_name="successions_after", verbose_name="before"
    )
    successor = models.ForeignKey(
        Organisation, models.PROTECT, related_name="successions_before", verbose_name="after"
    )
    predecessor_continues = models.BooleanField("the body before continued", default=False)
    successor_existed = models.BooleanField("the body after existed already", default=False)
    principal = models.BooleanField("principal line", default=False)

    objects = SuccessionManager()
    history = HistoricalRecords()

    class Meta:
        ordering = ["event", "predecessor", "successor"]
        constraints = [
            models.UniqueConstraint(
                fields=["event", "predecessor", "successor"], name="succession_once"
            ),
            models.CheckConstraint(
                condition=~Q(predecessor=F("successor")),
                name="succession_joins_two_bodies",
                violation_error_message="A body can't be its own predecessor: choose two bodies.",
            ),
        ]
        indexes = [
            models.Index(fields=["predecessor", "successor"], name="succession_forward"),
            models.Index(fields=["successor", "predecessor"], name="succession_backward"),
        ]

    def __str__(self) -> str:
        return f"{self.predecessor.name} → {self.successor.name}"

    def natural_key(self) -> tuple[str, str, str]:
        return (
            slug_of(self, "event"),
            slug_of(self, "predecessor"),
            slug_of(self, "successor"),
        )
