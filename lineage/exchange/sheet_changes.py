"""Reading rows that each give an edge of a change: those of one change come together."""

from __future__ import annotations

import re
from typing import Any

from lineage.exchange.cell_values import a_date, a_flag, one_of, plain, tried
from lineage.exchange.given import Entry, Given
from lineage.exchange.naming import free, id_of
from lineage.exchange.rows import Key, shown
from lineage.exchange.sheet_reader import SheetReader, known, prose
from lineage.models import ChangeEvent, ChangeKind, Manner, Status, Succession


class ChangeRows(SheetReader):
    """An edge a row."""

    def read(self) -> Given:
        groups: dict[Any, list[tuple[Entry, str | None, str | None]]] = {}
        for entry in self.given.entries:
            before = entry.take("before", self.bodies.find, field="predecessor")
            after = entry.take("after", self.bodies.find, field="successor")
            for name, field in (("before", "predecessor"), ("after", "successor")):
                if name not in entry.cells and field not in entry.unread:
                    entry.fault(name, "It is empty. Write the id or the name.", field=field)
            entry.label = " → ".join(entry.cells.get(one, "?") for one in ("before", "after"))
            groups.setdefault(self._group(entry, before, after), []).append((entry, before, after))
        for edges in groups.values():
            self._change(edges)
        return self.given

    def _group(self, entry: Entry, before: str | None, after: str | None) -> Any:
        """By what the rows of one change are known: its id, or kind, date and the one body."""
        if "id" in entry.cells:
            return entry.cells["id"]
        kind = tried(one_of(ChangeKind), entry.cells.get("kind", ""))
        date = tried(a_date, entry.cells.get("date", ""))
        if kind is None or (before is None and after is None):
            return (entry.number,)
        hub = after if kind == ChangeKind.MERGER else before
        return (kind, date, hub) if hub else (entry.number,)

    def _change(self, edges: list[tuple[Entry, str | None, str | None]]) -> None:
        first = edges[0][0]
        fields = self._event_fields([entry for entry, _before, _after in edges])
        slug = self._event_of(edges, fields)
        if len(edges) > 1:
            self.given.groups.append({entry.where for entry, _before, _after in edges})
        if slug is None:
            for entry, _before, _after in edges:
                entry.row(Succession).unread.update(("event", "predecessor", "successor"))
                self.cite(entry, "event", None)
            return
        standing = self.events.by_id.get(slug)
        fields["summary"] = prose(fields.get("summary"), standing)
        fields["kind"] = fields.get("kind") or (standing.kind if standing else None)
        for entry, before, after in edges:
            row = entry.row(
                Succession,
                event=(slug,),
                **known(
                    predecessor=(before,) if before else None,
                    successor=(after,) if after else None,
                    predecessor_continues=entry.take("predecessor_continues", a_flag),
                    successor_existed=entry.take("successor_existed", a_flag),
                    principal=entry.take("principal", a_flag),
                ),
            )
            row.defaults["predecessor_continues"] = fields["kind"] == ChangeKind.SPLIT
        row = first.row(ChangeEvent, slug=slug, **known(**fields))
        row.defaults["status"] = Status.DRAFT
        cited: set[Key] = set()
        for entry, _before, _after in edges:
            self.cite(entry, "event", (slug,), cited)

    def _event_fields(self, entries: list[Entry]) -> dict[str, Any]:
        """What the rows of one change say of it; where two differ, the later is at fault."""
        fields: dict[str, Any] = {}
        said: dict[str, Entry] = {}
        converts = {
            "kind": one_of(ChangeKind), "date": a_date, "manner": one_of(Manner),
            "title": plain, "summary": plain, "complete": a_flag,
        }  # fmt: skip
        for entry in entries:
            for name, convert in converts.items():
                value = entry.take(name, convert)
                if value is None:
                    continue
                if name in fields and fields[name] != value:
                    other = said[name]
                    entry.fault(
                        name,
                        f"“{shown(entry.cells[name])}” differs from “{shown(other.cells[name])}” "
                        f"in {other.where}, which is of the same change. Make the two the same.",
                    )
                elif name not in fields:
                    fields[name], said[name] = value, entry
        return fields

    def _event_of(
        self, edges: list[tuple[Entry, str | None, str | None]], fields: dict[str, Any]
    ) -> str | None:
        """The id of the change that rows are of; a new one where it is of none that stands."""
        first = edges[0][0]
        if "id" in first.cells:
            return first.cells["id"]
        kind = fields.get("kind")
        found = {
            slug: None
            for _entry, before, after in edges
            if kind and before and after
            for slug in self.events.with_edge(kind, before, after)
        }
        dated = [slug for slug in found if self.events.by_id[slug].date == fields.get("date", "")]
        found = dict.fromkeys(dated) if dated and len(found) > 1 else found
        if len(found) > 1:
            for entry, _before, _after in edges:
                entry.fault("id", f"This could be {' or '.join(found)}. Write the id.")
            return None
        if found:
            return next(iter(found))
        ends = next(((before, after) for _e, before, after in edges if before and after), None)
        if not ends or not kind:
            return free(f"new-{first.number}", self.taken)  # at fault, and never written
        year = re.search(r"[0-9]{4}", fields.get("date", ""))
        years = [year[0]] if year else []
        wanted = id_of(*ends, *years)
        return self.new_id(first, tuple(entry.where for entry, *_ends in edges), wanted, kind)
