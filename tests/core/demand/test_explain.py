"""The chain of one district says what the model does, digit for digit."""

from collections.abc import Callable, Mapping

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.core.demand.chain import STAGES, Chain, moved
from app.core.demand.explain import explain
from app.core.demand.groups import GROUPS
from app.core.demand.model import estimate
from app.core.demand.result import QUANTITIES
from app.core.demand.titles import TITLES, title_of
from app.core.demand.uncertainty import DRAWN, SWITCHES
from app.core.errors import InputError
from app.core.parameters import Parameter, overridden
from app.core.scenario import Scenario
from app.services.parameters import assumptions

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


def chain(
    frame: pd.DataFrame, scenario: Scenario, numbers: Numbers, key: str, draws: int = 4
) -> Chain:
    answer = estimate(frame, scenario, numbers, draws=draws)
    return explain(frame, scenario, numbers, key, answer)


def test_three_districts_by_hand(
    three: pd.DataFrame, closed: Numbers, fixed: Fixed, ask: Ask
) -> None:
    # DEMAND.md 14, row by row, to the digits given; D1's own parking: 0.22125 / 1.07375 = 0.206054
    numbers = fixed(closed, kwh_session=17.3, **ONLY_PRIVATE)
    found = [chain(three, ask(year=2030), numbers, key) for key in ("D1", "D2", "D3")]
    for key, wanted, digits in (
        ("city_share_today", [0.024375] * 3, 6),
        ("shrunk", [0.0200540, 0.0396936, 0.0104637], 7),
        ("logit", [-3.889068, -3.186062, -4.549323], 6),
        ("offset", [-0.0562545, 0.3561616, -0.4435907], 7),
        ("shift", [-1.4095649] * 3, 7),
        ("city_share", [0.2000000] * 3, 7),
        ("ev_share", [0.1875789, 0.2585721, 0.1355028], 7),
        ("ev_private", [750.3155, 646.4303, 203.2542], 4),
        ("own_homes", [0.1475, 0.2960, 0.1070], 4),
        ("own_drivers", [0.206054, 0.386760, 0.152349], 6),
        ("public_share", [0.566065, 0.448606, 0.600973], 6),
        ("kwh_car", [2_473.0988] * 3, 4),
        ("kwh_year", [1_050_393, 717_181, 302_090], 0),
        ("sessions_day", [166.346, 113.577, 47.841], 3),
        ("load", [55.7953, 38.0955, 16.0465], 4),
        ("clusters", [24, 9, 11], 0),
        ("cluster_load", [2.32480, 4.23284, 1.45878], 5),
        ("cluster_points", [6, 8, 4], 0),
        ("points", [144, 72, 44], 0),
        ("points_plan", [144, 72, 44], 0),
    ):
        assert [each[key].value for each in found] == pytest.approx(wanted, abs=0.51 * 10**-digits)
    gaps = [each["offset"].inputs["gap"] for each in found]
    means = [each["logit"].value - gap for each, gap in zip(found, gaps, strict=True)]
    assert means == pytest.approx([-3.793177] * 3, abs=5e-7)
    turned = [each["cluster_points"].inputs for each in found]
    assert [each["blocked_share"] for each in turned] == pytest.approx(
        [0.0217, 0.0382, 0.0446], abs=5e-5
    )
    assert [each["before_share"] for each in turned] == pytest.approx(
        [0.0571, 0.0751, 0.1281], abs=5e-5
    )
    assert found[0]["shrunk"].formula == "(80 + 50 x 2.4375 %) / (4,000 + 50)"
    assert found[0]["points"].formula == "24 clusters x 6 points"


district = st.fixed_dictionaries(
    {
        "cars": st.one_of(st.none(), st.integers(0, 20_000)),
        "cars_bev": st.one_of(st.none(), st.integers(0, 2_000)),
        "cars_phev": st.integers(0, 2_000),
        "cars_company": st.one_of(st.none(), st.integers(0, 500)),
        "households": st.one_of(st.none(), st.integers(0, 30_000)),
        "population": st.one_of(st.none(), st.integers(0, 60_000)),
        "multifamily_share": st.one_of(st.none(), st.floats(0, 1)),
        "off_street_share": st.one_of(st.none(), st.floats(0, 1)),
    }
)


@given(
    rows=st.lists(district, min_size=1, max_size=4),
    lever=st.tuples(
        st.integers(2022, 2050),
        st.sampled_from(["low", "mid", "high"]),
        st.sampled_from(["slow", "stays", "closes"]),
    ),
)
@settings(derandomize=True, deadline=None, max_examples=40)
def test_the_chain_is_the_model_with_every_band_closed(
    numbers: Numbers,
    closed: Numbers,
    ask: Ask,
    rows: list[dict[str, float | None]],
    lever: tuple[int, str, str],
) -> None:
    names = [f"d{place}" for place in range(len(rows))]
    frame = pd.DataFrame(rows, dtype=float).assign(district_id=names, name=names)
    year, uptake, gap = lever
    asked = ask(year=year, uptake=uptake, gap=gap)
    shut = {
        name: numbers[name]  # the lever pins the path at the ends of its range
        if name.startswith(("ev_share_20", "company_ev_"))
        else number
        for name, number in closed.items()
    }
    model = estimate(frame, asked, closed if uptake == "mid" else shut, draws=2)
    for place, key in enumerate(names):
        found = chain(frame, asked, numbers, key)
        row = model.districts.iloc[place]
        for name in QUANTITIES:
            assert found[name].value == pytest.approx(row[f"{name}_p50"], rel=1e-9, abs=1e-9)
        assert found["ev_share"].value == pytest.approx(row["ev_share"], rel=1e-12)
        assert found["ev_share"].value == pytest.approx(
            1 / (1 + 2.718281828459045 ** -(found["shift"].value + found["offset"].value))
        )
        parts = (found[f"kwh_{group.key}"].value for group in GROUPS)
        assert sum(parts) == pytest.approx(found["kwh_year"].value, rel=1e-9)
        for each in found.steps:
            assert each.formula
            assert "{" not in each.formula
            assert each.stage in STAGES


