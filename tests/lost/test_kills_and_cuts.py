"""A few kills, cuts and full disks: nothing that was acknowledged is lost. Many: `make ground`."""

from __future__ import annotations

from pathlib import Path

from tests.lost.counts import run, times


def test_no_power_cut_loses_doubles_or_changes_an_acknowledged_fact(tmp_path: Path) -> None:
    cuts = times("BANGFU_POWER_CUTS", 5)
    seen = run("cuts", tmp_path, cuts)
    assert seen["wrong"] == []
    assert seen["cuts"] == cuts
    assert seen["acknowledged"] > cuts
    assert seen["unanswered"] > 0, "no cut fell into a transaction"


def test_the_judge_sees_what_a_disk_that_is_not_waited_for_loses(tmp_path: Path) -> None:
    seen = run("cuts", tmp_path, 3, SYNCHRONOUS="OFF")
    assert any("lost" in words or "malformed" in words for words in seen["wrong"])


def test_no_kill_loses_doubles_or_changes_an_acknowledged_fact(tmp_path: Path) -> None:
    kills = times("BANGFU_KILLS", 3)
    seen = run("kills", tmp_path, kills)
    assert seen["wrong"] == []
    assert seen["kills"] == kills
    assert seen["acknowledged"] > kills
    assert set(seen["answers"]) <= {"200", "503"}, "a client saw something else"


def test_no_full_disk_loses_doubles_or_changes_an_acknowledged_fact(tmp_path: Path) -> None:
    full = times("BANGFU_FULL_DISKS", 3)
    seen = run("full", tmp_path, full)
    assert seen["wrong"] == []
    assert seen["full"] == full
    assert seen["acknowledged"] > full
    assert seen["refused"] >= full
