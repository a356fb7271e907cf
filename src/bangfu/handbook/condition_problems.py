"""Why a condition is refused and what to write instead, in both languages."""

from __future__ import annotations

from collections.abc import Mapping

from bangfu.core.text import Refused
from bangfu.handbook.problems import Message

CONDITION_MESSAGES: Mapping[str, Message] = {
    "condition_empty": Message(
        "条件是空的",
        "the condition is empty",
        "写上条件；没有条件就删去这一行",
        "write a condition; leave the key out if there is none",
    ),
    "condition_long": Message(
        "条件太长（{size} 个词，最多 {most} 个）",
        "the condition is too long ({size} words, at most {most})",
        "拆成几条规则，或先定义一个状态再引用它",
        "split it into several rules, or define a status and use that",
    ),
    "condition_deep": Message(
        "条件嵌套太深（最多 {most} 层）",
        "the condition is nested too deep (at most {most} levels)",
        "去掉多余的括号和 NOT，用 IN (…) 代替一连串 OR",
        "drop needless brackets and NOTs, use IN (…) in place of many ORs",
    ),
    "condition_character": Message(
        "条件里有不能用的字符“{found}”（第 {column} 个字符）",
        "the condition has the character “{found}”, which is not allowed (column {column})",
        "列名用小写字母、数字和下划线，文字用半角单引号括起，标点用半角",
        "write columns in lower case, texts in single quotes, and plain ASCII punctuation",
    ),
    "condition_comment": Message(
        "条件里有注释",
        "the condition holds a comment",
        "把说明写进 TOML 的 # 注释或 title 里",
        "move the remark to a # comment of the TOML file or to the title",
    ),
    "condition_statements": Message(
        "条件里有分号：只能写一个条件，不能写几条语句",
        "the condition holds a semicolon: it is one condition, not several statements",
        "删去分号和它后面的内容",
        "remove the semicolon and what follows it",
    ),
    "condition_quoted": Message(
        "条件里有双引号或反引号",
        "the condition holds double quotes or backquotes",
        "列名直接写，不加引号；文字用单引号，例如 'registered_poor'",
        "write columns bare and texts in single quotes, such as 'registered_poor'",
    ),
    "condition_statement": Message(
        "“{found}”是一条语句，不是条件",
        "“{found}” begins a statement; it is not a condition",
        "只写条件，例如 category IN ('registered_poor')",
        "write only the condition, such as category IN ('registered_poor')",
    ),
    "condition_syntax": Message(
        "读不懂这个条件（第 {column} 个字符附近）",
        "the condition cannot be read (near column {column})",
        "按 SQL 条件书写，例如 category = 'lifted' AND difficulty IS NOT NULL",
        "write it as a SQL condition, such as category = 'lifted' AND difficulty IS NOT NULL",
    ),
    "condition_expression": Message(
        "条件里不能用“{found}”",
        "“{found}” is not allowed in a condition",
        "可用的只有：{allowed}",
        "only these are: {allowed}",
    ),
    "condition_extra": Message(
        "“{found}”带有条件里不能用的部分",
        "“{found}” has a part that is not allowed in a condition",
        "子查询只写 SELECT … FROM 视图 JOIN … ON … WHERE … GROUP BY … HAVING …；"
        "列只写列名，或视图.列名",
        "a subquery is SELECT … FROM view JOIN … ON … WHERE … GROUP BY … HAVING …; "
        "a column is its name or view.name",
    ),
    "condition_owner": Message(
        "“{found}.”不是这里的视图或别名",
        "“{found}.” is no view or alias here",
        "{suggestion_zh}直接写列名；子查询里可用：{known}",
        "{suggestion_en}write the column's bare name; in a subquery these may be used: {known}",
    ),
    "condition_function": Message(
        "条件里不能调用函数“{found}”",
        "the condition may not call the function “{found}”",
        "{allowed_zh}",
        "{allowed_en}",
    ),
    "condition_subquery": Message(
        "这里的条件不能查询其他表",
        "this condition may not query other tables",
        "只写本对象的状态或本事实的字段；要查其他表，请写成 figure 的 where",
        "use only the subject's statuses or the fact's fields; a figure's where may query views",
    ),
    "condition_view": Message(
        "没有叫“{found}”的公开视图",
        "there is no published view named “{found}”",
        "{suggestion_zh}公开视图有：{known}；不能读文件或其他表",
        "{suggestion_en}the published views are: {known}; files and other tables cannot be read",
    ),
    "condition_column": Message(
        "这里没有列“{found}”",
        "there is no column “{found}” here",
        "{suggestion_zh}可用的列：{known}",
        "{suggestion_en}the columns here are: {known}",
    ),
    "condition_personal": Message(
        "“{found}”是个人信息，条件里不能用",
        "“{found}” is a personal value and may not be used in a condition",
        "改用不涉个人的字段，或为对象设一个状态",
        "use a field that is not personal, or give the subject a status",
    ),
    "condition_ambiguous": Message(
        "列“{found}”可能指 {tables} 中的任何一个",
        "the column “{found}” may be that of any of {tables}",
        "写明是哪一个，例如 {example}",
        "say which, such as {example}",
    ),
    "condition_alias": Message(
        "别名“{found}”用了两次",
        "the alias “{found}” is used twice",
        "给每个视图起不同的别名",
        "give each view an alias of its own",
    ),
    "condition_type": Message(
        "{what_zh}不能与{other_zh}比较或一起用",
        "{what_en} cannot be compared or used with {other_en}",
        "文字写 'x'，数字写 3，日期写 DATE '2017-07-31'",
        "write a text as 'x', a number as 3, a date as DATE '2017-07-31'",
    ),
    "condition_truth": Message(
        "“{found}”不是一个可以成立或不成立的条件",
        "“{found}” is not something that holds or does not hold",
        "写成比较，例如 {found} = '…' 或 {found} IS NOT NULL",
        "compare it, such as {found} = '…' or {found} IS NOT NULL",
    ),
    "condition_null": Message(
        "与 NULL 比较永远不成立",
        "a comparison with NULL never holds",
        "改写成 IS NULL 或 IS NOT NULL",
        "write IS NULL or IS NOT NULL",
    ),
    "condition_option": Message(
        "“{column}”没有取值“{found}”，这个比较永远不成立",
        "“{column}” has no value “{found}”, so this comparison never holds",
        "{suggestion_zh}可取：{known}",
        "{suggestion_en}its values are: {known}",
    ),
    "condition_date": Message(
        "“{found}”不是日期",
        "“{found}” is not a date",
        "写成 DATE '2017-07-31'",
        "write it as DATE '2017-07-31'",
    ),
    "condition_scalar": Message(
        "括号里的查询可能给出不止一个值",
        "the query in brackets may give more than one value",
        "只选一个汇总值，例如 (SELECT count(*) FROM …)，且不写 GROUP BY",
        "select one aggregate, such as (SELECT count(*) FROM …), without GROUP BY",
    ),
    "query_subject": Message(
        "查询没有给出疑点的对象：要有一列 subject，是对象的编号（现有：{found}）",
        "the query must give what is doubtful: a column subject, the id of one (it has: {found})",
        "写成 SELECT 视图.subject, …；按户汇总的，写 SELECT 视图.household AS subject, …",
        "write SELECT view.subject, …; or SELECT view.household AS subject, … for households",
    ),
    "query_name": Message(
        "查询的“{found}”没有名称",
        "“{found}” in the query has no name",
        "写上 AS 名称（小写字母、数字、下划线），例如 count(*) AS members；不能写 *",
        "add AS name (lower snake case), such as count(*) AS members; * is not allowed",
    ),
    "query_param": Message(
        "没有叫 {found} 的参数",
        "there is no parameter {found}",
        "在期间里写 params.名称 = {{value = …, unit = …}}，或新建只有 value 的算式；已有：{known}",
        "add params.name = {{value = …, unit = …}} to the term, or a formula that is a value; "
        "there are: {known}",
    ),
    "condition_aggregate": Message(
        "这里不能用汇总函数“{found}”",
        "the aggregate “{found}” is not allowed here",
        "汇总只写在子查询的 SELECT 或 HAVING 里",
        "aggregates belong in the SELECT or HAVING of a subquery",
    ),
}


class BadCondition(Refused):
    """A condition is refused (不合格的条件); `cause` and `cure` say why and what to write."""

    def __init__(self, code: str, **words: object) -> None:
        self.cause, self.cure = CONDITION_MESSAGES[code].say(**words)
        super().__init__(
            code, f"{self.cause.zh}。{self.cure.zh}", f"{self.cause.en}. {self.cure.en}"
        )
