"""What the demand model answers."""

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from app.core.engine.arrays import Floats

QUANTITIES = (
    "cars",
    "cars_company",
    "ev",
    "ev_private",
    "kwh_year",
    "sessions_day",
    "connected_hours_day",
    "points",
)
STATISTICS = ("mean", "p10", "p50", "p90")


@dataclass(frozen=True, slots=True)
class Band:
    """A quantity with its uncertainty. Only ``mean`` adds up; percentiles do not."""

    mean: float
    p10: float
    p50: float
    p90: float


@dataclass(frozen=True, slots=True)
class Benchmark:
    """A published figure to land near; ``inside`` is None where that cannot be said.

    ``value`` is the figure itself and ``ours`` our middle estimate of it.
    """

    id: str
    title: str
    published: str
    ours: float
    inside: bool | None
    source: str
    mark: str
    value: float | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Demand:
    """Charging demand of one year.

    Attributes
    ----------
    districts : (district,)
        ``district_id, name, ev_share`` (of private cars, middle estimate), ``ev_share_start``
        (when cars were counted, small districts pulled to the city), ``rates_hidden`` (too few
        homes to show a rate), ``status``,
        ``points_plan`` (whole), ``points_coverage`` (points that a floor of one would add to the
        plan), ``no_own_parking`` (share of homes) and ``homes_no_own_parking``, ``depot_kwh_day``
        (charged at depots, not at public points), ``kw_nominal`` and ``afir_kw`` (at the mean) and
        per quantity q and statistic s a column ``q_s``, such as ``kwh_year_p50``; rows in
        the order of the layer.
    groups : (group,)
        ``group`` and ``kwh_year_*``, ``sessions_day_*``; ``logistics`` last, 0 at public points.
    sessions_day : (district, group)
        Mean sessions a day; groups in the order of ``GROUPS``.
    kwh_session : (group,)
        Mean energy of a session [kWh].
    city
        The whole city per quantity.
    afir_kw
        Public power the AFIR fleet yardstick asks for [kW].
    """

    year: int
    draws: int
    seed: int
    districts: pd.DataFrame
    groups: pd.DataFrame
    sessions_day: Floats
    kwh_session: Floats
    city: Mapping[str, Band]
    points_plan: int
    afir_kw: float
    benchmarks: tuple[Benchmark, ...]
    notices: tuple[str, ...]
