"""One score per candidate, from 0 to 100, as the sum of visible parts."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from app.core.criteria import CRITERIA
from app.core.criteria.base import ends, normalise
from app.core.engine.arrays import Floats
from app.core.errors import InputError
from app.core.siting.context import Surroundings
from app.core.siting.problem import freeze

UNKNOWN_SHARE = 0.5
FULL = 100.0


@dataclass(frozen=True, slots=True, eq=False)
class Score:
    """How good each candidate is.

    Attributes
    ----------
    share : (criterion,)
        Weight of each criterion; they add up to 1.
    parts : (candidate, criterion)
        Points of each criterion; they add up to ``total``.
    total : (candidate,)
        0 to 100.
    known : (candidate,)
        Share of the weight that rests on something known.
    """

    keys: tuple[str, ...]
    share: Floats
    parts: Floats
    total: Floats
    known: Floats

    def __post_init__(self) -> None:
        """Freeze the arrays."""
        freeze(self)


def measures(
    places: pd.DataFrame, context: Surroundings, weights: Mapping[str, float] | None = None
) -> Mapping[str, Floats]:
    """Measure every criterion that has a weight; NaN where nobody knows.

    Without weights all are measured.
    """
    unasked = np.full(len(places), np.nan)
    return {
        key: criterion.measure(places, context)
        if weights is None or weights.get(key, criterion.default_weight) > 0
        else unasked
        for key, criterion in CRITERIA.items()
    }


def score(raw: Mapping[str, Floats], weights: Mapping[str, float], context: Surroundings) -> Score:
    """Weigh the criteria. Unknown counts half and is told apart by ``known``."""
    unknown = sorted(set(weights) - set(CRITERIA))
    if unknown:
        names = ", ".join(CRITERIA)
        raise InputError(f"no criterion {', '.join(unknown)}; choose from {names}")
    weight = np.array([weights.get(key, each.default_weight) for key, each in CRITERIA.items()])
    if not weight.sum() > 0:
        raise InputError("all weights are 0: give at least one criterion a weight")
    share = weight / weight.sum()
    columns = [
        normalise(criterion, raw[key], *ends(criterion, context.values))
        for key, criterion in CRITERIA.items()
    ]
    found = np.column_stack(columns)
    parts = FULL * share * np.where(np.isnan(found), UNKNOWN_SHARE, found)
    return Score(tuple(CRITERIA), share, parts, parts.sum(axis=1), (~np.isnan(found)) @ share)


def pull(total: Floats, strength: float) -> Floats:
    """Turn scores into what a kWh served there counts: 1 for a score of 50."""
    return 1.0 + strength * (total - FULL / 2) / (FULL / 2)
