"""An import that waits: what was shown is what is recorded, and nothing waits for ever."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from pytest_django import Settings

from bangfu.core.text import Refused
from bangfu.exchange.sheets import folders, importing, staging, starting
from bangfu.exchange.sheets.folders import Staged
from bangfu.exchange.sheets.importing import Import
from bangfu.exchange.sheets.report import Report
from bangfu.records import actions, batch, queries, sweeping
from bangfu.records.models import Fact
from tests.cast import NOW, TODAY, Cast, settle, uid
from tests.exchange.sheetbook import Rows, rules, workbook

__all__ = ["rules"]

pytestmark = pytest.mark.django_db

PROFILES: Rows = [
    ["户编号", "开户银行账号", "家庭人口数"],
    ["001", "", 3],
]
MEASURES: Rows = [
    ["户编号", "日期", "措施名称", "金额(元)"],
    ["001", "2017-07-01", "产业帮扶", 1200],
    ["001", "2017-07-02", "产业帮扶", 1300],
]


@pytest.fixture
def cast() -> Cast:
    return settle()


@pytest.fixture
def folder(settings: Settings) -> Path:
    return Path(settings.BANGFU_DATA)


def sent(path: Path, cast: Cast, *, by: str = "officer") -> Staged:
    """The workbook, staged and not read."""
    return staging.stage(
        path.read_bytes(), name="表.xlsx", account=by, by=cast.policy(by), day=TODAY, now=NOW
    )


def read(path: Path, cast: Cast, *, by: str = "officer") -> Staged:
    """The workbook, staged and read: its sender looks at it now."""
    return staging.run(cast.policy(by), sent(path, cast, by=by).uid, now=NOW)


def accept(one: Staged, cast: Cast, *, by: str = "officer") -> Staged:
    staging.begin_recording(cast.policy(by), one)
    return staging.run(cast.policy(by), one.uid, now=NOW)


def why(one: Staged, cast: Cast, *, by: str = "officer") -> list[str]:
    report = staging.report_of(cast.policy(by), one)
    assert report is not None
    return [problem.text.zh for row in report.rows("refused") for problem in row.problems]


def surveyed(cast: Cast, size: int, *, on: date = date(2017, 7, 30)) -> None:
    """A colleague's survey of the household."""
    survey = cast.draft("household_profile", by="registrar", on=on, values={"size": size})
    actions.record([survey], by=cast.policy("registrar"), now=NOW)


def sizes(cast: Cast) -> list[object]:
    facts = Fact.objects.filter(kind="household_profile").order_by("sequence")
    found = [queries.fact(cast.policy("registrar"), one.uid) for one in facts]
    return [fact.values["size"] for fact in found if fact]


