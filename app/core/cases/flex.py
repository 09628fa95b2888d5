"""What the flexibility of cars may earn on a market, as a band."""

from fractions import Fraction

from app.core.cases.base import Answer, Case, Picture, Table, said
from app.core.cases.given import Given
from app.core.cases.inputs import Input
from app.core.errors import InputError

BAND = ("low", "mid", "high")


def solve(given: Given) -> Answer:
    """Offer what is there nine days in ten and not used at home, at three prices."""
    prices = [given.exact(f"price_{each}") for each in BAND]
    if prices != sorted(prices):
        raise InputError("--price-low, --price-mid and --price-high must not fall in this order")
    here = given.exact("available_p10_mw")
    own = min(given.exact("own_use_mw"), here)
    offered = max(here - own, Fraction(0))
    earned = {
        each: offered * given.exact("hours") * p for each, p in zip(BAND, prices, strict=True)
    }
    results = {"offered_mw": offered, "eur_year": earned, "own_use_mw": own}
    rows = tuple(
        (each, float(p), float(earned[each])) for each, p in zip(BAND, prices, strict=True)
    )
    sentence = said(
        "{offered} MW can be sold for {low} to {high} EUR a year, {mid} in the middle.",
        offered=offered, low=earned["low"], mid=earned["mid"], high=earned["high"],
    )  # fmt: skip
    values = [float(earned[each]) for each in BAND]
    picture = Picture("bars", BAND, {"EUR a year": values}, "EUR a year")
    table = Table(("Price", "EUR per MW and hour", "EUR a year"), rows)
    return Answer(results, sentence, table, picture)


CASE = Case(
    key="flex",
    title="Income from flexibility",
    question="What may a flexibility market pay for the power that is surely there?",
    setting="public",
    city="Oslo",
    inputs=(
        Input("available_p10_mw", "Power there nine days in ten", "MW", "2", 0, 100),
        Input("own_use_mw", "Of it needed for the own grid", "MW", "0", 0, 100),
        Input("hours", "Hours offered", "h a year", "500", 0, 8760),
        Input("price_low", "Low price", "EUR per MW and h", "20", 0, 100),
        Input("price_mid", "Middle price", "EUR per MW and h", "50", 0, 300),
        Input("price_high", "High price", "EUR per MW and h", "120", 0, 1000),
    ),
    solve=solve,
    limits=(
        "A band of prices of our own, no forecast of a market.",
        "A kilowatt that the own grid needs is never sold as well.",
        "Penalties, metering and the share of an aggregator are left out.",
    ),
    order=50,
)
