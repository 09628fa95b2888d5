"""The files of the pack about money: a bill of quantities, award criteria and, inside, cash."""

from collections.abc import Callable, Mapping, Sequence
from math import ceil

import pandas as pd

from app.core.tender.deals import PARTIES
from app.core.tender.draft import TenderDraft
from app.core.tender.scoring import Criterion
from app.exports import EXPORTS, Result
from app.exports.xlsx import write
from app.services.money import Money, MoneyInput, facts_of, inputs, money
from app.services.pack_member import Member, csv_member
from app.services.parameters import load_parameters

MONEY_UNIT = "EUR"
WEIGHTS = {"PAY-06": "price_weight_pct", "SOC-05": "weight_pct"}  # clauses that say their own
FORMULA = {
    "score": "score: a number of 0 to 1, as the jury gives it",
    "linear_band": "linear_band: (worst - offer) / (worst - best), not below 0 nor above 1",
    "ratio_to_best": "ratio_to_best: against the best offer, so that it depends on who else bids",
    "points": "points: marks of 0 to 10, divided by 10",
    "share": "share: percent, divided by 100",
    "curve": "curve: straight lines between the points given",
}
USUAL_FORMULA = {"price": "linear_band", "quality": "points"}
BIDDERS = 5  # empty columns of the bid sheet


def members(draft: TenderDraft) -> list[Member]:
    """Write the bill of quantities and the award criteria; internal also models and cash."""
    listed = quantities(draft)
    sheets = {"quantities": listed, "parameters": parameters(_inputs(draft), draft.internal)}
    found: list[Member] = []
    if draft.internal:
        worked = money(_inputs(draft))
        cash = cashflow_table(worked)
        sheets = {
            "quantities": listed,
            "models": models_table(worked),
            "cashflow": cash,
            "sensitivity": sensitivity_table(worked),
            "parameters": sheets["parameters"],
        }
        found = [csv_member("cashflow", cash)]
    criteria = award_criteria(draft)
    scoring = {"criteria": criteria, "bids": bid_sheet(criteria)}
    return [_book("budget", sheets, draft), _book("scoring", scoring, draft), *found]


def quantities(draft: TenderDraft) -> pd.DataFrame:
    """List what a bidder prices, per lot: no amount of ours in it."""
    sites = draft.sites
    points = pd.to_numeric(sites["n_charge_points"])
    per_post = load_parameters()["points_per_post"].value
    work = pd.DataFrame(
        {
            "lot_code": sites["lot_code"].astype(str),
            "place": sites["location_id"],
            "current": sites["current_type"].astype(str),
            "kw": pd.to_numeric(sites["power_kw_point"], errors="coerce"),
            "points": points,
            "posts": [ceil(count / per_post) for count in points],
        }
    )
    rows = []
    for lot, part in work.groupby("lot_code", sort=True):
        rows += [(lot, "connection to the grid", "one per place", len(part), "places")]
        for (current, kw), kind in part.groupby(["current", "kw"], sort=True, dropna=False):
            what = f"{current}, {kw:g} kW a point"
            rows += [
                (lot, "post, delivered and placed", what, int(kind["posts"].sum()), "posts"),
                (lot, "charge point in use", what, int(kind["points"].sum()), "points"),
            ]
        rows += [(lot, "upkeep and operation", "for the term", int(part["points"].sum()), "points")]
    table = pd.DataFrame(rows, columns=["lot_code", "item", "detail", "quantity", "unit"])
    blank = pd.Series([""] * len(table), dtype=object)
    return table.assign(unit_price_eur=blank, total_eur=blank)


def parameters(given: tuple[MoneyInput, ...], internal: bool) -> pd.DataFrame:  # noqa: FBT001
    """List the numbers in use; no amount of money leaves the house."""
    shown = [each for each in given if internal or MONEY_UNIT not in each.unit]
    return pd.DataFrame(
        {
            "name": [each.name for each in shown],
            "title": [each.title for each in shown],
            "value": [each.value for each in shown],
            "low": [each.low for each in shown],
            "high": [each.high for each in shown],
            "unit": [each.unit for each in shown],
            "source": [each.source for each in shown],
            "year": [each.year for each in shown],
            "confidence": [each.confidence for each in shown],
            "from": [each.origin for each in shown],
        }
    )


