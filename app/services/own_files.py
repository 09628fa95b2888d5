"""Use-case: read a person's own sessions, base load, limits and prices, ready to run."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import numpy as np
import numpy.typing as npt
import pandas as pd

from app.core.engine.arrays import Floats
from app.core.engine.clock import Clock
from app.core.engine.series import STEP_S, Grid, bridge, onto, to_grid
from app.core.engine.sessionfile import (
    ONLY,
    SESSION_CODES,
    SESSION_COLUMNS,
    SessionFile,
    horizon_of,
    session_faults,
    to_sessions,
)
from app.core.errors import InputError
from app.core.schema import Column
from app.services.parameters import load_parameters
from app.sources.own_tables import OwnTable, Refusals, read_own_table

MUCH_KW = 1_000_000
BASE_COLUMNS = (
    Column("time", "start of the interval", "time", required=True),
    Column("load_kw", "load", "number", "kW", low=-MUCH_KW, high=MUCH_KW),
    Column("transformer_id", "transformer", "id"),
    Column("pv_kw", "solar power in it", "number", "kW"),
    Column("heatpump_kw", "heat pumps in it", "number", "kW"),
)
LIMIT_COLUMNS = (
    Column("transformer_id", "transformer", "id", required=True),
    Column("limit_kw", "what it can carry", "number", "kW", low=0, high=MUCH_KW),
    Column("export_limit_kw", "what it can take back", "number", "kW", low=0, high=MUCH_KW),
)
PRICE_COLUMNS = (
    Column("time", "start of the interval", "time", required=True),
    Column("eur_per_mwh", "price", "number", "EUR/MWh", low=-2_000, high=20_000),
    Column("g_co2_per_kwh", "carbon intensity", "number", "g/kWh", low=0, high=2_000),
)
IDS = npt.NDArray[np.object_]
Warn = dict[str, object]


@dataclass(frozen=True, slots=True, eq=False)
class OwnCase:
    """A person's own files, ready to run.

    Attributes
    ----------
    transformers : (row,)
        Their ids, sorted.
    limit_kw, export_limit_kw : (row,)
        NaN where unknown.
    eur_per_mwh, g_co2_per_kwh : (step,) or None
        NaN where the file has a hole.
    notices
        What was assumed, in sentences, each with a code and a count.
    """

    file: SessionFile
    transformers: IDS
    base_kw: Floats
    limit_kw: Floats
    export_limit_kw: Floats
    clock: Clock
    eur_per_mwh: Floats | None
    g_co2_per_kwh: Floats | None
    notices: tuple[Warn, ...]


@dataclass(frozen=True, slots=True)
class OwnPaths:
    """The files of a run at the terminal; all but the sessions may be missing."""

    sessions: Path
    base: Path | None = None
    limits: Path | None = None
    prices: Path | None = None


class _Notices:
    def __init__(self) -> None:
        self.found: list[Warn] = []

    def add(self, code: str, message: str, count: int = 1) -> None:
        if count:
            self.found.append({"code": code, "message": message, "count": int(count)})

    def table(self, table: OwnTable) -> OwnTable:
        for message in table.notices:
            self.add("file_read", message)
        return table


def read_own(paths: OwnPaths, *, zone: str, batteries: bool = False) -> OwnCase:
    """Read and check every file, or refuse with every fault of the first that has some.

    Parameters
    ----------
    zone
        Wall clock of the place, also of times without an offset.
    batteries
        Whether the strategy asks for batteries.
    """
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise InputError(f"no time zone {zone!r}; wanted a name like Europe/Amsterdam") from error
    notices = _Notices()
    frame = _read_sessions(paths.sessions, zone, notices)
    names = set(frame["transformer_id"].unique()) if "transformer_id" in frame else {ONLY}
    transformers, base_kw, clock = _base(paths.base, names, frame, zone, notices)
    limit_kw, export_kw = _limits(paths.limits, transformers, notices)
    prices, carbon = _prices(paths.prices, clock, zone, notices)
    numbers = load_parameters()
    file = to_sessions(frame, transformers, clock, numbers, batteries=batteries)
    _tell_counts(file, notices)
    return OwnCase(
        file, transformers, base_kw, limit_kw, export_kw, clock, prices, carbon,
        tuple(notices.found),
    )  # fmt: skip


def _read_sessions(path: Path, zone: str, notices: _Notices) -> pd.DataFrame:
    table = read_own_table(path, SESSION_COLUMNS, zone=zone, codes=SESSION_CODES)
    frame = notices.table(table).frame
    refusals = Refusals(path.name)
    if not len(frame):
        refusals.say("there are no sessions", "no_sessions")
        refusals.finish()
    for fault in session_faults(frame, load_parameters()):
        refusals.add(fault.bad, fault.column, _Shown(frame[fault.column]), fault.wanted, fault.code)
    refusals.finish()
    return frame


class _Shown(Sequence[object]):
    """Cells of a read column, as they are shown in a refusal."""

    def __init__(self, column: pd.Series) -> None:
        self.column = column

    def __getitem__(self, row: int) -> object:  # type: ignore[override]
        value = self.column.iloc[row]
        return f"{value:g}" if isinstance(value, float) else repr(str(value))

    def __len__(self) -> int:
        return len(self.column)


def _base(
    path: Path | None, names: set[str], frame: pd.DataFrame, zone: str, notices: _Notices
) -> tuple[IDS, Floats, Clock]:
    if path is None:
        clock = horizon_of(frame, zone)
        notices.add("no_base", "no base load was given: 0 kW, whole days around the sessions")
        transformers = np.array(sorted(names), dtype=object)
        return transformers, np.zeros((transformers.size, clock.steps)), clock
    codes = {"time": "time_unreadable"}
    table = notices.table(read_own_table(path, BASE_COLUMNS, zone=zone, codes=codes))
    base, refusals = table.frame, Refusals(path.name)
    if "load_kw" not in base or not len(base):
        refusals.say("column load_kw (load) is missing or empty", "column_missing")
        refusals.finish()
    if "transformer_id" not in base:
        if len(names) > 1:
            count = f"the sessions are on {len(names)} transformers"
            refusals.say(f"there is no column transformer_id, but {count}", "unknown_transformer")
            refusals.finish()
        base = base.assign(transformer_id=next(iter(names)))
    for name in sorted(names - set(base["transformer_id"].unique()))[:3]:
        refusals.say(f"transformer {name!r} has sessions but no rows here", "unknown_transformer")
    twice = base.duplicated(["transformer_id", "time"]).to_numpy()
    shown = _Shown(base["time"])
    refusals.add(twice, "time", shown, "each time once per transformer", "duplicate_time")
    refusals.finish()
    transformers = np.array(sorted(base["transformer_id"].unique()), dtype=object)
    grid, longer = bridge(_grid(base, "load_kw", transformers))
    if longer is not None:
        moment = _moment(grid.first + longer[1] * STEP_S, zone)
        sentence = f"transformer {transformers[longer[0]]!r} has no load from {moment.isoformat()}"
        refusals.say(f"{sentence} for more than an hour", "base_hole")
    refusals.finish()
    notices.add("base_averaged", "base load finer than 15 min was averaged", grid.averaged)
    notices.add("base_held", "base load coarser than 15 min was held constant", grid.held)
    notices.add("base_bridged", "holes of up to an hour were interpolated", grid.bridged)
    clock = Clock(_moment(grid.first, zone), grid.values.shape[1], zone)
    return transformers, grid.values, clock


def _grid(frame: pd.DataFrame, column: str, transformers: IDS | None) -> Grid:
    seconds = frame["time"].to_numpy().astype("datetime64[s]").astype(np.int64)
    row, rows = np.zeros(len(frame), np.int64), 1
    if transformers is not None:
        row = pd.Index(transformers).get_indexer(pd.Index(frame["transformer_id"]))
        rows = transformers.size
    return to_grid(seconds, row.astype(np.int64), frame[column].to_numpy(np.float64), rows)


def _moment(seconds: int, zone: str) -> datetime:
    return datetime.fromtimestamp(seconds, UTC).astimezone(ZoneInfo(zone))


def _limits(path: Path | None, transformers: IDS, notices: _Notices) -> tuple[Floats, Floats]:
    unknown = np.full(transformers.size, np.nan)
    if path is None:
        return unknown, unknown.copy()
    table = notices.table(read_own_table(path, LIMIT_COLUMNS))
    frame, refusals = table.frame, Refusals(path.name)
    if "limit_kw" not in frame:
        refusals.say("column limit_kw (what it can carry) is missing", "column_missing")
        refusals.finish()
    twice = frame["transformer_id"].duplicated().to_numpy()
    shown = _Shown(frame["transformer_id"])
    refusals.add(twice, "transformer_id", shown, "each transformer once", "duplicate_transformer")
    refusals.finish()
    by_id = frame.set_index("transformer_id").reindex(transformers)
    limit_kw = by_id["limit_kw"].to_numpy(np.float64)
    export_kw = limit_kw
    if "export_limit_kw" in by_id:
        export_kw = by_id["export_limit_kw"].fillna(by_id["limit_kw"]).to_numpy(np.float64)
    without = int(np.isnan(limit_kw).sum())
    notices.add("limit_unknown", "transformers without a limit: headroom is not shown", without)
    return limit_kw.copy(), export_kw.copy()


def _prices(
    path: Path | None, clock: Clock, zone: str, notices: _Notices
) -> tuple[Floats | None, Floats | None]:
    if path is None:
        return None, None
    codes = {"time": "time_unreadable"}
    frame = notices.table(read_own_table(path, PRICE_COLUMNS, zone=zone, codes=codes)).frame
    if not len(frame) or "eur_per_mwh" not in frame:
        raise InputError(f"{path.name}, column eur_per_mwh (price) is missing [column_missing]")
    first = int(clock.start.timestamp())
    found: list[Floats | None] = []
    for name in ("eur_per_mwh", "g_co2_per_kwh"):
        known = name in frame
        found.append(onto(_grid(frame, name, None), first, clock.steps) if known else None)
    return found[0], found[1]


def _tell_counts(file: SessionFile, notices: _Notices) -> None:
    words = {
        "dropped": "sessions wholly outside the horizon were dropped",
        "cut": "sessions over an end of the horizon were cut there, with the energy of the rest",
        "infeasible": "sessions want more than their stay allows at full power",
        "phases_assumed": "phases were assumed: one up to 7.4 kW, else three",
        "soc_assumed": "batteries were assumed: a usual car that leaves nearly full",
    }
    for key, message in words.items():
        notices.add(f"sessions_{key}", message, file.counts[key])
