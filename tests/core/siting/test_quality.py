"""How good plans are: against more of everything, a second solver, and the usual shortcut."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array, eye_array, hstack

from app.core.engine.arrays import Ints
from app.core.scenario import Scenario
from app.core.siting.allocate import allocate
from app.core.siting.bound import bound_at
from app.core.siting.instance import Instance
from app.core.siting.kernels_bound import Prices
from app.core.siting.local import improve
from app.core.siting.milp import solve
from app.core.siting.problem import Problem
from app.core.siting.proof import adopt, programme
from app.core.siting.solve import choose, no_deadline, prove
from app.services.plan import settle, stage
from app.services.projects import load_project

Make = Callable[..., Problem]
Ready = Callable[[Problem], Instance]


def _without(problem: Problem, site: int) -> Problem:
    """Take a candidate away, file row and all."""
    kept = np.delete(np.arange(len(problem.sites.id)), site)
    columns = {
        name: getattr(problem.sites, name)[kept]
        for name in (
            "xy", "max_points", "existing", "fixed_eur", "point_eur", "kwh_point", "pull",
            "district", "transformer", "locked", "barred", "slots",
        )
    }  # fmt: skip
    names = tuple(problem.sites.id[at] for at in kept)
    return replace(problem, sites=replace(problem.sites, id=names, **columns))


@pytest.mark.parametrize(
    "limits",
    [
        {"budget_eur": 12_000.0},
        {"headroom_kw": 8.0, "pulls": True},
        {"budget_eur": 16_000.0, "floor_share": 0.4},
        {"budget_eur": 12_000.0, "spacing_m": 200.0},
    ],
)
def test_one_more_candidate_never_lowers_the_optimum(
    limits: dict[str, Any], make: Make, best: Callable[[Problem], Any]
) -> None:
    for seed in range(6):
        problem = make(seed, **limits)
        top = best(problem).value
        for site in range(len(problem.sites.id)):
            assert best(_without(problem, site)).value <= top + 1e-6, f"seed {seed}, site {site}"


def test_more_of_anything_never_lowers_the_bound(make: Make, instance_of: Ready) -> None:
    for seed in range(12):
        problem = make(
            seed, demands=60, sites=20, side_m=1200.0, budget_eur=40_000.0, headroom_kw=20.0,
            max_points=12, floor_share=0.2, pulls=True, transformers=6,
        )  # fmt: skip
        instance = instance_of(problem)
        draft, found = choose(instance)
        prices = prove(instance, draft, found, iterations=40, expired=no_deadline).prices
        rng = np.random.default_rng(seed)
        drawn = Prices(
            rng.uniform(0, 1.2, prices.demand.size),
            rng.uniform(0, 9, prices.transformer.size),
            rng.uniform(0, instance.floor_price, prices.floor.size),
            rng.uniform(0, 1, 2) * [0.01, 9.0],
        )
        barred = problem.sites.barred.copy()
        barred[int(np.argmax(instance.cap))] = True
        fewer = instance_of(replace(problem, sites=replace(problem.sites, barred=barred)))
        more = [
            replace(instance, budget_eur=instance.budget_eur + 5_000.0),
            replace(instance, max_points=instance.max_points + 2),
            replace(instance, fit=instance.fit + 1),
            replace(instance, cap=(instance.cap + 1).astype(np.int32)),
        ]
        for each in (prices, drawn):
            known = bound_at(instance, each)
            assert bound_at(fewer, each) <= known + 1e-9
            for richer in more:
                assert bound_at(richer, each) >= known - 1e-9


def _cover(instance: Instance, sites: int) -> float:
    """Solve the cover by its own small programme: y <= sum of x in reach, sum of x <= sites."""
    reach = instance.reach
    rows = np.repeat(np.arange(reach.rows), np.diff(reach.row_start))
    near = csr_array((np.ones(rows.size), (rows, reach.row_site)), shape=(reach.rows, reach.sites))
    told = milp(
        np.concatenate([np.zeros(reach.sites), -reach.weight_kwh]),
        constraints=[
            LinearConstraint(hstack([near, -eye_array(reach.rows)]), lb=0.0),
            LinearConstraint(np.r_[np.ones(reach.sites), np.zeros(reach.rows)], ub=sites),
        ],
        integrality=np.r_[np.ones(reach.sites), np.zeros(reach.rows)],
        bounds=Bounds(0.0, np.r_[instance.cap, np.ones(reach.rows)]),
        options={"mip_rel_gap": 0.0},
    )
    assert told.success
    return float(-told.fun)


def test_search_and_bound_enclose_what_another_programme_finds(
    make: Make, instance_of: Ready
) -> None:
    problem = make(
        3, demands=1_000, sites=500, cap=1, side_m=4_000.0, max_points=40, objective="coverage"
    )
    instance = instance_of(problem)
    draft, found = improve(
        instance, *choose(instance), xy=problem.sites.xy, seed=0, rounds=1_500, expired=no_deadline
    )
    solution = prove(instance, draft, found, iterations=300, expired=no_deadline)
    top = _cover(instance, 40)
    assert 0.98 * top <= solution.value <= top + 1e-6 <= solution.bound + 2e-6


def test_a_proof_is_what_another_programme_finds(make: Make, instance_of: Ready) -> None:
    for seed in range(3):
        problem = make(
            seed, demands=120, sites=40, cap=1, side_m=1_500.0, max_points=6, objective="coverage"
        )
        instance = instance_of(problem)
        first = prove(instance, *choose(instance), iterations=60, expired=no_deadline)
        asked = programme(instance, first.points)
        proven = adopt(instance, first, asked, solve(asked, 30.0, lambda _: None, gap=0.0))
        assert proven.value == pytest.approx(_cover(instance, 6), abs=1e-4)
        assert proven.bound == pytest.approx(proven.value, abs=1e-3)


def _by_potential(instance: Instance) -> Ints:
    """Fill the sites with the most demand in reach, one after the other, within every limit."""
    reach = instance.reach
    owner = np.repeat(np.arange(reach.sites), np.diff(reach.site_start))
    potential = np.bincount(owner, reach.weight_kwh[reach.site_row], reach.sites)
    points, fit = np.zeros(reach.sites, np.int32), instance.fit.copy()
    money, allowed, blocked = instance.budget_eur, instance.max_points, np.zeros(reach.sites, bool)
    for site in np.argsort(-potential, kind="stable"):
        where = instance.transformer[site]
        count = int(min(instance.cap[site], fit[where] // instance.slots[site], allowed))
        price = instance.fixed_eur[site] + count * instance.point_eur[site]
        if count < 1 or blocked[site] or price > money:
            continue
        points[site], money, allowed = count, money - price, allowed - count
        fit[where] -= count * instance.slots[site]
        near = instance.near[instance.near_start[site] : instance.near_start[site + 1]]
        blocked[near] = True
    return points


@pytest.mark.parametrize(("count", "least"), [(10, 1.01), (25, 1.02)])
def test_a_plan_beats_the_places_with_the_most_demand(count: int, least: float) -> None:
    scenario = Scenario(points=count)
    found = stage(load_project("sampletown"), scenario)
    choice = settle(found.places, scenario, found.setting, found.answer).choice
    instance = choice.instance
    usual = _by_potential(instance)
    assert usual.sum() == choice.draft.points.sum() == count
    ratio = choice.allocation.value / allocate(instance, usual).value
    assert ratio > least, f"{ratio:.3f}"
