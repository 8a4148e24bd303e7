"""Localities and towns brought together: what a ministry can say of many of them."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Literal

from apkgeo.errors import InputError
from apkgeo.evaluation.results import Evaluation
from apkgeo.language import Note, _
from apkgeo.statistics import _checks
from apkgeo.statistics.effectiveness import EffectivenessIndex, log_indices
from apkgeo.statistics.pooling import Method, PooledEstimate, pool_estimates


def pool(
    evaluations: Sequence[Evaluation] | Mapping[str, Evaluation],
    *,
    by: Literal["town", "locality"] = "town",
    programme: str | None = None,
    method: Method = "paule_mandel",
) -> PooledEstimate:
    """Pool the primary outcome of several evaluations by random effects.

    Parameters
    ----------
    evaluations : sequence or mapping of Evaluation
        One for each town, each with its own localities and starts; a mapping's keys name them,
        else the studies' names do.
    by : {"town", "locality"}
        What is one estimate: a town (all its localities together, each since its first
        deployment) or each deployment by itself.
    programme : str, optional
        Only deployments of this programme; `by` must be ``locality``, as a town's overall estimate
        holds all its programmes.
    method : {"paule_mandel", "reml"}
        As in `pool_estimates`.

    Returns
    -------
    PooledEstimate
        Its table has a row for each town or locality, with the weight it carries.

    Raises
    ------
    InputError
        When fewer than two usable estimates remain.

    Notes
    -----
    Each enters with the estimate that its grade rests on (as a rule the index of effectiveness)
    and that one's error; starts may differ, as every estimate is against its own past and its own
    comparison areas. Half an incident is added to what was counted after, as the logarithm of a
    small count is too low on average, and an index is weighted by what was expected, not by what
    was counted: else a place that counted few by chance weighs less, and the mean is too high. An
    estimate without an error (zero counts in a bare comparison) is left out, and a note says so.
    Deployments in one town share comparison areas and perhaps people: pooled ``by="locality"`` as
    if they were independent, the mean looks a little surer than it is. Towns do not.

    Examples
    --------
    >>> pool({})
    Traceback (most recent call last):
    apkgeo.errors.InputError: evaluations: expected at least two usable estimates, got 0
    """
    _checks.choice(by, ("town", "locality"), "by")
    if programme is not None and by != "locality":
        raise InputError(
            "programme",
            expected="by='locality' with it",
            came=f"by={by!r}",
            remedy="a town's overall estimate holds all of its programmes",
        )
    named = evaluations if isinstance(evaluations, Mapping) else _named(evaluations)
    found = dict(_of_towns(named) if by == "town" else _of_deployments(named, programme))
    measured = _measured(found)
    usable = {label: pair for label, pair in measured.items() if all(map(math.isfinite, pair))}
    if len(usable) < 2:
        raise InputError(
            "evaluations", expected="at least two usable estimates", came=str(len(usable))
        )
    logs, errors = zip(*usable.values(), strict=True)
    pooled = pool_estimates(logs, errors, labels=list(usable), method=method)
    return replace(pooled, notes=(*_notes(found, usable, by), *pooled.notes))


def _named(evaluations: Sequence[Evaluation]) -> dict[str, Evaluation]:
    """Return the evaluations by their studies' names; a name that is taken gets a number."""
    return dict(_unique((one.study.name, one) for one in evaluations))


def _unique(pairs: Iterator[tuple[str, Any]]) -> Iterator[tuple[str, Any]]:
    taken: dict[str, int] = {}
    for name, value in pairs:
        taken[name] = taken.get(name, 0) + 1
        yield (name if taken[name] == 1 else f"{name} ({taken[name]})"), value


def _of_towns(named: Mapping[str, Evaluation]) -> Iterator[tuple[str, Any]]:
    return ((name, evaluation.main) for name, evaluation in named.items())


def _of_deployments(
    named: Mapping[str, Evaluation], programme: str | None
) -> Iterator[tuple[str, Any]]:
    return _unique(
        (f"{name}, {finding.name}", finding.main)
        for name, evaluation in named.items()
        for finding in evaluation.findings
        if finding.primary and programme in (None, finding.deployment.programme)
    )


def _measured(found: Mapping[str, Any]) -> dict[str, tuple[float, float]]:
    """Return the estimates' logarithms and standard errors; nan where there is none."""
    measured = {label: _plain(estimate) for label, estimate in found.items()}
    indices = {label: one for label, one in found.items() if isinstance(one, EffectivenessIndex)}
    if indices:
        logs, errors = log_indices(list(indices.values()))
        measured |= dict(
            zip(indices, zip(logs.tolist(), errors.tolist(), strict=True), strict=True)
        )
    return measured


def _plain(estimate: Any) -> tuple[float, float]:
    if estimate is None:
        return math.nan, math.nan
    ratio = float(estimate.estimate)
    return math.log(ratio) if 0 < ratio < math.inf else math.nan, float(estimate.std_error)


def _notes(
    found: Mapping[str, Any], usable: Mapping[str, tuple[float, float]], by: str
) -> Iterator[Note]:
    left_out = [label for label in found if label not in usable]
    if left_out:
        yield Note(
            _("Left out, as a zero count leaves them without an error: {names}."),
            names=", ".join(left_out),
        )
    empty = [label for label in usable if getattr(found[label], "observed", 1) == 0]
    if empty:
        yield Note(
            _("Nothing was counted after, and half an incident stands for it: {names}."),
            names=", ".join(empty),
        )
    if by == "locality":
        yield Note(
            _(
                "Localities of one town share their comparison areas; as they were pooled one by "
                "one, the mean looks a little surer than it is."
            )
        )
