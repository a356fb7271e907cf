"""Every text of the sources is translated, no translation is left over, and what is compiled is so.

Texts are English in the sources; `zh_Hans` is complete. `make messages` brings the catalogue up to
date: it collects, an author translates the empty entries, and it compiles.
"""

from __future__ import annotations

import gettext
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.house.tree import PACKAGE

CATALOGUE = Path("locale") / "zh_Hans" / "LC_MESSAGES" / "django.po"


@pytest.fixture(scope="module")
def collected(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The catalogue as `make messages` would leave it, in a copy of the sources."""
    if not (shutil.which("xgettext") and shutil.which("msgattrib")):
        pytest.skip("no gettext on this machine")
    copy = tmp_path_factory.mktemp("messages") / "bangfu"
    shutil.copytree(
        PACKAGE, copy, ignore=shutil.ignore_patterns("__pycache__", "counties", "static", "*.mo")
    )
    (copy / "locale").mkdir(exist_ok=True)
    environment = dict(os.environ)
    environment.pop("DJANGO_SETTINGS_MODULE", None)
    subprocess.run(
        [sys.executable, "-m", "django", "makemessages", "-l", "zh_Hans", "--no-location"],
        cwd=copy,
        check=True,
        capture_output=True,
        env=environment,
    )
    return copy / CATALOGUE


def entries(catalogue: Path, *choice: str) -> str:
    """The entries that `msgattrib` chooses, as text; empty where there are none."""
    if not catalogue.exists():
        return ""
    chosen = subprocess.run(
        ["msgattrib", "--no-wrap", *choice, str(catalogue)],
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    return chosen.partition("\n\n")[2]  # without the header


def test_every_text_is_translated(collected: Path) -> None:
    missing = entries(collected, "--untranslated", "--no-obsolete")
    if missing:
        pytest.fail(f"run `make messages`, then translate these:\n\n{missing}", pytrace=False)


def test_no_translation_is_a_guess(collected: Path) -> None:
    guessed = entries(collected, "--only-fuzzy", "--no-obsolete")
    if guessed:
        pytest.fail(f"check these, then take their fuzzy marks off:\n\n{guessed}", pytrace=False)


def test_no_translation_is_left_over(collected: Path) -> None:
    stale = entries(collected, "--only-obsolete")
    if stale:
        pytest.fail(f"run `make messages`, these are no longer used:\n\n{stale}", pytrace=False)


def test_the_compiled_catalogue_is_in_step(tmp_path: Path) -> None:
    source = PACKAGE / CATALOGUE
    if not source.exists():
        return
    if not shutil.which("msgfmt"):
        pytest.skip("no gettext on this machine")
    fresh = tmp_path / "django.mo"
    made = subprocess.run(
        ["msgfmt", "--check-format", "-o", str(fresh), str(source)],
        check=False,
        capture_output=True,
        text=True,
    )
    if made.returncode:
        pytest.fail(made.stderr, pytrace=False)
    assert texts(source.with_suffix(".mo")) == texts(fresh), "run `make messages`"


def texts(compiled: Path) -> dict[object, str]:
    with compiled.open("rb") as stream:
        catalogue: dict[object, str] = vars(gettext.GNUTranslations(stream))["_catalog"]
    return {key: text for key, text in catalogue.items() if key}
