"""The course of adoption that yearly registrations suggest: Bass's curve, and when it is refused.

``df/dt = (p + q f) (1 - f)`` for the part f of the cars that will ever be electric: p buy on their
own, q follow others.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from scipy.optimize import least_squares

from app.core.engine.arrays import Floats
from app.core.errors import InputError

FEWEST_YEARS = 5
START = (0.003, 0.4)  # where the search begins: usual for durable goods
MOST = (0.5, 2.0)
FULL = 1 - 1e-9  # a district that is there already stays there

Yearly = tuple[tuple[int, float], ...]
"""Years with the share of the cars that were plug-ins."""


@dataclass(frozen=True, slots=True)
class Curve:
    """A fitted curve; ``cap`` is the share of cars that will ever be electric.

    References
    ----------
    Bass's diffusion model in its closed form; source ``definition``.
    """

    p: float
    q: float
    cap: float

    def after(self, share: Floats, years: Floats | float) -> Floats:
        """Follow the curve for some years from a share of the cars; it never falls."""
        part = np.clip(share / self.cap, 0, FULL)
        left = (1 - part) / (self.p + self.q * part) * np.exp(-(self.p + self.q) * years)
        grown = self.cap * (1 - self.p * left) / (1 + self.q * left)
        return np.asarray(np.maximum(share, grown))


def refusal(yearly: Yearly) -> str:
    """Say why no curve can be fitted; empty where one can."""
    wanted = (
        f"load the private plug-in cars of {FEWEST_YEARS} years or more as columns of the "
        "districts, such as plugins_2018"
    )
    if len(yearly) < FEWEST_YEARS:
        return f"there are yearly registrations of {len(yearly)} years; {wanted}"
    if yearly[-1][1] <= yearly[0][1]:
        first, last = yearly[0][0], yearly[-1][0]
        return f"the registrations do not grow from {first} to {last}; {wanted}"
    return ""


@lru_cache(maxsize=64)
def fit(yearly: Yearly, cap: float) -> Curve:
    """Fit p and q, and where the curve starts, to yearly shares by least squares."""
    if why := refusal(yearly):
        raise InputError(f"Gap between districts: no curve can be fitted, {why}")
    years, shares = np.array(yearly).T
    since = years - years[0]

    def miss(tried: Floats) -> Floats:
        p, q, first = tried
        return np.asarray(Curve(p, q, cap).after(first, since) - shares)

    first = float(np.clip(shares[0], 1e-6, cap / 2))
    found = least_squares(
        miss,
        (*START, first),
        bounds=((1e-9, 1e-9, 0.0), (*MOST, cap)),
        x_scale=(0.01, 0.5, max(first, 1e-3)),
        xtol=1e-10,
        ftol=1e-12,
        gtol=1e-12,
        max_nfev=200,
    )
    return Curve(float(found.x[0]), float(found.x[1]), cap)
