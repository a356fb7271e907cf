"""Founds a real county (建县): its places, and the four people who let in all others.

The founder writes these first facts and no more: three administrators who watch each other, and
whoever enters posts and people from then on. Everything else comes in by their hands, from forms
or sheets.
"""

from __future__ import annotations

import csv
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from bangfu.core.facts import Draft, Value
from bangfu.core.text import Refused
from bangfu.records import actions
from bangfu.records.access import FOUNDER
from bangfu.records.accounts import Opened, check_name, open_for
from bangfu.records.county import founded
from bangfu.records.first_accounts import administrators
from bangfu.records.handbooks import folder, handbook
from bangfu.records.models import Subject

TOWNS, VILLAGES = "places/towns.csv", "places/villages.csv"
COUNTY_DIGITS = 6


@dataclass(frozen=True, slots=True)
class First:
    """One of the first four people: a name, a post, and what to sign in with."""

    name: str
    role: str
    username: str


def entering_role() -> str:
    """The post whose holders enter posts for the whole county; the handbook's first such."""
    kind = handbook().kind("registry.assignment")
    rules = kind.recorders if kind else ()
    return next(rule.role for rule in rules if rule.scope == "county")


def roles() -> list[str]:
    """The posts of the first four: who enters posts, then the administrators."""
    return [entering_role(), *administrators()]


def found_county(
    people: Mapping[str, str],
    *,
    since: date,
    now: datetime,
    towns: Path | None = None,
    villages: Path | None = None,
) -> list[Opened]:
    """Write a county's first facts and open the first accounts; temporary passwords, shown once.

    `people` are names by role, one for each of `roles()`; `since` is the day from which the places
    are known, which is before the first fact that will be entered of them. `towns` has the columns
    code, name; `villages` code, name, town_code; without them those of the handbook's folder.
    Raises `Refused` for an empty or missing name, the same person twice, a file that does not fit,
    or where there is a county already.
    """
    if founded() is not None:
        raise actions.founded_already()
    first = _first(people)
    drafts, persons = _places(towns, villages, since), []
    county = drafts[0].subject
    for one in first:
        person = str(uuid.uuid4())
        persons.append(person)
        values: dict[str, Value] = {"name": one.name, "place": county}
        drafts.append(Draft(person, "registry.person", now.date(), person, FOUNDER, values))
        drafts.append(
            Draft(str(uuid.uuid4()), "registry.assignment", now.date(), county, FOUNDER,
                  {"role": one.role}, (("holder", person),))
        )  # fmt: skip
    actions.found(drafts, as_of=None, now=now, options={"founded": True})
    subjects = {row.uid: row for row in Subject.objects.filter(uid__in=persons)}
    return [
        open_for(subjects[person], one.username, by=None, now=now)
        for person, one in zip(persons, first, strict=True)
    ]


def _first(people: Mapping[str, str]) -> list[First]:
    found = []
    for role in roles():
        name = people.get(role, "").strip()
        if not name:
            title = handbook().roles[role].title
            raise Refused("no_name", f"没有写{title.zh}的姓名。",
                          f"The {title.en} has no name.", place=role)  # fmt: skip
        found.append(First(name, role, role.removesuffix("_admin")))
        check_name(found[-1].username)
    if len({one.name for one in found}) < len(found):
        raise Refused(
            "one_person",
            "三个管理员和登记人员要是四个人：谁也不能管自己。",
            "The three administrators and whoever enters posts must be four persons: nobody "
            "watches himself.",
        )
    return found


def _places(towns: Path | None, villages: Path | None, since: date) -> list[Draft]:
    """The county, its towns and their villages, in this order."""
    towns, villages = towns or folder() / TOWNS, villages or folder() / VILLAGES
    town_rows = _rows(towns, ("code", "name"))
    village_rows = _rows(villages, ("code", "name", "town_code"))
    codes = {row["code"][:COUNTY_DIGITS] for row in town_rows}
    code = min(codes)
    if len(codes) > 1 or len(code) < COUNTY_DIGITS or not code.isdigit():
        raise _bad_file("乡镇代码的前 6 位应相同（县的代码）。",
                        "The towns' codes must begin with the same six digits, the county's.",
                        towns)  # fmt: skip
    own = {"name": handbook().title.zh, "code": code}
    county = _place("county", own, since)
    uids = {code: county.subject}
    found = [county]
    for number, row in enumerate(town_rows, start=2):
        found.append(_place("township", row, since, county.subject))
        _new(uids, row, number, towns)
        uids[row["code"]] = found[-1].subject
    for number, row in enumerate(village_rows, start=2):
        parent = uids.get(row["town_code"])
        if parent is None:
            raise _bad_file(f"第 {number} 行：没有代码为“{row['town_code']}”的乡镇。",
                            f"Row {number}: no town has the code “{row['town_code']}”.",
                            villages)  # fmt: skip
        _new(uids, row, number, villages)
        found.append(_place("village", row, since, parent))
        uids[row["code"]] = found[-1].subject
    return found


def _place(level: str, row: Mapping[str, str], since: date, parent: str = "") -> Draft:
    uid = str(uuid.uuid4())
    values: dict[str, Value] = {"level": level, "name": row["name"], "code": row["code"]}
    if parent:
        values["parent"] = parent
    return Draft(uid, "registry.place", since, uid, FOUNDER, values)


def _new(uids: Mapping[str, str], row: Mapping[str, str], number: int, file: Path) -> None:
    if row["code"] in uids:
        raise _bad_file(f"第 {number} 行：代码“{row['code']}”前面已经有了。",
                        f"Row {number}: the code “{row['code']}” came before.", file)  # fmt: skip


def _rows(file: Path, columns: tuple[str, ...]) -> list[dict[str, str]]:
    """The rows of a CSV file, in which every one of `columns` is filled in."""
    try:
        with file.open(encoding="utf-8-sig", newline="") as stream:
            reader = csv.DictReader(stream)
            missing = [name for name in columns if name not in (reader.fieldnames or ())]
            rows = [{name: (row.get(name) or "").strip() for name in columns} for row in reader]
    except (OSError, UnicodeDecodeError, csv.Error) as problem:
        raise _bad_file(f"读不了：{problem}。请存成 UTF-8 的 CSV。",
                        f"It cannot be read: {problem}. Save it as CSV in UTF-8.",
                        file) from None  # fmt: skip
    if missing or not rows:
        raise _bad_file(f"应有这些列并至少一行：{'、'.join(columns)}。",
                        f"It must have these columns and a row: {', '.join(columns)}.",
                        file)  # fmt: skip
    for number, row in enumerate(rows, start=2):
        if empty := [name for name in columns if not row[name]]:
            raise _bad_file(f"第 {number} 行：{'、'.join(empty)} 没有填。",
                            f"Row {number}: {', '.join(empty)} is empty.", file)  # fmt: skip
    return rows


def _bad_file(zh: str, en: str, file: Path) -> Refused:
    return Refused("bad_places", f"{file.name}：{zh}", f"{file.name}: {en}", place=str(file))
