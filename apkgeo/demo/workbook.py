"""A workbook of one sheet (Office Open XML), always with the same bytes.

Libraries stamp a workbook with the time of writing and compress it as the machine's zlib does;
a demo that must come out equal everywhere is written plainly.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from datetime import date, time
from xml.sax.saxutils import escape

Cell = str | float | date | time

_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_DATE, _TIME = 1, 2  # numbers of the styles below
_STYLES = (
    f'<styleSheet xmlns="{_MAIN}"><numFmts count="1"><numFmt numFmtId="164" '
    'formatCode="d\\.m\\.yyyy"/></numFmts><fonts count="1"><font><sz val="11"/>'
    '<name val="Calibri"/></font></fonts><fills count="2"><fill><patternFill patternType="none"/>'
    '</fill><fill><patternFill patternType="gray125"/></fill></fills><borders count="1"><border>'
    "<left/><right/><top/><bottom/><diagonal/></border></borders><cellStyleXfs "
    'count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs><cellXfs '
    'count="3"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/><xf numFmtId="164" '
    'fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/><xf numFmtId="20" '
    'fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/></cellXfs><cellStyles '
    'count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
)


def workbook_bytes(title: str, rows: Sequence[Sequence[Cell]]) -> bytes:
    """Return the bytes of a workbook whose only sheet holds `rows`; empty text is an empty cell.

    Examples
    --------
    >>> import io, openpyxl
    >>> book = openpyxl.load_workbook(io.BytesIO(workbook_bytes("A", [["x"], [date(2018, 1, 2)]])))
    >>> book["A"]["A2"].value
    datetime.datetime(2018, 1, 2, 0, 0)
    """
    strings: dict[str, int] = {}
    lines = [
        f'<row r="{number}">{"".join(_cells(row, number, strings))}</row>'
        for number, row in enumerate(rows, start=1)
    ]
    shared = "".join(f'<si><t xml:space="preserve">{escape(text)}</t></si>' for text in strings)
    relation = f'<Relationships xmlns="{_PACKAGE}/relationships">'
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType='
        '"application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPE}.sheet.main+xml"/>'
        f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_TYPE}.worksheet+xml"/>'
        f'<Override PartName="/xl/styles.xml" ContentType="{_TYPE}.styles+xml"/>'
        f'<Override PartName="/xl/sharedStrings.xml" ContentType="{_TYPE}.sharedStrings+xml"/>'
        "</Types>",
        "_rels/.rels": f'{relation}<Relationship Id="rId1" Type="{_OFFICE}/officeDocument" '
        'Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets><sheet '
        f'name="{escape(title)}" sheetId="1" r:id="rId1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f"{relation}"
        f'<Relationship Id="rId1" Type="{_OFFICE}/worksheet" Target="worksheets/sheet1.xml"/>'
        f'<Relationship Id="rId2" Type="{_OFFICE}/styles" Target="styles.xml"/>'
        f'<Relationship Id="rId3" Type="{_OFFICE}/sharedStrings" Target="sharedStrings.xml"/>'
        "</Relationships>",
        "xl/styles.xml": _STYLES,
        "xl/sharedStrings.xml": f'<sst xmlns="{_MAIN}">{shared}</sst>',
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{_MAIN}"><sheetData>{"".join(lines)}'
        "</sheetData></worksheet>",
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, text in parts.items():
            info = zipfile.ZipInfo(name, (2019, 1, 7, 8, 0, 0))
            info.create_system = 3
            archive.writestr(info, _HEAD + text)
    return out.getvalue()


def _cells(row: Sequence[Cell], number: int, strings: dict[str, int]) -> list[str]:
    cells = []
    for letter, value in zip("ABCDEFGHIJKLMNOPQRSTUVWXYZ", row, strict=False):
        at = f'<c r="{letter}{number}"'
        if isinstance(value, str):
            if value:
                cells.append(f'{at} t="s"><v>{strings.setdefault(value, len(strings))}</v></c>')
        elif isinstance(value, date):
            cells.append(f'{at} s="{_DATE}"><v>{(value - date(1899, 12, 30)).days}</v></c>')
        elif isinstance(value, time):
            share = (60 * value.hour + value.minute) / 1440
            cells.append(f'{at} s="{_TIME}"><v>{share:.10f}</v></c>')
        else:
            cells.append(
                f"{at}><v>{value:g}</v></c>"
                if value == int(value)
                else f"{at}><v>{value!r}</v></c>"
            )
    return cells
