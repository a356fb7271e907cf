"""Run as a program over a county in a file: `found` makes it, `accept FILE` takes a workbook in."""

from __future__ import annotations

import os
import sys
from pathlib import Path


def main(arguments: list[str]) -> None:
    """Do what the arguments say."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bangfu.settings")
    import django

    django.setup()
    from django.core.management import call_command

    from bangfu.records.handbooks import use_handbook
    from tests.cast import Cast, settle
    from tests.exchange.sheetbook import SHEETBOOK, accepted

    with use_handbook(SHEETBOOK):
        if arguments[0] == "found":
            call_command("migrate", verbosity=0, skip_checks=True)
            settle()
            return
        sys.stdout.write("begun\n")
        sys.stdout.flush()
        report = accepted(Path(arguments[1]), Cast())
        sys.stdout.write(f"{report.facts}\n")


if __name__ == "__main__":
    main(sys.argv[1:])
