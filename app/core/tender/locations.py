"""The location list: every place of a plan in the columns that bidders and registers read.

What is not known is ``unknown`` or empty and becomes an open item; nothing is guessed.
"""

import re
from collections.abc import Mapping
from dataclasses import replace
from math import isfinite
from typing import Any

import geopandas as gpd
import pandas as pd

from app.core.errors import InputError
from app.core.parameters import Parameter
from app.core.project import Project
from app.core.scenario import Scenario
from app.core.tender.columns import ListColumn
from app.core.tender.fillers import Facts, fill
from app.core.tender.numbering import Earlier

UNKNOWN = "unknown"
FIRST_YEAR = 1990  # a phase from here on is a year
DATE = re.compile(r"\d{4}(-\d{2}(-\d{2})?)?")
WANTED = {"int": "a number", "float": "a number", "date": "a date like 2027-01-15"}
SHOWN = 40
DEGREE_DECIMALS = 6
DECIMALS = {"power_kw_point": 1, "station_kw": 1, "grid_headroom_kw": 1, "v2g_export_kw": 1}
DECIMALS |= {"x_local": 0, "y_local": 0, "walk_m_p90": 0, "dist_lv_m": 0, "est_capex_eur": 0}
DECIMALS |= {"lat": DEGREE_DECIMALS, "lon": DEGREE_DECIMALS, "score_total": 1}


def location_list(  # noqa: PLR0913
    plan: gpd.GeoDataFrame,
    columns: tuple[ListColumn, ...],
    *,
    project: Project,
    scenario: Scenario,
    numbers: Mapping[str, Parameter],
    earlier: Earlier | None = None,
) -> gpd.GeoDataFrame:
    """Turn a plan into the location list: one row per place, in order of ``location_id``.

    Parameters
    ----------
    plan
        Chosen places with ``candidate_id, points, kw`` and what else the plan knows; columns
        named as in the list win over the plan's names. Any coordinate system.
    columns
        The columns to fill, all editions.
    earlier
        The numbers of an earlier pack, which its places keep.

    Returns
    -------
    gpd.GeoDataFrame
        The columns in their order, ``geometry`` in the project's coordinate system, and
        ``candidate_id`` as the index.
    """
    facts = replace(_facts(plan, project, scenario, numbers), earlier=earlier)
    listed, faults = {}, []
    for column in columns:
        values = facts.given(column.name)
        faults += faults_of(values, column)
        if values.isna().all():
            values = _in_options(fill(column.name, facts), column)
        listed[column.name] = values
    if faults:
        raise InputError("; ".join(faults))
    listed = {each.name: _typed(listed[each.name], each) for each in columns}
    rows = pd.DataFrame(listed, index=facts.plan.index)
    if rows["location_id"].duplicated().any():
        raise InputError("the plan holds the same location_id twice")
    found = gpd.GeoDataFrame(rows, geometry=facts.plan.geometry, crs=facts.plan.crs)
    found = found.set_index(facts.plan["candidate_id"].astype(str))
    return found.sort_values("location_id", key=_in_turn, kind="stable")


def open_items(sites: pd.DataFrame, columns: tuple[ListColumn, ...]) -> tuple[str, ...]:
    """List the required columns that are not filled for every place, with the number."""
    found = []
    for column in columns:
        if not column.required or column.name not in sites:
            continue
        values = sites[column.name]
        missing = int((values.isna() | (values.astype("object") == UNKNOWN)).sum())
        if missing:
            found.append(f"{column.name}: unknown for {missing} of {len(sites)} places")
    return tuple(found)


def faults_of(values: "pd.Series[Any]", column: ListColumn) -> list[str]:
    """Say where a plan's own column holds what the list cannot: one sentence, or nothing."""
    stated = [value for value in values if not _missing(value)]
    wrong = [value for value in stated if not _fits(value, column)]
    if not wrong:
        return []
    wanted = WANTED.get(column.type) or f"one of: {', '.join(column.options)}"
    found = f"the plan's column {column.name!r} holds {str(wrong[0])[:SHOWN]!r}"
    return [f"{found} in {len(wrong)} of {len(values)} rows, not {wanted}"]


