"""Use-case: recommend places, and put the plan back through the engine before it is shown."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from time import monotonic

import numpy as np
import pandas as pd

from app.core.demand.result import Demand
from app.core.impact import Impact
from app.core.project import Project
from app.core.scenario import Scenario
from app.core.siting.kinds import REFERENCE
from app.core.siting.plan import Plan
from app.core.siting.report import proven_words
from app.services.estimate import estimate
from app.services.jobs import Report, silent
from app.services.prove import prover
from app.services.recommend import (
    Choice,
    Effort,
    Prepared,
    complete,
    places_of,
    point_types,
    sketch,
    solve,
)
from app.services.room import nominal, room, short_of_room, tried
from app.services.setting import Setting, Stretch, peak_week, week_stretch
from app.services.setting import prepare as bring_onto_grid
from app.services.simulate import headline

ROUNDS = 2  # of choosing again
ROUNDS_OF_SEARCH, BOUND_STEPS = 100_000, 400
SEARCH_SHARE = 0.4  # of the seconds; the solver gets the rest
CLOSE = 1.005  # a peak this close to its limit is what the plan assumed


@dataclass(frozen=True, slots=True, eq=False)
class Stage:
    """A project under one scenario, up to the point where places are chosen."""

    demand: Demand
    setting: Setting
    answer: Impact
    places: Prepared
    rooms: pd.DataFrame


def stage(project: Project, scenario: Scenario) -> Stage:
    """Estimate demand, simulate the strategy, find room and candidates."""
    demand = estimate(project, scenario)
    setting = bring_onto_grid(project, demand, scenario)
    answer = headline(setting, peak_week(setting), scenario.strategy, scenario)
    places = places_of(project, demand, scenario)
    return Stage(demand, setting, answer, places, room(answer))


def plan_project(project: Project, scenario: Scenario, effort: Effort | None = None) -> Plan:
    """Recommend places of a project, from nothing: what the terminal asks."""
    found = stage(project, scenario)
    return plan(found.places, scenario, found.setting, found.answer, effort)


def prove_project(
    project: Project, scenario: Scenario, seconds: float, *, report: Report = silent
) -> tuple[Plan, Plan]:
    """Search for a better plan and prove it, within about ``seconds``.

    Returns the plan found in an instant, and the one after the search: never worse.
    """
    report(0.0, "Simulating the strategy")
    found, begun = stage(project, scenario), monotonic()

    def poll(doing: str) -> None:
        report(min((monotonic() - begun) / seconds, 0.99), doing)

    def expired() -> bool:
        poll("Searching")
        return monotonic() > begun + SEARCH_SHARE * seconds

    solver_s = (1 - SEARCH_SHARE) * seconds
    ending = prover(solver_s, seed=scenario.seed, poll=lambda: poll("Proving"))
    settled = settle(found.places, scenario, found.setting, found.answer)
    first, better = (
        finish(found.places, scenario, found.setting, settled, each)
        for each in (None, Effort(ROUNDS_OF_SEARCH, BOUND_STEPS, expired, ending))
    )
    return first, better if better.value >= first.value and better.verifier["ok"] else first


def plan(
    places: Prepared,
    scenario: Scenario,
    setting: Setting,
    answer: Impact,
    effort: Effort | None = None,
) -> Plan:
    """Choose places under the room the strategy leaves, then simulate what was chosen."""
    return finish(places, scenario, setting, settle(places, scenario, setting, answer), effort)


@dataclass(frozen=True, slots=True, eq=False)
class Settled:
    """A choice that was simulated, the room it was made under, and what the simulation found."""

    choice: Choice
    rooms: pd.DataFrame
    checked: pd.DataFrame


def settle(places: Prepared, scenario: Scenario, setting: Setting, answer: Impact) -> Settled:
    """Choose until the room holds.

    Room is told from the coincidence of the whole city; where it is short, it is tried out.
    Where the choice's own points push a transformer over its limit, room there shrinks by what was
    too much and the choice is made again.
    """
    rooms = room(answer)
    rooms = tried(rooms, setting, scenario, short_of_room(rooms, {}))
    choice = sketch(places, scenario, rooms)
    if (short := short_of_room(rooms, choice.on_transformers)).any():
        rooms = tried(rooms, setting, scenario, short)
        choice = sketch(places, scenario, rooms)
    checked = resimulate(setting, choice.on_transformers, rooms, scenario)
    for _ in range(ROUNDS):
        if not checked["over"].any():
            break
        rooms = tighter(rooms, checked)
        choice = sketch(places, scenario, rooms)
        checked = resimulate(setting, choice.on_transformers, rooms, scenario)
    return Settled(choice, rooms, checked)


def finish(
    places: Prepared,
    scenario: Scenario,
    setting: Setting,
    settled: Settled,
    effort: Effort | None = None,
) -> Plan:
    """Make a plan of a choice, or of a better one; it says what the simulation found."""
    found, checked = complete(places, scenario, settled.choice, effort), settled.checked
    if found.firm.empty:
        return found
    if effort is not None:  # a harder search chose other points than the sketch
        checked = resimulate(setting, built(found), settled.rooms, scenario)
    proven = (proven_words(found.gap),) if found.proof == "proven" else ()
    said = (*proven, *_trials(settled.rooms), verdict(checked))
    return replace(found, notices=(*found.notices, *said))


def built(plan: Plan) -> Mapping[str, int]:
    """Count a plan's new points on each transformer, in reference points."""
    taken = plan.firm["type"].map({key: each.slots for key, each in point_types().items()})
    slots = (plan.firm["points"] * taken).astype(int)
    found: dict[str, int] = slots.groupby(plan.firm["transformer_id"]).sum().to_dict()
    return found


