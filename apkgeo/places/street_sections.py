"""Lists of streets as text, TOML or a table: which area each line belongs to.

A list as people write it::

    # what follows a hash is a comment
    [plac] Plac (vnitroblok)
    valid_from = 2014-07-14
    Korandova, Plachého 1–29 lichá
    Husovo náměstí č. 2, 4, 6–10

    Okrsek 12: Resslova celá, část ulice Tylova od č. 15

    Okrsek 13 (strážník: Jan Novák, tel. 378 000 000)
    Ulice: Dlouhá, Lesní
"""

from __future__ import annotations

import csv
import io
import re
import tomllib
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from apkgeo.errors import InputError
from apkgeo.places.folding import fold

# Written key, folded -> ours.
_KEYS: Mapping[str, str] = {
    "code": "code", "kod": "code", "okrsek": "code", "oblast": "code", "lokalita": "code",
    "area": "code", "district": "code", "cislo okrsku": "code", "usek": "code",
    "name": "name", "nazev": "name", "nazev okrsku": "name", "jmeno": "name",
    "streets": "streets", "street": "streets", "ulice": "streets", "nazev ulice": "streets",
    "numbers": "numbers", "cisla": "numbers", "cislo": "numbers", "cisla domu": "numbers",
    "rozsah": "numbers", "cisla popisna": "numbers", "cisla orientacni": "numbers",
    "valid from": "valid_from", "platnost od": "valid_from", "plati od": "valid_from",
    "valid to": "valid_to", "platnost do": "valid_to", "plati do": "valid_to",
    "station": "station", "sluzebna": "station",
    "officer": "officer", "straznik": "officer", "okrskar": "officer",
    "straznik okrskar": "officer", "okrskovy straznik": "officer", "phone": "phone",
    "telefon": "phone", "tel": "phone", "tel.": "phone", "mobil": "phone",
    "state police": "state_police", "pcr": "state_police",
    "population": "population", "obyvatel": "population",
}  # fmt: skip
DETAILS = ("valid_from", "valid_to", "station", "officer", "phone", "state_police", "population")
_KINDS = re.compile(
    r"(?:policejni |mestsky |straznicky )?(?P<kind>okrsek|okrsku|obvod|usek|sektor|rajon|lokalita|"
    r"oblast|district|area|beat)\b[ :]*(?:c ?\. ?|cislo )?"
    r"(?P<code>[0-9a-z]{1,4}(?:[./-][0-9a-z]+)?)?"
    r"(?P<rest>.*)"
)
# What is said of an area: "strážník: Jan Novák", "valid_from = 2016-01-01", "tel. 378 000 000".
_DETAIL = re.compile(r"([^\W\d_][^\W\d]*(?: [^\W\d]+)*\.?)\s*([:=])\s*(\S.*)")
_PHONE = re.compile(r"(tel|mobil)\.?()\s*(\+?\d[\d ]{7,})", re.IGNORECASE)
_PARENTHESES = re.compile(r"\(([^()]*)\)")
_LONGEST = 300
_BULLET = re.compile(r"^\s*(?:[-–—•·*▪]\s+|\d{1,3}\)\s+|[a-z]\)\s+)")
_COMMENT = re.compile(r"(?:^|\s)#.*$")


@dataclass
class Section:
    """One area of a list.

    Attributes
    ----------
    code, name : str
        As written; the name is the code where there is none.
    district : bool
        Whether its heading calls it a district (okrsek, obvod, úsek).
    details : dict of str to str
        Validity, officer, phone and the like.
    lines : list of (int, str)
        Number of each line, and what it lists.
    """

    code: str
    name: str
    district: bool = False
    details: dict[str, str] = field(default_factory=dict)
    lines: list[tuple[int, str]] = field(default_factory=list)


# Tells whether what stands before a colon is a street and what follows are its numbers.
IsStreet = Callable[[str, str], bool]


def read_sections(text: str, is_street: IsStreet, name: str) -> list[Section]:
    """Return the areas of a list in any of its forms, those of one code together.

    Parameters
    ----------
    is_street : callable
        Whether a head and the text after its colon are a street with its numbers.
    name : str
        The file, as shown in messages.

    Raises
    ------
    InputError
        When a line stands before the first area, or there is no area at all.
    """
    text = unicodedata.normalize("NFC", text.removeprefix("\ufeff"))
    sections = _from_toml(text, name) or _from_table(text) or _from_lines(text, is_street, name)
    together: dict[str, Section] = {}
    for section in sections:
        known = together.setdefault(section.code, section)
        if known is not section:
            known.lines += section.lines
            known.details.update(section.details)
    if not together:
        raise InputError(
            f"{name} names no area",
            expected="headings such as '[plac] Plac' or 'Okrsek 12:' and streets under them",
            came=" ".join(text.split())[:60] or "an empty list",
        )
    return list(together.values())


def _from_toml(text: str, name: str) -> list[Section]:
    """Return the areas of ``[plac]`` tables with a key ``streets``; nothing where it is no TOML."""
    try:
        tables = tomllib.loads(text)
        str(tables)
    except (ValueError, RecursionError):  # no TOML, or numbers too long to be written
        return []
    sections = []
    for code, table in tables.items():
        if not isinstance(table, dict):
            continue
        values = {_KEYS.get(fold(key), key): value for key, value in table.items()}
        if "streets" not in values:
            continue
        streets = values.pop("streets")
        listed = streets if isinstance(streets, list) else str(streets).splitlines()
        if not all(isinstance(one, str) for one in listed):
            raise InputError(f"{name}, area {code!r}", expected="streets as text", came=str(listed))
        sections.append(
            Section(
                str(values.get("code", code)),
                str(values.get("name", code)),
                _kind(str(values.get("name", code))) is not None,
                {key: str(value) for key, value in values.items() if key in DETAILS},
                [(i, str(one)) for i, one in enumerate(listed, 1)],
            )
        )
    return sections


