"""Use-case: hold the demand model against measured sessions and occupancy of real places."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pandas as pd

from app.core.demand.calibration import clean
from app.core.scenario import Scenario
from app.core.validation import Setup
from app.services import calibrate
from app.services.load_layer import load_layer
from app.services.parameters import load_parameters
from app.services.projects import load_project

WH, MINUTES = 1000.0, 60.0
Told = Mapping[str, tuple[float, str]]


def _dutch(path: Path) -> pd.DataFrame:
    raw = pd.read_csv(path)
    return pd.DataFrame(
        {
            "name": raw["Started"].astype(str) + raw["Ended"].astype(str),
            "hours": raw["ConnectedTime"],
            "energy_kwh": raw["TotalEnergy"] / WH,
            "max_power_kw": raw["MaxPower"] / WH,
        }
    )


def _norwegian(path: Path) -> pd.DataFrame:
    raw = pd.read_csv(path, sep=";", decimal=",")
    named = {"session_id": "name", "connection_time": "hours", "energy_session": "energy_kwh"}
    return raw[list(named)].rename(columns=named).assign(max_power_kw=np.nan)


def _parisian(path: Path) -> pd.DataFrame:
    raw = pd.read_csv(path, sep=None, engine="python")
    return pd.DataFrame(
        {
            "name": raw["Start"],
            "hours": raw["Park.Duration"] / MINUTES,
            "energy_kwh": raw["Energy"],
            "max_power_kw": np.nan,
        }
    )


READERS: Mapping[str, Callable[[Path], pd.DataFrame]] = {
    "nl": _dutch,
    "no": _norwegian,
    "fr": _parisian,
}


def compute_sessions(setup: Setup, folder: Path) -> Told:
    """Set our mean session beside those measured; what cannot be is counted and left out."""
    numbers, found = load_parameters(), dict[str, tuple[float, str]]()
    for (key, read), name in zip(READERS.items(), setup.files, strict=True):
        raw = read(folder / name)
        kept, gone = clean(raw)
        said = ", ".join(f"{count} {why}" for why, count in gone.items() if count) or "none"
        for figure, column in (("kwh", "energy_kwh"), ("hours", "hours")):
            ours, seen = numbers[f"{figure}_session"], float(kept[column].mean())
            inside = "inside" if ours.low <= seen <= ours.high else "outside"
            note = (
                f"measured mean {seen:.2f}, median {kept[column].median():.2f} over {len(kept):,} "
                f"of {len(raw):,} sessions (left out: {said}); {inside} our {ours.low:g} to "
                f"{ours.high:g}"
            )
            found[f"session_{figure}_{key}"] = (ours.value, note)
    return found


def compute_occupancy(setup: Setup, folder: Path) -> Told:
    """Calibrate Utrecht on the statuses of June 2026, each location taken as posts of two."""
    seen_file, register = (folder / name for name in setup.files)
    city = load_project("utrecht")
    chargers = load_layer(register, "chargers", city).layer
    assert chargers is not None  # noqa: S101  # the file is known to be in order
    posts = replace(chargers, frame=chargers.frame.assign(points=setup.whole("points")))
    seen = pd.read_parquet(seen_file)
    clock = pd.to_datetime(seen["date"]) + pd.to_timedelta(seen["hour"], unit="h")
    table = pd.DataFrame({"charger_id": seen["id"], "time": clock, "occupied_percent": seen["occ"]})
    with TemporaryDirectory() as name:
        path = Path(name) / "occupancy.parquet"
        table.to_parquet(path)
        found = calibrate.from_occupancy(city.with_layer(posts), Scenario(), path)
    fit = found.fits["hours"]
    assert fit is not None  # noqa: S101  # a city full of snapshots
    modelled = float(found.districts["modelled_hours"].sum())
    before, after = fit.before, fit.after
    note = (
        f"factor {fit.factor:.3f} on {fit.districts} districts; bias {before.bias:+.1%} before and "
        f"{after.bias:+.1%} after, mean error {before.mae:.0f} and {after.mae:.0f} h a day, R2 "
        f"{before.r2:.2f} and {after.r2:.2f}, inside P10 to P90 {before.inside:.0%} and "
        f"{after.inside:.0%}; {found.dropped['stale_chargers']} stale locations left out"
    )
    return {"connected_hours_utrecht": (modelled, note)}
