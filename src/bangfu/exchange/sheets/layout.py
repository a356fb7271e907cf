"""Which kinds of facts a sheet holds and in which columns: by header, in any order."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from bangfu.core.facts import VOID
from bangfu.core.registry import ERASURE, FOUNDING
from bangfu.core.rules import FactKind, Handbook, SubjectType
from bangfu.core.text import Refused
from bangfu.exchange.sheets import limits
from bangfu.exchange.sheets.headers import (
    IGNORED,
    key_words,
    letter,
    plain,
    without_unit,
    words_of,
)
from bangfu.exchange.sheets.workbook import Merged, Row

FOUNDS: Mapping[SubjectType, str] = {
    subject: kind
    for kind, subjects in FOUNDING.items() for subject in subjects
}  # fmt: skip
MEMBERSHIP, ASSIGNMENT, STATUS = "registry.membership", "registry.assignment", "registry.status"
_NEVER = {VOID, ERASURE, STATUS, "reveal", "export"}
_LEAST = 2  # headers that make a row of headers


@dataclass(slots=True)
class Layout:
    """What stands where in a sheet (表格版式), columns counted from 0.

    `participants` by role: the columns of names, id numbers and system ids.
    `kind` is what the sheet is of; `founding` says that its columns also register its subjects,
    `membership` that they say who lives where, `assignment` who holds which post. `head` is the
    number of the last row of headers, `titles` what stands above, that row included.
    """

    kind: FactKind
    head: int
    headers: list[str]
    titles: list[Row]
    keys: dict[str, int] = field(default_factory=dict)
    fields: dict[str, dict[str, int]] = field(default_factory=dict)
    participants: dict[str, tuple[int | None, int | None, int | None]] = field(default_factory=dict)
    statuses: dict[str, int] = field(default_factory=dict)
    unknown: list[str] = field(default_factory=list)
    founding: FactKind | None = None
    membership: FactKind | None = None
    assignment: FactKind | None = None
    more: list[FactKind] = field(default_factory=list)

    @property
    def kinds(self) -> list[FactKind]:
        """All kinds of facts that its rows give, in the order in which they are recorded."""
        given = (self.founding, self.membership, self.assignment, self.kind, *self.more)
        found = [kind for kind in given if kind is not None]
        return sorted(found, key=lambda kind: kind.id not in FOUNDING)

    def title_of(self, kind: str, name: str) -> str:
        """The header of a field's column, with its letters."""
        column = self.fields.get(kind, {}).get(name)
        return "" if column is None else self.headers[column]


def layout(
    rows: Sequence[Row],
    merged: Sequence[Merged],
    handbook: Handbook,
    kinds: Iterable[FactKind],
    *,
    wanted: str = "",
) -> Layout | None:
    """The layout of a sheet from its first rows; None where no row of headers is found.

    `wanted` names the kind where somebody has said it. Raises `Refused` for a header that stands
    twice.
    """
    able = [kind for kind in kinds if kind.id not in _NEVER]
    words = _Words(handbook, able)
    best: tuple[int, int] = (0, -1)
    heads: list[str] = []
    for number, row in enumerate(rows[: limits.HEAD_ROWS]):
        found, last = _headers(rows, number, merged)
        count = sum(words.knows(header) for header in found)
        if count > best[0]:
            best, heads, head = (count, number), found, last
        if len(row.cells) > limits.COLUMNS:
            break
    if best[0] < _LEAST:
        return None
    asked = [kind for kind in able if kind.id == wanted]
    chosen = _kind_of(heads, asked or able)
    if chosen is None:
        return None
    found_layout = Layout(chosen, rows[head].number, heads, list(rows[: head + 1]))
    _place(found_layout, handbook, {kind.id: kind for kind in able})
    return found_layout


