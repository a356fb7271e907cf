"""The county's data: the database, its checkpoints, its backups and the last restore."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings

from bangfu.core.text import Text
from bangfu.exchange import journal
from bangfu.exchange.doctor.findings import Finding, damaged, good, moment, problem
from bangfu.records import checkpoints, erasures, versions
from bangfu.records.soundness import Soundness

# What is asked for daily may be late by a weekend's morning, what is asked for monthly by a week.
DAILY, STALE = timedelta(days=2), timedelta(days=7)
MONTHLY = timedelta(days=38)


def tables() -> Iterator[Finding]:
    """Whether the tables are this program's."""
    if names := versions.newer():
        yield problem(
            "version", "error",
            Text(f"数据由更新的版本所写：{', '.join(names)}。",
                 f"A newer version has written these data: {', '.join(names)}."),
            cause=Text("程序退回了旧版本。", "The program was put back to an older version."),
            cure=Text("装回较新的版本。", "Install the newer version again."),
        )  # fmt: skip
    elif names := versions.waiting():
        yield problem(
            "version", "error",
            Text(f"数据还是旧版本的：缺 {', '.join(names)}。",
                 f"The data are still an older version's: {', '.join(names)} wait."),
            cause=Text("换了程序，还没有升级数据。", "The program is new, the data are not."),
            cure=Text("停下服务，运行 bangfu upgrade。", "Stop serving and run `bangfu upgrade`."),
        )  # fmt: skip
    else:
        yield good("version", "数据与程序的版本相符。", "Data and program are of one version.")


def database(found: Soundness, *, whole: bool) -> Iterator[Finding]:
    """The database's own pages, its triggers, and whether it writes durably."""
    if found.damage:
        yield damaged(
            Text(f"数据库文件已损坏：{found.damage}。",
                 f"The database file is damaged: {found.damage}.")
        )  # fmt: skip
    if not found.triggers:
        yield problem(
            "database", "error",
            Text("拒绝修改的触发器不全或被换过。",
                 "Triggers that refuse changes are missing or are not the ones laid there."),
            cause=Text("有人绕过程序动过数据库。", "Somebody edited it past the program."),
            cure=Text("运行 bangfu verify，把结果交审计员；从可信的备份恢复。",
                      "Run `bangfu verify`, give the auditor what it says, restore a backup that "
                      "can be trusted."),
        )  # fmt: skip
    if not found.durable:
        yield problem(
            "database", "error",
            Text("断电会丢失刚记下的事实。", "A power cut would lose what was just recorded."),
            cause=Text("数据库的同步写入被关掉了。", "Synchronous writing was taken off."),
            cure=Text("PostgreSQL：fsync=on、synchronous_commit=on。SQLite：用本程序的默认设置。",
                      "PostgreSQL: fsync=on and synchronous_commit=on. SQLite: this program's own "
                      "settings."),
        )  # fmt: skip
    if not found.damage and found.triggers and found.durable:
        zh, en = ("完好", "is whole") if whole else ("触发器完好", "has its triggers")
        yield good("database", f"数据库{zh}，{found.facts:,} 条事实。",
                   f"The database {en}; {found.facts:,} facts.")  # fmt: skip


def checkpoint(found: Soundness, now: datetime) -> Iterator[Finding]:
    """How old the last checkpoint is, and whether it and the erasures are listed outside."""
    outside = checkpoints.outside_file()
    kept = outside.is_file() and any(
        point.sequence == found.point for point in checkpoints.read_points(outside)
    )
    if not (kept and erasures.list_file().is_file()):
        yield problem(
            "checkpoint", "error",
            Text(f"在外保管的文件不全：{outside.parent.name}。",
                 f"The files to keep outside are not whole: {outside.parent.name}."),
            cause=Text("还没有写过存证点，或文件被移走。",
                       "No checkpoint was written as yet, or the files were moved away."),
            cure=Text("运行 bangfu checkpoint，再把 outside 文件夹复制到别处（复制，不要移走）。",
                      "Run `bangfu checkpoint`, then copy the folder `outside` elsewhere: copy it, "
                      "do not move it."),
        )  # fmt: skip
        return
    age = now - found.pointed if found.pointed else timedelta()
    zh = f"最近的存证点到第 {found.point:,} 条事实，台账有 {found.facts:,} 条。"
    en = f"The last checkpoint is of fact {found.point:,} of {found.facts:,}."
    if found.point == found.facts or age <= DAILY:
        yield good("checkpoint", zh, en)
        return
    yield problem(
        "checkpoint", "error" if age > STALE else "warning", Text(zh, en),
        cause=Text(f"已有 {age.days} 天没有写存证点。", f"None was written for {age.days} days."),
        cure=Text("每天运行 bangfu checkpoint 或 bangfu backup。",
                  "Run `bangfu checkpoint` or `bangfu backup` every day."),
    )  # fmt: skip


def backups(found: Soundness, now: datetime) -> Iterator[Finding]:
    """When the last good backup and the last good restore were."""
    if not found.sqlite:
        yield problem(
            "backup", "warning",
            Text("数据在 PostgreSQL 里，本程序看不到它的备份。",
                 "The data lie in PostgreSQL, whose backups this program does not see."),
            cause=Text("bangfu backup 目前只备份 SQLite。", "`bangfu backup` knows SQLite only."),
            cure=Text("用 pg_dump 每天备份，每月试恢复一次。",
                      "Back up daily with pg_dump, and try a restore every month."),
        )  # fmt: skip
        return
    data = Path(settings.BANGFU_DATA)
    yield from _last(
        "backup", journal.last_good(data, "backup"), now, within=DAILY,
        what=Text("成功的备份", "good backup"),
        cure=Text("每天运行 bangfu backup（docs/deploy.md）。",
                  "Run `bangfu backup` every day (docs/deploy.md)."),
    )  # fmt: skip
    yield from _last(
        "restore",
        journal.last_restore(data),
        now,
        within=MONTHLY,
        what=Text("成功的恢复演练", "good restore"),
        cure=Text("每月运行 bangfu drill。", "Run `bangfu drill` every month."),
    )


def _last(
    check: str,
    done: journal.Done | None,
    now: datetime,
    *,
    within: timedelta,
    what: Text,
    cure: Text,
) -> Iterator[Finding]:
    if done is None:
        yield problem(
            check, "error", Text(f"还没有{what.zh}。", f"There was no {what.en} as yet."),
            cause=Text("没有运行过，或没有成功过。", "It was never run, or never succeeded."),
            cure=cure,
        )  # fmt: skip
        return
    at = datetime.fromisoformat(done.at)
    age = now - at
    zh = f"最近一次{what.zh}：{moment(at)}，到第 {done.sequence:,} 条事实。"
    en = f"The last {what.en}: {moment(at)}, up to fact {done.sequence:,}."
    if age <= within:
        yield good(check, zh, en)
        return
    yield problem(
        check, "error" if age > 2 * within else "warning", Text(zh, en),
        cause=Text(f"那是 {age.days} 天以前。", f"That is {age.days} days ago."), cure=cure,
    )  # fmt: skip
