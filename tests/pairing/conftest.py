"""The cast under the county's own handbook, in a folder of its own."""

from __future__ import annotations

import pytest

from tests.cast import Cast, settle
from tests.web.conftest import browser, folder

__all__ = ["browser", "folder"]


@pytest.fixture
def cast(db: None) -> Cast:
    return settle()
