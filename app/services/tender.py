"""Use-case: from a plan to a first tender: list, lots, clauses, and the pack that holds them."""

import os
from collections.abc import Mapping
from datetime import UTC, date, datetime
from functools import cache
from typing import Any

import geopandas as gpd
import pandas as pd

from app.core.errors import InputError
from app.core.layer import digest
from app.core.project import Project
from app.core.scenario import Scenario
from app.core.tender.columns import ListColumn, parse_columns
from app.core.tender.draft import TenderDraft
from app.core.tender.editions import check_edition, redact
from app.core.tender.edits import Edits
from app.core.tender.locations import location_list, open_items
from app.core.tender.lot_table import balance, lot_table
from app.core.tender.models import parse_models
from app.core.tender.pack_checks import without_grid
from app.core.tender.selection import Selection, select
from app.exports.base import UNDATED
from app.exports.cells import flat
from app.paths import DATA
from app.services.compliance import checks_of_pack
from app.services.parameters import load_parameters
from app.services.projects import outline
from app.services.requirements import (
    clauses,
    country_of,
    edits_of,
    exclusions,
    forbidden_strategy,
    library,
    library_of,
)
from app.services.results import about
from app.services.tender_pack import pack

__all__ = ["clauses", "library", "list_columns", "models", "pack", "pack_date", "tender"]

CONDITIONAL = "conditional"
NEEDED = (("candidate_id",), ("points", "n_charge_points"), ("kw", "power_kw_point"))


@cache
def list_columns() -> tuple[ListColumn, ...]:
    """Read the columns of the location list."""
    return parse_columns((DATA / "requirements" / "location_columns.csv").read_text("utf-8"))


models = cache(
    lambda: parse_models((DATA / "tables" / "operational_models.csv").read_text("utf-8"))
)


def pack_date(project: Project) -> str:
    """Return the newest date of the layers, else ``SOURCE_DATE_EPOCH``, else 2000: no clock."""
    days = sorted(
        layer.as_of[:10] for layer in project.layers.values() if _is_day(layer.as_of[:10])
    )
    if days:
        return days[-1]
    epoch = os.environ.get("SOURCE_DATE_EPOCH", "")
    return (
        datetime.fromtimestamp(int(epoch), UTC).date().isoformat() if epoch.isdigit() else UNDATED
    )


def tender(  # noqa: PLR0913
    project: Project,
    plan_frame: gpd.GeoDataFrame,
    scenario: Scenario,
    *,
    day: str | None = None,
    edition: str = "public",
    edits: Edits | None = None,
) -> TenderDraft:
    """Draft a tender for the firm places of a plan.

    Parameters
    ----------
    plan_frame
        Chosen places: ``candidate_id, points, kw`` and what else the plan knows, as maps with a
        coordinate system. Places that wait for the grid operator (``status`` "conditional") are
        left out and counted among the open items.
    scenario
        Gives operating model, V2G phase and year.
    day
        Date of the pack; ``pack_date`` where None.
    edits
        Changes to clauses over those of the scenario, from ``clauses``.
    """
    check_edition(edition)
    if edition != "internal":
        scenario = scenario.without_money()  # a planner's own prices are nobody else's business
    day = day or pack_date(project)
    when = _date(day)
    plan = _plain(plan_frame)
    firm, waiting = _firm(plan)
    _check_rows(firm)
    _check_place(firm, project)
    columns, numbers = list_columns(), load_parameters()
    listed = location_list(
        _powered(firm), columns, project=project, scenario=scenario, numbers=numbers
    )
    known = firm.set_index(firm["candidate_id"].astype(str)).loc[listed.index]
    few = numbers["tender_few_homes"].value
    shown = redact(listed, columns, edition, few=few, homes=known.get("homes"))
    lots = lot_table(shown, known.get("served_kwh_day", _blank(known)))
    model, phase = scenario.model, scenario.v2g_phase
    chosen = select(
        library_of(country_of(project, scenario)),
        model,
        phase,
        sites=listed,
        pack_date=when,
        edits={**edits_of(scenario), **(edits or {})},
        exclusions=exclusions(),
        power_class=scenario.power_class,
    )
    checks = checks_of_pack(project, scenario, listed, chosen)
    told = (
        *_waiting(waiting),
        *_forbidden(project, scenario),
        *_walk(chosen, scenario),
        *open_items(shown, columns),
    )
    reasons = known.get("reasons", _blank(known)) if edition == "internal" else _blank(known)
    return TenderDraft(
        project=project,
        scenario=scenario,
        edition=edition,
        day=day,
        columns=tuple(each for each in columns if each.name in shown),
        sites=shown.reset_index(drop=True),
        reasons=tuple(reasons.fillna("").astype(str)),
        lots=lots,
        selection=chosen,
        open_items=(*told, *chosen.open_items),
        id_map=dict(zip(listed["location_id"], listed.index, strict=True)),
        plan_digest=digest(plan),
        meta=_meta(project, scenario, day, edition, lots),
        checks=checks if edition == "internal" else without_grid(checks),
    )


