"""Proposing a change to what readers see: the record's own form, whose answer stands beside it."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import Any

from django.contrib import messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db.models import Model
from django.http import Http404, HttpRequest, HttpResponseRedirect
from django.urls import path, reverse

from lineage.admin import previewing
from lineage.admin.picturing import bodies_of
from lineage.admin.previewing import Preview
from lineage.admin.publication import may_change, published_above
from lineage.admin.trying import Trial, as_publisher, tried
from lineage.exchange.differences import Document, differences, merged
from lineage.exchange.rows import Refused
from lineage.exchange.wholes import document_of, put, rehearsal, standing, whole_of
from lineage.integrity import reference
from lineage.models import Proposal, ProposalState, Remark

SUBMIT = "_submit_proposal"
BUTTONS = {
    "show_save": False,
    "show_save_and_continue": False,
    "show_save_and_add_another": False,
    "show_save_as_new": False,
    "show_delete": False,
}


def urls(admin: Any) -> list[Any]:
    """The address at which a published record's form makes a proposal."""
    if not admin.proposable:
        return []
    name = f"{admin.opts.app_label}_{admin.opts.model_name}_propose"
    view = admin.admin_site.admin_view(partial(propose, admin))
    return [path("<path:object_id>/propose/", view, name=name)]


def beside(admin: Any, request: Any, obj: Model) -> dict[str, Any]:
    """What a record's page says of proposals and remarks on it. Two queries."""
    if not admin.proposable:
        return {}
    whole = whole_of(obj)
    name = reference(whole)
    found: dict[str, Any] = {
        "proposals": list(Proposal.objects.open().on(name).select_related("author")),
        "remarks": list(Remark.objects.filter(about=name).select_related("author")),
    }
    opts = admin.opts
    if getattr(obj, "status", "") in ("draft", "in-review"):
        found["review"] = reverse(f"admin:{opts.app_label}_{opts.model_name}_review", args=[obj.pk])
    if published_above(obj) and may_propose(request.user, obj):
        found["propose"] = reverse(
            f"admin:{opts.app_label}_{opts.model_name}_propose", args=[obj.pk]
        )
    return found


def propose(admin: Any, request: HttpRequest, object_id: str) -> Any:
    """The form of a published record; what is saved in it becomes a proposal."""
    obj = admin.get_object(request, unquote(object_id))
    if obj is None:
        raise Http404(f"There is no {admin.opts.verbose_name} with this number.")
    if not may_propose(request.user, obj) or not published_above(obj):
        raise PermissionDenied
    return _form(admin, request, obj, Proposal(author=request.user))  # type: ignore[misc]


def may_propose(user: Any, obj: Model) -> bool:
    """Whether a user may write proposals for records of a kind."""
    return user.has_perm(f"lineage.change_{obj._meta.model_name}")


def rewrite(site: Any, request: HttpRequest, proposal: Proposal) -> Any:
    """The form of a record as a proposal would have it, to go on with the proposal."""
    whole = next(iter(standing(proposal.base)), None)
    if whole is None:
        messages.error(request, "The record that it was written for is gone.")
        return HttpResponseRedirect(address(proposal))
    return _form(site._registry[type(whole)], request, whole, proposal)


def address(proposal: Proposal) -> str:
    """The page on which a proposal is read and weighed."""
    return reverse("admin:lineage_proposal_change", args=[proposal.pk])


def wish_of(proposal: Proposal, now: Document) -> Document:
    """A proposal's document for the record as it stands now; its own word where both changed."""
    everything = dict.fromkeys(_disputed(proposal, now), "mine")
    return merged(proposal.base, proposal.document, now, everything)[0]


def _disputed(proposal: Proposal, now: Document) -> list[Any]:
    return [one.path for one in merged(proposal.base, proposal.document, now)[1]]


@dataclass
class Wished:
    """What came of a proposal's form: the document that it asks for, and its preview."""

    trial: Trial
    document: Document = field(default_factory=dict)
    bodies: set[str] = field(default_factory=set)
    preview: Preview = field(default_factory=Preview)


def _form(admin: Any, request: HttpRequest, obj: Any, proposal: Proposal) -> Any:
    """Show the form, or try what it posts and keep the outcome; the record stays as it is."""
    whole = whole_of(obj)
    now = document_of(whole)
    context = {
        **BUTTONS,
        "proposing": proposal,
        "title": f"Propose a change to {whole}",
        "why": request.POST.get("why", proposal.reason),
    }
    try:
        wished = _wished(admin, request, obj, proposal, now, context)
    except Refused as refusal:
        for fault in refusal.faults:
            messages.error(request, str(fault))
        return HttpResponseRedirect(address(proposal))
    if request.method == "POST" and previewing.AT in request.POST:
        found = previewing.earlier(wished.preview, whole, wished.bodies)
        answer = previewing.answer(request, found, wished.trial)
        if answer is None:
            request.shown_only = True  # type: ignore[attr-defined]
            context["preview"] = found
            answer = _wished(admin, request, obj, proposal, now, context).trial.page
        return answer
    if wished.trial.obj is None:
        return wished.trial.page
    if not differences(now, wished.document):
        messages.warning(request, "Nothing was changed, so nothing is proposed.")
        return HttpResponseRedirect(request.path)
    return _kept(request, proposal, whole, now, wished.document)


def _wished(
    admin: Any,
    request: HttpRequest,
    obj: Any,
    proposal: Proposal,
    now: Document,
    context: dict[str, Any],
) -> Wished:
    with rehearsal(), as_publisher(request.user):
        if proposal.pk:
            put(wish_of(proposal, now), instead_of=now, trying=True)
        trial = tried(admin, request, str(obj.pk), context)
        if trial.obj is None:
            return Wished(trial, preview=Preview(errors=trial.errors))
        saved = whole_of(trial.obj)
        saved.refresh_from_db()
        document = document_of(saved)
        found = previewing.preview_of(now, document, saved)
        return Wished(trial, document, bodies_of(saved), found)


def _kept(
    request: HttpRequest, proposal: Proposal, whole: Model, now: Document, wished: Document
) -> Any:
    submitted = SUBMIT in request.POST
    proposal.record = reference(whole)
    proposal.title = str(whole)[:300]
    proposal.base, proposal.document = now, wished
    proposal.reason = request.POST.get("why", "")[:2000].replace("\r\n", "\n")
    proposal.state = ProposalState.IN_REVIEW if submitted else ProposalState.DRAFT
    proposal.full_clean(exclude=["base", "document"])
    proposal.save()
    if submitted:
        remark(f"proposal:{proposal.pk}", request.user, "submitted it for review")
    said = "was submitted for review" if submitted else "was kept"
    messages.success(request, f"The proposal {said}. Readers see the record as it was.")
    return HttpResponseRedirect(address(proposal))


def remark(about: str, user: Any, did: str, text: str = "") -> Remark:
    """Keep what somebody did with a record or proposal on its way, and said of it."""
    return Remark.objects.create(about=about, author=user, did=did, text=text)


def may_weigh(user: Any, record: Model) -> bool:
    """Whether a user may publish what is proposed for a record."""
    return may_change(user, record)
