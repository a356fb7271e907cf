"""What the registry knows of whom a portion of lines may mean, asked in a few queries."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from bangfu.core.rules import Handbook
from bangfu.core.values import read_day
from bangfu.exchange.sheets.layout import FOUNDS, Layout
from bangfu.exchange.sheets.lines import Line
from bangfu.exchange.sheets.places import Before
from bangfu.records import sheet_queries
from bangfu.records.access import Policy
from bangfu.records.sheet_queries import Known


class Portion:
    """Subjects by the words of the lines that `learn` was given last: households by number,
    persons by id number, anything by type and name, persons by name if born on a day that is
    named, and subjects by uid. Of what the import itself has registered it knows nothing: a
    trial has registered nothing, and both must come to the same.
    """

    def __init__(
        self, policy: Policy, layout: Layout, handbook: Handbook, choices: Mapping[str, str], *,
        before: Before,
    ) -> None:  # fmt: skip
        self._policy = policy
        self._handbook = handbook
        self._choices = choices
        self._type = layout.kind.subject
        self._before = before
        # Whatever the sheet has columns for, or the column 对象 may mean.
        self._named = [
            kind for kind in ("unit", "branch", "project", "household")
            if {kind, "about"} & layout.keys.keys()
        ]  # fmt: skip
        self.numbers: dict[str, list[Known]] = {}
        self.persons: dict[str, list[Known]] = {}
        self.called: dict[tuple[str, str], list[Known]] = {}
        self.uids: dict[str, Known] = {}
        self.named: dict[str, Known] = {}
        # The type of whoever takes a part.
        self.roles = {role.id: role.type for role in layout.kind.participants}
        self.born: dict[str, list[Known]] = {}

    def learn(self, lines: Sequence[Line]) -> None:
        """Ask for what these lines name, in a few queries for all of them."""
        policy = self._policy
        keys = [line.keys for line in lines]
        numbers = {k[name] for k in keys for name in ("household", "about") if k.get(name)}
        some = bool(numbers) and "household" in self._before.types
        last = self._before.sequence
        self.numbers = sheet_queries.households(policy, numbers, before=last) if some else {}
        ids = {k[name] for k in keys for name in ("id", "head_id", "performer_id") if k.get(name)}
        people = [who for line in lines for some in line.people.values() for who in some]
        ids |= {who.number for who in people if who.number}
        self.persons = sheet_queries.persons(policy, ids, before=last) if ids else {}
        uids = {k["uid"] for k in keys if k.get("uid")} | {
            self._choices[f"{line.sheet}:{line.number}"]
            for line in lines if f"{line.sheet}:{line.number}" in self._choices
        }  # fmt: skip
        self.uids = sheet_queries.of_uids(policy, uids) if uids else {}
        meant = {uid for who in people for uid in who.uids}
        self.named = sheet_queries.names_of_uids(policy, meant) if meant else {}
        self.called = {}
        self._learn_names(lines)

    def _learn_names(self, lines: Sequence[Line]) -> None:
        asked: dict[str, set[str]] = {}
        for line in lines:
            keys = line.keys
            if self._type == "person" and not keys.get("id"):
                asked.setdefault("person", set()).add(keys.get("name", ""))
            if self._type == "household" and not self.numbers.get(keys.get("household", "")):
                asked.setdefault("household", set()).add(keys.get("head", ""))
            for role, people in line.people.items():
                words = {who.name for who in people if not who.number}
                asked.setdefault(self.roles.get(role, "person"), set()).update(words)
            if keys.get("performer"):
                asked.setdefault("person", set()).add(keys["performer"])
            for kind in self._named:
                words = {keys.get(kind, ""), keys.get("about", "")}
                asked.setdefault(kind, set()).update(words)
            for (kind_id, name), word in line.references.items():
                to = self.to(kind_id, name)
                if to in ("unit", "branch", "project", "person", "household"):
                    asked.setdefault(to, set()).add(word)
            if self._type in ("unit", "branch", "project"):
                asked.setdefault(self._type, set()).add(own_name(line, self._type))
        self._learn_born(lines)
        last = self._before.sequence
        for kind, said in asked.items():
            words = said & self._before.persons if kind == "person" else said - {""}
            if not words or kind not in self._before.types:
                continue
            found = sheet_queries.called(self._policy, kind, words, before=last)
            self.called.update(((kind, word), known) for word, known in found.items())

    def _learn_born(self, lines: Sequence[Line]) -> None:
        """Who may be meant though the id number is not known: of that name, born on that day."""
        births: dict[str, set[date]] = {}
        for line in lines if self._type == "person" else ():
            name, number = line.keys.get("name", ""), line.keys.get("id")
            if not number or number in self.persons or name not in self._before.persons:
                continue
            if day := read_day(line.keys.get("birth", "")):
                births.setdefault(name, set()).add(day)
        days = {day for some in births.values() for day in some}
        last = self._before.sequence
        self.born = sheet_queries.born(self._policy, births, days, before=last) if births else {}

    def to(self, kind_id: str, name: str) -> str:
        """What a reference field names: a type of subject, a kind of fact, or nothing."""
        kind = self._handbook.kind(kind_id)
        item = kind.field(name) if kind else None
        return item.to if item else ""


def own_name(line: Line, kind: str) -> str:
    """How a row names a unit, a branch, a project or a place that it is about."""
    own = line.values.get(FOUNDS.get(kind, ""), {}).get("name")  # type: ignore[call-overload]
    return str(own or line.keys.get(kind) or line.keys.get("about") or "")
