"""A city simulated: the same cars for every strategy, limits that bind, and pieces that agree."""

from concurrent.futures import CancelledError
from dataclasses import replace

import numpy as np
import pytest

from app.core.engine.weeks import year_clock
from app.core.errors import InputError
from app.core.impact import OVER
from app.core.project import Project
from app.core.scenario import Scenario
from app.core.strategies import STRATEGIES
from app.services.estimate import estimate
from app.services.projects import bundled, load_project
from app.services.room import room
from app.services.setting import Setting, Stretch, peak_week, prepare, week_stretch
from app.services.simulate import REFERENCE, headline, one_row, simulate_all


@pytest.fixture(scope="module")
def town() -> Project:
    """The small bundled town."""
    return load_project("sampletown")


@pytest.fixture(scope="module")
def setting(town: Project) -> Setting:
    """The town on the default scenario."""
    return prepare(town, estimate(town, Scenario()), Scenario())


@pytest.fixture(scope="module")
def week(setting: Setting) -> Stretch:
    """Its busiest week."""
    return peak_week(setting)


def test_demand_is_shared_out_whole(town: Project, setting: Setting) -> None:
    demand = estimate(town, Scenario())
    assert setting.rates.sum() == pytest.approx(demand.sessions_day.sum())
    assert setting.points.sum() == demand.points_plan


def test_a_limit_without_a_known_base_load_is_never_called_room(town: Project) -> None:
    districts, grid = town.layers["districts"], town.layers["grid"]
    without = ["dwellings", "households", "electricity_kwh"]
    blind = replace(
        town,
        layers={
            **town.layers,
            "districts": replace(districts, frame=districts.map.drop(columns=without)),
            "grid": replace(grid, frame=grid.map.drop(columns=["peak_load_kw", "headroom_kw"])),
        },
    )
    dark = prepare(blind, estimate(blind, Scenario()), Scenario())
    answer = headline(dark, peak_week(dark), REFERENCE, Scenario())
    assert answer.known == 0
    assert room(answer)["fit"].isna().all()


def test_smarter_charging_overloads_fewer_transformers(setting: Setting, week: Stretch) -> None:
    over = {
        key: headline(setting, week, key, Scenario(v2g_share=0.5)).count(OVER)
        for key in (REFERENCE, "pause", "v2g")
    }
    assert over["v2g"] <= over["pause"] < over[REFERENCE]


def test_every_strategy_delivers_the_same_energy_but_those_that_follow_a_contract(
    setting: Setting, week: Stretch
) -> None:
    answers = {key: headline(setting, week, key, Scenario()) for key in STRATEGIES}
    wanted = answers[REFERENCE].city["sessions"]
    for key, answer in answers.items():
        assert answer.city["sessions"] == wanted, key
        unserved = answer.city["unserved_kwh"]
        assert unserved is not None
        assert unserved == pytest.approx(0, abs=1) or "contract" in STRATEGIES[key].needs


def test_unknown_limits_stay_unknown(setting: Setting, week: Stretch) -> None:
    rows = headline(setting, week, REFERENCE, Scenario()).rows
    unknown = rows["limit_kw"].isna()
    assert unknown.any()
    assert set(rows.loc[unknown, "state"]) == {"unknown"}
    assert rows.loc[unknown, "hours_over"].isna().all()


def test_one_transformer_alone_is_the_one_of_the_city(setting: Setting, week: Stretch) -> None:
    row = 7
    alone = one_row(setting, row, Scenario())
    for key in (REFERENCE, "pause", "v2g"):
        within = headline(setting, week, key, Scenario()).rows.iloc[row]
        assert alone[key].rows["peak_kw"].iloc[0] == within["peak_kw"]


def test_the_year_in_pieces_holds_the_week_in_it(town: Project, setting: Setting) -> None:
    year = simulate_all(town, Scenario(), "year", strategies=(REFERENCE,))[REFERENCE]
    week = headline(setting, peak_week(setting), REFERENCE, Scenario())
    assert (year.rows["peak_kw"] >= week.rows["peak_kw"] - 1e-9).all()
    mwh = year.city["mwh_year"]
    assert mwh == pytest.approx(
        float(setting.rates.sum(axis=0) @ setting.kwh_session) * 365 / 1000, rel=0.02
    )


@pytest.mark.parametrize("slug", bundled())
def test_design_weeks_come_near_the_year(slug: str) -> None:
    """Takes as long as a year of the city: it is what the weeks are held against."""
    city = load_project(slug)
    weeks, year = (
        simulate_all(city, Scenario(), horizon, strategies=(REFERENCE,))[REFERENCE]
        for horizon in ("design_weeks", "year")
    )
    peaks = [each.city["peak_kw"] or 0 for each in (weeks, year)]
    assert 0.97 <= peaks[0] / peaks[1] <= 1.0 + 1e-9
    assert weeks.city["mwh_year"] == pytest.approx(year.city["mwh_year"], rel=0.03)
    assert (weeks.rows["peak_kw"] <= year.rows["peak_kw"] + 1e-9).all(), "weeks lie in the year"
    for name in ("flex_down_kw", "cost_eur_per_kwh", "late_kwh_share"):
        assert weeks.city[name] == pytest.approx(year.city[name], rel=0.05)


