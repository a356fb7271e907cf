"""Workbooks that nobody should have to open, made for one test each."""

from __future__ import annotations

import zipfile
from pathlib import Path

import xlsxwriter

_MAIN = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
_TYPES = (
    '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/'
    'content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.'
    'relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override '
    'PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.'
    'spreadsheetml.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType='
    '"application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>'
)
_RELS = (
    '<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/'
    'relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/'
    '2006/relationships/{kind}" Target="{target}"/></Relationships>'
)
_BOOK = (
    '<?xml version="1.0"?><workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/'
    'main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets>'
    '<sheet name="s" sheetId="1" r:id="rId1"/></sheets></workbook>'
)
SHEET = (
    '<?xml version="1.0"?>{before}<worksheet xmlns="http://schemas.openxmlformats.org/'
    'spreadsheetml/2006/main"><sheetData>{rows}</sheetData></worksheet>'
)
HEAD = (
    '<row r="1"><c r="A1" t="inlineStr"><is><t>户编号</t></is></c>'
    '<c r="B1" t="inlineStr"><is><t>户主姓名</t></is></c></row>'
)


def raw(path: Path, sheet: str, **more: bytes) -> Path:
    """A workbook around the XML of its one sheet; `more` are further parts."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        archive.writestr("[Content_Types].xml", _TYPES)
        archive.writestr(
            "_rels/.rels", _RELS.format(kind="officeDocument", target="xl/workbook.xml")
        )
        archive.writestr("xl/workbook.xml", _BOOK)
        archive.writestr(
            "xl/_rels/workbook.xml.rels",
            _RELS.format(kind="worksheet", target="worksheets/sheet1.xml"),
        )
        archive.writestr("xl/worksheets/sheet1.xml", sheet)
        for name, content in more.items():
            archive.writestr(name.replace("__", "/"), content)
    return path


def moved(path: Path, sheet: str, *, to: str = "xl/ws/sheet1.xml", type_: str = "") -> Path:
    """A workbook whose one sheet lies elsewhere; `type_` stands for the workbook's own."""
    types = _TYPES.replace("/xl/worksheets/sheet1.xml", f"/{to}")
    if type_:
        types = types.replace(_MAIN, type_)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        archive.writestr("[Content_Types].xml", types)
        archive.writestr(
            "_rels/.rels", _RELS.format(kind="officeDocument", target="xl/workbook.xml")
        )
        archive.writestr("xl/workbook.xml", _BOOK)
        archive.writestr(
            "xl/_rels/workbook.xml.rels",
            _RELS.format(kind="worksheet", target=to.removeprefix("xl/")),
        )
        archive.writestr(to, sheet)
    return path


def rows(body: str, before: str = "") -> str:
    """A sheet's XML: the headers, and what is given."""
    return SHEET.format(before=before, rows=HEAD + body)


def unpacks_to(path: Path, size: int) -> Path:
    """A small file that holds so many bytes of nothing."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", _TYPES)
        archive.writestr("xl/workbook.xml", _BOOK)
        with archive.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as part:
            part.write(SHEET.format(before="", rows=HEAD).encode())
            for _ in range(size >> 20):
                part.write(b" " * (1 << 20))
    return path


def empty_rows(path: Path, count: int) -> Path:
    """A sheet whose formatted but empty rows go on to the end."""
    body = "".join(
        f'<row r="{n}" ht="15" customHeight="1"><c r="A{n}" s="0"/><c r="B{n}" s="0"/></row>'
        for n in range(2, count + 1)
    )
    return raw(path, rows(body))


def far_away(path: Path) -> Path:
    """A sheet with a word in its very last cell."""
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        sheet.write(0, 0, "户编号")
        sheet.write(1_048_575, 16_383, "x")
    return path


def many_cells(path: Path, count: int) -> Path:
    """A sheet that is full of numbers."""
    return raw(path, rows(f"<row>{'<c><v>1</v></c>' * 200}</row>" * (count // 200)))


def laughing(path: Path) -> Path:
    """Entities that hold entities that hold entities."""
    lines = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    declared = f'<!DOCTYPE z [<!ENTITY l0 "ha">{lines}]>'
    return raw(
        path, rows('<row r="2"><c r="A2" t="inlineStr"><is><t>&l9;</t></is></c></row>', declared)
    )


def outside(path: Path) -> Path:
    """An entity that would be read from the machine."""
    declared = '<!DOCTYPE z [<!ENTITY out SYSTEM "file:///etc/hostname">]>'
    return raw(
        path, rows('<row r="2"><c r="A2" t="inlineStr"><is><t>&out;</t></is></c></row>', declared)
    )


def nested(path: Path) -> Path:
    """A sheet of a million elements inside each other."""
    return raw(path, rows("<a>" * 1_000_000))
