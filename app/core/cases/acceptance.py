"""What users of a building give to V2G, and what they keep."""

from fractions import Fraction

from app.core.cases.base import Answer, Case, Picture, Table, said
from app.core.cases.given import Given
from app.core.cases.inputs import Input


def solve(given: Given) -> Answer:
    """Count who takes part and does not opt out, and what their batteries may give."""
    share, spread = given.exact("participation"), given.exact("spread")
    cars = {
        "low": max(Fraction(0), share - spread),
        "mid": share,
        "high": min(Fraction(1), share + spread),
    }
    there = {
        name: given.whole("points") * each * (1 - given.exact("opt_out"))
        for name, each in cars.items()
    }
    most = given.exact("battery_kwh") * (1 - given.exact("min_soc"))
    each_kwh = min(given.exact("usable_kwh"), most)
    each_kw = given.exact("kw") if each_kwh else Fraction(0)
    kw = {name: each * each_kw for name, each in there.items()}
    kwh = {name: each * each_kwh for name, each in there.items()}
    paid = given.whole("points") * share * given.exact("payment_eur_year")
    results = {
        "kw": kw["mid"],
        "kwh": kwh["mid"],
        "band": {"kw": _edges(kw), "kwh": _edges(kwh)},
        "payment_eur_year": paid,
    }
    sentence = said(
        "No car falls below {soc} percent, and {out} percent may say no on any day; those who "
        "take part give {kw} kW and {kwh} kWh.",
        soc=100 * given.exact("min_soc"), out=100 * given.exact("opt_out"),
        kw=kw["mid"], kwh=kwh["mid"],
    )  # fmt: skip
    rows = tuple(
        (name, float(cars[name]), float(there[name]), float(kw[name]), float(kwh[name]))
        for name in cars
    )
    columns = ("Participation", "Share", "Cars that give", "Power [kW]", "Energy [kWh]")
    bars = Picture("bars", tuple(cars), {"kW": [float(each) for each in kw.values()]}, "kW")
    return Answer(results, sentence, Table(columns, rows), bars)


def _edges(band: dict[str, Fraction]) -> dict[str, Fraction]:
    return {"low": band["low"], "high": band["high"]}


CASE = Case(
    key="acceptance",
    title="V2G with the consent of users",
    question="What does V2G give when users decide how far it may go?",
    setting="business",
    city="Uppsala",
    inputs=(
        Input("min_soc", "No car falls below", "", "0.3", 0.2, 0.8, kind="share"),
        Input("opt_out", "Share that says no on a day", "", "0.1", 0, 0.5, kind="share"),
        Input("participation", "Share that takes part", "", "0.6", 0.2, 0.9, kind="share"),
        Input("spread", "Participation may be off by", "", "0.2", 0, 0.5, kind="share"),
        Input("points", "Points", "points", "100", 0, 2000, kind="count"),
        Input("kw", "Power of a point", "kW", "11", 3.7, 22),
        Input("usable_kwh", "Energy a car gives at most", "kWh", "30", 0, 80),
        Input("battery_kwh", "Battery of a car", "kWh", "60", 30, 100),
        Input("payment_eur_year", "Paid to a driver who takes part", "EUR a year", "100", 0, 600),
    ),
    solve=solve,
    limits=(
        "Every car is full when it begins to give.",
        "How many take part is an assumption until the pilot has asked its users.",
    ),
    order=80,
)
