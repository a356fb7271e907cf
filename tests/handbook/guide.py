"""The guide for authors of handbooks: its examples as files, and its page of errors.

`python -m tests.handbook.guide` writes the page of errors anew.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from bangfu.handbook.condition_problems import CONDITION_MESSAGES
from bangfu.handbook.lint_messages import ADVICE
from bangfu.handbook.messages import FILE_MESSAGES
from bangfu.handbook.problems import Message
from bangfu.handbook.rule_messages import RULE_MESSAGES
from tests.house.tree import ROOT

GUIDE = ROOT / "docs" / "handbook"
ERRORS = GUIDE / "errors.md"
_EXAMPLE = re.compile(r"```toml\n# (\S+\.toml)\n(.*?)```", re.DOTALL)
_HEAD = """# 报错和办法 · Errors and cures

程序一次说出所有问题：文件、行、键、为什么、怎么改。键从 1 数起：
`terms[2].source.quote` 是第二段期间的依据原文。
这一页由 `python -m tests.handbook.guide` 写成，与程序里的文字一致。

All problems are told at once: file, line, key (counted from one), cause and cure. This page is
written by `python -m tests.handbook.guide` from the program's own words.
"""


def examples() -> dict[str, str]:
    """Every example file of the guide by its name."""
    found: dict[str, str] = {}
    for page in sorted(GUIDE.glob("*.md")):
        for name, text in _EXAMPLE.findall(page.read_text("utf-8")):
            assert name not in found, f"{page.name}: {name} is shown twice"
            found[name] = text
    return found


def errors_page() -> str:
    """The page of errors as the program's messages have it."""
    warnings = {code: one.message for code, one in ADVICE.items() if one.level == "warning"}
    errors = {code: one.message for code, one in ADVICE.items() if one.level == "error"}
    sections = {
        "文件写错 · In a file": FILE_MESSAGES,
        "规定写错、互相对不上、法律不许 · In and between rules, and by law": RULE_MESSAGES,
        "条件 · In conditions": CONDITION_MESSAGES,
        "检查出的错误 · What lint calls an error": errors,
        "检查出的提醒 · What lint warns of": warnings,
    }
    parts = [_HEAD]
    for title, messages in sections.items():
        parts += [f"\n## {title}\n", *_rows(messages)]
    return "\n".join(parts) + "\n"


def _rows(messages: Mapping[str, Message]) -> Iterator[str]:
    yield "| 代码 · code | 为什么 · 怎么改 | cause · cure |"
    yield "|---|---|---|"
    for code, message in messages.items():
        zh = f"{_plain(message.cause_zh)}。{_plain(message.cure_zh)}。"
        en = f"{_plain(message.cause_en)}. {_plain(message.cure_en)}."
        yield f"| `{code}` | {zh} | {en} |"


def _plain(words: str) -> str:
    """A message with dots for what is filled in."""
    text = re.sub(r"\{suggestion_\w+\}", "", words)
    text = re.sub(r"(?<!\{)\{\w+\}(?!\})", "…", text)
    return text.replace("{{", "{").replace("}}", "}").replace("|", "\\|")


if __name__ == "__main__":
    ERRORS.write_text(errors_page(), "utf-8")
