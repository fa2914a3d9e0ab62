"""How are two bodies related? The form that picks them, and the answer."""

from __future__ import annotations

from typing import Any

from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone

from lineage.models import ChangeEvent, Citation, Organisation
from lineage.reading import families
from lineage.reading.annals import told, with_edges
from lineage.reading.bibliography import Bibliography
from lineage.reading.homonyms import Homonyms, homonyms
from lineage.reading.relating import Relation, relation
from lineage.text import fold
from lineage.views.answers import BadQueryError, error_answer, json_answer, page, readable
from lineage.views.devices import DESK, time_on
from lineage.views.search import LONGEST, candidates

SIDES = ("from", "to")


@readable
def related(request: HttpRequest, form: str = "html") -> HttpResponse:
    """How two bodies are related; the form alone where none is named."""
    asked = {side: request.GET.get(side, "").strip() for side in SIDES}
    if any(len(text) > LONGEST or "\0" in text for text in asked.values()):
        raise BadQueryError(
            f"A body’s id or name is at most {LONGEST} characters long. Shorten it."
        )
    picked = {side: _picked(text) for side, text in asked.items()}
    if form == "json":
        return _answer_json(request, asked, picked)
    context: dict[str, Any] = {"asked": asked, "picked": picked, "homonyms": homonyms()}
    if not all(asked.values()) or not all(picked.values()):
        context["sides"] = [
            (
                side,
                words,
                asked[side],
                picked[side],
                [] if picked[side] else candidates(asked[side]),
            )
            for side, words in zip(SIDES, ("First", "Second"), strict=True)
        ]
        missing = any(asked[side] and not picked[side] for side in SIDES)
        context["unknown"] = [
            one[2] for one in context["sides"] if one[2] and not one[3] and not one[4]
        ]
        answer = page(request, "lineage/related.html", context, "")
        answer.status_code = 404 if missing and context["unknown"] else 200
        return answer
    one, other = picked["from"], picked["to"]
    if one is None or other is None or one == other:
        context["same"] = True
        answer = page(request, "lineage/related.html", context, "")
        answer.status_code = 400
        return answer
    found = relation(one, other)
    query = f"?from={one.slug}&to={other.slug}"
    context.update(_context(request, found, context["homonyms"]))
    return page(request, "lineage/related.html", context, reverse("related-json") + query)


def _picked(text: str) -> Organisation | None:
    """The body whose id a text is, or the only one that bears it as its name."""
    if not text:
        return None
    rows = Organisation.objects.published()
    found = rows.filter(slug=text).first()
    if found is None and fold(text):
        named = list(rows.filter(folded=fold(text)).order_by("slug")[:2])
        found = named[0] if len(named) == 1 else None
    return found


def _answer_json(
    request: HttpRequest, asked: dict[str, str], picked: dict[str, Organisation | None]
) -> HttpResponse:
    for side in SIDES:
        if not asked[side]:
            raise BadQueryError("Name two bodies by their ids: /related.json?from=isfi&to=icfi.")
        if picked[side] is None:
            return error_answer(request, 404, f"There is no organisation “{asked[side][:80]}”.")
    one, other = picked["from"], picked["to"]
    if one is None or other is None or one == other:
        raise BadQueryError("These are one body. Name two different ones.")
    found = relation(one, other)
    return json_answer(
        {
            "meetings": found.meetings,
            "paths": [
                [{"event": e.event, "from": e.predecessor, "to": e.successor} for e in path]
                for path in found.paths
            ],
            "sentence": found.sentence(homonyms()),
            "through": [
                {
                    "from": tie.body.slug if tie else one.slug,
                    "to": back.body.slug if back else other.slug,
                }
                for tie, back in found.through
            ],
        }
    )


def _context(request: HttpRequest, found: Relation, apart: Homonyms) -> dict[str, Any]:
    bibliography = Bibliography()
    cited = Prefetch("citations", Citation.objects.select_related("source"))
    slugs = {edge.event for path in found.steps for edge in path}
    rows = with_edges(ChangeEvent.objects.published().filter(slug__in=slugs)).prefetch_related(
        cited
    )
    of: dict[str, Any] = {row.slug: row for row in rows}
    marks = {
        slug: bibliography.marks([] if row.partly_hidden else row.citations.all())
        for slug, row in sorted(of.items())
    }
    # Two lines that part in one event went one way.
    walks = dict.fromkeys(
        tuple(dict.fromkeys(edge.event for edge in path if edge.event in of))
        for path in found.steps
    )
    ways = [[(told(of[slug], apart), marks[slug]) for slug in walk] for walk in walks]
    family = families.of_bodies(found.shown)
    ties = [tie for pair in found.through for tie in pair if tie]
    sources = Citation.objects.filter(affiliation__in=ties).select_related("source")
    of_tie: dict[int, list[Citation]] = {}
    for one in sources:
        of_tie.setdefault(one.affiliation_id or 0, []).append(one)
    return {
        "found": found,
        "ways": ways,
        "ties": [(tie, bibliography.marks(of_tie.get(tie.pk, []))) for tie in ties],
        "sources": bibliography.entries(),
        "title": f"{found.one.name} and {found.other.name}",
        "chart": family.chart(
            timezone.localdate(),
            title=f"{found.one.name} and {found.other.name}",
            time=time_on(request),
            within=DESK,
        )
        if family.lineage.edges
        else None,
    }
