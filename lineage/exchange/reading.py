"""Reading the records of a document as rows."""

from __future__ import annotations

from collections import defaultdict
from functools import cached_property
from typing import Any

from lineage.exchange.rows import Key, Lists, Row
from lineage.models import (
    Account,
    Affiliation,
    ChangeEvent,
    ChangeKind,
    Citation,
    CountryPeriod,
    Fact,
    Identifier,
    Link,
    Name,
    Organisation,
    Source,
    Status,
    Succession,
)


class Reader:
    """Collects rows; a key that the document leaves out leaves the record as it is."""

    def __init__(self) -> None:
        self.rows: list[Row] = []
        self.lists = Lists()
        self._whole = True

    def read(self, name: str, where: str, entry: dict[str, Any], *, whole: bool = True) -> None:
        """The rows of one entry of a list; ``whole`` is false where parts of it are left out."""
        self._whole = whole
        {
            "sources": self._source,
            "organisations": self._organisation,
            "events": self._event,
            "affiliations": self._affiliation,
        }[name](where, entry)

    def placeholder(self, name: str, where: str, entry: Any) -> None:
        """So that nothing else is faulted for pointing to an entry that has faults of its own."""
        models: dict[str, Any] = {
            "sources": Source,
            "organisations": Organisation,
            "events": ChangeEvent,
        }
        key = entry.get("id") if isinstance(entry, dict) else None
        if name in models and isinstance(key, str):
            row = self._row(where, models[name], slug=key)
            row.unread.update(column.name for column in models[name]._meta.concrete_fields)

    def _row(self, where: str, model: Any, **fields: Any) -> Row:
        row = Row(where, model, fields)
        self.rows.append(row)
        return row

    def _complete(self, model: Any, column: str, owner: Key) -> None:
        if self._whole:
            self.lists.complete(model, column, owner)

    def _source(self, where: str, entry: dict[str, Any]) -> None:
        given = {name: entry[name] for name in entry if name != "id"}
        row = self._row(where, Source, slug=entry["id"], **given)
        row.defaults["title"] = entry["id"]

    def _organisation(self, where: str, entry: dict[str, Any]) -> None:
        own = (entry["id"],)
        plain = ("name", "unnamed", "kind", "founded", "dissolved", "active", "summary")
        fields = {name: entry[name] for name in plain if name in entry}
        fields["status"] = entry.get("status", Status.PUBLISHED)
        self._row(where, Organisation, slug=entry["id"], **fields)
        self._countries(where, own, entry)
        for name, model, make in (
            ("names", Name, self._name),
            ("facts", Fact, self._fact),
        ):
            if name in entry:
                self._complete(model, "organisation", own)
                for part in entry[name]:
                    make(where, own, part)
        for name, plain_model in (("identifiers", Identifier), ("links", Link)):
            if name in entry:
                self._complete(plain_model, "organisation", own)
                for part in entry[name]:
                    self._row(where, plain_model, organisation=own, **part)
        self._citations(where, "organisation", own, entry)
        self._accounts(where, "subject", own, entry)

    def _countries(self, where: str, own: Key, entry: dict[str, Any]) -> None:
        """``country_periods`` holds those with dates, ``countries`` all of them.

        Where one of the two is left out, what stands of it is kept.
        """
        if "countries" not in entry and "country_periods" not in entry:
            return
        standing = self._standing_countries[own[0]]
        periods = [
            (period["country"], _period(period)) for period in entry.get("country_periods", [])
        ]
        codes = entry.get("countries", [country for country, since, until in standing])
        if "country_periods" not in entry:
            periods = [
                (country, {"since": since, "until": until})
                for country, since, until in standing
                if country in codes and (since or until)
            ]
        self._complete(CountryPeriod, "organisation", own)
        for country, period in periods:
            self._row(where, CountryPeriod, organisation=own, country=country, **period)
        dated = {country for country, _period in periods}
        undated = {country for country, period in periods if not period["since"]}
        undated_too = {country for country, since, until in standing if not since} - undated
        for code in dict.fromkeys(codes):
            if code not in dated or code in undated_too:
                self._row(where, CountryPeriod, organisation=own, country=code, since="", until="")

    @cached_property
    def _standing_countries(self) -> dict[str, list[tuple[str, str, str]]]:
        found = defaultdict(list)
        rows = CountryPeriod.objects.order_by("country", "since")
        for slug, *period in rows.values_list("organisation__slug", "country", "since", "until"):
            found[slug].append(tuple(period))
        return found

    def _name(self, where: str, own: Key, part: dict[str, Any]) -> None:
        row = self._row(
            where,
            Name,
            organisation=own,
            text=part["text"],
            language=part.get("language") or "",
            kind=part.get("kind", "official"),
            **_period(part),
        )
        self._citations(where, "name", row.key, part)

    def _fact(self, where: str, own: Key, part: dict[str, Any]) -> None:
        row = self._row(
            where,
            Fact,
            organisation=own,
            kind=part["kind"],
            text=part.get("text", ""),
            number=part.get("number"),
            **_period(part),
        )
        self._citations(where, "fact", row.key, part)

    def _event(self, where: str, entry: dict[str, Any]) -> None:
        own = (entry["id"],)
        plain = ("kind", "manner", "title", "date", "summary", "complete")
        fields = {name: entry[name] for name in plain if name in entry}
        fields["status"] = entry.get("status", Status.PUBLISHED)
        self._row(where, ChangeEvent, slug=entry["id"], **fields)
        self._complete(Succession, "event", own)
        for edge in entry["successions"]:
            self._row(
                where,
                Succession,
                event=own,
                predecessor=(edge["predecessor"],),
                successor=(edge["successor"],),
                predecessor_continues=edge.get(
                    "predecessor_continues", entry["kind"] == ChangeKind.SPLIT
                ),
                successor_existed=edge.get("successor_existed", False),
                principal=edge.get("principal", False),
            )
        self._accounts(where, "event", own, entry)
        self._citations(where, "event", own, entry)

    def _affiliation(self, where: str, entry: dict[str, Any]) -> None:
        row = self._row(
            where,
            Affiliation,
            organisation=(entry["organisation"],),
            body=(entry["body"],),
            role=entry.get("role", "section"),
            since=entry.get("from") or "",
            **({"until": entry["to"]} if "to" in entry else {}),
            status=entry.get("status", Status.PUBLISHED),
        )
        self._citations(where, "affiliation", row.key, entry)

    def _accounts(self, where: str, column: str, own: Key, entry: dict[str, Any]) -> None:
        if "accounts" not in entry:
            return
        self._complete(Account, column, own)
        for part in entry["accounts"]:
            claimant = part.get("organisation")
            row = self._row(
                where,
                Account,
                **{"event": None, "subject": None, column: own},
                claimant=part["claimant"],
                organisation=(claimant,) if claimant else None,
                text=part["text"],
            )
            self._citations(where, "account", row.key, part)

    def _citations(self, where: str, target: str, key: Key, entry: dict[str, Any]) -> None:
        if "citations" not in entry:
            return
        self._complete(Citation, target, key)
        for part in entry["citations"]:
            self._row(
                where,
                Citation,
                **{target: key},
                source=(part["source"],),
                statement=part.get("statement", ""),
                locator=part.get("locator", ""),
                value=part.get("value") or "",
                note=part.get("note", ""),
            )


def _period(entry: dict[str, Any]) -> dict[str, Any]:
    return {"since": entry.get("from") or "", "until": entry.get("to") or ""}
