"""Use-case: one plan for three readers: the city, the grid operator, the charge-point operator.

All three count the same points, kW and kWh; ``totals`` proves it. Exact room leaves the house
only where the licence of the grid map lets it.
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
from app.services.contracts import load_contracts

CITY, DSO, CPO = "city", "dso", "cpo"
SUMS = ("points", "kw", "kwh_year")
LEFT_OUT: Mapping[str, str] = MappingProxyType(
    {
        CITY: "Left out: rooms and loads of single transformers, and what an operator earns.",
        DSO: "Left out: homes, scores and reasons of places, and money.",
        CPO: "Left out: rooms and loads of transformers, homes without parking, and scores.",
    }
)
DAYS, DAY_H = 365, 24
OPEN = re.compile(r"\b(cc|odbl|open\b|public domain|ogl|dl-de)")  # lets figures travel
CLOSED = re.compile(r"confidential|restricted|internal|not open|closed")
CLASSES = (  # room left once the plan stands [kW], where no exact figure may leave
    (0.0, "none"),
    (20.0, "below 20 kW"),
    (100.0, "20 to 100 kW"),
    (np.inf, "above 100 kW"),
)
NO_TRANSFORMER = "none known"


def three_views(project: Project, scenario: Scenario, plan: Plan) -> dict[str, pd.DataFrame]:
    """Tell one plan to three readers.

    Returns
    -------
    dict
        ``city``: a row per district; ``dso``: a row per transformer, with the kW of the plates and
        ``design_kw`` at the coincidence of the strategy, exact room or its class, and
        ``requested_points`` that wait for an answer and are in no sum; ``cpo``: a row per place,
        with energy a point and the capacity contract. All hold ``points, kw, kwh_year``.
    """
    firm = plan.firm.assign(kwh_year=plan.firm["served_kwh_day"] * DAYS)
    return {CITY: _city(firm), DSO: _dso(project, plan, firm), CPO: _cpo(firm, scenario)}


def totals(views: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Add up each view: the same three figures in every row, or something is lost."""
    rows = [
        {"view": key, **{name: view[name].sum() for name in SUMS}} for key, view in views.items()
    ]
    return pd.DataFrame(rows)


def result(  # noqa: PLR0913, PLR0917  # a plan, whose eyes, and when
    project: Project,
    scenario: Scenario,
    plan: Plan,
    reader: str,
    day: str,
    answer: Impact | None = None,
) -> Result:
    """Give the view of one reader as a file, with what it leaves out and the totals of all.

    With ``answer``, the grid operator also sees each transformer's new kW by hour of a mean day.
    """
    views = three_views(project, scenario, plan)
    meta = results.about(project, scenario, day, "parking", "grid", "chargers", "districts")
    meta["left_out"] = LEFT_OUT[reader]
    named = {"view": views[reader], "totals": totals(views)}
    if reader == DSO and answer is not None:
        named["mean_day"] = mean_day(views[DSO], answer)
    return Result(f"view_{reader}", f"View of the {reader.upper()}, {scenario.year}", named, meta)


def _city(firm: pd.DataFrame) -> pd.DataFrame:
    grouped = firm.groupby(["district_id", "district"], sort=True)
    return grouped.agg(
        places=("candidate_id", "size"),
        points=("points", "sum"),
        kw=("kw", "sum"),
        kwh_year=("kwh_year", "sum"),
        walk_m_p90=("walk_m_p90", "max"),
        score=("score", "mean"),
        cost_eur=("cost_eur", "sum"),
    ).reset_index()


def mean_day(found: pd.DataFrame, answer: Impact) -> pd.DataFrame:
    """Lay the energy of new points over the hours in which the city charges [kW]."""
    hours = found["kwh_year"].to_numpy(float)[:, None] / DAYS * shape(answer)
    load = pd.DataFrame(hours, columns=[f"kw_{hour:02d}" for hour in range(DAY_H)])
    load.insert(0, "transformer_id", found["transformer_id"])
    return load


def shape(answer: Impact) -> Floats:
    """Share of a mean day's energy in each hour; it sums to 1, and giving back is negative."""
    hour = np.asarray(answer.times.hour)
    steps = np.maximum(np.bincount(hour, minlength=DAY_H), 1)
    mean = np.bincount(hour, answer.load_kw - answer.base_kw, DAY_H) / steps
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


def _dso(project: Project, plan: Plan, firm: pd.DataFrame) -> pd.DataFrame:
    name = firm["transformer_id"].replace("", None).fillna(NO_TRANSFORMER)
    grouped = firm.assign(transformer_id=name).groupby("transformer_id", sort=True)
    found = grouped.agg(
        places=("candidate_id", "size"),
        points=("points", "sum"),
        kw=("kw", "sum"),
        kwh_year=("kwh_year", "sum"),
        room_before_kw=("room_before_kw", "first"),
        room_after_kw=("room_after_kw", "first"),
    ).reset_index()
    found["design_kw"] = found["room_before_kw"] - found["room_after_kw"]
    waiting = plan.conditional.groupby("transformer_id")["points"].sum()
    found["requested_points"] = found["transformer_id"].map(waiting).fillna(0).astype(int)
    if exact(project):
        return found
    found["room_after_class"] = [room_class(float(kw)) for kw in found["room_after_kw"]]
    return found.drop(columns=["room_before_kw", "room_after_kw"])


def _cpo(firm: pd.DataFrame, scenario: Scenario) -> pd.DataFrame:
    contract = load_contracts().get(scenario.contract)
    names = ["candidate_id", "name", "district", "lot", "type", "points", "kw", "kwh_year"]
    found = firm[[*names, "cost_eur"]].copy()
    per_point: pd.Series[float] = firm["kwh_year"] / firm["points"].clip(lower=1)
    found["kwh_point_year"] = per_point.round(1)
    found["capacity_contract"] = contract.title if contract is not None else ""
    return found
