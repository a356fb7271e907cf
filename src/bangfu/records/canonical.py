"""The one byte form of what is hashed."""

from __future__ import annotations

from collections.abc import Mapping

import orjson

_FORM = orjson.OPT_SORT_KEYS | orjson.OPT_PASSTHROUGH_DATETIME


def canonical(body: Mapping[str, object]) -> bytes:
    """A body as JSON with sorted keys, UTF-8, no spaces.

    Of texts, whole numbers below 2^63, truths, nulls, and lists and mappings of these. Numbers
    with decimals have more than one form and are texts here. Raises `TypeError` for the rest.
    """
    return orjson.dumps(body, option=_FORM)
