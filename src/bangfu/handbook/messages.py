"""What can be wrong in a handbook file, why, and how to mend it, in both languages.

Problems between rules are in `rule_messages`, those of conditions in `condition_problems`.
"""

from __future__ import annotations

from collections.abc import Mapping

from bangfu.core.text import Text
from bangfu.handbook.problems import Message
from bangfu.handbook.rule_messages import RULE_MESSAGES

TYPES: Mapping[str, Text] = {
    "text": Text("文字", "a text"),
    "names": Text("若干代码", "a list of ids"),
    "flag": Text("true 或 false", "true or false"),
    "integer": Text("整数", "a whole number"),
    "number": Text("数字", "a number"),
    "day": Text("日期", "a date"),
    "days": Text("若干日期", "a list of dates"),
    "integers": Text("若干整数", "a list of whole numbers"),
    "title": Text("中英文各一", "words in both languages"),
    "titles": Text("代码和它的中英文", "ids with their words in both languages"),
    "table": Text("一组键值", "a table"),
    "tables": Text("若干组键值", "a list of tables"),
}
EXAMPLES: Mapping[str, str] = {
    "text": '"…"',
    "names": '["…"]',
    "flag": "true",
    "integer": "1",
    "number": "1.5",
    "day": "2017-01-01",
    "days": "[2017-10-01]",
    "integers": "[2017]",
    "title": '{zh = "…", en = "…"}',
    "titles": '{first = {zh = "…", en = "…"}}',
    "table": "{…}",
    "tables": "[{…}]",
}

FILE_MESSAGES: Mapping[str, Message] = {
    "folder_missing": Message(
        "没有这个文件夹",
        "there is no such folder",
        "检查路径；县的手册在 counties/县名 下",
        "check the path; a county's handbook lies in counties/NAME",
    ),
    "county_missing": Message(
        "缺少 county.toml",
        "county.toml is missing",
        "新建 county.toml，写明 id、title、[[roles]]、[[statuses]]",
        "add county.toml with id, title, [[roles]] and [[statuses]]",
    ),
    "file_big": Message(
        "文件太大（{size} 字节，最多 {most}）",
        "the file is too big ({size} bytes, at most {most})",
        "一个文件只写一条规则",
        "write one rule in one file",
    ),
    "file_encoding": Message(
        "不是 UTF-8 编码",
        "the file is not UTF-8",
        "在编辑器里另存为 UTF-8",
        "save it as UTF-8 in the editor",
    ),
    "file_place": Message(
        "这里不能放这个文件",
        "this file does not belong here",
        "{suggestion_zh}规则放进 {known}，一条规则一个 .toml 文件",
        "{suggestion_en}rules go into {known}, one .toml file for each rule",
    ),
    "toml_syntax": Message(
        "不是正确的 TOML：{detail}",
        "this is not TOML: {detail}",
        "检查这一行的引号、等号、括号；文字要加引号，日期不加",
        "check the quotes, equals signs and brackets of this line; texts are quoted, dates are not",
    ),
    "missing": Message(
        "缺少“{key}”",
        "“{key}” is missing",
        "补上：{example}",
        "add {example}",
    ),
    "unknown_key": Message(
        "不认识的键“{key}”",
        "the key “{key}” is not known",
        "{suggestion_zh}这里可写：{known}",
        "{suggestion_en}the keys here are: {known}",
    ),
    "type": Message(
        "“{key}”应是{wanted_zh}，写成了 {found}",
        "“{key}” takes {wanted_en}, not {found}",
        "改成：{example}",
        "write {example}",
    ),
    "quoted_day": Message(
        "“{key}”应是日期，写成了带引号的 {found}",
        "“{key}” takes a date, not the quoted text {found}",
        "去掉引号：{key} = 2017-01-01",
        "remove the quotes: {key} = 2017-01-01",
    ),
    "empty": Message(
        "“{key}”是空的",
        "“{key}” is empty",
        "填上内容；可省的键就整行删去",
        "fill it in, or remove the line if the key may be left out",
    ),
    "long": Message(
        "“{key}”超过 {most} 字",
        "“{key}” has more than {most} characters",
        "只引用有关的一句",
        "quote only the sentence that matters",
    ),
    "control": Message(
        "“{key}”里有看不见的字符 {found}",
        "“{key}” holds the invisible character {found}",
        "删去它，重新打一遍这段文字",
        "remove it and type the text again",
    ),
    "choice": Message(
        "“{key}”不能是“{found}”",
        "“{key}” cannot be “{found}”",
        "{suggestion_zh}可选：{known}",
        "{suggestion_en}it is one of: {known}",
    ),
    "range": Message(
        "“{key}”是 {found}，超出 {low} 到 {high}",
        "“{key}” is {found}, outside {low} to {high}",
        "改成 {low} 到 {high} 之间的值",
        "write a value from {low} to {high}",
    ),
    "id_form": Message(
        "“{found}”不能作代码",
        "“{found}” cannot be an id",
        "用小写英文字母、数字和下划线，字母开头，最多 {most} 字，例如 household_visit",
        "use lower-case letters, digits and underscores, a letter first, at most {most}, "
        "such as household_visit",
    ),
    "id_stem": Message(
        "id“{found}”与文件名“{stem}”不一致",
        "the id “{found}” differs from the file's name “{stem}”",
        "把 id 改成 {stem}，或把文件改名为 {found}.toml",
        "make the id {stem}, or rename the file to {found}.toml",
    ),
    "duplicate": Message(
        "“{found}”出现了两次",
        "“{found}” occurs twice",
        "删去一个，或改成不同的代码",
        "remove one of them or give it another id",
    ),
    "term_order": Message(
        "期间的终日 {end} 不在起日 {start} 之后",
        "the term ends on {end}, not after its start {start}",
        "end 是不再适用的第一天，必须晚于 start；仍适用就不写 end",
        "“end” is the first day it no longer holds, later than start; leave it out while it holds",
    ),
    "terms_overlap": Message(
        "这一期间从 {start} 起，与从 {before} 起的前一期间重叠",
        "this term starts on {start} and overlaps the one before it, which starts on {before}",
        "给前一期间写上 end = {start}",
        "end the earlier term: end = {start}",
    ),
    "calendar_year": Message(
        "{found} 不在 years 所列的年份里",
        "{found} lies in a year that is not listed in years",
        "把 {year} 加进 years，并补全该年所有节假日；不然就删去这一天",
        "add {year} to years with all its holidays, or remove the day",
    ),
    "calendar_clash": Message(
        "{found} 既是放假又是调休上班",
        "{found} is both a holiday and a make-up day",
        "从 holidays 或 make_up 中删去它",
        "remove it from holidays or from make_up",
    ),
    "calendar_weekday": Message(
        "{found} 不是周末，不必列为调休上班",
        "{found} is no weekend day, so it cannot make up for a holiday",
        "make_up 只写调成上班的周六、周日",
        "list only Saturdays and Sundays that are worked in make_up",
    ),
}
MESSAGES: Mapping[str, Message] = {**FILE_MESSAGES, **RULE_MESSAGES}
