"""`bangfu backup | restore | drill | upgrade | backup-key`: what keeps a county from being lost."""

from __future__ import annotations

import argparse
import base64
import json
import os
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bangfu.core.text import Refused
from bangfu.exchange import backups, envelope, journal
from bangfu.exchange.envelope import Progress
from bangfu.records import variables
from bangfu.records.folder import BACKUP_KEY, BEFORE_UPGRADE, MASTER_KEY, OUTSIDE, make_key
from bangfu.records.starting import Subcommands, data_option, open_county, start


def register(subcommands: Subcommands[argparse.ArgumentParser]) -> None:
    """Add the commands."""

    def add(name: str, run: object, summary: str) -> argparse.ArgumentParser:
        parser = subcommands.add_parser(name, help=summary, description=summary)
        parser.set_defaults(run=run)
        return parser

    backup = add("backup", _backup, "write the county into one encrypted file, while it is served")
    backup.add_argument("out", type=Path, metavar="OUT", help="a new file; nothing is overwritten")
    restore = add("restore", _restore, "make a new data folder from a backup, and verify it")
    restore.add_argument("file", type=Path, metavar="FILE")
    restore.add_argument("--data", type=Path, required=True, metavar="NEW_DIR", help="new or empty")
    restore.add_argument("--key", type=Path, required=True, metavar="FILE", help="backup key")
    restore.add_argument("--master-key", type=Path, required=True, metavar="FILE")
    restore.add_argument(
        "--outside", type=Path, required=True, metavar="DIR",
        help="the folder kept elsewhere: checkpoints.jsonl and erasures.jsonl",
    )  # fmt: skip
    restore.add_argument(
        "--accept-older", action="store_true", help="though facts after it are missing"
    )
    restore.add_argument("--json", action="store_true", help="for another program")
    drill = add("drill", _drill, "back up, restore into a passing folder, verify, note the outcome")
    upgrade = add("upgrade", _upgrade, "bring the data to this version, a backup of before first")
    upgrade.add_argument(
        "--backup", type=Path, metavar="OUT", help=f"where to (in DIR: {BEFORE_UPGRADE}/…)"
    )
    upgrade.add_argument(
        "--backed-up", action="store_true", help="PostgreSQL: pg_dump has made a backup"
    )
    key = add("backup-key", _backup_key, "make the key file that backups are encrypted with")
    for each in (backup, drill, upgrade, key):
        data_option(each)
        each.add_argument(
            "--key", type=Path, metavar="FILE", help=f"backup key (in DIR: {BACKUP_KEY})"
        )


def _key_file(given: argparse.Namespace) -> Path:
    chosen: Path | None = given.key
    return chosen or given.data / BACKUP_KEY


def _backup_key(given: argparse.Namespace) -> int:
    """Make a key file; refused if there is one."""
    file = _key_file(given)
    if not make_key(file, base64.b64encode(os.urandom(32)) + b"\n"):
        raise Refused(
            "key_exists",
            f"“{file}”已经存在；换了密钥，旧备份就打不开。",
            f"“{file}” exists. With another key, backups made before do not open.",
        )
    _say(f"备份密钥 Backup key: {file}")
    _say("请抄存一份，与备份分开保管。 Keep a copy, apart from the backups.")
    return 0


def _backup(given: argparse.Namespace) -> int:
    """Write a backup and say up to where it goes."""
    secret = envelope.secret_of(_key_file(given))
    open_county(given.data)
    from bangfu.exchange.sheets import folders

    begun, now = time.monotonic(), datetime.now(UTC)
    header = _written(given.out, secret, now)
    point = header["checkpoint"]
    journal.note(given.data, _done("backup", point, at=now, begun=begun, good=True))
    folders.expire(now)  # every night, whether or not anybody looks at the page of imports
    size = given.out.stat().st_size
    _say(f"备份 Backup: {given.out} ({size:,} bytes)")
    _say(f"到第 {point['sequence']} 条事实 up to fact {point['sequence']}, {point['hash']}")
    return 0


def _written(out: Path, secret: bytes, now: datetime) -> dict[str, Any]:
    return backups.back_up(out, secret=secret, now=now, progress=_progress("备份 backing up"))


def _done(
    what: journal.What, point: dict[str, Any], *, at: datetime, begun: float, good: bool
) -> journal.Done:
    took = round(time.monotonic() - begun, 1)
    return journal.Done(what, at.isoformat(), int(point["sequence"]), took, good=good)


