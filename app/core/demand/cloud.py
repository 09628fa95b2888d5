"""Every draw of one year, from cars to points, a block of districts at a time."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from scipy.special import expit

from app.core.demand import adoption, bass, energy, sessions, sizing
from app.core.demand.facts import Facts
from app.core.demand.groups import GROUPS
from app.core.demand.result import QUANTITIES
from app.core.demand.uncertainty import Values
from app.core.engine.arrays import Floats
from app.core.errors import InputError
from app.core.scenario import Scenario, knobs

BLOCK = adoption.BLOCK
PRIVATE_YEARS = (2030, 2035)  # the years in the names of the parameters
COMPANY_YEARS = (2025, 2030, 2035)
PLACE = {group.key: place for place, group in enumerate(GROUPS)}
SPREAD = [PLACE[key] for key in energy.SPREAD]


@dataclass(frozen=True, slots=True, eq=False)
class Residents:
    """Cars of some districts and what they charge at public points, ``(district, draw)``."""

    share: Floats
    cars: Floats
    company: Floats
    ev_private: Floats
    ev_company: Floats
    kwh_private: Floats
    kwh_company: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Block:
    """Every draw of some districts.

    Attributes
    ----------
    factor : (district, 1 or draw)
        The districts' own, after which the city's total is what it was.
    pattern : (group, district)
    amount : (group, draw)
        As in ``energy``; their product is a group's kWh.
    """

    residents: Residents
    factor: Floats
    pattern: Floats
    amount: Floats

    @property
    def kwh(self) -> Floats:
        """Public charging of a year ``(district, draw)``."""
        residents = self.residents.kwh_private + self.residents.kwh_company
        found: Floats = (residents + self.pattern.T @ self.amount) * self.factor
        return found

    def kwh_by_group(self) -> Floats:
        """Sum each group over the districts ``(group, draw)``."""
        found = np.empty((len(GROUPS), self.amount.shape[1]))
        found[PLACE["resident_private"]] = (self.residents.kwh_private * self.factor).sum(axis=0)
        found[PLACE["resident_company"]] = (self.residents.kwh_company * self.factor).sum(axis=0)
        found[SPREAD] = (self.pattern @ self.factor) * self.amount
        return found

    def mean_by_group(self, weight: Floats) -> Floats:
        """Mean over draws of kWh times ``weight`` (draw,): ``(district, group)``."""
        found = np.empty((self.pattern.shape[1], len(GROUPS)))
        weighted = np.broadcast_to(self.factor * weight, self.residents.kwh_private.shape)
        draws = weight.size
        for key in ("private", "company"):
            kwh = getattr(self.residents, f"kwh_{key}")
            found[:, PLACE[f"resident_{key}"]] = np.einsum("ij,ij->i", kwh, weighted) / draws
        found[:, SPREAD] = self.pattern.T * (weighted @ self.amount.T) / draws
        return found


@dataclass(frozen=True, slots=True, eq=False)
class Cloud:
    """Every draw of one year: what the city has in common; districts are worked out in blocks.

    Attributes
    ----------
    offsets : (district, 1 or draw)
        Distance of each district from the city, in logit.
    shift : (draw,)
        What is added to them so that the city's share is reached.
    factors : (district, 1 or draw)
        The districts' own factors, before ``kept``.
    kept : (draw,)
        Scales them so that the city's total is the model's times ``calibration_kwh``.
    """

    facts: Facts
    values: Values
    year: int
    block_target: float
    gap: str
    offsets: Floats
    shift: Floats
    pattern: Floats
    amount: Floats
    factors: Floats
    kept: Floats

    @property
    def start(self) -> float:
        """Share of the city's cars that was plug-in in the year of the registrations."""
        return adoption.base_share(self.facts.plugins, self.facts.cars)

    @property
    def draws(self) -> int:
        """Count the draws."""
        return int(self.amount.shape[1])

    def blocks(self) -> Iterator[tuple[slice, Block]]:
        """Work out the districts, as many at once as fit in memory."""
        for part in parts(self.facts):
            yield part, self.block(part)

    def block(self, part: slice) -> Block:
        """Work out some districts."""
        found = residents(
            self.facts.part(part), self.values, self.year, self.shift + self.offsets[part]
        )
        return Block(found, self.factors[part] * self.kept, self.pattern[:, part], self.amount)

    def quantities(self, part: slice, block: Block) -> dict[str, Floats]:
        """Return what is told of some districts, each ``(district, 1 or draw)``."""
        kwh = block.kwh
        daily = sessions.sessions_day(kwh, self.values)
        hours = sessions.connected_hours_day(daily, self.values)
        clusters = sessions.clusters(self.facts.households[part], self.values)
        load = sessions.offered_load(hours, self.values) / clusters
        cars = block.residents
        return {
            "cars": cars.cars,
            "cars_company": cars.company,
            "ev": cars.ev_private + cars.ev_company,
            "ev_private": cars.ev_private,
            "kwh_year": kwh,
            "sessions_day": daily,
            "connected_hours_day": hours,
            "points": sizing.points_needed(load, self.block_target) * clusters,
        }

    def totals(self) -> dict[str, Floats]:
        """Sum every quantity over the city ``(draw,)``."""
        found = dict.fromkeys(QUANTITIES, np.zeros(self.draws))
        for part, block in self.blocks():
            drawn = self.quantities(part, block)
            found = {name: found[name] + drawn[name].sum(axis=0) for name in QUANTITIES}
        return found


