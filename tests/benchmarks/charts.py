"""How good and how fast charts are laid out: ``python -m tests.benchmarks.charts [--sizes …]``.

Families of :mod:`tests.benchmarks.families`, five of each size, drawn by this project, by Graphviz
``dot`` as it is and with bodies ranked by year, and by ELK layered with the partition by year
(npm's elkjs). All are judged by the definitions of ``design/chart.md``: of a peer, a body's lane is
the height at which the peer put it, its bar and its connectors stand at their true times.

``time`` is ours in this process, from bodies and edges to the text of the SVG, over the whole
process of plain ``dot``; both are medians of runs that take turns. ``length`` is over the better of
the two peers that keep to a time axis, when their heights are packed into lanes as ours are.
Overlaps and cut labels are counted from the text of the SVG.

Measured on two cores, Python 3.11, numba 0.68, Graphviz 2.43, means of five families
that nobody else used (but at 5,000):

    bodies  crossings    time  length
       150       0.47    0.81    0.80
       500       0.43    0.57    0.70
     1,000       0.58    0.14    0.68    dot by year took too long, ELK alone
     5,000          -  < 0.05       -    one family; dot was stopped after seven minutes

Crossings are over the best of the three peers, at 150 mostly dot by year. No label is cut and
nothing overlaps. One edit takes 0.17 of the time to lay out at 150, 0.14 at 500, 0.13 at 1,000,
0.29 at 5,000, and moves no bodies by more than one lane, but for one family of 150: there the new
bar costs two lanes, and three quarters of the bodies, all below it, stand two lanes lower in the
same order.
"""

from __future__ import annotations

import argparse
import gc
import json
import re
import shutil
import statistics
import subprocess
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

from lineage.chart import Body, Chart, draw, write
from lineage.chart.bodies import tidy
from lineage.chart.geometry import Bar, Connector, count_crossings
from lineage.chart.lanes import pack
from lineage.chart.lettering import text_width
from lineage.chart.order import Remembered, arrange_again, families
from lineage.chart.threads import weave
from lineage.chart.times import Timeline, timeline
from lineage.graph import Edge
from tests.benchmarks.families import SEEDS, family

TODAY = date(2026, 1, 1)
PATIENCE = 60  # seconds for one drawing of a peer
ROUNDS = 5  # of ours and dot's in turn
ELK = """
const ELK = require('elkjs');
const graph = JSON.parse(require('fs').readFileSync(0, 'utf8'));
new ELK().layout(graph).then(done => process.stdout.write(JSON.stringify(
  Object.fromEntries(done.children.map(child => [child.id, child.y])))));
"""
Heights = Mapping[str, float]


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description="Measure charts beside dot and ELK.")
    parser.add_argument("--sizes", type=int, nargs="*", default=[150, 500, 1000, 5000])
    parser.add_argument("--quick", action="store_true", help="beside plain dot alone")
    options = parser.parse_args()
    if shutil.which("dot") is None:
        raise SystemExit("Graphviz is missing: apt-get install graphviz")
    bodies, edges = family(150, 99)
    write(draw(bodies, edges, today=TODAY))  # loads the compiled loops
    gc.collect()
    gc.freeze()
    print("bodies seed   ours    dot by year    ELK  ratio    ours ms  dot ms  ratio  length ratio")
    with tempfile.TemporaryDirectory() as folder:
        elk = None if options.quick else _elk(Path(folder))
        for size in options.sizes:
            _size(size, elk, peers=not options.quick and size <= 1000)
        for size in options.sizes:
            _edits(size)


def _size(size: int, elk: Callable[..., Heights | None] | None, *, peers: bool) -> None:
    rows = []
    for seed in SEEDS if size <= 1000 else range(1):
        bodies, edges = family(size, seed)
        known, changes = tidy(bodies, edges)
        line = timeline(known, changes, TODAY)
        ours, theirs, heights, chart = [], [], None, None
        for _ in range(ROUNDS if size <= 1000 else 1):
            start = time.perf_counter()
            chart = draw(bodies, edges, today=TODAY)
            text = write(chart)
            ours.append(time.perf_counter() - start)
            start = time.perf_counter()
            heights = dot(bodies, edges)
            theirs.append(time.perf_counter() - start)
        _sound(chart, text)
        plain = crossings(heights, changes, line) if heights else None
        dated = {"dot": None, "elk": None}
        if peers:
            dated["dot"] = dot(bodies, edges, line) if size <= 500 else None
            dated["elk"] = elk(bodies, edges, line) if elk else None
        crossed = {name: crossings(h, changes, line) if h else None for name, h in dated.items()}
        lengths = [length(h, changes, line) for h in dated.values() if h]
        best = min((n for n in (plain, *crossed.values()) if n is not None), default=None)
        own, other = statistics.median(ours), statistics.median(theirs)
        row = (
            chart.geometry.crossings / best if best else None,
            own / other,
            (chart.geometry.length / min(lengths) if lengths else None),
        )
        rows.append(row)
        print(
            f"{size:6} {seed:4} {chart.geometry.crossings:6} {_n(plain):>6} {_n(crossed['dot']):>7}"
            f" {_n(crossed['elk']):>6}  {_r(row[0]):>5} {own * 1000:10.1f} {other * 1000:7.1f}"
            f"  {row[1]:5.2f}  {chart.geometry.length:6} {_r(row[2])}",
            flush=True,
        )
    means = [statistics.mean(r for r in column if r is not None) if any(column) else None
             for column in zip(*rows, strict=True)]  # fmt: skip
    print(
        f"{size:6} mean {'':31}{_r(means[0]):>6} {'':18}{_r(means[1]):>6}  {'':6} {_r(means[2])}\n"
    )


