"""Published figures that a forecast should land near, or say why not."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from app.core.demand.result import Benchmark
from app.core.demand.sessions import DAYS
from app.core.demand.uncertainty import statistics
from app.core.engine.arrays import Floats
from app.core.parameters import Parameter


@dataclass(frozen=True, slots=True)
class Yardstick:
    """A published figure: the quantity it speaks of, and the years and city it can judge.

    ``parameter`` names the number with its source; its range is what was published.
    """

    parameter: str
    title: str
    published: str
    quantity: Callable[[Mapping[str, Floats]], Floats]
    years: tuple[int, int]
    mark: str
    place: str = ""


def _per(top: str, bottom: str, scale: float = 1.0) -> Callable[[Mapping[str, Floats]], Floats]:
    def ratio(totals: Mapping[str, Floats]) -> Floats:
        below = totals[bottom]
        none = np.full(below.shape, np.nan)
        found: Floats = np.divide(totals[top] * scale, below, out=none, where=below > 0)
        return found

    return ratio


def _total(name: str) -> Callable[[Mapping[str, Floats]], Floats]:
    return lambda totals: totals[name]


UTRECHT = "utrecht"
YARDSTICKS = (
    Yardstick(
        "benchmark_plan_ev_2025",
        "Electric cars in the plan of 2018",
        "25,000 in 2025 (21 %)",
        _total("ev"),
        (2025, 2025),
        "B",
        UTRECHT,
    ),
    Yardstick(
        "benchmark_plan_ev_2030",
        "Electric cars in the plan of 2018",
        "55,000 in 2030 (44 %)",
        _total("ev"),
        (2030, 2030),
        "B",
        UTRECHT,
    ),
    Yardstick(
        "benchmark_share_2030",
        "Electric share in the revision of 2022",
        "one fifth in 2030",
        _per("ev_private", "cars"),
        (2030, 2030),
        "B",
        UTRECHT,
    ),
    Yardstick(
        "benchmark_points_2021",
        "Public and semi-public points",
        "3,263 at the end of 2021",
        _total("points"),
        (2022, 2023),
        "B",
        UTRECHT,
    ),
    Yardstick(
        "benchmark_points_2025",
        "Points needed",
        "4,600 in 2025 (about 3,800 expected)",
        _total("points"),
        (2025, 2025),
        "B",
        UTRECHT,
    ),
    Yardstick(
        "benchmark_points_2030",
        "Points needed",
        "about 7,200 in 2030",
        _total("points"),
        (2030, 2030),
        "B",
        UTRECHT,
    ),
    Yardstick(
        "benchmark_kwh_point_day",
        "kWh per point and day",
        "17 (German towns; no current Dutch figure can be cited, a vendor's example of 2017 says "
        "20.7 per post of two points)",
        _per("kwh_year", "points", 1 / DAYS),
        (2022, 2026),
        "B",
    ),
    Yardstick(
        "benchmark_ev_per_point",
        "Plug-in cars per public point",
        "1.1 (2017) to 4.7 (2022) in the Netherlands",
        _per("ev", "points"),
        (2022, 2030),
        "B",
    ),
)


def strip(
    totals: Mapping[str, Floats], numbers: Mapping[str, Parameter], *, year: int, place: str
) -> tuple[Benchmark, ...]:
    """Set our year beside what was published; figures of one other year or city are left out.

    Inside means that our P10 to P90 meets the published range. A figure of no one city is shown
    in every year, but judges only the years it can speak of.
    """
    found = []
    for each in YARDSTICKS:
        speaks = each.years[0] <= year <= each.years[1]
        if each.place and (each.place != place or not speaks):
            continue
        drawn = each.quantity(totals)
        if np.isnan(drawn).any():
            continue  # no points, nothing to divide by
        found.append(_judge(each, drawn, numbers[each.parameter], speaks=speaks))
    return tuple(found)


def _judge(each: Yardstick, drawn: Floats, number: Parameter, *, speaks: bool) -> Benchmark:
    _, low, middle, high = statistics(drawn)
    meets = bool(low <= number.high and number.low <= high)
    return Benchmark(
        id=each.parameter.removeprefix("benchmark_"),
        title=each.title,
        published=each.published,
        ours=float(middle),
        inside=meets if speaks else None,
        source=number.source,
        mark=each.mark,
        value=number.value,
    )
