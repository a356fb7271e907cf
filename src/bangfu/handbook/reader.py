"""A cursor over one TOML table: typed values out, every problem noted, reading goes on.

A wrong value gives a harmless stand-in, so that one run finds all that is wrong in a file;
what was read from a file with problems is never used.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import TypeVar

from bangfu.core.text import Text
from bangfu.handbook.messages import EXAMPLES, TYPES
from bangfu.handbook.problems import Problem, near
from bangfu.handbook.toml_file import TomlFile

ID = re.compile(r"[a-z][a-z0-9]*(?:_[a-z0-9]+)*")
MOST_ID = 48
MOST_TEXT = 2000
FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(2200, 1, 1)
WRONG_DAY = FIRST_DAY  # stands in for a day that could not be read
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")

C = TypeVar("C", bound=str)


class Table:
    """One table of a file and where it stands; `close` refuses the keys nobody asked for."""

    def __init__(
        self, file: TomlFile, problems: list[Problem], values: Mapping[str, object], place: str = ""
    ) -> None:
        self.file = file
        self.problems = problems
        self.values = values
        self.place = place
        self.known: list[str] = []

    def at(self, key: str) -> str:
        """The key path of `key` inside this table."""
        return f"{self.place}.{key}" if self.place and key else self.place or key

    def wrong(self, code: str, key: str, **words: object) -> None:
        """Note a problem at `key`."""
        self.problems.append(
            self.file.problem(code, self.at(key), key=key.rsplit(".", maxsplit=1)[-1], **words)
        )

    def has(self, key: str) -> bool:
        """Whether the key is written at all."""
        return key in self.values

    def take(self, key: str, *, required: bool = False, example: str = "") -> object:
        """The raw value of a key, None where it is absent."""
        if key not in self.known:
            self.known.append(key)
        if key not in self.values:
            if required:
                self.wrong("missing", key, example=example or f"{key} = …")
            return None
        return self.values[key]

    def close(self) -> None:
        """Refuse unknown keys, each with the nearest known one."""
        for key in self.values:
            if key in self.known:
                continue
            suggestion = near(key, self.known)
            self.wrong(
                "unknown_key",
                key,
                known=", ".join(self.known),
                suggestion_zh=suggestion.zh,
                suggestion_en=suggestion.en,
            )

    def text(self, key: str, *, required: bool = True, example: str = "") -> str:
        """A text that is not empty; "" where it is absent or wrong."""
        raw = self.take(key, required=required, example=example or f'{key} = "…"')
        if raw is None:
            return ""
        if not isinstance(raw, str):
            self._type(key, raw, "text")
            return ""
        if not raw.strip():
            self.wrong("empty", key)
        elif len(raw) > MOST_TEXT:
            self.wrong("long", key, most=MOST_TEXT)
        elif control := _CONTROL.search(raw):
            self.wrong("control", key, found=f"U+{ord(control.group()):04X}")
        return raw.strip()

    def name(self, key: str, *, required: bool = True, example: str = "") -> str:
        """An id: lower snake case."""
        name = self.text(key, required=required, example=example)
        if name and (not ID.fullmatch(name) or len(name) > MOST_ID):
            self.wrong("id_form", key, found=name, most=MOST_ID)
        return name

    def names(self, key: str, *, example: str = "") -> tuple[str, ...]:
        """A list of ids, each once."""
        raw = self.take(key)
        if raw is None:
            return ()
        if not isinstance(raw, list) or not all(isinstance(item, str) for item in raw):
            self._type(key, raw, "names", example or f'{key} = ["…"]')
            return ()
        for item in {item for item in raw if raw.count(item) > 1}:
            self.wrong("duplicate", key, found=item)
        return tuple(dict.fromkeys(raw))

    def choice(self, key: str, options: Sequence[C], default: C | None = None) -> C:
        """One of the options; the first one stands in for a wrong value."""
        example = f'{key} = "{options[0]}"'
        raw = self.take(key, required=default is None, example=example)
        if raw is None:
            return default or options[0]
        for option in options:
            if raw == option:
                return option
        suggestion = near(str(raw), options)
        self.wrong(
            "choice",
            key,
            found=raw,
            known=", ".join(options),
            suggestion_zh=suggestion.zh,
            suggestion_en=suggestion.en,
        )
        return options[0]

    def flag(self, key: str) -> bool:
        """true or false; false where it is absent."""
        raw = self.take(key)
        if raw is None or isinstance(raw, bool):
            return bool(raw)
        self._type(key, raw, "flag")
        return False

    def integer(
        self, key: str, low: int, high: int, *, default: int | None = None, required: bool = False
    ) -> int | None:
        """A whole number from `low` to `high`."""
        raw = self.take(key, required=required, example=f"{key} = {max(low, 1)}")
        if raw is None:
            return default
        if isinstance(raw, bool) or not isinstance(raw, int):
            self._type(key, raw, "integer")
            return default
        if not low <= raw <= high:
            self.wrong("range", key, found=raw, low=low, high=high)
        return raw

    def count(
        self, key: str, low: int, high: int, *, default: int = 0, required: bool = False
    ) -> int:
        """A whole number that is never absent."""
        found = self.integer(key, low, high, default=default, required=required)
        return default if found is None else found

    def number(self, key: str, low: float, high: float) -> float | None:
        """A finite number from `low` to `high`, None where it is absent."""
        raw = self.take(key)
        if raw is None:
            return None
        if isinstance(raw, bool) or not isinstance(raw, (int, float)):
            self._type(key, raw, "number")
            return None
        if not math.isfinite(raw) or not low <= raw <= high:
            self.wrong("range", key, found=raw, low=f"{low:.15g}", high=f"{high:.15g}")
            return None
        return float(raw)

    def day(self, key: str, *, required: bool = False) -> date | None:
        """A TOML date without quotes."""
        raw = self.take(key, required=required, example=f"{key} = 2017-01-01")
        if raw is None:
            return None
        return self._day(key, raw)

    def days(self, key: str) -> frozenset[date]:
        """A list of TOML dates, each once."""
        raw = self.take(key)
        if raw is None:
            return frozenset()
        if not isinstance(raw, list):
            self._type(key, raw, "days")
            return frozenset()
        found = [self._day(key, item) for item in raw]
        for day in {day for day in found if day != WRONG_DAY and found.count(day) > 1}:
            self.wrong("duplicate", key, found=day)
        return frozenset(found)

    def integers(self, key: str, low: int, high: int) -> frozenset[int]:
        """A list of whole numbers from `low` to `high`."""
        raw = self.take(key, required=True, example=f"{key} = {EXAMPLES['integers']}")
        if raw is None:
            return frozenset()
        whole = isinstance(raw, list) and all(type(item) is int for item in raw)
        if not isinstance(raw, list) or not whole:
            self._type(key, raw, "integers")
            return frozenset()
        for item in raw:
            if not low <= item <= high:
                self.wrong("range", key, found=item, low=low, high=high)
        return frozenset(raw)

    def _day(self, key: str, raw: object) -> date:
        if isinstance(raw, datetime) or not isinstance(raw, date):
            self._type(key, raw, "day")
            return WRONG_DAY
        if not FIRST_DAY < raw < LAST_DAY:
            self.wrong("range", key, found=raw, low=FIRST_DAY, high=LAST_DAY)
            return WRONG_DAY
        return raw

    def title(self, key: str, *, required: bool = True) -> Text | None:
        """Words in both languages: {zh = "…", en = "…"}."""
        example = f'{key} = {{zh = "…", en = "…"}}'
        raw = self.take(key, required=required, example=example)
        if raw is None:
            return None
        if not isinstance(raw, dict):
            self._type(key, raw, "title", example)
            return None
        inner = self.inner(key, raw)
        text = Text(inner.text("zh"), inner.text("en"))
        inner.close()
        return text

    def titles(self, key: str) -> dict[str, Text]:
        """A table of ids with titles, as options have."""
        raw = self.take(key)
        if raw is None:
            return {}
        if not isinstance(raw, dict):
            self._type(key, raw, "titles", f'{key}.first = {{zh = "…", en = "…"}}')
            return {}
        inner = self.inner(key, raw)
        found: dict[str, Text] = {}
        for option in raw:
            if not ID.fullmatch(option) or len(option) > MOST_ID:
                inner.wrong("id_form", option, found=option, most=MOST_ID)
            found[option] = inner.title(option) or Text("", "")
        return found

    def table(self, key: str, *, example: str = "") -> Table | None:
        """A table that must be there."""
        raw = self.take(key, required=True, example=example)
        if raw is None:
            return None
        if not isinstance(raw, dict):
            self._type(key, raw, "table", example)
            return None
        return self.inner(key, raw)

    def tables(self, key: str, *, required: bool = False) -> list[Table]:
        """The entries of `[[key]]`, or of a list of inline tables."""
        raw = self.take(key, required=required, example=f"[[{self.bare(key)}]]")
        if raw is None:
            return []
        if not isinstance(raw, list) or not all(isinstance(item, dict) for item in raw):
            self._type(key, raw, "tables", f"[[{self.bare(key)}]]")
            return []
        if required and not raw:
            self.wrong("missing", key, example=f"[[{self.bare(key)}]]")
        return [
            Table(self.file, self.problems, item, f"{self.at(key)}[{index}]")
            for index, item in enumerate(raw, start=1)
        ]

    def inner(self, key: str, values: Mapping[str, object]) -> Table:
        """A cursor over a table inside this one."""
        return Table(self.file, self.problems, values, self.at(key))

    def bare(self, key: str) -> str:
        """The key path as a TOML header writes it, without counts."""
        return re.sub(r"\[\d+\]", "", self.at(key))

    def _type(self, key: str, raw: object, wanted: str, example: str = "") -> None:
        quoted = wanted == "day" and isinstance(raw, str)
        self.wrong(
            "quoted_day" if quoted else "type",
            key,
            found=_short(raw),
            wanted_zh=TYPES[wanted].zh,
            wanted_en=TYPES[wanted].en,
            example=example or f"{key} = {EXAMPLES[wanted]}",
        )


def _short(raw: object) -> str:
    text = str(raw).lower() if isinstance(raw, bool) else str(raw)
    return text if len(text) <= 40 else text[:39] + "…"  # noqa: PLR2004


def duplicates(names: Iterable[str]) -> set[str]:
    """The names that occur more than once."""
    seen: set[str] = set()
    return {name for name in names if name in seen or seen.add(name)}  # type: ignore[func-returns-value]
