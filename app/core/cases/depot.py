"""How many buses or lorries a depot can charge over night on the room it has."""

from fractions import Fraction
from itertools import accumulate
from math import floor

from app.core.cases.base import Answer, Case, Picture, Table, not_applicable, said
from app.core.cases.given import Given
from app.core.cases.inputs import Input
from app.core.cases.rows import rows_of
from app.core.errors import InputError

DAY_H = 24


def solve(given: Given) -> Answer:
    """Fill the night with as many vehicles as energy allows; the rest runs on something else."""
    needs = vehicles(given)
    window, efficiency = given.exact("window_h"), given.exact("efficiency")
    if not needs or not sum(needs) or not window:
        return not_applicable(
            "no vehicle, no energy or no window",
            electric_buses=0,
            share=None,
            missing_kw_for_all=0.0,
        )
    room, charger = given.exact("headroom_kw"), given.exact("charger_kw")
    able = [need for need in needs if need <= charger * window * efficiency]
    fit = sum(1 for used in accumulate(able) if used <= room * window * efficiency)
    limited = "none" if fit == len(needs) else "grid" if fit < len(able) else "charger"
    missing = max(Fraction(0), sum(needs) / (window * efficiency) - room)
    naive = min(fit, floor(room / charger)) if charger else 0
    used_kw = sum(able[:fit], Fraction(0)) / (window * efficiency)
    results = {
        "electric_buses": fit,
        "share": round(fit / len(needs), 4),
        "missing_kw_for_all": round(float(missing), 1),
        "limited_by": limited,
        "rest": split(len(needs) - fit, given.parts("rest")),
        "naive_buses": naive,
        "load_kw": used_kw,
    }
    sentence = said(
        "{fit} of {all} buses can be electric ({share} percent); for all, {missing} kW are "
        "missing. Charged without control it would be {naive}.",
        fit=fit, all=len(needs), share=round(100 * fit / len(needs), 1),
        missing=round(float(missing), 1), naive=naive,
    )  # fmt: skip
    mix = {"electric": fit, **results["rest"]}  # type: ignore[dict-item]
    table = Table(
        ("Driven by", "Buses", "Share"),
        tuple((n, k, round(k / len(needs), 4)) for n, k in mix.items()),
    )
    picture = Picture("bars", tuple(mix), {"buses": list(mix.values())}, "buses")
    kw = hours(float(used_kw), given.whole("start_h"), float(window))
    return Answer(results, sentence, table, picture, hours_kw=kw)


def vehicles(given: Given) -> list[Fraction]:
    """Energy each vehicle needs in a night [kWh], least first."""
    file = given.file("blocks")
    if file is None:
        return [given.exact("kwh_per_bus")] * given.whole("buses")
    return sorted(
        row.number_in("kwh")
        for row in rows_of(file, ("kwh",), {"kwh": ("energy_kwh", "kwh_night")})
    )


def split(count: int, shares: tuple[tuple[str, Fraction], ...]) -> dict[str, int]:
    """Split a number of vehicles by shares; largest remainders first, so that the sum holds."""
    if sum((share for _, share in shares), Fraction(0)) != 1:
        raise InputError("--rest: the shares must sum to 1")
    found = {name: floor(count * share) for name, share in shares}
    left = count - sum(found.values())
    ranked = sorted(shares, key=lambda each: found[each[0]] - count * each[1])
    for name, _ in ranked[:left]:
        found[name] += 1
    return found


def hours(kw: float, start: int, window: float) -> tuple[float, ...]:
    """Power by hour of the day, over midnight [kW]."""
    parts = [0.0] * DAY_H
    at = 0
    while window - at > 0:
        parts[(start + at) % DAY_H] += kw * min(1.0, window - at)
        at += 1
    return tuple(parts)


CASE = Case(
    key="depot",
    title="Bus and lorry depots",
    question="How many buses can a depot charge over night, and what is missing for all?",
    setting="depot",
    city="Uppsala",
    inputs=(
        Input("buses", "Buses or lorries", "vehicles", "60", 0, 300, kind="count"),
        Input("kwh_per_bus", "Energy of one in a night", "kWh", "250", 50, 500),
        Input(
            "blocks",
            "Energy of each, as a file",
            "",
            None,
            kind="file",
            help="CSV with a column kwh, a row for each vehicle",
        ),
        Input("window_h", "Hours in the depot", "h", "6", 1, 24),
        Input("start_h", "From this hour of the day", "h", "23", 0, 23, kind="count"),
        Input("headroom_kw", "Room on the grid", "kW", "1500", 0, 10_000),
        Input("efficiency", "Efficiency of charging", "", "0.95", 0.85, 1, kind="efficiency"),
        Input("charger_kw", "Power of a charger", "kW", "50", 20, 350),
        Input(
            "rest",
            "What the others run on",
            "",
            ("biogas=1", "hydrogen=0"),
            kind="parts",
            help="name=share; they sum to 1",
        ),
    ),
    solve=solve,
    limits=(
        "All come at once and stay through the window; a smart plan shares the room evenly.",
        "A vehicle is electric or not: a second round of charging at noon is left out.",
    ),
    order=70,
)
