"""What shared cars give back in the evening, and the bays they free."""

from fractions import Fraction

from app.core.cases.base import Answer, Case, Picture, Table, not_applicable, said
from app.core.cases.given import Given
from app.core.cases.inputs import Input

DAY_H = 24


def solve(given: Given) -> Answer:
    """Let cars that are not booked give what lies above the charge a booking needs."""
    cars, bookings = given.whole("cars"), given.exact("bookings_day")
    if not cars:
        return not_applicable("there are no cars", v2g_kwh_day=0.0, v2g_mw=0.0)
    away = min(Fraction(1), bookings * given.exact("booking_h") / DAY_H)
    full, least = given.exact("soc_full"), given.exact("min_soc")
    spare = max(Fraction(0), full - least) * given.exact("battery_kwh")
    most = given.exact("kw") * given.exact("window_h")
    each_kwh = min(spare * given.exact("efficiency"), most)
    there = cars * (1 - away)
    ceiling = cars * given.exact("kw") / 1000
    kw = given.exact("kw") if each_kwh else Fraction(0)
    results = {
        "v2g_mw": there * kw / 1000,
        "v2g_kwh_day": there * each_kwh,
        "ceiling_mw": ceiling,
        "availability": 1 - away,
        "soc_after_v2g": max(
            least, full - each_kwh / given.exact("efficiency") / given.exact("battery_kwh")
        )
        if given.exact("battery_kwh")
        else None,
        "bays_freed": cars * given.exact("bays_car"),
    }
    sentence = said(
        "{there} of {cars} shared cars stand free in the evening and give {mw} MW; no booking "
        "starts below {soc} percent, and {bays} bays come free.",
        there=there, cars=cars, mw=results["v2g_mw"], soc=100 * least, bays=results["bays_freed"],
    )  # fmt: skip
    rows = (
        ("Power in the window [MW]", float(there * kw / 1000)),
        ("Ceiling: every car plugged in [MW]", float(ceiling)),
        ("Energy in the window [kWh a day]", float(there * each_kwh)),
        ("Share of the cars that stand free", float(1 - away)),
        ("Bays freed", float(cars * given.exact("bays_car"))),
    )
    bars = {"MW": (float(there * kw / 1000), float(ceiling))}
    picture = Picture("bars", ("Given back", "Ceiling"), bars, "MW")
    return Answer(results, sentence, Table(("Figure", "Value"), rows), picture)


CASE = Case(
    key="shared-cars",
    title="Shared cars with V2G",
    question="What do shared cars give back, and how many bays do they free?",
    setting="public",
    city="Utrecht",
    inputs=(
        Input("cars", "Shared V2G cars", "cars", "50", 0, 1000, "scale_events", "B", "count"),
        Input("bookings_day", "Bookings of a car", "a day", "1.5", 0, 6),
        Input("booking_h", "Length of a booking", "h", "4", 1, 24),
        Input(
            "min_soc", "Charge a booking starts with at least", "", "0.5", 0.3, 0.9, kind="share"
        ),
        Input("soc_full", "Charge before the window", "", "0.9", 0.7, 1, kind="share"),
        Input("battery_kwh", "Battery of a car", "kWh", "50", 30, 80),
        Input("kw", "Power of a point", "kW", "11", 3.7, 22),
        Input("window_h", "Length of the evening window", "h", "4", 1, 8),
        Input("efficiency", "Efficiency of giving back", "", "0.9", 0.8, 1, kind="efficiency"),
        Input("bays_car", "Bays of private cars a shared car frees", "bays", "4", 0, 10),
    ),
    solve=solve,
    limits=(
        "Bookings spread evenly over the day; an evening with many bookings has fewer cars.",
        "How many bays come free is an assumption: ask the operator for a count.",
    ),
    order=25,
)
