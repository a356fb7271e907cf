"""The registry as it stands: what each registry fact changes in the rows that readers search.

Pure bookkeeping over rows in memory. The writer loads the few rows that a batch touches, applies
the batch's facts and writes what changed; `verify` starts empty, applies every registry fact
there is, and must come to the very rows that the database holds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import date

from bangfu.core.facts import VOID, Value
from bangfu.core.registry import ERASURE, FOUNDING, PLACE_LEVELS
from bangfu.records.registry_rows import (
    ASSIGNMENT,
    MEMBERSHIP,
    PLACE_ALIAS,
    PLACE_NAME,
    STATUS,
    Event,
    Line,
    Past,
    SubjectRow,
    around,
)


class Registry:
    """Subjects and lines by every key that a check or a fact asks for.

    After `apply`, `new_subjects`, `dirty_subjects`, `past` and `touched` hold what the database
    has yet to learn; `clear` forgets them.
    """

    def __init__(self, lookup: Callable[[str], str]) -> None:
        self._lookup = lookup
        self.subjects: dict[str, SubjectRow] = {}
        self.numbers: dict[int, SubjectRow] = {}
        self.founded: dict[int, SubjectRow] = {}
        self.lines: dict[int, Line] = {}
        self.ends: dict[int, Line] = {}
        self.roots: dict[int, Line] = {}
        self.aliases: dict[int, int] = {}
        self.sequences: dict[str, int] = {}
        self.about: dict[tuple[str, int], list[Line]] = {}
        self.of_person: dict[tuple[str, int], list[Line]] = {}
        self.coded: dict[str, list[Line]] = {}
        self.numbered: dict[str, set[int]] = {}  # persons by the digest of an id number they had
        self.between: dict[tuple[int, int], list[Line]] = {}
        self.new_subjects: list[SubjectRow] = []
        self.dirty_subjects: dict[int, SubjectRow] = {}
        self.past: list[Past] = []
        self.touched: list[Line] = []

    def clear(self) -> None:
        """Everything is written."""
        self.new_subjects, self.dirty_subjects, self.past, self.touched = [], {}, [], []

    # What checks ask.

    def line_named(self, uid: str) -> Line | None:
        """The live post or membership whose founding fact, or a correction of it, has this uid."""
        sequence = self.sequences.get(uid)
        return None if sequence is None else self.roots.get(self.aliases.get(sequence, sequence))

    def digest(self, number: str) -> str:
        """The keyed digest under which an id number is kept."""
        return self._lookup(number)

    def posts(self, person: int) -> list[Line]:
        """The standing posts of a person, past ones included."""
        return self.of_person.get((ASSIGNMENT, person), [])

    def reaching(
        self, person: int, subject: SubjectRow, *, homes: date | None = None
    ) -> list[Line]:
        """The standing posts of a person for that subject or for a place that it lies in; with
        `homes`, of a person also those for the household that he belongs to on that day.
        """
        found = list(self.between.get((person, subject.id), ()))
        for home in self.of_person.get((MEMBERSHIP, subject.id), ()) if homes else ():
            if homes and home.holds(homes):
                found += self.between.get((person, home.subject), ())
        for number in subject.around:
            if number != subject.id and (posts := self.between.get((person, number))):
                found += posts
        return found

    def holders(self, subject: int) -> list[Line]:
        """The standing posts about a subject, past ones included."""
        return self.about.get((ASSIGNMENT, subject), [])

    def belongs(self, person: int, household: int, day: date) -> bool:
        """Whether a person is a member of that household on the day."""
        homes = self.of_person.get((MEMBERSHIP, person), ())
        return any(home.subject == household and home.holds(day) for home in homes)

    # How rows come in.

    def know(self, row: SubjectRow) -> SubjectRow:
        """Take in a subject as it stands now."""
        row.around = around(row.path)
        self.subjects[row.uid] = row
        self.numbers[row.id] = row
        self.founded[row.fact] = row
        return row

    def add(self, line: Line) -> None:
        """Take in a live line."""
        self.lines[line.fact] = line
        if line.ended_by is not None:
            self.ends[line.ended_by] = line
        self.about.setdefault((line.table, line.subject), []).append(line)
        if line.table == PLACE_NAME:
            self.coded.setdefault(line.key, []).append(line)
        if line.person:
            self.roots[line.root] = line
            self.aliases[line.fact] = line.root
            if line.table == ASSIGNMENT:
                self.between.setdefault((line.person, line.subject), []).append(line)
            self.of_person.setdefault((line.table, line.person), []).append(line)

    def _drop(self, line: Line) -> None:
        del self.lines[line.fact]
        if line.ended_by is not None:
            del self.ends[line.ended_by]
        self.about[line.table, line.subject].remove(line)
        if line.table == PLACE_NAME:
            self.coded[line.key].remove(line)
        if line.person:
            del self.roots[line.root]
            if line.table == ASSIGNMENT:
                self.between[line.person, line.subject].remove(line)
            self.of_person[line.table, line.person].remove(line)

    def _new(self, line: Line) -> None:
        self.add(line)
        self.touched.append(line)

    def _retire(self, line: Line, sequence: int) -> None:
        self._drop(line)
        line.retired = sequence
        if line.stored:
            self.touched.append(line)

    def _change(self, line: Line, sequence: int, **changes: object) -> Line:
        """The line's next version, known from `sequence` on."""
        self._retire(line, sequence)
        changed = replace(line, recorded=sequence, retired=None, stored=False, **changes)  # type: ignore[arg-type]
        self._new(changed)
        return changed

    # What facts do.

    def apply(self, event: Event) -> None:
        """Let one registry fact, or the voiding of any fact, take effect."""
        if event.kind == VOID:
            self._void(event)
        elif event.kind in FOUNDING:
            self._found(event)
        elif event.kind in ("registry.assignment_end", "registry.membership_end"):
            self._end(event)
        elif event.kind == "registry.assignment":
            self._post(event)
        elif event.kind == ERASURE:
            self._erase(event)
        elif event.kind == "registry.membership":
            self._member(event)
        else:
            self._dated(event)

    def _void(self, event: Event) -> None:
        amended = event.amends or 0
        if row := self.founded.pop(amended, None):
            row.voided = event.sequence
            self.dirty_subjects[row.id] = row
        if ended := self.ends.get(amended):
            self._change(ended, event.sequence, end=None, ended_by=None)
        if line := self.lines.get(amended):
            self._retire(line, event.sequence)
            self._retime(line, event.sequence)

    def _found(self, event: Event) -> None:
        row = self.founded.pop(event.amends or 0, None)
        if row is None:
            row = SubjectRow(
                event.sequence, event.uid, "", "", "", 0, 0, event.day, event.sequence,
                event.sequence,
            )  # fmt: skip
            self.new_subjects.append(row)
        else:
            self._keep_past(row, event.sequence)
        before = row.path
        self._describe(row, event)
        self.know(row)
        if row.type in PLACE_LEVELS:
            name, code = str(event.values["name"]), str(event.values["code"])
            old = self.lines.get(event.amends or 0)
            self._replace(old, event, Line(
                PLACE_NAME, event.sequence, event.sequence, event.sequence, row.id, event.day,
                code, name,
            ))  # fmt: skip
            row.name = self._name_now(row, name)
            if before and before != row.path:
                self._move(before, row, event.sequence)

    def _describe(self, row: SubjectRow, event: Event) -> None:
        """Fill a subject's columns from its founding fact or that fact's correction."""
        values = event.values
        row.type = (
            str(values["level"]) if event.kind == "registry.place" else FOUNDING[event.kind][0]
        )
        row.name = str(values.get("name", ""))
        row.since, row.fact, row.recorded = event.day, event.sequence, event.sequence
        place, parent, unit = (
            self.subjects.get(str(values.get(name, ""))) for name in ("place", "parent", "unit")
        )
        if row.type in PLACE_LEVELS:
            holder = parent
            row.detail = {
                "parent_id": parent and parent.id,
                "longitude": _number(values.get("longitude")),
                "latitude": _number(values.get("latitude")),
            }
        else:
            holder = place or unit
            row.detail = self._detail(row.type, values, place, unit)
            if digest := row.detail.get("id_digest"):
                self.numbered.setdefault(str(digest), set()).add(row.id)
        self._locate(row, holder)

    def _detail(
        self,
        kind: str,
        values: Mapping[str, Value],
        place: SubjectRow | None,
        unit: SubjectRow | None,
    ) -> dict[str, object]:
        if kind == "household":
            return {"number": str(values.get("number", ""))}
        if kind == "person":
            number, birth = values.get("id_number"), values.get("birth")
            return {
                "sex": str(values.get("sex", "")),
                "birth": date.fromisoformat(str(birth)) if birth else None,
                "unit_id": unit and unit.id,
                "id_digest": self._lookup(str(number)) if number else "",
            }
        detail: dict[str, object] = {"place_id": place and place.id}
        if kind == "branch":
            detail["unit_id"] = unit and unit.id
        return detail

    @staticmethod
    def _locate(row: SubjectRow, holder: SubjectRow | None) -> None:
        """Where the row lies, given the place that holds it."""
        row.path = holder.path if holder else ""
        row.village = holder.village if holder else 0
        row.township = holder.township if holder else 0
        if row.type in PLACE_LEVELS:
            row.path = f"{row.path or '/'}{row.id}/"
            row.village = row.id if row.type == "village" else row.village
            row.township = row.id if row.type == "township" else row.township

    def _keep_past(self, row: SubjectRow, sequence: int) -> None:
        self.past.append(
            Past(
                row.id, row.path, row.village, row.township, row.since, row.fact, row.recorded,
                sequence,
            )
        )  # fmt: skip
        self.dirty_subjects[row.id] = row

    def under(self, path: str) -> Iterator[SubjectRow]:
        """The loaded subjects that lie in the place of that path."""
        return (row for row in list(self.numbers.values()) if row.path.startswith(path))

    def _move(self, before: str, place: SubjectRow, sequence: int) -> None:
        """A place was put elsewhere: whatever lies in it goes with it."""
        for row in sorted(self.under(before), key=lambda row: (len(row.path), row.id)):
            self._keep_past(row, sequence)
            row.path = place.path + row.path[len(before) :]
            row.around = around(row.path)
            row.recorded = sequence
            within = [self.numbers[int(part)] for part in row.path.strip("/").split("/")]
            row.village = next((p.id for p in within if p.type == "village"), 0)
            row.township = next((p.id for p in within if p.type == "township"), 0)

    def _erase(self, event: Event) -> None:
        """What the party's key sealed is gone, here as in the facts."""
        row = self.subjects[event.subject]
        row.name = ""
        if row.type == "person":
            row.detail = {**row.detail, "sex": "", "birth": None, "id_digest": ""}
        self.dirty_subjects[row.id] = row

    def _post(self, event: Event) -> None:
        person = self.subjects[dict(event.participants)["holder"]].id
        values = event.values
        key, value = str(values["role"]), str(values.get("basis", ""))
        self._span(event, ASSIGNMENT, person, key=key, value=value)

    def _member(self, event: Event) -> None:
        person = self.subjects[dict(event.participants)["member"]].id
        self._span(event, MEMBERSHIP, person, key="", value=str(event.values["relation"]))

    def _span(self, event: Event, table: str, person: int, *, key: str, value: str) -> None:
        """A post or a membership begins; a correction keeps its root and its end."""
        old = self.lines.get(event.amends or 0)
        line = Line(
            table, event.sequence, old.root if old else event.sequence, event.sequence,
            self.subjects[event.subject].id, event.day, key, value, person,
        )  # fmt: skip
        self.sequences[event.uid] = event.sequence
        if old:
            line.end, line.ended_by = old.end, old.ended_by
            self._retire(old, event.sequence)
        self._new(line)

    def _end(self, event: Event) -> None:
        if old := self.ends.get(event.amends or 0):
            self._change(old, event.sequence, end=None, ended_by=None)
        reference = event.values.get("assignment") or event.values.get("membership")
        line = self.line_named(str(reference))
        if line is not None:
            self._change(line, event.sequence, end=event.day, ended_by=event.sequence)

    def _dated(self, event: Event) -> None:
        """A status, a place's name or an alias holds from this day."""
        values, subject = event.values, self.subjects[event.subject]
        table, key, value = {
            "registry.status": (STATUS, "status", "value"),
            "registry.place_name": (PLACE_NAME, "code", "name"),
            "registry.place_alias": (PLACE_ALIAS, "", "name"),
        }[event.kind]
        line = Line(
            table, event.sequence, event.sequence, event.sequence, subject.id, event.day,
            str(values.get(key, "")), str(values.get(value, "")),
        )  # fmt: skip
        self._replace(self.lines.get(event.amends or 0), event, line)
        if table == PLACE_NAME:
            self._rename(subject)

    def _replace(self, old: Line | None, event: Event, line: Line) -> None:
        if old:
            line.root = old.root
            self._retire(old, event.sequence)
        self._new(line)
        if old:
            self._retime(old, event.sequence)
        self._retime(line, event.sequence)

    def _retime(self, line: Line, sequence: int) -> None:
        """Let each line of the same attribute end where the next one starts."""
        if line.table not in (STATUS, PLACE_NAME):
            return
        row = self.numbers[line.subject]
        chain = [
            other
            for other in self.about[line.table, line.subject]
            if line.table == PLACE_NAME or other.key == line.key
        ]
        chain.sort(key=lambda other: (other.start, other.fact))
        for place, other in enumerate(chain, start=1):
            end = chain[place].start if place < len(chain) else None
            if other.end != end:
                if other.recorded == sequence:
                    other.end = end
                else:
                    self._change(other, sequence, end=end)
        if line.table == PLACE_NAME:
            self._rename(row)

    def _rename(self, row: SubjectRow) -> None:
        name = self._name_now(row, row.name)
        if name != row.name:
            row.name = name
            self.dirty_subjects[row.id] = row

    def _name_now(self, row: SubjectRow, otherwise: str) -> str:
        """The latest of a place's names."""
        lines = self.about.get((PLACE_NAME, row.id), [])
        return max(lines, key=lambda n: (n.start, n.fact)).value if lines else otherwise


def _number(value: Value) -> float | None:
    return None if value is None else float(str(value))
