"""What is said of bodies and events beyond lineage: affiliations, facts, accounts."""

from __future__ import annotations

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from simple_history.models import HistoricalRecords

from lineage.models.change import ChangeEvent
from lineage.models.fields import BoundField, EDTFField, LineField, ProseField, RecordQuerySet
from lineage.models.natural_keys import remembered, slug_of
from lineage.models.organisation import Organisation, OrganisationPart, RunsForward
from lineage.models.vocabulary import FactKind, Role, Status


class AffiliationQuerySet(RecordQuerySet):
    def published(self) -> AffiliationQuerySet:
        """Those that readers may see: it and both bodies are published."""
        return self.filter(
            status=Status.PUBLISHED,
            organisation__status=Status.PUBLISHED,
            body__status=Status.PUBLISHED,
        )


class AffiliationManager(
    models.Manager.from_queryset(AffiliationQuerySet)  # type: ignore[misc]
):
    @remembered
    def get_by_natural_key(
        self, organisation: str, body: str, role: str, since: str
    ) -> Affiliation:
        return self.get(organisation__slug=organisation, body__slug=body, role=role, since=since)


class Affiliation(RunsForward, models.Model):
    """A dated membership of one body in another, with a role (Popolo Membership)."""

    organisation = models.ForeignKey(
        Organisation, models.CASCADE, related_name="affiliations", verbose_name="member"
    )
    body = models.ForeignKey(
        Organisation, models.CASCADE, related_name="members", verbose_name="member of"
    )
    role = models.CharField(max_length=20, choices=Role.choices, default=Role.SECTION)
    since = EDTFField("from")
    since_earliest = BoundField("since", "earliest")
    since_latest = BoundField("since", "latest")
    until = EDTFField("to")
    until_earliest = BoundField("until", "earliest")
    until_latest = BoundField("until", "latest")
    status = models.CharField(
        max_length=10, choices=Status.choices, default=Status.DRAFT, db_index=True
    )

    objects = AffiliationManager()
    history = HistoricalRecords()

    class Meta:
        ordering = [F("since_earliest").asc(nulls_last=True), "organisation", "body", "role"]
        permissions = [("publish_affiliation", "Can publish affiliations")]
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "body", "role", "since"], name="affiliation_once"
            ),
            models.CheckConstraint(
                condition=~Q(organisation=F("body")),
                name="affiliation_joins_two_bodies",
                violation_error_message="A body can't be a member of itself: choose two bodies.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organisation.name}: {self.get_role_display()} of {self.body.name}"

    def natural_key(self) -> tuple[str, str, str, str]:
        return (
            slug_of(self, "organisation"),
            slug_of(self, "body"),
            self.role,
            self.since,
        )


class Fact(OrganisationPart):
    """A dated statement about a body that is not lineage (a Wikidata statement with qualifiers)."""

    NATURAL_KEY = ("organisation", "kind", "text", "since")

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="facts")
    kind = models.CharField(max_length=20, choices=FactKind.choices)
    text = LineField(max_length=500, blank=True, default="")
    number = models.DecimalField(max_digits=18, decimal_places=4, null=True, blank=True)
    since = EDTFField("from")
    since_earliest = BoundField("since", "earliest")
    since_latest = BoundField("since", "latest")
    until = EDTFField("to")
    until_earliest = BoundField("until", "earliest")
    until_latest = BoundField("until", "latest")

    history = HistoricalRecords()

    class Meta:
        ordering = [F("since_earliest").asc(nulls_last=True), "kind", "text"]
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "kind", "text", "since"], name="fact_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.text or self.number}"


CLAIMANT_SEEN = Q(organisation=None) | Q(organisation__status=Status.PUBLISHED)


class AccountQuerySet(RecordQuerySet):
    def published(self) -> AccountQuerySet:
        """Those that readers may see: of a body or an event, and by a claimant, that they may see.

        The account of an event of which readers see only some bodies is withheld.
        """
        events = ChangeEvent.objects.published().filter(partly_hidden=False)
        return self.filter(
            Q(subject__status=Status.PUBLISHED) | Exists(events.filter(pk=OuterRef("event"))),
            CLAIMANT_SEEN,
        )

    def of_bodies(self, bodies: models.QuerySet[Organisation]) -> AccountQuerySet:
        """Those of bodies that readers may see, by claimants that they may see."""
        return self.filter(CLAIMANT_SEEN, subject__in=bodies)


class AccountManager(
    models.Manager.from_queryset(AccountQuerySet)  # type: ignore[misc]
):
    @remembered
    def get_by_natural_key(self, event: str, subject: str, claimant: str) -> Account:
        return self.get(event__slug=event or None, subject__slug=subject or None, claimant=claimant)


class Account(models.Model):
    """What a named party says happened, or says of itself, where parties disagree."""

    event = models.ForeignKey(
        ChangeEvent, models.CASCADE, null=True, blank=True, related_name="accounts"
    )
    subject = models.ForeignKey(
        Organisation,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="accounts",
        help_text="The body that the account speaks of, where it is of no event.",
    )
    claimant = LineField(max_length=250, help_text="Who says so.")
    organisation = models.ForeignKey(
        Organisation,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="accounts_given",
        verbose_name="claimant's record",
    )
    text = ProseField()

    objects = AccountManager()
    history = HistoricalRecords()

    class Meta:
        ordering = ["claimant"]
        constraints = [
            models.CheckConstraint(
                condition=Q(event=None, subject__isnull=False)
                | Q(event__isnull=False, subject=None),
                name="account_of_one_thing",
                violation_error_message="An account is of one event or of one body.",
            ),
            models.UniqueConstraint(fields=["event", "claimant"], name="account_of_event_once"),
            models.UniqueConstraint(fields=["subject", "claimant"], name="account_of_body_once"),
        ]

    def __str__(self) -> str:
        return f"{self.claimant}’s account"

    def natural_key(self) -> tuple[str, str, str]:
        return (
            slug_of(self, "event"),
            slug_of(self, "subject"),
            self.claimant,
        )
