"""Points tried one by one: on a street under every strategy, and on the whole of a town."""

from concurrent.futures import CancelledError
from dataclasses import replace

import numpy as np
import pytest

from app.core.engine.baseload import base_load
from app.core.engine.hosting import gather
from app.core.engine.keys import shares, text_keys
from app.core.engine.run import run
from app.core.project import Project
from app.core.scenario import Scenario
from app.services import hosting
from app.services.estimate import estimate
from app.services.parameters import load_parameters
from app.services.projects import load_project
from app.services.setting import Setting, prepare
from app.services.simulate import options


@pytest.fixture(scope="module")
def town() -> Project:
    """The small bundled town."""
    return load_project("sampletown")


@pytest.fixture(scope="module")
def setting(town: Project) -> Setting:
    """The town on the default scenario."""
    return prepare(town, estimate(town, Scenario()), Scenario())


def roomiest(setting: Setting) -> int:
    return int(np.nanargmax(setting.limit_kw - setting.peak_kw))


def test_what_fits_on_a_street_fits_and_one_more_does_not(setting: Setting) -> None:
    row, scenario = roomiest(setting), Scenario(strategy="pause")
    found = hosting.hosted(setting, scenario, "pause")
    points, limit_kw = int(found.points[row]), setting.limit_kw[row]
    units, clock = hosting.typical_points(setting), setting.weeks[0].clock
    name = f"host-{setting.facts['asset_id'].iloc[row]}-0"
    places = text_keys(str(place) for place in range(points + 1))
    chosen = (shares(places, name, scenario.seed) * units.rows).astype(np.int64)
    base_kw = base_load(setting.peak_kw, setting.row_key, clock, load_parameters())[[row]]
    peaks = []
    for count in (points, points + 1):
        cars = gather(units, chosen[None, :], np.array([count]), clock.steps)
        told = run("pause", cars, base_kw, np.array([limit_kw]), clock, options(scenario))
        peaks.append(told.load_kw.max())
    assert points > 0
    assert peaks[0] <= limit_kw + 1e-6
    assert peaks[1] > limit_kw, "one more does not fit"


def test_a_street_says_every_strategy_of_the_ladder(setting: Setting) -> None:
    found = hosting.street(setting, Scenario(), roomiest(setting)).set_index("strategy")
    assert list(found.index) == ["uncontrolled", "throttle", "pause", "v2g"]
    assert found["p50"].is_monotonic_increasing, "a stronger strategy never carries fewer"
    assert (found["p10"] <= found["p50"]).all()
    assert (found["p50"] <= found["p90"]).all()
    assert found["served"].between(0.99, 1.0).all(), "nobody is starved to make room"
    blind = replace(setting, limit_kw=np.full_like(setting.limit_kw, np.nan))
    assert hosting.street(blind, Scenario(), 0).empty, "unknown stays unknown"


def test_the_whole_town_leaves_the_unknown_unknown_and_can_be_stopped(
    town: Project, setting: Setting
) -> None:
    heard: list[float] = []
    found = hosting.whole_city(
        town,
        Scenario(strategy="throttle"),
        report=lambda share, _doing="", **_: heard.append(share),
    )
    known = np.isfinite(setting.limit_kw)
    assert found["fit"].notna().tolist() == known.tolist()
    assert heard == sorted(heard)
    assert len(heard) > len(hosting.ladder("throttle")), "each rung tells how far it is"

    def stop(share: float, _doing: str = "", **_: object) -> None:
        if share > 0:
            raise CancelledError

    with pytest.raises(CancelledError):
        hosting.whole_city(town, Scenario(), report=stop)
