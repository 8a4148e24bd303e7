"""Read broken files one after another, each within five seconds and a gigabyte; tell what happens.

A process of its own, so that a hang, a crash of a library and a blow of memory are seen from
outside: ``python -m tests.sources.hostile_reader READER FIRST LAST`` writes a line as each file
begins and another when it was read or refused as it should be.
"""

from __future__ import annotations

import resource
import signal
import sys
import traceback
import warnings
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from zlib import crc32

import numpy as np

from apkgeo.errors import ApkgeoError
from apkgeo.frames import Reading, check_frame
from apkgeo.places.street_lists import read_street_list
from apkgeo.sources.addresses import read_addresses
from apkgeo.sources.boundaries import read_boundaries
from apkgeo.sources.incidents import read_incidents
from apkgeo.sources.layers import read_layer
from apkgeo.sources.patrols import read_patrols
from apkgeo.sources.police_cr import read_police_cr
from apkgeo.study import Study
from tests.sources.mutations import mangled
from tests.sources.seeds import REGISTER, Files, seeds

SECONDS, BYTES = 5.0, 1024**3
# Beyond this the process is refused memory, so that the machine stays usable.
_CEILING = 6 * BYTES


def case(reader: str, number: int, known: dict[str, Files]) -> tuple[str, Files]:
    """Return the seed's name and the broken files of a case; the same ones for a number always."""
    rng = np.random.default_rng([crc32(reader.encode()), number])
    names = list(known)
    name = names[number % len(names)]
    others = [next(iter(files.values())) for files in known.values()]
    return name, mangled(known[name], rng, others)


def _reading(kind: Any, read: Callable[[Path], Reading]) -> Callable[[Path], None]:
    def check(path: Path) -> None:
        reading = read(path)
        check_frame(reading.frame, kind)
        assert list(reading.rejected.columns[:4]) == ["row", "column", "value", "reason"]
        assert all(str(note).strip() for note in reading.notes)

    return check


def readers(folder: Path) -> dict[str, Callable[[Path], Any]]:
    """Return what reads each kind, and checks what came of it."""
    register = folder / "register.csv"
    register.write_text(REGISTER, encoding="cp1250")
    addresses = read_addresses(register).frame

    def lists(path: Path) -> None:
        drawn = read_street_list(path, addresses)
        assert drawn.rows_in == drawn.rows_used + len(drawn.rejected)

    return {
        "incidents": _reading("incidents", read_incidents),
        "police": _reading("incidents", read_police_cr),
        "patrols": _reading("patrols", read_patrols),
        "boundaries": _reading("boundaries", read_boundaries),
        "addresses": _reading("addresses", read_addresses),
        "lists": lists,
        "study": Study.from_toml,
        "layer": read_layer,
    }


def main(reader: str, first: int, last: int) -> None:
    """Read the cases from `first` up to `last`."""
    warnings.simplefilter("error")
    signal.signal(signal.SIGPROF, signal.SIG_DFL)
    known = seeds(reader)
    with TemporaryDirectory() as name:
        read = readers(Path(name))[reader]
        resource.setrlimit(resource.RLIMIT_AS, (_CEILING, _CEILING))
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
        for number in range(first, last):
            seed, files = case(reader, number, known)
            folder = Path(name) / f"{number}"
            folder.mkdir()
            for file, data in files.items():
                (folder / file).write_bytes(data)
            _say(f"begin {number} {seed}")
            said = _one(read, folder / next(iter(files)))
            peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
            if not said and peak - before > BYTES:
                _say(f"wrong memory {(peak - before) / 1024**2:.0f} MB")
                return
            _say(said or "good")
            for file in folder.iterdir():
                file.unlink()
            folder.rmdir()


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _one(read: Callable[[Path], Any], path: Path) -> str:
    """Return what went wrong with a file; nothing when it was read, or refused in one line."""
    signal.setitimer(signal.ITIMER_PROF, SECONDS)  # of the processor's time: ends the process
    try:
        read(path)
    except ApkgeoError as error:
        return f"wrong message of {len(str(error))} letters" if _unclear(str(error)) else ""
    except Exception as error:  # noqa: BLE001 (any other is what is looked for)
        frame = next(
            (f for f in reversed(traceback.extract_tb(error.__traceback__)) if "apkgeo" in f[0]),
            None,
        )
        where = f"{Path(frame.filename).name}:{frame.lineno}" if frame else ""
        return f"wrong {type(error).__name__} at {where}: {' '.join(str(error).split())[:150]}"
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
    return ""


def _unclear(message: str) -> bool:
    return "\n" in message or not message or len(message) > 2000


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
