"""Who works on an import: its sender's own request if it is short, else a process beside.

One process for each sender, which takes all of his one after another.
"""

from __future__ import annotations

import subprocess
import sys
from datetime import datetime
from pathlib import Path

from django.conf import settings

from bangfu.core.text import Refused
from bangfu.exchange.sheets import folders, staging
from bangfu.exchange.sheets.folders import Staged
from bangfu.records.access import Policy


def go_on(by: Policy, one: Staged, *, now: datetime) -> Staged:
    """Do what is next with an import, at once or beside."""
    content = staging.content_of(by, one)
    if content is None or len(content) <= staging.AT_ONCE_BYTES:
        try:
            return staging.run(by, one.uid, now=now)
        except Refused as refused:
            if refused.code != folders.TAKEN:
                raise
    if not staging.in_line(by):
        begin(one)
        staging.expect(by, one)
    return one


def begin(one: Staged) -> None:
    """Begin a process that works on an import and on what its sender sends meanwhile."""
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
