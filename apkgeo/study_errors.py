"""Say what is wrong with a study: by its key, in one line."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import date
from typing import Any

from pydantic import ValidationError

from apkgeo.errors import StudyError

Loc = tuple[int | str, ...]


def study_error(error: ValidationError, what: str, known_keys: Callable[[Loc], str]) -> StudyError:
    """Return an error that says the first thing wrong, and how many more there are.

    Parameters
    ----------
    error : pydantic.ValidationError
        Everything that is wrong.
    what : str
        What was made, for errors that concern no single key.
    known_keys : callable
        Gives the keys that may stand where an unknown one does.
    """
    # A tuple whose only item failed is reported as empty, too: the item's error says it better.
    everything = error.errors()
    first, *others = [  # a misspelt key first: it explains the missing one
        one
        for one in sorted(everything, key=lambda one: one["type"] != "extra_forbidden")
        if not any(
            len(e["loc"]) > len(one["loc"]) and e["loc"][: len(one["loc"])] == one["loc"]
            for e in everything
        )
    ]
    key = _key(first["loc"]) or what
    known = known_keys(first["loc"])
    if first["type"] == "extra_forbidden":
        problem = f"key {key}: unknown; the known ones are {known}" if known else f"{key}: unknown"
    elif first["type"] == "missing":
        problem = f"key {key}: missing; the study needs it"
    else:
        reason = first["msg"].removeprefix("Value error, ")
        came = first["input"]
        shown = isinstance(came, (str, int, float, date, list)) and first["type"] != "value_error"
        if first["type"].startswith("date"):
            reason = "expected a date written as 2014-07-14"
        where = f"key {key}" if first["loc"] else f"the {what}"
        problem = f"{where}: {reason}" + (f", got {came!r}" if shown else "")
    more = f" (and {len(others)} more: {', '.join(_keys(others))})" if others else ""
    return StudyError(problem + more)


def _key(loc: Loc) -> str:
    """Return where something stands, lists counted from one: ``deployments[1].start``."""
    parts = (f"[{part + 1}]" if isinstance(part, int) else f".{part}" for part in loc)
    return "".join(parts).removeprefix(".")


def _keys(errors: list[Any]) -> list[str]:
    return list(Counter(_key(e["loc"]) or "study" for e in errors))
