"""A folder of TOML files to a handbook, or every reason why not."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from importlib import resources
from pathlib import Path

from bangfu.core.calendar import WorkCalendar
from bangfu.core.disclosure import DISCLOSURE_KINDS
from bangfu.core.registry import REGISTRY_KINDS, VOID_KIND
from bangfu.core.rules import Handbook
from bangfu.core.text import Refused, Text
from bangfu.handbook import (
    check_files,
    check_references,
    duty_files,
    fact_files,
    formula_files,
    formula_references,
    number_files,
    number_references,
    pairing_files,
    procedure_files,
    procedure_references,
    references,
)
from bangfu.handbook.check_views import check_views
from bangfu.handbook.columns import published_views
from bangfu.handbook.county_file import County, read_county
from bangfu.handbook.law import forbidden
from bangfu.handbook.lookup import Lookup
from bangfu.handbook.messages import MESSAGES
from bangfu.handbook.problems import HandbookErrors, Issue, Problem, near
from bangfu.handbook.reader import ID, Table
from bangfu.handbook.toml_file import TomlFile, read_toml

COUNTY_FILE = "county.toml"
_READERS: Mapping[str, Callable[[Table, str], object]] = {
    "facts": fact_files.read_fact,
    "duties": duty_files.read_duty,
    "deadlines": duty_files.read_deadline,
    "staffing": duty_files.read_staffing,
    "coverage": number_files.read_coverage,
    "figures": number_files.read_figure,
    "scores": number_files.read_score,
    "ladders": number_files.read_ladder,
    "procedures": procedure_files.read_procedure,
    "checks": check_files.read_check,
    "formulas": formula_files.read_formula,
    "pairings": pairing_files.read_pairing,
}
FOLDERS = tuple(_READERS)
BUILT_IN = {kind.id: kind for kind in (*REGISTRY_KINDS, VOID_KIND, *DISCLOSURE_KINDS)}
_CHECKS: Mapping[str, Callable[[Lookup, object], None]] = {
    "facts": references.check_fact,  # type: ignore[dict-item]
    "duties": references.check_duty,  # type: ignore[dict-item]
    "deadlines": references.check_deadline,  # type: ignore[dict-item]
    "staffing": references.check_staffing,  # type: ignore[dict-item]
    "coverage": number_references.check_coverage,  # type: ignore[dict-item]
    "figures": number_references.check_figure,  # type: ignore[dict-item]
    "scores": number_references.check_score,  # type: ignore[dict-item]
    "ladders": number_references.check_ladder,  # type: ignore[dict-item]
    "procedures": procedure_references.check_procedure,  # type: ignore[dict-item]
    "checks": check_references.check_check,  # type: ignore[dict-item]
    "formulas": formula_references.check_formula,  # type: ignore[dict-item]
    "pairings": pairing_files.check_pairing,  # type: ignore[dict-item]
}


def county_folder(county: str) -> Path:
    """The folder of a county that comes with the program; raises `Refused` for another name."""
    root = Path(str(resources.files("bangfu"))) / "counties"
    folder = root / county
    if ID.fullmatch(county) and (folder / COUNTY_FILE).is_file():
        return folder
    known = sorted(file.parent.name for file in root.glob(f"*/{COUNTY_FILE}"))
    names = "、".join(known), ", ".join(known)
    raise Refused(
        "unknown_county",
        f"没有“{county}”这个县；已有：{names[0]}。",
        f"There is no county “{county}”; there are: {names[1]}.",
        place=county,
    )


def load(folder: Path) -> Handbook:
    """The handbook in `folder`, all files read and checked; raises `HandbookErrors`.

    Registry kinds and `void` are added. The same files give an equal handbook.
    """
    reading = _Reading()
    if not folder.is_dir():
        reading.note("folder_missing", folder.name)
        raise HandbookErrors(reading.problems)
    digest = hashlib.sha256()
    for name, path in _toml_files(folder, reading):
        raw = path.read_bytes()
        digest.update(f"{name}\0{len(raw)}\0".encode() + raw)
        reading.read(name, raw)
    if COUNTY_FILE not in reading.seen:
        reading.note("county_missing", COUNTY_FILE)
    handbook = reading.handbook(digest.hexdigest())
    if reading.county is not None:
        for issue in (*_check(handbook, reading), *forbidden(handbook)):
            reading.problems.append(reading.problem(issue))
    if reading.problems:
        raise HandbookErrors(sorted(reading.problems, key=lambda p: (p.file, p.line or 0)))
    return handbook


class _Reading:
    """What has been read so far, and what was wrong with it."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []
        self.files: dict[str, TomlFile] = {}
        self.seen: set[str] = set()
        self.county: County | None = None
        self.rules: dict[str, dict[str, object]] = {folder: {} for folder in FOLDERS}

    def note(self, code: str, file: str, **words: object) -> None:
        """A problem of a file as a whole."""
        cause, cure = MESSAGES[code].say(**words)
        self.problems.append(Problem(code, file, "", cause, cure))

    def read(self, name: str, raw: bytes) -> None:
        """One file; its rule is kept only if nothing is wrong in it."""
        self.seen.add(name)
        file = read_toml(name, raw)
        if isinstance(file, Problem):
            self.problems.append(file)
            return
        self.files[name] = file
        problems: list[Problem] = []
        table = Table(file, problems, file.table)
        if name == COUNTY_FILE:
            county = read_county(table)
            self.county = None if problems else county
        else:
            folder, stem = name.removesuffix(".toml").split("/")
            rule = _READERS[folder](table, stem)
            if folder == "facts" and stem in BUILT_IN:
                table.wrong("builtin", "id", found=stem)
            if not problems:
                self.rules[folder][stem] = rule
        self.problems += problems

    def handbook(self, digest: str) -> Handbook:
        """All rules without problems as one handbook."""
        county = self.county or _NO_COUNTY
        kinds = {**BUILT_IN, **self.rules["facts"]}
        rest = {folder: rules for folder, rules in self.rules.items() if folder != "facts"}
        return Handbook(
            county=county.id,
            title=county.title,
            digest=digest,
            calendar=county.calendar,
            roles=county.roles,
            statuses=county.statuses,
            kinds=kinds,  # type: ignore[arg-type]
            separations=county.separations,
            names=county.names,
            switches=county.switches,
            files={name: file.text for name, file in self.files.items()},
            **rest,  # type: ignore[arg-type]
        )

    def problem(self, issue: Issue) -> Problem:
        """An issue with the file and line that it stems from."""
        name = f"{issue.folder}/{issue.rule}.toml" if issue.folder else COUNTY_FILE
        file = self.files[name]
        if "cause" in issue.words:
            cause, cure = issue.words["cause"], issue.words["cure"]
            assert isinstance(cause, Text) and isinstance(cure, Text)  # noqa: S101
        else:
            cause, cure = MESSAGES[issue.code].say(**issue.words)
        line = file.line(issue.place)
        return Problem(issue.code, name, issue.place, cause, cure, line)


