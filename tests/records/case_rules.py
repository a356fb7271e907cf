"""The small handbook with a procedure: trouble in a village is looked into, ruled on, mended.

Look (township officer), hearing (first secretary; it may lapse), ruling (registrar: dismissed
closes the case, again sends it back to the look), mending, a second time where it is grave. An
objection stops it until it is settled.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from bangfu.core.kinds import FactKind, ParticipantRole, Recorder
from bangfu.core.procedures import Clock, Outcome, Pause, Procedure, ProcedureStep, ProcedureTerm
from bangfu.core.rules import Field
from tests.records.rulebook import ALWAYS, RULEBOOK, SOURCE, field, options, words

ANYBODY = (
    Recorder("first_secretary", "subject"),
    Recorder("township_officer", "place"),
    Recorder("registrar", "county"),
)
CASE = field("case", "reference", required=True, to="trouble")


def kind(name: str, *fields: Field, participants: tuple[ParticipantRole, ...] = ()) -> FactKind:
    return FactKind(
        name, words(name), "village", ALWAYS, "work", ANYBODY,
        fields=fields, participants=participants,
    )  # fmt: skip


KINDS = (
    kind("trouble", field("grave", "boolean"), field("cost", "money")),
    kind("look", CASE, field("minutes"), field("people", "integer")),
    kind("hearing", CASE, field("people", "integer")),
    kind(
        "ruling", CASE,
        field("result", "choice", required=True, options=options("upheld", "dismissed", "again")),
    ),
    kind("mending", CASE),
    kind("objection", CASE),
    kind("settled", CASE),
    kind("read_out", field("notice", "reference", to="county_notice")),
    FactKind(
        "county_notice", words("county_notice"), "county", ALWAYS, "work",
        (Recorder("registrar", "county"),),
    ),
)  # fmt: skip
STEPS = (
    ProcedureStep(
        "look", words("look"), "look", ("township_officer",), within=Clock(5), needs=("minutes",)
    ),
    ProcedureStep(
        "hearing", words("hearing"), "hearing", ("first_secretary",),
        within=Clock(4, "days", "look"), lapses=True, same=("people",),
    ),
    ProcedureStep(
        "ruling", words("ruling"), "ruling", ("registrar",),
        not_before=Clock(3, "days", "look"), within=Clock(5, "working_days"), outcome="result",
        outcomes={"dismissed": Outcome(closes=True), "again": Outcome(back_to="look")},
    ),
    ProcedureStep("mend", words("mend"), "mending", ("first_secretary",), within=Clock(10)),
    ProcedureStep(
        "mend_again", words("mend_again"), "mending", ("first_secretary", "township_officer"),
        when="grave = TRUE AND ruling_result = 'upheld'",
    ),
)  # fmt: skip
TERM = ProcedureTerm(
    date(2016, 1, 1), None, SOURCE, steps=STEPS, within=Clock(60, "days", "opened"),
    pause=Pause("objection", "settled"),
)  # fmt: skip
TROUBLE = Procedure("trouble_case", words("trouble case"), "village", "trouble", (TERM,))

CASEBOOK = replace(
    RULEBOOK,
    kinds={**RULEBOOK.kinds, **{one.id: one for one in KINDS}},
    procedures={TROUBLE.id: TROUBLE},
)
