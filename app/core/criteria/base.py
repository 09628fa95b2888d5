"""What a criterion is, and how raw values become shares from 0 to 1."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal, TypeAlias

import numpy as np
import pandas as pd

from app.core.engine.arrays import Floats
from app.core.parameters import Parameter
from app.core.siting.context import Surroundings

Kind = Literal["linear", "quantile", "class", "band"]
Measure: TypeAlias = Callable[[pd.DataFrame, Surroundings], Floats]


def _none() -> Mapping[str, float]:
    return MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Criterion:
    """A named measure of a candidate.

    Attributes
    ----------
    better
        Whether more is better ("higher") or less ("lower").
    kind
        linear: from ``worst`` to ``best``; quantile: mid-rank among all candidates; class: the
        measure is the share itself; band: 1 from ``worst`` to ``best``, 0 one width outside.
    measure
        Raw value per candidate; NaN is unknown.
    worst, best
        Ends of a linear scale or band; ``worst_name`` and ``best_name`` name sourced numbers that
        replace them.
    catalogue
        Its row in ``data/tables/location_criteria.csv``.
    source
        Id of the source of the measure.
    """

    key: str
    title: str
    unit: str
    better: Literal["higher", "lower"]
    kind: Kind
    default_weight: float
    measure: Measure
    catalogue: str
    source: str
    order: int
    worst: float = 0.0
    best: float = 1.0
    best_name: str = ""
    worst_name: str = ""
    classes: Mapping[str, float] = field(default_factory=_none)


def ends(criterion: Criterion, values: Mapping[str, Parameter]) -> tuple[float, float]:
    """Find the worst and the best value of a scale."""
    worst, best = criterion.worst_name, criterion.best_name
    return (
        values[worst].value if worst else criterion.worst,
        values[best].value if best else criterion.best,
    )


def normalise(criterion: Criterion, raw: Floats, worst: float, best: float) -> Floats:
    """Turn raw values into shares from 0 to 1; unknown stays NaN."""
    if criterion.kind == "quantile":
        return _quantile(raw, lower=criterion.better == "lower")
    if criterion.kind == "band":
        width = max(best - worst, 1e-12)
        outside = np.maximum(np.maximum(worst - raw, raw - best), 0.0)
        return np.clip(1.0 - outside / width, 0.0, 1.0)
    return np.clip((raw - worst) / (best - worst), 0.0, 1.0)


def _quantile(raw: Floats, *, lower: bool) -> Floats:
    """Rank among all candidates; ties share the mean rank, so twins get equal scores."""
    share = np.full(raw.size, np.nan)
    known = ~np.isnan(raw)
    count = int(known.sum())
    if count:
        told = -raw[known] if lower else raw[known]
        _values, which, size = np.unique(told, return_inverse=True, return_counts=True)
        middle = np.cumsum(size) - (size - 1) / 2  # mean rank of each value, counted from 1
        share[known] = (middle[which] - 0.5) / count
    return share
