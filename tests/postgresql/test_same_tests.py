"""A part of the suite on PostgreSQL too, within `make test`; all of it is `make test-postgres`."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable

import pytest

from tests.house.tree import ROOT

pytestmark = pytest.mark.postgres
PART = (
    "tests/records/test_append_only.py",
    "tests/records/test_actions.py",
    "tests/records/test_mirror.py",
)


def test_what_is_recorded_and_refused_is_the_same(database: Callable[..., str]) -> None:
    run = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *PART],
        cwd=ROOT,
        env=os.environ | {"BANGFU_DATABASE": database()},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stdout[-4000:] + run.stderr[-2000:]
    assert "skipped" not in run.stdout
