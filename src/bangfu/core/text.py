"""Words that a person reads, in both languages, and the refusal that carries them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Language = Literal["zh", "en"]


@dataclass(frozen=True, slots=True)
class Text:
    """Something a person reads (文字), once in Chinese and once in English."""

    zh: str
    en: str

    def say(self, language: str) -> str:
        """The words in `language`; any language that is not English gets Chinese."""
        return self.en if language.lower().startswith("en") else self.zh

    def __str__(self) -> str:
        return f"{self.zh} / {self.en}"


class Refused(Exception):
    """A request that the program declines (不予办理), with cause and cure in both languages.

    `code` is a stable word for tests and the API; `place` names the field, cell or key.
    """

    def __init__(self, code: str, zh: str, en: str, *, place: str = "") -> None:
        self.code = code
        self.text = Text(zh, en)
        self.place = place
        super().__init__(f"{place}: {self.text}" if place else str(self.text))

    def say(self, language: str) -> str:
        """The refusal in `language`, without the place."""
        return self.text.say(language)
