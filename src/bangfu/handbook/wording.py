"""The words of the grammar's keys and values, as rules are shown and compared."""

from __future__ import annotations

from collections.abc import Mapping

from bangfu.core.registry import SUBJECT_TITLES
from bangfu.core.rules import Source
from bangfu.core.text import Text

FOLDER_TITLES: Mapping[str, Text] = {
    "facts": Text("事实", "Fact"),
    "duties": Text("应办", "Duty"),
    "deadlines": Text("期限", "Deadline"),
    "staffing": Text("配备", "Staffing"),
    "coverage": Text("覆盖面", "Coverage"),
    "figures": Text("数字", "Figure"),
    "scores": Text("得分", "Score"),
    "ladders": Text("问责梯级", "Ladder"),
    "procedures": Text("程序", "Procedure"),
    "checks": Text("疑点规则", "Check"),
    "formulas": Text("算式", "Formula"),
    "pairings": Text("结对规则", "Pairing"),
    "roles": Text("岗位", "Role"),
    "statuses": Text("状态", "Status"),
    "separations": Text("不相容岗位", "Separation of posts"),
    "names": Text("称谓", "Name"),
    "calendar": Text("工作日历", "Calendar"),
    "switches": Text("开关", "Switch"),
}
STANDING_TITLES: Mapping[str, Text] = {
    "official": Text("正式文件", "official"),
    "local": Text("地方做法", "local practice"),
    "article": Text("报道", "article"),
    "proposal": Text("拟定，待确认", "proposal, to be confirmed"),
}
EVERY: Mapping[str, Text] = {
    "day": Text("每天", "each day"),
    "week": Text("每周", "each week"),
    "month": Text("每月", "each month"),
    "quarter": Text("每季", "each quarter"),
    "half_year": Text("每半年", "each half-year"),
    "year": Text("每年", "each year"),
    "five_years": Text("每五年", "each five years"),
}
UNITS: Mapping[str, Text] = {
    "hours": Text("小时", "hours"),
    "days": Text("天", "days"),
    "working_days": Text("个工作日", "working days"),
}
EVIDENCE_TITLES: Mapping[str, Text] = {
    "work": Text("工作事实", "work done"),
    "attendance": Text("到会、在岗", "attendance"),
    "online": Text("上网记录", "online records"),
    "location": Text("位置", "location"),
    "media": Text("照片、视频", "photographs or videos"),
}
MEASURES: Mapping[str, Text] = {
    "count": Text("件数", "how many"),
    "days": Text("不同的日子", "different days"),
    "sum": Text("合计", "sum"),
    "share": Text("占比", "share"),
    "median": Text("中位数", "median"),
    "distinct": Text("不同的个数", "how many different"),
}
SHOWN_TO: Mapping[str, Text] = {
    "office": Text("机关", "the office side"),
    "own": Text("本人和机关", "the person and the office side"),
    "phone": Text("手机", "phones"),
}
SCOPES: Mapping[str, Text] = {
    "subject": Text("本岗位的对象", "the subject of the post"),
    "place": Text("本岗位所在地的对象", "subjects in the post's place"),
    "self": Text("本人", "themselves"),
    "county": Text("全县", "the whole county"),
    "member": Text("自家", "their own household"),
}
FIELD_TYPES: Mapping[str, Text] = {
    "text": Text("文字", "text"),
    "integer": Text("整数", "whole number"),
    "number": Text("数字", "number"),
    "money": Text("金额", "money"),
    "choice": Text("单选", "one option"),
    "choices": Text("多选", "options"),
    "boolean": Text("是否", "yes or no"),
    "date": Text("日期", "date"),
    "reference": Text("引用", "reference"),
}
_LABELS = """
id 代码|title 名称|start 起|end 止（不含当日）|source 依据|quote 原文|standing 依据性质
number 数值|date 日期|url 网址|subject 对象|evidence 凭什么|performers 谁办理
recorders 谁记录|fields 字段|participants 参与人|many_subjects 一张表写几个对象
message 消息|timed 要写时刻|span 起止字段|emergency 只在应急时|type 类型|unit 单位|options 选项
required 必填|personal 个人信息|identifier 标识|party 封存于|minimum 最小值
maximum 最大值|decimals 小数位|long 长文字|to 给谁|help 说明|role 岗位|scope 范围
facts 凭哪些事实|fact 事实|by 谁做算数|per 按什么计|filters 只算|every 周期
at_least 至少|at_most 至多|measure 怎样计|field 字段|where 适用于|excused_by 抵扣
grace 宽限天数|remind 提前提醒天数|after 起于|after_field 起算日字段|within 时限
pause 中止|requires 任职条件|cap 一人最多|vacant_for 允许空缺天数|population 人群
via 通过|of 来源|performed_by 办理人岗位|since 从何时计|parts 分项|level 层级
shown_to 显示给|normalise 归一|indicators 指标|weight 权重|duty 应办|late_worth 补办折算
points 分值|floor 保底|score 得分|rungs 梯级|when 何时|reply_days 申辩天数|rung 上一级
sees 可见|office 机关岗位|exclusive 一个对象只一人|page 首页|may_correct 可更正
may_erase 可删除个人信息|roles 岗位|against 另一方|opens 立案|steps 步骤
not_before 最早|lapses 过期视为放弃|case 立案走|needs 须有|same 与前面一致
outcome 看哪个结果|outcomes 结果|closes 办结|back_to 退回|until 到何时为止|days 天
header 表头|latest 以最近一次为准|owner 认定部门|opening 立案条件
department 名单来自|sets 定状态|status 状态|consent 须有授权|values 预填
held 已符合多久|not_while 不得同时在办
message 提示|severity 轻重|mends 谁更正|exempted_by 豁免凭|select 查询|params 参数|cases 例子
day 日期|finds 查出|rows 行|lines 收支项|take 取哪些|minus 减项|months 几个月|per_head 按人均
each 按什么分|persons 至少几人|figure 数字|value 取值|own_file 只在户档案显示
proposes 建议|side 哪一边|line 比照线|form 格式
working_days 工作日|many 可多个|years 年份|holidays 放假|make_up 调休上班|zh 中文|en 英文
"""
_CHINESE = dict(
    entry.split(" ", 1) for line in _LABELS.split("\n") for entry in line.split("|") if entry
)


