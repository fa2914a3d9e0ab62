"""Reading and weighing what waits for publication: proposals, and drafts that were submitted."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Model
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import path, reverse

from lineage.admin import previewing
from lineage.admin.differing import Choice, choices, chosen_of
from lineage.admin.picturing import bodies_of
from lineage.admin.proposing import (
    address,
    may_weigh,
    remark,
    rewrite,
    wish_of,
)
from lineage.exchange.differences import Document, merged
from lineage.exchange.rows import Refused
from lineage.exchange.wholes import document_of, put, rehearsal, standing
from lineage.integrity import reference
from lineage.models import (
    Affiliation,
    ChangeEvent,
    Organisation,
    Proposal,
    ProposalState,
    Remark,
    Status,
)

REVIEWED = (Organisation, ChangeEvent, Affiliation)


class RemarkForm(forms.Form):
    """What one says with what one does."""

    remark = forms.CharField(
        required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
    )


@dataclass
class Case:
    """One thing to weigh: the record as it stands and as it would stand."""

    title: str
    about: str
    record: Model | None
    now: Document
    wished: Document
    disputed: list[Choice]
    preview: previewing.Preview
    faults: list[str]


# --- drafts


def review(admin: Any, request: HttpRequest, object_id: str) -> HttpResponse:
    """A record that is no published one: what publishing it would add, and the tree with it."""
    obj = admin.get_object(request, object_id)
    if obj is None:
        raise Http404(f"There is no {admin.opts.verbose_name} with this number.")
    if not admin.has_view_permission(request, obj):
        raise PermissionDenied
    if obj.status == Status.PUBLISHED:
        return HttpResponseRedirect(_page(obj))
    done = _weighed_draft(admin, request, obj) if request.method == "POST" else None
    if done is not None:
        return done
    now = document_of(obj)
    with rehearsal():
        type(obj).objects.filter(pk=obj.pk).update(status=Status.PUBLISHED)
        wished = document_of(obj)
        found = previewing.preview_of(_without_record(now, obj), wished, obj)
    previewing.earlier(found, obj, bodies_of(obj), draft=True)
    case = Case(str(obj), reference(obj), obj, now, wished, [], found, [])
    return _shown(
        admin,
        request,
        case,
        {
            "draft": obj,
            "state": obj.get_status_display(),
            "can_publish": admin.has_publish_permission(request)
            and admin.has_change_permission(request, obj),
            "can_submit": obj.status == Status.DRAFT and admin.has_change_permission(request, obj),
            "edit": _page(obj),
        },
    )


def _without_record(document: Document, obj: Any) -> Document:
    """A body's document with its affiliations alone: what readers lack is the rest of it."""
    own = {Organisation: "organisations", ChangeEvent: "events", Affiliation: "affiliations"}
    return {name: rows for name, rows in document.items() if name != own[type(obj)]}


def _weighed_draft(admin: Any, request: HttpRequest, obj: Any) -> HttpResponse | None:
    form = RemarkForm(request.POST)
    if not form.is_valid():
        messages.error(request, form.errors["remark"].as_text())
        return None
    said = form.cleaned_data["remark"]
    if "_publish" in request.POST:
        if not (
            admin.has_publish_permission(request) and admin.has_change_permission(request, obj)
        ):
            raise PermissionDenied
        return _set(admin, request, obj, Status.PUBLISHED, "published it", said)
    if "_return" in request.POST:
        if not admin.has_publish_permission(request):
            raise PermissionDenied
        if not said.strip():
            messages.error(request, "Say what is missing, so that it can be mended.")
            return None
        return _set(admin, request, obj, Status.DRAFT, "returned it", said)
    if "_submit" in request.POST:
        if not admin.has_change_permission(request, obj):
            raise PermissionDenied
        return _set(admin, request, obj, Status.IN_REVIEW, "submitted it for review", said)
    if "_remark" in request.POST and said.strip():
        remark(reference(obj), request.user, "said", said)
        return HttpResponseRedirect(request.path)
    return None


def _set(
    admin: Any, request: HttpRequest, obj: Any, status: Status, did: str, said: str
) -> HttpResponse:
    with transaction.atomic():
        obj.status = status
        obj._change_reason = said[:100] or None
        obj.save(update_fields=["status"])
        admin.log_change(request, obj, f"{did.capitalize()}. {said}".strip())
        remark(reference(obj), request.user, did, said)
    messages.success(request, f"“{obj}”: you {did}.")
    return HttpResponseRedirect(reverse("admin:review"))


