"""Run as a program over a county in a file, as the pages' requests do: each command is one request.

`found` makes the county, `send FILE` and `accept UID` leave the work to the process beside and end,
`again UID` goes on, `look UID` prints how it stands.
"""

from __future__ import annotations

import json
import os
import sys
from datetime import UTC, datetime
from pathlib import Path


def main(arguments: list[str]) -> None:
    """Do what the arguments say."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bangfu.settings")
    import django

    django.setup()
    from django.core.management import call_command

    from bangfu.exchange.sheets import staging, starting
    from bangfu.records import actions, sheet_queries
    from tests.cast import TODAY, settle, uid

    what, *more = arguments
    if what == "found":
        call_command("migrate", verbosity=0, skip_checks=True)
        settle()
        actions.open_account(
            username="registrar", person_uid=uid("registrar"), password="stone-bridge-42"
        )
        return
    by, now = sheet_queries.recorder_called("registrar", as_of=TODAY), datetime.now(UTC)
    if what == "send":
        content = Path(more[0]).read_bytes()
        one = staging.stage(content, name="a.xlsx", account="registrar", by=by, day=TODAY, now=now)
        starting.go_on(by, one, now=now)
        sys.stdout.write(one.uid)
        return
    found = staging.import_of(by, more[0])
    assert found is not None
    if what == "accept":
        starting.go_on(by, staging.begin_recording(by, found), now=now)
    elif what == "again":
        starting.go_on(by, found, now=now)
    elif what == "look":
        report = staging.report_of(by, found)
        sys.stdout.write(json.dumps({
            "state": found.state, "running": found.running, "interrupted": found.interrupted,
            "facts": found.facts, "done": found.done, "rows": found.rows,
            "counts": report.counts if report else {},
        }))  # fmt: skip


if __name__ == "__main__":
    main(sys.argv[1:])
