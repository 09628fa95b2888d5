"""From a prepared project and a scenario to a question the solver understands."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from scipy.spatial import cKDTree

from app.core.engine.arrays import Floats
from app.core.errors import InputError
from app.core.rules import RULES
from app.core.rules.base import FAIL, Finding
from app.core.scenario import ALL_POINTS, Scenario
from app.core.siting.context import Surroundings
from app.core.siting.features import apart
from app.core.siting.kinds import Kinds, PointType, kinds_of
from app.core.siting.prepare import Prepared
from app.core.siting.problem import (
    UNKNOWN,
    UNLIMITED,
    Flags,
    Grid,
    Problem,
    Sites,
    Terms,
)
from app.core.siting.score import Score, measures, pull, score

NAMED = 5


@dataclass(frozen=True, slots=True, eq=False)
class Question:
    """A problem, and why candidates may or may not take part.

    Attributes
    ----------
    findings
        What each rule found, by its key.
    failed : (candidate,)
        Whether a hard rule fails.
    conditional : (candidate,)
        Whether unknown room on the grid is all that stands in the way.
    kinds
        The type of charge point of each candidate.
    """

    problem: Problem
    context: Surroundings
    findings: Mapping[str, Finding]
    failed: Flags
    conditional: Flags
    excluded: Flags
    score: Score
    kinds: Kinds


def grid_of(prepared: Prepared, room: pd.DataFrame) -> Grid:
    """Read the room per transformer; what nobody told stays unknown."""
    frame = room.set_index("asset_id").reindex(list(prepared.assets))
    headroom = frame["headroom_kw"].to_numpy(float)
    kappa = frame["kappa_kw"].to_numpy(float)
    usual = float(np.nanmax(kappa)) if (~np.isnan(kappa)).any() else 1.0
    kappa = np.where(np.isnan(kappa) | (kappa <= 0), usual, kappa)
    headroom = np.where(prepared.bare > 0, np.nan, headroom)
    fit = np.nan_to_num(frame["fit"].to_numpy(float))
    whole = np.floor(np.nan_to_num(headroom) / kappa + 1e-9)
    fit = np.where(np.isnan(headroom), 0.0, np.minimum(fit, whole))
    return Grid(prepared.assets, headroom, kappa, fit.astype(np.int64))


def ask(
    prepared: Prepared, scenario: Scenario, grid: Grid, types: Mapping[str, PointType]
) -> Question:
    """Check every rule for every candidate, score them, and put the question."""
    places = prepared.places
    locked, excluded = by_hand(places, scenario)
    context = surroundings(prepared, grid, locked)
    findings = {
        key: prepared.findings[key] if key in prepared.findings else rule.check(places, context)
        for key, rule in RULES.items()
    }
    hard = {key: findings[key].marks == FAIL for key, rule in RULES.items() if rule.hard}
    failed = np.logical_or.reduce(list(hard.values())) if len(places) else np.zeros(0, bool)
    others = [marks for key, marks in hard.items() if key not in {"grid_unknown", "grid_full"}]
    sound = ~np.logical_or.reduce(others) if len(places) else np.zeros(0, bool)
    conditional = hard["grid_unknown"] & sound & ~excluded
    _check_locked(places, locked & (places["existing_points"].to_numpy() == 0), findings)
    weights = dict(scenario.weights)
    marks = score(measures(places, context, weights), weights, context)
    kinds = kinds_of(places, scenario.point_type, types, prepared.values)
    sites = Sites(
        id=tuple(places["candidate_id"]),
        xy=places[["x", "y"]].to_numpy(float).reshape(-1, 2),
        max_points=places["max_points"].to_numpy(np.int32),
        existing=places["existing_points"].to_numpy(np.int32),
        fixed_eur=kinds.fixed_eur + trench_eur(places, context),
        point_eur=kinds.point_eur,
        kwh_point=prepared.kwh_point * kinds.kwh_ratio,
        pull=pull(marks.total, scenario.score_pull),
        district=places["district"].to_numpy(np.int32),
        transformer=places["transformer"].to_numpy(np.int32),
        locked=locked,
        barred=failed | excluded,
        slots=kinds.slots,
        type=tuple(kinds.key),
    )
    terms = Terms(
        radius_m=prepared.radius_m,
        detour=prepared.values["detour"].value,
        budget_eur=float(scenario.budget_eur),
        max_points=float(scenario.points) if scenario.points < ALL_POINTS else np.inf,
        spacing_m=prepared.values["spacing_new_m"].value,
        floor_share=scenario.floor_share,
        floor_price=prepared.values["floor_price"].value,
    )
    districts = tuple(prepared.districts["district_id"])
    problem = Problem(prepared.demands, sites, grid, terms, districts, prepared.streets)
    return Question(problem, context, findings, failed, conditional, excluded, marks, kinds)


def trench_eur(places: pd.DataFrame, context: Surroundings) -> Floats:
    """Price the cable beyond the usual length [EUR]; nothing where no cable is known."""
    if context.cables is None:
        return np.zeros(len(places))
    away_m, _ = apart(places, context.cables.geometry.to_numpy())
    more_m = np.maximum(away_m - context.values["cable_full_m"].value, 0.0)
    return np.where(np.isfinite(more_m), more_m, 0.0) * context.values["cable_eur_m"].value


def by_hand(places: pd.DataFrame, scenario: Scenario) -> tuple[Flags, Flags]:
    """Find the candidates a planner locked or excluded; refuse names nobody knows."""
    known = {
        guest: at  # a candidate that another took in answers to its old name
        for at, names in enumerate(places["merged_from"])
        for guest in str(names).split(";")
    } | {name: at for at, name in enumerate(places["candidate_id"])}
    faults = []
    for word, names in (("locked", scenario.locked), ("excluded", scenario.excluded)):
        lost = sorted(set(names) - set(known))
        if lost:
            faults.append(f"no candidate {', '.join(lost[:NAMED])} to be {word}: the maps changed")
    both = sorted(set(scenario.locked) & set(scenario.excluded))
    if both:
        faults.append(f"{', '.join(both[:NAMED])} cannot be both locked and excluded")
    if faults:
        raise InputError("\n".join(faults))
    locked, excluded = np.zeros(len(places), bool), np.zeros(len(places), bool)
    locked[[known[name] for name in scenario.locked]] = True
    excluded[[known[name] for name in scenario.excluded]] = True
    return locked, excluded


def _check_locked(places: pd.DataFrame, locked: Flags, findings: Mapping[str, Finding]) -> None:
    """Refuse a lock that breaks a hard rule, with the rule's own words."""
    faults = []
    for at in np.flatnonzero(locked):
        name = places["candidate_id"].iloc[at]
        faults += [
            f"{name} is locked, but: {finding.reasons[at]}"
            for key, finding in findings.items()
            if RULES[key].hard and finding.marks[at] == FAIL
        ]
    if faults:
        raise InputError("\n".join(faults))


