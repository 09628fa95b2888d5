"""Use-case: hold the demand model against measured sessions and occupancy of real places."""

from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import pandas as pd

from app.core.demand.observed import STUCK, clean
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
        good, gone = clean(raw)
        kept = raw[good]
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
    """Calibrate Utrecht on the statuses of June 2026; the file says how many points there are."""
    seen, register = (folder / name for name in setup.files)
    city = load_project("utrecht")
    chargers = load_layer(register, "chargers", city).layer
    assert chargers is not None  # noqa: S101  # the file is known to be in order
    found = calibrate.answer(city.with_layer(chargers), Scenario(), seen, "occupancy")
    assert found.found is not None  # noqa: S101  # and lies in this city
    fit = found.found.hours
    assert fit is not None  # noqa: S101  # a city full of snapshots
    stuck = [found.reading.dropped[name] / setup["locations"] for name in STUCK]
    before, after, taken = fit.before, fit.after, calibrate.occupied(found)
    told = (
        f"factor {fit.factor:.3f}; mean error of a district {before.mape:.0%} before and "
        f"{after.mape:.0%} after, {before.mae:.0f} and {after.mae:.0f} h a day; R2 {before.r2:.2f} "
        f"and {after.r2:.2f}; bias after {after.bias:+.1%}"
    )
    measured = f"measured {taken['measured']:.1%}, {fit.districts} districts"
    return {
        "occupancy_stale": (sum(stuck), f"{stuck[0]:.0%} always empty, {stuck[1]:.0%} always full"),
        "occupancy_peak": (found.numbers[0].measured, ""),
        "occupancy_taken": (taken["before"], measured),
        "occupancy_inside": (before.inside, f"{after.inside:.0%} with the factor"),
        "occupancy_level": (1 + before.bias, told),
    }
