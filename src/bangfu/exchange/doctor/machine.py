"""The machine: settings, room on the disk, clock, the keys' files, language."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.conf import settings
from django.core import checks
from django.utils import translation

from bangfu.core.text import Text
from bangfu.exchange.doctor.findings import Finding, good, moment, problem
from bangfu.records.folder import BACKUP_KEY, KEYS, SIGNING_KEY
from bangfu.records.presence import CLOCKS_DIFFER
from bangfu.records.soundness import Soundness

LEAST_ROOM = 500 * 1024 * 1024  # bytes: below it nothing is safe
_MEGABYTE = 1024 * 1024
_HERE = frozenset(("localhost", "127.0.0.1", "[::1]"))
_OTHERS = 0o077
_OTHERS_WRITE = 0o022


def configuration() -> Iterator[Finding]:
    """The settings: names that nobody reads, and what is not fit for others to sign in to."""
    known = set(settings.BANGFU_VARIABLES)
    unknown = sorted(n for n in os.environ if n.startswith("BANGFU_") and n not in known)
    if unknown:
        names = ", ".join(unknown)
        yield problem(
            "configuration", "warning",
            Text(f"不认识的设置：{names}。", f"Settings that nobody reads: {names}."),
            cause=Text("名字写错了，或是旧版本的设置。",
                       "The name is misspelt, or is an older version's."),
            cure=Text("对照 docs/deploy.md 的设置表改正或删去。",
                      "Compare with the table in docs/deploy.md; mend or remove it."),
        )  # fmt: skip
    served = [host for host in settings.ALLOWED_HOSTS if host not in _HERE]
    if not served and not settings.DEBUG:
        yield good("configuration", "只供本机使用。", "Served on this machine only.")
        return
    complaints = [
        one.id or one.msg
        for one in checks.run_checks(include_deployment_checks=True)
        if one.level >= checks.WARNING and not one.is_silenced()
    ]
    if "*" in settings.ALLOWED_HOSTS:
        complaints.append("BANGFU_HOSTS=*")
    if not complaints:
        yield good("configuration", "设置符合对外服务的要求。", "The settings are fit to serve.")
        return
    names = ", ".join(complaints)
    yield problem(
        "configuration", "error",
        Text(f"设置不宜对外服务：{names}。", f"Not fit for others to sign in to: {names}."),
        cause=Text("登录可能不经加密传送，或程序处于调试状态，或接受任何网址。",
                   "Sign-ins may travel in clear, or the program is being debugged, or answers "
                   "to any address."),
        cure=Text("设 BANGFU_HTTPS=1，去掉 BANGFU_DEBUG，BANGFU_HOSTS 只写本系统的域名。",
                  "Set BANGFU_HTTPS=1, take BANGFU_DEBUG off, name only this system's hosts in "
                  "BANGFU_HOSTS."),
    )  # fmt: skip


def room(found: Soundness) -> Iterator[Finding]:
    """Room on the disk: a backup passes through a plain copy of the whole database."""
    free = shutil.disk_usage(settings.BANGFU_DATA).free
    zh = f"剩余空间 {free // _MEGABYTE:,} MB，数据库 {found.bytes // _MEGABYTE:,} MB。"
    en = f"{free // _MEGABYTE:,} MB are free, the database takes {found.bytes // _MEGABYTE:,} MB."
    needed = max(LEAST_ROOM, 2 * found.bytes)
    if free >= 2 * needed:
        yield good("room", zh, en)
        return
    yield problem(
        "room", "error" if free < needed else "warning", Text(zh, en),
        cause=Text("备份时要先放一份同样大的副本；磁盘写满后什么也记不进去。",
                   "A backup passes through a copy as large; on a full disk nothing is recorded."),
        cure=Text("把旧备份移到别的机器，或换更大的磁盘。",
                  "Move old backups to another machine, or put in a larger disk."),
    )  # fmt: skip


def clock(found: Soundness, now: datetime) -> Iterator[Finding]:
    """The clock against the last fact and against the files: none can be of the future."""
    moments = [found.recorded] if found.recorded else []
    if found.file is not None:
        beside = (found.file, found.file.with_name(f"{found.file.name}-wal"))
        moments += [
            datetime.fromtimestamp(file.stat().st_mtime, UTC) for file in beside if file.exists()
        ]
    latest = max(moments, default=now)
    if latest <= now + CLOCKS_DIFFER:
        yield good("clock", f"现在是 {moment(now)}。", f"It is {moment(now)}.")
        return
    behind = _span(latest - now)
    yield problem(
        "clock", "error",
        Text(f"时钟比最后写入的时间慢 {behind.zh}。",
             f"The clock is {behind.en} behind what was written last."),
        cause=Text("时钟被拨回，或以前曾拨快过。程序不让事实的记录时间倒退，会拒绝记录。",
                   "It was put back, or ran ahead before. Times of recording never run backwards: "
                   "the program refuses to record."),
        cure=Text("与标准时间对时（timedatectl set-ntp true）。以前拨快过的，等到那一刻过去。",
                  "Set it by a time server (timedatectl set-ntp true). If it ran ahead before, "
                  "wait until that moment is past."),
    )  # fmt: skip


def keys() -> Iterator[Finding]:
    """The files that open everything: there, and for their owner only."""
    data, master = Path(settings.BANGFU_DATA), Path(settings.BANGFU_MASTER_KEY_FILE)
    if not master.is_file():
        yield problem(
            "keys", "error",
            Text(f"缺少主密钥“{master.name}”。", f"The master key “{master.name}” is missing."),
            cause=Text("被移走，或数据文件夹是从别处复制来的。",
                       "It was moved, or the data folder was copied from elsewhere."),
            cure=Text("从保管处取回放回原位；不要新建，否则密封的内容永远打不开。",
                      "Put the kept copy back. Make no new one: sealed values would stay sealed."),
        )  # fmt: skip
    private = [master, data / SIGNING_KEY, data / BACKUP_KEY, data / KEYS]
    private += sorted(data.glob("bangfu.sqlite3*"))
    bad = [file.name for file in private if file.exists() and file.stat().st_mode & _OTHERS]
    if data.stat().st_mode & _OTHERS_WRITE:
        bad.append(data.name)
    if bad:
        names = ", ".join(bad)
        yield problem(
            "keys", "error",
            Text(f"别的用户也能读或写：{names}。", f"Other users can read or write: {names}."),
            cause=Text("复制或恢复时权限放宽了。", "Copying made the permissions wider."),
            cure=Text("chmod -R go-rwx 数据文件夹（outside 除外）。",
                      "chmod -R go-rwx the data folder (all but `outside`)."),
        )  # fmt: skip
    elif master.is_file():
        yield good("keys", "密钥文件只有所有者能读。", "Only their owner reads the keys' files.")


def language(*, whole: bool) -> Iterator[Finding]:
    """Chinese from the catalogue, the county's time zone; `whole`: letters to print with here."""
    with translation.override("zh-hans"):
        spoken = translation.gettext("Accounts") != "Accounts"
    try:
        ZoneInfo(settings.TIME_ZONE)
        zoned = True
    except ZoneInfoNotFoundError:
        zoned = False
    if not (spoken and zoned):
        what = "django.mo" if not spoken else settings.TIME_ZONE
        yield problem(
            "language", "error",
            Text(f"缺少中文或时区文件：{what}。", f"Language or time zone is missing: {what}."),
            cause=Text("程序没有装全。", "The program is not installed whole."),
            cure=Text("重新安装程序；时区缺失的装 tzdata。",
                      "Install the program again; for the time zone install tzdata."),
        )  # fmt: skip
        return
    if not whole:
        yield good("language", "中文和时区都在。", "Chinese and the time zone are there.")
        return
    if _has_letters():
        yield good("language", "中文、时区和中文字体都在。",
                   "Chinese, the time zone and Chinese letters are there.")  # fmt: skip
        return
    yield good(
        "language",
        "中文和时区都在。本机没有中文字体：网页不需要；要在本机打印请装 fonts-noto-cjk。",
        "Chinese and the time zone are there. No Chinese font on this machine: pages need none; "
        "to print here install fonts-noto-cjk.",
    )


def _has_letters() -> bool:
    program = shutil.which("fc-list")
    if program is None:
        return False
    run = subprocess.run([program, ":lang=zh", "family"], check=False, capture_output=True)  # noqa: S603
    return bool(run.stdout.strip())


def _span(span: timedelta) -> Text:
    """A length of time, in its largest whole unit."""
    if span >= timedelta(days=1):
        return Text(f"{span.days} 天", f"{span.days} days")
    minutes = int(span.total_seconds() // 60)
    return Text(f"{minutes} 分钟", f"{minutes} minutes")
