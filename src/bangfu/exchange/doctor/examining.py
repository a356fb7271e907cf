"""Every check in its order."""

from __future__ import annotations

from datetime import datetime

from bangfu.exchange.doctor import county, machine
from bangfu.exchange.doctor.findings import Finding
from bangfu.records import guard, soundness, versions


def examine(*, now: datetime, whole: bool) -> list[Finding]:
    """Every finding, in the order of a page; `whole` also reads every page of the database.

    Shows times, sizes and counts, nobody's rows: pages show it to the system administrator.
    """
    with guard.lifted():
        found = [*machine.configuration(), *county.tables()]
        if versions.newer() or versions.waiting():
            # Tables of another version: what else stands in them is not for this one to say.
            return [*found, *machine.keys(), *machine.language(whole=whole)]
        seen = soundness.look(whole=whole)
        return [
            *found,
            *county.database(seen, whole=whole),
            *machine.room(seen),
            *machine.clock(seen, now),
            *county.checkpoint(seen, now),
            *county.backups(seen, now),
            *machine.keys(),
            *machine.language(whole=whole),
        ]
