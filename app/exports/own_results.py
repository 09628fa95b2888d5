"""Write what a run on a person's own sessions answers: CSV, Parquet and JSON."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.csv as pacsv
import pyarrow.parquet as pq

from app.core.engine.arrays import Floats, Halves
from app.core.engine.clock import Clock
from app.core.engine.sessionfile import SessionFile

HEADER = b"time,transformer_id,base_kw,ev_kw,total_kw\n"
SPECIAL = (",", '"', "\n", "\r")


def write_load(
    path: Path, transformers: npt.NDArray[np.object_], clock: Clock, base_kw: Floats, ev_kw: Floats
) -> None:
    """Write one row per transformer and step, by whole columns."""
    write_rows(path, transformers, stamps(clock), base_kw, ev_kw)


def write_rows(
    path: Path,
    transformers: npt.NDArray[np.object_],
    moments: Sequence[str],
    base_kw: Floats,
    ev_kw: Floats,
) -> None:
    """Write loads ``(transformer, moment)`` [kW], sorted as they come: transformer, then time."""
    rows, steps = base_kw.shape
    times = pa.array(moments)
    names = pa.array([_quoted(str(name)) for name in transformers])
    table = pa.table(
        {
            "time": times.take(pa.array(np.tile(np.arange(steps), rows))),
            "transformer_id": names.take(pa.array(np.repeat(np.arange(rows), steps))),
            "base_kw": base_kw.ravel(),
            "ev_kw": ev_kw.ravel(),
            "total_kw": (base_kw + ev_kw).ravel(),
        }
    )
    options = pacsv.WriteOptions(include_header=False, quoting_style="none")
    with path.open("wb") as file:
        file.write(HEADER)
        pacsv.write_csv(table, file, options)


def write_profiles(path: Path, file: SessionFile, clock: Clock, profile_kw: Halves) -> None:
    """Write the power of every session in every step in which it is not 0."""
    each = file.sessions
    stay = (each.departure - each.arrival).astype(np.int64)
    begin = np.cumsum(stay) - stay
    used = np.flatnonzero(profile_kw)
    session = np.searchsorted(begin, used, side="right") - 1
    step = each.arrival[session] + used - begin[session]
    start = int(clock.start.timestamp())
    seconds = start + step.astype(np.int64) * 900
    table = pa.table(
        {
            "session_id": pa.array(file.ids, pa.string()).take(pa.array(session)),
            "time": pa.array(seconds * 1000, pa.timestamp("ms", clock.zone)),
            "power_kw": profile_kw[used].astype(np.float64),
        }
    )
    pq.write_table(table, path, compression="zstd")


def write_kpis(path: Path, kpis: Mapping[str, object]) -> None:
    """Write the indicators as one JSON object, without NaN."""
    text = json.dumps(kpis, indent=1, allow_nan=False, ensure_ascii=False)
    path.write_text(text + "\n", encoding="utf-8")


def stamps(clock: Clock) -> list[str]:
    """Write each step as ISO 8601 with its offset."""
    return [f"{text[:-2]}:{text[-2:]}" for text in clock.index().strftime("%Y-%m-%dT%H:%M:%S%z")]


def _quoted(name: str) -> str:
    if not any(mark in name for mark in SPECIAL):
        return name
    return '"' + name.replace('"', '""') + '"'
