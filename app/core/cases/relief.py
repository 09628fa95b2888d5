"""How long plugged-in cars carry the places a district cannot do without."""

from fractions import Fraction
from math import ceil

from app.core.cases.base import Answer, Case, Picture, Table, not_applicable, said
from app.core.cases.given import Given
from app.core.cases.inputs import Input
from app.core.cases.rows import rows_of
from app.core.errors import InputError

WEEK_H, DAY_H, WORKDAYS = 168, 24, 5
WORK = range(9, 17)  # hours in which cars of residents are away
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def solve(given: Given) -> Answer:
    """Divide the energy in reach by the load; power that does not suffice carries nothing."""
    places = given.parts("place")
    load = sum((kw for _, kw in places), Fraction(0)) if places else given.exact("load_kw")
    if not load:
        return not_applicable("there is no load", hours=None, energy_kwh=0.0, available_kw=0.0)
    there = given.exact("present") * given.exact("reachable")
    each_kw = there * given.exact("charger_kw") * given.exact("efficiency")
    each_kwh = there * usable(given) * given.exact("efficiency")
    cars = given.whole("cars")
    status, reason = _status(cars, cars * each_kw, load, cars * each_kwh)
    hours = cars * each_kwh / load if status == "ok" else Fraction(0)
    week = survival(given, cars, each_kw, each_kwh, load)
    worst = min(range(WEEK_H), key=lambda at: week[at])
    results = {
        "hours": hours,
        "energy_kwh": cars * each_kwh,
        "available_kw": cars * each_kw,
        "survival_hours": week,
        "worst_start": worst,
        "worst_hours": week[worst],
        "places": [
            {"name": n, "kw": kw, "hours_alone": _alone(cars, each_kw, each_kwh, kw)}
            for n, kw in places
        ],
    }
    if each_kw:
        results["cars_needed"] = ceil(load / each_kw)
    day, hour = divmod(worst, DAY_H)
    sentence = said(
        "{cars} cars carry {load} kW for {hours} hours; a failure on {day} at {hour}:00 is the "
        "worst start, with {worst} hours.",
        cars=cars, load=load, hours=hours, day=DAYS[day], hour=hour, worst=week[worst],
    )  # fmt: skip
    lines = {"hours carried": [float(each) for each in week]}
    x = tuple(float(at) for at in range(WEEK_H))
    picture = Picture("steps", x, lines, "h", "Start of the failure, hours from Monday 0:00")
    return Answer(results, sentence, _table(results, load), picture, status, reason)


def usable(given: Given) -> Fraction:
    """Energy of a car above the reserve [kWh]."""
    start, reserve = given.exact("soc_start"), given.exact("soc_reserve")
    own = {"battery_kwh", "soc_start", "soc_reserve"} & given.typed
    found = given.maybe("usable_kwh")
    if found is not None and own:
        raise InputError("--usable-kwh: give it, or battery and states of charge, not both")
    if start < reserve:
        raise InputError("--soc-start is below --soc-reserve: nothing is usable")
    return given.exact("battery_kwh") * (start - reserve) if found is None else found


def survival(
    given: Given, cars: int, each_kw: Fraction, each_kwh: Fraction, load: Fraction
) -> list[Fraction]:
    """Hours carried for every start hour of a week, Monday 0:00 first."""
    found = []
    for share in presence(given):
        enough = cars * each_kw * share >= load
        found.append(cars * each_kwh * share / load if enough else Fraction(0))
    return found


def presence(given: Given) -> list[Fraction]:
    """Share of the cars that are plugged in, by hour of the week."""
    file = given.file("presence")
    if file is None:
        away = given.exact("day_share")
        hours = range(WEEK_H)
        return [
            away if at // DAY_H < WORKDAYS and at % DAY_H in WORK else Fraction(1) for at in hours
        ]
    rows = rows_of(file, ("hour", "present"), {})
    shares = {row.whole_in("hour"): row.number_in("present") for row in rows}
    if sorted(shares) != list(range(WEEK_H)) or len(rows) != WEEK_H:
        raise InputError(
            f"{file.name}, column hour: wants 0 to 167 once each; found {len(rows)} rows"
        )
    if max(shares.values()) > 1:
        raise InputError(f"{file.name}, column present: a share is above 1")
    return [shares[at] for at in range(WEEK_H)]


def _status(cars: int, kw: Fraction, load: Fraction, kwh: Fraction) -> tuple[str, str]:
    if not cars:
        return "no_cars", "there are no cars"
    if kw < load:
        return "power_limited", f"{float(load - kw):g} kW are missing to feed {float(load):g} kW"
    return ("ok", "") if kwh else ("no_energy", "the cars hold nothing above their reserve")


def _alone(cars: int, each_kw: Fraction, each_kwh: Fraction, kw: Fraction) -> Fraction | None:
    if not kw:
        return None
    return cars * each_kwh / kw if cars * each_kw >= kw else Fraction(0)


def _table(results: dict[str, object], load: Fraction) -> Table:
    rows = [
        ("All places together", float(load), _number(results["hours"])),
        ("All, worst start of the week", float(load), _number(results["worst_hours"])),
    ]
    places: list[dict[str, object]] = results["places"]  # type: ignore[assignment]
    rows += [(str(p["name"]), _number(p["kw"]), _number(p["hours_alone"])) for p in places]
    return Table(("Fed", "Load [kW]", "Hours carried"), tuple(rows))


def _number(value: object) -> float:
    return float(value) if isinstance(value, Fraction) else 0.0


CASE = Case(
    key="relief",
    title="Disaster relief",
    question="How many hours do plugged-in cars carry a shelter when the grid fails?",
    setting="public",
    city="Kad\u0131k\u00f6y",
    inputs=(
        Input("load_kw", "Load of all critical places", "kW", "10", 1, 200),
        Input(
            "place",
            "Critical places, one by one",
            "kW",
            None,
            kind="parts",
            help="name=kW; their sum is the load",
        ),
        Input("cars", "Cars that can feed back", "cars", "20", 0, 500, kind="count"),
        Input("usable_kwh", "Usable energy of a car", "kWh", None, 5, 80),
        Input(
            "efficiency",
            "Efficiency on the way to the load",
            "",
            "0.9",
            0.8,
            0.95,
            kind="efficiency",
        ),
        Input("present", "Share of the cars plugged in", "", "1", 0, 1, kind="share"),
        Input("charger_kw", "Power a car gives", "kW", "10", 3.6, 22),
        Input("reachable", "Share that can be brought to the place", "", "1", 0, 1, kind="share"),
        Input("battery_kwh", "Battery of a car", "kWh", "60", 30, 100),
        Input("soc_start", "State of charge at the start", "", "0.7", 0.3, 1, kind="share"),
        Input("soc_reserve", "Kept for an evacuation", "", "0.2", 0.1, 0.5, kind="share"),
        Input(
            "day_share",
            "Of them also there on workdays, 9 to 17 h",
            "",
            "0.5",
            0.2,
            1,
            kind="share",
        ),
        Input(
            "presence",
            "Cars by hour of the week",
            "",
            None,
            kind="file",
            help="CSV: hour 0 to 167, present 0 to 1",
        ),
    ),
    solve=solve,
    limits=(
        "The cars that are there when the grid fails stay; none joins, none leaves.",
        "The load is constant, and every car can feed every place through wires that hold.",
        "Feeding back needs a building that may part from the grid: check the law of the country.",
    ),
    order=60,
)
