"""How dense public charging is, in the ratios that cities compare; points, never posts."""

from dataclasses import dataclass
from fractions import Fraction
from typing import TypeAlias

DAYS, PER_PEOPLE = 365, 1000
Amount: TypeAlias = float | Fraction  # exact numbers stay exact


@dataclass(frozen=True, slots=True)
class City:
    """What the ratios are made of; None where nobody has counted.

    ``points`` are public charge points: a post of two counts as two. ``kw`` is the sum of their
    power, ``kwh_year`` what they give, ``homes_near`` the homes without own parking within a
    walk of a point and ``homes`` all of those.
    """

    points: Amount
    cars: Amount | None = None
    people: Amount | None = None
    kw: Amount | None = None
    kwh_year: Amount | None = None
    homes: Amount | None = None
    homes_near: Amount | None = None
    districts: int = 0
    districts_above: int | None = None


def ratios(city: City) -> dict[str, Amount | None]:
    """Divide; what is not known, or has nothing to be divided by, is None and never zero."""
    return {
        "cars_per_point": _over(city.cars, city.points),
        "kw_per_car": _over(city.kw, city.cars),
        "points_per_1000": _over(city.points * PER_PEOPLE, city.people),
        "kwh_point_day": _over(city.kwh_year, city.points * DAYS),
        "homes_near_share": _over(city.homes_near, city.homes),
        "districts_above_share": _over(city.districts_above, city.districts),
    }


def _over(top: Amount | None, bottom: Amount | None) -> Amount | None:
    return None if top is None or not bottom else top / bottom
