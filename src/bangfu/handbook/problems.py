"""What is wrong with a handbook: where, why and how to mend it, in both languages."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from bangfu.core.text import Refused, Text


class Message(NamedTuple):
    """One kind of problem as the authors of handbooks read it: cause and cure, zh and en.

    Words in braces are filled in with `say`.
    """

    cause_zh: str
    cause_en: str
    cure_zh: str
    cure_en: str

    def say(self, **words: object) -> tuple[Text, Text]:
        """Cause and cure with the words filled in."""
        cause, cure = self.cause_en.format(**words), self.cure_en.format(**words)
        return (
            Text(self.cause_zh.format(**words), _capital(cause)),
            Text(self.cure_zh.format(**words), _capital(cure)),
        )


def _capital(sentence: str) -> str:
    return sentence[:1].upper() + sentence[1:]


@dataclass(frozen=True, slots=True)
class Problem:
    """One reason why a handbook is refused.

    `file` is relative to the handbook's folder, `place` the key path inside it, counted from
    one (`terms[1].source.quote`), `line` its line where that is known.
    """

    code: str
    file: str
    place: str
    cause: Text
    cure: Text
    line: int | None = None

    @property
    def where(self) -> str:
        """File, line and place in one word, as an editor understands it."""
        line = f":{self.line}" if self.line else ""
        return f"{self.file}{line}" + (f" {self.place}" if self.place else "")

    def say(self, language: str) -> str:
        """The whole problem on one line in `language`."""
        between = ". " if language.lower().startswith("en") else "。"
        stop = between.strip()
        return f"{self.where}: {self.cause.say(language)}{between}{self.cure.say(language)}{stop}"


class Issue(NamedTuple):
    """A problem found between loaded rules, before it is known where its file says so.

    `folder` and `rule` name the file; "" and "county" is county.toml.
    """

    folder: str
    rule: str
    place: str
    code: str
    words: Mapping[str, object]


class HandbookErrors(Refused):
    """A handbook that is not loaded; `problems` holds every reason in every file."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__(
            "handbook",
            f"工作手册有 {len(self.problems)} 处问题，未载入：\n" + self._lines("zh"),
            f"The handbook has {len(self.problems)} problem(s) and is not loaded:\n"
            + self._lines("en"),
            place=self.problems[0].where if self.problems else "",
        )

    def _lines(self, language: str) -> str:
        return "\n".join(problem.say(language) for problem in self.problems)


def near(found: str, known: Iterable[str]) -> Text:
    """“Did you mean …?” where a known word is near, else nothing."""
    close = difflib.get_close_matches(found.lower(), list(known), n=1, cutoff=0.6)
    return (
        Text(f"是否想写“{close[0]}”？", f"did you mean “{close[0]}”? ") if close else Text("", "")
    )
