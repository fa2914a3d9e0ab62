"""One body that is two: what goes to the new one, shown first, then written."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.text import slugify

from lineage.admin import previewing
from lineage.admin.differing import NOTHING, Names, label, said
from lineage.admin.forms import DATE_EXAMPLES
from lineage.admin.merging import Tool, locked, may_merge, page_of, reason_for, record_of
from lineage.admin.previewing import Preview, mark_of
from lineage.exchange.differences import Document, Path, units
from lineage.exchange.joining import around, divided, without_dated_countries
from lineage.exchange.rows import Refused
from lineage.exchange.wholes import put, rehearsal
from lineage.models import ChangeEvent, ChangeKind, Organisation, OrganisationKind, Status, edition
from lineage.models.fields import EDTFFormField, slug_validator
from lineage.models.keeping import occasion

CAN_GO = ("founded", "dissolved", "active", "summary")  # fields; the others are the body's own
NO_CHANGE = "No change joins them"
WAYS = {
    "": NO_CHANGE,
    "rename": "The old one took the new one’s name",
    "continuation": "The new one carried the old one on",
    "split": "The new one split from the old one",
    "rename-back": "The new one took the old one’s name",
    "continuation-back": "The old one carried the new one on",
    "split-back": "The old one split from the new one",
}


class NewBody(forms.Form):
    """The body that is to stand beside the old one, and how one came of the other."""

    name = forms.CharField(label="Name of the new body", max_length=250)
    id = forms.CharField(
        label="Its id",
        max_length=80,
        required=False,
        validators=[slug_validator],
        help_text="Stands in its address and never changes: small letters, digits, hyphens. "
        "Left empty, it is made of the name.",
    )
    kind = forms.ChoiceField(choices=OrganisationKind.choices)
    change = forms.ChoiceField(
        label="What joins the two", choices=list(WAYS.items()), required=False
    )
    date = EDTFFormField(label="When", required=False, help_text=DATE_EXAMPLES)

    def clean_id(self) -> str:
        slug = self.cleaned_data["id"] or slugify(self.cleaned_data.get("name", ""))[:80].strip("-")
        if not slug and "name" in self.cleaned_data:
            raise forms.ValidationError("The name has no Latin letters. Write an id.", code="none")
        if Organisation.objects.filter(slug=slug).exists():
            raise forms.ValidationError("Another body has this id. Choose another.", code="taken")
        return slug

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        if values.get("date") and not values.get("change"):
            self.add_error("change", "A date is of a change. Choose which joins the two.")
        return values


@dataclass(frozen=True, slots=True)
class Part:
    """Something that hangs on the body: it stays, goes to the new one, or is both ones'."""

    path: Path
    label: str
    text: str
    name: str  # of the form's field
    both: bool  # whether it can be both ones'
    where: str  # "", "new" or "both", as chosen

    @property
    def choices(self) -> tuple[tuple[str, str], ...]:
        found = (("", "stays"), ("new", "goes"))
        return (*found, ("both", "both")) if self.both else found


@dataclass
class Case:
    """A body to be divided, with all that names it, and what is chosen of it."""

    body: Organisation
    before: Document
    parts: list[Part]
    form: NewBody
    after: Document = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)

    @property
    def seen(self) -> str:
        """A mark of what is made of what."""
        return mark_of({"before": [self.before], "after": [self.after]})


class Divisible(admin.ModelAdmin):
    """For the admin of bodies, which can be found to be two."""

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view(partial(dividing, self))
        name = f"lineage_{self.opts.model_name}_divide"
        return [path("<int:number>/divide/", view, name=name), *super().get_urls()]

    def tools(self, request: HttpRequest, obj: Any) -> list[Tool]:
        """Where a body is divided, beside the other tools, for those who may."""
        own: Any = super()
        if not may_merge(self, request, obj):
            return own.tools(request, obj)
        return [*own.tools(request, obj), Tool("It is really two …", address(obj))]


def address(body: Organisation) -> str:
    """The page on which a body is divided."""
    return reverse("admin:lineage_organisation_divide", args=[body.pk])


def dividing(admin: Any, request: HttpRequest, number: int) -> HttpResponse:
    """The page: what hangs on a body and where it goes, then what comes of it, then does it."""
    body = record_of(admin, request, number)
    if "_divide" in request.POST:
        return _done(admin, request, body)
    case = _case(request, body)
    return _shown(admin, request, case, _tried(case) if request.method == "POST" else None)


# --- what is chosen


def _case(request: HttpRequest, body: Organisation) -> Case:
    before = around([body])
    undated = body.country_periods.filter(since="", until="").values_list("country", flat=True)
    loose = without_dated_countries(before, body.slug, undated)
    form = NewBody(request.POST or None, initial={"kind": body.kind})
    case = Case(body, before, _parts(request, loose, body.slug), form)
    case.faults += locked(request.user, before)
    if request.method == "POST" and form.is_valid():
        goes = {part.path: part.where for part in case.parts if part.where}
        new = _new(form, body)
        case.after = divided(loose, body.slug, new, goes)
        change = _change(form, body)
        if change:
            case.after["events"] = [*case.after.get("events", ()), change]
    return case


def _new(form: NewBody, body: Organisation) -> dict[str, Any]:
    values = form.cleaned_data
    return {
        "id": values["id"],
        "name": values["name"],
        "kind": values["kind"],
        "founded": None,
        "dissolved": None,
        "active": None,
        "summary": "",
        "unnamed": False,
        "status": body.status,
    }


