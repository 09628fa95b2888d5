"""Types of charge point: where each may stand, and that its room, cost and energy are counted."""

from collections.abc import Callable, Mapping
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from app.core.parameters import Parameter
from app.core.rules.base import one
from app.core.scenario import choices
from app.core.siting.answer import claim_of
from app.core.siting.instance import Instance
from app.core.siting.kinds import PERMITTED, REFERENCE, kinds_of
from app.core.siting.problem import Problem, fitting
from app.core.siting.solve import choose, no_deadline, prove
from app.core.siting.verify import verify
from app.services.recommend import point_types

Numbers = Mapping[str, Parameter]
Make = Callable[..., Problem]


def test_the_lever_offers_what_a_plan_may_choose() -> None:
    assert set(choices()["point_type"].options()) == set(PERMITTED) == set(point_types())
    assert all(each.slots >= each.kwh_ratio - 1e-9 for each in point_types().values())


@pytest.mark.parametrize(
    ("wanted", "columns", "fits"),
    [
        ("dc50", {"origin": "garage", "room_kw": 60.0}, True),
        ("dc50", {"origin": "garage", "room_kw": 40.0}, False),
        ("dc50", {"origin": "garage"}, False),
        ("dc50", {"origin": "on_street", "room_kw": 60.0}, False),
        ("v2g", {"row_bays": 4.0, "export_kw": 11.0}, True),
        ("v2g", {"row_bays": 4.0}, False),
        ("v2g", {"row_bays": 3.0, "export_kw": 50.0}, False),
        ("ac22", {"mixed_share": 0.5}, True),
        ("ac22", {}, False),
        ("low_power", {}, True),
        ("low_power", {"open_24h": 0}, False),
        ("low_power", {"origin": "garage"}, False),
        ("low_power", {"existing_points": 2}, False),
    ],
)
def test_a_type_stands_where_it_is_permitted_and_the_usual_one_elsewhere(
    wanted: str,
    columns: dict[str, object],
    fits: bool,  # noqa: FBT001
    numbers: Numbers,
) -> None:
    places, _ = one(columns)
    found = kinds_of(places, wanted, point_types(), numbers)
    kind = point_types()[wanted if fits else REFERENCE]
    told = (found.key[0], found.power_kw[0], found.fixed_eur[0], found.point_eur[0], found.slots[0])
    assert told == (kind.key, kind.power_kw, kind.fixed_eur, kind.point_eur, kind.slots)


def test_no_candidates_are_no_fault(numbers: Numbers) -> None:
    empty: pd.DataFrame = one()[0].iloc[:0]
    for key in PERMITTED:
        assert kinds_of(empty, key, point_types(), numbers).key.size == 0


def heavy(problem: Problem, headroom_kw: float, slots: list[int]) -> Problem:
    """Give points of some sites more room to take."""
    grid = problem.grid
    room = np.full(len(grid.id), headroom_kw)
    sites = replace(problem.sites, slots=np.array(slots, np.int32))
    fits = replace(grid, headroom_kw=room, fit=fitting(room, grid.kappa_kw))
    return replace(problem, sites=sites, grid=fits)


@pytest.mark.parametrize("seed", range(12))
def test_greedy_optimum_and_bound_agree_on_what_a_point_takes(
    seed: int, make: Make, instance_of: Callable[[Problem], Instance], best: Callable[..., object]
) -> None:
    slots = np.random.default_rng(seed).choice([1, 2, 3], 5).tolist()
    problem = heavy(make(seed, max_points=4), 16.0, slots)  # 4 slots on each of two transformers
    instance = instance_of(problem)
    draft, found = choose(instance)
    used = np.bincount(instance.transformer, draft.points * slots, instance.fit.size)
    assert (used <= instance.fit).all()
    solution = prove(instance, draft, found, iterations=60, expired=no_deadline)
    optimum = best(problem).value  # type: ignore[attr-defined]
    assert solution.value <= optimum + 1e-6
    assert optimum <= solution.bound + 1e-6
    assert verify(problem, claim_of(problem, instance, solution)).ok


def test_the_verifier_finds_the_heavy_point_and_the_foreign_type(
    make: Make, instance_of: Callable[[Problem], Instance]
) -> None:
    problem = heavy(make(1), 16.0, [1] * 5)
    instance = instance_of(problem)
    draft, found = choose(instance)
    solution = prove(instance, draft, found, iterations=20, expired=no_deadline)
    claim = claim_of(problem, instance, solution)
    assert verify(problem, claim).ok
    heavier = replace(problem, sites=replace(problem.sites, slots=np.full(5, 9, np.int32)))
    assert {c.id for c in verify(heavier, claim).checks if not c.ok} == {"V3"}
    other = replace(problem, sites=replace(problem.sites, type=("dc50",) * 5))
    assert {c.id for c in verify(other, claim).checks if not c.ok} == {"V13"}