class _Words:
    """Every header that means something."""

    def __init__(self, handbook: Handbook, kinds: Iterable[FactKind]) -> None:
        self._words = set(key_words())
        for kind in kinds:
            for one in kind.fields:
                self._words |= words_of(one)
        for status in handbook.statuses.values():
            self._words |= {plain(status.title.zh), plain(status.title.en)}

    def knows(self, header: str) -> bool:
        """Whether a header is one of them."""
        return bool(header) and (header in self._words or without_unit(header) in self._words)


def _headers(rows: Sequence[Row], number: int, merged: Sequence[Merged]) -> tuple[list[str], int]:
    """The headers that begin in a row, and the index of their last row: cells may span two."""
    row = rows[number]
    heads = [plain(cell) for cell in row.cells]
    below = rows[number + 1] if number + 1 < len(rows) else None
    spans = any(
        one.top == row.number - 1 and one.bottom == row.number and one.left == one.right
        for one in merged
    )
    if below is None or below.number != row.number + 1 or not spans:
        return heads, number
    lower = [plain(cell) for cell in below.cells]
    width = max(len(heads), len(lower))
    heads += [""] * (width - len(heads))
    lower += [""] * (width - len(lower))
    return [low or high for high, low in zip(heads, lower, strict=True)], number + 1


def _kind_of(heads: Sequence[str], kinds: Sequence[FactKind]) -> FactKind | None:
    """The kind most of whose fields stand among the headers, those that register its subjects
    included; of several the one with the fewest fields that are not there.
    """
    given = set(heads) | {without_unit(head) for head in heads}
    able = {kind.id: kind for kind in kinds}
    found: list[tuple[int, int, int, FactKind]] = []
    for kind in kinds:
        own = _hits(kind, given)
        missing = any(
            one.required and one.type != "reference" and not words_of(one) & given
            for one in kind.fields
        )
        if not own or missing:
            continue
        founder = able.get(FOUNDS.get(kind.subject, ""))
        besides = _hits(founder, given) - own if founder else set()
        plain_kind = not kind.registry or kind.id in FOUNDING
        found.append((len(own | besides), plain_kind, len(own) - len(kind.fields), kind))
    if not found:
        return None
    return max(found, key=lambda one: one[:3])[3]


def _hits(kind: FactKind, given: set[str]) -> set[str]:
    """The headers that a kind's fields are found under."""
    return {word for one in kind.fields for word in words_of(one) & given}


def _place(found: Layout, handbook: Handbook, kinds: Mapping[str, FactKind]) -> None:
    """Say which column is what, and what else the columns record."""
    at = _positions(found.headers)
    words = key_words()
    used = set()
    for header, column in at.items():
        key = words.get(header) or words.get(without_unit(header))
        if key and found.keys.setdefault(key, column) == column:
            used.add(column)
    kind = found.kind
    _take_fields(found, kind, at)
    if kind.department:
        _name_heads(found)
    else:
        _take_besides(found, handbook, kinds, at)
    for role in kind.participants:
        _take_participant(found, role.id, (role.title.zh, role.title.en), at)
    if kind.id == MEMBERSHIP and "member" not in found.participants:
        found.participants["member"] = (found.keys.get("name"), found.keys.get("id"), None)
    if kind.id == ASSIGNMENT and "holder" not in found.participants:
        found.participants["holder"] = (found.keys.get("name"), found.keys.get("id"), None)
    dates = {c for one in found.fields.values() for c in one.values()}
    if found.keys.get("day") in dates:
        del found.keys["day"]  # the start of a span, say: the kind's own
    used |= _taken(found)
    for name, who in found.participants.items():
        used |= {column for column in who if column is not None and name}
    found.unknown = [
        f"{letter(column)} {header}"
        for header, column in at.items()
        if column not in used and header not in IGNORED
    ]


def _name_heads(found: Layout) -> None:
    """A department's list is that and nothing else; where it names heads, these are meant."""
    for key, own in (("head", "name"), ("head_id", "id")):
        if found.kind.subject == "person" and own not in found.keys and key in found.keys:
            found.keys[own] = found.keys.pop(key)


