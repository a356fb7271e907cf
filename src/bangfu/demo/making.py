"""Makes an invented county in a data folder through the ledger, or finds the one that is there."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date

from bangfu.core.text import Refused
from bangfu.demo.accounts import Credentials, Watch, open_accounts
from bangfu.demo.county import MORNING, Invention
from bangfu.demo.lines import Line, moment
from bangfu.demo.scale import Options, era_of
from bangfu.handbook import county_folder
from bangfu.records import actions, queries
from bangfu.records.access import FOUNDER
from bangfu.records.batch import Entry
from bangfu.records.checkpoints import checkpoint
from bangfu.records.mirror.current import refresh

COUNTY = "xiangcheng"
_REPORT_EVERY = 500

Progress = Callable[[int, date], None]


def make(options: Options, *, progress: Progress, place: str = "") -> list[Credentials]:
    """Make the county unless it is there; the accounts opened, none where they were before.

    `place` is the option that names the folder, for the words of a refusal.

    A making that was broken off is taken up again: lines keep their uids, and one that the
    ledger has is not written twice. Raises `Refused` for a folder that holds something else.
    """
    options.check()
    begun = _holds(options, place)
    if begun and queries.account_names():
        return []
    watch = Watch(options.as_of)
    invention = Invention(
        scale=options.scale,
        era=era_of(options.as_of, options.scale.months),
        seed=options.seed,
        founder=FOUNDER,
        places=county_folder(COUNTY) / "places",
        calendar=queries.handbook().calendar,
    )
    _write(watch.watching(invention.lines()), options, begun=begun, progress=progress)
    return open_accounts(watch.cast(invention.county))


def _holds(options: Options, place: str) -> bool:
    """Whether the county of these options was begun here; refused if another one was."""
    there = queries.founded()
    if there is None:
        return False
    if there["county"] == COUNTY and there["options"] == options.stored():
        return True
    found = there["options"]
    if not isinstance(found, dict) or not found.get("demo") or there["county"] != COUNTY:
        raise Refused(
            "not_a_demo",
            "这个数据文件夹里是别的县的数据，不是演示县。换一个：bangfu demo --data 新文件夹。",
            "This data folder holds a county that is not this demo. "
            "Choose another: bangfu demo --data NEW_FOLDER.",
        )
    day = date.fromisoformat(str(found["as_of"]))
    words = Options(day, int(found["seed"]), bool(found["small"])).words()
    typed = f"bangfu demo {words} {place}".rstrip()
    raise Refused(
        "other_options",
        f"这个数据文件夹里的演示县是用 {words} 造的。照原样打开：{typed}；"
        "要另造一个：加 --data 新文件夹，或先删去这个文件夹。",
        f"This data folder holds a demo county made with {words}. "
        f"To open it: {typed}. To make another: add --data NEW_FOLDER, "
        "or remove this folder first.",
    )


def _write(lines: Iterator[Line], options: Options, *, begun: bool, progress: Progress) -> None:
    """The founder's lines first, then all others as one batch."""
    first: list[Line] = []
    following: Line | None = None
    for line in lines:
        if line.recorded_by != FOUNDER:
            following = line
            break
        first.append(line)
    if not begun:
        actions.found(
            [line.draft for line in first],
            as_of=options.as_of,
            now=first[-1].recorded_at,
            options=options.stored(),
        )

    def entries() -> Iterator[Entry]:
        """The rest, telling how far they have come."""
        line, number = following, len(first)
        while line is not None:
            yield Entry(line.draft, line.recorded_by, line.recorded_at)
            number += 1
            if number % _REPORT_EVERY == 0:
                progress(number, line.recorded_at.date())
            line = next(lines, None)
        progress(number, options.as_of)

    actions.record_batch(entries(), as_of=options.as_of)
    checkpoint(now=moment(options.as_of, MORNING))
    # The county's first page finds its columns ready.
    refresh()