def models_table(found: Money) -> pd.DataFrame:
    """Put the six models side by side [EUR, kWh]."""
    rows = []
    for key, each in found.models.items():
        row: dict[str, object] = {"model": key, "risk_bearer": each.risk}
        row |= {"npv_measured_on": each.measured, "margin_eur_kwh": round(each.margin, 6)}
        row |= {f"npv_{who}_eur": round(eur, 2) for who, eur in each.npv.items()}
        row |= {"payback_years": each.payback_years, "break_even_kwh_point_day": None}
        row |= {"break_even_kwh_point_day": each.even.kwh_point_day, "reason": each.even.reason}
        rows.append(row)
    return pd.DataFrame(rows).round({"payback_years": 2, "break_even_kwh_point_day": 4})


def cashflow_table(found: Money) -> pd.DataFrame:
    """List every party's cash by model and year [EUR]; the parties add up to the project."""
    rows = [
        {
            "model": key,
            "year": year,
            **{f"{who}_eur": round(float(each.cash[who][year]), 2) + 0.0 for who in PARTIES},
            "project_eur": round(float(each.cash["project"][year]), 2) + 0.0,
        }
        for key, each in found.models.items()
        for year in range(len(each.cash["project"]))
    ]
    return pd.DataFrame(rows)


def sensitivity_table(found: Money) -> pd.DataFrame:
    """List what moves the risk bearer's NPV, by model, most first [EUR]."""
    units: Mapping[str, str] = {each.name: each.unit for each in found.inputs}
    rows = [
        {
            "model": key,
            "name": bar.name,
            "low": bar.low,
            "high": bar.high,
            "unit": units[bar.name],
            "npv_at_low_eur": round(bar.low_npv, 2),
            "npv_at_high_eur": round(bar.high_npv, 2),
            "swing_eur": round(bar.swing, 2),
        }
        for key, each in found.models.items()
        for bar in each.bars
    ]
    return pd.DataFrame(rows)


def award_criteria(draft: TenderDraft) -> pd.DataFrame:
    """List the clauses that score, with the weight they name; what has none is still open."""
    rows = []
    for each in (choice.requirement for choice in draft.selection.included):
        if each.level != "award":
            continue
        kind = "price" if each.topic == "payment" else "quality"
        weight = each.value(WEIGHTS.get(each.id, ""))
        how = FORMULA[USUAL_FORMULA[kind]]
        rows.append((each.id, kind, weight, how, each.text, each.source, each.confidence))
    names = ["criterion", "type", "weight_percent", "formula", "text", "source", "confidence"]
    table = pd.DataFrame(rows, columns=names)
    table["weight_percent"] = pd.to_numeric(table["weight_percent"], errors="coerce")
    state = table["weight_percent"].notna().map({True: "proposed", False: "open"})
    return table.assign(status=state)


def bid_sheet(criteria: pd.DataFrame) -> pd.DataFrame:
    """Return an empty sheet for the marks of a jury: a row per criterion, a column per bid."""
    blank = [""] * len(criteria)
    bids = {f"bid_{number}": blank for number in range(1, BIDDERS + 1)}
    return pd.DataFrame({"criterion": criteria["criterion"].to_numpy(), **bids}, dtype=object)


def scoring_file(criteria: Sequence[Criterion], title: str, day: str) -> bytes:
    """Write criteria of one's own, with their formulas in words, and an empty sheet for bids."""
    table = pd.DataFrame(
        {
            "criterion": [each.key for each in criteria],
            "type": [each.kind for each in criteria],
            "weight_percent": [float(each.weight) for each in criteria],
            "formula": [FORMULA[each.formula] for each in criteria],
            "best": [None if each.best is None else float(each.best) for each in criteria],
            "worst": [None if each.worst is None else float(each.worst) for each in criteria],
            "curve": [
                "; ".join(f"{float(value):g} gives {float(score):g}" for value, score in each.curve)
                for each in criteria
            ],
        }
    )
    sheets = {"criteria": table, "bids": bid_sheet(table)}
    return write(Result("scoring", title, sheets, {"date": day}), about=False)


def _inputs(draft: TenderDraft) -> tuple[MoneyInput, ...]:
    return inputs(draft.scenario, facts_of(draft))


def _book(name: str, sheets: Mapping[str, pd.DataFrame], draft: TenderDraft) -> Member:
    form = EXPORTS["xlsx"]
    result = Result(name, f"{name}, {draft.project.name}", sheets, {"date": draft.day})
    rows = sum(len(each) for each in sheets.values())
    return Member(f"{name}{form.suffix}", form.mime, write(result, about=False), rows)


def table_csv(name: str, make: Callable[[Money], pd.DataFrame], found: Money) -> bytes:
    """Write one table of the money as CSV."""
    return EXPORTS["csv"].write(Result(name, name, {name: make(found)}, {}))
