"""Charging sessions as columns, sorted by transformer and arrival."""

from dataclasses import dataclass, fields
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

Floats: TypeAlias = npt.NDArray[np.float64]
Halves: TypeAlias = npt.NDArray[np.float32]
Ints: TypeAlias = npt.NDArray[np.int32]
Longs: TypeAlias = npt.NDArray[np.int64]
Bytes: TypeAlias = npt.NDArray[np.int8]
Keys: TypeAlias = npt.NDArray[np.uint64]

STEP_H = 0.25
UNCONTROLLED, THROTTLE, PAUSE, V2G = range(4)  # what a session can follow, weakest first


@dataclass(frozen=True, slots=True, eq=False)
class Sessions:
    """Every session of a run, sorted by ``(row, arrival, departure, key)``.

    Attributes
    ----------
    row : (session,) int32
        Transformer the session charges on.
    arrival, departure : (session,) int32
        The half-open range of steps in which the car is connected.
    energy_kwh, power_kw : (session,) float32
        Energy wanted and the most the session can draw, at the grid side.
    phases : (session,) int8
        1, 2 or 3.
    key : (session,) uint64
        Hash of the session's id: all random draws about it come from here.
    soc0_kwh, battery_kwh, discharge_kw : (session,) float32
        Energy in the battery on arrival, its size, the most it can give back.
    group : (session,) int8
        User group, as an index of ``app.core.demand.groups.GROUPS``.
    can_resume, can_v2g, opted_out : (session,) int8
        What a file says of the session: 1 yes, 0 no, -1 not said (drawn from the share).
    station : (session,) int32
        Number of the station among those of the row; -1 where nobody said.
    index : (row + 1,) int64
        Sessions of row g are ``index[g]:index[g + 1]``.
    """

    row: Ints
    arrival: Ints
    departure: Ints
    energy_kwh: Halves
    power_kw: Halves
    phases: Bytes
    key: Keys
    soc0_kwh: Halves
    battery_kwh: Halves
    discharge_kw: Halves
    group: Bytes
    can_resume: Bytes
    can_v2g: Bytes
    opted_out: Bytes
    station: Ints
    index: Longs

    def __post_init__(self) -> None:
        """Freeze the arrays: results are shared between visitors."""
        for each in fields(self):
            getattr(self, each.name).setflags(write=False)

    def __len__(self) -> int:
        """Count the sessions."""
        return self.row.size

    @property
    def rows(self) -> int:
        """Count the transformers."""
        return self.index.size - 1

    def slice(self, first: int, last: int) -> "Sessions":
        """Return the sessions of rows ``first:last``, renumbered from 0."""
        start, stop = self.index[first], self.index[last]
        columns = {f.name: getattr(self, f.name)[start:stop] for f in fields(self)[:-1]}
        columns["row"] = columns["row"] - np.int32(first)
        return Sessions(**columns, index=self.index[first : last + 1] - start)

    def pick(self, rows: Longs) -> "Sessions":
        """Return the sessions of some rows, renumbered in the order given. O(sessions)."""
        size = np.diff(self.index)[rows]
        index = np.concatenate(([0], np.cumsum(size)))
        taken = np.arange(index[-1]) + np.repeat(self.index[rows] - index[:-1], size)
        columns = {f.name: getattr(self, f.name)[taken] for f in fields(self)[:-1]}
        columns["row"] = np.repeat(np.arange(rows.size, dtype=np.int32), size)
        return Sessions(**columns, index=index)
