"""Kills in the numbers of a full check; `BANGFU_KILLS=5000` for a night's."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.lost.counts import run, times

COUNTIES = 4  # the judge reads the whole of a county after each kill, so several grow less


@pytest.mark.parametrize("number", range(COUNTIES))
def test_two_hundred_kills_lose_nothing(tmp_path: Path, number: int) -> None:
    kills = times("BANGFU_KILLS", 200) // COUNTIES
    seen = run("kills", tmp_path, kills, apart=number)
    assert seen["wrong"] == []
    assert seen["kills"] == kills
    assert set(seen["answers"]) <= {"200", "503"}