def test_the_curve_of_registrations_is_said_where_the_gap_follows_it(
    three: pd.DataFrame, closed: Numbers, ask: Ask
) -> None:
    known = {2018: 0.2, 2019: 0.3, 2020: 0.45, 2021: 0.7, 2022: 1.0}
    frame = three.assign(**{f"plugins_{y}": three["cars_bev"] * part for y, part in known.items()})
    asked = ask(gap="bass")
    found = chain(frame, asked, closed, "D1")
    row = estimate(frame, asked, closed, draws=2).districts.iloc[0]
    assert found["points"].value == row["points_p50"]
    assert found["ev_share"].value == pytest.approx(row["ev_share"], rel=1e-12)
    assert "on the curve of the yearly registrations" in found["offset"].formula
    assert "bass_cap" in found.numbers
    assert "tau_years" not in found.numbers


def test_ranges_are_the_models_own(three: pd.DataFrame, numbers: Numbers, ask: Ask) -> None:
    answer = estimate(three, ask(), numbers, draws=64)
    found = explain(three, ask(), numbers, "D2", answer)
    row = answer.districts.iloc[1]
    for name in QUANTITIES:
        band = found[name].band
        assert band is not None
        assert (band.p10, band.p50, band.p90) == tuple(
            row[f"{name}_{each}"] for each in ("p10", "p50", "p90")
        )
    assert found["shift"].band is None, "the model gives no range of it"
    assert found["points_plan"].value == row["points_plan"]


def test_every_drawn_number_stands_in_exactly_one_stage(
    three: pd.DataFrame, numbers: Numbers, ask: Ask
) -> None:
    found = chain(three, ask(), numbers, "D1")
    listed = [name for stage in STAGES for name in found.names_of(stage)]
    assert sorted(listed) == sorted(found.numbers)
    moving = {name for source in DRAWN + SWITCHES for name in source.names}
    assert moving <= set(listed)


def test_one_other_number_moves_the_steps_after_it_and_none_before(
    three: pd.DataFrame, numbers: Numbers, ask: Ask
) -> None:
    own = overridden(numbers, [("kwh_session", 31.4)], assumptions())
    before, after = (chain(three, ask(), each, "D1") for each in (numbers, own))
    found = moved(before, after)
    assert {"sessions_day", "connected_hours_day", "load", "points"} <= set(found)
    assert not {"ev", "kwh_year", "clusters"} & set(found)
    assert found["sessions_day"].value == pytest.approx(2 * after["sessions_day"].value)
    assert moved(before, before) == {}


def test_a_figure_that_was_filled_in_is_never_called_measured(
    three: pd.DataFrame, numbers: Numbers, ask: Ask
) -> None:
    found = chain(three, ask(), numbers, "D1")
    assert found["cars_counted"].status == "measured"
    assert found["kwh_year"].status == "", "computed, not loaded"
    blank = three.assign(cars=[float("nan"), 2500.0, 1500.0])
    filled = chain(blank, ask(), numbers, "D1")
    assert filled["cars_counted"].status == "default"
    assert filled["households"].status == "measured"
    nothing = blank.assign(households=float("nan"), population=float("nan"))
    assert chain(nothing, ask(), numbers, "D1")["cars_counted"].status == "unknown"
    said = three.assign(status=["estimated", "measured", "measured"])
    assert chain(said, ask(), numbers, "D1")["cars_counted"].status == "estimated"


def test_commuters_are_spread_by_what_is_loaded(
    three: pd.DataFrame, numbers: Numbers, ask: Ask
) -> None:
    by_people = chain(three, ask(), numbers, "D1")["kwh_commuter"]
    assert "of the city's inhabitants" in by_people.formula
    jobs = three.assign(jobs=[0.0, 100.0, 300.0])
    by_jobs = chain(jobs, ask(), numbers, "D1")["kwh_commuter"]
    assert "of the city's jobs" in by_jobs.formula
    assert by_jobs.value == 0


def test_an_unknown_district_is_refused(three: pd.DataFrame, numbers: Numbers, ask: Ask) -> None:
    with pytest.raises(InputError, match=r"'D9'.*such as D1, D2, D3"):
        chain(three, ask(), numbers, "D9")


def test_every_assumption_has_a_name_of_its_own() -> None:
    assert set(TITLES) == set(assumptions())
    assert len(set(TITLES.values())) == len(TITLES)
    assert title_of("no_such_number") == "no_such_number"