def _date(day: str) -> date:
    if not _is_day(day):
        raise InputError(f"{day!r} is not a date like 2027-01-15")
    return date.fromisoformat(day)


def _blank(rows: pd.DataFrame) -> "pd.Series[Any]":
    return pd.Series([None] * len(rows), index=rows.index, dtype=object)


def _firm(plan: gpd.GeoDataFrame) -> tuple[gpd.GeoDataFrame, int]:
    if "status" not in plan:
        return plan, 0
    waits = plan["status"] == CONDITIONAL
    return plan[~waits], int(waits.sum())


def _powered(plan: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Say the power of one point: by the type of point, because a plan's own ``kw`` is a sum."""
    if "power_kw_point" in plan or "type" not in plan:
        return plan
    known = plan["type"].map(point_powers())
    return plan.assign(power_kw_point=known.fillna(pd.to_numeric(plan["kw"])))


@cache
def point_powers() -> Mapping[str, float]:
    """Read the power of one point of each type [kW]."""
    table = pd.read_csv(DATA / "tables" / "charger_types.csv").set_index("type")
    return {str(key): float(kw) for key, kw in table["power_kw"].items() if kw > 0}


def _waiting(count: int) -> tuple[str, ...]:
    words = "places left out: they wait for the grid operator's answer"
    return (f"{count} {words}",) if count else ()


def _forbidden(project: Project, scenario: Scenario) -> tuple[str, ...]:
    why = forbidden_strategy(project, scenario, scenario.strategy)
    return (f"strategy {scenario.strategy}: {why}",) if why else ()


def _walk(chosen: Selection, scenario: Scenario) -> tuple[str, ...]:
    """Say where the text promises another walk than the plan was made for."""
    for clause in (choice.requirement for choice in chosen.included):
        asked = clause.value("max_walk_m")
        if clause.lever == "radius_m" and asked and asked != str(scenario.radius_m):
            return (f"{clause.id} asks for {asked} m, the plan walks {scenario.radius_m} m",)
    return ()


def _check_rows(plan: gpd.GeoDataFrame) -> None:
    if plan.empty:
        raise InputError("there are no sites in the plan")
    for names in NEEDED:
        if not any(name in plan and plan[name].notna().all() for name in names):
            raise InputError(f"the plan's sites need the column {names[0]!r} filled in every row")
    if plan["candidate_id"].astype(str).duplicated().any():
        raise InputError("the plan holds the same candidate_id twice")
    for names in NEEDED[1:]:
        _check_numbers(plan, next(name for name in names if name in plan))


def _check_place(plan: gpd.GeoDataFrame, project: Project) -> None:
    if plan.crs is None:
        raise InputError("the plan has no coordinate system")
    if plan.geometry.isna().any() or plan.geometry.is_empty.any():
        raise InputError("a site of the plan has no place on the map")
    far = plan.geometry.to_crs(project.crs).distance(outline(project))
    outside = int((far > load_parameters()["tender_match_m"].value).sum())
    if outside:
        raise InputError(
            f"{outside} of {len(plan)} sites lie outside {project.name}: another city's?"
        )


def _check_numbers(plan: gpd.GeoDataFrame, name: str) -> None:
    numbers = pd.to_numeric(plan[name], errors="coerce")
    if numbers.isna().any() or (numbers <= 0).any():
        raise InputError(f"the plan's column {name!r} must hold numbers above 0")


def _plain(plan: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(flat(plan), geometry=plan.geometry.to_numpy(), crs=plan.crs)


def _meta(
    project: Project, scenario: Scenario, day: str, edition: str, lots: pd.DataFrame
) -> dict[str, str]:
    found = about(project, scenario, day, *sorted(project.layers))
    found["edition"] = edition
    found["model"] = models()[scenario.model].title
    found["grid_figures"] = "as loaded, before the points of this tender"
    ratio = balance(lots)
    found["largest_lot_over_smallest"] = "unknown" if ratio is None else f"{ratio:.2f}"
    return found


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False
