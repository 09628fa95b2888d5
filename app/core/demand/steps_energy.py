"""The steps from electric cars to what they charge at public points."""

from collections.abc import Iterator
from math import isfinite

import numpy as np

from app.core.demand import energy
from app.core.demand.case import Case
from app.core.demand.chain import Step
from app.core.demand.cloud import PLACE
from app.core.demand.groups import GROUPS

RAMP = ("ramp_start_year", "ramp_end_year")
OF_RESIDENTS = {  # group: its own number, and the figure it is spread by where that is loaded
    "visitor": ("visitor_kwh_share", "visits", "visits a day"),
    "commuter": ("commuter_kwh_share", "jobs", "jobs"),
}
FLEETS = {  # group: what its pattern counts, its own numbers, its use per km
    "shared": ("thousand households", ("shared_per_1000_hh",), "kwh_km"),
    "taxi": ("thousand inhabitants", ("taxi_per_1000_inh", "taxi_ev_2030"), "kwh_km"),
    "van": ("private cars", ("van_per_car", "van_ev_2030", "fleet_growth"), "kwh_km_van"),
}


def steps(case: Case) -> Iterator[Step]:
    """Say what residents and others charge in public."""
    for part in (_parking, _per_car, _residents, _others, _energy):
        yield from part(case)


def _parking(case: Case) -> Iterator[Step]:
    facts, values = case.cloud.facts.part(case.part), case.cloud.values
    said = isfinite(case.fact("own_parking"))
    flats = case.fact("multifamily")
    homes = float(energy.homes_with_parking(facts, values)[0, 0])
    own = float(energy.own_parking(facts, values)[0, 0])
    yield Step(
        "multifamily",
        "parking",
        "Apartments among homes",
        flats,
        "share",
        case.origin("multifamily_share"),
        {},
        status=case.status("multifamily_share"),
    )
    names = ("own_parking_multi", "own_parking_single")
    multi, single = (case.value(name) for name in names)
    mix = {"flats_share": flats, "multi_share": multi, "houses_share": 1 - flats}
    yield Step(
        "own_homes",
        "parking",
        "Homes with own parking",
        homes,
        "share",
        "as loaded"
        if said
        else "{flats_share} apartments x {multi_share} + {houses_share} houses x {single_share}",
        {} if said else {**mix, "single_share": single},
        () if said else names,
        case.status("off_street_share") if said else "",
    )
    yield from _drivers(case, homes, own)


def _drivers(case: Case, homes: float, own: float) -> Iterator[Step]:
    odds = case.value("own_parking_odds")
    yield Step(
        "own_drivers",
        "parking",
        "Electric drivers with own parking",
        own,
        "share",
        "{homes_share} x {odds} / (1 - {homes_share} + {homes_share} x {odds})",
        {"homes_share": homes, "odds": odds},
        ("own_parking_odds",),
    )
    without, with_own = case.value("pub_no_own"), case.value("pub_own")
    yield Step(
        "public_share",
        "parking",
        "Residents' charging at public points",
        _public(case),
        "share",
        "{without_share} without x {no_own_share} + {with_share} with own parking x {own_share}",
        {
            "without_share": 1 - own,
            "no_own_share": without,
            "with_share": own,
            "own_share": with_own,
        },
        ("pub_no_own", "pub_own"),
    )


