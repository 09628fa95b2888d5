"""The steps from energy to points."""

from collections.abc import Iterator

import numpy as np

from app.core.demand import sessions, sizing
from app.core.demand.case import Case
from app.core.demand.chain import Step


def steps(case: Case) -> Iterator[Step]:
    """Say how long cars are connected, and how many points that takes."""
    for part in (_sessions, _load, _clustered, _points):
        yield from part(case)


def _sessions(case: Case) -> Iterator[Step]:
    kwh, hours = case.value("kwh_session"), case.value("hours_session")
    daily = case.found["sessions_day"]
    yield Step(
        "sessions_day",
        "sessions",
        "Sessions",
        daily,
        "sessions a day",
        "{kwh_year_sum} kWh / {days} days / {kwh} kWh",
        {"kwh_year_sum": case.found["kwh_year"], "days": sessions.DAYS, "kwh": kwh},
        ("kwh_session",),
        band=case.bands["sessions_day"],
    )
    yield Step(
        "connected_hours_day",
        "sessions",
        "Time that cars are connected",
        case.found["connected_hours_day"],
        "h a day",
        "{sessions} sessions x {hours} h",
        {"sessions": daily, "hours": hours},
        ("hours_session",),
        band=case.bands["connected_hours_day"],
    )


def _load(case: Case) -> Iterator[Step]:
    yield Step(
        "load",
        "sessions",
        "Cars connected at once in the busiest hours",
        _offered(case),
        "erlang",
        "{hours} h / {day} h x {peak}",
        {
            "hours": case.found["connected_hours_day"],
            "day": sessions.HOURS,
            "peak": case.value("peak_factor"),
        },
        ("peak_factor",),
    )


def _clustered(case: Case) -> Iterator[Step]:
    load, count = _offered(case), _clusters(case)
    yield Step(
        "households",
        "points",
        "Households",
        case.fact("households"),
        "households",
        case.origin("households"),
        {},
        status=case.status("households"),
    )
    yield Step(
        "clusters",
        "points",
        "Clusters of homes that share points",
        count,
        "clusters",
        "{households} households / {homes}, rounded, at least one",
        {"households": case.fact("households"), "homes": case.value("homes_per_cluster")},
        ("homes_per_cluster",),
    )
    yield Step(
        "cluster_load",
        "points",
        "Load of a cluster",
        load / count,
        "erlang",
        "{load} / {clusters}",
        {"load": load, "clusters": count},
    )


def _offered(case: Case) -> float:
    hours = np.array([case.found["connected_hours_day"]])
    return float(sessions.offered_load(hours, case.cloud.values)[0])


def _clusters(case: Case) -> float:
    households = np.array([case.fact("households")])
    return float(sessions.clusters(households, case.cloud.values)[0, 0])


def _points(case: Case) -> Iterator[Step]:
    count, total = _clusters(case), case.found["points"]
    each, load = total / count, _offered(case) / count
    enough, fewer = sizing.blocked(round(each), load), sizing.blocked(round(each) - 1, load)
    yield Step(
        "cluster_points",
        "points",
        "Points of a cluster",
        each,
        "points",
        "with {points} points {blocked_share} of arrivals find all taken, with {fewer} points"
        " {before_share}; at most {target_share} may"
        if each
        else "no load, no points",
        {
            "points": each,
            "blocked_share": enough,
            "fewer": each - 1,
            "before_share": fewer,
            "target_share": case.cloud.block_target,
        }
        if each
        else {},
    )
    yield Step(
        "points",
        "points",
        "Points",
        total,
        "points",
        "{clusters} clusters x {points} points",
        {"clusters": count, "points": each},
        band=case.bands["points"],
    )
    middle = case.bands["points"].p50
    yield Step(
        "points_plan",
        "points",
        "Points planned",
        case.points_plan,
        "points",
        "the middle estimate of {draws} draws, {middle}, rounded up",
        {"draws": case.draws, "middle": middle},
    )
