"""The model held against what was measured: by hand, and on real files where they are."""

import io
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from app.core.errors import InputError
from app.core.project import Project
from app.core.scenario import Scenario
from app.services import calibrate
from app.services.estimate import estimate
from app.services.load_layer import load_layer
from app.services.projects import load_project

TOWN = load_project("sampletown")
YEAR = 2026


def sessions(project: Project, kwh: float, hours: float, per_district: int = 250) -> pd.DataFrame:
    """Sessions of thirty days whose energy and hours are those of the model times a factor."""
    demand = estimate(project, Scenario(year=YEAR)).districts
    rng = np.random.default_rng(0)
    rows = []
    for row in demand.itertuples(index=False, name="Row"):
        each_kwh = kwh * row.kwh_year_mean / 365 * 30 / per_district
        each_h = hours * row.connected_hours_day_mean * 30 / per_district
        start = pd.Timestamp("2026-06-01", tz="Europe/Amsterdam")
        at = start + pd.to_timedelta(rng.uniform(0, 30 * 24 - each_h, per_district), unit="h")
        rows.append(
            pd.DataFrame(
                {
                    "district_id": row.district_id,
                    "arrival": at,
                    "departure": at + pd.to_timedelta(each_h, unit="h"),
                    "energy_kwh": each_kwh,
                }
            )
        )
    return pd.concat(rows, ignore_index=True)


@pytest.fixture
def write(tmp_path: Path) -> Callable[[pd.DataFrame], Path]:
    def to(frame: pd.DataFrame) -> Path:
        path = tmp_path / "seen.csv"
        frame.to_csv(path, index=False)
        return path

    return to


def test_factors_come_back_and_the_error_goes(write: Callable[[pd.DataFrame], Path]) -> None:
    found = calibrate.from_sessions(TOWN, Scenario(), write(sessions(TOWN, 0.8, 1.2)))
    assert found.year == YEAR
    kwh, hours = found.fits["kwh"], found.fits["hours"]
    assert kwh is not None
    assert hours is not None
    assert kwh.factor == pytest.approx(0.8, rel=0.02)
    assert hours.factor == pytest.approx(1.2, rel=0.02)
    assert kwh.before.bias == pytest.approx(0.25, abs=0.03)
    assert abs(kwh.after.bias) < 0.01
    assert kwh.after.mae < 0.1 * kwh.before.mae
    assert json.loads(json.dumps(calibrate.document(TOWN, found), allow_nan=False))["fits"]


def test_the_factors_move_the_model_to_what_was_measured(
    write: Callable[[pd.DataFrame], Path],
) -> None:
    path = write(sessions(TOWN, 0.8, 1.2))
    found = calibrate.from_sessions(TOWN, Scenario(), path)
    asked = Scenario(year=YEAR, assumptions=tuple(sorted(found.levers.items())))
    before = estimate(TOWN, Scenario(year=YEAR))
    after = estimate(TOWN, asked)
    ratio = after.city["kwh_year"].mean / before.city["kwh_year"].mean
    assert ratio == pytest.approx(found.levers["calibration_kwh"])
    hours = after.city["connected_hours_day"].mean / before.city["connected_hours_day"].mean
    assert hours == pytest.approx(
        found.levers["calibration_kwh"] * found.levers["calibration_hours"], rel=1e-6
    )
    again = calibrate.from_sessions(TOWN, asked, path)
    assert again.fits["kwh"] is not None
    assert again.fits["kwh"].factor == pytest.approx(1.0, abs=1e-3)
    assert again.levers["calibration_kwh"] == pytest.approx(
        found.levers["calibration_kwh"], rel=1e-3
    )


