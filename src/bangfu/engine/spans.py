"""Stretches of days by row, as columns: unite, cut, count. No loop ever visits a cell.

A row is whatever the caller numbers from 0: a subject, a person, a subject with its holder.
Days are whole numbers since 1970-01-01, ends are exclusive.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

Ints = NDArray[np.int64]
Counts = NDArray[np.int32]

FOREVER = 2**31 - 1
ALWAYS = -(2**31)
_WIDTH = 2**32  # one row's days fit, and 2**31 rows of them fit an int64 key
_DIGIT = 16  # numpy sorts 16-bit keys by counting, which is linear


class Spans(NamedTuple):
    """Disjoint stretches, sorted by row and start: int64 arrays of one length."""

    row: Ints
    start: Ints
    end: Ints


def ints(values: ArrayLike) -> Ints:
    """The values as int64, copied only where they are not."""
    return np.asarray(values, dtype=np.int64)


def key_of(row: ArrayLike, day: ArrayLike) -> Ints:
    """One number that orders by row, then by day."""
    return ints(row) * _WIDTH + (ints(day) - ALWAYS)


def merged(row: Ints, start: Ints, end: Ints) -> Spans:
    """The union of stretches that may overlap, in any order; empty ones are dropped."""
    keep = start < end
    if not keep.all():
        row, start, end = row[keep], start[keep], end[keep]
    head = key_of(row, start)
    if (head[1:] < head[:-1]).any():
        order = np.argsort(head, kind="stable")
        row, start, end, head = row[order], start[order], end[order], head[order]
    reach = np.maximum.accumulate(key_of(row, end))
    fresh = np.ones(len(row), dtype=np.bool_)
    np.greater(head[1:], reach[:-1], out=fresh[1:])
    if fresh.all():
        return Spans(row, start, end)
    first = np.flatnonzero(fresh)
    last = np.append(first[1:], len(row)) - 1
    return Spans(row[first], start[first], reach[last] % _WIDTH + ALWAYS)


def ranges(low: Ints, high: Ints) -> tuple[Ints, Ints]:
    """All pairs (i, k) with low[i] <= k < high[i], ordered by i, then k."""
    length = np.maximum(high - low, 0)
    total = int(length.sum())
    owner = np.repeat(np.arange(len(low)), length)
    before = np.cumsum(length) - length
    return owner, np.arange(total) - np.repeat(before - low, length)


def touching(spans: Spans, row: Ints, start: Ints, end: Ints) -> tuple[Ints, Ints]:
    """All pairs (i, k) where span k lies in row[i] and has a day in [start[i], end[i])."""
    low = np.searchsorted(key_of(spans.row, spans.end), key_of(row, start), side="right")
    high = np.searchsorted(key_of(spans.row, spans.start), key_of(row, end), side="left")
    return ranges(low, high)


def common(spans: Spans, others: Spans, other_row: Ints) -> Spans:
    """The days of each span that lie in `others` too, looked up under row `other_row`.

    `other_row` names, for each row of `spans`, the row of `others` that limits it.
    """
    owner, other = touching(others, other_row[spans.row], spans.start, spans.end)
    return Spans(
        spans.row[owner],
        np.maximum(spans.start[owner], others.start[other]),
        np.minimum(spans.end[owner], others.end[other]),
    )


def days_within(spans: Spans, rows: int, start: Ints, end: Ints) -> Counts:
    """How many days of each row's spans lie in each period, rows x periods.

    The periods are sorted and do not overlap. Every period that a span touches gets all its
    days, by a running sum; then the days cut off at the span's two ends are taken away.
    """
    touched = np.zeros((rows, len(start) + 1), dtype=np.int32)
    low = np.searchsorted(end, spans.start, side="right")
    high = np.searchsorted(start, spans.end, side="left")
    hit = low < high
    row, low, high = spans.row[hit], low[hit], high[hit]
    np.add.at(touched, (row, low), 1)
    np.subtract.at(touched, (row, high), 1)
    days = np.cumsum(touched, axis=1, dtype=np.int32)[:, :-1]
    days *= (end - start).astype(np.int32)
    last = high - 1
    cut = np.maximum(spans.start[hit] - start[low], 0).astype(np.int32)
    np.subtract.at(days, (row, low), cut)
    cut = np.maximum(end[last] - spans.end[hit], 0).astype(np.int32)
    np.subtract.at(days, (row, last), cut)
    return days


def days_before(spans: Spans, row: Ints, day: Ints) -> Ints:
    """How many days of row[i]'s spans lie before day[i]."""
    if not len(spans.row):
        return np.zeros(len(row), dtype=np.int64)
    length = spans.end - spans.start
    total = np.cumsum(length) - length
    at = np.searchsorted(key_of(spans.row, spans.start), key_of(row, day), side="left") - 1
    floor = total[np.minimum(np.searchsorted(spans.row, row), len(spans.row) - 1)]
    inside = (at >= 0) & (spans.row[at] == row)
    passed = np.minimum(day, spans.end[at]) - spans.start[at]
    return np.where(inside, total[at] - floor + passed, 0)


def locate(ids: Ints, wanted: Ints) -> Ints:
    """The position of each wanted id in `ids` (sorted, each once), -1 where it is not there."""
    if not len(ids):
        return np.full(len(wanted), -1, dtype=np.int64)
    base, width = int(ids[0]), int(ids[-1] - ids[0]) + 1
    if width > 8 * len(wanted):
        at = np.minimum(np.searchsorted(ids, wanted), len(ids) - 1)
        return np.where(ids[at] == wanted, at, -1)
    # Two more places at the ends, to which everything outside is clipped.
    table = np.full(width + 2, -1, dtype=np.int64)
    table[ids - (base - 1)] = np.arange(len(ids))
    return np.take(table, wanted - (base - 1), mode="clip")


def distinct(parts: Sequence[Ints]) -> Ints:
    """The different numbers in all of the parts, sorted."""
    some = [part for part in parts if len(part)]
    if not some:
        return np.zeros(0, dtype=np.int64)
    base = min(int(part.min()) for part in some)
    width = max(int(part.max()) for part in some) - base + 1
    if width > 8 * sum(len(part) for part in some):
        return np.unique(np.concatenate(some))
    seen = np.zeros(width, dtype=np.bool_)
    for part in some:
        seen[part - base] = True
    return np.flatnonzero(seen) + base


def counting_order(keys: Ints, bound: int) -> Ints:
    """The stable order of `keys`, all in [0, bound), in time linear in their number."""
    if len(keys) < 2**_DIGIT // 64:
        return np.argsort(keys, kind="stable")
    order = np.argsort((keys & 0xFFFF).astype(np.uint16), kind="stable")
    shift = _DIGIT
    while bound >> shift:
        digit = ((keys >> shift) & 0xFFFF).astype(np.uint16)
        order = order[np.argsort(digit[order], kind="stable")]
        shift += _DIGIT
    return order
