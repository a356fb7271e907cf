"""Whatever stands in a handbook's files, the answer is a handbook or a list of what is wrong."""

from __future__ import annotations

import tempfile
from contextlib import suppress
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from bangfu.handbook import HandbookErrors, lint, load, show
from bangfu.handbook.folders import rules_by_folder
from tests.handbook.minimal import FILES, write

JUNK = [
    "1", "-1", "0", "1.5", "nan", "true", '""', '"x"', '"helper"', '"registry.household"', "[]",
    "[1]", "[[]]", '["x", 1]', '["visit", "leave"]', "{}", "{zh = 1}", "{a = {b = 1}}", "[{}]",
    "[{id = 1}]", "2017-01-01", "2017-01-01T00:00:00", "00:00:00", "9999999999999999999",
    '"\\u0000"', "{zh = \"一\", en = \"one\", fr = \"un\"}", "1 = 2", "",
]  # fmt: skip
LINES = [
    (name, number)
    for name, text in FILES.items()
    for number, line in enumerate(text.splitlines())
    if line.strip()
]


def with_junk(name: str, number: int, junk: str) -> str:
    """A file with another value, another header or no sense in one of its lines."""
    lines = FILES[name].splitlines()
    key, equals, _ = lines[number].partition(" = ")
    lines[number] = f"{key} = {junk}" if equals else junk
    return "\n".join(lines)


@settings(max_examples=60)
@given(st.lists(st.tuples(st.sampled_from(LINES), st.sampled_from(JUNK)), min_size=1, max_size=3))
def test_junk_is_answered_with_problems_and_never_with_a_crash(
    changes: list[tuple[tuple[str, int], str]],
) -> None:
    files: dict[str, str | None] = {
        name: with_junk(name, number, junk) for (name, number), junk in changes
    }
    with tempfile.TemporaryDirectory() as folder, suppress(HandbookErrors):
        book = load(write(Path(folder), files))
        lint(book)
        for home, rules in rules_by_folder(book).items():
            for rule in rules:
                show(book, f"{home}/{rule}", "zh")
