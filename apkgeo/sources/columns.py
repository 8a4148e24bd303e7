"""Recognise the columns of a hand-made table by their Czech and English names."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from apkgeo.errors import InputError
from apkgeo.language import Note, _

# Field -> names that mean it, best first; written without case, diacritics and punctuation.
Vocabulary = Mapping[str, str]

INCIDENTS: Vocabulary = {
    "incident_id": """cislojednaci cj cislopripadu cisloudalosti cisloprestupku spisovaznacka
        incidentid caseid casenumber caseno case idudalosti idpripadu idprestupku incidentnumber
        reportnumber uid id guid globalid objectid ogcfid evidencnicislo evcislo poradovecislo
        porcislo porc pc""",
    "occurred": """occurred occurredat spachano datumacasspachani datumacasprestupku
        datumacasudalosti datumacasskutku datumacasvzniku datumacas datumcas datumspachani
        datumprestupku datumudalosti datumskutku datumvzniku datumcasod datumacasod datumod
        spachanood casspachani dne datum kdy zacatek datetime occurreddate
        occurrencedate dateoccurred occurredfrom occurreddatetime incidentdate incidentdatetime
        offensedate offencedate crimedate dateutc datesingle datefrom date timestamp startdate
        datumzjisteni datumoznameni reporteddate datereported reported""",
    "time": """time cas hodina hod hour casspachani casprestupku casudalosti casskutku casvzniku
        casod hodinaspachani timeoccurred
        incidenttime occurredtime timefrom caszjisteni casoznameni""",
    "occurred_to": """occurredto datumacasdo datumcasdo datumdo spachanodo dateto enddate datetimeto
        occurreduntil datumukonceni konec""",
    "time_to": "timeto casdo endtime casukonceni",
    "offence": """offence offense typprestupku druhprestupku typudalosti druhudalosti prestupek
        offensetype offencetype offencetext crimetype primarytype incidenttype skutek duvod
        typ druh type category kategorie udalost crime description popis nazevprestupku
        klasifikace types""",
    "paragraph": """paragraph paragraf paragrafy kvalifikace pravnikvalifikace ustanoveni
        pravnipredpis zakon section statute""",
    "origin": """origin zdrojoznameni zdroj zpusoboznameni zpusobzjisteni zjisteno puvod
        puvodoznameni oznamil oznamovatel kdooznamil podnet source reportedby callsource prijato""",
    "precision": "precision presnost presnostpolohy",
    "coordinates": """coordinates gps gpssouradnice souradnice souradnicegps poloha wkt geom thegeom
        geometry latlon latlng lonlat point bod location""",
    "street": "street ulice nazevulice ulicenazev streetname",
    "house_number": """housenumber cislodomu cislodomovni cislopopisne cpopisne cp cpco cpcor
        domovnicislo cdomu cisloobjektu streetnumber cislo""",
    "orientation_number": "orientationnumber cisloorientacni corientacni cor co",
    "address": """address adresa mistospachani mistoprestupku mistoudalosti misto adresaudalosti
        kde addr blockaddress block location poloha""",
    "municipality": "municipality obec mesto nazevobce city town",
    "x": "",
    "y": "",
}
# Pairs of columns with coordinates: the east one, the north one.
_PAIRS = """x/y lon/lat lng/lat long/lat longitude/latitude gpse/gpsn gpslon/gpslat
        gpslng/gpslat gpsx/gpsy gpsdelka/gpssirka zemepisnadelka/zemepisnasirka delka/sirka
        souradnicex/souradnicey sourx/soury sx/sy coordx/coordy xcoord/ycoord
        xcoordinate/ycoordinate xjtsk/yjtsk jtskx/jtsky xsjtsk/ysjtsk sjtskx/sjtsky
    krovakx/krovaky xkrovak/ykrovak wgs84lon/wgs84lat wgslon/wgslat
    lonwgs84/latwgs84 xwgs84/ywgs84 wgs84x/wgs84y
        pointx/pointy easting/northing e/n"""
PAIRS = tuple((pair.split("/")[0], pair.split("/")[1]) for pair in _PAIRS.split())
PATROLS: Vocabulary = {
    "unit": """unit hlidka jednotka pseudonym asistent cisloasistenta deviceid device devicename
        zarizeni patrol unitid idhlidky tracker name jmeno""",
    "occurred": """recorded recordedat fixtime devicetime timestamp datetime datumacas datumcas
        datum dne date servertime""",
    "time": "time cas hodina hod",
    "coordinates": INCIDENTS["coordinates"],
    "x": "",
    "y": "",
}
BOUNDARIES: Vocabulary = {
    "code": """code kod kodokrsku okrsekkod cislookrsku okrsekcislo okrsek oznaceni kodlokality
        precinctcode beat precinct sector districtcode areacode geoid kodobvodu district id fid""",
    "name": """name nazev jmeno nazevokrsku okreseknazev nazevlokality lokalita precinctname
        districtname areaname nazevobvodu popis label title""",
    "valid_from": "validfrom platiod platnostod platneod datumod odkdy",
    "valid_to": "validto platido platnostdo platnedo datumdo dokdy",
    "station": """station sluzebna obvodnisluzebna stanice mpsluzebna sluzebnamp policestation
        mestskapolicie""",
    "officer": "officer okrskar straznikokrskar straznik okrskovystraznik zodpovednystraznik",
    "phone": "phone telefon tel telefonnicislo mobil kontakt telephone",
    "state_police": """statepolice pcr policiecr obvodnioddeleni oop obvodnioddelenipcr kontaktpcr
        oddelenipcr""",
    "population": "population pocetobyvatel obyvatel obyvatele obyv pop pocetob",
}
# What makes a district's number unique where it is not so by itself.
_QUALIFIERS = """mcpraha mestskacast mc mestskyobvod obvod momc kodmomc kodobvodu spravniobvod okres
    obec kodobec kodobce borough city municipality district station sluzebna"""
QUALIFIERS = tuple(_QUALIFIERS.split())

# A word in the name of a column that no list has; a word that begins so takes it back.
_HINTS: Mapping[str, tuple[str, str]] = {
    "occurred": (
        "datum dat date spachano den",
        """narozen birth zapis vloz vklad evid zaevid aktualiz zmen updat creat modif edit import
        export vyriz vyres uzavr ukonc splat zaplac odesl tisk pravni do to end""",
    ),
    "paragraph": ("paragraf", ""),
    "street": ("ulice street", "kod code"),
    "address": ("adresa address", "bydlist mail"),
    "offence": ("prestupek prestupku offense offence", "cislo id datum cas misto"),
}
# A day and a time of day in two columns are named alike but for these words.
_DAYS = frozenset(["datum", "dat", "den", "dne", "date", "day"])
_CLOCKS = frozenset(["cas", "hodina", "hodiny", "hod", "time", "hour"])
# So are two coordinates: the east one, the north one.
_AXES = (("x", "y"), ("e", "n"), ("lon", "lat"), ("lng", "lat"), ("delka", "sirka"))


@dataclass(frozen=True)
class Columns:
    """Which column of the file holds which field.

    Attributes
    ----------
    found : dict of str to str
        Field -> the file's column.
    notes : tuple of Note
        What was recognised, and where another column could have been meant.
    """

    found: Mapping[str, str]
    notes: tuple[Note, ...]

    def __contains__(self, field: object) -> bool:
        """Whether the file has `field`."""
        return field in self.found

    def __getitem__(self, field: str) -> str:
        """The file's column for `field`."""
        return self.found[field]


