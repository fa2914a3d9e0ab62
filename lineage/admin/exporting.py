"""A list of the desk as it stands, filtered and searched: a table, or an interchange document."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from django.conf import settings
from django.contrib.admin.options import IncorrectLookupParameters
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseNotAllowed,
    HttpResponseRedirect,
)
from django.urls import path, reverse
from django.utils import timezone

from lineage.exchange.cells import as_csv, as_xlsx
from lineage.exchange.export import Export, dump, source_entry, timestamp
from lineage.exchange.listing import table_of
from lineage.exchange.schema import FORMAT, VERSION
from lineage.models import Affiliation, ChangeEvent, Organisation, Source

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def _csv(chosen: QuerySet) -> bytes:
    return as_csv(*table_of(chosen))


def _xlsx(chosen: QuerySet) -> bytes:
    return as_xlsx(*table_of(chosen), title=str(chosen.model._meta.verbose_name_plural))


def _document(chosen: QuerySet) -> bytes:
    """The records, and the sources that they cite, drafts too."""
    export = Export(drafts=True)
    parts: dict[str, Any] = {"organisations": [], "events": [], "affiliations": []}
    plain: Any = chosen.model._default_manager.filter(pk__in=chosen.order_by().values("pk"))
    if chosen.model is Organisation:
        parts["organisations"] = export.organisations(plain)
    elif chosen.model is ChangeEvent:
        parts["events"] = export.events(plain)
    elif chosen.model is Affiliation:
        parts["affiliations"] = export.affiliations(plain)
    sources = plain if chosen.model is Source else Source.objects.filter(slug__in=_cited(parts))
    document = {
        "format": FORMAT,
        "version": VERSION,
        "title": settings.RECORD_TITLE,
        "licence": settings.RECORD_LICENCE,
        "exported": timestamp(timezone.now()),
        **parts,
        "sources": [source_entry(row) for row in sorted(sources, key=lambda row: row.slug)],
    }
    return dump(document).encode()


def _cited(part: Any) -> set[str]:
    """The ids of the sources that are cited anywhere in a part of a document."""
    if isinstance(part, list):
        return {slug for one in part for slug in _cited(one)}
    if not isinstance(part, dict):
        return set()
    own = {one["source"] for one in part.get("citations", ())}
    return own.union(*(_cited(value) for value in part.values()))


FORMS: dict[str, tuple[str, Callable[[QuerySet], bytes]]] = {
    "csv": ("text/csv; charset=utf-8", _csv),
    "xlsx": (_XLSX, _xlsx),
    "json": ("application/json", _document),
}
IN_DOCUMENTS = (Organisation, ChangeEvent, Affiliation, Source)


def endings(model: Any) -> list[str]:
    """The forms in which a model's records are exported."""
    return [ending for ending in FORMS if ending != "json" or model in IN_DOCUMENTS]


def links(admin: Any, request: HttpRequest) -> list[tuple[str, str]]:
    """The forms of an admin's list, each with its address, with the filters of the request."""
    query = request.GET.urlencode()
    name = f"admin:lineage_{admin.opts.model_name}_export"
    return [
        (ending.upper(), f"{reverse(name, args=[ending])}{f'?{query}' if query else ''}")
        for ending in endings(admin.model)
    ]


def urls(admin: Any) -> list[Any]:
    """The address of an admin's list as a file, in each form."""
    view = admin.admin_site.admin_view(partial(export, admin))
    name = f"lineage_{admin.opts.model_name}_export"
    return [path("export.<str:ending>", view, name=name)]


def export(admin: Any, request: HttpRequest, ending: str) -> HttpResponse:
    """The list of an admin as a file, with the search and the filters of the request."""
    if request.method not in ("GET", "HEAD"):
        return HttpResponseNotAllowed(["GET", "HEAD"])
    if ending not in endings(admin.model):
        raise Http404
    if not admin.has_view_permission(request):
        raise PermissionDenied
    try:
        chosen = admin.get_changelist_instance(request).queryset
    except IncorrectLookupParameters:
        name = f"admin:lineage_{admin.opts.model_name}_changelist"
        return HttpResponseRedirect(f"{reverse(name)}?e=1")
    media, write = FORMS[ending]
    name = f"{admin.opts.model_name}-{timezone.localdate():%Y-%m-%d}.{ending}"
    return HttpResponse(
        write(chosen),
        content_type=media,
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
