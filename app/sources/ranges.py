"""What a number of each column can be: impossible is an error, doubtful is a warning."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from app.core.schema import Column, Kind
from app.sources.plausible import plausible
from app.sources.problems import Fields, Findings, rows_text

KW = ("headroom_kw", "capacity_kw", "peak_load_kw")
AREA_TIMES = 20  # of the largest station: 20 GW is what a whole country draws


@dataclass(frozen=True, slots=True, eq=False)
class Checked:
    """A table of our columns, and the number of each row in the file."""

    frame: pd.DataFrame
    rows: Any
    answered: frozenset[str]
    findings: Findings

    def has(self, *names: str) -> bool:
        """Tell whether all these columns are there."""
        return all(name in self.frame for name in names)

    def doubt(self, mask: Any, what: str) -> None:  # noqa: ANN401
        """Note rows a person should look at."""
        found = np.flatnonzero(np.asarray(mask))
        if len(found):
            rows = rows_text([int(self.rows[at]) + 1 for at in found])
            self.findings.add("VAL-DOUBTFUL", what=what, rows=rows)


def check_ranges(kind: Kind, table: Checked) -> None:
    """Report every value that cannot be, or hardly can be."""
    for column in kind.columns:
        if column.name in table.frame and column.type in {"number", "whole", "share"}:
            _hard(column, table)
    check = CHECKS.get(kind.key)
    if check is not None:
        check(table)


def _hard(column: Column, table: Checked) -> None:
    """Report values outside the range of a column."""
    values = table.frame[column.name].to_numpy(float)
    wide = _wide(column, table)
    for at in np.flatnonzero((values < column.low * wide) | (values > column.high * wide)):
        limit = (column.low if values[at] < column.low else column.high) * wide[at]
        fields: Fields = {"value": f"{values[at]:g}", "limit": f"{limit:g}"}
        table.findings.add("VAL-RANGE", row=int(table.rows[at]) + 1, column=column.name, **fields)
    if column.type == "whole":
        table.doubt(values % 1 > 0, f"{column.name} is not a whole number")


def _wide(column: Column, table: Checked) -> Any:  # noqa: ANN401
    """Widen the range of power for areas: a whole province queues for more than a station has."""
    areas = table.frame["level"] == "area" if table.has("level") else None
    if areas is None or column.unit != "kW":
        return np.ones(len(table.frame))
    return np.where(areas, AREA_TIMES, 1)


def _unit(table: Checked, name: str, measure: str, value: float, unit: str) -> None:
    if name not in table.answered:
        fields: Fields = {"measure": measure, "value": f"{value:g}", "unit": unit}
        table.findings.add("VAL-UNIT", column=name, **fields)


def _grid(table: Checked) -> None:
    numbers = plausible()
    for name in KW:
        if not table.has(name) or table.frame[name].isna().all():
            continue
        largest = float(table.frame[name].abs().max())
        if 0 < largest < numbers["grid_small_kw"]:
            _unit(table, name, "largest", largest, "MW")
        level = table.frame["level"] if table.has("level") else None
        small = level is None or (level == "transformer").all()
        if small and largest > numbers["grid_large_kw"]:
            _unit(table, name, "largest", largest, "W")
    if table.has("headroom_kw"):
        room = table.frame["headroom_kw"].to_numpy(float)
        for at in np.flatnonzero(room < 0):
            row, value = int(table.rows[at]) + 1, f"{room[at]:g}"
            table.findings.add("VAL-NEGATIVE", row=row, column="headroom_kw", value=value)
    if table.has("peak_load_kw", "capacity_kw"):
        ratio = table.frame["peak_load_kw"] / table.frame["capacity_kw"]
        most = numbers["peak_per_capacity"]
        table.doubt((ratio > most) | (ratio < 0), f"peak load below 0 or over {most:g} × capacity")


def _parking(table: Checked) -> None:
    if table.has("spaces"):
        most = plausible()["parking_large_spaces"]
        table.doubt(table.frame["spaces"] > most, f"more than {most:g} places (for bicycles?)")
        table.doubt(table.frame["spaces"] == 0, "no places")


def _districts(table: Checked) -> None:
    if table.has("cars", "households"):
        most = plausible()["cars_per_household"]
        many = table.frame["cars"] > most * table.frame["households"]
        table.doubt(many, f"more than {most:g} cars per household (lease registrations?)")
    if table.has("cars", "cars_bev", "cars_phev"):
        plug_in = table.frame["cars_bev"] + table.frame["cars_phev"]
        table.doubt(plug_in > table.frame["cars"], "more plug-in cars than cars")


def _chargers(table: Checked) -> None:
    if not table.has("power_kw"):
        return
    numbers = plausible()
    power = table.frame["power_kw"]
    if power.max() > numbers["charger_large_kw"]:
        _unit(table, "power_kw", "largest", float(power.max()), "W")
    if table.has("current_type"):
        slow = table.frame["current_type"].str.upper().str.startswith("AC").fillna(value=False)
        most = numbers["charger_ac_kw"]
        table.doubt(slow & (power > most), f"alternating current above {most:g} kW")


def _sessions(table: Checked) -> None:
    if table.has("energy_kwh"):
        middle = float(table.frame["energy_kwh"].median())
        if middle > plausible()["session_large_kwh"]:
            _unit(table, "energy_kwh", "median", middle, "Wh")
    if not table.has("arrival", "departure"):
        return
    stay_h = (table.frame["departure"] - table.frame["arrival"]).dt.total_seconds() / 3600
    early = np.flatnonzero((stay_h <= 0).to_numpy())
    if len(early):
        rows = rows_text([int(table.rows[at]) + 1 for at in early])
        table.findings.add("VAL-ORDER", later="departure", earlier="arrival", rows=rows)
    most = plausible()["session_long_h"]
    table.doubt(stay_h > most, f"longer than {most / 24:g} days")
    if table.has("energy_kwh", "max_power_kw"):
        can = table.frame["max_power_kw"] * stay_h
        table.doubt(table.frame["energy_kwh"] > can * 1.01, "more energy than the power allows")


def _prices(table: Checked) -> None:
    if table.has("eur_per_mwh"):
        middle = float(table.frame["eur_per_mwh"].abs().median())
        if middle < plausible()["price_small_eur_per_mwh"]:
            _unit(table, "eur_per_mwh", "median", middle, "EUR/kWh")


CHECKS: dict[str, Callable[[Checked], None]] = {
    "grid": _grid,
    "parking": _parking,
    "districts": _districts,
    "chargers": _chargers,
    "sessions": _sessions,
    "prices": _prices,
}
