"""Every test here reads by the same small handbook and keeps its keys in a folder of its own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_django import Settings

from bangfu.records.handbooks import use_handbook
from tests.cast import Cast, settle
from tests.records.rulebook import RULEBOOK


@pytest.fixture(autouse=True)
def folder(settings: Settings, tmp_path: Path) -> Path:
    """The data folder of one test."""
    settings.BANGFU_DATA = tmp_path
    settings.BANGFU_MASTER_KEY_FILE = tmp_path / "keys" / "master.key"
    settings.BANGFU_OUTSIDE = tmp_path / "outside"
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    return tmp_path


@pytest.fixture(autouse=True)
def rules() -> Iterator[None]:
    """The handbook made by hand."""
    with use_handbook(RULEBOOK):
        yield


@pytest.fixture
def cast(db: None) -> Cast:
    """The county with its people."""
    return settle()
