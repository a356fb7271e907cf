"""Which handbook the records are read and checked by: the county's, or one that a test chose."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path

from django.conf import settings

from bangfu.core.rules import Handbook

_chosen: list[Handbook] = []


def handbook() -> Handbook:
    """The handbook (工作手册) of this county, loaded once.

    The setting `BANGFU_COUNTY` names a county that ships with the program, or a folder.
    """
    return _chosen[-1] if _chosen else _load(str(settings.BANGFU_COUNTY))


def folder() -> Path:
    """The folder of this county's handbook, with its places."""
    from bangfu.handbook import county_folder

    named = Path(settings.BANGFU_COUNTY)
    return named if named.is_dir() else county_folder(str(settings.BANGFU_COUNTY))


@contextmanager
def use_handbook(chosen: Handbook) -> Iterator[None]:
    """Read and check by `chosen` until the block ends."""
    _chosen.append(chosen)
    try:
        yield
    finally:
        _chosen.remove(chosen)


@lru_cache(maxsize=4)
def _load(_county: str) -> Handbook:
    from bangfu.handbook import load

    return load(folder())
