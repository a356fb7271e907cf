"""What a procedure means, in plain Python: the readable specification of cases (办件).

    world + handbook + day  ->  cases

A case is walked day by day, from the day it was opened to the day that is asked about. Slow and
simple on purpose, as `tests/oracle.py` is for duties and deadlines.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta

from bangfu.core.procedures import Clock, Procedure, ProcedureStep, ProcedureTerm
from bangfu.core.results import Case, Taken
from bangfu.core.rules import Handbook, term_on
from tests.truth import Cell, is_true
from tests.world import Done, Subject, World

ONE_DAY = timedelta(days=1)


def cases(handbook: Handbook, world: World, *, as_of: date) -> list[Case]:
    """Every case about a subject that is there, by procedure, day and fact."""
    known = world.known(as_of)
    found = []
    for procedure in handbook.procedures.values():
        subjects = {one.id: one for one in known.subjects if one.type == procedure.subject}
        openings = [done for done in known.facts if done.kind == procedure.opens]
        for opening in sorted(openings, key=lambda done: (done.day, done.fact)):
            term = term_on(procedure.terms, opening.day)
            subject = subjects.get(opening.subjects[0])
            if term is not None and subject is not None:
                run = Run(handbook, procedure, term, opening)
                run.walk(own_facts(handbook, procedure, opening, known), as_of)
                found.append(run.case(known, subject, as_of))
    return found


def own_facts(handbook: Handbook, procedure: Procedure, opening: Done, world: World) -> list[Done]:
    """The facts about the same subject that name the opening in their field for it."""
    found = []
    for done in world.facts:
        naming = handbook.kinds[done.kind].naming(procedure.opens)
        if naming is None or done.kind not in procedure.kinds():
            continue
        if done.values.get(naming.id) == opening.fact and done.subjects == opening.subjects:
            found.append(done)
    return found


@dataclass
class Run:
    """One case on its way."""

    handbook: Handbook
    procedure: Procedure
    term: ProcedureTerm
    opening: Done
    step: ProcedureStep | None = None
    since: date = date.min
    ended: date | None = None
    outcome: str = ""
    paused: date | None = None
    stood_still: set[date] = field(default_factory=set)
    taken: list[Taken] = field(default_factory=list)
    done_on: dict[str, date] = field(default_factory=dict)
    facts_of: dict[str, Done] = field(default_factory=dict)
    others: list[Done] = field(default_factory=list)
    stray: list[Done] = field(default_factory=list)

    def walk(self, facts: list[Done], as_of: date) -> None:
        """Every day from the first to `as_of`; what is older than the case is stray."""
        self.since = self.opening.day
        self.wait_from(0)
        self.stray += [done for done in facts if done.day < self.opening.day]
        day = self.opening.day
        while day <= as_of:
            self.pass_what_lapsed(day)
            today = [done for done in facts if done.day == day]
            while (done := self.next_of(today)) is not None:
                today.remove(done)
                self.use(done)
            self.stray += today
            if self.paused is not None:
                self.stood_still.add(day)
            day += ONE_DAY

    def next_of(self, today: list[Done]) -> Done | None:
        """Of one day's facts: the step that is waited for; what lets the case go on; what stops
        it. While it stands still no step is taken. Of two that would do, the one entered first.
        """
        if self.step is None:
            return None
        pause = self.term.pause
        wanted = [self.step.fact] if self.paused is None else []
        wanted += [pause.until] if pause and self.paused is not None else []
        wanted += [pause.fact] if pause else []
        for kind in wanted:
            fitting = [done for done in today if done.kind == kind]
            if fitting:
                return min(fitting, key=lambda done: done.fact)
        return None

    def use(self, done: Done) -> None:
        if self.paused is None and self.step is not None and done.kind == self.step.fact:
            self.take(self.step, done)
            return
        self.others.append(done)
        if self.paused is None:
            self.paused = done.day
        elif self.term.pause and done.kind == self.term.pause.until:
            self.paused = None

    def take(self, step: ProcedureStep, done: Done) -> None:
        due, first = self.last_day(step), self.first_day(step)
        chosen = str(done.values.get(step.outcome) or "") if step.outcome else ""
        self.taken.append(
            Taken(
                step.id, done.fact, done.day, done.performer, chosen, due,
                late=due is not None and done.day > due,
                early=first is not None and done.day < first,
            )
        )  # fmt: skip
        self.since = self.done_on[step.id] = done.day
        self.facts_of[step.id] = done
        leads = step.outcomes.get(chosen)
        if leads is None:
            self.wait_from(self.place(step.id) + 1)
        elif leads.closes:
            self.close(done.day, chosen)
        else:
            for later in self.term.steps[self.place(leads.back_to) :]:
                self.done_on.pop(later.id, None)
                self.facts_of.pop(later.id, None)
            self.wait_from(self.place(leads.back_to))

    def pass_what_lapsed(self, day: date) -> None:
        """Steps whose last day is over are passed over, unless the case stands still."""
        while self.step is not None and self.step.lapses and self.paused is None:
            due = self.last_day(self.step)
            if due is None or due >= day:
                return
            self.taken.append(Taken(self.step.id, 0, due, 0, due=due))
            self.since = self.done_on[self.step.id] = due
            self.wait_from(self.place(self.step.id) + 1)

    def wait_from(self, place: int) -> None:
        """Wait for the first step from a place on whose condition is true; after the last, end."""
        for step in self.term.steps[place:]:
            if is_true(step.when, self.known()):
                self.step = step
                return
        self.close(self.since, "done")

    def known(self) -> dict[str, Cell]:
        """What conditions may read: the opening's fields, and those of the steps taken."""
        row: dict[str, Cell] = dict(self.opening.values)
        span = self.handbook.kinds[self.procedure.opens].span
        if span:
            first, last = (self.opening.values.get(name) for name in span)
            if isinstance(first, date) and isinstance(last, date):
                row["lasts"] = (last - first).days + 1
        for step, done in self.facts_of.items():
            row |= {f"{step}_{name}": value for name, value in done.values.items()}
        return row

    def close(self, day: date, outcome: str) -> None:
        self.step, self.ended, self.outcome = None, day, outcome

    def place(self, name: str) -> int:
        return [step.id for step in self.term.steps].index(name)

    def counted_from(self, clock: Clock) -> date:
        """The day of the step that a clock names; of one passed over, the day of opening."""
        if not clock.after:
            return self.since
        return self.done_on.get(clock.after, self.opening.day)

    def after(self, clock: Clock) -> date:
        begin = self.counted_from(clock)
        if clock.unit == "working_days":
            return self.handbook.calendar.add(begin, clock.number)
        return begin + timedelta(days=clock.number)

    def first_day(self, step: ProcedureStep) -> date | None:
        return self.after(step.not_before) if step.not_before else None

    def last_day(self, step: ProcedureStep, *, before: date = date.max) -> date | None:
        """The earlier of the step's own last day and the whole's; each is as many days later as
        the case stood still (on days before `before`) since the day counted from.
        """
        days = []
        for clock in (step.within, self.term.within):
            if clock is not None:
                begin, day = self.counted_from(clock), self.after(clock)
                still = {one for one in self.stood_still if begin < one < before}
                late = 0
                while late != sum(1 for one in still if one <= day + timedelta(days=late)):
                    late += 1
                days.append(day + timedelta(days=late))
        return min(days, default=None)

    def case(self, world: World, subject: Subject, as_of: date) -> Case:
        """How it stands on the day."""
        due, late = None, False
        if self.step is not None:
            due = self.last_day(self.step)
            if self.paused is not None:
                before = self.last_day(self.step, before=self.paused)
                late = before is not None and before < self.paused
                due = before if late else due
            else:
                late = due is not None and due < as_of
        used = {self.opening.fact, *(one.fact for one in self.taken), *self._numbers(self.others)}
        return Case(
            procedure=self.procedure.id,
            case=self.opening.fact,
            subject=subject.id,
            opened=self.opening.day,
            state="closed" if self.ended else "paused" if self.paused else "open",
            taken=tuple(self.taken),
            step=self.step.id if self.step else "",
            roles=self.step.by if self.step else (),
            holders=holders(self.step, world, subject, as_of) if self.step else (),
            since=self.since,
            not_before=self.first_day(self.step) if self.step else None,
            due=due,
            late=late,
            outcome=self.outcome,
            closed=self.ended,
            paused=self.paused,
            stray=tuple(sorted(self._numbers(self.stray))),
            because=tuple(sorted(used - {0})),
        )

    @staticmethod
    def _numbers(facts: list[Done]) -> list[int]:
        return [done.fact for done in facts]


def holders(step: ProcedureStep, world: World, subject: Subject, day: date) -> tuple[int, ...]:
    """Whoever holds one of the roles for the subject or a place around it; by role in the order
    written, then who took it up last.
    """
    county = [one.id for one in world.subjects if one.type == "county"]
    around = {subject.id, subject.village, subject.township, *county}
    found: list[int] = []
    for role in step.by:
        posts = [
            post
            for post in world.posts
            if post.role == role and post.subject in around and post.on(day)
        ]
        found += [post.person for post in sorted(posts, key=lambda p: (p.start, p.id))[::-1]]
    return tuple(dict.fromkeys(found))
