"""From a prepared project and a scenario to a plan with all its reasons."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from app.core.engine.arrays import Ints, Longs
from app.core.scenario import Scenario
from app.core.siting.allocate import allocate
from app.core.siting.bound import Deadline
from app.core.siting.choice import Choice, Clock, Watch
from app.core.siting.coverage import cells, gini, homes_in_reach
from app.core.siting.instance import Instance, build_instance
from app.core.siting.kinds import REFERENCE
from app.core.siting.local import improve
from app.core.siting.lot_plan import plan_lots
from app.core.siting.plan import Plan
from app.core.siting.plan_tables import (
    chosen_table,
    conditional_table,
    existing_table,
    lots_table,
    rejected_table,
)
from app.core.siting.prepare import Prepared
from app.core.siting.problem import Problem, sums
from app.core.siting.question import Question, conditional_problem
from app.core.siting.solve import Solution, bounded, choose, no_deadline, prove
from app.core.siting.verify import Claim, Verdict, verify

Prover = Callable[[Instance, Solution], tuple[Solution, str]]
"""Asks an exact solver: a plan at least as good, and how it ended."""
CENT = 0.01
NOT_ASKED = "not_asked"


@dataclass(frozen=True, slots=True)
class Effort:
    """How hard to look: rounds of local search and its end, steps of the bound, and a proof."""

    rounds: int = 0
    iterations: int = 60
    expired: Deadline = no_deadline
    prover: Prover | None = None


def answer(
    prepared: Prepared, scenario: Scenario, begun: Choice, *, effort: Effort, clock: Clock
) -> Plan:
    """Recommend places for one scenario, beginning with what tier 0 chose."""
    watch = Watch(clock, dict(begun.seconds))
    question, instance = begun.question, begun.instance
    draft, found, problem = begun.draft, begun.allocation, question.problem
    if effort.rounds:
        draft, found = improve(
            instance, draft, found, xy=problem.sites.xy, seed=scenario.seed,
            rounds=effort.rounds, expired=effort.expired,
        )  # fmt: skip
    watch.lap("local")
    solution = prove(instance, draft, found, iterations=effort.iterations, expired=no_deadline)
    watch.lap("bound")
    proof = NOT_ASKED
    if effort.prover:
        solution, proof = effort.prover(instance, solution)
    watch.lap("proof")
    verdict = verify(problem, claim_of(problem, instance, solution))
    watch.lap("verify")
    plan = _plan(prepared, scenario, question, instance, solution, verdict, watch)
    watch.lap("explain")
    return replace(plan, proof=proof)


def given(points: Ints) -> Prover:
    """Make the last tier of a plan that was chosen elsewhere: these new points, and no others."""

    def run(instance: Instance, solution: Solution) -> tuple[Solution, str]:
        draft = replace(solution.draft, points=points)
        found = replace(solution, points=points, draft=draft, allocation=allocate(instance, points))
        return bounded(found, solution.bound, np.inf), NOT_ASKED

    return run


def claim_of(
    problem: Problem, instance: Instance, solution: Solution, kind: str = "point"
) -> Claim:
    """Say what the plan claims, demand by demand: merged rows are taken apart again."""
    chosen = np.flatnonzero(solution.points)
    found, reach = solution.allocation, instance.reach
    order = np.argsort(reach.member, kind="stable")
    count = np.bincount(reach.member[reach.member >= 0], minlength=reach.rows)
    start = np.cumsum(count) - count + np.count_nonzero(reach.member < 0)
    size = count[found.row]
    arc = np.repeat(np.arange(size.size), size)
    within = np.arange(arc.size) - np.repeat(np.cumsum(size) - size, size)
    demand = order[start[found.row][arc] + within]
    return Claim(
        chosen=tuple(problem.sites.id[at] for at in chosen),
        points=tuple(float(each) for each in solution.points[chosen]),
        type=tuple((problem.sites.type or (kind,) * len(problem.sites.id))[at] for at in chosen),
        demand=demand.astype(np.int32),
        site=found.site[arc].astype(np.int32),
        kwh=found.kwh[arc] * reach.share[demand],
        value=solution.value,
        bound=solution.bound,
        gap=solution.gap,
        short_kwh=found.short_kwh,
    )


def _plan(  # noqa: PLR0913, PLR0917
    prepared: Prepared,
    scenario: Scenario,
    question: Question,
    instance: Instance,
    solution: Solution,
    verdict: Verdict,
    watch: Watch,
) -> Plan:
    draft, found = solution.draft, solution.allocation
    chosen = np.flatnonzero(solution.points)
    cost = instance.fixed_eur * (solution.points > 0) + instance.point_eur * solution.points
    lots, said = plan_lots(prepared, scenario, found.served_kwh, solution.points, cost)
    sites = chosen_table(prepared, question, instance, solution, lots)
    watch.lap("explain")
    waiting, conditional, second = _conditional(prepared, question, instance, solution)
    watch.lap("conditional")
    rejected = rejected_table(prepared, question, instance, draft, found, conditional)
    both = pd.concat([sites, waiting], ignore_index=True) if len(waiting) else sites
    both["rank"] = np.arange(1, len(both) + 1)
    totals = {
        "sites": float(chosen.size),
        "points": float(solution.points.sum()),
        "cost_eur": float(cost.sum()),
        "kw_design": float(_design_kw(question, solution.points)),
        "unreachable_kwh_day": prepared.reach.unreachable_kwh_day,
        "existing_served_kwh_day": prepared.today.served_kwh,
        "conditional_sites": float(len(waiting)),
        "conditional_points": float(waiting["points"].sum()) if len(waiting) else 0.0,
        "conditional_cost_eur": float(waiting["cost_eur"].sum()) if len(waiting) else 0.0,
    }
    return Plan(
        sites=both,
        existing=existing_table(prepared, instance, solution),
        rejected=rejected,
        value=solution.value,
        served_kwh_day=found.served_total_kwh,
        demand_kwh_day=float(prepared.demands.kwh_day.sum()),
        bound=solution.bound,
        bound_method=solution.bound_method,
        gap=solution.gap,
        totals=totals,
        constraints=constraints(question.problem, instance, solution),
        verifier=told(verdict) if second is None else _both(verdict, second),
        fairness=fairness(prepared, instance, solution),
        lots=lots_table(sites),
        notices=_notices(prepared, question, totals, [*said, *_kinds(scenario, both)]),
        seconds=watch.seconds,
        walk=prepared.walk,
        lot_words=tuple(said),
    )


def _conditional(
    prepared: Prepared,
    question: Question,
    instance: Instance,
    solution: Solution,
) -> tuple[pd.DataFrame, Longs, Verdict | None]:
    """Place what money is left where only the grid operator's answer is missing; checked as well.

    The judge sees the firm plan as standing, and room without limit where nobody knows it.
    """
    nothing = pd.DataFrame(), np.zeros(0, np.int64), None
    new = solution.points > 0
    cost = float((instance.fixed_eur * new + instance.point_eur * solution.points).sum())
    left_eur = instance.budget_eur - cost
    price = (instance.fixed_eur + instance.point_eur)[question.conditional]
    if left_eur < price.min(initial=np.inf):
        return nothing
    problem = conditional_problem(question, solution.points, left_eur)
    second = build_instance(problem, prepared.reach, (prepared.near_start, prepared.near))
    draft, found = choose(second)
    chosen = np.flatnonzero(draft.points)
    if not chosen.size:
        return nothing
    bound = prove(second, draft, found, iterations=1, expired=no_deadline)
    verdict = verify(problem, claim_of(problem, second, bound))
    return conditional_table(prepared, question, second, draft, found), chosen, verdict


def _both(firm: Verdict, waiting: Verdict) -> dict[str, Any]:
    """Give the verdict on a plan and, beside it, on the places that wait; both must hold."""
    one, other = told(firm), told(waiting)
    return {**one, "ok": one["ok"] and other["ok"], "conditional": other}


def _design_kw(question: Question, points: Ints) -> float:
    kappa = question.context.kappa_kw
    return float(np.nansum(kappa * points * question.problem.sites.slots))


def constraints(problem: Problem, instance: Instance, solution: Solution) -> dict[str, Any]:
    """Say of each limit what it allows, what is used, and whether it binds."""
    points, grid = solution.points, problem.grid
    fresh = points > 0
    cost = float((instance.fixed_eur * fresh + instance.point_eur * points).sum())
    cap = instance.cap > points
    cheapest = (instance.fixed_eur * ~fresh + instance.point_eur)[cap]
    binds = bool(cheapest.size and instance.budget_eur - cost < cheapest.min() - CENT)
    used = sums(instance.transformer, points * instance.slots, instance.fit.size)
    blocked = sums(
        instance.transformer, cap & (instance.fit[instance.transformer] > 0), instance.fit.size
    )
    rows = [
        {
            "transformer_id": grid.id[at],
            "headroom_kw": float(grid.headroom_kw[at]),
            "used_kw": float(used[at] * grid.kappa_kw[at]),
            "binding": bool(used[at] >= grid.fit[at] and blocked[at] > 0),
        }
        for at in np.flatnonzero((used[:-1] > 0) & np.isfinite(grid.headroom_kw))
    ]
    wanted = instance.floor_kwh
    short = solution.allocation.short_kwh
    floors = [
        {
            "district_id": problem.districts[at],
            "floor_kwh_day": float(wanted[at]),
            "missed_kwh_day": float(short[at]),
        }
        for at in np.flatnonzero(wanted > 0)
    ]
    return {
        "budget": _limit(instance.budget_eur, cost, binding=binds),
        "points": _limit(
            instance.max_points,
            float(points.sum()),
            binding=bool(points.sum() >= instance.max_points),
        ),
        "transformers": rows,
        "floors": floors,
    }


def _limit(limit: float, used: float, *, binding: bool) -> dict[str, Any]:
    return {"limit": limit if np.isfinite(limit) else None, "used": used, "binding": binding}


def told(verdict: Verdict) -> dict[str, Any]:
    """Give a verdict as plain data."""
    checks = [{"id": each.id, "ok": each.ok, "detail": each.detail} for each in verdict.checks]
    return {"ok": verdict.ok, "value": verdict.value, "checks": checks}


def fairness(prepared: Prepared, instance: Instance, solution: Solution) -> Mapping[str, float]:
    """Compare who has a point within reach before and after."""
    xy = prepared.places[["x", "y"]].to_numpy(float).reshape(-1, 2)
    before = np.flatnonzero(instance.existing > 0)
    after = np.flatnonzero(instance.existing + solution.points > 0)
    found: dict[str, float] = {}
    for word, opened in (("before", before), ("after", after)):
        busy, homes = cells(prepared.demands, prepared.households, xy[opened], prepared.values)
        found[f"cells_{word}"], found[f"cell_households_{word}"] = busy, homes
        reached = homes_in_reach(prepared.reach, prepared.homes_bare, opened)
        found[f"homes_in_reach_{word}"] = reached
    count = len(prepared.districts)
    wanted = sums(prepared.demands.district, prepared.demands.kwh_day, count)
    reach = prepared.reach
    lost = sums(reach.district, solution.allocation.left_kwh, count)
    lost += wanted - sums(reach.district, reach.weight_kwh, count)
    share = np.where(wanted > 0, 1 - lost / np.maximum(wanted, 1e-9), np.nan)
    found["gini_served"] = gini(share)
    found["lowest_served_share"] = float(np.nanmin(share)) if (wanted > 0).any() else 0.0
    return found


def _kinds(scenario: Scenario, sites: pd.DataFrame) -> list[str]:
    """Say where the wanted kind of point may stand, and how sure its figures are."""
    if scenario.point_type == REFERENCE or sites.empty:
        return []
    fitting = int((sites["type"] == scenario.point_type).sum())
    return [
        (
            f"{fitting} of {len(sites)} places take points of the kind {scenario.point_type}, "
            f"where it may stand; the others take {REFERENCE}. What a kind costs, delivers and "
            "takes on the grid is our own estimate, and kinds are not weighed against each other."
        )
    ]


def _notices(
    prepared: Prepared, question: Question, totals: Mapping[str, float], more: list[str]
) -> tuple[str, ...]:
    found = [*prepared.notices, *more]
    if not prepared.has_grid:
        found.append(
            "There is no grid map: no place is firm. All are conditional on an answer of the grid "
            "operator."
        )
    elif question.conditional.any():
        found.append(
            f"{int(question.conditional.sum())} candidates lie where room on the grid is unknown: "
            f"they are left out of the firm plan ({totals['conditional_sites']:.0f} are listed as "
            f"conditional)."
        )
    if not len(prepared.places):
        found.append("There are no candidates.")
    elif not prepared.demands.kwh_day.sum() > 0:
        found.append("There is no demand to serve.")
    return tuple(found)
