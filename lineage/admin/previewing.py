"""What a form would change, before it is saved: in words, and the family tree before and after."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from typing import Any

from django.contrib.admin import ModelAdmin
from django.contrib.admin.utils import unquote
from django.db.models import Model
from django.http import HttpRequest
from django.shortcuts import render

from lineage.admin.differing import Told, told
from lineage.admin.picturing import bodies_of, picture, shown_to_readers
from lineage.admin.trying import Trial, tried
from lineage.chart import Chart
from lineage.chart.svg import write
from lineage.exchange.differences import Document, differences
from lineage.exchange.wholes import document_of, rehearsal, whole_of
from lineage.models import Organisation

AT = "_preview"  # the name of the button
BEFORE, AFTER = "As it stands", "Afterwards"
FRAGMENT = "fragment"  # its value, where a script asks


@dataclass
class Preview:
    """What differs, in words, and the tree before and after; ``same`` where it stays as it is."""

    differences: list[Told] = field(default_factory=list)
    before: Chart | None = None
    after: Chart | None = None
    same: bool = False
    errors: list[str] = field(default_factory=list)


def preview_of(before: Document, after: Document, record: Model | None) -> Preview:
    """What differs between two documents, and where lineage could, the two trees.

    Called inside the rehearsal in which the record stands as it would be.
    """
    found = in_words(before, after)
    bodies = bodies_of(record) if record is not None else set()
    if bodies:
        with rehearsal():
            shown_to_readers(record, bodies)
            found.after = picture(bodies, AFTER)
    return found


def earlier(
    found: Preview, record: Model | None, bodies: set[str], *, draft: bool = False
) -> Preview:
    """Add the tree as it stands, once the rehearsal is over; of a ``draft`` the tree without it."""
    if not bodies:
        return found
    with rehearsal():
        if draft:
            shown_to_readers(None, set() if isinstance(record, Organisation) else bodies)
        else:
            shown_to_readers(record, bodies)
        found.before = picture(bodies, BEFORE)
    if found.before and found.after:
        found.same = _bare(found.before) == _bare(found.after)
    return found


def _bare(chart: Chart) -> str:
    return write(chart).replace(BEFORE, "").replace(AFTER, "")


def in_words(before: Document, after: Document) -> Preview:
    """What differs between two documents, without trees."""
    return Preview(told(differences(before, after, expand=True), before, after))


def mark_of(document: Document) -> str:
    """A mark of what a document says, to tell whether a record is still the one that was read."""
    text = json.dumps(document, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def preview(
    admin: ModelAdmin, request: HttpRequest, object_id: str | None, context: dict[str, Any]
) -> Any:
    """The answer to a form that asks for a preview: a part of a page for a script, else the form
    with the preview in it. Nothing is saved.
    """
    obj = admin.get_object(request, unquote(object_id)) if object_id else None
    whole = whole_of(obj) if obj is not None else None
    before = document_of(whole) if whole is not None else {}
    bodies: set[str] = set()
    with rehearsal():
        trial = tried(admin, request, object_id, context)
        if trial.obj is None:
            found = Preview(errors=trial.errors)
        else:
            saved = whole_of(trial.obj)
            saved.refresh_from_db()
            bodies = bodies_of(saved)
            found = preview_of(before, document_of(saved), saved)
    earlier(found, whole, bodies)
    answered = answer(request, found, trial)
    if answered is not None:
        return answered
    request.shown_only = True  # type: ignore[attr-defined]
    return ModelAdmin.changeform_view(admin, request, object_id, "", {**context, "preview": found})


def answer(request: HttpRequest, found: Preview, trial: Trial) -> Any:
    """A part of a page for a script, or the form with its errors; ``None`` where it is to be shown
    again with the preview.
    """
    if request.POST[AT] == FRAGMENT:
        return render(request, "admin/lineage/preview.html", {"preview": found})
    return trial.page
