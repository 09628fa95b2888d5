"""How dense public charging is, in the ratios that cities compare."""

from fractions import Fraction

from app.core.cases.base import Answer, Case, Picture, Table, not_applicable, said
from app.core.cases.given import Given
from app.core.cases.inputs import Input
from app.core.duties.density import Amount, City, ratios

SHOWN = ("cars_per_point", "kw_per_car", "points_per_1000", "kwh_point_day")


def solve(given: Given) -> Answer:
    """Divide; a ratio whose divisor is zero, or that nobody has counted, is unknown."""
    cars, people = given.whole("cars"), given.whole("people")
    points = points_of(given)
    if not points:
        return not_applicable("there are no points", cars_per_point=None, kw_per_car=None)
    kwh, floor_share, walk = (
        given.maybe(n) for n in ("kwh_year", "districts_above_floor", "homes_in_walk")
    )
    kw = points * given.exact("kw_point")
    found = ratios(City(points, cars=cars, people=people, kw=kw, kwh_year=kwh))
    results: dict[str, Amount | None] = {
        "points": points,
        **{name: found[name] for name in SHOWN},
        "homes_in_walk_share": walk,
        "districts_above_floor_share": floor_share,
    }
    titles = (
        "Points",
        "Electric cars per public point",
        "kW per electric car",
        "Points per 1,000 people",
        "kWh per point and day",
        "Homes without own parking within a walk, share",
        "Districts above the floor, share",
    )
    values = [None if each is None else float(each) for each in results.values()]
    anchors = {
        "Stockholm 2020": given.exact("anchor_stockholm"),
        "Oslo 2018": given.exact("anchor_oslo"),
    }
    rows = [
        *zip(titles, values, strict=True),
        *((f"Cars per point, {n}", float(v)) for n, v in anchors.items()),
    ]
    sentence = said(
        "{ratio} electric cars share a public point; Stockholm had {anchor} in 2020.",
        ratio=results["cars_per_point"], anchor=anchors["Stockholm 2020"],
    )  # fmt: skip
    names = ("Here", *anchors)
    bars = {"cars": [float(cars / points), *(float(each) for each in anchors.values())]}
    return Answer(
        results,
        sentence,
        Table(("Ratio", "Value"), tuple(rows)),
        Picture("bars", names, bars, "cars per point"),
    )


def points_of(given: Given) -> Fraction:
    """Points, from posts where only posts are counted; the two are never mixed."""
    posts = given.maybe("posts")
    return given.exact("points") if posts is None else posts * given.exact("points_per_post")


CASE = Case(
    key="density",
    title="Density of public charging",
    question="How many cars share a public point, beside other cities?",
    setting="public",
    inputs=(
        Input("cars", "Electric cars", "cars", "10000", 0, 1_000_000, kind="count"),
        Input("points", "Public points", "points", "1200", 0, 50_000, kind="count"),
        Input(
            "posts", "Posts, where points are not counted", "posts", None, 0, 25_000, kind="count"
        ),
        Input("points_per_post", "Points of a post", "points", "2", 1, 4),
        Input("kw_point", "Power of a point", "kW", "11", 3.7, 50),
        Input("people", "Inhabitants", "people", "360000", 0, 10_000_000, kind="count"),
        Input("kwh_year", "Energy charged in public", "kWh a year", None, 0, 1e9),
        Input(
            "homes_in_walk", "Homes without own parking within a walk", "", None, 0, 1, kind="share"
        ),
        Input("districts_above_floor", "Districts above the floor", "", None, 0, 1, kind="share"),
        Input(
            "anchor_stockholm",
            "Cars per point, Stockholm 2020",
            "cars",
            "25",
            25,
            25,
            "scale_events",
            "A",
        ),
        Input(
            "anchor_oslo",
            "Cars per municipal space, Oslo 2018",
            "cars",
            "28",
            28,
            28,
            "scale_events",
            "B",
        ),
    ),
    solve=solve,
    limits=(
        "Cities count differently: municipal spaces are not points, posts are not points.",
        "A ratio says nothing of where points stand; see Equity.",
    ),
    order=208,
)
