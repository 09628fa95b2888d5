"""What the answers of a room come to."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

LEAST_SHOWN = 5  # fewer answers would tell who said what


@dataclass(frozen=True, slots=True)
class Spread:
    """The answers to one lever, in the units of the phones.

    Attributes
    ----------
    touched
        How many moved it: who did not touch it said nothing, and not the default.
    median, mean, p10, p90, low, high
        None with fewer than five answers.
    values
        All answers in order; empty with fewer than five.
    """

    touched: int
    median: float | None = None
    mean: float | None = None
    p10: float | None = None
    p90: float | None = None
    low: float | None = None
    high: float | None = None
    values: tuple[float, ...] = ()


def spread(answers: Sequence[float]) -> Spread:
    """Summarise the answers; quantiles are linear between neighbours."""
    if len(answers) < LEAST_SHOWN:
        return Spread(len(answers))
    values = np.sort(np.asarray(answers, np.float64))
    p10, median, p90 = (float(each) for each in np.quantile(values, (0.1, 0.5, 0.9)))
    return Spread(
        touched=len(values),
        median=median,
        mean=float(values.mean()),
        p10=p10,
        p90=p90,
        low=float(values[0]),
        high=float(values[-1]),
        values=tuple(values.tolist()),
    )
