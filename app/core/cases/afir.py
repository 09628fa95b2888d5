"""The fleet target of the European regulation, in both ways of counting power."""

from collections import defaultdict
from fractions import Fraction

from app.core.cases.base import Answer, Case, Picture, Table, not_applicable, said
from app.core.cases.given import Given
from app.core.cases.inputs import File, Input
from app.core.cases.rows import rows_of
from app.core.duties.afir import Fleet, Station, fleet, installed

KNOWN = {
    "station": ("station_id", "location_id", "charger_id", "post_id", "post", "id"),
    "points": ("n_points", "number_of_points", "sockets", "charge_points"),
    "kw": ("power_kw", "kw_point", "power_kw_point", "point_kw", "max_power_kw"),
    "station_kw": ("station_max_kw", "max_kw", "connection_kw", "station_power_kw"),
}


def solve(given: Given) -> Answer:
    """Hold what is installed against 1.3 kW per battery car and 0.8 per plug-in hybrid."""
    file, each_kw = given.file("chargers"), given.exact("kw_point")
    if file is None:
        counts = {"installed_kw": given.exact("installed_kw")}
    else:
        nameplate, deliverable = both(file, given.exact("connection_kw"))
        counts = {
            "installed_kw": nameplate,
            "installed_nameplate_kw": nameplate,
            "installed_deliverable_kw": deliverable,
        }
    found = held(given, counts["installed_kw"])
    target, gap = found.target_kw, found.gap_kw
    if found.result == "not_applicable":
        return not_applicable("there are no cars", target_kw=0.0, ratio=None, gap_kw=0.0, **counts)
    results: dict[str, object] = {
        "target_kw": target,
        **counts,
        "ratio": found.ratio,
        "gap_kw": gap,
        "points_needed": {"kw_point": each_kw, "points": found.points_needed},
        "evening_peak_kw": given.maybe("evening_peak_kw"),
    }
    if "installed_deliverable_kw" in counts:
        results["gap_deliverable_kw"] = held(given, counts["installed_deliverable_kw"]).gap_kw
    return _told(given, results, counts, target, gap)


def held(given: Given, installed_kw: Fraction) -> Fleet:
    """Hold one count of what is installed against the target."""
    return fleet(
        given.exact("bev"),
        given.exact("phev"),
        installed_kw,
        kw_bev=given.exact("kw_bev"),
        kw_phev=given.exact("kw_phev"),
        kw_point=given.exact("kw_point"),
    )


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


def both(file: File, connection_kw: Fraction) -> tuple[Fraction, Fraction]:
    """Power on the nameplates, and what each station's connection lets through [kW].

    A station's own stated maximum counts where the file has one. A row without a station is one.
    """
    power: dict[str, Fraction] = defaultdict(Fraction)
    most: dict[str, Fraction] = {}
    for row in rows_of(file, ("kw",), KNOWN):
        station = row.cells.get("station") or f"row {row.number}"
        power[station] += row.whole_in("points", Fraction(1)) * row.number_in("kw")
        most[station] = row.number_in("station_kw", most.get(station, connection_kw))
    found = installed(
        [Station((kw,), most[station]) for station, kw in power.items()],
        connection_kw=connection_kw,
    )
    return found.nameplate_kw, found.deliverable_kw


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
