"""Who helps whom in the county: seconds, proof, memory, and what an office would do by hand.

    python bench/pairing.py [--quick]

Prints readable lines and, last, one line of JSON. `seconds` (goal at most 15), `gap` (0: proven
over all 47 million pairs) and `peak_mb` (under 1,000) are of one whole process; `vs_greedy` and
`vs_even` say how many times the plan's cost the nearest-first and the spread-evenly-by-village
plans cost; `tenfold_seconds` (at most 180) and `tenfold_gap` (at most 0.001) are of ten counties
with ten times the helpers, another process; `patch_ms` (under 100) is for twenty helpers who leave.
`points_gap` (at most 0.005) is the county with difficulty points and a cap in points, against the
bound of a flow that may share households out; `points_seconds` is what it took.
`--quick` takes a tenth of the county and leaves the tenfold one out.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from bench.county_pairs.data import HOUSEHOLDS, county, pointed

from bangfu.optimise import points
from bangfu.optimise.baselines import even, greedy
from bangfu.optimise.inputs import NOBODY, Ints, Question
from bangfu.optimise.pairing import propose
from bangfu.optimise.reasons import patch

CLOSE = 0.001
POINTS_CLOSE = 0.005


def peak() -> float:
    """The most memory that this process has held, in MB."""
    status = Path("/proc/self/status").read_text("utf-8")
    (line,) = (one for one in status.splitlines() if one.startswith("VmHWM:"))
    return int(line.split()[1]) / 1024


def one(counties: int, houses: int) -> None:
    """Make the question, propose, print the figures and the plan; `counties` 0: with points."""
    asked = county(counties=max(1, counties), houses=houses)
    asked = asked if counties else pointed(asked)
    start, spent = time.perf_counter(), time.process_time()
    if counties:
        plan = propose(asked, gap=CLOSE if counties > 1 else 0.0, most=12)
    else:
        plan = points.propose(asked, gap=POINTS_CLOSE)
    took, cpu = time.perf_counter() - start, time.process_time() - spent
    if asked.breaches(plan.helper_of) or len(plan.open):
        sys.exit("the plan breaks a rule or leaves a household open")
    if asked.total(plan.helper_of) != plan.objective:
        sys.exit("the plan does not cost what it says")
    figures = {
        "objective": plan.objective, "bound": plan.bound, "gap": plan.gap, "rounds": plan.rounds,
        "pairs": plan.pairs, "all": asked.size[0] * asked.size[1], "seconds": took, "cpu": cpu,
        "peak_mb": peak(),
    }  # fmt: skip
    print(json.dumps(figures))
    if counties == 1:
        print(json.dumps(plan.helper_of.tolist()))


def apart(counties: int, houses: int) -> list[str]:
    """`one` in a process of its own."""
    command = [sys.executable, __file__, "--one", str(counties), str(houses)]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run(command, check=True, capture_output=True, text=True, env=environment)
    return done.stdout.splitlines()


def by_hand(asked: Question, helper_of: Ints, cost: int, name: str) -> float:
    """How many times the plan's cost a plan by hand costs."""
    if asked.breaches(helper_of):
        sys.exit(f"{name} breaks a rule")
    found = asked.total(helper_of)
    undone = int((helper_of == NOBODY).sum())
    print(f"{name:8} {found:12,}: {found / cost:.3f} times the plan, {undone} left open")
    return found / cost


def leaving(asked: Question, helper_of: Ints, cost: int) -> float:
    """Milliseconds of a patch for twenty who leave, beside a plan anew."""
    gone = np.sort(np.random.default_rng(2).permutation(asked.size[1])[:20])
    spent = []
    for _ in range(5):
        start = time.perf_counter()
        found = patch(asked, helper_of, gone)
        spent.append(1000 * (time.perf_counter() - start))
    moved = int(((found.helper_of != helper_of) & ~np.isin(helper_of, gone)).sum())
    took = statistics.median(spent)
    print(f"20 leave: {len(found.orphans)} households, patch {took:.1f} ms, {moved} others moved, "
          f"{found.cost - cost:+,}")  # fmt: skip
    return took


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--quick", action="store_true", help="a tenth, without the tenfold county")
    options.add_argument("--one", type=int, nargs=2, help=argparse.SUPPRESS)
    given = options.parse_args()
    if given.one:
        one(*given.one)
        return
    houses = HOUSEHOLDS // 10 if given.quick else HOUSEHOLDS
    print(f"load {os.getloadavg()[0]:.1f}, {os.cpu_count()} cores")
    first, second = apart(1, houses)
    found, helper_of = json.loads(first), np.array(json.loads(second))
    told(found)
    asked = county(houses=houses)
    nearest = by_hand(asked, greedy(asked), found["objective"], "greedy")
    spread = by_hand(asked, even(asked), found["objective"], "even")
    took = leaving(asked, helper_of, found["objective"])
    hard = json.loads(apart(0, houses)[0])
    told(hard)
    tenfold: dict[str, Any] = {"seconds": None, "gap": None}
    if not given.quick:
        tenfold = json.loads(apart(10, houses)[0])
        told(tenfold)
    print(json.dumps({
        "seconds": round(found["seconds"], 2), "gap": found["gap"],
        "peak_mb": round(found["peak_mb"]), "vs_greedy": round(nearest, 4),
        "vs_even": round(spread, 4),
        "tenfold_seconds": tenfold["seconds"] and round(tenfold["seconds"], 1),
        "tenfold_gap": tenfold["gap"], "points_gap": hard["gap"],
        "points_seconds": round(hard["seconds"], 1), "patch_ms": round(took, 2),
    }))  # fmt: skip


def told(found: Mapping[str, Any]) -> None:
    """One readable line."""
    print(
        "plan {objective:,}, bound {bound:,}, gap {gap:.6f}; {pairs:,} of {all:,} pairs written "
        "down, {rounds} rounds, {seconds:.1f} s ({cpu:.1f} s CPU), {peak_mb:.0f} MB".format(**found)
    )


if __name__ == "__main__":
    main()
