"""facts/*.toml: what can be entered."""

from __future__ import annotations

from string import Formatter
from typing import Literal, get_args

from bangfu.core.marks import FORMS
from bangfu.core.rules import Evidence, FactKind, Field, FieldType, ParticipantRole, Recorder
from bangfu.core.text import Text
from bangfu.handbook.grammar import SUBJECTS, plain, read_id, read_terms, read_title
from bangfu.handbook.reader import Table, duplicates

EVIDENCE: tuple[Evidence, ...] = get_args(Evidence)
FIELD_TYPES: tuple[FieldType, ...] = get_args(FieldType)
NUMBERS = ("integer", "number", "money")
Scope = Literal["subject", "place", "self", "county", "member"]
SCOPES: tuple[Scope, ...] = get_args(Scope)
YUAN = Text("元", "yuan")
# Columns and form fields that every fact has.
FIXED_NAMES = frozenset(
    ("fact", "id", "uid", "subject", "performer", "occurred_on", "occurred_at", "minute")
)
_SEPARATORS = "，,、；;"
_KEYS_OF_TYPES = {
    "options": ("choice", "choices"),
    "minimum": NUMBERS,
    "maximum": NUMBERS,
    "unit": NUMBERS,
    "decimals": ("number",),
    "long": ("text",),
    "to": ("reference",),
    "when": ("date",),
}
WHENS: tuple[Literal["ahead", "past"], ...] = ("ahead", "past")


def read_fact(table: Table, stem: str) -> FactKind:
    """One kind of fact; problems are noted in the table."""
    participants = tuple(_participant(entry) for entry in table.tables("participants"))
    fields = tuple(_field(entry) for entry in table.tables("fields"))
    kind = FactKind(
        id=read_id(table, stem),
        title=read_title(table),
        subject=table.choice("subject", SUBJECTS),
        evidence=table.choice("evidence", EVIDENCE),
        performers=table.names("performers"),
        many_subjects=table.flag("many_subjects"),
        timed=table.flag("timed"),
        emergency=table.flag("emergency"),
        span=_span(table),
        recorders=_recorders(table),
        participants=participants,
        fields=fields,
        terms=read_terms(table, plain),
        message=table.title("message", required=False),
        public=table.flag("public"),
        latest=table.flag("latest"),
        department=table.title("department", required=False),
        consent=table.name("consent", required=False),
    )
    table.close()
    for name in duplicates([f.id for f in fields] + [p.id for p in participants]):
        table.wrong("duplicate", "fields" if kind.field(name) else "participants", found=name)
    _check_headers(table, kind)
    _check_parties(table, kind)
    _check_span(table, kind)
    _check_message(table, kind)
    for field in kind.fields:
        if kind.public and field.personal:
            table.wrong("public_personal", "public", found=field.id)
    return kind


def _recorders(table: Table) -> tuple[Recorder, ...]:
    found = []
    for entry in table.tables("recorders"):
        scope = entry.choice("scope", SCOPES)
        found.append(Recorder(entry.name("role", required=scope != "member"), scope))
        if scope == "member" and (entry.has("role") or table.values.get("subject") != "household"):
            entry.wrong("scope_member", "scope")
        if found[-1].scope == "self" and table.values.get("subject") != "person":
            entry.wrong("scope_self", "scope")
        entry.close()
    if not found and not isinstance(table.values.get("recorders"), (str, dict, int)):
        table.wrong("recorders_missing", "recorders")
    return tuple(found)


def _participant(table: Table) -> ParticipantRole:
    many = table.take("many")
    found = ParticipantRole(
        id=_own_name(table),
        title=read_title(table),
        type=table.choice("type", SUBJECTS),
        required=table.flag("required"),
        many=table.flag("many") if many is not None else True,
    )
    table.close()
    return found


def _own_name(table: Table) -> str:
    name = table.name("id")
    if name in FIXED_NAMES:
        table.wrong("field_name", "id", found=name)
    return name