def test_what_cannot_be_is_counted_and_left_out(write: Callable[[pd.DataFrame], Path]) -> None:
    good = sessions(TOWN, 1.0, 1.0)
    bad = good.head(5).copy()
    bad.loc[bad.index[0], "energy_kwh"] = -1
    bad.loc[bad.index[1], "departure"] = bad["arrival"].iloc[1]
    bad.loc[bad.index[2], "departure"] = bad["arrival"].iloc[2] + pd.Timedelta(days=21)
    bad.loc[bad.index[3], "district_id"] = "nowhere"
    found = calibrate.from_sessions(TOWN, Scenario(), write(pd.concat([good, bad])))
    assert found.dropped["no_energy"] == 1
    assert found.dropped["no_time"] == 1
    assert found.dropped["too_long"] == 1
    assert found.dropped["duplicate"] == 1
    assert found.dropped["elsewhere"] == 1


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda frame: frame.head(40), "no district has 200 observations"),
        (lambda frame: frame.assign(district_id="x"), "no row lies in Sampletown"),
        (lambda frame: frame.drop(columns="district_id"), "charger_id or district_id is missing"),
        (lambda frame: frame.assign(energy_kwh="much"), "energy_kwh"),
        (lambda frame: frame.assign(energy_kwh=0.0), "no session is left"),
    ],
)
def test_what_cannot_be_fitted_is_refused_with_its_reason(
    change: Callable[[pd.DataFrame], pd.DataFrame],
    says: str,
    write: Callable[[pd.DataFrame], Path],
) -> None:
    with pytest.raises(InputError, match=says):
        calibrate.from_sessions(TOWN, Scenario(), write(change(sessions(TOWN, 1, 1))))


def snapshots(percent: float) -> pd.DataFrame:
    """Twelve days of hourly snapshots at every charger of the town; one is stuck."""
    chargers = TOWN.layers["chargers"].frame["charger_id"].astype(str).tolist()
    times = pd.date_range("2026-06-01", periods=12 * 24, freq="h", tz="Europe/Amsterdam")
    rng = np.random.default_rng(1)
    frame = pd.MultiIndex.from_product([chargers, times], names=["charger_id", "time"])
    table = frame.to_frame(index=False)
    table["occupied_percent"] = np.clip(percent + rng.uniform(-20, 20, len(table)), 0, 100)
    table.loc[table["charger_id"] == chargers[0], "occupied_percent"] = 100
    return table


def test_occupancy_is_connected_time_and_says_nothing_of_energy(
    write: Callable[[pd.DataFrame], Path],
) -> None:
    found = calibrate.from_occupancy(TOWN, Scenario(), write(snapshots(40)))
    assert found.fits["kwh"] is None
    assert set(found.levers) == {"calibration_hours"}
    assert found.dropped["stale_chargers"] == 1
    seen = found.districts[found.districts["observations"] > 0]
    assert seen["occupied"].to_numpy() == pytest.approx(0.40, abs=0.02)
    assert seen["measured_hours"].to_numpy() == pytest.approx(
        0.40 * 24 * seen["points"].to_numpy(), rel=0.03
    )
    assert (seen["occupied_full"] > 0).all()


def test_the_real_register_of_utrecht(testdata: Callable[[str], Path], tmp_path: Path) -> None:
    """44 % of the locations never change in June 2026 (DEMAND 9); the others are 37 % taken."""
    city = load_project("utrecht")
    with testdata("chargers/utrecht_chargers.geojson").open("rb") as file:
        layer = load_layer(io.BytesIO(file.read()), "chargers", city, name="c.geojson").layer
    assert layer is not None
    two = replace(layer, frame=layer.frame.assign(points=2))  # Dutch posts; the register is silent
    real = replace(city, layers={**city.layers, "chargers": two})
    seen = pd.read_parquet(testdata("chargers/utrecht_occupancy_2026-06.parquet"))
    clock = pd.to_datetime(seen["date"]) + pd.to_timedelta(seen["hour"], unit="h")
    table = pd.DataFrame({"charger_id": seen["id"], "time": clock, "occupied_percent": seen["occ"]})
    path = tmp_path / "occupancy.parquet"
    table.to_parquet(path)
    found = calibrate.from_occupancy(real, Scenario(), path)
    share = found.dropped["stale_chargers"] / seen["id"].nunique()
    assert round(100 * share) == 44
    fit = found.fits["hours"]
    assert fit is not None
    assert fit.districts == 45
    assert fit.factor == pytest.approx(0.696, abs=0.001)  # recorded in docs/calibration.md
    assert fit.before.bias == pytest.approx(0.377, abs=0.001)
    assert fit.after.bias == pytest.approx(-0.042, abs=0.001)
    assert (round(fit.before.mae), round(fit.after.mae)) == (322, 238)
    assert fit.before.inside == pytest.approx(0.644, abs=0.001)
