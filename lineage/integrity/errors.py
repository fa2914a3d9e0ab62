"""What can't be true or can't be stored: refuses a save and an import."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import chain

from django.core.exceptions import ValidationError

from lineage.integrity.audit import ERROR, Finding, Record, reference, rule
from lineage.integrity.rows import (
    CIRCLE_REMEDY,
    circle_sentence,
    end_before_beginning,
    end_before_founding,
)
from lineage.models import CountryPeriod, Fact, Name
from lineage.models.derivation import expected
from lineage.models.fields import derived_fields


def _by_fields(name: str) -> Callable[[Record], Iterator[Finding]]:
    def find(record: Record) -> Iterator[Finding]:
        for row, field, broken, sentence in record.field_faults:
            if broken == name:
                yield reference(row), f"Its {field} can’t stand.", sentence

    return find


for _name in (
    "date-unreadable",
    "control-characters",
    "unknown-kind",
    "unknown-country",
    "unknown-address",
    "malformed",
):
    rule(_name, ERROR)(_by_fields(_name))


@rule("self-edge", ERROR)
def _self_edge(record: Record) -> Iterator[Finding]:
    for edge in record.successions:
        if edge.predecessor_id == edge.successor_id:
            yield (
                reference(edge.event),
                f"{edge.predecessor.slug} is its own predecessor.",
                "Choose two bodies.",
            )


@rule("circle", ERROR, everywhere=True)
def _circle(record: Record) -> Iterator[Finding]:
    for circle in record.lineage.circles():
        yield f"organisation:{min(circle)}", circle_sentence(circle), CIRCLE_REMEDY


@rule("end-before-founding", ERROR)
def _end_before_founding(record: Record) -> Iterator[Finding]:
    for organisation in record.organisations.values():
        try:
            end_before_founding(organisation)
        except ValidationError as error:
            message = " ".join(error.messages)
            yield reference(organisation), message, "Correct its founding or its end."


@rule("end-before-beginning", ERROR)
def _end_before_beginning(record: Record) -> Iterator[Finding]:
    periods = (record.parts[model] for model in (Name, CountryPeriod, Fact))
    for row in chain(record.affiliations, *periods):
        try:
            end_before_beginning(row)
        except ValidationError as error:
            message = " ".join(error.messages)
            yield reference(row), message, "Correct its beginning or its end."


@rule("derived", ERROR, everywhere=True)
def _derived(record: Record) -> Iterator[Finding]:
    remedy = "Run manage.py check_lineage --repair."
    standing, should = expected()
    for key, organisation in record.organisations.items():
        if standing[key] != should[key]:
            family, parent = should[key]
            chief = record.organisations[parent].slug if parent else "none"
            message = (
                "Its family and principal predecessor are not those of its successions "
                f"(family {family}, predecessor {chief})."
            )
            yield reference(organisation), message, remedy
    for row in record.rows:
        for field in derived_fields(type(row)):
            if getattr(row, field.attname) != field.derive(getattr(row, field.source)):
                yield reference(row), f"Its {field.name} is not that of its {field.source}.", remedy
