"""The two sources of columns: the database by index, and the mirror's files with their tail."""

from __future__ import annotations

from collections.abc import Callable, Collection
from functools import cached_property
from typing import TypeVar

import numpy as np
import pyarrow as pa

from bangfu.core.rules import Handbook
from bangfu.engine.tables import Ids
from bangfu.records.access import Scope
from bangfu.records.mirror import rows
from bangfu.records.mirror.files import Mirror, Unreadable
from bangfu.records.mirror.rows import Facts, Foreign
from bangfu.records.mirror.tables import ints
from bangfu.records.since import Whom
from bangfu.records.visible import EVERYBODY, PERFORMER, needs

Found = TypeVar("Found")


class DatabaseSource:
    """A few subjects and whatever is about them, each read when it is first asked for."""

    def __init__(self, scope: Scope, handbook: Handbook, kinds: Collection[str]) -> None:
        self._scope = scope
        self._handbook = handbook
        self._kinds = kinds
        self._read: dict[str, pa.Table] = {}

    def registry(self, table: str) -> pa.Table:
        """Rows of the scope's subjects; statuses also of those who answer for them."""
        if table not in self._read:
            column = "id" if table == "subjects" else "subject_id"
            numbers = set(self._scope.subjects)
            if table == "statuses":
                numbers |= self._answerable
            self._read[table] = rows.registry_of(table, column, numbers)
        return self._read[table]

    @property
    def whom(self) -> Whom:
        """Whom a fact must name, or for whom it must count, for it to be read."""
        return Whom(self._scope.subjects, frozenset(self._answerable))

    @property
    def kinds(self) -> Collection[str]:
        """The kinds of facts that are read."""
        return self._kinds

    def reading(self, kinds: Collection[str]) -> DatabaseSource:
        """The same with facts of these kinds too."""
        fresh = [kind for kind in kinds if kind not in self._kinds]
        if not fresh:
            return self
        more = DatabaseSource(self._scope, self._handbook, fresh)
        more._read = self._read
        return self._with([*self._kinds, *fresh], more.sequences, more._facts)

    def extended(self, sequences: Collection[int]) -> DatabaseSource:
        """The same with later facts of which none changes the registry or amends another."""
        later = rows.facts_of(self._handbook, set(sequences) - self.sequences, self._kinds)
        return self._with(self._kinds, set(sequences), later)

    def _with(self, kinds: Collection[str], sequences: set[int], more: Facts) -> DatabaseSource:
        found = DatabaseSource(self._scope, self._handbook, kinds)
        found._read = self._read
        old = self._facts
        found.__dict__["sequences"] = self.sequences | sequences
        found.__dict__["_facts"] = Facts(
            _added(old.kinds, more.kinds),
            _added(old.participants, more.participants),
            pa.concat_tables([old.amendments, more.amendments])
            if len(more.amendments)
            else old.amendments,
        )
        return found

    @property
    def _answerable(self) -> set[int]:
        return set(ints(self.registry("assignments")["person"]).tolist())

    @cached_property
    def sequences(self) -> set[int]:
        """The facts that will be read."""
        return self._seen | self._foreign

    @cached_property
    def _seen(self) -> set[int]:
        """Facts about the scope's subjects, those they took part in, and what is for everybody."""
        kinds = None if set(self._kinds) >= set(self._handbook.kinds) else list(self._kinds)
        sequences = rows.sequences_about(self._scope.subjects, kinds)
        public = self._counted(lambda part: part == EVERYBODY)
        if public and self._scope.subjects:
            sequences |= rows.sequences_of(public)
        return sequences

    @cached_property
    def _foreign(self) -> set[int]:
        """Facts that only count for somebody who answers for one of the subjects."""
        sequences: set[int] = set()
        if excusing := self._counted(lambda part: part == PERFORMER):
            sequences |= rows.sequences_by(self._answerable, excusing)
        if counting := self._counted(lambda part: not part.startswith("@")):
            sequences |= rows.sequences_joined(self._answerable, counting)
        return sequences - self._seen

    def _counted(self, of: Callable[[str], bool]) -> set[str]:
        """The kinds asked for of which such a part counts."""
        wanted = needs(self._handbook).pairs
        return {kind for kind, part in wanted if kind in self._kinds and of(part)}

    @cached_property
    def _facts(self) -> Facts:
        foreign = Foreign(self._foreign, self._answerable)
        facts = rows.facts_of(self._handbook, self.sequences, foreign=foreign)
        return facts._replace(amendments=rows.amendments_of(self.sequences))

    def kind(self, name: str) -> pa.Table | None:
        """The facts of a kind."""
        return self._facts.kinds.get(name)

    def participants(self, name: str) -> pa.Table | None:
        """The participants of the facts of a kind."""
        return self._facts.participants.get(name)

    def amendments(self) -> pa.Table:
        """Which facts amend these; another's withdrawal of them included."""
        return self._facts.amendments


