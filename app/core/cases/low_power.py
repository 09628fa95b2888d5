"""Whether slow points for residents serve more people from the same room on the grid."""

from fractions import Fraction
from math import floor

from app.core.cases.base import Answer, Case, Picture, Table, not_applicable, said
from app.core.cases.given import Given
from app.core.cases.inputs import Input

TYPES = ("low_kw", "usual_kw", "strong_kw")
SHORT = "leaves cars short"


def solve(given: Given) -> Answer:
    """Fit points of three powers into the room, and see what each serves."""
    need, coincidence = given.exact("need_kwh"), given.exact("coincidence")
    powers = [given.exact(name) for name in TYPES]
    if not need or not coincidence or not all(powers):
        return not_applicable("need, coincidence and power must be above 0", options=[])
    fits = [floor(given.exact("headroom_kw") / (kw * coincidence)) for kw in powers]
    served = [min(Fraction(1), kw * given.exact("dwell_h") / need) for kw in powers]
    enough = given.exact("enough_share")
    marks = ["" if share >= enough else SHORT for share in served]
    price = [
        given.exact("eur_point_year") / (365 * need * share) if share else None for share in served
    ]
    results = {
        "options": [
            {"kw": kw, "points": points, "served_share": round(float(share), 4)}
            for kw, points, share in zip(powers, fits, served, strict=True)
        ],
        "marks": marks,
        "eur_per_served_kwh": [None if each is None else round(float(each), 4) for each in price],
    }
    columns = (
        "Power [kW]",
        "Points that fit",
        "Share of the need served",
        "EUR per kWh served",
        "Mark",
    )
    lines = zip(powers, fits, served, price, marks, strict=True)
    table = Table(
        columns,
        tuple(
            (float(kw), n, round(float(s), 4), None if eur is None else round(float(eur), 4), mark)
            for kw, n, s, eur, mark in lines
        ),
    )
    sentence = said(
        "{low} points of {low_kw} kW fit where {usual} of {usual_kw} kW do; they serve {share} "
        "percent of what a car needs.",
        low=fits[0], low_kw=powers[0], usual=fits[1], usual_kw=powers[1],
        share=round(100 * float(served[0]), 1),
    )  # fmt: skip
    names = tuple(f"{float(kw):g} kW" for kw in powers)
    return Answer(results, sentence, table, Picture("bars", names, {"points": fits}, "points"))


CASE = Case(
    key="low-power",
    title="Slow points for residents",
    question="How many points of each power fit into the same room, and do cars leave full?",
    setting="home",
    city="Stockholm",
    inputs=(
        Input("headroom_kw", "Room on the grid", "kW", "50", 0, 1000),
        Input("dwell_h", "Hours a car stays", "h", "10", 0, 24),
        Input("need_kwh", "Energy a car needs", "kWh", "9", 0, 60),
        Input("coincidence", "Share of points that charge at once", "", "1", 0, 1, kind="share"),
        Input("low_kw", "Low power", "kW", "3.7", 2, 4),
        Input("usual_kw", "Usual power", "kW", "11", 7, 11),
        Input("strong_kw", "High power", "kW", "22", 22, 22),
        Input(
            "enough_share",
            "Share served below which cars are short",
            "",
            "0.95",
            0.8,
            1,
            kind="share",
        ),
        Input("eur_point_year", "Cost of a point", "EUR a year", "500", 200, 1500),
    ),
    solve=solve,
    limits=(
        "One kind of car with one need; a longer trip needs a stronger point elsewhere.",
        "The cost of a point is taken alike for all powers.",
    ),
    order=30,
)
