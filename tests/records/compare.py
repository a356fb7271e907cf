"""Tables compared column by column."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass

import numpy as np

from bangfu.engine.tables import Tables


def plain(value: object) -> object:
    """Anything of the engine's tables as plain values that compare."""
    if isinstance(value, np.ndarray):
        return value.tolist()
    if isinstance(value, Mapping):
        return {name: plain(item) for name, item in value.items()}
    if is_dataclass(value):
        return {field.name: plain(getattr(value, field.name)) for field in fields(value)}
    return value


def assert_equal(left: Tables, right: Tables) -> None:
    """The two hold the same rows in the same order."""
    for field in fields(Tables):
        one, other = getattr(left, field.name), getattr(right, field.name)
        if isinstance(one, Mapping):
            assert set(one) == set(other)
            for name in one:
                assert plain(one[name]) == plain(other[name]), f"{field.name} {name}"
        else:
            assert one == other
