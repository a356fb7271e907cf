"""Whether who takes up a post may: what staffing rules require, and the exceptions granted."""

from __future__ import annotations

import json
from collections.abc import Iterator

from bangfu.core.rules import Staffing, StaffingTerm, StatusKind, term_on
from bangfu.core.text import Refused, Text
from bangfu.records.checks import Checker
from bangfu.records.conditions import Condition, values_on
from bangfu.records.models import Fact, Subject
from bangfu.records.registry import Registry
from bangfu.records.registry_rows import STATUS, Line

# The fields of a fact by which an exception is granted: the post, and until when it may begin.
POST, UNTIL = "post", "until"


def check_staffing(checker: Checker, post: Line, old: Line | None) -> None:
    """Refuse a post by which a rule in force on its first day is broken, unless an exception was
    granted to its holder by that day. A correction that leaves post, holder and day is let be.
    """
    if old is not None and (old.key, old.person, old.start) == (post.key, post.person, post.start):
        return
    for rule in checker.handbook.staffing.values():
        term = term_on(rule.terms, post.start) if rule.role == post.key else None
        if term is None or not term.exception:
            continue
        refused = _broken(checker, rule, term, post=post, old=old)
        if refused is not None and not _granted(checker, term.exception, post):
            raise refused


def _broken(
    checker: Checker, rule: Staffing, term: StaffingTerm, *, post: Line, old: Line | None
) -> Refused | None:
    """What is to be said where a post breaks a rule's term."""
    registry = checker.registry
    if term.cap is not None:
        held = {line.subject for line in _others(registry, post, old)} - {post.subject}
        if len(held) >= term.cap:
            return _too_many(checker, rule, term, len(held))
    if term.at_most is not None:
        there = {
            line.person
            for line in registry.holders(post.subject)
            if line is not old and line.key == post.key and line.overlaps(post.start, post.end)
        }
        if len(there - {post.person}) >= term.at_most:
            return _crowded(checker, rule, term)
    if not term.requires:
        return None
    condition = Condition(checker.handbook, "person", term.requires)
    lines = registry.about.get((STATUS, post.person), ())
    if condition.holds(lines, post.start):
        return None
    unknown = condition.asks - values_on(lines, post.start).keys()
    statuses = [one for one in checker.handbook.statuses.values() if one.id in unknown]
    return _unfit(checker, rule, term, condition.words, unknown=statuses)


def _others(registry: Registry, post: Line, old: Line | None) -> Iterator[Line]:
    """The holder's other posts of the role that share a day with this one."""
    for line in registry.posts(post.person):
        if line is not old and line.key == post.key and line.overlaps(post.start, post.end):
            yield line


def _granted(checker: Checker, kind: str, post: Line) -> bool:
    """Whether a standing fact of the kind grants its holder an exception for this post and day."""
    subject = Subject.objects.filter(id=post.person).first()
    if subject is None:
        return False
    rows = Fact.objects.filter(
        subject=subject, kind=kind, amended_by=None, occurred_on__lte=post.start.isoformat()
    )
    for text in rows.values_list("values", flat=True):
        values = json.loads(text)
        until = values.get(UNTIL)
        if values.get(POST) == post.key and (not until or post.start.isoformat() <= str(until)):
            return True
    return False


# -- what is said ----------------------------------------------------------------------------------


def _said(checker: Checker, rule: Staffing, cause: Text, term: StaffingTerm) -> Refused:
    """A refusal with the rule, its words, and who may grant an exception."""
    kind = checker.handbook.kind(term.exception)
    title = kind.title if kind else Text(term.exception, term.exception)
    roles = checker.handbook.roles
    able = [roles[one.role].title for one in (kind.recorders if kind else ()) if one.role in roles]
    zh, en = "、".join(one.zh for one in able), ", ".join(one.en for one in able)
    return Refused(
        "against_staffing",
        f"违反“{rule.title.zh}”：{cause.zh}。依据：{term.source.title}“{term.source.quote}”。"
        f"确需任职的，由{zh}先记“{title.zh}”。",
        f"Against “{rule.title.en}”: {cause.en}. Source: {term.source.title} "
        f"“{term.source.quote}”. Where it must be, {en} first enters “{title.en}”.",
        place="participants.holder",
    )


def _too_many(checker: Checker, rule: Staffing, term: StaffingTerm, held: int) -> Refused:
    cause = Text(
        f"一人最多 {term.cap} 个，此人同期已有 {held} 个",
        f"nobody holds more than {term.cap}, and this person has {held} at the time",
    )
    return _said(checker, rule, cause, term)


def _crowded(checker: Checker, rule: Staffing, term: StaffingTerm) -> Refused:
    cause = Text(
        f"同时最多 {term.at_most} 人，已经满了",
        f"at most {term.at_most} at a time, and there are as many",
    )
    return _said(checker, rule, cause, term)


def _unfit(
    checker: Checker, rule: Staffing, term: StaffingTerm, asks: Text, *, unknown: list[StatusKind]
) -> Refused:
    cause = Text(f"任职条件是{asks.zh}", f"who holds it must be: {asks.en}")
    if unknown:
        cause = Text(
            cause.zh + f"；此人还没有登记{'、'.join(one.title.zh for one in unknown)}",
            cause.en + f"; not entered yet: {', '.join(one.title.en for one in unknown)}",
        )
    return _said(checker, rule, cause, term)