def _fits(value: Any, column: ListColumn) -> bool:  # noqa: ANN401
    if column.type in {"int", "float"}:
        number = pd.to_numeric(value, errors="coerce")
        return bool(pd.notna(number) and isfinite(number))
    if column.type == "date":
        return bool(DATE.fullmatch(str(value)))
    return not column.options or value in {*column.options, UNKNOWN}


def _in_options(values: "pd.Series[Any]", column: ListColumn) -> "pd.Series[Any]":
    """Leave out what maps and plans say in other words than the list's."""
    return values.where(values.isin(column.options), None) if column.options else values


def _years_in_turn(plan: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Tell the phases of a plan in years from its years: phase 1 is the first year."""
    phases = pd.to_numeric(plan["phase"], errors="coerce") if "phase" in plan else pd.Series()
    if phases.empty or phases.isna().any() or not (phases >= FIRST_YEAR).all():
        return plan
    turned = plan.assign(phase=phases.rank(method="dense").astype(int))
    return turned if {"planned_year", "year"} & {*plan} else turned.assign(planned_year=phases)


def _facts(
    plan: gpd.GeoDataFrame, project: Project, scenario: Scenario, numbers: Mapping[str, Parameter]
) -> Facts:
    metric = plan.to_crs(project.crs).rename(columns={"status": "plan_status"})
    metric["status"] = "free"  # pre-checked and nobody's yet; a plan's own words mean other things
    metric = _years_in_turn(metric)
    order = [name for name in ("lot", "phase") if name in metric]
    metric = metric.sort_values([*order, "candidate_id"], kind="stable").reset_index(drop=True)
    points = metric.geometry.representative_point()
    parking = _nearest(points, project, numbers["tender_match_m"].value)
    assets = pd.DataFrame(index=metric.index)
    if "grid" in project.layers and "transformer_id" in metric:
        grid = project.layers["grid"].frame.set_index("asset_id")
        assets = grid.reindex(metric["transformer_id"]).reset_index(drop=True)
    return Facts(metric, points, project, scenario, numbers, parking, assets)


def _nearest(points: gpd.GeoSeries, project: Project, most_m: float) -> pd.DataFrame:
    """Find the parking place each site stands on: the nearest, if it is near enough."""
    if "parking" not in project.layers:
        return pd.DataFrame(index=points.index)
    places = project.layers["parking"].map
    sites = gpd.GeoDataFrame(geometry=points)
    near = gpd.sjoin_nearest(sites, places, max_distance=most_m)
    near = near.sort_values("parking_id", kind="stable")
    near = near[~near.index.duplicated()]
    return pd.DataFrame(near.drop(columns="geometry")).reindex(points.index)


def _in_turn(names: "pd.Series[Any]") -> "pd.Series[Any]":
    """Sort ``X-9999`` before ``X-10000``."""
    return names.str.rjust(int(names.str.len().max()))


def _typed(values: "pd.Series[Any]", column: ListColumn) -> "pd.Series[Any]":
    """Give a column its type: whole numbers, rounded numbers, or text with ``unknown``."""
    if column.type in {"int", "float"}:
        numbers = pd.to_numeric(values).astype("float64")
        if column.type == "int":
            return numbers.round().astype("Int64")
        return numbers.round(DECIMALS.get(column.name, 3))
    blank = UNKNOWN if column.required else None
    texts = [blank if _missing(value) else _text(value) for value in values]
    return pd.Series(texts, index=values.index, dtype=object)


def _missing(value: Any) -> bool:  # noqa: ANN401
    return value is None or value == "" or value is pd.NA or value != value  # noqa: PLR0124


def _text(value: Any) -> str:  # noqa: ANN401
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)