@pytest.mark.parametrize(
    "levers", [{}, {"heat_pump_share": 0.4}, {"pv_kwp_home": 2.0}, {"base_growth": 0.5}]
)
@pytest.mark.parametrize("slug", bundled())
def test_day_weights_reproduce_the_energy_of_the_year(slug: str, levers: dict[str, float]) -> None:
    city, scenario = load_project(slug), Scenario(**levers)
    found = prepare(city, estimate(city, scenario), scenario)
    year_kwh = found.base_kw(year_clock(found.year, found.zone)).sum() / 4
    kwh = sum(
        week.day_weight * found.base_kw(week.clock)[:, week.counted].sum() / 4
        for week in found.weeks
    )
    assert kwh == pytest.approx(year_kwh, rel=0.002)


def test_a_long_run_reports_and_stops_when_told(town: Project) -> None:
    heard: list[float] = []

    def report(progress: float, doing: str = "", partial: object = None) -> None:
        del doing, partial
        heard.append(progress)
        if len(heard) == 4:
            raise CancelledError

    with pytest.raises(CancelledError):
        simulate_all(town, Scenario(), "design_weeks", report=report)
    assert heard == sorted(heard)
    assert heard[0] == 0.0


def test_an_unknown_contract_is_refused_in_words(setting: Setting, week: Stretch) -> None:
    with pytest.raises(InputError, match="no capacity contract 'nowhere'"):
        headline(setting, week, "traffic_light", Scenario(contract="nowhere"))


def test_room_never_counts_where_no_limit_is_known(setting: Setting, week: Stretch) -> None:
    answers = {key: headline(setting, week, key, Scenario()) for key in (REFERENCE, "pause")}
    rooms = {key: room(answer) for key, answer in answers.items()}
    for found in rooms.values():
        unknown = found["limit_kw"].isna()
        assert found.loc[unknown, ["headroom_kw", "fit"]].isna().all(axis=None)
        assert (found["fit"].dropna() >= 0).all()
    assert rooms["pause"]["fit"].sum() > rooms[REFERENCE]["fit"].sum()


def test_draws_of_a_row_do_not_depend_on_its_neighbours(setting: Setting) -> None:
    some = setting.only(np.array([3, 9]))
    whole, part = (week_stretch(each, each.weeks[0]) for each in (setting, some))
    first, last = whole.sessions.index[9], whole.sessions.index[10]
    np.testing.assert_array_equal(
        whole.sessions.energy_kwh[first:last],
        part.sessions.energy_kwh[part.sessions.index[1] :],
    )
    np.testing.assert_array_equal(whole.base_kw[9], part.base_kw[1])


def test_utrecht_is_a_real_case() -> None:
    """A third overloaded when cars charge at once, fewer with pauses, fewer still with V2G."""
    city = load_project("utrecht")
    scenario = Scenario()
    setting = prepare(city, estimate(city, scenario), scenario)
    days = peak_week(setting)
    share = {}
    for key in (REFERENCE, "pause", "v2g"):
        answer = headline(setting, days, key, scenario)
        share[key] = answer.count(OVER) / answer.known
    assert 0.20 <= share[REFERENCE] <= 0.40
    assert share["v2g"] < share["pause"] < 0.8 * share[REFERENCE]


def test_a_substation_that_is_full_binds_and_an_area_does_not(town: Project) -> None:
    grid = town.layers["grid"]
    frame = grid.map.copy()
    above = frame["level"] == "area"
    base = prepare(town, estimate(town, Scenario()), Scenario())
    assert base.parents is None, "areas are reported and bind nobody"
    frame.loc[above, "level"] = "substation"
    week = peak_week(base)
    at_once = headline(base, week, REFERENCE, Scenario())
    top, homes = at_once.city["peak_kw"], at_once.city["base_peak_kw"]
    assert top is not None
    assert homes is not None
    frame.loc[above, "capacity_kw"] = homes + 0.05 * (top - homes)
    fed = replace(town, layers={**town.layers, "grid": replace(grid, frame=frame)})
    setting = prepare(fed, estimate(fed, Scenario()), Scenario())
    assert setting.parents is not None
    assert setting.parents.names == ("A-sampletown",)
    week = peak_week(setting)
    over = {
        key: headline(setting, week, key, Scenario()).city["parent_kwh_over"]
        for key in (REFERENCE, "pause")
    }
    alone = headline(replace(setting, parents=None), week, "pause", Scenario())
    before = np.maximum(alone.load_kw - setting.parents.limit_kw[0], 0).sum() * 0.25
    assert over[REFERENCE] is not None
    assert over["pause"] is not None
    assert over["pause"] < over[REFERENCE]
    assert over["pause"] <= before + 1e-6, "the substation can only help"
    told = simulate_all(fed, Scenario(), "design_weeks", strategies=(REFERENCE,))
    assert told[REFERENCE].city["parent_kwh_over"] is not None
