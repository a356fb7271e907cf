"""The command line's help and errors in both languages."""

from __future__ import annotations

import subprocess
import sys

import pytest

from bangfu.__main__ import _parser
from bangfu.core.terminal import chosen, untranslated
from tests.demo.command import clean


def run(*words: str, lang: str = "zh_CN.UTF-8") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "bangfu", *words], check=False, capture_output=True, text=True,
        env=clean() | {"LANG": lang, "PYTHONUTF8": "1"},
    )  # fmt: skip


def test_every_text_of_every_command_has_its_chinese() -> None:
    assert untranslated(_parser()) == [], "add them to core/terminal.py"


@pytest.mark.parametrize(
    ("words", "lang", "language"),
    [([], "en_GB.UTF-8", "en"), ([], "zh_CN.UTF-8", "zh"), ([], "C", "zh"), ([], "", "zh"),
     (["--lang", "en"], "zh_CN.UTF-8", "en"), (["--lang=zh"], "en_US.UTF-8", "zh")],
)  # fmt: skip
def test_the_language_is_the_terminals_or_the_one_asked_for(
    words: list[str], lang: str, language: str
) -> None:
    assert chosen([*words, "figures"], {"LANG": lang}) == (["figures"], language)


def test_help_speaks_one_language() -> None:
    ours, theirs = run("demo", "--help").stdout, run("--lang", "en", "demo", "--help").stdout
    for words in (
        "用法：",
        "选项",
        "造一个演示县",
        "只造三个村",
        "显示这份说明",
        "这个县的今天（2017-07-31）",
    ):
        assert words in ours
    for words in ("usage:", "options", "make the invented county", "three villages"):
        assert words in theirs
        assert words not in ours
    trace = run("trace", "--help").stdout
    assert "应办印办到它的事实" in trace
    assert "obligations" not in trace


def test_a_mistake_is_told_in_one_language() -> None:
    wrong = [("nonsense",), ("demo", "--port", "x"), ("demo", "--speed", "9"), ("trace",)]
    told = [run(*words) for words in wrong]
    assert [one.returncode for one in told] == [2, 2, 2, 2]
    for one, words in zip(
        told, ("没有 'nonsense'", "不能用", "不认识：--speed", "还要写：target"), strict=True
    ):
        assert words in one.stderr, one.stderr
        assert "写错了" in one.stderr
    english = run("demo", "--port", "x", lang="en_US.UTF-8").stderr
    assert "error: argument --port: invalid int value: 'x'" in english
    assert "写错" not in english
