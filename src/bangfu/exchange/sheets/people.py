"""Who took part in what a row says, and who did it: by id number, by system id, else by name."""

from __future__ import annotations

from collections.abc import Sequence

from bangfu.core.registry import SUBJECT_TITLES
from bangfu.exchange.sheets.layout import Layout
from bangfu.exchange.sheets.lines import Line, Named
from bangfu.exchange.sheets.places import Fresh
from bangfu.exchange.sheets.portion import Portion
from bangfu.records.sheet_queries import Known


class People:
    """Finds the people of lines among what is known of their portion."""

    def __init__(self, layout: Layout, knows: Portion, fresh: Fresh) -> None:
        self._layout = layout
        self._knows = knows
        self._fresh = fresh

    def match(self, line: Line) -> None:
        """Set who took part and who did it, or what is wrong."""
        for role, people in line.people.items():
            columns = self._layout.participants[role]
            kind = self._knows.roles.get(role, "person")
            where = columns[0], columns[1]
            found = [self._found(line, one, kind, where) for one in people]
            line.participants[role] = tuple(dict.fromkeys(uid for uid in found if uid))
        name, number = line.keys.get("performer", ""), line.keys.get("performer_id", "")
        if name or number:
            keys = self._layout.keys
            where = keys.get("performer"), keys.get("performer_id")
            line.performer = self._found(line, Named(name, number), "person", where)

    def _found(self, line: Line, one: Named, kind: str, columns: Sequence[int | None]) -> str:
        """The uid of who is meant; empty, and a refusal, where that is not clear."""
        by_name, by_number = columns
        if one.number:
            # Whoever gives a number means that one and nobody else of the name.
            found = self._knows.persons.get(one.number, [])
            fresh = self._fresh.ids.get(one.number)
            if fresh or len(found) == 1:
                return fresh or found[0].uid
            if not found:
                line.refuse(
                    by_number, "没有登记这个证件号码的人，请核对号码，或先登记",
                    "nobody of this id number is registered; check it, or register the person "
                    "first",
                )  # fmt: skip
                return ""
        else:
            # As we wrote it: the system id tells which of a name; if the name is another, so is
            # who is meant.
            known = [self._knows.named.get(uid) for uid in one.uids]
            meant = [who for who in known if who is not None and who.name == one.name]
            if meant:
                return meant[0].uid
            found = self._knows.called.get((kind, one.name), [])
            if len(found) == 1:
                return found[0].uid
        self._refuse(line, by_number if by_name is None else by_name, one, found, kind=kind)
        return ""

    def _refuse(
        self,
        line: Line,
        column: int | None,
        one: Named,
        found: Sequence[Known],
        *,
        kind: str,
    ) -> None:
        name = one.name or one.number
        if found:
            line.refuse(
                column, f"有 {len(found)} 个人叫“{name}”，请另加一列写证件号码",
                f"{len(found)} persons are called “{name}”; add a column with the id number",
            )  # fmt: skip
        elif kind == "person":
            line.refuse(
                column, f"没有登记叫“{name}”的人，请核对，或先登记",
                f"nobody called “{name}” is registered; check it, or register the person first",
            )  # fmt: skip
        else:
            title = SUBJECT_TITLES[kind]  # type: ignore[index]
            line.refuse(
                column, f"找不到{title.zh}“{name}”，请按登记的名称填写",
                f"there is no {title.en.lower()} “{name}”; write it as it is registered",
            )  # fmt: skip
