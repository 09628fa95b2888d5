"""The chain from cars to points of one district: every number with where it comes from."""

from collections.abc import Mapping
from types import MappingProxyType

import pandas as pd

from app.core.demand import steps_cars, steps_energy, steps_points, uncertainty
from app.core.demand.case import Case
from app.core.demand.chain import Chain
from app.core.demand.cloud import simulate
from app.core.demand.facts import Facts, read
from app.core.demand.result import QUANTITIES, STATISTICS, Band, Demand
from app.core.errors import InputError
from app.core.parameters import Parameter
from app.core.scenario import Scenario

PARTS = (steps_cars, steps_energy, steps_points)
NAMED = 3  # districts named where one is not found


def explain(
    districts: pd.DataFrame,
    scenario: Scenario,
    numbers: Mapping[str, Parameter],
    district_id: str,
    answer: Demand,
) -> Chain:
    """Follow one district through the model with every number at its value.

    Parameters
    ----------
    districts : (district,)
        As given to ``model.estimate``.
    answer
        What the model answered to the same question: its ranges stand beside the steps.
    """
    facts = read(districts, numbers)
    place = _place(facts, district_id)
    chosen = uncertainty.pinned(numbers, scenario)
    values = uncertainty.points(chosen)
    cloud = simulate(facts, values, scenario)
    row = answer.districts.iloc[place]
    bands = {q: Band(*(float(row[f"{q}_{s}"]) for s in STATISTICS)) for q in QUANTITIES}
    plan = int(row["points_plan"])
    case = Case(cloud, districts.iloc[place], place, bands, plan, answer.draws)
    found = tuple(step for part in PARTS for step in part.steps(case))
    used = dict.fromkeys(name for step in found for name in step.names)
    return Chain(
        district_id=district_id,
        name=facts.names[place],
        year=scenario.year,
        steps=found,
        numbers=MappingProxyType({name: chosen[name] for name in used}),
    )


def _place(facts: Facts, district_id: str) -> int:
    if district_id in facts.ids:
        return facts.ids.index(district_id)
    some = ", ".join(facts.ids[:NAMED])
    raise InputError(
        f"there is no district {district_id!r} on this map: choose one of its"
        f" {len(facts.ids)} district_ids, such as {some}"
    )
