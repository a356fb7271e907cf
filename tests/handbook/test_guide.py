"""The guide is true: its examples load, its keys are all there, its errors are the program's."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

import pytest

from bangfu.core import rules
from bangfu.handbook import lint, load
from bangfu.handbook.check_query import QUERY_FUNCTIONS
from bangfu.handbook.condition_tree import FUNCTIONS
from bangfu.handbook.law import BANS, DOCUMENT
from bangfu.handbook.loading import FOLDERS
from tests.checked import found_by
from tests.handbook.guide import ERRORS, GUIDE, errors_page, examples
from tests.handbook.minimal import FILES, write

# Words of the program that are written otherwise in TOML, or not at all.
ELSEWHERE = {
    "id",
    "title",
    "terms",
    "start",
    "end",
    "source",
    "facts",
    "registry",
    "date",
    "part_titles",
}
PAGES = {
    "fact.md": (rules.FactKind, rules.Field, rules.ParticipantRole, rules.Recorder),
    "duty.md": (rules.Duty, rules.DutyTerm),
    "deadline.md": (rules.Deadline, rules.DeadlineTerm),
    "staffing.md": (rules.Staffing, rules.StaffingTerm, rules.GroupPart),
    "coverage.md": (rules.Coverage, rules.CoverageTerm),
    "figure.md": (rules.Figure, rules.FigureTerm),
    "score.md": (rules.Score, rules.ScoreTerm, rules.Indicator),
    "ladder.md": (rules.Ladder, rules.LadderTerm, rules.Rung),
    "procedures.md": (
        rules.Procedure,
        rules.ProcedureTerm,
        rules.ProcedureStep,
        rules.Outcome,
        rules.Opening,
        rules.Pause,
    ),
    "checks.md": (rules.Check, rules.CheckTerm, rules.CheckCase, rules.Parameter),
    "formulas.md": (rules.Formula, rules.FormulaTerm, rules.FormulaLine),
    "pairing.md": (rules.Pairing, rules.PairingTerm, rules.Ask),
    "county.md": (rules.Role, rules.StatusKind, rules.Separation),
    "README.md": (rules.Source,),
}
KEYS = [
    (page, field.name)
    for page, shapes in PAGES.items()
    for shape in shapes
    for field in fields(shape)
    if field.name not in ELSEWHERE
]


def read(page: str) -> str:
    return (GUIDE / page).read_text("utf-8")


def test_the_examples_of_the_guide_are_a_handbook_without_errors(tmp_path: Path) -> None:
    book = load(write(tmp_path, {**dict.fromkeys(FILES, None), **examples()}))
    assert [finding.say("en") for finding in lint(book) if finding.level == "error"] == []


def test_the_examples_of_the_guides_check_are_true(tmp_path: Path) -> None:
    book = load(write(tmp_path, {**dict.fromkeys(FILES, None), **examples()}))
    for check in book.checks.values():
        assert check.cases
        for case in check.cases:
            assert found_by(book, check, case) == case.finds


def test_every_function_of_queries_is_named() -> None:
    assert not [name for name in QUERY_FUNCTIONS if f"`{name}" not in read("checks.md")]


def test_every_shape_has_its_example() -> None:
    assert {name.split("/")[0] for name in examples()} == {*FOLDERS, "county.toml"}


@pytest.mark.parametrize(("page", "key"), KEYS)
def test_every_key_is_explained(page: str, key: str) -> None:
    assert re.search(rf"`[^`\n]*\b{key}\b[^`\n]*`", read(page))


def test_every_option_of_a_key_is_explained() -> None:
    for page, shapes in PAGES.items():
        text = read(page)
        for shape in shapes:
            for options in re.findall(r"Literal\[(.*?)\]", str(shape.__annotations__)):
                for option in re.findall(r"'(\w+)'", options):
                    assert option in text, f"{page}: {option}"


def test_every_function_of_conditions_is_named() -> None:
    assert not [name for name in FUNCTIONS if f"`{name}`" not in read("conditions.md")]


def test_every_ban_is_named_with_its_document() -> None:
    text = read("law.md")
    assert DOCUMENT in text
    assert not [code for code in BANS if f"`{code}`" not in text]
    for ban in BANS.values():
        assert ban.words in text.replace("\n> \n", "")


def test_the_page_of_errors_is_what_the_program_says() -> None:
    told = "write it anew: python -m tests.handbook.guide"
    assert ERRORS.read_text("utf-8") == errors_page(), told


def test_every_page_is_linked_from_the_first() -> None:
    first = read("README.md")
    pages = [page.name for page in GUIDE.glob("*.md") if page.name != "README.md"]
    assert not [name for name in pages if f"({name})" not in first]


def test_every_link_between_pages_leads_somewhere() -> None:
    for page in GUIDE.glob("*.md"):
        for target in re.findall(r"\]\((\w[\w.]*\.md)\)", page.read_text("utf-8")):
            assert (GUIDE / target).is_file(), f"{page.name}: {target}"
