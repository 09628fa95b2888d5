"""The whole chain: one case by hand, then what must hold for every city."""

from collections.abc import Callable, Mapping

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.core.demand.groups import GROUPS, LOGISTICS
from app.core.demand.model import estimate, tornado
from app.core.demand.result import QUANTITIES, STATISTICS, Demand
from app.core.parameters import Parameter
from app.core.scenario import Scenario

Numbers = Mapping[str, Parameter]
Ask = Callable[..., Scenario]
Fixed = Callable[..., Numbers]
ONLY_PRIVATE = {
    "company_per_private": 0.0,
    "visitor_kwh_share": 0.0,
    "commuter_kwh_share": 0.0,
    "shared_per_1000_hh": 0.0,
    "taxi_per_1000_inh": 0.0,
    "van_per_car": 0.0,
}
district = st.fixed_dictionaries(
    {
        "cars": st.one_of(st.none(), st.integers(0, 20_000)),
        "cars_bev": st.one_of(st.none(), st.integers(0, 2_000)),
        "cars_phev": st.integers(0, 2_000),
        "households": st.one_of(st.none(), st.integers(0, 30_000)),
        "population": st.one_of(st.none(), st.integers(0, 60_000)),
        "multifamily_share": st.one_of(st.none(), st.floats(0, 1)),
    }
)
cities = st.lists(district, min_size=1, max_size=6)


def _frame(rows: list[dict[str, float | None]]) -> pd.DataFrame:
    names = [f"d{place}" for place in range(len(rows))]
    return pd.DataFrame(rows, dtype=float).assign(district_id=names, name=names)


def _middle(demand: Demand, name: str) -> float:
    return float(demand.city[name].mean)


def _bits(demand: Demand) -> bytes:
    numbers = demand.districts.select_dtypes("number").to_numpy()
    return numbers.tobytes() + demand.sessions_day.tobytes() + repr(demand.benchmarks).encode()


def test_three_districts_by_hand(
    three: pd.DataFrame, closed: Numbers, fixed: Fixed, ask: Ask
) -> None:
    # DEMAND.md 14 step by step: shares 0.18758, 0.25857, 0.13550; 2,473.0988 kWh a car; public
    # 0.566065, 0.448606, 0.600973; / 365 / 17.3; x 7 h / 24 x 1.15; 24, 9 and 11 clusters.
    numbers = fixed(closed, kwh_session=17.3, **ONLY_PRIVATE)
    found = estimate(three, ask(year=2030), numbers, draws=4)
    rows = found.districts
    assert rows["ev_share"].tolist() == pytest.approx([0.1875789, 0.2585721, 0.1355028], abs=5e-8)
    assert rows["ev_private_p50"].tolist() == pytest.approx(
        [750.3155, 646.4303, 203.2542], abs=5e-5
    )
    assert rows["kwh_year_p50"].tolist() == pytest.approx([1_050_393, 717_181, 302_090], abs=0.5)
    assert found.city["kwh_year"].p50 == pytest.approx(2_069_663, abs=0.5)
    assert rows["sessions_day_p50"].tolist() == pytest.approx([166.346, 113.577, 47.841], abs=5e-4)
    assert found.city["sessions_day"].p50 == pytest.approx(327.764, abs=5e-4)
    load = rows["connected_hours_day_p50"] / 24 * 1.15
    assert load.tolist() == pytest.approx([55.7953, 38.0955, 16.0465], abs=5e-5)
    assert (load / [24, 9, 11]).tolist() == pytest.approx([2.32480, 4.23284, 1.45878], abs=5e-6)
    assert rows["points_p50"].tolist() == [144, 72, 44]
    assert found.points_plan == 260
    assert found.city["ev"].p50 == pytest.approx(1600, abs=1e-8)


def test_closed_bands_leave_one_number(three: pd.DataFrame, closed: Numbers, ask: Ask) -> None:
    some = estimate(three, ask(), closed, draws=16)
    for name in QUANTITIES:
        band = some.city[name]
        assert [band.p10, band.p90] == pytest.approx([band.mean] * 2, rel=1e-12)
    rows = tornado(three, ask(), closed)
    drawn = ~rows["name"].isin(["shrink_cars", "tau_years", "fleet_growth"])
    assert set(rows.loc[drawn, "low_points"]) == {some.city["points"].p50}
    assert set(rows.loc[drawn, "swing"]) == {0}


