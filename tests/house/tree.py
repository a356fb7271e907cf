"""The files that the rules of the house speak of."""

from __future__ import annotations

import shutil
import subprocess
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "src" / "bangfu"
_OUR_FOLDERS = (".ci", "bench", "docs", "src", "tests")


@cache
def tracked_files() -> tuple[Path, ...]:
    """Every file git tracks; in an unpacked archive without git, every file of ours."""
    git = shutil.which("git")
    if git and (ROOT / ".git").exists():
        listing = subprocess.run(
            [git, "-c", "safe.directory=*", "ls-files", "-z"],
            cwd=ROOT,
            check=True,
            capture_output=True,
            text=True,
        ).stdout
        found = [ROOT / name for name in listing.split("\0") if name]
    else:
        found = [path for path in ROOT.iterdir() if path.name != ".venv"]
        for folder in _OUR_FOLDERS:
            found += (ROOT / folder).rglob("*")
    return tuple(
        sorted(path for path in found if path.is_file() and "__pycache__" not in path.parts)
    )


def python_files(*folders: str) -> list[Path]:
    """Every Python file below the named folders, migrations excepted."""
    return [
        path
        for folder in folders
        for path in sorted((ROOT / folder).rglob("*.py"))
        if "migrations" not in path.parts
    ]


def name_of(path: Path) -> str:
    """A file's name as a reader of a failure wants it."""
    return path.relative_to(ROOT).as_posix()