def _edits(size: int) -> None:
    """What one edit costs and moves: a split is added to a family that was laid out before."""
    shares, ratios, moved = [], [], []
    for seed in SEEDS:
        bodies, edges = family(size, seed)
        before = draw(bodies, edges, today=TODAY)
        old = bodies[size // 2]
        day = old.founded[0] if old.founded and old.founded[0] else TODAY
        new = Body("new", "New", founded=(day, day), living=True)
        edge = Edge("new", old.id, "new", "split", day, day, predecessor_continues=True)
        edited = [*bodies, new], [*edges, edge]
        again = draw(*edited, today=TODAY, before=before.order)
        lanes = {bar.id: bar.lane for bar in before.geometry.bars}
        shift = [bar.lane - lanes[bar.id] for bar in again.geometry.bars if bar.id in lanes]
        moved.append(sum(abs(by) > 1 for by in shift) / len(shift))
        shares.append(again.geometry.crossings / max(before.geometry.crossings, 1))
        afresh, after = [], []
        for _ in range(ROUNDS):
            afresh.append(_ordering(*edited, ()))
            after.append(_ordering(*edited, before.order))
        ratios.append(statistics.median(after) / statistics.median(afresh))
    print(
        f"{size:6} after one edit: {_r(statistics.mean(ratios))} of the time to lay out; "
        f"{_r(statistics.mean(moved))} of the bodies in a lane more than one from theirs; "
        f"{_r(statistics.mean(shares))} of the crossings"
    )


def _ordering(bodies: Sequence[Body], edges: Sequence[Edge], before: Remembered) -> float:
    """Seconds from threads to their order and lanes."""
    known, changes = tidy(bodies, edges)
    line = timeline(known, changes, TODAY)
    threads = weave(changes, line)
    room = {i: (thread.start, thread.end + 1) for i, thread in enumerate(threads.threads)}
    places = {body: (place, sign) for place, (body, sign) in enumerate(before)}
    start = time.perf_counter()
    kin = families(threads)
    pack(kin, [arrange_again(one, places) for one in kin], room)
    return time.perf_counter() - start


def _n(value: int | None) -> str:
    return "-" if value is None else str(value)


def _r(value: float | None) -> str:
    return "-" if value is None else f"{value:.2f}"


def dot(
    bodies: Sequence[Body], edges: Sequence[Edge], line: Timeline | None = None
) -> Heights | None:
    """Heights by Graphviz; ranked by year along ``line`` where it is given."""
    words = ["digraph g { rankdir=LR; node [shape=box, height=.2, width=.2, fixedsize=true];"]
    if line is not None:
        years: dict[str, list[str]] = defaultdict(list)
        for body in bodies:
            years[_year(line, body)].append(body.id)
        ordered = sorted(years)
        words.append(" -> ".join(f"y{year}" for year in ordered) + " [style=invis];")
        words += [f"{{ rank=same; y{year}; {'; '.join(years[year])} }}" for year in ordered]
    words += [f"{body.id};" for body in bodies]
    words += [f"{edge.predecessor} -> {edge.successor};" for edge in edges] + ["}"]
    try:
        done = subprocess.run(
            ["dot", "-Tplain"], input="\n".join(words), text=True, capture_output=True,
            timeout=PATIENCE, check=True,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return None
    nodes = (row.split() for row in done.stdout.splitlines() if row.startswith("node "))
    return {node[1]: float(node[3]) for node in nodes if not node[1].startswith("y")}


def _year(line: Timeline, body: Body) -> str:
    return str(int(line.spans[body.id].start))


def _elk(folder: Path) -> Callable[..., Heights | None]:
    """ELK layered, installed from npm into a folder of its own."""
    subprocess.run(
        ["npm", "install", "--silent", "--no-fund", "--no-audit", "elkjs@0.11"],
        cwd=folder, check=True,
    )  # fmt: skip

    def lay_out(bodies: Sequence[Body], edges: Sequence[Edge], line: Timeline) -> Heights | None:
        graph: dict[str, Any] = {
            "id": "root",
            "layoutOptions": {
                "elk.algorithm": "layered",
                "elk.direction": "RIGHT",
                "elk.partitioning.activate": "true",
            },
            "children": [
                {
                    "id": body.id, "width": 20, "height": 14,
                    "layoutOptions": {"elk.partitioning.partition": _year(line, body)},
                }
                for body in bodies
            ],
            "edges": [
                {"id": f"e{i}", "sources": [edge.predecessor], "targets": [edge.successor]}
                for i, edge in enumerate(edges)
            ],
        }  # fmt: skip
        try:
            done = subprocess.run(
                ["node", "-e", ELK], input=json.dumps(graph), text=True, capture_output=True,
                cwd=folder, timeout=PATIENCE, check=True,
            )  # fmt: skip
        except subprocess.TimeoutExpired:
            return None
        return json.loads(done.stdout)

    return lay_out


def crossings(heights: Heights, edges: Sequence[Edge], line: Timeline) -> int:
    """The crossings of a drawing with bodies at these heights, all else at its true time."""
    lane = _ranks(heights)
    bars = [Bar(name, lane[name], span.start, span.end) for name, span in line.spans.items()]
    return count_crossings(bars, _connectors(lane, edges, line))


def length(heights: Heights, edges: Sequence[Edge], line: Timeline) -> int:
    """The length of connectors when bodies, in the order of their heights, are packed into lanes.

    To the peers' favour: at their own heights, most of which one body has to itself, they are
    several times longer.
    """
    lane: dict[str, int] = {}
    placed: list[str] = []
    for name in sorted(heights, key=lambda name: (heights[name], name)):
        span = line.spans[name]
        own = 0
        for other in placed:
            beside = line.spans[other]
            if lane[other] >= own and beside.start < span.end and span.start < beside.end:
                own = lane[other] + 1
        lane[name] = own
        placed.append(name)
    return sum(abs(one.from_lane - one.to_lane) for one in _connectors(lane, edges, line))


def _ranks(heights: Heights) -> dict[str, int]:
    rank = {height: i for i, height in enumerate(sorted(set(heights.values())))}
    return {name: rank[height] for name, height in heights.items()}


def _connectors(lane: Mapping[str, int], edges: Sequence[Edge], line: Timeline) -> list[Connector]:
    return [
        Connector(edge.kind, edge.predecessor, edge.successor,
                  lane[edge.predecessor], lane[edge.successor], at)
        for edge, at in zip(edges, line.moments, strict=True)
    ]  # fmt: skip


def _sound(chart: Chart | None, text: str) -> None:
    """No bar lies on another, no label on another, none is cut: counted from the SVG."""
    assert chart is not None
    root = ET.fromstring(text)  # noqa: S314
    space = "{http://www.w3.org/2000/svg}"
    bars, labels, cut = [], [], 0
    for one in root.iter():
        if one.tag == f"{space}rect" and one.get("class") == "bar" and one.get("x"):
            x, y = float(one.get("x", 0)), float(one.get("y", 0))
            bars.append((x, y, x + float(one.get("width", 0)), y + float(one.get("height", 0))))
        elif one.tag == f"{space}text" and one.get("class") == "label":
            x, y = float(one.get("x", 0)), float(one.get("y", 0))
            words = [span.text or "" for span in one]
            cut += any(re.search("…$", word) is not None for word in words)
            wide = sum(text_width(word, 12) for word in words) + 4 * (len(words) - 1)
            cut += x < 0 or x + wide > chart.width or y > chart.height
            labels.append((x, y - 9, x + wide, y + 3))
    for what, boxes in (("bars", bars), ("labels", labels)):
        if found := _overlaps(boxes):
            print(f"   {found} overlaps of {what}")
    if cut:
        print(f"   {cut} cut labels")


def _overlaps(boxes: list[tuple[float, float, float, float]]) -> int:
    """Pairs that share ground, found along x."""
    found = 0
    boxes.sort()
    active: list[tuple[float, float, float, float]] = []
    for box in boxes:
        active = [other for other in active if other[2] > box[0] + 0.15]
        found += sum(other[1] < box[3] - 0.15 and box[1] < other[3] - 0.15 for other in active)
        active.append(box)
    return found


if __name__ == "__main__":
    main()
