"""The files that are kept outside for an auditor: lines are only added to them, durably."""

from __future__ import annotations

import os
from pathlib import Path

from bangfu.records.folder import sync


def append(file: Path, text: str) -> None:
    """Add text at the end; once this returns, the file and its name outlive a power cut."""
    file.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    try:
        os.write(descriptor, text.encode())
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    sync(file.parent)
