"""What the ledger declines and why, in both languages, each with a stable code.

A refusal names the rule and what would be right; never a record that its reader may not see.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from bangfu.core.rules import FactKind, Field
from bangfu.core.text import Refused, Text


class Conflict(Refused):
    """The uid is taken by a fact with another body; nothing was stored."""


class Amended(Refused):
    """The fact is corrected or voided already; `standing` is the uid of the one that stands."""

    def __init__(self, standing: str) -> None:
        self.standing = standing
        super().__init__(
            "already_amended",
            f"这条事实已被更正或作废，现行的是 {standing}；请更正现行的那一条。",
            f"This fact is corrected or voided already; what stands is {standing}. Amend that one.",
            place="amends",
        )


def bad_uid(uid: str, place: str = "uid") -> Refused:
    """A uid is not written as one, or is kept for something else: the founder, a fact elsewhere."""
    return Refused(
        "bad_uid",
        f"编号“{uid[:40]}”不是小写的 UUID，或是留作他用的；请换一个新的编号再送，内容不变。",
        f"“{uid[:40]}” is not a UUID in lower case, or is a reserved one; send the same under a "
        "new one.",
        place=place,
    )


def unknown_kind(kind: str) -> Refused:
    """No such kind in the handbook."""
    return Refused(
        "unknown_kind",
        f"工作手册里没有事实种类“{kind[:64]}”。",
        f"The handbook has no fact kind “{kind[:64]}”.",
        place="kind",
    )


def has_a_page(kind: FactKind) -> Refused:
    """The kind is not taken from programs."""
    return Refused(
        "has_a_page",
        f"“{kind.title.zh}”请在网页上办理，接口不收。",
        f"“{kind.title.en}” is done on its page, not by a program.",
        place="kind",
    )


def not_in_force(kind: FactKind, day: date) -> Refused:
    """The kind exists, but not on that day."""
    return Refused(
        "not_in_force",
        f"“{kind.title.zh}”在 {day} 没有施行，不能登记这一天的。",
        f"“{kind.title.en}” is not in force on {day}, so nothing can be recorded for that day.",
        place="occurred_on",
    )


def future_day(day: date, today: date) -> Refused:
    """The day has not come yet."""
    return Refused(
        "future_day",
        f"{day} 还没有到；最晚登记到 {today}。",
        f"{day} has not come yet; the latest day is {today}.",
        place="occurred_on",
    )


def too_early(day: date) -> Refused:
    """The day lies before the People's Republic."""
    return Refused(
        "too_early",
        f"{day} 早于 1949-10-01，请核对年份。",
        f"{day} is before 1949-10-01; check the year.",
        place="occurred_on",
    )


def no_subject(place: str = "subject") -> Refused:
    """The subject does not exist, or is none of the recorder's business: the same answer."""
    return Refused(
        "no_subject",
        "没有这个对象，或不在您的职责范围内。",
        "There is no such subject, or it is outside your scope.",
        place=place,
    )


def wrong_type(kind: FactKind, wanted: Iterable[Text], place: str = "subject") -> Refused:
    """The subject is of another type than the kind is about."""
    titles = list(wanted)
    return Refused(
        "wrong_type",
        f"“{kind.title.zh}”只能登记在：{'、'.join(t.zh for t in titles)}。",
        f"“{kind.title.en}” can only be about: {', '.join(t.en for t in titles)}.",
        place=place,
    )


def one_subject(kind: FactKind) -> Refused:
    """The kind covers one subject a fact."""
    return Refused(
        "one_subject",
        f"“{kind.title.zh}”一次只登记一个对象，请逐个登记。",
        f"“{kind.title.en}” takes one subject at a time; record them one by one.",
        place="more_subjects",
    )


def duplicate(place: str) -> Refused:
    """The same subject or participant is named twice."""
    return Refused(
        "duplicate",
        "同一对象写了两次。",
        "The same one is named twice.",
        place=place,
    )


def too_many(most: int) -> Refused:
    """More participants than one sheet can hold."""
    return Refused(
        "too_many",
        f"一张表最多 {most} 个参与人和对象，请分开登记。",
        f"One sheet holds at most {most} participants and subjects; record several.",
        place="participants",
    )


def unknown_role(kind: FactKind, role: str) -> Refused:
    """The kind has no such participants."""
    zh = "、".join(r.title.zh for r in kind.participants) or "（没有参与人）"
    en = ", ".join(r.title.en for r in kind.participants) or "(no participants)"
    return Refused(
        "unknown_role",
        f"“{kind.title.zh}”没有参与身份“{role[:64]}”，可填：{zh}。",
        f"“{kind.title.en}” has no participants “{role[:64]}”; it has: {en}.",
        place="participants",
    )


def bad_participant(title: Text, place: str) -> Refused:
    """A participant does not exist or is of the wrong type: the same answer."""
    return Refused(
        "bad_participant",
        f"“{title.zh}”中有人查不到，或类型不对。",
        f"One of “{title.en}” cannot be found, or is of the wrong type.",
        place=place,
    )


def missing_participant(title: Text, place: str) -> Refused:
    """A required participant is not named."""
    return Refused(
        "missing_participant",
        f"没有填写“{title.zh}”。",
        f"“{title.en}” is missing.",
        place=place,
    )


