"""A county-year on the calendar grid, beside an indexed loop and good SQL, with equal answers.

    python bench/engine.py [--quick] [--plan] [--county FOLDER]

Prints readable lines and, last, one line of JSON. Ratios are of CPU seconds (all threads) in one
run, start-up and the making of the data left out: `county_year_vs_oracle` (goal at least 15) and
`county_year_vs_sql` (at least 2) say how many times the grid is faster; `exponent` is that of its
cost against the number of counties (at most 1.05), `floor_ratio` its cost in reads of the four
fact columns (at most 10), `peak_mb` the memory of a process that goes through the counties one
after the other. The goals in time are measured by bench/demo_county on a whole invented county:
今日 with its loading (`today_ms`, at most 20) and after a fact (`fact_to_today_p99_ms`, 50), a
township's month (`township_month_ms`, 150), the county's page in a new process (`county_cold_s`,
1.5) and once more (`county_cached_ms`, 100). The county is made for it unless FOLDER, which
`bangfu demo` made, is given; it is copied first. --quick leaves these out without a FOLDER.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from bench.county_year.data import AS_OF, YEAR, county_year, handbook
from bench.county_year.loop import Loop
from bench.county_year.sql import Answer, Peer

from bangfu.core.periods import day_number
from bangfu.core.results import State
from bangfu.core.rules import Handbook
from bangfu.engine.duties import owed
from bangfu.engine.obligations import Owed
from bangfu.engine.scores import Board, boards
from bangfu.engine.tables import Tables

MONTHS = [date(2017, month, 15) for month in range(1, 13)]
COUNTIES = 30
ALONE = 7


class Grid:
    """The engine; `answer` computes everything anew."""

    def __init__(self, rules: Handbook, tables: Tables) -> None:
        self.rules, self.tables = rules, tables

    def answer(self) -> None:
        """Obligations with evidence and streaks, scores with ranks, and steps."""
        self.owed: Owed = owed(self.rules, self.tables, as_of=AS_OF, within=YEAR)
        self.boards: list[Board] = boards(
            self.rules, self.tables, "monthly", days=MONTHS, as_of=AS_OF, known=self.owed
        )
        self.bottom = np.concatenate([_bottom(one) for one in self.boards])
        contact = self.owed.rule == self.owed.rules.index("contact")
        undone = self.owed.person[contact & (self.owed.state == State.OVERDUE)]
        persons, count = np.unique(undone, return_counts=True)
        self.overdue = dict(zip(persons[count >= 4], count[count >= 4], strict=True))

    def checksums(self) -> Answer:
        """What must be equal, computed after the clock has stopped."""
        found: Answer = {}
        sums = np.concatenate([[0], np.cumsum(self.owed.facts)])
        facts = np.diff(self.owed.offsets), np.diff(sums[self.owed.offsets])
        for number, rule in enumerate(self.owed.rules):
            for state in State:
                rows = (self.owed.rule == number) & (self.owed.state == state)
                if rows.any():
                    columns = (self.owed.need, self.owed.got, self.owed.person, *facts)
                    found[f"{rule}/{int(state)}"] = tuple(
                        float(one)
                        for one in (rows.sum(), *(column[rows].sum() for column in columns))
                    )
        points = sum(float(one.points.sum()) for one in self.boards)
        return {
            **found,
            "streak": (float(self.owed.streak.sum()),),
            "score": (
                float(sum(len(one.holders) for one in self.boards)),
                round(points, 3),
                float(sum(one.rank.sum() for one in self.boards)),
            ),
            "bottom": (float(len(self.bottom)), float(self.bottom.sum())),
            "overdue": (float(len(self.overdue)), float(sum(self.overdue.values()))),
        }


def _bottom(one: Board) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    edge = np.sort(one.rank)[-3:][0] if len(one.rank) else 0
    return one.holders[(one.rank >= edge) & (one.rank > 1)]


def cpu(run: Callable[[], object], times: int) -> float:
    """The median of the CPU seconds that a call takes, all threads together."""
    spent = []
    for _ in range(times):
        start = time.process_time()
        run()
        spent.append(time.process_time() - start)
    return statistics.median(spent)


def floor(tables: Tables, times: int) -> float:
    """CPU seconds of reading the four columns of the year's facts from Parquet."""
    with tempfile.TemporaryDirectory() as folder:
        for kind, table in tables.facts.items():
            columns = {"fact": table.fact, "subject": table.subject, "day": table.day,
                       "performer": table.performer}  # fmt: skip
            pq.write_table(pa.table(columns), Path(folder) / f"{kind}.parquet", compression="zstd")
        files = sorted(Path(folder).iterdir())
        return cpu(lambda: [pq.read_table(file) for file in files], times)


def stream(rules: Handbook, counties: int) -> float:
    """CPU seconds of so many counties, one after the other, each new to the processor's caches; the
    making of each, and another before them that warms up, are left out.
    """
    Grid(rules, county_year(counties)).answer()
    return sum(cpu(Grid(rules, county_year(number)).answer, 1) for number in range(counties))


def measured_apart(counties: int) -> dict[str, float]:
    """`stream` in a process of its own, with its peak of memory."""
    command = [sys.executable, __file__, "--stream", str(counties)]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run(command, check=True, capture_output=True, text=True, env=environment)
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


def peak() -> float:
    """The most memory that this process has held, in MB.

    From /proc, since `ru_maxrss` starts with that of the process that started this one.
    """
    status = Path("/proc/self/status").read_text("utf-8")
    (line,) = (one for one in status.splitlines() if one.startswith("VmHWM:"))
    return int(line.split()[1]) / 1024


