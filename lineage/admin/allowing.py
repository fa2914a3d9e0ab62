"""What a load would do, held against what its user may do: permissions, and what is published."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db import models
from django.db.models import ForeignKey

from lineage.admin.publication import CITED_BY_PUBLISHED, OWNERS, SENTENCE, may_publish
from lineage.exchange.loading import Review
from lineage.exchange.planning import Plan
from lineage.exchange.rows import KEYS, Fault, Key, joined
from lineage.models import Affiliation, ChangeEvent, Citation, Organisation, Source, Status


def reviewer(user: Any) -> Review:
    """What of a plan a user may not do, row by row. Four queries."""

    def review(plan: Plan) -> Iterator[Fault]:
        allowed = _Allowed(user)
        for new in plan.new.values():
            for row, _instance in new:
                yield from allowed.faults(row.where, "add", row.model, row.key)
        for row, _standing, _changes in plan.differ:
            yield from allowed.faults(row.where, "change", row.model, row.key)
        owners = {(row.model, row.key): row.where for row in plan.rows}
        for model, key, _instance in plan.obsolete:
            where = next((owners[one] for one in _owners(model, key) if one in owners), "")
            yield from allowed.faults(where or "the record", "delete", model, key)

    return review


class _Allowed:
    def __init__(self, user: Any) -> None:
        self.user = user
        self.published = _published()
        self._may: dict[tuple[str, Any], bool] = {}

    def faults(self, where: str, verb: str, model: Any, key: Key) -> Iterator[Fault]:
        words = model._meta
        if not self._permitted(verb, model):
            told = f"You may not {verb} {words.verbose_name_plural}. Ask a publisher to load it."
            yield Fault(where, joined(key), told)
        if not all(self._permitted("publish", kind) for kind in set(self._above(model, key))):
            yield Fault(where, joined(key), SENTENCE)

    def _permitted(self, verb: str, model: Any) -> bool:
        if (verb, model) not in self._may:
            self._may[verb, model] = (
                may_publish(self.user, model)
                if verb == "publish"
                else self.user.has_perm(f"lineage.{verb}_{model._meta.model_name}")
            )
        return self._may[verb, model]

    def _above(self, model: Any, key: Key) -> Iterator[type[models.Model]]:
        """The kinds of published record that a row is, or is a part of."""
        if (model, key) in self.published:
            yield Organisation if model is Source else model
        for owner in _owners(model, key):
            yield from self._above(*owner)


def _owners(model: type[models.Model], key: Key) -> Iterator[tuple[Any, Key]]:
    parts = dict(zip(KEYS[model], key, strict=True))
    for name in OWNERS.get(model, ()):
        column: Any = model._meta.get_field(name)
        if parts[name] is not None and isinstance(column, ForeignKey):
            yield column.related_model, parts[name]


def _published() -> set[tuple[Any, Key]]:
    """The records that readers see, by model and natural key; sources that such ones cite, too."""
    bodies = Organisation.objects.filter(status=Status.PUBLISHED).order_by()
    events = ChangeEvent.objects.filter(status=Status.PUBLISHED).order_by()
    ties = Affiliation.objects.filter(status=Status.PUBLISHED).order_by()
    cited = Citation.objects.filter(CITED_BY_PUBLISHED).order_by()
    return {
        *((Organisation, (slug,)) for slug in bodies.values_list("slug", flat=True)),
        *((ChangeEvent, (slug,)) for slug in events.values_list("slug", flat=True)),
        *((Source, (slug,)) for slug in cited.values_list("source__slug", flat=True).distinct()),
        *(
            (Affiliation, ((member,), (body,), role, since))
            for member, body, role, since in ties.values_list(
                "organisation__slug", "body__slug", "role", "since"
            )
        ),
    }