class MirrorSource:
    """The whole county: files as far as they go, and the rest of the ledger from the database.

    Where a file does not read, `again` makes the mirror anew from one that is broken.
    """

    def __init__(
        self,
        mirror: Mirror,
        handbook: Handbook,
        head: int,
        *,
        again: Callable[[Mirror], Mirror] | None = None,
    ) -> None:
        self._mirror = mirror
        self._again = again
        self._handbook = handbook
        self._head = head
        self._read: dict[str, pa.Table] = {}

    def _mirrored(self, read: Callable[[Mirror], Found]) -> Found:
        try:
            return read(self._mirror)
        except Unreadable:
            if self._again is None:
                raise
        self._mirror = self._again(self._mirror)
        self.__dict__.pop("_tail", None)  # it began where the broken mirror ended
        return read(self._mirror)

    @cached_property
    def _tail(self) -> Facts:
        return rows.facts_between(self._handbook, self._mirror.upto, self._head)

    def registry(self, table: str) -> pa.Table:
        """The exported rows, those changed since replaced by what the database has now."""
        if table not in self._read:
            self._read[table] = self._patched(table)
        return self._read[table]

    def _patched(self, table: str) -> pa.Table:
        exported = self._mirrored(lambda mirror: mirror.registry(table))
        upto = self._mirror.registry_upto
        if exported is None:
            return rows.registry(table)
        if upto >= self._head:
            return exported
        retired = "voided_seq" if table == "subjects" else "retired_seq"
        changed = rows.registry(table, f"recorded_seq > %s OR {retired} > %s", [upto, upto])
        if not len(changed):
            return exported
        key = "id" if table in ("subjects", "past") else "fact"
        stale = np.isin(_identity(exported, key, table), _identity(changed, key, table))
        return pa.concat_tables([exported.filter(pa.array(~stale)), changed]).sort_by(key)

    def kind(self, name: str) -> pa.Table | None:
        """The facts of a kind."""
        kept = self._mirrored(lambda mirror: mirror.kind(name))
        return _joined(kept, self._tail.kinds.get(name))

    def participants(self, name: str) -> pa.Table | None:
        """The participants of the facts of a kind."""
        kept = self._mirrored(lambda mirror: mirror.participants(name))
        return _joined(kept, self._tail.participants.get(name))

    def amendments(self) -> pa.Table:
        """Which fact amends which."""
        kept = self._mirrored(lambda mirror: mirror.amendments())
        joined = _joined(kept, self._tail.amendments)
        return self._tail.amendments if joined is None else joined


def _added(old: dict[str, pa.Table], more: dict[str, pa.Table]) -> dict[str, pa.Table]:
    both = {name: pa.concat_tables([old[name], more[name]]) for name in old.keys() & more.keys()}
    return {**old, **more, **both}


def _joined(kept: pa.Table | None, tail: pa.Table | None) -> pa.Table | None:
    if kept is None or tail is None or not len(tail):
        return tail if kept is None else kept
    return pa.concat_tables([kept, tail.cast(kept.schema)])


def _identity(table: pa.Table, key: str, name: str) -> Ids:
    """What makes a row the same row: a subject is one, a line has versions by `recorded`."""
    if name == "subjects":
        return ints(table[key])
    versions: Ids = ints(table[key]) * 2**31 + ints(table["recorded"])
    return versions
