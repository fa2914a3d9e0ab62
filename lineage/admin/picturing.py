"""The family tree around a few bodies, as it stands and as it would stand."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Model
from django.utils import timezone

from lineage.chart import Chart
from lineage.models import Affiliation, ChangeEvent, Organisation, Status, Succession
from lineage.reading.families import of_bodies

WIDTH = 860  # pixels of a picture, where its years can be so short
STEPS = 2  # edges from the bodies in question to those shown beside them
MOST = 60  # bodies of a picture, beyond which it shows those a single edge away


def bodies_of(record: Model) -> set[str]:
    """The ids of the bodies that a body's, event's or affiliation's tree is drawn around."""
    if isinstance(record, Organisation):
        return {record.slug}
    if isinstance(record, ChangeEvent):
        pairs = record.successions.order_by().values_list("predecessor__slug", "successor__slug")
        return {slug for pair in pairs for slug in pair}
    if isinstance(record, Affiliation):
        return {record.organisation.slug}
    return set()


def shown_to_readers(record: Model | None, bodies: Iterable[str]) -> None:
    """Publish a record and some bodies, drafts among them. Only inside a rehearsal."""
    drafts = Organisation.objects.filter(slug__in=list(bodies)).exclude(status=Status.PUBLISHED)
    drafts.update(status=Status.PUBLISHED)
    if isinstance(record, (ChangeEvent, Affiliation)):
        type(record).objects.filter(pk=record.pk).update(status=Status.PUBLISHED)


def near(bodies: set[str]) -> set[str]:
    """Some bodies and those that published edges lead to. As many queries as steps."""
    reached = frontier = set(bodies)
    for _step in range(STEPS):
        frontier = _next_to(frontier) - reached
        if reached != bodies and len(reached | frontier) > MOST:
            break
        reached = reached | frontier
    return reached


def _next_to(bodies: set[str]) -> set[str]:
    edges = Succession.objects.published().order_by()
    forward = edges.filter(predecessor__slug__in=bodies).values_list("successor__slug", flat=True)
    back = edges.filter(successor__slug__in=bodies).values_list("predecessor__slug", flat=True)
    return {*forward, *back}


def picture(bodies: set[str], title: str) -> Chart | None:
    """The tree around some bodies as readers would see it; ``None`` where they see none of it."""
    there = of_bodies(near(bodies))
    if not there.organisations:
        return None
    focus = min(bodies) if len(bodies) == 1 else None
    return there.chart(timezone.localdate(), focus=focus, title=title, within=WIDTH)