levers = st.fixed_dictionaries(
    {
        "year": st.integers(2022, 2050),
        "uptake": st.sampled_from(["low", "mid", "high"]),
        "gap": st.sampled_from(["slow", "stays", "closes"]),
        "fleet_growth": st.sampled_from([-0.01, 0.0, 0.01]),
    }
)


@given(rows=cities, levers=levers)
@settings(derandomize=True, deadline=None, max_examples=60)
def test_every_city_adds_up(
    numbers: Numbers, ask: Ask, rows: list[dict[str, float | None]], levers: dict[str, float | str]
) -> None:
    found = estimate(_frame(rows), ask(**levers), numbers, draws=32)
    table = found.districts
    figures = table.select_dtypes("number").to_numpy()
    assert np.isfinite(figures).all()
    assert (figures >= 0).all()
    for name in QUANTITIES:
        assert table[f"{name}_mean"].sum() == pytest.approx(_middle(found, name), rel=1e-9)
        low, middle, high = (table[f"{name}_{each}"] for each in STATISTICS[1:])
        assert ((low <= middle) & (middle <= high)).all()
    for name in ("kwh_year", "sessions_day"):
        total = found.groups[f"{name}_mean"].sum()
        assert total == pytest.approx(_middle(found, name), rel=1e-9)
    per_district = found.sessions_day.sum(axis=1)
    assert per_district == pytest.approx(table["sessions_day_mean"].to_numpy(), rel=1e-9)
    kwh = found.sessions_day.sum(axis=0) * found.kwh_session * 365
    assert kwh == pytest.approx(found.groups["kwh_year_mean"].to_numpy()[:-1], rel=1e-9)
    top = table["cars_mean"] + table["cars_company_mean"]
    assert (table["ev_mean"] <= top * (1 + 1e-12)).all()
    assert table["points_plan"].sum() == found.points_plan
    assert (table["points_plan"] >= table["points_p50"]).all()


@given(rows=cities, step=st.integers(1, 10))
@settings(derandomize=True, deadline=None, max_examples=30)
def test_more_never_gives_less(
    numbers: Numbers, fixed: Fixed, ask: Ask, rows: list[dict[str, float | None]], step: int
) -> None:
    frame = _frame(rows)
    base = estimate(frame, ask(year=2030), numbers, draws=32)
    grown = frame.assign(**{name: frame[name] * 1.2 for name in ("cars", "cars_bev", "cars_phev")})
    grown = grown.assign(households=frame["households"])
    larger = [
        estimate(frame, ask(year=2030 + step), numbers, draws=32),
        estimate(frame, ask(year=2030), fixed(kwh_km=0.25, kwh_km_phev=0.28), draws=32),
        estimate(frame, ask(year=2030), fixed(own_parking_single=0.0), draws=32),
    ]
    if frame["cars"].notna().all():
        larger.append(estimate(grown, ask(year=2030), numbers, draws=32))
    less = [
        estimate(frame, ask(year=2030), fixed(hours_session=12.0), draws=32),
        estimate(frame, ask(year=2030, block_target=0.02), numbers, draws=32),
    ]
    tolerance = 1 - 1e-9
    kwh_up = (larger[0], larger[2], *larger[3:])
    assert all(
        _middle(each, "kwh_year") >= _middle(base, "kwh_year") * tolerance for each in kwh_up
    )
    for each in (larger[0], *less):
        assert _middle(each, "points") >= _middle(base, "points") * tolerance
    lean = estimate(frame, ask(year=2030), fixed(kwh_km=0.20, kwh_km_phev=0.22), draws=32)
    assert _middle(larger[1], "kwh_year") >= _middle(lean, "kwh_year") * tolerance


def test_low_middle_and_high_uptake_are_in_order(
    twin: pd.DataFrame, numbers: Numbers, ask: Ask
) -> None:
    for year in (2025, 2030, 2040):
        found = [
            estimate(twin, ask(year=year, uptake=each), numbers) for each in ("low", "mid", "high")
        ]
        for name in ("ev", "kwh_year", "sessions_day", "points"):
            low, middle, high = (_middle(each, name) for each in found)
            assert low < middle < high


def test_no_cars_give_no_resident_energy(three: pd.DataFrame, numbers: Numbers, ask: Ask) -> None:
    found = estimate(three.assign(cars=[0.0, 2500.0, 1500.0]), ask(), numbers, draws=32)
    assert found.sessions_day[0, :2].tolist() == [0, 0]
    assert found.districts["ev_p90"][0] == 0
    assert found.districts["kwh_year_p50"][0] > 0  # its people still have visitors


