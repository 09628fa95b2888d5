"""Least regret: the plan that disappoints least, by hand and at random."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from app.core.errors import InputError
from app.core.siting.allocate import allocate
from app.core.siting.instance import Instance
from app.core.siting.problem import Problem
from app.core.siting.regret import Regret, compare, fitting_points, worth

Make = Callable[..., Problem]
Ready = Callable[[Problem], Instance]


def test_the_choice_is_the_smallest_of_the_largest_losses() -> None:
    """Two bets lose 10 and 8 where they are wrong, the compromise 4 at most."""
    value = np.array([[20.0, 5.0], [10.0, 13.0], [17.0, 11.0]])
    found = Regret(np.zeros((3, 1), np.int32), value, value.max(axis=0) - value)
    assert found.regret.tolist() == [[0, 8], [10, 0], [3, 2]]
    assert found.choice == 2
    tied = Regret(found.plans, value, np.array([[4.0, 0.0], [4.0, 1.0], [0.0, 4.0]]))
    assert tied.choice == 0  # equal worst: the mean decides, then the order


@pytest.mark.parametrize("seed", range(20))
def test_each_future_ranks_its_plans_and_nothing_exceeds_its_room(
    seed: int, make: Make, instance_of: Ready
) -> None:
    problem = make(seed, demands=30, sites=12, cap=3, headroom_kw=14.0, transformers=3, pulls=True)
    problem = replace(problem, terms=replace(problem.terms, budget_eur=30_000.0))
    calm = instance_of(problem)
    busy = replace(calm, reach=replace(calm.reach, weight_kwh=calm.reach.weight_kwh * 2))
    tight = replace(calm, fit=np.maximum(calm.fit - 2, 0), cap=np.minimum(calm.cap, 1))
    found = compare([calm, busy, tight])
    assert found.plans.shape == (4, 12)
    assert (found.regret >= 0).all()
    assert (found.regret.min(axis=0) == 0).all()
    assert found.value[:, 0] == pytest.approx([worth(calm, plan) for plan in found.plans])
    for plan in found.plans:
        kept = fitting_points(tight, plan)
        used = np.bincount(tight.transformer, kept, tight.fit.size)
        assert (used <= tight.fit).all()
        assert (kept <= plan).all()
    assert found.choice in range(4)


def test_what_fits_is_left_alone_and_what_serves_least_goes_first(
    make: Make, instance_of: Ready
) -> None:
    instance = instance_of(make(5, demands=30, sites=8, cap=2, transformers=1))
    points = np.ones(8, np.int32)
    assert fitting_points(instance, points) is points
    tight = replace(instance, fit=np.array([3, 0]))
    kept = fitting_points(tight, points)
    served = allocate(tight, points).served_kwh
    assert kept.sum() == 3
    assert served[kept > 0].min() >= served[kept == 0].max()


def test_futures_with_other_candidates_are_refused(make: Make, instance_of: Ready) -> None:
    with pytest.raises(InputError, match="do not share their candidates"):
        compare([instance_of(make(1)), instance_of(make(1, sites=6))])
    with pytest.raises(InputError, match="at least one future"):
        compare([])