def _restore(given: argparse.Namespace) -> int:
    """Restore into a new folder; say what was verified, replayed and is missing."""
    secret, begun, now = envelope.secret_of(given.key), time.monotonic(), datetime.now(UTC)
    os.umask(0o077)
    with backups.stage_for(given.data) as stage:
        header = backups.unpack(
            given.file, stage, secret=secret, master=given.master_key, outside=given.outside,
            progress=_progress("恢复 restoring"),
        )  # fmt: skip
        for name in ("BANGFU_MASTER_KEY_FILE", "BANGFU_OUTSIDE"):
            os.environ.pop(name, None)  # those of the folder that is being made
        start(stage)
        found = backups.bring_up(
            stage, header, accept_older=given.accept_older, now=now, clock=time.monotonic
        )
        point = {"sequence": found.facts}
        journal.note(stage, _done("restore", point, at=now, begun=begun, good=True))
    took = round(time.monotonic() - begun, 1)
    if given.json:
        _say(json.dumps({
            "facts": found.facts, "head": found.head, "erased": found.erased,
            "tokens_ended": found.tokens,
            "restore_s": took, "verify_s": round(found.verify_seconds, 1),
        }))  # fmt: skip
        return 0
    _say(f"已恢复并校验 Restored and verified: {given.data}, {took} s")
    _say(f"{found.facts} 条事实 facts, {found.checkpoints} 个存证点 checkpoints, {found.head}")
    _say(f"重新删除 erasures replayed: {found.erased}")
    _say(
        f"登录全部退出，停用令牌 {found.tokens} 个。 "
        f"All sign-ins have ended, and {found.tokens} tokens; their owners make others."
    )
    if found.beyond:
        missing = found.beyond - found.facts
        _say(
            f"注意：缺第 {found.facts + 1} 条以后的事实，至少 {missing} 条。 "
            f"Facts after {found.facts} are missing, at least {missing}."
        )
    if found.other_handbook:
        _say("工作手册与备份时不同。 The handbook is not the one of the backup.")
    for text in found.warnings:
        _say(f"{text.zh} {text.en}")
    return 0


def _drill(given: argparse.Namespace) -> int:
    """Try a restore in a process of its own, as after a loss; 1 if it fails."""
    key, begun = _key_file(given), time.monotonic()
    secret = envelope.secret_of(key)
    open_county(given.data)
    now = datetime.now(UTC)
    with backups.workshop(given.data, "drill") as shop:
        point = _written(shop / "backup", secret, now)["checkpoint"]
        tried = _tried(given.data, shop, key)
    good = tried.returncode == 0 and json.loads(tried.stdout)["head"] == point["hash"]
    done = _done("drill", point, at=now, begun=begun, good=good)
    journal.note(given.data, done)
    if not good:
        sys.stderr.write(f"演练未成功。 The drill failed.\n{tried.stderr}")
        return 1
    _say(f"演练成功：{done.sequence} 条事实，{done.seconds} 秒。")
    _say(f"Good: {done.sequence} facts, {done.seconds} s.")
    return 0


def _upgrade(given: argparse.Namespace) -> int:
    """Upgrade the tables; say what ran and that all is whole."""
    open_county(given.data, any_version=True)
    from bangfu.exchange.upgrading import upgrade
    from bangfu.records import versions

    versions.check_age()
    if not versions.waiting():
        _say("数据已是本版本的。 The data are of this version already.")
        return 0
    begun, now = time.monotonic(), datetime.now(UTC)
    out, secret = _before_upgrade(given, now)
    done = upgrade(out, secret=secret, now=now, progress=_progress("备份 backing up"))
    if out is not None:
        point = {"sequence": done.facts}
        journal.note(given.data, _done("backup", point, at=now, begun=begun, good=True))
        _say(f"升级前的备份 Backup of before: {out}")
    _say(f"已升级并校验 Upgraded and verified: {', '.join(done.migrations)}")
    _say(f"{done.facts} 条事实 facts, {done.head}")
    return 0


def _before_upgrade(given: argparse.Namespace, now: datetime) -> tuple[Path | None, bytes]:
    """Where the backup goes and its secret; neither for PostgreSQL, once its owner has one."""
    if variables.given("BANGFU_DATABASE"):
        if not given.backed_up:
            raise Refused(
                "not_backed_up",
                "先用 pg_dump 备份，再加 --backed-up 运行。",
                "Make a backup with pg_dump first, then run this with --backed-up.",
            )
        return None, b""
    folder = given.data / BEFORE_UPGRADE
    folder.mkdir(exist_ok=True, mode=0o700)
    out: Path = given.backup or folder / f"{now:%Y-%m-%d-%H%M%S}.backup"
    return out, envelope.secret_of(_key_file(given))


def _tried(data: Path, shop: Path, key: Path) -> subprocess.CompletedProcess[str]:
    """The restore of what lies in the workshop, with the papers that lie in the data folder."""
    master = variables.given("BANGFU_MASTER_KEY_FILE") or data / MASTER_KEY
    outside = variables.given("BANGFU_OUTSIDE") or data / OUTSIDE
    words: list[object] = [
        sys.executable, "-m", "bangfu", "restore", shop / "backup", "--json",
        "--data", shop / "restored", "--key", key, "--master-key", master, "--outside", outside,
    ]  # fmt: skip
    command = [str(word) for word in words]
    return subprocess.run(command, check=False, capture_output=True, text=True)  # noqa: S603


def _progress(what: str) -> Progress:
    """One line that moves on a terminal; nothing elsewhere."""
    if not sys.stderr.isatty():
        return lambda done, size: None

    def show(done: int, size: int) -> None:
        end = "\n" if done >= size else ""
        sys.stderr.write(f"\r{what}: {100 * done // max(size, 1)} % {end}")
        sys.stderr.flush()

    return show


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
