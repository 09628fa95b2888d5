"""Use-case: how a plan holds when weights, figures, uptake, grid or strategy turn out otherwise."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
import pandas as pd

from app.core.errors import InputError
from app.core.project import Project
from app.core.scenario import Scenario
from app.core.siting import regret as core
from app.core.siting import stability as firmness
from app.core.siting.instance import Instance
from app.core.siting.plan import CONDITIONAL, Plan
from app.core.siting.question import Question
from app.core.siting.solve import choose
from app.core.siting.stability import Draws, Stability
from app.services.estimate import estimate
from app.services.given_plan import given_plan, question_of
from app.services.jobs import Report, silent
from app.services.parameters import load_parameters
from app.services.plan import stage
from app.services.recommend import Prepared, places_of
from app.services.room import room
from app.services.setting import peak_week
from app.services.setting import prepare as bring_onto_grid
from app.services.simulate import REFERENCE, headline

DRAWS, PART = 500, 200  # all drawn; weights or figures alone
STABLE: Mapping[str, str] = {  # column of a plan: of the table of firmness
    "stability": "top_share",
    "stability_weights": "top_weights",
    "stability_figures": "top_figures",
}
Tell = Callable[[float], None]
UPTAKES = ("low", "mid", "high")
GRIDS = ("as_told", "late")


@dataclass(frozen=True, slots=True, eq=False)
class Firmness:
    """How often each place is chosen when weights and figures vary.

    Attributes
    ----------
    places
        ``candidate_id, name, district, planned, chosen_share, low, high, points_mean, label,
        top_share, top_weights, top_figures, first``; the firmest first. The shares are of the draws
        in which a place ranks among the first ``top``: all drawn, weights alone, figures alone;
        ``first`` tells the first of the plan itself.
    robust_share
        Share of the plan's money in robust places.
    draws, apart
        Plans that were made with all drawn, and with weights or figures alone.
    """

    places: pd.DataFrame
    robust_share: float
    draws: int
    apart: int
    top: int

    def on(self, plan: Plan) -> Plan:
        """Return a plan whose firm sites say how stable their rank is."""
        told = self.places.set_index("candidate_id").reindex(plan.sites["candidate_id"])
        waits = plan.sites["status"].to_numpy() == CONDITIONAL
        shares = {
            name: np.where(waits, np.nan, told[column].fillna(0.0).to_numpy())
            for name, column in STABLE.items()
        }
        return replace(plan, sites=plan.sites.assign(**shares))


def stability(
    project: Project, scenario: Scenario, *, draws: int = DRAWS, report: Report = silent
) -> Firmness:
    """Make the plan again under ``draws`` sets of weights and figures, and count."""
    report(0.0, "Simulating the strategy")
    found = stage(project, scenario)
    question, instance = question_of(found.places, found.rooms, scenario)
    count = len(found.places.districts)
    drawn = firmness.draw(
        question.score.share, load_parameters(), districts=count, draws=draws, seed=scenario.seed
    )
    planned = choose(instance)[0].points
    top = max(min(firmness.TOP, int(np.count_nonzero(planned)) // 2), 1)
    apart = firmness.first(drawn, max(draws * PART // DRAWS, 1))
    sets = (
        drawn, firmness.weights_only(apart), firmness.figures_only(apart, question.score.share)
    )  # fmt: skip
    total, before = sum(len(each.share) for each in sets), 0
    told = []
    for each in sets:
        now = partial(_tell, report, before / total, len(each.share) / total)
        told.append(_counted(found.places, question, each, scenario.score_pull, top, now))
        before += len(each.share)
    counted = told[0]
    frame = firmness.table(counted, question.problem.sites.id, planned)
    at = pd.Index(question.problem.sites.id).get_indexer(pd.Index(frame["candidate_id"]))
    frame["top_weights"], frame["top_figures"] = (each.top_share[at] for each in told[1:])
    frame["first"] = np.isin(at, firmness.first_of(instance, planned, top))
    cost = instance.fixed_eur * (planned > 0) + instance.point_eur * planned
    paid = dict(zip(question.problem.sites.id, cost.tolist(), strict=True))
    share = firmness.robust_share(frame, paid)
    return Firmness(_named(frame, found.places), share, counted.draws, told[1].draws, top)


def _tell(report: Report, begun: float, part: float, share: float) -> None:
    report(0.1 + 0.9 * (begun + part * share), "Choosing again")


def _counted(  # noqa: PLR0913, PLR0917  # what a count is made of
    places: Prepared, question: Question, drawn: Draws, pull: float, top: int, tell: Tell
) -> Stability:
    near = (places.near_start, places.near)
    return firmness.stability(question, places.reach, near, drawn, pull, top=top, tell=tell)


@dataclass(frozen=True, slots=True, eq=False)
class LeastRegret:
    """Plans held against futures.

    Attributes
    ----------
    futures, plans
        What they assume: ``uptake, strategy, grid``; the last plan is the one for their mean.
    value, regret : (plan, future)
        Worth, and loss against the best plan there [kWh/day].
    choice
        Row of the plan that disappoints least.
    places
        ``candidate_id, name, district, points``: that plan, as it was compared.
    plan
        That plan under the scenario asked: simulated, bounded, checked and explained.
    """

    futures: pd.DataFrame
    value: np.ndarray
    regret: np.ndarray
    choice: int
    places: pd.DataFrame
    plan: Plan

    @property
    def share(self) -> np.ndarray:
        """Regret as a share of the best plan's worth, (plan, future)."""
        return np.asarray(self.regret / np.maximum(self.value.max(axis=0), 1e-9))


