"""From a study to maps and results: the only module that knows every room."""

from __future__ import annotations

from collections.abc import Callable

Tell = Callable[[str], None]

# Programs whose version can change a result; they stand in the manifest.
VERSIONS = ("apkgeo", "geopandas", "numpy", "pandas", "pyproj", "scipy", "shapely", "folium")