def _field(table: Table) -> Field:
    kind = table.choice("type", FIELD_TYPES)
    identifier, own_file = table.flag("identifier"), table.flag("own_file")
    field = Field(
        id=_own_name(table),
        title=read_title(table),
        type=kind,
        unit=table.title("unit", required=False) or (YUAN if kind == "money" else None),
        options=table.titles("options"),
        required=table.flag("required"),
        personal=table.flag("personal") or identifier or own_file,
        identifier=identifier,
        own_file=own_file,
        party=table.name("party", required=False) or "subject",
        minimum=table.number("minimum", -1e15, 1e15),
        maximum=table.number("maximum", -1e15, 1e15),
        decimals=table.count("decimals", 0, 6),
        long=table.flag("long"),
        to=table.text("to", required=kind == "reference"),
        header=table.text("header", required=False),
        form=_form(table, identifier=identifier),
        when=table.choice("when", WHENS) if table.has("when") else "",
        help=table.title("help", required=False),
    )
    table.close()
    for key, types in _KEYS_OF_TYPES.items():
        if table.has(key) and kind not in types:
            table.wrong("key_unwanted", key, type=kind)
    if kind in NUMBERS and field.unit is None and not table.has("unit"):
        table.wrong("unit_missing", "unit")
    low, high = field.minimum, field.maximum
    if low is not None and high is not None and low > high:
        table.wrong("bounds", "minimum", low=f"{low:g}", high=f"{high:g}")
    _check_options(table, field)
    return field


def _check_options(table: Table, field: Field) -> None:
    """Every option has a name of its own that a form and a sheet can tell from the others."""
    if field.type not in ("choice", "choices"):
        return
    if not field.options and (not table.has("options") or table.values["options"] == {}):
        table.wrong("options_missing", "options")
    for language in ("zh", "en"):
        titles = [title.say(language) for title in field.options.values()]
        for title in sorted(duplicates(titles) - {""}):
            table.wrong("options_alike", "options", found=title)
        if field.type == "choices":
            for title in titles:
                if any(mark in title for mark in _SEPARATORS):
                    table.wrong("option_separator", "options", found=title)


def _form(table: Table, *, identifier: bool) -> str:
    if not table.has("form"):
        return ""
    if not identifier:
        table.wrong("form_idle", "form")
    return table.choice("form", FORMS)


def _check_headers(table: Table, kind: FactKind) -> None:
    """One column of a national sheet goes into one field, and comes from it again."""
    headers = [field.header for field in kind.fields if field.header]
    for index, field in enumerate(kind.fields, start=1):
        if field.header in headers and field.header in duplicates(headers):
            table.wrong("header_twice", f"fields[{index}].header", found=field.header)


def _check_parties(table: Table, kind: FactKind) -> None:
    """A personal value is sealed under the key of one household or person; it must have one."""
    keys = {role.id for role in kind.participants if not role.many}
    keys &= {role.id for role in kind.participants if role.type in ("household", "person")}
    for index, field in enumerate(kind.fields, start=1):
        place = f"fields[{index}].party"
        if not field.personal:
            if field.party != "subject":
                table.wrong("party_idle", place)
        elif field.party == "subject" and kind.many_subjects:
            table.wrong("party_many", place, found=field.id)
        elif field.party == "subject" and kind.subject in ("household", "person"):
            continue
        elif field.party not in keys:
            known = ", ".join(sorted(keys)) or "-"
            table.wrong("party", place, found=field.id, known=known)


def _span(table: Table) -> tuple[str, str] | None:
    names = table.names("span", example='span = ["from", "to"]')
    if not table.has("span"):
        return None
    if len(names) != 2:  # noqa: PLR2004
        table.wrong("span_fields", "span", found=", ".join(names))
        return None
    return names[0], names[1]


def _check_span(table: Table, kind: FactKind) -> None:
    for name in kind.span or ():
        field = kind.field(name)
        if field is None or field.type != "date" or not field.required or field.personal:
            table.wrong("span_fields", "span", found=name)


def _check_message(table: Table, kind: FactKind) -> None:
    """What is told to a chat group names the subject and open fields only, nothing personal."""
    known = ["subject", *(field.id for field in kind.fields if not field.personal)]
    for language in ("zh", "en") if kind.message else ():
        text = kind.message.say(language) if kind.message else ""
        try:
            parts = list(Formatter().parse(text))
        except ValueError:
            table.wrong("message_field", f"message.{language}", found=text, known=", ".join(known))
            continue
        for _text, name, spec, conversion in parts:
            if name is not None and (name not in known or spec or conversion):
                table.wrong(
                    "message_field", f"message.{language}", found=name, known=", ".join(known)
                )
