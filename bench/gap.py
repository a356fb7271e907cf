"""Generalised assignment on public instances: how far from the best answers known.

    python bench/gap.py [--seconds 60] [NAME ...]

`seconds` are this process's own, for each instance, so that a busy machine changes nothing. Prints
a line for each instance and, last, one line of JSON with `mean_gap` and `worst_gap` to the best
known value (shares, not per cent; goal for the mean: at most 0.003) and `mean_bound_gap` to the
bound that the program proves by itself.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import time
from pathlib import Path

import numpy as np

from bangfu.optimise.capacity import Jobs, assign

INSTANCES = Path(__file__).parent / "instances"
KNOWN = {
    "d05200": 12742, "d10200": 12430, "d15900": 55404,
    "e05100": 12681, "e10200": 23307, "e15900": 102421, "e20400": 44877,
}  # fmt: skip


def read(name: str) -> Jobs:
    """One instance: agents, jobs, costs by agent, weights by agent, room."""
    numbers = np.array((INSTANCES / "gap" / name).read_text("ascii").split(), np.int64)
    agents, jobs = numbers[:2].tolist()
    cost, weight = numbers[2 : 2 + 2 * agents * jobs].reshape(2, agents, jobs)
    return Jobs(cost, weight, numbers[2 + 2 * agents * jobs :])


def main() -> None:
    """Solve each and print."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--seconds", type=float, default=60.0)
    options.add_argument("names", nargs="*", default=list(KNOWN))
    given = options.parse_args()
    gaps, bounds = [], []
    for name in given.names:
        jobs = read(name)
        start, spent = time.perf_counter(), time.process_time()
        found = assign(jobs, effort=1e9, seconds=given.seconds)
        if found is None or not jobs.fits(found.agent_of):
            sys.exit(f"{name}: no answer that fits")
        if jobs.total(found.agent_of) != found.objective:
            sys.exit(f"{name}: it does not cost what it says")
        gaps.append(found.objective / KNOWN[name] - 1)
        bounds.append(found.gap)
        print(f"{name}: {found.objective:,}, best known {KNOWN[name]:,}, bound {found.bound:,}, "
              f"gap {100 * gaps[-1]:.3f} %; {time.perf_counter() - start:.0f} s "
              f"({time.process_time() - spent:.0f} s own)", flush=True)  # fmt: skip
    print(json.dumps({
        "mean_gap": round(statistics.mean(gaps), 6), "worst_gap": round(max(gaps), 6),
        "mean_bound_gap": round(statistics.mean(bounds), 6), "seconds": given.seconds,
    }))  # fmt: skip


if __name__ == "__main__":
    main()
