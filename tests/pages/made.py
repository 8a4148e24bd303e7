"""A small invented place, Lhotín, with results that were made up: nothing here is computed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise

import geopandas as gpd
import numpy as np
import pandas as pd
from shapely import LineString, Point, box

from apkgeo.evaluation import Evaluation, Finding
from apkgeo.language import Language, Note
from apkgeo.pages.content import Cells, Context, Patrols, SiteContent, SourceQuality
from apkgeo.patrols.coverage import patrol_coverage
from apkgeo.patrols.dosage import patrol_dosage
from apkgeo.patrols.response import dose_response
from apkgeo.statistics.displacement import displacement_difference
from apkgeo.statistics.effectiveness import EffectivenessIndex
from apkgeo.study import Comparison, Deployment, Period, Privacy, Study

CRS = 5514
WEST, SOUTH = -620_000.0, -1_110_000.0


@dataclass(frozen=True)
class Told:
    """An estimate that knows only what it was told."""

    estimate: float
    low: float
    high: float
    p_value: float = 0.5

    def interval(self, level: float = 0.95) -> tuple[float, float]:
        return self.low, self.high

    def summary(self, language: Language = "en") -> str:
        return f"{self.estimate} ({self.low}, {self.high})"


LOCALITIES = {
    # code: name, west, south, size, (before, after), ratio and interval, grade
    "zizkova": ("Žižkova", 1300, 2100, 260, (88, 52), (0.64, 0.45, 0.91), "clear_fall"),
    "dolni": ("Dolní", 2600, 900, 220, (41, 37), (0.97, 0.61, 1.52), "uncertain"),
    "u-trati": ("U Trati", 3500, 2700, 240, (23, 29), (1.35, 0.81, 2.2), "uncertain"),
    "cihelna": ("Cihelna", 900, 700, 200, (9, 3), (0.4, 0.1, 1.3), "uncertain"),
}
ENGLISH = {
    "zizkova": "Mill Row",
    "dolni": "Lower End",
    "u-trati": "Railside",
    "cihelna": "Brickworks",
}


def study(language: Language = "cs", audience: str = "council", **values) -> Study:
    made = {
        "name": "Asistenti v Lhotíně" if language == "cs" else "Assistants in Lhotin",
        "sources": {"incidents": "incidents.csv", "localities": "localities.geojson"},
        "outcomes": {
            "veřejný pořádek" if language == "cs" else "public order": ("public_order",),
            "majetek" if language == "cs" else "property": ("property",),
        },
        "deployments": [
            Deployment(
                locality=code,
                start=date(2018, 4 + 3 * place, 1),
                programme="caretakers" if code == "u-trati" else "assistants",
            )
            for place, code in enumerate(["zizkova", "dolni", "u-trati"])
        ]
        + [Deployment(locality="cihelna", start=date(2018, 4, 1), end=date(2019, 2, 1))],
        "comparison": Comparison(kind="localities"),
        "privacy": Privacy(audience=audience, min_count=5),
        "language": language,
    }
    return Study(**{**made, **values})


def evaluation(language: Language = "cs", audience: str = "council", **values) -> Evaluation:
    made = study(language, audience, **values)
    findings = []
    names = {c: row[0] for c, row in LOCALITIES.items()} if language == "cs" else ENGLISH
    primary, second = made.outcomes
    for deployment in made.deployments:
        _, _, _, _, counts, told, grade = LOCALITIES[deployment.locality]
        before, after = made.periods(deployment)
        naive = counts[1] / counts[0] * before.days / after.days
        ring = pd.DataFrame(
            {
                "inner": [0.0, 150.0],
                "outer": [150.0, 300.0],
                "before": [counts[0] // 2, counts[0] // 3],
                "after": [counts[0] // 2 + 3, counts[0] // 3],
                "ratio": [1.11, 0.98],
                "low": [0.72, 0.6],
                "high": [1.7, 1.61],
            }
        )
        first = Finding(
            deployment=deployment,
            name=names[deployment.locality],
            outcome=primary,
            primary=True,
            before=before,
            after=after,
            count_before=counts[0],
            count_after=counts[1],
            naive=Told(naive, naive * 0.7, naive * 1.42),
            relative=Told(naive * 1.07, naive * 0.72, naive * 1.6),
            expectation=Told(*told),
            displacement=displacement_difference(
                counts, (400, 390), (int(ring["before"].sum()), int(ring["after"].sum()))
            ),
            quotient=None,
            rings=ring,
            grade=grade,
            doubts=(
                Note(
                    "The period after is shorter than {months} months."
                    if language == "en"
                    else "Období po zahájení je kratší než {months} měsíců.",
                    months=10,
                ),
            )
            if deployment.end
            else (),
        )
        findings.append(first)
        findings.append(
            replace(
                first,
                outcome=second,
                primary=False,
                count_before=counts[0] + 7,
                count_after=counts[0] + 2,
                naive=Told(0.95, 0.7, 1.3),
                relative=Told(1.02, 0.71, 1.44),
                expectation=Told(1.01, 0.69, 1.46),
                displacement=None,
                grade="uncertain",
            )
        )
    findings.sort(key=lambda one: not one.primary)
    return Evaluation(
        study=made,
        findings=tuple(findings),
        areas=areas(names),
        counts=pd.DataFrame(
            [
                {
                    "area": f"c{n}",
                    "role": "comparison",
                    "deployment": 0,
                    "outcome": primary,
                    "period": period,
                    "count": 40 + n,
                    "days": 365,
                }
                for n in range(8)
                for period in ("before", "after")
            ]
        ),
        doubts=(
            Note("The offence act changed on {day}.", day="1 July 2017")
            if language == "en"
            else Note("Přestupkový zákon se změnil {day}.", day="1. července 2017"),
        ),
    )


def pooled(observed: int, expected: float, *, before: int = 160) -> EffectivenessIndex:
    """An index of effectiveness with made-up numbers."""
    return EffectivenessIndex(
        observed=observed,
        expected=expected,
        estimate=observed / expected,
        std_error=0.1,
        p_value=0.4,
        randomization_p_value=0.4,
        untreated=60,
        persistence=0.6,
        general_change=0.95,
        dispersion=1.4,
        treated=pd.DataFrame({"before": [before], "after": [observed]}),
        areas=pd.DataFrame(),
        notes=(),
        area_draws=np.random.default_rng(1).gamma(40, expected / 40, (2000, 1)),
    )


def areas(names: dict[str, str]) -> gpd.GeoDataFrame:
    rows = []
    for code, (_, x, y, size, *_rest) in LOCALITIES.items():
        shape = box(WEST + x, SOUTH + y, WEST + x + size, SOUTH + y + size * 0.7)
        rows.append((code, names[code], "treated", None, shape))
        inner = shape
        for distance in (150, 300):
            outer = shape.buffer(distance)
            rows.append((f"{code}+{distance}", "", "ring", code, outer.difference(inner)))
            inner = outer
    rows.append(
        ("klid", "", "untreated", None, box(WEST + 4200, SOUTH + 600, WEST + 4400, SOUTH + 750))
    )
    return gpd.GeoDataFrame(
        rows, columns=["code", "name", "role", "locality", "geometry"], geometry="geometry", crs=CRS
    )


def context() -> Context:
    city = box(WEST, SOUTH, WEST + 5000, SOUTH + 3600).buffer(200)
    split = [0, 1700, 3300, 5000]
    districts = [
        box(
            WEST + a - (200 if a == 0 else 0),
            SOUTH - 200 + 1900 * row,
            WEST + b + (200 if b == 5000 else 0),
            SOUTH + 1900 * (row + 1),
        ).intersection(city)
        for row in (0, 1)
        for a, b in pairwise(split)
    ]
    x = np.linspace(-200, 5200, 60)
    river = LineString(np.c_[WEST + x, SOUTH + 1600 + 260 * np.sin(x / 700)])
    rail = LineString(
        [(WEST - 200, SOUTH + 3000), (WEST + 2500, SOUTH + 2500), (WEST + 5200, SOUTH + 2450)]
    )
    streets = [
        LineString([(WEST + s, SOUTH), (WEST + s, SOUTH + 3600)]) for s in range(300, 5000, 400)
    ]
    streets += [
        LineString([(WEST, SOUTH + s), (WEST + 5000, SOUTH + s)]) for s in range(300, 3600, 400)
    ]
    frame = lambda shapes, **more: gpd.GeoDataFrame(more, geometry=shapes, crs=CRS)  # noqa: E731
    return Context(
        city=frame([city]),
        districts=frame(districts, code=list("ABCDEF"), name=[f"L-{n}" for n in range(1, 7)]),
        water=frame([river.buffer(35)]),
        railways=frame([rail]),
        streets=frame(streets),
    )


def cells(seed: int = 3) -> Cells:
    rng = np.random.default_rng(seed)
    shapes = [
        box(WEST + x, SOUTH + y, WEST + x + 200, SOUTH + y + 200)
        for y in range(0, 3600, 200)
        for x in range(0, 5000, 200)
    ]
    middle = Point(WEST + 2300, SOUTH + 1900)
    level = np.array(
        [34 * np.exp(-((shape.centroid.distance(middle) / 900) ** 2)) for shape in shapes]
    )
    level *= rng.gamma(2, 0.5, len(level))
    near = np.array([shape.distance(Point(WEST + 1400, SOUTH + 2200)) < 420 for shape in shapes])
    frame = gpd.GeoDataFrame(
        {
            "code": [f"{chr(65 + n % 25)}{n // 25 + 1}" for n in range(len(shapes))],
            "before": rng.poisson(level),
            "after": rng.poisson(level * np.where(near, 0.15, 0.95)),
        },
        geometry=shapes,
        crs=CRS,
    )
    return Cells(
        frame,
        Period(start=date(2017, 4, 1), end=date(2018, 4, 1)),
        Period(start=date(2018, 10, 1), end=date(2019, 10, 1)),
    )


def walks(units: int = 2, days: int = 5) -> gpd.GeoDataFrame:
    """Some minutes of each unit in two places, every shift of some days of six months.

    In July 2018 only one of them walked at night in Dolní.
    """
    rows = []
    for place, code in enumerate(("zizkova", "dolni")):
        _, x, y, size, *_rest = LOCALITIES[code]
        for month in range(4, 10):
            for day in range(1, days + 1):
                for shift, hour in enumerate((7, 15, 22)):
                    for unit in range(units):
                        if (month, hour, unit, code) == (7, 22, 1, "dolni"):
                            continue
                        start = pd.Timestamp(2018, month, day, hour + place)
                        for minute in (0, 10 + month + 2 * shift):
                            moment = start + pd.Timedelta(minutes=minute)
                            point = (WEST + x + size / 2, SOUTH + y + size / 3)
                            rows.append((f"unit-{unit + 1:02}", moment, *point))
    frame = pd.DataFrame(rows, columns=["unit", "recorded", "x", "y"])
    points = gpd.points_from_xy(frame.pop("x"), frame.pop("y"), crs=CRS)
    frame["recorded"] = frame["recorded"].dt.tz_localize("Europe/Prague")
    return gpd.GeoDataFrame(frame, geometry=points)


def patrols(tracks: gpd.GeoDataFrame | None = None) -> Patrols:
    """What the pages need of these walks, with some incidents in the evenings."""
    tracks = walks() if tracks is None else tracks
    treated = areas({code: row[0] for code, row in LOCALITIES.items()})
    places = treated[treated["code"].isin(["zizkova", "dolni"])]
    dosage = patrol_dosage(tracks, places, gap_after=2000.0, new_outing_after=2000.0)
    rng = np.random.default_rng(2)
    middle = places.geometry.iloc[rng.integers(0, 2, 120)].centroid
    days = pd.to_timedelta(rng.integers(0, 180, 120), unit="D")
    hours = pd.to_timedelta(rng.normal(20, 3, 120).clip(0, 23.9), unit="h")
    occurred = pd.Timestamp("2018-04-01", tz="Europe/Prague") + days + hours
    incidents = gpd.GeoDataFrame({"occurred": occurred}, geometry=list(middle), crs=CRS)
    coverage = patrol_coverage(dosage, incidents, places, shares=(0.05, 0.2), hotspot_share=1.0)
    names = places.set_index("code")["name"]
    return Patrols(dosage, names, coverage, dose_response(dosage, incidents, places))


def content(language: Language = "cs", audience: str = "council", **values) -> SiteContent:
    made = {
        "evaluation": evaluation(language, audience),
        "cells": cells(),
        "context": context(),
        "quality": (
            SourceQuality(
                "incidents",
                12_480,
                12_391,
                {"the time is not readable": 61, "no place": 28}
                if language == "en"
                else {"čas nelze přečíst": 61, "chybí místo": 28},
                (Note("Read as {encoding}.", encoding="cp1250"),) if language == "en" else (),
            ),
            SourceQuality("localities", 16, 16),
        ),
        "patrols": patrols() if language == "cs" else None,
        "data": Period(start=date(2015, 1, 1), end=date(2020, 1, 1)),
        "licences": ("© ČÚZK, CC BY 4.0",) if language == "cs" else ("Invented data.",),
    }
    return SiteContent(**{**made, **values})
