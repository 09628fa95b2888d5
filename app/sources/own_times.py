"""Times of a person's own table, whatever a spreadsheet made of them, as moments in UTC."""

from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from app.sources.own_notices import Notice

Read: TypeAlias = tuple[Any, npt.NDArray[np.bool_], Notice | None]

EARLIEST, LATEST = pd.Timestamp(1900, 1, 1), pd.Timestamp(2101, 1, 1)
EXCEL_ZERO = pd.Timestamp(1899, 12, 30)
EXCEL_DAYS = (20_000, 80_000)
OFFSET = r"(?:Z|[+-]\d{2}:?\d{2})$"
DAY_OR_MONTH = r"^(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})(.*)$"
MONTHS = 12


def to_times(column: pa.ChunkedArray, zone: str) -> Read:
    """Read times: ISO 8601 with an offset, else the wall clock of ``zone``; seconds in UTC.

    Day-first and month-first dates are told apart where any first number is above 12; otherwise
    they are refused, never guessed.
    """
    if pa.types.is_timestamp(column.type) or pa.types.is_date(column.type):
        return _stamps(column, zone)
    if pa.types.is_integer(column.type) or pa.types.is_floating(column.type):
        return _serials(column.to_pandas().astype("float64"), zone)
    return _texts(column.to_pandas().astype("str").fillna("").str.strip(), zone)


def _stamps(column: pa.ChunkedArray, zone: str) -> Read:
    if pa.types.is_date(column.type) or column.type.tz is None:
        return _local(pd.Series(column.cast(pa.timestamp("s"), safe=False).to_pandas()), zone)
    moments = column.cast(pa.timestamp("s", "UTC"), safe=False).to_numpy()
    return _checked(pd.Series(moments.astype("datetime64[s]")), None)


def _serials(days: pd.Series, zone: str) -> Read:
    usable = days.between(*EXCEL_DAYS)
    local = EXCEL_ZERO + pd.to_timedelta(days.where(usable), unit="D")
    values, bad, _ = _local(local.dt.round("s"), zone)
    said = "spreadsheet day numbers, read as local time"
    return values, bad, Notice("day_numbers", said, int(usable.sum()))


def _texts(text: pd.Series, zone: str) -> Read:
    text = _day_first(text)
    offset = text.str.contains(OFFSET, regex=True) & text.str.contains(":")
    moments = pd.Series(np.full(len(text), "NaT", "datetime64[s]"), index=text.index)
    notice = None
    if offset.any():
        parsed = pd.to_datetime(text[offset], format="ISO8601", utc=True, errors="coerce")
        moments[offset] = parsed.dt.tz_localize(None).astype("datetime64[s]")
    if not offset.all():
        parsed = pd.to_datetime(text[~offset], format="ISO8601", errors="coerce")
        values, _, notice = _local(parsed, zone)
        moments[~offset] = values
    return _checked(moments, notice)


def _day_first(text: pd.Series) -> pd.Series:
    parts = text.str.extract(DAY_OR_MONTH)
    dated = parts[0].notna()
    if not dated.any():
        return text
    first, second = (parts.loc[dated, each].astype(int) for each in (0, 1))
    if first.max() > MONTHS >= second.max():
        day, month = first, second
    elif second.max() > MONTHS >= first.max():
        day, month = second, first
    else:
        return text  # 3/4/2026 could be both: left as it is, and so refused
    iso = parts.loc[dated, 2] + "-" + month.astype(str).str.zfill(2)
    iso = iso + "-" + day.astype(str).str.zfill(2) + parts.loc[dated, 3]
    return text.mask(dated, iso.reindex(text.index, fill_value=""))


def _local(naive: pd.Series, zone: str) -> Read:
    known = naive.notna().to_numpy()
    localised = pd.DatetimeIndex(naive).tz_localize(zone, ambiguous="NaT", nonexistent="NaT")
    unclear = int((localised.isna() & known).sum())
    if unclear:
        localised = _hour_twice(pd.DatetimeIndex(naive), zone)
        unclear -= int((localised.isna() & known).sum())
    moments = pd.Series(localised.tz_convert("UTC").tz_localize(None)).astype("datetime64[s]")
    said = f"times without an offset, read as local time of {zone}"
    if unclear:
        said += f"; {unclear:,} in the hour that exists twice, taken in file order"
    notice = Notice("naive_times", said, int(known.sum())) if known.any() else None
    return _checked(moments, notice)


def _hour_twice(naive: pd.DatetimeIndex, zone: str) -> pd.DatetimeIndex:
    """Take the hour that exists twice in file order: summer time until the clock jumps back."""
    steps = np.diff(naive.to_numpy(), prepend=naive.to_numpy()[:1])
    back = steps < np.timedelta64(0)
    jumped = back & (np.abs(steps) <= np.timedelta64(1, "h"))
    days = pd.Series(naive.normalize())
    winter = pd.Series(jumped).groupby(days).cumsum().to_numpy() > 0
    return naive.tz_localize(zone, ambiguous=~winter, nonexistent="NaT")


def _checked(moments: pd.Series, notice: Notice | None) -> Read:
    outside = (moments < EARLIEST) | (moments >= LATEST)
    values = moments.mask(outside).to_numpy().astype("datetime64[s]")
    return values, np.isnat(values), notice
