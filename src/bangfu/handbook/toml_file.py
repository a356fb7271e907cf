"""One TOML file with the line of every key, so that an error can point at it."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field

from bangfu.handbook.messages import MESSAGES
from bangfu.handbook.problems import Problem

MOST_BYTES = 500_000
_HEADER = re.compile(r"\s*(\[\[?)\s*([\w.\- \"]+?)\s*\]\]?\s*(#.*)?$")
_KEY = re.compile(r"\s*([\w\-]+(?:\s*\.\s*[\w\-]+)*)\s*=\s*(.*)$")
_LINE_OF_SYNTAX = re.compile(r"\(at line (\d+)")


@dataclass(frozen=True, slots=True)
class TomlFile:
    """A file of a handbook: its name in the folder, its text, its table and its lines.

    `lines` maps a key path counted from one, such as `terms[1].source.quote`, to its line.
    """

    name: str
    text: str
    table: Mapping[str, object]
    lines: Mapping[str, int] = field(default_factory=dict)

    def line(self, place: str) -> int | None:
        """The line of a key path, or of the nearest key around it."""
        while place:
            if place in self.lines:
                return self.lines[place]
            cut = max(place.rfind("."), place.rfind("["))
            place = place[:cut] if cut > 0 else ""
        return None

    def problem(self, code: str, place: str, /, **words: object) -> Problem:
        """A problem of this file, in the words of `messages`."""
        cause, cure = MESSAGES[code].say(**words)
        return Problem(code, self.name, place, cause, cure, self.line(place))


def read_toml(name: str, raw: bytes) -> TomlFile | Problem:
    """The file as tables, or why it cannot be read."""
    if len(raw) > MOST_BYTES:
        return _unread(name, "file_big", None, size=len(raw), most=MOST_BYTES)
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        return _unread(name, "file_encoding", raw[: error.start].count(b"\n") + 1)
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        found = _LINE_OF_SYNTAX.search(str(error))
        line = int(found[1]) if found else text.count("\n") + 1
        return _unread(name, "toml_syntax", line, detail=str(error).split(" (at ")[0])
    except (RecursionError, ValueError):
        return _unread(name, "toml_syntax", None, detail="values that cannot be read")
    return TomlFile(name, text, table, _lines(text))


def _unread(name: str, code: str, line: int | None, **words: object) -> Problem:
    cause, cure = MESSAGES[code].say(**words)
    return Problem(code, name, "", cause, cure, line)


def _lines(text: str) -> dict[str, int]:
    """The first line of every key path; a text search, for tomllib keeps no lines."""
    lines: dict[str, int] = {}
    counts: dict[str, int] = {}
    base = array = quotes = ""
    entry = 0
    for number, line in enumerate(text.splitlines(), start=1):
        if quotes:
            quotes = "" if quotes in line else quotes
        elif array:
            if line.lstrip().startswith("{"):
                entry += 1
                lines.setdefault(f"{array}[{entry}]", number)
            array = "" if line.split("#")[0].strip().endswith("]") else array
        elif header := _HEADER.match(line):
            base = _path(header[2], counts, header[1] == "[[")
            lines.setdefault(base, number)
        elif key := _KEY.match(line):
            place = _joined(base, re.sub(r"\s*\.\s*", ".", key[1]))
            _note(lines, place, number)
            value = key[2].split("#")[0].strip()
            array, entry = (place, 0) if value == "[" else ("", 0)
            quotes = next((q for q in ('"""', "'''") if key[2].count(q) == 1), "")
    return lines


def _note(lines: dict[str, int], place: str, number: int) -> None:
    """A dotted key stands for the tables above it too."""
    parts = place.split(".")
    for count in range(1, len(parts) + 1):
        lines.setdefault(".".join(parts[:count]), number)


def _path(header: str, counts: dict[str, int], repeated: bool) -> str:
    """`terms.rungs` under the second `[[terms]]` is `terms[2].rungs[1]`."""
    path = ""
    parts = [part.strip().strip('"') for part in header.split(".")]
    for index, part in enumerate(parts):
        path = _joined(path, part)
        if repeated and index == len(parts) - 1:
            counts[path] = counts.get(path, 0) + 1
        if path in counts:
            path = f"{path}[{counts[path]}]"
    return path


def _joined(base: str, key: str) -> str:
    return f"{base}.{key}" if base else key
