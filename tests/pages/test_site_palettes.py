"""Colours that a colour-blind reader and a grey printer keep apart."""

from __future__ import annotations

from itertools import combinations, pairwise

import numpy as np
import pytest

from apkgeo.pages.palettes import FALL, FEW, RATES, RISE, UNCERTAIN, Classes, rate_classes

# Machado, Oliveira & Fernandes 2009, doi:10.1109/TVCG.2009.113, table 1, severity 1.0 (linear RGB).
EYES = {
    "all colours": np.eye(3),
    "protanopia": np.array(
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216],
         [-0.003882, -0.048116, 1.051998]]
    ),
    "deuteranopia": np.array(
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413],
         [-0.011820, 0.042940, 0.968881]]
    ),
    "tritanopia": np.array(
        [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602],
         [0.004733, 0.691367, 0.303900]]
    ),
}  # fmt: skip


def lab(colour: str, eye: str = "all colours") -> np.ndarray:
    """Return CIE L*a*b* (D65) of a colour as an eye sees it."""
    rgb = np.array([int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)])
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    linear = np.clip(EYES[eye] @ linear, 0, 1)
    xyz = np.array(
        [[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]
    ) @ linear / np.array([0.9505, 1.0, 1.089])  # fmt: skip
    f = np.where(xyz > 216 / 24389, np.cbrt(xyz), (24389 / 27 * xyz + 16) / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


@pytest.mark.parametrize("eye", EYES)
def test_rates_get_darker_class_by_class_for_every_eye(eye):
    lightness = [lab(colour, eye)[0] for colour in (FEW, *RATES)]
    assert all(one - other >= 6 for one, other in pairwise(lightness))


@pytest.mark.parametrize("eye", EYES)
def test_changes_are_far_apart_for_every_eye(eye):
    for one, other in combinations((FALL, RISE, UNCERTAIN, FEW), 2):
        assert np.linalg.norm(lab(one, eye) - lab(other, eye)) >= 10


def test_changes_differ_in_grey():
    fall, rise, uncertain, few = (lab(colour)[0] for colour in (FALL, RISE, UNCERTAIN, FEW))
    assert fall + 15 < rise
    assert rise + 15 < uncertain < few - 8


def test_classes_are_half_open_and_hold_every_rate_from_the_lowest_up():
    classes = rate_classes([5, 9.99, 10, 49, 50, 400], lowest=5)
    assert classes.edges[0] == 5
    assert len(classes.edges) <= 5
    assert classes.of([4.99, 5, np.nan]).tolist() == [-1, 0, -1]
    assert (classes.of([5, 9.99, 10, 49, 50, 400]) >= 0).all()


def test_a_class_is_named_by_its_bounds_as_the_language_writes_them():
    classes = Classes((2.5, 10.0, 1000.0), ("#a", "#b", "#c"))
    names = [classes.label(place, "cs") for place in range(3)]
    assert names == ["2,5–10", "10–1\N{NO-BREAK SPACE}000", "1\N{NO-BREAK SPACE}000 a více"]
