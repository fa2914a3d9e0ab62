"""What all pages of the desk share: autocomplete, words for dates, safe look-ups."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.widgets import RelatedFieldWidgetWrapper
from django.db.models import Field, ForeignKey, Model, Q, QuerySet
from django.http import HttpRequest, HttpResponse

from lineage import countries, dates
from lineage.admin import (
    citing,
    colliding,
    exporting,
    findings,
    importing,
    previewing,
    proposing,
)
from lineage.admin.deleting import dependants
from lineage.admin.forms import (
    KnownSelect,
    PartsFormSet,
    RecordForm,
    dates_as_read,
    field_in_words,
    words,
)
from lineage.admin.publication import SENTENCE, Guarded, may_change
from lineage.admin.reasons import reason_of
from lineage.admin.row_history import RowHistory
from lineage.admin.trying import trial_of
from lineage.models import Correction, Status
from lineage.models.fields import EDTFField
from lineage.models.keeping import occasion
from lineage.text import fold


def period(record: Any) -> str:
    """The span of a record with ``since`` and ``until``, in words."""
    try:
        start, end = (dates.parse(text) if text else None for text in (record.since, record.until))
    except dates.DateError:
        return " – ".join(filter(None, (record.since, record.until)))
    return dates.span_words(start, end)


class InWords(Guarded):
    """Form fields for admins and inlines: dates as typed, relations by autocomplete."""

    form = RecordForm

    def formfield_for_dbfield(self, db_field: Field, request: HttpRequest, **kwargs: Any) -> Any:
        field: Any = field_in_words(db_field) or super().formfield_for_dbfield(
            db_field, request, **kwargs
        )
        if isinstance(getattr(field, "widget", None), RelatedFieldWidgetWrapper):
            # One can add a body on the way; what exists is changed on its own page.
            field.widget.can_change_related = field.widget.can_delete_related = False
            field.widget.can_view_related = False
        return field

    def get_autocomplete_fields(self, request: HttpRequest) -> list[str]:
        return [
            field.name
            for field in self.model._meta.concrete_fields
            if isinstance(field, ForeignKey) and field.editable
        ]

    def formfield_for_foreignkey(
        self, db_field: ForeignKey, request: HttpRequest, **kwargs: Any
    ) -> Any:
        if db_field.name in self.get_autocomplete_fields(request):
            kwargs["widget"] = KnownSelect(db_field, self.admin_site)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)


class RecordInline(InWords, admin.TabularInline):
    """Parts of a record, on its page."""

    formset = PartsFormSet
    extra = 0

    def get_formset(self, request: HttpRequest, obj: Model | None = None, **kwargs: Any) -> Any:
        formset: Any = super().get_formset(request, obj, **kwargs)
        formset.form.user = request.user
        return formset

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).select_related(*self.get_autocomplete_fields(request))


class RecordAdmin(InWords, RowHistory):
    """A page for each record of one kind.

    What identifies it can't be changed once it exists; what is derived is never on the form. All
    that one request writes stands in the history as one change, with the reason typed in the form.
    """

    list_per_page = 50
    show_full_result_count = False
    change_list_template: Any = "admin/lineage/change_list.html"
    fixed: tuple[str, ...] = ("slug",)
    proposable = True  # what of it readers see can be changed by a proposal

    class Media:
        css = {"all": ("lineage/admin.css",)}

    # --- forms

    def get_form(
        self, request: HttpRequest, obj: Model | None = None, change: bool = False, **kwargs: Any
    ) -> Any:
        form: Any = super().get_form(request, obj, change, **kwargs)
        form.user = request.user
        form.shown_only = getattr(request, "shown_only", False)
        citing.put_beside(form, request, obj)
        return form

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> list[str]:
        fields = list(super().get_readonly_fields(request, obj))
        if getattr(request.user, "rehearses", False) and hasattr(obj, "status"):
            fields.append("status")  # a proposal is of what is published, and stays so
        if obj is not None:
            fields += [name for name in self.fixed if hasattr(obj, name)]
        return fields

    def get_fieldsets(self, request: HttpRequest, obj: Model | None = None) -> Any:
        fieldsets = super().get_fieldsets(request, obj)
        if obj is not None:
            return fieldsets
        told = set(self.readonly_fields)  # of nothing yet
        return [
            (title, {**options, "fields": fields})
            for title, options in fieldsets
            if (fields := [name for name in options["fields"] if name not in told])
        ]

    def get_prepopulated_fields(self, request: HttpRequest, obj: Model | None = None) -> Any:
        return {} if obj is not None else super().get_prepopulated_fields(request, obj)

    def get_view_on_site_url(self, obj: Any = None) -> str | None:
        published = getattr(obj, "status", None) == Status.PUBLISHED
        return obj.get_absolute_url() if published and hasattr(obj, "get_absolute_url") else None

    @admin.display(description="dates read as")
    def dates_in_words(self, obj: Any) -> str:
        fields = [field for field in self.opts.concrete_fields if isinstance(field, EDTFField)]
        read = [(field.verbose_name, words(getattr(obj, field.name))) for field in fields]
        return "; ".join(f"{name}: {said}" for name, said in read if said) or "No date is known."

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        read = dates_as_read(form)
        for formset in formsets:
            for row in formset.forms:
                if row.has_changed() and row not in formset.deleted_forms:
                    read += [f"{row.instance}, {said}" for said in dates_as_read(row)]
        if read and previewing.AT not in request.POST:
            self.message_user(request, f"Read as: {'; '.join(read)}.", messages.INFO)

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        obj = kwargs.get("obj")
        context["reason"] = reason_of(request)
        if not may_change(request.user, obj):
            context["locked"] = SENTENCE
        if obj is not None and trial_of(request) is None:
            # A form that was refused leaves what was typed in the record.
            stood = obj if request.method != "POST" else self.model._default_manager.get(pk=obj.pk)
            context |= proposing.beside(self, request, stood)
            if self.proposable and self.has_change_permission(request, stood):
                formsets = context["inline_admin_formsets"]
                context["opened"] = request.POST.get(colliding.OPENED) or colliding.opened(
                    stood, formsets
                )
            context |= findings.beside(request, obj)
        if obj is not None and hasattr(obj, "get_absolute_url"):
            context["notes"] = Correction.objects.waiting(obj.get_absolute_url())
        if obj is not None:
            context |= citing.beyond(context["adminform"].form, request, obj)
        if any(
            inline.opts.opts.model_name == "countryperiod"
            for inline in context["inline_admin_formsets"]
        ) or (self.opts.model_name == "countryperiod"):
            context["countries"] = sorted(countries.NAMES.values())
        return super().render_change_form(request, context, *args, **kwargs)

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        if request.method == "POST" and previewing.AT in request.POST:
            return previewing.preview(self, request, object_id, extra_context or {})
        answer = partial(super().changeform_view, request, object_id, form_url, extra_context)
        with occasion(reason_of(request)):
            if request.method == "POST" and object_id is not None and self.proposable:
                return colliding.save(self, request, object_id, answer)
            return answer()

    def delete_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        with occasion(reason_of(request)):
            return super().delete_view(request, *args, **kwargs)

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        holding = dependants(objs)
        return ([], {}, set(), holding) if holding else super().get_deleted_objects(objs, request)

    def response_add(self, request: HttpRequest, obj: Any, post_url_continue: Any = None) -> Any:
        if trial := trial_of(request):
            trial.obj = obj
            return HttpResponse()
        findings.tell_after_saving(self, request, obj)
        return super().response_add(request, obj, post_url_continue)

    def response_change(self, request: HttpRequest, obj: Any) -> Any:
        if trial := trial_of(request):
            trial.obj = obj
            return HttpResponse()
        findings.tell_after_saving(self, request, obj)
        return super().response_change(request, obj)

    def get_urls(self) -> list[Any]:
        return [*exporting.urls(self), *proposing.urls(self), *super().get_urls()]

    # --- lists

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        context = {
            **(extra_context or {}),
            "import_link": importing.link(self, request),
            "export_links": exporting.links(self, request),
        }
        with occasion(reason_of(request)):  # of what an action of the list does
            return super().changelist_view(request, context)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet, search_term: str
    ) -> tuple[QuerySet, bool]:
        """Every word in one of the fields; in a folded one without regard to accents."""
        for word in search_term.replace("\0", " ").split():
            found = Q()
            for name in self.search_fields:
                found |= Q(**{f"{name}__icontains": fold(word) if "folded" in name else word})
            queryset = queryset.filter(found)
        return queryset, False

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest | None = None) -> bool:
        """Only the filters that stand beside the list: anything else could cost what it likes."""
        allowed = set()
        for entry in self.get_list_filter(request) if request else self.list_filter:
            if isinstance(entry, str):
                allowed.update({f"{entry}__exact", f"{entry}__isnull"})
            else:
                allowed.add(entry.parameter_name)
        return lookup in allowed