def _per_car(case: Case) -> Iterator[Step]:
    facts, values, year = case.cloud.facts, case.cloud.values, case.cloud.year
    bev = float(energy.bev_share(facts, values, year)[0])
    names = ("bev_of_plugin_2030", "bev_of_plugin_2035")
    yield Step(
        "bev_share",
        "energy",
        "Fully electric among plug-in cars",
        bev,
        "share",
        "straight lines from {start_share} in {start_year} to {mid_share} in 2030 and {end_share}"
        " in 2035",
        {
            "start_share": facts.bev_of_plugin,
            "start_year": case.value("registrations_year"),
            "mid_share": case.value(names[0]),
            "end_share": case.value(names[1]),
        },
        names,
    )
    used = ("km_bev", "kwh_km", "km_phev", "phev_electric", "kwh_km_phev")
    yield Step(
        "kwh_car",
        "energy",
        "Charging of a private plug-in car",
        _private_kwh(case),
        "kWh a year",
        "{bev_share} x {km_bev} km x {kwh_km} kWh/km + {phev_share} x {km_phev} km x"
        " {electric_share} electric x {kwh_km_phev} kWh/km",
        {
            "bev_share": bev,
            "phev_share": 1 - bev,
            "electric_share": case.value("phev_electric"),
            **{name: case.value(name) for name in used if name != "phev_electric"},
        },
        used,
    )
    km, per_km = case.value("km_company"), case.value("kwh_km")
    yield Step(
        "kwh_car_company",
        "energy",
        "Charging of an electric company car",
        _company_kwh(case),
        "kWh a year",
        "{km} km x {kwh_km} kWh/km",
        {"km": km, "kwh_km": per_km},
        ("km_company", "kwh_km"),
    )


def _residents(case: Case) -> Iterator[Step]:
    cars = case.block.residents
    for key, counted, each in (
        ("resident_private", cars.ev_private, _private_kwh(case)),
        ("resident_company", cars.ev_company, _company_kwh(case)),
    ):
        yield Step(
            f"kwh_{key}",
            "energy",
            _title(key),
            _kwh(case, key),
            "kWh a year",
            "{cars} electric cars x {public_share} public x {each} kWh",
            {"cars": float(counted[0, 0]), "public_share": _public(case), "each": each},
        )


def _others(case: Case) -> Iterator[Step]:
    facts = case.cloud.facts
    for key, (name, column, words) in OF_RESIDENTS.items():
        people = np.array_equal(getattr(facts, column), facts.population)
        spread = "inhabitants" if people else words
        yield Step(
            f"kwh_{key}",
            "energy",
            _title(key),
            _kwh(case, key),
            "kWh a year",
            "{district_share} of the city's " + spread + " x {use_share} of the {total} kWh that"
            " residents charge at public points",
            {
                "district_share": _pattern(case, key),
                "use_share": case.value(name),
                "total": case.residents_kwh,
            },
            (name,),
        )
    for key in FLEETS:
        yield _fleet(case, key)


def _fleet(case: Case, key: str) -> Step:
    """Say what a fleet charges; how many of it are electric by then is read off the model."""
    counted, names, per_km = FLEETS[key]
    used = (f"km_{key}", per_km, f"public_share_{key}")
    km, kwh_km, public = (case.value(name) for name in used)
    each = km * kwh_km * public
    return Step(
        f"kwh_{key}",
        "energy",
        _title(key),
        _kwh(case, key),
        "kWh a year",
        "{count} " + counted + " x {electric} electric vehicles each x {km} km x {kwh_km} kWh/km x"
        " {public_share} public",
        {
            "count": _pattern(case, key),
            "electric": _amount(case, key) / each if each else 0.0,
            "km": km,
            "kwh_km": kwh_km,
            "public_share": public,
        },
        (*names, *RAMP, *used),
    )


def _title(key: str) -> str:
    return next(group.title for group in GROUPS if group.key == key)


def _kwh(case: Case, key: str) -> float:
    return float(case.block.mean_by_group(np.ones(1))[0, PLACE[key]])


def _pattern(case: Case, key: str) -> float:
    return float(case.block.pattern[energy.SPREAD.index(key), 0])


def _amount(case: Case, key: str) -> float:
    return float(case.block.amount[energy.SPREAD.index(key), 0])


def _public(case: Case) -> float:
    facts = case.cloud.facts.part(case.part)
    return float(energy.public_share(facts, case.cloud.values)[0, 0])


def _private_kwh(case: Case) -> float:
    return float(energy.kwh_private(case.cloud.facts, case.cloud.values, case.cloud.year)[0])


def _company_kwh(case: Case) -> float:
    return case.value("km_company") * case.value("kwh_km")


def _energy(case: Case) -> Iterator[Step]:
    yield Step(
        "kwh_year",
        "energy",
        "Charging at public points",
        case.found["kwh_year"],
        "kWh a year",
        "sum of the seven groups",
        {},
        band=case.bands["kwh_year"],
    )
