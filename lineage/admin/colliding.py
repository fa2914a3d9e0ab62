"""Two editors, one record: who saves second sees what the first did, and both are merged.

A form carries the record as it stood when it was opened, signed. Where the record is another one
when the form comes back, what the form would have made of the first is worked out in a rehearsal,
and the two are merged field by field; where both touched one, the editor chooses.
"""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.admin.models import LogEntry
from django.contrib.admin.utils import unquote
from django.contrib.contenttypes.models import ContentType
from django.core import signing
from django.db import transaction
from django.db.models import Model
from django.http import HttpRequest, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse

from lineage.admin.differing import choices, chosen_of, told
from lineage.admin.previewing import mark_of
from lineage.admin.proposing import address
from lineage.admin.reasons import reason_of
from lineage.admin.trying import Trial, tried
from lineage.exchange.differences import Document, differences, merged
from lineage.exchange.rows import Refused
from lineage.exchange.wholes import document_of, put, rehearsal, whole_of
from lineage.integrity import reference
from lineage.models import Proposal, edition

OPENED = "_opened"  # the field in which a form carries the record as it stood
MERGE = "_merge"
SALT = "lineage.opened"
MERGED = "Merged with what another changed meanwhile"


def opened(obj: Model, formsets: Any) -> str:
    """The record as it stands, and the numbers of the rows that its form names, signed."""
    rows = [form.instance for inline in formsets for form in inline.formset.initial_forms]
    numbers = {reference(row): row.pk for row in (*rows, obj) if row.pk}
    return _signed({"document": document_of(whole_of(obj)), "numbers": numbers})


def _signed(value: Any) -> str:
    return signing.dumps(value, salt=SALT, compress=True)


def _read(text: str) -> Any:
    """What a form carries; ``None`` where it was tampered with."""
    try:
        return signing.loads(text, salt=SALT)
    except signing.BadSignature:
        return None


def save(admin: Any, request: HttpRequest, object_id: str, answer: Any) -> Any:
    """Save a form by ``answer()`` unless others changed the record since it was opened."""
    if OPENED not in request.POST:
        return answer()
    carried = _read(request.POST[OPENED])
    if carried is None:
        told = "What the form carries was changed on its way. Open the record anew."
        return _kept(admin, request, "A form that can’t be read", [told], status=400)
    with transaction.atomic():
        edition.hold()  # nobody writes between the look and the save
        obj = admin.get_object(request, unquote(object_id))
        if obj is None:
            return _gone(admin, request, carried)
        whole = whole_of(obj)
        now = document_of(whole)
        if MERGE in request.POST:
            return _merge(admin, request, obj, whole, carried, now)
        if mark_of(now) == mark_of(carried["document"]):
            return answer()
    return _collide(admin, request, obj, whole, carried, now)


def _collide(
    admin: Any, request: HttpRequest, obj: Any, whole: Model, carried: Any, now: Document
) -> Any:
    base = carried["document"]
    trial, mine = _wish(admin, request, obj, whole, carried, now)
    if mine is None:
        return trial.page
    if not differences(now, mine):
        messages.info(request, "It is saved already, just so.")
        return HttpResponseRedirect(_page(obj))
    if not differences(base, mine):
        messages.info(request, "You changed nothing; here it is as others left it.")
        return HttpResponseRedirect(_page(obj))
    if not admin.has_change_permission(request, obj):
        return _proposed(request, whole, base, mine)
    return _shown(admin, request, obj, base, mine, now)


def _wish(
    admin: Any, request: HttpRequest, obj: Any, whole: Model, carried: Any, now: Document
) -> tuple[Trial, Document | None]:
    """What the form makes of the record as it was opened."""
    with rehearsal():
        try:
            put(
                carried["document"],
                instead_of=now,
                trying=True,
                numbers=carried["numbers"],
            )
        except Refused as refusal:
            return _unreadable(admin, request, obj, [str(fault) for fault in refusal.faults]), None
        trial = tried(admin, request, str(obj.pk), {})
        if trial.obj is None:
            return trial, None
        saved = whole_of(trial.obj)
        saved.refresh_from_db()
        return trial, document_of(saved)


