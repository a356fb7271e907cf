"""Kills and power cuts in the numbers of a full check; `BANGFU_KILLS=5000` for a night's."""

from __future__ import annotations

from pathlib import Path

from tests.lost.counts import run, times


def test_two_hundred_kills_lose_nothing(tmp_path: Path) -> None:
    kills = times("BANGFU_KILLS", 200)
    seen = run("kills", tmp_path, kills)
    assert seen["wrong"] == []
    assert seen["kills"] == kills
    assert set(seen["answers"]) <= {"200", "503"}


def test_five_hundred_power_cuts_lose_nothing(tmp_path: Path) -> None:
    cuts = times("BANGFU_POWER_CUTS", 500)
    seen = run("cuts", tmp_path, cuts)
    assert seen["wrong"] == []
    assert seen["cuts"] == cuts
    assert seen["unanswered"] > 0
