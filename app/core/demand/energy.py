"""How much energy drivers take from public points, per group."""

import numpy as np

from app.core.demand.facts import Facts
from app.core.demand.groups import GROUPS
from app.core.demand.uncertainty import Values
from app.core.engine.arrays import Floats

RESIDENTS = ("resident_private", "resident_company")
SPREAD = tuple(group.key for group in GROUPS if group.key not in RESIDENTS)
PER_THOUSAND = 1000
MIDDLE_YEAR, END_YEAR = 2030, 2035  # the years in the names of the parameters


def patterns(facts: Facts) -> Floats:
    """How every group but residents spreads over the districts ``(group, district)``.

    In the order of ``SPREAD``: shares of the city for visitors and commuters, thousands of
    households or inhabitants and cars for fleets.
    """
    each = {
        "visitor": _shares(facts.visits),
        "commuter": _shares(facts.jobs),
        "shared": facts.households / PER_THOUSAND,
        "taxi": facts.population / PER_THOUSAND,
        "van": facts.cars,
    }
    return np.array([each[key] for key in SPREAD])


def amounts(residents_kwh: Floats, values: Values, year: int) -> Floats:
    """Public kWh a year per unit of the pattern ``(group, draw)``.

    A pattern times an amount, rather than a number per group, district and draw, keeps 14,000
    districts in memory.

    Parameters
    ----------
    residents_kwh : (draw,)
        What residents of the whole city charge at public points.
    """
    ramped = ramp(values, year)
    taxis = values["taxi_per_1000_inh"] * np.minimum(values["taxi_ev_2030"] * ramped, 1)
    vans = values["van_per_car"] * np.minimum(values["van_ev_2030"] * ramped, 1)
    shared = values["shared_per_1000_hh"] * np.minimum(ramped, 1)
    each = {
        "visitor": residents_kwh * values["visitor_kwh_share"],
        "commuter": residents_kwh * values["commuter_kwh_share"],
        "shared": shared * _fleet_kwh(values, "shared"),
        "taxi": taxis * _fleet_kwh(values, "taxi"),
        "van": growth(values, year) * vans * _fleet_kwh(values, "van"),
    }
    return np.array([np.broadcast_to(each[key], residents_kwh.shape) for key in SPREAD])


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
    return np.maximum((year - start) / np.maximum(end - start, 1), 0)


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


def homes_with_parking(facts: Facts, values: Values) -> Floats:
    """Share of homes with own parking ``(district, draw)``; what the map says wins."""
    flats = facts.multifamily[:, None]
    homes = flats * values["own_parking_multi"] + (1 - flats) * values["own_parking_single"]
    said = facts.own_parking[:, None]
    if not np.isnan(said).all():
        homes = np.where(np.isnan(said), homes, said)
    return homes


def own_parking(facts: Facts, values: Values) -> Floats:
    """Share of plug-in drivers with own parking ``(district, draw)``."""
    homes = homes_with_parking(facts, values)
    odds = values["own_parking_odds"]
    return homes * odds / (1 - homes + homes * odds)


def public_share(facts: Facts, values: Values) -> Floats:
    """Share of residents' charging that lands at public points ``(district, draw)``."""
    own = own_parking(facts, values)
    return (1 - own) * values["pub_no_own"] + own * values["pub_own"]
