"""Use-case: choose sites from a person's own tables."""

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np

from app.core.errors import InputError
from app.core.siting.answer import NOT_ASKED, claim_of, constraints, told
from app.core.siting.choice import Watch
from app.core.siting.instance import Instance, build_instance
from app.core.siting.local import improve
from app.core.siting.lots import Lots, make_lots
from app.core.siting.milp import REL_GAP
from app.core.siting.reach import Reach, build_reach, find_pairs
from app.core.siting.report import Run, proven_words, rejected_rows, report_of, site_rows
from app.core.siting.solve import Solution, choose, no_deadline, prove
from app.core.siting.verify import Verdict, verify
from app.core.siting.warm import warm_up
from app.exports.base import UNDATED, Result
from app.exports.gpkg import EXPORT
from app.services.own_sites_files import OwnTables, SitesOptions, SitesPaths, read_sites
from app.services.own_sites_tables import as_layers
from app.services.own_sites_years import OwnYears, in_years, last_year
from app.services.prove import prover

__all__ = ["OwnPlan", "SitesOptions", "SitesPaths", "sites_own", "write_plan"]

STAGES = (
    "read", "pairs", "collapse", "warmup", "greedy", "allocate", "local", "bound", "proof",
    "verify", "write", "total",
)  # fmt: skip
ROUNDS, STEPS, LEAST_STEPS = 100_000, 2_000, 60
LOCAL_SHARE = 0.6  # of the seconds; the bound gets the rest


@dataclass(slots=True)
class OwnPlan:
    """A plan on own tables: the report, and the layers of the map file."""

    report: dict[str, Any]
    layers: dict[str, Any]
    watch: Watch
    began: float

    @property
    def ok(self) -> bool:
        """Whether the verifier accepts the plan."""
        return bool(self.report["verifier"]["ok"])


def sites_own(
    paths: SitesPaths, options: SitesOptions, say: Callable[[str], None] = lambda _: None
) -> OwnPlan:
    """Read, choose, bound, verify and explain; ``say`` is told of each stage."""
    watch = Watch(perf_counter)
    began = watch.last
    tables = last_year(read_sites(paths, options))
    watch.lap("read")
    say(f"{len(tables.problem.demands.id):,} demands, {len(tables.problem.sites.id):,} candidates")
    warm_up()
    watch.lap("warmup")
    reach, instance = _instance(tables, watch)
    say(f"{instance.reach.row_site.size:,} pairs within {options.radius_m:g} m")
    aside: list[str] = []
    solution = _solve(tables, instance, options, watch, say)
    years: OwnYears | None = None
    if options.years:
        solution, years = in_years(tables, options.years, reach, instance, solution)
    proof = NOT_ASKED
    if options.prove:
        solution, proof = prover(options.prove, aside.append, options.seed)(instance, solution)
    watch.lap("proof")
    proven = proof == "proven" and bool(solution.points.any())
    if proven:
        aside.append(proven_words(solution.gap))
    kinds = tables.type
    claim = claim_of(tables.problem, instance, solution, "ac")
    verdict = verify(tables.problem, claim)
    watch.lap("verify")
    chosen = np.flatnonzero(solution.points)
    lots = _lots(tables, solution, options)
    run = Run(
        problem=tables.problem,
        instance=instance,
        solution=solution,
        transformer=tables.transformer,
        type=tuple(kind or "ac" for kind in kinds),
        kw_point=options.kw_point,
        grid_unknown=tables.grid_unknown,
        lot=tuple(tables.lot[site] or str(lots.lot[at]) for at, site in enumerate(chosen))
        if options.lots == 1
        else tuple(str(each) for each in lots.lot),
    )
    sites = site_rows(run)
    if years is not None:
        sites = years.on(sites, tables.problem.sites.id)
    rejected = rejected_rows(run)
    report = {
        **report_of(run, sites, rejected),
        "constraints": constraints(tables.problem, instance, solution),
        "verifier": _verifier(verdict, years),
        "parameters": _parameters(paths, options),
        "inputs": tables.inputs,
        "version": version("kerbwatt"),
        "seed": options.seed,
        "proof": proof,
        **({"status": "proven", "proof_tolerance": REL_GAP} if proven else {}),
        "notices": [*_notices(tables, instance, solution, options), *aside],
        **({"years": list(years.rows)} if years is not None else {}),
    }
    if years is not None:
        report["notices"].append(f"{years.way}; the budget is divided evenly over the years")
    layers = as_layers(run, sites, rejected, options.crs)
    watch.lap("explain")
    return OwnPlan(report, layers, watch, began)


def _verifier(verdict: Verdict, years: OwnYears | None) -> dict[str, Any]:
    """Give the verdict as plain data; what any year breaks refuses the plan."""
    found = told(verdict)
    if years is None or not years.broken:
        return found
    return {**found, "ok": False, "checks": [*found["checks"], *years.broken]}


