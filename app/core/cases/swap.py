"""What a battery-swapping station can keep up on its connection."""

from math import floor

from app.core.cases.base import Answer, Case, Picture, Table, not_applicable, said
from app.core.cases.given import Given
from app.core.cases.inputs import Input

STEPS = 4  # an hour
HOURS = 24


def solve(given: Given) -> Answer:
    """Find the pace that lasts, then run a day at the pace that is wanted."""
    packs, pack = given.whole("packs"), given.exact("pack_kwh")
    if not pack:
        return not_applicable("a pack holds no energy", sustainable_swaps_per_h=0.0)
    chargers, grid = packs * given.exact("charge_kw"), given.exact("grid_kw")
    pace = min(chargers, grid) * given.exact("efficiency") / pack
    limited = "grid" if grid <= chargers else "packs"
    hours = day(given)
    last = hours[-1]
    results = {
        "sustainable_swaps_per_h": pace,
        "limited_by": limited,
        "served_swaps": sum(hour["served"] for hour in hours),
        "queue_end": last["queue"],
        "packs_short": max(hour["queue"] for hour in hours),
        "grid_peak_kw": max(hour["grid_kw"] for hour in hours),
    }
    columns = ("Hour", "Swaps served", "Cars waiting", "Full packs", "From the grid [kW]")
    table = Table(
        columns,
        tuple((at, h["served"], h["queue"], h["full"], h["grid_kw"]) for at, h in enumerate(hours)),
    )
    sentence = said(
        "The station keeps up {pace} swaps an hour, limited by the {what}; at {wanted} an hour "
        "{queue} cars wait after a day.",
        pace=pace,
        what="grid connection" if limited == "grid" else "packs and their chargers",
        wanted=given.exact("swaps_per_h"),
        queue=last["queue"],
    )
    lines = {"full packs": [h["full"] for h in hours], "cars waiting": [h["queue"] for h in hours]}
    picture = Picture(
        "lines", tuple(float(h) for h in range(HOURS)), lines, "number", "Hour of the day"
    )
    kw = tuple(float(h["grid_kw"]) for h in hours)
    status = "ok" if packs else "no_packs"
    return Answer(
        results,
        sentence,
        table,
        picture,
        status,
        "" if packs else "there are no packs",
        hours_kw=kw,
    )


def day(given: Given) -> list[dict[str, float]]:
    """Run a day by quarter-hours: packs are full or being filled, none is lost.

    Energy missing in all packs together is kept; a pack is full when it fits the remaining gap.
    """
    packs, pack, efficiency = given.whole("packs"), given.real("pack_kwh"), given.real("efficiency")
    missing = queue = 0.0
    found = []
    for _ in range(HOURS):
        served = grid_kwh = 0.0
        for _ in range(STEPS):
            empty = packs - floor(packs - missing / pack + 1e-9)
            kw = min(empty * given.real("charge_kw"), given.real("grid_kw"))
            filled = min(missing, kw * efficiency / STEPS)
            missing, grid_kwh = missing - filled, grid_kwh + filled / efficiency
            queue += given.real("swaps_per_h") / STEPS
            out = min(floor(queue + 1e-9), floor(packs - missing / pack + 1e-9))
            queue, missing, served = queue - out, missing + out * pack, served + out
        full = floor(packs - missing / pack + 1e-9)
        found.append(
            {
                "served": int(served),
                "queue": floor(queue + 1e-9),
                "full": full,
                "filling": packs - full,
                "grid_kw": round(grid_kwh, 6),
            }
        )
    return found


CASE = Case(
    key="swap",
    title="Battery swapping",
    question="How many swaps an hour can a station keep up, and who waits?",
    setting="business",
    city="Oslo",
    inputs=(
        Input("packs", "Packs in the station", "packs", "10", 0, 30, kind="count"),
        Input("pack_kwh", "Energy of a pack", "kWh", "60", 30, 100),
        Input("charge_kw", "Charging power of a pack", "kW", "40", 10, 80),
        Input("grid_kw", "Connection", "kW", "300", 0, 2000),
        Input("efficiency", "Efficiency of charging", "", "1", 0.85, 1, kind="efficiency"),
        Input("swaps_per_h", "Swaps wanted", "an hour", "6", 0, 30),
    ),
    solve=solve,
    limits=(
        "Every pack comes in empty; cars come evenly through the day.",
        "The time a swap takes, and packs of several kinds, are left out.",
    ),
    order=40,
)
