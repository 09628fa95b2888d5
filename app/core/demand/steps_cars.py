"""The steps from cars to electric cars."""

from collections.abc import Iterator
from math import isfinite

import numpy as np
from scipy.special import expit, logit

from app.core.demand import adoption
from app.core.demand.case import Case
from app.core.demand.chain import Step
from app.core.demand.cloud import COMPANY_YEARS
from app.core.demand.uncertainty import SHARE_RANGE

PATH = ("ev_share_2030", "ev_share_2035")
COMPANY_PATH = tuple(f"company_ev_{year}" for year in COMPANY_YEARS)


def steps(case: Case) -> Iterator[Step]:
    """Say how many cars there are, and how many of them are electric."""
    for part in (_cars, _company, _share_today, _share, _electric):
        yield from part(case)


def _cars(case: Case) -> Iterator[Step]:
    start, year = case.value("registrations_year"), case.cloud.year
    yield Step(
        "cars_counted",
        "cars",
        "Private cars of residents in the first year",
        case.fact("cars"),
        "cars",
        "{start_year}, " + case.origin("cars"),
        {"start_year": start},
        ("registrations_year",),
        case.status("cars"),
    )
    yield Step(
        "plugins_counted",
        "cars",
        "Registered plug-in cars in the first year",
        case.fact("plugins"),
        "cars",
        "fully electric cars and plug-in hybrids of {start_year}, "
        + case.origin("cars_bev", "cars_phev"),
        {"start_year": start},
        status=case.status("cars_bev", "cars_phev"),
    )
    yield Step(
        "cars",
        "cars",
        "Private cars",
        case.found["cars"],
        "cars",
        "{counted} x (1 + {growth_share}) ^ {years}",
        {
            "counted": case.fact("cars"),
            "growth_share": case.value("fleet_growth"),
            "years": year - start,
        },
        ("fleet_growth",),
        band=case.bands["cars"],
    )


def _company(case: Case) -> Iterator[Step]:
    known = isfinite(case.fact("company"))
    yield Step(
        "cars_company",
        "cars",
        "Company cars kept at home",
        case.found["cars_company"],
        "cars",
        "counted" if known else "{cars} private cars x {each}",
        {} if known else {"cars": case.found["cars"], "each": case.value("company_per_private")},
        () if known else ("company_per_private",),
        case.status("cars_company") if known else "",
        case.bands["cars_company"],
    )


def _share_today(case: Case) -> Iterator[Step]:
    """Follow the district's share in the year of the registrations to its logit."""
    facts, pull, city = case.cloud.facts, case.value("shrink_cars"), case.cloud.start
    cars, plugins = case.fact("cars"), case.fact("plugins")
    one = facts.part(case.part)
    pulled = adoption.shrunk_share(one.plugins, one.cars, case.cloud.values["shrink_cars"], city)
    shrunk = float(pulled[0, 0])
    yield Step(
        "city_share_today",
        "share",
        "Plug-in share of the city in the first year",
        city,
        "share",
        "{plugins} plug-in cars / {cars} cars",
        {"plugins": float(facts.plugins.sum()), "cars": float(facts.cars.sum())},
    )
    yield Step(
        "shrunk",
        "share",
        "Plug-in share of the district, pulled towards the city",
        shrunk,
        "share",
        "({plugins} + {pull} x {city_share}) / ({cars} + {pull})",
        {"plugins": plugins, "pull": pull, "city_share": city, "cars": cars},
        ("shrink_cars",),
    )
    yield Step(
        "logit",
        "share",
        "The same, as a logit",
        _logit(shrunk),
        "logit",
        "ln({district_share} / (1 - {district_share}))",
        {"district_share": shrunk},
    )


def _logit(share: float) -> float:
    return float(logit(np.clip(share, adoption.LEAST_SHARE, SHARE_RANGE[1])))


def _offset(case: Case) -> Step:
    """Say how far the district is from the city, whichever way the gap goes."""
    cloud, facts = case.cloud, case.cloud.facts
    gap = float(
        adoption.gaps(facts.plugins, facts.cars, cloud.values["shrink_cars"])[case.place, 0]
    )
    bass = cloud.gap == "bass"
    years = cloud.year - case.value("registrations_year")
    return Step(
        "offset",
        "share",
        "Distance from the city in the year",
        float(cloud.offsets[case.place, 0]),
        "logit",
        "distance {gap} from the city's mean logit, after {years} years on the curve of the yearly"
        " registrations"
        if bass
        else "distance {gap} from the city's mean logit x exp(-{years} / {tau})",
        {"gap": gap, "years": years, **({} if bass else {"tau": case.value("tau_years")})},
        ("bass_cap",) if bass else ("tau_years",),
    )


def _share(case: Case) -> Iterator[Step]:
    """Follow the district's share to the year."""
    cloud, facts, start = case.cloud, case.cloud.facts, case.value("registrations_year")
    offset, shift = float(cloud.offsets[case.place, 0]), float(cloud.shift[0])
    reached = adoption.weights(facts.cars) @ expit(cloud.shift + cloud.offsets)
    yield _offset(case)
    yield Step(
        "city_share",
        "share",
        "Electric share of the city in the year",
        float(reached[0]),
        "share",
        "straight line in logit through {start_share} in {start_year}, {mid_share} in 2030 and"
        " {end_share} in 2035",
        {
            "start_share": cloud.start,
            "start_year": start,
            "mid_share": case.value(PATH[0]),
            "end_share": case.value(PATH[1]),
        },
        PATH,
    )
    yield Step(
        "shift",
        "share",
        "Shift of all districts alike",
        shift,
        "logit",
        "chosen so that all districts together reach {city_share}",
        {"city_share": float(reached[0])},
    )
    yield Step(
        "ev_share",
        "share",
        "Electric share of the district in the year",
        float(case.block.residents.share[0, 0]),
        "share",
        "1 / (1 + exp(-({shift} + {offset})))",
        {"shift": shift, "offset": offset},
    )


def _electric(case: Case) -> Iterator[Step]:
    found, cars = case.found, case.block.residents
    share = float(cars.share[0, 0])
    yield Step(
        "ev_private",
        "share",
        "Private electric cars",
        found["ev_private"],
        "cars",
        "{cars} cars x {share}",
        {"cars": found["cars"], "share": share},
        band=case.bands["ev_private"],
    )
    knots = [
        (year, case.cloud.values[name])
        for year, name in zip(COMPANY_YEARS, COMPANY_PATH, strict=True)
    ]
    company = float(adoption.path(case.cloud.year, knots)[0])
    ev_company = float(cars.ev_company[0, 0])
    yield Step(
        "ev_company",
        "share",
        "Electric company cars",
        ev_company,
        "cars",
        "{cars} company cars x {share}, on a straight line in logit",
        {"cars": found["cars_company"], "share": company},
        COMPANY_PATH,
    )
    yield Step(
        "ev",
        "share",
        "Electric cars of residents",
        found["ev"],
        "cars",
        "{private} private + {company} company cars",
        {"private": found["ev_private"], "company": ev_company},
        band=case.bands["ev"],
    )
