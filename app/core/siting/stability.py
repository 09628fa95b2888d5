"""How firmly each place stands: the plan made anew under weights and numbers a bit different."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from scipy.stats import binomtest

from app.core.demand.uncertainty import two_piece
from app.core.engine.arrays import Floats, Ints, Longs
from app.core.parameters import Parameter
from app.core.siting.allocate import allocate, losses
from app.core.siting.bound import Deadline
from app.core.siting.greedy import greedy
from app.core.siting.instance import Instance, build_instance
from app.core.siting.problem import Problem, fitting
from app.core.siting.question import Question
from app.core.siting.reach import Reach
from app.core.siting.score import pull
from app.core.siting.solve import no_deadline

WEIGHT_VARIATION = 0.25
TOP = 20
CONFIDENCE = 0.95
LABELS = ((0.9, "robust"), (0.6, "likely"), (0.2, "depends"), (0.0, "weak"))
FACTORS = ("vary_demand", "vary_kwh_point", "vary_kappa", "vary_cost")
"""Parameters that say how far a figure may be from what the plan assumes, as a ratio to it."""


@dataclass(frozen=True, slots=True, eq=False)
class Draws:
    """What is drawn, the same for every plan of a seed.

    Attributes
    ----------
    share : (draw, criterion)
        Weights that add up to 1.
    factor
        Ratios by name, each ``(draw,)``.
    district : (draw, district)
        Each district's own ratio.
    """

    share: Floats
    factor: Mapping[str, Floats]
    district: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Stability:
    """How often each candidate is chosen.

    Attributes
    ----------
    chosen : (candidate,)
        Draws in which it gets new points.
    points : (candidate,)
        Mean new points where it is chosen.
    draws
        Draws that were made: fewer where time was up.
    top : (candidate,)
        Draws in which it ranks among the first, by value per euro as in a plan.
    """

    chosen: Longs
    points: Floats
    draws: int
    top: Longs

    @property
    def top_share(self) -> Floats:
        """Share of the draws in which each candidate ranks among the first."""
        return np.asarray(self.top / max(self.draws, 1))


def draw(
    share: Floats, numbers: Mapping[str, Parameter], *, districts: int, draws: int, seed: int
) -> Draws:
    """Draw weights around the planner's, and the figures a plan rests on.

    Weights are Dirichlet with the planner's as mean; their variation, weighted by weight, is a
    quarter. A weight of 0 stays 0.
    """
    rng = np.random.default_rng([seed, 6])
    used = np.flatnonzero(share > 0)
    found = np.zeros((draws, share.size))
    spread = max(used.size - 1, 1e-9) / WEIGHT_VARIATION**2 - 1
    found[:, used] = rng.dirichlet(share[used] * spread, draws) if used.size > 1 else 1.0
    factor = {name: two_piece(numbers[name], rng.standard_normal(draws)) for name in FACTORS}
    sigma = numbers["district_sigma"].value
    own = np.exp(sigma * rng.standard_normal((draws, districts)))
    return Draws(found, factor, own)


def weights_only(drawn: Draws) -> Draws:
    """Keep the drawn weights, and every figure as the plan assumes it."""
    still = {name: np.ones_like(values) for name, values in drawn.factor.items()}
    return replace(drawn, factor=still, district=np.ones_like(drawn.district))


def figures_only(drawn: Draws, share: Floats) -> Draws:
    """Keep the drawn figures, and the planner's weights."""
    return replace(drawn, share=np.tile(share, (len(drawn.share), 1)))


def first(drawn: Draws, draws: int) -> Draws:
    """Keep the first draws."""
    return Draws(
        drawn.share[:draws],
        {name: values[:draws] for name, values in drawn.factor.items()},
        drawn.district[:draws],
    )


def stability(  # noqa: PLR0913
    question: Question,
    reach: Reach,
    near: tuple[Longs, Ints],
    drawn: Draws,
    strength: float,
    *,
    top: int = TOP,
    tell: Callable[[float], None] = lambda _: None,
    expired: Deadline = no_deadline,
) -> Stability:
    """Make the plan of tier 0 once per draw. O(draw x greedy)."""
    base = question.score
    ratio = np.divide(base.parts, base.share, out=np.zeros_like(base.parts), where=base.share > 0)
    count = len(question.problem.sites.id)
    chosen, points, made = np.zeros(count, np.int64), np.zeros(count), 0
    ranked = np.zeros(count, np.int64)
    for at in range(len(drawn.share)):
        if expired():
            break
        total = ratio @ drawn.share[at]
        problem, changed = _redrawn(question.problem, reach, drawn, at)
        problem = replace(problem, sites=replace(problem.sites, pull=pull(total, strength)))
        instance = build_instance(problem, changed, near)
        found = greedy(instance).points
        ranked[first_of(instance, found, top)] += 1
        chosen += found > 0
        points += found
        made += 1
        tell(made / len(drawn.share))
    mean = np.divide(points, chosen, out=np.zeros(count), where=chosen > 0)
    return Stability(chosen, mean, made, ranked)


