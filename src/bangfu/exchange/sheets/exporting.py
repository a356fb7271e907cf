"""A kind of facts handed out as a workbook, under the headers that it came with."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from bangfu.core.facts import Value
from bangfu.core.registry import FOUNDING
from bangfu.core.rules import FactKind, Field, Handbook
from bangfu.core.text import Refused
from bangfu.exchange.sheets import writing
from bangfu.exchange.sheets.cells import HIDDEN
from bangfu.exchange.sheets.layout import ASSIGNMENT
from bangfu.exchange.sheets.lines import left_out
from bangfu.exchange.sheets.places import Places
from bangfu.exchange.sheets.workbook import Cell
from bangfu.records import disclosure, ledger, sheet_queries
from bangfu.records.access import Policy, mask
from bangfu.records.disclosure import Request
from bangfu.records.sheet_queries import Known, Standing

_SOME = 900
_EXACT_DIGITS = 15
_LONGEST = 32_767  # of what a cell may hold


class Exported:
    """The rows of one kind as a reader sees it; identifiers are masked unless `full`."""

    def __init__(self, policy: Policy, kind: FactKind, handbook: Handbook, *, full: bool) -> None:
        self._policy = policy
        self._kind = kind
        self._handbook = handbook
        self._full = full
        self._places = Places(policy)
        self._keys = writing.key_columns(kind)
        titles = {writing.key_title(key) for key in self._keys}
        self._fields = [
            one for one in kind.fields
            if writing.header_of(one) not in titles
            and not (one.to == "place" and titles and kind.registry)
        ]  # fmt: skip

    @property
    def heads(self) -> list[str]:
        """The headers."""
        found = [writing.key_title(key) for key in self._keys]
        found += [writing.header_of(one) for one in self._fields]
        for role in self._kind.participants:
            found.append(role.title.zh)
            found += [f"{role.title.zh}证件号码"] if role.type == "person" else []
            found.append(f"{role.title.zh}系统编号")
        return [*found, writing.key_title("uid")]

    def rows(self) -> Iterator[list[Cell]]:
        """One row a fact, in the order of places and subjects."""
        lines = sheet_queries.all_standing(self._policy, self._kind)
        for some in ledger.portions(lines, _SOME):
            about = _About(self._policy, [known for known, _ in some], self._policy.as_of)
            uids = {uid for _, fact in some for _, uid in fact.participants}
            uids |= {
                str(fact.values[one.id])
                for _, fact in some for one in self._fields
                if one.type == "reference" and fact.values.get(one.id)
            }  # fmt: skip
            named = sheet_queries.names_of_uids(self._policy, uids)
            for known, fact in some:
                yield self._row(known, fact, about, named)

    def _row(
        self, known: Known, fact: Standing, about: _About, named: dict[str, Known]
    ) -> list[Cell]:
        cells: list[Cell] = [self._key(key, known, fact, about) for key in self._keys]
        values = fact.values
        cells += [self._cell(one, values.get(one.id), named) for one in self._fields]
        for role in self._kind.participants:
            uids = [uid for part, uid in fact.participants if part == role.id]
            who = [named[uid] for uid in uids if uid in named]
            unnamed = [left_out(len(uids) - len(who))] if len(who) < len(uids) else []
            cells.append("、".join([*(one.name for one in who), *unnamed]))
            if role.type == "person":
                cells.append("")
            ids = "、".join(one.uid for one in who)
            cells.append(ids if len(ids) <= _LONGEST else "")
        profile = self._kind.latest or self._kind.id in FOUNDING
        return [*cells, known.uid if profile else fact.uid]

    def _key(self, key: str, known: Known, fact: Standing, about: _About) -> Cell:
        places = self._places.by_id
        if key == "day":
            return fact.day.isoformat()
        if key in ("township", "village", "group"):
            if self._kind.id in FOUNDING:
                # Where somebody's unit lies says nothing of where he is registered.
                here = self._places.by_uid.get(str(fact.values.get("place") or ""))
                chain = [int(part) for part in here.path.split("/") if part] if here else []
                return next((places[n].name for n in chain if n in places
                             and places[n].type == key), "")  # fmt: skip
            chain = [int(part) for part in known.path.split("/") if part]
            groups = [n for n in chain if n in places and places[n].type == "group"]
            number = {"township": known.township, "village": known.village}.get(
                key, groups[-1] if groups else 0
            )
            return places[number].name if number in places else ""
        if key == "household":
            home = about.homes.get(known.id)
            return known.number if known.type == "household" else (home.number if home else "")
        if key == "birth":
            return known.birth.isoformat() if known.birth else ""
        if key == "id":
            return self._identifier(about.ids.get(known.id, ""))
        if key == "about":
            town = places[known.township].name if known.township in places else ""
            inner = known.type in ("village", "group")
            return f"{town}{known.name}" if inner else known.number or known.name
        return known.name

    def _identifier(self, text: str) -> str:
        return text if self._full else mask(text) if text else ""

    def _named(self, item: Field, uid: str, named: dict[str, Known]) -> str:
        """What is referred to as it is called; a place with its township where that tells it from
        others.
        """
        if item.to != "place":
            return named[uid].name if uid in named else uid
        here = self._places.by_uid.get(uid)
        if here is None:
            return uid
        town = self._places.by_id.get(here.township)
        for word in (here.name, f"{town.name}{here.name}" if town else here.name):
            if self._places.find(["", word]) == [here]:
                return word
        return uid

    def _cell(self, item: Field, value: Value, named: dict[str, Known]) -> Cell:
        if value is None or value == []:
            return ""
        if item.identifier or (item.own_file and not self._full):
            return self._identifier(str(value)) if item.identifier else HIDDEN
        if (self._kind.id, item.id) == (ASSIGNMENT, "role"):
            role = self._handbook.roles.get(str(value))
            return role.title.zh if role else str(value)
        if item.type == "reference":
            return self._named(item, str(value), named)
        if isinstance(value, bool):
            return "是" if value else "否"
        if isinstance(value, list):
            return "、".join(item.options[one].zh for one in value if one in item.options)
        if item.type in ("money", "number"):
            number = Decimal(str(value))
            fits = len(number.as_tuple().digits) <= _EXACT_DIGITS
            return float(number) if fits else str(value)
        title = item.options.get(str(value))
        return title.zh if title else value


class _About:
    """What a portion's subjects are known by besides: homes and id numbers of persons."""

    def __init__(self, policy: Policy, subjects: list[Known], day: date) -> None:
        persons = [one.id for one in subjects if one.type == "person"]
        self.homes: dict[int, Known] = {}
        self.ids: dict[int, str] = {}
        if not persons:
            return
        ties = sheet_queries.ties(policy, persons, day=day)
        homes = sheet_queries.of_ids(policy, {home[0] for home in ties.homes.values()})
        self.homes = {p: homes[home[0]] for p, home in ties.homes.items() if home[0] in homes}
        kind = sheet_queries.founding_kind("person")
        for number, facts in sheet_queries.standing(policy, kind, persons).items():
            self.ids[number] = str(facts[-1].values.get("id_number") or "")


