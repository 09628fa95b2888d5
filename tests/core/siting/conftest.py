"""Small random problems, and ways to solve them for certain."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import product

import numpy as np
import pytest

from app.core.siting.allocate import allocate
from app.core.siting.instance import Instance, build_instance
from app.core.siting.local import objective
from app.core.siting.problem import Demands, Grid, Problem, Sites, Terms, fitting
from app.core.siting.reach import build_reach, find_pairs

Make = Callable[..., Problem]


@dataclass(frozen=True)
class Oracle:
    """The best there is, by trying everything."""

    value: float
    tried: int


def _make(  # noqa: PLR0913
    seed: int,
    *,
    demands: int = 8,
    sites: int = 5,
    cap: int = 2,
    side_m: float = 500.0,
    budget_eur: float = np.inf,
    max_points: float = np.inf,
    headroom_kw: float = np.inf,
    transformers: int = 2,
    pulls: bool = False,
    existing: bool = False,
    locked: bool = False,
    floor_share: float = 0.0,
    spacing_m: float = 0.0,
    objective: str = "served",
) -> Problem:
    rng = np.random.default_rng(seed)
    total = sites
    there = rng.integers(0, 2, total) * existing
    most = rng.integers(0, cap + 1, total) + there
    lock = np.zeros(total, bool)
    if locked and most.any():
        lock[int(np.argmax(most))] = True
    room = np.full(transformers, headroom_kw)
    kappa = np.full(transformers, 3.85)
    return Problem(
        Demands(
            tuple(f"d{at:04d}" for at in range(demands)),
            rng.uniform(0, side_m, (demands, 2)),
            np.round(rng.gamma(2, 4, demands), 3),
            rng.integers(0, 2, demands).astype(np.int32),
        ),
        Sites(
            id=tuple(f"c{at:04d}" for at in range(total)),
            xy=rng.uniform(0, side_m, (total, 2)),
            max_points=most.astype(np.int32),
            existing=there.astype(np.int32),
            fixed_eur=np.full(total, 1000.0),
            point_eur=rng.choice([3500.0, 4200.0], total),
            kwh_point=np.full(total, 16.0),
            pull=rng.uniform(0.8, 1.2, total) if pulls else np.ones(total),
            district=np.zeros(total, np.int32),
            transformer=rng.integers(0, transformers, total).astype(np.int32),
            locked=lock,
            barred=np.zeros(total, bool),
        ),
        Grid(tuple(f"t{at}" for at in range(transformers)), room, kappa, fitting(room, kappa)),
        Terms(
            radius_m=300.0,
            detour=1.3,
            budget_eur=budget_eur,
            max_points=max_points,
            spacing_m=spacing_m,
            floor_share=floor_share,
            objective=objective,
        ),
        ("north", "south"),
    )


def _instance(problem: Problem) -> Instance:
    terms = problem.terms
    pairs = find_pairs(
        problem.demands.xy, problem.sites.xy, radius_m=terms.radius_m, detour=terms.detour
    )
    return build_instance(problem, build_reach(problem.demands, pairs, len(problem.sites.id)))


def _allowed(problem: Problem, instance: Instance, points: np.ndarray) -> bool:
    new = (points > 0) & (instance.existing == 0)
    cost = instance.fixed_eur @ new + instance.point_eur @ points
    used = np.bincount(instance.transformer, points * instance.slots, instance.fit.size)
    gap = np.linalg.norm(problem.sites.xy[:, None] - problem.sites.xy[None], axis=2)
    near = (gap < problem.terms.spacing_m) & ~np.eye(points.size, dtype=bool)
    return bool(
        cost <= instance.budget_eur + 1e-6
        and points.sum() <= instance.max_points
        and (used <= instance.fit).all()
        and (points >= instance.locked).all()
        and not near[np.ix_(new, new)].any()
    )


def _best(problem: Problem) -> Oracle:
    instance = _instance(problem)
    best, tried = -np.inf, 0
    for choice in product(*(range(cap + 1) for cap in instance.cap)):
        points = np.array(choice, np.int32)
        if _allowed(problem, instance, points):
            tried += 1
            best = max(best, objective(instance, allocate(instance, points)))
    return Oracle(best, tried)


@pytest.fixture(scope="session")
def make() -> Make:
    """Make a random problem from a seed."""
    return _make


@pytest.fixture(scope="session")
def instance_of() -> Callable[[Problem], Instance]:
    """Get a problem ready to solve."""
    return _instance


@pytest.fixture(scope="session")
def best() -> Callable[[Problem], Oracle]:
    """Try every plan there is."""
    return _best


@pytest.fixture(scope="session")
def with_terms() -> Callable[..., Problem]:
    """Change what the planner allows."""

    def change(problem: Problem, **terms: float) -> Problem:
        return replace(problem, terms=replace(problem.terms, **terms))  # type: ignore[arg-type]

    return change
