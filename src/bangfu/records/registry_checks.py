"""What a registry fact must meet besides: levels, codes, posts and memberships that fit."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from bangfu.core.facts import VOID
from bangfu.core.registry import ERASABLE, ERASURE, FOUNDING, PLACE_LEVELS, SUBJECT_TITLES
from bangfu.core.separation import separated
from bangfu.core.text import Text
from bangfu.records import refusals
from bangfu.records import registry_refusals as declined
from bangfu.records.checks import Checker
from bangfu.records.plans import Checked, Recording
from bangfu.records.registry_rows import ASSIGNMENT, MEMBERSHIP, PLACE_NAME, Line
from bangfu.records.staffing_checks import check_staffing

LONGEST = 200
SHORT_FIELDS = ("name", "code", "number", "relation", "value")


def check_registry(checker: Checker, checked: Checked, recording: Recording) -> None:
    """Raise the first rule of the registry that the draft breaks."""
    kind = checked.draft.kind
    for name in SHORT_FIELDS:
        if len(str(checked.values.get(name, ""))) > LONGEST:
            raise declined.too_long(checked.plan.kind.by_id[name].title, name, LONGEST)
    if kind in FOUNDING:
        _check_founding(checker, checked, recording)
    elif kind == "registry.place_name":
        _check_code(checker, checked)
    elif kind == "registry.assignment":
        _check_post(checker, checked, recording)
    elif kind == "registry.membership":
        _check_membership(checker, checked)
    elif kind in ("registry.assignment_end", "registry.membership_end"):
        _check_end(checker, checked, recording)
    elif kind == "registry.status":
        _check_status(checker, checked)
    elif kind == VOID:
        _check_void(checker, checked, recording)
    elif kind == ERASURE:
        _check_erasure(checker, checked, recording)


def _check_founding(checker: Checker, checked: Checked, recording: Recording) -> None:
    draft = checked.draft
    if checked.amended is None:
        if draft.subject != draft.uid:
            raise refusals.no_subject()
    elif checked.subject is None or checked.subject.id != checked.amended.subject_id:
        raise refusals.no_subject()
    if draft.kind == "registry.place":
        _check_place(checker, checked)
        return
    if draft.kind == "registry.person" and checked.values.get("id_number"):
        _check_person(checker, checked, recording)
    around = checker.around(checked)
    if around is not None and not checker.sees(recording, around):
        raise refusals.no_subject("place")
    if around is None and recording.recorder is not None:
        county = (r.role for r in checked.plan.kind.recorders if r.scope == "county")
        held = {p.key for p in checker.registry.posts(recording.recorder.id)}
        if not held & set(county):
            raise declined.needs_place()


def _check_person(checker: Checker, checked: Checked, recording: Recording) -> None:
    """Nobody is registered twice: no other person whom the recorder may see has the id number.

    One elsewhere is not spoken of: to say that he exists would tell whose number it is.
    """
    digest = checker.registry.digest(str(checked.values["id_number"]))
    own = checked.subject.id if checked.subject else 0
    for number in checker.registry.numbered.get(digest, ()):
        row = checker.registry.numbers.get(number)
        if row is None or row.voided or row.id == own:
            continue
        if row.detail.get("id_digest", digest) == digest and checker.reads(recording, row):
            raise declined.registered_already()


def _check_place(checker: Checker, checked: Checked) -> None:
    level = str(checked.values["level"])
    subject = checked.subject
    if subject is not None and subject.type != level:
        raise declined.level_changed()
    number = PLACE_LEVELS.index(level)
    wanted = PLACE_LEVELS[number - 1] if number else None
    parent = checker.registry.subjects.get(str(checked.values.get("parent", "")))
    if (parent.type if parent else None) != wanted:
        raise declined.bad_parent(
            SUBJECT_TITLES[PLACE_LEVELS[number]], SUBJECT_TITLES[wanted] if wanted else None
        )
    if wanted is None and any(
        row.type == "county" and row is not subject and not row.voided
        for row in checker.registry.numbers.values()
    ):
        raise declined.second_county()
    _check_code(checker, checked)


def _check_code(checker: Checker, checked: Checked) -> None:
    code, subject = str(checked.values["code"]), checked.subject
    own = checker.registry.about.get((PLACE_NAME, subject.id), []) if subject else []
    later = [line.start for line in own if line.start > checked.draft.occurred_on]
    end = min(later, default=None)
    for line in checker.registry.coded.get(code, ()):
        if line.subject != (subject and subject.id) and line.overlaps(
            checked.draft.occurred_on, end
        ):
            raise declined.code_taken(code)


def _old_line(checker: Checker, checked: Checked) -> Line | None:
    return checker.registry.lines.get(checked.amended.sequence) if checked.amended else None


def _check_post(checker: Checker, checked: Checked, recording: Recording) -> None:
    role = checker.handbook.roles.get(str(checked.values["role"]))
    subject = checked.subject
    until = str(checked.values.get("until") or "")
    if until and until < checked.draft.occurred_on.isoformat():
        raise declined.expected_end_before_start(checked.draft.occurred_on)
    if role is None or subject is None:
        raise declined.unknown_post(str(checked.values["role"]))
    if role.subject != subject.type:
        raise declined.post_of_another_type(role.title, SUBJECT_TITLES[role.subject])
    old = _old_line(checker, checked)
    end = old.end if old else None
    _check_order(checked.draft.occurred_on, end)
    person = dict(checked.participants)["holder"]
    post = Line(
        ASSIGNMENT, 0, 0, 0, subject.id, checked.draft.occurred_on, role.id, person=person.id,
        end=end,
    )  # fmt: skip
    _check_free(checker, post, old, recording)
    if recording.recorder is not None:
        check_staffing(checker, post, old)
    _check_administrators(checker, (post, old), recording)


def _check_administrators(
    checker: Checker, posts: Iterable[Line | None], recording: Recording
) -> None:
    """Whoever enters posts neither gives nor takes an administrator's: he would choose, or be rid
    of, those who watch him.
    """
    roles = checker.handbook.roles
    # Without a security administrator in the handbook, there are no three to watch each other.
    three = any(one.page == "security" for one in roles.values())
    if not three or recording.recorder is None or checker.history:
        return
    for post in posts:
        role = roles.get(post.key) if post is not None and post.table == ASSIGNMENT else None
        if role is not None and role.administers:
            raise declined.administrators_post(role.title)


def _check_free(checker: Checker, post: Line, old: Line | None, recording: Recording) -> None:
    """No other post of the same role and subject, its holder's own or exclusive, shares a day."""
    role = checker.handbook.roles.get(post.key)
    for line in checker.registry.holders(post.subject):
        if line is old or line.key != post.key or not line.overlaps(post.start, post.end):
            continue
        if role is not None and (role.exclusive or line.person == post.person):
            raise declined.post_taken(role.title)
    _check_apart(checker, post, old, recording)


