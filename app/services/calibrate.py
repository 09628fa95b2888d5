"""Use-case: hold the demand of a project against measured sessions or occupancy."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import pandas as pd

from app.core.assets import numbers as read_numbers
from app.core.assets import texts
from app.core.demand import calibration, sizing
from app.core.demand.calibration import Fit
from app.core.demand.counts import Scatter, scatter
from app.core.demand.result import Demand
from app.core.demand.sessions import DAYS, HOURS
from app.core.engine.arrays import Floats
from app.core.errors import InputError
from app.core.project import Project
from app.core.scenario import Scenario, knobs
from app.services.estimate import estimate
from app.services.observed import (
    OCCUPANCY_COLUMNS,
    SESSION_COLUMNS,
    Seen,
    days_of,
    place,
    points_of,
    points_seen,
    read,
)
from app.services.parameters import numbers_of
from app.sources.own_open import Source

SCHEMA = "kerbwatt.calibration/1"
SESSIONS, OCCUPANCY = "sessions", "occupancy"
FIGURES = ("kwh", "hours")
LEVERS = {"kwh": "calibration_kwh", "hours": "calibration_hours"}
HOUR_S = 3600
TURNED_AWAY = 0.05  # of the arrivals: what a cluster is held to


@dataclass(frozen=True, slots=True, eq=False)
class Calibration:
    """What was measured, what the model says of the same year, and what would set it right.

    Attributes
    ----------
    kind
        "sessions" or "occupancy".
    districts
        ``district_id, name, observations, points_seen, points`` (on the map), ``counts`` (whether
        it counts), and for kwh and hours a day: ``measured_x`` (scaled from the points seen to all
        points of the district; NaN unknown), ``modelled_x, low_x, high_x, after_x``;
        ``occupied`` (share of the time a seen point is taken) and ``occupied_full`` (what it would
        be where every twentieth arrival finds all points in reach taken).
    present
        The factors the scenario has already, per figure.
    fits
        Per figure; None where it cannot be fitted.
    dropped
        Rows left out, by reason.
    scatter
        Of sessions per charge point around what its district expects; None for occupancy.
    """

    kind: str
    year: int
    days: float
    districts: pd.DataFrame
    present: Mapping[str, float]
    fits: Mapping[str, Fit | None]
    dropped: Mapping[str, int]
    scatter: Scatter | None
    kwh_session: float
    hours_session: float
    notices: tuple[str, ...]

    @property
    def levers(self) -> dict[str, float]:
        """The assumptions that would apply the factors, by parameter."""
        return {
            LEVERS[k]: round(self.present[k] * fit.factor, 4)
            for k, fit in self.fits.items()
            if fit is not None
        }


def from_sessions(
    project: Project, scenario: Scenario, source: Source, *, zone: str | None = None
) -> Calibration:
    """Calibrate on sessions: energy and connected time.

    Raises
    ------
    InputError
        Nothing in the file lies in the project, or no figure can be fitted.
    """
    frame = read(source, SESSION_COLUMNS, zone or project.timezone)
    frame["hours"] = (frame["departure"] - frame["arrival"]).dt.total_seconds() / HOUR_S
    if "max_power_kw" not in frame:
        frame["max_power_kw"] = np.nan
    kept, dropped = calibration.clean(frame)
    if kept.empty:
        raise InputError(f"{source.name}: no session is left after cleaning")
    seen = place(project, kept, source.name, np.full(len(kept), np.nan))
    inside = seen.district >= 0
    dropped["elsewhere"] = int((~inside).sum())
    kept = kept[inside]
    days = days_of(kept["arrival"], kept["arrival"])
    count = len(project.layers["districts"].frame)
    where = seen.district[inside]
    per = {
        "kwh": np.bincount(where, kept["energy_kwh"], count) / days,
        "hours": np.bincount(where, kept["hours"], count) / days,
    }
    mean_year = int(kept["arrival"].astype("datetime64[s]").dt.year.median())
    found = _held(
        project, scenario, mean_year, per, np.bincount(where, minlength=count),
        points_seen(seen, inside, count),
    )  # fmt: skip
    sites = _scatter(seen, inside, count)
    return Calibration(
        kind=SESSIONS,
        days=days,
        dropped=dropped,
        scatter=sites,
        kwh_session=float(kept["energy_kwh"].mean()),
        hours_session=float(kept["hours"].mean()),
        notices=(*seen.notices, *found.pop("notices")),
        **found,
    )


def from_occupancy(
    project: Project, scenario: Scenario, source: Source, *, zone: str | None = None
) -> Calibration:
    """Calibrate on snapshots of how many points are taken: connected time only, never energy."""
    frame = read(source, OCCUPANCY_COLUMNS, zone or project.timezone)
    points = frame["points"].to_numpy(float) if "points" in frame else np.full(len(frame), np.nan)
    seen = place(project, frame, source.name, points)
    still = calibration.stale(pd.Series(seen.charger), frame["occupied_percent"])
    alive = ~pd.Series(seen.charger).isin(still).to_numpy()
    inside = (seen.district >= 0) & alive
    dropped = {
        "stale_chargers": len(still),
        "stale": int((~alive).sum()),
        "elsewhere": int((seen.district < 0).sum()),
    }
    if not inside.any():
        raise InputError(f"{source.name}: no snapshot is left that changes and lies in the city")
    count = len(project.layers["districts"].frame)
    where, weight = seen.district[inside], np.nan_to_num(seen.points[inside], nan=1.0)
    share = _hours_even(frame[inside], where, weight, count)
    total = points_seen(seen, inside, count)
    moments = frame.loc[inside, "time"]
    year = int(moments.astype("datetime64[s]").dt.year.median())
    nothing = np.full(count, np.nan)
    found = _held(
        project, scenario, year, {"kwh": nothing, "hours": share * HOURS * total},
        np.bincount(where, minlength=count), total,
    )  # fmt: skip
    return Calibration(
        kind=OCCUPANCY,
        days=days_of(moments, moments),
        dropped=dropped,
        scatter=None,
        kwh_session=float("nan"),
        hours_session=float("nan"),
        notices=(*seen.notices, *found.pop("notices")),
        **found,
    )


def _hours_even(frame: pd.DataFrame, where: np.ndarray, weight: Floats, count: int) -> Floats:
    """Mean share taken per district, every hour of the day counting alike where it was seen."""
    hour = frame["time"].astype("datetime64[s]").dt.hour.to_numpy()
    cell = where * 24 + hour
    top = np.bincount(cell, weight * frame["occupied_percent"] / 100, count * 24)
    bottom = np.bincount(cell, weight, count * 24)
    share = np.divide(top, bottom, out=np.full(top.size, np.nan), where=bottom > 0)
    grid = share.reshape(count, 24)
    seen = np.isfinite(grid)
    total = np.where(seen, grid, 0.0).sum(axis=1)
    found: Floats = np.divide(
        total, seen.sum(axis=1), out=np.full(count, np.nan), where=seen.any(axis=1)
    )
    return found


def _held(  # noqa: PLR0913, PLR0917  # what was seen has these sides
    project: Project,
    scenario: Scenario,
    year: int,
    per_day: Mapping[str, Floats],
    observations: np.ndarray,
    points_seen: Floats,
) -> dict[str, Any]:
    """Hold the model of that year against what was seen, per district."""
    low, high = knobs()["year"].low, knobs()["year"].high
    asked = scenario.but(year=int(np.clip(year, low, high)))
    demand, numbers = estimate(project, asked), numbers_of(asked)
    layer, notices = project.layers["districts"], list[str]()
    points = points_of(project, len(observations))
    scale = np.divide(points, points_seen, out=np.full(points.size, np.nan), where=points_seen > 0)
    if np.isnan(points_seen[observations > 0]).any():
        scale = np.where(np.isnan(points_seen), 1.0, scale)
        notices.append("Rows that name a district only are taken for all its points.")
    frame = pd.DataFrame(
        {
            "district_id": texts(layer.frame, "district_id"),
            "name": texts(layer.frame, "name"),
            "observations": observations,
            "points_seen": points_seen,
            "points": points,
            "counts": observations >= numbers["calibration_least"].value,
        }
    )
    fits: dict[str, Fit | None] = {}
    for figure in FIGURES:
        mean, p10, p90 = _modelled(demand, figure)
        measured = per_day[figure] * scale
        measured = np.where(observations > 0, measured, np.nan)
        fits[figure] = calibration.fit(measured, mean, p10, p90, frame["counts"].to_numpy())
        factor = 1.0 if (got := fits[figure]) is None else got.factor
        frame[f"measured_{figure}"] = measured
        frame[f"modelled_{figure}"], frame[f"low_{figure}"] = mean, p10
        frame[f"high_{figure}"], frame[f"after_{figure}"] = p90, factor * mean
    if not any(fits.values()):
        least = numbers["calibration_least"].value
        raise InputError(
            f"nothing can be fitted: no district has {least:g} observations or more "
            f"(the most is {int(observations.max())})"
        )
    frame["occupied"] = frame["measured_hours"] / HOURS / frame["points"].where(points > 0)
    per_cluster = numbers["homes_per_cluster"].value
    frame["occupied_full"] = _occupied_full(points, layer.frame, per_cluster)
    present = {k: numbers[LEVERS[k]].value for k in FIGURES}
    return {
        "present": present,
        "year": asked.year,
        "districts": frame,
        "fits": fits,
        "notices": notices,
    }


def _modelled(demand: Demand, figure: str) -> tuple[Floats, Floats, Floats]:
    """Mean, P10 and P90 a day per district."""
    name, per = ("kwh_year", DAYS) if figure == "kwh" else ("connected_hours_day", 1)
    frame = demand.districts
    mean, low, high = (frame[f"{name}_{x}"].to_numpy(float) / per for x in ("mean", "p10", "p90"))
    return mean, low, high


def _occupied_full(points: Floats, frame: pd.DataFrame, per_cluster: float) -> Floats:
    """Share taken where a cluster of today's size just turns away a twentieth of its arrivals."""
    households = read_numbers(frame, "households")
    clusters = np.maximum(1, np.round(np.nan_to_num(households) / per_cluster))
    size = np.clip(np.nan_to_num(np.round(points / clusters)), 1, sizing.MANY).astype(int)
    most = [sizing.highest_load(int(each), TURNED_AWAY) for each in size]
    return np.asarray(np.array(most) * (1 - TURNED_AWAY) / size)