def _from_table(text: str) -> list[Section]:
    """Return the areas of a table with columns for the area and the street; else nothing."""
    lines = text.splitlines()
    start = next((i for i, line in enumerate(lines) if line.strip()), 0)
    head = lines[start] if lines else ""
    delimiter = max(";\t,|", key=head.count)
    columns = [_KEYS.get(fold(cell.strip().strip('"'))) for cell in head.split(delimiter)]
    if not {"code", "streets"} <= set(columns):
        return []
    sections: list[Section] = []
    body = csv.reader(io.StringIO("\n".join(lines[start + 1 :])), delimiter=delimiter)
    for cells in body:
        row = {
            column: cell.strip()
            for column, cell in zip(columns, cells, strict=False)
            if column and cell.strip()
        }
        if not {"code", "streets"} <= set(row):
            continue
        section = Section(
            row["code"], row.get("name", row["code"]), district="okrsek" in fold(head)
        )
        section.details = {key: row[key] for key in DETAILS if key in row}
        listed = f"{row['streets']} {row.get('numbers', '')}".strip()
        section.lines.append((start + 1 + body.line_num, listed))
        sections.append(section)
    return sections


def _from_lines(text: str, is_street: IsStreet, name: str) -> list[Section]:
    sections: list[Section] = []
    alone: tuple[int, str] | None = None
    for number, raw in enumerate(text.splitlines(), 1):
        line = _BULLET.sub("", _COMMENT.sub("", raw)).strip()
        if not line or not any(c.isalnum() for c in line):
            continue
        if sections and (details := _details(line)):
            sections[-1].name = details.pop("name", sections[-1].name)
            sections[-1].details.update(details)
            continue
        for section, listed in _heads(line, is_street):
            if section is not None:
                sections.append(section)
            if not listed:
                continue
            if not sections:
                sections.append(Section(_stem(name), _stem(name), lines=[]))
                alone = number, listed
            sections[-1].lines.append((number, listed))
    if alone is not None and len(sections) > 1:
        raise InputError(
            f"{name}, line {alone[0]}: a street before the first area",
            expected="a heading such as '[plac] Plac' or 'Okrsek 12:'",
            came=alone[1][:60],
        )
    return sections


def _details(text: str) -> dict[str, str]:
    """Return what a text says of an area itself; nothing when it says anything else."""
    found: dict[str, str] = {}
    key = ""
    for piece in map(str.strip, re.split("[,;]", text if len(text) < _LONGEST else "")):
        match = _DETAIL.fullmatch(piece) or _PHONE.fullmatch(piece)
        known = _KEYS.get(fold(match[1]), "") if match else ""
        if match and (known in DETAILS or (known == "name" and match[2] == "=")):
            key, found[known] = known, match[3].strip(" \"'")
        elif key:  # of several officers
            found[key] += f", {piece}"
        else:
            return {}
    return found


def _stem(name: str) -> str:
    """Return the code of the only area of a list without headings: its file's bare name."""
    return name.rsplit(".", 1)[0] if "." in name else "1"


def _heads(line: str, is_street: IsStreet) -> Iterator[tuple[Section | None, str]]:
    """Return the area that a line begins, if it does, and what the line lists."""
    code, closed, rest = line[1:].partition("]")
    code = code.strip()
    if line[0] == "[" and closed and code and not set("[=") & set(code):
        name, _, listed = rest.partition(":")
        title = name.strip(" –-") or code
        yield Section(code, title, _kind(title) is not None), listed.strip()
        return
    # Not the colon in parentheses: "Okrsek 12 (strážník: Jan Novák): Dlouhá".
    outside = _PARENTHESES.sub(lambda inside: " " * len(inside[0]), line)
    at = outside.find(":") % (len(line) + 1)
    head, colon, listed = line[:at], line[at : at + 1], line[at + 1 :]
    if _KEYS.get(fold(head)) == "streets" and colon:
        yield None, listed.strip()
        return
    if colon and not (listed.strip() and is_street(head, listed)):
        yield _headed(head.strip()), listed.strip()
        return
    if not colon and _kind(line) is not None and not is_street(line, ""):
        yield _headed(line), ""
        return
    yield None, line


def _kind(head: str) -> re.Match[str] | None:
    return _KINDS.fullmatch(fold(head).replace(",", " "))


def _headed(head: str) -> Section:
    """Return the area of a heading such as ``Okrsek č. 12 – Slovany`` or ``Plac``."""
    details: dict[str, str] = {}
    for inside in _PARENTHESES.finditer(head):
        if said := _details(inside[1].strip()):
            details |= said
            head = " ".join(head.replace(inside[0], " ").split())
    match = _kind(head)
    if match is not None and match["code"]:
        # The code as it was written, capital letters too.
        written = (word.strip(".,–-:") for word in head.split())
        code = next((word for word in written if fold(word) == match["code"]), match["code"])
        district = match["kind"] != "lokalita"
        return Section(code, head.strip(" –-"), district, details)
    code = "-".join(re.findall(r"[a-z0-9]+", fold(head))) or head
    return Section(code, head.strip(" –-"), details=details)
