"""What the command line says of itself, in the terminal's language.

The commands' texts stand in the code in English; here is their Chinese, and argparse's own. A text
that is the same but for what stands in brackets at its end, such as a default, is translated once.
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterator, Mapping, Sequence

LANGUAGES = ("zh", "en")
_CHINESE_LETTER = re.compile(r"[\u4e00-\u9fff]")
_BRACKETS = re.compile(r"^(.*?)\s*\(([^()]*)\)$", re.DOTALL)

# What argparse says; it looks its words up one by one.
_ARGPARSE: Mapping[str, str] = {
    "usage: ": "用法：",
    "positional arguments": "要写的",
    "options": "选项",
    "show this help message and exit": "显示这份说明",
    "argument %(argument_name)s: %(message)s": "%(argument_name)s：%(message)s",
    "the following arguments are required: %s": "还要写：%s",
    "unrecognized arguments: %s": "不认识：%s",
    "invalid choice: %(value)r (choose from %(choices)s)": "没有 %(value)r，可以写：%(choices)s",
    "unknown parser %(parser_name)r (choices: %(choices)s)":
        "没有命令 %(parser_name)r，可以写：%(choices)s",
    "invalid %(type)s value: %(value)r": "%(value)r 不能用，这里要写 %(type)s",
    "expected one argument": "后面要写一个值",
    "expected at most one argument": "后面最多写一个值",
    "expected at least one argument": "后面至少写一个值",
    "expected %s argument": "后面要写 %s 个值",
    "ambiguous option: %(option)s could match %(matches)s":
        "%(option)s 不知指哪一个：%(matches)s",
    "ignored explicit argument %r": "后面不能写值 %r",
    "not allowed with argument %s": "不能和 %s 一起写",
    "one of the arguments %s is required": "要写其中一个：%s",
    "%(prog)s: error: %(message)s\n": "%(prog)s：写错了：%(message)s\n",
}  # fmt: skip
_COMMANDS: Mapping[str, str] = {
    "the language of what the command says; else that of LANG":
        "命令用什么语言说话；不写则看 LANG",
    "make the invented county and serve it": "造一个演示县，并打开网页",
    "serve the county in the data folder": "打开数据目录里的县",
    "print the handbook's figures": "打印工作手册里的数字",
    "print the uids of the facts under a number": "打印一个数字下面每件事实的编号",
    "check the ledger, fact by fact": "逐条校验台账",
    "write down the ledger's end for an auditor to keep": "写一个校验点，交审计人员另行保管",
    "check, compare and read the rules": "检查、比较、阅读规定",
    "write the county into one encrypted file, while it is served":
        "把整个县备份成一个加密文件，不用停网页",
    "say what is implausible, and who can mend it": "说出哪里有疑点、谁能更正",
    "every doubt, for another program": "每一处疑点，供别的程序读",
    "only this check": "只查这一条",
    "propose who should help whom": "提出谁帮谁的方案",
    "work out the cheapest plan of all pairs, and keep it for the office to decide on":
        "从所有搭配里算出费用最小的方案，存好，由办公室决定",
    "list the plans that are kept": "列出存好的方案",
    "work out a plan that a page has asked for": "算出网页上要的方案",
    "carry out what a page has approved, or finish what broke off": (
        "办理网页上批准的方案，断了的接着办"
    ),
    "the rule of pairs; by default the first": "按哪条结对规则；不写则用第一条",
    "of the plan": "方案的编号",
    "make a new data folder from a backup, and verify it": "从备份恢复成新的数据目录，并校验",
    "back up, restore into a passing folder, verify, note the outcome":
        "演练：备份、恢复到临时目录、校验，记下结果",
    "make the key file that backups are encrypted with": "生成备份用的密钥文件",
    "prepare a PostgreSQL database": "准备 PostgreSQL 数据库",
    "open the first administrators' accounts": "开第一批管理员账号",
    "the county's today": "这个县的今天",
    "another seed invents another county": "换一个数，造出另一个县",
    "three villages, in seconds": "只造三个村，几秒钟",
    "make it only": "只造，不打开网页",
    "for the demo's accounts": "给演示账号换新密码",
    "on this machine only": "端口，只在本机",
    "the day they speak of": "数字说的是哪一天",
    "for another program": "给别的程序用的格式",
    "such as figure:visits, or the last part of an address /trace/…":
        "如 figure:visits，或网址 /trace/ 后面的一段",
    "the day it speaks of": "说的是哪一天",
    "what lies under it, with titles": "连同下面各层的名称",
    "the copy that an auditor keeps elsewhere": "审计人员另行保管的那一份",
    "工作手册 / the handbook": "工作手册",
    "say what is wrong with the rules of a county": "说出一个县的规定哪里不对",
    "say what changed from one version to another": "说出两个版本之间改了什么",
    "print a rule in plain words, with its source": "用白话印出一条规定和它的依据",
    "a new file; nothing is overwritten": "新文件；不覆盖已有的",
    "bring the data to this version, a backup of before first":
        "先备份，再把数据升级到这个版本",
    "look at settings, database, disk, clock, keys and backups":
        "检查设置、数据库、磁盘、时钟、密钥和备份",
    "bring tables, triggers and the second wall to this version, as their owner":
        "由所有者把表、触发器和第二道墙升级到这个版本",
    "where to": "写到哪里",
    "PostgreSQL: pg_dump has made a backup": "PostgreSQL：已用 pg_dump 备份",
    "backup key": "备份密钥",
    "read a workbook, say what it would change; record it":
        "读取工作簿，说明会有哪些变化；接受后入账",
    "Without --accept nothing is written. What is accepted is recorded whole or not at all; a "
    "second time it changes nothing.":
        "不加 --accept 什么都不写。接受的内容要么全部入账，要么一条都不入；再导入一次没有变化。",
    ".xlsx or .xls": ".xlsx 或 .xls",
    "record what is new or changed": "把新增和有变化的入账",
    "do not look for the doubts and leads that came": "不查由此产生的疑点和线索",
    "write the rows that do not go in, with reasons": "把不入账的行连同原因写成文件",
    "what the sheet is of": "是什么表（事实种类）",
    "the day that the file speaks of (today)": "数据日期（今天）",
    "write the facts of a kind as a workbook, and note it": "把一种事实导出为工作簿，并留痕",
    "a new file": "新文件",
    "why (inspection)": "用途（督导检查 inspection）",
    "id numbers and phones unmasked; that is noted too": "带完整证件号码和电话；同样留痕",
    "in whose name; the only registrar's": "以谁的名义；只有一个登记人员时可省",
    "new or empty": "新的或空的",
    "the folder kept elsewhere: checkpoints.jsonl and erasures.jsonl":
        "另行保管的目录，内有 checkpoints.jsonl 和 erasures.jsonl",
    "though facts after it are missing": "虽然缺了备份以后的事实",
    "found a real county: its places, and its first four accounts":
        "建立真实的县：区划和最初四个账号",
    "who enters people and posts / 登记员姓名": "登记员姓名（登记人员和任职）",
    "who opens accounts / 系统管理员姓名": "系统管理员姓名（开户、停用）",
    "who sets passwords / 安全管理员姓名": "安全管理员姓名（重设密码、看日志）",
    "who only reads / 审计员姓名": "审计员姓名（只看不改）",
    "CSV with code, name; by default the handbook's / 乡镇表":
        "乡镇的 CSV，列为 code, name；默认用手册自带的",
    "CSV with code, name, town_code; by default the handbook's / 村表":
        "村的 CSV，列为 code, name, town_code；默认用手册自带的",
    "the day before which nothing of the places is entered (2014-01-01) / 最早的日期":
        "此日以前的事不登记（2014-01-01）",
    "数据库 / the database": "数据库",
    "print the SQL that gives the server and imports what they need, and no more":
        "印出一段 SQL：只给网页和导入它们需要的权限",
    "open the first account of an administrator, whose password is shown once; "
    "开第一个管理员账号，密码只显示一次": "开第一个管理员账号，密码只显示一次",
    "end an administrator's post, and with it the access; 结束管理员的岗位，随即不能再进":
        "结束管理员的岗位，随即不能再进",
    "besides one who holds the post already / 已有一人时再开一个副手": "已有一人时再开一个副手",
    "whose post ends / 账号名": "账号名",
    "system_admin, security_admin or auditor": "系统管理员、安全管理员或审计员的代码："
        "system_admin、security_admin、auditor",
    "whose account it is / 姓名": "姓名",
    "to sign in with / 账号名": "账号名",
    "Of a figure: the facts that define what it counts, one for each row counted, each printed "
    "once. That is the fact itself, the founding fact of a subject, the assignment of a post. "
    "Of obligations it is the facts that met them, and of one that none met the assignment, or "
    "the fact that set its deadline off; two overdue obligations of one post share its "
    "assignment, so that fewer lines than obligations are printed. By what else something "
    "counts, such as a household's category, --tree shows.":
        "数字每数一行，印一件事实：事实本身、对象的登记、任职。应办印办到它的事实，没有办到的印"
        "任职，或使期限起算的事实；同一岗位的两件逾期应办同出一个任职，只印一次，所以行数会少。"
        "另外凭什么算数，如户类型，加 --tree 看。",
}  # fmt: skip
_IN_BRACKETS: Mapping[str, str] = {"today": "今天"}


def chosen(arguments: Sequence[str], environment: Mapping[str, str]) -> tuple[list[str], str]:
    """The arguments without a leading `--lang`, and the language: that one, else the terminal's,
    which is English where it says so and Chinese otherwise.
    """
    words = list(arguments)
    if len(words) > 1 and words[0] == "--lang" and words[1] in LANGUAGES:
        return words[2:], words[1]
    if words and words[0].partition("=")[0] == "--lang" and words[0][7:] in LANGUAGES:
        return words[1:], words[0][7:]
    return words, "en" if environment.get("LANG", "").startswith("en") else "zh"


def speak(parser: argparse.ArgumentParser, language: str) -> argparse.ArgumentParser:
    """Let a parser, its subcommands and argparse itself speak that language."""
    parser.add_argument(
        "--lang", choices=LANGUAGES,
        help="the language of what the command says; else that of LANG",
    )  # fmt: skip
    if language == "zh":
        for each in _all(parser):
            _translate(each)
    # argparse takes its words from here as it needs them.
    vars(argparse)["_"] = _own if language == "zh" else str
    vars(argparse)["ngettext"] = _counted if language == "zh" else _english
    return parser


def untranslated(parser: argparse.ArgumentParser) -> list[str]:
    """The texts of a parser and its subcommands that have no Chinese."""
    texts = [text for each in _all(parser) for text in _texts(each)]
    return [text for text in dict.fromkeys(texts) if not _CHINESE_LETTER.search(chinese(text))]


def chinese(text: str) -> str:
    """A text in Chinese, with what stands in brackets at its end kept; else as it is."""
    plain = " ".join(text.split())
    if plain in _COMMANDS or plain in _ARGPARSE:
        return _COMMANDS.get(plain) or _ARGPARSE[plain]
    found = _BRACKETS.match(plain)
    if found is None:
        return text
    stem, inner = found.groups()
    said = _COMMANDS.get(stem, stem) if stem else "默认"
    return f"{said}（{_IN_BRACKETS.get(inner, inner)}）"


def _all(parser: argparse.ArgumentParser) -> Iterator[argparse.ArgumentParser]:
    yield parser
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for each in action.choices.values():
                yield from _all(each)


def _actions(parser: argparse.ArgumentParser) -> Iterator[argparse.Action]:
    """The parser's actions, and the lines that its help prints of subcommands."""
    for action in parser._actions:
        yield action
        if isinstance(action, argparse._SubParsersAction):
            yield from action._choices_actions


def _texts(parser: argparse.ArgumentParser) -> Iterator[str]:
    for text in (parser.description, parser.epilog, *(one.help for one in _actions(parser))):
        if text and text != argparse.SUPPRESS:
            yield text


def _translate(parser: argparse.ArgumentParser) -> None:
    for group in (parser._positionals, parser._optionals):
        group.title = _own(str(group.title))
    parser.description = chinese(parser.description or "") or None
    parser.epilog = chinese(parser.epilog or "") or None
    for action in _actions(parser):
        if action.help and action.help != argparse.SUPPRESS:
            action.help = chinese(action.help)


def _own(message: str) -> str:
    return _ARGPARSE.get(message, message)


def _counted(one: str, _several: str, _count: int) -> str:
    return _own(one)


def _english(one: str, several: str, count: int) -> str:
    return one if count == 1 else several
