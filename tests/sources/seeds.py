"""A few whole files of each format that a reader takes, small, from which broken ones are made."""

from __future__ import annotations

import gzip
import io
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import geopandas as gpd
import openpyxl
import pandas as pd
from shapely.geometry import Polygon, box

Files = dict[str, bytes]

PRAHA = """SPÁCHÁNO;OBLAST;ULICE;ČÍSLO;TYP_PŘESTUPKU;adresa;X;Y
20130601083000;P4;Nuselská;736/14;§ 47 zákona č. 200/1990 Sb.;Nuselská 736/14;-741000,5;-1046000
20130601093000;P4;Nuselská;736/14;šikana žáků;;;
20130601240000;P4;;;§ 49;;-741020,5;-1046100
"""
BRNO = """datum_a_čas_přestupku,místo_přestupku,typ_přestupku,X,Y
2013-07-02 12:42:00.000,"V aleji 49, Brno-Holásky",§ 18 z. č. 361/2000 Sb.|§ 125c,-598000,-1165000
2013-07-03 02:42:00.000,"V aleji 50, Brno",§ 47 z. č. 200/1990 Sb.,-598100,-1165100
"""
TEPLICE = """Městská policie Teplice

dne\tčas\tmísto\tdůvod\tparagraf\tX\tY
1.7.2013\t9:25\tnám. Svobody\tparkování\t27/1d\t50.64\t13.82
2.7.2013\t\tnám. Svobody\trušení klidu\t47/1c\t50.65\t13.83
31.3.2013\t02:30\tnám. Svobody\tjiné\t\t50.65\t13.83
"""
DESK = """Číslo jednací;Datum od;Datum do;Druh události;GPS;Zdroj oznámení;Okrsek
MP-1;1.7.2013 22:15;2.7.2013 6:00;rvačka;49.7481, 13.3777;občan;D
MP-1;1.7.2013 22:15;2.7.2013 6:00;rvačka;49.7481, 13.3777;občan;D
MP-2;41456,5;;rušení klidu;POINT(13.38 49.75);hlídka;A
"""
POLICE = """id,x,y,mp,date,state,relevance,types
2750640,14.518356,50.184466,False,2014-05-01T00:35:00.0000+02:00,3,4,75
2750640,14.518356,50.184466,False,2014-05-01T00:35:00.0000+02:00,3,4,97
2750641,14.528356,50.194466,True,2014-12-01T00:35:00.0000+01:00,2,3,"35,42"
"""
POLICE_ONE = """id,x,y,mp,date,state,types
7,14.518356,50.184466,False,2014-05-01T00:35:00.0000+02:00,3,"75,97"
8,14.528356,50.194466,False,2014-12-01T00:35:00.0000+01:00,9,"35,42"
"""
TYPES = "id,name,parent_id\n75,výtržnost,63\n63,ohrožení,\n97,přestupek,\n"
GPX = """<?xml version="1.0"?>
<gpx version="1.1" xmlns="http://www.topografix.com/GPX/1/1"><metadata><name>h 7</name></metadata>
<trk><name>apk-1</name><trkseg>
<trkpt lat="49.7400" lon="13.3700"><ele>300</ele><time>2015-07-01T08:00:00Z</time></trkpt>
<trkpt lat="49.7401" lon="13.3701"><time>2015-07-01T08:00:10Z</time></trkpt>
<trkpt lat="49.7402" lon="13.3702"><time>2015-07-01T08:00:20Z</time></trkpt>
</trkseg></trk></gpx>"""
KML_TRACK = """<kml xmlns="http://www.opengis.net/kml/2.2" xmlns:gx="http://www.google.com/kml/ext/2.2">
<Document><Placemark><name>apk-2</name><gx:Track><when>2024-03-23T12:00:00Z</when>
<when>2024-03-23T12:01:00Z</when><gx:coord>13.37 49.74 300</gx:coord>
<gx:coord>13.38 49.75 300</gx:coord></gx:Track></Placemark></Document></kml>"""
NMEA = """$GPRMC,123519,A,4807.038,N,01131.000,E,022.4,084.4,230324,003.1,W*6A
$GPGGA,123519,4807.038,N,01131.000,E,1,08,0.9,545.4,M,46.9,M,,*47
$GPRMC,123520,V,,,,,,,230324,,*00
$GNRMC,123529.00,A,4807.138,N,01131.100,E,022.4,084.4,230324,003.1,W*6A
"""
TRACCAR = """ID,PROTOCOL,DEVICEID,SERVERTIME,DEVICETIME,FIXTIME,VALID,LATITUDE,LONGITUDE,ALTITUDE,SPEED,COURSE,ADDRESS,ATTRIBUTES,ACCURACY
1,osmand,7,2015-07-01 08:00:05,2015-07-01 08:00:01,2015-07-01 08:00:00,true,49.74,13.37,300,2,0,,"{""a"":1}",5
2,osmand,7,2015-07-01 08:00:35,2015-07-01 08:00:31,2015-07-01 08:00:30,false,49.74,13.37,300,2,0,,{},5
3,osmand,7,2015-07-01 08:01:35,2015-07-01 08:01:31,2015-07-01 08:01:30,true,49.75,13.38,300,2,0,,{},5
"""  # noqa: E501 (as Traccar writes them)
WALK = "Hlídka;Datum a čas;GPS N;GPS E\napk-1;1.7.2015 10:00:05;49,74;13,37\napk-2;;49,74;13,3\n"
REGISTER = """Kód ADM;Kód obce;Název obce;Kód MOMC;Název MOMC;Kód obvodu Prahy;Název obvodu Prahy;Kód části obce;Název části obce;Kód ulice;Název ulice;Typ SO;Číslo domovní;Číslo orientační;Znak čísla orientačního;PSČ;Souřadnice Y;Souřadnice X;Platí Od
1;554791;Plzeň;546003;Plzeň 3;;;406368;Jižní Předměstí;397407;Resslova;č.p.;199;5;;30100;822468.13;1070219.83;2013-12-10T00:00:00
2;554791;Plzeň;546003;Plzeň 3;;;406368;Jižní Předměstí;397407;Resslova;č.p.;200;7;a;30100;822488.13;1070239.83;2013-12-10T00:00:00
3;554791;Plzeň;546003;Plzeň 3;;;406368;Jižní Předměstí;397408;Tylova;č.ev.;12;;;30100;822508.13;1070259.83;2013-12-10T00:00:00
4;554791;Plzeň;546003;Plzeň 3;;;406368;Jižní Předměstí;397408;Tylova;č.p.;13;1;;30100;822528.13;1070279.83;2013-12-10T00:00:00
"""  # noqa: E501 (as the register writes them)
OLDER = """Kód ADM;Kód obce;Název obce;Kód části obce;Název části obce;Název ulice;Typ SO;Číslo domovní;Číslo orientační;Znak čísla orientačního;PSČ;Souřadnice X;Souřadnice Y;Platí Od
1,0;554791;Plzeň;406368;Litice;;č.p.;10,0;;;30100;1070219,83;822468,13;29.06.2017
2,0;554791;Plzeň;406368;Litice;;č.ev.;11,0;;;30100;1070229,83;822478,13;29.06.2017
"""  # noqa: E501 (as the register writes them)
STREETS = """# Seznam
[plac] Plac
Korandova
Plachého 1–29 lichá, Husovo náměstí č. 2, 4, 6–10
Okrsek 12: Resslova celá, část ulice Tylova od č. 15, Tylova kromě č. 1
valid_from = 2014-01-01
Okrsek 13 (strážník: Jan Novák, tel. 378 000 000): Resslova 5/b, 7, Tylova 1–5, 2–20
Ulice: Tylova od č. 1 do konce, sudá čísla
"""
STREETS_TOML = """[plac]
name = "Plac"
streets = ["Resslova 1-9", "Tylova od č. 1"]
valid_from = 2014-01-01
[druhy]
streets = "Tylova sudá"
"""
STREETS_CSV = "okrsek;ulice;čísla\nA;Resslova;1-29 lichá\nB;Tylova;celá\n"
STUDY = """name = "Plac"
language = "cs"
months_before = 12
ring_distances = [150, 300]
negative_control = "doprava"
[sources]
incidents = { path = "data/udalosti.csv", columns = { occurred = "kdy" } }
localities = "data/lokality.geojson"
addresses = { path = "data/adresy.csv", licence = "ČÚZK" }
[sources.context]
water = "voda.geojson"
[outcomes]
"pořádek" = ["public_order"]
"doprava" = ["road_safety"]
[comparison]
kind = "cells"
[privacy]
audience = "council"
min_count = 5
[[deployments]]
locality = "plac"
start = 2014-07-14
staff = 2
after = { start = 2017-01-01, end = 2018-01-01 }
"""
VFR = """<?xml version="1.0" encoding="UTF-8"?>
<vf:VymennyFormat xsi:schemaLocation="urn:cz:isvs:ruian:schemas:VymennyFormatTypy:v1 ../ruian/xsd/vymenny_format/VymennyFormatTypy.xsd" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:gml="http://www.opengis.net/gml/3.2" xmlns:vf="urn:cz:isvs:ruian:schemas:VymennyFormatTypy:v1" xmlns:obi="urn:cz:isvs:ruian:schemas:ObecIntTypy:v1" xmlns:coi="urn:cz:isvs:ruian:schemas:CastObceIntTypy:v1" xmlns:soi="urn:cz:isvs:ruian:schemas:StavObjIntTypy:v1" xmlns:ami="urn:cz:isvs:ruian:schemas:AdrMistoIntTypy:v1" xmlns:com="urn:cz:isvs:ruian:schemas:CommonTypy:v1">
<vf:Hlavicka><vf:VerzeVFR>1.3</vf:VerzeVFR><vf:TypSouboru>OB_UKSH</vf:TypSouboru></vf:Hlavicka><vf:Data>
<vf:Obce><vf:Obec gml:id="OB.1"><obi:Kod>564729</obi:Kod><obi:Nazev>Ves</obi:Nazev><obi:PlatiOd>2014-02-17T00:00:00</obi:PlatiOd><obi:Geometrie><obi:DefinicniBod><gml:MultiPoint gml:id="D.1" srsName="urn:ogc:def:crs:EPSG::5514" srsDimension="2"><gml:pointMembers><gml:Point gml:id="D.1.1"><gml:pos>-773555.00 -999234.00</gml:pos></gml:Point></gml:pointMembers></gml:MultiPoint></obi:DefinicniBod><obi:OriginalniHranice><gml:MultiSurface gml:id="H.1" srsName="urn:ogc:def:crs:EPSG::5514" srsDimension="2"><gml:surfaceMember><gml:Polygon gml:id="H.1.1"><gml:exterior><gml:LinearRing><gml:posList>-774000 -999000 -773000 -999000 -773000 -1000000 -774000 -1000000 -774000 -999000</gml:posList></gml:LinearRing></gml:exterior></gml:Polygon></gml:surfaceMember></gml:MultiSurface></obi:OriginalniHranice></obi:Geometrie></vf:Obec></vf:Obce>
<vf:CastiObci><vf:CastObce gml:id="CO.1"><coi:Kod>24899</coi:Kod><coi:Nazev>Ves</coi:Nazev><coi:Obec><obi:Kod>564729</obi:Kod></coi:Obec></vf:CastObce></vf:CastiObci>
<vf:StavebniObjekty><vf:StavebniObjekt gml:id="SO.1"><soi:Kod>11</soi:Kod><soi:CislaDomovni><com:CisloDomovni>10</com:CisloDomovni></soi:CislaDomovni><soi:TypStavebnihoObjektuKod>1</soi:TypStavebnihoObjektuKod><soi:CastObce><coi:Kod>24899</coi:Kod></soi:CastObce></vf:StavebniObjekt></vf:StavebniObjekty>
<vf:AdresniMista><vf:AdresniMisto gml:id="AD.1"><ami:Kod>21</ami:Kod><ami:CisloDomovni>10</ami:CisloDomovni><ami:Psc>41115</ami:Psc><ami:StavebniObjekt><soi:Kod>11</soi:Kod></ami:StavebniObjekt><ami:Geometrie><ami:DefinicniBod><ami:AdresniBod><gml:Point gml:id="DAM.1" srsName="urn:ogc:def:crs:EPSG::5514" srsDimension="2"><gml:pos>-773500.34 -999500.63</gml:pos></gml:Point></ami:AdresniBod></ami:DefinicniBod></ami:Geometrie></vf:AdresniMisto></vf:AdresniMista>
</vf:Data></vf:VymennyFormat>"""  # noqa: E501 (as the register writes them)