def _check_apart(checker: Checker, post: Line, old: Line | None, recording: Recording) -> None:
    """The holder has no post on any of these days that the handbook keeps apart from this one.

    The rule of the first day on which both would be held decides.
    """
    roles, rules = checker.handbook.roles, checker.handbook.separations.values()
    if post.key not in checker.apart:
        return
    for line in checker.registry.posts(post.person):
        if line is old or not line.overlaps(post.start, post.end):
            continue
        rule = separated(rules, line.key, post.key, max(line.start, post.start))
        if rule is not None:
            place = checker.registry.numbers.get(line.subject)
            # Who holds a post for the county is known to everybody.
            shown = place and (place.type == "county" or checker.reads(recording, place))
            held = roles[line.key].title if shown else None
            raise declined.posts_apart(rule.title, roles[post.key].title, held)


def _check_membership(checker: Checker, checked: Checked) -> None:
    old = _old_line(checker, checked)
    end = old.end if old else None
    _check_order(checked.draft.occurred_on, end)
    person = dict(checked.participants)["member"]
    _check_home(checker, person.id, (checked.draft.occurred_on, end), old)


def _check_home(
    checker: Checker, person: int, span: tuple[date, date | None], old: Line | None
) -> None:
    for line in checker.registry.of_person.get((MEMBERSHIP, person), []):
        if line is not old and line.overlaps(*span):
            raise declined.already_member()