def test_an_empty_district_is_all_zeros(three: pd.DataFrame, numbers: Numbers, ask: Ask) -> None:
    empty = dict.fromkeys(three.columns[2:], 0.0)
    frame = pd.concat([three, pd.DataFrame([{"district_id": "X", "name": "X", **empty}])])
    row = estimate(frame, ask(), numbers, draws=32).districts.iloc[-1]
    figures = row.drop(
        ["district_id", "name", "status", "ev_share", "ev_share_start", "no_own_parking"]
    )
    assert (figures.drop("rates_hidden") == 0).all()
    assert row["rates_hidden"]
    assert row["ev_share"] > 0  # a share needs no cars


def test_an_empty_city_is_all_zeros(three: pd.DataFrame, numbers: Numbers, ask: Ask) -> None:
    frame = three.assign(**dict.fromkeys(three.columns[2:], 0.0))
    found = estimate(frame, ask(), numbers, draws=32)
    assert all(_middle(found, name) == 0 for name in QUANTITIES)
    assert found.benchmarks == ()
    assert np.isfinite(found.kwh_session).all()


def test_a_city_nobody_described_is_unknown_and_zero(numbers: Numbers, ask: Ask) -> None:
    frame = pd.DataFrame({"district_id": ["1", "2"], "name": ["One", "Two"]})
    found = estimate(frame, ask(), numbers, draws=8)
    assert found.districts["status"].tolist() == ["unknown", "unknown"]
    assert found.points_plan == 0
    assert any("no demand is shown" in words for words in found.notices)


def test_one_district_takes_the_citys_share(three: pd.DataFrame, closed: Numbers, ask: Ask) -> None:
    found = estimate(three.iloc[:1], ask(year=2030), closed, draws=4)
    assert found.districts["ev_share"][0] == pytest.approx(0.20)


def test_equal_seeds_give_equal_bytes_and_other_seeds_do_not(
    three: pd.DataFrame, numbers: Numbers, ask: Ask
) -> None:
    first, again = (estimate(three, ask(seed=7), numbers, draws=64) for _ in range(2))
    assert _bits(first) == _bits(again)
    assert _bits(first) != _bits(estimate(three, ask(seed=8), numbers, draws=64))


def test_the_order_of_the_map_plays_no_part(twin: pd.DataFrame, numbers: Numbers, ask: Ask) -> None:
    order = np.random.default_rng(1).permutation(len(twin))
    first = estimate(twin, ask(), numbers, draws=64).districts.iloc[order].reset_index(drop=True)
    other = estimate(twin.iloc[order], ask(), numbers, draws=64).districts
    pd.testing.assert_frame_equal(first, other, rtol=1e-9)


def test_two_equal_districts_merged_ask_the_same(
    three: pd.DataFrame, closed: Numbers, fixed: Fixed, ask: Ask
) -> None:
    numbers = fixed(closed, shrink_cars=0.0)
    counts = [name for name in three.columns[2:] if name != "multifamily_share"]
    apart = pd.concat([three, three.iloc[:1].assign(district_id="D4")])
    merged = three.copy()
    merged.loc[0, counts] *= 2
    one, two = (estimate(each, ask(), numbers, draws=4).districts for each in (merged, apart))
    assert one["kwh_year_mean"][0] == pytest.approx(2 * two["kwh_year_mean"].iloc[0], rel=1e-9)
    assert one["kwh_year_mean"][1] == pytest.approx(two["kwh_year_mean"].iloc[1], rel=1e-9)


def test_chargers_that_stand_are_no_evidence_of_demand(
    three: pd.DataFrame, numbers: Numbers, ask: Ask
) -> None:
    more = three.assign(charge_locations_2026=[0, 500, 3], Elektrisch=[5360, 150, 40])
    plain, other = (estimate(each, ask(), numbers, draws=32) for each in (three, more))
    assert _bits(plain) == _bits(other)


def test_percentiles_do_not_add(twin: pd.DataFrame, numbers: Numbers, ask: Ask) -> None:
    found = estimate(twin, ask(), numbers)
    assert found.districts["points_p90"].sum() > found.city["points"].p90 * 1.005
    assert found.districts["points_p10"].sum() < found.city["points"].p10 * 0.995


