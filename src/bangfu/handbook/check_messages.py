"""What can be wrong with a check or a formula, in both languages."""

from __future__ import annotations

from collections.abc import Mapping

from bangfu.handbook.problems import Message

CHECK_MESSAGES: Mapping[str, Message] = {
    "form_idle": Message(
        "“form”只用于证件号、电话、账号（identifier = true）",
        "“form” is for identifiers only (identifier = true)",
        "删去这一行，或写上 identifier = true",
        "remove the line or add identifier = true",
    ),
    "message_alike": Message(
        "中英文的提示用了不同的列",
        "the message names different columns in its two languages",
        "两种语言写同样的 {{列名}}",
        "name the same {{columns}} in both",
    ),
    "message_column": Message(
        "提示里的“{found}”不是查询给出的列",
        "the message names “{found}”, which the query does not give",
        "改成查询的一列：{known}",
        "name a column of the query: {known}",
    ),
    "check_subject": Message(
        "查询没有 subject 这一列（现有：{found}）",
        "the query has no column subject (it has: {found})",
        "写上疑点是关于谁的，例如 SELECT h.subject, … 或 SELECT m.household AS subject, …",
        "say whom the doubt is about, such as SELECT h.subject, … or m.household AS subject",
    ),
    "param_clash": Message(
        "参数“{found}”与一个算式重名",
        "the parameter “{found}” has the name of a formula",
        "换一个名字，或删去它而用算式的值",
        "rename it, or remove it and use the formula's value",
    ),
    "consent_kind": Message(
        "“{found}”不能说明是否授权",
        "“{found}” cannot say whether consent is given",
        "写一种关于户、latest = true、有必填的是否字段 given 的事实",
        "name a kind about households, with latest = true and a required yes-or-no field given",
    ),
    "consent_subject": Message(
        "只有关于户和人的事实才须有授权",
        "only kinds about households and persons need a consent",
        "删去 consent，或把 subject 改为 household 或 person",
        "leave out consent, or set subject to household or person",
    ),
    "exemption_subject": Message(
        "“{found}”不是关于{subject}的事实，不能豁免这个疑点",
        "“{found}” is not about a {subject}, so it cannot exempt from this check",
        "写一种对象相同的事实",
        "name a kind about the same type of subject",
    ),
    "exemption_field": Message(
        "“{found}”没有必填、不涉个人的字段“{field}”（{type}）",
        "“{found}” has no required field “{field}” ({type}) that is not personal",
        "豁免的事实要写明哪条规则（check，文字）、到哪天（until，日期）",
        "an exemption says which check (check, a text) and until when (until, a date)",
    ),
    "case_cell": Message(
        "例子里“{key}”的值不认识",
        "the value of “{key}” in an example is none that a row may hold",
        "写文字、数字、是否、日期，或文字的列表；空值就不写这一项",
        "write a text, number, true or false, day, or list of texts; leave it out for none",
    ),
    "case_view": Message(
        "例子里的“{found}”不是公开视图",
        "“{found}” in an example is no published view",
        "写查询用到的视图名",
        "name a view that the query reads",
    ),
    "case_column": Message(
        "例子里的“{found}”不是这个视图的列",
        "“{found}” in an example is no column of its view",
        "可用的列：{known}",
        "its columns are: {known}",
    ),
    "case_value": Message(
        "例子里“{column}”的值“{found}”不是这一列能有的值",
        "“{found}” is no value that the column “{column}” of an example can have",
        "按字段的类型写；选择项写代码",
        "write it as the field's type asks; options by their ids",
    ),
    "formula_either": Message(
        "一段期间要么写 value，要么写 [[terms.lines]]",
        "a term has either a value or [[terms.lines]]",
        "留下一种",
        "keep one of them",
    ),
    "formula_subject": Message(
        '有收支项的算式要写 subject = "household" 或 "person"；只有 value 的不写',
        "a formula with lines has subject = “household” or “person”; one with values has none",
        "补上或删去 subject",
        "add or remove subject",
    ),
    "formula_heads": Message(
        "只有关于户的算式能按人均（per_head）",
        "only a formula about households can be per_head",
        "删去 per_head",
        "remove per_head",
    ),
    "formula_kind": Message(
        "“{found}”既不关于这个对象，也不关于它的成员",
        "“{found}” is about neither the formula's subject nor its members",
        "写一种关于户或其成员的事实",
        "name a kind about the household or its members",
    ),
    "formula_field": Message(
        "“{found}”不能相加：{why_zh}",
        "“{found}” cannot be added up: {why_en}",
        "写这种事实的数字字段：{known}",
        "name number fields of the kind: {known}",
    ),
    "proposes_line": Message(
        "“{found}”不是只有 value 的算式，不能拿来比较",
        "“{found}” is no formula that is a value, so nothing can be compared with it",
        "写一个只有 value 的算式",
        "name a formula whose terms have a value",
    ),
    "proposes_subject": Message(
        "“{found}”的对象与规则的不同",
        "“{found}” is about another type of subject than the rule",
        "写一种对象相同的事实",
        "name a kind about the same type of subject",
    ),
}
CHECK_ADVICE: Mapping[str, Message] = {
    "check_never": Message(
        "这个查询永远查不出什么：条件自相矛盾",
        "the query never finds anything: its conditions contradict each other",
        "检查 WHERE 里的 AND：同一列不能既为空又比较，也不能同时等于两个值",
        "look at the ANDs of its WHERE: a column cannot be unknown and compared, or be two things",
    ),
    "check_always": Message(
        "这个查询会查出每一行：没有条件，或条件总成立",
        "the query finds every row: it has no condition, or one that always holds",
        "写上 WHERE，说明什么才是疑点",
        "add a WHERE that says what is doubtful",
    ),
    "check_unshown": Message(
        "没有一个例子查得出疑点，不知道这条规则会不会起作用",
        "no example finds anything, so nobody knows whether the check works",
        "加一个 [[cases]]，finds 写上应查出的对象",
        "add a [[cases]] whose finds names what it should find",
    ),
    "check_unlimited": Message(
        "没有一个例子查不出疑点，不知道这条规则会不会什么都查出来",
        "no example finds nothing, so nobody knows whether the check finds everything",
        "加一个 [[cases]]，finds = []",
        "add a [[cases]] with finds = []",
    ),
}
