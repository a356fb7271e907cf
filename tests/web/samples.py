"""Sample arguments for every address, from inside and from outside a reader's scope.

Inside lies in the eastern township, outside in the western one; `test_two_worlds` fails for an
address that has none here. A sample is (arguments of the path, query or body).
"""

from __future__ import annotations

import json

from tests.cast import uid

Query = dict[str, str | list[str]]
Sample = tuple[tuple[str, ...], Query]

INSIDE = {
    "household": uid("household"), "person": uid("head"), "village": uid("stone bridge"),
    "town": uid("east"), "worker": uid("helper"), "fact": uid("east visit"),
    "founding": uid("household"), "post": uid("helps"), "text": "谷", "number": "001",
    "branch": uid("branch"), "case": uid("recall"),
}  # fmt: skip
OUTSIDE = {
    "household": uid("west household"), "person": uid("west head"), "village": uid("reed pond"),
    "town": uid("west"), "worker": uid("outsider"), "fact": uid("west visit 0"),
    "founding": uid("extra 1"), "post": uid("west helps"), "text": "金丝雀", "number": "西1",
    "branch": uid("west branch"), "case": uid("west recall"),
}  # fmt: skip
BOTH = (INSIDE, OUTSIDE)
# Public: everybody reads it; where it was told, each in his own villages.
NOTICE = uid("notice told")


def both(*names: str) -> list[Sample]:
    return [(tuple(side[name] for name in names), {}) for side in BOTH]


def asked(**parameters: str) -> list[Sample]:
    """The same query for each side; `{name}` stands for what the side has."""
    return [((), {key: text.format(**side) for key, text in parameters.items()}) for side in BOTH]


def under(argument: str, *queries: list[Sample]) -> list[Sample]:
    return [((argument,), query) for samples in queries for _, query in samples]


def batches() -> list[Sample]:
    """Batches about each side: new, amending what is there, done by who is there.

    And under a uid that is taken inside. One that is taken outside cannot be stored again, and
    is answered like a reserved one (ADR 0017; tests/records/test_referring.py).
    """
    found: list[Sample] = []
    for number, side in enumerate(BOTH):
        fact = {
            "uid": uid(f"sent by a program {number}"), "kind": "household_visit",
            "occurred_on": "2017-07-20", "subject": side["household"], "values": {"mode": "door"},
        }  # fmt: skip
        taken = fact | {"uid": INSIDE["fact"]}
        amending = fact | {"uid": uid(f"amends {number}"), "amends": side["fact"], "reason": "错"}
        done_by = fact | {"uid": uid(f"done by {number}"), "performed_by": side["worker"]}
        found += [
            ((), {"json": json.dumps({"facts": facts})})
            for facts in ([fact], [taken, fact], [amending, done_by])
        ]
    return found


def about_at_desk() -> list[Sample]:
    """Changes about each side's household, and one inside that names a post or a thing outside."""
    found: list[Sample] = [
        ((side["household"], kind), {"line": side["post"], "person": side["person"]})
        for side in BOTH
        for kind in ("registry.membership", "registry.status", "registry.assignment_end")
    ]
    form = {"occurred_on": "2017-07-20", "v.role": "helper", "p.holder": uid("helper")}
    for number, referred in enumerate(("helps 1", "extra 1", "nothing at all")):
        query: Query = {**form, "v.stands_in_for": uid(referred), "uid": uid(f"refers {number}")}
        found.append(((INSIDE["household"], "registry.assignment"), query))
    return found


