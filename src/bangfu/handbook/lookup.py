"""Names and conditions of one rule looked up in the whole handbook, every failure noted."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from bangfu.core.rules import FactKind, Handbook
from bangfu.core.text import Text
from bangfu.handbook.columns import Rows
from bangfu.handbook.condition_types import Column
from bangfu.handbook.conditions import BadCondition, parse_simple, parse_sql
from bangfu.handbook.problems import Issue, near


class _What(NamedTuple):
    """What a name may refer to, and where such a thing is added."""

    title: Text
    home: Text


WHATS: Mapping[str, _What] = {
    "roles": _What(Text("岗位", "role"), Text("在 county.toml 加 [[roles]]；", "add [[roles]]; ")),
    "statuses": _What(
        Text("状态", "status"), Text("在 county.toml 加 [[statuses]]；", "add [[statuses]]; ")
    ),
    "facts": _What(Text("事实", "fact kind"), Text("新建 facts/{}.toml；", "add facts/{}.toml; ")),
    "duties": _What(Text("应办", "duty"), Text("新建 duties/{}.toml；", "add duties/{}.toml; ")),
    "coverage": _What(
        Text("覆盖面", "coverage"), Text("新建 coverage/{}.toml；", "add coverage/{}.toml; ")
    ),
    "staffing": _What(
        Text("配备", "staffing rule"), Text("新建 staffing/{}.toml；", "add staffing/{}.toml; ")
    ),
    "procedures": _What(
        Text("程序", "procedure"), Text("新建 procedures/{}.toml；", "add procedures/{}.toml; ")
    ),
    "formulas": _What(
        Text("算式", "formula"), Text("新建 formulas/{}.toml；", "add formulas/{}.toml; ")
    ),
    "scores": _What(Text("得分", "score"), Text("新建 scores/{}.toml；", "add scores/{}.toml; ")),
    "figures": _What(
        Text("数字", "figure"), Text("新建 figures/{}.toml；", "add figures/{}.toml; ")
    ),
    "options": _What(Text("选项", "option"), Text("", "")),
    "fields": _What(Text("字段", "field"), Text("", "")),
    "participants": _What(Text("参与人", "participant"), Text("", "")),
    "subjects": _What(Text("对象类型", "type of subject"), Text("", "")),
}


@dataclass(frozen=True, slots=True)
class Lookup:
    """One rule being checked; `at` gives the same with a deeper place.

    `known` holds the ids of every folder, those of files that could not be read included, so
    that one broken file is not reported again by every rule that names it. `views` are those of
    figures and coverages, `queried` those of checks.
    """

    handbook: Handbook
    known: Mapping[str, Collection[str]]
    views: Mapping[str, Mapping[str, Column]]
    issues: list[Issue]
    folder: str
    rule: str
    place: str = field(default="")
    queried: Mapping[str, Mapping[str, Column]] = field(default_factory=dict)

    def at(self, place: str) -> Lookup:
        """The same rule, one level further in."""
        return replace(self, place=f"{self.place}.{place}" if self.place else place)

    def wrong(self, code: str, key: str, /, **words: object) -> None:
        """Note a problem at `key`."""
        place = f"{self.place}.{key}" if self.place and key else self.place or key
        self.issues.append(Issue(self.folder, self.rule, place, code, {"key": key, **words}))

    def reference(self, key: str, what: str, found: str) -> bool:
        """Whether `found` is a known name of that sort; noted if not. "" is no reference."""
        return not found or self.among(key, what, found, self.known[what])

    def among(self, key: str, what: str, found: str, known: Collection[str]) -> bool:
        """Whether `found` is one of `known`; noted, with the nearest, if not."""
        if found in known:
            return True
        close, entry = near(found, known), WHATS[what]
        # Registry kinds are many and seldom meant.
        registry = found.startswith("registry")
        listed = [name for name in known if registry or not name.startswith("registry.")]
        self.wrong(
            "unknown_reference",
            key,
            found=found,
            what_zh=entry.title.zh,
            what_en=entry.title.en,
            home_zh=entry.home.zh.format(found),
            home_en=entry.home.en.format(found),
            known=", ".join(sorted(listed)) or "-",
            suggestion_zh=close.zh,
            suggestion_en=close.en,
        )
        return False

    def kind(self, key: str, found: str) -> FactKind | None:
        """The fact kind of that name; None where there is none, or where its file is broken."""
        return self.handbook.kind(found) if self.reference(key, "facts", found) else None

    def simple(self, key: str, text: str, columns: Mapping[str, Column]) -> None:
        """Check a condition over one row."""
        if not text:
            return
        try:
            parse_simple(text, columns)
        except BadCondition as bad:
            self.bad(key, bad)

    def sql(self, key: str, text: str, rows: Rows) -> None:
        """Check a condition that may query views."""
        if not text:
            return
        try:
            parse_sql(text, rows.columns, self.views, row=rows.row)
        except BadCondition as bad:
            self.bad(key, bad)

    def bad(self, key: str, bad: BadCondition) -> None:
        """Note a condition or a query that is refused."""
        place = f"{self.place}.{key}" if self.place else key
        words = {"cause": bad.cause, "cure": bad.cure}
        self.issues.append(Issue(self.folder, self.rule, place, bad.code, words))
