"""Levers add to today's load and cost nothing at rest; measured rows win."""

from dataclasses import replace

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from shapely import Point

from app.core.engine.baseload import base_load
from app.core.engine.weeks import year_clock
from app.core.layer import Layer
from app.core.project import Project
from app.core.scenario import Scenario
from app.services.base_load import depot_notices, measured_notices
from app.services.estimate import estimate
from app.services.parameters import load_parameters
from app.services.projects import load_project
from app.services.setting import Setting, peak_week, prepare, rows_of
from app.services.simulate import one_row, simulate_all

ALL_PANELS = Scenario(pv_kwp_home=4.0)


@pytest.fixture(scope="module")
def town() -> Project:
    return load_project("sampletown")


def setting_of(town: Project, scenario: Scenario) -> Setting:
    return prepare(town, estimate(town, scenario), scenario)


def measured(town: Project, year: int, ids: list[str], days: int = 366) -> Project:
    """Give the town a year of measured load: 33 kW by night, 66 by day."""
    clock = year_clock(year, town.timezone)
    steps = slice(0, 96 * days)
    load_kw = np.where((clock.minute > 420) & (clock.minute < 1380), 66.0, 33.0)[steps]
    parts = [
        pd.DataFrame({"time": clock.index()[steps], "load_kw": load_kw}).assign(transformer_id=name)
        for name in ids
    ]
    frame = pd.concat(parts, ignore_index=True).assign(status="measured")
    return town.with_layer(Layer(frame, "load", "meter", "own", str(year)))


def test_levers_at_rest_leave_every_figure_as_it_was(town: Project) -> None:
    setting = setting_of(town, Scenario())
    assert setting.on_top is None
    assert setting.measured is None
    clock = setting.weeks[0].clock
    plain = base_load(setting.peak_kw, setting.row_key, clock, load_parameters())
    np.testing.assert_array_equal(setting.base_kw(clock), plain)
    # what the cache of rows is keyed with
    names = peak_week(setting).names
    moved = setting_of(town, Scenario(heat_pump_share=0.2))
    assert peak_week(setting_of(town, Scenario())).names == names
    assert not set(peak_week(moved).names) & set(names)


def test_each_lever_can_be_turned_alone_and_pieces_agree_with_the_whole(town: Project) -> None:
    usual = setting_of(town, Scenario())
    homes = town.layers["districts"].frame["dwellings"].sum()
    for levers, kw in (
        ({"base_growth": 0.5}, None),
        ({"heat_pump_share": 0.5}, 0.5 * homes * 2),
        ({"pv_kwp_home": 3.0}, 3.0 * homes),
    ):
        setting = setting_of(town, Scenario(**levers))
        assert setting.on_top is not None
        clock = setting.weeks[0].clock
        added = setting.base_kw(clock) - usual.base_kw(clock)
        if kw is None:
            np.testing.assert_allclose(added, 0.5 * usual.base_kw(clock))
        else:
            both = setting.on_top.heat_pump_kw.sum() + setting.on_top.panels_kwp.sum()
            assert both == pytest.approx(kw)
        some = np.array([2, 7])
        np.testing.assert_array_equal(
            setting.only(some).base_kw(clock), setting.base_kw(clock)[some]
        )


def test_heat_pumps_lift_the_winter_peak_and_panels_the_export(town: Project) -> None:
    usual = setting_of(town, Scenario())
    warm, sunny = (setting_of(town, s) for s in (Scenario(heat_pump_share=0.6), ALL_PANELS))
    peak = usual.base_kw(usual.weeks[0].clock).sum(axis=0).max()
    assert warm.base_kw(warm.weeks[0].clock).sum(axis=0).max() > 1.2 * peak
    assert warm.weeks[0].clock.start.month == 1
    lowest = {week.key: week for week in sunny.weeks}["lowest_load"]
    assert 4 <= lowest.clock.start.month <= 9, "the design weeks follow the levers"
    assert sunny.base_kw(lowest.clock).sum(axis=0).min() < 0


