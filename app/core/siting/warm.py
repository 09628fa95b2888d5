"""Compile the solver before anybody waits for it."""

import numpy as np

from app.core.siting.allocate import losses
from app.core.siting.bound import bound_at
from app.core.siting.instance import build_instance
from app.core.siting.local import improve
from app.core.siting.problem import Demands, Grid, Problem, Sites, Terms
from app.core.siting.reach import build_reach, find_pairs
from app.core.siting.solve import choose, no_deadline, prove

SITES = 3


def warm_up() -> None:
    """Solve a tiny problem with every kind of limit, once."""
    xy = np.array([[0.0, 0.0], [80.0, 0.0], [160.0, 0.0]])
    whole, half = np.ones(SITES, np.int32), np.full(SITES, 0.5)
    nobody = np.zeros(SITES, bool)
    demands = Demands(("a", "b", "c"), xy, np.full(SITES, 3.0), np.zeros(SITES, np.int32))
    sites = Sites(
        id=("a", "b", "c"),
        xy=xy.copy(),
        max_points=whole * 2,
        existing=np.array([1, 0, 0], np.int32),
        fixed_eur=half,
        point_eur=half.copy(),
        kwh_point=half.copy(),
        pull=half.copy(),
        district=np.zeros(SITES, np.int32),
        transformer=np.zeros(SITES, np.int32),
        locked=nobody,
        barred=nobody.copy(),
    )
    grid = Grid(("t",), np.array([3.0]), np.array([1.0]), np.array([3]))
    terms = Terms(300.0, 1.3, budget_eur=5.0, max_points=3.0, floor_share=0.5)
    problem = Problem(demands, sites, grid, terms, ("d",))
    pairs = find_pairs(demands.xy, sites.xy, radius_m=terms.radius_m, detour=terms.detour)
    instance = build_instance(problem, build_reach(demands, pairs, SITES))
    draft, found = choose(instance)
    draft, found = improve(instance, draft, found, xy=xy, seed=0, rounds=1, expired=no_deadline)
    losses(instance, found, np.array([1]))
    solution = prove(instance, draft, found, iterations=1, expired=no_deadline)
    bound_at(instance, solution.prices)
