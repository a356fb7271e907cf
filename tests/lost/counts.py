"""How often: few in `make test`, as many as the environment says, the whole in `make ground`."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from tests.lost import county

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

    Seen = TypeVar("Seen", bound=DataclassInstance)

ROOT = Path(__file__).parents[2]


def times(name: str, usual: int) -> int:
    """The count that the environment gives, or the usual one."""
    return int(os.environ.get(name) or usual)


def run(program: str, folder: Path, count: int, *, apart: int = 0, **more: str) -> dict[str, Any]:
    """What a program of the harness saw; it stays on the screen of whoever runs `pytest -s`.

    Runs of one program with other numbers `apart` have other seeds.
    """
    seed = str(int(os.environ.get("BANGFU_SEED") or 1) + 1_000_000 * apart)
    clean = {k: v for k, v in os.environ.items() if not k.startswith("BANGFU_")}
    path = os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])
    done = subprocess.run(
        [sys.executable, "-m", f"tests.lost.{program}", str(folder), str(count), seed],
        env={**clean, "PYTHONPATH": path, **more}, cwd=ROOT, capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    sys.stdout.write(done.stdout)
    seen: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return seen


def say(seen: DataclassInstance) -> None:
    """Print what was seen, on one line, for `run`."""
    sys.stdout.write(json.dumps(asdict(seen), ensure_ascii=False) + "\n")


def each(
    arguments: Sequence[str], seen: Seen, one: Callable[[Path, Path, int, Seen], None]
) -> None:
    """A program's own part of `run`: found a county once, then try it so many times, and say."""
    folder, count, seed = Path(arguments[0]), int(arguments[1]), int(arguments[2])
    template = folder / "template"
    county.begin(template)
    county.found(template)
    for number in range(count):
        one(template, folder / str(number), seed + number, seen)
    say(seen)
