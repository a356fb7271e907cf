"""The registry (登记): what can be a subject, and the built-in facts that change it.

A registry change is a fact in the same ledger; the registry tables are its projection.
A founding fact makes a subject: its `subject` is its own uid, and the subject keeps that
uid, and the fact's sequence as its number in the engine, for ever. Everything that may
change later (names and codes, statuses, membership, who holds which post) has dates.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

from bangfu.core.facts import VOID
from bangfu.core.rules import (
    FactKind,
    Field,
    FieldType,
    ParticipantRole,
    Recorder,
    Source,
    SubjectType,
    Term,
)
from bangfu.core.text import Text

PLACE_LEVELS: tuple[SubjectType, ...] = ("county", "township", "village", "group")
SUBJECT_TITLES: Mapping[SubjectType, Text] = {
    "county": Text("县", "County"),
    "township": Text("乡镇", "Township"),
    "village": Text("行政村", "Village"),
    "group": Text("村民组", "Village group"),
    "household": Text("户", "Household"),
    "person": Text("人员", "Person"),
    "unit": Text("单位", "Unit"),
    "branch": Text("党支部", "Branch"),
    "project": Text("项目", "Project"),
}
FOUNDING: Mapping[str, tuple[SubjectType, ...]] = {
    "registry.place": PLACE_LEVELS,
    "registry.unit": ("unit",),
    "registry.branch": ("branch",),
    "registry.person": ("person",),
    "registry.household": ("household",),
    "registry.project": ("project",),
}

_SOURCE = Source(
    title="帮扶一本账：登记",
    quote="登记的每一次变动都是一条事实；登记表只是它们的现状。",
    standing="proposal",
)
_TERMS = (Term(date(1949, 10, 1), None, _SOURCE),)
_RECORDERS = (
    Recorder("registrar", "county"),
    Recorder("organisation_officer", "county"),
    Recorder("township_officer", "place"),
)


@dataclass(frozen=True, slots=True)
class Assignment:
    """One person answers for one subject in one role (责任), from `start` up to `end`.

    `uid` is the founding fact's; `end` None means still held.
    """

    uid: str
    person: str
    role: str
    subject: str
    start: date
    end: date | None = None
    basis: str = ""

    def holds(self, day: date) -> bool:
        """Whether the post is held on `day`."""
        return self.start <= day and (self.end is None or day < self.end)


def _field(
    name: str,
    zh: str,
    en: str,
    kind: FieldType = "text",
    *,
    required: bool = False,
    personal: bool = False,
    identifier: bool = False,
    form: str = "",
    to: str = "",
    options: Mapping[str, Text] | None = None,
    party: str = "subject",
    decimals: int = 0,
    header: str = "",
    when: Literal["", "ahead", "past"] = "",
) -> Field:
    return Field(
        id=name,
        title=Text(zh, en),
        type=kind,
        required=required,
        personal=personal or identifier,
        identifier=identifier,
        form=form,
        to=to,
        options=options or {},
        party=party,
        decimals=decimals,
        header=header,
        when=when,
    )


def _kind(
    name: str,
    zh: str,
    en: str,
    subject: SubjectType,
    *fields: Field,
    participants: tuple[ParticipantRole, ...] = (),
) -> FactKind:
    return FactKind(
        id=f"registry.{name}",
        title=Text(zh, en),
        subject=subject,
        terms=_TERMS,
        evidence="work",
        recorders=_RECORDERS,
        fields=fields,
        participants=participants,
        registry=True,
    )


_SEX = {"male": Text("男", "Male"), "female": Text("女", "Female")}
_LEVELS: Mapping[str, Text] = {level: SUBJECT_TITLES[level] for level in PLACE_LEVELS}

# Destroys a party's key; who may do so follows from `Role.may_erase`, not from recorders.
ERASURE = "registry.erasure"
ERASABLE: tuple[SubjectType, ...] = ("person", "household")

# `subject` of the kinds that fit every type (assignment, status) is checked by their role
# or status; "place" kinds take any of the four levels.
REGISTRY_KINDS: tuple[FactKind, ...] = (
    _kind(
        "place", "设立行政区划", "Place set up", "village",
        _field("level", "级别", "Level", "choice", required=True, options=_LEVELS),
        _field("name", "名称", "Name", required=True),
        _field("code", "区划代码", "Code", required=True),
        _field("parent", "上级", "Parent", "reference", to="place"),
        _field("longitude", "经度", "Longitude", "number", decimals=6),
        _field("latitude", "纬度", "Latitude", "number", decimals=6),
    ),
    _kind(
        "place_name", "更名或改码", "Place renamed or recoded", "village",
        _field("name", "名称", "Name", required=True),
        _field("code", "区划代码", "Code", required=True),
    ),
    _kind(
        "place_alias", "别名", "Alias of a place", "village",
        _field("name", "别名", "Alias", required=True),
    ),
    _kind(
        "unit", "设立单位", "Unit set up", "unit",
        _field("name", "名称", "Name", required=True),
        _field("place", "所在地", "Place", "reference", required=True, to="place"),
    ),
    _kind(
        "branch", "设立党支部", "Branch set up", "branch",
        _field("name", "名称", "Name", required=True),
        _field("place", "所在地", "Place", "reference", required=True, to="place"),
        _field("unit", "所属单位", "Unit", "reference", to="unit"),
    ),
    _kind(
        "person", "登记人员", "Person registered", "person",
        _field("name", "姓名", "Name", required=True, personal=True, header="姓名"),
        _field("sex", "性别", "Sex", "choice", personal=True, options=_SEX, header="性别"),
        _field("birth", "出生日期", "Birth date", "date", personal=True, header="出生日期",
               when="past"),
        _field("id_number", "证件号码", "Id number", identifier=True,
               form="id_number", header="证件号码"),
        _field("phone", "电话", "Phone", identifier=True, form="phone", header="联系电话"),
        _field("place", "所在地", "Place", "reference", to="place"),
        _field("unit", "单位", "Unit", "reference", to="unit"),
    ),
    _kind(
        "household", "登记农户", "Household registered", "household",
        _field("name", "户主姓名", "Head's name", required=True, personal=True, header="户主姓名"),
        _field("number", "户编号", "Household number", header="户编号"),
        _field("place", "所在村组", "Village or group", "reference", required=True, to="place"),
        _field("address", "住址", "Address", personal=True, header="家庭住址"),
        _field("phone", "联系电话", "Phone", identifier=True,
               form="phone", header="户联系电话"),
    ),
    _kind(
        "project", "登记项目", "Project registered", "project",
        _field("name", "名称", "Name", required=True),
        _field("place", "所在地", "Place", "reference", required=True, to="place"),
    ),
    _kind(
        "membership", "家庭成员", "Household member", "household",
        _field(
            "relation", "与户主关系", "Relation to the head", required=True, header="与户主关系"
        ),
        participants=(ParticipantRole("member", Text("成员", "Member"), "person", True, False),),
    ),
    _kind(
        "membership_end", "成员减少", "Member left", "household",
        _field(
            "membership", "成员登记", "Membership", "reference",
            required=True, to="registry.membership",
        ),
        _field("why", "原因", "Reason"),
    ),
    _kind(
        "assignment", "任职分工", "Post taken up", "village",
        _field("role", "岗位", "Post", required=True),
        _field("basis", "依据", "Basis"),
        _field(
            "stands_in_for", "代谁的岗", "Stands in for", "reference", to="registry.assignment"
        ),
        _field("until", "预计到", "Expected until", "date"),
        participants=(ParticipantRole("holder", Text("任职人", "Holder"), "person", True, False),),
    ),
    _kind(
        "assignment_end", "任职结束", "Post ended", "village",
        _field(
            "assignment", "任职登记", "Assignment", "reference",
            required=True, to="registry.assignment",
        ),
        _field("why", "原因", "Reason"),
    ),
    _kind(
        "status", "状态变更", "Status changed", "village",
        _field("status", "状态", "Status", required=True),
        _field("value", "取值", "Value (empty: ends)"),
    ),
    replace(_kind("erasure", "删除个人信息", "Personal values erased", "household"), recorders=()),
)  # fmt: skip

# Withdraws another fact; who may do so follows from `Role.may_correct`, not from recorders.
VOID_KIND = FactKind(
    id=VOID,
    title=Text("作废", "Withdrawal"),
    subject="county",
    terms=_TERMS,
    evidence="work",
    recorders=(),
)
