"""What a strategy does to the grid of a city: one row per transformer, and the whole."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from app.core.engine.arrays import Floats

ROOM, TIGHT, OVER, UNKNOWN = "room", "tight", "over", "unknown"


@dataclass(frozen=True, slots=True, eq=False)
class Impact:
    """The answer of one strategy over one horizon.

    Attributes
    ----------
    strategy, horizon
        Key of the strategy; "peak_week", "design_weeks" or "year".
    rows : (row,)
        Per transformer ``asset_id, name, district_id, points, sessions, limit_kw, base_peak_kw,
        peak_kw, peak_time, ev_peak_kw, hours_over, kwh_over, unserved_kwh, discharged_kwh,
        worse_off, state``. Unknown limits stay NaN, and the state says unknown.
    city
        Indicators of the whole; None where they cannot be said.
    times : (step,)
        Local time of every step of the week that is drawn.
    base_kw, load_kw : (step,)
        The city's load in that week: without charging, and with it.
    row_base_kw, row_load_kw : (row, step) or None
        The same per transformer, where it was kept.
    """

    strategy: str
    horizon: str
    rows: pd.DataFrame
    city: Mapping[str, float | None]
    times: pd.DatetimeIndex
    base_kw: Floats
    load_kw: Floats
    row_base_kw: npt.NDArray[np.float32] | None = None
    row_load_kw: npt.NDArray[np.float32] | None = None

    def count(self, state: str) -> int:
        """Count the transformers in a state."""
        return int((self.rows["state"] == state).sum())

    @property
    def known(self) -> int:
        """Count the transformers whose limit is known."""
        return len(self.rows) - self.count(UNKNOWN)
