"""Sums of a kernel over points: exact where pairs are few, by FFT on a fine raster where many."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
from scipy import fft
from scipy.spatial import cKDTree

from apkgeo.statistics._cells import Flags, Floats, Ints
from apkgeo.statistics.lattice import Lattice, find_lattice

KernelName: TypeAlias = Literal["quartic", "gaussian"]

# Bandwidths beyond which a Gaussian is taken as 0 (it is 1.5e-8 of its peak there).
_GAUSSIAN_REACH = 6.0

# Up to so many pairs of point and cell, each pair is evaluated.
_FEW_PAIRS = 3_000_000
_PAIRS_AT_ONCE = 2_000_000
_POINTS_AT_ONCE = 200_000

# Places of the fine raster a bandwidth: wished for, as long as there are not more than so many in
# all, and at least. The quartic kernel needs more, as it is not smooth where it ends.
_WISHED = {"quartic": 24, "gaussian": 8}
_LEAST = {"quartic": 12, "gaussian": 6}
_MANY_PLACES = 500_000
_MOST_PLACES = 4_000_000


@dataclass(frozen=True)
class Kernel:
    """A radial kernel of volume 1, or its square.

    Attributes
    ----------
    name : {"quartic", "gaussian"}
        Quartic: 3/(π h²) (1 − r²/h²)² within h. Gaussian: exp(−r²/2h²) / (2π h²).
    bandwidth : float
        h, in metres.
    squared : bool
        Whether values are squared, as variances need them.
    """

    name: KernelName
    bandwidth: float
    squared: bool = False

    @property
    def reach(self) -> float:
        """Distance beyond which the kernel is 0."""
        return self.bandwidth * (_GAUSSIAN_REACH if self.name == "gaussian" else 1.0)

    def at(self, squares: Floats) -> Floats:
        """Return values at squared distances."""
        # One array from end to end: this is where the time goes.
        values = squares * (-1 / self.bandwidth**2)
        if self.name == "quartic":
            values += 1.0
            np.maximum(values, 0.0, out=values)
            values *= values
            values *= 3 / (np.pi * self.bandwidth**2)
        else:
            beyond = values < -(_GAUSSIAN_REACH**2)
            values /= 2
            np.exp(values, out=values)
            values /= 2 * np.pi * self.bandwidth**2
            values[beyond] = 0.0
        return values * values if self.squared else values


def kernel_sums(points: Floats, weights: Floats, centres: Floats, kernel: Kernel) -> Floats:
    """Return for each centre (m, 2) the weighted sum of the kernel over points (n, 2)."""
    if not len(points) or not len(centres):
        return np.zeros(len(centres))
    lattice = find_lattice(centres)
    if lattice is None:
        return _pairwise(points, weights, centres, kernel)
    down, across = lattice.step
    south, west = lattice.origin[1], lattice.origin[0]
    row, column = (points[:, 1] - south) / down, (points[:, 0] - west) / across
    margin = kernel.reach / down + 1, kernel.reach / across + 1
    near = (row >= -margin[0]) & (row <= lattice.shape[0] + margin[0])
    near &= (column >= -margin[1]) & (column <= lattice.shape[1] + margin[1])
    if not near.all():
        points, row, column, weights = points[near], row[near], column[near], weights[near]
    place = (row, column)
    offsets = np.pi * kernel.reach**2 / (down * across)
    pairs = len(row) * min(offsets, len(centres))
    parts, sides = _fineness(lattice, kernel)
    if pairs > _FEW_PAIRS and sides[0] * sides[1] <= _MOST_PLACES:
        return _by_fft(place, weights, lattice, kernel, parts, sides)
    # A pass over the raster for each offset pays where many points share few offsets.
    if offsets * (_raster_size(lattice, kernel) + len(row)) > 10 * pairs:
        return _pairwise(points, weights, centres, kernel)
    return _by_offsets(place, weights, lattice, kernel)


def _pairwise(points: Floats, weights: Floats, centres: Floats, kernel: Kernel) -> Floats:
    """Evaluate every pair within reach, some millions at a time."""
    tree = cKDTree(centres)
    total = np.zeros(len(centres))
    counts = tree.query_ball_point(points, kernel.reach, return_length=True)
    for chunk in np.split(
        np.arange(len(points)),
        np.searchsorted(np.cumsum(counts), np.arange(_PAIRS_AT_ONCE, counts.sum(), _PAIRS_AT_ONCE)),
    ):
        if not len(chunk):
            continue
        found = cKDTree(points[chunk]).sparse_distance_matrix(
            tree, kernel.reach, output_type="ndarray"
        )
        values = kernel.at(found["v"] ** 2) * weights[chunk][found["i"]]
        total += np.bincount(found["j"], weights=values, minlength=len(centres))
    return total


def _by_offsets(
    place: tuple[Floats, Floats], weights: Floats, lattice: Lattice, kernel: Kernel
) -> Floats:
    """Evaluate every pair within reach, one offset of the raster for all points at a time."""
    reach, (rows, columns) = _reach(lattice, kernel), _padded(lattice, kernel)
    flat, aside, inside = np.zeros(len(weights), dtype=np.int64), [], np.ones(len(weights), bool)
    for coordinate, more, side in zip(place, reach, (rows, columns), strict=True):
        base = np.rint(coordinate)
        aside.append(coordinate - base)
        corner = base.astype(np.int64) + 2 * more + 1
        inside &= (corner >= more) & (corner < side - more)
        flat = flat * columns + corner
    if not inside.all():
        flat, aside, weights = flat[inside], [part[inside] for part in aside], weights[inside]
    horizontal = [
        ((right - aside[1]) * lattice.step[1]) ** 2 for right in range(-reach[1], reach[1] + 1)
    ]
    even = bool((weights == 1).all())
    total = np.zeros(rows * columns)
    for up in range(-reach[0], reach[0] + 1):
        vertical = ((up - aside[0]) * lattice.step[0]) ** 2
        for right in range(-reach[1], reach[1] + 1):
            least = np.hypot(
                max(abs(up) - 0.5, 0) * lattice.step[0], max(abs(right) - 0.5, 0) * lattice.step[1]
            )
            if least > kernel.reach:
                continue
            values = kernel.at(vertical + horizontal[right + reach[1]])
            if not even:
                values *= weights
            shifted = flat + (up * columns + right)
            total += np.bincount(shifted, weights=values, minlength=len(total))
    raster = total.reshape(rows, columns)
    return np.asarray(raster[lattice.row + 2 * reach[0] + 1, lattice.column + 2 * reach[1] + 1])


def _reach(lattice: Lattice, kernel: Kernel) -> list[int]:
    return [int(kernel.reach / step) + 1 for step in lattice.step]


def _padded(lattice: Lattice, kernel: Kernel) -> tuple[int, int]:
    """Return the sides of a raster on which no offset leaves the array."""
    down, across = _reach(lattice, kernel)
    return lattice.shape[0] + 4 * down + 2, lattice.shape[1] + 4 * across + 2


def _raster_size(lattice: Lattice, kernel: Kernel) -> int:
    rows, columns = _padded(lattice, kernel)
    return rows * columns


def _fineness(lattice: Lattice, kernel: Kernel) -> tuple[list[int], list[int]]:
    """Return into how many parts a step of the raster is cut, and the sides of the fine raster."""
    for places in range(_WISHED[kernel.name], _LEAST[kernel.name] - 1, -1):
        parts = [max(1, math.ceil(places * step / kernel.bandwidth)) for step in lattice.step]
        sides = _sides(lattice, parts, kernel)
        if sides[0] * sides[1] <= _MANY_PLACES:
            break
    return parts, sides


def _sides(lattice: Lattice, parts: list[int], kernel: Kernel) -> list[int]:
    """Return the sides of the fine raster, with room for the kernel's reach all around."""
    return [
        fft.next_fast_len((side - 1) * part + 1 + 2 * _margin(kernel, step, part), real=True)
        for side, part, step in zip(lattice.shape, parts, lattice.step, strict=True)
    ]


