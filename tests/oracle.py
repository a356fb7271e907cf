"""What the rules mean, in plain Python: the readable specification that the engine is held to.

    world + handbook + day  ->  obligations

Slow and simple on purpose: loops, dates, sets of days. Facts are found by (kind, subject),
otherwise nothing here is clever. Where this file and the engine differ, one of them is wrong,
and `docs/handbook` says which. Cases have a specification of their own, `tests/case_oracle.py`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from decimal import Decimal

from bangfu.core.periods import Cadence, Period, period_of
from bangfu.core.results import Obligation, State
from bangfu.core.rules import Deadline, DeadlineTerm, Duty, DutyTerm, Handbook, term_on
from tests.truth import Cell, is_true
from tests.world import Done, Held, World

ONE_DAY = timedelta(days=1)


def owed(handbook: Handbook, world: World, *, as_of: date, within: Period) -> list[Obligation]:
    """Every obligation in the periods that touch `within` and have begun by `as_of`."""
    known = world.known(as_of)
    found: list[Obligation] = []
    for duty in handbook.duties.values():
        found += duty_owed(duty, handbook, known, as_of=as_of, within=within)
    for deadline in handbook.deadlines.values():
        found += deadline_owed(deadline, handbook, known, as_of=as_of, within=within)
    return found


def duty_owed(
    duty: Duty, handbook: Handbook, world: World, *, as_of: date, within: Period
) -> list[Obligation]:
    """One duty: for each subject (and holder), each period that a term governs."""
    frames = list(governed_periods(duty.terms, within=within, as_of=as_of))
    found = []
    for subject, posts in sorted(world.posts_of[duty.role].items()):
        persons = sorted({post.person for post in posts}) if duty.per == "holder" else [None]
        for person in persons:
            own = [post for post in posts if person in {None, post.person}]
            facts = counted_facts(duty, handbook, world, subject, posts, person)
            for term, period in frames:
                obligation = one_obligation(
                    duty, term, period, handbook, world, subject, own, facts, as_of
                )
                if obligation is not None:
                    found.append(obligation)
    return found


def governed_periods(
    terms: Sequence[DutyTerm], *, within: Period, as_of: date
) -> Iterator[tuple[DutyTerm, Period]]:
    """The calendar periods that touch `within` and begin by `as_of`, each with the term that
    is in force on its first day and sets its length; by their first day.
    """
    found = [
        (period.start, term, period)
        for term in terms
        for period in periods_touching(term.every, within)
        if period.start <= as_of and term_on(terms, period.start) is term
    ]
    for _, term, period in sorted(found, key=lambda one: one[0]):
        yield term, period


def periods_touching(every: Cadence, within: Period) -> Iterator[Period]:
    day = within.start
    while day < within.end:
        period = period_of(day, every)
        yield period
        day = period.end


def counted_facts(
    duty: Duty,
    handbook: Handbook,
    world: World,
    subject: int,
    posts: list[Held],
    person: int | None,
) -> list[Done]:
    """The facts about a subject that may count: of the kinds, through the filters, done by one
    who held the post on that day (per holder: by him), or by anyone.
    """
    if duty.via:
        return facts_taken_part_in(duty, world, posts, person)
    found = []
    for kind in duty.facts:
        for done in world.facts_about.get((kind, subject), ()):
            if duty.by == "holder" and not any(
                post.person == done.performer and post.on(done.day) for post in posts
            ):
                continue
            if duty.by == "holder" and person is not None and done.performer != person:
                continue
            if duty.filters and not is_true(duty.filters, fact_row(done, subject)):
                continue
            found.append(done)
    return sorted(found, key=lambda done: done.fact)


def facts_taken_part_in(
    duty: Duty, world: World, posts: list[Held], person: int | None
) -> list[Done]:
    """The facts, about whatever subject, in which one who held the post on that day (per holder:
    he himself) took part in the role `via`; the filters must be true for one of their subjects.
    """
    found = []
    for done in world.facts:
        present = {who for role, who in done.participants if role == duty.via}
        if person is not None:
            present &= {person}
        if done.kind not in duty.facts or not any(
            post.person in present and post.on(done.day) for post in posts
        ):
            continue
        rows = [fact_row(done, subject) for subject in done.subjects]
        if not duty.filters or any(is_true(duty.filters, row) for row in rows):
            found.append(done)
    return sorted(found, key=lambda done: done.fact)


def fact_row(done: Done, subject: int) -> dict[str, Cell]:
    row: dict[str, Cell] = {
        "occurred_on": done.day, "subject": subject, "performer": done.performer,
    }  # fmt: skip
    return {**done.values, **row}


def one_obligation(
    duty: Duty,
    term: DutyTerm,
    period: Period,
    handbook: Handbook,
    world: World,
    subject: int,
    posts: list[Held],
    facts: list[Done],
    as_of: date,
) -> Obligation | None:
    """What is owed about one subject in one period, or None if the post was not held enough."""
    covered = days_held(posts, period)
    if term.where and covered:
        kind = handbook.roles[duty.role].subject
        names = [status.id for status in handbook.statuses.values() if status.subject == kind]
        covered = {
            day
            for day in covered
            if world.meets(term.where, subject, day=date.fromordinal(day), names=names)
        }
    if not covered:
        return None
    person = responsible(posts, period, as_of).person
    scale = 10 ** places(duty, term, handbook)
    on_time = [done for done in facts if period.holds(done.day)]
    grace = Period(period.end, period.end + timedelta(days=term.grace))
    in_grace = [done for done in facts if grace.holds(done.day)]
    got, late = amount(term, on_time, scale), amount(term, in_grace, scale)
    if term.at_most is not None:
        need, grace, in_grace = term.at_most * scale, Period(period.end, period.end), []
        state = State.DUE if as_of < period.end else State.DONE
        if got > need:
            state = State.OVER
    else:
        assert term.at_least is not None
        full = share(term.at_least * scale, len(covered), period)
        if full == 0:
            return None
        here = covered - days_away(term, handbook, world, person)
        need = share(term.at_least * scale, len(here), period)
        if need == 0:
            state = State.EXCUSED
        elif got >= need:
            state = State.DONE
        elif got + late >= need:
            state = State.LATE
        else:
            state = State.DUE if as_of < grace.end else State.OVERDUE
        if state != State.DONE:
            got += late
    because = on_time if state == State.DONE else on_time + in_grace
    return Obligation(
        rule=duty.id,
        subject=subject,
        person=person,
        period=period,
        due=period.last_day,
        closes=grace.end - ONE_DAY,
        need=need,
        got=got,
        state=state,
        because=tuple(sorted(done.fact for done in because)),
    )


def days_held(posts: list[Held], period: Period) -> set[int]:
    """The days of the period (as ordinals) on which at least one of the posts is held."""
    days: set[int] = set()
    for post in posts:
        first, end = max(post.start, period.start), min(post.end, period.end)
        days.update(range(first.toordinal(), end.toordinal()))
    return days


def share(whole: int, days: int, period: Period) -> int:
    """The part of `whole` that falls on `days` days of the period, rounded half up."""
    return (2 * whole * days + period.days) // (2 * period.days)


def responsible(posts: list[Held], period: Period, as_of: date) -> Held:
    """The holder on the last day (as of now), else the last who held it within the period."""
    day = min(period.last_day, as_of)
    holders = [post for post in posts if post.on(day)]
    if holders:
        return max(holders, key=lambda post: (post.start, post.id))
    within = [post for post in posts if post.start < period.end and post.end > period.start]
    return max(within, key=lambda post: (post.end, post.start, post.id))


def amount(term: DutyTerm, facts: list[Done], scale: int) -> int:
    """How much was done: facts, distinct days, or the sum of a field (in its last decimal)."""
    if term.measure == "days":
        return len({done.day for done in facts})
    if term.measure == "sum":
        return sum(int(Decimal(str(done.values.get(term.field) or 0)) * scale) for done in facts)
    return len(facts)


def places(duty: Duty, term: DutyTerm, handbook: Handbook) -> int:
    if term.measure != "sum":
        return 0
    found = (handbook.kinds[kind].field(term.field) for kind in duty.facts)
    return next(one.places for one in found if one is not None)


def days_away(term: DutyTerm, handbook: Handbook, world: World, person: int) -> set[int]:
    """The days (as ordinals) on which a person was away by a fact that excuses him."""
    days: set[int] = set()
    for kind in term.excused_by:
        for done in world.facts_by.get((kind, person), ()):
            days.update(spanned(handbook, done))
    return days


def spanned(handbook: Handbook, done: Done) -> range:
    """The days (as ordinals) that a fact lasts, both ends included."""
    span = handbook.kinds[done.kind].span
    first, last = (done.values.get(name) for name in span or ("", ""))
    if isinstance(first, date) and isinstance(last, date):
        return range(first.toordinal(), last.toordinal() + 1)
    return range(0)


def deadline_owed(
    rule: Deadline, handbook: Handbook, world: World, *, as_of: date, within: Period
) -> list[Obligation]:
    """One deadline: for each fact that sets it off about a subject that somebody answers for."""
    found = []
    for subject, posts in sorted(world.posts_of[rule.role].items()):
        for trigger in world.facts_about.get((rule.after, subject), ()):
            begin = trigger.values.get(rule.after_field) if rule.after_field else trigger.day
            if not isinstance(begin, date) or begin > as_of or begin >= within.end:
                continue
            term = term_on(rule.terms, begin)
            if term is None:
                continue
            due, minute = time_limit(rule, term, handbook, world, subject, trigger, begin)
            if due < within.start:
                continue
            answer = first_answer(rule, term, handbook, world, subject, trigger)
            closes = due + timedelta(days=term.grace)
            if answer is not None:
                state = State.DONE if in_time(answer, due, minute) else State.LATE
            else:
                state = State.DUE if as_of <= closes else State.OVERDUE
            obligation = Obligation(
                rule=rule.id,
                subject=subject,
                person=answerable(posts, min(due, as_of)).person,
                period=Period(begin, due + ONE_DAY),
                due=due,
                closes=closes,
                need=1,
                got=0 if answer is None else 1,
                state=state,
                because=() if answer is None else (answer.fact,),
            )
            found.append((subject, begin, trigger.fact, obligation))
    return [one[-1] for one in sorted(found, key=lambda one: one[:3])]


def time_limit(
    rule: Deadline,
    term: DeadlineTerm,
    handbook: Handbook,
    world: World,
    subject: int,
    trigger: Done,
    begin: date,
) -> tuple[date, int | None]:
    """The last day in time, and its last minute where hours count to the minute.

    Hours are rounded up to whole days unless both facts are timed. Each paused day after the
    first and up to the last pushes the last one back, into which more paused days may fall.
    """
    minute = None
    if term.unit == "working_days":
        due = handbook.calendar.add(begin, term.within)
    elif term.unit == "days":
        due = begin + timedelta(days=term.within)
    elif by_minute(rule, term, handbook) and trigger.minute is not None:
        moment = trigger.minute + term.within * 60
        due, minute = begin + timedelta(days=moment // 1440), moment % 1440
    else:
        due = begin + timedelta(days=-(-term.within // 24))
    paused: set[int] = set()
    for kind in term.pause:
        for done in world.facts_about.get((kind, subject), ()):
            paused.update(spanned(handbook, done))
    base, last = due, None
    while last != due:
        last = due
        count = sum(1 for day in paused if begin.toordinal() < day <= last.toordinal())
        due = base + timedelta(days=count)
    return due, minute


def by_minute(rule: Deadline, term: DeadlineTerm, handbook: Handbook) -> bool:
    timed = handbook.kinds[rule.after].timed and handbook.kinds[rule.fact].timed
    return term.unit == "hours" and timed and not rule.after_field


def first_answer(
    rule: Deadline,
    term: DeadlineTerm,
    handbook: Handbook,
    world: World,
    subject: int,
    trigger: Done,
) -> Done | None:
    """The first fact about the subject on or after the trigger's day (minute, if they count).

    One whose minute was not noted is taken to come last on its day.
    """
    exact = by_minute(rule, term, handbook) and trigger.minute is not None

    def moment(done: Done) -> tuple[date, int]:
        if not exact:
            return done.day, 0
        return done.day, 1439 if done.minute is None else done.minute

    answers = [
        done
        for done in world.facts_about.get((rule.fact, subject), ())
        if moment(done) >= moment(trigger) and done.fact != trigger.fact
    ]
    return min(answers, key=lambda done: (moment(done), done.fact), default=None)


def in_time(answer: Done, due: date, minute: int | None) -> bool:
    if minute is None or answer.minute is None:
        return answer.day <= due
    return (answer.day, answer.minute) <= (due, minute)


def answerable(posts: list[Held], day: date) -> Held:
    """The holder on that day, else the last before it, else the first after it."""
    holders = [post for post in posts if post.on(day)]
    if holders:
        return max(holders, key=lambda post: (post.start, post.id))
    before = [post for post in posts if post.end <= day]
    if before:
        return max(before, key=lambda post: (post.end, post.start, post.id))
    return max(posts, key=lambda post: (-post.start.toordinal(), post.id))
