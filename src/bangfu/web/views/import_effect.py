"""What an import changed, for its page: leads proposed, doubts that came, went and stand."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bangfu.core.results import Doubt
from bangfu.exchange.sheets.report import VERDICT_TITLES, VERDICTS, Report
from bangfu.records import queries
from bangfu.web import leads
from bangfu.web.reader import Reader
from bangfu.web.views.doubts import lines_of, mender, menders_of
from bangfu.web.views.record import recordable
from bangfu.web.words import say

MOST = 30  # of each sort on the page; the rest is on the page of doubts


def effect_context(reader: Reader, report: Report) -> dict[str, Any]:
    """Everything that the part of the page shows; empty where nothing is recorded yet."""
    if not report.recorded:
        return {}
    found = queries.effect_of(reader.policy, report.span, as_of=reader.today)
    holders = {who for one in found.stand for who in one.holders[:1]}
    names = queries.names(reader.policy, holders)
    return {
        "counts": [
            {"title": say(VERDICT_TITLES[verdict]), "number": report.counts[verdict]}
            for verdict in VERDICTS
            if report.counts.get(verdict)
        ],
        "leads": leads.lines_of(reader, recordable(reader), found.proposed[:MOST]),
        "leads_count": len(found.proposed),
        "settled_count": len(found.settled),
        "closed": lines_of(reader, found.closed[:MOST]),
        "closed_count": len(found.closed),
        "opened_count": len(found.opened),
        "stand_count": len(found.stand),
        "menders": _menders(reader, found.stand, found.opened, names),
    }


def _menders(
    reader: Reader,
    stand: Sequence[Doubt],
    opened: Sequence[Doubt],
    names: dict[int, queries.Named],
) -> list[dict[str, Any]]:
    """Everybody who can mend something of what came in, with what it is."""
    fresh = {(one.check, one.subject) for one in opened}
    found: list[dict[str, Any]] = []
    left = MOST
    for one in menders_of(reader, stand, names):
        mine = [doubt for doubt in stand if mender(doubt, names) == one["key"]]
        mine.sort(key=lambda doubt: (doubt.check, doubt.subject) not in fresh)
        shown = lines_of(reader, mine[:left])
        left -= len(shown)
        new = sum((doubt.check, doubt.subject) in fresh for doubt in mine)
        found.append({**one, "lines": shown, "new": new})
    return found
