"""Use-case: one plan seen by the city, the grid operator and the operator of points.

All three are made of the same rows, so points, kW and kWh add up to the same in each; what a
view leaves out is said in it.
"""

import re
from collections.abc import Mapping
from types import MappingProxyType

import numpy as np
import pandas as pd

from app.core.engine.arrays import Floats
from app.core.impact import Impact
from app.core.project import Project
from app.core.scenario import Scenario
from app.core.siting.plan import Plan
from app.exports import Result
from app.services import results

DAYS, DAY_H = 365, 24
TOTALS = ("sites", "points", "kw", "kwh_year")
OPEN = re.compile(r"\b(cc|odbl|open\b|public domain|ogl|dl-de)")  # lets figures travel
CLOSED = re.compile(r"confidential|restricted|internal|not open|closed")
TITLES: Mapping[str, str] = MappingProxyType(
    {"city": "City", "dso": "Grid operator", "cpo": "Operator of points"}
)
LEFT_OUT: Mapping[str, str] = MappingProxyType(
    {
        "city": "Left out: load by hour and transformer, and what a point earns.",
        "dso": "Left out: cost, score, owner and the names of places.",
        "cpo": "Left out: room on the grid, homes without own parking and the score.",
    }
)
CLASSES = (  # room left once the plan is built [kW]: no exact figure where the licence forbids it
    (0.0, "none"),
    (20.0, "below 20 kW"),
    (100.0, "20 to 100 kW"),
    (np.inf, "above 100 kW"),
)


def three_views(
    project: Project, scenario: Scenario, plan: Plan, answer: Impact, day: str
) -> Mapping[str, Result]:
    """Give the firm places of a plan to each of the three, with the same totals."""
    firm = pd.DataFrame(plan.firm.drop(columns=plan.firm.geometry.name))
    firm["kwh_year"] = firm["served_kwh_day"] * DAYS
    firm["sites"] = 1
    tables = {
        "city": _city(plan, firm),
        "dso": _grid_operator(project, plan, firm, answer),
        "cpo": {"points_to_run": _operator(firm)},
    }
    meta = results.about(project, scenario, day, "districts", "parking", "grid", "chargers")
    meta |= {"waiting": f"{len(plan.conditional)} places wait for the grid operator: in no total."}
    return {
        key: Result(
            f"view_{key}",
            f"{TITLES[key]}: {scenario.year}",
            {**found, "totals": totals(next(iter(found.values())))},
            {**meta, "left_out": LEFT_OUT[key]},
        )
        for key, found in tables.items()
    }


def totals(frame: pd.DataFrame) -> pd.DataFrame:
    """Add up what all three must agree on."""
    return pd.DataFrame({"total": list(TOTALS), "value": [float(frame[n].sum()) for n in TOTALS]})


def _city(plan: Plan, firm: pd.DataFrame) -> dict[str, pd.DataFrame]:
    columns = [*TOTALS, "cost_eur"]
    by = firm.groupby(["district_id", "district"], sort=True)[columns].sum().reset_index()
    reached = [
        (words, plan.fairness.get(f"{key}_before"), plan.fairness.get(f"{key}_after"))
        for key, words in (
            ("homes_in_reach", "homes in reach of a point, share"),
            ("cell_households", "households in busy squares with a point, share"),
        )
    ]
    coverage = pd.DataFrame(reached, columns=["coverage", "before", "after"])
    listed = firm[["rank", "candidate_id", "name", "district", *TOTALS[1:], "cost_eur", "reasons"]]
    return {"districts": by, "coverage": coverage, "sites": listed}


def _grid_operator(
    project: Project, plan: Plan, firm: pd.DataFrame, answer: Impact
) -> dict[str, pd.DataFrame]:
    by = firm.groupby("transformer_id", sort=True, dropna=False)
    found = by[list(TOTALS)].sum().reset_index()
    left = by["room_after_kw"].min().to_numpy(float)
    if exact(project):
        found["room_before_kw"] = by["room_before_kw"].max().to_numpy(float)
        found["room_after_kw"] = left
    else:
        found["room_after_class"] = [room_class(kw) for kw in left]
    waiting = plan.conditional.groupby("transformer_id", dropna=False)["points"].sum()
    found["requested_points"] = found["transformer_id"].map(waiting).fillna(0).astype(int)
    hours = found["kwh_year"].to_numpy(float)[:, None] / DAYS * shape(answer)
    names = [f"kw_{hour:02d}" for hour in range(DAY_H)]
    load = pd.DataFrame(hours, columns=names)
    load.insert(0, "transformer_id", found["transformer_id"])
    return {"transformers": found, "mean_day": load}


def _operator(firm: pd.DataFrame) -> pd.DataFrame:
    named = ["lot", "phase", "candidate_id", "name", "type"]
    found = firm[[*named, *TOTALS, "cost_eur"]].sort_values(["lot", "phase", "candidate_id"])
    per_point = found["kwh_year"] / found["points"]
    return found.assign(kwh_point_year=per_point, kwh_point_day=per_point / DAYS)


def shape(answer: Impact) -> Floats:
    """Share of a mean day's energy in each hour; it sums to 1, and giving back is negative."""
    ev_kw = answer.load_kw - answer.base_kw
    hour = np.asarray(answer.times.hour)
    mean = np.bincount(hour, ev_kw, DAY_H) / np.maximum(np.bincount(hour, minlength=DAY_H), 1)
    return mean / mean.sum() if mean.sum() > 0 else np.full(DAY_H, 1 / DAY_H)


def exact(project: Project) -> bool:
    """Whether the licence of the grid map lets exact room leave the house."""
    layer = project.layers.get("grid")
    words = "" if layer is None else layer.licence.casefold()
    return not CLOSED.search(words) and bool(OPEN.search(words))


def room_class(kw: float) -> str:
    """Say room roughly; what nobody knows stays unknown."""
    if np.isnan(kw):
        return "unknown"
    return next(words for most, words in CLASSES if kw <= most)