def surroundings(prepared: Prepared, grid: Grid, locked: Flags) -> Surroundings:
    """Add to the surroundings what this scenario says of grid and locks."""
    places = prepared.places
    transformer = places["transformer"].to_numpy()
    known = transformer != UNKNOWN
    headroom, kappa = np.full(len(places), np.nan), np.full(len(places), np.nan)
    headroom[known] = grid.headroom_kw[transformer[known]]
    kappa[known] = grid.kappa_kw[transformer[known]]
    fresh = locked & (places["existing_points"].to_numpy() == 0)
    xy = places[["x", "y"]].to_numpy(float).reshape(-1, 2)[fresh]
    return replace(prepared.context, headroom_kw=headroom, kappa_kw=kappa, locked_xy=xy)


def conditional_problem(question: Question, points: np.ndarray, left_eur: float) -> Problem:
    """Ask where points would go if the grid operator finds room where nobody knows it.

    Firm places count as standing; only candidates that wait for that answer take part.
    """
    problem = question.problem
    sites, grid = problem.sites, problem.grid
    fresh = (points > 0) & (sites.existing == 0)
    spacing = problem.terms.spacing_m
    gap = np.full(len(sites.id), np.inf)
    if fresh.any() and spacing > 0:
        gap = cKDTree(sites.xy[fresh]).query(sites.xy)[0]
    open_end = Grid(
        (*grid.id, "unknown"),
        np.append(grid.headroom_kw, np.inf),
        np.append(grid.kappa_kw, 1.0),
        np.append(grid.fit, UNLIMITED),
    )
    total = sites.existing + points
    allowed = question.conditional & (gap >= spacing - 1e-9)
    turned = replace(
        sites,
        existing=total.astype(np.int32),
        max_points=np.maximum(sites.max_points, total).astype(np.int32),
        locked=np.zeros(len(sites.id), bool),
        barred=~allowed,
        transformer=np.where(allowed, len(grid.id), sites.transformer).astype(np.int32),
    )
    terms = replace(
        problem.terms,
        budget_eur=max(left_eur, 0.0),
        max_points=max(problem.terms.max_points - float(points.sum()), 0.0),
    )
    return replace(problem, sites=turned, grid=open_end, terms=terms)