def seeds(reader: str) -> dict[str, Files]:
    """Return name -> files (the first is the one to read, the others lie beside it)."""
    return dict(_MAKERS[reader]())


def packed(files: Files, compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    """Return a ZIP of `files`."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", compression) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return made.getvalue()


def _incidents() -> Iterator[tuple[str, Files]]:
    yield "praha", {"a.csv": PRAHA.encode("cp1250")}
    yield "praha utf-16", {"a.csv": PRAHA.encode("utf-16")}
    yield "brno", {"a.csv": BRNO.encode()}
    yield "teplice", {"a.tsv": TEPLICE.encode("iso-8859-2")}
    yield "desk", {"a.csv": DESK.encode("utf-8-sig")}
    yield "gzip", {"a.csv.gz": gzip.compress(DESK.encode(), mtime=0)}
    yield "zip", {"a.zip": packed({"a.csv": PRAHA.encode(), "b.csv": PRAHA.encode()})}
    yield "workbook", {"a.xlsx": _workbook()}
    yield "workbook with groups", {"a.xlsx": _grouped()}
    grouped = "Č.j.;Datum;;Souřadnice;\n;od;do;X;Y\n1;1.7.2013 9:25;;822380,44;1069630,42\n"
    yield "groups", {"a.csv": grouped.encode("cp1250")}
    points = gpd.GeoDataFrame(
        {"Datum": ["1.7.2013 9:25", "2.7.2013 24:00"], "Typ": ["§ 47", "rvačka"], "n": [1, 2.5]},
        geometry=gpd.points_from_xy([13.377, 13.378], [49.748, 49.749]),
        crs=4326,
    )
    yield from _layers(points, shp=True)


def _workbook() -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "leden"
    for row in (
        ["Přehled událostí"],
        [],
        ["Datum", "Čas", "Místo", "GPS N", "GPS E"],
        [pd.Timestamp(2015, 5, 1).to_pydatetime(), 0.75, "Resslova 5", 49.74, 13.37],
        [None, "9:25", "Resslova 7", "49,75", "13,38"],
        [42125, "=1+1", "Resslova 9", 49.75, 13.38],
    ):
        sheet.append(row)
    sheet.merge_cells("A4:A5")
    book.copy_worksheet(sheet).title = "únor"
    made = io.BytesIO()
    book.save(made)
    return made.getvalue()


def _grouped() -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    for row in (
        ["Č.j.", "Datum", "Souřadnice", None],
        [None, None, "X", "Y"],
        ["MP-1", 41822.75, "822 380,44", "1 069 630,42", None, "vedle"],
        ["Celkem", 1],
    ):
        sheet.append(row)
    for merged in ("A1:A2", "B1:B2", "C1:D1"):
        sheet.merge_cells(merged)
    made = io.BytesIO()
    book.save(made)
    return made.getvalue()


def _layers(
    frame: gpd.GeoDataFrame, *, shp: bool = False, kml: bool = False
) -> Iterator[tuple[str, Files]]:
    """Return `frame` in the formats of maps, as GDAL writes them."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        frame.to_file(folder / "a.geojson")
        frame.to_file(folder / "a.gpkg")
        frame.to_parquet(folder / "a.parquet")
        yield "geojson", {"a.geojson": (folder / "a.geojson").read_bytes()}
        yield "gpkg", {"a.gpkg": (folder / "a.gpkg").read_bytes()}
        yield "parquet", {"a.parquet": (folder / "a.parquet").read_bytes()}
        if kml:
            frame.to_file(folder / "a.kml", driver="KML")
            yield "kml", {"a.kml": (folder / "a.kml").read_bytes()}
        if shp:
            frame.to_crs(5514).to_file(folder / "a.shp", encoding="cp1250")
            files = {
                ending: (folder / f"a{ending}").read_bytes()
                for ending in (".shp", ".dbf", ".shx", ".prj")
            }
            yield "shp", {f"a{ending}": data for ending, data in files.items()}
            bare = {f"a{ending}": data for ending, data in files.items() if ending != ".prj"}
            yield "shp without prj", bare
            yield "shp zip", {"a.zip": packed(bare)}


def _police() -> Iterator[tuple[str, Files]]:
    yield "second", {"201405.csv": POLICE.encode()}
    yield "first", {"201405.csv": POLICE_ONE.encode()}
    month = {"201405.csv": POLICE.encode(), "types.csv": TYPES.encode(), "readme.txt": b"."}
    yield "month", {"201405.zip": packed({**month, "states.csv": b"id,name\n3,x\n"})}
    feature = {
        "type": "Feature",
        "id": 7,
        "properties": {"mp": False, "state": 3, "relevance": 4, "types": [75, 97]}
        | {"date": "2014-05-01T00:35:00.0000+02:00"},
        "geometry": {"type": "Point", "coordinates": [14.518, 50.184]},
    }
    other = {**feature, "id": 8, "geometry": None}
    found = {"type": "FeatureCollection", "features": [feature, other]}
    yield "geojson", {"2014_554791.geojson": json.dumps(found).encode()}


def _patrols() -> Iterator[tuple[str, Files]]:
    yield "gpx", {"a.gpx": GPX.encode()}
    yield "kml", {"a.kml": KML_TRACK.encode()}
    yield "nmea", {"a.log": NMEA.encode()}
    yield "traccar", {"a.csv": TRACCAR.encode()}
    fix = {"deviceId": 7, "fixTime": "2024-03-23T12:00:00.000+00:00", "valid": True}
    places = [{**fix, "latitude": 49.74, "longitude": 13.37, "speed": 2.5}, {**fix, "valid": 0}]
    yield "traccar json", {"a.json": json.dumps(places).encode()}
    yield "walk", {"a.csv": WALK.encode("cp1250")}
    points = gpd.GeoDataFrame(
        {"time": ["2015-07-01T08:00:00Z", "2015-07-01T08:00:30Z"], "unit": ["a", "b"]},
        geometry=gpd.points_from_xy([13.377, 13.378], [49.748, 49.749]),
        crs=4326,
    )
    yield from _layers(points)


def _areas() -> gpd.GeoDataFrame:
    bow = Polygon([(13.4, 49.7), (13.5, 49.8), (13.5, 49.7), (13.4, 49.8)])
    return gpd.GeoDataFrame(
        {
            "OKRSEK": ["1", "1", "2"],
            "MC": ["Plzeň 1", "Plzeň 3", "Plzeň 3"],
            "platne_od": ["2014-01-01", None, "1.7.2013"],
            "obyvatel": ["1 200", "7", "x"],
        },
        geometry=[box(13.3, 49.7, 13.4, 49.8), box(13.39, 49.6, 13.5, 49.7), bow],
        crs=4326,
    )


def _boundaries() -> Iterator[tuple[str, Files]]:
    areas = _areas()
    yield from _layers(areas, shp=True, kml=True)
    with TemporaryDirectory() as name:
        path = Path(name) / "a.gml"
        areas.to_file(path, driver="GML", FORMAT="GML3.2")
        yield "gml", {"a.gml": path.read_bytes()}
    yield "vfr", {"a_UKSH.xml": VFR.encode()}
    yield "vfr gz", {"a_UKSH.xml.gz": gzip.compress(VFR.encode(), mtime=0)}


def _addresses() -> Iterator[tuple[str, Files]]:
    yield "register", {"a_ADR.csv": REGISTER.encode("cp1250")}
    yield "older", {"a_ADR.csv": OLDER.encode("cp1250")}
    yield "zip", {"a_ADR.csv.zip": packed({"a_ADR.csv": REGISTER.encode("cp1250")})}
    yield "vfr", {"a_UKSH.xml": VFR.encode()}
    yield "vfr gz", {"a_UKSH.xml.gz": gzip.compress(VFR.encode(), mtime=0)}


def _lists() -> Iterator[tuple[str, Files]]:
    yield "text", {"a.txt": STREETS.encode()}
    yield "cp1250", {"a.txt": STREETS.encode("cp1250", errors="replace")}
    yield "toml", {"a.toml": STREETS_TOML.encode()}
    yield "csv", {"a.csv": STREETS_CSV.encode()}


def _study() -> Iterator[tuple[str, Files]]:
    yield "study", {"study.toml": STUDY.encode()}


def _context() -> Iterator[tuple[str, Files]]:
    lines = gpd.GeoDataFrame(
        {"name": ["Radbuza", None]},
        geometry=gpd.GeoSeries.from_wkt(["LINESTRING (13.3 49.7, 13.4 49.8)", "POINT (13.4 49.7)"]),
        crs=4326,
    )
    with TemporaryDirectory() as name:
        path = Path(name) / "a.geojson"
        lines.to_file(path)
        yield "lines", {"a.geojson": path.read_bytes()}
    yield from _layers(_areas(), shp=True, kml=True)


_MAKERS = {
    "incidents": _incidents,
    "police": _police,
    "patrols": _patrols,
    "boundaries": _boundaries,
    "addresses": _addresses,
    "lists": _lists,
    "study": _study,
    "layer": _context,
}
READERS = tuple(_MAKERS)