def label(key: str) -> Text:
    """A key of the grammar in words; the English word is the key itself."""
    return Text(_CHINESE.get(key, key), key.replace("_", " "))


_SUBJECTS: Mapping[str, Text] = {str(kind): title for kind, title in SUBJECT_TITLES.items()}
_VALUES: Mapping[str, Mapping[str, Text]] = {
    "every": EVERY,
    "standing": STANDING_TITLES,
    "evidence": EVIDENCE_TITLES,
    "measure": MEASURES,
    "shown_to": SHOWN_TO,
    "scope": SCOPES,
    "unit": UNITS,
    "type": FIELD_TYPES,
    "subject": _SUBJECTS,
}


def value_words(key: str, value: str) -> Text:
    """A value of the grammar's fixed words in words; any other as it is."""
    return _VALUES.get(key, {}).get(value, Text(value, value))


def said(source: Source, language: str) -> str:
    """A source on one line: title, number, day, standing, its words, where to find it."""
    standing = STANDING_TITLES[source.standing].say(language)
    facts = [source.number, source.date.isoformat() if source.date else "", standing]
    between = Text("，", ", ").say(language)
    brackets = Text("（{}）", " ({})").say(language)
    details = brackets.format(between.join(fact for fact in facts if fact))
    url = f" {source.url}" if source.url else ""
    return f"{source.title}{details}{Text('：', ': ').say(language)}“{source.quote}”{url}"
