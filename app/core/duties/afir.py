"""The fleet target of the Union's regulation on public charging: kW for each car registered.

A national duty: a city only compares itself. Two ways to count what is installed stand side by
side, as the law's word "power output" is read in both.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from math import ceil

from app.core.duties.base import Number, Result, counted, judged
from app.core.errors import InputError

AMPERE, PHASES, VOLT = 25, 3, 230  # the usual connection of a public post on the Continent
FORMULA = "kW per BEV x BEV + kW per PHEV x PHEV, less installed kW"


@dataclass(frozen=True, slots=True)
class Fleet:
    """Power that cars on the road ask for, against what stands there; exact numbers.

    ``ratio`` is None, and the result ``not_applicable``, where there are no cars.
    """

    result: Result
    target_kw: Fraction
    installed_kw: Fraction
    ratio: Fraction | None
    gap_kw: Fraction
    points_needed: int


@dataclass(frozen=True, slots=True)
class Station:
    """One station: the power of each point, and what it or its connection can give at once [kW]."""

    points_kw: tuple[Number, ...]
    maximum_kw: Number | None = None


@dataclass(frozen=True, slots=True)
class Installed:
    """Installed power, counted both ways [kW]."""

    nameplate_kw: Fraction
    deliverable_kw: Fraction


def fleet(  # noqa: PLR0913
    bev: Number,
    phev: Number,
    installed_kw: Number,
    *,
    kw_bev: Number,
    kw_phev: Number,
    kw_point: Number,
) -> Fleet:
    """Hold installed power against the target.

    Parameters
    ----------
    bev, phev
        Light vehicles registered: battery-electric, plug-in hybrid.
    kw_bev, kw_phev
        Power the regulation asks for each, parameters ``afir_kw_bev`` and ``afir_kw_phev``.
    kw_point
        Power one more point would count with; gives ``points_needed``.
    """
    cars = [counted(bev, "BEV"), counted(phev, "PHEV")]
    target = cars[0] * counted(kw_bev, "kW per BEV") + cars[1] * counted(kw_phev, "kW per PHEV")
    there, each = counted(installed_kw, "installed kW"), counted(kw_point, "kW of a point")
    if not each:
        raise InputError("kW of a point is 0; wanted more than 0")
    gap = max(Fraction(0), target - there)
    if not sum(cars):
        return Fleet("not_applicable", target, there, None, Fraction(0), 0)
    ratio = there / target if target else None
    return Fleet(judged(gap), target, there, ratio, gap, ceil(gap / each))


def installed(stations: Iterable[Station], *, connection_kw: Number | None = None) -> Installed:
    """Add up stations: by the sum of their points, and by what their connection lets through.

    ``connection_kw`` holds for every station that states no maximum of its own; None: no limit.
    """
    limit = None if connection_kw is None else counted(connection_kw, "connection kW")
    nameplate = deliverable = Fraction(0)
    for station in stations:
        total = sum((counted(kw, "kW of a point") for kw in station.points_kw), Fraction(0))
        own = station.maximum_kw
        most = limit if own is None else counted(own, "maximum kW")
        nameplate += total
        deliverable += total if most is None else min(total, most)
    return Installed(nameplate, deliverable)


def connection_kw(ampere: Number = AMPERE, phases: int = PHASES, volt: Number = VOLT) -> Fraction:
    """Say what a connection lets through [kW]: 3 x 25 A is 17.25 kW."""
    return phases * counted(volt, "V") * counted(ampere, "A") / 1000
