"""Plans in years: nothing built is taken back, and no year spends another's money."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from app.core.errors import InputError
from app.core.siting.instance import Instance, neighbours
from app.core.siting.phasing import Year, phase
from app.core.siting.problem import Problem
from app.core.siting.reach import build_reach, find_pairs

Make = Callable[..., Problem]


def years_of(problem: Problem, growth: tuple[float, ...], budget: float) -> list[Year]:
    found = []
    for at, factor in enumerate(growth):
        demands = replace(problem.demands, kwh_day=problem.demands.kwh_day * factor)
        terms = replace(problem.terms, budget_eur=budget)
        now = replace(problem, demands=demands, terms=terms)
        pairs = find_pairs(
            demands.xy, problem.sites.xy, radius_m=terms.radius_m, detour=terms.detour
        )
        found.append(Year(2026 + 2 * at, now, build_reach(demands, pairs, len(problem.sites.id))))
    return found


@pytest.mark.parametrize("seed", range(30))
def test_years_are_nested_and_each_keeps_its_own_limits(seed: int, make: Make) -> None:
    spacing = 120.0 * (seed % 2)
    problem = make(
        seed, demands=30, sites=12, cap=3, headroom_kw=14.0, transformers=3, pulls=True,
        existing=True, spacing_m=spacing,
    )  # fmt: skip
    years = years_of(problem, (0.5, 0.8, 1.2), 12_000.0)
    near = neighbours(problem.sites.xy, spacing)
    found = phase(years, near, 0.03)
    assert found.points.shape == (3, 12)
    assert (np.diff(found.points, axis=0) >= 0).all()
    before = np.zeros(12, int)
    for at, now in enumerate(found.points):
        added = now - before
        opened = (now > 0) & (before == 0) & (problem.sites.existing == 0)
        cost = problem.sites.fixed_eur @ opened + problem.sites.point_eur @ added
        assert cost <= 12_000.0 + 1e-6
        used = np.bincount(problem.sites.transformer, now, 3)
        assert (used <= problem.grid.fit).all()
        assert (now + problem.sites.existing <= problem.sites.max_points).all()
        new = np.flatnonzero((now > 0) & (problem.sites.existing == 0))
        gap = np.linalg.norm(problem.sites.xy[new][:, None] - problem.sites.xy[new][None], axis=2)
        assert (gap[~np.eye(new.size, dtype=bool)] >= spacing - 1e-9).all()
        assert found.value[at] >= 0
        before = now
    assert found.first[found.points[-1] == 0].tolist() == [-1] * int((found.points[-1] == 0).sum())


def test_backward_wins_where_the_near_future_misleads(make: Make) -> None:
    """Worked by hand: a small gain now would spend the room the great gain of later needs.

    One transformer with room for one point. Today only demand A (6 kWh) exists; in the last year
    B (16 kWh) does. Forward spends the room on A and serves 6 + 6; backward waits: 0 + 16.
    """
    problem = make(0, demands=2, sites=2, cap=1, transformers=1)
    xy = np.array([[0.0, 0.0], [1_000.0, 0.0]])
    sites = replace(
        problem.sites, xy=xy, max_points=np.ones(2, np.int32), transformer=np.zeros(2, np.int32),
        point_eur=np.full(2, 3_500.0),
    )  # fmt: skip
    grid = replace(
        problem.grid, headroom_kw=np.array([4.0]), fit=np.array([1]), kappa_kw=np.array([3.85])
    )
    demands = replace(problem.demands, xy=xy, kwh_day=np.array([6.0, 0.0]))
    first = replace(problem, sites=sites, grid=grid, demands=demands)
    later = replace(first, demands=replace(demands, kwh_day=np.array([6.0, 16.0])))
    years = [
        replace(years_of(each, (1.0,), 10_000.0)[0], year=year)
        for year, each in ((2026, first), (2028, later))
    ]
    found = phase(years, neighbours(xy, 0.0), 0.03)
    assert found.way == "backward"
    assert found.points.tolist() == [[0, 0], [0, 1]]
    assert found.first.tolist() == [-1, 1]
    early = phase(years, neighbours(xy, 0.0), 5.0)  # who only counts today builds today
    assert early.way == "forward"
    assert early.points.tolist() == [[1, 0], [1, 0]]


def test_years_must_rise(make: Make, instance_of: Callable[[Problem], Instance]) -> None:
    problem = make(1)
    years = years_of(problem, (1.0, 1.0), 5_000.0)
    with pytest.raises(InputError, match="must rise: 2028, 2026"):
        phase(years[::-1], neighbours(problem.sites.xy, 0.0), 0.03)
    with pytest.raises(InputError, match="at least one year"):
        phase([], neighbours(problem.sites.xy, 0.0), 0.03)
    assert instance_of(problem).cap.size == 5
