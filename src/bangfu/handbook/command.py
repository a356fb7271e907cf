"""`bangfu handbook lint | diff | show`: what an author of rules runs before sending them in."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from bangfu.core.rules import Handbook
from bangfu.core.text import Refused, Text
from bangfu.handbook.difference import diff
from bangfu.handbook.linting import lint
from bangfu.handbook.loading import county_folder, load
from bangfu.handbook.problems import HandbookErrors
from bangfu.handbook.showing import show

DEFAULT_COUNTY = "xiangcheng"
Subparsers = argparse._SubParsersAction  # argparse names its public result so


def register(subparsers: Subparsers[argparse.ArgumentParser]) -> None:
    """Add `handbook` and what it can do; each sets `run` and `func` to a handler."""
    parser = subparsers.add_parser(
        "handbook", help="check, compare and read the rules", description="工作手册 / the handbook"
    )
    add_arguments(parser.add_subparsers(required=True, metavar="WHAT"))


def add_arguments(subparsers: Subparsers[argparse.ArgumentParser]) -> None:
    """Add `lint`, `diff` and `show`."""
    lint_parser = _parser(subparsers, "lint", _lint, "say what is wrong with the rules of a county")
    lint_parser.add_argument("handbook", nargs="?", default=DEFAULT_COUNTY, metavar="FOLDER|COUNTY")
    diff_parser = _parser(subparsers, "diff", _diff, "say what changed from one version to another")
    diff_parser.add_argument("old", metavar="OLD")
    diff_parser.add_argument("new", metavar="NEW")
    show_parser = _parser(subparsers, "show", _show, "print a rule in plain words, with its source")
    show_parser.add_argument("rule", metavar="ID")
    show_parser.add_argument("--handbook", default=DEFAULT_COUNTY, metavar="FOLDER|COUNTY")


def _parser(
    subparsers: Subparsers[argparse.ArgumentParser], name: str, run: object, summary: str
) -> argparse.ArgumentParser:
    parser = subparsers.add_parser(name, help=summary, description=summary)
    parser.add_argument("--lang", choices=("zh", "en"), default=_language())
    parser.set_defaults(run=run, func=run)
    return parser


def _language() -> str:
    """The terminal's language: English where it says so, else Chinese."""
    return "en" if os.environ.get("LANG", "").startswith("en") else "zh"


def _folder(name: str) -> Path:
    """A folder by its path, else a county that comes with the program."""
    return Path(name) if Path(name).is_dir() else county_folder(name)


def _lint(given: argparse.Namespace) -> int:
    """Print every problem, or every finding; 1 if there is a problem or an error."""
    try:
        handbook = load(_folder(given.handbook))
    except HandbookErrors as errors:
        _print(*(problem.say(given.lang) for problem in errors.problems))
        _print(_count(given.lang, len(errors.problems), 0))
        return 1
    except Refused as refused:
        return _refused(refused, given.lang)
    findings = lint(handbook)
    errors_found = sum(finding.level == "error" for finding in findings)
    _print(*(finding.say(given.lang) for finding in findings))
    _print(_count(given.lang, errors_found, len(findings) - errors_found))
    return 1 if errors_found else 0


def _count(language: str, errors: int, warnings: int) -> str:
    zh, en = f"{errors} 处错误，{warnings} 处提醒", f"{errors} error(s), {warnings} warning(s)"
    return Text(zh, en).say(language)


def _diff(given: argparse.Namespace) -> int:
    """Print every change; 1 if one of the two cannot be read."""
    books: list[Handbook] = []
    for name in (given.old, given.new):
        try:
            books.append(load(_folder(name)))
        except Refused as refused:
            return _refused(refused, given.lang)
    changes = diff(*books)
    _print(*(change.say(given.lang) for change in changes))
    if not changes:
        _print(Text("没有不同", "no difference").say(given.lang))
    return 0


def _show(given: argparse.Namespace) -> int:
    """Print a rule; 1 if there is no such rule."""
    try:
        text = show(load(_folder(given.handbook)), given.rule, given.lang)
    except Refused as refused:
        return _refused(refused, given.lang)
    _print(text)
    return 0


def _refused(refused: Refused, language: str) -> int:
    """Say why not, in both languages, the terminal's own first."""
    for each in (language, "zh" if language == "en" else "en"):
        sys.stderr.write(f"{refused.say(each)}\n")
    return 1


def _print(*lines: str) -> None:
    for line in lines:
        sys.stdout.write(f"{line}\n")
