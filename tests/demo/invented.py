"""Lists of an invented county's lines, for tests that need no database."""

from __future__ import annotations

from datetime import date
from functools import cache

from bangfu.core.rules import Handbook
from bangfu.demo.county import Invention
from bangfu.demo.lines import Line
from bangfu.demo.scale import Scale, era_of
from bangfu.handbook import county_folder, load

DAYS = (date(2017, 7, 31), date(2026, 7, 31))


@cache
def handbook() -> Handbook:
    return load(county_folder("xiangcheng"))


def invented(scale: Scale, *, as_of: date, seed: int) -> list[Line]:
    invention = Invention(
        scale=scale,
        era=era_of(as_of, scale.months),
        seed=seed,
        founder="founder",
        places=county_folder("xiangcheng") / "places",
        calendar=handbook().calendar,
    )
    return list(invention.lines())
