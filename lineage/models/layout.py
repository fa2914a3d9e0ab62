"""The orders in which families were last drawn, so that an edit moves little in their charts."""

from __future__ import annotations

from typing import Any

from django.db import DatabaseError, models, transaction


class Layout(models.Model):
    """How one family, or the movement, was laid out; what it was drawn from is not kept.

    ``order`` holds ``[body, signature]`` for each thread from top to bottom, see
    :class:`lineage.chart.order.Remembered`.
    """

    is_derived = True

    scope = models.CharField(max_length=64, primary_key=True)
    order = models.JSONField()

    class Meta:
        verbose_name = "layout of a chart"
        verbose_name_plural = "layouts of charts"
        default_permissions = ()

    def __str__(self) -> str:
        return self.scope


def remembered(scope: str) -> list[Any]:
    """The order in which a scope was last drawn; one query, empty where it never was."""
    return Layout.objects.filter(pk=scope).values_list("order", flat=True).first() or []


def remember(scope: str, order: list[Any]) -> None:
    """Keep an order. Where nothing can be written, charts are only drawn from the beginning."""
    try:
        with transaction.atomic():
            Layout.objects.bulk_create(
                [Layout(scope=scope, order=order)],
                update_conflicts=True,
                unique_fields=["scope"],
                update_fields=["order"],
            )
    except DatabaseError:
        pass