def _change(form: NewBody, body: Organisation) -> dict[str, Any] | None:
    """The event that joins the two, as a document has it."""
    kind, _dash, back = form.cleaned_data["change"].partition("-")
    if not kind:
        return None
    ends = [body.slug, form.cleaned_data["id"]]
    before, after = reversed(ends) if back else ends
    return {
        "id": _free(f"{before}-{after}"),
        "kind": kind,
        "manner": None,
        "title": "",
        "date": form.cleaned_data["date"] or None,
        "summary": "",
        "complete": True,
        "successions": [
            {
                "predecessor": before,
                "successor": after,
                "predecessor_continues": kind == ChangeKind.SPLIT,
                "successor_existed": False,
                "principal": False,
            }
        ],
        "accounts": [],
        "citations": [],
        **({} if body.status == Status.PUBLISHED else {"status": body.status}),
    }


def _free(slug: str) -> str:
    """An id that no event has, made of another."""
    slug = slug[:74].strip("-")
    taken = set(ChangeEvent.objects.filter(slug__startswith=slug).values_list("slug", flat=True))
    found, number = slug, 2
    while found in taken:
        found, number = f"{slug}-{number}", number + 1
    return found


def _parts(request: HttpRequest, before: Document, slug: str) -> list[Part]:
    names = Names([before])
    record = ("organisations", (slug,))
    found = []
    for path_, value in units(before).items():
        text = said(path_, value, names)
        both = _can_be_both(path_, before)
        if not _is_part(path_, value, record, slug) or text == NOTHING:
            continue
        field_name = "part-" + hashlib.sha256(repr(path_).encode()).hexdigest()[:16]
        where = request.POST.get(field_name, "")
        if where not in ("new", "both") or (where == "both" and not both):
            where = ""
        found.append(Part(path_, _label(path_, names), text, field_name, both, where))
    return found


def _label(path_: Path, names: Names) -> str:
    if path_[0] == "events":
        return f"{label(path_, names)}: {names.record(path_[:2])}"
    if len(path_) == 4 and path_[:1] == ("organisations",) and path_[2] == "country_periods":
        return "Country, with dates"
    return label(path_, names)


def _is_part(path_: Path, value: Any, record: Path, slug: str) -> bool:
    """Whether a unit is something that hangs on the body by itself."""
    if path_[:2] == record:
        return len(path_) == 4 or (len(path_) == 3 and path_[2] in CAN_GO)
    if len(path_) == 2:
        return path_[0] == "affiliations"
    if len(path_) != 4:
        return False
    if path_[2] == "successions":
        return slug in path_[3]
    return path_[2] == "accounts" and value.get("organisation") == slug


def _can_be_both(path_: Path, before: Document) -> bool:
    """Whether a part can be both ones': one edge of a rename or a continuation can't, nor an
    account's claimant, who is one.
    """
    if path_[0] == "events" and path_[2:3] == ("accounts",):
        return False
    if path_[0] != "events":
        return True
    kinds = {event["id"]: event["kind"] for event in before.get("events", ())}
    return kinds[path_[1][0]] in (ChangeKind.SPLIT, ChangeKind.MERGER)


# --- what comes of it


def _tried(case: Case) -> Preview | None:
    """What would come of it, in words and as trees; faults go to the case."""
    if case.faults or not case.form.is_valid():
        return None
    bodies = {case.body.slug, case.form.cleaned_data["id"]}
    try:
        with rehearsal():
            put(case.after, instead_of=case.before)
            record = Organisation.objects.get(slug=case.form.cleaned_data["id"])
            found = previewing.preview_of(case.before, case.after, record)
    except Refused as refusal:
        case.faults += [str(fault) for fault in refusal.faults]
        return None
    return previewing.earlier(found, case.body, bodies)


def _done(admin: Any, request: HttpRequest, body: Organisation) -> HttpResponse:
    with transaction.atomic():
        edition.hold()  # nobody writes between the look and the save
        case = _case(request, body)
        valid = case.form.is_valid() and not case.faults
        if not valid or request.POST.get("seen") != case.seen:
            if valid:
                messages.warning(request, "It is not what you saw. Look at it again.")
            return _shown(admin, request, case, _tried(case))
        did = f"Divided: {body.slug}, {case.form.cleaned_data['id']}"
        try:
            with occasion(reason_for(request, did)):
                put(case.after, instead_of=case.before)
        except Refused as refusal:
            case.faults += [str(fault) for fault in refusal.faults]
            return _shown(admin, request, case, None)
        new = Organisation.objects.get(slug=case.form.cleaned_data["id"])
        admin.log_change(request, body, reason_for(request, did))
        admin.log_addition(request, new, reason_for(request, did))
    messages.success(request, f"“{body.name}” is two now; this is the new one, “{new.name}”.")
    return HttpResponseRedirect(page_of(new))


def _shown(admin: Any, request: HttpRequest, case: Case, found: Preview | None) -> HttpResponse:
    return TemplateResponse(
        request,
        "admin/lineage/divide.html",
        {
            **admin.admin_site.each_context(request),
            "title": f"One that is two: {case.body.name}",
            "opts": admin.opts,
            "object": case.body,
            "page": page_of(case.body),
            "case": case,
            "preview": found,
            "reason": request.POST.get("change_reason", ""),
            "media": admin.media,
        },
    )
