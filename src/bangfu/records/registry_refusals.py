"""What the registry declines and why, in both languages, each with a stable code."""

from __future__ import annotations

from datetime import date

from bangfu.core.text import Refused, Text


def too_long(title: Text, place: str, most: int) -> Refused:
    """A name that no register could print."""
    return Refused(
        "too_long",
        f"“{title.zh}”最多 {most} 字。",
        f"“{title.en}” takes at most {most} characters.",
        place=place,
    )


def bad_parent(level: Text, wanted: Text | None) -> Refused:
    """A place lies in the level above it and nowhere else."""
    if wanted is None:
        return Refused(
            "bad_parent", f"{level.zh}没有上级。", f"A {level.en} has no parent.", place="parent"
        )
    return Refused(
        "bad_parent",
        f"{level.zh}的上级必须是{wanted.zh}。",
        f"The parent of a {level.en} must be a {wanted.en}.",
        place="parent",
    )


def second_county() -> Refused:
    """One database, one county."""
    return Refused(
        "second_county",
        "一个数据库只登记一个县；另一个县请另建数据目录。",
        "A database holds one county; make another data folder for another county.",
        place="level",
    )


def level_changed() -> Refused:
    """A place's level is what it is."""
    return Refused(
        "level_changed",
        "更正不能改变级别；请作废后另行设立。",
        "A correction cannot change the level; void the place and set up another.",
        place="level",
    )


def code_taken(code: str) -> Refused:
    """Another place has this code in the same time."""
    return Refused(
        "code_taken",
        f"区划代码 {code} 在这段时间已用于另一处。",
        f"The code {code} belongs to another place in that time.",
        place="code",
    )


def unknown_post(role: str) -> Refused:
    """The handbook has no such role."""
    return Refused(
        "unknown_post",
        f"工作手册里没有岗位“{role[:64]}”。",
        f"The handbook has no post “{role[:64]}”.",
        place="role",
    )


def post_of_another_type(role: Text, wanted: Text) -> Refused:
    """The role is held for another type of subject."""
    return Refused(
        "wrong_post_type",
        f"“{role.zh}”只能任职于：{wanted.zh}。",
        f"“{role.en}” is held for: {wanted.en}.",
        place="subject",
    )


def post_taken(role: Text) -> Refused:
    """An exclusive role has a holder in that time, or the same person holds it already."""
    return Refused(
        "post_taken",
        f"“{role.zh}”在这段时间已有人担任；请先登记原任职结束。",
        f"“{role.en}” is held already in that time; record the end of that post first.",
        place="role",
    )


def posts_apart(rule: Text, role: Text, held: Text | None) -> Refused:
    """The holder has, on a day of this post, one that is kept apart from it; `held` is None
    where that one is none of the recorder's business.
    """
    zh, en = (
        (f"“{held.zh}”", f"“{held.en}”") if held else ("所任的另一岗位", "another post of theirs")
    )
    return Refused(
        "posts_apart",
        f"“{role.zh}”和{zh}不能由同一人担任（{rule.zh}）；请先登记原任职结束，或换人。",
        f"“{role.en}” and {en} cannot be held by the same person ({rule.en}); record the end of "
        "the other post first, or name somebody else.",
        place="participants.holder",
    )


def administrators_post(role: Text) -> Refused:
    """Whoever enters posts neither makes nor unmakes an administrator."""
    return Refused(
        "administrators_post",
        f"“{role.zh}”是管理员岗位，任免都不在这里登记；由管服务器的人用 bangfu account open、"
        "bangfu account end 登记。",
        f"“{role.en}” is an administrator's post, neither given nor ended here; whoever runs the "
        "server does that with bangfu account open and bangfu account end.",
        place="role",
    )


def already_member() -> Refused:
    """A person belongs to one household at a time."""
    return Refused(
        "already_member",
        "该人员在这段时间已是一户的成员；请先登记成员减少。",
        "This person belongs to a household already in that time; record the leaving first.",
        place="participants.member",
    )


def already_ended() -> Refused:
    """It has an end already."""
    return Refused(
        "already_ended",
        "已经登记过结束；要改日期请更正那一条。",
        "Its end is recorded already; correct that fact to change the day.",
        place="subject",
    )


def ends_too_early(start: date) -> Refused:
    """It would end before it began."""
    return Refused(
        "end_before_start",
        f"结束日必须晚于开始日 {start}。",
        f"The end must be after the start, {start}.",
        place="occurred_on",
    )


def expected_end_before_start(start: date) -> Refused:
    """It is expected to end before it begins."""
    return Refused(
        "end_before_start",
        f"预计到的日子不能早于任职开始日 {start}。",
        f"It cannot be expected to end before it begins, on {start}.",
        place="until",
    )


def registered_already() -> Refused:
    """The same person a second time."""
    return Refused(
        "registered_already",
        "这个证件号码的人已经登记过。请按证件号码查找，用已有的登记；证件号码写错的请改正。",
        "A person with this id number is registered already. Find them by the number and use that "
        "entry, or mend the number.",
        place="id_number",
    )


def unknown_status(status: str) -> Refused:
    """The handbook has no such status."""
    return Refused(
        "unknown_status",
        f"工作手册里没有状态“{status[:64]}”。",
        f"The handbook has no status “{status[:64]}”.",
        place="status",
    )


def status_of_another_type(status: Text, wanted: Text) -> Refused:
    """The status belongs to another type of subject."""
    return Refused(
        "wrong_status_type",
        f"“{status.zh}”是{wanted.zh}的状态。",
        f"“{status.en}” is a status of: {wanted.en}.",
        place="subject",
    )


def bad_status_value(status: Text, options: list[Text]) -> Refused:
    """The value is not among the status's options."""
    zh = "、".join(t.zh for t in options)
    en = ", ".join(t.en for t in options)
    return Refused(
        "bad_status_value",
        f"“{status.zh}”只能是：{zh}，或留空表示结束。",
        f"“{status.en}” must be one of: {en}, or empty to end it.",
        place="value",
    )


def needs_place() -> Refused:
    """Somebody without a place can only be registered by the county."""
    return Refused(
        "needs_place",
        "请填写所在地。",
        "Give the place.",
        place="place",
    )


def in_use() -> Refused:
    """Other facts speak of it."""
    return Refused(
        "in_use",
        "还有别的事实涉及它，不能作废；请先作废那些事实，或登记其结束。",
        "Other facts speak of it, so it cannot be voided; void those first, or record its end.",
        place="amends",
    )


def erasure_without_reason() -> Refused:
    """Why personal values are erased is written down."""
    return Refused(
        "no_reason",
        "请写明删除的理由，如本人申请的日期和编号。",
        "Say why: for instance the date and number of the party's own request.",
        place="reason",
    )


def holds_posts() -> Refused:
    """Whoever holds a post must be known by name."""
    return Refused(
        "holds_posts",
        "此人还有岗位。先登记任职结束，再删除个人信息。",
        "This person still holds posts. Let these end first.",
    )
