"""What the page on room says: points with the energy they serve, and what stands against them."""

from dataclasses import replace

import pandas as pd
import pytest

from app.core.project import Project
from app.core.scenario import Scenario
from app.services.projects import load_project
from app.ui import room_view


@pytest.fixture(scope="module")
def town() -> Project:
    return load_project("sampletown")


def room(fit: float, served: float = 1.0, *, leaves_short: bool = False) -> pd.DataFrame:
    """One transformer under one strategy."""
    return pd.DataFrame(
        {
            "fit": [fit],
            "limit_kw": [100.0],
            "served_share": [served],
            "leaves_short": [leaves_short],
            "kappa_kw": [2.0],
        }
    )


def test_points_stand_beside_the_energy_served(town: Project) -> None:
    rooms = {"uncontrolled": room(10), "pause": room(30)}
    words = room_view.sentence(town, rooms, Scenario(strategy="pause"))
    assert "about 30 more charge points fit" in words
    assert "with 100% of the energy served; 10 if cars charged at once" in words
    assert "short" not in words


def test_a_strategy_that_starves_cars_is_no_success(town: Project) -> None:
    rooms = {"uncontrolled": room(10), "traffic_light": room(90, 0.6, leaves_short=True)}
    words = room_view.sentence(town, rooms, Scenario(strategy="traffic_light"))
    assert "with 60% of the energy served" in words
    assert "cars leave short" in words


def test_what_the_areas_above_lack_stands_against_the_points() -> None:
    utrecht = load_project("utrecht")
    rooms = {"uncontrolled": room(10)}
    words = room_view.sentence(utrecht, rooms, Scenario(strategy="uncontrolled"))
    assert "already lacks 250 MW, which these points do not count" in words
    assert "if cars charged at once" not in words, "nothing is compared with itself"


def test_without_areas_nothing_is_said_of_them(town: Project) -> None:
    grid = town.layers["grid"]
    frame = grid.frame[grid.frame["level"] != "area"] if "level" in grid.frame else grid.frame
    bare = replace(town, layers={**town.layers, "grid": replace(grid, frame=frame)})
    words = room_view.sentence(bare, {"uncontrolled": room(10)}, Scenario(strategy="uncontrolled"))
    assert "already lacks" not in words