def _parameters(paths: SitesPaths, options: SitesOptions) -> dict[str, Any]:
    """List every option with its value; files by name, so that a folder changes nothing."""
    plain = {k: list(v) if isinstance(v, tuple) else v for k, v in asdict(options).items()}
    limits = paths.limits.name if paths.limits else None
    return {
        **plain, "demand": paths.demand.name, "candidates": paths.candidates.name, "limits": limits
    }  # fmt: skip


def _instance(tables: OwnTables, watch: Watch) -> tuple[Reach, Instance]:
    problem = tables.problem
    terms = problem.terms
    pairs = find_pairs(
        problem.demands.xy, problem.sites.xy, radius_m=terms.radius_m, detour=terms.detour
    )
    watch.lap("pairs")
    reach = build_reach(problem.demands, pairs, len(problem.sites.id))
    instance = build_instance(problem, reach)
    watch.lap("collapse")
    return reach, instance


def _solve(
    tables: OwnTables,
    instance: Instance,
    options: SitesOptions,
    watch: Watch,
    say: Callable[[str], None],
) -> Solution:
    draft, found = choose(instance, watch.lap)
    say(f"{int(draft.points.sum()):,} points serve {found.served_total_kwh:,.0f} kWh a day")
    if options.seconds > 0 and not options.years:  # years are planned without a search
        end = perf_counter() + LOCAL_SHARE * options.seconds
        draft, found = improve(
            instance, draft, found, xy=tables.problem.sites.xy, seed=options.seed, rounds=ROUNDS,
            expired=lambda: perf_counter() > end,
        )  # fmt: skip
    watch.lap("local")
    end = perf_counter() + (1 - LOCAL_SHARE) * options.seconds
    timed = options.seconds > 0
    solution = prove(
        instance,
        draft,
        found,
        iterations=STEPS if timed else LEAST_STEPS,
        expired=(lambda: perf_counter() > end) if timed else no_deadline,
    )
    watch.lap("bound")
    return solution


def _lots(tables: OwnTables, solution: Solution, options: SitesOptions) -> Lots:
    chosen = np.flatnonzero(solution.points)
    if not chosen.size:
        return Lots(np.zeros(0, np.int64), 1.0)
    sites, new = tables.problem.sites, solution.points[chosen].astype(float)
    return make_lots(
        sites.xy[chosen],
        solution.allocation.served_kwh[chosen],
        options.lots,
        seed=options.seed,
        also=(new, sites.fixed_eur[chosen] + sites.point_eur[chosen] * new),
    )


def _notices(
    tables: OwnTables, instance: Instance, solution: Solution, options: SitesOptions
) -> list[str]:
    problem, found = tables.problem, list(tables.notices)
    if not tables.limited:
        found.append("no --limits: the grid is taken as unlimited")
    elif options.coincidence >= 1:
        found.append("no credit for smart charging: no strategy simulated (coincidence 1.0)")
    unknown = int(tables.grid_unknown.sum())
    if unknown:
        found.append(f"{unknown} candidates have no known headroom and are not used")
    lost = instance.reach.unreachable_kwh_day
    if lost > 0:
        found.append(f"{lost:,.1f} kWh a day lie beyond {options.radius_m:g} m of any candidate")
    if not problem.demands.kwh_day.sum() > 0:
        found.append("there is no demand to serve")
    cost = problem.sites.fixed_eur + problem.sites.point_eur
    if cost.size and not solution.points.any() and problem.terms.budget_eur < cost.min():
        found.append(f"the budget is below the cheapest site: {cost.min():,.2f} EUR")
    return found


def write_plan(plan: OwnPlan, out: Path | None, report: Path | None) -> dict[str, Any]:
    """Write the map file and the report, and return the report as it was written."""
    untimed = json.dumps(plan.report, sort_keys=True, ensure_ascii=False, allow_nan=False)
    if out is not None:
        meta = {"date": UNDATED, "report": untimed}
        out.parent.mkdir(parents=True, exist_ok=True)
        try:
            out.write_bytes(EXPORT.write(Result("plan", "Charging sites", plan.layers, meta)))
        except OSError as error:
            raise InputError(f"{out}: cannot be written ({error.strerror})") from error
    plan.watch.lap("write")
    seconds = {stage: round(plan.watch.seconds.get(stage, 0.0), 6) for stage in STAGES}
    seconds["total"] = round(perf_counter() - plan.began, 6)
    full = {**plan.report, "seconds": seconds}
    if report is not None:
        report.parent.mkdir(parents=True, exist_ok=True)
        text = json.dumps(full, sort_keys=True, ensure_ascii=False, allow_nan=False, indent=2)
        try:
            report.write_text(text + "\n", encoding="utf-8")
        except OSError as error:
            raise InputError(f"{report}: cannot be written ({error.strerror})") from error
    return full
