"""How dense public charging is, in the ratios that cities compare; points, never posts."""

from dataclasses import dataclass

DAYS, PER_PEOPLE = 365, 1000


@dataclass(frozen=True, slots=True)
class City:
    """What the ratios are made of; None where nobody has counted.

    ``points`` are public charge points: a post of two counts as two. ``kw`` is the sum of their
    power, ``kwh_year`` what they give, ``homes_near`` the homes without own parking within a
    walk of a point and ``homes`` all of those.
    """

    points: int
    cars: float | None = None
    people: float | None = None
    kw: float | None = None
    kwh_year: float | None = None
    homes: float | None = None
    homes_near: float | None = None
    districts: int = 0
    districts_above: int | None = None


def ratios(city: City) -> dict[str, float | None]:
    """Divide; what is not known, or has nothing to be divided by, is None and never zero."""
    return {
        "cars_per_point": _over(city.cars, city.points),
        "kw_per_car": _over(city.kw, city.cars),
        "points_per_1000": _over(city.points * PER_PEOPLE, city.people),
        "kwh_point_day": _over(city.kwh_year, city.points * DAYS),
        "homes_near_share": _over(city.homes_near, city.homes),
        "districts_above_share": _over(city.districts_above, city.districts),
    }


def _over(top: float | None, bottom: float | None) -> float | None:
    return None if top is None or not bottom else top / bottom
