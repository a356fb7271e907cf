"""Run as a program over a county: `found` makes the tests' county, `write NAME N` writes,
`erase PARTY ...` erases, `account` opens the helper's account.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).parents[2]


def start(folder: Path, *arguments: str, database: str = "") -> subprocess.Popen[str]:
    """This program in a process of its own; without a `database` the county lies in a file."""
    path = os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])
    return subprocess.Popen(
        [sys.executable, "-m", "tests.records.found_in_file", *arguments],
        env={
            **os.environ,
            "BANGFU_DATA": str(folder),
            "BANGFU_DATABASE": database,
            "PYTHONPATH": path,
        },
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def finished(process: subprocess.Popen[str]) -> str:
    """What it printed, once it has ended well."""
    out, err = process.communicate(timeout=120)
    assert process.returncode == 0, err
    return out


def main(arguments: list[str]) -> None:
    """Do what the arguments say."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bangfu.settings")
    import django

    django.setup()
    from bangfu.records.handbooks import use_handbook
    from tests.records.rulebook import RULEBOOK

    with use_handbook(RULEBOOK):
        if arguments[0] == "found":
            found()
        elif arguments[0] == "account":
            account()
        elif arguments[0] == "erase":
            erase(*arguments[1:])
        else:
            write(arguments[1], int(arguments[2]))


def found() -> None:
    """Migrate, found, and write one fact with a participant, its withdrawal and a checkpoint."""
    from django.core.management import call_command

    from bangfu.records import actions, checkpoints
    from tests.cast import NOW, settle, uid

    call_command("migrate", verbosity=0, skip_checks=True)
    cast = settle()
    helper = cast.policy("helper")
    visit = cast.draft(participants=(("companion", uid("officer")),), name="visit")
    actions.record([visit], by=helper, now=NOW)
    actions.void(uid=uid("visit"), reason="", by=helper, now=NOW)
    sys.stdout.write(str(checkpoints.checkpoint(now=NOW).count))


def account() -> None:
    """Open the helper's account, with the password of the tests of crashes."""
    from bangfu.records import actions
    from tests.cast import uid
    from tests.lost.server import PASSWORD

    actions.open_account(username="helper", person_uid=uid("helper"), password=PASSWORD)
    sys.stdout.write("helper")


def erase(*parties: str) -> None:
    """Fill the mirror, then erase parties of the cast while another connection stays open."""
    from bangfu.records import actions
    from bangfu.records.mirror import current
    from tests.cast import NOW, Cast, uid

    current.refresh()
    for party in parties:
        by = Cast().policy("registrar")
        actions.erase(party=uid(party), reason="本人申请", by=by, now=NOW)


def write(name: str, count: int) -> None:
    """Write visits one by one, every fourth twice; print how long each took in milliseconds."""
    from bangfu.records import actions
    from tests.cast import NOW, Cast

    cast = Cast()
    helper = cast.policy("helper")
    took = []
    for number in range(count):
        draft = cast.draft(name=f"{name} {number}", values={"mode": "door", "need": name})
        for _ in range(2 if number % 4 == 0 else 1):
            start = time.monotonic()
            actions.record([draft], by=helper, now=NOW)
            took.append(1000 * (time.monotonic() - start))
    sys.stdout.write(json.dumps(took))


if __name__ == "__main__":
    main(sys.argv[1:])