def only_one(title: Text, place: str) -> Refused:
    """Several participants where one is allowed."""
    return Refused(
        "only_one",
        f"“{title.zh}”只能有一人。",
        f"“{title.en}” takes only one.",
        place=place,
    )


def not_recorder(kind: FactKind) -> Refused:
    """The recorder's posts do not allow it."""
    return Refused(
        "not_recorder",
        f"按您现在的岗位，不能为这个对象登记“{kind.title.zh}”。",
        f"The posts you hold do not let you record “{kind.title.en}” about this subject.",
        place="recorded_by",
    )


def no_performer() -> Refused:
    """Who did it cannot be found."""
    return Refused(
        "no_performer",
        "查不到办理人。",
        "Whoever did it cannot be found.",
        place="performed_by",
    )


def post_not_held(roles: Iterable[Text], subject: str, day: date) -> Refused:
    """The performer held none of the posts that do this, for this subject, on that day."""
    titles = list(roles)
    return Refused(
        "post_not_held",
        f"办理人 {day} 不是{subject}的{'、'.join(t.zh for t in titles)}。请改办理人或日期。",
        f"On {day} whoever did it held none of these posts for {subject}: "
        f"{', '.join(t.en for t in titles)}. Mend who did it, or the day.",
        place="performed_by",
    )


def bad_minute(*, needed: bool) -> Refused:
    """The time of day is missing, impossible, or not asked for."""
    return Refused(
        "bad_minute",
        "请填写时刻（00:00 至 23:59）。" if needed else "这种事实不记时刻。",
        "Give the time of day (00:00 to 23:59)." if needed else "This kind takes no time of day.",
        place="minute",
    )


def bad_span(last: str) -> Refused:
    """A span ends before it starts."""
    return Refused(
        "bad_span",
        "止日早于起日。",
        "The last day is before the first.",
        place=last,
    )


def not_ahead(field: Field, day: date) -> Refused:
    """A day that is announced or planned lies before the day on which that was done."""
    return Refused(
        "not_ahead",
        f"{field.title.zh}不能早于发生日（{day.isoformat()}）。",
        f"{field.title.en} cannot be before the day this was done ({day.isoformat()}).",
        place=field.id,
    )


def not_past(field: Field, latest: date) -> Refused:
    """A day that must have come has not."""
    return Refused(
        "not_past",
        f"{field.title.zh}不能晚于今天（{latest.isoformat()}）。",
        f"{field.title.en} cannot be later than today ({latest.isoformat()}).",
        place=field.id,
    )


def bad_reference(title: Text, place: str) -> Refused:
    """What a field refers to does not exist or is of the wrong type: the same answer."""
    return Refused(
        "bad_reference",
        f"“{title.zh}”所指的查不到，或类型不对。",
        f"What “{title.en}” refers to cannot be found, or is of the wrong type.",
        place=place,
    )


def no_fact() -> Refused:
    """The fact to amend does not exist, or is none of the reader's business."""
    return Refused(
        "no_fact",
        "没有这条事实，或不在您的职责范围内。",
        "There is no such fact, or it is outside your scope.",
        place="amends",
    )


def void_stands() -> Refused:
    """A withdrawal cannot itself be amended."""
    return Refused(
        "void_of_void",
        "作废不能再更正或作废；需要时请重新登记。",
        "A withdrawal cannot be amended; record the fact anew if it is needed.",
        place="amends",
    )


def kind_changed(kind: FactKind) -> Refused:
    """A correction keeps its kind."""
    return Refused(
        "kind_changed",
        f"更正不能改变事实种类；请作废后另行登记（原为“{kind.title.zh}”）。",
        f"A correction keeps its kind (“{kind.title.en}”); void it and record another.",
        place="kind",
    )


def not_yours() -> Refused:
    """The fact may be seen, but not amended, by this person."""
    return Refused(
        "not_yours",
        "只有登记人、办理人或有权更正的岗位才能更正或作废这条事实。",
        "Only its recorder, its performer, or a post that may correct can amend this fact.",
        place="amends",
    )


def bad_reason(most: int) -> Refused:
    """A reason that cannot be kept."""
    return Refused(
        "bad_reason",
        f"理由太长（最多 {most} 字），或含有不能保存的字符。",
        f"The reason is too long (at most {most} characters) or has some that cannot be kept.",
        place="reason",
    )


def nothing_to_void() -> Refused:
    """A withdrawal, or a correction by `correct`, names no fact."""
    return Refused(
        "nothing_to_amend",
        "没有指明要更正或作废哪条事实。",
        "It does not say which fact to correct or void.",
        place="amends",
    )


def conflict() -> Conflict:
    """The uid is taken."""
    return Conflict(
        "conflict",
        "这个编号已用于另一条内容不同的事实；没有重复登记，请核对后换编号。",
        "This uid belongs to a fact with other content; nothing was stored. "
        "Compare the two, and use a new uid if both are true.",
        place="uid",
    )


def unordered() -> Refused:
    """The entries of a batch are not in the order of their recording."""
    return Refused(
        "unordered",
        "批量登记必须按登记时间先后排列。",
        "The entries of a batch must come in the order of their recording.",
        place="recorded_at",
    )


def bad_draft(place: str) -> Refused:
    """A part of a draft is not of its type."""
    return Refused(
        "bad_draft",
        f"登记的内容里“{place}”的格式不对。",
        f"“{place}” of the draft is not of its type.",
        place=place,
    )