def test_units_are_kwh_and_hours(twin: pd.DataFrame, numbers: Numbers, ask: Ask) -> None:
    # sanity strip: GWh a year / 8.76 = mean MW; a connected car draws 1 to 4 kW on average
    city = estimate(twin, ask(), numbers).city
    mean_mw = city["kwh_year"].p50 / 1e6 / 8.76
    connected = city["connected_hours_day"].p50 / 24
    assert 1 < mean_mw * 1000 / connected < 4
    assert city["connected_hours_day"].p50 / city["sessions_day"].p50 == pytest.approx(7, abs=0.3)
    assert 0.2 < connected / city["points"].p50 < 0.8  # points are neither idle nor all full


def test_the_tornado_is_sorted_and_moves_the_right_way(
    twin: pd.DataFrame, numbers: Numbers, ask: Ask
) -> None:
    rows = tornado(twin, ask(), numbers)
    assert (rows["swing"].diff().dropna() <= 0).all()
    found = rows.set_index("name")
    assert found.loc["ev_share_2030", "high_points"] > found.loc["ev_share_2030", "low_points"]
    assert (
        found.loc["homes_per_cluster", "high_points"] < found.loc["homes_per_cluster", "low_points"]
    )
    assert rows["label"].is_unique


def test_company_cars_of_the_map_win(three: pd.DataFrame, closed: Numbers, ask: Ask) -> None:
    found = estimate(three.assign(cars_company=[10.0, np.nan, 0.0]), ask(), closed, draws=4)
    assert found.districts["cars_company_p50"].tolist() == pytest.approx([10, 300, 0])


def test_the_fleet_yardstick_by_hand(three: pd.DataFrame, closed: Numbers, ask: Ask) -> None:
    # 2030: 1,600 private plug-ins, 80 % fully electric, and 8,000 x 0.12 x 0.70 = 672 company cars
    found = estimate(three, ask(year=2030), closed, draws=4)
    assert found.afir_kw == pytest.approx(1280 * 1.3 + 320 * 0.8 + 672 * 1.3)


def test_groups_stand_in_their_order(three: pd.DataFrame, numbers: Numbers, ask: Ask) -> None:
    found = estimate(three, ask(), numbers, draws=32)
    public, depots = found.groups.iloc[:-1], found.groups.iloc[-1]
    assert public["group"].tolist() == [group.key for group in GROUPS]
    sums = found.sessions_day.sum(axis=0)
    assert sums == pytest.approx(public["sessions_day_mean"].to_numpy(), rel=1e-9)
    assert depots["group"] == LOGISTICS.key
    assert (depots.drop("group") == 0).all()  # feeds the grid, not the points
    assert found.sessions_day.shape == (3, len(GROUPS))


def test_blocks_of_districts_change_nothing(
    twin: pd.DataFrame, numbers: Numbers, ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = estimate(twin, ask(), numbers, draws=32)
    monkeypatch.setattr("app.core.demand.cloud.BLOCK", 10)
    parts = estimate(twin, ask(), numbers, draws=32)
    pd.testing.assert_frame_equal(whole.districts, parts.districts, rtol=1e-12)
    assert parts.city["points"].p50 == whole.city["points"].p50


def test_twenty_thousand_cars_in_one_place_without_homes_still_answer(
    three: pd.DataFrame, numbers: Numbers, ask: Ask
) -> None:
    frame = three.assign(cars=[2e6, 1.0, 0.0], households=[0.0, 0.0, 0.0])
    found = estimate(frame, ask(year=2050), numbers, draws=32)
    assert found.districts["points_p50"][0] > 10_000


def test_every_blank_names_its_default_and_its_status(
    three: pd.DataFrame, numbers: Numbers, ask: Ask
) -> None:
    bare = estimate(three[["district_id", "name", "households"]], ask(), numbers, draws=4)
    told = " ".join(bare.notices)
    for words in (
        "Cars are not known: estimated as households x 0.6 (all districts, status default)",
        "Inhabitants are not known: estimated as households x 1.97 (all districts, status default)",
        "Registered plug-in cars are not known: 2.53% of private cars everywhere (all districts, s",
        "The kind of homes is not known: 36% apartments everywhere (all districts, status default)",
        "Jobs are not known: commuters are spread by inhabitants",
        "Visits are not known: visitors are spread by inhabitants",
        "Company cars kept at home are not counted: 0.12 per private car (status default)",
    ):
        assert words in told, words
    assert bare.districts["status"].tolist() == ["default"] * 3
