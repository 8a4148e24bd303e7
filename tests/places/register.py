"""Registers to look up in: the real one of Plzeň, and a small invented town."""

from __future__ import annotations

import unicodedata
from pathlib import Path
from random import Random

import geopandas as gpd
import pandas as pd
from shapely import box

COLUMNS = {
    "Kód ADM": "address_code",
    "Název ulice": "street",
    "Číslo domovní": "house_number",
    "Typ SO": "house_number_kind",
    "Číslo orientační": "orientation_number",
    "Znak čísla orientačního": "orientation_letter",
    "Název části obce": "part",
    "Název obce": "municipality",
    "Název MOMC": "city_district",
    "PSČ": "postcode",
}


def read_register(path: Path) -> gpd.GeoDataFrame:
    """Read a register as ČÚZK publishes it with nothing but pandas."""
    table = pd.read_csv(path, sep=";", encoding="cp1250", dtype=str)
    frame = table[list(COLUMNS)].rename(columns=COLUMNS)
    for column in ("house_number", "orientation_number"):
        frame[column] = pd.to_numeric(frame[column]).astype("Int64")
    points = gpd.points_from_xy(
        -table["Souřadnice Y"].astype(float), -table["Souřadnice X"].astype(float)
    )
    return gpd.GeoDataFrame(frame, geometry=points, crs=5514)


def city_districts(path: Path) -> gpd.GeoDataFrame:
    """Read the ten city districts of Plzeň as boundaries."""
    return gpd.read_file(path).rename(columns={"KOD": "code", "NAZEV": "name"})


# street, part, č.p. or č.ev., č.o., letter, metres east and north of the corner
TOWN = [
    ("Dlouhá", "Staré Město", 10, "č.p.", 1, None, 10, 50),
    ("Dlouhá", "Staré Město", 11, "č.p.", 3, None, 30, 50),
    ("Dlouhá", "Staré Město", 12, "č.p.", 2, None, 20, 60),
    ("Dlouhá", "Staré Město", 3, "č.p.", 5, None, 120, 50),
    ("Dlouhá", "Staré Město", 14, "č.p.", 7, "a", 140, 50),
    ("Dlouhá", "Staré Město", 15, "č.p.", 4, None, 130, 60),
    ("náměstí Generála Píky", "Staré Město", 20, "č.p.", 1, None, 40, 20),
    ("náměstí Generála Píky", "Staré Město", 21, "č.p.", 2, None, 45, 20),
    ("Husovo náměstí", "Staré Město", 22, "č.p.", 9, None, 50, 20),
    ("Husova", "Staré Město", 23, "č.p.", 9, None, 60, 20),
    ("třída 5. května", "Nové Město", 30, "č.p.", 7, None, 150, 20),
    ("17. listopadu", "Nové Město", 31, "č.p.", 8, None, 160, 20),
    ("Boženy Němcové", "Nové Město", 32, "č.p.", 6, None, 170, 20),
    ("Zahradní", "Nové Město", 7, "č.ev.", None, None, 180, 20),
    ("Zahradní", "Nové Město", 7, "č.p.", None, None, 182, 20),
    (None, "Lhotka", 5, "č.p.", None, None, 20, 90),
    (None, "Lhotka", 5, "č.ev.", None, None, 25, 90),
    (None, "Lhotka", 6, "č.p.", None, None, 30, 90),
    (None, "Samota", 1, "č.p.", None, None, 300, 90),
]


def town() -> gpd.GeoDataFrame:
    """Return the addresses of an invented town, 200 m wide, and of a lonely house outside."""
    rows = [
        {
            "address_code": str(1000 + number),
            "street": street,
            "house_number": house,
            "house_number_kind": kind,
            "orientation_number": orientation,
            "orientation_letter": letter,
            "part": part,
            "municipality": "Městec",
            "city_district": None,
            "postcode": "33001" if part == "Lhotka" else "33000",
        }
        for number, (street, part, house, kind, orientation, letter, _, _) in enumerate(TOWN)
    ]
    east = [-820_000 + row[6] for row in TOWN]
    north = [-1_070_000 + row[7] for row in TOWN]
    return gpd.GeoDataFrame(rows, geometry=gpd.points_from_xy(east, north), crs=5514)


def halves() -> gpd.GeoDataFrame:
    """Return two districts that divide the town's 200 × 100 m at its middle."""
    west = box(-820_000, -1_070_000, -819_900, -1_069_900)
    east = box(-819_900, -1_070_000, -819_800, -1_069_900)
    return gpd.GeoDataFrame(
        {
            "code": ["W", "E"],
            "name": ["Západ", "Východ"],
            "station": ["Služebna Střed", None],
            "officer": ["strážník okrsku A", None],
            "phone": ["+420 378 000 001", None],
        },
        geometry=[west, east],
        crs=5514,
    )


def without_diacritics(text: str) -> str:
    """Return `text` as it is typed on a foreign keyboard."""
    return "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))


def misspelt(name: str, rng: Random) -> str:
    """Return `name` with one letter left out, added, replaced, or exchanged with the next."""
    letters = "aábcčdeěéfghiíjklmnoóprřsštuúůvyýzž"
    while True:
        where = rng.choice([i for i, c in enumerate(name) if c.isalpha()])
        before, letter, after = name[:where], name[where], name[where + 1 :]
        wrong = rng.choice(
            [
                before + after,
                before + rng.choice(letters) + letter + after,
                before + rng.choice(letters) + after,
                before + after[:1] + letter + after[1:],
            ]
        )
        if without_diacritics(wrong).lower() != without_diacritics(name).lower():
            return wrong
