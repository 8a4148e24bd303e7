"""Very many points fit in a small file, come back as they were, and are all drawn."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import folium
import geopandas
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from apkgeo.errors import CRSError, InputError, UnsupportedMapError
from apkgeo.pages.export import map_fragment, save_map
from apkgeo.pages.points import PointLayer, decoded
from tests.pages.browser import Opened

units = st.tuples(st.integers(-9_000_000, 9_000_000), st.integers(-18_000_000, 18_000_000))


@given(st.lists(units, max_size=50))
def test_all_points_come_back_from_their_code(places: list[tuple[int, int]]) -> None:
    layer = PointLayer(np.array(places, dtype=float).reshape(-1, 2) / 1e5)
    assert sorted(decoded(layer.code())) == sorted(places)


def test_the_order_of_the_points_does_not_change_the_file() -> None:
    rng = np.random.default_rng(1)
    places = rng.normal([49.75, 13.38], 0.05, size=(1000, 2))
    assert PointLayer(places).code() == PointLayer(rng.permutation(places)).code()


def test_points_are_brought_from_their_own_crs() -> None:
    # náměstí Republiky 1/1 in Plzeň: Y = 822380.44, X = 1069630.42 is 49.74812 N, 13.37771 E
    # (RÚIAN's coordinates in EPSG:5514, PROJ's operation for Czechia).
    place = geopandas.GeoSeries.from_xy([-822380.44], [-1069630.42], crs=5514)
    assert PointLayer(place).rows() == [[49.74812, 13.37771]]


def test_points_without_a_crs_or_without_a_place_are_refused() -> None:
    with pytest.raises(CRSError, match="expected a CRS; use set_crs"):
        PointLayer(geopandas.GeoSeries.from_xy([1], [2]))
    with pytest.raises(InputError, match=r"row 1 .* got nan, 13\.0"):
        PointLayer([(49, 13), (np.nan, 13)])


def test_folium_itself_can_show_the_points() -> None:
    town = folium.Map(tiles=None)
    PointLayer([(49.75, 13.38)], radius=4).add_to(town)
    assert "[[49.75, 13.38]].map(" in town.get_root().render()
    assert town.get_bounds() == [[49.75, 13.38], [49.75, 13.38]]


def test_points_are_not_for_the_council() -> None:
    town = folium.Map(tiles=None)
    PointLayer([(49.75, 13.38)]).add_to(town)
    with pytest.raises(UnsupportedMapError, match="expected counts by area, not points"):
        map_fragment(town, language="cs", label="x", audience="council")


@pytest.mark.browser
def test_a_hundred_thousand_points_fit_in_a_megabyte_and_are_drawn(
    tmp_path: Path, open_page: Callable[..., Opened]
) -> None:
    rng = np.random.default_rng(1)
    town = folium.Map(tiles=None)
    places = rng.uniform([49.70, 13.30], [49.80, 13.46], size=(100_000, 2))
    PointLayer(places, name="Události").add_to(town)
    folium.LayerControl(collapsed=False).add_to(town)
    saved = save_map(town, tmp_path / "points.html")
    assert saved.size < 1_000_000
    opened = open_page(saved)
    inked = """() => new Promise(requestAnimationFrame).then(() => {
      const c = document.querySelector('#map canvas');
      const d = c.getContext('2d').getImageData(0, 0, c.width, c.height).data;
      return d.filter((value, place) => place % 4 === 3 && value).length / (d.length / 4); })"""
    assert opened.page.evaluate(inked) > 0.4
    opened.page.get_by_label("Události").uncheck()
    assert opened.page.locator("#map canvas").count() == 0
    opened.assert_quiet()


@pytest.mark.browser
def test_a_point_lies_where_a_circle_of_leaflet_lies(
    tmp_path: Path, open_page: Callable[..., Opened]
) -> None:
    town = folium.Map([49.75, 13.38], zoom_start=13, tiles=None)
    PointLayer([(49.76, 13.35)], radius=4, opacity=1).add_to(town)
    folium.CircleMarker([49.76, 13.35], radius=4).add_to(town)
    opened = open_page(save_map(town, tmp_path / "points.html"))
    middles = opened.page.evaluate(
        """() => new Promise(requestAnimationFrame).then(() => {
          const c = document.querySelector('#map canvas');
          const d = c.getContext('2d').getImageData(0, 0, c.width, c.height).data;
          let n = 0, x = 0, y = 0;
          for (let i = 3; i < d.length; i += 4) if (d[i] > 127) {
            n += 1; x += ((i - 3) / 4) % c.width; y += Math.floor((i - 3) / 4 / c.width); }
          const own = c.getBoundingClientRect();
          const r = document.querySelector('#map path').getBoundingClientRect();
          return [[own.left + x / n, own.top + y / n],
            [r.left + r.width / 2, r.top + r.height / 2]]; })"""
    )
    # Leaflet rounds a circle's middle to a whole pixel.
    assert np.abs(np.diff(middles, axis=0)).max() <= 1
