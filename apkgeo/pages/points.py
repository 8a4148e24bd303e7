"""Very many points as one layer: a compact code in the file, one canvas on the screen."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from typing import Any

import numpy as np
from folium.map import Layer
from folium.template import Template
from numpy.typing import NDArray

from apkgeo.errors import CRSError, InputError


class PointLayer(Layer):
    """A layer of points, drawn alike, without popups; a hundred thousand take half a megabyte.

    Parameters
    ----------
    points : GeoSeries, GeoDataFrame or array of shape (n, 2)
        Points with a CRS, or rows of latitude and longitude in degrees (WGS84).
    color : str
        Colour of the dots.
    radius : float
        In pixels.
    opacity : float
        Of each dot; where dots overlap the colour grows darker.
    digits : int
        Decimal places of a degree that are kept: 5 is a metre.
    name, overlay, control, show
        As for every layer of Folium.

    Raises
    ------
    CRSError
        When points come without a CRS.
    InputError
        When a position is not finite.

    Notes
    -----
    The order of the points is not kept: in the file they follow a curve that fills the plane
    (Morton 1966), on which neighbours are near each other and the steps between them short.
    `save_map` draws the layer on a canvas; in a notebook Folium draws it with Leaflet's circles.

    Examples
    --------
    >>> import folium
    >>> town = folium.Map([49.75, 13.38])
    >>> layer = PointLayer([(49.74, 13.37), (49.75, 13.38)], name="Incidents").add_to(town)
    >>> layer.count
    2
    """

    _template = Template(
        """
        {% macro script(this, kwargs) %}
            var {{ this.get_name() }} = L.layerGroup({{ this.rows()|tojson }}.map(
                (at) => L.circleMarker(at, {{ this.leaflet_style()|tojson }})));
        {% endmacro %}
        """
    )

    def __init__(
        self,
        points: Any,
        *,
        name: str | None = None,
        color: str = "#225ea8",
        radius: float = 3,
        opacity: float = 0.6,
        digits: int = 5,
        overlay: bool = True,
        control: bool = True,
        show: bool = True,
    ) -> None:
        super().__init__(name=name, overlay=overlay, control=control, show=show)
        self._name = "PointLayer"
        self.color = color
        self.radius = float(radius)
        self.opacity = float(opacity)
        self.digits = digits
        self._units = in_units(positions(points), digits)
        self._units = self._units[along_curve(self._units)]
        self.count = len(self._units)

    def rows(self) -> list[list[float]]:
        """Return latitudes and longitudes, as rounded."""
        rows: list[list[float]] = (self._units / 10**self.digits).tolist()
        return rows

    def code(self) -> str:
        """Return the points as they stand in the file."""
        return encoded(self._units)

    def leaflet_style(self) -> dict[str, Any]:
        """Return the look of a dot in Leaflet's words."""
        return {
            "radius": self.radius,
            "stroke": False,
            "fill": True,
            "fillColor": self.color,
            "fillOpacity": self.opacity,
        }

    def _get_self_bounds(self) -> list[list[float | None]]:
        if not self.count:
            return [[None, None], [None, None]]
        unit = 10**self.digits
        south, west = (self._units.min(axis=0) / unit).tolist()
        north, east = (self._units.max(axis=0) / unit).tolist()
        return [[south, west], [north, east]]


def in_units(rows: NDArray[np.float64], digits: int) -> NDArray[np.int64]:
    """Return latitudes and longitudes as whole units of the last decimal place."""
    units: NDArray[np.int64] = np.rint(rows * 10**digits).astype(np.int64)
    return units


def encoded(units: NDArray[np.int64]) -> str:
    """Return positions as they stand in the file: steps, in bytes, in base 64."""
    steps = np.diff(units, axis=0, prepend=np.zeros((1, 2), dtype=np.int64))
    return base64.b64encode(_bytes(steps.ravel())).decode("ascii")


def positions(points: Any) -> NDArray[np.float64]:
    """Return rows of latitude and longitude."""
    if hasattr(points, "geometry"):
        if points.crs is None:
            raise CRSError("the points of a PointLayer", expected="a CRS", remedy="use set_crs")
        degrees = points.geometry.to_crs(4326)
        rows = np.column_stack([degrees.y, degrees.x])
    else:
        rows = np.asarray(points, dtype=float).reshape(-1, 2)
    if not np.isfinite(rows).all():
        place = int(np.flatnonzero(~np.isfinite(rows).all(axis=1))[0])
        raise InputError(
            f"row {place} of the points of a PointLayer",
            expected="a finite latitude and longitude",
            came=", ".join(map(str, rows[place].tolist())),
            remedy="leave such rows out",
        )
    return rows


def along_curve(units: NDArray[np.int64]) -> NDArray[np.intp]:
    """Return the order of rows along Morton's curve."""
    if not len(units):
        return np.zeros(0, dtype=np.intp)
    spread = [_spread(column) for column in (units - units.min(axis=0)).T]
    curve = spread[0] << np.uint64(1) | spread[1]
    order: NDArray[np.intp] = np.lexsort((units[:, 1], units[:, 0], curve))
    return order


def _spread(values: NDArray[np.int64]) -> NDArray[np.uint64]:
    """Return numbers below 2**32 with a zero between any two of their bits."""
    bits = values.astype(np.uint64)
    for shift, mask in (
        (16, 0x0000FFFF0000FFFF),
        (8, 0x00FF00FF00FF00FF),
        (4, 0x0F0F0F0F0F0F0F0F),
        (2, 0x3333333333333333),
        (1, 0x5555555555555555),
    ):
        bits = (bits | bits << np.uint64(shift)) & np.uint64(mask)
    return bits


def _bytes(steps: NDArray[np.int64]) -> bytes:
    """Return signed numbers as bytes of seven bits, the lowest first, the sign in the last bit."""
    rest = np.where(steps < 0, -2 * steps - 1, 2 * steps).astype(np.uint64)
    columns: list[NDArray[np.uint8]] = []
    used: list[NDArray[np.bool_]] = [np.ones(len(rest), dtype=bool)]
    while True:
        more = rest >= 128
        columns.append(
            ((rest & np.uint64(127)) | more.astype(np.uint64) << np.uint64(7)).astype(np.uint8)
        )
        if not more.any():
            break
        used.append(more)
        rest = rest >> np.uint64(7)
    return bytes(np.column_stack(columns)[np.column_stack(used)])


def decoded(code: str) -> Iterator[tuple[int, int]]:
    """Yield the positions of a code in whole units, as ``static/map_points.js`` reads them.

    Examples
    --------
    >>> list(decoded(PointLayer([(0.00001, -0.00002), (0.00003, 0.0)]).code()))
    [(1, -2), (3, 0)]
    """
    at, axis, value, shift = [0, 0], 0, 0, 0
    for byte in base64.b64decode(code):
        value |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            at[axis] += -(value + 1) // 2 if value & 1 else value // 2
            axis, value, shift = 1 - axis, 0, 0
            if axis == 0:
                yield at[0], at[1]
