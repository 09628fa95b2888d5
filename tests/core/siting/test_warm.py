"""What was compiled before anybody waits is what every question uses."""

from collections.abc import Callable

import pytest

from app.core.siting import kernels_bound, kernels_flow, kernels_swap
from app.core.siting.bound import bound_at
from app.core.siting.instance import Instance
from app.core.siting.local import improve
from app.core.siting.problem import Problem
from app.core.siting.solve import choose, no_deadline, prove
from app.core.siting.warm import warm_up

KERNELS = (
    kernels_bound.descend, kernels_bound.relax, kernels_flow.close, kernels_swap.attempts,
    kernels_swap.rate_all,
)  # fmt: skip


@pytest.mark.parametrize("limits", [{}, {"floor_share": 0.3}, {"spacing_m": 90.0, "max_points": 9}])
def test_no_question_waits_for_the_compiler(
    limits: dict[str, float],
    make: Callable[..., Problem],
    instance_of: Callable[[Problem], Instance],
) -> None:
    warm_up()
    known = [len(each.signatures) for each in KERNELS]  # type: ignore[attr-defined]
    assert min(known) >= 1
    problem = make(1, demands=40, sites=12, budget_eur=40_000.0, **limits)
    instance = instance_of(problem)
    draft, found = improve(
        instance, *choose(instance), xy=problem.sites.xy, seed=0, rounds=100, expired=no_deadline
    )
    first = prove(instance, draft, found, iterations=20, expired=no_deadline)
    prove(instance, draft, found, iterations=20, expired=no_deadline, start=first.prices)
    bound_at(instance, first.prices)
    assert [len(each.signatures) for each in KERNELS] == known  # type: ignore[attr-defined]
