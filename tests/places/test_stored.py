"""A look-up kept in a file answers as the one it was made of, and without a GIS."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from apkgeo.places.districts import DistrictLookup
from apkgeo.places.stored import fingerprint, load_lookup, save_lookup
from tests.places.register import halves, town

TEXTS = ["Dlouhá 1", "dlouha 3", "Dlouhá", "Lhotka 5", "Samota 1", "nám. gen. Píky 2", "Dluhá 1"]


def test_a_kept_look_up_gives_the_same_answers(tmp_path: Path) -> None:
    lookup = DistrictLookup(town(), halves())
    save_lookup(lookup, tmp_path / "cache" / "lookup.npz", made_of="a")
    kept = load_lookup(tmp_path / "cache" / "lookup.npz", made_of="a")
    assert kept is not None
    for text in TEXTS:
        assert kept.find(text) == lookup.find(text)
    assert [path.name for path in (tmp_path / "cache").iterdir()] == ["lookup.npz"]


def test_codes_that_are_no_numbers_are_kept_too(tmp_path: Path) -> None:
    frame = town().assign(address_code=lambda frame: "A-" + frame.address_code)
    save_lookup(DistrictLookup(frame, halves()), tmp_path / "lookup.npz")
    kept = load_lookup(tmp_path / "lookup.npz")
    assert kept is not None
    assert kept.find("Dlouhá 10/1")[0].address_code == "A-1000"


@pytest.mark.parametrize("damage", [b"", b"no archive", b"PK\x03\x04 broken"])
def test_a_damaged_file_is_no_look_up(tmp_path: Path, damage: bytes) -> None:
    (tmp_path / "lookup.npz").write_bytes(damage)
    assert load_lookup(tmp_path / "lookup.npz") is None


def test_a_half_written_file_is_no_look_up(tmp_path: Path) -> None:
    save_lookup(DistrictLookup(town(), halves()), tmp_path / "lookup.npz")
    whole = (tmp_path / "lookup.npz").read_bytes()
    (tmp_path / "lookup.npz").write_bytes(whole[: len(whole) // 2])
    assert load_lookup(tmp_path / "lookup.npz") is None


def test_a_missing_file_or_another_source_is_no_look_up(tmp_path: Path) -> None:
    assert load_lookup(tmp_path / "none.npz") is None
    save_lookup(DistrictLookup(town(), halves()), tmp_path / "lookup.npz", made_of="a")
    assert load_lookup(tmp_path / "lookup.npz", made_of="b") is None


def test_the_fingerprint_changes_with_the_files_and_the_settings(tmp_path: Path) -> None:
    file = tmp_path / "addresses.csv"
    file.write_text("a")
    first = fingerprint([file], "2020-01-01")
    assert fingerprint([file], "2020-01-01") == first
    assert fingerprint([file], "2021-01-01") != first
    os.utime(file, ns=(1, 1))
    assert fingerprint([file], "2020-01-01") != first


def test_a_kept_look_up_is_read_and_asked_without_a_gis(tmp_path: Path) -> None:
    save_lookup(DistrictLookup(town(), halves()), tmp_path / "lookup.npz")
    code = (
        "import sys\n"
        "from apkgeo.places.stored import load_lookup\n"
        f"match = load_lookup({str(tmp_path / 'lookup.npz')!r}).find('Dlouhá 10/1')[0]\n"
        "heavy = {'pandas', 'geopandas', 'shapely', 'pyproj', 'scipy', 'matplotlib'}\n"
        "print(match.name, sorted(heavy & set(sys.modules)))\n"
    )
    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert result.stdout.strip() == "Západ []"
