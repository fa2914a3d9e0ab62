"""The readers' addresses: each page, and the same with .json."""

from django.urls import path

from lineage.views import (
    cards,
    completeness,
    events,
    organisation,
    organisations,
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
    path("sources/", sources.sources, name="sources"),
    path("sources.json", sources.sources, JSON, name="sources-json"),
    path("sources/<slug:slug>/", sources.source, name="source"),
    path("sources/<slug:slug>.json", sources.source, JSON, name="source-json"),
    path("completeness/", completeness.completeness, name="completeness"),
    path("completeness.json", completeness.completeness, JSON, name="completeness-json"),
    path("export/lineage.json", site.export, name="export"),
    path("schema/lineage-1.json", site.schema, name="schema"),
]
