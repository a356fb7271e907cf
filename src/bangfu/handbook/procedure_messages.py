"""What can be wrong with a procedure or a rule of pairs, in both languages."""

from __future__ import annotations

from collections.abc import Mapping

from bangfu.handbook.problems import Message

PROCEDURE_MESSAGES: Mapping[str, Message] = {
    "procedure_clash": Message(
        "“{found}”在 {folder} 里也有",
        "“{found}” is in {folder} too",
        "给其中一个改名，应办才分得清出自哪条规则",
        "rename one of them: an obligation names its rule by this id",
    ),
    "opens_twice": Message(
        "“{found}”已用来为程序“{other}”立案",
        "“{found}” opens cases of “{other}” already",
        "一种事实只为一种程序立案：换一种，或合并两个程序",
        "a kind opens cases of one procedure: name another, or make the two one",
    ),
    "opens_again": Message(
        "“{found}”是立案的事实，不能又当一步",
        "“{found}” opens the case, so it cannot be one of its steps",
        "立案不用写成步骤；从立案后的第一步写起",
        "leave it out: the steps are those after it",
    ),
    "case_alone": Message(
        "“{found}”一张表可以写几个对象，或是登记的事实，分不清是哪件办件的",
        "“{found}” covers several subjects or is a registry kind, so it cannot belong to one case",
        "换一种只写一个对象的事实",
        "name a kind that is about one subject",
    ),
    "case_field": Message(
        "“{found}”没有写明是哪件办件的字段",
        "“{found}” has no field that names its case",
        '在 facts/{found}.toml 加一个字段：type = "reference"、to = "{opens}"、required = true',
        'give facts/{found}.toml a field with type = "reference", to = "{opens}", required = true',
    ),
    "outcome_field": Message(
        "“{found}”不是必填的、可以公开的单选字段，不能决定下一步",
        "“{found}” is no required choice that may be read, so nothing can follow from it",
        "写一个必填的单选字段：{known}",
        "name a required choice field: {known}",
    ),
    "step_order": Message(
        "“{found}”不在这一步之前",
        "“{found}” does not come before this step",
        "只能写前面的一步：{known}",
        "name an earlier step: {known}",
    ),
    "opening_held": Message(
        "held 只按天数计，从条件成立那天算起",
        "held is counted in days, from the day on which the condition came true",
        "写成 held = {{days = 183}}，不写 after",
        "write held = {{days = 183}}, without after",
    ),
    "opening_evidence": Message(
        "“{found}”不是只关于这个对象的事实，不能当立案的依据",
        "“{found}” is no fact about the subject alone, so it cannot be evidence for the opening",
        "换一种只写一个这类对象的事实",
        "name a kind that is about one subject of that type",
    ),
    "pause_same": Message(
        "“{found}”不能既中止又恢复",
        "“{found}” cannot both stop the case and let it go on",
        "until 写另一种事实，例如答复",
        "let until name another kind, such as the answer",
    ),
}
PAIRING_MESSAGES: Mapping[str, Message] = {
    "load_numbers": Message(
        "load 要写成 0 到 {most} 的整数，如 [0, 40, 80]",
        "load must be whole numbers from 0 to {most}, such as [0, 40, 80]",
        "依次写一个人的第一户、第二户……加多少费用",
        "write what one person's first, second, … household adds",
    ),
    "load_falls": Message(
        "load = [{found}]：后一户的费用不能比前一户低",
        "load = [{found}]: a later household may not cost less than an earlier one",
        "从小到大写",
        "write the numbers in rising order",
    ),
    "points_numbers": Message(
        "points 要写成每个选项 1 到 {most} 的整数，如 {{light = 1, heavy = 3}}",
        "points must give each option a whole number from 1 to {most}, such as "
        "{{light = 1, heavy = 3}}",
        "照难度的选项逐个写分数",
        "write the points of each option of the difficulty",
    ),
    "points_alone": Message(
        "按难度计分要写齐：规则的 points（哪个状态），时段的 points（各几分）和 most（一人几分）",
        "points need all of: the rule's points (which status), and each term's points (of each "
        "option) and most (of one person)",
        "补上缺的，或都删去",
        "add what is missing, or remove them all",
    ),
    "of_villages": Message(
        "对象是村的配备，没有 {key}",
        "{key} means nothing where the staffing rule is about villages",
        "删去这一项",
        "remove it",
    ),
    "need_alone": Message(
        "need 和 skill 要一起写：有需求才谈得上专长，反过来也一样",
        "need and skill go together: one is weighed against the other",
        "补上另一个，或两个都删去",
        "add the other, or remove this one",
    ),
}
