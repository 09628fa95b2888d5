"""Use-case: what a floor of service in every district does with the same budget."""

from dataclasses import dataclass

import pandas as pd

from app.core.project import Project
from app.core.scenario import Scenario
from app.services import plan as planning
from app.services.equity import Equity
from app.services.jobs import Report, silent

USUAL = 0.5  # shown where the planner has set none


@dataclass(frozen=True, slots=True, eq=False)
class Floor:
    """The same budget planned twice.

    Attributes
    ----------
    points : (income fifth,)
        ``quintile, without, with_floor``: new points with known room on the grid.
    unplaced
        ``without, with_floor``: new points in districts of no fifth.
    served_kwh_day
        Energy served in the whole city without and with the floor [kWh/day].
    """

    floor_share: float
    points: pd.DataFrame
    unplaced: tuple[int, int]
    served_kwh_day: tuple[float, float]


def effect(
    project: Project, scenario: Scenario, found: Equity, *, report: Report = silent
) -> Floor:
    """Plan without a floor and with the scenario's, or a half where it has none."""
    floor = scenario.floor_share or USUAL
    report(0.0, "Simulating the strategy")
    stage = planning.stage(project, scenario)
    plans = []
    for nth, share in enumerate((0.0, floor)):
        report((1 + nth) / 3, "Choosing places")
        asked = scenario.but(floor_share=share)
        plans.append(planning.plan(stage.places, asked, stage.setting, stage.answer))
    fifth = found.districts.set_index("district_id")["quintile"]
    sums = [
        each.firm.groupby(each.firm["district_id"].astype(str).map(fifth).fillna(0))["points"].sum()
        for each in plans
    ]
    points = pd.DataFrame({"quintile": found.quintiles["quintile"].to_numpy()})
    without, with_floor = (
        points["quintile"].map(each).fillna(0).astype(int).to_numpy() for each in sums
    )
    unplaced = tuple(int(each.get(0, 0)) for each in sums)
    return Floor(
        floor_share=floor,
        points=points.assign(without=without, with_floor=with_floor),
        unplaced=(unplaced[0], unplaced[1]),
        served_kwh_day=(plans[0].served_kwh_day, plans[1].served_kwh_day),
    )
