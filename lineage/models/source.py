"""Sources and citations: how we know."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from simple_history.models import HistoricalRecords

from lineage.models.change import ChangeEvent
from lineage.models.fields import (
    EDTFField,
    LineField,
    ProseField,
    RecordQuerySet,
    slug_validator,
    validate_line,
    validate_web_address,
)
from lineage.models.natural_keys import related, remembered, slug_of
from lineage.models.organisation import Name, Organisation
from lineage.models.statement import Account, Affiliation, Fact


class SourceManager(models.Manager.from_queryset(RecordQuerySet)):  # type: ignore[misc]
    @remembered
    def get_by_natural_key(self, slug: str) -> Source:
        return self.get(slug=slug)


def validate_authors(value: Any) -> None:
    """Refuse anything but a list of names."""
    if not isinstance(value, list) or not all(isinstance(name, str) for name in value):
        raise ValidationError('Write a list of names, such as ["Robert J. Alexander"].')
    for name in value:
        validate_line(name)


class Source(models.Model):
    """A work that statements are drawn from."""

    slug = models.CharField(
        "id",
        max_length=80,
        unique=True,
        validators=[slug_validator],
        help_text="Never changes: small letters, digits, hyphens.",
    )
    title = LineField(max_length=300)
    authors = models.JSONField(default=list, blank=True, validators=[validate_authors])
    year = EDTFField(help_text="When it was published.")
    kind = LineField(max_length=60, blank=True, default="", help_text="Book, article, web page …")
    publisher = LineField(max_length=250, blank=True, default="")
    url = LineField(
        "address", max_length=500, blank=True, default="", validators=[validate_web_address]
    )

    objects = SourceManager()
    history = HistoricalRecords()

    class Meta:
        ordering = ["title", "slug"]

    def __str__(self) -> str:
        return self.title

    def natural_key(self) -> tuple[str]:
        return (self.slug,)


TARGETS = ("organisation", "name", "event", "affiliation", "fact", "account")
_EXACTLY_ONE = Q()
for _target in TARGETS:
    _EXACTLY_ONE |= Q(**{f"{name}__isnull": name != _target for name in TARGETS})


class CitationManager(models.Manager.from_queryset(RecordQuerySet)):  # type: ignore[misc]
    @remembered
    def get_by_natural_key(self, target: str, key: list[str], *rest: str) -> Citation:
        if target not in TARGETS or not key:
            raise self.model.DoesNotExist(target)
        cited = self.model._meta.get_field(target).related_model.objects.get_by_natural_key(*key)
        statement, source, locator, value = rest
        return self.get(
            **{target: cited},
            statement=statement,
            source__slug=source,
            locator=locator,
            value=value,
        )


class Citation(models.Model):
    """The place in a source that supports one statement.

    It hangs on exactly one record; ``statement`` names the field of that record which it
    supports, empty for the whole; ``value`` is what this source gives for the field, where
    sources differ.
    """

    source = models.ForeignKey(Source, models.PROTECT, related_name="citations")
    organisation = models.ForeignKey(
        Organisation, models.CASCADE, null=True, blank=True, related_name="citations"
    )
    name = models.ForeignKey(Name, models.CASCADE, null=True, blank=True, related_name="citations")
    event = models.ForeignKey(
        ChangeEvent, models.CASCADE, null=True, blank=True, related_name="citations"
    )
    affiliation = models.ForeignKey(
        Affiliation, models.CASCADE, null=True, blank=True, related_name="citations"
    )
    fact = models.ForeignKey(Fact, models.CASCADE, null=True, blank=True, related_name="citations")
    account = models.ForeignKey(
        Account, models.CASCADE, null=True, blank=True, related_name="citations"
    )
    statement = LineField(
        max_length=60,
        blank=True,
        default="",
        help_text="The field that it supports, such as founded; empty for the whole record.",
    )
    locator = LineField(
        max_length=250, blank=True, default="", help_text="Where in it: p. 12, a section’s title."
    )
    value = LineField(
        max_length=250,
        blank=True,
        default="",
        help_text="What this source says, where it differs from the record or other sources.",
    )
    note = ProseField(blank=True, default="")

    objects = CitationManager()
    history = HistoricalRecords()

    class Meta:
        ordering = ["statement", "source__slug", "locator", "value"]
        constraints = [
            models.CheckConstraint(
                condition=_EXACTLY_ONE,
                name="citation_of_one_record",
                violation_error_message="A citation belongs to exactly one record.",
            ),
            *(
                models.UniqueConstraint(
                    fields=[target, "statement", "source", "locator", "value"],
                    name=f"citation_of_{target}_once",
                )
                for target in TARGETS
            ),
        ]

    def __str__(self) -> str:
        return ", ".join(part for part in (self.source.title, self.locator) if part)

    @property
    def target(self) -> str:
        """Which kind of record it hangs on, as one of :data:`TARGETS`."""
        return next((name for name in TARGETS if getattr(self, f"{name}_id")), TARGETS[0])

    def natural_key(self) -> tuple[Any, ...]:
        target = self.target
        cited = related(self, target)
        return (
            target,
            list(cited.natural_key()) if cited is not None else [],
            self.statement,
            slug_of(self, "source"),
            self.locator,
            self.value,
        )


class WaiverManager(models.Manager.from_queryset(RecordQuerySet)):  # type: ignore[misc]
    @remembered
    def get_by_natural_key(self, rule: str, record: str) -> Waiver:
        return self.get(rule=rule, record=record)


class Waiver(models.Model):
    """A warning of the audit that an editor has weighed and lets stand, with the reason."""

    rule = LineField(max_length=60, help_text="The rule’s name, as the audit prints it.")
    record = LineField(max_length=800, help_text="The record, such as organisation:cmi.")
    reason = ProseField()

    objects = WaiverManager()
    history = HistoricalRecords()

    class Meta:
        ordering = ["rule", "record"]
        constraints = [models.UniqueConstraint(fields=["rule", "record"], name="waiver_once")]

    def __str__(self) -> str:
        return f"{self.rule} at {self.record}"

    def natural_key(self) -> tuple[str, str]:
        return self.rule, self.record
