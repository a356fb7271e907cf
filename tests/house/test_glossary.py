"""The glossary and the docstrings say the same."""

from __future__ import annotations

import importlib
import re
from pathlib import Path

import pytest

GLOSSARY = Path(__file__).parents[2] / "docs" / "glossary.md"
ROW = re.compile(r"^\| (?P<zh>[^|]+) \| `(?P<name>bangfu\.[\w.]+)` \|", re.MULTILINE)
ROWS = [(m["zh"].strip(), m["name"]) for m in ROW.finditer(GLOSSARY.read_text("utf-8"))]


def _docstring(name: str) -> str:
    try:
        return importlib.import_module(name).__doc__ or ""
    except ModuleNotFoundError:
        module, _, attribute = name.rpartition(".")
        return getattr(importlib.import_module(module), attribute).__doc__ or ""


def test_the_glossary_lists_the_words_of_the_core() -> None:
    assert len(ROWS) >= 20


@pytest.mark.parametrize(("zh", "name"), ROWS, ids=[name for _, name in ROWS])
def test_a_word_stands_in_the_docstring_of_what_it_names(zh: str, name: str) -> None:
    assert zh in _docstring(name), f"{name}: its docstring does not say {zh}"
