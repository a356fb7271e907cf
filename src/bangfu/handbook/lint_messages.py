"""What a handbook that loads may still have wrong, or left open, in both languages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, NamedTuple

from bangfu.handbook.check_messages import CHECK_ADVICE
from bangfu.handbook.problems import Message

Level = Literal["error", "warning"]


class Advice(NamedTuple):
    """How grave a finding is, and its words."""

    level: Level
    message: Message


_WARNINGS: Mapping[str, Message] = {
    "terms_gap": Message(
        "{before} 到 {after} 之间没有规定，这段时间什么也不欠",
        "nothing holds from {before} up to {after}, so nothing is owed then",
        "确是如此就不用改；否则补上这一期间",
        "leave it if that is meant, else add a term",
    ),
    "source_proposal": Message(
        "依据只是拟定（proposal），还没有文件",
        "the source is only a proposal; no document stands behind it",
        "请主管部门确认，找到文件后改 standing 并写上文号",
        "have the office confirm it; once there is a document, name it and change standing",
    ),
    "source_unfound": Message(
        "依据是正式文件（official），但没有文号或网址",
        "the source is official, but has neither number nor url",
        "补上 number 或 url，别人才查得到",
        "add number or url, so that others can find it",
    ),
    "kind_unused": Message(
        "事实“{found}”没有任何规则或数字用到",
        "no rule and no figure reads the fact kind “{found}”",
        "不为考核也要记的可以留着；否则删去，少填一张表",
        "keep it if it is worth recording for itself, else remove it: one form less",
    ),
    "role_unused": Message(
        "岗位“{found}”没有职责、没有配备，也不能记录什么",
        "the role “{found}” owes nothing, is not staffed and may record nothing",
        "写上它的规则，或删去它",
        "give it a rule, or remove it",
    ),
    "status_unused": Message(
        "状态“{found}”没有任何条件用到",
        "no condition reads the status “{found}”",
        "只为显示可以留着；否则删去",
        "keep it if it is only shown, else remove it",
    ),
    "recorder_idle": Message(
        '“{role}”按 scope = "{scope}" 永远够不到这种对象',
        "“{role}” with scope = “{scope}” never reaches a subject of this type",
        'scope = "subject" 要岗位与事实的对象相同；在一地任职的用 place，全县的用 county',
        "scope subject needs a role for that very type of subject; use place for a place's post, "
        "county for the whole county",
    ),
    "excuse_idle": Message(
        "“{found}”不能由“{role}”办理，请假抵扣永远用不上",
        "“{found}” cannot be performed by “{role}”, so it never excuses anybody",
        "在 facts/{found}.toml 的 performers 里加上 {role}，或删去 excused_by",
        "add {role} to the performers in facts/{found}.toml, or drop excused_by",
    ),
    "kind_shorter": Message(
        "“{found}”只在 {kind} 可以记录，这一期间有一部分没有事实可记",
        "“{found}” can be recorded only in {kind}, so part of this term has nothing to count",
        "把 facts/{found}.toml 的期间补全，或缩短这一期间",
        "extend the terms of facts/{found}.toml or shorten this one",
    ),
    "kind_partly": Message(
        "“{found}”{why_zh}，它永远不会算数",
        "“{found}” {why_en}, so it never counts",
        "从 any_of 里删去它，或改正它",
        "drop it from any_of, or mend it",
    ),
    "score_short": Message(
        "“{found}”的周期比得分的周期长，有的期里没有到期的应办可算",
        "“{found}” has longer periods than the score, so some of its periods close nothing",
        "把得分的 every 放长，或换一项",
        "make the score's every longer or name another duty",
    ),
    "figure_online": Message(
        "这个数字统计{evidence_zh}（“{found}”），不得用于考评或通报",
        "this figure counts {evidence_en} (“{found}”); it may not serve assessment or reports",
        "国办函〔2026〕12号：不得统计在线时长；确需的只给本人看",
        "国办函〔2026〕12号 forbids to count hours online; show it to the person only",
    ),
    "clock_long": Message(
        "“{key}”{found} 天，比全程的 {most} 天还长",
        "“{key}” is {found} days, longer than the whole ({most} days)",
        "缩短这一步，或放宽全程",
        "shorten the step or give the whole more time",
    ),
    "clocks_long": Message(
        "各步一共 {found} 天，比全程的 {most} 天还长",
        "the steps take {found} days together, longer than the whole ({most} days)",
        "缩短各步，或放宽全程",
        "shorten the steps or give the whole more time",
    ),
    "step_no_clock": Message(
        "步骤“{found}”没有时限，全程也没有，拖多久都不算迟",
        "the step “{found}” has no clock, nor has the whole: it is never late",
        "给这一步或全程写上 within",
        "give the step or the whole a within",
    ),
    "clock_unsure": Message(
        "步骤“{step}”从“{found}”起算，而“{found}”有条件、可能跳过；跳过的就从立案起算",
        "the step “{step}” counts from “{found}”, which may be passed over; then it counts from "
        "the opening",
        "确是如此就不用改；否则从一定会办的一步起算",
        "leave it if that is meant, else count from a step that is always taken",
    ),
    **CHECK_ADVICE,
    "calendar_gap": Message(
        "按工作日计算，但工作日历没有 {years} 年",
        "it counts working days, but the calendar lacks {years}",
        "在 county.toml 的 [calendar] 补上这些年",
        "add those years to [calendar] in county.toml",
    ),
    "calendar_bare": Message(
        "{years} 年列在工作日历里，却一天假也没有",
        "the calendar lists {years} without a single holiday",
        "补上该年的节假日；还没公布就先不列这一年",
        "add that year's holidays; if they are not published yet, leave the year out",
    ),
}
_ERRORS: Mapping[str, Message] = {
    "never_days": Message(
        "每期最短只有 {most} 天，却要 {found} 个不同的日子，永远办不到",
        "the shortest period has {most} days, but {found} different days are asked for",
        "at_least 最多写 {most}",
        "make at_least at most {most}",
    ),
    "never_performed": Message(
        '“{found}”只能由 {known} 办理，“{role}”做了也不算（by = "holder"）',
        "“{found}” is performed by {known} only, so “{role}” can never meet this (by = “holder”)",
        '在 facts/{found}.toml 的 performers 里加上 {role}，或写 by = "anyone"',
        "add {role} to the performers in facts/{found}.toml, or make it by = “anyone”",
    ),
    "never_recorded": Message(
        "没有人能够记录“{found}”：各条 recorders 都够不到这种对象",
        "nobody can ever record “{found}”: none of its recorders reaches its subjects",
        "改正 facts/{found}.toml 的 recorders",
        "mend the recorders in facts/{found}.toml",
    ),
    "never_in_force": Message(
        "“{found}”只在 {kind} 可以记录，与这一期间没有重合，永远办不到",
        "“{found}” can be recorded only in {kind}, never within this term",
        "补全 facts/{found}.toml 的期间，或结束这一期间",
        "extend the terms of facts/{found}.toml, or end this one",
    ),
    "never_about": Message(
        "“{role}”的对象是{has_zh}，“{found}”的对象是{wants_zh}，永远对不上",
        "“{role}” is held for a {has_en}, “{found}” is about a {wants_en}: they never meet",
        "换一种对象相同的事实，或换一个岗位",
        "name a kind about the same type of subject, or another role",
    ),
    "posts_together": Message(
        "“{one_zh}”和“{other_zh}”互相牵制，却没有规定不能由一人兼任",
        "“{one}” and “{other}” control each other, yet one person may hold both",
        "在 county.toml 写 [[separations]]，roles 里列上 {one} 和 {other}，期间不写 end",
        "add [[separations]] to county.toml with {one} and {other} in roles and a term without end",
    ),
    "step_unreachable": Message(
        "步骤“{found}”永远走不到：前面的每种结果都办结或退回",
        "no case comes to the step “{found}”: all that comes before closes it or sends it back",
        "让前面的一步有一种结果不写在 outcomes 里，或删去这一步",
        "leave one outcome of an earlier step out of outcomes, or remove the step",
    ),
    "case_endless": Message(
        "办件没有出口：最后一步的每种结果都退回",
        "a case never ends: whatever comes of the last step sends it back",
        "让一种结果 closes = true，或不写在 outcomes 里",
        "let one outcome have closes = true, or leave it out of outcomes",
    ),
    "clock_never": Message(
        "满 {first} 天才能办，{last} 天内就要办，永远来不及",
        "it may not be taken before {first} days, yet within {last}: never in time",
        "放宽 within，或缩短 not_before",
        "give within more time or not_before less",
    ),
    "step_never_taken": Message(
        "“{found}”只能由 {known} 办理，步骤“{step}”的 by 里一个也没有",
        "“{found}” is performed by {known} only, none of whom may take the step “{step}”",
        "在 by 里加上其中一个，或改 facts/{found}.toml 的 performers",
        "add one of them to by, or mend the performers in facts/{found}.toml",
    ),
    "registry_role": Message(
        "没有岗位“{found}”，登记的事实没有人能记录",
        "there is no role “{found}”, so nobody may record registry facts",
        "在 county.toml 加上这个岗位",
        "add that role to county.toml",
    ),
}
ADVICE: Mapping[str, Advice] = {
    **{code: Advice("warning", message) for code, message in _WARNINGS.items()},
    **{code: Advice("error", message) for code, message in _ERRORS.items()},
}
