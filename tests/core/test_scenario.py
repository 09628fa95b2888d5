"""A scenario comes from strangers: links, files, the command line."""

from dataclasses import FrozenInstanceError, fields
from math import inf, nan

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.core.errors import InputError
from app.core.scenario import Knob, Scenario, choices, defaults, knobs


@pytest.mark.parametrize("name", knobs())
def test_every_knob_refuses_what_its_slider_could_not_make(name: str) -> None:
    spec = knobs()[name]
    for value in (spec.low - 1, spec.high + 1):
        with pytest.raises(InputError, match="outside"):
            Scenario(**{name: value})
    for value in (nan, inf, "1", None, True):
        with pytest.raises(InputError, match=spec.label):
            Scenario(**{name: value})


@pytest.mark.parametrize(("name", "spec"), knobs().items())
def test_every_knob_takes_its_ends_and_its_default_lies_on_a_step(name: str, spec: Knob) -> None:
    kind = type(defaults()[name])
    for value in (kind(spec.low), kind(spec.high)):
        assert getattr(Scenario(**{name: value}), name) == value
    steps = (defaults()[name] - spec.low) / spec.step
    assert steps == pytest.approx(round(steps), abs=1e-6)
    assert spec.label
    assert spec.group


@pytest.mark.parametrize("name", choices())
def test_every_choice_names_its_options_when_it_refuses(name: str) -> None:
    options = choices()[name].options()
    assert defaults()[name] in options
    for key in options:
        assert getattr(Scenario(**{name: key}), name) == key
    with pytest.raises(InputError, match="choose from"):
        Scenario(**{name: "nothing of the kind"})


def test_a_whole_lever_takes_no_half() -> None:
    with pytest.raises(InputError, match="Year"):
        Scenario(year=2030.5)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "changes",
    [
        {"weights": (("walk", -1.0),)},
        {"weights": (("walk", 11.0),)},
        {"locked": (1,)},
        {"assumptions": (("kwh_km", float("inf")),)},
    ],
    ids=str,
)
def test_lists_hold_ids_and_weights_only(changes: dict[str, tuple[object, ...]]) -> None:
    with pytest.raises(InputError):
        Scenario(**changes)  # type: ignore[arg-type]


def test_it_is_its_own_cache_key_and_never_changes() -> None:
    one = Scenario(v2g_share=0.4, locked=("a",))
    assert {one: 1}[Scenario(v2g_share=0.4, locked=("a",))] == 1
    assert one != Scenario()
    with pytest.raises(FrozenInstanceError):
        one.year = 2031  # type: ignore[misc]
    assert one.but(year=2031).v2g_share == 0.4
    assert one.year == Scenario().year


def test_every_lever_has_a_default() -> None:
    assert set(defaults()) == {each.name for each in fields(Scenario)}
    assert Scenario().changes() == {}


@settings(derandomize=True, deadline=None, max_examples=50)
@given(st.integers(2022, 2050), st.floats(0, 1), st.integers(1, 12))
def test_what_differs_is_enough_to_make_it_again(year: int, share: float, lots: int) -> None:
    scenario = Scenario(year=year, v2g_share=share, lots=lots)
    assert Scenario(**scenario.changes()) == scenario
    assert scenario.only("year") == Scenario(year=year)
    assert set(scenario.changes()) <= {"year", "v2g_share", "lots"}


def test_a_price_of_the_cash_flow_is_no_part_of_a_key() -> None:
    own = Scenario(assumptions=(("cash_tariff", 0.5), ("kwh_km", 0.2)))
    assert own.only("year", "assumptions").assumptions == (("kwh_km", 0.2),)
    assert own.assumptions == (("cash_tariff", 0.5), ("kwh_km", 0.2))
    assert own.without_money() == Scenario(assumptions=(("kwh_km", 0.2),))