def full_power(places: Prepared, scenario: Scenario, answer: Impact) -> Plan:
    """Choose for the same money as if every point drew its full power at once.

    Beside ``plan`` this says what the strategy is worth in places: a yardstick, never a proposal.
    """
    rooms = nominal(room(answer), point_types()[REFERENCE].power_kw)
    return solve(places, scenario, rooms, Effort(iterations=1))


def resimulate(
    setting: Setting, new_points: Mapping[str, int], rooms: pd.DataFrame, scenario: Scenario
) -> pd.DataFrame:
    """Run the strategy on the peak week with a plan's own new points on each transformer.

    Returns
    -------
    (row,)
        One row per transformer with new points: ``points, new, peak_kw, base_peak_kw, limit_kw,
        over``, indexed like ``rooms``.
    """
    new = np.asarray(rooms["asset_id"].map(new_points).fillna(0), np.int64)
    rows = np.flatnonzero(new)
    if not rows.size:
        return pd.DataFrame({"over": np.zeros(0, bool)})
    points = rooms["existing"].to_numpy(dtype=np.int64)[rows] + new[rows]
    some = setting.only(rows)
    share = points / np.maximum(some.points, 1)
    built = replace(some, rates=some.rates * share[:, None], points=points)
    days: Stretch = replace(week_stretch(built, built.weeks[0]), day_weight=1.0)
    peaks = headline(built, days, scenario.strategy, scenario).rows
    limit_kw = np.maximum(peaks["limit_kw"], peaks["base_peak_kw"])  # homes alone may break it
    return pd.DataFrame(
        {
            "asset_id": peaks["asset_id"],
            "points": points,
            "new": new[rows],
            "peak_kw": peaks["peak_kw"],
            "base_peak_kw": peaks["base_peak_kw"],
            "limit_kw": peaks["limit_kw"],
            "over": peaks["peak_kw"] > CLOSE * limit_kw,
        }
    ).set_index(rows)


def tighter(rooms: pd.DataFrame, checked: pd.DataFrame) -> pd.DataFrame:
    """Shrink room where the simulated plan was too much: by what it was too much."""
    broken = checked[checked["over"]]
    added = (broken["peak_kw"] - broken["base_peak_kw"]).clip(lower=1e-9)
    left = (broken["limit_kw"] - broken["base_peak_kw"]).clip(lower=0.0)
    allowed = np.floor(broken["points"] * left / added) - rooms["existing"].loc[broken.index]
    fit = rooms["fit"].copy()
    fit.loc[broken.index] = np.minimum(fit.loc[broken.index], allowed.clip(lower=0.0))
    return rooms.assign(fit=fit)


def _trials(rooms: pd.DataFrame) -> tuple[str, ...]:
    count = int(rooms["tried"].sum())
    where = f"under the {count} transformers where it is short, points were tried out one by one"
    return (f"Room from the coincidence of the whole city; {where}.",) if count else ()


def verdict(checked: pd.DataFrame) -> str:
    """Say what the engine found of a plan's own points."""
    known = checked[checked["limit_kw"].notna()]
    if known.empty:
        return "Simulated again with the plan's own points: no limit is known to hold them against."
    used = known["peak_kw"] / known["limit_kw"]
    worst = known.iloc[int(used.to_numpy().argmax())]
    over = int((used > CLOSE).sum())  # also where homes alone break the limit
    fits = "all stay within their limit" if not over else f"{over} would still exceed their limit"
    return (
        f"Simulated again with the plan's own points on {len(known)} transformers: {fits}; the "
        f"fullest is {worst['asset_id']} at {used.max():.0%}."
    )
