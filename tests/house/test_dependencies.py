"""Dependencies: each has its reason, the program names what it needs, the locks name no host."""

from __future__ import annotations

import re
import tomllib

from tests.house.tree import ROOT


def names_required(file_name: str) -> set[str]:
    lines = (ROOT / file_name).read_text("utf-8").splitlines()
    return {match[0] for line in lines if (match := re.match(r"[a-z][\w.-]*(?===)", line))}


def names_explained() -> set[str]:
    text = (ROOT / "docs" / "dependencies.md").read_text("utf-8")
    return set(re.findall(r"^\| `([\w.-]+)` \|", text, flags=re.MULTILINE))


def test_every_dependency_has_its_reason_and_no_reason_outlives_it() -> None:
    assert names_explained() == names_required("requirements.in") | names_required(
        "requirements-dev.in"
    )


def test_the_program_names_what_it_needs() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    declared = {re.split(r"[<>=!~\[ ]", name)[0] for name in project["project"]["dependencies"]}
    build = set(project["build-system"]["requires"])
    assert declared | build == names_required("requirements.in")


def test_the_locks_pin_what_was_asked_for_with_hashes_and_name_no_host() -> None:
    for name in ("requirements", "requirements-dev"):
        lock = (ROOT / f"{name}.txt").read_text("utf-8")
        for line in (ROOT / f"{name}.in").read_text("utf-8").splitlines():
            if "==" in line:
                assert re.search(rf"^{re.escape(line)} .*\\\n +--hash=sha256:", lock, re.MULTILINE)
        assert "://" not in lock
        assert "--index-url" not in lock
