"""名单: a list pasted from a spreadsheet, line by line, becomes persons; what does not is said.

A first line with 姓名 names the columns; without one the first cell that is no number is the name,
and the others help to tell namesakes apart; several names on one line are several persons. Nobody
is guessed: a name that nobody bears, that several bear, or whose unit does not fit stays in the box
with the reason, and nothing is stored.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from bangfu.core.text import Text
from bangfu.records import queries
from bangfu.records.access import Policy
from bangfu.records.queries import Bearer

MOST_LINES = 2000
MOST_TOLD = 12
_NAME_HEADS = ("姓名", "名字", "参训人员", "name")
_UNIT_HEADS = ("单位", "部门", "乡镇", "村", "支部", "unit", "office", "township", "village")
_CELLS = re.compile(r"\t|[,，;；、|]|\s{2,}")
_COMMAS = re.compile(r"[,，;；、|]")
_SPACES = re.compile(r"[\s\u3000]+")
# A serial number, a date, a phone or an id number is nobody's name.
_NO_NAME = re.compile(r"[\d./:年月日*+\-]*[xX]?")
_A_UNIT = re.compile(
    r".+(局|委|办|办公室|委员会|镇|乡|街道|村|社区|支部|中心|公司|学校|医院|法院|检察院)"
)
_BRACKETS = re.compile(r"[（(][^）)]*[）)]")


@dataclass(frozen=True, slots=True)
class Row:
    """One line: its number from 1, its text, a name, and what else it says."""

    number: int
    text: str
    name: str
    hints: tuple[str, ...] = ()
    unit: str = ""


@dataclass(slots=True)
class Roster:
    """Who was found, in the order of the lines; the lines that stay, and why each does."""

    uids: list[str] = field(default_factory=list)
    left: list[str] = field(default_factory=list)
    problems: list[Text] = field(default_factory=list)

    def words(self, language: str) -> str:
        """What is wrong, the first few lines of it."""
        said = [one.say(language) for one in self.problems[:MOST_TOLD]]
        more = len(self.problems) - len(said)
        if more > 0:
            said.append(Text(f"还有 {more} 处。", f"And {more} more.").say(language))
        return "\n".join(said)


def read_roster(policy: Policy, text: str, already: Sequence[str] = ()) -> Roster:
    """The persons of a pasted list whom the reader may know; `already` are on the sheet."""
    roster = Roster()
    lines = [(n, line) for n, line in enumerate(text.splitlines(), start=1) if line.strip()]
    if len(lines) > MOST_LINES:
        roster.left = [line for _, line in lines]
        roster.problems = [Text(
            f"一次最多粘贴 {MOST_LINES} 行，这里有 {len(lines)} 行；请分几次粘贴。",
            f"At most {MOST_LINES} lines at once, not {len(lines)}; paste them in parts.",
        )]  # fmt: skip
        return roster
    heads = _heads(lines[0][1]) if lines else {}
    if heads is None:
        roster.left = [line for _, line in lines]
        roster.problems = [Text(
            "第一行是表头，但没有“姓名”一栏。请连“姓名”一栏一起复制，或去掉表头只贴姓名。",
            "The first line is a head without a column “Name” (姓名). Copy that column too, or "
            "paste names only, without a head.",
        )]  # fmt: skip
        return roster
    pasted = lines[1:] if heads else lines
    names = {_plain(cell) for _, line in pasted for cell in _cells(line)} - {""}
    known = queries.bearers(policy, names)
    rows = [row for _, line in pasted for row in _rows(line, heads, known)]
    first: set[str] = set()
    for read in rows:
        # Counted as the line will stand in the box once those that were read have left it.
        row = replace(read, number=len(roster.left) + 1 + bool(heads))
        uid, problem = _who(row, known.get(row.name, []))
        if problem is None and uid in first:
            problem = Text(
                f"第 {row.number} 行：{row.name}前面已经有了，是同一个人，请删去这一行；"
                "若是同名的另一人，请写上单位。",
                f"Line {row.number}: {row.name} came before and is the same person. Delete this "
                "line; if it is a namesake, write the unit beside the name.",
            )
        if problem is not None:
            roster.problems.append(problem)
            roster.left.append(row.text)
            continue
        first.add(uid)
        if uid not in already:
            roster.uids.append(uid)
    if roster.left and heads:
        roster.left.insert(0, lines[0][1])
    return roster


def _cells(line: str) -> list[str]:
    return [cell.strip(" \u3000\"'") for cell in _CELLS.split(line.strip())]


def _heads(line: str) -> Mapping[str, list[int]] | None:
    """The columns of names and units that a head names; none for no head, None for a bad one."""
    cells = [_SPACES.sub("", cell).lower() for cell in _cells(line)]
    names = [n for n, cell in enumerate(cells) if cell in _NAME_HEADS]
    units = [
        n for n, cell in enumerate(cells)
        if n not in names and any(cell in (head, f"所在{head}", f"工作{head}")
                                  for head in _UNIT_HEADS)
    ]  # fmt: skip
    if names:
        return {"name": names[:1], "unit": units}
    return None if units or any(cell in ("序号", "编号", "职务", "no") for cell in cells) else {}


def _rows(
    line: str, heads: Mapping[str, list[int]], known: Mapping[str, Sequence[Bearer]]
) -> list[Row]:
    """Whom a line names: by a head one person, else everybody in it.

    In columns of a spreadsheet, what is nobody's name says something else of the person before;
    in names set apart by commas it would be somebody lost, and is asked about.
    """
    cells = _cells(line)
    if heads:
        name = next((cells[n] for n in heads["name"] if n < len(cells)), "")
        units = [cells[n] for n in heads["unit"] if n < len(cells) and cells[n]]
        others = tuple(cell for cell in cells if cell and cell != name)
        return [Row(1, line, _plain(name), others, units[0] if units else "")]
    listed = bool(_COMMAS.search(line)) and "\t" not in line
    found: list[list[str]] = []
    for cell in cells:
        if not _plain(cell):
            continue
        before = known.get(_plain(found[-1][0]), []) if found else []
        own = any(_fits(one, cell) for one in before)
        if not found or (not own and (listed or _plain(cell) in known)):
            found.append([cell])
        else:
            found[-1].append(cell)
    if len(found) < 2:  # noqa: PLR2004 -- the line as it was pasted
        name, *more = found[0] if found else [""]
        return [_row(line, _plain(name), more)]
    return [_row("、".join(some), _plain(some[0]), some[1:]) for some in found]


def _row(text: str, name: str, more: Sequence[str]) -> Row:
    """A row without a head: what ends like a unit's name is one, and has to fit."""
    unit = next((cell for cell in more if _A_UNIT.fullmatch(cell)), "")
    return Row(1, text, name, tuple(more), unit)


