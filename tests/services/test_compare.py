"""A comparison says what differs, by how much, and whether that is good."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.core.errors import InputError
from app.core.scenario import Scenario
from app.services.compare import INDICATORS, assumptions, compare, refuse_other_project

VALUES = st.dictionaries(
    st.sampled_from([*INDICATORS, "something_new"]),
    st.none() | st.floats(-1e9, 1e9),
    max_size=6,
)


def test_one_case_by_hand() -> None:
    # peak 200 to 150 kW: 50 less, a quarter, and less is better; discharging is neither
    rows = {
        row.key: row
        for row in compare(
            {"peak_kw": 200.0, "discharged_kwh": 0.0, "unserved_kwh": 1.0},
            {"peak_kw": 150.0, "discharged_kwh": 9.0, "unserved_kwh": None},
        )
    }
    assert (rows["peak_kw"].difference, rows["peak_kw"].percent) == (-50.0, -25.0)
    assert rows["peak_kw"].verdict == "better"
    assert (rows["discharged_kwh"].percent, rows["discharged_kwh"].verdict) == (None, "neutral")
    assert rows["unserved_kwh"].difference is None
    assert rows["unserved_kwh"].verdict == "neutral"


@settings(derandomize=True, deadline=None, max_examples=80)
@given(VALUES, VALUES)
def test_turning_it_round_turns_the_verdicts(
    a: dict[str, float | None], b: dict[str, float | None]
) -> None:
    turned = {"better": "worse", "worse": "better", "neutral": "neutral"}
    there = {row.key: row for row in compare(a, b)}
    back = {row.key: row for row in compare(b, a)}
    assert set(there) == set(back) == set(a) | set(b)
    for key, row in there.items():
        assert row.verdict == turned[back[key].verdict]
        assert (row.before, row.after) == (a.get(key), b.get(key))
        if row.difference is not None:
            assert row.difference == -(back[key].difference or 0.0)


@settings(derandomize=True, deadline=None, max_examples=40)
@given(VALUES)
def test_against_itself_nothing_differs(a: dict[str, float | None]) -> None:
    assert all(row.verdict == "neutral" and not row.difference for row in compare(a, a))


def test_an_indicator_of_a_plugin_comes_last_and_is_not_judged() -> None:
    rows = compare({"own": 1.0, "peak_kw": 2.0}, {"own": 5.0, "peak_kw": 2.0})
    assert [(row.key, row.label, row.verdict) for row in rows] == [
        ("peak_kw", "City peak", "neutral"),
        ("own", "own", "neutral"),
    ]


def test_layers_that_differ_are_named_after_the_levers() -> None:
    a, b = Scenario(), Scenario(lots=2)
    assert assumptions(a, b, layers=({"grid": "1"}, {"grid": "2"})) == [
        "Lots: up from 1 to 2.",
        "The grid layer is another one.",
        "Nothing else differs.",
    ]
    assert assumptions(a, a, layers=({"grid": "1"}, {"grid": "1"})) == ["Same assumptions."]
    assert assumptions(a, a, layers=({}, {"grid": "1"}))[0] == "The grid layer is another one."


def test_two_cities_are_never_compared_as_one() -> None:
    refuse_other_project("utrecht", "utrecht")
    refuse_other_project("", "utrecht")
    with pytest.raises(InputError, match="one city"):
        refuse_other_project("utrecht", "oslo")
