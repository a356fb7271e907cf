"""How columns are called: the words under which a sheet says what a row is about."""

from __future__ import annotations

import re
import unicodedata

from bangfu.core.rules import Field
from bangfu.core.text import Text

# What a row is about and when, whatever the kind; the first word is the one that we write.
KEYS: dict[str, tuple[Text, tuple[str, ...]]] = {
    "uid": (Text("系统编号", "System id"), ()),
    "household": (Text("户编号", "Household number"), ("户编码", "农户编号", "户号")),
    "head": (Text("户主姓名", "Head's name"), ("户主",)),
    "head_id": (
        Text("户主证件号码", "Head's id number"), ("户主身份证号", "户主身份证号码", "户主证件号"),
    ),
    "id": (
        Text("证件号码", "Id number"),
        ("身份证号", "身份证号码", "公民身份号码", "居民身份证号码", "证件号", "身份证"),
    ),
    "name": (Text("姓名", "Name"), ("人员姓名", "成员姓名", "干部姓名")),
    "birth": (Text("出生日期", "Birth date"), ("出生年月日",)),
    "township": (Text("乡镇", "Township"), ("乡", "镇", "乡(镇)", "所在乡镇", "乡镇名称")),
    "village": (Text("行政村", "Village"), ("村", "所在村", "村名", "村名称", "行政村名称")),
    "group": (Text("村民组", "Village group"), ("组", "自然村", "村民小组")),
    "unit": (Text("单位", "Unit"), ("单位名称", "所在单位", "工作单位")),
    "branch": (Text("党支部", "Branch"), ("党支部名称", "所在党支部")),
    "project": (Text("项目", "Project"), ("项目名称",)),
    "about": (Text("对象", "About"), ("责任对象", "任职对象", "所属对象")),
    "day": (Text("日期", "Date"), ("发生日", "发生日期", "登记日期", "起始日期", "任职日期")),
    "performer": (Text("办理人", "Done by"), ("经办人",)),
    "performer_id": (Text("办理人证件号码", "Done by: id number"), ()),
}  # fmt: skip
# What we add to a sheet that comes back, and what numbers its rows: read over.
REASON = Text("不通过原因", "Why not")
IGNORED = frozenset({"序号", "编号", "no", "no.", "备注", REASON.zh,
                     REASON.en.replace(" ", "").lower()})  # fmt: skip
_SPACES = re.compile(r"\s+")
_UNIT = re.compile(r"\((?:元|万元|人|月|天|平方米|㎡|亩|公里|千米|岁|年)\)$")
_MARKS = "*＊:：'’"


def plain(text: object) -> str:
    """A header as it is compared: without spaces, marks of duty and full-width letters."""
    if not isinstance(text, str):
        return "" if text is None or isinstance(text, dict) else str(text)
    return _SPACES.sub("", unicodedata.normalize("NFKC", text)).strip(_MARKS).lower()


def without_unit(header: str) -> str:
    """The same without a unit in brackets at its end."""
    return _UNIT.sub("", header)


def words_of(field: Field) -> set[str]:
    """All headers under which a field is found."""
    return {plain(word) for word in (field.header, field.title.zh, field.title.en, field.id)} - {""}


def key_words() -> dict[str, str]:
    """Every word for a key, as it is compared, to the key."""
    found = {}
    for key, (title, more) in KEYS.items():
        for word in (title.zh, title.en, *more):
            found[plain(word)] = key
    return found


def letter(column: int) -> str:
    """A column's letters, counted from 0: 0 is A, 26 is AA."""
    name = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(ord("A") + rest) + name
    return name