def _take_besides(
    found: Layout, handbook: Handbook, kinds: Mapping[str, FactKind], at: Mapping[str, int]
) -> None:
    """What else of its subjects the columns say: who they are, where they live, what they are."""
    kind = found.kind
    founder = kinds.get(FOUNDS.get(kind.subject, ""))
    other = founder is not kind and kind.id not in (ASSIGNMENT, MEMBERSHIP)
    if founder is not None and other and _founds(found, founder, at):
        found.founding = founder
        _take_fields(found, founder, at)
    if kind.subject == "person":
        _take_ties(found, at, kinds)
    _take_more(found, at, kinds.values())
    for status in handbook.statuses.values():
        for word in (plain(status.title.zh), plain(status.title.en)):
            if word in at and status.subject == kind.subject and at[word] not in _taken(found):
                found.statuses[status.id] = at[word]


def _positions(headers: Sequence[str]) -> dict[str, int]:
    """The column of each header; refused where one stands twice."""
    at: dict[str, int] = {}
    for column, header in enumerate(headers):
        if not header:
            continue
        if header in at:
            one, other = letter(at[header]), letter(column)
            raise Refused(
                "duplicate_header",
                f"表头“{header}”出现两次（{one} 列和 {other} 列）。请改掉或删去其中一列，再导入。",
                f"The header “{header}” stands twice (columns {one} and {other}). Rename or delete "
                "one of them, then import.",
                place=f"{other}",
            )
        at[header] = column
    return at


def _take_fields(found: Layout, kind: FactKind, at: Mapping[str, int]) -> None:
    mine = found.fields.setdefault(kind.id, {})
    for one in kind.fields:
        for word in words_of(one):
            column = at.get(word)
            if column is None:
                column = next((at[h] for h in at if without_unit(h) == word), None)
            if column is not None:
                mine[one.id] = column
                break


def _founds(found: Layout, founder: FactKind, at: Mapping[str, int]) -> bool:
    """Whether the columns say all that registering a subject needs."""
    for one in founder.fields:
        if not one.required:
            continue
        placed = one.id == "place" and bool({"village", "township"} & found.keys.keys())
        if not placed and not any(word in at for word in words_of(one)):
            return False
    return True


def _take_ties(found: Layout, at: Mapping[str, int], kinds: Mapping[str, FactKind]) -> None:
    """Who lives where and who holds which post, said in a row about a person."""
    membership, assignment = kinds.get(MEMBERSHIP), kinds.get(ASSIGNMENT)
    if membership is not None and "household" in found.keys:
        _take_fields(found, membership, at)
        if "relation" in found.fields[MEMBERSHIP]:
            found.membership = membership
    if assignment is not None:
        _take_fields(found, assignment, at)
        if "role" in found.fields[ASSIGNMENT]:
            found.assignment = assignment


def _take_more(found: Layout, at: Mapping[str, int], kinds: Iterable[FactKind]) -> None:
    """Further kinds of which the newest fact holds, where columns are theirs alone."""
    for kind in kinds:
        if not kind.latest or kind is found.kind or kind.subject != found.kind.subject:
            continue
        if kind.department:
            continue  # that comes by its own list alone
        free = set(at.values()) - _taken(found)
        _take_fields(found, kind, at)
        mine = found.fields[kind.id]
        missing = any(one.required and one.id not in mine for one in kind.fields)
        if missing or not free & set(mine.values()):
            del found.fields[kind.id]
        else:
            found.more.append(kind)


def _take_participant(
    found: Layout, role: str, titles: Iterable[str], at: Mapping[str, int]
) -> None:
    for title in map(plain, titles):
        name, number = at.get(title), at.get(plain(f"{title}证件号码"))
        if name is not None or number is not None:
            found.participants[role] = (name, number, at.get(plain(f"{title}系统编号")))
            return


def _taken(found: Layout) -> set[int]:
    columns = {column for one in found.fields.values() for column in one.values()}
    return columns | set(found.statuses.values()) | set(found.keys.values())
