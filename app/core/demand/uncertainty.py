"""How sure we are: draws of every uncertain number, the same ones for every scenario."""

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from types import MappingProxyType
from typing import TypeAlias

import numpy as np
from scipy.special import ndtri
from scipy.stats import qmc

from app.core.demand.result import Band
from app.core.engine.arrays import Floats
from app.core.parameters import Parameter
from app.core.scenario import Scenario

Values: TypeAlias = Mapping[str, Floats]
"""Every number of the model by name, each ``(draw,)`` or, where it is not drawn, ``(1,)``."""

Z90 = float(ndtri(0.9))
SHARE_RANGE = (0.001, 0.98)  # a drawn share never leaves this, unless its own range does
POSITIVE_FLOOR = 0.3  # of the low value: the least a drawn positive number can be
QUANTILES = (0.1, 0.5, 0.9)


@dataclass(frozen=True, slots=True)
class Source:
    """One independent thing we are unsure of; the parameters ``names`` move together."""

    names: tuple[str, ...]
    label: str


DRAWN = (
    Source(("ev_share_2030", "ev_share_2035"), "Electric share of private cars"),
    Source(("company_per_private",), "Company cars per private car"),
    Source(("company_ev_2025", "company_ev_2030", "company_ev_2035"), "Electric company cars"),
    Source(("bev_of_plugin_2030", "bev_of_plugin_2035"), "Fully electric among plug-in cars"),
    Source(("own_parking_single",), "Own parking at single-family homes"),
    Source(("own_parking_multi",), "Own parking at apartments"),
    Source(("own_parking_odds",), "Own parking of electric drivers"),
    Source(("km_bev",), "Distance of electric cars"),
    Source(("km_phev",), "Distance of plug-in hybrids"),
    Source(("phev_electric",), "Electric driving of plug-in hybrids"),
    Source(("kwh_km",), "Use of electric cars per km"),
    Source(("kwh_km_phev",), "Use of plug-in hybrids per km"),
    Source(("kwh_km_van",), "Use of vans per km"),
    Source(("km_company",), "Distance of company cars"),
    Source(("km_shared",), "Distance of shared cars"),
    Source(("km_taxi",), "Distance of taxis"),
    Source(("km_van",), "Distance of vans"),
    Source(("pub_no_own",), "Public charging without own parking"),
    Source(("pub_own",), "Public charging with own parking"),
    Source(("visitor_kwh_share",), "Visitors"),
    Source(("commuter_kwh_share",), "Commuters"),
    Source(("shared_per_1000_hh",), "Shared cars"),
    Source(("taxi_per_1000_inh",), "Taxis"),
    Source(("taxi_ev_2030",), "Electric taxis"),
    Source(("van_per_car",), "Vans"),
    Source(("van_ev_2030",), "Electric vans"),
    Source(("public_share_shared",), "Public charging of shared cars"),
    Source(("public_share_taxi",), "Public charging of taxis"),
    Source(("public_share_van",), "Public charging of vans"),
    Source(("kwh_session",), "Energy of a session"),
    Source(("hours_session",), "Connected time of a session"),
    Source(("peak_factor",), "Busiest hours"),
    Source(("homes_per_cluster",), "Homes that share points"),
)
SWITCHES = (  # choices rather than doubts: not drawn, but shown in the tornado
    Source(("shrink_cars",), "Pull on small districts"),
    Source(("tau_years",), "Years until the gap between districts closes"),
    Source(("fleet_growth",), "Growth of the number of cars"),
)
PATHS = ("ev_share_2030", "ev_share_2035", "company_ev_2025", "company_ev_2030", "company_ev_2035")
"""What the lever ``uptake`` pins."""
GAP_ENDS = {"closes": "low", "stays": "high"}
"""Which end of ``tau_years`` the lever ``gap`` pins."""


def two_piece(parameter: Parameter, z: Floats) -> Floats:
    """Turn standard normal scores into a number with the median and P10, P90 of ``parameter``.

    References
    ----------
    Two-piece normal distribution; source ``definition``.
    """
    down, up = parameter.value - parameter.low, parameter.high - parameter.value
    drawn = parameter.value + np.where(z < 0, down, up) * z / Z90
    least = min(parameter.low, SHARE_RANGE[0])
    most = max(parameter.high, SHARE_RANGE[1])
    if parameter.unit != "share":
        least, most = POSITIVE_FLOOR * parameter.low, np.inf
    return np.clip(drawn, least, most)


