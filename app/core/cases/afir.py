"""The fleet target of the European regulation, in both ways of counting power."""

from collections import defaultdict
from fractions import Fraction

from app.core.cases.base import Answer, Case, Picture, Table, not_applicable, said
from app.core.cases.given import Given
from app.core.cases.inputs import File, Input
from app.core.cases.rows import rows_of
from app.core.duties.afir import Station, fleet, installed

KNOWN = {
    "station": ("station_id", "location_id", "charger_id", "post_id", "post", "id"),
    "points": ("n_points", "number_of_points", "sockets", "charge_points"),
    "kw": ("power_kw", "kw_point", "power_kw_point", "point_kw", "max_power_kw"),
    "station_kw": ("station_max_kw", "max_kw", "connection_kw", "station_power_kw"),
}


def solve(given: Given) -> Answer:
    """Hold what is installed against what the regulation asks for each car."""
    file = given.file("chargers")
    if file is None:
        counts = {"installed_kw": given.exact("installed_kw")}
    else:
        both = installed(stations(file), connection_kw=given.exact("connection_kw"))
        counts = {
            "installed_kw": both.nameplate_kw,
            "installed_nameplate_kw": both.nameplate_kw,
            "installed_deliverable_kw": both.deliverable_kw,
        }
    law = {name: given.exact(name) for name in ("kw_bev", "kw_phev", "kw_point")}
    cars = given.exact("bev"), given.exact("phev")
    found = fleet(*cars, counts["installed_kw"], **law)
    if found.ratio is None:
        return not_applicable("there are no cars", target_kw=0.0, ratio=None, gap_kw=0.0, **counts)
    results: dict[str, object] = {
        "target_kw": found.target_kw,
        **counts,
        "ratio": found.ratio,
        "gap_kw": found.gap_kw,
        "points_needed": {"kw_point": law["kw_point"], "points": found.points_needed},
        "evening_peak_kw": given.maybe("evening_peak_kw"),
    }
    if "installed_deliverable_kw" in counts:
        short = fleet(*cars, counts["installed_deliverable_kw"], **law)
        results |= {"gap_deliverable_kw": short.gap_kw}
    return _told(given, results, counts, found.target_kw, found.gap_kw)


def _told(
    given: Given,
    results: dict[str, object],
    counts: dict[str, Fraction],
    target: Fraction,
    gap: Fraction,
) -> Answer:
    names = {
        "installed_kw": "Installed",
        "installed_nameplate_kw": "Power on the nameplates",
        "installed_deliverable_kw": "Power the connections carry",
    }
    shown = {names[key]: float(kw) for key, kw in counts.items()}
    if len(shown) > 1:
        del shown["Installed"]  # the nameplates say the same
    peak = given.maybe("evening_peak_kw")
    rows = [
        ("Target", float(target), None),
        *((name, kw, round(kw / float(target), 4)) for name, kw in shown.items()),
        ("Power at the evening peak", None if peak is None else float(peak), None),
    ]
    words = (
        "{installed} kW stand against a target of {target} kW: {gap} kW are missing. The duty is "
        "the state's; a city compares itself."
        if gap
        else "{installed} kW stand against a target of {target} kW: it is met. The duty is the "
        "state's; a city compares itself."
    )
    sentence = said(words, installed=counts["installed_kw"], target=target, gap=gap)
    bars = {"kW": list(shown.values())}
    picture = Picture("bars", tuple(shown), bars, "kW", limit=("Target", float(target)))
    table = Table(("Figure", "kW", "Share of the target"), tuple(rows))
    return Answer(results, sentence, table, picture, "gap" if gap else "pass")


def stations(file: File) -> list[Station]:
    """Read the points of each station, with its own maximum where the file has one.

    A row without a station is one.
    """
    points: dict[str, list[Fraction]] = defaultdict(list)
    most: dict[str, Fraction] = {}
    for row in rows_of(file, ("kw",), KNOWN):
        station = row.cells.get("station") or f"row {row.number}"
        count = row.whole_in("points", Fraction(1))
        points[station].append(count * row.number_in("kw"))
        if row.cells.get("station_kw"):
            most[station] = row.number_in("station_kw")
    return [Station(tuple(kw), most.get(name)) for name, kw in points.items()]


CASE = Case(
    key="afir",
    title="European fleet target (AFIR)",
    question="Does public charging meet the power that the regulation asks for the fleet?",
    setting="public",
    inputs=(
        Input("bev", "Battery cars", "cars", "10000", 0, 1_000_000, kind="count"),
        Input("phev", "Plug-in hybrids", "cars", "5000", 0, 1_000_000, kind="count"),
        Input("installed_kw", "Public power installed", "kW", "14000", 0, 1_000_000),
        Input(
            "chargers",
            "Charge points, as a file",
            "",
            None,
            kind="file",
            help="CSV: station, points, kw and, if known, station_kw",
            layer="chargers",
        ),
        Input(
            "connection_kw", "Connection of a station", "kW", "17.25", 17.25, 55, help="3 x 25 A"
        ),
        Input("kw_bev", "Asked for a battery car", "kW", "1.3", 1.3, 1.3, "afir_2023", "B"),
        Input("kw_phev", "Asked for a plug-in hybrid", "kW", "0.8", 0.8, 0.8, "afir_2023", "B"),
        Input("kw_point", "Power of a new point", "kW", "11", 3.7, 350),
        Input("evening_peak_kw", "Power at the evening peak", "kW", None, 0, 1_000_000),
    ),
    solve=solve,
    limits=(
        "A national duty: a city only compares itself.",
        "A traffic light changes neither count; the power at the evening peak is a third figure.",
        "An older tracker still prints 1.0 and 0.66 kW per car; the adopted text says 1.3 and 0.8.",
    ),
    order=200,
)
