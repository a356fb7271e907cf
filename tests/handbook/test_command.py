"""`bangfu handbook` as its users run it: exit status, words, both languages."""

from __future__ import annotations

import argparse
from pathlib import Path

import pytest

from bangfu.handbook.command import register
from tests.handbook.minimal import changed, write

DUTY = "duties/monthly_visit.toml"
Captured = pytest.CaptureFixture[str]


def run(*arguments: str) -> int:
    parser = argparse.ArgumentParser()
    register(parser.add_subparsers(required=True))
    given = parser.parse_args(["handbook", *arguments])
    status: int = given.func(given)
    return status


def test_lint_of_a_sound_folder_succeeds(tmp_path: Path, capsys: Captured) -> None:
    assert run("lint", str(write(tmp_path)), "--lang", "en") == 0
    assert "0 error(s)" in capsys.readouterr().out


def test_lint_of_a_folder_that_does_not_load_names_each_problem(
    tmp_path: Path, capsys: Captured
) -> None:
    write(tmp_path, changed(DUTY, "grace = 5", "grace = 50"))
    assert run("lint", str(tmp_path), "--lang", "zh") == 1
    printed = capsys.readouterr().out
    assert f"{DUTY}:15 terms[1].grace" in printed
    assert "1 处错误" in printed


def test_lint_fails_on_a_duty_that_can_never_be_met(tmp_path: Path, capsys: Captured) -> None:
    write(tmp_path, changed("duties/days_in_village.toml", "at_least = 20", "at_least = 31"))
    assert run("lint", str(tmp_path), "--lang", "en") == 1
    assert "error: The shortest period has 28 days" in capsys.readouterr().out


def test_lint_of_the_county_that_ships_succeeds(capsys: Captured) -> None:
    assert run("lint") == 0
    assert run("lint", "xiangcheng") == 0
    assert capsys.readouterr().out


def test_an_unknown_county_is_refused(capsys: Captured) -> None:
    assert run("lint", "nowhere", "--lang", "en") == 1
    assert "There is no county “nowhere”" in capsys.readouterr().err


def test_diff_prints_each_change(tmp_path: Path, capsys: Captured) -> None:
    old = write(tmp_path / "old")
    new = write(tmp_path / "new", changed(DUTY, "grace = 5", "grace = 3"))
    assert run("diff", str(old), str(new), "--lang", "zh") == 0
    assert "5 → 3" in capsys.readouterr().out
    assert run("diff", str(old), str(old), "--lang", "zh") == 0
    assert "没有不同" in capsys.readouterr().out


def test_diff_with_a_broken_version_fails(tmp_path: Path, capsys: Captured) -> None:
    old = write(tmp_path / "old")
    new = write(tmp_path / "new", changed(DUTY, "grace = 5", "grace = 50"))
    assert run("diff", str(old), str(new), "--lang", "en") == 1
    assert "terms[1].grace" in capsys.readouterr().err


def test_show_prints_the_rule_with_its_quote(tmp_path: Path, capsys: Captured) -> None:
    folder = str(write(tmp_path))
    assert run("show", "monthly_visit", "--handbook", folder, "--lang", "zh") == 0
    assert "“按办法办”" in capsys.readouterr().out
    assert run("show", "no_such_rule", "--handbook", folder, "--lang", "en") == 1
    assert "no rule “no_such_rule”" in capsys.readouterr().err
