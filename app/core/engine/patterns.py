"""How people charge: arrival, stay, energy and power, kept as a fixed crowd of typical sessions.

Each pattern has a crowd of sessions whose arrivals, stays and energies follow the published
tables exactly; a simulated session is one member of it, picked by hash.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.special import ndtri

from app.core.engine.arrays import STEP_H, Floats, Ints
from app.core.engine.keys import shares
from app.core.parameters import Parameter

PATTERNS = ("private", "public", "workplace")
WEEKDAY, WEEKEND = 0, 1
MEMBERS = 2**14  # stratified, so that 16,384 follow a table to 0.01 %
MEMBER_KEYS = np.arange(MEMBERS, dtype=np.uint64)
DAY_MIN = 1440
SLOT_MIN = 15
WEEK = 7
BASE_YEAR, LATER_YEAR = 2020, 2030  # of the power table, and of ``kw11_share_2030``
KW11 = 11.0
Tables: TypeAlias = Mapping[str, pd.DataFrame]
Numbers: TypeAlias = Mapping[str, Parameter]


@dataclass(frozen=True, slots=True, eq=False)
class Patterns:
    """A crowd of typical sessions per pattern, and the cars they come in.

    Attributes
    ----------
    slot : (pattern, weekday or weekend, member) int32
        Quarter-hour of the local day in which the member arrives.
    stay : (pattern, weekday or weekend, member) int32
        Steps it stays.
    stay_h, energy_kwh : (pattern, weekday or weekend, member)
        Stay and energy as drawn from the tables, before rounding and scaling.
    power_kw, modern : (member,)
        Power in 2020, and the share of 11 kW from which on the member charges at 11 kW.
    week : (pattern, day of the week)
        Weight of each day, mean 1, Monday first.
    car_share : (car,)
        Running share of registrations; with ``car_battery_kwh`` and ``car_discharge_kw``.
    """

    slot: Ints
    stay: Ints
    stay_h: Floats
    energy_kwh: Floats
    power_kw: Floats
    modern: Floats
    week: Floats
    car_share: Floats
    car_battery_kwh: Floats
    car_discharge_kw: Floats
    numbers: Numbers

    def __post_init__(self) -> None:
        """Freeze the arrays."""
        for each in fields(self)[:-1]:
            getattr(self, each.name).setflags(write=False)

    @classmethod
    def build(cls, tables: Tables, numbers: Numbers) -> "Patterns":
        """Pair the ranks of the published tables into whole sessions. O(members log members).

        Parameters
        ----------
        tables
            ``arrival, week, stay, energy, power``, each ``group, quantity, key, value``, and
            ``cars``: ``registrations, battery_kwh, discharge_kw``.
        """
        long = pd.concat([tables[name] for name in ("arrival", "week", "stay", "energy", "power")])
        lookup = _Lookup(long)
        crowds = [[_crowd(lookup, p, w, numbers) for w in (WEEKDAY, WEEKEND)] for p in PATTERNS]
        slot, stay_h, energy_kwh = (
            np.array([[crowd[i] for crowd in pair] for pair in crowds]) for i in range(3)
        )
        cars = tables["cars"]
        registered = cars["registrations"].to_numpy(np.float64)
        return cls(
            slot=slot.astype(np.int32),
            stay=np.maximum(np.floor(stay_h / STEP_H + 0.5), 1).astype(np.int32),
            stay_h=stay_h,
            energy_kwh=energy_kwh,
            power_kw=_powers(lookup, numbers),
            modern=_even("modern"),
            week=np.array([_week(lookup, pattern) for pattern in PATTERNS]),
            car_share=np.cumsum(registered) / registered.sum(),
            car_battery_kwh=cars["battery_kwh"].to_numpy(np.float64),
            car_discharge_kw=cars["discharge_kw"].to_numpy(np.float64),
            numbers=numbers,
        )

    def power_in(self, year: int) -> Floats:
        """Return the power of each member [kW]: more of them charge at 11 kW year by year."""
        grown = np.clip((year - BASE_YEAR) / (LATER_YEAR - BASE_YEAR), 0, 1)
        share = self.numbers["kw11_share_2030"].value * grown
        return np.where(self.modern < share, KW11, self.power_kw)

    def day_share(self, pattern: int) -> Floats:
        """Return the share of sessions on weekdays and in the weekend."""
        week = self.week[pattern] / WEEK
        return np.array([week[:5].sum(), week[5:].sum()])


class _Lookup:
    """One published table by pattern and quantity."""

    def __init__(self, long: pd.DataFrame) -> None:
        self.groups = dict(list(long.groupby(["group", "quantity"])))

    def has(self, group: str, quantity: str) -> bool:
        return (group, quantity) in self.groups

    def pair(self, group: str, quantity: str) -> tuple[Floats, Floats]:
        part = self.groups[group, quantity].sort_values("key")
        return part["key"].to_numpy(np.float64), part["value"].to_numpy(np.float64)


def _crowd(lookup: _Lookup, pattern: str, days: int, numbers: Numbers) -> Sequence[Floats]:
    """Give every member an arrival, a stay and an energy; each table is met exactly."""
    slot = _slots(lookup, pattern, days)
    name = f"{pattern}-{days}"
    stay_score = _by_slot(lookup, pattern, "stay_by_arrival_h", slot)
    stay_score = stay_score * np.exp(numbers["stay_spread"].value * _normal(f"stay-{name}"))
    stay_h = _handed_out(lookup, (pattern, "stay_h"), stay_score)
    energy_score = _by_slot(lookup, pattern, "energy_by_arrival_kwh", slot)
    energy_score = energy_score * np.exp(numbers["energy_spread"].value * _normal(f"kwh-{name}"))
    longest = numbers["energy_stay_hours"].value
    power = numbers["energy_stay_power"].value
    energy_score = energy_score * np.minimum(stay_h, longest) ** power
    energy_kwh = _handed_out(lookup, (pattern, "energy_kwh"), energy_score)
    return slot, stay_h, energy_kwh


def _slots(lookup: _Lookup, pattern: str, days: int) -> Floats:
    wanted = "arrival_weekend" if days == WEEKEND else "arrival_weekday"
    if not lookup.has(pattern, wanted):  # nobody measured workplaces in the weekend
        wanted = "arrival_weekday"
    minute, share = lookup.pair(pattern, wanted)
    upto = np.cumsum(share) / share.sum()
    place = np.searchsorted(upto, _strata(f"slot-{pattern}-{days}"), side="right")
    return minute[np.minimum(place, minute.size - 1)] // SLOT_MIN


def _by_slot(lookup: _Lookup, pattern: str, quantity: str, slot: Floats) -> Floats:
    minute, mean = lookup.pair(pattern, quantity)
    return np.interp(slot * SLOT_MIN, minute, mean, period=DAY_MIN)


def _handed_out(lookup: _Lookup, table: tuple[str, str], score: Floats) -> Floats:
    """Draw one value per member from a table and hand them out in the order of the score."""
    exceeded, value = lookup.pair(*table)
    drawn = np.interp(_strata("-".join(table)) * 100, exceeded, value)
    order = np.argsort(np.argsort(score, kind="stable"), kind="stable")
    return np.sort(drawn)[order]


def _powers(lookup: _Lookup, numbers: Numbers) -> Floats:
    exceeded, value = lookup.pair("all", "power_kw")
    drawn = np.interp(_strata("power") * 100, exceeded, value)
    clipped = np.clip(drawn, numbers["session_kw_low"].value, numbers["session_kw_high"].value)
    return np.asarray(clipped[np.argsort(_even("power-order"), kind="stable")])


def _week(lookup: _Lookup, pattern: str) -> Floats:
    _, share = lookup.pair(pattern, "day_share")
    return np.asarray(share * WEEK / share.sum())


def _even(name: str) -> Floats:
    return shares(MEMBER_KEYS, name, 0)


def _strata(name: str) -> Floats:
    return (np.arange(MEMBERS) + _even(name)) / MEMBERS


def _normal(name: str) -> npt.NDArray[np.float64]:
    return np.asarray(ndtri(np.clip(_even(name), 1e-12, 1 - 1e-12)))
