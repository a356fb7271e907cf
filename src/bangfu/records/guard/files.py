"""While a reader is served, Python opens no file of the data folder and no database of its own."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

from django.conf import settings

from bangfu.records.folder import STATIC
from bangfu.records.guard import state

# What the browser is given anyway.
_PUBLIC = (STATIC,)
_state = {"watching": False}


def watch() -> None:
    """Look at every opening from now on; an audit hook cannot be taken off again."""
    if not _state["watching"]:
        _state["watching"] = True
        sys.addaudithook(_look)


def _look(event: str, arguments: tuple[Any, ...]) -> None:
    if event not in ("open", "sqlite3.connect") or state.holder() is None:
        return
    path = arguments[0]
    if event == "sqlite3.connect" or (isinstance(path, str | bytes | os.PathLike) and _ours(path)):
        raise state.Closed("a request may open no file of the data folder, nor a database")


def _ours(path: str | bytes | os.PathLike[str]) -> bool:
    folder = os.path.abspath(settings.BANGFU_DATA)  # noqa: PTH100 -- a string, and no look at it
    asked = os.path.abspath(os.fsdecode(path))  # noqa: PTH100
    if not asked.startswith(folder + os.sep):
        return False
    return Path(asked[len(folder) + 1 :]).parts[0] not in _PUBLIC
