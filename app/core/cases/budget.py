"""How many points a budget pays for."""

from math import floor

from app.core.cases.base import Answer, Case, Picture, Table, said
from app.core.cases.given import Given
from app.core.cases.inputs import Input


def solve(given: Given) -> Answer:
    """Divide the budget by what a point costs after its grant."""
    budget, unit, grant = (given.exact(n) for n in ("budget_eur", "unit_eur", "grant_eur_point"))
    own = unit - grant
    if own <= 0:
        reason = "the grant pays for a whole point, so the budget sets no number"
        table = Table(("Figure", "Value"), (("Own cost of a point [EUR]", 0.0),))
        words = said("A grant of {grant} EUR covers a point of {unit} EUR.", grant=grant, unit=unit)
        results = {"points": None, "spent_eur": 0.0, "left_eur": budget}
        return Answer(results, words, table, status="grant_covers_all", reason=reason)
    points = floor(budget / own)
    spent = points * own
    results = {"points": points, "spent_eur": spent, "left_eur": budget - spent}
    rows = (
        ("Own cost of a point [EUR]", float(own)),
        ("Points", points),
        ("Spent [EUR]", float(spent)),
        ("Left [EUR]", float(budget - spent)),
    )
    sentence = said(
        "{budget} EUR pay for {points} points; {left} EUR stay.",
        budget=budget, points=points, left=budget - spent,
    )  # fmt: skip
    bars = {"EUR": (float(spent), float(budget - spent))}
    picture = Picture("bars", ("Spent", "Left"), bars, "EUR")
    return Answer(results, sentence, Table(("Figure", "Value"), rows), picture)


CASE = Case(
    key="budget",
    title="Points for a budget",
    question="How many points does a budget pay for, grants included?",
    setting="public",
    inputs=(
        Input("budget_eur", "Budget", "EUR", "100000", 0, 10_000_000),
        Input("unit_eur", "Cost of a point", "EUR", "3500", 1000, 60_000),
        Input("grant_eur_point", "Grant for a point", "EUR", "900", 0, 20_000),
    ),
    solve=solve,
    limits=(
        "Investment alone: operation, and points that grow dearer with their number, are out.",
    ),
    order=210,
)
