"""An import that waits: what was shown is what is recorded, and nothing waits for ever."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from bangfu.exchange.sheets import staging
from bangfu.exchange.sheets.staging import Staged
from bangfu.records import actions, queries
from bangfu.records.models import Fact
from tests.cast import NOW, TODAY, Cast, settle
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
    staging._save(one)
    assert accept(one, cast).counts == {"refused": 1}
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
