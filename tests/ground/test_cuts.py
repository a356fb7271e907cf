"""Power cuts and full disks in full numbers; `BANGFU_POWER_CUTS=20000` for a night's."""

from __future__ import annotations

from pathlib import Path

from tests.lost.counts import run, times


def test_five_hundred_power_cuts_lose_nothing(tmp_path: Path) -> None:
    cuts = times("BANGFU_POWER_CUTS", 500)
    seen = run("cuts", tmp_path, cuts)
    assert seen["wrong"] == []
    assert seen["cuts"] == cuts
    assert seen["unanswered"] > 0


def test_fifty_full_disks_lose_nothing(tmp_path: Path) -> None:
    full = times("BANGFU_FULL_DISKS", 50)
    seen = run("full", tmp_path, full)
    assert seen["wrong"] == []
    assert seen["full"] == full
