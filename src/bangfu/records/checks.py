"""Whether a draft may become a fact: one set of checks for form, sheet, API, registry and demo."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from datetime import date

from bangfu.core.disclosure import DISCLOSURES
from bangfu.core.facts import VOID, Draft, Value
from bangfu.core.registry import ERASURE, FOUNDING, PLACE_LEVELS, SUBJECT_TITLES
from bangfu.core.rules import Field, Handbook, Recorder
from bangfu.core.values import MAX_TEXT, read_values
from bangfu.records import refusals
from bangfu.records.access import FOUNDER
from bangfu.records.ledger import Stored
from bangfu.records.models import PARTICIPANTS_A_FACT
from bangfu.records.plans import EARLIEST, MINUTES_A_DAY, UID, Asked, Checked, Plan, Recording
from bangfu.records.registry import Registry
from bangfu.records.registry_rows import SubjectRow
from bangfu.records.sight import Sight

# Never amended: who discloses sees the subject; who erases, the registry's checks say.
FREE = frozenset((ERASURE, *DISCLOSURES))


class Checker(Sight):
    """Checks drafts against the handbook and the registry rows that were loaded for them."""

    def __init__(
        self,
        handbook: Handbook,
        registry: Registry,
        facts: Mapping[str, Stored],
        *,
        also: Callable[[Checker, Checked, Recording], None],
        in_use: Callable[[SubjectRow], bool],
    ) -> None:
        """`also`: the registry's own checks; `in_use`: whether anything speaks of a subject."""
        super().__init__(handbook, registry)
        self.facts = facts
        self.in_use = in_use
        self._also = also
        self.hidden: frozenset[str] = frozenset()  # what the recorder may not know of
        self.history = False  # whether a past is read in, as only whoever runs the server can
        self._plans: dict[str, Plan] = {}
        self.apart = {role for rule in handbook.separations.values() for role in rule.named}
        self.limited = {
            rule.role
            for rule in handbook.staffing.values()
            if any(term.exception for term in rule.terms)
        }

    def plan(self, name: str) -> Plan:
        """The plan of a kind; refused if the handbook has none of that name."""
        plan = self._plans.get(name)
        if plan is None:
            kind = self.handbook.kind(name)
            if kind is None:
                raise refusals.unknown_kind(name)
            plan = self._plans[name] = Plan(kind)
        return plan

    def values(
        self, draft: Draft, plan: Plan, *, founder: bool, kept: Collection[str] = ()
    ) -> dict[str, Value]:
        """The draft's values in canonical form, the form of its uid checked.

        The founder's uid is nobody's: only a draft of his own says that he did something.
        Values `kept` from the fact that the draft corrects need not be given.
        """
        if not UID.match(draft.uid) or draft.uid == FOUNDER:
            raise refusals.bad_uid(draft.uid)
        if draft.subject == FOUNDER:
            raise refusals.bad_uid(draft.subject, "subject")
        if draft.performed_by == FOUNDER and not founder:
            raise refusals.bad_uid(draft.performed_by, "performed_by")
        if draft.reason and (len(draft.reason) > MAX_TEXT or not _kept(draft.reason)):
            raise refusals.bad_reason(MAX_TEXT)
        values = read_values(plan.kind_without(kept) if kept else plan.kind, draft.values)
        span = plan.kind.span
        if span and str(values.get(span[1], "9")) < str(values.get(span[0], "")):
            raise refusals.bad_span(span[1])
        return values

    def check(
        self, draft: Draft, plan: Plan, values: dict[str, Value], recording: Recording
    ) -> Checked:
        """The draft with its references found; raises the first `Refused`."""
        amended = self._amended(draft, recording) if draft.amends or draft.kind == VOID else None
        self._check_day(draft, plan, recording.latest)
        for field in plan.dated:
            self._check_when(field, str(values.get(field.id, "")), draft, recording.latest)
        performer = self._performer(draft, recording)
        special = plan.kind.registry or draft.kind == VOID or amended is not None
        asked = Asked(draft, plan, performer, recording, amended, plain=not special)
        # A subject's scope is settled before anything else is said: whatever is wrong besides,
        # a foreign subject and an absent one are refused alike.
        founding = draft.kind in FOUNDING and amended is None
        checked = Checked(
            draft,
            plan,
            values,
            None if founding else self._subject(draft.subject, asked),
            self._more(asked) if draft.more_subjects else [],
            self._participants(draft, plan) if draft.participants or plan.required else [],
            performer,
            amended,
        )
        for field in plan.references:
            self._check_reference(field, values.get(field.id), checked.subject)
        if plan.kind.registry or draft.kind == VOID:
            self._also(self, checked, recording)
        if not asked.plain:
            self._check_recorder(checked, recording)
        return checked

    def _check_day(self, draft: Draft, plan: Plan, latest: date) -> None:
        day = draft.occurred_on
        if day > latest:
            raise refusals.future_day(day, latest)
        if day < EARLIEST:
            raise refusals.too_early(day)
        if not plan.in_force(day):
            raise refusals.not_in_force(plan.kind, day)
        if plan.kind.timed:
            if draft.minute is None or not 0 <= draft.minute < MINUTES_A_DAY:
                raise refusals.bad_minute(needed=True)
        elif draft.minute is not None:
            raise refusals.bad_minute(needed=False)

    def _check_when(self, field: Field, value: str, draft: Draft, latest: date) -> None:
        if value and field.when == "ahead" and value < draft.occurred_on.isoformat():
            raise refusals.not_ahead(field, draft.occurred_on)
        if value and field.when == "past" and value > latest.isoformat():
            raise refusals.not_past(field, latest)

    def _his_own(self, subject: SubjectRow, asked: Asked) -> bool:
        """Whether all is well at first sight, as it mostly is: he writes down what he did, by a
        post that he held for the subject on that day and that both does and records such facts.
        """
        plan, performer, day = asked.plan, asked.performer, asked.draft.occurred_on
        if performer is None or asked.recording.recorder is not performer:
            return False
        if plan.types and subject.type not in plan.types:
            return False
        posts = self.registry.between.get((performer.id, subject.id))
        for post in posts or self.registry.reaching(performer.id, subject):
            role = post.key
            if (
                (role in plan.narrow or role in plan.wide)
                and (not plan.performers or role in plan.performers)
                and post.holds(day)
                and (post.subject == subject.id or role in plan.wide)
            ):
                return True
        return False

    def _subject(self, uid: str, asked: Asked, place: str = "subject") -> SubjectRow:
        """The subject of that uid; absent and foreign are refused alike, then what is unfit."""
        row = self.registry.subjects.get(uid)
        if row is None or row.voided:
            raise refusals.no_subject(place)
        if asked.plain and self._his_own(row, asked):
            return row
        asked.plain = False
        if asked.draft.kind == VOID:
            # Whether the recorder may see and withdraw the fact was settled with the fact.
            if asked.amended is None or row.id != asked.amended.subject_id:
                raise refusals.no_subject(place)
            return row
        own = asked.plan.members and self.registry.belongs(
            asked.recording.who, row.id, asked.recording.day
        )
        if not own and not self.sees(asked.recording, row, asked.draft):
            raise refusals.no_subject(place)
        types = asked.plan.types
        if types and row.type not in types:
            raise refusals.wrong_type(asked.plan.kind, (SUBJECT_TITLES[t] for t in types))
        self._check_post(row, asked)
        return row

    def _more(self, asked: Asked) -> list[SubjectRow]:
        draft = asked.draft
        uids = draft.more_subjects
        if not asked.plan.kind.many_subjects:
            raise refusals.one_subject(asked.plan.kind)
        if len({draft.subject, *uids}) <= len(uids):
            raise refusals.duplicate("more_subjects")
        return [self._subject(uid, asked, "more_subjects") for uid in sorted(uids)]

    def _participants(self, draft: Draft, plan: Plan) -> list[tuple[str, SubjectRow]]:
        named = sorted(draft.participants)
        if len(named) + len(draft.more_subjects) >= PARTICIPANTS_A_FACT:
            raise refusals.too_many(PARTICIPANTS_A_FACT - 1)
        found = []
        for role, uid in named:
            wanted = plan.roles.get(role)
            if wanted is None:
                raise refusals.unknown_role(plan.kind, role)
            row = self.registry.subjects.get(uid)
            known = row is not None and not row.voided and uid not in self.hidden
            if row is None or not known or row.type != wanted.type:
                raise refusals.bad_participant(wanted.title, f"participants.{role}")
            found.append((role, row))
        if len(set(named)) < len(named):
            raise refusals.duplicate("participants")
        for wanted in plan.required:
            if not any(role == wanted.id for role, _ in named):
                raise refusals.missing_participant(wanted.title, f"participants.{wanted.id}")
        for wanted in plan.single:
            if sum(role == wanted.id for role, _ in named) > 1:
                raise refusals.only_one(wanted.title, f"participants.{wanted.id}")
        return found

    def _performer(self, draft: Draft, recording: Recording) -> SubjectRow | None:
        if draft.performed_by == FOUNDER and recording.recorder is None:
            return None
        row = self.registry.subjects.get(draft.performed_by)
        if row is None or row.voided or row.type != "person":
            raise refusals.no_performer()
        return row

    def _check_post(self, subject: SubjectRow, asked: Asked) -> None:
        """The performer held, on the fact's day, one of the posts that do this."""
        plan, performer, day = asked.plan, asked.performer, asked.draft.occurred_on
        if not plan.performers:
            return
        for post in self.registry.reaching(performer.id, subject) if performer else ():
            if post.key in plan.performers and post.holds(day):
                return
        roles = self.handbook.roles
        raise refusals.post_not_held(
            (roles[role].title for role in plan.kind.performers if role in roles),
            subject.name,
            day,
        )

    def _check_reference(self, field: Field, value: Value, subject: SubjectRow | None) -> None:
        if value is None:
            return
        value = "" if str(value) in self.hidden else str(value)
        row = self.registry.subjects.get(value)
        if row is not None and not row.voided:
            if field.to == row.type or (field.to == "place" and row.type in PLACE_LEVELS):
                return
        elif (line := self.registry.line_named(value)) is not None:
            if field.to == f"registry.{line.table}":
                return
        else:
            fact = self.facts.get(value)
            last = fact and self.facts.get(self._standing(fact))  # by any name that it had
            own = bool(last and subject and last.subject_id == subject.id)  # as cases are named
            if last and last.kind == field.to and (own or not self.handbook.opened_by(last.kind)):
                return
        raise refusals.bad_reference(field.title, field.id)

    # Who may.

    def _check_recorder(self, checked: Checked, recording: Recording) -> None:
        if recording.recorder is None:
            if not checked.plan.kind.registry:
                raise refusals.not_recorder(checked.plan.kind)
            return
        if recording.follows:
            return  # whoever may decide may have it registered what was decided
        if checked.amended is not None and self._may_amend(checked, recording):
            return
        if checked.draft.kind in FREE:
            return
        rules = checked.plan.kind.recorders
        subjects: list[SubjectRow | None] = [*checked.subjects]
        for row in subjects or [self.around(checked)]:
            if not any(self._allows(rule, row, checked.draft, recording) for rule in rules):
                raise refusals.not_recorder(checked.plan.kind)

    def around(self, checked: Checked) -> SubjectRow | None:
        """The place in which a founding fact puts its new subject."""
        for name in ("place", "parent", "unit"):
            uid = checked.values.get(name)
            if uid is not None:
                return self.registry.subjects.get(str(uid))
        return None

    def _allows(
        self, rule: Recorder, subject: SubjectRow | None, draft: Draft, recording: Recording
    ) -> bool:
        recorder = recording.recorder
        if recorder is None:
            return True
        if rule.scope == "county":
            posts = self.registry.posts(recorder.id)
            return any(post.key == rule.role and post.holds(recording.day) for post in posts)
        if subject is None:
            return False
        if rule.scope == "member":
            return self.registry.belongs(recording.who, subject.id, recording.day)
        if rule.scope == "self":
            posts = self.registry.posts(recorder.id) if subject.id == recorder.id else []
        else:
            posts = self.registry.reaching(recorder.id, subject, homes=recording.day)
        wide = {*subject.around} - {subject.id} if rule.scope == "subject" else ()
        own = draft.performed_by == recorder.uid
        for post in posts:
            if post.key != rule.role or post.subject in wide:
                continue
            if post.holds(recording.day) or (own and post.holds(draft.occurred_on)):
                return True
        return False

    # Corrections and withdrawals.

    def _amended(self, draft: Draft, recording: Recording) -> Stored:
        """The fact that the draft amends, if it stands and the recorder may amend it."""
        if draft.amends is None:
            raise refusals.nothing_to_void()
        fact = self.facts.get(draft.amends)
        subject = fact and self.registry.numbers.get(fact.subject_id)
        if fact is None or subject is None:
            raise refusals.no_fact()
        recorder = recording.recorder
        own = recording.follows or recorder is None
        own = own or (recorder is not None and recorder.id in (fact.recorder_id, fact.performer_id))
        if not own and not self.sees(recording, subject):
            raise refusals.no_fact()
        if fact.kind == VOID:
            raise refusals.void_stands()
        if fact.kind in FREE:
            raise refusals.not_yours()
        if fact.amended_by is not None:
            raise refusals.Amended(self._standing(fact))
        if draft.kind not in (VOID, fact.kind):
            kind = self.handbook.kind(fact.kind)
            raise refusals.kind_changed(kind) if kind else refusals.unknown_kind(fact.kind)
        if not own and not self._corrects(recording, subject):
            raise refusals.not_yours()
        return fact

    def _standing(self, fact: Stored) -> str:
        """The last of the chain of amendments."""
        seen = fact
        while seen.amended_by is not None:
            following = self.facts.get(seen.amended_by)
            if following is None:
                return seen.amended_by
            seen = following
        return seen.uid

    def _may_amend(self, checked: Checked, recording: Recording) -> bool:
        """Whether the recorder may write the amendment although the kind's recorders are others:
        a withdrawal, or a correction that leaves the subjects or that his scope covers.
        """
        amended, subject = checked.amended, checked.subject
        if checked.draft.kind == VOID or amended is None or subject is None:
            return amended is not None
        unmoved = subject.id == amended.subject_id and not checked.more
        return unmoved or all(self._corrects(recording, row) for row in (subject, *checked.more))

    def _corrects(self, recording: Recording, subject: SubjectRow) -> bool:
        return self.holds(recording, subject, lambda role: role.may_correct == "scope")


def _kept(text: str) -> bool:
    """Whether a text has nothing but what can be read again, line breaks included."""
    return all(line.isprintable() for line in text.splitlines())
