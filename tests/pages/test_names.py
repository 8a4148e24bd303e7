"""Names on maps touch neither each other nor what must be seen."""

from __future__ import annotations

import re
from itertools import combinations, product
from pathlib import Path
from xml.etree import ElementTree as ET

import geopandas as gpd
import matplotlib as mpl
import pytest
import shapely
from PIL import ImageFont
from shapely import LineString, box

from apkgeo.pages.content import Context
from apkgeo.pages.figure_files import figure_files
from apkgeo.pages.names import by_length, name_marks, named
from apkgeo.pages.site import build_site
from apkgeo.pages.staticmap import Sheet
from tests.pages import hotspot_town, made

SVG = "{http://www.w3.org/2000/svg}"
FONT = Path(mpl.get_data_path()) / "fonts" / "ttf" / "DejaVuSans.ttf"


def frame(shapes: list, names: list) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame({"name": names}, geometry=shapes, crs=made.CRS)


def town() -> Context:
    """Six districts with long names, a river, and streets that cross everywhere."""
    plain = made.context()
    assert plain.districts is not None
    assert plain.streets is not None
    long = [f"Severní Předměstí {n}" for n in range(1, 7)]
    return Context(
        city=plain.city,
        districts=plain.districts.assign(name=long),
        water=plain.water.assign(name="Modlava"),
        streets=plain.streets.assign(name=[f"Ulice {n}" for n in range(len(plain.streets))]),
    )


def boxes(marks: str) -> dict[str, shapely.Polygon]:
    """The ground that each text covers, by Pillow's reckoning of its width."""
    found: dict[str, shapely.Polygon] = {}
    for group in ET.fromstring(f'<svg xmlns="http://www.w3.org/2000/svg">{marks}</svg>'):
        size = float(group.get("font-size", "0"))
        for text in group.iter(f"{SVG}text"):
            words = text.text or ""
            half = ImageFont.truetype(str(FONT), 100).getlength(words) * size / 200
            x, y = float(text.get("x", "0")), float(text.get("y", "0"))
            shape = box(x - half, y - 0.75 * size, x + half, y + 0.2 * size)
            turn = re.match(r"rotate\(([-\d.]+) ([-\d.]+) ([-\d.]+)\)", text.get("transform", ""))
            if turn:
                angle, at_x, at_y = map(float, turn.groups())
                shape = shapely.affinity.rotate(shape, angle, origin=(at_x, at_y))
            found[words] = shape
    return found


def test_no_two_names_touch() -> None:
    sheet = Sheet.over(town().city, gpd.GeoSeries(crs=made.CRS).crs, width=720)
    placed = boxes("".join(name_marks(sheet, town())))
    assert {f"Severní Předměstí {n}" for n in range(1, 7)} <= set(placed)
    assert "Modlava" in placed
    assert sum(name.startswith("Ulice") for name in placed) > 5
    for (one, here), (other, there) in combinations(placed.items(), 2):
        assert not here.intersects(there), f"{one} touches {other}"


def test_names_stay_clear_of_what_is_taken_and_on_the_sheet() -> None:
    sheet = Sheet.over(town().city, gpd.GeoSeries(crs=made.CRS).crs, width=720)
    taken = box(200, 100, 520, 400)
    placed = boxes("".join(name_marks(sheet, town(), taken=[taken])))
    ground = box(0, 0, sheet.width, sheet.ground_height)
    assert placed
    for name, covered in placed.items():
        assert not covered.intersects(taken), name
        assert ground.contains(covered), name


def test_a_name_of_a_district_lies_within_its_borders_where_there_is_room() -> None:
    context = town()
    sheet = Sheet.over(context.city, gpd.GeoSeries(crs=made.CRS).crs, width=720)
    placed = boxes("".join(name_marks(sheet, Context(districts=context.districts))))
    shapes = sheet.pixels(context.districts)
    for name, shape in zip(context.districts["name"], shapes, strict=True):
        assert shape.contains(placed[name]), name


def test_a_street_of_several_pieces_is_one_and_the_longest_comes_first() -> None:
    streets = frame(
        [
            LineString([(0, 0), (90, 0)]),
            LineString([(90, 0), (200, 0)]),
            LineString([(0, 9), (9, 9)]),
        ],
        ["Dlouhá", "Dlouhá", "Krátká"],
    )
    told = by_length(streets)
    assert told["name"].to_list() == ["Dlouhá", "Krátká"]
    assert told["length"].to_list() == [200.0, 9.0]


@pytest.mark.parametrize("missing", [None, "", "nan", "<NA>"])
def test_what_has_no_name_is_not_named(missing: str | None) -> None:
    streets = frame([LineString([(0, 0), (90, 0)]), LineString([(0, 9), (90, 9)])], [missing, "Ta"])
    told = named(streets)
    assert told is not None
    assert told["name"].to_list() == ["Ta"]
    assert named(streets.iloc[:1]) is None


def test_the_map_of_the_localities_names_streets_and_water_in_print() -> None:
    content = made.content("cs", context=town())
    svg = figure_files(build_site(content), "cs")["localities_map.svg"].decode()
    assert "Modlava" in svg
    assert "Ulice" in svg


@pytest.mark.browser
@pytest.mark.parametrize(("width", "closer"), [(1366, 0), (1366, 2), (360, 0)])
def test_live_no_two_names_touch_and_every_locality_in_view_has_its_own(
    width: int, closer: int, tmp_path: Path, open_page
) -> None:
    path = tmp_path / "localities.html"
    path.write_text(build_site(made.content("cs", context=town()))["localities.html"], "utf-8")
    opened = open_page(path, width=width, height=800)
    for _ in range(closer):
        opened.page.click("#map .leaflet-control-zoom-in")
        opened.page.wait_for_timeout(400)
    opened.page.wait_for_timeout(300)
    shown = opened.page.evaluate(
        """[...document.querySelectorAll("#map .leaflet-marker-icon :is(b, span, i, small)")]
        .filter((one) => one.style.visibility === "visible")
        .map((one) => { const r = one.getBoundingClientRect();
          return [one.tagName, one.textContent, r.left, r.top, r.right, r.bottom]; })"""
    )
    for (_, one, *here), (_, other, *there) in combinations(shown, 2):
        assert not box(*here).intersects(box(*there)), f"{one} touches {other}"
    tags = [tag for tag, *_ in shown]
    assert "SPAN" in tags
    if not closer:
        assert tags.count("B") == 4  # all four localities of the made-up place
    if width > 1000:
        assert tags.count("SMALL") > 2
    opened.assert_quiet()


@pytest.mark.browser
def test_live_names_on_maps_of_squares_touch_neither_each_other_nor_a_sign(
    tmp_path: Path, open_page
) -> None:
    path = tmp_path / "hotspots.html"
    path.write_text(build_site(hotspot_town.content("cs"))["hotspots.html"], "utf-8")
    opened = open_page(path, width=1366, height=800)
    opened.page.wait_for_timeout(300)
    for name in ("rates", "hotset"):
        names, signs = opened.page.evaluate(
            """(map) => ["span", "em"].map((tag) =>
              [...document.querySelectorAll(`#${map} .leaflet-marker-icon ${tag}`)]
              .filter((one) => one.style.visibility !== "hidden")
              .map((one) => { const r = one.getBoundingClientRect();
                return [r.left, r.top, r.right, r.bottom]; }))""",
            name,
        )
        assert len(names) > 2
        assert signs
        for one, other in [*combinations(names, 2), *product(names, signs)]:
            assert not box(*one).intersects(box(*other))
    opened.assert_quiet()
