"""The series beside a person's own sessions: base load, limits and prices, checked row by row."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from typing import TypeAlias
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt
import pandas as pd

from app.core.engine.arrays import Floats
from app.core.engine.clock import Clock
from app.core.engine.series import STEP_S, Grid, bridge, onto, to_grid
from app.core.errors import refusal
from app.core.schema import Column
from app.settings import SETTINGS
from app.sources.own_notices import Refusals, Rows, rows_in_short
from app.sources.own_open import Source
from app.sources.own_tables import OwnTable, read_own_table

MUCH_KW = 1_000_000
BASE_COLUMNS = (
    Column("time", "start of the interval", "time", required=True),
    Column("load_kw", "load", "number", "kW", low=-MUCH_KW, high=MUCH_KW),
    Column("transformer_id", "transformer", "id"),
    Column("pv_kw", "solar power in it", "number", "kW"),
    Column("heatpump_kw", "heat pumps in it", "number", "kW"),
)
PRICE_COLUMNS = (
    Column("time", "start of the interval", "time", required=True),
    Column("eur_per_mwh", "price", "number", "EUR/MWh", low=-2_000, high=20_000),
    Column("g_co2_per_kwh", "carbon intensity", "number", "g/kWh", low=0, high=2_000),
)
HOUR = np.timedelta64(1, "h")
NAMED = 3
IDS: TypeAlias = npt.NDArray[np.object_]
Warn: TypeAlias = dict[str, object]


class Notices:
    """What was assumed or left out, each with a code and a count."""

    def __init__(self) -> None:
        """Nothing was."""
        self.found: list[Warn] = []

    def add(self, code: str, message: str, count: int = 1, rows: Rows | None = None) -> None:
        """Note something that happened ``count`` times; rows of the file are named."""
        if count:
            where = f" (row {rows_in_short(np.sort(rows))})" if rows is not None else ""
            self.found.append({"code": code, "message": message + where, "count": int(count)})

    def table(self, table: OwnTable) -> OwnTable:
        """Take over what was assumed while reading."""
        for said in table.said:
            self.found.append(asdict(said))
        return table


def read_base(
    source: Source, names: set[str], zone: str, notices: Notices
) -> tuple[IDS, Floats, Clock]:
    """Read the load of every transformer in ``names``, and of others that the file holds."""
    table = _series(source, BASE_COLUMNS, "load_kw", zone, notices)
    base, refusals = table.frame, Refusals(source.name)
    if "transformer_id" not in base:
        if len(names) > 1:
            count = f"the sessions are on {len(names)} transformers"
            refusals.say(f"there is no column transformer_id, but {count}", "unknown_transformer")
            refusals.finish()
        base = base.assign(transformer_id=next(iter(names)))
    nameless = np.flatnonzero((base["transformer_id"] == "").to_numpy())
    if nameless.size:
        said = ", column transformer_id: found nothing, wanted a transformer"
        refusals.at(nameless, said, "unknown_transformer", "transformer_id")
    _refuse_strangers(names - set(base["transformer_id"].unique()), refusals)
    base = _hour_twice(base, ["transformer_id", "time"], zone, notices)
    twice = base.duplicated(["transformer_id", "time"]).to_numpy()
    want = "each time once per transformer"
    refusals.add(twice, "time", table.cells["time"], want, "duplicate_time")
    refusals.finish()
    transformers = np.array(sorted(base["transformer_id"].unique()), dtype=object)
    _bound(source.name, base["time"], transformers.size)
    grid, longer = bridge(_grid(base, "load_kw", transformers))
    if longer is not None:
        moment = moment_of(grid.first + longer[1] * STEP_S, zone)
        sentence = f"transformer {transformers[longer[0]]!r} has no load from {moment.isoformat()}"
        refusals.say(f"{sentence} for more than an hour", "base_hole", "load_kw")
    refusals.finish()
    notices.add("base_averaged", "base load finer than 15 min was averaged", grid.averaged)
    notices.add("base_held", "base load coarser than 15 min was held constant", grid.held)
    notices.add("base_bridged", "holes of up to an hour were interpolated", grid.bridged)
    clock = Clock(moment_of(grid.first, zone), grid.values.shape[1], zone)
    return transformers, grid.values, clock


def _refuse_strangers(missing: set[str], refusals: Refusals) -> None:
    """Refuse transformers of the sessions that have no load, the first of them by name."""
    if missing:
        named = ", ".join(map(repr, sorted(missing)[:NAMED]))
        more = f" and {len(missing) - NAMED:,} more" if len(missing) > NAMED else ""
        verb = "has sessions but no rows" if len(missing) == 1 else "have sessions but no rows"
        refusals.say(f"transformer {named}{more} {verb} here", "unknown_transformer")


def read_prices(
    source: Source | None, clock: Clock, zone: str, notices: Notices
) -> tuple[Floats | None, Floats | None]:
    """Read prices and carbon over the horizon; NaN where the file has a hole."""
    if source is None:
        return None, None
    table = _series(source, PRICE_COLUMNS, "eur_per_mwh", zone, notices)
    frame, refusals = _hour_twice(table.frame, ["time"], zone, notices), Refusals(source.name)
    twice = frame.duplicated(["time"]).to_numpy()
    refusals.add(twice, "time", table.cells["time"], "each time once", "duplicate_time")
    refusals.finish()
    _bound(source.name, frame["time"], 1)
    first = int(clock.start.timestamp())
    price = _grid(frame, "eur_per_mwh", None)
    notices.add("prices_averaged", "prices finer than 15 min were averaged", price.averaged)
    notices.add("prices_held", "prices coarser than 15 min were held constant", price.held)
    carbon = None
    if "g_co2_per_kwh" in frame:
        carbon = onto(_grid(frame, "g_co2_per_kwh", None), first, clock.steps)
    return onto(price, first, clock.steps), carbon


def _series(
    source: Source, columns: Sequence[Column], value: str, zone: str, notices: Notices
) -> OwnTable:
    """Read a table of times, or refuse it where its values are missing."""
    codes = {"time": "time_unreadable"}
    table = notices.table(read_own_table(source, columns, zone=zone, codes=codes))
    if value not in table.frame or not len(table.frame):
        meaning = next(column.meaning for column in columns if column.name == value)
        refusals = Refusals(source.name)
        refusals.say(f"column {value} ({meaning}) is missing or empty", "column_missing", value)
        refusals.finish()
    return table


def _hour_twice(frame: pd.DataFrame, key: list[str], zone: str, notices: Notices) -> pd.DataFrame:
    """Take the second row of the hour that exists twice, where nothing told them apart.

    An hourly series in local time has 02:00 two times on the day summer time ends.
    """
    twice = frame.duplicated(key)
    if not twice.any():
        return frame
    moments = pd.DatetimeIndex(frame["time"][twice], tz="UTC")
    later = (moments + HOUR).tz_convert(zone).tz_localize(None)
    again = later == moments.tz_convert(zone).tz_localize(None)
    moved = frame.copy()
    rows = twice.index[twice][again]
    moved.loc[rows, "time"] = frame.loc[rows, "time"] + HOUR
    if moved.loc[rows].merge(frame[key], on=key).shape[0]:
        return frame  # the second hour is there: these are rows given two times
    said = "rows of the hour that exists twice were taken in file order"
    notices.add("hour_twice", said, len(rows), rows.to_numpy(np.int64))
    return moved


def _bound(file: str, time: pd.Series, rows: int) -> None:
    """Refuse a span that no memory holds: one wrong year in one row would be enough."""
    seconds = (time.max() - time.min()).total_seconds()
    refuse_span(file, time.min(), time.max(), int(seconds // STEP_S), rows)


def refuse_span(file: str, first: object, last: object, steps: int, rows: int) -> None:
    """Refuse a horizon of too many quarter hours for so many transformers."""
    if steps * rows > SETTINGS.limit_own_steps:
        said = (
            f"the times go from {first} to {last}, too long for {rows:,} transformers: "
            f"{steps * rows:,} quarter hours, the limit is {SETTINGS.limit_own_steps:,}"
        )
        raise refusal("horizon_too_long", said, file=file)


def _grid(frame: pd.DataFrame, column: str, transformers: IDS | None) -> Grid:
    seconds = frame["time"].to_numpy().astype("datetime64[s]").astype(np.int64)
    row, rows = np.zeros(len(frame), np.int64), 1
    if transformers is not None:
        row = pd.Index(transformers).get_indexer(pd.Index(frame["transformer_id"]))
        rows = transformers.size
    return to_grid(seconds, row.astype(np.int64), frame[column].to_numpy(np.float64), rows)


def moment_of(seconds: int, zone: str) -> datetime:
    """Return a moment on the local wall, from seconds since 1970 in UTC."""
    return datetime.fromtimestamp(seconds, UTC).astimezone(ZoneInfo(zone))
