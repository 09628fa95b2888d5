"""Use-case: a project's plan as the document of ``report.json``, like that of own tables."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from importlib.metadata import version
from math import isfinite
from typing import Any

import numpy as np
import pandas as pd

from app.core.project import Project
from app.core.scenario import Scenario
from app.core.siting.edits import of_plan
from app.core.siting.milp import REL_GAP
from app.core.siting.plan import Plan
from app.core.siting.report import PROVEN, SCHEMA, SHOWN
from app.core.siting.statuses import Site
from app.exports import Result
from app.services import site_list

CHOSEN = (
    "candidate_id",
    "name",
    "rank",
    "points",
    "type",
    "kw",
    "served_kwh_day",
    "cost_eur",
    "transformer_id",
    "phase",
    "lot",
    "score",
    "marginal_kwh_day",
    "status",
    "dso",
    "year",
    "stability",
    "stability_weights",
    "stability_figures",
)


def plan_report(
    project: Project, scenario: Scenario, plan: Plan, listed: Sequence[Site] = ()
) -> dict[str, Any]:
    """Say everything a plan says, as plain data; numbers finite, unknown null.

    ``listed`` is the list of sites with their statuses, if there is one.
    """
    firm = plan.firm
    sure = plan.gap <= PROVEN or plan.proof == "proven"
    status = "empty" if firm.empty else "proven" if sure else "feasible"
    rejected = [
        {"candidate_id": row.candidate_id, "binding": str(row.binding).split(";"), "text": row.text}
        for row in plan.rejected.head(SHOWN).itertuples(index=False, name="Row")
    ]
    document = {
        "schema": SCHEMA,
        "project": project.slug,
        "scenario": scenario.changes(),
        "status": status,
        "objective": "served",
        "value": plan.value,
        "served_kwh_day": plan.served_kwh_day,
        "value_share": plan.value / plan.demand_kwh_day if plan.demand_kwh_day else 0.0,
        "bound": plan.bound,
        "bound_method": plan.bound_method,
        "gap": plan.gap,
        "chosen": _rows(firm),
        "conditional": _rows(plan.conditional),
        "rejected": rejected,
        "rejected_count": len(plan.rejected),
        "changes": of_plan(scenario, plan).to_dict("records"),
        "site_list": site_list.table(project, listed).to_dict("records"),
        "totals": {**plan.totals, "demand_kwh_day": plan.demand_kwh_day},
        "constraints": plan.constraints,
        "fairness": plan.fairness,
        "verifier": plan.verifier,
        "proof": plan.proof,
        "proof_tolerance": REL_GAP if plan.proof == "proven" else None,
        "seconds": plan.seconds,
        "inputs": {kind: layer.digest for kind, layer in sorted(project.layers.items())},
        "version": version("kerbwatt"),
        "seed": scenario.seed,
        "notices": plan.notices,
    }
    found: dict[str, Any] = _plain(document)
    return found


def carrying(told: Result, report: Mapping[str, Any]) -> Result:
    """Let a plan's GeoPackage say how it was made: a tender reads its question from there."""
    untimed = {key: value for key, value in report.items() if key != "seconds"}
    said = json.dumps(untimed, sort_keys=True, ensure_ascii=False, allow_nan=False)
    return replace(told, meta={**told.meta, "report": said})


def _rows(sites: pd.DataFrame) -> list[dict[str, Any]]:
    shown = pd.DataFrame(sites)[[name for name in CHOSEN if name in sites]]
    reasons = [str(each).split("; ") for each in sites["reasons"]]
    rows: list[dict[Any, Any]] = shown.to_dict("records")
    return [{**row, "reasons": said} for row, said in zip(rows, reasons, strict=True)]


def _plain(value: Any) -> Any:  # noqa: ANN401
    """Turn arrays' numbers into plain ones, and what is not finite into null."""
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float):
        return value if isfinite(value) else None
    if isinstance(value, dict) or hasattr(value, "items"):
        return {str(key): _plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    return value
