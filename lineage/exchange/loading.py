"""Loading rows, all of them or none, with every fault named.

Fixtures and interchange documents become the same rows: a model, its fields, and natural keys
where it points to others.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from django.db import IntegrityError, models, transaction

from lineage import integrity
from lineage.exchange.planning import Plan
from lineage.exchange.rows import (
    KEYS,
    Fault,
    Key,
    Lists,
    Loaded,
    Progress,
    Refused,
    Row,
    joined,
)
from lineage.models import Organisation, edition
from lineage.models.derivation import together
from lineage.models.keeping import occasion

__all__ = [
    "KEYS",
    "Fault",
    "Key",
    "Lists",
    "Loaded",
    "Progress",
    "Refused",
    "Review",
    "Row",
    "carry_out",
    "load",
]

Review = Callable[[Plan], Iterable[Fault]]


def load(
    rows: list[Row],
    *,
    update: bool,
    dry_run: bool = False,
    lists: Lists | None = None,
    faults: Iterable[Fault] = (),
    progress: Progress | None = None,
    review: Review | None = None,
    reason: str = "",
) -> Loaded:
    """Write the rows in one transaction, or raise :class:`Refused` with every fault.

    ``update`` lets a row that stands already be changed, and rows left out of a list that
    ``lists`` calls complete be removed; without it such a row is a fault. ``faults`` found
    before by the reader of the input are told with those found here. ``dry_run`` writes nothing.
    ``review`` is shown the plan before it is carried out and may find more; ``reason`` stands in
    the history.
    """
    found = list(faults)
    lists = lists or Lists()
    try:
        with transaction.atomic():
            edition.hold()
            plan = Plan(rows, lists, update=update)
            found.extend(plan.faults)
            found.extend(review(plan) if review else ())
            carry_out(plan, None if found else progress, reason=reason)
            broken = _broken_rules(plan)
            if found or broken or dry_run:
                transaction.set_rollback(True)
        if broken:
            # Errors that stood before are no reason to refuse an input that makes none.
            standing = {str(problem) for problem, _fault in _broken_rules(plan)}
            found.extend(fault for problem, fault in broken if str(problem) not in standing)
        if found:
            raise Refused(found)
        if broken and not dry_run:
            with transaction.atomic():
                plan = Plan(rows, lists, update=update)
                if review and (late := list(review(plan))):
                    raise Refused(late)
                carry_out(plan, progress, reason=reason)
    except IntegrityError as error:
        told = f"The database refuses it ({error}). Another writer came between; load it again."
        raise Refused(found or [Fault("the record", "", told)]) from error
    return plan.loaded()


def carry_out(plan: Plan, progress: Progress | None = None, *, reason: str = "") -> None:
    """Carry the plan out: rows before those that point to them.

    What comes into a record that stands already, or has stood, or for a reason, is new in its
    history, too, with the reason; the first rows of a record, which are all of it, are not.
    """
    done = 0
    grows = bool(reason) or Organisation.objects.exists() or Organisation.history.exists()
    with together(), occasion(reason) as now:
        for model, _key, instance in reversed(plan.obsolete):
            for gone in model._default_manager.filter(pk=instance.pk):
                gone.delete()
        for model, new in plan.new.items():
            for row, instance in new:
                _point(plan, row, instance, row.fields)
            created = model._default_manager.bulk_create(
                [instance for _row, instance in new], batch_size=500
            )
            for (row, _instance), saved in zip(new, created, strict=True):
                plan.known[model][row.key] = saved.pk
            if grows and created and hasattr(model, "history"):
                model.history.bulk_history_create(
                    created,
                    batch_size=500,
                    default_date=now.moment,
                    default_change_reason=now.reason or None,
                )
            for row, standing, changes in plan.differ:
                if row.model is model:
                    _point(plan, row, standing, changes)
                    standing.save()
            here = sum(1 for row in plan.rows if row.model is model)
            if progress and here:
                done += here
                progress("Writing rows", done, len(plan.rows))


def _point(plan: Plan, row: Row, instance: Any, values: dict[str, Any]) -> None:
    for name, value in values.items():
        column = row.model._meta.get_field(name)
        if isinstance(column, models.ForeignKey):
            related: Any = column.related_model
            key = None if value is None else plan.known[related][value]
            setattr(instance, column.attname, key)
        else:
            setattr(instance, name, value)


def _broken_rules(plan: Plan) -> list[tuple[integrity.Problem, Fault]]:
    """The errors of the audit over the record as it stands, each with the row that it names."""
    rows = {f"{row.model._meta.model_name}:{joined(row.key)}": row for row in plan.rows}
    broken = []
    for problem in integrity.check(severity=integrity.ERROR).errors:
        row = rows.get(problem.record)
        where, record = (row.where, row.record) if row else ("the record", problem.record)
        broken.append((problem, Fault(where, record, f"{problem.message} {problem.remedy}")))
    return broken
