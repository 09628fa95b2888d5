"""Points follow occupancy, by how many stand in reach."""

from types import SimpleNamespace
from typing import cast

import pandas as pd
import pytest

from app.core.siting.prepare import Prepared
from app.core.siting.release import release, trigger


@pytest.mark.parametrize(
    ("points", "occupied"), [(1, 0.05), (2, 0.18), (4, 0.36), (8, 0.54), (30, 0.79)]
)
def test_the_trigger_grows_with_the_cluster(points: int, occupied: float) -> None:
    assert trigger(points, 0.05) == pytest.approx(occupied, abs=0.006)


def town(*today: tuple[float, int, float]) -> Prepared:
    frame = pd.DataFrame(today, columns=["x", "existing_points", "occupancy_percent"])
    values = {"detour": SimpleNamespace(value=1.3)}
    found = SimpleNamespace(places=frame.assign(y=0.0), radius_m=300.0, values=values)
    return cast("Prepared", found)


def verdicts(prepared: Prepared, *x: float) -> list[str]:
    sites = pd.DataFrame({"candidate_id": list(map(str, x)), "name": "", "points": 2, "x": x})
    return release(prepared, sites.assign(y=0.0), 0.05)["verdict"].tolist()


def test_busy_points_open_the_next_place_and_only_that() -> None:
    # Two points in reach bear 18 % at 5 % turned away; 300 m on foot are 230 m straight.
    assert verdicts(town((0, 2, 19.0)), 100.0, 200.0, 231.0) == ["open", "next", "open"]
    assert verdicts(town((0, 2, 17.0)), 100.0) == ["wait"]
    assert verdicts(town((0, 2, 40.0), (10, 18, 40.0)), 100.0) == ["wait"]


def test_what_nobody_measured_opens_nothing() -> None:
    assert verdicts(town((0, 2, float("nan"))), 100.0) == ["unknown"]
    assert verdicts(town(), 100.0) == ["open"]
    assert release(
        town(), pd.DataFrame(columns=["candidate_id", "name", "points", "x", "y"]), 0.05
    ).empty
