"""A plan on own tables as plain data, ready for ``report.json``."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from app.core.siting.allocate import losses
from app.core.siting.explain import Facts, Said, reasons, refusals, take_stock
from app.core.siting.instance import Instance
from app.core.siting.milp import REL_GAP
from app.core.siting.problem import Flags, Problem, sums
from app.core.siting.solve import Solution

SCHEMA = "kerbwatt.sites/1"
SHOWN = 1_000
PROVEN = 1e-9
UNKNOWN, FULL = "grid_unknown", "grid_full"


@dataclass(frozen=True, slots=True, eq=False)
class Run:
    """A solved problem, with what the tables say of each candidate.

    ``transformer`` and ``type`` (site,) are words of the file; ``lot`` (chosen,) is in the order
    of the chosen sites.
    """

    problem: Problem
    instance: Instance
    solution: Solution
    transformer: tuple[str, ...]
    type: tuple[str, ...]
    kw_point: float
    grid_unknown: Flags
    lot: tuple[str, ...]


def site_rows(run: Run) -> list[dict[str, Any]]:
    """List the chosen sites, most value per euro first."""
    instance, solution = run.instance, run.solution
    chosen = np.flatnonzero(solution.points)
    points = solution.points[chosen]
    marginal = losses(instance, solution.allocation, chosen)
    cost = instance.fixed_eur[chosen] + instance.point_eur[chosen] * points
    room = np.append(run.problem.grid.headroom_kw, np.nan)[instance.transformer[chosen]]
    kappa = np.append(run.problem.grid.kappa_kw, 0.0)[instance.transformer[chosen]]
    used = sums(instance.transformer, solution.points * instance.slots, instance.fit.size)
    after = room - kappa * used[instance.transformer[chosen]]
    found = solution.allocation
    facts = Facts(
        sites=chosen,
        served_kwh=found.served_kwh[chosen],
        rows_served=np.bincount(found.site, minlength=instance.cap.size)[chosen].astype(np.int32),
        homes=np.full(chosen.size, np.nan),
        marginal=marginal,
        room_before=room,
        room_after=after,
        transformer=[run.transformer[site] for site in chosen],
        locked=run.problem.sites.locked[chosen],
    )
    said = reasons(facts, None)
    order = np.lexsort((chosen, -marginal / np.maximum(cost, 1e-9)))
    return [
        {
            "candidate_id": run.problem.sites.id[chosen[at]],
            "points": int(points[at]),
            "type": run.type[chosen[at]],
            "kw": float(points[at] * run.kw_point),
            "served_kwh_day": float(facts.served_kwh[at]),
            "cost_eur": float(cost[at]),
            "transformer_id": run.transformer[chosen[at]],
            "phase": 1,
            "lot": run.lot[at],
            "score": None,
            "marginal_kwh_day": float(marginal[at]),
            "reasons": said[at].split("; "),
        }
        for at in order
    ]


def rejected_rows(run: Run) -> list[dict[str, Any]]:
    """List the candidates that got nothing, with every reason; most gain per euro first."""
    problem, instance, solution = run.problem, run.instance, run.solution
    which = np.flatnonzero((solution.points == 0) & (instance.existing == 0))
    if not which.size:
        return []
    state = take_stock(problem, instance, solution.draft, solution.allocation)
    said = Said.nothing(which.size)
    fit = instance.fit[instance.transformer]
    headroom = np.append(problem.grid.headroom_kw, 0.0)[instance.transformer]
    kappa = np.append(problem.grid.kappa_kw, 1.0)[instance.transformer]
    for at, site in enumerate(which.tolist()):
        if run.grid_unknown[site]:
            said.add(at, UNKNOWN, "room on the grid unknown: no headroom for its transformer")
        elif fit[site] < 1:
            words = f"transformer full (room {headroom[site]:.1f} kW, needs {kappa[site]:.2f})"
            said.add(at, FULL, words)
    refusals(problem, instance, state, which, excluded=problem.sites.barred, said=said)
    order = np.lexsort((which, -state.rate[which]))
    return [
        {
            "candidate_id": problem.sites.id[which[at]],
            "binding": said.ids[at].split(";"),
            "text": said.text[at],
        }
        for at in order
    ]


def proven_words(gap: float) -> str:
    """Say what "proven" means: as far as the exact solver looks."""
    return (
        f"Proven by an exact solver within its tolerance of {REL_GAP:.1%}: no plan is worth more "
        f"than {gap:.2%} above this one."
    )


def report_of(
    run: Run, sites: list[dict[str, Any]], rejected: list[dict[str, Any]]
) -> dict[str, Any]:
    """Put the figures of a plan together."""
    problem, solution = run.problem, run.solution
    wanted = float(problem.demands.kwh_day.sum())
    status = "feasible" if sites else "empty"
    if sites and solution.gap <= PROVEN:
        status = "proven"
    kappa = np.append(problem.grid.kappa_kw, 0.0)[run.instance.transformer]
    shown = {"rejected": rejected[:SHOWN]}
    if len(rejected) > SHOWN:
        shown["rejected_count"] = len(rejected)  # type: ignore[assignment]
    return {
        "schema": SCHEMA,
        "status": status,
        "objective": problem.terms.objective,
        "value": solution.value,
        "served_kwh_day": solution.allocation.served_total_kwh,
        "value_share": solution.value / wanted if wanted > 0 else 0.0,
        "bound": solution.bound,
        "bound_method": solution.bound_method,
        "gap": solution.gap,
        "chosen": sites,
        **shown,
        "totals": {
            "sites": len(sites),
            "points": int(solution.points.sum()),
            "cost_eur": float(sum(each["cost_eur"] for each in sites)),
            "kw_design": float(kappa @ solution.points),
            "demand_kwh_day": wanted,
            "unreachable_kwh_day": run.instance.reach.unreachable_kwh_day,
        },
    }
