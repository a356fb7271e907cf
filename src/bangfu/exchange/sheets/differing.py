"""What a row would change: its values beside those that stand, and the drafts that follow."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from uuid import UUID, uuid5

from bangfu.core.facts import Draft, Value
from bangfu.core.registry import FOUNDING
from bangfu.core.rules import FactKind, Field, Handbook
from bangfu.core.values import BadValues, Canonical, read_values
from bangfu.exchange.sheets.cells import same
from bangfu.exchange.sheets.layout import ASSIGNMENT, MEMBERSHIP, STATUS, Layout
from bangfu.exchange.sheets.lines import Change, Line
from bangfu.records import sheet_queries
from bangfu.records.access import Policy, mask
from bangfu.records.sheet_queries import Known, Standing, Ties

Parts = tuple[tuple[str, str], ...]  # roles and uids of who takes part
CORRECTED = "按导入的表更正"


class Differ:
    """Compares lines with what stands, a portion at a time, and gives each its drafts."""

    def __init__(
        self, policy: Policy, layout: Layout, handbook: Handbook, *, day: date, namespace: UUID
    ) -> None:
        self._policy = policy
        self._layout = layout
        self._handbook = handbook
        self._day = day
        self._namespace = namespace
        self._standing: dict[str, dict[int, list[Standing]]] = {}
        self._ties = Ties()
        self._people: dict[str, Known] = {}
        self._named: dict[str, Known] = {}
        self._seen: dict[tuple[str, date], int] = {}
        # Kinds of which a value may be a list, which may be empty.
        self._listed = {
            kind.id for kind in layout.kinds if any(one.type == "choices" for one in kind.fields)
        }
        self._once = layout.kind.latest or layout.kind.id in FOUNDING

    def differ(self, lines: Sequence[Line]) -> None:
        """Set drafts, changes and verdict of lines that are matched."""
        known = sorted({line.known for line in lines if line.known})
        for kind in self._layout.kinds:
            if kind.id not in (MEMBERSHIP, ASSIGNMENT):
                self._standing[kind.id] = sheet_queries.standing(self._policy, kind, known)
        if self._layout.participants:
            facts = self._standing.get(self._layout.kind.id, {}).values()
            taking = {uid for some in facts for one in some for _, uid in one.participants}
            taking |= {uid for line in lines for _, uid in line.parts()}
            self._named = sheet_queries.names_of_uids(self._policy, taking)
        if self._layout.kind.id in (MEMBERSHIP, ASSIGNMENT):
            # Such a row is about a place or a home; whose it is says who takes part.
            uids = {uid for line in lines for _, uid in line.parts()}
            posts = self._layout.kind.id == ASSIGNMENT
            # Whoever holds a post here may come from elsewhere.
            ask = sheet_queries.names_of_uids if posts else sheet_queries.of_uids
            self._people = ask(self._policy, uids)
            known += [one.id for one in self._people.values()]
        if self._layout.statuses or {k.id for k in self._layout.kinds} & {MEMBERSHIP, ASSIGNMENT}:
            self._ties = sheet_queries.ties(self._policy, known, day=self._day)
        for line in lines:
            if not line.verdict and not self._twice(line):
                self._compare(line)
            if line.verdict in ("refused", "doubtful"):
                line.drafts = []

    def _twice(self, line: Line) -> bool:
        if not self._once:
            return False
        mark = (line.subject, line.day or self._day)
        other = self._seen.setdefault(mark, line.number)
        if other != line.number:
            line.refuse(
                None, f"和第 {other} 行说的是同一个对象，请只留一行",
                f"it is about the same as row {other}; keep one of them",
            )  # fmt: skip
            return True
        return False

    def _compare(self, line: Line) -> None:
        layout = self._layout
        for kind in layout.kinds:
            if kind.id == MEMBERSHIP:
                self._compare_home(line, kind)
            elif kind.id == ASSIGNMENT:
                self._compare_post(line)
            elif kind.id in FOUNDING:
                self._compare_founding(line, kind)
            else:
                self._compare_fact(line, kind)
        self._compare_statuses(line)
        if line.verdict == "refused":
            return
        if not line.drafts:
            line.verdict = "same"
        else:
            line.verdict = "new" if line.fresh or not line.changes else "changed"

    # One kind at a time.

    def _compare_founding(self, line: Line, kind: FactKind) -> None:
        given = line.values[kind.id]
        if line.fresh:
            values = self._whole(line, kind, self._given(line, kind))
            self._draft(line, kind, values, subject=line.subject, uid=line.subject)
            return
        stands = self._standing[kind.id].get(line.known, [])
        if not stands:
            return  # registered by an earlier row of the same file
        now = stands[-1]
        # An empty cell says nothing of what is registered.
        changed = {
            n: v for n, v in given.items() if v is not None and not same(now.values.get(n), v)
        }
        if changed:
            self._note(line, kind, now.values, changed)
            values = self._whole(line, kind, {**now.values, **changed})
            self._draft(line, kind, values, subject=line.subject, amends=now)

    def _compare_fact(self, line: Line, kind: FactKind) -> None:
        given, day = line.values[kind.id], line.day or self._day
        stands = self._standing[kind.id].get(line.known, [])
        asked = self._fact_asked(line, kind)
        named = next((one for one in stands if one.uid == asked), None)
        if named is not None:
            day = line.day or named.day
        elif kind.latest:
            stands = [one for one in stands if one.day <= day][-1:]
        else:
            stands = [one for one in stands if one.day == day]
        for one in [named] if named else stands:
            if self._equal(line, kind, one, given) and (named is None or one.day == day):
                return
        if asked and named is None:
            line.refuse_gone(self._layout.keys["uid"])
            return
        if named is not None and named.more:
            line.refuse(
                None,
                f"这条记录一次写了 {len(named.more) + 1} 个对象，表格不能单改一行，请在系统里更正",
                f"this record is about {len(named.more) + 1} at once; a sheet cannot change it in "
                "one of its rows, correct it in the program",
            )
            return
        before = named or (stands[-1] if stands and kind.latest else None)
        kept = {
            name: value
            for name, value in (before.values if before else {}).items()
            if name not in given and kind.field(name)
        }
        given_now = self._given(line, kind)
        values = self._whole(line, kind, {**kept, **given_now} if kept else given_now)
        if not values and kind.fields:
            return
        if before is not None:
            others = {n: v for n, v in given.items() if not same(before.values.get(n), v)}
            self._note(line, kind, before.values, others)
            self._note_people(line, kind, before)
        if named is not None:
            self._refuse_fewer(line, kind, named.participants)
        self._draft(
            line, kind, values, subject=line.subject, amends=named, day=day,
            who=self._who(line, kind, named.participants if named else ()),
        )  # fmt: skip

    def _who(self, line: Line, kind: FactKind, stood: Parts) -> Parts:
        """Who takes part: those whom the line names, and of the others those of whom it could not
        say anything: they have another part, or were not shown to who sends it.
        """
        if kind is not self._layout.kind:
            return stood
        kept = [
            (role, uid)
            for role, uid in stood
            if role not in line.participants
            or uid not in self._named
            or self._names_fewer(line, role, stood)
        ]
        return tuple(sorted({*line.parts(), *kept}))

    def _fact_asked(self, line: Line, kind: FactKind) -> str:
        """The uid of the fact that the line says it is: what was handed out and comes back."""
        if kind is not self._layout.kind or self._once:
            return ""
        given = line.keys.get("uid", "")
        return given if given != line.subject else ""

    def _equal(self, line: Line, kind: FactKind, one: Standing, given: dict[str, Value]) -> bool:
        if any(not same(one.values.get(name), value) for name, value in given.items()):
            return False
        if set(self._who(line, kind, one.participants)) != set(one.participants):
            return False
        return not line.performer or line.performer == one.performer

    def _names_fewer(self, line: Line, role: str, stood: Parts) -> bool:
        """Whether the sheet was made for somebody who sees fewer of them than who sends it."""
        unseen = sum(part == role and uid not in self._named for part, uid in stood)
        return line.left_out.get(role, 0) > unseen

    def _refuse_fewer(self, line: Line, kind: FactKind, stood: Parts) -> None:
        """Whom such a sheet does not name, or no longer, cannot be told: nobody is dropped."""
        for role, count in line.left_out.items():
            after = sum(part == role for part, _ in self._who(line, kind, stood))
            named = len(line.participants.get(role, ()))
            if self._names_fewer(line, role, stood) and named + count != after:
                column = self._layout.participants[role][0]
                line.refuse(
                    column, "导出这张表的人看不到全部参加的人，看不出减去的是谁。请自己导出再改",
                    "whoever took this sheet away could not see all who took part, so who is gone "
                    "cannot be told; export it yourself and edit that",
                )  # fmt: skip

    def _compare_home(self, line: Line, kind: FactKind) -> None:
        own = kind is self._layout.kind
        person = line.sole("member") if own else line.subject
        number = self._number(person) if own else line.known
        home_uid, home_id = (line.subject, line.known) if own else (line.home, line.home_known)
        home = self._ties.homes.get(number)
        column = self._layout.fields[kind.id].get("relation")
        asked = self._fact_asked(line, kind)
        if not home_uid or not person:
            if own:
                line.refuse(column, "没有写清是哪一户的谁", "whose home is meant is not said")
            return
        relation = str(line.values[kind.id].get("relation") or "")
        same_home = home is not None and home[:2] == (home_id, relation or home[1])
        if asked and not same_home and (home is None or home[2] != asked):
            line.refuse_gone(self._layout.keys["uid"])
        elif home is None:
            if not relation:
                line.refuse(column, "没有填写与户主的关系", "the relation to the head is missing")
                return
            who = (("member", person),)
            self._draft(line, kind, {"relation": relation}, subject=home_uid, who=who)
        elif home[0] != home_id:
            line.refuse(
                self._layout.keys.get("household"),
                "登记在另一户。请先在登记页办理“成员减少”，再导入",
                "is registered in another household; enter “Member left” there first, then import",
            )
        elif relation and relation != home[1]:
            header = self._layout.title_of(kind.id, "relation")
            line.changes.append(Change(header, home[1], relation))
            self._draft(
                line, kind, {"relation": relation}, subject=home_uid,
                who=(("member", person),), uid_of=home[2], day=home[3],
            )  # fmt: skip

    def _number(self, uid: str) -> int:
        known = self._people.get(uid)
        return known.id if known else 0

    def _compare_post(self, line: Line) -> None:
        kind = self._layout.assignment or self._layout.kind
        role = line.values[kind.id].get("role")
        own = self._layout.kind.id == ASSIGNMENT
        holder = line.sole("holder") if own else line.subject
        if not role:
            return
        if not line.about or not holder:
            if not line.problems:
                line.refuse(self._layout.fields[kind.id].get("role"), "没有写清谁在哪里任职",
                            "who holds this post, or for what, is not said")  # fmt: skip
            return
        number = self._number(holder) if own else line.known
        if (number, str(role), line.about_known) in self._ties.posts:
            return
        if self._fact_asked(line, kind):
            line.refuse_gone(self._layout.keys["uid"])
            return
        given = {n: v for n, v in line.values[kind.id].items() if v is not None}
        values = self._whole(line, kind, given)
        self._draft(line, kind, values, subject=line.about, who=(("holder", holder),))

    def _compare_statuses(self, line: Line) -> None:
        kind = self._handbook.kind(STATUS)
        for status, value in line.statuses.items():
            before = self._ties.statuses.get((line.known, status), "")
            if kind is None or before == value or not line.subject:
                continue
            if line.known:
                header = self._layout.headers[self._layout.statuses[status]]
                titles = self._handbook.statuses[status].options
                words = [titles[v].zh if v in titles else v for v in (before, value)]
                line.changes.append(Change(header, *words))
            values: dict[str, Value] = {"status": status, "value": value}
            self._draft(
                line,
                kind,
                {n: v for n, v in values.items() if v},
                subject=line.subject,
                uid=str(uuid5(self._namespace, f"{line.sheet}:{line.number}:{status}")),
            )

    # Pieces.

    def _given(self, line: Line, kind: FactKind) -> Canonical:
        """What the line says itself, empty cells left out."""
        given = line.values[kind.id]
        return Canonical(kind, {name: value for name, value in given.items() if value is not None})

    def _whole(self, line: Line, kind: FactKind, values: Mapping[str, Value]) -> dict[str, Value]:
        """The values of a fact, what is missing noted at its column."""
        missing = [kind.by_id[n] for n in kind.required if values.get(n) in (None, "")]
        for one in sorted(missing, key=kind.fields.index):
            self._refuse_missing(line, kind, one)
        if isinstance(values, Canonical) and not line.references and kind.id not in self._listed:
            return values
        if not missing and any(isinstance(value, list) for value in values.values()):
            try:
                return read_values(kind, values)
            except BadValues as problems:
                for problem in problems.problems:
                    column = self._layout.fields.get(kind.id, {}).get(problem.place)
                    line.decline(problem, column)
        return dict(values)

    def _refuse_missing(self, line: Line, kind: FactKind, one: Field) -> None:
        column = self._layout.fields.get(kind.id, {}).get(one.id)
        if line.references.get((kind.id, one.id)):
            return  # said already: it was not found
        line.refuse(column, f"“{one.title.zh}”没有填写", f"“{one.title.en}” is missing")

    def _draft(
        self, line: Line, kind: FactKind, values: dict[str, Value], *, subject: str,
        uid: str = "", amends: Standing | None = None, uid_of: str = "",
        who: tuple[tuple[str, str], ...] = (), day: date | None = None,
    ) -> None:  # fmt: skip
        replaced = amends.uid if amends else uid_of or None
        if not subject:
            return
        when = amends.day if amends and kind.registry else day or line.day or self._day
        done_by = line.performer or (amends.performer if amends else "") or self._policy.person_uid
        if kind is self._layout.kind and not who:
            who = tuple(sorted(line.parts()))
        if amends is not None and not who:
            who = amends.participants
        name = uid or str(uuid5(self._namespace, f"{line.sheet}:{line.number}:{kind.id}"))
        line.drafts.append(Draft(
            name, kind.id, when, subject, done_by, values, participants=who, amends=replaced,
            minute=amends.minute if amends else None, reason=CORRECTED if replaced else "",
        ))  # fmt: skip

    def _note(
        self, line: Line, kind: FactKind, before: Mapping[str, Value], now: Mapping[str, Value]
    ) -> None:
        for name, value in now.items():
            item = kind.field(name)
            if item is not None:
                header = self._layout.title_of(kind.id, name) or item.title.zh
                if item.type == "reference":
                    self._note_reference(line, header, str(before.get(name) or ""), str(value))
                    continue
                line.changes.append(
                    Change(header, shown(item, before.get(name)), shown(item, value))
                )

    def _note_people(self, line: Line, kind: FactKind, before: Standing) -> None:
        given = set(self._who(line, kind, before.participants))
        for role in kind.participants if kind is self._layout.kind else ():
            then, now = [
                {uid for part, uid in pairs if part == role.id and uid in self._named}
                for pairs in (before.participants, given)
            ]
            if then != now:
                words = [
                    "、".join(sorted(self._named[u].name for u in some)) for some in (then, now)
                ]
                line.changes.append(Change(role.title.zh, *words))

    def _note_reference(self, line: Line, header: str, before: str, now: str) -> None:
        named = sheet_queries.names_of_uids(self._policy, [before, now])
        words = [named[uid].name if uid in named else "" for uid in (before, now)]
        line.changes.append(Change(header, *words))


def shown(item: Field, value: Value) -> str:
    """A value as a list of differences shows it: identifiers masked."""
    if value is None or value == []:
        return ""
    if item.identifier:
        return mask(str(value))
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, list):
        return "、".join(item.options[one].zh if one in item.options else one for one in value)
    title = item.options.get(str(value))
    return title.zh if title else str(value)
