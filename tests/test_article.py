"""The article that the record began with: all that it states of organisations stands, and is cited.

What it states is listed in ``article.yaml``; the fixtures are read as text, without a database.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from lineage.exchange.parsing import parse_yaml
from lineage.models.source import TARGETS

pytestmark = pytest.mark.whole

LIST = Path(__file__).with_name("article.yaml")
PARTS = ("bodies", "dates", "names", "changes", "affiliations", "facts", "disputes")
# What a row is found by, of the models that the list speaks of; citations stand apart.
KEYS = {
    "organisation": ("slug",),
    "changeevent": ("slug",),
    "succession": ("event", "predecessor", "successor"),
    "fact": ("organisation", "kind", "text", "since"),
}


def parsed(text: str) -> Any:
    faults: list[Any] = []
    value = parse_yaml(text.encode(), "", faults)
    assert faults == []
    return value


STATED = parsed(LIST.read_text(encoding="utf-8"))
SECTIONS: dict[str, dict[str, Any]] = STATED["sections"]


def rows(source: str, wanted: set[str]) -> Iterator[tuple[str, dict[str, Any]]]:
    """The rows of the fixtures that cite a source, or are of what is wanted.

    Parsing the whole takes long, and a row that names none of them is none of them.
    """
    model = re.compile(rf"\{{?model: lineage\.({'|'.join(KEYS)})\b")
    chosen = []
    for path in sorted((settings.BASE_DIR / "fixtures").glob("*.yaml")):
        for row in ("\n" + path.read_text(encoding="utf-8")).split("\n- ")[1:]:
            known = model.match(row)
            if (known and not wanted.isdisjoint(re.findall(r'"([^"]+)"', row))) or (
                row.startswith("{model: lineage.citation,") and f'source: ["{source}"]' in row
            ):
                chosen.append(row)
    for row in parsed("- " + "\n- ".join(chosen)):
        yield row["model"].removeprefix("lineage."), row["fields"]


def one(value: Any) -> Any:
    return value[0] if isinstance(value, list) else value


class Record:
    """What the record holds of the bodies and events of the list, and cites the article for."""

    def __init__(self) -> None:
        self.rows: dict[str, dict[tuple[str, ...], dict[str, Any]]] = defaultdict(dict)
        # Section and sort of record → what is cited → its field → what the article says of it, or
        # nothing where that is what the record holds.
        self.cited: dict[tuple[str, str], dict[tuple[str, ...], dict[str, list[str]]]] = {}
        self.sections: set[str] = set()
        wanted = {
            slug
            for stated in SECTIONS.values()
            for slug in [
                *stated.get("bodies", []),
                *stated.get("changes", {}),
                *(fact[0] for fact in stated.get("facts", [])),
            ]
        }
        for model, fields in rows(STATED["source"], wanted):
            if model == "citation":
                [target] = [name for name in TARGETS if name in fields]
                self.sections.add(fields["locator"])
                self.cited.setdefault((fields["locator"], target), {}).setdefault(
                    tuple(fields[target]), {}
                ).setdefault(fields.get("statement", ""), []).append(fields.get("value", ""))
            else:
                key = tuple(one(fields.get(name, "")) for name in KEYS[model])
                self.rows[model][key] = fields

    def says(self, section: str, target: str, slug: str, field: str) -> list[str]:
        """What the article says of a field there; nothing where it isn't cited."""
        model = {"event": "changeevent"}.get(target, target)
        here = self.rows[model].get((slug,), {}).get(field, "")
        fields = self.cited.get((section, target), {}).get((slug,), {})
        return [value or here for value in fields.get(field, [])]


@pytest.fixture(scope="module")
def record() -> Record:
    return Record()


