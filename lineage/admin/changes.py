"""The page on which a change is entered: a split into three is one form."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Model, Q, QuerySet
from django.forms.formsets import DELETION_FIELD_NAME
from django.http import HttpRequest, HttpResponse

from lineage import dates, integrity
from lineage.admin.filters import CitedFilter
from lineage.admin.forms import PartsFormSet
from lineage.admin.history import WholeHistory
from lineage.admin.inlines import CitationInline, EventAccountInline
from lineage.admin.merging import Mergeable
from lineage.admin.publication import PublishedOneByOne
from lineage.admin.records import RecordAdmin, RecordInline, words
from lineage.graph import Edge
from lineage.models import ChangeEvent, ChangeKind, Organisation, Succession
from lineage.models.derivation import edges_of


class SuccessionFormSet(PartsFormSet):
    """The edges of one event, checked as they will stand together."""

    def clean(self) -> None:
        rows = [form for form in self.forms if self._will_stand(form)]
        if not rows and not any(form.errors for form in self.forms):
            raise ValidationError(
                "Say who led to whom: a change has at least one body before and one after.",
                code="no-succession",
            )
        if self._refuse_repeated(rows):
            return
        super().clean()
        if not any(form.errors for form in rows):
            own = self._edges(rows)
            integrity.refuse_circles([*own, *self._edges_beside(rows)], self.instance.slug)

    def _will_stand(self, form: Any) -> bool:
        return not (self.can_delete and form.cleaned_data.get(DELETION_FIELD_NAME)) and bool(
            form.instance.predecessor_id and form.instance.successor_id
        )

    def _refuse_repeated(self, rows: list[Any]) -> bool:
        seen = set()
        repeated = False
        for form in rows:
            pair = (form.instance.predecessor_id, form.instance.successor_id)
            if pair in seen:
                repeated = True
                form.add_error(
                    "successor",
                    ValidationError(
                        "“%(pair)s” stands in two rows. Say it once.",
                        code="repeated",
                        params={"pair": form.instance},
                    ),
                )
            seen.add(pair)
        return repeated

    def _edges(self, rows: list[Any]) -> list[Edge]:
        event = self.instance
        try:
            when = dates.parse(event.date) if event.date else None
        except dates.DateError:
            when = None
        return [
            Edge(
                event.slug,
                edge.predecessor.slug,
                edge.successor.slug,
                event.kind,
                when.earliest if when else None,
                when.latest if when else None,
                edge.predecessor_continues,
                edge.successor_existed,
                edge.principal,
                disputed=event.manner == "disputed",
            )
            for edge in (form.instance for form in rows)
        ]

    def _edges_beside(self, rows: list[Any]) -> list[Edge]:
        """The edges of other events in the families that these rows join."""
        families = {
            body.family
            for form in rows
            for body in (form.instance.predecessor, form.instance.successor)
        }
        return edges_of(
            Succession.objects.order_by()
            .exclude(event_id=self.instance.pk)
            .filter(Q(predecessor__family__in=families) | Q(successor__family__in=families))
        )


class SuccessionInline(RecordInline):
    model = Succession
    formset = SuccessionFormSet
    fields = (
        "predecessor",
        "successor",
        "predecessor_continues",
        "successor_existed",
        "principal",
    )
    verbose_name = "succession"
    verbose_name_plural = "who led to whom"

    def get_extra(self, request: HttpRequest, obj: Model | None = None, **kwargs: Any) -> int:
        return 0 if obj is not None and obj.pk else 3


class ChangeEventAdmin(Mergeable, PublishedOneByOne, WholeHistory, RecordAdmin):
    """One change: its kind and date, and the bodies before and after."""

    list_display = ("told", "when", "kind", "manner", "complete", "status")
    list_filter = ("status", "kind", "manner", "complete", CitedFilter)
    search_fields = ("title", "slug")
    search_help_text = "Its title, its id, or a body that it changed."
    prepopulated_fields = {"slug": ("title",)}
    readonly_fields = ("dates_in_words",)
    fieldsets = [
        (None, {"fields": ["kind", "date", "dates_in_words", "manner", "title", "slug"]}),
        (None, {"fields": ["complete", "status", "summary"]}),
    ]
    inlines = (SuccessionInline, EventAccountInline, CitationInline)

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """The kind that the page of a body asks for: ``?kind=split&before=17``."""
        kind = request.GET.get("kind", "")
        return {"kind": kind} if kind in ChangeKind.values else {}

    def get_formset_kwargs(
        self, request: HttpRequest, obj: ChangeEvent, inline: Any, prefix: str
    ) -> dict[str, Any]:
        kwargs = super().get_formset_kwargs(request, obj, inline, prefix)
        if request.method == "GET" and isinstance(inline, SuccessionInline) and not obj.pk:
            kwargs["initial"] = _first_row(request)
        return kwargs

    def changelist_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        request.with_bodies = True  # type: ignore[attr-defined]
        return super().changelist_view(request, *args, **kwargs)

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        queryset = super().get_queryset(request)
        if getattr(request, "with_bodies", False):
            return queryset.prefetch_related("successions__predecessor", "successions__successor")
        return queryset

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet, search_term: str
    ) -> tuple[QuerySet, bool]:
        if not search_term.strip():
            return queryset, False
        own, _duplicates = super().get_search_results(request, queryset, search_term)
        bodies = Organisation.objects.matching(search_term).values("pk")
        touched = Succession.objects.filter(Q(predecessor__in=bodies) | Q(successor__in=bodies))
        return queryset.filter(
            Q(pk__in=own.order_by().values("pk")) | Q(pk__in=touched.values("event"))
        ), False

    @admin.display(description="change", ordering="title")
    def told(self, obj: ChangeEvent) -> str:
        """Its title, else its bodies: "A → B, C"."""
        if obj.title:
            return obj.title
        edges = obj.successions.all()
        before, after = (
            ", ".join(dict.fromkeys(getattr(edge, side).name for edge in edges))
            for side in ("predecessor", "successor")
        )
        return f"{before} → {after}" if edges else obj.slug

    @admin.display(description="date", ordering="date_earliest")
    def when(self, obj: ChangeEvent) -> str:
        return words(obj.date)


def _first_row(request: HttpRequest) -> list[dict[str, Any]]:
    """The row that a new change begins with: the body from whose page it is recorded."""
    row: dict[str, Any] = {}
    for side, field in (("before", "predecessor"), ("after", "successor")):
        key = request.GET.get(side, "")
        if key.isascii() and key.isdigit() and len(key) < 19:
            body = Organisation.objects.filter(pk=int(key)).first()
            if body is not None:
                row[field] = body.pk
    if row and request.GET.get("kind") == ChangeKind.SPLIT:
        row["predecessor_continues"] = True
    return [row] if row else []


class SuccessionAdmin(RecordAdmin):
    """All edges in one list, to be read: they are changed with their event, which checks them."""

    list_display = ("predecessor", "successor", "event", "when", "principal")
    list_display_links = ("event",)
    list_filter = ("principal", "predecessor_continues", "successor_existed")
    list_select_related = ("predecessor", "successor", "event")
    search_fields = ("predecessor__folded", "successor__folded", "event__title", "event__slug")
    fields = (
        "event",
        "predecessor",
        "successor",
        "predecessor_continues",
        "successor_existed",
        "principal",
    )
    actions = None
    proposable = False

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        context = {**(extra_context or {}), "show_delete": False}
        return super().change_view(request, object_id, form_url, context)

    def delete_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        # The permission to delete is there for the deletion of the event.
        raise PermissionDenied

    @admin.display(description="date", ordering="event__date_earliest")
    def when(self, obj: Succession) -> str:
        return words(obj.event.date)


PAGES = {ChangeEvent: ChangeEventAdmin, Succession: SuccessionAdmin}
