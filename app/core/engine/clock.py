"""Steps of a quarter of an hour, counted in UTC and read on the local wall."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from app.core.engine.arrays import Bytes, Ints

STEP_MIN = 15
WORKDAY, SATURDAY, SUNDAY = range(3)


@dataclass(frozen=True, slots=True, eq=False)
class Clock:
    """The horizon of a run.

    Attributes
    ----------
    start
        First step, with a zone.
    steps
        Number of steps of 15 min; days have 92, 96 or 100 of them.
    zone
        Name of the wall's time zone.
    minute : (step,) int32
        Minute of the local day.
    day_type : (step,) int8
        0 workday, 1 Saturday, 2 Sunday.
    month : (step,) int8
        1 to 12.
    day : (step,) int32
        Local day, counted from 1970-01-01: equal steps of the year get equal draws whatever the
        horizon.
    """

    start: datetime
    steps: int
    zone: str
    minute: Ints = field(init=False)
    day_type: Bytes = field(init=False)
    month: Bytes = field(init=False)
    day: Ints = field(init=False)

    def __post_init__(self) -> None:
        """Look the wall clock up once."""
        local = self.index()
        naive = local.tz_localize(None)
        weekday = np.asarray(local.day_of_week)
        days = (naive.normalize() - pd.Timestamp(1970, 1, 1)).days
        wall = {
            "minute": np.asarray(local.hour * 60 + local.minute, dtype=np.int32),
            "day_type": np.clip(weekday - 4, 0, 2).astype(np.int8),
            "month": np.asarray(local.month, dtype=np.int8),
            "day": np.asarray(days, dtype=np.int32),
        }
        for name, values in wall.items():
            values.setflags(write=False)
            object.__setattr__(self, name, values)

    @classmethod
    def days(cls, first: datetime, days: int, zone: str) -> "Clock":
        """Cover ``days`` whole local days from the local midnight of ``first``."""
        tz = ZoneInfo(zone)
        start = datetime(first.year, first.month, first.day, tzinfo=tz)
        end = datetime.combine(start.date() + timedelta(days=days), start.time(), tzinfo=tz)
        span = end.astimezone(UTC) - start.astimezone(UTC)
        return cls(start, round(span / timedelta(minutes=STEP_MIN)), zone)

    def index(self) -> pd.DatetimeIndex:
        """Return the start of every step, in local time."""
        first = pd.Timestamp(self.start).tz_convert("UTC")
        return pd.date_range(first, periods=self.steps, freq="15min").tz_convert(self.zone)