# --- proposals


def weigh(site: Any, request: HttpRequest, number: str) -> HttpResponse:
    """A proposal beside the record as it stands now."""
    proposal = _proposal(request, number)
    case = _case(proposal)
    done = _weighed(site, request, proposal, case) if request.method == "POST" else None
    if done is not None:
        return done
    publisher = case.record is not None and may_weigh(request.user, case.record)
    own = proposal.author_id == request.user.pk
    return _shown(
        site._registry[Proposal],
        request,
        case,
        {
            "proposal": proposal,
            "state": proposal.get_state_display(),
            "can_publish": proposal.state == ProposalState.IN_REVIEW
            and publisher
            and not case.faults,
            "can_return": proposal.state == ProposalState.IN_REVIEW and publisher,
            "can_submit": own and proposal.state in (ProposalState.DRAFT, ProposalState.RETURNED),
            "can_withdraw": own and proposal.is_open,
            "edit": reverse("admin:lineage_proposal_rewrite", args=[proposal.pk])
            if proposal.is_open and case.record is not None and (own or publisher)
            else "",
        },
    )


def go_on(site: Any, request: HttpRequest, number: str) -> Any:
    """The form of the record as a proposal has it."""
    proposal = _proposal(request, number)
    record = next(iter(standing(proposal.base)), None)
    publisher = record is not None and may_weigh(request.user, record)
    if not proposal.is_open or not (proposal.author_id == request.user.pk or publisher):
        raise PermissionDenied
    return rewrite(site, request, proposal)


def _proposal(request: HttpRequest, number: str) -> Proposal:
    if not request.user.has_perm("lineage.view_proposal"):
        raise PermissionDenied
    if not (number.isascii() and number.isdigit() and len(number) < 19):
        raise Http404("There is no proposal with this number.")
    return get_object_or_404(Proposal.objects.select_related("author"), pk=int(number))


def _case(proposal: Proposal) -> Case:
    record = next(iter(standing(proposal.base)), None)
    closed = not proposal.is_open
    now = document_of(record) if record is not None and not closed else proposal.base
    if record is None and not closed:
        gone = "The record that it was written for is gone. Bring it back, or withdraw this."
        return Case(proposal.title, proposal.record, None, {}, {}, [], previewing.Preview(), [gone])
    if closed:
        found = previewing.in_words(now, proposal.document)
        return Case(proposal.title, proposal.record, record, now, proposal.document, [], found, [])
    wished = wish_of(proposal, now)
    conflicts = merged(proposal.base, proposal.document, now)[1]
    faults: list[str] = []
    bodies: set[str] = set()
    try:
        with rehearsal():
            put(wished, instead_of=now, trying=True)
            become = next(iter(standing(wished)), None)
            bodies = bodies_of(become) if become is not None else set()
            found = previewing.preview_of(now, wished, become)
    except Refused as refusal:
        faults = [str(fault) for fault in refusal.faults]
        found = previewing.in_words(now, wished)
    else:
        previewing.earlier(found, record, bodies)
    disputed = choices(conflicts, now, proposal.document)
    return Case(proposal.title, proposal.record, record, now, wished, disputed, found, faults)


def _weighed(
    site: Any, request: HttpRequest, proposal: Proposal, case: Case
) -> HttpResponse | None:
    form = RemarkForm(request.POST)
    if not form.is_valid():
        messages.error(request, form.errors["remark"].as_text())
        return None
    said = form.cleaned_data["remark"]
    own = proposal.author_id == request.user.pk
    publisher = case.record is not None and may_weigh(request.user, case.record)
    waits = proposal.state == ProposalState.IN_REVIEW
    if "_publish" in request.POST:
        if not publisher or not waits:
            raise PermissionDenied
        return _publish(site, request, proposal, case, said)
    if "_return" in request.POST:
        if not publisher or not waits:
            raise PermissionDenied
        if not said.strip():
            messages.error(request, "Say what is missing, so that it can be mended.")
            return None
        return _moved(request, proposal, ProposalState.RETURNED, "returned it", said)
    if "_submit" in request.POST:
        if not own or proposal.state not in (ProposalState.DRAFT, ProposalState.RETURNED):
            raise PermissionDenied
        return _moved(request, proposal, ProposalState.IN_REVIEW, "submitted it for review", said)
    if "_withdraw" in request.POST:
        if not own or not proposal.is_open:
            raise PermissionDenied
        return _moved(request, proposal, ProposalState.WITHDRAWN, "withdrew it", said)
    if "_remark" in request.POST and said.strip():
        remark(f"proposal:{proposal.pk}", request.user, "said", said)
        return HttpResponseRedirect(request.path)
    return None


