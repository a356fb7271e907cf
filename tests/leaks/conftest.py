"""The cast's county under the small handbook, each test in a folder of its own."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cast import Cast, settle
from tests.records.conftest import folder, rules

__all__ = ["cast", "folder", "rules"]


@pytest.fixture
def cast(db: None, folder: Path) -> Cast:
    """The county with its people."""
    return settle()
