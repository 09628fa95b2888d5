"""How far counts scatter: charging is not Poisson, so intervals that pretend so are too narrow."""

from dataclasses import dataclass

import numpy as np

from app.core.engine.arrays import Floats

ALPHA_POISSON = 0.01  # below it a count is as good as Poisson
LOG_ALPHA = (-12.0, 6.0)
LOW, HIGH = 0.1, 0.9


@dataclass(frozen=True, slots=True)
class Scatter:
    """How counts lie around what was expected of them.

    Attributes
    ----------
    ratio
        Variance over mean, after Pearson; 1 for Poisson.
    alpha
        Of the negative binomial, ``var = mu + alpha mu^2``; 0 where a Poisson does, None where
        the figures are no whole numbers.
    """

    ratio: float
    alpha: float | None


def scatter(counts: Floats, expected: Floats) -> Scatter:
    """Measure the scatter of counts around their expectations, all above 0."""
    ratio = float((np.square(counts - expected) / expected).sum() / max(counts.size - 1, 1))
    whole = np.array_equal(counts, np.rint(counts))
    return Scatter(ratio, alpha_of(counts, expected) if whole else None)


def alpha_of(counts: Floats, expected: Floats) -> float:
    """Fit the over-dispersion of a negative binomial by maximum likelihood.

    References
    ----------
    Lawless, Negative binomial and mixed Poisson regression, 1987.
    """
    from scipy.optimize import minimize_scalar  # noqa: PLC0415  # few pages count anything
    from scipy.special import gammaln  # noqa: PLC0415

    def loss(log_alpha: float) -> float:
        size = np.exp(-log_alpha)  # shape of the gamma mixture
        known = gammaln(counts + size) - gammaln(size)
        known -= size * np.log1p(expected / size) + counts * np.log(expected + size)
        return -float(known.sum())

    alpha = float(np.exp(minimize_scalar(loss, bounds=LOG_ALPHA, method="bounded").x))
    return alpha if alpha >= ALPHA_POISSON else 0.0


def interval(expected: Floats, alpha: float) -> tuple[Floats, Floats]:
    """Return P10 and P90 of counts around their expectations; Poisson where ``alpha`` is 0."""
    from scipy.stats import nbinom, poisson  # noqa: PLC0415  # few pages count anything

    if alpha <= 0:
        return poisson.ppf(LOW, expected), poisson.ppf(HIGH, expected)
    shape, chance = 1 / alpha, 1 / (1 + alpha * expected)
    return nbinom.ppf(LOW, shape, chance), nbinom.ppf(HIGH, shape, chance)
