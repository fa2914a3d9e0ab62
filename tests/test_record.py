"""The record itself: loaded whole, without an error, cited, and as large as it has been."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.core.management.color import no_style
from django.db import connection
from django.utils import timezone

from lineage import integrity
from lineage.chart import Poster
from lineage.exchange.document import import_document
from lineage.exchange.fixtures import load_fixtures
from lineage.models import ChangeEvent, CountryPeriod, Organisation, OrganisationKind, Source
from lineage.printing.paper import MOST_PIXELS, Paper
from lineage.reading import families
from lineage.reading.completeness import Completeness
from tests.test_export import export
from tests.test_import import everything, run
from tests.test_poster import faults

FIXTURES = settings.BASE_DIR / "fixtures"
FILES = sorted(FIXTURES.glob("*.yaml"))

# One process loads it, where the tests are shared out among several.
pytestmark = [pytest.mark.whole, pytest.mark.xdist_group("record"), pytest.mark.django_db]


@pytest.fixture(scope="module", autouse=True)
def loaded(django_db_setup, django_db_blocker) -> Iterator[None]:
    """The whole record, loaded once for all that follows; each test's own changes are undone."""
    with django_db_blocker.unblock():
        load_fixtures(FIXTURES)
    yield
    with django_db_blocker.unblock():
        empty()


def empty() -> None:
    """Empty all tables of the record at once, without a history of each row's end."""
    tables = [model._meta.db_table for model in apps.get_app_config("lineage").get_models()]
    connection.ops.execute_sql_flush(connection.ops.sql_flush(no_style(), tables))


@pytest.fixture(scope="module")
def measures(loaded, django_db_blocker) -> Completeness:
    with django_db_blocker.unblock():
        return Completeness()


def test_no_error_stands_in_it():
    assert integrity.check(severity=integrity.ERROR).problems == []


def test_no_source_is_missing():
    found = integrity.check(severity=integrity.WARNING).problems
    assert [str(problem) for problem in found if problem.rule == "missing-source"] == []


def test_all_of_it_is_published():
    assert Organisation.objects.count() == Organisation.objects.published().count()


def test_every_statement_is_cited(measures):
    whole = measures.whole()
    assert whole.tally.cited == whole.tally.statements
    assert whole.unsourced == []


def test_every_source_is_cited_and_can_be_found():
    assert [one.slug for one in Source.objects.filter(citations=None)] == []
    assert [one.slug for one in Source.objects.filter(url="")] == []


# A full stop after a word of two letters or more: "J. Posadas" does not end a sentence.
SENTENCE = re.compile(r"\w{2}[)'’”]?[.!?](?=\s|$)")


def test_every_international_and_every_body_of_more_than_two_changes_is_told_in_sentences(measures):
    """Two at least; where no source says more, the second says that."""
    changes = Counter(body for bodies in measures.bodies_of.values() for body in bodies)
    assert [
        one.slug
        for one in Organisation.objects.all()
        if (one.kind == OrganisationKind.INTERNATIONAL or changes[one.pk] > 2)
        and len(SENTENCE.findall(one.summary)) < 2
    ] == []


def test_a_date_that_is_one_of_several_is_cited_to_two_sources_or_to_one_that_doubts_itself():
    """Dates as ``[1966,1968]``: what each source gives stands in its citation."""
    contested = [(one, f) for one in Organisation.objects.all() for f in ("founded", "dissolved")]
    contested += [(one, "date") for one in ChangeEvent.objects.all()]
    alone = []
    for one, field in contested:
        if str(getattr(one, field)).startswith("["):
            cited = one.citations.filter(statement=field)
            if len({citation.source_id for citation in cited}) < 2 and not any(
                citation.note for citation in cited
            ):
                alone.append((one.slug, field))
    assert alone == []


