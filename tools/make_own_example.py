"""Rebuild the example of own sessions, byte for byte: ``python tools/make_own_example.py``.

A winter week on three transformers, drawn from the published tables like a city's own; loads and
limits are invented.
"""

import argparse
from datetime import datetime
from pathlib import Path

import numpy as np
import pandas as pd

from app.core.demand.groups import GROUPS
from app.core.engine.baseload import base_load
from app.core.engine.clock import Clock
from app.core.engine.generator import generate
from app.core.engine.keys import text_keys
from app.exports.own_results import stamps
from app.paths import DATA
from app.services.parameters import load_parameters
from app.services.patterns import load_patterns
from app.services.prices import typical_prices

ZONE = "Europe/Amsterdam"
NAMES = ("Kade", "Markt", "Molen")
RATES = {"resident_private": (16, 5, 9), "visitor": (3, 14, 2)}  # sessions a day
KWH = {"resident_private": 18.0, "visitor": 14.0}
BASE_KW, LIMIT_KW = (95.0, 120.0, 60.0), (105.0, 160.0, 110.0)
DAYS, SEED, YEAR = 7, 4, 2026


def tables() -> dict[str, pd.DataFrame]:
    """Draw the week."""
    clock = Clock.days(datetime(YEAR, 1, 12), DAYS, ZONE)  # noqa: DTZ001  # a local day
    keys = text_keys(np.array(NAMES, dtype=object))
    order = [group.key for group in GROUPS]
    rates, kwh = np.zeros((len(NAMES), len(order))), np.zeros(len(order))
    for group, values in RATES.items():
        rates[:, order.index(group)] = values
        kwh[order.index(group)] = KWH[group]
    each = generate(rates, keys, kwh, load_patterns(), clock, seed=SEED, year=YEAR)
    moments = np.array([*stamps(clock), (clock.index()[-1] + pd.Timedelta("15min")).isoformat()])
    names = np.array(NAMES)
    sessions = pd.DataFrame(
        {
            "session_id": [f"S{n + 1:03}" for n in range(len(each))],
            "transformer_id": names[each.row],
            "arrival": moments[each.arrival],
            "departure": moments[each.departure],
            "energy_kwh": each.energy_kwh.round(2),
            "max_power_kw": each.power_kw.round(2),
            "phases": each.phases,
            "soc_kwh": each.soc0_kwh.round(1),
            "battery_kwh": each.battery_kwh.round(1),
            "v2g": np.where(np.arange(len(each)) % 3, "false", "true"),
            "user_group": np.array(order)[each.group],
        }
    )
    base_kw = base_load(np.array(BASE_KW), keys, clock, load_parameters()).round(2)
    base = pd.DataFrame(
        {
            "time": np.tile(moments[:-1], len(NAMES)),
            "transformer_id": np.repeat(names, clock.steps),
            "load_kw": base_kw.ravel(),
        }
    )
    limits = pd.DataFrame({"transformer_id": names, "limit_kw": LIMIT_KW})
    hourly = slice(None, None, 4)
    prices = pd.DataFrame(
        {"time": moments[:-1][hourly], "eur_per_mwh": typical_prices(clock)[hourly]}
    )
    return {"sessions": sessions, "base": base, "limits": limits, "prices": prices}


def main() -> None:
    """Write the files."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--into", type=Path, default=DATA / "examples" / "own")
    into = parser.parse_args().into
    into.mkdir(parents=True, exist_ok=True)
    for name, frame in tables().items():
        (into / f"{name}.csv").write_text(frame.to_csv(index=False, lineterminator="\n"), "utf-8")
        print(f"{name}: {len(frame)} rows")


if __name__ == "__main__":
    main()
