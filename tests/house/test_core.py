"""The core: the standard library only, no clock, no input or output, no chance."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator

from tests.house.tree import name_of, python_files

CORE = "src/bangfu/core"
OUTSIDE_WORLD = {
    "asyncio", "ftplib", "glob", "http", "io", "multiprocessing", "os", "pathlib", "random",
    "secrets", "shelve", "shutil", "socket", "sqlite3", "subprocess", "tempfile", "threading",
    "time", "urllib",
}  # fmt: skip
CALLS_TO_THE_WORLD = {"input", "now", "open", "print", "today", "utcnow"}


def imported_names(tree: ast.AST) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.lineno, "." * node.level + (node.module or "")


def called_names(tree: ast.AST) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            called = node.func
            if isinstance(called, ast.Name):
                yield node.lineno, called.id
            elif isinstance(called, ast.Attribute):
                yield node.lineno, called.attr


def test_the_core_imports_the_standard_library_and_itself() -> None:
    foreign = [
        f"{name_of(path)}:{line}: {name}"
        for path in python_files(CORE)
        for line, name in imported_names(ast.parse(path.read_text("utf-8")))
        if not name.startswith((".", "bangfu.core"))
        if name.split(".")[0] not in sys.stdlib_module_names
    ]
    assert not foreign


def test_the_core_has_no_clock_and_touches_nothing() -> None:
    touched = []
    for path in python_files(CORE):
        tree = ast.parse(path.read_text("utf-8"))
        found = [hit for hit in imported_names(tree) if hit[1].split(".")[0] in OUTSIDE_WORLD]
        found += [hit for hit in called_names(tree) if hit[1] in CALLS_TO_THE_WORLD]
        touched += [f"{name_of(path)}:{line}: {name}" for line, name in found]
    assert not touched, "pass the day, the text or the bytes in"
