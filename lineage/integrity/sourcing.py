"""What sources can't bear, or don't yet: warnings, each can be waived with a reason."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from lineage.dates import surely_before
from lineage.integrity.audit import WARNING, Finding, Record, reference, rule
from lineage.models.fields import readable

DATED = {"organisation": ("founded", "dissolved"), "event": ("date",)}
# Of which date of its record a statement tells. What a change was about, and between whom, an
# older source can know as well.
TOLD_OF = {
    "organisation": {"founded": "founded", "dissolved": "dissolved", "active": "active"},
    "event": {"": "date", "date": "date", "kind": "date", "manner": "date"},
    "name": {"": "since", "since": "since", "until": "until"},
    "affiliation": {"": "since", "since": "since", "until": "until"},
    "fact": {"": "since", "since": "since", "until": "until"},
}


@rule("unsourced-date", WARNING, gap=True)
def _unsourced_date(record: Record) -> Iterator[Finding]:
    """Where nothing is cited at all, ``missing-source`` says so."""
    cited: dict[tuple[str, int], set[str]] = defaultdict(set)
    for citation in record.citations:
        target = citation.target
        cited[target, getattr(citation, f"{target}_id")].add(citation.statement)
    for target, rows in (("organisation", record.organisations), ("event", record.events)):
        for key, row in rows.items():
            supported = cited[target, key]
            for name in DATED[target]:
                text = getattr(row, name)
                if text and supported and not supported & {name, ""}:
                    day = readable(text)
                    yield (
                        reference(row),
                        f"No source is cited for its {name} ({day.words if day else text}).",
                        f"Cite one for the statement “{name}”, or for the whole record.",
                    )


@rule("source-before-event", WARNING)
def _source_before_event(record: Record) -> Iterator[Finding]:
    early: dict[tuple[str, str, str, str], list[str]] = defaultdict(list)
    for citation in record.citations:
        row: Any = getattr(citation, citation.target)
        name = TOLD_OF.get(citation.target, {}).get(citation.statement)
        year = readable(citation.source.year)
        if row is None or name is None or year is None:
            continue
        told = readable(getattr(row, name))
        if name == citation.statement:  # then this is a date, too: what the source itself says
            told = readable(citation.value) or told
        if told and surely_before(year, told):
            key = (reference(row), citation.source.slug, year.words, told.words)
            early[key].append(citation.statement)
    for (where, source, published, when), statements in early.items():
        what = " and ".join(f"its {one}" if one else "it" for one in statements)
        yield (
            where,
            f"{source} ({published}) is cited for {what}, and is older than that ({when}).",
            "Correct a date, say what this source gives for it, or cite another.",
        )
