"""Use-case: hold a city and its tender against duties and yardsticks, each with its numbers."""

from collections.abc import Iterable, Mapping

import pandas as pd

from app.core.demand.result import Demand
from app.core.duties import density
from app.core.duties.afir import FORMULA as AFIR
from app.core.duties.afir import Fleet, Station, connection_kw, fleet, installed
from app.core.duties.base import Check
from app.core.project import Project
from app.core.scenario import Scenario
from app.core.tender.draft import TenderDraft
from app.core.tender.fillers import AC_MOST_KW
from app.core.tender.pack_checks import PackFacts, pack_checks
from app.core.tender.selection import Selection
from app.services.car_parks import car_parks, source_of
from app.services.contracts import load_contracts
from app.services.estimate import estimate
from app.services.parameters import load_parameters, load_sources

NATIONAL = "A duty of the country; a city only compares itself."
EVENING = (17 * 60, 21 * 60)  # the city's own peak falls into these hours


def compliance(draft: TenderDraft, demand: Demand | None = None) -> tuple[Check, ...]:
    """Check fleet, car parks, density and the pack itself.

    Parameters
    ----------
    demand
        The estimate of the scenario's year, where it is known already.
    """
    known = demand or estimate(draft.project, draft.scenario)
    return (
        *_afir(draft, known),
        *car_parks(draft.project),
        *_density(draft, known),
        *draft.checks,
    )


def table(checks: Iterable[Check]) -> pd.DataFrame:
    """Lay checks out as ``compliance.csv`` has them."""
    rows = [
        {
            "check_id": each.id,
            "scope": each.scope,
            "status": each.result,
            "required": each.required,
            "found": each.found,
            "gap": each.gap,
            "unit": each.unit,
            "rule": each.formula,
            "inputs": each.inputs,
            "source": each.source,
            "confidence": each.confidence,
            "warning": each.warning,
        }
        for each in checks
    ]
    columns = [
        *("check_id", "scope", "status", "required", "found", "gap", "unit", "rule", "inputs"),
        *("source", "confidence", "warning"),
    ]
    found = pd.DataFrame(rows, columns=columns)
    numbers = ["required", "found", "gap"]
    return found.assign(**{name: found[name].astype("Float64").round(6) for name in numbers})


def checks_of_pack(
    project: Project, scenario: Scenario, listed: pd.DataFrame, selection: Selection
) -> tuple[Check, ...]:
    """Hold the whole list against clauses and grid, before an edition leaves anything out."""
    demand = estimate(project, scenario).districts
    names = dict(zip(demand["district_id"], demand["name"], strict=True))
    wanted: dict[str, float] = {}
    for key, points in zip(demand["district_id"], demand["points_plan"], strict=True):
        wanted[str(names[key])] = wanted.get(str(names[key]), 0.0) + float(points)
    return pack_checks(PackFacts(listed, selection, _export(project), _standing(project), wanted))


def _export(project: Project) -> Mapping[str, float]:
    grid = project.layers.get("grid")
    if grid is None or "export_headroom_kw" not in grid.frame:
        return {}
    rows = grid.frame.dropna(subset=["export_headroom_kw"])
    return dict(zip(rows["asset_id"].astype(str), rows["export_headroom_kw"], strict=True))


def _standing(project: Project) -> Mapping[str, float]:
    if "chargers" not in project.layers:
        return {}
    districts = project.layers["districts"].map[["name", "geometry"]]
    points = project.layers["chargers"].map[["points", "geometry"]]
    inside = points.sjoin(districts.to_crs(points.crs), predicate="within")
    inside = inside[~inside.index.duplicated()]
    found: Mapping[str, float] = inside.groupby("name")["points"].sum().to_dict()
    return found


def _afir(draft: TenderDraft, demand: Demand) -> Iterable[Check]:
    numbers, frame = load_parameters(), draft.project.layers["districts"].frame
    law = {"kw_bev": numbers["afir_kw_bev"].value, "kw_phev": numbers["afir_kw_phev"].value}
    today, ordered = _stations(draft.project), _ordered(draft)
    limit = connection_kw(numbers["connection_ampere"].value)
    counts = [frame[name].sum(min_count=1) if name in frame else None for name in CARS]
    now = installed(today, connection_kw=limit)
    then = installed([*today, *ordered], connection_kw=limit)
    if any(each is None or pd.isna(each) for each in counts):
        yield _unknown_fleet("today")
    else:
        bev, phev = (int(each or 0) for each in counts)
        for word, kw in (("nameplate", now.nameplate_kw), ("deliverable", now.deliverable_kw)):
            found = fleet(bev, phev, kw, kw_point=draft_kw(draft), **law)
            yield _fleet(f"today, {word}", found, f"{bev} BEV, {phev} PHEV")
    target = round(demand.afir_kw, 3)
    for word, kw in (("nameplate", then.nameplate_kw), ("deliverable", then.deliverable_kw)):
        # the estimate has kW of the target itself: one car of it asks for it all
        found = fleet(1, 0, kw, kw_bev=target, kw_phev=0, kw_point=draft_kw(draft))
        scope = f"{demand.year} with this tender, {word}"
        yield _fleet(scope, found, f"{target:g} kW of target by the estimate of {demand.year}")
    yield _evening(draft, [*today, *ordered])


CARS = ("cars_bev", "cars_phev")


