"""Files to start from: an example week of own sessions, and a template of every table."""

import csv
import io
from collections.abc import Mapping, Sequence
from types import MappingProxyType

from app.core.engine.sessionfile import SESSION_COLUMNS
from app.core.errors import InputError
from app.core.schema import Column
from app.paths import DATA
from app.services.own_contract import COLUMNS as CONTRACT_COLUMNS
from app.services.own_limits import LIMIT_COLUMNS
from app.services.own_series import BASE_COLUMNS, PRICE_COLUMNS

FOLDER = DATA / "examples" / "own"
EXAMPLES = ("sessions", "base", "limits", "prices")
TABLES: Mapping[str, Sequence[Column]] = MappingProxyType(
    {
        "sessions": SESSION_COLUMNS,
        "base": BASE_COLUMNS,
        "limits": LIMIT_COLUMNS,
        "prices": PRICE_COLUMNS,
        "contract": CONTRACT_COLUMNS,
    }
)
ROWS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "session_id": ("S1", "S2"),
        "arrival": ("2026-01-12T17:30:00+01:00", "2026-01-12T19:10:00+01:00"),
        "departure": ("2026-01-13T07:45:00+01:00", "2026-01-13T08:20:00+01:00"),
        "energy_kwh": ("18.5", "32"),
        "max_power_kw": ("11", "7.4"),
        "transformer_id": ("T1", "T1"),
        "charger_id": ("C1", "C2"),
        "station_id": ("P1", "P1"),
        "phases": ("3", "1"),
        "soc_kwh": ("22", "14.5"),
        "battery_kwh": ("60", "52"),
        "v2g": ("true", "false"),
        "max_discharge_kw": ("11", "7.4"),
        "can_resume": ("true", "true"),
        "opt_out": ("false", "false"),
        "user_group": ("resident_private", "visitor"),
        "load_kw": ("84.2", "81.9"),
        "pv_kw": ("0", "0"),
        "heatpump_kw": ("12.1", "11.8"),
        "limit_kw": ("160", "160"),
        "export_limit_kw": ("120", "120"),
        "parent_id": ("", ""),
        "level": ("transformer", "transformer"),
        "eur_per_mwh": ("84.2", "79.6"),
        "g_co2_per_kwh": ("310", "295"),
        "start": ("00:00", "16:00"),
        "end": ("16:00", "24:00"),
        "colour": ("green", "amber"),
        "limit_percent": ("", "50"),
        "day_type": ("all", "all"),
        "months": ("", ""),
        "unit": ("per_point", "per_point"),
        "trigger": ("schedule", "schedule"),
        "notice_min": ("0", "0"),
        "profile_id": ("evening", "evening"),
        "pause_allowed": ("true", "true"),
        "override": ("true", "true"),
        "min_kwh_guarantee": ("", ""),
    }
)
TIMES = ("2026-01-12T00:00:00+01:00", "2026-01-12T00:15:00+01:00")
ONE_ROW = ("limits",)
POINT_LIMIT = ("", "")  # the contract limits in percent of the rated current


def example(table: str) -> bytes:
    """Return a file of the example week: ``sessions, base, limits, prices``."""
    if table not in EXAMPLES:
        raise InputError(f"no example of {table!r}; choose from {', '.join(EXAMPLES)}")
    return (FOLDER / f"{table}.csv").read_bytes()


def template(table: str) -> bytes:
    """Write a small correct file with every column of a table; see ``TABLES``."""
    if table not in TABLES:
        raise InputError(f"no table {table!r}; choose from {', '.join(TABLES)}")
    columns = [column.name for column in TABLES[table]]
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(columns)
    for at in range(1 if table in ONE_ROW else 2):
        writer.writerow([_cell(table, name, at) for name in columns])
    return out.getvalue().encode()


def _cell(table: str, column: str, at: int) -> str:
    if column == "time":
        return TIMES[at]
    if table == "contract" and column == "limit_kw":
        return POINT_LIMIT[at]
    return ROWS[column][at]
