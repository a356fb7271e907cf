"""Text to rules: load a folder of TOML, say what is wrong with it, compare and show it."""

from __future__ import annotations

from bangfu.handbook.conditions import BadCondition
from bangfu.handbook.difference import Change, diff
from bangfu.handbook.linting import Finding, lint
from bangfu.handbook.loading import county_folder, load
from bangfu.handbook.problems import HandbookErrors, Problem
from bangfu.handbook.showing import show

__all__ = [
    "BadCondition",
    "Change",
    "Finding",
    "HandbookErrors",
    "Problem",
    "county_folder",
    "diff",
    "lint",
    "load",
    "show",
]
