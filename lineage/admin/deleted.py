"""Deleted records: which there are, who deleted them and why, and each brought back whole."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Exists, OuterRef, Q, QuerySet, Value
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.text import capfirst
from django.views.decorators.http import require_http_methods, require_safe

from lineage.admin.history import PAGE_SIZE, WHOLES
from lineage.admin.publication import may_change
from lineage.admin.reasons import reason_of
from lineage.admin.restoring import carried_out, restoration
from lineage.exchange.versions import Versions
from lineage.models import Account, Affiliation, Organisation
from lineage.models.keeping import occasion

_KINDS = {model._meta.model_name: model for model in WHOLES}


@dataclass(frozen=True, slots=True)
class Line:
    """A deleted record: what it was, who deleted it, when and why, and where it is brought back."""

    kind: str
    name: str
    moment: datetime
    user: str
    reason: str
    address: str


def deletions(model: Any) -> QuerySet:
    """The rows of a history by which records went that have not come back.

    A membership goes, and comes back, with either of its bodies: it is told where both stand.
    """
    history = model.history.model.objects.order_by()
    same = history.filter(id=OuterRef("id"))
    later = same.filter(
        Q(history_date__gt=OuterRef("history_date"))
        | Q(history_date=OuterRef("history_date"), history_id__gt=OuterRef("history_id"))
    )
    gone = history.filter(history_type="-").filter(~Exists(later))
    return _unmade(model, gone).filter(
        ~Exists(QuerySet(model).filter(pk=OuterRef("id"))), **_whole_ends(model)
    )


def _unmade(model: Any, gone: QuerySet) -> QuerySet:
    """Those whose id, or whose bodies, role and date, no other record has now."""
    own = ("organisation_id", "body_id", "role", "since") if model is Affiliation else ("slug",)
    again: Any = QuerySet(model).filter(**{name: OuterRef(name) for name in own})
    return gone.filter(~Exists(again))


def _whole_ends(model: Any) -> dict[str, bool]:
    if model is not Affiliation:
        return {}
    return {"organisation__slug__isnull": False, "body__slug__isnull": False}


@require_safe
def deleted(request: HttpRequest, site: Any) -> HttpResponse:
    """The page: deleted records, the last first, a page at a time."""
    if not request.user.has_perm("lineage.view_organisation"):
        raise PermissionDenied
    parts = [
        deletions(model).values_list("history_date", "history_id", Value(name))
        for name, model in _KINDS.items()
    ]
    every = parts[0].union(*parts[1:], all=True).order_by("-history_date", "-history_id")
    page = Paginator(every, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        **site.each_context(request),
        "title": "Deleted records",
        "page": page,
        "lines": _lines(list(page)),
    }
    return TemplateResponse(request, "admin/lineage/deleted.html", context)


def _lines(chosen: list[tuple[datetime, int, str]]) -> list[Line]:
    """The records of a page; a query for each kind."""
    rows: dict[tuple[str, int], Any] = {}
    for name, model in _KINDS.items():
        keys = [number for _moment, number, kind in chosen if kind == name]
        if keys:
            more = ("organisation", "body") if model is Affiliation else ()
            history = model.history.filter(pk__in=keys).select_related("history_user", *more)
            rows.update(((name, row.pk), row) for row in history)
    return [_line(kind, rows[kind, number]) for _moment, number, kind in chosen]


def _line(kind: str, row: Any) -> Line:
    model = _KINDS[kind]
    return Line(
        kind=capfirst(model._meta.verbose_name),
        name=_name(row),
        moment=row.history_date,
        user=str(row.history_user or ""),
        reason=row.history_change_reason or "",
        address=reverse("admin:deleted_record", args=[kind, row.id]),
    )


def _name(row: Any) -> str:
    if row.instance_type is Affiliation:
        return f"{row.organisation.name}: {row.get_role_display().lower()} of {row.body.name}"
    return str(getattr(row, "name", "") or getattr(row, "title", "") or row.slug)


@require_http_methods(["GET", "HEAD", "POST"])
def bring_back(request: HttpRequest, site: Any, kind: str, number: int) -> HttpResponse:
    """A deleted record as it last stood, as a draft; then it is brought back."""
    model: Any = _KINDS.get(kind)
    page = site._registry.get(model)
    if page is None or number >= 2**63:
        raise Http404("There is no such kind of record.")
    if not page.has_view_permission(request):
        raise PermissionDenied
    history = model.history.filter(id=number)
    row = _unmade(model, history.filter(history_type="-")).order_by("history_id").last()
    if row is None or model._default_manager.filter(pk=number).exists():
        raise Http404("No record of this number is deleted.")
    versions = Versions(model, number)
    found = restoration(request.user, versions, versions.before_deletion())
    faults: list[str] = []
    may_add = page.has_add_permission(request)
    if request.method == "POST":
        if not may_add:
            raise PermissionDenied
        reason = ": ".join(filter(None, ("Deletion undone", reason_of(request))))
        key = versions.last_standing
        with occasion(reason):
            if not found.needed and carried_out(found, versions, key, reason=reason, faults=faults):
                return _brought_back(page, request, model, number)
    context = {
        **site.each_context(request),
        "title": "Bring back a deleted record",
        "opts": page.opts,
        "row": row,
        "found": found,
        "faults": faults,
        "may_add": may_add,
        "reason": reason_of(request),
    }
    return TemplateResponse(request, "admin/lineage/bring_back.html", context)


def _brought_back(page: Any, request: HttpRequest, model: Any, number: int) -> HttpResponse:
    obj = model._default_manager.get(pk=number)
    if model is Organisation:
        _give_back_accounts(request.user, obj)
    page.log_change(request, obj, "Its deletion was undone.")
    messages.success(request, f"“{obj}” is back, with what hung on it.")
    name = f"admin:{page.opts.app_label}_{page.opts.model_name}_change"
    return HttpResponseRedirect(reverse(name, args=[obj.pk]))


def _give_back_accounts(user: Any, body: Organisation) -> None:
    """Name a body again as the claimant of the accounts that lost it when it was deleted."""
    told = Account.history.filter(organisation_id=body.pk).order_by().values("id")
    for account in Account.objects.filter(pk__in=told, organisation=None):
        last = list(account.history.order_by("-history_date", "-history_id")[:2])
        if [one.organisation_id for one in last] == [None, body.pk] and may_change(user, account):
            account.organisation = body
            account.save()
