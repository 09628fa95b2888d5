"""Use-case: read what a tender's calendar says beside its hours, from CSV, JSON or TOML."""

import json
import tomllib
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from app.core.engine.contract import BASES, DIRECTIONS, PHASE_KW_PER_A, Contract, Terms, Thresholds
from app.core.engine.holidays import check_rules
from app.core.errors import InputError, refusal
from app.core.schema import Column
from app.core.tender.calendar_file import document_rows, rows_csv
from app.sources.limits import Limits
from app.sources.own_open import Dropped

NAMES = ("profile_id", "asset_id", "lot_code", "direction")  # what tells calendars apart
MUCH, TENTH = 1_000_000, 0.1
MORE = (
    Column("direction", "whether drawing or giving back is limited", "choice", choices=DIRECTIONS),
    Column("asset_id", "transformer it holds for", "id"),
    Column("lot_code", "lot it holds for", "id"),
    Column("phases", "phases of a point", "whole", low=1, high=3),
    Column("max_hours_day", "most hours a day in red", "number", "h", low=0, high=24),
    Column("max_events_year", "most signals a year", "number", low=0, high=MUCH),
    Column("override_surcharge_eur_kwh", "price of charging at once", "number", "EUR/kWh", low=0),
    Column("guarantee_basis", "what the guarantee counts", "text"),
    Column("fallback_kw", "limit while the link is lost", "number", "kW", low=0, high=MUCH),
    Column("log_interval_min", "interval of the log", "number", "min", low=0, high=1_440),
    Column("compliance_pct", "share of steps that must be kept", "number", "%", low=0, high=100),
    Column("compensation", "what a breach costs", "text"),
    Column("review_date", "day of the next review", "text"),
    Column("limit_a", "the same limit in whole amps", "number", "A", low=0, high=MUCH),
    Column("full_kw", "what the unit may draw in green", "number", "kW", low=0, high=MUCH),
    Column("rated_a", "usual current of a point", "number", "A", low=1, high=1_000),
    Column("guarantee", "whether a full car is promised", "flag"),
    Column("override_share", "drivers who charge at once", "number", low=0, high=1),
    Column("amber_from_pct", "load from which it turns amber", "number", "%", low=0, high=100),
    Column("red_from_pct", "load from which it turns red", "number", "%", low=0, high=100),
    Column("hysteresis_pct", "how far the load must fall", "number", "%", low=0, high=100),
    Column("holidays", "days that count as Sunday", "text"),
    Column("source", "where it is from", "text"),
    Column("confidence", "how sure that is", "text"),
    Column("title", "name people use", "text"),
    Column("note", "what is ours and what was published", "text"),
)
NUMBERS = (
    "full_kw", "max_hours_day", "max_events_year", "override_surcharge_eur_kwh",
    "min_kwh_guarantee", "fallback_kw", "log_interval_min", "compliance_pct",
)  # fmt: skip
TEXTS = ("asset_id", "lot_code", "guarantee_basis", "compensation", "review_date")
OWN = ("title", "note", "source", "confidence")


def structured(text: str, name: str, suffix: str) -> Mapping[str, Any] | None:
    """Read JSON or TOML; None where it is TOML written like a preset."""
    try:
        told = json.loads(text) if suffix == ".json" else tomllib.loads(text)
    except ValueError as error:
        raise refusal("contract_unreadable", f"this is not valid: {error}", file=name) from error
    if suffix == ".toml" and "calendars" not in told:
        return None
    if not isinstance(told, dict):
        raise _not_one(name)
    return told


def as_table(told: Mapping[str, Any], name: str) -> Dropped:
    """Turn a document into the table it stands for, so that one reader checks both."""
    try:
        rows = document_rows(told)
    except (KeyError, TypeError, AttributeError) as error:
        raise _not_one(name) from error
    if not rows:
        raise _not_one(name)
    return Dropped(f"{name} (as rows)", rows_csv(rows).encode(), "", Limits())


def _not_one(name: str) -> InputError:
    wanted = 'wanted "calendars", each with "windows" of start, end, colour and limit_kw'
    return refusal("contract_unreadable", f"this is not a contract; {wanted}", file=name)


def with_terms(contract: Contract, frame: pd.DataFrame, file: str) -> Contract:
    """Add the terms in the first row of a calendar."""
    row = frame.iloc[0]
    said: dict[str, Any] = {name: number(row, name) for name in NUMBERS}
    said |= {name: str(row.get(name, "")) for name in TEXTS}
    usual = Terms()
    terms = Terms(
        direction=str(row.get("direction", "")) or usual.direction,
        phases=int(number(row, "phases") or usual.phases),
        holidays=tuple(filter(None, str(row.get("holidays", "")).split(";"))),
        **said,
    )
    _check(terms, file)
    own: dict[str, Any] = {name: str(row[name]) for name in OWN if str(row.get(name, ""))}
    marks = contract.thresholds
    return replace(
        contract,
        terms=terms,
        rated_a=number(row, "rated_a") or contract.rated_a,
        override_share=_or(number(row, "override_share"), contract.override_share),
        guarantee=bool(row["guarantee"]) if row.get("guarantee", -1) >= 0 else contract.guarantee,
        thresholds=Thresholds(
            _share(row, "amber_from_pct", marks.amber),
            _share(row, "red_from_pct", marks.red),
            _share(row, "hysteresis_pct", marks.hysteresis),
        ),
        **own,
    )


def in_amps(frame: pd.DataFrame) -> pd.DataFrame:
    """Take the amps of a point where kW were rounded down to a tenth below them."""
    if not {"limit_a", "limit_kw", "phases"} <= set(frame):
        return frame
    exact = (frame["limit_a"] * frame["phases"] * PHASE_KW_PER_A).round(6)
    cut = exact - frame["limit_kw"]
    return frame.assign(limit_kw=exact.where((cut > 0) & (cut < TENTH), frame["limit_kw"]))


def _check(terms: Terms, file: str) -> None:
    try:
        check_rules(terms.holidays)
    except InputError as error:
        raise refusal("contract_unreadable", str(error), file=file) from error
    if terms.guarantee_basis not in {"", *BASES}:
        said = f"guarantee_basis: found {terms.guarantee_basis!r}, wanted {', '.join(BASES)}"
        raise refusal("contract_unreadable", said, file=file)
    try:
        date.fromisoformat(terms.review_date or "2000-01-01")
    except ValueError as error:
        said = f"review_date: found {terms.review_date!r}, wanted a day like 2027-01-15"
        raise refusal("contract_unreadable", said, file=file) from error


def number(row: "pd.Series[Any]", name: str) -> float | None:
    """Return a number of a row; None where nothing is said."""
    value = float(row.get(name, np.nan))
    return None if np.isnan(value) else value


def _or(value: float | None, usual: float) -> float:
    return usual if value is None else value


def _share(row: "pd.Series[Any]", name: str, usual: float) -> float:
    percent = number(row, name)
    return usual if percent is None else percent / 100
