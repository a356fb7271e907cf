"""The `bangfu` command; what each subcommand does stands in its package's `command.py`."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence

from bangfu.core import terminal
from bangfu.core.text import Refused


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one subcommand; 0 if all is well, 1 if a check failed, 2 if it was refused."""
    words, language = terminal.chosen(sys.argv[1:] if arguments is None else arguments, os.environ)
    os.environ["LANG"] = {"en": "en_US.UTF-8", "zh": "zh_CN.UTF-8"}[language]
    given = terminal.speak(_parser(), language).parse_args(words)
    given.language = language
    try:
        return int(given.run(given) or 0)
    except Refused as refused:
        print(refused.text.zh, refused.text.en, sep="\n", file=sys.stderr)
        return 2
    except BrokenPipeError:
        # Whoever read along has seen enough; the interpreter must not flush once more.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        return 130


def _parser() -> argparse.ArgumentParser:
    """Every subcommand with its options."""
    from bangfu.demo import command as demo
    from bangfu.exchange import command as exchange
    from bangfu.exchange.doctor import command as doctor
    from bangfu.exchange.sheets import command as sheets
    from bangfu.handbook import command as handbook
    from bangfu.records import command as records
    from bangfu.web import command as web
    from bangfu.web import serving

    parser = argparse.ArgumentParser(prog="bangfu", description="帮扶一本账 Bangfu")
    subcommands = parser.add_subparsers(required=True, metavar="COMMAND")
    pages = demo.Serving(serving.port_option, serving.check_port, serving.address, serving.serve)
    demo.register(subcommands, pages)
    web.register(subcommands)
    records.register(subcommands)
    handbook.register(subcommands)
    exchange.register(subcommands)
    doctor.register(subcommands)
    sheets.register(subcommands)
    return parser


if __name__ == "__main__":
    sys.exit(main())
