"""The county's handbook with registry kinds as wide as the roster: one registry fact a row."""

from __future__ import annotations

from dataclasses import replace

from bangfu.core.rules import FactKind, Field, Handbook
from bangfu.handbook import county_folder, load

COLUMNS = 40
PLAIN = ("text", "integer", "money", "number", "choice", "boolean", "date")
HOUSEHOLD_KEYS = ("户编号", "户主姓名", "乡镇", "行政村")
PERSON_KEYS = ("姓名", "性别", "出生日期", "证件号码", "户编号")


def widened() -> Handbook:
    """The handbook whose `registry.household` and `registry.person` also carry the profiles."""
    book = load(county_folder("xiangcheng"))
    kinds = dict(book.kinds)
    for name, profiles, keys in (
        ("registry.household", ("household_profile",), HOUSEHOLD_KEYS),
        ("registry.person", ("member_profile", "employment"), PERSON_KEYS),
    ):
        more = profile_fields([book.kinds[one] for one in profiles], COLUMNS - len(keys))
        taken = {field.id for field in kinds[name].fields}
        fields = [replace(f, id=f"p_{f.id}") if f.id in taken else f for f in more]
        kinds[name] = replace(kinds[name], fields=(*kinds[name].fields, *fields))
        for one in profiles:
            del kinds[one]
    return replace(book, kinds=kinds)


def profile_fields(kinds: list[FactKind], count: int) -> list[Field]:
    """The first fields of profiles that a column can hold."""
    several = [f for kind in kinds for f in kind.fields if f.type in PLAIN and f.header]
    by_header = {f.header: replace(f, required=False) for f in reversed(several)}
    found = [by_header[header] for header in dict.fromkeys(f.header for f in several)]
    assert len(found) >= count, len(found)
    return found[:count]
