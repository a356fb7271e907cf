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
    assert WITHDRAWN[figure] in kinds


def test_the_article_s_figures_all_have_such_a_test() -> None:
    of_article = {
        figure.id
        for figure in handbook().figures.values()
        if figure.terms[0].source.standing == "article"
    }
    assert of_article == WITHDRAWN.keys()


def _sum(value: object) -> float:
    """A number, or the sum of a composite's parts."""
    parts = value.values() if isinstance(value, dict) else [value]
    return sum(float(str(part)) for part in parts)
