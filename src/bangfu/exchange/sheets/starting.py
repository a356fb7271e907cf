"""Who works on an import: its sender's own request if it is short, else a process beside."""

from __future__ import annotations

import subprocess
import sys
from datetime import datetime
from pathlib import Path

from django.conf import settings

from bangfu.exchange.sheets import staging
from bangfu.exchange.sheets.staging import Staged
from bangfu.records.access import Policy


def go_on(by: Policy, one: Staged, *, now: datetime) -> Staged:
    """Do what is next with an import, at once or beside."""
    content = staging.content_of(by, one)
    if content is None or len(content) <= staging.AT_ONCE_BYTES:
        return staging.run(by, one.uid, now=now)
    words = [
        "import", "--staged", one.uid, "--by", one.account,
        "--data", str(Path(settings.BANGFU_DATA).resolve()),
    ]  # fmt: skip
    # A session of its own: whoever closes the window, or stops the server, does not stop it.
    subprocess.Popen(  # noqa: S603 -- our own program
        [sys.executable, "-m", "bangfu", *words],
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        start_new_session=True,
    )  # fmt: skip
    staging.expect(by, one)
    return one
