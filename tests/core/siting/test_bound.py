"""The bound against the linear relaxation it should come near."""

from collections.abc import Callable

import numpy as np
import pytest
from scipy.optimize import linprog
from scipy.sparse import coo_array, vstack

from app.core.siting.bound import upper_bound
from app.core.siting.instance import Instance
from app.core.siting.problem import Problem
from app.core.siting.solve import choose, no_deadline

Make = Callable[..., Problem]


def relaxation(instance: Instance) -> float:
    """Solve the tightened linear relaxation: x, n and z, with z <= w x."""
    reach, count = instance.reach, instance.cap.size
    site = np.repeat(np.arange(count), np.diff(reach.site_start))
    row, arcs = reach.site_row, reach.site_row.size
    x, n, z = np.arange(count), count + np.arange(count), 2 * count + np.arange(arcs)
    every, each = np.arange(arcs), np.arange(count)
    ones = np.ones

    def block(*parts: tuple[np.ndarray, np.ndarray, np.ndarray], rows: int) -> coo_array:
        data, down, across = (np.concatenate(each) for each in zip(*parts, strict=True))
        return coo_array((data, (down, across)), shape=(rows, 2 * count + arcs))

    matrix = vstack(
        [
            block((ones(arcs), row, z), rows=reach.rows),
            block((ones(arcs), site, z), (-instance.kwh_point, each, n), rows=count),
            block((ones(count), each, n), (-instance.cap.astype(float), each, x), rows=count),
            block((ones(count), each, x), (-ones(count), each, n), rows=count),
            block((ones(arcs), every, z), (-reach.weight_kwh[row], every, x[site]), rows=arcs),
            block((ones(count), instance.transformer, n), rows=instance.fit.size),
            block((instance.fixed_eur, each * 0, x), (instance.point_eur, each * 0, n), rows=1),
        ]
    )
    limits = [
        reach.weight_kwh, np.zeros(3 * count + arcs), np.minimum(instance.fit, 10**6),
        [instance.budget_eur],
    ]  # fmt: skip
    cost = np.concatenate([np.zeros(2 * count), -instance.pull[site]])
    bounds = [(0, 1)] * count + [(0, None)] * (count + arcs)
    found = linprog(cost, A_ub=matrix.tocsr(), b_ub=np.concatenate(limits), bounds=bounds)
    return float(-found.fun)


@pytest.mark.parametrize("seed", range(4))
def test_comes_near_the_linear_relaxation(
    seed: int, make: Make, instance_of: Callable[[Problem], Instance]
) -> None:
    problem = make(
        seed, demands=50, sites=30, cap=4, side_m=1000.0, budget_eur=120_000.0, headroom_kw=20.0,
        transformers=6, pulls=True,
    )  # fmt: skip
    instance = instance_of(problem)
    draft, found = choose(instance)
    bound = upper_bound(
        instance, draft, left_kwh=found.left_kwh, objective=found.value, iterations=800,
        expired=no_deadline,
    )  # fmt: skip
    assert found.value - 1e-6 <= bound.value <= relaxation(instance) * 1.01


def test_time_that_is_up_still_gives_a_bound(
    make: Make, instance_of: Callable[[Problem], Instance]
) -> None:
    instance = instance_of(make(1, demands=50, sites=30, budget_eur=60_000.0))
    draft, found = choose(instance)
    bound = upper_bound(
        instance, draft, left_kwh=found.left_kwh, objective=found.value, iterations=10_000,
        expired=lambda: True,
    )  # fmt: skip
    assert bound.iterations <= 10
    assert bound.value >= found.value
