"""What can go wrong, as one tree.

::

    ApkgeoError
    ├── InputError          (ValueError)         a value, a column or a geometry is not usable
    │   └── CRSError                             a CRS is missing, geographic or different
    ├── StudyError          (ValueError)         a study contradicts itself or names the unknown
    ├── MissingFileError    (FileNotFoundError)  a file that was named does not exist
    ├── DownloadError       (ConnectionError)    a publisher's file did not come whole
    ├── UnsupportedMapError (ValueError)         a map holds what cannot be shown offline
    └── MissingExtraError   (ImportError)        an optional package is needed

Every message is one line: what was expected, what came, what to do.
"""

from __future__ import annotations

# Letters of what a file or a user wrote that a message repeats at the most.
_LONGEST = 500


class ApkgeoError(Exception):
    """The base of every error that apkgeo raises on purpose.

    Parameters
    ----------
    problem : str
        What is wrong, and where.
    expected, came : str, optional
        What was expected and what came instead.
    remedy : str, optional
        What the reader can do.

    Examples
    --------
    >>> print(InputError("column 'x'", expected="metres", came="'north'", remedy="rename it"))
    column 'x': expected metres, got 'north'; rename it
    """

    def __init__(
        self, problem: str, *, expected: str = "", came: str = "", remedy: str = ""
    ) -> None:
        facts = [f"expected {expected}" if expected else "", f"got {_short(came)}" if came else ""]
        line = ": ".join(filter(None, [_short(problem), ", ".join(filter(None, facts))]))
        message = "; ".join(filter(None, [line, _short(remedy)]))
        super().__init__(" ".join(message.split()))


def _short(text: str) -> str:
    """Return a text from a file so short that the line it stands in can be read."""
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


class InputError(ApkgeoError, ValueError):
    """A value, a column or a geometry cannot be used."""


class CRSError(InputError):
    """A coordinate reference system is missing, geographic, or not the other frame's."""


class StudyError(ApkgeoError, ValueError):
    """A study contradicts itself, or names what is not there."""


class MissingFileError(ApkgeoError, FileNotFoundError):
    """A file that was named does not exist."""


class DownloadError(ApkgeoError, ConnectionError):
    """A file did not come from its publisher, or not as what it should be."""


class UnsupportedMapError(ApkgeoError, ValueError):
    """A map holds something that cannot be shown offline and safely."""


class MissingExtraError(ApkgeoError, ImportError):
    """An optional package is needed for what was asked."""
