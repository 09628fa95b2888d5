"""Where removable fast chargers stand from month to month."""

from dataclasses import dataclass
from fractions import Fraction

from app.core.cases.base import Answer, Case, Picture, Table, not_applicable, said
from app.core.cases.given import Given
from app.core.cases.inputs import Input
from app.core.cases.rows import rows_of
from app.core.errors import InputError

DAYS, DAY_H = 30, 24
EXAMPLE = (  # invented: (place, months of demand in kWh, room in kW)
    ("harbour", (500, 500, 1000, 3000, 6000, 9000, 12000, 11000, 6000, 2000, 500, 500), 60),
    ("ski slope", (11000, 12000, 9000, 4000, 500, 0, 0, 0, 0, 1000, 5000, 10000), 40),
    ("stadium", (2000, 2000, 4000, 6000, 7000, 5000, 1000, 3000, 6000, 6000, 4000, 2000), 80),
)


@dataclass(frozen=True, slots=True)
class Spot:
    """A place in a month."""

    place: str
    month: int
    kwh: Fraction
    room_kw: Fraction


def solve(given: Given) -> Answer:
    """Send the units each month where they serve most, and count every move."""
    spots = demand(given)
    wanted = sum((spot.kwh for spot in spots), Fraction(0))
    if not wanted:
        return not_applicable("there is no demand", coverage=None, moves=0, cost_eur=0.0)
    months = sorted({spot.month for spot in spots})
    standing: set[str] = set()
    plan, moves, served = [], 0, Fraction(0)
    for month in months:
        here = [spot for spot in spots if spot.month == month]
        chosen = best(given, here, standing)
        places = {spot.place for spot in chosen}
        moves += len(places - standing)
        standing = places
        for spot in chosen:
            plan.append((month, spot.place, float(carried(given, spot))))
            served += carried(given, spot)
    cost = moves * given.exact("move_eur")
    results = {
        "plan": [{"month": m, "place": place, "kwh": kwh} for m, place, kwh in plan],
        "coverage": served / wanted,
        "served_kwh": served,
        "moves": moves,
        "cost_eur": cost,
    }
    sentence = said(
        "{units} removable units serve {share} percent of {wanted} kWh with {moves} moves for "
        "{cost} EUR.",
        units=given.whole("units"), share=round(100 * float(served / wanted), 1), wanted=wanted,
        moves=moves, cost=cost,
    )  # fmt: skip
    own = given.file("demand") is not None
    notes = (
        ()
        if own
        else (
            said("The places and their demand are an invented example; give your own as a file."),
        )
    )
    rows = tuple(plan) or ((months[0], "none", 0.0),)
    table = Table(("Month", "Place", "Energy served [kWh]"), rows)
    monthly = [sum(kwh for m, _, kwh in plan if m == month) for month in months]
    picture = Picture("bars", tuple(str(month) for month in months), {"kWh": monthly}, "kWh")
    return Answer(results, sentence, table, picture, notes=notes)


def best(given: Given, here: list[Spot], standing: set[str]) -> list[Spot]:
    """Choose the places that serve most; among equals those where a unit stands already."""
    able = [spot for spot in here if carried(given, spot)]
    ranked = sorted(able, key=lambda s: (-carried(given, s), s.place not in standing, s.place))
    return ranked[: given.whole("units")]


def carried(given: Given, spot: Spot) -> Fraction:
    """Energy a unit serves there in a month: what is asked, what it can give, what refills it.

    Without room to refill its battery within a day, a place is none.
    """
    if spot.room_kw * DAY_H < given.exact("battery_kwh") or not spot.room_kw:
        return Fraction(0)
    daily = min(spot.room_kw * DAY_H, given.exact("kw") * given.exact("open_h"))
    return min(spot.kwh, DAYS * daily)


def demand(given: Given) -> list[Spot]:
    """Read places and months from the file, or take the example."""
    file = given.file("demand")
    if file is None:
        return [
            Spot(place, month, Fraction(kwh), Fraction(room))
            for place, months, room in EXAMPLE
            for month, kwh in enumerate(months, 1)
        ]
    known = {"headroom_kw": ("room_kw",), "kwh": ("demand_kwh",)}
    rows = rows_of(file, ("place", "month", "kwh", "headroom_kw"), known)
    found = [
        Spot(
            row.cells["place"],
            row.whole_in("month"),
            row.number_in("kwh"),
            row.number_in("headroom_kw"),
        )
        for row in rows
    ]
    if len({(spot.place, spot.month) for spot in found}) != len(found):
        raise InputError(f"{file.name}: a place has two rows for one month")
    return found


CASE = Case(
    key="removable",
    title="Removable fast chargers",
    question="Where should removable chargers stand each month, and what does moving cost?",
    setting="public",
    city="Oslo",
    inputs=(
        Input("units", "Units", "units", "2", 0, 20, kind="count"),
        Input("kw", "Power of a unit", "kW", "150", 50, 300),
        Input("battery_kwh", "Battery of a unit", "kWh", "200", 0, 1000),
        Input("open_h", "Hours of use", "h a day", "6", 1, 24),
        Input("move_eur", "Cost of a move", "EUR", "3000", 500, 15_000),
        Input(
            "demand",
            "Demand by place and month",
            "",
            None,
            kind="file",
            help="CSV: place, month, kwh, headroom_kw",
        ),
    ),
    solve=solve,
    limits=(
        "One unit a place; each month is chosen alone, so a dear move may serve little more.",
        "A month has 30 days; the first set-up of a unit counts as a move.",
    ),
    order=45,
)
