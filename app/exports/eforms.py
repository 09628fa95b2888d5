"""The sheet for whoever fills in the notice: per lot the fields of eForms and what to put."""

from collections.abc import Hashable, Iterator, Mapping
from typing import Any

import pandas as pd

from app.core.tender.draft import TenderDraft
from app.exports.ocds import CPV_CHARGERS, award_criteria, operate_years
from app.exports.register_place import lot_id

CPV_SERVICES = "50000000"  # repair and maintenance, for the years of running
ALL = "all"
BUYER = "the buyer fills this in"
CONCESSIONS = ("concession", "hybrid", "ppp")
MONTHS = 12
COLUMNS = ("lot", "field", "name", "value", "note")
Row = tuple[str, str, str, str, str]


def sheet(draft: TenderDraft) -> pd.DataFrame:
    """Return the rows ``lot, field, name, value, note``."""
    rows = list(_whole(draft))
    for lot in draft.lots.to_dict("records"):
        rows += _lot(draft, lot)
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _whole(draft: TenderDraft) -> Iterator[Row]:
    name = draft.project.name
    note = "coordinates have no field in the notice: the list of places is attached"
    yield ALL, "BT-21", "Title", f"Public charging of electric cars, {name}", ""
    yield (
        ALL,
        "BT-24",
        "Description",
        f"{draft.points} charge points at {len(draft.sites)} places",
        "",
    )
    yield ALL, "BT-300", "Additional information", draft.meta["status"], f"{draft.edition} edition"
    yield ALL, "BT-15", "Documents URL", "", f"{BUYER}: where this pack is published"
    yield ALL, "BT-708", "Documents official language", "ENG", note


def _lot(draft: TenderDraft, lot: Mapping[Hashable, Any]) -> Iterator[Row]:
    key, code = lot_id(str(lot["lot_code"])), str(lot["lot_code"])
    own = draft.sites[draft.sites["lot_code"].astype(str) == code]
    years = operate_years(draft)
    cost = lot.get("cost_eur")
    known = draft.internal and cost is not None and not pd.isna(cost)
    yield key, "BT-137", "Lot identifier", key, ""
    yield key, "BT-21", "Title", f"Lot {code}", ""
    yield key, "BT-24", "Description", f"{lot['sites']} places, {lot['points']} charge points", ""
    yield (
        key,
        "BT-27",
        "Estimated value",
        f"{cost:.0f} EUR" if known else "",
        "" if known else BUYER,
    )
    yield key, "BT-36", "Duration", f"{years * MONTHS:.0f} months" if years else "", "of running"
    yield key, "BT-262", "Main classification", CPV_CHARGERS["id"], CPV_CHARGERS["description"]
    yield key, "BT-263", "Additional classification", CPV_SERVICES, "a proposal, check it"
    yield key, "BT-5071", "Place: country subdivision", "", f"{BUYER}: NUTS 3 code"
    yield key, "BT-727", "Place: other", "", f"{BUYER}, if no subdivision is given"
    districts = "; ".join(sorted(set(own["district"])))
    yield (
        key,
        "BT-728",
        "Place: additional information",
        districts,
        "the list of places is attached",
    )
    yield from _award(draft, key)
    yield from _kind(draft, key)


def _award(draft: TenderDraft, key: str) -> Iterator[Row]:
    for each in award_criteria(draft):
        yield key, "BT-539", "Award criterion: type", each["type"], each["id"]
        yield key, "BT-540", "Award criterion: description", each["description"], each["id"]
        weight = [f"{number['number']:g}" for number in each.get("numbers", [])]
        yield key, "BT-541", "Award criterion: number", *(weight or [""]), each["id"]
        yield key, "BT-5421", "Award criterion: weight", "per-exa" if weight else "", each["id"]


def _kind(draft: TenderDraft, key: str) -> Iterator[Row]:
    if draft.selection.model in CONCESSIONS:
        yield key, "BT-160", "Concession: revenue from the buyer", "", BUYER
        yield key, "BT-162", "Concession: revenue from users", "", BUYER
        yield key, "BT-163", "Concession: value description", "", BUYER
    yield key, "BT-06", "Strategic procurement", "env-imp", "charging that follows the grid"
    yield (
        key,
        "BT-774",
        "Green procurement",
        "clima-miti",
        "check it against the code list in force",
    )