@cache
def fold(text: str) -> str:
    """Return `text` without case, diacritics and punctuation.

    Examples
    --------
    >>> fold("Datum_a_čas přestupku")
    'datumacasprestupku'
    """
    plain = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in plain if letter.isalnum() and letter.isascii())


@cache
def _lists(vocabulary: tuple[tuple[str, str], ...]) -> dict[str, list[str]]:
    return {field: names.split() for field, names in vocabulary}


def known_names(vocabulary: Vocabulary, named: Mapping[str, str]) -> frozenset[str]:
    """Return every folded name that `vocabulary` recognises, and those that the user named."""
    names = {name for listed in _lists(tuple(vocabulary.items())).values() for name in listed}
    if "x" in vocabulary:
        names |= {name for pair in PAIRS for name in pair}
    return frozenset(names | {fold(str(column)) for column in named.values()})


def recognise(
    present: Sequence[str], vocabulary: Vocabulary, named: Mapping[str, str], file: str
) -> Columns:
    """Tell which of the columns `present` holds which field of `vocabulary`.

    Parameters
    ----------
    named : mapping of str to str
        Our column -> the file's column: what the study says; it wins.

    Raises
    ------
    InputError
        When `named` names a field or a column that does not exist.
    """
    found = _named(present, vocabulary, named, file)
    taken = set(found.values())
    folded: dict[str, list[str]] = {}
    for column in present:
        if column not in taken:
            folded.setdefault(fold(column), []).append(column)
    notes: list[Note] = []
    several: dict[str, list[str]] = {}
    if "x" in vocabulary and not {"x", "y", "coordinates"} & found.keys():
        _add_pair(found, folded, notes)
        if "x" not in found:
            found.update(_alike_pair([c for c in present if c not in taken]))
    for field, names in _lists(tuple(vocabulary.items())).items():
        if field in found:
            continue
        matches = [c for n in names for c in folded.get(n, []) if c not in found.values()]
        if field == "coordinates" and "x" in found:
            continue
        _add_one(found, field, matches)
        if len(matches) > 1:
            several[field] = matches
    for field in [field for field in _HINTS if field in vocabulary and field not in found]:
        hinted = [c for c in present if c not in found.values() and _hinted(c, field)]
        if hinted:
            found[field] = hinted[0]
    for day, clock in (("occurred", "time"), ("occurred_to", "time_to")):
        if clock in vocabulary and clock not in found and day in found:
            left = [c for c in present if c not in found.values()]
            _add_one(found, clock, [c for c in left if _is_clock_of(c, found[day])])
    if "time" in found and "occurred" not in found:
        found["occurred"] = found.pop("time")
    for field, matches in several.items():
        others = [c for c in matches if c not in found.values()]
        if others:
            notes.append(_ambiguous([matches[0], *others], field))
    if found:
        listed = ", ".join(f"{field} = {found[field]}" for field in vocabulary if field in found)
        notes.insert(0, Note(_("Columns recognised: {columns}."), columns=listed))
    return Columns(found, tuple(notes))