def least_regret(project: Project, scenario: Scenario, *, report: Report = silent) -> LeastRegret:
    """Choose a plan for every future, try each in all, and name the one that disappoints least.

    Futures: low, middle and high uptake, the chosen strategy and charging at once, the grid as
    told and with its works late.
    """
    strategies = tuple(dict.fromkeys((scenario.strategy, REFERENCE)))
    rows: list[dict[str, str]] = []
    instances: list[Instance] = []
    places: Prepared | None = None
    total = len(UPTAKES) * len(strategies)
    for uptake in UPTAKES:
        asked = scenario.but(uptake=uptake)
        demand = estimate(project, asked)
        setting = bring_onto_grid(project, demand, asked)
        now = places_of(project, demand, asked)
        places = now if places is None else _same(places, now)
        for strategy in strategies:
            report(len(instances) / (2 * total), f"Uptake {uptake}, {strategy}")
            rooms = room(headline(setting, peak_week(setting), strategy, asked))
            for grid in GRIDS:
                left = rooms if grid == "as_told" else _late(rooms)
                instances.append(question_of(now, left, asked)[1])
                rows.append({"uptake": uptake, "strategy": strategy, "grid": grid})
    report(0.9, "Trying every plan in every future")
    assert places is not None  # noqa: S101  # there is at least one uptake
    found = core.compare(instances)
    plan = found.plans[found.choice]
    frame = pd.DataFrame({"candidate_id": places.places["candidate_id"], "points": plan})
    order = ["points", "candidate_id"]
    chosen = frame[frame["points"] > 0].sort_values(order, ascending=[False, True])
    report(0.95, "Checking the plan that disappoints least")
    said = (
        f"Chosen as the plan that disappoints least over {len(rows)} futures: at most "
        f"{found.regret[found.choice].max():,.0f} kWh a day below the best plan there."
    )
    whole = given_plan(stage(project, scenario), scenario, plan)
    return LeastRegret(
        pd.DataFrame(rows), found.value, found.regret, found.choice, _named(chosen, places),
        replace(whole, notices=(*whole.notices, said)),
    )  # fmt: skip


def _late(rooms: pd.DataFrame) -> pd.DataFrame:
    """Leave a share of the room; unknown stays unknown."""
    share = load_parameters()["delay_room"].value
    return rooms.assign(
        headroom_kw=rooms["headroom_kw"] * share, fit=np.floor(rooms["fit"] * share)
    )


def _same(places: Prepared, now: Prepared) -> Prepared:
    if list(places.places["candidate_id"]) != list(now.places["candidate_id"]):
        raise InputError("the futures do not share their candidates: they cannot be compared")
    return places


def _named(frame: pd.DataFrame, places: Prepared) -> pd.DataFrame:
    """Add name and district of each candidate."""
    table = places.places.set_index("candidate_id").loc[frame["candidate_id"]]
    district = places.districts["name"].to_numpy()[table["district"].to_numpy(int)]
    found = frame.reset_index(drop=True)
    found.insert(1, "name", table["name"].to_numpy())
    found.insert(2, "district", district)
    return found
