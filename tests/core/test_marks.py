"""What analysis may know of an identifier: check digits, lengths, and that a field says which."""

from __future__ import annotations

import pytest

from bangfu.core.kinds import FactKind, Field
from bangfu.core.marks import marks, well_formed
from bangfu.core.text import Text


@pytest.mark.parametrize(
    ("form", "text", "good"),
    [
        ("id_number", "11010519491231002X", True),
        ("id_number", "110105194912310021", False),
        ("id_number", "11010519491231002", False),
        ("phone", "13800000000", True),
        ("phone", "12800000000", False),
        ("phone", "1380000000", False),
        ("account", "6222000000000000", True),
        ("account", "6222", False),
        ("disability_card", "11010519491231002X43", True),
        ("disability_card", "11010519491231002X93", False),
    ],
)  # fmt: skip
def test_a_form_is_known_by_length_characters_and_check_digit(
    form: str, text: str, good: bool
) -> None:
    assert well_formed(form, text) is good


def test_only_what_is_sealed_for_the_subject_has_marks() -> None:
    title = Text("x", "x")
    kind = FactKind(
        "k", title, "person", (), "work", (),
        fields=(
            Field("phone", title, "text", personal=True, identifier=True, form="phone"),
            Field("story", title, "text", personal=True),
            Field("health", title, "choice", personal=True),
            Field("note", title, "text"),
            Field("guest", title, "text", personal=True, party="guest"),
        ),
    )  # fmt: skip
    found = [one.id for one, _of, _sort in marks(kind)]
    assert found == [
        "phone_given", "phone_digest", "phone_length", "phone_valid", "story_given", "story_digest",
    ]  # fmt: skip
    assert all(one.personal for one, _of, _sort in marks(kind))
