"""Some 15,000 households and 3,159 cadres on the real map's villages, and ten times as many.

Villages are spread around their township's place, since their own places are not published.
Everything else is drawn: needs, skills, grades, home villages, relatives, linked units.
"""

from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path

import numpy as np

import bangfu
from bangfu.optimise.inputs import NOBODY, Helpers, Households, Ints, Question

PLACES = Path(bangfu.__file__).parent / "counties" / "xiangcheng" / "places"
KM = np.array([92.5, 111.2])  # of a degree of longitude and latitude at 34° north
HOUSEHOLDS, COUNTY, TOWNSHIP, UNITS, POOR = 15_000, 1_641, 1_518, 80, 33
NEEDS = np.array([0.35, 0.3, 0.3, 0.2, 0.15, 0.25])
SKILLS = np.array([0.12, 0.2, 0.2, 0.2, 0.1, 0.2])
POINT_LOAD = (0,) * 4 + (20,) * 3 + (40,) * 3 + (80,) * 3 + (160,) * 3 + (320,)
BITS = 1 << np.arange(6)


def _map(counties: int) -> tuple[np.ndarray, np.ndarray, Ints]:
    """Towns and villages in km, and each village's town; several counties lie side by side."""
    with (PLACES / "towns.csv").open(encoding="utf-8") as file:
        rows = {row["code"]: row for row in csv.DictReader(file)}
    town = np.array([[float(r["lng_wgs84"]), float(r["lat_wgs84"])] for r in rows.values()]) * KM
    town -= town.min(axis=0)
    with (PLACES / "villages.csv").open(encoding="utf-8") as file:
        codes = [row["town_code"] for row in csv.DictReader(file)]
    number = {code: at for at, code in enumerate(rows)}
    of = np.array([number[code] for code in codes])
    rng = np.random.default_rng(11)
    village = town[of] + rng.normal(0, 2.5, (len(of), 2))
    sides = [np.array([45.0 * (k % 4), 45.0 * (k // 4)]) for k in range(counties)]
    return (
        np.concatenate([town + side for side in sides]),
        np.concatenate([village + side for side in sides]),
        np.concatenate([of + k * len(town) for k in range(counties)]),
    )


def county(seed: int = 7, *, counties: int = 1, houses: int = HOUSEHOLDS) -> Question:
    """The question; deterministic for its arguments."""
    rng = np.random.default_rng(seed)
    town, village, town_of = _map(counties)
    places, towns = len(village), len(town)
    weight = rng.gamma(2, 1, places)
    weight[rng.permutation(places)[: POOR * counties]] *= 3
    place = rng.choice(places, houses * counties, p=weight / weight.sum())
    need = (rng.random((len(place), 6)) < NEEDS) @ BITS
    need[need == 0] = 2
    asks = (rng.random(len(place)) < 0.02).astype(np.int64)  # hard cases ask for a section level
    many = (COUNTY + TOWNSHIP) * counties
    from_county = np.arange(many) < COUNTY * counties
    group = np.where(
        from_county,
        rng.integers(0, UNITS * counties, many),
        UNITS * counties + rng.integers(0, towns, many),
    )
    skill = (rng.random((many, 6)) < SKILLS) @ BITS
    grade = (rng.random(many) < 0.18).astype(np.int64)
    seat = np.concatenate([np.repeat(town[:: towns // counties], UNITS, axis=0), town])
    km = 1.3 * np.sqrt(((village[:, None] - seat[None]) ** 2).sum(axis=2))
    own = np.arange(towns)[None] == town_of[:, None]
    unit = np.zeros((places, UNITS * counties), bool)
    for one in range(UNITS * counties):
        mine = np.arange(places // counties) + one // UNITS * (places // counties)
        unit[rng.choice(mine, 8, replace=False), one] = True
    for bare in np.flatnonzero(~unit.any(axis=1)).tolist():
        unit[bare, bare // (places // counties) * UNITS + rng.integers(0, UNITS)] = True
    masks = np.arange(64)
    unmet = np.bitwise_count(masks[:, None] & ~masks[None])
    present = np.where(rng.random(len(place)) < 0.3, rng.integers(0, many, len(place)), NOBODY)
    return Question(
        households=Households(place, need + 64 * asks, present),
        helpers=Helpers(
            group,
            skill + 64 * grade,
            np.where(grade > 0, 4, 6),
            rng.integers(0, places, many),
        ),
        km=km,
        linked=np.concatenate([unit, own], axis=1),
        out_of_reach=np.concatenate([np.zeros_like(unit), ~own], axis=1) & False,
        unmet=np.tile(unmet, (2, 2)).astype(np.int64),
        below_grade=np.kron([[False, False], [True, False]], np.ones((64, 64), bool)) > 0,
        relatives=(rng.integers(0, len(place), 2000), rng.integers(0, many, 2000)),
    )


def pointed(question: Question, seed: int = 5) -> Question:
    """The same with difficulty points from 1 to 4, and caps and load in points.

    On average a household has 2.2 points; the caps leave about as much room as those in households.
    """
    rng = np.random.default_rng(seed)
    points = rng.choice([1, 2, 3, 4], question.size[0], p=[0.3, 0.35, 0.2, 0.15])
    return replace(
        question,
        households=replace(question.households, points=points),
        helpers=replace(question.helpers, cap=np.where(question.helpers.cap == 4, 10, 14)),
        weights=replace(question.weights, load=POINT_LOAD),
    )
