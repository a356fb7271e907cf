"""Run as a program: found the cast's county in a folder, with accounts for two of its people."""

from __future__ import annotations

import sys
from pathlib import Path

from tests.lost import county
from tests.lost.server import PASSWORD


def main(arguments: list[str]) -> None:
    """Do it."""
    folder = Path(arguments[0])
    county.begin(folder)
    county.found(folder)
    from bangfu.records import actions
    from tests.cast import uid

    for name in ("helper", "officer"):
        actions.open_account(username=name, person_uid=uid(name), password=PASSWORD)
    sys.stdout.write("{}\n")


if __name__ == "__main__":
    main(sys.argv[1:])
