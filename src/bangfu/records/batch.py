"""A batch on its way into the ledger: learned of in bulk, checked one by one, written in bulk."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from datetime import date, datetime
from typing import NamedTuple

from django.utils import timezone

from bangfu.core.facts import VOID, Draft, Value, link
from bangfu.core.rules import Handbook
from bangfu.core.text import Refused
from bangfu.records import carrying, ledger, projections, refusals
from bangfu.records.canonical import canonical
from bangfu.records.carrying import Carried
from bangfu.records.case_book import CaseBook
from bangfu.records.case_checks import check_case
from bangfu.records.checks import Checker
from bangfu.records.consents import check_consent
from bangfu.records.learning import Learner, parties
from bangfu.records.ledger import SEALED, FactLine, Stored, Uids
from bangfu.records.models import PARTICIPANTS_A_FACT, Fact, Participant, SubjectKey
from bangfu.records.plans import Checked, Entry, Plan, Recording, participant_rows
from bangfu.records.presence import CLOCKS_DIFFER, ClockBehind
from bangfu.records.registry import Registry
from bangfu.records.registry_checks import check_registry
from bangfu.records.registry_rows import Event, SubjectRow
from bangfu.records.sealing import KeyProblem, Vault, seal
from bangfu.records.shapes import check_shape
from bangfu.records.usage import in_use

__all__ = ["Batch", "Entry"]

PORTION = 2000
_log = logging.getLogger(__name__)


class Parted(NamedTuple):
    """Values in canonical form: those that anybody may read, and each party's personal ones."""

    plain: bytes
    sealed: dict[str, bytes]


