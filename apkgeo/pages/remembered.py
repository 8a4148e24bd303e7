"""Compute once what several pages ask of the same evaluation."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TypeVar
from weakref import ref

from apkgeo.evaluation import Evaluation

Value = TypeVar("Value")


def remembered(compute: Callable[[Evaluation], Value]) -> Callable[[Evaluation], Value]:
    """Keep the answer for the last evaluation: evaluations do not change.

    Examples
    --------
    >>> class Result:
    ...     pass
    >>> asked = []
    >>> length = remembered(lambda result: asked.append(result) or 7)
    >>> one = Result()
    >>> length(one), length(one), len(asked)
    (7, 7, 1)
    """
    last: list[tuple[ref[Evaluation], Value]] = []

    @wraps(compute)
    def answer(evaluation: Evaluation) -> Value:
        if not last or last[0][0]() is not evaluation:
            last[:] = [(ref(evaluation), compute(evaluation))]
        return last[0][1]

    return answer
