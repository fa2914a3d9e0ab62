"""The readers' addresses: each page, and the same with .json."""

from django.urls import path

from lineage.views import (
    cards,
    completeness,
    events,
    moments,
    organisation,
    organisations,
    places,
    relating,
    search,
    site,
    sources,
    trees,
)

JSON = {"form": "json"}
SVG = {"form": "svg"}
NAMES = {"form": "names"}

urlpatterns = [
    path("", site.home, name="home"),
    path("index.json", site.home, JSON, name="home-json"),
    path("organisations/", organisations.organisations, name="organisations"),
    path("organisations.json", organisations.organisations, JSON, name="organisations-json"),
    path("organisations/<slug:slug>/", organisation.organisation, name="organisation"),
    path(
        "organisations/<slug:slug>.json", organisation.organisation, JSON, name="organisation-json"
    ),
    path("organisations/<slug:slug>/tree/", trees.tree, name="organisation-tree"),
    path("organisations/<slug:slug>/tree.svg", trees.tree, SVG, name="organisation-tree-svg"),
    path("organisations/<slug:slug>/tree.json", trees.tree, JSON, name="organisation-tree-json"),
    path(
        "organisations/<slug:slug>/tree/names.json",
        trees.tree,
        NAMES,
        name="organisation-tree-names-json",
    ),
    path("organisations/<slug:slug>/card/", cards.card, name="organisation-card"),
    path("tree/", trees.tree, name="tree"),
    path("tree.svg", trees.tree, SVG, name="tree-svg"),
    path("tree.json", trees.tree, JSON, name="tree-json"),
    path("tree/names.json", trees.tree, NAMES, name="tree-names-json"),
    path("events/", events.events, name="events"),
    path("events.json", events.events, JSON, name="events-json"),
    path("events/<slug:slug>/", events.event, name="event"),
    path("events/<slug:slug>.json", events.event, JSON, name="event-json"),
    path("search/", search.search, name="search"),
    path("search.json", search.search, JSON, name="search-json"),
    path("related/", relating.related, name="related"),
    path("related.json", relating.related, JSON, name="related-json"),
    path("on/", moments.any_date, name="any-date"),
    path("on/<str:when>/", moments.on, name="on"),
    path("on/<str:when>.json", moments.on, JSON, name="on-json"),
    path("changes/", moments.any_changes, name="any-changes"),
    path("changes/<str:since>/<str:until>/", moments.changes, name="changes"),
    path("changes/<str:since>/<str:until>.json", moments.changes, JSON, name="changes-json"),
    path("countries/<slug:code>/", places.country, name="country"),
    path("countries/<slug:code>.json", places.country, JSON, name="country-json"),
    path("internationals/<slug:slug>/sections/", places.sections, name="sections"),
    path("internationals/<slug:slug>/sections.json", places.sections, JSON, name="sections-json"),
    path("sources/", sources.sources, name="sources"),
    path("sources.json", sources.sources, JSON, name="sources-json"),
    path("sources/<slug:slug>/", sources.source, name="source"),
    path("sources/<slug:slug>.json", sources.source, JSON, name="source-json"),
    path("completeness/", completeness.completeness, name="completeness"),
    path("completeness.json", completeness.completeness, JSON, name="completeness-json"),
    path("export/lineage.json", site.export, name="export"),
    path("schema/lineage-1.json", site.schema, name="schema"),
]
