"""The real places: sixteen towns and 448 villages, with the names and codes of their time."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from bangfu.core.facts import Draft, Value
from bangfu.demo.lines import Ids, registry

COUNTY_CODE = "411025"
COUNTY_NAME = "襄城县"
# The county's offices lie in its first town; places/towns.csv has the same point.
COUNTY_SEAT = ("113.476319", "33.851931")
FOUNDED = date(2014, 1, 1)
# No day of a change is published; the list of this day is the first to have them.
RENAMED = date(2023, 6, 30)
# What people call a village besides its entry in the list.
ALIASES = {"411025106002": "库西村"}


@dataclass(frozen=True, slots=True)
class Place:
    """One town or village: its uid, its name and code of 2016 and of 2023."""

    uid: str
    level: str
    parent: str
    name: str
    code: str
    new_name: str
    new_code: str
    longitude: str = ""
    latitude: str = ""


def read_places(
    folder: Path, *, county: str, ids: Ids
) -> tuple[list[Place], dict[str, list[Place]]]:
    """The towns, and the villages of each by the town's code of 2023."""
    towns: list[Place] = []
    villages: dict[str, list[Place]] = {}
    by_name: dict[str, Place] = {}
    for row in _rows(folder / "towns.csv"):
        town = Place(
            uid=ids.new(),
            level="township",
            parent=county,
            name=row["name_2016"],
            code=row["code_2016"],
            new_name=row["name"],
            new_code=row["code"],
            longitude=row["lng_wgs84"],
            latitude=row["lat_wgs84"],
        )
        towns.append(town)
        villages[town.new_code] = []
        by_name[town.new_name] = town
    for row in _rows(folder / "crosswalk.csv"):
        town = by_name[row["town_2023"]]
        villages[town.new_code].append(
            Place(
                uid=ids.new(),
                level="village",
                parent=town.uid,
                name=row["name_2016"],
                code=row["code_2016"],
                new_name=row["name_2023"],
                new_code=row["code_2023"],
            )
        )
    return towns, villages


def place_drafts(place: Place, *, ids: Ids, by: str, until: date) -> Iterator[Draft]:
    """The founding of `place` and, where it falls before `until`, its new name or code."""
    values: dict[str, Value] = {
        "level": place.level,
        "name": place.name,
        "code": place.code,
        "parent": place.parent,
    }
    if place.longitude:
        values |= {"longitude": place.longitude, "latitude": place.latitude}
    yield registry("place", place.uid, on=FOUNDED, by=by, values=values)
    changed = (place.name, place.code) != (place.new_name, place.new_code)
    if changed and until >= RENAMED:
        yield registry(
            "place_name", ids.new(), on=RENAMED, by=by, subject=place.uid,
            values={"name": place.new_name, "code": place.new_code},
        )  # fmt: skip
    if place.new_code in ALIASES:
        yield registry(
            "place_alias", ids.new(), on=FOUNDED, by=by, subject=place.uid,
            values={"name": ALIASES[place.new_code]},
        )  # fmt: skip


def _rows(file: Path) -> Iterator[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as stream:
        yield from csv.DictReader(stream)