def _unreadable(admin: Any, request: HttpRequest, obj: Any, faults: list[str]) -> Trial:
    """Where the record as it was opened can't be had again, what was typed is shown as it is."""
    return Trial(errors=faults, page=_kept(admin, request, str(obj), faults))


def _shown(
    admin: Any, request: HttpRequest, obj: Any, base: Document, mine: Document, now: Document
) -> TemplateResponse:
    conflicts = merged(base, mine, now)[1]
    last = (
        LogEntry.objects.filter(
            content_type=ContentType.objects.get_for_model(obj), object_id=str(obj.pk)
        )
        .select_related("user")
        .first()
    )
    return TemplateResponse(
        request,
        "admin/lineage/collision.html",
        {
            **admin.admin_site.each_context(request),
            "opts": admin.opts,
            "title": "Changed by two",
            "object": obj,
            "page": _page(obj),
            "last": last,
            "theirs": told(differences(base, now), base, now),
            "mine": told(differences(base, mine), base, mine),
            "choices": choices(conflicts, now, mine, base),
            "carried": _signed({"document": base, "mine": mine, "seen": mark_of(now)}),
            "reason": reason_of(request),
            "media": admin.media,
        },
    )


def _merge(
    admin: Any, request: HttpRequest, obj: Any, whole: Model, carried: Any, now: Document
) -> Any:
    base, mine = carried["document"], carried.get("mine")
    if mine is None:
        return HttpResponseRedirect(_page(obj))
    if not admin.has_change_permission(request, obj):
        return _proposed(request, whole, base, mine)
    conflicts = merged(base, mine, now)[1]
    chosen = chosen_of(request.POST, choices(conflicts, now, mine, base))
    if mark_of(now) != carried["seen"] or chosen is None:
        messages.error(
            request,
            "Choose at each point that both of you changed."
            if mark_of(now) == carried["seen"]
            else "It was changed once more. Look at it again.",
        )
        return _shown(admin, request, obj, base, mine, now)
    document = merged(base, mine, now, chosen)[0]
    try:
        put(document, instead_of=now, reason=reason_of(request) or MERGED)
    except Refused as refusal:
        for fault in refusal.faults:
            messages.error(request, str(fault))
        return _shown(admin, request, obj, base, mine, now)
    admin.log_change(request, obj, f"{MERGED}.")
    messages.success(request, f"“{obj}” holds both your changes now.")
    standing = type(obj)._default_manager.filter(pk=obj.pk).exists()
    return HttpResponseRedirect(_page(obj) if standing else _page(whole))


def _proposed(request: Any, whole: Model, base: Document, mine: Document) -> HttpResponseRedirect:
    """What an editor wrote while the record was published is kept beside it."""
    proposal = Proposal.objects.create(
        record=reference(whole),
        title=str(whole)[:300],
        base=base,
        document=mine,
        author=request.user,
    )
    messages.warning(
        request,
        "A publisher published it while you wrote. What you wrote is kept as a proposal; "
        "submit it from here.",
    )
    return HttpResponseRedirect(address(proposal))


def _gone(admin: Any, request: HttpRequest, carried: Any) -> TemplateResponse:
    names = [
        entry.get("name") or entry.get("title") or entry.get("id") or "The record"
        for rows in carried["document"].values()
        for entry in rows[:1]
    ]
    title = names[0] if names else "The record"
    return _kept(admin, request, title, [f"“{title}” was deleted while you wrote."])


def _kept(
    admin: Any, request: HttpRequest, title: str, faults: list[str], status: int = 409
) -> TemplateResponse:
    """What was typed, as text to take along."""
    typed = [
        (name, value)
        for name, value in request.POST.items()
        if value
        and not name.startswith(("_", "csrf"))
        and not name.endswith(("_FORMS", "-id"))
        and "__prefix__" not in name
    ]
    return TemplateResponse(
        request,
        "admin/lineage/kept.html",
        {
            **admin.admin_site.each_context(request),
            "opts": admin.opts,
            "title": title,
            "faults": faults,
            "typed": typed,
        },
        status=status,
    )


def _page(obj: Any) -> str:
    return reverse(f"admin:lineage_{obj._meta.model_name}_change", args=[obj.pk])
