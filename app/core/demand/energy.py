"""How much energy drivers take from public points, per group."""

from dataclasses import dataclass

import numpy as np

from app.core.demand.facts import Facts
from app.core.demand.groups import GROUPS
from app.core.demand.uncertainty import Values
from app.core.engine.arrays import Floats

PLACE = {group.key: place for place, group in enumerate(GROUPS)}
RESIDENTS = ("resident_private", "resident_company")
SPREAD = tuple(group.key for group in GROUPS if group.key not in RESIDENTS)
PER_THOUSAND = 1000
MIDDLE_YEAR, END_YEAR = 2030, 2035  # the years in the names of the parameters


@dataclass(frozen=True, slots=True, eq=False)
class Energy:
    """Public charging of a year [kWh], before a district's own factor.

    Residents depend on district and draw together; every other group is a fixed pattern over the
    districts times an amount per draw, which keeps 14,000 districts in memory.

    Attributes
    ----------
    private, company : (district, draw)
    pattern : (group, district)
        In the order of ``SPREAD``.
    amount : (group, draw)
    """

    private: Floats
    company: Floats
    pattern: Floats
    amount: Floats

    @property
    def total(self) -> Floats:
        """All groups together ``(district, draw)``."""
        return self.private + self.company + self.pattern.T @ self.amount

    def by_group(self, factor: Floats) -> Floats:
        """Sum each group over the city ``(group, draw)``, districts times ``factor``."""
        found = np.empty((len(GROUPS), self.amount.shape[1]))
        for key, residents in zip(RESIDENTS, (self.private, self.company), strict=True):
            found[PLACE[key]] = (residents * factor).sum(axis=0)
        found[[PLACE[key] for key in SPREAD]] = (self.pattern @ factor) * self.amount
        return found

    def mean(self, factor: Floats, weight: Floats) -> Floats:
        """Mean over draws of kWh x ``factor`` x ``weight`` ``(district, group)``."""
        draws = self.amount.shape[1]
        found = np.empty((self.pattern.shape[1], len(GROUPS)))
        for key, residents in zip(RESIDENTS, (self.private, self.company), strict=True):
            found[:, PLACE[key]] = (residents * factor) @ weight / draws
        scaled = (self.amount * weight).T
        wide = np.broadcast_to(factor, (factor.shape[0], draws))
        found[:, [PLACE[key] for key in SPREAD]] = self.pattern.T * (wide @ scaled) / draws
        return found


def public_energy(
    facts: Facts, values: Values, year: int, ev_private: Floats, ev_company: Floats
) -> Energy:
    """Split public charging over user groups.

    Parameters
    ----------
    ev_private, ev_company : (district, draw)
        Residents' plug-in cars.
    """
    public = public_share(facts, values)
    private = ev_private * (public * kwh_private(facts, values, year))
    company = ev_company * (public * (values["km_company"] * values["kwh_km"]))
    residents = (private + company).sum(axis=0)
    ramped = ramp(values, year)
    taxis = values["taxi_per_1000_inh"] * np.minimum(values["taxi_ev_2030"] * ramped, 1)
    vans = values["van_per_car"] * np.minimum(values["van_ev_2030"] * ramped, 1)
    shared = values["shared_per_1000_hh"] * np.minimum(ramped, 1)
    each = {
        "visitor": (_shares(facts.population), residents * values["visitor_kwh_share"]),
        "commuter": (_shares(facts.jobs), residents * values["commuter_kwh_share"]),
        "shared": (facts.households / PER_THOUSAND, shared * _fleet_kwh(values, "shared")),
        "taxi": (facts.population / PER_THOUSAND, taxis * _fleet_kwh(values, "taxi")),
        "van": (facts.cars, growth(values, year) * vans * _fleet_kwh(values, "van")),
    }
    pattern = np.array([each[key][0] for key in SPREAD])
    amount = np.array([np.broadcast_to(each[key][1], residents.shape) for key in SPREAD])
    return Energy(private, company, pattern, amount)


def _fleet_kwh(values: Values, group: str) -> Floats:
    """Public kWh a year of one vehicle of a fleet."""
    per_km = values["kwh_km_van" if group == "van" else "kwh_km"]
    return values[f"km_{group}"] * per_km * values[f"public_share_{group}"]


def _shares(counts: Floats) -> Floats:
    """Share of each district; equal where nothing is known to spread by."""
    total = counts.sum()
    return counts / total if total > 0 else np.full(counts.size, 1 / counts.size)


def ramp(values: Values, year: int) -> Floats:
    """How far fleets are on their way: 0 in the first year of the ramp, 1 in its last."""
    start, end = values["ramp_start_year"], values["ramp_end_year"]
    return np.maximum((year - start) / (end - start), 0)


def growth(values: Values, year: int) -> Floats:
    """Cars today per car in the year of the registrations."""
    return (1 + values["fleet_growth"]) ** (year - values["registrations_year"])


def bev_share(facts: Facts, values: Values, year: int) -> Floats:
    """Fully electric share of private plug-in cars: straight lines to 2030 and 2035, then flat."""
    start = float(values["registrations_year"][0])
    middle, end = values["bev_of_plugin_2030"], values["bev_of_plugin_2035"]
    early = np.clip((year - start) / (MIDDLE_YEAR - start), 0, 1)
    late = np.clip((year - MIDDLE_YEAR) / (END_YEAR - MIDDLE_YEAR), 0, 1)
    found: Floats = facts.bev_of_plugin * (1 - early) + middle * (early - late) + end * late
    return found


def kwh_private(facts: Facts, values: Values, year: int) -> Floats:
    """Charge a private plug-in car takes in a year, wherever it charges [kWh]."""
    bev = bev_share(facts, values, year)
    electric = values["km_bev"] * values["kwh_km"]
    hybrid = values["km_phev"] * values["phev_electric"] * values["kwh_km_phev"]
    return bev * electric + (1 - bev) * hybrid


def own_parking(facts: Facts, values: Values) -> Floats:
    """Share of plug-in drivers with own parking ``(district, draw)``."""
    flats = facts.multifamily[:, None]
    homes = flats * values["own_parking_multi"] + (1 - flats) * values["own_parking_single"]
    said = facts.own_parking[:, None]
    homes = np.where(np.isnan(said), homes, said)
    odds = values["own_parking_odds"]
    return homes * odds / (1 - homes + homes * odds)


def public_share(facts: Facts, values: Values) -> Floats:
    """Share of residents' charging that lands at public points ``(district, draw)``."""
    own = own_parking(facts, values)
    return (1 - own) * values["pub_no_own"] + own * values["pub_own"]
