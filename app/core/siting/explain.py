"""Say in words why a place was chosen, and what stood in the way of every other."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.spatial import cKDTree

from app.core.criteria import CRITERIA
from app.core.engine.arrays import Floats, Ints, Longs
from app.core.siting.allocate import Allocation
from app.core.siting.greedy import Draft
from app.core.siting.instance import Instance
from app.core.siting.problem import Flags, Problem, sums
from app.core.siting.score import Score
from app.core.siting.today import in_reach

EXCLUDED, FULL, BUDGET, POINTS = "excluded", "transformer_full", "budget", "points"
SPACING, PARKING, NO_DEMAND, LOWER = "spacing", "no_parking", "no_demand", "lower_gain"
SERVED_OUT = 0.02  # with less than this share left, nobody is left to serve
THOUSAND = 1000.0
Sentence = Callable[[int], str]


@dataclass(frozen=True, slots=True, eq=False)
class State:
    """How things stand after a plan: what is left of demand, room, money and points.

    Attributes
    ----------
    rest_kwh, reach_kwh : (site,)
        Demand in reach that nobody serves, and all of it [kWh/day].
    fit_left : (site,)
        Points that still fit under its transformer.
    rate, last_rate
        Value of a further 1,000 EUR there (or a point), and of the last that was chosen.
    nearest, nearest_m : (site,)
        The nearest open site and the way there [m].
    crowded_by : (site,)
        A new site that is too close, or -1.
    """

    rest_kwh: Floats
    reach_kwh: Floats
    fit_left: Longs
    rate: Floats
    last_rate: float
    per_point: bool
    nearest: Longs
    nearest_m: Floats
    crowded_by: Longs
    left_eur: float
    left_points: float


def take_stock(problem: Problem, instance: Instance, draft: Draft, found: Allocation) -> State:
    """Work out what every site would still meet. O(pairs)."""
    points, reach = draft.points, instance.reach
    used = sums(instance.transformer, points * instance.slots, instance.fit.size).astype(np.int64)
    rest = in_reach(reach, found.left_kwh)
    opened = np.flatnonzero(points + instance.existing > 0)
    if opened.size:
        apart, near = cKDTree(problem.sites.xy[opened]).query(problem.sites.xy)
        nearest, apart = opened[near], apart * problem.terms.detour
    else:
        nearest, apart = np.full(points.size, -1), np.full(points.size, np.inf)
    fresh = (points > 0) & (instance.existing == 0)
    spent = float((instance.fixed_eur * fresh + instance.point_eur * points).sum())
    best = np.maximum(instance.cap, 1)
    gain = instance.pull * np.minimum(rest, best * instance.kwh_point)
    whole = np.ceil(np.minimum(rest / instance.kwh_point, best) - 1e-9)
    cost = instance.fixed_eur + np.maximum(whole, 1) * instance.point_eur
    price = np.maximum(whole, 1) if draft.per_point else np.maximum(cost, 1e-9) / THOUSAND
    return State(
        rest_kwh=rest,
        reach_kwh=in_reach(reach, reach.weight_kwh),
        fit_left=(instance.fit - used)[instance.transformer] // instance.slots,
        rate=gain / price,
        last_rate=draft.rate if draft.per_point else draft.rate * THOUSAND,
        per_point=draft.per_point,
        nearest=nearest,
        nearest_m=apart,
        crowded_by=_crowded(instance, fresh),
        left_eur=instance.budget_eur - spent,
        left_points=instance.max_points - float(points.sum()),
    )


def _crowded(instance: Instance, fresh: Flags) -> Longs:
    site = np.repeat(np.arange(fresh.size), np.diff(instance.near_start))
    close = fresh[site]
    found = np.full(fresh.size, -1)
    found[instance.near[close]] = site[close]
    return found


@dataclass(slots=True)
class Said:
    """Reasons per candidate, as text: lists by the thousand would keep the collector busy."""

    ids: list[str]
    text: list[str]

    @classmethod
    def nothing(cls, count: int) -> "Said":
        """Begin without reasons."""
        return cls([""] * count, [""] * count)

    def add(self, at: int, key: str, sentence: str) -> None:
        """Note one more reason."""
        self.ids[at] = f"{self.ids[at]};{key}" if self.ids[at] else key
        self.text[at] = f"{self.text[at]}; {sentence}" if self.text[at] else sentence


def refusals(  # noqa: PLR0913
    problem: Problem, instance: Instance, state: State, which: Longs, *, excluded: Flags, said: Said
) -> None:
    """Add all reasons why each site of ``which`` got no points, besides the rules that failed."""
    for key, holds, sentence in _spoken(problem, instance, state, excluded):
        for at in np.flatnonzero(holds[which]).tolist():
            said.add(at, key, sentence(int(which[at])))
    for at, site in enumerate(which.tolist()):
        if not said.ids[at]:
            said.add(at, LOWER, _lower(state, site))


def _spoken(
    problem: Problem, instance: Instance, state: State, excluded: Flags
) -> list[tuple[str, Flags, Sentence]]:
    grid, sites = problem.grid, problem.sites
    known = sites.transformer >= 0
    headroom = np.append(grid.headroom_kw, 0.0)[sites.transformer]
    kappa = np.append(grid.kappa_kw, 1.0)[sites.transformer]
    fit = np.append(grid.fit, 0)[sites.transformer]
    barred = sites.barred
    least = instance.fixed_eur + instance.point_eur
    out = state.rest_kwh <= SERVED_OUT * state.reach_kwh

    def full(at: int) -> str:
        left = headroom[at] - kappa[at] * (fit[at] - state.fit_left[at])
        return f"transformer full (room {left:.1f} kW, needs {kappa[at]:.2f})"

    left = f"{max(state.left_eur, 0.0):,.0f} left"

    def money(at: int) -> str:
        return f"budget: {least[at]:,.0f} EUR needed, {left}"

    def crowd(at: int) -> str:
        other = sites.id[state.crowded_by[at]]
        return f"closer than {problem.terms.spacing_m:g} m to the new place {other}"

    def served(at: int) -> str:
        if state.reach_kwh[at] <= 0:
            return "no demand in reach"
        share = 1 - state.rest_kwh[at] / state.reach_kwh[at]
        by = f"{sites.id[state.nearest[at]]} at {state.nearest_m[at]:.0f} m"
        return f"no unserved demand left in reach ({share:.0%} served, nearest by {by})"

    return [
        (EXCLUDED, excluded, lambda at: f"{sites.id[at]} was excluded by hand"),
        (PARKING, sites.max_points < 1, lambda _: "no bay may be used (0 points allowed)"),
        (SPACING, (state.crowded_by >= 0) & ~barred, crowd),
        (FULL, known & (state.fit_left < 1) & (fit > 0) & ~barred, full),
        (BUDGET, (state.left_eur + 1e-9 < least) & ~barred & ~out, money),
        (
            POINTS,
            (np.full(out.size, state.left_points < 1)) & ~barred & ~out,
            lambda _: "points: none left",
        ),
        (NO_DEMAND, out & ~barred, served),
        (LOWER, (state.rate < state.last_rate) & ~barred & ~out, lambda at: _lower(state, at)),
    ]


def _lower(state: State, site: int) -> str:
    unit = "point" if state.per_point else "1,000 EUR"
    return (
        f"lower gain per {unit}: {state.rate[site]:.1f} kWh a day against "
        f"{state.last_rate:.1f} of the last chosen"
    )


@dataclass(frozen=True, slots=True, eq=False)
class Facts:
    """What is told of each chosen site, aligned with the list of them."""

    sites: Longs
    served_kwh: Floats
    rows_served: Ints
    homes: Floats
    marginal: Floats
    room_before: Floats
    room_after: Floats
    transformer: list[str]
    locked: Flags


def reasons(facts: Facts, score: Score | None) -> list[str]:
    """Say of each chosen site why it is there."""
    found = []
    for at, site in enumerate(facts.sites):
        said = [
            f"serves {facts.served_kwh[at]:.0f} kWh a day of {facts.rows_served[at]} demand points",
            f"closing it would lose {facts.marginal[at]:.0f} kWh a day",
        ]
        if not np.isnan(facts.homes[at]):
            said.append(f"{facts.homes[at]:,.0f} homes without own parking in reach")
        if np.isfinite(facts.room_before[at]):
            room = f"{facts.room_after[at]:.1f} of {facts.room_before[at]:.1f} kW left"
            said.append(f"transformer {facts.transformer[at]}: {room}")
        elif np.isnan(facts.room_before[at]):
            said.append("room on the grid unknown: waits for an answer of the grid operator")
        if score is not None:
            said.append(_strong(score, int(site)))
        if facts.locked[at]:
            said.append("locked by hand")
        found.append("; ".join(said))
    return found


def _strong(score: Score, site: int) -> str:
    """Name the two greatest parts of the score."""
    parts = score.parts[site]
    first = np.argsort(-parts, kind="stable")[:2]
    names = [f"{CRITERIA[score.keys[at]].title.lower()} {parts[at]:.0f}" for at in first]
    return f"score {score.total[site]:.0f} of 100, most from {' and '.join(names)}"
