"""The county's map (示意图): townships drawn in SVG and shaded by how they stand."""

from __future__ import annotations

import csv
import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Literal

from django.utils.translation import gettext as _

from bangfu.core.results import State
from bangfu.handbook import county_folder
from bangfu.web.board import Line

Shade = Literal["met", "late"]
SHADES: tuple[Shade, ...] = ("met", "late")
WIDTH = 440.0
MARGIN = 4.0
# Lower bounds of the classes, in per cent; class 1 is the best of the first and of the second.
_MET = (98, 95, 90, 80, 0)
_LATE = (0, 2, 5, 10, 20)
_SCHEMATIC = "towns_schematic.geojson"

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Outline:
    """One township's outline: what it is and was called, its SVG path and where its name stands."""

    names: frozenset[str]
    path: str
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Area:
    """One township on the map; `shade` is its class, 0 where nothing is owed."""

    name: str
    label: str
    said: str
    path: str
    x: float
    y: float
    shade: int
    url: str

    @property
    def below(self) -> float:
        """Where the number stands, under the name."""
        return self.y + 14


@dataclass(frozen=True, slots=True)
class Map:
    """The whole map with its legend: (class, words)."""

    width: float
    height: float
    areas: tuple[Area, ...]
    legend: tuple[tuple[int, str], ...]


def draw(
    county: str, lines: Iterable[Line], *, titles: Mapping[int | str, str],
    urls: Mapping[int | str, str], shade: Shade,
) -> Map | None:  # fmt: skip
    """The map of a county, or None where its folder holds none."""
    height, outlines = _outlines(county)
    if not outlines:
        return None
    by_name = {titles[line.key]: line for line in lines if line.key}
    areas = []
    for outline in outlines:
        line = next((by_name[name] for name in outline.names if name in by_name), None)
        name = titles[line.key] if line else min(outline.names, key=len)
        value = share_of(line, shade) if line else None
        label = "—" if value is None else f"{value:.0f}%"
        areas.append(
            Area(
                name=name,
                label=label,
                said=f"{name}: {label}",
                path=outline.path,
                x=outline.x,
                y=outline.y,
                shade=class_of(value, shade),
                url=urls.get(line.key, "") if line else "",
            )
        )
    return Map(WIDTH, height, tuple(areas), _legend(shade))


def share_of(line: Line, shade: Shade) -> float | None:
    """The part met, or overdue, of what is decided, in per cent; None where nothing is."""
    met = line.of(State.DONE) + line.of(State.LATE)
    decided = met + line.of(State.OVERDUE)
    if not decided:
        return None
    return (met if shade == "met" else line.of(State.OVERDUE)) * 100 / decided


def class_of(value: float | None, shade: Shade) -> int:
    """1 to 5, the best to the worst; 0 where there is no value."""
    if value is None:
        return 0
    if shade == "met":
        return next(number for number, least in enumerate(_MET, start=1) if value >= least)
    return max(number for number, least in enumerate(_LATE, start=1) if value >= least)


def _legend(shade: Shade) -> tuple[tuple[int, str], ...]:
    """What each class means."""
    if shade == "met":
        words = [f"{_MET[0]}%+"] + [
            f"{least}–{above}%" for least, above in zip(_MET[1:], _MET, strict=False)
        ]
    else:
        words = [f"{least}–{above}%" for least, above in pairwise(_LATE)]
        words.append(f"{_LATE[-1]}%+")
    return (*enumerate(words, start=1), (0, _("nothing decided yet")))


@lru_cache(maxsize=4)
def _outlines(county: str) -> tuple[float, tuple[Outline, ...]]:
    """The drawing's height, and the outlines; longitude is shortened as the latitude asks."""
    file = county_folder(county) / "places" / _SCHEMATIC
    if not file.exists():
        return 0.0, ()
    features = json.loads(file.read_text("utf-8"))["features"]
    rings = [_rings(feature["geometry"]) for feature in features]
    points = [point for feature in rings for ring in feature for point in ring]
    west, east = min(x for x, _y in points), max(x for x, _y in points)
    south, north = min(y for _x, y in points), max(y for _x, y in points)
    across = math.cos(math.radians((south + north) / 2))
    scale = (WIDTH - 2 * MARGIN) / ((east - west) * across)

    def place(point: Sequence[float]) -> Point:
        x = MARGIN + (point[0] - west) * across * scale
        return round(x, 1), round(MARGIN + (north - point[1]) * scale, 1)

    former = _former_names(county)
    outlines = []
    for feature, parts in zip(features, rings, strict=True):
        drawn = [[place(point) for point in ring] for ring in parts]
        x, y = _middle(max(drawn, key=_size))
        name, code = feature["properties"]["name"], feature["properties"]["code"]
        path = "".join(
            "M" + "L".join(f"{left:g} {top:g}" for left, top in ring) + "Z" for ring in drawn
        )
        names = frozenset((name, former.get(code, name)))
        outlines.append(Outline(names, path, x, y))
    return round(2 * MARGIN + (north - south) * scale, 1), tuple(outlines)


def _rings(geometry: Mapping[str, object]) -> list[list[Sequence[float]]]:
    """The outer rings of a polygon or of several."""
    found: list[list[Sequence[float]]] = []
    coordinates: list[list[list[Sequence[float]]]] = geometry["coordinates"]  # type: ignore[assignment]
    if geometry["type"] == "Polygon":
        return [coordinates[0]]  # type: ignore[list-item]
    found.extend(polygon[0] for polygon in coordinates)
    return found


def _former_names(county: str) -> dict[str, str]:
    """What each township was called before, by its code of today."""
    file = county_folder(county) / "places" / "towns.csv"
    with file.open(encoding="utf-8", newline="") as stream:
        return {row["code"]: row["name_2016"] for row in csv.DictReader(stream)}


def _size(ring: Sequence[Point]) -> float:
    """Twice the signed area of a ring, without its sign."""
    return abs(sum(a[0] * b[1] - b[0] * a[1] for a, b in pairwise(ring)))


def _middle(ring: Sequence[Point]) -> Point:
    """The centroid of a ring, where its name is put."""
    area = x = y = 0.0
    for a, b in pairwise(ring):
        cross = a[0] * b[1] - b[0] * a[1]
        area, x, y = area + cross, x + (a[0] + b[0]) * cross, y + (a[1] + b[1]) * cross
    return round(x / (3 * area), 1), round(y / (3 * area), 1)
