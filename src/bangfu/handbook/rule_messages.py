"""What can be wrong with a rule as a whole, and between rules, in both languages."""

from __future__ import annotations

from collections.abc import Mapping

from bangfu.handbook.check_messages import CHECK_MESSAGES
from bangfu.handbook.problems import Message
from bangfu.handbook.procedure_messages import PAIRING_MESSAGES, PROCEDURE_MESSAGES

_KIND_MESSAGES: Mapping[str, Message] = {
    "options_missing": Message(
        "选择项没有列出选项",
        "a choice has no options",
        '写上至少一个选项：options.first = {{zh = "…", en = "…"}}',
        'list at least one: options.first = {{zh = "…", en = "…"}}',
    ),
    "key_unwanted": Message(
        "类型是 {type} 时不能写“{key}”",
        "“{key}” has no meaning where the type is {type}",
        "删去这一行，或改正 type",
        "remove the line or mend the type",
    ),
    "options_alike": Message(
        "有两个选项都叫“{found}”",
        "two options are both called “{found}”",
        "给每个选项不同的名称，填表和导入时才分得清",
        "give each option a name of its own, or forms and sheets cannot tell them apart",
    ),
    "option_separator": Message(
        "多选项的名称“{found}”里有顿号、逗号或分号",
        "the name “{found}” of an option of several holds a comma or semicolon",
        "改用“和”“及”等字，表格里用这些标点分隔选项",
        "use other words: sheets separate options by these marks",
    ),
    "unit_missing": Message(
        "数字没有写单位",
        "a number has no unit",
        '写上：unit = {{zh = "次", en = "times"}}',
        'add unit = {{zh = "次", en = "times"}}',
    ),
    "bounds": Message(
        "最小值 {low} 大于最大值 {high}",
        "the minimum {low} is above the maximum {high}",
        "对调两个数，或改正其中一个",
        "swap the two, or mend one of them",
    ),
    "header_twice": Message(
        "两个字段都写了表头“{found}”",
        "two fields have the header “{found}”",
        "一列只能进一个字段：改正或删去其中一个 header",
        "one column goes into one field: mend or remove one of the headers",
    ),
    "field_name": Message(
        "字段不能叫“{found}”，这个名字已有固定用途",
        "a field cannot be called “{found}”: the name has a fixed use",
        "换一个名字",
        "choose another name",
    ),
    "party": Message(
        "个人信息“{found}”没有可以封存它的一方（party）",
        "the personal value “{found}” has no party under whose key it can be sealed",
        "party 写 subject（对象是户或人时），或一个只有一人、一户的参与人：{known}",
        "“party” is subject, where that is a household or person, or a participant that is a "
        "single one: {known}",
    ),
    "party_idle": Message(
        "“party”只用于个人信息（personal = true）",
        "“party” is for personal values only (personal = true)",
        "删去这一行，或写上 personal = true",
        "remove the line or add personal = true",
    ),
    "party_many": Message(
        "一张表可以写几个对象，不能再填其中一个对象的个人信息“{found}”",
        "one sheet covers several subjects, so “{found}” cannot be personal to one of them",
        "去掉 many_subjects，或删去这个字段",
        "drop many_subjects or the field",
    ),
    "span_fields": Message(
        "span 里的“{found}”不是本事实必填的日期字段",
        "“{found}” in span is no required date field of this kind",
        'span 写两个字段：起、止；都要 type = "date"、required = true，不是个人信息',
        'span names two fields, first and last day, each type = "date", required, not personal',
    ),
    "message_field": Message(
        "群消息里的“{found}”不是本事实可以公开的字段",
        "“{found}” in the message is no field of this kind that may be told to a group",
        "花括号里只能写：{known}；个人信息不能发到群里",
        "in braces only these: {known}; nothing personal goes to a chat group",
    ),
    "announced_for": Message(
        "没有写清预告的对象",
        "for whom something is announced is not written as it should be",
        '写成分列与字段的对应：for = {{level = "levels", township = "township"}}',
        'write breakdowns and fields: for = {{level = "levels", township = "township"}}',
    ),
    "announced_day": Message(
        "预告的日子“{found}”不是必填的日期字段",
        "the day “{found}” of what is announced is no required date field",
        "写那个事实的一个必填日期字段",
        "name a required date field of that kind",
    ),
    "announced_limit": Message(
        "“{found}”说不出是哪些人：按“{by}”分列时对不上",
        "“{found}” does not say who it is for, split by “{by}”",
        "状态对选项字段；岗位、村、乡镇对同类型的参与人",
        "a status goes with a field of options; a post, village or township with participants of "
        "that type",
    ),
    "each_field": Message(
        "“{found}”不是引用另一件事的必填字段",
        "“{found}” is no required field that refers to another fact",
        '写一个 type = "reference" 的必填字段',
        'name a required field with type = "reference"',
    ),
    "public_personal": Message(
        "对所有人公开的事实不能有个人信息，而“{found}”是",
        "a kind that is public to everybody has nothing personal, and “{found}” is",
        "去掉 public，或不要把该字段设为 personal、identifier",
        "leave out public, or do not make the field personal or an identifier",
    ),
    "recorders_missing": Message(
        "没有写谁可以记录",
        "nobody may record this kind",
        '写上：recorders = [{{role = "…", scope = "subject"}}]',
        'add recorders = [{{role = "…", scope = "subject"}}]',
    ),
    "scope_self": Message(
        '对象不是人员，不能用 scope = "self"',
        'the subject is no person, so scope = "self" fits nobody',
        "scope 改成 subject、place 或 county",
        "make scope subject, place or county",
    ),
    "scope_member": Message(
        'scope = "member" 只用于对象是户的事实，不写 role',
        'scope = "member" is for kinds about a household, and names no role',
        "删去 role，或改 scope",
        "leave out the role, or make the scope another",
    ),
    "one_of": Message(
        "“{one}”和“{other}”要写一个，也只写一个",
        "exactly one of “{one}” and “{other}” is written",
        "留下一个",
        "keep one of them",
    ),
    "field_needed": Message(
        "{why_zh}时要写“{key}”",
        "“{key}” is needed with {why_en}",
        "补上：{example}",
        "add {example}",
    ),
    "field_idle": Message(
        "{why_zh}时“{key}”不起作用",
        "“{key}” has no effect with {why_en}",
        "删去这一行，或改正前面的键",
        "remove the line or mend the other key",
    ),
    "grace_long": Message(
        "“{key}”是 {found} 天，比一个周期（{most} 天）还长",
        "“{key}” is {found} days, longer than one period ({most} days)",
        "改成最多 {most}",
        "write at most {most}",
    ),
}
_REFERENCE_MESSAGES: Mapping[str, Message] = {
    "unknown_reference": Message(
        "没有叫“{found}”的{what_zh}",
        "there is no {what_en} “{found}”",
        "{suggestion_zh}{home_zh}已有：{known}",
        "{suggestion_en}{home_en}there are: {known}",
    ),
    "rule_clash": Message(
        "“{found}”既是 duty 又是 deadline",
        "“{found}” is both a duty and a deadline",
        "给其中一个改名，应办才分得清出自哪条规则",
        "rename one of them: an obligation names its rule by this id",
    ),
    "builtin": Message(
        "“{found}”是内置的，不能重新定义",
        "“{found}” is built in and cannot be defined again",
        "换一个名字",
        "choose another name",
    ),
    "measured_field": Message(
        "“{found}”不能用来计算：{why_zh}",
        "“{found}” cannot be measured: {why_en}",
        "选一个数字字段：{known}",
        "name a field that holds numbers: {known}",
    ),
    "span_missing": Message(
        "“{found}”没有起止日期（span），不能用在“{key}”里",
        "“{found}” has no first and last day (span), so it cannot stand in “{key}”",
        "在 facts/{found}.toml 写上 span，或换一种事实",
        "give facts/{found}.toml a span or name another kind",
    ),
    "date_field": Message(
        "“{found}”不是日期字段",
        "“{found}” is no date field",
        "写“{kind}”的一个日期字段：{known}",
        "name a date field of “{kind}”: {known}",
    ),
    "type_mismatch": Message(
        "“{found}”的对象是{has_zh}，这里要{wants_zh}",
        "“{found}” is about a {has_en}, but a {wants_en} is needed here",
        "换一个对象相同的，或写上 via",
        "name one about the same type of subject, or say via whom",
    ),
    "reserved_name": Message(
        "“{found}”是 SQL 的词或固定的列名，状态不能用它",
        "“{found}” is a word of SQL or a fixed column, so a status cannot have it",
        "换一个名字，例如 {found}_kind",
        "choose another name, such as {found}_kind",
    ),
    "figure_of": Message(
        "“{found}”不是数字的来源",
        "“{found}” is no source of a figure",
        "写成 facts:事实、participants:事实、subjects:对象类型、assignments:岗位、coverage:…、"
        "staffing:… 或 duty:…",
        "write facts:KIND, participants:KIND, subjects:TYPE, assignments:ROLE, coverage:ID, "
        "staffing:ID or duty:ID",
    ),
    "figure_measure": Message(
        '“{of}”不能用 measure = "{found}"',
        "“{of}” cannot be measured as “{found}”",
        "可用：{known}",
        "it takes: {known}",
    ),
    "few_persons": Message(
        "“{found}”是个人信息，只有几个人时算出来的数会说出某个人",
        "“{found}” is personal: measured of a few, the number would tell of one of them",
        "写 persons = {fewest} 或更多，不足的不算",
        "write persons = {fewest} or more; groups of fewer are left out",
    ),
    "part_nested": Message(
        "“{found}”自己也由别的数字组成，不能做分项",
        "“{found}” is itself made of other figures and cannot be a part",
        "直接写它的分项",
        "name its parts instead",
    ),
    "separation_alone": Message(
        "不相容的岗位至少要写两个",
        "at least two posts are kept apart from each other",
        "roles 写两个以上；一方对另一方的，另一方写在 against 里",
        "name two or more in roles; where one side is kept from another, name that in against",
    ),
    "separation_self": Message(
        "“{found}”两边都写了，一个岗位不能与自己不相容",
        "“{found}” stands on both sides; a post is not kept apart from itself",
        "从 roles 或 against 里删去一处",
        "drop it from roles or from against",
    ),
    "calendar_needed": Message(
        "按工作日计算，但 county.toml 没有工作日历",
        "it counts working days, but county.toml has no calendar",
        "在 county.toml 写 [calendar] years、holidays、make_up",
        "add [calendar] with years, holidays and make_up to county.toml",
    ),
    "rung_order": Message(
        "“{found}”不在这一级之前",
        "“{found}” does not come before this rung",
        "先写轻的一级，repeats 只能指前面的一级：{known}",
        "write the mildest first; repeats names an earlier one: {known}",
    ),
    "at_most_needed": Message(
        'when = "over" 要的是有 at_most 的 duty，“{found}”没有',
        'when = "over" needs a duty with at_most, which “{found}” has not',
        "换一个 duty，或把 when 改成 overdue",
        'name another duty, or make it when = "overdue"',
    ),
}
_LAW_MESSAGES: Mapping[str, Message] = {
    "law_evidence": Message(
        '“{found}”凭{evidence_zh}（evidence = "{evidence}"），不得用于{use_zh}：{words}'
        "（{document}）",
        "“{found}” rests on {evidence_en} (evidence = “{evidence}”) and may not carry {use_en}: "
        "“{words_en}” ({document})",
        "改用凭工作或到会的事实；只有应急时才用的，在事实里写 emergency = true",
        "use a kind whose evidence is work or attendance; one for emergencies only says "
        "emergency = true",
    ),
    "law_online": Message(
        "得分不得计算凭上网记录的“{found}”，应急也不例外：{words}（{document}）",
        "no score may count “{found}”, which rests on online records, not even in an emergency: "
        "“{words_en}” ({document})",
        "删去这一项",
        "remove the indicator",
    ),
    "law_phone": Message(
        "得分显示到手机上，而这一期间到了 2026-01-25 仍有效：{words}（{document}）",
        "the score is shown on phones in a term that reaches 2026-01-25: “{words_en}” ({document})",
        "shown_to 改成 office，或让期间在 2026-01-25 前结束；上级另有文件的，在 county.toml 写 "
        '[[switches]] id = "points_on_phones" 和依据',
        "make shown_to office, or end the term by 2026-01-25; where a document allows it, add "
        "[[switches]] id = “points_on_phones” with its source to county.toml",
    ),
    "law_location": Message(
        '“{found}”凭位置（evidence = "location"），只能用于应急：{words}（{document}）',
        "“{found}” rests on location, which is for emergencies only: “{words_en}” ({document})",
        "写上 emergency = true，或改用其他 evidence",
        "add emergency = true or use other evidence",
    ),
}
RULE_MESSAGES: Mapping[str, Message] = {
    **_KIND_MESSAGES,
    **_REFERENCE_MESSAGES,
    **PROCEDURE_MESSAGES,
    **CHECK_MESSAGES,
    **PAIRING_MESSAGES,
    **_LAW_MESSAGES,
}
