"""Use-case: invented sessions and occupancy to see a calibration on, in any city, and say so."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
import pandas as pd

from app.core.demand.calibration import Expected
from app.core.engine.arrays import Floats, Longs
from app.core.project import Project
from app.core.scenario import Scenario
from app.services.calibrate import expected_of
from app.services.calibrate_files import OCCUPANCY, SESSIONS
from app.services.calibrate_places import on_map, standing
from app.services.estimate import estimate
from app.services.learn_examples import project_seed

START, YEAR, DAYS = pd.Timestamp("2026-02-02"), 2026, 14
MOST_DISTRICTS, FEW_DISTRICTS = 16, 4  # few, of all sessions, where no map shows locations
KWH, HOURS = 0.85, 1.25  # times what the model says: what a calibration must find again
WANTED, SHARE = 320, 0.25  # sessions of a district, and the least share of its points that are seen
ALPHA = 0.05  # scatter of the invented counts
SPREAD_H, SPREAD_KWH = 0.6, 0.5  # of the logarithm
POWER_KW = 11.0
SNAPSHOTS = (1, 5, 9, 13, 17, 21)  # hours of the day
BUSY = np.array([1.1, 1.1, 0.9, 0.9, 0.95, 1.05])
STUCK = 10  # one in so many invented locations never changes its status
TEMPLATES = MappingProxyType({"sessions": SESSIONS, "occupancy": OCCUPANCY})


@dataclass(frozen=True, slots=True, eq=False)
class _Sites:
    """Charge locations of an example: id, row of their district, points, share of its points."""

    ids: Longs
    home: Longs
    points: Floats
    share: Floats


def example(project: Project, kind: str) -> bytes:
    """Draw a synthetic file, the same bytes for the same city and kind."""
    table = EXAMPLES[kind](project, np.random.default_rng(project_seed(project)))
    return bytes(table.to_csv(index=False, lineterminator="\n").encode())


def template(kind: str) -> bytes:
    """Return the header line of a file."""
    return (",".join(each.name for each in TEMPLATES[kind]) + "\n").encode()


def _sessions(project: Project, chance: np.random.Generator) -> pd.DataFrame:
    """Invent sessions, and a few rows that cannot be."""
    expected, sites = _ground(project)
    served = expected.served(HOURS * expected.hours[0])
    usual = expected.sessions[sites.home]
    mean = usual * served[sites.home] * sites.share * DAYS
    scatter = chance.gamma(1 / ALPHA, ALPHA, expected.sessions.size)[sites.home]
    row = np.repeat(np.arange(mean.size), chance.poisson(mean * scatter))
    kwh = (
        KWH * (expected.kwh[0, sites.home] / usual)[row] * _about_one(chance, SPREAD_KWH, row.size)
    )
    stay = HOURS * (expected.hours[0, sites.home] / usual)[row]
    stay = np.clip(stay * _about_one(chance, SPREAD_H, row.size), 0.25, 300.0)
    kwh = np.minimum(kwh, POWER_KW * stay)
    begin = START + pd.to_timedelta(np.sort(chance.uniform(0, 24 * DAYS, row.size)), unit="h")
    table = pd.DataFrame(
        {
            "session_id": [f"synthetic-{each:05d}" for each in range(row.size)],
            "arrival": begin.round("min"),
            "departure": (begin + pd.to_timedelta(stay, unit="h")).round("min"),
            "energy_kwh": kwh.round(2),
            "max_power_kw": POWER_KW,
            **_where(project, sites, row),
            "points": sites.points[row].astype(int),
        }
    )
    return _spoiled(table)


def _spoiled(table: pd.DataFrame) -> pd.DataFrame:
    """Add what real files hold: repeats, backward times, a month on the plug, too much energy."""
    again, back, long, vast = (table.iloc[at : at + 3].copy() for at in (0, 3, 6, 9))
    back["departure"] = back["arrival"] - pd.Timedelta(minutes=5)
    long["departure"] = long["arrival"] + pd.Timedelta(days=30)
    vast["energy_kwh"] = 24 * POWER_KW * 10
    for name, rows in (("back", back), ("long", long), ("vast", vast)):
        rows["session_id"] = rows["session_id"] + f"-{name}"
    return pd.concat([table, again, back, long, vast], ignore_index=True)


def _occupancy(project: Project, chance: np.random.Generator) -> pd.DataFrame:
    """Invent snapshots; some locations never change their status."""
    expected, sites = _ground(project)
    scatter = chance.gamma(1 / ALPHA, ALPHA, expected.sessions.size)
    taken = np.nan_to_num(expected.occupied(HOURS), nan=0.3) * scatter
    looks = DAYS * len(SNAPSHOTS)
    busy = np.tile(BUSY / BUSY.mean(), DAYS)
    likely = np.clip(taken[sites.home][:, None] * busy, 0, 0.95)
    points = sites.points.astype(int)[:, None]
    drawn = chance.binomial(points, likely, (points.size, looks))
    drawn[::STUCK] = 0
    days = START + pd.to_timedelta(np.repeat(np.arange(DAYS), len(SNAPSHOTS)), unit="D")
    times = days + pd.to_timedelta(np.tile(SNAPSHOTS, DAYS), unit="h")
    row = np.repeat(np.arange(points.size), looks)
    where = _where(project, sites, row)
    if "charger_id" not in where:
        where |= {"charger_id": [f"synthetic-{each}" for each in row]}
    return pd.DataFrame(
        {
            **where,
            "time": np.tile(times, points.size),
            "taken": drawn.ravel(),
            "total": sites.points[row].astype(int),
        }
    )


def _ground(project: Project) -> tuple[Expected, _Sites]:
    """Say what the model expects, and choose locations in the districts with most sessions."""
    scenario = Scenario(year=YEAR)
    demand = estimate(project, scenario)
    count = len(demand.districts)
    known = on_map(project) if "chargers" in project.layers else pd.DataFrame()
    points = np.full(count, np.nan) if known.empty else standing(known, {}, count)
    expected = expected_of(project, scenario, demand, points)
    daily = expected.sessions * expected.served(HOURS * expected.hours[0])
    share = np.clip(WANTED / np.maximum(daily * DAYS, 1e-9), SHARE, 1.0)
    if known.empty:
        rows = np.repeat(np.argsort(-daily, kind="stable")[:FEW_DISTRICTS], FEW_DISTRICTS)
        each = np.ones(rows.size)
        return expected, _Sites(rows, rows, 10 * each, each / FEW_DISTRICTS)
    return expected, _on_the_map(known, points, daily, share)


def _on_the_map(known: pd.DataFrame, points: Floats, daily: Floats, share: Floats) -> _Sites:
    """Take locations of the map until enough of a district's points are seen."""
    stands = known["home"].to_numpy(np.int64)
    size = known["points"].fillna(2.0).to_numpy(np.float64)
    ids, home = [], []
    chosen = [row for row in np.argsort(-daily, kind="stable") if points[row] > 0]
    for district in chosen[:MOST_DISTRICTS]:
        here = np.flatnonzero(stands == district)
        enough = int(np.searchsorted(np.cumsum(size[here]), share[district] * points[district])) + 1
        ids += here[:enough].tolist()
        home += [district] * min(enough, here.size)
    at, where = np.array(ids, np.int64), np.array(home, np.int64)
    return _Sites(at, where, size[at], size[at] / points[where])


def _where(project: Project, sites: _Sites, row: Longs) -> dict[str, object]:
    """Say where rows lie: at a location of the map, or else in a district."""
    if "chargers" in project.layers:
        names = on_map(project).index.to_numpy()
        return {"charger_id": names[sites.ids[row]]}
    codes = project.layers["districts"].frame["district_id"].astype(str).to_numpy()
    return {"district_id": codes[sites.home[row]]}


def _about_one(chance: np.random.Generator, spread: float, size: int) -> Floats:
    return chance.lognormal(-(spread**2) / 2, spread, size)


EXAMPLES: Mapping[str, Callable[[Project, np.random.Generator], pd.DataFrame]] = MappingProxyType(
    {"sessions": _sessions, "occupancy": _occupancy}
)
