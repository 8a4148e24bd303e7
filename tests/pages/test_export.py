"""Any Folium map becomes one file that asks for nothing, runs nothing and shows its shapes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import folium
import pytest

from apkgeo.pages.export import save_map
from tests.pages.browser import Opened

pytestmark = pytest.mark.browser


def test_a_map_with_a_marker_opens_without_a_network(
    tmp_path: Path, open_page: Callable[..., Opened]
) -> None:
    town = folium.Map([49.7477, 13.3776], zoom_start=14)
    folium.Marker([49.7477, 13.3776], popup="<b>Square</b>").add_to(town)
    saved = save_map(town, tmp_path / "map.html")
    opened = open_page(saved)
    assert opened.painted() >= 1
    opened.assert_quiet()
