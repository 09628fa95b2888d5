"""Sharing demand among open sites: exact, weighted, with floors."""

from collections.abc import Callable

import numpy as np
import pytest
from scipy.optimize import linprog

from app.core.siting.allocate import allocate, losses
from app.core.siting.instance import Instance
from app.core.siting.local import objective
from app.core.siting.problem import Problem

Make = Callable[..., Problem]


def best_sharing(instance: Instance, points: np.ndarray) -> float:
    """Solve the sharing of given points as a linear programme."""
    reach, total = instance.reach, points + instance.existing
    site = np.repeat(np.arange(reach.sites), np.diff(reach.site_start))
    row, arcs = reach.site_row, reach.site_row.size
    short = instance.floor_kwh.size
    cost = np.concatenate([-instance.pull[site], np.full(short, instance.floored)])
    rows = np.zeros((reach.rows + reach.sites + short, arcs + short))
    rows[row, np.arange(arcs)] = 1
    rows[reach.rows + site, np.arange(arcs)] = 1
    rows[reach.rows + reach.sites + reach.district[row], np.arange(arcs)] = -1
    rows[reach.rows + reach.sites + np.arange(short), arcs + np.arange(short)] = -1
    most = np.concatenate(
        [reach.weight_kwh, total * instance.kwh_point, -instance.floor_kwh * bool(instance.floored)]
    )
    return -linprog(cost, A_ub=rows, b_ub=most, bounds=(0, None), method="highs").fun


@pytest.mark.parametrize("floor_share", [0.0, 0.5])
def test_equals_the_linear_programme(
    floor_share: float, make: Make, instance_of: Callable[[Problem], Instance]
) -> None:
    for seed in range(25):
        problem = make(
            seed, demands=25, sites=12, cap=3, side_m=700.0, pulls=True, existing=True,
            floor_share=floor_share,
        )  # fmt: skip
        instance = instance_of(problem)
        points = np.random.default_rng(seed).integers(0, 2, 12).astype(np.int32)
        points = np.minimum(points, instance.cap)
        found = allocate(instance, points)
        assert objective(instance, found) == pytest.approx(best_sharing(instance, points), abs=1e-4)


def test_nobody_is_served_twice_and_no_site_gives_more_than_it_has(
    make: Make, instance_of: Callable[[Problem], Instance]
) -> None:
    instance = instance_of(make(7, demands=200, sites=30, cap=4, side_m=1500.0))
    found = allocate(instance, instance.cap)
    taken = np.bincount(found.row, found.kwh, instance.reach.rows)
    assert (taken <= instance.reach.weight_kwh + 1e-6).all()
    assert (found.served_kwh <= instance.cap * instance.kwh_point + 1e-6).all()
    assert (found.metres <= 300.0 + 1e-9).all()
    np.testing.assert_allclose(taken + found.left_kwh, instance.reach.weight_kwh, atol=1e-5)


def test_losses_are_what_closing_really_costs(
    make: Make, instance_of: Callable[[Problem], Instance]
) -> None:
    for seed in range(10):
        problem = make(seed, demands=40, sites=12, cap=3, side_m=700.0, existing=True)
        instance = instance_of(problem)
        found = allocate(instance, instance.cap)
        chosen = np.flatnonzero(instance.cap)
        told = losses(instance, found, chosen)
        for at, site in enumerate(chosen):
            less = instance.cap.copy()
            less[site] = 0
            again = found.value - allocate(instance, less).value
            assert told[at] == pytest.approx(again, abs=1e-4)
