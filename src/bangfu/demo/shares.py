"""Shares the county's numbers out over its towns and villages: who is poor, who gets how many."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from bangfu.demo.places import Place
from bangfu.demo.scale import Scale

# Neighbourhoods of the county seat and of towns have the fewest poor households.
_NEIGHBOURHOOD = "居委会"
_TOWN_CARE = (0.55, 0.72, 1.05, 1.05)


def shared(total: int, weights: Sequence[float]) -> list[int]:
    """`total` in whole parts as the weights go, by the largest remainders; of equal ones the
    earlier gets more.
    """
    whole = sum(weights)
    exact = [total * weight / whole for weight in weights]
    parts = [int(part) for part in exact]
    by_rest = sorted(range(len(exact)), key=lambda n: (parts[n] - exact[n], n))
    for number in by_rest[: total - sum(parts)]:
        parts[number] += 1
    return parts


@dataclass(frozen=True, slots=True)
class Allotment:
    """What one town gets: its filled villages and, by their place in the list, the chosen ones.

    `led` are the villages that cadres of the town answer for as leads; `care` multiplies how
    carefully the town's people work.
    """

    places: tuple[Place, ...]
    without: frozenset[int]
    poor: frozenset[int]
    heavy: frozenset[int]
    waiting: frozenset[int]
    led: frozenset[int]
    cadres: int
    care: float


def allotments(scale: Scale, random: Random, villages: Sequence[list[Place]]) -> list[Allotment]:
    """One allotment for each filled town, whose sums are those of the scale."""
    filled = [places[: scale.villages] if scale.villages else places for places in villages]
    spots = [(town, number) for town, places in enumerate(filled) for number in range(len(places))]
    random.shuffle(spots)
    spots.sort(key=lambda spot: _NEIGHBOURHOOD not in filled[spot[0]][spot[1]].name)
    without, helped = spots[: scale.without], spots[scale.without :]
    random.shuffle(helped)
    poor, rest = helped[: scale.poor], helped[scale.poor :]
    heavy, rest = rest[: scale.heavy], rest[scale.heavy :]
    waiting = rest[: scale.waiting]
    counts = [sum(spot[0] == town for spot in helped) for town in range(len(filled))]
    leads = shared(scale.leads, counts)
    cadres = shared(scale.township_cadres, [lead + 1.0 for lead in leads])
    cares = [random.uniform(0.95, 1.0) for _ in filled]
    if len(filled) > 2 * len(_TOWN_CARE):
        for town, care in zip(random.sample(range(len(filled)), 4), _TOWN_CARE, strict=True):
            cares[town] = care
    found = []
    for town, places in enumerate(filled):
        mine = [number for at, number in helped if at == town]
        found.append(
            Allotment(
                tuple(places),
                _of(without, town),
                _of(poor, town),
                _of(heavy, town),
                _of(waiting, town),
                frozenset(mine[: leads[town]]),
                cadres[town],
                cares[town],
            )
        )
    return found


def _of(spots: list[tuple[int, int]], town: int) -> frozenset[int]:
    return frozenset(number for at, number in spots if at == town)
