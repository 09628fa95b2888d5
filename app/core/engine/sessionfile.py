"""From the rows of a person's own files to what the engine runs on."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from app.core.demand.groups import GROUPS
from app.core.engine.arrays import Floats, Ints, Longs, Sessions
from app.core.engine.clock import STEP_MIN, Clock
from app.core.engine.keys import text_keys
from app.core.parameters import Parameter
from app.core.schema import Column

Mask = npt.NDArray[np.bool_]

STEP_S = STEP_MIN * 60
COUNTED = ("dropped", "cut", "zero_energy", "infeasible", "phases_assumed", "soc_assumed")
ONLY = "T1"  # the one transformer of a file that names none
SESSION_COLUMNS = (
    Column("session_id", "number of the session", "id", required=True),
    Column("arrival", "plugged in", "time", required=True),
    Column("departure", "plugged out", "time", required=True),
    Column("energy_kwh", "energy wanted", "number", "kWh", required=True),
    Column("max_power_kw", "the most it can draw", "number", "kW", required=True),
    Column("transformer_id", "transformer it charges on", "id"),
    Column("charger_id", "charge point it uses", "id"),
    Column("station_id", "station of that point", "id"),
    Column("phases", "phases it charges on", "whole", low=1, high=3),
    Column("soc_kwh", "energy in the battery on arrival", "number", "kWh", low=0),
    Column("battery_kwh", "size of the battery", "number", "kWh", low=0),
    Column("v2g", "can give power back", "flag"),
    Column("max_discharge_kw", "the most it can give back", "number", "kW", low=0),
    Column("can_resume", "goes on after a pause", "flag"),
    Column("opt_out", "overrides, charges at once", "flag"),
    Column("user_group", "who it is", "text"),
)
SESSION_CODES = {
    "arrival": "time_unreadable",
    "departure": "time_unreadable",
    "energy_kwh": "energy_nan",
    "max_power_kw": "power_not_positive",
    "transformer_id": "unknown_transformer",
}


class Fault(NamedTuple):
    """Rows of a file that cannot be used, and what was wanted instead."""

    bad: Mask
    column: str
    wanted: str
    code: str


@dataclass(frozen=True, slots=True, eq=False)
class SessionFile:
    """Sessions ready to run.

    Attributes
    ----------
    sessions
        In the engine's order.
    ids : (session,)
        Their names, in that order.
    chargers : (session,)
        Their charge points, in that order; None where the file names none.
    counts
        How many were ``dropped`` (outside the horizon), ``cut`` (at its ends), had
        ``zero_energy``, wanted more than their stay allows (``infeasible``), got
        ``phases_assumed`` or ``soc_assumed``.
    infeasible_kwh
        Energy that no strategy could deliver in the stay.
    rows
        Which rows of the file, from 0, each of these counts is about, and those of an unknown
        user group (``group_unknown``).
    """

    sessions: Sessions
    ids: npt.NDArray[np.object_]
    chargers: npt.NDArray[np.object_] | None
    counts: Mapping[str, int]
    infeasible_kwh: float
    rows: Mapping[str, Longs]


def session_faults(frame: pd.DataFrame, numbers: Mapping[str, Parameter]) -> Iterator[Fault]:
    """Find sessions that no engine should run on."""
    energy, power = frame["energy_kwh"].to_numpy(), frame["max_power_kw"].to_numpy()
    most_kwh, most_kw = numbers["session_most_kwh"].value, numbers["session_most_kw"].value
    yield Fault(energy < 0, "energy_kwh", "0 kWh or more", "energy_negative")
    yield Fault(energy > most_kwh, "energy_kwh", f"{most_kwh:g} kWh at most", "energy_too_high")
    yield Fault(power <= 0, "max_power_kw", "more than 0 kW", "power_not_positive")
    yield Fault(power > most_kw, "max_power_kw", f"{most_kw:g} kW at most", "power_too_high")
    backwards = (frame["departure"] <= frame["arrival"]).to_numpy()
    yield Fault(backwards, "departure", "a time after the arrival", "departure_before_arrival")
    twice = frame["session_id"].duplicated().to_numpy()
    yield Fault(twice, "session_id", "an id that no other row has", "duplicate_session")
    if "transformer_id" in frame:
        nameless = (frame["transformer_id"] == "").to_numpy()
        yield Fault(nameless, "transformer_id", "a transformer", "unknown_transformer")
    if {"soc_kwh", "battery_kwh"} <= set(frame):
        size = frame["battery_kwh"].to_numpy() * (1 + numbers["soc_tolerance"].value)
        over = frame["soc_kwh"].to_numpy() > size
        yield Fault(over, "soc_kwh", "no more than battery_kwh", "soc_above_battery")


def horizon_of(frame: pd.DataFrame, zone: str) -> Clock:
    """Cover whole local days from the first arrival to the last departure."""
    first = pd.Timestamp(frame["arrival"].min(), tz="UTC").tz_convert(zone)
    last = pd.Timestamp(frame["departure"].max(), tz="UTC").tz_convert(zone)
    days = (last.date() - first.date()).days + (last != last.normalize())
    return Clock.days(first.to_pydatetime(), max(days, 1), zone)


def to_sessions(
    frame: pd.DataFrame,
    transformers: npt.NDArray[np.object_],
    clock: Clock,
    numbers: Mapping[str, Parameter],
    *,
    batteries: bool,
) -> SessionFile:
    """Sort sessions into the engine's columns; what is outside the horizon is cut or dropped.

    Parameters
    ----------
    transformers
        Sorted ids; their places are the engine's rows.
    batteries
        Whether the strategy asks for batteries, so that unknown ones are assumed.
    """
    first, last, inside, share = _onto_grid(frame, clock)
    cut = inside & (share < 1)
    keys = text_keys(frame["session_id"].to_numpy(object))
    row = _rows(frame, transformers)
    order = np.lexsort((keys, last, first, row))
    order = order[inside[order]]
    part = frame.iloc[order]
    energy = part["energy_kwh"].to_numpy() * share[order]
    stay_h = (last - first)[order] / (3600 / STEP_S)
    excess = np.maximum(energy - part["max_power_kw"].to_numpy() * stay_h, 0)
    phases, phases_assumed = _phases(part, numbers)
    group, group_unknown = _groups(part)
    soc, battery, assumed = _batteries(part, energy, numbers, wanted=batteries)
    sessions = Sessions(
        row=row[order],
        arrival=first[order].astype(np.int32),
        departure=last[order].astype(np.int32),
        energy_kwh=energy.astype(np.float32),
        power_kw=part["max_power_kw"].to_numpy(np.float32),
        phases=phases,
        key=keys[order],
        soc0_kwh=soc,
        battery_kwh=battery,
        discharge_kw=_discharge(part),
        group=group,
        can_resume=_flag(part, "can_resume"),
        can_v2g=_flag(part, "v2g"),
        opted_out=_flag(part, "opt_out"),
        station=_stations(part, row[order]),
        index=np.searchsorted(row[order], np.arange(transformers.size + 1)).astype(np.int64),
    )
    infeasible = excess > numbers["infeasible_kwh"].value
    kept = (energy == 0, infeasible, phases_assumed, assumed, group_unknown)
    found = (np.flatnonzero(~inside), np.flatnonzero(cut), *(order[mask] for mask in kept))
    rows = dict(zip((*COUNTED, "group_unknown"), found, strict=True))
    counts = {name: rows[name].size for name in COUNTED}
    chargers = part["charger_id"].to_numpy(object) if "charger_id" in part else None
    ids = part["session_id"].to_numpy(object)
    return SessionFile(sessions, ids, chargers, counts, float(excess.sum()), rows)


def _onto_grid(frame: pd.DataFrame, clock: Clock) -> tuple[Longs, Longs, Mask, Floats]:
    """Return the steps of arrival and departure, who is inside the horizon, and the share kept."""
    start = int(clock.start.timestamp())
    arrival = _steps(frame["arrival"], start)
    departure = np.maximum(_steps(frame["departure"], start), arrival + 1)
    inside = (departure > 0) & (arrival < clock.steps)
    first, last = np.maximum(arrival, 0), np.minimum(departure, clock.steps)
    share = np.where(inside, (last - first) / (departure - arrival), 0.0)
    return first, last, inside, share


def _steps(times: pd.Series, start: int) -> Longs:
    """Count steps from the start, to the nearest, half up."""
    seconds = times.to_numpy().astype("datetime64[s]").astype(np.int64) - start
    return np.asarray((seconds + STEP_S // 2) // STEP_S)


def _rows(frame: pd.DataFrame, transformers: npt.NDArray[np.object_]) -> Ints:
    if "transformer_id" not in frame:
        return np.zeros(len(frame), np.int32)
    place = pd.Index(transformers).get_indexer(pd.Index(frame["transformer_id"]))
    return place.astype(np.int32)


def _phases(
    part: pd.DataFrame, numbers: Mapping[str, Parameter]
) -> tuple[npt.NDArray[np.int8], Mask]:
    one = part["max_power_kw"].to_numpy() <= numbers["one_phase_kw"].value
    said = _column(part, "phases")
    missing = np.isnan(said)
    phases = np.where(missing, np.where(one, 1, 3), said)
    return phases.astype(np.int8), missing


def _batteries(
    part: pd.DataFrame, energy: Floats, numbers: Mapping[str, Parameter], *, wanted: bool
) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32], Mask]:
    """Take batteries from the file; where wanted, assume a usual car for the others."""
    battery, soc = _column(part, "battery_kwh"), _column(part, "soc_kwh")
    stored = energy * np.sqrt(numbers["round_trip"].value)
    assumed = np.isnan(battery) | np.isnan(soc) if wanted else np.zeros(len(part), dtype=bool)
    low = numbers["arrival_soc_low"].value
    usual = np.maximum(numbers["battery_usual_kwh"].value, stored / (1 - low))
    battery = np.where(assumed & np.isnan(battery), usual, battery)
    target = (1 + numbers["departure_target_low"].value) / 2
    arrives = np.maximum(battery * target - stored, battery * low)
    soc = np.where(assumed & np.isnan(soc), arrives, soc)
    soc = np.minimum(np.nan_to_num(soc), np.nan_to_num(battery))
    battery = np.nan_to_num(battery)
    return soc.astype(np.float32), battery.astype(np.float32), assumed


def _discharge(part: pd.DataFrame) -> npt.NDArray[np.float32]:
    said, power = _column(part, "max_discharge_kw"), part["max_power_kw"].to_numpy()
    return np.where(np.isnan(said), power, said).astype(np.float32)


def _groups(part: pd.DataFrame) -> tuple[npt.NDArray[np.int8], Mask]:
    if "user_group" not in part:
        return np.zeros(len(part), np.int8), np.zeros(len(part), dtype=bool)
    place = pd.Index([group.key for group in GROUPS]).get_indexer(pd.Index(part["user_group"]))
    unknown = (place < 0) & (part["user_group"] != "").to_numpy()
    return np.maximum(place, 0).astype(np.int8), unknown


def _stations(part: pd.DataFrame, row: Ints) -> Ints:
    """Give the stations of each row numbers; -1 where the file says none."""
    if "station_id" not in part:
        return np.full(len(part), -1, np.int32)
    said = part["station_id"].to_numpy(object)
    number = pd.factorize(pd.MultiIndex.from_arrays([row, said]))[0]
    return np.where(pd.isna(said) | (said == ""), -1, number).astype(np.int32)


def _flag(part: pd.DataFrame, name: str) -> npt.NDArray[np.int8]:
    return part[name].to_numpy(np.int8) if name in part else np.full(len(part), -1, np.int8)


def _column(part: pd.DataFrame, name: str) -> Floats:
    return part[name].to_numpy(np.float64) if name in part else np.full(len(part), np.nan)
