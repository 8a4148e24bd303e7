"""Compute once what several pages ask of the same evaluation."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar
from weakref import ref

from apkgeo.evaluation import Evaluation

Value = TypeVar("Value")
More = ParamSpec("More")


def remembered(
    compute: Callable[Concatenate[Evaluation, More], Value],
) -> Callable[Concatenate[Evaluation, More], Value]:
    """Keep the answers for the last evaluation: evaluations do not change.

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
    last: list[tuple[ref[Evaluation], dict[object, Value]]] = []

    @wraps(compute)
    def answer(evaluation: Evaluation, /, *more: More.args, **named: More.kwargs) -> Value:
        if not last or last[0][0]() is not evaluation:
            last[:] = [(ref(evaluation), {})]
        answers, asked = last[0][1], (more, *sorted(named.items()))
        if asked not in answers:
            answers[asked] = compute(evaluation, *more, **named)
        return answers[asked]

    return answer
