"""What list, clauses and grid must agree on before a pack can be final."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

import pandas as pd

from app.core.duties.base import Check, Result
from app.core.tender.selection import Selection

FEEDS_BACK = 2  # the V2G phase from which posts must be able to
EXPORT, CAPACITY, RED, FLOOR = "v2g_export", "v2g_capacity", "firm_in_red", "district_floor"
OWN, CONFIDENCE = "own check of list against clauses and grid", "C"
SLACK = 1e-6


@dataclass(frozen=True, slots=True, eq=False)
class PackFacts:
    """What the checks read: the whole list, before anything is left out of an edition.

    ``export_kw`` is the room for feeding back by transformer [kW]; ``standing`` and ``wanted`` are
    charge points of today and those the demand asks for, by district.
    """

    listed: pd.DataFrame
    selection: Selection
    export_kw: Mapping[str, float]
    standing: Mapping[str, float]
    wanted: Mapping[str, float]


def pack_checks(facts: PackFacts) -> tuple[Check, ...]:
    """Make every check; one row per transformer and district, and one each for the rest."""
    return (_capacity(facts), *_export(facts), _red(facts), *_floors(facts))


def without_grid(checks: Iterable[Check]) -> tuple[Check, ...]:
    """Leave out transformers and their exact room: one row says how it went for the city."""
    checks = tuple(checks)
    rows = [each for each in checks if each.id == EXPORT]
    if not rows:
        return checks
    worst = min(rows, key=lambda each: WORST.index(each.result))
    count = sum(each.result == worst.result for each in rows)
    told = replace(
        worst,
        scope="city",
        required=None,
        found=None,
        gap=None,
        inputs=f"{count} of {len(rows)} transformers: {worst.result}",
    )
    at = checks.index(rows[0])
    rest = tuple(each for each in checks if each.id != EXPORT)
    return (*rest[:at], told, *rest[at:])


WORST: tuple[Result, ...] = ("gap", "unknown", "pass", "not_applicable")


def _capacity(facts: PackFacts) -> Check:
    chosen = {each.requirement.id for each in facts.selection.included}
    if facts.selection.phase < FEEDS_BACK:
        result: Result = "not_applicable"
    else:
        result = "pass" if "GRD-06" in chosen else "gap"
    return _check(
        CAPACITY,
        "annex",
        result,
        sides=(1.0, float("GRD-06" in chosen)) if result != "not_applicable" else None,
        unit="clause GRD-06",
        formula="from V2G phase 2 export capacity is requested with the connection",
        inputs=f"V2G phase {facts.selection.phase}",
    )


def _export(facts: PackFacts) -> Iterable[Check]:
    formula = "all points feed back at once, against the room for export of the transformer"
    if facts.selection.phase < FEEDS_BACK:
        yield _check(EXPORT, "city", "not_applicable", unit="kW", formula=formula)
        return
    listed = facts.listed
    stated = pd.to_numeric(listed["v2g_export_kw"], errors="coerce")
    feeding = stated.fillna(pd.to_numeric(listed["station_kw"], errors="coerce"))
    names = listed["transformer_id"].astype(object).where(listed["transformer_id"].notna(), "")
    for name, kw in feeding.groupby(names.to_numpy()).sum(min_count=1).items():
        room = facts.export_kw.get(str(name), float("nan"))
        scope = str(name) or "places without a transformer"
        if pd.isna(room) or pd.isna(kw):
            yield _check(EXPORT, scope, "unknown", unit="kW", formula=formula)
            continue
        result: Result = "gap" if kw > room + SLACK else "pass"
        sides = (float(kw), float(room))
        yield _check(EXPORT, scope, result, sides=sides, unit="kW", formula=formula)


def _red(facts: PackFacts) -> Check:
    listed = facts.listed
    red = listed["grid_class"] == "red"
    forms = listed["contract_form"].fillna("unknown")
    firm = int((red & (forms == "firm")).sum())
    blind = int((red & (forms == "unknown")).sum() + (listed["grid_class"] == "unknown").sum())
    if firm:
        result: Result = "gap"
    elif blind:
        result = "unknown"
    else:
        result = "pass" if red.any() else "not_applicable"
    return _check(
        RED,
        "city",
        result,
        sides=(0.0, float(firm)) if result in {"gap", "pass"} else None,
        unit="places",
        formula="no firm contract where the grid is in a red class",
        inputs=f"{int(red.sum())} places in red, {blind} of unknown form or class",
        more_is_worse=True,
    )


def _floors(facts: PackFacts) -> Iterable[Check]:
    formula = "points standing and ordered / points the demand asks for, per district"
    chosen = next((c for c in facts.selection.included if c.requirement.id == "SOC-01"), None)
    asked = chosen.requirement.value("coverage_min_pct") if chosen else ""
    if not asked:
        yield _check(FLOOR, "city", "not_applicable", unit="%", formula=formula)
        return
    ordered = pd.to_numeric(facts.listed["n_charge_points"]).groupby(facts.listed["district"]).sum()
    for name, wanted in facts.wanted.items():
        if not wanted:
            yield _check(FLOOR, name, "not_applicable", unit="%", formula=formula)
            continue
        there = facts.standing.get(name, 0.0) + float(ordered.get(name, 0.0))
        found = 100 * there / wanted
        result: Result = "gap" if found < float(asked) - SLACK else "pass"
        inputs = f"{there:g} of {wanted:g} points"
        sides = (float(asked), found)
        yield _check(FLOOR, name, result, sides=sides, unit="%", formula=formula, inputs=inputs)


def _check(  # noqa: PLR0913  # the fields of a row
    name: str,
    scope: str,
    result: Result,
    *,
    unit: str,
    formula: str,
    sides: tuple[float, float] | None = None,
    inputs: str = "",
    more_is_worse: bool = False,
) -> Check:
    required, found = sides or (None, None)
    gap = None
    if required is not None and found is not None:
        gap = max(0.0, found - required if more_is_worse else required - found)
        gap = 0.0 if result == "pass" else gap
    return Check(name, scope, result, required, found, gap, unit, formula, inputs, OWN, CONFIDENCE)
