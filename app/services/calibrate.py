"""Use-case: hold the demand model against observed sessions or occupancy, and set it right."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from app.core.assets import numbers
from app.core.demand.calibration import FURTHEST, Calibration, Expected, calibrate
from app.core.demand.groups import GROUPS
from app.core.demand.observed import HOURS, day_mean
from app.core.demand.result import Demand
from app.core.demand.sessions import DAYS
from app.core.demand.titles import title_of
from app.core.engine.arrays import Floats
from app.core.errors import InputError
from app.core.project import Project
from app.core.scenario import Scenario
from app.services.calibrate_files import Reading, read_occupancy, read_sessions
from app.services.estimate import estimate
from app.services.explain import with_number
from app.services.parameters import load_parameters, numbers_of
from app.sources.own_open import Source

FACTORS = ("calibration_kwh", "calibration_hours")
BEFORE, AFTER = ("modelled", "low", "high"), ("after", "after_low", "after_high")
MOMENTS = (BEFORE, AFTER)  # columns of mean, P10 and P90
Kind = Literal["sessions", "occupancy"]
READERS: Mapping[str, Callable[[Project, Source], Reading]] = {
    "sessions": read_sessions,
    "occupancy": read_occupancy,
}
WHY = {
    "": "",
    "nothing": "nothing was observed there",
    "few": "too few observations",
    "part": "too small a part of its points was observed",
}


@dataclass(frozen=True, slots=True)
class Beside:
    """A number of the model with its range, and what the file says of it."""

    name: str
    title: str
    unit: str
    measured: float
    ours: float
    low: float
    high: float

    @property
    def inside(self) -> bool:
        """Whether what was measured lies in the range."""
        return self.low <= self.measured <= self.high


@dataclass(frozen=True, slots=True, eq=False)
class Answer:
    """A file held against the model.

    Attributes
    ----------
    found
        None where the file says nothing of this city or of a year the model knows.
    refusal
        Why there is no factor; empty where there is one.
    districts : (district,)
        What was measured and modelled, before and after, and whether it counts.
    groups : (group,)
        Factor of each user group the file names; told, not set.
    """

    project: Project
    scenario: Scenario
    reading: Reading
    year: int
    found: Calibration | None
    refusal: str
    districts: pd.DataFrame
    groups: pd.DataFrame
    numbers: tuple[Beside, ...]
    notices: tuple[str, ...]

    @property
    def factors(self) -> dict[str, float]:
        """What to set in the model; empty where it is refused."""
        return self.found.set_to() if self.found and not self.refusal else {}


def answer(project: Project, scenario: Scenario, source: Source, kind: Kind) -> Answer:
    """Read a file, hold the model against it in the year of the file, and fit its factors."""
    if "districts" not in project.layers:
        raise InputError(f"{project.name} has no districts layer: load a map of districts first")
    reading = READERS[kind](project, source)
    plain = without(scenario).but(year=max(reading.year, _first_year()))
    told = _numbers(reading, plain)
    refusal = _cannot(project, reading)
    if refusal or reading.seen is None:
        return Answer(
            project, scenario, reading, plain.year, None, refusal, pd.DataFrame(),
            pd.DataFrame(), told, reading.notices,
        )  # fmt: skip
    demand = estimate(project, plain)
    expected = expected_of(project, plain, demand, reading.seen.points_all)
    least, seen = (load_parameters()[f"calibration_{name}"].value for name in ("least", "seen"))
    found = calibrate(expected, reading.seen, least, seen)
    return Answer(
        project, scenario, reading, plain.year, found, _no_factor(found, least, seen),
        _table(demand, found, least, plain.block_target),
        _groups(reading, demand, found, least), told,
        (*reading.notices, *_notices(reading, found)),
    )  # fmt: skip


def without(scenario: Scenario) -> Scenario:
    """Take the factors of an earlier calibration away, so that none is fitted upon another."""
    kept = tuple(pair for pair in scenario.assumptions if pair[0] not in FACTORS)
    return scenario.but(assumptions=kept)


def with_factors(scenario: Scenario, found: Answer) -> Scenario:
    """Set the factors in a scenario."""
    scenario = without(scenario)
    for name, value in found.factors.items():
        scenario = with_number(scenario, name, round(value, 4))
    return scenario


def _first_year() -> int:
    return int(load_parameters()["registrations_year"].value)


def _cannot(project: Project, reading: Reading) -> str:
    """Say why a file cannot be held against this city at all."""
    if reading.seen is None:
        return (
            f"nothing in {reading.file} can be placed in a district of {project.name}: give "
            f"district_id, lon and lat, or charger_id as on its map of charge points"
        )
    if reading.year < _first_year():
        return (
            f"{reading.file} is of {reading.year}, and the model begins in {_first_year()}, when "
            f"cars were counted"
        )
    return ""


def _no_factor(found: Calibration, least: float, seen: float) -> str:
    if not found.used.any():
        return (
            f"no district has {least:g} observations or more from at least {seen:.0%} of its points"
        )
    fits = [each for each in (found.kwh, found.hours) if each is not None]
    if not fits:
        return "the model expects nothing where something was measured, or nothing was measured"
    if any(not 1.01 / FURTHEST < each.factor < FURTHEST / 1.01 for each in fits):
        return (
            f"model and file are {FURTHEST:g} times apart or more: are the units right, and does "
            f"the file hold all points it names?"
        )
    return ""


def expected_of(project: Project, scenario: Scenario, demand: Demand, points: Floats) -> Expected:
    """Return what the model expects of every district where so many points stand."""
    table = demand.districts
    homes = numbers(project.layers["districts"].frame, "households")
    shared = numbers_of(scenario)["homes_per_cluster"].value

    def bands(name: str, days: float) -> Floats:
        return np.array(
            [table[f"{name}_{each}"].to_numpy(np.float64) / days for each in ("mean", "p10", "p90")]
        )

    return Expected(
        kwh=bands("kwh_year", DAYS),
        hours=bands("connected_hours_day", 1),
        sessions=table["sessions_day_mean"].to_numpy(np.float64),
        clusters=np.maximum(np.round(np.nan_to_num(homes) / shared), 1.0),
        points=points,
    )


def _numbers(reading: Reading, scenario: Scenario) -> tuple[Beside, ...]:
    """Hold numbers of the model that the file itself can say, wherever it is from, beside it."""
    measured = {f"{name}_session": value for name, value in reading.session.items()}
    if np.isfinite(reading.profile).any():
        measured["peak_factor"] = float(np.nanmax(reading.profile) / day_mean(reading.profile))
    own = numbers_of(scenario)
    return tuple(
        Beside(name, title_of(name), row.unit, value, row.value, row.low, row.high)
        for name, value in measured.items()
        for row in (own[name],)
    )


def _table(demand: Demand, found: Calibration, least: float, target: float) -> pd.DataFrame:
    """List every district: measured, before, after, and why it does not count."""
    seen, expected = found.seen, found.expected
    few = seen.observations < least
    why = np.where(few, np.where(seen.observations > 0, "few", "nothing"), "part")
    columns: dict[str, object] = {
        "district_id": demand.districts["district_id"],
        "name": demand.districts["name"],
        "counts": found.used,
        "why": np.where(found.used, "", why),
        "observations": seen.observations.astype(int),
        "points_seen": seen.points_seen,
        "points": seen.points_all,
    }
    for name, fit in (("kwh", found.kwh), ("hours", found.hours)):
        if fit is not None:
            columns |= _columns(found, name)
    if np.isfinite(seen.points_all).any():
        points = np.where(seen.points_seen > 0, seen.points_seen, np.nan)
        columns["occupied"] = seen.hours_day / points / HOURS
        columns["occupied_modelled"] = expected.occupied()
        columns["occupied_after"] = expected.occupied(found.hours_factor)
        columns["occupied_full"] = expected.occupied_full(target)
    return pd.DataFrame(columns)


def _columns(found: Calibration, name: str) -> dict[str, object]:
    """Energy or hours of every district: measured, before and after."""
    measured = found.measured(name)
    columns: dict[str, object] = {f"measured_{name}": measured}
    for moment, drawn in zip(MOMENTS, found.bands(name), strict=True):
        for band, row in zip(moment, drawn, strict=True):
            columns[f"{band}_{name}"] = row
        inside = (drawn[1] <= measured) & (measured <= drawn[2])
        columns[f"inside_{moment[0]}_{name}"] = np.where(np.isnan(measured), None, inside)
    return columns


def occupied(found: Answer) -> dict[str, float]:
    """Share of the time a point is taken in the districts that count: measured, before, after.

    Districts weigh by their points; empty where the points are not known.
    """
    if "occupied" not in found.districts:
        return {}
    rows = found.districts[found.districts["counts"]]
    weight = rows["points"].to_numpy(np.float64)
    if not weight.sum() > 0:
        return {}
    return {
        name: float(weight @ rows[column].to_numpy(np.float64) / weight.sum())
        for name, column in (
            ("measured", "occupied"),
            ("before", "occupied_modelled"),
            ("after", "occupied_after"),
        )
    }


def _groups(reading: Reading, demand: Demand, found: Calibration, least: float) -> pd.DataFrame:
    """Fit each user group the file names, on districts with enough sessions of it."""
    if reading.groups.empty:
        return pd.DataFrame()
    stay = numbers_of(Scenario())["hours_session"].value
    rows = []
    served = found.expected.served(found.expected.hours[0])
    for place, group in enumerate(GROUPS):
        told = reading.groups[reading.groups["group"] == group.key]
        told = told[(told["sessions"] >= least) & found.used[told["district"]]]
        if told.empty:
            continue
        where = told["district"].to_numpy(np.int64)
        daily = demand.sessions_day[where, place] * served[where]
        models = {"kwh": daily * demand.kwh_session[place], "hours": daily * stay}
        row: dict[str, object] = {"group": group.key, "title": group.title, "districts": len(told)}
        for name, model in models.items():
            measured = told[f"{name}_day"].to_numpy(np.float64) * found.seen.scale[where]
            square = float(model @ model)
            row[f"{name}_factor"] = float(measured @ model) / square if square else np.nan
        rows.append(row)
    return pd.DataFrame(rows)


def _notices(reading: Reading, found: Calibration) -> list[str]:
    """Say how the two were made comparable."""
    seen = found.seen
    period = (
        f"{reading.first} to {reading.last}: {seen.days:g} days stand for a mean day of "
        f"{reading.year}; no season is taken out."
    )
    said = [period]
    if np.isfinite(seen.seen[found.used]).any():
        part = np.nansum(seen.points_seen[found.used]) / np.nansum(seen.points_all[found.used])
        said.append(
            f"In the districts that count {part:.0%} of the points were observed; the others are "
            f"taken to be used as much, and the model's figure is of drivers who find a free point."
        )
    return said