@lru_cache(maxsize=8)
def scores(draws: int, seed: int) -> Floats:
    """Return the shared random numbers: scrambled Sobol as normal scores ``(source, draw)``."""
    sobol = qmc.Sobol(len(DRAWN), scramble=True, rng=seed)
    uniform = sobol.random_base2((draws - 1).bit_length())[:draws]  # other counts lose balance
    found = np.ascontiguousarray(ndtri(uniform).T)
    found.setflags(write=False)
    return found


def points(numbers: Mapping[str, Parameter]) -> Values:
    """Return every number at its value, as arrays of one."""
    return {name: np.array([number.value]) for name, number in numbers.items()}


def pinned(numbers: Mapping[str, Parameter], scenario: Scenario) -> Mapping[str, Parameter]:
    """Fix the numbers that a lever of the planner decides; at rest, a lever fixes nothing."""
    ends: dict[str, float] = {}
    if scenario.uptake != "mid":
        ends |= {name: getattr(numbers[name], scenario.uptake) for name in PATHS}
    if scenario.gap in GAP_ENDS:
        ends["tau_years"] = getattr(numbers["tau_years"], GAP_ENDS[scenario.gap])
    if scenario.fleet_growth:
        ends["fleet_growth"] = scenario.fleet_growth
    fixed = {name: replace(numbers[name], value=at, low=at, high=at) for name, at in ends.items()}
    return MappingProxyType({**numbers, **fixed}) if fixed else numbers


def draw(numbers: Mapping[str, Parameter], *, draws: int, seed: int) -> Values:
    """Draw every uncertain number ``draws`` times; the rest stay at their value."""
    found = dict(points(numbers))
    for source, z in zip(DRAWN, scores(draws, seed), strict=True):
        found |= {name: two_piece(numbers[name], z) for name in source.names}
    return found


def one_at_a_time(numbers: Mapping[str, Parameter]) -> tuple[tuple[Source, ...], Values]:
    """Line up the cases of a tornado: column 2i has source i low, 2i + 1 high, the last none."""
    sources = DRAWN + SWITCHES
    found = dict(points(numbers))
    for place, source in enumerate(sources):
        for name in source.names:
            case = np.full(2 * len(sources) + 1, numbers[name].value)
            case[2 * place], case[2 * place + 1] = numbers[name].low, numbers[name].high
            found[name] = case
    return sources, found


def district_factors(ids: Sequence[str], sigma: float, *, draws: int, seed: int) -> Floats:
    """Draw each district's own factor ``(district, draw)``, log-normal around 1.

    The stream hangs on the district's code, so the order of the map plays no part; each district
    gets the same evenly spread values in its own order, so none is luckier than another.
    """
    even = np.exp(sigma * ndtri((np.arange(draws) + 0.5) / draws))
    if sigma == 0:
        return np.ones((len(ids), 1))
    streams = (np.random.default_rng([seed, zlib.crc32(each.encode())]) for each in ids)
    found = np.empty((len(ids), draws))
    for row, stream in zip(found, streams, strict=True):
        row[:] = even[stream.permutation(draws)]
    return found


def statistics(drawn: Floats) -> Floats:
    """Return mean, P10, P50 and P90 along the last axis, as a new first axis."""
    if drawn.shape[-1] == 1:  # not drawn
        return np.repeat(drawn[None, ..., 0], 1 + len(QUANTILES), axis=0)
    last = drawn.shape[-1] - 1
    ordered = np.sort(drawn, axis=-1)
    found = [drawn.mean(axis=-1)]
    for quantile in QUANTILES:
        low = int(quantile * last)
        high = min(low + 1, last)
        part = quantile * last - low
        found.append(ordered[..., low] + (ordered[..., high] - ordered[..., low]) * part)
    return np.array(found)


def band(drawn: Floats) -> Band:
    """Sum up the draws of one quantity."""
    return Band(*(float(each) for each in statistics(drawn)))