def one_helper(rules: Handbook, tables: Tables) -> float:
    """Milliseconds of one helper's month from his own rows, as his page asks for it."""
    helper = tables.assignments["helper"]
    person = int(helper.person[0])
    mine = np.isin(helper.subject, helper.subject[helper.person == person])
    contact = tables.facts["contact"]
    known = np.isin(contact.subject, helper.subject[mine]) & (
        contact.day >= day_number(date(2017, 11, 1))
    )
    small = Tables(
        AS_OF,
        {"contact": type(contact)(contact.fact[known], contact.subject[known], contact.day[known],
                                  contact.performer[known])},
        {},
        {"helper": type(helper)(helper.id[mine], helper.person[mine], helper.subject[mine],
                                helper.start[mine], helper.end[mine])},
        {},
        {},
    )  # fmt: skip
    month = type(YEAR)(date(2017, 12, 1), date(2018, 1, 1))
    spent = []
    for _ in range(200):
        start = time.perf_counter()
        owed(rules, small, as_of=AS_OF, within=month, persons={person})
        spent.append(time.perf_counter() - start)
    return 1000 * statistics.median(spent)


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--quick", action="store_true", help="3 counties instead of 30, no loop")
    options.add_argument("--plan", action="store_true", help="print the peer's plan and stop")
    options.add_argument("--county", type=Path, help="a county that `bangfu demo` made")
    options.add_argument("--stream", type=int, help=argparse.SUPPRESS)
    given = options.parse_args()
    rules = handbook()
    if given.stream:
        spent = stream(rules, given.stream)
        print(json.dumps({"cpu_s": spent, "peak_mb": peak()}))
        return
    tables = county_year()
    peer = Peer(rules, tables)
    if given.plan:
        print(peer.plan())
        return
    print(f"load {os.getloadavg()[0]:.1f}, {os.cpu_count()} cores")
    figures = report(rules, tables, peer, quick=given.quick)
    print(json.dumps(figures | pages(given.county, quick=given.quick)))


def pages(county: Path | None, *, quick: bool) -> dict[str, float | None]:
    """The goals in time, measured in a process of its own on a copy of a whole county."""
    names = ("today_ms", "fact_to_today_p99_ms", "township_month_ms", "county_cold_s",
             "county_cached_ms")  # fmt: skip
    if county is None and quick:
        return dict.fromkeys(names)
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "county"
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
        if county is None:
            make = [sys.executable, "-m", "bangfu", "demo", "--no-serve", "--data", str(copy)]
            subprocess.run(make, check=True, stdout=subprocess.DEVNULL, env=environment)
        else:
            shutil.copytree(county, copy)
        done = subprocess.run(
            [sys.executable, "-m", "bench.demo_county.measure"], check=True, text=True,
            stdout=subprocess.PIPE, env={**environment, "BANGFU_DATA": str(copy)},
        )  # fmt: skip
    *lines, last = done.stdout.splitlines()
    print("\n".join(lines))
    found: dict[str, float | None] = json.loads(last)
    return found


def report(rules: Handbook, tables: Tables, peer: Peer, *, quick: bool) -> dict[str, float | None]:
    """Run the peers against the same county, compare their answers, print the ratios."""
    grid = Grid(rules, tables)
    grid.answer()  # start-up is left out of every figure
    own = cpu(grid.answer, 5)
    print(f"grid   {own:8.3f} s CPU: {len(grid.owed)} obligations, {len(grid.owed.facts)} facts")
    peer.answer()
    sql = cpu(peer.answer, 3)
    same(grid.checksums(), peer.checksums(), "SQL")
    print(f"SQL    {sql:8.3f} s CPU: {sql / own:.1f} times the grid")
    figures: dict[str, float | None] = {"county_year_vs_oracle": None}
    if not quick:
        loop = Loop(rules, tables)
        slow = cpu(loop.answer, 1)
        same(grid.checksums(), loop.checksums(), "loop")
        print(f"loop   {slow:8.3f} s CPU: {slow / own:.1f} times the grid")
        figures["county_year_vs_oracle"] = round(slow / own, 2)
    least = floor(tables, 5)
    print(f"floor  {least:8.3f} s CPU to read the four columns: the grid takes {own / least:.1f}")
    # Of one county several processes: a single half second tells too little.
    counties = 3 if quick else COUNTIES
    alone = [measured_apart(1) for _ in range(ALONE)]
    many = measured_apart(counties)
    few = {name: statistics.median(one[name] for one in alone) for name in many}
    exponent = math.log(many["cpu_s"] / few["cpu_s"]) / math.log(counties)
    print(f"1 county {few['cpu_s']:.3f} s, {few['peak_mb']:.0f} MB; "
          f"{counties} counties {many['cpu_s']:.3f} s, {many['peak_mb']:.0f} MB")  # fmt: skip
    print(f"one helper's month {one_helper(rules, tables):.2f} ms")
    return figures | {
        "county_year_vs_sql": round(sql / own, 2),
        "exponent": round(exponent, 3),
        "floor_ratio": round(own / least, 2),
        "peak_mb": round(many["peak_mb"], 1),
    }


def same(own: Answer, other: Answer, name: str) -> None:
    """Stop if two answers differ."""
    for key in sorted(own.keys() | other.keys()):
        if not np.allclose(own.get(key, ()), other.get(key, ()), rtol=0, atol=0.002):
            sys.exit(f"{name} differs from the grid in {key}: {other.get(key)} {own.get(key)}")
    print(f"       {name}: equal in {len(own)} checksums")


if __name__ == "__main__":
    main()
