"""The principal lines of a family as nested lists, and the HTML that says them.

Written here for the reason that the drawing is: a template takes a tenth of a millisecond for a
body, and a chart of the movement has more than a thousand.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from html import escape
from typing import Any

from lineage.graph import Edge
from lineage.models import Organisation
from lineage.reading.families import Family, Opens
from lineage.reading.homonyms import Homonyms, beside
from lineage.reading.moments import when


@dataclass(slots=True)
class Branch:
    """A body in the nested lists: by which edge it came and when, what came of it, what else
    joined it, how many bodies next to it are hidden and where they are shown.
    """

    organisation: Organisation
    edge: Edge | None
    when: str = ""
    children: list[Branch] = field(default_factory=list)
    joined: list[tuple[str, Organisation]] = field(default_factory=list)
    more: int = 0
    more_url: str = ""

    @property
    def age(self) -> tuple[date, str]:
        """What orders it among its siblings: its first known day, or that of its branch."""
        known = (
            self.organisation.founded_earliest
            or (self.edge and self.edge.earliest)
            or self.organisation.founded_latest
            or min((child.age[0] for child in self.children), default=date.max)
        )
        return known, self.organisation.slug


def forest(family: Family, opens: Opens | None = None) -> list[Branch]:
    """The principal lines as trees, oldest first; every body stands once."""
    parents = family.lineage.parents
    births = _births(family)
    below: dict[str | None, list[str]] = defaultdict(list)
    for slug in family.organisations:
        parent = parents.get(slug)
        below[parent if parent in family.organisations else None].append(slug)

    branches: dict[str, Branch] = {}
    waiting = list(below[None])
    ordered = []
    while waiting:
        slug = waiting.pop()
        ordered.append(slug)
        waiting.extend(below.get(slug, ()))
    for slug in reversed(ordered):
        children = [branches[child] for child in below.get(slug, ())]
        edge = births.get((parents.get(slug), slug))
        branches[slug] = Branch(
            family.organisations[slug],
            edge,
            _when(family, edge) if edge else "",
            sorted(children, key=lambda branch: branch.age),
            _other_edges(family, slug, edge),
            sum(family.more.get(slug, ())),
            opens(slug) if opens and slug in family.more else "",
        )
    roots = [branches[slug] for slug in below[None]]
    return sorted(roots, key=lambda branch: branch.age)


def branch_of(family: Family, body: Organisation) -> Branch:
    """A body's own branch."""
    waiting = forest(family)
    while waiting:
        branch = waiting.pop()
        if branch.organisation.slug == body.slug:
            return branch
        waiting.extend(branch.children)
    return Branch(body, None)


def _births(family: Family) -> dict[tuple[str | None, str], Edge]:
    found: dict[tuple[str | None, str], Edge] = {}
    for edge in family.lineage.births:
        found.setdefault((edge.predecessor, edge.successor), edge)
    return found


def _when(family: Family, edge: Edge) -> str:
    return when(family.dates.get(edge.event, ""))


def _other_edges(family: Family, slug: str, own: Edge | None) -> list[tuple[str, Organisation]]:
    """What came into a body beside its principal line: how in words, and which body."""
    return [
        (_came(family, edge, own), family.organisations[edge.predecessor])
        for edge in family.lineage.preceding.get(slug, ())
        if edge != own and edge.predecessor in family.organisations
    ]


def _came(family: Family, edge: Edge, own: Edge | None) -> str:
    date = "" if own and own.event == edge.event else _when(family, edge)
    part = " part of" if edge.predecessor_continues and edge.kind == "merger" else ""
    if edge.successor_existed and edge.kind == "merger":
        return f"joined{date} by{part}"
    return f"it also came{date} from{part}"


def write(branches: Iterable[Branch], apart: Homonyms, here: str = "") -> str:
    """The items of a list, with lists in them. ``here`` is the id of the body that is current.

    Without recursion: a line may be a hundred bodies deep.
    """
    return "".join(_items(branches, apart, here))


def _items(branches: Iterable[Branch], apart: Homonyms, here: str) -> Iterator[str]:
    waiting: list[Any] = list(branches)[::-1]
    while waiting:
        branch = waiting.pop()
        if isinstance(branch, str):
            yield branch
            continue
        yield _line(branch, apart, here)
        if not (branch.joined or branch.children):
            yield "</li>\n"
            continue
        yield "<ul>\n"
        for how, other in branch.joined:
            yield (
                f'<li class="elsewhere"><span class="how">{how}</span> {_link(other, apart)}</li>\n'
            )
        waiting.append("</ul></li>\n")
        waiting.extend(reversed(branch.children))


def _line(branch: Branch, apart: Homonyms, here: str) -> str:
    edge, body = branch.edge, branch.organisation
    disputed = edge is not None and edge.disputed
    text = '<li class="disputed">' if disputed else "<li>"
    text += _link(body, apart, here)
    if edge:
        text += (
            f' <span class="how"><a href="/events/{escape(edge.event)}/">{edge.kind}</a>'
            f"{branch.when}</span>"
        )
    if disputed:
        text += ' <span class="tag disputed">disputed</span>'
    if branch.more_url:
        text += (
            f' <a class="how hidden-kin" href="{escape(branch.more_url)}">'
            f"{branch.more} more next to it</a>"
        )
    return text


def _link(body: Organisation, apart: Homonyms, here: str = "") -> str:
    current = ' aria-current="page"' if here and body.slug == here else ""
    years = escape(beside(body, apart))
    link = f'<a href="{escape(body.get_absolute_url())}"{current}>{escape(body.name)}</a>'
    return f'{link} <span class="years">{years}</span>' if years else link
