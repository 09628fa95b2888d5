"""How much of a shortage the V2G points of a city can carry."""

from math import ceil

from app.core.cases.base import Answer, Case, Picture, Table, said
from app.core.cases.given import Given
from app.core.cases.inputs import Input
from app.core.errors import InputError


def solve(given: Given) -> Answer:
    """Multiply points by power, and hold it against the gap."""
    points, total = given.whole("points"), given.whole("total_points")
    if points > total:
        raise InputError(f"--points: {points} is more than --total-points {total}")
    each_kw, gap = given.exact("kw") * given.exact("present"), given.exact("gap_mw")
    mw = points * each_kw / 1000
    needed = ceil(gap * 1000 / each_kw) if each_kw else None
    results = {
        "mw": mw,
        "share_of_points": points / given.exact("total_points") if total else None,
        "share_of_gap": mw / gap if gap else None,
        "points_for_gap": needed,
    }
    rows = (
        ("Power of the V2G points [MW]", float(mw)),
        ("Shortage [MW]", float(gap)),
        ("V2G points for the whole shortage", needed),
    )
    words = (
        "{points} V2G points give {mw} MW against a gap of {gap} MW: {needed} would be needed. "
        "V2G points alone do not close it; see them beside pauses."
        if mw < gap
        else "{points} V2G points give {mw} MW and cover the gap of {gap} MW."
    )
    sentence = said(
        words, points=points, mw=mw, gap=gap, needed="more" if needed is None else needed
    )
    picture = Picture("bars", ("V2G points", "Shortage"), {"MW": (float(mw), float(gap))}, "MW")
    return Answer(results, sentence, Table(("Figure", "Value"), rows), picture)


CASE = Case(
    key="v2g-fleet",
    title="V2G points against a shortage",
    question="How many megawatts do the V2G points of a city give back?",
    setting="public",
    city="Utrecht",
    inputs=(
        Input(
            "points",
            "Public points with V2G",
            "points",
            "700",
            0,
            4000,
            "scale_events",
            "A",
            "count",
        ),
        Input("kw", "Power of a point", "kW", "11", 3.7, 50),
        Input("present", "Share with a car that may discharge", "", "1", 0, 1, kind="share"),
        Input("gap_mw", "Shortage expected", "MW", "250", 0, 1000, "scale_events", "A"),
        Input(
            "total_points",
            "Public points",
            "points",
            "4000",
            0,
            20000,
            "scale_events",
            "A",
            "count",
        ),
    ),
    solve=solve,
    limits=(
        "Power at one hour; how long cars can keep it up depends on what is in their batteries.",
        "With a share of 1 every point has a willing car: the ceiling, never the usual day.",
    ),
    order=20,
)