_NO_COUNTY = County(
    "", Text("", ""), {}, {}, WorkCalendar(frozenset(), frozenset(), frozenset()), {}, {}, {}
)


def _toml_files(folder: Path, reading: _Reading) -> Iterator[tuple[str, Path]]:
    """Every file of the handbook with its name, in order; others are noted where they mislead.

    What is no TOML may lie beside the folders of rules (maps, a NOTICE), not inside them.
    """
    for path in sorted(folder.rglob("*"), key=lambda p: p.relative_to(folder).as_posix()):
        name = path.relative_to(folder).as_posix()
        parts = name.split("/")
        hidden = any(part.startswith((".", "__")) for part in parts)
        if hidden or path.is_dir():
            continue
        home = parts[0] if len(parts) > 1 else ""
        toml = path.suffix == ".toml"
        if name == COUNTY_FILE or (toml and home in FOLDERS and len(parts) == 2):  # noqa: PLR2004
            yield name, path
        elif toml or home in FOLDERS:
            close = near(home, FOLDERS)
            reading.note(
                "file_place",
                name,
                known=", ".join(FOLDERS),
                suggestion_zh=close.zh,
                suggestion_en=close.en,
            )


def _check(handbook: Handbook, reading: _Reading) -> list[Issue]:
    """What does not hold between the rules."""
    issues: list[Issue] = []
    stems = {
        folder: {n.removesuffix(".toml").split("/")[1] for n in reading.seen if f"{folder}/" in n}
        for folder in FOLDERS
    }
    known = {
        **stems,
        "facts": {*stems["facts"], *BUILT_IN},
        "roles": set(handbook.roles),
        "statuses": set(handbook.statuses),
    }
    views, queried = published_views(handbook), check_views(handbook)
    for index, apart in enumerate(handbook.separations.values(), start=1):
        look = Lookup(handbook, known, views, issues, "", "county", f"separations[{index}]")
        references.check_separation(look, apart)
    for folder, rules in reading.rules.items():
        for name, rule in rules.items():
            look = Lookup(handbook, known, views, issues, folder, name, queried=queried)
            _CHECKS[folder](look, rule)
    return issues
