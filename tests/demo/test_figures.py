"""Each figure of the article moves when a fact under it is corrected or withdrawn."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.demo.command import Made, clean, make
from tests.demo.invented import DAYS, handbook
from tests.demo.moving import CORRECTED, WITHDRAWN

Moved = dict[str, list[object]]

# What a figure counts is named by, where that is not the fact whose withdrawal moves it.
NAMED_BY = {
    "poor_villages": "registry.place",
    "villages_with_poor": "registry.place",
    "helpers_county": "registry.person",
    "helpers_by_batch": "registry.person",
    "teams": "registry.unit",
    "farm": "farm_survey",
}


@pytest.fixture(scope="module")
def county(tmp_path_factory: pytest.TempPathFactory) -> Made:
    return make(tmp_path_factory.mktemp("county") / "data", DAYS[0])


@pytest.fixture(scope="module")
def moved(county: Made, tmp_path_factory: pytest.TempPathFactory) -> Moved:
    """What became of each figure, in a copy of the county."""
    folder = tmp_path_factory.mktemp("moved") / "data"
    shutil.copytree(county.folder, folder)
    run = subprocess.run(
        [sys.executable, "-m", "tests.demo.moving", str(folder)],
        check=False,
        capture_output=True,
        text=True,
        env=clean(),
        cwd=Path(__file__).parents[2],
    )
    assert run.returncode == 0, run.stderr
    found: Moved = json.loads(run.stdout)
    return found


@pytest.mark.parametrize("figure", WITHDRAWN)
def test_a_figure_falls_when_a_fact_under_it_is_withdrawn(moved: Moved, figure: str) -> None:
    before, after = moved[f"{figure} withdrawn"]
    assert _sum(after) < _sum(before)


@pytest.mark.parametrize("figure", CORRECTED)
def test_a_figure_follows_a_correction(moved: Moved, figure: str) -> None:
    before, after = moved[f"{figure} corrected"]
    assert after != before


@pytest.mark.parametrize("figure", WITHDRAWN)
def test_a_figure_opens_to_its_facts(county: Made, figure: str) -> None:
    uids = county.ask("trace", f"figure:{figure}", "--as-of", "2017-07-31").split()
    kinds = {fact[2] for fact in county.facts() if fact[1] in set(uids)}
    assert NAMED_BY.get(figure, WITHDRAWN[figure]) in kinds


COUNTED = [
    figure.id
    for figure in handbook().figures.values()
    if figure.measure in {"count", "distinct"} and not figure.of.startswith("duty:")
]


@pytest.mark.parametrize("figure", COUNTED)
def test_as_many_facts_are_printed_as_a_figure_counts(county: Made, figure: str) -> None:
    uids = county.ask("trace", f"figure:{figure}", "--as-of", "2017-07-31").split()
    assert len(uids) == len(set(uids)) == _whole(county, figure)


def test_overdue_visits_are_named_by_their_posts_each_printed_once(county: Made) -> None:
    uids = county.ask("trace", "figure:overdue_visits", "--as-of", "2017-07-31").split()
    kinds = {fact[1]: fact[2] for fact in county.facts()}
    assert {kinds[uid] for uid in uids} <= {"registry.assignment", "household_visit"}
    assert 0 < len(uids) == len(set(uids)) <= _whole(county, "overdue_visits")


def test_the_article_s_figures_all_have_such_a_test() -> None:
    of_article = {
        figure.id
        for figure in handbook().figures.values()
        if figure.terms[0].source.standing == "article"
    }
    assert of_article == WITHDRAWN.keys()


def _whole(county: Made, figure: str) -> float:
    """A figure's own value: what `--tree` prints first."""
    first = county.ask("trace", f"figure:{figure}", "--as-of", "2017-07-31", "--tree").split("\n")
    return float(first[0].rsplit(": ", 1)[1].split(" ")[0])


def _sum(value: object) -> float:
    """A number, or the sum of a composite's parts."""
    parts = value.values() if isinstance(value, dict) else [value]
    return sum(float(str(part)) for part in parts)