def test_a_row_that_changed_since_it_was_shown_stays_out(cast: Cast, tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", {"户": PROFILES, "措施": MEASURES})
    surveyed(cast, 3)
    one = read(path, cast)
    assert one.counts == {"same": 1, "new": 2}
    surveyed(cast, 5)
    done = accept(one, cast)
    assert (done.state, done.counts, done.facts) == ("recorded", {"new": 2, "refused": 1}, 2)
    assert sizes(cast) == [3, 5]
    assert "您查看之后" in why(done, cast)[0]


def test_a_change_from_another_value_than_was_shown_stays_out(cast: Cast, tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", {"户": PROFILES})
    surveyed(cast, 4)
    one = read(path, cast)
    assert one.counts == {"changed": 1}
    surveyed(cast, 5)
    assert accept(one, cast).counts == {"refused": 1}
    assert sizes(cast) == [4, 5]
    # Nor does it go in when the run is repeated, as after a kill before its state was written.
    folders.save(replace(one, state="recording"))
    assert staging.run(cast.policy("officer"), one.uid, now=NOW).counts == {"refused": 1}
    assert sizes(cast) == [4, 5]
    again = read(path, cast)
    assert again.counts == {"changed": 1}
    assert accept(again, cast).counts == {"changed": 1}
    assert sizes(cast) == [4, 5, 3]


def test_what_a_colleague_has_recorded_just_so_is_the_same(cast: Cast, tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", {"户": PROFILES})
    one = read(path, cast)
    assert one.counts == {"new": 1}
    surveyed(cast, 3)
    assert accept(one, cast).counts == {"same": 1}
    assert sizes(cast) == [3]


def files(folder: Path) -> set[str]:
    return {path.name for path in folder.glob("imports/*/*")}


# What waits is not much, and is worked on one after another.


def test_what_cannot_be_read_is_not_kept(cast: Cast, folder: Path) -> None:
    for _ in range(3):
        one = staging.stage(
            b"no workbook", name="a", account="officer", by=cast.policy("officer"), day=TODAY,
            now=NOW,
        )  # fmt: skip
        ended = staging.run(cast.policy("officer"), one.uid, now=NOW)
        assert ended.state == "failed" and ended.problem
    assert files(folder) == {"key", "meta", "lock"}


def test_what_could_not_be_recorded_can_be_accepted_again(
    cast: Cast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = read(workbook(tmp_path / "a.xlsx", {"措施": MEASURES}), cast)
    with monkeypatch.context() as patch:
        patch.setattr("bangfu.exchange.sheets.importing._TRIES", 0)
        ended = accept(one, cast)
    assert ended.state == "read" and ended.problem and "总是不能入账" in ended.problem.zh
    assert accept(ended, cast).counts == {"new": 2}


def test_a_sender_keeps_no_more_than_so_many_bytes(
    cast: Cast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bad: Rows = [*MEASURES, ["404", "2017-07-01", "产业帮扶", 1200]]
    path = workbook(tmp_path / "a.xlsx", {"措施": bad})
    one = read(path, cast)
    done = accept(one, cast)
    assert done.left_out == 1 and staging.content_of(cast.policy("officer"), done)
    monkeypatch.setattr(staging, "MOST_BYTES", path.stat().st_size)
    with pytest.raises(Refused) as refused:
        sent(path, cast)
    assert refused.value.code == "imports_too_large"
    sent(path, cast, by="registrar")
    staging.throw_away(cast.policy("officer"), done)
    assert staging.report_of(cast.policy("officer"), done) is None
    [kept] = staging.staged(cast.policy("officer"), now=NOW)
    assert (kept.state, kept.facts, kept.size) == ("recorded", 2, 0)
    sent(path, cast)


def test_one_import_of_a_sender_is_worked_on_at_a_time(
    cast: Cast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = workbook(tmp_path / "a.xlsx", {"措施": MEASURES})
    by, begun = cast.policy("officer"), list[Staged]()
    monkeypatch.setattr(starting, "begin", begun.append)
    monkeypatch.setattr(staging, "expect", lambda *_: None)
    first, second, other = sent(path, cast), sent(path, cast), sent(path, cast, by="registrar")
    with folders.turn_of(first.owner, patience=0):  # as while a request reads a small one
        starting.go_on(by, first, now=NOW)
        assert [one.uid for one in begun] == [first.uid]
        assert starting.go_on(cast.policy("registrar"), other, now=NOW).state == "read"
    with folders.line_of(first.owner) as mine:  # as while a process works its imports off
        assert mine
        monkeypatch.setattr(staging, "AT_ONCE_BYTES", 0)
        starting.go_on(by, second, now=NOW)
        assert len(begun) == 1
        stands = staging.import_of(by, second.uid)
        assert stands and stands.running and not stands.interrupted
        staging.work_off(by, second.uid, clock=lambda: NOW)  # leaves it to that process
        assert [one.state for one in staging.staged(by, now=NOW)] == ["waiting", "waiting"]
    staging.work_off(by, second.uid, clock=lambda: NOW)
    assert [one.state for one in staging.staged(by, now=NOW)] == ["read", "read"]


def test_a_process_that_works_off_passes_over_what_another_has(
    cast: Cast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, by = workbook(tmp_path / "a.xlsx", {"措施": MEASURES}), cast.policy("officer")
    one, two = sent(path, cast), sent(path, cast)
    with folders.held(one.uid):
        staging.work_off(by, one.uid, clock=lambda: NOW)
    states = {one.uid: one.state for one in staging.staged(by, now=NOW)}
    assert states == {one.uid: "waiting", two.uid: "read"}


# Nothing is kept for longer than is said.


def test_whoever_looks_everybodys_old_imports_are_destroyed(
    cast: Cast, tmp_path: Path, folder: Path
) -> None:
    path = workbook(tmp_path / "a.xlsx", {"措施": MEASURES})
    read(path, cast)
    held = read(path, cast)
    torn = sent(path, cast)  # as after a kill before its state was written
    (folder / "imports" / torn.uid / "meta").unlink()
    damaged = sent(path, cast)
    (folder / "imports" / damaged.uid / "meta").write_bytes(b"torn")
    for one in (torn, damaged):
        os.utime(folder / "imports" / one.uid, (0, 0))
    later = NOW + timedelta(days=folders.KEPT_DAYS, seconds=1)
    with folders.held(held.uid):
        assert staging.staged(cast.policy("registrar"), now=later) == []
        assert [path.name for path in folder.glob("imports/*-*/")] == [held.uid]
    staging.staged(cast.policy("registrar"), now=later)
    assert files(folder) == set()


def test_what_an_erasure_destroyed_does_not_come_back(
    cast: Cast, tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = workbook(tmp_path / "a.xlsx", {"措施": MEASURES})
    tried, accepted = Import.tried, Import.accepted
    before = read(path, cast)

    def erasing(work: Callable[..., Report]) -> Callable[..., Report]:
        def while_erasing(self: Import, *, now: datetime) -> Report:
            found = work(self, now=now)
            sweeping.sweep(uid("west head"))
            return found

        return while_erasing

    monkeypatch.setattr(Import, "accepted", erasing(accepted))
    done = accept(before, cast)
    assert (done.state, done.facts) == ("recorded", 2)
    assert files(folder) - {"progress"} == {"key", "meta", "lock"}
    monkeypatch.setattr(Import, "tried", erasing(tried))
    one = read(path, cast)
    assert one.state == "failed" and one.problem and "删除了个人信息" in one.problem.zh
    assert files(folder) - {"progress"} == {"key", "meta", "lock"}


def test_what_was_swept_away_before_it_was_accepted_says_so(cast: Cast, tmp_path: Path) -> None:
    one = read(workbook(tmp_path / "a.xlsx", {"措施": MEASURES}), cast)
    sweeping.sweep(uid("west head"))
    ended = accept(one, cast)
    assert ended.state == "failed" and ended.problem and "重新发送" in ended.problem.zh


# Only those see it who may, and what is decided is decided once.


def test_whoever_moves_to_another_post_reads_no_old_report(cast: Cast, tmp_path: Path) -> None:
    one = read(workbook(tmp_path / "a.xlsx", {"措施": MEASURES}), cast)
    there = cast.policy("officer")
    moved = replace(there, roles=cast.policy("west officer").roles)
    more = replace(there, roles=(*there.roles, *cast.policy("west officer").roles))
    for by, sees in (
        (there, True),
        (more, True),
        (moved, False),
        (replace(there, roles=()), False),
    ):
        assert (staging.import_of(by, one.uid) is not None) == sees
        assert (staging.report_of(by, one) is not None) == sees
        assert (staging.content_of(by, one) is not None) == sees
        assert bool(staging.staged(by, now=NOW)) == sees
    with pytest.raises(Refused):
        staging.begin_recording(moved, one)


def test_a_decision_from_an_old_page_is_refused(cast: Cast, tmp_path: Path) -> None:
    by = cast.policy("officer")
    path = workbook(tmp_path / "a.xlsx", {"措施": MEASURES})
    thrown, recorded = read(path, cast), read(path, cast)
    staging.throw_away(by, thrown)
    accept(recorded, cast)
    for stale, state in ((thrown, "thrown"), (recorded, "recorded")):
        with pytest.raises(Refused) as refused:
            staging.choose(by, stale, {"0:2": "skip"})
        assert refused.value.code == "import_moved_on"
        with pytest.raises(Refused):
            staging.begin_recording(by, stale)
        stands = staging.import_of(by, stale.uid)
        assert stands and stands.state == state and not stands.interrupted


def test_a_decision_waits_for_who_works_on_it(cast: Cast, tmp_path: Path) -> None:
    one = read(workbook(tmp_path / "a.xlsx", {"措施": MEASURES}), cast)
    by = cast.policy("officer")
    with folders.held(one.uid):
        for decide in (
            lambda: staging.choose(by, one, {}), lambda: staging.begin_recording(by, one),
            lambda: staging.throw_away(by, one),
        ):  # fmt: skip
            with pytest.raises(Refused) as refused:
                decide()
            assert refused.value.code == "import_runs"


def test_what_the_import_itself_wrote_before_is_no_change_since(
    cast: Cast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rows far apart about one household: the later ones are compared with the earlier, written."""
    monkeypatch.setattr(importing, "PORTION", 1)
    monkeypatch.setattr(batch, "PORTION", 1)
    rows: Rows = [
        ["户编号", "日期", "家庭人口数"],
        ["001", "2017-07-01", 3], ["001", "2017-07-02", 4], ["001", "2017-07-03", 5],
    ]  # fmt: skip
    more: Rows = [["户编号", "日期", "家庭人口数"], ["001", "2017-07-04", 6]]
    one = read(workbook(tmp_path / "a.xlsx", {"上旬": rows, "下旬": more}), cast)
    assert one.counts == {"new": 4}
    done = accept(one, cast)
    assert done.left_out == 0
    assert sizes(cast) == [3, 4, 5, 6]
