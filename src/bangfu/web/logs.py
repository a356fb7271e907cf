"""Logs as lines of JSON that hold nobody's data: what ran and how it ended, never what was typed.

A line has no address, no query, no argument of a message and no text of a fault, for each of them
may carry a name or a number that somebody typed. It has the route, the person's uid, the request's
number, and of a fault its class and where it was raised. Needs nothing of Django: the settings
name it.
"""

from __future__ import annotations

import json
import logging
import traceback
from collections.abc import Iterator
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any

from bangfu.core.text import Refused

OURS = "bangfu"
_MOST_FRAMES = 12
number_of_request: ContextVar[str] = ContextVar("request", default="")


class Lines(logging.Formatter):
    """One record as one line of JSON."""

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        line: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": _event(record),
        }
        if number := number_of_request.get():
            line["request"] = number
        line |= getattr(record, "seen", {})
        if record.exc_info and record.exc_info[1] is not None:
            line["fault"] = [_fault(one) for one in _chain(record.exc_info[1])]
        return json.dumps(line, ensure_ascii=False)


def _event(record: logging.LogRecord) -> str:
    """Our own words, or another's pattern without what it would be filled with."""
    pattern = record.msg if isinstance(record.msg, str) else ""
    ours = record.name.partition(".")[0] == OURS
    return pattern if ours or record.args else ""


def _fault(fault: BaseException) -> dict[str, object]:
    frames = [
        f"{frame.f_globals.get('__name__', '')}:{line} {frame.f_code.co_name}"
        for frame, line in traceback.walk_tb(fault.__traceback__)
    ]
    found: dict[str, object] = {
        "class": f"{type(fault).__module__}.{type(fault).__qualname__}",
        "where": frames[-_MOST_FRAMES:],
    }
    if isinstance(fault, Refused):
        found["code"] = fault.code
    return found


def _chain(fault: BaseException) -> Iterator[BaseException]:
    """The fault and what it came of, each once."""
    met: set[int] = set()
    one: BaseException | None = fault
    while one is not None and id(one) not in met:
        met.add(id(one))
        yield one
        one = one.__cause__ or one.__context__