def draft_kw(draft: TenderDraft) -> float:
    """Return the power one more point of this tender would count with [kW]."""
    powers = pd.to_numeric(draft.sites["power_kw_point"], errors="coerce").dropna()
    return float(powers.median()) if len(powers) else load_parameters()["nominal_point_kw"].value


def _stations(project: Project) -> list[Station]:
    layer = project.layers.get("chargers")
    if layer is None:
        return []
    rows = layer.frame[["points", "power_kw"]].dropna()
    pairs = zip(rows["points"], rows["power_kw"], strict=True)
    return [_station(int(points), float(kw)) for points, kw in pairs]


def _station(points: int, kw: float) -> Station:
    """Take points as one station; a fast one has a connection of its own size."""
    return Station((kw,) * points, points * kw if kw > AC_MOST_KW else None)


def _ordered(draft: TenderDraft) -> list[Station]:
    """Take each place of the list as posts of its own connection, two points each."""
    per_post = int(load_parameters()["points_per_post"].value)
    found = []
    powers = pd.to_numeric(draft.sites["power_kw_point"], errors="coerce")
    for points, kw in zip(draft.sites["n_charge_points"], powers, strict=True):
        if pd.isna(kw):
            continue
        whole, rest = divmod(int(points), per_post)
        found += [_station(per_post, float(kw))] * whole
        found += [_station(rest, float(kw))] if rest else []
    return found


def _fleet(scope: str, found: Fleet, inputs: str) -> Check:
    return Check(
        "afir_fleet",
        scope,
        found.result,
        float(found.target_kw),
        float(found.installed_kw),
        float(found.gap_kw),
        "kW",
        AFIR,
        inputs + (f"; {found.points_needed} points lack" if found.points_needed else ""),
        *source_of("afir_2023"),
        NATIONAL,
    )


def _unknown_fleet(scope: str) -> Check:
    words = "registered electric cars are not in the map of districts"
    source = source_of("afir_2023")
    return Check(
        "afir_fleet", scope, "unknown", None, None, None, "kW", AFIR, words, *source, NATIONAL
    )


def _evening(draft: TenderDraft, stations: list[Station]) -> Check:
    """Say what the capacity contract leaves at the evening peak: the law does not count it."""
    contract = load_contracts().get(draft.scenario.contract)
    kw, words = None, "the contract does not limit each point by the clock"
    if contract is not None and contract.per_point:
        limits = [
            0.0 if window.limit_kw == 0 else window.limit_share
            for window in contract.windows
            if window.start_min < EVENING[1] and window.end_min > EVENING[0]
        ]
        share = min((each for each in limits if each is not None), default=1.0)
        kw = share * sum(float(each) for station in stations for each in station.points_kw)
        words = f"{contract.title}: {share:.0%} of the power of each point"
    rule = "no part of the target: what the capacity contract leaves in its windows"
    year = draft.scenario.year
    return Check(
        "afir_fleet",
        f"{year} with this tender, evening peak",
        "not_applicable" if kw is not None else "unknown",
        None,
        kw,
        None,
        "kW",
        rule,
        words,
        "own arithmetic",
        "C",
        "A traffic light changes neither way of counting.",
    )


def _density(draft: TenderDraft, demand: Demand) -> Iterable[Check]:
    frame = draft.project.layers["districts"].frame
    stations = [*_stations(draft.project), *_ordered(draft)]
    points = sum(len(each.points_kw) for each in stations)
    people = frame["population"].sum(min_count=1) if "population" in frame else None
    floors = [each for each in draft.checks if each.id == "district_floor"]
    judged = [each for each in floors if each.result in {"pass", "gap"}]
    city = density.City(
        points=points,
        cars=demand.city["ev"].p50,
        people=None if people is None or pd.isna(people) else float(people),
        kw=sum(float(kw) for each in stations for kw in each.points_kw),
        kwh_year=demand.city["kwh_year"].p50,
        districts=len(judged),
        districts_above=sum(each.result == "pass" for each in judged) if judged else None,
    )
    numbers = load_parameters()
    anchors = [numbers[f"anchor_cars_point_{name}"] for name in ("stockholm", "oslo")]
    told = ", ".join(
        f"{each.value:g} ({load_sources()[each.source]['publisher']}, "
        f"{load_sources()[each.source]['year']}, {load_sources()[each.source]['confidence']})"
        for each in anchors
    )
    for name, value in density.ratios(city).items():
        unit, rule = RATIOS[name]
        yield Check(
            f"density_{name}",
            f"{demand.year} with this tender",
            "unknown" if value is None else "not_applicable",
            None,
            None if value is None else float(value),
            None,
            unit,
            rule,
            f"elsewhere {told}" if name == "cars_per_point" else "",
            "own arithmetic on maps and estimate",
            "C",
            "A yardstick, no duty.",
        )


RATIOS = {
    "cars_per_point": ("cars", "electric cars / public points"),
    "kw_per_car": ("kW", "power of public points / electric cars"),
    "points_per_1000": ("points", "public points / 1,000 inhabitants"),
    "kwh_point_day": ("kWh", "energy wanted at public points / points / 365"),
    "homes_near_share": ("share", "homes without own parking within a walk of a point / all"),
    "districts_above_share": ("share", "districts above the floor of SOC-01 / all"),
}
