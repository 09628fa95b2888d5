"""Use-case: points that were chosen elsewhere, put to the same tests as any other plan."""

from dataclasses import replace

import numpy as np
import pandas as pd

from app.core.engine.arrays import Ints
from app.core.scenario import Scenario
from app.core.siting.answer import given
from app.core.siting.instance import Instance, build_instance
from app.core.siting.plan import Plan
from app.core.siting.question import Question, ask, grid_of
from app.core.siting.regret import fitting_points
from app.services.plan import ROUNDS, Stage, resimulate, tighter, verdict
from app.services.recommend import Effort, Prepared, point_types, solve


def question_of(
    places: Prepared, rooms: pd.DataFrame, scenario: Scenario
) -> tuple[Question, Instance]:
    """Put a scenario's question, as it is and as solvers see it."""
    question = ask(places, scenario, grid_of(places, rooms), point_types())
    near = (places.near_start, places.near)
    return question, build_instance(question.problem, places.reach, near)


def simulated(
    found: Stage, scenario: Scenario, rooms: pd.DataFrame, question: Question, points: Ints
) -> pd.DataFrame:
    """Put new points (site,) back through the engine: one row per transformer that gets some."""
    sites, names = question.problem.sites, np.array([*found.places.assets, ""], object)
    new = points > 0
    taken = np.bincount(sites.transformer[new], (points * sites.slots)[new], names.size)
    told = {str(name): int(slots) for name, slots in zip(names, taken, strict=True)}
    return resimulate(found.setting, told, rooms, scenario)


def given_plan(found: Stage, scenario: Scenario, points: Ints) -> Plan:
    """Make a plan of these new points (site,): simulated, bounded, checked and explained.

    What no longer may stand or does not fit in the room of this scenario is left out, and the plan
    says how many points that is.
    """
    rooms, kept = found.rooms, points
    for _ in range(ROUNDS + 1):
        question, instance = question_of(found.places, rooms, scenario)
        may = np.where(question.problem.sites.barred, 0, points).astype(np.int32)
        kept = fitting_points(instance, may)
        checked = simulated(found, scenario, rooms, question, kept)
        if not checked["over"].any():
            break
        rooms = tighter(rooms, checked)
    plan = solve(found.places, scenario, rooms, Effort(prover=given(kept)))
    words = [verdict(checked)] if len(checked) else []
    if lost := int(points.sum() - kept.sum()):
        words.append(f"{lost} of its {points.sum()} points do not fit here and are left out.")
    return replace(plan, notices=(*plan.notices, *words))
