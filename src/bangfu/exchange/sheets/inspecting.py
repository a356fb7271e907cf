"""What a workbook is made of, before anything opens it: its parts unpacked piece by piece.

Nothing is trusted that the file says of itself: sizes are counted while unpacking.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path

from bangfu.core.text import Refused
from bangfu.exchange.sheets import limits

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ZIP = b"PK\x03\x04"
# The name of the part in which Excel and WPS put a workbook that has a password.
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_PIECE = limits.MIB
_OVERLAP = 512
_DECLARED = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_MACROS = re.compile(rb"vbaProject|macroEnabled|macrosheet", re.IGNORECASE)
# Where a part lies says nothing: what holds this is a sheet to who reads the workbook.
_SHEET = b"sheetData"
# An element's name and what comes before it are shorter than what two pieces have in common.
_FORMULA = re.compile(rb"<(?:[^\s<>/:]{1,200}:)?f[\s>/]")
_LONG_NAME = re.compile(rb"<[^\s<>/]{200}")
_CELL = rb'<(?:\w+:)?c [^>]*?\br="([A-Z]{1,3}\d{1,7})"[^>]*'
_WITH_FORMULA = re.compile(_CELL + rb">\s*<(?:\w+:)?f[ >/]")
_WITH_ERROR = re.compile(_CELL + rb'\bt="e"|<(?:\w+:)?c [^>]*\bt="e"[^>]*\br="([A-Z]{1,3}\d{1,7})"')
_ERROR = re.compile(rb"""\st\s{0,99}=\s{0,99}(?:"e"|'e')""")
_NAMED = 5  # cells that a refusal names


def inspect(path: Path) -> str:
    """The kind of workbook, "xlsx" or "xls"; raises `Refused` for whatever we do not open."""
    size = path.stat().st_size
    if size > limits.FILE_BYTES:
        raise too_big()
    with path.open("rb") as file:
        begins = file.read(8)
    if begins == OLE:
        if _ENCRYPTED in path.read_bytes():
            raise locked()
        return "xls"
    if not begins.startswith(ZIP):
        raise Refused(
            "not_a_workbook",
            "这不是 Excel 工作簿。请在 WPS 或 Excel 里另存为 .xlsx，再导入。",
            "This is no Excel workbook. Save it as .xlsx in WPS or Excel, and import that.",
        )
    try:
        with zipfile.ZipFile(path) as archive:
            _inspect_parts(archive)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError):
        raise unreadable() from None
    return "xlsx"


def _inspect_parts(archive: zipfile.ZipFile) -> None:
    parts = archive.infolist()
    names = {part.filename for part in parts}
    if len(parts) > limits.PARTS or len(names) < len(parts):
        raise unreadable()
    if any("vbaproject" in name.lower() for name in names):
        raise macros()
    if "xl/workbook.xml" not in names:
        raise Refused(
            "not_xlsx",
            "打不开这种格式（如 .xlsb、.ods、.docx）。请另存为 .xlsx。",
            "This format (.xlsb, .ods, .docx or the like) is not read. Save it as .xlsx.",
        )
    left = limits.UNPACKED_BYTES
    for part in parts:
        if part.flag_bits & 1:
            raise locked()
        name = part.filename.lower()
        names_types = name.endswith((".rels", "[content_types].xml"))
        is_sheet = False
        formulas: list[str] = []
        errors: list[str] = []
        for piece, fresh in _pieces(archive, part):
            left -= fresh
            if left < 0:
                raise too_big(limits.UNPACKED_BYTES)
            _check_piece(piece)
            if names_types and _MACROS.search(piece):
                raise macros()
            is_sheet = is_sheet or _SHEET in piece
            if is_sheet:
                _find_cells(piece, formulas, errors)
        _refuse_cells(formulas, errors)


def _pieces(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> Iterator[tuple[bytes, int]]:
    """The part unpacked in pieces that overlap a little, each with how much of it is new."""
    kept = b""
    with archive.open(part) as file:
        while fresh := file.read(_PIECE):
            yield kept + fresh, len(fresh)
            kept = fresh[-_OVERLAP:]


def _check_piece(piece: bytes) -> None:
    if _DECLARED.search(piece) or piece[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise Refused(
            "entities",
            "工作簿里有不该有的声明（DTD 或外部实体），不予打开。请在 WPS 或 Excel 里重新另存。",
            "The workbook holds declarations that it should not (a DTD or external entities) and "
            "is not opened. Save it anew in WPS or Excel.",
        )


def _find_cells(piece: bytes, formulas: list[str], errors: list[str]) -> None:
    """Note the first cells that hold formulas or errors; "?" where the cell is not told."""
    if _LONG_NAME.search(piece):
        raise unreadable()
    if len(formulas) < _NAMED and _FORMULA.search(piece):
        found = [match.group(1).decode() for match in _WITH_FORMULA.finditer(piece)]
        formulas += [name for name in found or ["?"] if name not in formulas]
    quoted = b'"e"' in piece or b"'e'" in piece  # told fast
    if len(errors) < _NAMED and quoted and _ERROR.search(piece):
        found = [(m.group(1) or m.group(2)).decode() for m in _WITH_ERROR.finditer(piece)]
        errors += [name for name in found or ["?"] if name not in errors]


def _refuse_cells(formulas: list[str], errors: list[str]) -> None:
    if formulas:
        cells = "、".join(formulas[:_NAMED])
        raise Refused(
            "formulas",
            f"表里有公式（{cells}）。请全选、复制，再“选择性粘贴—数值”，然后导入。",
            f"The sheet holds formulas ({cells}). Select all, copy, paste as values, then import.",
            place=formulas[0],
        )
    if errors:
        cells = "、".join(errors[:_NAMED])
        raise Refused(
            "error_cells",
            f"单元格里是错误值（{cells}，如 #N/A）。请改成正确内容或清空，再导入。",
            f"Cells hold errors ({cells}, such as #N/A). Mend or empty them, then import.",
            place=errors[0],
        )


def macros() -> Refused:
    """What is said of a workbook with macros."""
    return Refused(
        "macros",
        "工作簿里有宏，不导入。请另存为不带宏的 .xlsx。",
        "The workbook holds macros and is not read. Save it as .xlsx without macros.",
    )


def locked() -> Refused:
    """What is said of a workbook with a password."""
    return Refused(
        "password",
        "工作簿设了密码，打不开。请先取消密码另存一份，再导入。",
        "The workbook has a password and cannot be opened. Save a copy without one, then import.",
    )


def unreadable() -> Refused:
    """What is said of a workbook that is broken."""
    return Refused(
        "broken_workbook",
        "文件损坏、设了密码，或不是真正的工作簿。请在 WPS 或 Excel 里另存为不带密码的 .xlsx。",
        "The file is damaged, has a password, or is no real workbook. Open it in WPS or Excel and "
        "save it as .xlsx without a password.",
    )


def too_much() -> Refused:
    """What is said of a workbook that asks for more than reading one may take."""
    return Refused(
        "too_much",
        "表太大，或离表格很远的地方有内容。请删去表外的空行、空列（整行整列删除），"
        f"每个文件不超过 {limits.ROWS:,} 行，再导入。",
        "The sheet is too large, or has something far away from the table. Delete the empty rows "
        f"and columns around it; at most {limits.ROWS:,} rows a file.",
    )


def too_big(most: int = limits.FILE_BYTES) -> Refused:
    """What is said of a workbook of too many bytes, packed or unpacked."""
    size = f"{most // limits.MIB} MB"
    return Refused(
        "too_big",
        f"文件（或解压后）超过 {size}。请分成几个文件，或去掉图片后再导入。",
        f"The file, or what it unpacks to, is larger than {size}. Split it, or take pictures out, "
        "then import.",
    )
