"""What programs are told: which addresses there are, and which they may read."""

from __future__ import annotations

from typing import Any

from django.contrib.sitemaps import Sitemap
from django.contrib.sitemaps.views import sitemap as sitemap_view
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from lineage import countries
from lineage.graph import Lineage
from lineage.models import ChangeEvent, CountryPeriod, Organisation, OrganisationKind, Succession
from lineage.models.derivation import edges_of
from lineage.views.answers import BadQueryError, readable


@readable
def robots(request: HttpRequest) -> HttpResponse:
    """What programs may read: all but the desk."""
    lines = (
        "User-agent: *",
        f"Disallow: {reverse('admin:index')}",
        f"Disallow: {reverse('correct')}",
        f"Sitemap: {request.build_absolute_uri(reverse('sitemap'))}",
    )
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")


class _Pages(Sitemap):
    """The pages that belong to no record."""

    def items(self) -> list[str]:
        return ["home", "tree", "organisations", "events", "sources", "completeness", "search",
                "related"]  # fmt: skip

    def location(self, item: str) -> str:
        return reverse(item)


class _Organisations(Sitemap):
    def items(self) -> Any:
        rows = Organisation.objects.published().order_by("slug")
        return rows.values_list("slug", flat=True)

    def location(self, item: str) -> str:
        return reverse("organisation", args=[item])


class _Trees(_Organisations):
    """One tree a family: that of its first body."""

    def items(self) -> Any:
        slugs = Organisation.objects.published().order_by("slug").values_list("slug", flat=True)
        edges = edges_of(Succession.objects.published().order_by())
        return [min(family) for family in Lineage(edges).components(slugs)]

    def location(self, item: str) -> str:
        return reverse("organisation-tree", args=[item])


class _Sections(_Organisations):
    def items(self) -> Any:
        rows = Organisation.objects.published().filter(kind=OrganisationKind.INTERNATIONAL)
        return rows.order_by("slug").values_list("slug", flat=True)

    def location(self, item: str) -> str:
        return reverse("sections", args=[item])


class _Countries(Sitemap):
    def items(self) -> Any:
        seen = Organisation.objects.published()
        rows = CountryPeriod.objects.filter(organisation__in=seen, country__in=countries.NAMES)
        return rows.order_by("country").values_list("country", flat=True).distinct()

    def location(self, item: str) -> str:
        return reverse("country", args=[item])


class _Events(Sitemap):
    def items(self) -> Any:
        return ChangeEvent.objects.published().order_by("slug").values_list("slug", flat=True)

    def location(self, item: str) -> str:
        return reverse("event", args=[item])


SITEMAPS: dict[str, type[Sitemap[Any]] | Sitemap[Any]] = {
    "pages": _Pages,
    "countries": _Countries,
    "sections": _Sections,
    "trees": _Trees,
    "organisations": _Organisations,
    "events": _Events,
}


@readable
def sitemap(request: HttpRequest) -> HttpResponse:
    """Every page that readers may see (https://www.sitemaps.org)."""
    page = request.GET.get("p", "1")
    if not (page.isascii() and page.isdigit()):
        raise BadQueryError("The page of the sitemap is a number from 1.")
    answer = sitemap_view(request, SITEMAPS)
    answer.render()
    return HttpResponse(answer.content, content_type="application/xml")
