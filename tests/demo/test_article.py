"""The whole county, made once: its figures are the article's, a second start takes seconds."""

from __future__ import annotations

import time
from datetime import date
from pathlib import Path

import pytest

from tests.demo.command import Made, make

AS_OF = date(2017, 7, 31)
# What the article counts; "over N" is met by N + 1 up to N + 5 %.
EXACT = {
    "seminars": 4,
    "classes": 183,
    "class_coverage": {"county": 100, "section": 100, "grassroots": 100},
    "channels": {"accounts": 3, "groups": 3},
    "poor_villages": 33,
    "villages_with_poor": 429,
    "leads_township": 208,
    "leads_county": 221,
    "helpers_county": 1641,
    "first_secretaries": 88,
    "interviews": 7,
    "recalls": 3,
    "teams": 8,
    "venues": 40,
    "projects": 86,
    "growers": 236,
    "farm_mu": 60,
    "farm_birds": 120_000,
}
OVER = {
    "lectures": (744, 780),
    "visits": (10_001, 10_500),
    "mu": (3_001, 3_150),
    "craft_trained": (41, 42),
    "workshop_pay": (2_001, 2_100),
    "farm_share": (40, 50),
}

pytestmark = pytest.mark.county


@pytest.fixture(scope="session")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Made:
    return make(tmp_path_factory.mktemp("whole") / "data", AS_OF, small=False)


@pytest.fixture(scope="session")
def figures(whole: Made) -> dict[str, object]:
    return whole.figures(AS_OF)


@pytest.mark.parametrize("figure", EXACT)
def test_a_figure_is_the_article_s(figures: dict[str, object], figure: str) -> None:
    assert figures[figure] == EXACT[figure]


@pytest.mark.parametrize("figure", OVER)
def test_a_figure_is_a_little_over_the_article_s(figures: dict[str, object], figure: str) -> None:
    low, high = OVER[figure]
    value = figures[figure]
    assert isinstance(value, int | float)
    assert low <= value <= high


def test_the_two_batches_add_up(figures: dict[str, object]) -> None:
    batches = figures["helpers_by_batch"]
    assert isinstance(batches, dict)
    assert batches.keys() == {"first", "second"}
    assert all(batches.values())
    assert sum(batches.values()) == figures["helpers_county"]


def test_the_farm_is_the_article_s_in_all_its_parts(figures: dict[str, object]) -> None:
    names = {"mu": "farm_mu", "birds": "farm_birds", "share": "farm_share"}
    assert figures["farm"] == {part: figures[name] for part, name in names.items()}


def test_visits_open_to_as_many_facts(whole: Made, figures: dict[str, object]) -> None:
    uids = whole.ask("trace", "figure:visits", "--as-of", AS_OF.isoformat()).split()
    assert len(set(uids)) == figures["visits"]


def test_a_second_start_takes_seconds_and_loses_nothing(whole: Made) -> None:
    database = whole.folder / "bangfu.sqlite3"
    before, size = len(whole.facts()), database.stat().st_size
    begun = time.monotonic()
    again = whole.demo("--as-of", AS_OF.isoformat())
    assert again.returncode == 0, again.stderr
    assert time.monotonic() - begun < 60  # seconds, on a machine as busy as can be
    assert (len(whole.facts()), database.stat().st_size) == (before, size)


def test_the_folder_is_no_larger_than_a_laptop_minds(whole: Made) -> None:
    files = [path for path in Path(whole.folder).rglob("*") if path.is_file()]
    assert sum(path.stat().st_size for path in files) < 600_000_000