def export(
    policy: Policy, kind: FactKind, handbook: Handbook, *, asked: Request, who: str, about: str,
    full: bool = False,
) -> bytes:  # fmt: skip
    """The workbook of a kind, after the handing out was recorded; raises `Refused`."""
    if full and not may_have_ids(policy):
        raise Refused(
            "masked_only",
            "只有登记人员的岗位才能导出完整证件号码。",
            "Only posts that register people may take id numbers away unmasked.",
        )
    made = Exported(policy, kind, handbook, full=full)
    rows = list(made.rows())
    heads = made.heads
    digest = hashlib.sha256(repr([heads, *rows]).encode()).hexdigest()
    title = kind.title.zh + ("（含证件号码）" if full else "")
    note = disclosure.handed_out(
        policy, title, about=about, rows=len(rows), digest=digest, who=who, asked=asked
    )
    return writing.table(kind.title.zh, note, heads, rows)


def may_have_ids(policy: Policy) -> bool:
    """Whether a reader's posts register people."""
    return any(kind.id == "registry.person" for kind in sheet_queries.kinds_for(policy))


def exportable(policy: Policy, handbook: Handbook) -> list[FactKind]:
    """The kinds that can be handed out as sheets to a reader."""
    able = {kind.id for kind in sheet_queries.kinds_for(policy)}
    return [
        kind
        for kind in handbook.kinds.values()
        if kind.id in able and not kind.id.endswith("_end") and kind.id not in _NEVER
    ]


_NEVER = frozenset({"void", "reveal", "export", "registry.erasure", "registry.status"})


def no_kind(name: str) -> Refused:
    """What is said of a kind that the handbook does not have."""
    return Refused(
        "unknown_kind",
        f"工作手册里没有“{name}”这种事实，或您的岗位不能导出它。",
        f"The handbook has no kind of fact “{name}”, or your posts may not take it away.",
    )