VISIT = {
    "subject": "{household}", "occurred_on": "2017-07-20", "v.mode": "door", "uid": "{fact}",
}  # fmt: skip
SAMPLES: dict[str, list[Sample]] = {
    "home": [((), {})],
    "sign-in": asked(username="{text}", password="wrong-password"),
    "code": [((), {})],
    "account": [((), {})],
    "second-factor": [((), {})],
    "sign-out": [((), {})],
    "language": [((), {"language": "zh-hans"})],
    "letters": [((), {})],
    "today": [((), {})],
    "record": asked(row="obligation:household_visit:{household}:2017-07-01"),
    "record-kind": under(
        "household_visit",
        asked(subject="{household}", by="{worker}"),
        asked(row="obligation:household_visit:{household}:2017-07-01"),
        asked(**{**VISIT, "uid": uid("sent by form")}),
    )
    + under(
        "class_session",
        asked(**{"paste.attendee": "{text}", "uid": uid("pasted"), "occurred_on": "2017-07-20"}),
    )
    + under("notice_read_out", asked(subject="{village}", **{"v.notice": NOTICE}))
    + under("recall_answer", asked(case="{case}", subject="{village}"))
    + under("recall_grounds", asked(subject="{village}")),
    "find": under(
        "household_visit",
        asked(q="{text}", **{"for": "subject"}),
        asked(q="{text}", subject="{household}", **{"for": "performed_by"}),
    )
    + under("class_session", asked(q="{text}", **{"for": "attendee"}))
    + under("notice_read_out", asked(q="{text}", field="notice"))
    + under("unit_interview", asked(q="{text}", field="unit")),
    "tray": [((), {})],
    "month": [((), {}), ((), {"month": "2017-06"})],
    "month-rows": [((), {}), ((), {"rule": "household_visit"})],
    "township": [
        ((), {}), *asked(town="{town}"), *asked(village="{village}"), *asked(person="{worker}"),
        ((), {"by": "person", "sort": "-share"}), ((), {"known_at": "2017-06-30"}),
    ],
    "duty-rows": [((), {}), *asked(village="{village}"), *asked(person="{worker}")],
    "branches": [((), {}), *asked(town="{town}")],
    "branch": both("branch") + both("village"),
    "cases": [((), {}), *asked(town="{town}", state="all"), ((), {"state": "mine"})],
    "case": both("case") + both("fact"),
    "case-notice": both("case") + both("fact"),
    "own-way": [((side["household"], "0" * 26), {}) for side in BOTH],
    "households": [((), {}), *asked(q="{text}"), *asked(**{"in": "{village}"})],
    "household": both("household") + both("person"),
    "household-card": both("household"),
    "household-slips": [
        *asked(**{"in": "{village}"}), *asked(of="{household}"), ((), {}),
    ],
    "household-authorisation": both("household"),
    "industry": [((), {}), *asked(**{"in": "{village}"}), ((), {"known_at": "2017-07-01"})],
    "doubts": [((), {}), ((), {"state": "exempt"}), *asked(who="{worker}"),
               ((), {"check": "lifted_crop_land"})],
    "doubts-course": [((), {})],
    "doubts-of": both("household") + both("person") + both("village"),
    "proposed": [((), {})],
    "income": both("household") + both("person"),
    "steps": [((), {})],
    "staffing": [((), {}), *asked(town="{town}")],
    "board": [
        ((), {}), *asked(place="{village}"), *asked(place="{town}"), *asked(person="{worker}"),
        *asked(q="{text}"), ((), {"q": "s"}),
    ],
    "board-wall": both("village") + both("town"),
    "pairing": [((), {})],
    "pairing-plan": both("case"),
    "pairing-match": [((side["case"], side["household"]), {}) for side in BOTH],
    "coverage": [((), {}), *asked(town="{town}")],
    "reached": under(
        "class_coverage", [((), {}), ((), {"split": "level", "group": "none"})],
        asked(split="township", group="{town}"),
        asked(split="assignments:cadre", group="{village}"),
    ),
    "reached-export": under(
        "class_coverage", [((), {}), ((), {"purpose": "meeting", "uid": uid("list taken")})],
        asked(split="township", group="{town}", purpose="meeting"),
    )
    + under("notice_coverage", asked(of="{fact}"), [((), {"of": NOTICE, "purpose": "meeting"})]),
    "study": [((), {}), ((), {"as_of": "2017-06-30", "known_at": "2017-07-01"})],
    "my-study": [((), {})],
    "study-hours": [((), {}), *asked(unit="{village}")],
    "channels": [((), {})],
    "notice": [
        ((NOTICE,), {}), *both("fact"),
        *(((NOTICE,), query) for _, query in asked(split="township", group="{town}")),
    ],
    "county": [((), {})],
    "upkeep": [((), {})],
    "figures": [((), {})],
    "trace": [
        *[((text.format(**side),), {}) for side in BOTH for text in (
            "obligation:household_visit:{household}:2017-07-01",
            "obligation:days_in_village:{village}:2017-07-01",
            "score:township_work:{town}",
            "case:{case}",
        )],
        (("figure:visits",), {}), (("staffing:helper",), {}), (("coverage:class_coverage",), {}),
    ],
    "fact": both("fact") + both("founding"),
    "correct": both("fact"),
    "void": both("fact"),
    "reveal": [
        ((side["founding"], field), {"purpose": "contact", "uid": uid(f"reveal {number}")})
        for number, side in enumerate(BOTH)
        for field in ("phone", "id_number", "name")
    ],
    "export": [((), {}), *asked(town="{town}", purpose="meeting"), ((), {"purpose": "meeting"})],
    "audit": [((), {})],
    "amended": [((), {}), ((), {"month": "2017-07", "kind": "household_visit"})],
    "desk": [((), {})],
    "desk-find": asked(q="{text}", type="household") + asked(q="{number}", **{"in": "{village}"}),
    "desk-subject": both("household") + both("person") + both("village"),
    "desk-new": under("registry.household", asked(**{"in": "{village}"})),
    "desk-about": about_at_desk(),
    "desk-correct": both("founding") + both("post"),
    "desk-erase": [
        (args, {"reason": "本人申请", "sure": "yes", "uid": uid(f"erase {number}")})
        for number, (args, _) in enumerate(both("household") + both("person") + both("village"))
    ],
    "own-data": [
        (args, {"purpose": "request", "how": "file", "uid": uid(f"own {number}")})
        for number, (args, _) in enumerate(both("household") + both("person") + both("village"))
    ],
    "desk-change": [
        (
            (side["household"], what),
            # The facts' uids follow from the form's, and so are the same in every world.
            {"on": "2017-07-20", "into": other["household"],
             "uid": uid(f"{what} {side['household']}"), **more},
        )
        for side, other in (BOTH, BOTH[::-1])
        for what, more in (
            ("add", {"v.name": "谷新芽", "relation": "之女"}), ("head", {}), ("split", {}),
            ("merge", {}),
        )
    ],
    "desk-undo": [
        (args, {"reason": "写错了"}) for args, _ in (*both("founding"), *both("post"))
    ],
    "desk-choose": under(
        "registry.assignment", asked(q="{text}", **{"for": "holder"}), asked(q="{text}")
    )
    + under("registry.household", asked(q="{text}", field="place")),
    "sheets": [((), {}), ((), {"day": "2017-07-01"})],
    "import": [((uid("no import"),), {}), *both("household")],
    "import-refused": [((uid("no import"),), {}), *both("household")],
    "sheet-empty": [(("household_visit",), {}), (("registry.person",), {})],
    "sheet-export": [
        ((kind,), {"purpose": "meeting"})
        for kind in ("household_visit", "registry.person", "registry.household")
    ],
    "desk-handover": asked(person="{worker}", post="{post}", to="{person}"),
    "accounts": [((), {}), *asked(q="{text}", state="none"), *asked(person="{worker}",
                 action="open", state="none")],
    "account-log": [((), {})],
    "tokens": [((), {}), ((), {"action": "end", "token": "helper.1"}),
               ((), {"action": "end", "token": "outsider.1"})],
    "all-tokens": [((), {}), ((), {"token": "helper.1"}), ((), {"token": "outsider.1"})],
    "handbook": [((), {})],
    "rule": [(("duty", "household_visit"), {})],
    "about": [((), {})],
    "feedback": [((), {})],
    "api-openapi": [((), {})],
    "api-facts": batches(),
    "api-obligations": [((), {})],
    "api-figures": [((), {}), ((), {"as_of": "2017-06-30", "known_at": "2017-07-01"})],
    "api-kinds": [((), {})],
}  # fmt: skip