def _margin(kernel: Kernel, step: float, part: int) -> int:
    return int(np.ceil(kernel.reach / (step / part))) + 3


def _by_fft(
    place: tuple[Floats, Floats],
    weights: Floats,
    lattice: Lattice,
    kernel: Kernel,
    parts: list[int],
    sides: list[int],
) -> Floats:
    """Share each point among 4 × 4 places of a fine raster, and fold the raster with the kernel.

    The shares are those of cubic interpolation: the sum is that of the kernel interpolated
    between the places, with an error of the fourth order in their distance. The raster's margin
    takes up what the circular folding carries around.
    """
    margins = [_margin(kernel, step, part) for step, part in zip(lattice.step, parts, strict=True)]
    base, shares = [], []
    for axis in (0, 1):
        fine = place[axis] * parts[axis] + margins[axis]
        whole = np.floor(fine)
        base.append(whole.astype(np.int64))
        shares.append(_cubic_shares(fine - whole))
    inside = (base[0] >= 1) & (base[0] < sides[0] - 2) & (base[1] >= 1) & (base[1] < sides[1] - 2)
    raster = _spread(base, shares, np.where(inside, weights, 0.0), inside, sides)
    spectrum = fft.rfft2(raster)
    spectrum *= fft.rfft2(_kernel_raster(lattice, kernel, parts, sides))
    folded = fft.irfft2(spectrum, s=sides)
    row = lattice.row * parts[0] + margins[0]
    column = lattice.column * parts[1] + margins[1]
    return np.asarray(np.maximum(folded[row, column], 0.0))