def _scatter(seen: Seen, inside: np.ndarray, count: int) -> Scatter | None:
    """How sessions per charge point lie around the mean of its district per point."""
    each = pd.DataFrame(
        {"charger": seen.charger, "district": seen.district, "points": seen.points}
    )[inside]
    each = each[each["charger"] != ""]
    if each.empty:
        return None
    sites = each.groupby("charger").agg(
        district=("district", "first"), points=("points", "first"), sessions=("district", "size")
    )
    weight = sites["points"].fillna(1.0)
    per = np.bincount(sites["district"], sites["sessions"], count) / np.maximum(
        np.bincount(sites["district"], weight, count), 1e-9
    )
    expected = weight.to_numpy(float) * per[sites["district"].to_numpy(int)]
    real = expected > 0
    return scatter(sites["sessions"].to_numpy(float)[real], expected[real])


def document(project: Project, found: Calibration) -> dict[str, Any]:
    """Return a calibration as plain data; unknown is null."""
    return {
        "schema": SCHEMA,
        "project": project.slug,
        "kind": found.kind,
        "year": found.year,
        "days": found.days,
        "fits": {k: None if fit is None else _plain(asdict(fit)) for k, fit in found.fits.items()},
        "assumptions": found.levers,
        "dropped": dict(found.dropped),
        "scatter": None if found.scatter is None else asdict(found.scatter),
        "kwh_session": _plain(found.kwh_session),
        "hours_session": _plain(found.hours_session),
        "districts": [_plain(row) for row in found.districts.to_dict("records")],
        "notices": list(found.notices),
    }


def _plain(value: Any) -> Any:  # noqa: ANN401
    if isinstance(value, Mapping):
        return {str(key): _plain(each) for key, each in value.items()}
    if isinstance(value, np.generic):
        value = value.item()
    return None if isinstance(value, float) and not np.isfinite(value) else value
