"""When the first points stand, and which step decides it."""

from app.core.cases.base import Answer, Case, Picture, Table, not_applicable, said
from app.core.cases.given import Given
from app.core.cases.inputs import Input

STEPS = ("tender", "permit", "grid", "build")
WEEKS = 52


def solve(given: Given) -> Answer:
    """Add the tender, the longer of permit and grid, and the building."""
    weeks = {each: given.exact(f"{each}_weeks") for each in STEPS}
    middle = max(weeks["permit"], weeks["grid"])
    total = weeks["tender"] + middle + weeks["build"]
    if not total:
        return not_applicable("no step takes any time", weeks=0, critical_path=[])
    slow = [each for each in ("permit", "grid") if weeks[each] == middle]
    path = [each for each in ("tender", *slow, "build") if weeks[each]]
    whole = int(total) if total.denominator == 1 else total
    results = {"weeks": whole, "critical_path": path}
    rows = tuple((each, float(weeks[each]), "yes" if each in path else "no") for each in STEPS)
    sentence = said(
        "The first points stand after {weeks} weeks; what decides is {path}.",
        weeks=whole, path=", ".join(path),
    )  # fmt: skip
    when, standing = rollout(given, float(total))
    picture = Picture("lines", when, {"points": standing}, "points", "Weeks from today")
    return Answer(results, sentence, Table(("Step", "Weeks", "Decides"), rows), picture)


def rollout(given: Given, start: float) -> tuple[tuple[float, ...], list[float]]:
    """Points that stand by week: none before the lead time, then so many a week."""
    pace, points = given.real("points_week"), given.real("points")
    last = start + (points / pace if pace else WEEKS)
    return (0.0, start, last, last + WEEKS / 4), [
        0.0,
        0.0,
        points if pace else 0.0,
        points if pace else 0.0,
    ]


CASE = Case(
    key="lead-time",
    title="From the tender to the first point",
    question="How long does it take, and which step is on the critical path?",
    setting="public",
    city="Helsinki",
    inputs=(
        Input("tender_weeks", "Tender", "weeks", "40", 10, 80),
        Input("permit_weeks", "Permit", "weeks", "20", 4, 60),
        Input("grid_weeks", "Connection to the grid", "weeks", "52", 4, 200),
        Input("build_weeks", "Building", "weeks", "6", 1, 20),
        Input("points", "Points to build", "points", "500", 0, 5000, kind="count"),
        Input("points_week", "Points built", "a week", "10", 0, 100),
    ),
    solve=solve,
    limits=("Permit and connection run side by side; a tender that fails is not counted.",),
    order=110,
)
