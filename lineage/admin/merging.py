"""Two records that are one: both side by side, what becomes of them shown, then made one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.widgets import AutocompleteSelect
from django.core.exceptions import PermissionDenied
from django.core.validators import slug_re
from django.db import transaction
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.http import urlencode

from lineage.admin import previewing
from lineage.admin.differing import Choice, Names, choices, label, said
from lineage.admin.previewing import Preview, mark_of
from lineage.admin.publication import PUBLISHED_ONE_BY_ONE, SENTENCE, may_publish
from lineage.admin.trying import trial_of
from lineage.exchange.differences import Document, Path, units
from lineage.exchange.joining import (
    LISTS,
    Joined,
    around,
    between,
    joined,
    merge,
    plainly,
)
from lineage.exchange.rows import Refused
from lineage.exchange.wholes import rehearsal
from lineage.models import (
    Affiliation,
    ChangeEvent,
    Citation,
    Organisation,
    Source,
    Status,
    edition,
)

# A column that points to a record of each kind: its autocomplete asks for the other record.
_ASKED_BY: dict[type[Model], tuple[type[Model], str]] = {
    Organisation: (Affiliation, "body"),
    ChangeEvent: (Citation, "event"),
    Source: (Citation, "source"),
}
LONGEST_REASON = 100


@dataclass(frozen=True, slots=True)
class Tool:
    """A link beside the history of a record."""

    words: str
    address: str


@dataclass(frozen=True, slots=True)
class Beside:
    """A field or list of both records; ``name`` is that of the choice, where only one can stand."""

    label: str
    mine: list[str]
    theirs: list[str]
    name: str = ""
    chosen: str = ""

    @property
    def sides(self) -> tuple[list[str], list[str]]:
        return self.mine, self.theirs

    @property
    def choices(self) -> tuple[tuple[str, list[str]], ...]:
        return ("mine", self.mine), ("theirs", self.theirs)


@dataclass
class Case:
    """Two records to be made one, with all that names them, and what is chosen of it."""

    one: Any
    other: Any
    keep: str
    before: Document
    choices: list[Choice]
    chosen: dict[Path, str]
    after: Document
    faults: list[str] = field(default_factory=list)

    @property
    def kept(self) -> Any:
        return self.one if self.keep == self.one.slug else self.other

    @property
    def gone(self) -> Any:
        return self.other if self.keep == self.one.slug else self.one

    @property
    def decided(self) -> bool:
        """Whether a side is chosen wherever only one can stand."""
        return all(self.chosen.get(one.path) for one in self.choices)

    @property
    def seen(self) -> str:
        """A mark of what is made of what."""
        return mark_of({"before": [self.before], "after": [self.after]})


class Mergeable(admin.ModelAdmin):
    """For the admins of records of which two can be one: the page, the action, the link."""

    def get_urls(self) -> list[Any]:
        name = f"lineage_{self.opts.model_name}_merge"
        view = self.admin_site.admin_view(partial(merging, self))
        return [path("<int:number>/merge/", view, name=name), *super().get_urls()]

    def tools(self, request: HttpRequest, obj: Any) -> list[Tool]:
        """Where a record is made one with another, for those who may."""
        if not may_merge(self, request, obj):
            return []
        return [Tool("It is the same as …", address(obj))]

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        obj = kwargs.get("obj")
        if obj is not None and trial_of(request) is None and not context.get("proposing"):
            context["tools"] = self.tools(request, obj)
        return super().render_change_form(request, context, *args, **kwargs)

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        actions = super().get_actions(request)
        if actions and self.has_change_permission(request):
            actions["make_one"] = self.get_action("make_one")
        return actions

    @admin.action(description="Make two records one")
    def make_one(self, request: HttpRequest, queryset: QuerySet) -> HttpResponse | None:
        chosen = list(queryset[:3])
        if len(chosen) != 2:
            self.message_user(request, "Tick the two records that are one.", messages.WARNING)
            return None
        one, other = sorted(chosen, key=lambda record: record.pk)
        return HttpResponseRedirect(address(one, str(other.pk)))


def address(record: Any, other: str = "") -> str:
    """The page on which a record is made one with another (its number or id)."""
    page = reverse(f"admin:lineage_{record._meta.model_name}_merge", args=[record.pk])
    return f"{page}?{urlencode({'other': other})}" if other else page


def may_merge(admin: Any, request: HttpRequest, record: Model | None) -> bool:
    """Whether a user may change a record, or any of a kind, and delete it."""
    return admin.has_change_permission(request, record) and admin.has_delete_permission(
        request, record
    )


def merging(admin: Any, request: HttpRequest, number: int) -> HttpResponse:
    """The page: asks for the other record, shows both, then what comes of them, then does it."""
    one = record_of(admin, request, number)
    asked = request.GET.get("other", "").strip()
    if not asked:
        return _ask(admin, request, one)
    other = _other(admin, request, asked)
    if other.pk == one.pk:
        messages.error(request, "It is itself already. Choose another record.")
        return HttpResponseRedirect(address(one))
    if "_merge" in request.POST:
        return _merged(admin, request, one, other)
    case = _case(request, one, other)
    found = None
    if "_preview" in request.POST:
        found = _tried(request, case)
    return _shown(admin, request, case, found)


def record_of(admin: Any, request: HttpRequest, number: int) -> Any:
    """The record of a number, for who may change and delete such records; else 404 or 403.

    Whether this one may be changed is said on the page, see :func:`locked`.
    """
    if not may_merge(admin, request, None):
        raise PermissionDenied
    obj = admin.get_object(request, str(number)) if number < 2**63 else None
    if obj is None:
        raise Http404(f"There is no {admin.opts.verbose_name} with this number.")
    return obj


def _other(admin: Any, request: HttpRequest, asked: str) -> Any:
    """The record of a number, of an id, or of a name that the audit gives it."""
    if asked.isascii() and asked.isdigit() and len(asked) < 19:
        return record_of(admin, request, int(asked))
    slug = asked.removeprefix(f"{admin.opts.model_name}:")
    known = admin.model.objects.filter(slug=slug) if slug_re.fullmatch(slug) else None
    key = known.values_list("pk", flat=True).first() if known is not None else None
    if key is None:
        raise Http404(f"There is no {admin.opts.verbose_name} with this id.")
    return record_of(admin, request, key)


def locked(user: Any, document: Document) -> list[str]:
    """Why a user may not write a document: the published records in it. At most one query."""
    if all(may_publish(user, model) for model in PUBLISHED_ONE_BY_ONE):
        return []
    members = {entry["organisation"] for entry in document.get("affiliations", ())}
    seen = Organisation.objects.filter(slug__in=members, status=Status.PUBLISHED)
    published = {
        str(model._meta.verbose_name)
        for name, model in (("organisations", Organisation), ("events", ChangeEvent))
        for entry in document.get(name, ())
        if "status" not in entry
    }
    if any("status" not in entry for entry in document.get("affiliations", ())) or seen.exists():
        published.add(str(Affiliation._meta.verbose_name))
    if not published:
        return []
    kinds = ", ".join(sorted(published))
    return [f"It would change what readers see ({kinds}). {SENTENCE}"]


# --- what is chosen


def _case(request: HttpRequest, one: Any, other: Any) -> Case:
    before = around([one, other])
    name = LISTS[type(one)]
    keep = other.slug if request.POST.get("keep") == "other" else one.slug
    made = joined(before, name, one.slug, other.slug)
    asked = choices(made.conflicts, before)
    chosen = {
        choice.path: side
        for choice, conflict in zip(asked, made.conflicts, strict=True)
        if (side := request.POST.get(choice.name) or plainly(conflict)) in ("mine", "theirs")
    }
    after: Joined = joined(before, name, one.slug, other.slug, chosen, keep)
    faults = locked(request.user, before)
    if isinstance(one, Organisation):
        faults += between(before, one.slug, other.slug)
    return Case(one, other, keep, before, asked, chosen, after.document, faults)


def reason_for(request: HttpRequest, did: str) -> str:
    """What was done and why, on one line, no longer than the history holds."""
    typed = " ".join(request.POST.get("change_reason", "").split())
    return ": ".join(filter(None, (did, typed)))[:LONGEST_REASON]


def _tried(request: HttpRequest, case: Case) -> Preview | None:
    """What would come of it, in words and as trees; faults go to the case."""
    if case.faults or not case.decided:
        return None
    record = case.kept if not isinstance(case.one, Source) else None
    try:
        with rehearsal():
            merge(case.kept, case.gone, case.after)
            found = previewing.preview_of(case.before, case.after, record)
    except Refused as refusal:
        case.faults += [str(fault) for fault in refusal.faults]
        return None
    return previewing.earlier(found, record, _bodies(case))


def _bodies(case: Case) -> set[str]:
    """The ids of the bodies whose tree is drawn as it stands."""
    if isinstance(case.one, Organisation):
        return {case.one.slug, case.other.slug}
    return {
        edge[side]
        for event in case.before.get("events", ())
        for edge in event["successions"]
        for side in ("predecessor", "successor")
        if isinstance(case.one, ChangeEvent)
    }


def _merged(admin: Any, request: HttpRequest, one: Any, other: Any) -> HttpResponse:
    with transaction.atomic():
        edition.hold()  # nobody writes between the look and the save
        case = _case(request, one, other)
        if case.faults or not case.decided or request.POST.get("seen") != case.seen:
            if case.decided and not case.faults:
                messages.warning(request, "It is not what you saw. Look at it again.")
            return _shown(admin, request, case, _tried(request, case))
        did = f"Made one with “{_short(case.gone)}” ({case.gone.slug})"
        try:
            merge(case.kept, case.gone, case.after, reason=reason_for(request, did))
        except Refused as refusal:
            case.faults += [str(fault) for fault in refusal.faults]
            return _shown(admin, request, case, None)
        admin.log_change(request, case.kept, reason_for(request, did))
    kept = type(one)._default_manager.get(pk=case.kept.pk)
    messages.success(
        request,
        f"“{kept}” holds what both held; the address of “{case.gone.slug}” leads on to it. "
        f"To undo it, bring “{case.gone.slug}” back from the deleted records, and take out here "
        f"what is its own.",
    )
    return HttpResponseRedirect(page_of(kept))


def page_of(obj: Any) -> str:
    """A record's own page on the desk."""
    return reverse(f"admin:lineage_{obj._meta.model_name}_change", args=[obj.pk])


