"""V2G with the inverter in the car or in the post, side by side."""

from app.core.cases.base import Answer, Case, Picture, Table, said
from app.core.cases.given import Given
from app.core.cases.inputs import Input
from app.core.errors import InputError

SIDES = ("ac", "dc")
DUTIES = {  # where things sit, and who is answerable
    "ac": ("in the car", "car and post together", "the car maker and the operator share it"),
    "dc": ("in the post", "the post alone", "the operator has it"),
}


def solve(given: Given) -> Answer:
    """Spread each premium over its years: what flexibility must earn to pay for it."""
    found = {side: column(given, side) for side in SIDES}
    ac, dc = found["ac"], found["dc"]
    rows = [
        ("Inverter", DUTIES["ac"][0], DUTIES["dc"][0]),
        ("Certificate for the grid", DUTIES["ac"][1], DUTIES["dc"][1]),
        ("Duty to the grid operator", DUTIES["ac"][2], DUTIES["dc"][2]),
    ]
    rows += [(title, _cell(ac[key]), _cell(dc[key])) for key, title in TITLES.items()]
    sentence = said(
        "A V2G point pays for itself from {ac} EUR a year with alternating current and from {dc} "
        "EUR with direct current.",
        ac=round(ac["break_even_eur_year"] or 0), dc=round(dc["break_even_eur_year"] or 0),
    )  # fmt: skip
    results = {
        side: {
            **found[side],
            "inverter": DUTIES[side][0],
            "certificate": DUTIES[side][1],
            "duty": DUTIES[side][2],
        }
        for side in SIDES
    }
    bars = {"EUR": [float(found[side]["break_even_eur_year"] or 0) for side in SIDES]}
    picture = Picture("bars", ("AC", "DC"), bars, "EUR a point and year")
    return Answer(results, sentence, Table(("Figure", "AC", "DC"), tuple(rows)), picture)


TITLES = {
    "premium_eur": "Premium of a point [EUR]",
    "break_even_eur_year": "Income at which it pays [EUR a year]",
    "kw": "Power [kW]",
    "mw": "All points [MW]",
    "cars_share": "Share of the cars that can",
    "mw_with_cars": "With these cars [MW]",
}


def column(given: Given, side: str) -> dict[str, float | None]:
    """Figure one kind of point."""
    premium, kw = given.exact(f"{side}_premium_eur"), given.exact(f"{side}_kw")
    share = given.maybe(f"{side}_cars_share")
    mw = given.whole("points") * kw / 1000
    return {
        "premium_eur": float(premium),
        "break_even_eur_year": float(premium) * annuity(given.real("rate"), given.whole("years")),
        "kw": float(kw),
        "mw": float(mw),
        "cars_share": None if share is None else float(share),
        "mw_with_cars": None if share is None else float(mw * share),
    }


def annuity(rate: float, years: int) -> float:
    """Turn an amount today into equal amounts at the end of each year."""
    if not years:
        raise InputError("--years: wants one year or more")
    return rate / (1 - (1 + rate) ** -years) if rate else 1 / years


def _cell(value: float | None) -> str:
    return "unknown" if value is None else f"{value:,.4g}" if value < 1000 else f"{value:,.0f}"  # noqa: PLR2004


CASE = Case(
    key="acdc",
    title="V2G with AC or DC",
    question="Where do inverter and certificate sit, and when does each kind pay?",
    setting="business",
    inputs=(
        Input("points", "Points", "points", "100", 0, 5000, kind="count"),
        Input("ac_premium_eur", "Premium of an AC V2G point", "EUR", "600", 200, 1200),
        Input("dc_premium_eur", "Premium of a DC V2G point", "EUR", "4000", 2500, 7000),
        Input("ac_kw", "Power given back, AC", "kW", "11", 3.7, 22),
        Input("dc_kw", "Power given back, DC", "kW", "11", 10, 22),
        Input("ac_cars_share", "Cars that can, AC", "", None, 0, 1, kind="share"),
        Input("dc_cars_share", "Cars that can, DC", "", None, 0, 1, kind="share"),
        Input("rate", "Rate of interest", "", "0.06", 0, 0.12, kind="share"),
        Input("years", "Years", "years", "10", 5, 20, kind="count"),
    ),
    solve=solve,
    limits=(
        "No verified price of a V2G point exists in public; the premiums are our own.",
        "Which cars can is unknown until a maker says so for a model, with a date.",
    ),
    order=220,
)
