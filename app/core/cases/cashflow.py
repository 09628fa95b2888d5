"""Money of a lot under an operating model, for each party, with break-even and what moves it."""

from typing import Any, Literal

from app.core.cases.base import Answer, Case, Picture, Said, Table, said
from app.core.cases.given import Given
from app.core.cases.inputs import Input
from app.core.tender.cash_inputs import CASH_INPUTS, CashInput
from app.core.tender.library import MODELS

COUNTS = ("posts", "points", "bays", "years", "debt_years")
SHARES = (  # of 0 to 1
    *("v2g_share", "grant_share", "uptime", "rev_share", "clawback_share"),
    *("equity_authority", "debt_share"),
)
SHOWN = 10  # bars of the picture
EVEN = (
    "{bearer} bears the risk with an NPV of {npv} EUR; it breaks even at {even} kWh a point and "
    "day."
)
UNEVEN = "{bearer} bears the risk with an NPV of {npv} EUR; it never breaks even."
BEARERS = {
    "authority": "The authority",
    "operator": "The operator",
    "company": "The joint company, measured on the operator's share,",
}


def solve(given: Given) -> Answer:
    """Work out one model; the files of the tender do the same for all six."""
    from app.core.tender import break_even as even  # noqa: PLC0415  # numpy: other cases need none
    from app.core.tender.cashflow import check, flows, npv, parties, payback  # noqa: PLC0415
    from app.core.tender.deals import DEALS  # noqa: PLC0415
    from app.core.tender.tornado import tornado  # noqa: PLC0415

    key = given.text("model")
    values = {each.name: given.real(each.name) for each in CASH_INPUTS}
    check(values)
    deal, moved = DEALS[key], flows(values)
    cash = {**parties(key, moved), "project": moved.project}
    worth = {who: float(npv(each, moved.of["r"])[0]) + 0.0 for who, each in cash.items()}
    found = even.break_even(key, values)
    ranges = {
        each.name: (each.low, each.high) for each in CASH_INPUTS if each.name not in given.typed
    }
    bars = tornado(values, ranges, (key,))[key]
    results: dict[str, Any] = {
        "model": key,
        "margin_eur_kwh": round(deal.margin(values), 9),
        "npv_eur": worth,
        "cash_eur": {who: [float(eur) + 0.0 for eur in each[0]] for who, each in cash.items()},
        "payback_years": payback(cash[deal.measured][0]),
        "break_even_kwh_point_day": found.kwh_point_day,
        "risk_bearer": deal.risk,
        "measured_on": deal.measured,
        "sensitivity": [
            {
                "name": bar.name,
                "low_npv": bar.low_npv,
                "high_npv": bar.high_npv,
                "swing": bar.swing,
                "low": bar.low,
                "high": bar.high,
            }
            for bar in bars
        ],
    }
    titles = {each.name: each.title for each in CASH_INPUTS}
    top = [bar for bar in bars if bar.swing > 0][:SHOWN]
    picture = Picture(
        "bars", tuple(titles[bar.name] for bar in top), {"NPV moves": [b.swing for b in top]}, "EUR"
    )
    table = Table(
        ("Party", "NPV [EUR]", "Year 0 [EUR]", "Year 1 [EUR]"),
        tuple(
            (who, round(worth[who], 2), round(each[0], 2) + 0.0, round(each[1], 2) + 0.0)
            for who, each in results["cash_eur"].items()
        ),
    )
    sentence = _said(deal.risk, worth[deal.measured], found.kwh_point_day)
    return Answer(
        results, sentence, table, picture, reason=found.reason, notes=_warning(key, given)
    )


def _said(bearer: str, npv: float, even: float | None) -> Said:
    words = UNEVEN if even is None else EVEN
    return said(
        words, bearer=BEARERS[bearer], npv=round(npv), even=None if even is None else round(even, 1)
    )


def _warning(key: str, given: Given) -> tuple[Said, ...]:
    """Say where a shared revenue eats more of a kWh than it leaves."""
    from app.core.tender.deals import DEALS  # noqa: PLC0415

    left = DEALS[key].margin({each.name: given.real(each.name) for each in CASH_INPUTS})
    if key == "hybrid" and given.real("rev_share") * given.real("tariff") >= left:
        return (said("Above the threshold each kWh costs the operator money."),)
    return ()


def _input(each: CashInput) -> Input:
    kind: Literal["count", "share", "signed", "number"] = "number"
    if each.name in COUNTS:
        kind = "count"
    elif each.name in SHARES:
        kind = "share"
    elif each.low < 0:
        kind = "signed"
    return Input(each.name, each.title, each.unit, each.usual, each.low, each.high, kind=kind)


CASE = Case(
    key="cashflow",
    title="Money of a lot under an operating model",
    question="Who pays, who earns and from which use on does a lot pay for itself?",
    setting="public",
    inputs=(
        Input("model", "Operating model", "", "concession", kind="choice", names=MODELS),
        *(_input(each) for each in CASH_INPUTS),
    ),
    solve=solve,
    limits=(
        "Amounts are in euro without VAT and without inflation; no currency is converted.",
        "Prices are working defaults of ours; published figures are of 2013 to 2022.",
        "Each number moves alone: what moves together (tariff and energy price) is not drawn.",
    ),
    order=310,
)