def _check_order(start: date, end: date | None) -> None:
    if end is not None and end <= start:
        raise declined.ends_too_early(start)


def _check_end(checker: Checker, checked: Checked, recording: Recording) -> None:
    name = "assignment" if checked.draft.kind == "registry.assignment_end" else "membership"
    field = checked.plan.kind.field(name)
    line = checker.registry.line_named(str(checked.values[name]))
    subject = checked.subject
    if line is None or line.table != name or subject is None or line.subject != subject.id:
        raise refusals.bad_reference(field.title if field else Text(name, name), name)
    amended = checked.amended.sequence if checked.amended else None
    if line.ended_by is not None and line.ended_by != amended:
        raise declined.already_ended()
    if checked.draft.occurred_on <= line.start:
        raise declined.ends_too_early(line.start)
    ended = checker.registry.ends.get(amended) if amended else None
    _check_administrators(checker, (line, ended), recording)
    if ended is not None and ended is not line:
        _check_reopening(checker, ended, None, recording)
    if ended is not None and ended is line:
        _check_reopening(checker, line, checked.draft.occurred_on, recording)


def _check_reopening(checker: Checker, line: Line, end: date | None, recording: Recording) -> None:
    """A post or membership that lasts longer than was thought still meets nobody else's."""
    if line.table == ASSIGNMENT:
        _check_free(checker, replace(line, end=end), line, recording)
    else:
        _check_home(checker, line.person, (line.start, end), line)


def _check_status(checker: Checker, checked: Checked) -> None:
    status = checker.handbook.statuses.get(str(checked.values["status"]))
    if status is None:
        raise declined.unknown_status(str(checked.values["status"]))
    if checked.subject is None or status.subject != checked.subject.type:
        raise declined.status_of_another_type(status.title, SUBJECT_TITLES[status.subject])
    value = str(checked.values.get("value", ""))
    if not value or status.type == "text":
        return
    allowed = ["yes"] if status.type == "flag" else list(status.options)
    if value not in allowed:
        raise declined.bad_status_value(
            status.title, list(status.options.values()) or [status.title]
        )


def _check_erasure(checker: Checker, checked: Checked, recording: Recording) -> None:
    subject = checked.subject
    if subject is None or subject.type not in ERASABLE:
        raise refusals.wrong_type(checked.plan.kind, (SUBJECT_TITLES[t] for t in ERASABLE))
    if not checker.holds(recording, subject, lambda role: role.may_erase):
        raise refusals.not_recorder(checked.plan.kind)
    if not checked.draft.reason.strip():
        raise declined.erasure_without_reason()
    if any(post.holds(recording.day) for post in checker.registry.posts(subject.id)):
        raise declined.holds_posts()


def _check_void(checker: Checker, checked: Checked, recording: Recording) -> None:
    amended, subject = checked.amended, checked.subject
    if amended is None or subject is None or subject.id != amended.subject_id:
        raise refusals.no_fact()
    if amended.kind in FOUNDING and checker.in_use(subject):
        raise declined.in_use()
    ended = checker.registry.ends.get(amended.sequence)
    begun = checker.registry.lines.get(amended.sequence)
    _check_administrators(checker, (begun, ended), recording)
    if ended is not None:
        _check_reopening(checker, ended, None, recording)
