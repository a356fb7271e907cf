"""Python reads this before anything else where its folder is on the path: another clock.

`BANGFU_SHIFT` says by how many seconds `time.time` and Django's `timezone.now` are off, which are
all that a page reads the time from. `datetime` itself stays: libraries in C measure its class.
"""

from __future__ import annotations

import importlib.util
import os
import sys
import time
from datetime import UTC, datetime, timedelta
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any

SHIFT = float(os.environ.get("BANGFU_SHIFT") or 0)
PATCHED = "django.utils.timezone"
_time, _time_ns = time.time, time.time_ns


class _Patching(Loader):
    def __init__(self, real: Loader) -> None:
        self.real = real

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        return self.real.create_module(spec)

    def exec_module(self, module: Any) -> None:
        self.real.exec_module(module)
        module.now = lambda: datetime.now(UTC) + timedelta(seconds=SHIFT)


class _Finder(MetaPathFinder):
    def find_spec(self, name: str, path: Any, target: Any = None) -> ModuleSpec | None:
        if name != PATCHED:
            return None
        sys.meta_path.remove(self)
        spec = importlib.util.find_spec(name)
        assert spec is not None
        assert spec.loader is not None
        spec.loader = _Patching(spec.loader)
        return spec


if SHIFT:
    time.time = lambda: _time() + SHIFT
    time.time_ns = lambda: _time_ns() + int(SHIFT * 1e9)
    sys.meta_path.insert(0, _Finder())
