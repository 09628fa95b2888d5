"""Places in years: what is built stays, and each year keeps within its own money and room."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from app.core.engine.arrays import Floats, Ints, Longs
from app.core.errors import InputError
from app.core.siting.allocate import allocate
from app.core.siting.greedy import greedy
from app.core.siting.instance import Instance, build_instance
from app.core.siting.local import objective
from app.core.siting.problem import Problem, freeze
from app.core.siting.reach import Reach
from app.core.siting.solve import choose

FORWARD, BACKWARD = "forward", "backward"


@dataclass(frozen=True, slots=True, eq=False)
class Year:
    """One year's question.

    ``problem.terms`` holds what may be spent in this year and how many new points may stand by its
    end.
    """

    year: int
    problem: Problem
    reach: Reach


@dataclass(frozen=True, slots=True, eq=False)
class Phases:
    """A plan in years.

    Attributes
    ----------
    points : (year, site)
        All new points by the end of each year: never fewer than the year before.
    value : (year,)
        Worth of what stands then [kWh/day].
    way
        "forward" (year by year) or "backward" (the last year's plan, brought forward).
    """

    years: tuple[int, ...]
    points: Ints
    value: Floats
    way: str

    def __post_init__(self) -> None:
        """Freeze the arrays."""
        freeze(self)

    @property
    def first(self) -> Ints:
        """Index of the year in which each site gets its first new point; -1 for never."""
        ever = self.points > 0
        return np.where(ever.any(axis=0), ever.argmax(axis=0), -1).astype(np.int32)


def phase(years: Sequence[Year], near: tuple[Longs, Ints], discount: float) -> Phases:
    """Plan the years both ways and keep the one that serves more, early years counting more.

    Forward takes each year as it comes and is short-sighted; backward knows where the years lead,
    but builds late what would have served early. Every year's own limits hold in both.
    """
    if not years:
        raise InputError("a plan in years needs at least one year")
    order = [each.year for each in years]
    if order != sorted(set(order)):
        raise InputError("the years of a plan must rise: " + ", ".join(map(str, order)))
    years = _lasting(years)
    full = [build_instance(each.problem, each.reach, near) for each in years]
    found = [
        _judge(years, full, way(years, near), name)
        for name, way in ((FORWARD, _forward), (BACKWARD, _backward))
    ]
    weight = np.array([(1 + discount) ** -(year - order[0]) for year in order])
    return max(found, key=lambda each: float(weight @ each.value))


def _lasting(years: Sequence[Year]) -> list[Year]:
    """Let no year use room that a later one has not: what is built stays."""
    found: list[Year] = []
    for each in reversed(years):
        grid = each.problem.grid
        if found:
            grid = replace(grid, fit=np.minimum(grid.fit, found[-1].problem.grid.fit))
        found.append(replace(each, problem=replace(each.problem, grid=grid)))
    return found[::-1]


def standing(problem: Problem, built: Ints) -> Problem:
    """Let ``built`` (site,) stand: it serves, takes room and parking, and is paid."""
    sites, grid = problem.sites, problem.grid
    used = np.bincount(sites.transformer[built > 0], (built * sites.slots)[built > 0], len(grid.id))
    total = (sites.existing + built).astype(np.int32)
    return replace(
        problem,
        sites=replace(sites, existing=total, max_points=np.maximum(sites.max_points, total)),
        grid=replace(grid, fit=np.maximum(grid.fit - used, 0).astype(np.int64)),
    )


def _forward(years: Sequence[Year], near: tuple[Longs, Ints]) -> Ints:
    """Solve each year on top of what the years before have built."""
    return _grow(years, near, lambda _, instance: choose(instance)[0].points)


def _backward(years: Sequence[Year], near: tuple[Longs, Ints]) -> Ints:
    """Solve the last year with all the money, then build towards that plan year by year."""
    last = years[-1].problem
    terms = [each.problem.terms for each in years]
    purse = replace(
        last.terms,
        budget_eur=sum(each.budget_eur for each in terms),
    )
    goal = choose(build_instance(replace(last, terms=purse), years[-1].reach, near))[0].points

    def towards(built: Ints, instance: Instance) -> Ints:
        cap = np.minimum(instance.cap, np.maximum(goal - built, 0)).astype(np.int32)
        return greedy(replace(instance, cap=np.maximum(cap, instance.locked))).points

    return _grow(years, near, towards)


def _grow(
    years: Sequence[Year],
    near: tuple[Longs, Ints],
    add: Callable[[Ints, Instance], Ints],
) -> Ints:
    built = np.zeros(len(years[0].problem.sites.id), np.int32)
    found = []
    for each in years:
        instance = build_instance(standing(each.problem, built), each.reach, near)
        most = max(instance.max_points - float(built.sum()), 0.0)
        cap = np.minimum(_spaced(instance, built), most).astype(np.int32)
        instance = replace(instance, cap=cap, max_points=most)
        built = (built + add(built, instance)).astype(np.int32)
        found.append(built)
    return np.array(found)


def _spaced(instance: Instance, built: Ints) -> Ints:
    """Shut new sites too close to one that a year before has opened."""
    owner = np.repeat(np.arange(built.size), np.diff(instance.near_start))
    beside = np.bincount(owner, built[instance.near] > 0, built.size) > 0
    shut = beside & (instance.existing == 0) & (instance.locked == 0)
    return np.where(shut, 0, instance.cap).astype(np.int32)


def _judge(years: Sequence[Year], full: Sequence[Instance], points: Ints, way: str) -> Phases:
    value = [objective(one, allocate(one, now)) for one, now in zip(full, points, strict=True)]
    return Phases(tuple(each.year for each in years), points, np.array(value), way)
