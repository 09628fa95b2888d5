"""What a lot earns and costs, line by line, and what each party gets under an operating model."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from app.core.errors import InputError
from app.core.tender.deals import DEALS, PARTIES, Cash

Floats: TypeAlias = npt.NDArray[np.float64]
Values: TypeAlias = Mapping[str, float]
DAYS, HOURS = 365.0, 24.0
NAMES = (
    *("posts", "points", "bays", "years", "r", "g", "u", "kw_point", "tariff", "energy"),
    *("backoffice", "fee_kwh", "rent_bay", "opex_point", "standing_post", "station", "grid"),
    *("civil", "v2g_premium", "v2g_share", "flex_point", "state_grant_point", "setup_post"),
    *("run_post", "removal_post", "service_margin", "grant_share", "avail_fee_point", "uptime"),
    *("rev_share", "rev_threshold_point", "rent_licence_bay", "bond_post", "city_grant_point"),
    *("promised_u", "clawback_share", "equity_authority", "debt_share", "debt_rate", "debt_years"),
)
SHARES = (
    *("v2g_share", "grant_share", "uptime", "rev_share", "clawback_share"),
    *("equity_authority", "debt_share"),
)
TERMS = ("years", "debt_years")
LONGEST = 60  # years of a term; beyond, it is a slip of the pen
LINES = (
    *("revenue", "energy", "backoffice", "opex", "standing", "flex"),
    *("capex", "setup", "run", "removal", "external_grant"),
)


@dataclass(frozen=True, slots=True, eq=False)
class Flows:
    """Every line of a lot, before anybody bears it.

    Attributes
    ----------
    of
        The inputs, each ``(variant, 1)``.
    kwh
        Energy sold, ``(variant, year)`` [kWh]; year 0 is the investment.
    lines
        ``LINES``, each ``(variant, year)`` [EUR]; costs are negative.
    begin, during, end
        1 in year 0, in the years of the term, in its last year; else 0. ``(variant, year)``.
    """

    of: Mapping[str, Floats]
    kwh: Floats
    lines: Mapping[str, Floats]
    begin: Floats
    during: Floats
    end: Floats

    @property
    def project(self) -> Floats:
        """The sum of all lines, ``(variant, year)`` [EUR]."""
        return sum(self.lines.values(), np.zeros(1))


def check(values: Values) -> None:
    """Refuse numbers that no lot can have, one sentence each."""
    missing = [name for name in NAMES if name not in values]
    faults = [f"{name}: no number was given" for name in missing]
    for name in NAMES:
        if name not in missing:
            faults += _faults(name, float(values[name]))
    if not faults:
        most = HOURS * values["kw_point"]
        if values["u"] > most:
            faults.append(
                f"u: {values['u']:g} kWh a day is more than the point can deliver, at most {most:g}"
            )
    if faults:
        raise InputError("\n".join(faults))


def _faults(name: str, value: float) -> list[str]:
    if not np.isfinite(value):
        return [f"{name}: {value} is not a number"]
    if name == "g":
        return [] if -1 < value <= 1 else [f"g: {value:g} is outside -1 to 1"]
    if name in TERMS:
        fits = 1 <= value <= LONGEST and value == int(value)
        return [] if fits else [f"{name}: {value:g} is not a whole number of years, 1 to {LONGEST}"]
    if value < 0:
        return [f"{name}: {value:g} is below 0"]
    if name in SHARES and value > 1:
        return [f"{name}: {value:g} is outside 0 to 1"]
    return []


def flows(values: Mapping[str, float | Floats]) -> Flows:
    """Work out every line, for one set of numbers or for many at once.

    ``values`` holds each of ``NAMES`` as a number or as an array ``(variant,)``. O(variant x year).
    """
    of = {name: np.atleast_1d(np.asarray(values[name], dtype=float))[:, None] for name in NAMES}
    year = np.arange(int(of["years"].max()) + 1)[None, :]
    begin = np.where(year == 0, 1.0, 0.0)
    during = np.where((year > 0) & (year <= of["years"]), 1.0, 0.0)
    end = np.where(year == of["years"], 1.0, 0.0)
    points, posts = of["points"], of["posts"]
    growth = (1 + of["g"]) ** np.maximum(year - 1, 0)
    kwh = points * of["u"] * DAYS * growth * during
    v2g = points * of["v2g_share"]
    built = posts * (of["station"] + of["civil"] + of["grid"]) + v2g * of["v2g_premium"]
    lines = {
        "revenue": kwh * of["tariff"],
        "energy": -kwh * of["energy"],
        "backoffice": -kwh * of["backoffice"],
        "opex": -points * of["opex_point"] * during,
        "standing": -posts * of["standing_post"] * during,
        "flex": v2g * of["flex_point"] * during,
        "capex": -built * begin,
        "setup": -posts * of["setup_post"] * begin,
        "run": -posts * of["run_post"] * during,
        "removal": -posts * of["removal_post"] * end,
        "external_grant": points * of["state_grant_point"] * begin,
    }
    return Flows(of, kwh, lines, begin, during, end)


def parties(key: str, moved: Flows) -> Cash:
    """Share the lines out as a model says: each party's cash, ``(variant, year)`` [EUR].

    A transfer takes from one party what it gives to another, so that all of them add up to the
    project in every year, whatever the numbers.
    """
    deal = DEALS[key]
    nothing = np.zeros(moved.kwh.shape)
    cash = dict.fromkeys(PARTIES, nothing)
    for party, borne in deal.bears.items():
        cash[party] = sum((moved.lines[line] for line in borne), nothing)
    for transfer in deal.transfers:
        amount = transfer.amount(moved, cash)
        cash[transfer.payer] = cash[transfer.payer] - amount
        cash[transfer.payee] = cash[transfer.payee] + amount
    return cash


def npv(cash: Floats, rate: Floats) -> Floats:
    """Discount cash to year 0: ``(variant, year)`` and ``(variant, 1)`` give ``(variant,)``."""
    found: Floats = (cash * (1 + rate) ** -np.arange(cash.shape[1])).sum(axis=1)
    return found


def payback(cash: Floats) -> float | None:
    """Say after how many years a party has its money back for good, undiscounted; None if never.

    ``cash`` is one party's, ``(year,)``; money comes in evenly within a year.
    """
    total = np.cumsum(cash)
    short = np.flatnonzero(total < 0)
    if not len(short):
        return 0.0
    last = int(short[-1])
    if last == len(total) - 1:
        return None
    return last + float(-total[last] / (total[last + 1] - total[last]))
