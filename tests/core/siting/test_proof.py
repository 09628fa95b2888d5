"""The exact programme says what trying everything says."""

from collections.abc import Callable

import numpy as np
import pytest

from app.core.errors import InputError
from app.core.siting import proof
from app.core.siting.instance import Instance
from app.core.siting.local import objective
from app.core.siting.milp import Milp, News, solve
from app.core.siting.problem import Problem
from app.core.siting.proof import adopt, programme
from app.core.siting.solve import choose, no_deadline, prove

Make = Callable[..., Problem]
CASES = [
    {"budget_eur": 20_000.0, "headroom_kw": 8.0, "pulls": True},
    {"max_points": 4.0, "existing": True, "locked": True},
    {"budget_eur": 25_000.0, "floor_share": 0.4, "pulls": True},
    {"spacing_m": 150.0, "headroom_kw": 12.0},
    {"objective": "coverage", "max_points": 2.0},
    {"objective": "coverage", "budget_eur": 12_000.0, "existing": True, "spacing_m": 150.0},
    {"objective": "coverage", "budget_eur": 12_000.0, "floor_share": 0.5, "locked": True},
    {"objective": "coverage", "max_points": 2.0, "pulls": True, "headroom_kw": 4.0},
]


@pytest.mark.parametrize("terms", CASES, ids=str)
@pytest.mark.parametrize("seed", range(4))
def test_the_proven_plan_is_the_best_there_is(
    seed: int,
    terms: dict[str, float],
    make: Make,
    instance_of: Callable[[Problem], Instance],
    best: Callable[[Problem], object],
) -> None:
    problem = make(seed, **terms)
    instance = instance_of(problem)
    draft, found = choose(instance)
    before = prove(instance, draft, found, iterations=20, expired=no_deadline)
    asked = programme(instance, before.points)
    told: list[News] = []
    news = solve(asked, 30.0, told.append)
    assert news.status == "proven"
    after = adopt(instance, before, asked, news)
    reached = objective(instance, after.allocation)
    oracle = best(problem).value  # type: ignore[attr-defined]
    assert reached == pytest.approx(oracle, rel=1e-6, abs=1e-6)
    assert after.bound >= after.value - 1e-9
    assert after.bound <= before.bound + max(0.0, after.value - reached) + 1e-6
    assert after.gap <= 0.002 + (after.value - reached) / max(after.bound, 1e-9)


def test_it_travels_as_plain_arrays(make: Make, instance_of: Callable[[Problem], Instance]) -> None:
    instance = instance_of(make(1))
    asked = programme(instance, np.zeros(instance.cap.size, np.int32))
    again = Milp.from_bytes(asked.to_bytes())
    assert solve(again, 30.0, lambda _: None) == solve(asked, 30.0, lambda _: None)


def test_cover_needs_a_share_of_each_row_and_no_pairs(
    make: Make, instance_of: Callable[[Problem], Instance]
) -> None:
    sizes = []
    for pulls in (False, True):
        problem = make(2, demands=60, sites=20, objective="coverage", max_points=3.0, pulls=pulls)
        instance = instance_of(problem)
        asked = programme(instance, np.zeros(instance.cap.size, np.int32))
        sizes.append(asked.gain.size - 2 * asked.site.size)
    assert sizes[0] <= instance.reach.rows < sizes[1]  # unlike pulls: who serves matters


def test_only_named_sites_may_grow(make: Make, instance_of: Callable[[Problem], Instance]) -> None:
    instance = instance_of(make(2, existing=True))
    nobody = np.zeros(instance.cap.size, np.int32)
    only = np.flatnonzero(instance.cap > 0)[:1]
    asked = programme(instance, nobody, only)
    news = solve(asked, 30.0, lambda _: None)
    points = np.zeros(instance.cap.size, int)
    points[asked.site] = news.points
    assert set(np.flatnonzero(points)) <= set(only)


def test_what_is_too_large_is_refused_with_its_size(
    make: Make, instance_of: Callable[[Problem], Instance], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(proof, "MOST_ARCS", 3)
    instance = instance_of(make(3))
    with pytest.raises(InputError, match="pairs of demand and site are too many"):
        programme(instance, np.zeros(instance.cap.size, np.int32))


def test_a_worse_plan_is_never_adopted(
    make: Make, instance_of: Callable[[Problem], Instance]
) -> None:
    instance = instance_of(make(4))
    draft, found = choose(instance)
    before = prove(instance, draft, found, iterations=5, expired=no_deadline)
    asked = programme(instance, before.points)
    nothing = News("timeout", np.inf, (0,) * asked.site.size)
    after = adopt(instance, before, asked, nothing)
    assert after.value == before.value
    assert after.bound == before.bound
