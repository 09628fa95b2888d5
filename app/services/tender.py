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
from app.core.tender.editions import check_edition, redact, score_shares
from app.core.tender.editions import shown as shown_scenario
from app.core.tender.edits import Edits
from app.core.tender.locations import location_list, open_items
from app.core.tender.lot_table import SiteFacts, balance, lot_table, uneven
from app.core.tender.models import parse_models
from app.core.tender.numbering import retired
from app.core.tender.pack_checks import without_grid
from app.core.tender.sealed import SealedPack
from app.core.tender.selection import Selection, select
from app.exports.base import UNDATED
from app.exports.cells import flat
from app.paths import DATA
from app.services.compliance import checks_of_pack
from app.services.pack_changes import earlier, row_revisions
from app.services.parameters import load_parameters
from app.services.plan_checks import check_place, check_rows
from app.services.plan_lots import with_lots
from app.services.requirements import (
    clauses,
    country_of,
    edits_of,
    exclusions,
    forbidden_strategy,
    library,
    library_of,
)
from app.services.results import about, cautions
from app.services.tender_pack import pack

__all__ = ["clauses", "library", "list_columns", "models", "pack", "pack_date", "tender"]

CONDITIONAL = "conditional"


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
    notices: tuple[str, ...] = (),
    before: SealedPack | None = None,
    revision: int | None = None,
    lots: int | None = None,
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
    before
        An earlier pack of this tender: places keep their numbers, and the revision is one higher.
    revision
        Number of this issue; higher than that of ``before``.
    lots
        Divide a plan that has no lots into so many.
    notices
        What must be known of the plan first, from ``plan_truth``: open items, and on page one.
    """
    check_edition(edition)
    scenario = shown_scenario(scenario, edition)
    day = day or pack_date(project)
    when = _date(day)
    plan = _plain(plan_frame)
    firm, waiting = _firm(plan)
    check_rows(firm)
    check_place(firm, project)
    firm = with_lots(firm, lots, project, scenario.seed)
    columns, numbers = list_columns(), load_parameters()
    issue = _revision(revision, before, edition)
    known_before = earlier(before, project) if before else None
    listed = location_list(
        _powered(firm),
        columns,
        project=project,
        scenario=scenario,
        numbers=numbers,
        earlier=known_before,
    )
    known = firm.set_index(firm["candidate_id"].astype(str)).loc[listed.index]
    few = numbers["tender_few_homes"].value
    shares = score_shares(scenario)
    shown = redact(listed, columns, edition, few=few, homes=known.get("homes"), shares=shares)
    shown = shown.assign(
        revision=pd.array(row_revisions(shown, before, issue), "Int64"),
    )
    table = lot_table(
        shown,
        _site_facts(known),
        weak_point=numbers["weak_point"].value,
        few=few,
        internal=edition == "internal",
    )
    chosen = _chosen(project, scenario, listed, when, edits)
    checks = checks_of_pack(project, scenario, listed, chosen)
    told = (
        *notices,
        *_waiting(waiting),
        *_forbidden(project, scenario),
        *_walk(chosen, scenario),
        *open_items(shown, columns),
        *uneven(table),
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
        lots=table,
        selection=chosen,
        open_items=(*told, *chosen.open_items),
        id_map=dict(zip(listed["location_id"], listed.index, strict=True)),
        plan_digest=digest(plan),
        meta=_meta(project, scenario, day, edition, table) | _noticed(project, notices),
        checks=checks if edition == "internal" else without_grid(checks),
        revision=issue,
        before=before,
        retired=retired(list(listed["location_id"]), known_before) if known_before else (),
    )


def _chosen(
    project: Project,
    scenario: Scenario,
    listed: pd.DataFrame,
    when: date,
    edits: Edits | None,
) -> Selection:
    return select(
        library_of(country_of(project, scenario)),
        scenario.model,
        scenario.v2g_phase,
        sites=listed,
        pack_date=when,
        edits={**edits_of(scenario), **(edits or {})},
        exclusions=exclusions(),
        power_class=scenario.power_class,
    )


def _revision(asked: int | None, before: SealedPack | None, edition: str) -> int:
    """Return the number of this issue: never one that was used already.

    The changes of a public issue would quote what only the internal one before it knew.
    """
    if before and edition == "public" and not before.public:
        raise InputError(
            f"{before.name} is an internal edition: a public one follows the public pack before it"
        )
    least = before.revision + 1 if before else 1
    if asked is not None and asked < least:
        after = f": {before.name} is revision {before.revision}" if before else ""
        raise InputError(f"revision {asked} is too low, it must be {least} or more{after}")
    return least if asked is None else asked


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


def _site_facts(known: pd.DataFrame) -> SiteFacts:
    """Say what the plan knows of each place beside the list, in the order of the list."""
    points = pd.to_numeric(known["n_charge_points" if "n_charge_points" in known else "points"])
    kinds = known.get("type", _blank(known))
    return SiteFacts(
        kwh_day=known.get("served_kwh_day", _blank(known)),
        usual_kwh_day=kinds.map(point_energies()).astype("float64") * points,
        homes=known.get("homes", _blank(known)),
    )


@cache
def point_energies() -> Mapping[str, float]:
    """Read what one point of each type usually gives [kWh/day]."""
    table = pd.read_csv(DATA / "tables" / "charger_types.csv").set_index("type")
    return {str(key): float(kwh) for key, kwh in table["kwh_day"].items()}


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


def _plain(plan: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(flat(plan), geometry=plan.geometry.to_numpy(), crs=plan.crs)


def _meta(
    project: Project, scenario: Scenario, day: str, edition: str, lots: pd.DataFrame
) -> dict[str, str]:
    found = about(project, scenario, day, *sorted(project.layers))
    found["edition"] = edition
    found["model"] = models()[scenario.model].title
    found["grid_figures"] = "as loaded, before the points of this tender"
    found["lot_energy"] = "expected; P10 and P90 of a lot are unknown where they are empty"
    ratio = balance(lots)
    found["largest_lot_over_smallest"] = "unknown" if ratio is None else f"{ratio:.2f}"
    return found


def _noticed(project: Project, notices: tuple[str, ...]) -> dict[str, str]:
    """Put what must be known of the plan before what every file says of its maps."""
    if not notices:
        return {}
    sentences = [f"{words[:1].upper()}{words[1:]}." for words in notices]
    return {"status": " ".join([*sentences, *cautions(project)])}


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False