def _short(record: Any) -> str:
    text = str(getattr(record, "name", "") or record)
    return text if len(text) <= 40 else f"{text[:39]}…"


# --- pages


def _ask(admin: Any, request: HttpRequest, one: Any) -> HttpResponse:
    model, column = _ASKED_BY[type(one)]

    class Other(forms.Form):
        other = forms.ModelChoiceField(
            type(one)._default_manager.none(),
            label=f"The other {admin.opts.verbose_name}",
            widget=AutocompleteSelect(model._meta.get_field(column), admin.admin_site),
        )

    form = Other()
    return _page(
        admin,
        request,
        one,
        {"title": f"Which is the same as {_short(one)}?", "form": form},
        admin.media + form.media,
    )


def _shown(admin: Any, request: HttpRequest, case: Case, found: Preview | None) -> HttpResponse:
    if request.method == "POST" and not case.decided:
        messages.error(request, "Choose at each point where the two differ.")
    names = Names([case.before])
    own, elsewhere = _fields(case, names)
    context = {
        "title": f"Two that are one: {_short(case.one)}",
        "case": case,
        "fields": own,
        "elsewhere": elsewhere,
        "lists": _lists(case, names),
        "preview": found,
        "reason": request.POST.get("change_reason", ""),
        "records": str(admin.opts.verbose_name_plural),
    }
    return _page(admin, request, case.one, context, admin.media)