def _plain(name: str) -> str:
    """A name as the registry has it: 张　三（女） is 张三."""
    bare = _SPACES.sub(" " if name.isascii() else "", _BRACKETS.sub("", name)).strip()
    return "" if _NO_NAME.fullmatch(bare) else bare


def _who(row: Row, bearers: Sequence[Bearer]) -> tuple[str, Text | None]:
    """Whose name it is, or why that cannot be said."""
    number, name = row.number, row.name
    if not name:
        return "", Text(
            f"第 {number} 行：没有看到姓名（“{_short(row.text)}”）。",
            f"Line {number}: there is no name in it (“{_short(row.text)}”).",
        )
    if not bearers:
        return "", Text(
            f"第 {number} 行：没有叫“{_short(name)}”的人。核对写法，或先登记这个人。",
            f"Line {number}: nobody is called “{_short(name)}”. Check how it is written, or have "
            "the person registered first.",
        )
    fitting = [one for one in bearers if any(_fits(one, hint) for hint in row.hints)]
    if len(fitting) == 1:
        return fitting[0].named.uid, None
    if row.unit and not fitting:
        at = "、".join(_at(one) for one in bearers[:3])
        return "", Text(
            f"第 {number} 行：“{_short(row.unit)}”没有{name}；登记的是：{at}。改单位，或去掉单位。",
            f"Line {number}: there is no {name} at “{_short(row.unit)}”; registered: {at}. Mend "
            "the unit, or leave it out.",
        )
    candidates = fitting or bearers
    if len(candidates) == 1:
        return candidates[0].named.uid, None
    at = "、".join(_at(one) for one in candidates[:4])
    return "", Text(
        f"第 {number} 行：有 {len(candidates)} 个{name}（{at}）。在姓名后写上单位，分得清是谁。",
        f"Line {number}: {len(candidates)} persons are called {name} ({at}). Write the unit after "
        "the name to tell who is meant.",
    )


def _fits(one: Bearer, hint: str) -> bool:
    """Whether a cell names the unit, the post's subject or the place of somebody."""
    return len(hint) > 1 and any(hint in name or name in hint for name in one.belongs if name)


def _at(one: Bearer) -> str:
    return one.belongs[0] if one.belongs else "—"


def _short(text: str) -> str:
    return text if len(text) <= 24 else text[:23] + "…"  # noqa: PLR2004