def _cubic_shares(f: Floats) -> list[Floats]:
    """Return the shares of places −1, 0, 1, 2 for a point f of the way from place 0 to 1."""
    a, b, c = f + 1, f - 1, f - 2
    return [-f * b * c / 6, a * b * c / 2, -a * f * c / 2, a * f * b / 6]


def _spread(
    base: list[Ints], shares: list[list[Floats]], weights: Floats, inside: Flags, sides: list[int]
) -> Floats:
    if len(weights) > _POINTS_AT_ONCE:
        raster = np.zeros(sides)
        for row in range(0, len(weights), _POINTS_AT_ONCE):
            part = slice(row, row + _POINTS_AT_ONCE)
            raster += _spread(
                [axis[part] for axis in base],
                [[share[part] for share in axis] for axis in shares],
                weights[part],
                inside[part],
                sides,
            )
        return raster
    flat = np.where(inside, base[0] * sides[1] + base[1], sides[1] + 1)
    targets = np.empty((4, 4, len(flat)), dtype=np.int64)
    amounts = np.empty((4, 4, len(flat)))
    for up in range(4):
        vertical = shares[0][up] * weights
        for right in range(4):
            np.add(flat, (up - 1) * sides[1] + right - 1, out=targets[up, right])
            np.multiply(vertical, shares[1][right], out=amounts[up, right])
    size = sides[0] * sides[1]
    total = np.bincount(targets.ravel(), weights=amounts.ravel(), minlength=size)
    return np.asarray(total, dtype=float).reshape(sides)


def _kernel_raster(lattice: Lattice, kernel: Kernel, parts: list[int], sides: list[int]) -> Floats:
    """Return the kernel around place (0, 0), wrapped at the raster's sides."""
    squares = []
    for step, part, side in zip(lattice.step, parts, sides, strict=True):
        away = np.arange(side)
        squares.append((np.minimum(away, side - away) * (step / part)) ** 2)
    return kernel.at(squares[0][:, None] + squares[1][None, :])
