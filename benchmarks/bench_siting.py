"""Time of the siting solver, with warm kernels.

``.venv/bin/python benchmarks/bench_siting.py`` prints the table of docs/benchmarks.md.
"""

from collections.abc import Callable
from time import perf_counter

import numpy as np

from app.core.siting.bound import upper_bound
from app.core.siting.instance import Instance, build_instance
from app.core.siting.problem import Demands, Grid, Problem, Sites, Terms, fitting
from app.core.siting.reach import build_reach, find_pairs
from app.core.siting.solve import choose, no_deadline
from app.core.siting.warm import warm_up

SIZES = ((4_000, 1_000, 2.0e6), (100_000, 20_000, 4.0e7))
RADIUS_M, DETOUR, STEPS = 250.0, 1.3, 60
Answer = tuple[str, float]


def question(demands: int, sites: int, budget_eur: float) -> Problem:
    """Draw a city of one demand point per 1,000 m2."""
    rng = np.random.default_rng(1)
    side_m, transformers = (demands * 1_000.0) ** 0.5, max(1, sites // 8)
    room, kappa = rng.uniform(0, 90, transformers), np.full(transformers, 3.85)
    nobody = np.zeros(sites, bool)
    return Problem(
        Demands(
            tuple(f"d{at:06d}" for at in range(demands)),
            rng.uniform(0, side_m, (demands, 2)),
            rng.gamma(2, 3, demands),
            np.zeros(demands, np.int32),
        ),
        Sites(
            id=tuple(f"c{at:06d}" for at in range(sites)),
            xy=rng.uniform(0, side_m, (sites, 2)),
            max_points=rng.integers(0, 9, sites).astype(np.int32),
            existing=np.zeros(sites, np.int32),
            fixed_eur=np.full(sites, 1_000.0),
            point_eur=np.full(sites, 3_500.0),
            kwh_point=np.full(sites, 16.0),
            pull=np.ones(sites),
            district=np.zeros(sites, np.int32),
            transformer=rng.integers(0, transformers, sites).astype(np.int32),
            locked=nobody,
            barred=nobody.copy(),
        ),
        Grid(tuple(f"t{at}" for at in range(transformers)), room, kappa, fitting(room, kappa)),
        Terms(RADIUS_M, DETOUR, budget_eur=budget_eur),
        ("city",),
    )


def stages(problem: Problem) -> list[Answer]:
    """Time every stage of one question [s]."""
    found: list[Answer] = []

    def timed(name: str, work: Callable[[], object]) -> object:
        begun = perf_counter()
        answer = work()
        found.append((name, perf_counter() - begun))
        return answer

    terms, count = problem.terms, len(problem.sites.id)
    pairs = find_pairs(problem.demands.xy, problem.sites.xy, radius_m=RADIUS_M, detour=DETOUR)
    timed(
        "pairs",
        lambda: find_pairs(
            problem.demands.xy, problem.sites.xy, radius_m=terms.radius_m, detour=terms.detour
        ),
    )
    timed("order and merge", lambda: build_reach(problem.demands, pairs, count))
    instance: Instance = build_instance(problem, build_reach(problem.demands, pairs, count))
    timed("choose and share out", lambda: choose(instance))
    draft, shared = choose(instance)
    timed(
        f"bound, {STEPS} steps",
        lambda: upper_bound(
            instance, draft, left_kwh=shared.left_kwh, objective=0.0, iterations=STEPS,
            expired=no_deadline,
        ),
    )  # fmt: skip
    return found


def test_siting(benchmark: Callable[..., object]) -> None:
    """Choose among 1,000 sites for 4,000 demand points."""
    problem = question(*SIZES[0])
    pairs = find_pairs(problem.demands.xy, problem.sites.xy, radius_m=RADIUS_M, detour=DETOUR)
    instance = build_instance(problem, build_reach(problem.demands, pairs, SIZES[0][1]))
    warm_up()
    draft, _ = benchmark(choose, instance)  # type: ignore[misc]
    assert draft.points.any()


if __name__ == "__main__":
    warm_up()
    for size in SIZES:
        asked = question(*size)
        for stage, seconds in stages(asked):
            print(f"{size[0]:>7,} x {size[1]:>6,}  {stage:<24} {seconds:8.3f} s")  # noqa: T201