class Batch:
    """Writes entries one after the other inside a transaction that its caller holds."""

    def __init__(
        self,
        handbook: Handbook,
        vault: Vault,
        *,
        latest: date,
        day: date | None,
        hidden: Callable[[Iterable[Draft]], frozenset[str]] | None = None,
        opens: Callable[[str], bool] | None = None,
        refuse: Callable[[Draft, Refused], None] | None = None,
        trial: bool = False,
    ) -> None:
        """`latest` is the last day that has come; `day` decides which posts recorders hold,
        None for each entry's own day of recording. Participants and references that `hidden`
        finds in drafts are refused as if they were not there; `opens` says whether the fact of
        a uid may be spoken of. `refuse` is told of what is refused, which then is left out;
        a `trial` checks everything and writes nothing.
        """
        self._refuse = refuse
        self._trial = trial
        self._hidden = hidden
        self._opens = opens
        self._vault = vault
        self._latest = latest
        self._day = day
        self._zone = timezone.get_current_timezone()
        self._head = ledger.head()
        self._registry = Registry(vault.lookup)
        self._handbook = handbook
        self._book = CaseBook(handbook)
        self._learner = Learner(self._registry, vault, self._head.sequence, book=self._book)
        self._facts = self._learner.facts
        self._checker = Checker(
            handbook, self._registry, self._facts, also=check_registry, in_use=self._in_use
        )
        self._checker.history = day is None
        self._lines: list[tuple[object, ...]] = []
        self._participants: list[tuple[int, int, str, int]] = []
        self._keys: list[tuple[int, bytes]] = []
        self._earliest: datetime | None = None
        self._moment: tuple[datetime | None, str, date] = (None, "", date.min)

    def write(self, entries: Iterable[Entry]) -> list[int]:
        """Check and write; the sequences of the facts, those of repeated uids included.

        A refusal of one of several names it in its place: "3" or "3.minutes", counted from 1.
        """
        sequences: list[int] = []
        for portion in ledger.portions(entries, PORTION):
            before = number = len(sequences)
            try:
                for entry in portion:
                    number += 1
                    check_shape(entry.draft)
                self._learner.learn(self._checker, portion)
                if self._hidden is not None:
                    self._checker.hidden = self._hidden(entry.draft for entry in portion)
                for entry in portion:
                    number = len(sequences) + 1
                    sequences += self._taken_or_told(entry)
            except Refused as refused:
                if before or len(portion) > 1:
                    place = refused.place
                    refused.place = f"{number}.{place}" if place else str(number)
                raise
            self.flush()
            self._learner.texts.clear()
        return sequences

    def _taken_or_told(self, entry: Entry) -> list[int]:
        """The sequence of the fact; none where it was refused and its refusal told."""
        if self._refuse is None:
            return [self._take(entry)]
        try:
            return [self._take(entry)]
        except KeyProblem:
            raise
        except Refused as refused:
            self._learner.drop_new_keys()
            self._refuse(entry.draft, refused)
            return []

    def flush(self) -> None:
        """Write what has been checked; participants before facts, for one that stands is closed."""
        if self._trial:
            self._registry.clear()
            self._lines, self._participants, self._keys = [], [], []
            return
        projections.flush(self._registry)
        ledger.insert(
            Participant._meta.db_table,
            ("id", "fact_id", "role", "participant_id"),
            self._participants,
        )
        ledger.insert(Fact._meta.db_table, FactLine._fields, self._lines)
        ledger.insert(SubjectKey._meta.db_table, ("subject_id", "wrapped"), self._keys)
        self._lines, self._participants, self._keys = [], [], []

    def _in_use(self, row: SubjectRow) -> bool:
        self.flush()
        return in_use(row)

    def _take(self, entry: Entry) -> int:
        draft = entry.draft
        plan = self._checker.plan(draft.kind)
        kept = self._kept(entry, plan) if draft.amends else {}
        names = {name for values in kept.values() for name in values} if kept else ()
        values = self._checker.values(draft, plan, founder=entry.founder, kept=names)
        parted = self._parted(draft, plan, values)
        # What is carried over is not in the digest: it was not said, and who sees what changes.
        digest = self._vault.digest(
            ledger.draft_body(draft, entry.recorded_by, [parted.plain, *parted.sealed.values()]),
            [self._learner.key(party) for party in parted.sealed],
        )
        known = self._facts.get(draft.uid)
        if known is not None:
            if known.digest != digest:
                raise self._taken(known, entry)
            return known.sequence
        if kept and (kept := carrying.without(kept, values)):
            parted = self._parted(draft, plan, values, kept)
            values |= {name: value for more in kept.values() for name, value in more.items()}
        checked = self._checker.check(draft, plan, values, self._recording(entry, plan))
        check_case(self._handbook, self._book, self._registry, checked)
        check_consent(self._book, self._registry, checked)
        return self._append(entry, checked, self._values_text(draft, parted), digest)

    def _taken(self, known: Stored, entry: Entry) -> Refused:
        """What is said of a taken uid: by a fact elsewhere, the same as of a reserved one."""
        recorder = self._registry.subjects.get(entry.recorded_by)
        own = recorder is not None and recorder.id in (known.recorder_id, known.performer_id)
        if own or self._opens is None or self._opens(known.uid):
            return refusals.conflict()
        return refusals.bad_uid(known.uid)

    def _kept(self, entry: Entry, plan: Plan) -> Carried:
        """The values of the fact that is corrected here which its corrector may not see."""
        uid = carrying.corrected(entry.draft)
        text = self._learner.texts.get(uid) if uid else None
        if uid is None or text is None:
            return {}
        recording = self._recording(entry, plan)
        subjects = self._registry.subjects
        return carrying.carried(
            uid,
            text,
            shown=lambda party: self._checker.reads(recording, subjects[party]),
            key=self._learner.known_key,
        )

    def _recording(self, entry: Entry, plan: Plan) -> Recording:
        if self._earliest is not None and entry.recorded_at < self._earliest:
            raise refusals.unordered()
        self._earliest = entry.recorded_at
        if self._moment[0] != entry.recorded_at:
            day = entry.recorded_at.astimezone(self._zone).date()
            self._moment = (entry.recorded_at, ledger.moment_text(entry.recorded_at), day)
            self._check_clock(entry.recorded_at)
        day = self._moment[2]
        recorder = None
        if not entry.founder:
            recorder = self._registry.subjects.get(entry.recorded_by)
            if recorder is None or recorder.voided:
                raise refusals.not_recorder(plan.kind)
        if self._day is not None:
            return Recording(recorder, self._day, self._latest, entry.follows)
        return Recording(recorder, day, min(day, self._latest))

    def _check_clock(self, now: datetime) -> None:
        """Record by no clock behind the ledger: one that once ran ahead would falsify every later
        time. Batches bring times of their own, in their own order. Raises `ClockBehind`.
        """
        last = self._head.recorded_at
        if self._day is not None and last and now < ledger.moment_of(last) - CLOCKS_DIFFER:
            behind = ClockBehind(last)
            _log.error(str(behind))  # our own words: a pattern's filling is not logged
            raise behind

    def _parted(
        self, draft: Draft, plan: Plan, values: dict[str, Value], kept: Carried | None = None
    ) -> Parted:
        """The values in canonical form, each party's personal ones apart, by its uid.

        What is `kept` from the fact before stays with the party that it was sealed for.
        """
        grouped = parties(plan, draft, values)
        for party, more in (kept or {}).items():
            grouped[party] = {**grouped.get(party, {}), **more}
        if not grouped:
            return Parted(canonical(values), {})
        personal = plan.personal
        plain = {name: value for name, value in values.items() if name not in personal}
        return Parted(
            canonical(plain), {party: canonical(grouped[party]) for party in sorted(grouped)}
        )

    def _values_text(self, draft: Draft, parted: Parted) -> str:
        """The values as the ledger keeps them: canonical JSON, each party's under its key."""
        plain = parted.plain.decode()
        if not parted.sealed:
            return plain
        blobs = [
            f'"{party}":"{seal(self._learner.key(party), values, draft.uid, party)}"'
            for party, values in parted.sealed.items()
        ]
        # "$" sorts before every field's id.
        rest = "," + plain[1:] if len(plain) > len("{}") else "}"
        return f'{{"{SEALED}":{{{",".join(blobs)}}}{rest}'

    def _append(self, entry: Entry, checked: Checked, values: str, digest: str) -> int:
        draft, head = entry.draft, self._head
        sequence = head.sequence + 1
        recorder = self._registry.subjects.get(entry.recorded_by)
        line = FactLine(
            sequence,
            draft.uid,
            draft.kind,
            draft.occurred_on.isoformat(),
            draft.minute,
            sequence if checked.subject is None else checked.subject.id,
            checked.performer.id if checked.performer else None,
            recorder.id if recorder else None,
            max(head.recorded_at, self._moment[1]),
            checked.amended.sequence if checked.amended else None,
            values,
            self._vault.seal_reason(draft.reason, draft.uid),
            digest,
            head.hash,
            "",
        )
        uids = Uids(
            draft.subject,
            [row.uid for row in checked.more],
            [(role, row.uid) for role, row in checked.participants],
            draft.performed_by,
            entry.recorded_by,
            draft.amends,
        )
        hashed = link(head.hash, ledger.body(line, uids))
        self._lines.append((*line[:-1], hashed))
        first = sequence * PARTICIPANTS_A_FACT
        self._participants += [
            (first + number, sequence, role, row.id)
            for number, (role, row) in enumerate(participant_rows(checked))
        ]
        self._head = ledger.Head(sequence, hashed, line.recorded_at)
        self._remember(line, checked)
        return sequence

    def _remember(self, line: FactLine, checked: Checked) -> None:
        """Let the rest of the batch know this fact."""
        self._facts[line.uid] = Stored(
            line.sequence, line.uid, line.kind, line.subject_id, line.performer_id,
            line.recorder_id, line.digest, None,
        )  # fmt: skip
        self._book.remember(line, checked)
        if SEALED in line.values:
            self._learner.texts[line.uid] = line.values
        if checked.amended is not None:
            amended = checked.amended
            self._facts[amended.uid] = amended._replace(amended_by=line.uid)
        if checked.plan.kind.registry or line.kind == VOID:
            draft = checked.draft
            self._registry.apply(
                Event(
                    line.sequence, line.uid, line.kind, draft.occurred_on, draft.subject,
                    checked.values, draft.participants, line.amends_id,
                )
            )  # fmt: skip
        if made := self._learner.new_keys:
            for party, key in made.items():
                row = self._registry.subjects[party]
                self._keys.append((row.id, self._vault.wrap(key, party)))
            made.clear()
