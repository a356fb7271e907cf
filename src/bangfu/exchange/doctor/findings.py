"""One thing that the doctor looked at: how it is, and if it is not well, why and what helps."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from bangfu.core.text import Text

Level = Literal["good", "warning", "error"]
_RANK: dict[Level, int] = {"good": 0, "warning": 1, "error": 2}


@dataclass(frozen=True, slots=True)
class Finding:
    """A finding (体检结果) of one check: `said` is what was seen; a problem has cause and cure."""

    check: str
    level: Level
    said: Text
    cause: Text | None = None
    cure: Text | None = None

    def line(self) -> dict[str, object]:
        """The same for another program."""
        found: dict[str, object] = {"check": self.check, "level": self.level}
        for name in ("said", "cause", "cure"):
            text: Text | None = getattr(self, name)
            if text is not None:
                found[name] = {"zh": text.zh, "en": text.en}
        return found


def good(check: str, zh: str, en: str) -> Finding:
    """All is well."""
    return Finding(check, "good", Text(zh, en))


def problem(check: str, level: Level, said: Text, *, cause: Text, cure: Text) -> Finding:
    """Something is not."""
    return Finding(check, level, said, cause, cure)


def moment(at: datetime) -> str:
    """A moment as the county's clocks show it, to the minute."""
    from django.utils import timezone

    return f"{timezone.localtime(at):%Y-%m-%d %H:%M}"


def worst(findings: Iterable[Finding]) -> Level:
    """The worst level among them."""
    return max((one.level for one in findings), key=lambda level: _RANK[level], default="good")


def unreadable(cause: Text) -> Finding:
    """The settings themselves cannot be read."""
    return problem(
        "configuration", "error",
        Text("设置读不懂，程序不能启动。", "The settings cannot be read: nothing starts."),
        cause=cause,
        cure=Text("对照 docs/deploy.md 的设置表改正环境变量。",
                  "Compare the environment with the table in docs/deploy.md."),
    )  # fmt: skip


def damaged(said: Text) -> Finding:
    """The database file cannot be read at all, or not whole."""
    return problem(
        "database", "error", said,
        cause=Text("磁盘或内存出错，或有人改过文件。",
                   "The disk or memory failed, or somebody edited the file."),
        cure=Text("停止使用，从最近一份好的备份恢复（docs/deploy.md）。",
                  "Stop, and restore the last good backup (docs/deploy.md)."),
    )  # fmt: skip