def parts(facts: Facts) -> list[slice]:
    """Cut the districts into blocks."""
    return [slice(at, at + BLOCK) for at in range(0, len(facts.ids), BLOCK)]


def simulate(
    facts: Facts,
    values: Values,
    scenario: Scenario,
    factors: Floats | None = None,
) -> Cloud:
    """Run the chain from cars to energy for every draw.

    ``factors`` are the districts' own, ``(district, draw)``; None leaves them out. Of the scenario,
    the year, the target and the course of the gap count here; the rest is in ``values``.
    """
    year = scenario.year
    _check_year(year, values)
    draws = max(each.size for each in values.values())
    own = facts.factor[:, None] * (1.0 if factors is None else factors)
    offsets, shift = _adoption(facts, values, year, scenario.gap)
    base, scaled = np.zeros(draws), np.zeros(draws)
    for part in parts(facts):
        found = residents(facts.part(part), values, year, shift + offsets[part])
        kwh = found.kwh_private + found.kwh_company
        base += kwh.sum(axis=0)
        scaled += (kwh * own[part]).sum(axis=0)
    pattern, amount = energy.patterns(facts), energy.amounts(base, values, year)
    total = base + pattern.sum(axis=1) @ amount
    scaled += ((pattern @ own) * amount).sum(axis=0)
    kept = np.divide(total, scaled, out=np.ones(draws), where=scaled > 0)
    kept = kept * values["calibration_kwh"]
    return Cloud(
        facts=facts,
        values=values,
        year=year,
        block_target=scenario.block_target,
        gap=scenario.gap,
        offsets=offsets,
        shift=shift,
        pattern=pattern,
        amount=amount,
        factors=own,
        kept=kept,
    )


def residents(facts: Facts, values: Values, year: int, level: Floats) -> Residents:
    """Work out residents' cars and charging; ``level`` is the logit of the electric share."""
    share = expit(level)
    grown = energy.growth(values, year)
    cars = facts.cars[:, None] * grown
    known = facts.company[:, None] * grown
    company = np.where(np.isnan(known), cars * values["company_per_private"], known)
    knots = [(each, values[f"company_ev_{each}"]) for each in COMPANY_YEARS]
    ev_private, ev_company = share * cars, company * adoption.path(year, knots)
    public = energy.public_share(facts, values)
    per_company = values["km_company"] * values["kwh_km"]
    return Residents(
        share=share,
        cars=cars,
        company=company,
        ev_private=ev_private,
        ev_company=ev_company,
        kwh_private=ev_private * public * energy.kwh_private(facts, values, year),
        kwh_company=ev_company * public * per_company,
    )


def _adoption(facts: Facts, values: Values, year: int, gap: str) -> tuple[Floats, Floats]:
    """Distances of the districts in logit, and the shift that reaches the city's share."""
    start = float(values["registrations_year"][0])
    first = np.array([adoption.base_share(facts.plugins, facts.cars)])
    knots = [(start, first), *((each, values[f"ev_share_{each}"]) for each in PRIVATE_YEARS)]
    if gap == "bass":
        curve = bass.fit(facts.yearly, float(values["bass_cap"][0]))
        share = adoption.shrunk_share(
            facts.plugins, facts.cars, values["shrink_cars"], float(first[0])
        )
        offsets = adoption.apart(curve.after(share, year - start), facts.cars)
    else:
        gaps = adoption.gaps(facts.plugins, facts.cars, values["shrink_cars"])
        offsets = gaps * np.exp(-(year - start) / values["tau_years"])
    return offsets, adoption.common_shift(offsets, facts.cars, adoption.path(year, knots))


def _check_year(year: int, values: Values) -> None:
    first, last = int(values["registrations_year"][0]), int(knobs()["year"].high)
    if not first <= year <= last:
        raise InputError(
            f"there is no demand for {year}: the cars were counted in {first} and the forecast"
            f" ends in {last}; choose a year from {first} to {last}"
        )
