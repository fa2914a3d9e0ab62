"""The history of one row, to be read: of a name, a citation, a waiver."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise
from typing import Any

from django.contrib.admin.utils import display_for_value, unquote
from django.core.exceptions import ObjectDoesNotExist, PermissionDenied
from django.db.models import BooleanField, Field, ForeignKey, Model
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.text import capfirst
from django.views.decorators.http import require_safe
from simple_history.admin import SimpleHistoryAdmin

from lineage.admin.forms import words
from lineage.exchange.wholes import whole_of
from lineage.models import Waiver
from lineage.models.fields import EDTFField, derived_fields
from lineage.models.keeping import FIRST


def record_to_read(admin: Any, request: HttpRequest, object_id: str) -> Any:
    """The record of an address, where the reader may see it."""
    obj = admin.get_object(request, unquote(object_id))
    if obj is None:
        raise Http404(f"There is no {admin.opts.verbose_name} with this number.")
    if not admin.has_view_permission(request, obj):
        raise PermissionDenied
    return obj


class RowHistory(SimpleHistoryAdmin):
    """The versions of one row. What it is a part of has a history that can be put back."""

    object_history_list_template = "admin/lineage/history_list.html"

    def revert_disabled(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return True

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        obj = record_to_read(self, request, object_id)
        context: dict[str, Any] = {"first": FIRST}
        if not isinstance(obj, Waiver):
            whole = whole_of(obj)
            opts = whole._meta
            address = f"admin:{opts.app_label}_{opts.model_name}_history"
            context |= {"whole": whole, "whole_history": reverse(address, args=[whole.pk])}
        return super().history_view(request, object_id, context | (extra_context or {}))

    def set_history_delta_changes(
        self, request: HttpRequest, historical_records: Iterable[Any], **kwargs: Any
    ) -> None:
        versions = list(historical_records)
        for newer, older in pairwise(versions):
            delta = newer.diff_against(older, foreign_keys_are_objs=True)
            context = self.get_historical_record_context_helper(request, newer)
            newer.history_delta_changes = context.context_for_delta_changes(delta)

    @method_decorator(require_safe)
    def history_form_view(
        self,
        request: HttpRequest,
        object_id: str,
        version_id: str,
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """A record as it stood, to be read."""
        obj = record_to_read(self, request, object_id)
        versions = self.model.history.filter(**{self.opts.pk.attname: obj.pk})
        try:
            version = get_object_or_404(
                versions._select_related_history_tracked_objs().select_related("history_user"),
                pk=int(version_id),
            )
        except ValueError:
            raise Http404 from None
        context = {
            **self.admin_site.each_context(request),
            "title": f"As it stood: {obj}",
            "opts": self.opts,
            "object": obj,
            "version": version,
            "first": FIRST,
            "rows": [(capfirst(field.verbose_name), said) for field, said in _stood(version)],
            "media": self.media,
        }
        return TemplateResponse(request, "admin/lineage/version.html", context)


def _stood(version: Any) -> Iterable[tuple[Field, str]]:
    derived = {field.name for field in derived_fields(version.instance_type)}
    for field in version.tracked_fields:
        if field.name in derived or field.primary_key or not field.editable:
            continue
        if isinstance(field, ForeignKey):
            key = getattr(version, field.attname)
            try:
                said = str(getattr(version, field.name) or "")
            except ObjectDoesNotExist:
                said = f"deleted since (number {key})"
        elif isinstance(field, EDTFField):
            said = words(getattr(version, field.name))
        elif field.choices:
            said = str(getattr(version, f"get_{field.name}_display")())
        elif isinstance(field, BooleanField):
            said = "Yes" if getattr(version, field.name) else "No"
        else:
            said = display_for_value(getattr(version, field.name), "")
        yield field, said
