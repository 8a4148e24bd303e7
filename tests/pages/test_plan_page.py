"""The page of a plan, as its reader meets it."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
from shapely import box

from apkgeo.pages.plan import plan_page
from apkgeo.patrols.coverage import patrol_coverage
from apkgeo.patrols.demand import hourly_demand
from apkgeo.patrols.expected import compare_coverage, planned_dosage
from apkgeo.patrols.plan import plan_patrols
from apkgeo.patrols.plan_rules import Shift
from tests.pages import made
from tests.pages.reading import Page
from tests.pages.test_site_browser import HOSTILE, Opener

AREAS = gpd.GeoDataFrame(
    {"code": ["a", "b", "c"]},
    geometry=[box(500 * n, 0, 500 * n + 90, 90) for n in range(3)],
    crs=5514,
)


def page(language: str = "cs", name: str = "Žižkova") -> str:
    rows = [("a", "2018-04-02 08:30"), ("b", "2018-04-02 09:15"), ("c", "2018-04-03 10:05")] * 3
    incidents = gpd.GeoDataFrame(
        {"occurred": pd.to_datetime([t for _, t in rows]).tz_localize("Europe/Prague")},
        geometry=[AREAS.set_index("code").geometry[code].centroid for code, _ in rows],
        crs=5514,
    )
    shifts = [Shift(name, 8, 11, weekdays=(0, 1))]
    plan = plan_patrols(hourly_demand(incidents, AREAS), AREAS, shifts=shifts)
    dosage = planned_dosage(plan, AREAS, monday=pd.Timestamp("2018-04-02").date())
    coverage = patrol_coverage(dosage, incidents, AREAS, cycle="week", hotspot_share=1.0)
    names = pd.Series({"a": name, "b": "Dolní", "c": "U Trati"})
    study = made.study(language, "internal")
    return plan_page(study, plan, names, compare_coverage(coverage, coverage))


def test_the_page_tells_what_to_do_when_and_how_good_it_is() -> None:
    read = Page(page())
    rows = read.table("Pondělí: návštěvy, cesty a přestávky")
    assert rows[0]["Od"] == "8:00"
    assert {row["Činnost"] for row in rows} <= {"návštěva", "cesta", "jiné úkoly"}
    assert "Žádný plán podle těchto pravidel nemůže být lepší o víc než" in read.text()
    assert "Jen pro vnitřní potřebu" in read.text()
    assert read.table("Podíl událostí a času hlídek")[0]["Čas hlídek dosud"].endswith("%")
    assert page() == page()


@pytest.mark.browser
@pytest.mark.parametrize("language", ["cs", "en"])
def test_the_page_is_quiet_accessible_and_never_scrolls_sideways(
    language: str, tmp_path: Path, open_page: Opener
) -> None:
    (tmp_path / "plan.html").write_text(page(language), encoding="utf-8")
    for width in (360, 1024, 1366, 1920):
        opened = open_page(tmp_path / "plan.html", width=width)
        opened.page.wait_for_timeout(100)
        assert opened.page.evaluate("document.documentElement.scrollWidth") <= width
        assert opened.axe() == []
        opened.assert_quiet()


@pytest.mark.browser
def test_hostile_names_run_nothing(tmp_path: Path, open_page: Opener) -> None:
    (tmp_path / "plan.html").write_text(page(name=HOSTILE), encoding="utf-8")
    opened = open_page(tmp_path / "plan.html")
    opened.page.wait_for_timeout(100)
    assert opened.page.title() != "hit"
    opened.assert_quiet()
