"""The filters beside the lists."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest

from lineage import countries
from lineage.models import Citation, CountryPeriod


class CountryFilter(admin.SimpleListFilter):
    """By a country in which a body is recorded."""

    title = "country"
    parameter_name = "country"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        codes = CountryPeriod.objects.order_by().values_list("country", flat=True).distinct()
        return sorted(
            ((code, countries.NAMES.get(code, code)) for code in codes), key=lambda pair: pair[1]
        )

    def queryset(self, request: HttpRequest, queryset: Any) -> QuerySet:
        return queryset.in_country(self.value()) if self.value() else queryset


class CitedFilter(admin.SimpleListFilter):
    """By whether a source is cited for it."""

    title = "source"
    parameter_name = "cited"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("yes", "Cited"), ("no", "None cited")]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        if self.value() not in ("yes", "no"):
            return queryset
        target = queryset.model._meta.get_field("citations").field.name
        cited = Exists(Citation.objects.filter(**{target: OuterRef("pk")}))
        return queryset.filter(cited if self.value() == "yes" else ~cited)
