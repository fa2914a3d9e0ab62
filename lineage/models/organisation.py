"""Organisations: one body under one identity for one continuous period."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import models
from django.db.models import Case, Exists, F, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Coalesce
from django.utils import timezone
from simple_history.models import HistoricalRecords
from tree_queries.fields import TreeNodeForeignKey
from tree_queries.models import TreeNode
from tree_queries.query import TreeQuerySet

from lineage import countries, dates
from lineage.models.fields import (
    BoundField,
    EDTFField,
    FoldedField,
    LineField,
    ProseField,
    RecordQuerySet,
    readable,
    slug_validator,
    validate_country,
    validate_web_address,
)
from lineage.models.natural_keys import remembered, slug_of
from lineage.models.vocabulary import NameKind, OrganisationKind, Status
from lineage.text import fold

# An attestation older than this says nothing of whether a body still exists.
LIVING_YEARS = 10


class OrganisationQuerySet(RecordQuerySet, TreeQuerySet):
    """The vocabulary in which pages, counts and exports ask for organisations."""

    def published(self) -> OrganisationQuerySet:
        """Those that readers may see."""
        return self.filter(status=Status.PUBLISHED)

    def matching(self, words: str) -> OrganisationQuerySet:
        """Those of which one name holds every word, without regard to case, accents and order."""
        names = Name.objects.filter(organisation=OuterRef("pk"))
        own = Q()
        for word in fold(words).split():
            own &= Q(folded__contains=word)
            names = names.filter(folded__contains=word)
        return self.filter(own | Exists(names)) if own else self.none()

    def in_country(self, code: str) -> OrganisationQuerySet:
        """Those recorded in a country, at any time."""
        return self.filter(
            Exists(CountryPeriod.objects.filter(organisation=OuterRef("pk"), country=code))
        )

    def living(self, on: date | None = None) -> OrganisationQuerySet:
        """Those without a known end that a source attests in the ten years before a day.

        A body attested long ago, and one that no source attests, is neither living nor ended.
        """
        return self.filter(dissolved="", active_latest__gte=attested_since(on))

    def ended(self) -> OrganisationQuerySet:
        """Those with a known end, or with a successor in whom they ended."""
        from lineage.models.change import Succession

        gone = Succession.objects.published().filter(
            predecessor=OuterRef("pk"), predecessor_continues=False
        )
        return self.filter(~Q(dissolved="") | Exists(gone))

    def with_first_change(self) -> OrganisationQuerySet:
        """Each with ``first_change``, from which :attr:`Organisation.years` tells by when it was
        there: the date of the first published change that it took part in, where the record has
        no date of its own.
        """
        from lineage.models.change import Succession

        own = Q(predecessor=OuterRef("pk")) | Q(successor=OuterRef("pk"))
        changes = Succession.objects.published().filter(own).exclude(event__date="")
        last = F("event__date_latest").asc(nulls_last=True)
        dates_of_changes = changes.order_by(last, "event__date_earliest").values("event__date")
        undated = Q(founded="", dissolved="", active="")
        return self.annotate(
            first_change=Case(
                When(undated, then=Coalesce(Subquery(dates_of_changes[:1]), Value(""))),
                default=Value(""),
            )
        )

    def by_name(self) -> OrganisationQuerySet:
        """In the order of an index: by folded name, homonyms by founding and id."""
        return self.order_by("folded", F("founded_earliest").asc(nulls_last=True), "slug")

    def update(self, **values: Any) -> int:
        for derived in ("parent", "parent_id", "family"):
            if derived in values:
                raise TypeError(f"{derived} is derived from the successions; change those instead")
        if "slug" not in values:  # it orders edges of one date, and so the parents
            return super().update(**values)
        from lineage.models import derivation

        keys = list(self.order_by().values_list("pk", flat=True))
        changed = super().update(**values)
        derivation.refresh(keys)
        return changed

    update.alters_data = True

    def bulk_create(self, objs: Any, *args: Any, **kwargs: Any) -> Any:
        for organisation in (objs := list(objs)):
            organisation.parent_id = organisation.family = None
        created = super().bulk_create(objs, *args, **kwargs)
        start_families(self.model)
        return created


def attested_since(on: date | None = None) -> date:
    """The day from which an attestation counts as recent, seen from a day (today)."""
    on = on or timezone.localdate()
    return date(on.year - LIVING_YEARS, 1, 1)


def start_families(model: type[models.Model]) -> None:
    """Give bodies that belong to no family yet one of their own, numbered as they are."""
    models.QuerySet(model).filter(family=None).update(family=F("pk"))


class OrganisationManager(
    models.Manager.from_queryset(OrganisationQuerySet)  # type: ignore[misc]
):
    """Without tree fields: a recursive query runs only where it is asked for."""

    _with_tree_fields = False

    @remembered
    def get_by_natural_key(self, slug: str) -> Organisation:
        return self.get(slug=slug)


class RunsForward:
    """For rows with a life or a period: none ends surely before it begins."""

    def clean(self) -> None:
        # Not TreeNode.clean(): ``parent`` can't be typed, and its check walks every tree.
        from lineage.integrity import refuse_backwards

        refuse_backwards(self)


class Organisation(RunsForward, TreeNode):
    """One body under one identity for one continuous period (W3C org:Organization).

    ``parent`` is its principal predecessor and ``family`` the number of its connected part of
    the graph; both are kept by the successions, see :mod:`lineage.models.derivation`.
    """

    slug = models.CharField(
        "id",
        max_length=80,
        unique=True,
        validators=[slug_validator],
        help_text="Stands in its address and never changes: small letters, digits, hyphens.",
    )
    name = LineField(max_length=250)
    unnamed = models.BooleanField(
        "has no name",
        default=False,
        help_text="The body had no name of its own; the name above is a description.",
    )
    kind = models.CharField(
        max_length=20, choices=OrganisationKind.choices, default=OrganisationKind.PARTY
    )
    founded = EDTFField()
    founded_earliest = BoundField("founded", "earliest", db_index=True)
    founded_latest = BoundField("founded", "latest")
    dissolved = EDTFField()
    dissolved_earliest = BoundField("dissolved", "earliest")
    dissolved_latest = BoundField("dissolved", "latest", db_index=True)
    active = EDTFField(
        "last attested", help_text="When a source last says that it exists; leave out if ended."
    )
    active_earliest = BoundField("active", "earliest")
    active_latest = BoundField("active", "latest")
    summary = ProseField(blank=True, default="")
    status = models.CharField(
        max_length=10, choices=Status.choices, default=Status.DRAFT, db_index=True
    )
    folded = FoldedField("name")
    family = models.BigIntegerField(null=True, editable=False, db_index=True)
    parent = TreeNodeForeignKey(
        "self",
        verbose_name="principal predecessor",
        null=True,
        blank=True,
        editable=False,
        on_delete=models.PROTECT,
        related_name="children",
    )

    first_change = ""  # but where OrganisationQuerySet.with_first_change asked for it

    objects = OrganisationManager()
    history = HistoricalRecords(excluded_fields=["parent", "family"])

    class Meta:
        ordering = ["folded", "slug"]
        permissions = [("publish_organisation", "Can publish organisations")]

    def __str__(self) -> str:
        return " ".join(part for part in (self.name, self.years and f"({self.years})") if part)

    def natural_key(self) -> tuple[str]:
        return (self.slug,)

    def get_absolute_url(self) -> str:
        return f"/organisations/{self.slug}/"

    @property
    def living(self) -> bool:
        """Whether no end is known and a source attests it in the last ten years."""
        if self.dissolved or self.active_latest is None:
            return False
        return self.active_latest >= attested_since()

    @property
    def years(self) -> str:
        """Its life in words: ``"1953–1963"``, ``"since 1974"`` where it lives, ``"1935–?"`` where
        its end is not known. Where neither beginning nor end is, when it is known to have been
        there, ``"attested 1941"`` or, from a change, ``"by 1988"``; empty where nothing is known.
        """
        founded, dissolved = readable(self.founded), readable(self.dissolved)
        if dissolved:
            return dates.span_words(founded, dissolved)
        if founded is None:
            return self._known
        if len(founded.words) > len("1953"):
            return f"founded {founded.words}"
        return f"since {founded.words}" if self.living else f"{founded.words}–?"

    @property
    def _known(self) -> str:
        if active := readable(self.active):
            return f"attested {dates.without_doubt(active).words}"
        changed = readable(self.first_change)
        return dates.by_words(changed) if changed else ""


class OfOrganisation(models.Manager):
    """Rows that hang on one organisation, found by its id and their own words."""

    @remembered
    def get_by_natural_key(self, slug: str, *rest: str) -> Any:
        own = dict(zip(self.model.NATURAL_KEY[1:], rest, strict=True))
        return self.get(organisation__slug=slug, **own)


OfOrganisationManager = OfOrganisation.from_queryset(RecordQuerySet)


class OrganisationPart(RunsForward, models.Model):
    """A row that belongs to one organisation and goes with it."""

    NATURAL_KEY: tuple[str, ...] = ("organisation",)

    organisation = models.ForeignKey(Organisation, models.CASCADE)

    objects = OfOrganisationManager()

    class Meta:
        abstract = True

    def natural_key(self) -> tuple[str, ...]:
        own = tuple(getattr(self, name) for name in self.NATURAL_KEY[1:])
        slug = slug_of(self, "organisation")
        return (slug, *own)


class CountryPeriod(OrganisationPart):
    """A country that a body worked in, with the period where it is known."""

    NATURAL_KEY = ("organisation", "country", "since")

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="country_periods")
    country = models.CharField(max_length=2, validators=[validate_country])
    since = EDTFField("from")
    since_earliest = BoundField("since", "earliest")
    since_latest = BoundField("since", "latest")
    until = EDTFField("to")
    until_earliest = BoundField("until", "earliest")
    until_latest = BoundField("until", "latest")

    history = HistoricalRecords()

    class Meta:
        ordering = ["country", "since"]
        verbose_name = "country"
        verbose_name_plural = "countries"
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "country", "since"], name="country_period_once"
            )
        ]
        indexes = [models.Index(fields=["country", "organisation"])]

    def __str__(self) -> str:
        return countries.NAMES.get(self.country, self.country)


class Name(OrganisationPart):
    """A name, abbreviation or translation, with language and period (Popolo other_names)."""

    NATURAL_KEY = ("organisation", "kind", "language", "text", "since")

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="names")
    text = LineField(max_length=250)
    language = models.CharField(
        max_length=20, blank=True, default="", help_text="A BCP 47 tag, such as fr or si."
    )
    kind = models.CharField(max_length=20, choices=NameKind.choices, default=NameKind.OFFICIAL)
    since = EDTFField("from")
    since_earliest = BoundField("since", "earliest")
    since_latest = BoundField("since", "latest")
    until = EDTFField("to")
    until_earliest = BoundField("until", "earliest")
    until_latest = BoundField("until", "latest")
    folded = FoldedField("text")

    history = HistoricalRecords()

    class Meta:
        ordering = [F("since_earliest").asc(nulls_last=True), "kind", "language", "text"]
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "kind", "language", "text", "since"], name="name_once"
            )
        ]

    def __str__(self) -> str:
        return self.text


class Identifier(OrganisationPart):
    """The body's identifier in another register, such as Wikidata or VIAF."""

    NATURAL_KEY = ("organisation", "scheme", "value")

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="identifiers")
    scheme = LineField(max_length=40)
    value = LineField(max_length=120)

    history = HistoricalRecords()

    class Meta:
        ordering = ["scheme", "value"]
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "scheme", "value"], name="identifier_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.scheme} {self.value}"


class Link(OrganisationPart):
    """A page elsewhere about the body."""

    NATURAL_KEY = ("organisation", "url")

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="links")
    url = LineField("address", max_length=500, validators=[validate_web_address])
    title = LineField(max_length=250, blank=True, default="")

    history = HistoricalRecords()

    class Meta:
        ordering = ["url"]
        constraints = [models.UniqueConstraint(fields=["organisation", "url"], name="link_once")]

    def __str__(self) -> str:
        return self.title or self.url
