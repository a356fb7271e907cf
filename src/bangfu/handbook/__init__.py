"""Text to rules: load a folder of TOML, say what is wrong with it, compare and show it."""

from __future__ import annotations

from bangfu.handbook.conditions import BadCondition
from bangfu.handbook.loading import county_folder, load
from bangfu.handbook.problems import HandbookErrors, Problem

__all__ = ["BadCondition", "HandbookErrors", "Problem", "county_folder", "load"]
