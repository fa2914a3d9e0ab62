"""The history of a whole record: its versions, any two of them compared, one of them put back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import dateformat, timezone
from django.utils.decorators import method_decorator
from django.utils.html import format_html
from django.views.decorators.http import require_http_methods, require_safe

from lineage.admin.differing import Names, Told, in_words, told
from lineage.admin.reasons import reason_of
from lineage.admin.restoring import carried_out, restoration
from lineage.admin.row_history import RowHistory, record_to_read
from lineage.exchange.differences import differences
from lineage.exchange.versions import LOADED, NOW, Version, Versions, with_names
from lineage.models import Affiliation, ChangeEvent, Organisation, Source

PAGE_SIZE = 20
WHOLES: tuple[Any, ...] = (Organisation, ChangeEvent, Affiliation, Source)


@dataclass(frozen=True, slots=True)
class Shown:
    """A version as a page tells it: what it changed, by record."""

    version: Version
    when: str
    changes: list[Told]
    newest: bool


def when(version: Version) -> str:
    """Since when a version stood, in words."""
    if version.key == LOADED:
        return "As it was first loaded"
    if version.key == NOW or version.moment is None:
        return "As it stands, written past the history"
    return _at(version.moment, "j F Y, H:i:s")


def _at(moment: datetime, shape: str) -> str:
    return dateformat.format(timezone.localtime(moment), shape)


def told_versions(versions: Versions, shown: Sequence[Version]) -> list[Shown]:
    """Some versions that follow each other, newest first, with what each changed. Three queries."""
    every = versions.newest_first
    places = [every.index(version) for version in shown]
    older = {one.key: every[n + 1] for n, one in zip(places, shown, strict=True) if every[n + 1 :]}
    documents = versions.documents(
        [*(one.key for one in shown), *(one.key for one in older.values())]
    )
    names = Names([versions.present, *documents.values(), with_names(versions.gone.values())])
    found = []
    for version in shown:
        before = documents[older[version.key].key] if version.key in older else {}
        changes = [] if version.key == LOADED else differences(before, documents[version.key])
        found.append(Shown(version, when(version), in_words(changes, names), version is every[0]))
    return found


class WholeHistory(RowHistory):
    """For the admins of bodies, events, affiliations, sources: histories that can be put back."""

    def get_urls(self) -> list[Any]:
        opts = self.model._meta
        name = f"{opts.app_label}_{opts.model_name}"
        return [
            path(
                "<path:object_id>/history/compare/",
                self.admin_site.admin_view(self.compare_view),
                name=f"{name}_compare",
            ),
            path(
                "<path:object_id>/history/<str:version_id>/restore/",
                self.admin_site.admin_view(self.restore_view),
                name=f"{name}_restore",
            ),
            *super().get_urls(),
        ]

    @method_decorator(require_safe)
    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Every version, a page at a time, with what it changed."""
        obj = record_to_read(self, request, object_id)
        versions = Versions(self.model, obj.pk)
        page = Paginator(versions.newest_first, PAGE_SIZE).get_page(request.GET.get("page"))
        context = {
            "title": f"History: {obj}",
            "page": page,
            "shown": told_versions(versions, list(page)),
            "may_restore": self.has_change_permission(request, obj),
        }
        return self._answer(request, "history", obj, context)

    @method_decorator(require_safe)
    def compare_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Two versions side by side, whichever of them is the older."""
        obj = record_to_read(self, request, object_id)
        versions = Versions(self.model, obj.pk)
        pair = [_version(versions, request.GET.get(side, "")) for side in ("older", "newer")]
        newer, older = sorted(pair, key=versions.newest_first.index)
        documents = versions.documents([older.key, newer.key])
        before, after = documents[older.key], documents[newer.key]
        found = differences(before, after, expand=True)
        context = {
            "title": f"Two versions compared: {obj}",
            "older": older,
            "newer": newer,
            "before": when(older),
            "after": when(newer),
            "choices": [(version.key, _label(version)) for version in versions.newest_first],
            "differences": told(
                found, versions.present, after, before, with_names(versions.gone.values())
            ),
            "may_restore": self.has_change_permission(request, obj),
            "newest": versions.newest_first[0],
        }
        return self._answer(request, "compare", obj, context)

    @method_decorator(require_safe)
    def history_form_view(
        self,
        request: HttpRequest,
        object_id: str,
        version_id: str,
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """A record as it stood, with all that hung on it, to be read."""
        obj = record_to_read(self, request, object_id)
        versions = Versions(self.model, obj.pk)
        version = _version(versions, version_id)
        document = versions.documents([version.key])[version.key]
        found = differences({}, document, expand=True)
        context = {
            "title": f"As it stood: {obj}",
            "version": version,
            "when": when(version),
            "newest": versions.newest_first[0],
            "held": told(found, versions.present, document, with_names(versions.gone.values())),
            "may_restore": self.has_change_permission(request, obj),
        }
        return self._answer(request, "stood", obj, context)

    @method_decorator(require_http_methods(["GET", "HEAD", "POST"]))
    def restore_view(self, request: HttpRequest, object_id: str, version_id: str) -> HttpResponse:
        """What putting a version back would change; then it is put back."""
        obj = record_to_read(self, request, object_id)
        if not self.has_change_permission(request, obj):
            raise PermissionDenied
        versions = Versions(self.model, obj.pk)
        version = _version(versions, version_id)
        if version.deleted:
            raise Http404("In this version the record was deleted.")
        found = restoration(request.user, versions, versions.documents([version.key])[version.key])
        faults: list[str] = []
        if request.method == "POST" and found.told and not found.needed:
            if request.POST.get("seen") != found.seen:
                faults.append("The record was changed meanwhile. Look at what would change now.")
            elif carried_out(
                found, versions, version.key, reason=_reason(request, version), faults=faults
            ):
                return self._restored(request, obj, version)
        context = {
            "title": f"Restore: {obj}",
            "version": version,
            "when": when(version),
            "found": found,
            "faults": faults,
            "reason": reason_of(request),
        }
        return self._answer(request, "restore", obj, context)

    def _restored(self, request: HttpRequest, obj: Any, version: Version) -> HttpResponse:
        now = self.model._default_manager.filter(pk=obj.pk).first() or obj
        said = when(version)
        self.log_change(request, now, f"Restored: {said[0].lower()}{said[1:]}.")
        messages.success(request, f"“{now}” was restored: {said[0].lower()}{said[1:]}.")
        opts = self.opts
        return HttpResponseRedirect(
            reverse(f"admin:{opts.app_label}_{opts.model_name}_history", args=[obj.pk])
        )

    def response_delete(self, request: HttpRequest, obj_display: str, obj_id: Any) -> HttpResponse:
        answer = super().response_delete(request, obj_display, obj_id)
        address = reverse("admin:deleted_record", args=[self.opts.model_name, obj_id])
        messages.info(request, format_html('<a href="{}">Undo the deletion</a>', address))
        return answer

    def _answer(
        self, request: HttpRequest, template: str, obj: Any, context: dict[str, Any]
    ) -> HttpResponse:
        about = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "object": obj,
            "media": self.media,
        }
        return TemplateResponse(request, f"admin/lineage/{template}.html", about | context)


def _version(versions: Versions, key: str) -> Version:
    version = versions.find(key)
    if version is None:
        raise Http404("The record has no such version.")
    return version


def _label(version: Version) -> str:
    return ", ".join(filter(None, (when(version), version.user, version.reason)))


def _reason(request: HttpRequest, version: Version) -> str:
    """What the history says of it, which the time of the version begins."""
    since = "first loaded" if version.moment is None else f"on {_at(version.moment, 'Y-m-d H:i')}"
    return ": ".join(filter(None, (f"Restored as {since}", reason_of(request))))