def missing(record: Record, section: str) -> Iterator[str]:
    """What is listed of a section and not held, or held and not cited with that section."""
    stated = SECTIONS[section]
    cited = {target: record.cited.get((section, target), {}) for target in TARGETS}
    for slug in stated.get("bodies", []):
        if (slug,) not in record.rows["organisation"] or (slug,) not in cited["organisation"]:
            yield f"body {slug}"
    for slug, dates in stated.get("dates", {}).items():
        for field, date in dates.items():
            if date not in record.says(section, "organisation", slug, field):
                yield f"{slug}, {field} {date}"
    for slug, names in stated.get("names", {}).items():
        given = {key[3] for key in cited["name"] if key[0] == slug}
        yield from (f"{slug}, named {name}" for name in names if name not in given)
    for slug, change in stated.get("changes", {}).items():
        yield from (f"change {slug}: {told}" for told in amiss(record, section, slug, change))
    for organisation, role, body, since in stated.get("affiliations", []):
        if (organisation, body, role, since) not in cited["affiliation"]:
            yield f"{organisation}, {role} of {body} from “{since}”"
    yield from (str(fact) for fact in stated.get("facts", []) if not told(record, section, *fact))
    for dispute in stated.get("disputes", []):
        if not disputed(cited[dispute[0]], *dispute[1:]):
            yield str(dispute)


def told(
    record: Record, section: str, slug: str, kind: str, since: str, text: str, *number: int
) -> bool:
    """Whether one fact, and one alone, is what is listed, and cited."""
    found = [
        key
        for key in record.cited.get((section, "fact"), {})
        if (key[0], key[1], key[3]) == (slug, kind, since) and key[2].startswith(text)
    ]
    held = [record.rows["fact"].get(key, {}).get("number") for key in found]
    return len(found) == 1 and list(number) in ([], held)


def disputed(cited: dict[tuple[str, ...], dict[str, list[str]]], about: str, *said: str) -> bool:
    """Whether an account (by whom) or a reading (of which field, what) is held and cited."""
    if len(said) == 1:
        return any(about in key[:2] and key[2] == said[0] for key in cited)
    field, value = said
    return value in cited.get((about,), {}).get(field, [])


def amiss(record: Record, section: str, slug: str, change: dict[str, Any]) -> Iterator[str]:
    """What is listed of a change and is told otherwise, or not cited."""
    held = record.rows["changeevent"].get((slug,))
    if held is None or (slug,) not in record.cited.get((section, "event"), {}):
        yield "none, or not cited"
        return
    for field in ("kind", "manner"):
        if field in change and held.get(field) != change[field]:
            yield f"{field} {change[field]}"
    if "manner" in change and not record.says(section, "event", slug, "manner"):
        yield "manner not cited"
    if "date" in change and change["date"] not in record.says(section, "event", slug, "date"):
        yield f"date {change['date']}"
    for part in change["parts"]:
        if (slug, *part.split(" > ")) not in record.rows["succession"]:
            yield part


@pytest.mark.parametrize("section", SECTIONS)
def test_what_a_section_states_is_held_and_cited(record, section):
    assert set(SECTIONS[section]) <= set(PARTS)
    assert list(missing(record, section)) == []


def test_each_citation_names_a_section_of_the_article(record):
    assert record.sections == set(SECTIONS)
    assert record.sections.isdisjoint(STATED["silent"])


def test_what_is_cited_from_it_is_listed(record):
    """A citation that the list doesn't know is in the list's wrong, or in the record's."""
    unlisted = []
    for (section, target), keys in record.cited.items():
        stated = SECTIONS.get(section, {})
        known = {
            "organisation": set(stated.get("bodies", [])),
            "event": {*stated.get("changes", {}), *(at[1] for at in stated.get("disputes", []))},
            "affiliation": {(at[0], at[2]) for at in stated.get("affiliations", [])},
            "fact": {(at[0], at[1]) for at in stated.get("facts", [])},
            "name": set(stated.get("names", {})),
            "account": {at[1] for at in stated.get("disputes", [])},
        }[target]
        for key in keys:
            short = key[0] if target in {"organisation", "event", "name"} else key[:2]
            if target == "account":
                short = key[0] or key[1]
            if short not in known:
                unlisted.append((section, target, *key))
    assert unlisted == []


def test_it_is_as_large_as_it_was():
    """Nothing is dropped from the list to make it hold."""
    together: dict[str, set[str]] = defaultdict(set)
    for stated in SECTIONS.values():
        for part in ("bodies", "changes"):
            together[part].update(stated.get(part, []))
        for part in ("affiliations", "facts", "disputes"):
            together[part].update(str(entry) for entry in stated.get(part, []))
    assert len(together["bodies"]) >= 101
    assert len(together["changes"]) >= 41
    assert len(together["affiliations"]) >= 47
    assert len(together["facts"]) >= 140
    assert len(together["disputes"]) >= 45