def test_the_parts_of_one_transformer_add_up_to_its_base(town: Project) -> None:
    scenario = Scenario(heat_pump_share=0.3, pv_kwp_home=2.0)
    answer = one_row(setting_of(town, scenario), 3, scenario)["uncontrolled"]
    assert set(answer.base_parts) == {"homes", "heat_pumps", "panels"}
    np.testing.assert_allclose(sum(answer.base_parts.values()), answer.base_kw)
    assert not one_row(setting_of(town, Scenario()), 3, Scenario())["uncontrolled"].base_parts


def test_measured_rows_win_and_levers_come_on_top_of_them(town: Project) -> None:
    ids = [str(rows_of(town).asset_id[row]) for row in (4, 9)]
    known = measured(town, 2024, ids)
    setting = setting_of(known, Scenario())
    clock = year_clock(2030, town.timezone)
    load_kw = setting.base_kw(clock)
    assert set(np.unique(load_kw[[4, 9]])) == {33.0, 66.0}
    assert setting.peak_kw[[4, 9]].tolist() == [66.0, 66.0]
    plain = setting_of(town, Scenario()).base_kw(clock)
    others = [row for row in range(len(load_kw)) if row not in {4, 9}]
    np.testing.assert_array_equal(load_kw[others], plain[others])
    grown = setting_of(known, Scenario(base_growth=0.5)).base_kw(clock)
    assert grown[4].max() == pytest.approx(99.0)
    assert not measured_notices(known, rows_of(known))


def test_measured_load_that_cannot_be_used_is_named(town: Project) -> None:
    known = measured(town, 2024, [str(rows_of(town).asset_id[0])], days=60)
    known = replace(
        known,
        layers={
            **known.layers,
            "load": replace(
                known.layers["load"],
                frame=pd.concat(
                    [
                        known.layers["load"].frame,
                        measured(town, 2024, ["elsewhere"]).layers["load"].frame,
                    ]
                ),
            ),
        },
    )
    assert setting_of(known, Scenario()).measured is None
    notices = measured_notices(known, rows_of(known))
    assert len(notices) == 2
    assert "elsewhere belongs to no transformer" in " ".join(notices)
    assert "fewer than 350 complete days" in " ".join(notices)


def test_design_weeks_follow_the_levers_and_still_meet_the_year(town: Project) -> None:
    scenario = Scenario(heat_pump_share=0.4, pv_kwp_home=3.0)
    weeks, year = (
        simulate_all(town, scenario, horizon, strategies=("uncontrolled",))["uncontrolled"]
        for horizon in ("design_weeks", "year")
    )
    peaks = [each.city["peak_kw"] or 0 for each in (weeks, year)]
    assert 0.97 <= peaks[0] / peaks[1] <= 1.0 + 1e-9


def test_depots_load_their_transformer_by_night_and_no_post(town: Project) -> None:
    rows = rows_of(town)
    x, y = float(rows.x[3]), float(rows.y[3])
    frame = gpd.GeoDataFrame(
        {
            "place_id": ["D1", "D2", "S1"],
            "kind": ["depot", "depot", "school"],
            "name": ["buses", "elsewhere", "school"],
            "load_kwh_day": [1200.0, 500.0, 900.0],
            "load_kw": [float("nan")] * 3,
            "status": "measured",
        },
        geometry=[Point(x, y), Point(x + 90_000, y), Point(x, y)],
        crs=town.crs,
    )
    busy = town.with_layer(Layer(frame, "places", "city", "own", "2026"))
    usual, setting = setting_of(town, Scenario()), setting_of(busy, Scenario())
    clock = setting.weeks[0].clock
    added = setting.base_kw(clock) - usual.base_kw(clock)
    others = np.arange(len(rows)) != 3
    np.testing.assert_allclose(added[others], 0, atol=1e-9)
    night = (clock.minute >= 18 * 60) | (clock.minute < 6 * 60)
    np.testing.assert_allclose(added[3], np.where(night, 100.0, 0.0), atol=1e-9)  # 1,200 kWh / 12 h
    np.testing.assert_array_equal(setting.rates, usual.rates)
    told = " ".join(depot_notices(busy, rows_of(busy)))
    assert "1 of 2 depots are too far" in told
    assert "Depots charge 1,200 kWh a day on top" in told
    assert depot_notices(town, rows) == ()
    assert setting.base_parts(clock)["depots"].max() == pytest.approx(100)