def _add_one(found: dict[str, str], field: str, matches: Sequence[str]) -> None:
    if matches:
        found[field] = matches[0]


def _ambiguous(matches: Sequence[str], field: str) -> Note:
    return Note(
        _(
            "More than one column could be {field}: {columns}. {column} is used; name another in "
            "the study if that is wrong."
        ),
        field=field,
        columns=", ".join(matches),
        column=matches[0],
    )


def _add_pair(found: dict[str, str], folded: dict[str, list[str]], notes: list[Note]) -> None:
    pairs = [(folded[e][0], folded[n][0]) for e, n in PAIRS if e in folded and n in folded]
    if not pairs:
        return
    found["x"], found["y"] = pairs[0]
    others = {f"{east}/{north}" for east, north in pairs[1:] if (east, north) != pairs[0]}
    if others:
        notes.append(_ambiguous([f"{pairs[0][0]}/{pairs[0][1]}", *sorted(others)], "x/y"))


def _alike_pair(present: Sequence[str]) -> dict[str, str]:
    """Return two columns that are named alike but for an axis, such as ``WGS-84 E``."""
    words = {column: _words(column) for column in present}
    for east, north in _AXES:
        for first in (c for c in present if east in words[c]):
            wanted = words[first] - {east} | {north}
            second = next((c for c in present if words[c] == wanted), None)
            if second is not None:
                return {"x": first, "y": second}
    return {}


def _is_clock_of(column: str, day: str) -> bool:
    words, of_day = _words(column), _words(day)
    return bool(words & _CLOCKS) and bool(of_day & _DAYS) and words - _CLOCKS == of_day - _DAYS


def _hinted(column: str, field: str) -> bool:
    wanted, unwanted = _HINTS[field]
    words = _words(column)
    return bool(words & set(wanted.split())) and not any(
        word == stem or (len(stem) > 3 and word.startswith(stem))
        for word in words
        for stem in unwanted.split()
    )


def _words(column: str) -> frozenset[str]:
    return frozenset(fold(word) for word in re.split(r"[\W_]+", column) if fold(word))


def _named(
    present: Sequence[str], vocabulary: Vocabulary, named: Mapping[str, str], file: str
) -> dict[str, str]:
    found: dict[str, str] = {}
    for key, column in named.items():
        field = _field(str(key), vocabulary)
        if field is None:
            raise InputError(
                f"columns: {key!r} is no column of ours",
                expected=f"one of {', '.join(vocabulary)}",
                remedy="mend it in the study, or in the argument columns",
            )
        alike = [name for name in present if fold(name) == fold(str(column))]
        match = column if column in present else alike[0] if alike and fold(str(column)) else None
        if match is None:
            raise InputError(
                f"{file}: no column {column!r} for {key!r}",
                came=f"columns {listing(present)}",
                remedy="mend the name in the study, or in the argument columns",
            )
        found[field] = match
    return found


def _field(key: str, vocabulary: Vocabulary) -> str | None:
    if key in vocabulary:
        return key
    for east, north in PAIRS if "x" in vocabulary else ():
        if fold(key) in {east, north}:
            return "x" if fold(key) == east else "y"
    return next(
        (f for f, names in _lists(tuple(vocabulary.items())).items() if fold(key) in names), None
    )


def listing(names: Iterable[str], limit: int = 20) -> str:
    """Return names as a short list for an error."""
    every = [str(name) for name in names]
    more = f" and {len(every) - limit} more" if len(every) > limit else ""
    return ", ".join(every[:limit]) + more
