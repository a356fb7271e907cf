"""What changed from one version of a handbook to another, rule by rule, in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from datetime import date, timedelta
from typing import Literal

from bangfu.core.rules import Handbook
from bangfu.core.text import Text
from bangfu.handbook.folders import rules_by_folder
from bangfu.handbook.wording import FOLDER_TITLES, label, value_words

Kind = Literal["added", "removed", "changed", "term_added", "term_ended", "term_removed"]
_NOTHING = Text("（无）", "(none)")
_VERBS: Mapping[str, Text] = {
    "added": Text("新增", "added"),
    "removed": Text("删除", "removed"),
    "changed": Text("改动", "changed"),
    "term_added": Text("新增期间", "term added"),
    "term_ended": Text("期间终止", "term ended"),
    "term_removed": Text("删除期间", "term removed"),
}


@dataclass(frozen=True, slots=True)
class Change:
    """One change of one rule: `folder` and `rule` name it, `place` what of it, `text` how."""

    folder: str
    rule: str
    kind: Kind
    place: str
    text: Text

    def say(self, language: str) -> str:
        """The change on one line in `language`."""
        folder = FOLDER_TITLES[self.folder].say(language)
        verb = _VERBS[self.kind].say(language)
        return f"{folder} {self.rule}: {verb}: {self.text.say(language)}"


def diff(old: Handbook, new: Handbook) -> list[Change]:
    """Every change from `old` to `new`, by folder and rule; none if they say the same."""
    changes: list[Change] = []
    for folder, (before, after) in _tables(old, new).items():
        for name in sorted({*before, *after}):
            if name not in before:
                changes.append(_whole(folder, name, "added", after[name]))
            elif name not in after:
                changes.append(_whole(folder, name, "removed", before[name]))
            else:
                changes += _changes(folder, name, before[name], after[name])
    return changes


def _tables(old: Handbook, new: Handbook) -> dict[str, tuple[Mapping[str, object], ...]]:
    def tables(book: Handbook) -> dict[str, Mapping[str, object]]:
        return {
            "roles": book.roles,
            "statuses": book.statuses,
            "separations": book.separations,
            "names": book.names,
            "calendar": {"calendar": book.calendar},
            "switches": book.switches,
            **rules_by_folder(book),
        }

    before, after = tables(old), tables(new)
    return {folder: (before[folder], after[folder]) for folder in before}


def _whole(folder: str, name: str, kind: Kind, rule: object) -> Change:
    title = getattr(rule, "title", None)
    return Change(folder, name, kind, "", title if isinstance(title, Text) else Text(name, name))


def _changes(folder: str, name: str, old: object, new: object) -> Iterator[Change]:
    """Changed words of a rule, then its terms, which are matched by their first day."""
    before, after = _terms(old), _terms(new)
    if not isinstance(old, Sequence):
        yield from _words(folder, name, "", _flat(old, "terms"), _flat(new, "terms"))
    for start in sorted({*before, *after}):
        place = f"{start}"
        if start not in before:
            yield Change(folder, name, "term_added", place, _summary(after[start]))
        elif start not in after:
            yield Change(folder, name, "term_removed", place, _summary(before[start]))
        else:
            one, other = before[start], after[start]
            ended = getattr(one, "end", None) is None and getattr(other, "end", None)
            if ended:
                last = ended - timedelta(days=1)
                text = Text(f"从 {start} 起，到 {last} 为止", f"from {start}, now to {last}")
                yield Change(folder, name, "term_ended", place, text)
            skip = "end" if ended else ""
            yield from _words(folder, name, place, _flat(one, skip), _flat(other, skip))


def _terms(rule: object) -> dict[date, object]:
    terms = rule if isinstance(rule, Sequence) else getattr(rule, "terms", ())
    return {term.start: term for term in terms}


def _words(  # noqa: PLR0917 - one change has this many parts
    folder: str, name: str, place: str, old: Mapping[str, Text], new: Mapping[str, Text]
) -> Iterator[Change]:
    since = Text(f"（{place} 起）", f" (from {place})") if place else Text("", "")
    for path in [*old, *(path for path in new if path not in old)]:
        before, after = old.get(path, _NOTHING), new.get(path, _NOTHING)
        if before == after:
            continue
        key = _path_words(path)
        text = Text(
            f"{key.zh}{since.zh}：{before.zh} → {after.zh}",
            f"{key.en}{since.en}: {before.en} → {after.en}",
        )
        yield Change(folder, name, "changed", f"{place} {path}".strip(), text)


def _path_words(path: str) -> Text:
    labels = [label(key) for key in path.split(".")]
    return Text("·".join(each.zh for each in labels), ", ".join(each.en for each in labels))


def _summary(term: object) -> Text:
    """A term on one line: what it says, without the words of its source."""
    parts = [
        (_path_words(path), value)
        for path, value in _flat(term, "").items()
        if not path.startswith("source.")
    ]
    return Text(
        "，".join(f"{key.zh} {value.zh}" for key, value in parts),
        ", ".join(f"{key.en} {value.en}" for key, value in parts),
    )


def _flat(value: object, skip: str, path: str = "") -> dict[str, Text]:
    """Every leaf of a rule by its key path; entries with an id are named by it."""
    if value is None or value is False or value in ("", (), {}):
        return {}
    entries = _entries(value, skip)
    if entries is not None:
        found: dict[str, Text] = {}
        for key, item in entries:
            found.update(_flat(item, skip, f"{path}.{key}" if path else key))
        return found
    return {path: _leaf(path, value)}


def _entries(value: object, skip: str) -> list[tuple[str, object]] | None:
    """What lies inside a value, with its key; None for a leaf."""
    if isinstance(value, Text):
        return None
    if is_dataclass(value) and not isinstance(value, type):
        names = [field.name for field in fields(value) if field.name not in (skip, "id")]
        return [(name, getattr(value, name)) for name in names]
    if isinstance(value, Mapping):
        return [(str(key), item) for key, item in value.items()]
    if isinstance(value, (tuple, list)) and all(is_dataclass(item) for item in value):
        return [(_name(item) or str(number), item) for number, item in enumerate(value, start=1)]
    return None


def _leaf(path: str, value: object) -> Text:
    if isinstance(value, Text):
        return value
    if isinstance(value, (tuple, list, frozenset)):
        text = ", ".join(sorted(str(item) for item in value))
    elif isinstance(value, float):
        text = f"{value:g}"
    elif value is True:
        return Text("是", "yes")
    else:
        return value_words(path.rsplit(".", maxsplit=1)[-1], str(value))
    return Text(text, text)


def _name(item: object) -> str:
    return str(getattr(item, "id", "") or getattr(item, "role", ""))
