"""Short files, short functions, words at the top, and nothing of the machine it was written on."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from tests.house.tree import PACKAGE, name_of, python_files, tracked_files

MOST_LINES_OF_A_FILE = 400
MOST_LINES_OF_A_FUNCTION = 50
NAMES_THAT_SAY_NOTHING = {"common", "helper", "helpers", "misc", "util", "utils"}

# Made from pieces, so that this file does not find itself.
MACHINE_PATH = re.compile(r"(?:^|[^\w.])/(?:" + "|".join(["work", "root", "farm", "tmp"]) + ")/")
INDEX_HOST = re.compile(
    r"\.".join(["pypi", "org"])
    + "|"
    + r"\.".join(["pythonhosted", "org"])
    + "|"
    + r"\.".join(["npmjs", "(?:org|com)"])
    + "|"
    + r"\.".join(["debian", "org"])
)


def text_lines() -> Iterator[tuple[Path, int, str]]:
    for path in tracked_files():
        content = path.read_bytes()
        if b"\0" in content:
            continue
        for number, line in enumerate(content.decode("utf-8", "replace").splitlines(), start=1):
            yield path, number, line


def lines_matching(pattern: re.Pattern[str]) -> list[str]:
    return [
        f"{name_of(path)}:{number}: {line.strip()[:100]}"
        for path, number, line in text_lines()
        if pattern.search(line)
    ]


def test_python_files_are_short() -> None:
    lengths = {
        name_of(path): len(path.read_text("utf-8").splitlines())
        for path in python_files("src", "tests", "bench")
    }
    too_long = {name: count for name, count in lengths.items() if count > MOST_LINES_OF_A_FILE}
    assert not too_long, f"over {MOST_LINES_OF_A_FILE} lines; is there a room that wants a wall?"


def test_functions_are_short() -> None:
    too_long = [
        f"{name_of(path)}:{node.lineno}: {node.name} has {length} lines"
        for path in python_files("src")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        if (length := (node.end_lineno or node.lineno) - node.lineno + 1) > MOST_LINES_OF_A_FUNCTION
    ]
    assert not too_long, f"over {MOST_LINES_OF_A_FUNCTION} lines"


def test_every_module_says_what_it_is_in_one_line() -> None:
    silent = []
    for path in python_files("src"):
        docstring = ast.get_docstring(ast.parse(path.read_text("utf-8"))) or ""
        first, _, rest = docstring.partition("\n")
        if not first.strip() or (rest and not rest.startswith("\n")):
            silent.append(name_of(path))
    assert not silent, "one line first, then a blank line, then the rest"


def test_no_module_is_named_after_nothing() -> None:
    vague = [
        name_of(path)
        for path in PACKAGE.rglob("*")
        if path.stem in NAMES_THAT_SAY_NOTHING and (path.is_dir() or path.suffix == ".py")
    ]
    assert not vague, "put each piece beside what uses it, under a name that says what it does"


def test_no_path_of_one_machine() -> None:
    assert not lines_matching(MACHINE_PATH)


def test_no_host_of_a_package_index() -> None:
    assert not lines_matching(INDEX_HOST)


def test_these_patterns_find_what_they_are_for() -> None:
    assert MACHINE_PATH.search('open("/' + 'work/x")')
    assert MACHINE_PATH.search("/" + "tmp/x")
    assert not MACHINE_PATH.search("src/" + "work/x")
    assert INDEX_HOST.search("files.python" + "hosted.org")