def _moved(
    request: HttpRequest, proposal: Proposal, state: ProposalState, did: str, said: str
) -> HttpResponse:
    with transaction.atomic():
        proposal.state = state
        proposal.save()
        remark(f"proposal:{proposal.pk}", request.user, did, said)
    messages.success(request, f"“{proposal}”: you {did}.")
    return HttpResponseRedirect(address(proposal))


def _publish(
    site: Any, request: HttpRequest, proposal: Proposal, case: Case, said: str
) -> HttpResponse | None:
    chosen = chosen_of(request.POST, case.disputed)
    if chosen is None:
        messages.error(request, "Choose at each point where the record changed meanwhile.")
        return None
    if request.POST.get("seen") != _mark(case.now):
        messages.error(request, "The record was changed while you read. Look at it once more.")
        return None
    document = merged(proposal.base, proposal.document, case.now, chosen)[0]
    why = f"Proposal {proposal.pk} by {proposal.author or 'somebody'}: {proposal.reason}"
    try:
        with transaction.atomic():
            put(document, instead_of=case.now, reason=why.strip(": ")[:100])
            proposal.state = ProposalState.PUBLISHED
            proposal.base, proposal.document = case.now, document
            proposal.save()
            remark(f"proposal:{proposal.pk}", request.user, "published it", said)
            for record in standing(document)[:1]:
                site._registry[type(record)].log_change(request, record, why)
    except Refused as refusal:
        for fault in refusal.faults:
            messages.error(request, str(fault))
        return None
    messages.success(request, f"“{proposal}”: you published it.")
    return HttpResponseRedirect(reverse("admin:review"))


def _mark(document: Document) -> str:
    return previewing.mark_of(document)


# --- pages


def _shown(admin: Any, request: HttpRequest, case: Case, context: dict[str, Any]) -> HttpResponse:
    about = f"proposal:{context['proposal'].pk}" if "proposal" in context else case.about
    return TemplateResponse(
        request,
        "admin/lineage/review.html",
        {
            **admin.admin_site.each_context(request),
            "opts": admin.opts,
            "title": f"{'A proposal for' if 'proposal' in context else 'A draft:'} {case.title}",
            "case": case,
            "preview": case.preview,
            "form": RemarkForm(),
            "seen": _mark(case.now),
            "remarks": Remark.objects.filter(about=about).select_related("author"),
            "record": _page(case.record) if case.record is not None else "",
            "media": admin.media,
            **context,
        },
    )


def _page(obj: Any) -> str:
    return reverse(f"admin:lineage_{obj._meta.model_name}_change", args=[obj.pk])


def waiting(site: Any, request: HttpRequest) -> HttpResponse:
    """What waits for a publisher, and one's own proposals. A constant number of queries."""
    if not request.user.has_perm("lineage.view_proposal"):
        raise PermissionDenied
    proposals = Proposal.objects.open().select_related("author").defer("base", "document")
    lists = []
    for model in REVIEWED:
        related = ("organisation", "body") if model is Affiliation else ()
        rows = model.objects.filter(status=Status.IN_REVIEW).select_related(*related)
        if model is ChangeEvent:
            rows = rows.prefetch_related("successions__predecessor", "successions__successor")
        lists.append((model._meta.verbose_name_plural, [_row(site, row) for row in rows[:200]]))
    return TemplateResponse(
        request,
        "admin/lineage/waiting.html",
        {
            **site.each_context(request),
            "title": "Waiting for review",
            "proposals": proposals.filter(state=ProposalState.IN_REVIEW)[:200],
            "own": proposals.filter(author=request.user).exclude(state=ProposalState.IN_REVIEW)[
                :200
            ],
            "lists": lists,
        },
    )


def _row(site: Any, obj: Any) -> tuple[str, str]:
    admin = site._registry[type(obj)]
    name = admin.told(obj) if hasattr(admin, "told") else str(obj)
    return name, reverse(f"admin:lineage_{obj._meta.model_name}_review", args=[obj.pk])


def urls(admin: Any) -> list[Any]:
    """The address at which a draft is weighed, for records that are published one by one."""
    name = f"{admin.opts.app_label}_{admin.opts.model_name}_review"
    view = admin.admin_site.admin_view(partial(review, admin))
    return [path("<int:object_id>/review/", view, name=name)]
