"""The settings' table in the docs is the program's own, and the production settings are clean."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from bangfu.core.text import Refused
from bangfu.records import variables
from tests.demo.command import clean
from tests.house.tree import ROOT

SOURCE = ROOT / "src" / "bangfu"
EXAMPLE = ROOT / "docs" / "deploy" / "bangfu.env"
ELSEWHERE = r'(?:environ\.get\(|getenv\(|environ\[)"(BANGFU_\w+)"(?!\] =)'
DOC = (ROOT / "docs" / "deploy.md").read_text("utf-8")


def test_the_docs_have_the_programs_table() -> None:
    assert variables.table() in DOC


def test_every_setting_is_read_and_none_by_another_way() -> None:
    names = {one.name for one in variables.TABLE}
    read, past = set(), []
    for file in SOURCE.rglob("*.py"):
        text = file.read_text("utf-8")
        read |= set(re.findall(r'variables\.\w+\(\s*"(BANGFU_\w+)"', text))
        past += [
            f"{file.name}: {name}"
            for name in re.findall(ELSEWHERE, text)
        ]  # fmt: skip
    assert read == names
    assert not past


def production(folder: Path) -> dict[str, str]:
    """The example's settings, over a folder of ours."""
    lines = EXAMPLE.read_text("utf-8").splitlines()
    given = dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))
    return {**given, "BANGFU_DATA": str(folder), "DJANGO_SETTINGS_MODULE": "bangfu.settings"}


def test_the_production_settings_pass_djangos_check_for_deployment(tmp_path: Path) -> None:
    words = [sys.executable, "-m", "django", "check", "--deploy", "--fail-level", "INFO"]

    def run(**more: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            words, check=False, capture_output=True, text=True,
            env=clean() | production(tmp_path) | more,
        )  # fmt: skip

    done = run()
    assert done.returncode == 0, done.stderr
    assert "no issues" in done.stdout
    assert run(BANGFU_HTTPS="0").returncode == 1


@pytest.mark.parametrize("name", ["bangfu.env", "bangfu.service", "nginx.conf"])
def test_the_examples_agree_on_port_and_paths(name: str) -> None:
    text = (ROOT / "docs" / "deploy" / name).read_text("utf-8")
    assert name in DOC
    for port in re.findall(r"(?:127\.0\.0\.1:|--port )(\d+)", text):
        assert port == "8100"


@pytest.mark.parametrize(
    ("name", "value", "read"),
    [
        ("BANGFU_HTTPS", "maybe", variables.flag),
        ("BANGFU_IDLE_MINUTES", "-3", variables.number),
        ("BANGFU_WAIT_SECONDS", "nan", variables.seconds),
    ],
)
def test_a_setting_that_cannot_be_read_is_refused_by_name_and_not_repeated(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, read: object
) -> None:
    monkeypatch.setenv(name, value)
    assert callable(read)
    with pytest.raises(Refused) as refused:
        read(name)
    assert name in refused.value.text.zh
    assert value not in str(refused.value)
