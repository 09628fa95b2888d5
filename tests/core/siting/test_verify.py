"""The verifier accepts honest plans and rejects each kind of lie."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from app.core.siting.answer import claim_of
from app.core.siting.instance import Instance
from app.core.siting.problem import Problem
from app.core.siting.solve import choose, no_deadline, prove
from app.core.siting.verify import Claim, verify

Make = Callable[..., Problem]
Case = tuple[Problem, Claim]


@pytest.fixture
def honest(make: Make, instance_of: Callable[[Problem], Instance]) -> Case:
    problem = make(
        11, demands=60, sites=14, cap=3, side_m=900.0, budget_eur=60_000.0, headroom_kw=30.0,
        max_points=12, floor_share=0.2, spacing_m=20.0, pulls=True, locked=True,
    )  # fmt: skip
    instance = instance_of(problem)
    draft, found = choose(instance)
    solution = prove(instance, draft, found, iterations=60, expired=no_deadline)
    return problem, claim_of(problem, instance, solution, "ac11")


def broken(case: Case) -> set[str]:
    return {check.id for check in verify(*case).checks if not check.ok}


def test_an_honest_plan_passes_all_thirteen(honest: Case) -> None:
    verdict = verify(*honest)
    assert verdict.ok
    assert [check.id for check in verdict.checks] == [f"V{n}" for n in range(1, 14)]
    assert verdict.value == pytest.approx(honest[1].value)


def test_unknown_and_repeated_names_are_rejected(honest: Case) -> None:
    problem, claim = honest
    named = replace(claim, chosen=("nowhere", *claim.chosen[1:]))
    twice = replace(claim, chosen=(claim.chosen[1], *claim.chosen[1:]))
    assert broken((problem, named)) == {"V1"}
    assert broken((problem, twice)) == {"V1"}


def test_too_many_or_half_points_are_rejected(honest: Case) -> None:
    problem, claim = honest
    assert "V2" in broken((problem, replace(claim, points=(99.0, *claim.points[1:]))))
    assert "V2" in broken((problem, replace(claim, points=(0.5, *claim.points[1:]))))


def test_a_full_transformer_is_rejected(honest: Case) -> None:
    problem, claim = honest
    grid = replace(problem.grid, headroom_kw=np.full(2, 4.0))
    assert "V3" in broken((replace(problem, grid=grid), claim))
    unknown = replace(problem.sites, transformer=np.full(14, -1, np.int32))
    assert "V3" in broken((replace(problem, sites=unknown), claim))


@pytest.mark.parametrize(
    ("terms", "check"),
    [
        ({"budget_eur": 1_000.0}, "V4"),
        ({"max_points": 1}, "V5"),
        ({"radius_m": 20.0}, "V7"),
        ({"floor_share": 0.99}, "V10"),
        ({"spacing_m": 2_000.0}, "V11"),
    ],
)
def test_a_plan_for_other_limits_is_rejected(
    terms: dict[str, float], check: str, honest: Case, with_terms: Callable[..., Problem]
) -> None:
    assert check in broken((with_terms(honest[0], **terms), honest[1]))


def test_a_missing_lock_and_a_shut_site_are_rejected(honest: Case) -> None:
    problem, claim = honest
    out = [name not in claim.chosen for name in problem.sites.id]
    missing = replace(problem.sites, locked=np.array(out))
    shut = replace(problem.sites, barred=~np.array(out))
    assert "V6" in broken((replace(problem, sites=missing), claim))
    assert "V6" in broken((replace(problem, sites=shut), claim))


def test_demand_served_twice_is_rejected(honest: Case) -> None:
    problem, claim = honest
    assert "V8" in broken((problem, replace(claim, kwh=claim.kwh * 2)))
    assert "V8" in broken((problem, replace(claim, kwh=-claim.kwh)))


def test_a_value_that_is_not_the_flow_is_rejected(honest: Case) -> None:
    problem, claim = honest
    assert "V9" in broken((problem, replace(claim, value=claim.value * 1.01)))
    assert "V9" in broken((problem, replace(claim, kwh=claim.kwh * 0.5)))


def test_a_bound_below_the_value_or_a_wrong_gap_is_rejected(honest: Case) -> None:
    problem, claim = honest
    assert "V12" in broken((problem, replace(claim, bound=claim.value * 0.9)))
    assert "V12" in broken((problem, replace(claim, gap=claim.gap + 0.1)))


def test_a_site_without_one_type_is_rejected(honest: Case) -> None:
    problem, claim = honest
    assert broken((problem, replace(claim, type=claim.type[:-1]))) == {"V13"}