def first_of(instance: Instance, points: Ints, top: int) -> Longs:
    """Find the first sites of a plan: most value lost per euro if they were closed.

    Nobody loses more than they serve, so only sites that serve enough per euro are closed in turn.
    """
    chosen = np.flatnonzero(points)
    if not chosen.size:
        return chosen
    cost = np.maximum(instance.fixed_eur + instance.point_eur * points, 1e-9)[chosen]
    found = allocate(instance, points)
    most = (instance.pull * found.served_kwh)[chosen] / cost
    order = np.argsort(-most, kind="stable")
    rate = np.full(chosen.size, -np.inf)
    tried, upto = 0, 2 * top
    while tried < chosen.size:
        now = np.sort(order[tried:upto])
        rate[now] = losses(instance, found, chosen[now]) / cost[now]
        tried, upto = min(upto, chosen.size), 2 * upto
        if tried < chosen.size and np.sort(rate)[-top] > most[order[tried]]:
            break
    return np.asarray(chosen[np.argsort(-rate, kind="stable")[:top]])


def _redrawn(problem: Problem, reach: Reach, drawn: Draws, at: int) -> tuple[Problem, Reach]:
    """Change demand, delivery, room and cost; what is locked always fits and is always paid."""
    ratio = {name: values[at] for name, values in drawn.factor.items()}
    sites, grid, terms = problem.sites, problem.grid, problem.terms
    weight = reach.weight_kwh * ratio["vary_demand"] * drawn.district[at][reach.district]
    kappa = grid.kappa_kw * ratio["vary_kappa"]
    locked = sites.locked & (sites.existing == 0)
    wanted = np.bincount(sites.transformer[locked], sites.slots[locked], len(grid.id))
    wanted = wanted.astype(np.int64)
    fit = np.maximum(np.minimum(fitting(grid.headroom_kw, kappa), _scaled(problem, ratio)), wanted)
    fixed, price = sites.fixed_eur * ratio["vary_cost"], sites.point_eur * ratio["vary_cost"]
    least = float((fixed + price)[locked].sum())
    changed = replace(
        problem,
        sites=replace(
            sites, kwh_point=sites.kwh_point * ratio["vary_kwh_point"], fixed_eur=fixed,
            point_eur=price,
        ),
        grid=replace(grid, kappa_kw=kappa, fit=fit),
        terms=replace(terms, budget_eur=max(terms.budget_eur, least)),
    )  # fmt: skip
    return changed, replace(reach, weight_kwh=weight)


def _scaled(problem: Problem, ratio: Mapping[str, float]) -> Longs:
    """Points that fit by the engine's own count, which may be below room over kappa."""
    return np.floor(problem.grid.fit / min(ratio["vary_kappa"], 1.0) + 1e-9).astype(np.int64)


def label(share: float) -> str:
    """Name how firmly a place stands."""
    return next(word for least, word in LABELS if share >= least)


def table(found: Stability, ids: tuple[str, ...], planned: Floats | Ints) -> pd.DataFrame:
    """List every candidate that is planned or ever chosen, the firmest first.

    Returns
    -------
    ``candidate_id, planned`` (new points of the plan), ``chosen_share, low, high`` (Wilson, 95 %),
    ``points_mean`` (where chosen), ``label``, ``top_share`` (among the first).
    """
    rows = np.flatnonzero((found.chosen > 0) | (planned > 0))
    span = [
        binomtest(int(found.chosen[row]), max(found.draws, 1)).proportion_ci(
            CONFIDENCE, method="wilson"
        )
        for row in rows
    ]
    share = found.chosen[rows] / max(found.draws, 1)
    frame = pd.DataFrame(
        {
            "candidate_id": [ids[row] for row in rows],
            "planned": planned[rows].astype(int),
            "chosen_share": share,
            "low": [each.low for each in span],
            "high": [each.high for each in span],
            "points_mean": found.points[rows],
            "label": [label(each) for each in share],
            "top_share": found.top_share[rows],
        }
    )
    order = ["chosen_share", "candidate_id"]
    return frame.sort_values(order, ascending=[False, True], ignore_index=True)


def robust_share(frame: pd.DataFrame, cost_eur: Mapping[str, float]) -> float:
    """Share of a plan's money that stands in robust places."""
    cost = frame["candidate_id"].map(cost_eur).fillna(0.0)
    total = float(cost.sum())
    return float(cost[frame["label"] == "robust"].sum()) / total if total > 0 else 0.0
