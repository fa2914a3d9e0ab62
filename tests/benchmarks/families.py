"""Made-up families for the chart: one connected lineage of any number of bodies.

As ``design/chart.md`` describes them: of the edges 60 % are splits, 20 % renames and 20 % mergers,
from 1900 to 2025, about 1.3 edges a body. A split leaves its body standing; a merger takes a body
into another that exists, one time in five only a part of it. ``dot`` crosses about as often on
them as that document says.
"""

from __future__ import annotations

import random
from datetime import date, timedelta

from lineage.chart import Body
from lineage.graph import Edge

FIRST, LAST = date(1900, 1, 1), date(2025, 12, 31)
SEEDS = range(5)
COUNTRIES = ("FR", "GB", "US", "AR", "DE")


def family(size: int, seed: int) -> tuple[list[Body], list[Edge]]:
    """``size`` bodies and their edges, the same for a seed on every machine."""
    chance = random.Random(size * 1000 + seed)  # noqa: S311
    span = (LAST - FIRST).days
    founded: dict[str, date] = {"b0": FIRST}
    ended: dict[str, date] = {}
    living = ["b0"]
    edges: list[Edge] = []
    while len(founded) < size:
        # One day after another; each body comes of 1.25 edges.
        day = FIRST + timedelta(days=min(1 + int(len(edges) / (1.25 * size) * span), span))
        kind = chance.choices(("split", "rename", "merger"), (60, 20, 20))[0]
        if len(living) < 3:
            kind = "split"
        before, after = chance.choice(living), ""
        if kind == "merger":
            before, after = chance.sample(living, 2)
        stays = kind == "split" or (kind == "merger" and chance.random() < 0.2)
        existed = bool(after)
        if not existed:
            after = f"b{len(founded)}"
            founded[after] = day
            living.append(after)
        edges.append(
            Edge(
                f"e{len(edges)}", before, after, kind, day, day,
                predecessor_continues=stays, successor_existed=existed,
            )
        )  # fmt: skip
        if not stays:
            living.remove(before)
            ended[before] = day
    bodies = [
        Body(
            name,
            f"Organisation {name[1:]}",
            short=f"O{name[1:]}",
            countries=(chance.choice(COUNTRIES),),
            founded=(day, day),
            dissolved=(ended[name], ended[name]) if name in ended else None,
            living=name not in ended,
            years=str(day.year),
            url=f"/organisation/{name}/",
        )
        for name, day in founded.items()
    ]
    return bodies, edges
