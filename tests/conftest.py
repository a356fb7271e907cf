"""What all tests share: what this machine lacks is skipped loudly, or not at all.

`BANGFU_NO_SKIP=1` (set by `.ci/run`) turns any skip into a failed run.
"""

from __future__ import annotations

import os
import shutil

import pytest
from hypothesis import settings
from pytest import ExitCode
from pytest_django import DjangoDbBlocker

from tests.cluster import programs

NO_SKIP = os.environ.get("BANGFU_NO_SKIP") == "1"

settings.register_profile("bangfu", deadline=None)  # a busy machine is not a failing test
settings.load_profile("bangfu")


def find_chromium() -> str | None:
    """Return the browser that tests drive: `BANGFU_CHROMIUM`, or Chromium on the path."""
    return os.environ.get("BANGFU_CHROMIUM") or shutil.which("chromium")


def has_postgres() -> bool:
    """Whether PostgreSQL's server programs are here."""
    return programs() is not None


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> None:
    """The tests' database with the roles that a served county has; on SQLite there are none."""
    from django.db import connection

    from bangfu.records.roles import script

    if connection.vendor == "postgresql":
        with django_db_blocker.unblock(), connection.cursor() as cursor:
            cursor.execute(script())


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of the browser, for `playwright`'s `executable_path`."""
    path = find_chromium()
    if path is None:
        pytest.skip("no Chromium on this machine")
    return path


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Skip what needs a program that this machine lacks; leave what speaks of SQLite to SQLite."""
    lacking = {
        "browser": None if find_chromium() else "no Chromium on this machine",
        "postgres": None if has_postgres() else "no PostgreSQL on this machine",
    }
    for item in items:
        for marker, reason in lacking.items():
            if reason and item.get_closest_marker(marker):
                item.add_marker(pytest.mark.skip(reason=reason))
    if os.environ.get("BANGFU_DATABASE"):
        others = [item for item in items if item.get_closest_marker("sqlite")]
        config.hook.pytest_deselected(items=others)
        items[:] = [item for item in items if item not in others]


def _skips(config: pytest.Config) -> list[pytest.TestReport]:
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    return list(reporter.stats.get("skipped", [])) if reporter else []


@pytest.hookimpl(tryfirst=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Fail a run that was told to skip nothing and did."""
    if NO_SKIP and _skips(session.config) and session.exitstatus == ExitCode.OK:
        session.exitstatus = ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say what was left out so that nobody overlooks it."""
    skipped = _skips(terminalreporter.config)
    if not skipped:
        return
    reasons: dict[str, int] = {}
    for report in skipped:
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
        reasons[reason] = reasons.get(reason, 0) + 1
    verdict = "SO THE RUN FAILS (BANGFU_NO_SKIP=1)" if NO_SKIP else "THE RUN PROVES LESS"
    terminalreporter.section(f"{len(skipped)} SKIPPED, {verdict}", sep="!", red=True, bold=True)
    for reason, count in sorted(reasons.items()):
        terminalreporter.line(f"{count} x {reason.removeprefix('Skipped: ')}", red=True)