def _fields(case: Case, names: Names) -> tuple[list[Beside], list[Beside]]:
    """The fields of both records, side by side; then what else differs of what becomes one."""
    name = LISTS[type(case.one)]
    record, second = (name, (case.one.slug,)), (name, (case.other.slug,))
    parts = units(case.before)
    asked = {choice.path: choice for choice in case.choices}
    own = [Beside("Id", [case.one.slug], [case.other.slug])]
    for path_, value in parts.items():
        if len(path_) == 3 and path_[:2] == record:
            theirs = parts.get((*second, path_[2]))
            choice = asked.pop(path_, None)
            own.append(
                Beside(
                    label(path_, names),
                    [said(path_, value, names)],
                    [said(path_, theirs, names)],
                    choice.name if choice else "",
                    case.chosen.get(path_, ""),
                )
            )
    rest = [
        Beside(
            f"{one.title}: {one.label}",
            [one.mine],
            [one.theirs],
            one.name,
            case.chosen.get(one.path, ""),
        )
        for one in asked.values()
    ]
    return own, rest


_HEADINGS = {
    "names": "Names",
    "countries": "Countries",
    "country_periods": "Countries, with dates",
    "facts": "Facts",
    "identifiers": "Identifiers",
    "links": "Links",
    "accounts": "Accounts",
    "citations": "Citations",
    "successions": "Changes",
    "affiliations": "Affiliations",
}


def _lists(case: Case, names: Names) -> list[Beside]:
    """What hangs on either, side by side: it is united."""
    name = LISTS[type(case.one)]
    slugs = case.one.slug, case.other.slug
    found: dict[str, tuple[list[str], list[str]]] = {}
    for path_, value in units(case.before).items():
        for side, slug in enumerate(slugs):
            within = _hangs_on(path_, name, slug)
            if within:
                sides = found.setdefault(within, ([], []))
                sides[side].append(said(path_, value, names))
    return [Beside(_HEADINGS[key], *found[key]) for key in _HEADINGS if key in found]


def _hangs_on(path_: Path, name: str, slug: str) -> str:
    """The list of a record's in which a unit stands; empty where it is no row of its own."""
    if len(path_) == 4 and path_[:2] == (name, (slug,)):
        return path_[2] if path_[2] in _HEADINGS else ""
    if name == "organisations":
        if len(path_) == 4 and path_[2] == "successions" and slug in path_[3]:
            return "successions"
        if len(path_) == 2 and path_[0] == "affiliations" and slug in path_[1][:2]:
            return "affiliations"
    if name == "sources" and len(path_) >= 4 and path_[-2] == "citations":
        return "citations" if path_[-1][1] == slug else ""
    return ""


def _page(
    admin: Any, request: HttpRequest, one: Any, context: Mapping[str, Any], media: Any
) -> HttpResponse:
    return TemplateResponse(
        request,
        "admin/lineage/merge.html",
        {
            **admin.admin_site.each_context(request),
            "opts": admin.opts,
            "object": one,
            "page": page_of(one),
            "media": media,
            **context,
        },
    )
