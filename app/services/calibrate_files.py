"""Use-case: read observed sessions or occupancy, clean them, and sum them up per district."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

import numpy as np
import pandas as pd

from app.core.demand.groups import GROUPS
from app.core.demand.observed import (
    HOURS,
    Observed,
    by_hour,
    clean,
    day_mean,
    per_district,
    points_of,
    stale,
)
from app.core.engine.arrays import Floats, Longs
from app.core.engine.sessionfile import SESSION_COLUMNS
from app.core.errors import refusal
from app.core.project import Project
from app.core.schema import MANY, Column
from app.core.siting.problem import Flags
from app.services.calibrate_places import NOWHERE, home_of, points
from app.services.parameters import load_parameters
from app.sources.own_notices import Refusals
from app.sources.own_open import Source
from app.sources.own_tables import OwnTable, read_own_table

TIMES = ("arrival", "departure", "time", "date")
SECONDS = 3600
PERCENT = 100
LIVELY = 0.5  # of the days have a session, or a date may be wrong
WHERE = (
    Column("district_id", "district it lies in", "id"),
    Column("charger_id", "charge location, as on the map of charge points", "id"),
    Column("lon", "degrees east", "number", low=-180, high=180),
    Column("lat", "degrees north", "number", low=-90, high=90),
)
_ENGINE = {each.name: each for each in SESSION_COLUMNS}
SESSIONS = (
    Column("arrival", "plugged in", "time"),
    Column("departure", "plugged out", "time"),
    Column("energy_kwh", "energy charged", "number", "kWh"),
    *WHERE,
    Column("points", "charge points of the location", "whole", low=1, high=1_000),
    Column("max_power_kw", "the most it could draw", "number", "kW"),
    _ENGINE["session_id"],
    _ENGINE["user_group"],
)
OCCUPANCY = (
    Column("charger_id", "charge location, as on the map of charge points", "id", required=True),
    Column("time", "moment of the snapshot", "time"),
    Column("date", "day of the snapshot", "time"),
    Column("hour", "hour of that day", "whole", low=0, high=23),
    Column("taken", "points in use", "number", low=0, high=MANY),
    Column("total", "points there", "number", low=0, high=MANY),
    Column("percent", "share of the points in use", "number", "%", low=0, high=100),
    *(each for each in WHERE if each.name != "charger_id"),
)
ALIASES: Mapping[str, str] = MappingProxyType(
    {
        "id": "charger_id",
        "occ": "percent",
        "occupied_percent": "percent",
        "n": "total",
        "points": "total",
    }
)


@dataclass(frozen=True, slots=True, eq=False)
class Reading:
    """A file as far as the model can be held against it.

    Attributes
    ----------
    kind
        ``sessions`` or ``occupancy``.
    seen
        None where nothing of it lies in the city.
    read, kept
        Rows of the file, and those that are used.
    dropped
        How many were not used, by the reason; the stuck ones are charge locations, not rows.
    year
        Of the middle of the period.
    first, last
        Days of the period, on the clock of the city.
    session : Mapping
        Mean ``kwh`` and ``hours`` of a session, wherever it was; empty for occupancy.
    profile : (24,)
        Share of the points taken by hour of the day; NaN for sessions and hours nobody saw.
    groups : (row,)
        ``group, district, kwh_day, hours_day, sessions`` where the file names user groups.
    """

    kind: str
    file: str
    seen: Observed | None
    read: int
    kept: int
    dropped: Mapping[str, int]
    year: int
    first: str
    last: str
    session: Mapping[str, float]
    profile: Floats
    groups: pd.DataFrame
    notices: tuple[str, ...]


@dataclass(slots=True)
class _Said:
    """What is told about a file while it is read."""

    dropped: dict[str, int] = field(default_factory=dict)
    notices: list[str] = field(default_factory=list)


def read_sessions(project: Project, source: Source) -> Reading:
    """Read and clean sessions; those that cannot be placed still say what a session is."""
    zone = project.timezone
    table = read_own_table(source, _loose(SESSIONS), zone=zone, blank=TIMES)
    _need(table, "arrival", "departure", "energy_kwh")
    frame = table.frame
    said = _Said(notices=list(table.notices))
    stay = (frame["departure"] - frame["arrival"]).dt.total_seconds() / SECONDS
    frame = frame.assign(hours=stay)
    good, said.dropped = clean(frame)
    kept = frame[good].reset_index(drop=True)
    if kept.empty:
        raise refusal("no_sessions", "no session is left after cleaning", file=source.name)
    days = _days(kept["arrival"], zone)
    session = {"kwh": float(kept["energy_kwh"].mean()), "hours": float(kept["hours"].mean())}
    said.notices += _gaps(kept["arrival"], days, zone)
    home, kept = _placed(project, kept, said)
    seen, groups = None, pd.DataFrame()
    if len(kept):
        seen = _summed_sessions(project, kept, home, len(days), said)
        groups = _by_group(kept, home, len(days))
    return Reading(
        "sessions", source.name, seen, len(frame), len(kept), said.dropped,
        _middle(days), *_ends(days), session, np.full(HOURS, np.nan), groups, tuple(said.notices),
    )  # fmt: skip


def _summed_sessions(
    project: Project, kept: pd.DataFrame, home: Longs, days: int, said: _Said
) -> Observed:
    count = len(project.layers["districts"].frame)
    energy, stay = (kept[name].to_numpy(np.float64) for name in ("energy_kwh", "hours"))
    number = per_district(home, np.ones(len(kept)), count)
    points_seen, points_all, notices = points(project, kept, home)
    said.notices += notices
    return Observed(
        observations=number,
        kwh_day=_where(number, per_district(home, energy, count) / days),
        hours_day=_where(number, per_district(home, stay, count) / days),
        sessions_day=_where(number, number / days),
        points_seen=points_seen,
        points_all=points_all,
        days=float(days),
    )


def _by_group(kept: pd.DataFrame, home: Longs, days: int) -> pd.DataFrame:
    """Sum up by user group and district, where the file says who charged."""
    known = {group.key for group in GROUPS}
    if "user_group" not in kept or not kept["user_group"].isin(known).any():
        return pd.DataFrame()
    rows = kept.assign(district=home)[kept["user_group"].isin(known)]
    sums = rows.groupby(["user_group", "district"], as_index=False).agg(
        kwh_day=("energy_kwh", "sum"), hours_day=("hours", "sum"), sessions=("hours", "size")
    )
    sums[["kwh_day", "hours_day"]] /= days
    return sums.rename(columns={"user_group": "group"})


def read_occupancy(project: Project, source: Source) -> Reading:
    """Read snapshots of how many points are taken; a status that never changes is no evidence."""
    zone = project.timezone
    table = read_own_table(source, OCCUPANCY, zone=zone, names=ALIASES, blank=TIMES)
    frame = _snapshots(table, zone)
    said = _Said(notices=list(table.notices))
    good = _clean_snapshots(frame, said)
    kept = frame[good].reset_index(drop=True)
    if kept.empty:
        raise refusal("no_snapshots", "no snapshot is left after cleaning", file=source.name)
    share = kept["taken"] / kept["total"]
    stuck, counts = stale(kept["charger_id"], share)
    said.dropped |= counts
    whole, kept = kept, kept[~kept["charger_id"].isin(stuck)].reset_index(drop=True)
    if stuck:
        said.notices.append(_told_stuck(whole, kept, len(stuck)))
    if kept.empty:
        raise refusal("all_stale", "no status ever changes in this file", file=source.name)
    days = _days(kept["time"], zone)
    home, kept = _placed(project, kept, said)
    seen, profile = None, np.full(HOURS, np.nan)
    if len(kept):
        seen, profile = _summed_snapshots(project, whole, kept, home, len(days), said)
    return Reading(
        "occupancy", source.name, seen, len(frame), len(kept), said.dropped,
        _middle(days), *_ends(days), {}, profile, pd.DataFrame(), tuple(said.notices),
    )  # fmt: skip


def _summed_snapshots(  # noqa: PLR0913, PLR0917  # the file, and what is left of it
    project: Project, whole: pd.DataFrame, kept: pd.DataFrame, home: Longs, days: int, said: _Said
) -> tuple[Observed, Floats]:
    count = len(project.layers["districts"].frame)
    cells = (kept["hour"].to_numpy(), kept["taken"].to_numpy(), kept["total"].to_numpy())
    shares = by_hour(home, *cells, count)
    profile = by_hour(np.zeros(len(kept), np.int64), *cells, 1)[0]
    unseen = int(np.isnan(profile).sum())
    if unseen:
        said.notices.append(
            f"{HOURS - unseen} of the 24 hours of the day were seen; the mean over them stands for "
            f"the day."
        )
    counted = points_of(whole["charger_id"], whole["points"])
    points_seen, points_all, notices = points(project, kept, home, counted)
    said.notices += notices
    nothing = np.full(count, np.nan)
    found = Observed(
        observations=per_district(home, np.ones(len(kept)), count),
        kwh_day=nothing,
        hours_day=day_mean(shares) * HOURS * points_seen,
        sessions_day=nothing,
        points_seen=points_seen,
        points_all=points_all,
        days=float(days),
    )
    return found, profile


def _told_stuck(whole: pd.DataFrame, kept: pd.DataFrame, stuck: int) -> str:
    means = [100 * day_mean(_profile(each)) for each in (kept, whole)]
    chargers = whole["charger_id"].nunique()
    return (
        f"{stuck:,} of {chargers:,} charge locations never changed their status and were left out: "
        f"without them points are taken {means[0]:.1f} % of the time, with them {means[1]:.1f} %. "
        f"Some may really have stood empty."
    )


def _profile(rows: pd.DataFrame) -> Floats:
    cells = (rows["hour"].to_numpy(), rows["taken"].to_numpy(), rows["total"].to_numpy())
    found: Floats = by_hour(np.zeros(len(rows), np.int64), *cells, 1)[0]
    return found


def _snapshots(table: OwnTable, zone: str) -> pd.DataFrame:
    """Return ``charger_id, time, hour, taken, total, points`` and where, whatever the file gives.

    ``points`` is NaN where the file does not say the total; there a share weighs as a usual one.
    """
    frame = table.frame
    refusals = Refusals(table.file)
    timed = "time" in frame and bool(frame["time"].notna().any())
    if not timed and not {"date", "hour"} <= set(frame):
        refusals.say("column time, or columns date and hour, are missing", "column_missing")
    if not {"taken", "total"} <= set(frame) and "percent" not in frame:
        refusals.say("columns taken and total, or percent, are missing", "column_missing")
    refusals.finish()
    if timed:
        frame = frame.assign(hour=_local(frame["time"], zone).dt.hour)
    else:
        frame = frame.assign(time=frame["date"] + pd.to_timedelta(frame["hour"], unit="h"))
    blank = pd.Series(np.nan, index=frame.index)
    points, percent = frame.get("total", blank), frame.get("percent", blank)
    usual = load_parameters()["existing_points_usual"].value
    total = points.where(points.notna() | percent.isna(), usual)
    taken = frame.get("taken", blank).fillna(total * percent / PERCENT)
    return frame.assign(points=points, total=total, taken=taken)


def _clean_snapshots(frame: pd.DataFrame, said: _Said) -> Flags:
    bad = {
        "duplicate": frame.duplicated(["charger_id", "time"]),
        "no_time": frame["time"].isna() | frame["hour"].isna(),
        "no_points": ~(frame["total"] > 0),
        "impossible": ~(frame["taken"] <= frame["total"]),
    }
    left = np.ones(len(frame), bool)
    for name, rows in bad.items():
        hit = rows.to_numpy(bool) & left
        said.dropped[name] = int(hit.sum())
        left &= ~hit
    frame["hour"] = frame["hour"].fillna(0).astype(np.int64)
    return left


def _placed(project: Project, rows: pd.DataFrame, said: _Said) -> tuple[Longs, pd.DataFrame]:
    """Find the district of each row; rows without one are counted and left out."""
    home = home_of(project, rows)
    inside = home >= 0
    said.dropped[NOWHERE] = int((~inside).sum())
    return home[inside], rows[inside].reset_index(drop=True)


def _loose(columns: tuple[Column, ...]) -> tuple[Column, ...]:
    """Let cells be blank: a session without an end is cleaned away and counted, not refused."""
    return tuple(
        Column(each.name, each.meaning, each.type, each.unit, low=each.low, high=each.high)
        for each in columns
    )


def _need(table: OwnTable, *names: str) -> None:
    refusals = Refusals(table.file)
    meanings = {each.name: each.meaning for each in SESSIONS}
    for name in names:
        if name not in table.frame:
            said = f"column {name} ({meanings[name]}) is missing"
            refusals.say(said, "column_missing", name)
    refusals.finish()


def _local(times: pd.Series, zone: str) -> pd.Series:
    return pd.Series(times.dt.tz_localize("UTC").dt.tz_convert(zone))


def _days(times: pd.Series, zone: str) -> pd.DatetimeIndex:
    """List the days from the first to the last, on the clock of the place."""
    local = _local(times, zone)
    return pd.date_range(local.min().date(), local.max().date())


def _gaps(times: pd.Series, days: pd.DatetimeIndex, zone: str) -> list[str]:
    """Warn of days without a session: a wrong date makes a period long and a mean small."""
    lively = int(_local(times, zone).dt.date.nunique())
    said = f"Only {lively:,} of {len(days):,} days have a session: is a date wrong?"
    return [said] if lively < LIVELY * len(days) else []


def _middle(days: pd.DatetimeIndex) -> int:
    return int(days[len(days) // 2].year)


def _ends(days: pd.DatetimeIndex) -> tuple[str, str]:
    return days[0].date().isoformat(), days[-1].date().isoformat()


def _where(number: Floats, values: Floats) -> Floats:
    return np.where(number > 0, values, np.nan)