# Organisations, each name of a body counted, and changes: nine tenths of what a family had in 2026.
# A correction may take some out; a slip takes out many.
FLOORS = {
    "GB": (183, 152),
    "FR": (109, 91),
    "US": (92, 79),
    "AR": (57, 33),
    "DE": (48, 37),
    "BR": (58, 37),
    "IE": (28, 19),
    "LK": (25, 24),
    "IN": (15, 10),
    "CA": (52, 35),
    "ES": (50, 35),
    "MX": (31, 19),
    "JP": (25, 21),
    "BE": (29, 18),
    "GR": (40, 27),
    "SE": (24, 19),
    "DK": (13, 7),
    "IT": (32, 25),
    "AU": (47, 35),
    "NZ": (12, 8),
    "ZA": (32, 19),
    "BO": (17, 10),
    "PE": (21, 12),
    "CL": (16, 9),
    "UY": (7, 1),
    "VE": (21, 9),
    "PT": (26, 16),
    "NL": (23, 13),
    "CH": (18, 10),
    "AT": (35, 27),
    "PL": (10, 5),
    "IL": (8, 4),
    "TR": (19, 11),
    "PK": (14, 8),
    "NG": (5, 2),
    "VN": (6, 2),
    "CN": (8, 5),
    "HK": (10, 8),
}


def test_no_family_is_smaller_than_it_was(measures):
    changes = {one.key: one.changes for one in measures.by_country()}
    rows = CountryPeriod.objects.order_by().values_list("country", "organisation").distinct()
    bodies = Counter(country for country, _organisation in rows)
    assert {
        country: (bodies[country], changes.get(country, 0))
        for country, (least, fewest) in FLOORS.items()
        if bodies[country] < least or changes.get(country, 0) < fewest
    } == {}


def test_the_whole_is_no_smaller_than_it_was(measures):
    whole = measures.whole()
    internationals = Organisation.objects.filter(kind=OrganisationKind.INTERNATIONAL).count()
    assert whole.bodies >= 1400  # counting a chain of names once
    assert whole.changes >= 1045
    assert internationals >= 84
    assert whole.dated >= 80  # per cent
    assert len(whole.tally.sources) >= 2680


def test_writing_it_gives_the_very_files(tmp_path):
    code, out, err = run("write_fixtures", str(tmp_path))
    assert (code, err) == (0, "")
    assert [line.partition(":")[0] for line in out.splitlines()] == [path.name for path in FILES]
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {
        path.name: path.read_bytes() for path in FILES
    }


def test_loading_it_again_leaves_it_as_it_is():
    before = everything()
    code, out, err = run("load_record")
    assert (code, err) == (0, "")
    assert out.splitlines()[:3] == ["added: nothing", "changed: nothing", "removed: nothing"]
    assert everything() == before


def test_its_document_comes_back_byte_for_byte():
    first = export()
    assert len(json.loads(first)["organisations"]) == Organisation.objects.count()
    empty()
    import_document(first)
    assert export() == first


def test_the_folder_holds_the_record_and_its_rules_alone():
    assert {path.suffix for path in FIXTURES.iterdir()} == {".yaml", ".md"}
    assert [path.name for path in FIXTURES.glob("*.md")] == [Path("README.md").name]


# on paper


@pytest.fixture(scope="module")
def poster(loaded, django_db_blocker) -> Poster:
    with django_db_blocker.unblock():
        return families.whole().poster(timezone.localdate(), "The whole movement")


def test_the_poster_holds_every_body_once_and_nothing_on_it_is_cut(poster):
    drawn = Counter(bar.id for block in poster.blocks() for bar in block.chart.bars)
    assert drawn == Counter(Organisation.objects.published().values_list("slug", flat=True))
    assert faults(poster) == []
    assert poster.width / poster.height == pytest.approx(2**0.5, rel=0.002)


def test_the_names_of_the_poster_can_be_read_on_a0_and_each_letter_has_a_glyph(poster):
    points_a_pixel = 1189 / 25.4 * 72 / poster.width
    assert 12 * points_a_pixel >= 6
    assert Paper.of(poster).lost() == {}
    assert poster.width * poster.height < MOST_PIXELS
