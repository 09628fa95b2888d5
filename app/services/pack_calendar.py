"""The calendar's files of a tender pack: the table a lawyer attaches, and the same as data.

What the public may read is rounded down and per point: no transformer, no room, no kW above it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from math import floor
from typing import Any

import pandas as pd

from app.core.engine.contract import Contract, Terms, Window
from app.core.tender.calendar import Calendar
from app.core.tender.calendar_file import (
    calendar_csv,
    calendar_document,
    calendar_rows,
    rows_csv,
    wall,
)
from app.core.tender.calendar_section import calendar_section, no_calendar
from app.core.tender.document import Section
from app.core.tender.draft import TenderDraft
from app.services.calendar import CLAUSE, Calendars, calendar_options, calendars, replay
from app.services.calendar_trial import Trial
from app.services.pack_member import UTF8_MARK, Member, json_member

DAY_MIN, DECIMALS = 1440, 2
STEP_KW = 10.0  # tenths
WHY = {
    "none": "no place of the plan needs one",
    "unknown": "the capacity of every transformer of the plan is unknown: ask the grid operator",
}


def members(draft: TenderDraft, given: Sequence[Contract] = ()) -> list[Member]:
    """Write ``traffic_light.csv`` and ``traffic_light.json``.

    ``given`` are calendars somebody brought, instead of those made from the plan: they are tried
    on its transformers, and written as they are.
    """
    reason = left_out(draft)
    if reason:
        return _files((_all_green(draft),), {**_head(draft), "reason": reason}, draft)
    if given:
        return _files(given, {**_head(draft), **_tried(draft, given)}, draft)
    found = calendars(draft.project, draft.scenario, draft.sites)
    told: dict[str, Any] = {**_head(draft), **_facts(found, draft)}
    if not found.made:
        told["reason"] = WHY["unknown" if found.unknown or found.nowhere else "none"]
    return _files(found.contracts, told, draft)


def sections(draft: TenderDraft, given: Sequence[Contract] = ()) -> list[Section]:
    """Say the same in the annex: what is not green, and what drivers notice."""
    reason = left_out(draft)
    if reason:
        return [no_calendar(reason)]
    if given:
        trial = replay(draft.project, draft.scenario, draft.sites, given)
        return [calendar_section(given, {}, (), trial.groups)]
    found = calendars(draft.project, draft.scenario, draft.sites)
    places: dict[str, list[str]] = {}
    for place, name in zip(draft.sites["location_id"].astype(str), found.of_site, strict=True):
        places.setdefault(name, []).append(place)
    groups = None if found.trial is None else found.trial.groups
    return [calendar_section(found.contracts, places, places.get("", ()), groups)]


def _tried(draft: TenderDraft, given: Sequence[Contract]) -> dict[str, Any]:
    trial = replay(draft.project, draft.scenario, draft.sites, given)
    basis = "a calendar given with this tender, on the peak week, return staggered"
    told: dict[str, Any] = {"impact": _rows(trial.groups), "impact_basis": basis}
    if draft.internal:
        told["figures"] = _figures(trial)
        told["over_limit_outside_windows"] = _rows(trial.remaining)
    return told


def _rows(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Write a table as plain data, rounded; what is not known is null."""
    plain = table.round(DECIMALS).astype(object)
    known = plain.where(plain.notna(), None)
    return [{str(n): v for n, v in row.items()} for row in known.to_dict("records")]


def _figures(trial: Trial) -> dict[str, Any]:
    return {
        name: round(value, DECIMALS) if isinstance(value, float) else value
        for name, value in trial.figures.items()
    }


def left_out(draft: TenderDraft) -> str:
    """Say why this tender has no calendar; empty where it has one."""
    for choice in draft.selection.included:
        if choice.requirement.id == CLAUSE:
            return ""
    return f"{CLAUSE}, the clause that annexes a calendar, is not part of this tender"


def _all_green(draft: TenderDraft) -> Contract:
    options = calendar_options(draft.scenario)
    terms = Terms(full_kw=options.full_kw, phases=options.phases)
    window = Window(0, DAY_MIN, "green")
    return Contract("TL-000", "No limit", (window,), "kerbwatt", "C", terms=terms)


def _head(draft: TenderDraft) -> dict[str, Any]:
    internal = draft.internal
    rounded = {} if internal else {"rounding": "limits in kW are rounded down to 0.1; amps hold"}
    return {"edition": draft.edition, "country": draft.project.country, **rounded}


def _files(
    contracts: Sequence[Contract], told: Mapping[str, Any], draft: TenderDraft
) -> list[Member]:
    zone = draft.project.timezone
    shown = contracts if draft.internal else tuple(map(in_public, contracts))
    text, document = calendar_csv(shown), calendar_document(shown, zone=zone, more=told)
    if not draft.internal:
        rows = [_rounded(row) for row in calendar_rows(shown)]
        text = rows_csv(rows)
        for each in document["calendars"]:
            each |= {n: v for n, v in _rounded(each).items() if n in each}
            each["windows"] = [_rounded(window) for window in each["windows"]]
    count = text.count("\r\n") - 1
    table = Member("traffic_light.csv", "text/csv", text.encode(UTF8_MARK), count)
    return [table, json_member("traffic_light", document, count)]


def in_public(contract: Contract) -> Contract:
    """Return a contract without the transformer it was made for."""
    return replace(contract, terms=replace(contract.terms, asset_id=""))


def _rounded(row: Mapping[str, Any]) -> dict[str, Any]:
    """Round kW down, so that nobody reads the room on a transformer from it."""
    kw = {name: value for name, value in row.items() if name.endswith("_kw") and value is not None}
    return {**row, **{name: floor(value * STEP_KW + 1e-9) / STEP_KW for name, value in kw.items()}}


def _facts(found: Calendars, draft: TenderDraft) -> dict[str, Any]:
    ids = draft.sites["location_id"].astype(str)
    names = dict(zip(ids, found.of_site, strict=True))
    told: dict[str, Any] = {
        "calendar_of_place": {place: name for place, name in names.items() if name},
        "unknown_capacity": sorted(place for place, name in names.items() if not name),
        "limit_not_kept": [row for each in found.made for row in not_kept(each, draft.internal)],
    }
    if found.trial is not None:
        told["impact"] = _rows(found.trial.groups)
        told["impact_basis"] = "peak week, staggered return after each window"
        if draft.internal:
            told["figures"] = _figures(found.trial)
            told["over_limit_outside_windows"] = _rows(found.trial.remaining)
            told["unknown_transformers"] = list(found.unknown)
    return told


def not_kept(made: Calendar, internal: bool) -> list[dict[str, Any]]:  # noqa: FBT001  # the edition
    """List the windows of a calendar in which points may draw more than there is room for."""
    return [
        {
            "profile_id": made.contract.key,
            "months": list(each.months),
            "day_type": each.day_type,
            "start": wall(each.start_min),
            "end": wall(each.end_min),
            "colour": each.colour,
            **({"excess_kw": round(each.excess_kw, 3)} if internal else {}),
        }
        for each in made.not_kept
    ]
