"""Sources out of what is pasted: shown first, row by row, then made all together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse

from lineage.exchange.references import LONGEST, Work, read
from lineage.models import Source
from lineage.text import fold


class PasteForm(forms.Form):
    text = forms.CharField(
        label="BibTeX, RIS, CSL-JSON, or addresses of Wikipedia or Wikidata",
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 14, "class": "vLargeTextField"}),
        help_text="Nothing is fetched: what you paste is all that is read.",
    )


@dataclass(slots=True)
class Row:
    """A work as it would become a source; ``known`` is the source that it seems to be already."""

    work: Work
    slug: str
    fault: str
    known: Source | None

    @property
    def state(self) -> str:
        if self.fault:
            return "can’t be read"
        return "known already" if self.known else "new"


def rows_of(text: str) -> list[Row]:
    """What pasted text would add, each with an id that no source has. Two queries."""
    taken = set(Source.objects.order_by().values_list("slug", flat=True))
    by_url: dict[str, Source] = {}
    by_title: dict[tuple[str, str], Source] = {}
    for source in Source.objects.order_by("pk"):
        if source.url:
            by_url[source.url] = source
        by_title[fold(source.title), source.year[:4]] = source
    rows = []
    for work in read(text):
        known = by_url.get(work.url) or by_title.get((fold(work.title), work.year[:4]))
        slug = _free(work.slug, taken) if not work.fault else ""
        rows.append(Row(work, slug, work.fault or _fault(work, slug), known))
    return rows


def _free(slug: str, taken: set[str]) -> str:
    found, number = slug, 2
    while found in taken:
        found, number = f"{slug}-{number}", number + 1
    taken.add(found)
    return found


def _source(work: Work, slug: str) -> Source:
    return Source(
        slug=slug,
        title=work.title,
        authors=work.authors,
        year=work.year,
        kind=work.kind[:60],
        publisher=work.publisher,
        url=work.url,
    )


def _fault(work: Work, slug: str) -> str:
    try:
        _source(work, slug).full_clean(validate_unique=False)
    except ValidationError as error:
        return " ".join(f"{name}: {' '.join(told)}" for name, told in error.message_dict.items())
    return ""


def paste(admin: Any, request: HttpRequest) -> HttpResponse:
    """The page: what is pasted, then what it would add, then the sources made."""
    if not admin.has_add_permission(request):
        raise PermissionDenied
    form = PasteForm(request.POST or None)
    rows: list[Row] = []
    if form.is_valid():
        rows = rows_of(form.cleaned_data["text"])
        wanted = set(request.POST.getlist("take"))
        chosen = [row for row in rows if row.slug in wanted]
        if "save" in request.POST and chosen and not any(row.fault for row in chosen):
            _make(admin, request, chosen)
            return HttpResponseRedirect(reverse("admin:lineage_source_changelist"))
        if "save" in request.POST and not chosen:
            messages.error(request, "Nothing is ticked. Tick what is to become a source.")
    context = {
        **admin.admin_site.each_context(request),
        "title": "Paste sources",
        "opts": admin.opts,
        "form": form,
        "rows": rows,
        "new": sum(row.state == "new" for row in rows),
        "media": admin.media,
    }
    return TemplateResponse(request, "admin/lineage/paste.html", context)


def _make(admin: Any, request: HttpRequest, rows: list[Row]) -> None:
    with transaction.atomic():
        for row in rows:
            source = _source(row.work, row.slug)
            source.full_clean()
            source.save()
            admin.log_addition(request, source, "Pasted.")
    number = len(rows)
    messages.success(request, f"{number} source{' was' if number == 1 else 's were'} made.")
