"""Every draw of one year, from cars to points."""

from dataclasses import dataclass

import numpy as np

from app.core.demand import adoption, energy, sessions, sizing
from app.core.demand.energy import Energy
from app.core.demand.facts import Facts
from app.core.demand.result import QUANTITIES
from app.core.demand.uncertainty import Values
from app.core.engine.arrays import Floats
from app.core.errors import InputError
from app.core.scenario import knobs

BLOCK = 2_000  # districts worked on at once: about 16 MB per array at 1,024 draws
PRIVATE_YEARS = (2030, 2035)  # the years in the names of the parameters
COMPANY_YEARS = (2025, 2030, 2035)


@dataclass(frozen=True, slots=True, eq=False)
class Cloud:
    """Every draw of one year.

    Attributes
    ----------
    share, ev_private, cars_company, ev_company : (district, draw)
    cars : (district, draw)
        Private cars, grown to the year.
    factor : (district, draw)
        A district's own factor on its kWh; leaves the city's total alone.
    """

    facts: Facts
    values: Values
    year: int
    block_target: float
    share: Floats
    cars: Floats
    cars_company: Floats
    ev_private: Floats
    ev_company: Floats
    energy: Energy
    factor: Floats

    def quantities(self, part: slice) -> dict[str, Floats]:
        """Return the drawn quantities of some districts, each ``(district, draw)``."""
        facts, drawn = self.facts, self.energy
        kwh = drawn.private[part] + drawn.company[part]
        kwh = (kwh + drawn.pattern[:, part].T @ drawn.amount) * self.factor[part]
        daily = sessions.sessions_day(kwh, self.values)
        hours = sessions.connected_hours_day(daily, self.values)
        clusters = sessions.clusters(facts.households[part], self.values)
        load = sessions.offered_load(hours, self.values) / clusters
        found = {
            "cars": self.cars[part],
            "cars_company": self.cars_company[part],
            "ev": self.ev_private[part] + self.ev_company[part],
            "ev_private": self.ev_private[part],
            "kwh_year": kwh,
            "sessions_day": daily,
            "connected_hours_day": hours,
            "points": sizing.points_needed(load, self.block_target) * clusters,
        }
        return {name: np.broadcast_to(each, kwh.shape) for name, each in found.items()}

    @property
    def draws(self) -> int:
        """Count the draws."""
        return int(self.energy.amount.shape[1])

    @property
    def parts(self) -> list[slice]:
        """Blocks of districts that fit in memory."""
        return [slice(at, at + BLOCK) for at in range(0, len(self.facts.ids), BLOCK)]

    def totals(self) -> dict[str, Floats]:
        """Sum every quantity over the city ``(draw,)``."""
        found = dict.fromkeys(QUANTITIES, np.zeros(self.draws))
        for part in self.parts:
            drawn = self.quantities(part)
            found = {name: found[name] + drawn[name].sum(axis=0) for name in QUANTITIES}
        return found


def simulate(
    facts: Facts, values: Values, year: int, block_target: float, factors: Floats | None = None
) -> Cloud:
    """Run the chain from cars to energy for every draw.

    ``factors`` are the districts' own, ``(district, draw)``; None leaves them out.
    """
    _check_year(year, values)
    grown = energy.growth(values, year)
    cars = facts.cars[:, None] * grown
    share = private_shares(facts, values, year)
    known = facts.company[:, None] * grown
    company = np.where(np.isnan(known), cars * values["company_per_private"], known)
    knots = [(each, values[f"company_ev_{each}"]) for each in COMPANY_YEARS]
    ev_private, ev_company = share * cars, company * adoption.path(year, knots)
    drawn = energy.public_energy(facts, values, year, ev_private, ev_company)
    factor = np.ones((cars.shape[0], 1)) if factors is None else _rescaled(drawn.total, factors)
    return Cloud(
        facts=facts,
        values=values,
        block_target=block_target,
        share=share,
        cars=cars,
        cars_company=company,
        ev_private=ev_private,
        ev_company=ev_company,
        energy=drawn,
        factor=factor,
        year=year,
    )


def _rescaled(kwh: Floats, factors: Floats) -> Floats:
    """Scale the districts' own factors so that the city's total stays, draw by draw."""
    scaled = (kwh * factors).sum(axis=0)
    kept: Floats = np.divide(kwh.sum(axis=0), scaled, out=np.ones_like(scaled), where=scaled > 0)
    return factors * kept


def private_shares(facts: Facts, values: Values, year: int) -> Floats:
    """Electric share of private cars ``(district, draw)``."""
    start = float(values["registrations_year"][0])
    first = np.array([adoption.base_share(facts.plugins, facts.cars)])
    knots = [(start, first), *((each, values[f"ev_share_{each}"]) for each in PRIVATE_YEARS)]
    gaps = adoption.gaps(facts.plugins, facts.cars, values["shrink_cars"])
    offsets = gaps * np.exp(-(year - start) / values["tau_years"])
    return adoption.reconcile(offsets, facts.cars, adoption.path(year, knots))


def _check_year(year: int, values: Values) -> None:
    first, last = int(values["registrations_year"][0]), int(knobs()["year"].high)
    if not first <= year <= last:
        raise InputError(
            f"there is no demand for {year}: the cars were counted in {first} and the forecast"
            f" ends in {last}; choose a year from {first} to {last}"
        )
