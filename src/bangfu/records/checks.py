"""Whether a draft may become a fact: one set of checks for form, sheet, API, registry and demo."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from bangfu.core.facts import VOID, Draft, Value
from bangfu.core.registry import FOUNDING, PLACE_LEVELS, SUBJECT_TITLES
from bangfu.core.rules import FactKind, Field, Handbook, Recorder, SubjectType, term_on
from bangfu.core.values import read_values
from bangfu.records import refusals
from bangfu.records.access import FOUNDER
from bangfu.records.ledger import MORE, Stored
from bangfu.records.models import PARTICIPANTS_A_FACT
from bangfu.records.registry import Registry
from bangfu.records.registry_rows import MEMBERSHIP, Line, SubjectRow

EARLIEST = date(1949, 10, 1)
MINUTES_A_DAY = 1440
ANY_TYPE = {"registry.assignment", "registry.assignment_end", "registry.status", VOID}
PLACE_KINDS = {"registry.place", "registry.place_name", "registry.place_alias"}
_UID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\Z")


class Plan:
    """What the checks ask of a kind again and again, worked out once."""

    def __init__(self, kind: FactKind) -> None:
        self.kind = kind
        self.roles = {role.id: role for role in kind.participants}
        self.required = [role for role in kind.participants if role.required]
        self.single = [role for role in kind.participants if not role.many]
        self.performers = frozenset(kind.performers)
        self.references = [field for field in kind.fields if field.type == "reference"]
        self.personal = {f.id: f.party for f in kind.fields if f.personal or f.identifier}
        self.types: tuple[SubjectType, ...] = ()
        if kind.id in PLACE_KINDS:
            self.types = PLACE_LEVELS
        elif kind.id not in ANY_TYPE:
            self.types = (kind.subject,)
        self._in_force: dict[date, bool] = {}

    def in_force(self, day: date) -> bool:
        """Whether the kind can be recorded for `day`."""
        if day not in self._in_force:
            self._in_force[day] = term_on(self.kind.terms, day) is not None
        return self._in_force[day]


@dataclass(frozen=True, slots=True)
class Recording:
    """Who records and when: `day` decides which posts he holds, `latest` which days have come.

    A null recorder is the founder.
    """

    recorder: SubjectRow | None
    day: date
    latest: date


@dataclass(slots=True)
class Checked:
    """A draft that passed, with what its references stand for; a founding one has no subject."""

    draft: Draft
    plan: Plan
    values: dict[str, Value]
    subject: SubjectRow | None
    more: list[SubjectRow]
    participants: list[tuple[str, SubjectRow]]
    performer: SubjectRow | None
    amended: Stored | None

    @property
    def founding(self) -> bool:
        """Whether it makes a new subject."""
        return self.draft.kind in FOUNDING and self.draft.amends is None


class Checker:
    """Checks drafts against the handbook and the registry rows that were loaded for them."""

    def __init__(
        self,
        handbook: Handbook,
        registry: Registry,
        facts: Mapping[str, Stored],
        in_use: Callable[[SubjectRow], bool],
    ) -> None:
        self.handbook = handbook
        self.registry = registry
        self.facts = facts
        self.in_use = in_use
        self._plans: dict[str, Plan] = {}

    def plan(self, name: str) -> Plan:
        """The plan of a kind; refused if the handbook has none of that name."""
        plan = self._plans.get(name)
        if plan is None:
            kind = self.handbook.kind(name)
            if kind is None:
                raise refusals.unknown_kind(name)
            plan = self._plans[name] = Plan(kind)
        return plan

    def values(self, draft: Draft) -> dict[str, Value]:
        """The draft's values in canonical form, its kind and the form of its uid checked."""
        if not _UID.match(draft.uid):
            raise refusals.bad_uid(draft.uid)
        plan = self.plan(draft.kind)
        values = read_values(plan.kind, draft.values)
        span = plan.kind.span
        if span and str(values.get(span[1], "9")) < str(values.get(span[0], "")):
            raise refusals.bad_span(span[1])
        return values

    def check(self, draft: Draft, values: dict[str, Value], recording: Recording) -> Checked:
        """The draft with its references found; raises the first `Refused`."""
        from bangfu.records.registry_checks import check_registry

        plan = self.plan(draft.kind)
        amended = self._amended(draft, recording) if draft.amends or draft.kind == VOID else None
        self._check_day(draft, plan, recording.latest)
        founding = draft.kind in FOUNDING and amended is None
        subject = None if founding else self._subject(draft, plan, recording)
        more = self._more(draft, plan, recording)
        checked = Checked(
            draft=draft,
            plan=plan,
            values=values,
            subject=subject,
            more=more,
            participants=self._participants(draft, plan),
            performer=self._performer(draft, recording),
            amended=amended,
        )
        for field in plan.references:
            self._check_reference(field, values.get(field.id))
        for about in [subject, *more] if subject else []:
            self._check_post(checked, about)
        if plan.kind.registry or draft.kind == VOID:
            check_registry(self, checked, recording)
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

    def _subject(
        self, draft: Draft, plan: Plan, recording: Recording, *, more: str = ""
    ) -> SubjectRow:
        """The draft's subject, or one of its further ones; absent and foreign refused alike."""
        place = "more_subjects" if more else "subject"
        row = self.registry.subjects.get(more or draft.subject)
        if row is None or row.voided or not self.sees(recording, row, draft):
            raise refusals.no_subject(place)
        if plan.types and row.type not in plan.types:
            raise refusals.wrong_type(plan.kind, (SUBJECT_TITLES[t] for t in plan.types), place)
        return row

    def _more(self, draft: Draft, plan: Plan, recording: Recording) -> list[SubjectRow]:
        uids = draft.more_subjects
        if not uids:
            return []
        if not plan.kind.many_subjects:
            raise refusals.one_subject(plan.kind)
        if len({draft.subject, *uids}) <= len(uids):
            raise refusals.duplicate("more_subjects")
        return [self._subject(draft, plan, recording, more=uid) for uid in sorted(uids)]

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
            if row is None or row.voided or row.type != wanted.type:
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

    def _check_post(self, checked: Checked, subject: SubjectRow) -> None:
        """The performer held, on the fact's day, one of the posts that do this."""
        roles = checked.plan.performers
        if not roles:
            return
        day = checked.draft.occurred_on
        posts = self.registry.posts(checked.performer.id) if checked.performer else []
        for post in posts:
            if post.key in roles and post.holds(day) and self.reaches(post, subject):
                return
        known = (self.handbook.roles.get(role) for role in checked.plan.kind.performers)
        raise refusals.post_not_held((role.title for role in known if role), day)

    def _check_reference(self, field: Field, value: Value) -> None:
        if value is None:
            return
        row = self.registry.subjects.get(str(value))
        if row is not None and not row.voided:
            if field.to == row.type or (field.to == "place" and row.type in PLACE_LEVELS):
                return
        elif self.registry.line_named(str(value)) is not None:
            return
        else:
            fact = self.facts.get(str(value))
            if fact is not None and fact.kind == field.to and fact.amended_by is None:
                return
        raise refusals.bad_reference(field.title, field.id)

    # Who may.

    def reaches(self, post: Line, subject: SubjectRow) -> bool:
        """Whether a post is for that subject or for a place that it lies in."""
        if post.subject == subject.id:
            return True
        around = self.registry.numbers.get(post.subject)
        return (
            around is not None
            and around.type in PLACE_LEVELS
            and subject.path.startswith(around.path)
        )

    def sees(self, recording: Recording, subject: SubjectRow, draft: Draft | None = None) -> bool:
        """Whether the recorder's posts of the recording day show the subject, or a post that
        he held on the draft's day, if he did it himself, was for it.
        """
        recorder = recording.recorder
        if recorder is None or subject.id == recorder.id:
            return True
        own = draft is not None and draft.performed_by == recorder.uid
        for post in self.registry.posts(recorder.id):
            role = self.handbook.roles.get(post.key)
            if role is None:
                continue
            if post.holds(recording.day) and self._shows(post, role.sees, subject, recording.day):
                return True
            if own and draft and post.holds(draft.occurred_on) and self.reaches(post, subject):
                return True
        return False

    def _shows(self, post: Line, sees: str, subject: SubjectRow, day: date) -> bool:
        if sees == "county" or post.subject == subject.id:
            return True
        around = self.registry.numbers.get(post.subject)
        if around is None:
            return False
        if sees == "place" and around.path and subject.path.startswith(around.path):
            return True
        if around.type == "household" and subject.type == "person":
            homes = self.registry.of_person.get((MEMBERSHIP, subject.id), [])
            return any(home.subject == around.id and home.holds(day) for home in homes)
        return False

    def _check_recorder(self, checked: Checked, recording: Recording) -> None:
        if recording.recorder is None:
            if not checked.plan.kind.registry:
                raise refusals.not_recorder(checked.plan.kind)
            return
        if checked.amended is not None and self._may_amend(checked, recording):
            return
        abouts: list[SubjectRow | None] = [checked.subject, *checked.more]
        for about in abouts:
            row = about or self.around(checked)
            rules = checked.plan.kind.recorders
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
        own = draft.performed_by == recorder.uid
        for post in self.registry.posts(recorder.id):
            if post.key != rule.role:
                continue
            now = post.holds(recording.day)
            if rule.scope == "county":
                if now:
                    return True
            elif subject is None or not (now or (own and post.holds(draft.occurred_on))):
                continue
            elif rule.scope == "self":
                if subject.id == recorder.id:
                    return True
            elif rule.scope == "subject":
                if post.subject == subject.id:
                    return True
            elif self.reaches(post, subject):
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
        own = recorder is None or recorder.id in (fact.recorder_id, fact.performer_id)
        if not own and not self.sees(recording, subject):
            raise refusals.no_fact()
        if fact.kind == VOID:
            raise refusals.void_stands()
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
        recorder = recording.recorder
        if recorder is None:
            return True
        for post in self.registry.posts(recorder.id):
            role = self.handbook.roles.get(post.key)
            if role is None or role.may_correct != "scope" or not post.holds(recording.day):
                continue
            if self._shows(post, role.sees, subject, recording.day):
                return True
        return False


def participant_rows(checked: Checked) -> list[tuple[str, SubjectRow]]:
    """Participants as the ledger keeps them: the further subjects first, under their own role."""
    return [(MORE, row) for row in checked.more] + checked.participants
