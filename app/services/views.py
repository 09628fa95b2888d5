"""Use-case: one plan for three readers: the city, the grid operator, the charge-point operator.

All three count the same points, kW and kWh; ``totals`` proves it.
"""

from collections.abc import Mapping
from types import MappingProxyType

import pandas as pd

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
DAYS = 365
NO_TRANSFORMER = "none known"


def three_views(scenario: Scenario, plan: Plan) -> dict[str, pd.DataFrame]:
    """Tell one plan to three readers.

    Returns
    -------
    dict
        ``city``: a row per district; ``dso``: a row per transformer, with the kW of the plates and
        ``design_kw`` at the coincidence of the strategy; ``cpo``: a row per place, with energy a
        point and the capacity contract. All hold ``points, kw, kwh_year``.
    """
    firm = plan.firm.assign(kwh_year=plan.firm["served_kwh_day"] * DAYS)
    return {CITY: _city(firm), DSO: _dso(firm), CPO: _cpo(firm, scenario)}


def totals(views: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Add up each view: the same three figures in every row, or something is lost."""
    rows = [
        {"view": key, **{name: view[name].sum() for name in SUMS}} for key, view in views.items()
    ]
    return pd.DataFrame(rows)


def result(project: Project, scenario: Scenario, plan: Plan, reader: str, day: str) -> Result:
    """Give the view of one reader as a file, with what it leaves out and the totals of all."""
    views = three_views(scenario, plan)
    meta = results.about(project, scenario, day, "parking", "grid", "chargers", "districts")
    meta["left_out"] = LEFT_OUT[reader]
    named = {"view": views[reader], "totals": totals(views)}
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


def _dso(firm: pd.DataFrame) -> pd.DataFrame:
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
    return found


def _cpo(firm: pd.DataFrame, scenario: Scenario) -> pd.DataFrame:
    contract = load_contracts().get(scenario.contract)
    names = ["candidate_id", "name", "district", "lot", "type", "points", "kw", "kwh_year"]
    found = firm[[*names, "cost_eur"]].copy()
    per_point: pd.Series[float] = firm["kwh_year"] / firm["points"].clip(lower=1)
    found["kwh_point_year"] = per_point.round(1)
    found["capacity_contract"] = contract.title if contract is not None else ""
    return found
