"""Whom a row means: by number or id number, else by name, birth and village; doubts are asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID, uuid5

from bangfu.core.registry import FOUNDING, PLACE_LEVELS, SUBJECT_TITLES
from bangfu.core.rules import Handbook
from bangfu.core.text import Text
from bangfu.exchange.sheets.layout import ASSIGNMENT, FOUNDS, Layout
from bangfu.exchange.sheets.lines import Line
from bangfu.exchange.sheets.people import People
from bangfu.exchange.sheets.places import Fresh, Places
from bangfu.exchange.sheets.portion import Portion, own_name
from bangfu.records.access import Policy
from bangfu.records.sheet_queries import Known

NEW = "new"
SKIP = "skip"
_SHOWN = 5


class Matcher:
    """Finds the subjects, homes and people of lines, a portion at a time."""

    def __init__(
        self, policy: Policy, layout: Layout, handbook: Handbook, *,
        fresh: Fresh, places: Places, choices: Mapping[str, str], namespace: UUID,
    ) -> None:  # fmt: skip
        self._policy = policy
        self.layout = layout
        self._handbook = handbook
        self._fresh = fresh
        self._places = places
        self._choices = choices
        self._namespace = namespace
        self._type = layout.kind.subject
        self._knows = Portion(policy, layout, handbook, choices, before=fresh.before)
        self._people = People(layout, self._knows, fresh)
        self._can_found = layout.founding is not None or layout.kind.id == FOUNDS.get(self._type)
        # In sheets of such kinds the system id is the subject's, in others the fact's.
        self._of_subjects = layout.kind.latest or layout.kind.id in FOUNDING

    def match(self, lines: Sequence[Line]) -> None:
        """Set the subject, home and people of these lines, or what is doubtful or wrong."""
        self._knows.learn(lines)
        for line in lines:
            self._match_place(line)
            written = line.place
            self._match_references(line)
            if self.layout.kind.id == ASSIGNMENT:
                self._match_about(line, line.keys)
                line.subject, line.known = line.about, line.about_known
            elif self._type == "household":
                self._match_household(line)
            elif self._type == "person":
                self._match_person(line)
            else:
                self._match_named(line)
            # Where the home lies is where somebody is registered first, and says nothing later.
            self._fill_place(line, line.place if line.fresh else written)
            if self.layout.assignment is not None and ("registry.assignment", "role") in (
                line.references
            ):
                self._match_about(line, line.keys)
            self._people.match(line)
            self._remember(line)

    # Places and what is named by a word.

    def _match_place(self, line: Line) -> None:
        words = [line.keys.get(key, "") for key in ("township", "village", "group")]
        if not any(words):
            return
        found = self._places.find(words)
        column = next(
            self.layout.keys[key] for key in ("group", "village", "township") if line.keys.get(key)
        )
        word = "".join(words)
        if len(found) == 1:
            line.place = found[0].id
        elif self._type not in PLACE_LEVELS:
            self._refuse_place(line, column, word, found)

    def _refuse_place(self, line: Line, column: int, word: str, found: Sequence[Known]) -> None:
        if found:
            line.refuse(
                column, f"有 {len(found)} 个地方叫“{word}”，请写上乡镇，或改填区划代码",
                f"{len(found)} places are called “{word}”; write the township too, or the code",
            )  # fmt: skip
        else:
            line.refuse(
                column, f"没有叫“{word}”的地方，请按登记的名称填写",
                f"no place is called “{word}”; write it as it is registered",
            )  # fmt: skip

    def _match_references(self, line: Line) -> None:
        for (kind_id, name), word in line.references.items():
            column = self.layout.fields[kind_id][name]
            if (kind_id, name) == (ASSIGNMENT, "role"):
                self._match_role(line, word, column)
                continue
            to = self._knows.to(kind_id, name)
            if to == "place":
                found = self._places.find([line.keys.get("township", ""), word])
            else:
                found = self._knows.called.get((to, word), [])
            if len(found) == 1:
                line.values[kind_id][name] = found[0].uid
                if (to, name) == ("place", "place") and kind_id in FOUNDING:
                    line.place = line.place or found[0].id
            elif to == "place":
                self._refuse_place(line, column, word, found)
            elif to in SUBJECT_TITLES:
                title = SUBJECT_TITLES[to]  # type: ignore[index]
                line.refuse(
                    column, f"找不到{title.zh}“{word}”，请按登记的名称填写",
                    f"there is no {title.en.lower()} “{word}”; write it as it is registered",
                )  # fmt: skip
            else:
                line.values[kind_id][name] = word

    def _fill_place(self, line: Line, place: int) -> None:
        """Say where what the row registers lies, if no column of its own does."""
        for kind in self.layout.kinds:
            item = kind.field("place")
            around = item is not None and item.to == "place" and kind.registry
            if place and around and not line.values[kind.id].get("place"):
                line.values[kind.id]["place"] = self._places.by_id[place].uid

    def _match_role(self, line: Line, word: str, column: int) -> None:
        for role in self._handbook.roles.values():
            if word in (role.id, role.title.zh, role.title.en):
                line.values[ASSIGNMENT]["role"] = role.id
                line.about_type = role.subject
                return
        zh = "、".join(role.title.zh for role in self._handbook.roles.values())
        line.refuse(
            column, f"没有叫“{word}”的岗位，可填：{zh}",
            f"there is no post called “{word}”; see the handbook for their names",
        )  # fmt: skip

    def _match_about(self, line: Line, keys: Mapping[str, str]) -> None:
        """What a post is for: by the column 对象, or by the place or unit of the row."""
        kind = line.about_type
        if not kind:
            return
        word = keys.get("about", "") or keys.get(kind, "")
        if kind in PLACE_LEVELS:
            words = [keys.get("township", ""), keys.get("village", ""), keys.get("group", "")]
            found = self._places.find([word] if word else words, (kind,))
        elif kind == "household":
            number = word or keys.get("household", "")
            found = self._knows.numbers.get(number) or self._knows.called.get((kind, number), [])
        else:
            found = self._knows.called.get((kind, word), [])
        if len(found) == 1:
            line.about, line.about_known = found[0].uid, found[0].id
            return
        column = self.layout.keys.get("about", self.layout.keys.get(kind))
        title = SUBJECT_TITLES[kind]  # type: ignore[index]
        if column is None:
            column = self.layout.fields[ASSIGNMENT].get("role")
        line.refuse(
            column, f"这个岗位是为{title.zh}设的，“对象”一栏没有写清是哪一个",
            f"this post is for a {title.en.lower()}; the column “About” does not say which",
        )  # fmt: skip

    # Households, persons, and whatever has a name.

    def _match_household(self, line: Line) -> None:
        number, name = line.keys.get("household", ""), line.keys.get("head", "")
        if self._take_chosen(line) or self._take_uid(line):
            return
        fresh = self._fresh.numbers.get(number) if number else None
        if fresh is not None:
            line.subject, line.fresh = fresh[0], False
            return
        found = self._knows.numbers.get(number, []) if number else []
        if len(found) == 1:
            self._take(line, found[0])
            return
        if len(found) > 1:
            self._doubt(line, found, again=False)
            return
        village = self._village(line.place)
        named = [
            one for one in self._knows.called.get(("household", name), [])
            if not village or one.village == village
        ]  # fmt: skip
        if not number and len(named) == 1:
            self._take(line, named[0])
        elif named:
            # Excel makes 1 of 001: a number that nobody has may still mean one of them.
            self._doubt(line, named, again=bool(number) and self._can_found)
        else:
            self._found(line, number or name)

    def _match_person(self, line: Line) -> None:
        self._match_home(line)
        given = line.keys.get("id", "")
        if self._take_chosen(line) or self._take_uid(line):
            return
        if given:
            fresh = self._fresh.ids.get(given)
            if fresh is not None:
                line.subject = fresh
                return
            found = self._knows.persons.get(given, [])
            if len(found) == 1:
                self._take(line, found[0])
                return
            if found:
                self._doubt(line, found, again=False)
                return
        self._match_by_name(line, given)

    def _match_by_name(self, line: Line, given: str) -> None:
        """By name, birth and village or home, where the id number is not known."""
        name, birth = line.keys.get("name", ""), line.keys.get("birth", "")
        village = self._village(line.place)
        fresh = self._fresh.names.get((name, line.home)) if line.home and not given else None
        if fresh is not None:
            line.subject = fresh
            return
        bearers = (
            self._knows.born.get(name, [])
            if given
            else self._knows.called.get(("person", name), [])
        )
        fitting = [
            one for one in bearers
            if (not birth or one.birth is None or one.birth.isoformat() == birth)
            and (not village or not one.village or one.village == village)
        ]  # fmt: skip
        sure = [
            one for one in fitting
            if birth and one.birth and (not village or one.village == village)
        ]  # fmt: skip
        if given:
            # Whoever has another id number, or none, may still be the same: somebody has to say.
            if sure:
                self._doubt(line, sure, again=self._can_found)
            else:
                self._found(line, given)
        elif len(sure) == 1 or (len(fitting) == 1 and not birth):
            self._take(line, (sure or fitting)[0])
        elif fitting:
            self._doubt(line, fitting, again=self._can_found)
        else:
            self._found(line, name)

    def _match_home(self, line: Line) -> None:
        number = line.keys.get("household", "")
        if not number:
            return
        fresh = self._fresh.numbers.get(number)
        found = self._knows.numbers.get(number, [])
        if fresh is not None:
            line.home = fresh[0]
            line.place = line.place or fresh[1]
        elif len(found) == 1:
            line.home, line.home_known = found[0].uid, found[0].id
            line.place = line.place or self._lies_in(found[0])
        elif self.layout.membership is not None:
            line.refuse(
                self.layout.keys["household"],
                f"没有户编号为“{number}”的农户，请先登记（导入）农户，再导入成员",
                f"there is no household number “{number}”; register (import) households first",
            )

    def _match_named(self, line: Line) -> None:
        """Units, branches, projects and places: by their own name, or code."""
        if self._take_chosen(line) or self._take_uid(line):
            return
        if self._type in PLACE_LEVELS:
            founding = self.layout.kind.id == "registry.place"
            code = str(line.values[self.layout.kind.id].get("code") or "") if founding else ""
            if founding:
                found = self._places.find([code]) if code else []
            elif line.keys.get("about"):
                found = self._places.find([line.keys["about"]], (self._type,))
            else:
                found = [self._places.by_id[line.place]] if line.place else []
        else:
            found = self._knows.called.get((self._type, own_name(line, self._type)), [])
        if len(found) == 1:
            self._take(line, found[0])
        elif found:
            self._doubt(line, found, again=False)
        else:
            self._found(line, own_name(line, self._type))

    # What came of it.

    def _take(self, line: Line, one: Known) -> None:
        line.subject, line.known = one.uid, one.id

    def _take_uid(self, line: Line) -> bool:
        given = line.keys.get("uid", "")
        one = self._knows.uids.get(given)
        if one is not None and one.type == self._type:
            self._take(line, one)
            return True
        if given and one is None and self._of_subjects:
            line.refuse_gone(self.layout.keys["uid"])
            return True
        return False

    def _take_chosen(self, line: Line) -> bool:
        """What somebody said of a doubtful row."""
        chosen = self._choices.get(f"{line.sheet}:{line.number}", "")
        if chosen == NEW and self._can_found:
            self._register(line)
            return True
        one = self._knows.uids.get(chosen)
        if one is not None:
            self._take(line, one)
            return True
        return False

    def _doubt(self, line: Line, found: Sequence[Known], *, again: bool) -> None:
        line.candidates = [(one.uid, self._described(one)) for one in found[:_SHOWN]]
        if again:
            line.candidates.append((NEW, Text("都不是，新登记", "None of them: register anew")))
        if line.verdict != "refused":
            line.verdict = "doubtful"

    def _described(self, one: Known) -> Text:
        places = self._places.by_id
        where = "".join(places[n].name for n in (one.township, one.village) if n in places)
        born = f"，{one.birth:%Y-%m-%d}" if one.birth else ""
        number = f"，{one.number}" if one.number else ""
        return Text(f"{one.name}（{where}{born}{number}）", f"{one.name} ({where}{born}{number})")

    def _found(self, line: Line, word: str) -> None:
        """Register what the file brings, or say that there is no such thing."""
        if self._can_found:
            self._register(line)
            return
        title = SUBJECT_TITLES[self._type]
        column = next(
            (self.layout.keys[key] for key in ("id", "household", "name", "head", "village",
                                                "about", self._type)
             if key in self.layout.keys), None,
        )  # fmt: skip
        line.refuse(
            column, f"没有登记这个{title.zh}（{word}），请先登记，或核对号码和姓名",
            f"this {title.en.lower()} ({word}) is not registered; register it first, or check "
            "number and name",
        )  # fmt: skip
        if self.layout.kind.department is not None and len(line.problems) == 1:
            line.verdict = "absent"  # the department has the whole county, we have those we help

    def _register(self, line: Line) -> None:
        line.subject = str(uuid5(self._namespace, f"{line.sheet}:{line.number}"))
        line.fresh = True

    def _remember(self, line: Line) -> None:
        """Let later rows find what this one registers."""
        if not line.fresh or line.verdict in ("refused", "doubtful"):
            return
        keys = line.keys
        if self._type == "household" and keys.get("household"):
            self._fresh.numbers[keys["household"]] = (line.subject, line.place)
        if self._type == "person":
            if keys.get("id"):
                self._fresh.ids[keys["id"]] = line.subject
            if line.home:
                self._fresh.names[keys.get("name", ""), line.home] = line.subject

    def _lies_in(self, one: Known) -> int:
        """The narrowest place that a subject lies in."""
        around = [int(part) for part in one.path.split("/") if part]
        return next((n for n in reversed(around) if n in self._places.by_id), 0)

    def _village(self, place: int) -> int:
        known = self._places.by_id.get(place)
        return (known.id if known.type == "village" else known.village) if known else 0
