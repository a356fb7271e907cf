"""The cast under the county's own handbook, in a folder of its own."""

from __future__ import annotations

import pytest

from bangfu.records.access import Policy
from tests.cast import Cast, settle
from tests.pairing.cast import drawn
from tests.web.conftest import browser, folder

__all__ = ["browser", "folder"]


@pytest.fixture
def cast(db: None) -> Cast:
    return settle()


@pytest.fixture
def county(cast: Cast) -> Cast:
    return drawn(cast)


@pytest.fixture
def by(county: Cast) -> Policy:
    return county.policy("registrar")
