"""Words name exactly what differs."""

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from app.core.parameters import Parameter
from app.core.scenario import Knob, Scenario, choices, defaults, knobs
from app.core.words import (
    NOTHING_ELSE,
    SAME,
    Difference,
    diff,
    label,
    number_text,
    sentences,
    summary,
)

LEVERS = {
    **{
        name: st.integers(int(spec.low), int(spec.high))
        if isinstance(defaults()[name], int)
        else st.floats(spec.low, spec.high)
        for name, spec in knobs().items()
    },
    **{name: st.sampled_from(list(spec.options())) for name, spec in choices().items()},
    "contract": st.sampled_from(["utrecht-16-20", "evening"]),
    "assumptions": st.dictionaries(st.sampled_from(["kwh_km", "km_bev"]), st.floats(-10, 1e6)).map(
        lambda found: tuple(sorted(found.items()))
    ),
    "locked": st.lists(st.sampled_from("abcdef"), unique=True).map(tuple),
    "weights": st.dictionaries(st.sampled_from(["walk", "room"]), st.floats(0, 10)).map(
        lambda found: tuple(sorted(found.items()))
    ),
}
SCENARIOS = st.fixed_dictionaries({}, optional=LEVERS).map(lambda moved: Scenario(**moved))


def other(name: str, spec: Knob) -> float:
    """A value the knob may take that is not its default."""
    return type(defaults()[name])(spec.high if defaults()[name] != spec.high else spec.low)


@pytest.mark.parametrize("name", knobs())
def test_every_knob_has_a_phrase(name: str) -> None:
    moved = Scenario().but(**{name: other(name, knobs()[name])})
    first, last = sentences(Scenario(), moved)
    assert first.startswith(f"{knobs()[name].label}: ")
    assert first.endswith(".")
    assert last == NOTHING_ELSE


@settings(derandomize=True, deadline=None, max_examples=60)
@given(SCENARIOS, SCENARIOS)
def test_exactly_the_moved_levers_are_named(a: Scenario, b: Scenario) -> None:
    named = {each.name.partition(".")[0] for each in diff(a, b)}
    assert named == {name for name in defaults() if getattr(a, name) != getattr(b, name)}
    assert all(each.before_text != each.after_text for each in diff(a, b) if each.name != "locked")


@settings(derandomize=True, deadline=None, max_examples=60)
@given(SCENARIOS, SCENARIOS)
def test_turning_the_question_round_swaps_old_and_new(a: Scenario, b: Scenario) -> None:
    turned = {"up": "down", "down": "up", "changed": "changed"}

    def turn(each: Difference) -> tuple[object, ...]:
        texts = (each.after_text, each.before_text)
        return (each.name, each.after, each.before, *texts, turned[each.direction])

    there = [
        (d.name, d.before, d.after, d.before_text, d.after_text, d.direction) for d in diff(a, b)
    ]
    assert there == [turn(each) for each in diff(b, a)]


def test_equal_scenarios_have_the_same_assumptions() -> None:
    assert sentences(Scenario(year=2040), Scenario(year=2040)) == [SAME]
    assert diff(Scenario(), Scenario()) == []


def test_sentences_come_in_page_order_with_units_and_direction() -> None:
    a = Scenario()
    b = a.but(
        strategy="pause", v2g_share=0.3, year=2035, budget_eur=2_500_000, floor_share=0.2, lots=3
    )
    titles = choices()["strategy"].options()
    assert sentences(a, b) == [
        "Year: up from 2030 to 2035.",
        f"Strategy: {titles['pause']} instead of {titles['v2g']}.",
        "V2G share: up from 17.5 % to 30 % of points.",
        "Budget: down from 5,000,000 to 2,500,000 EUR.",
        "Served in every district: up from 0 % to at least 20 %.",
        "Lots: up from 1 to 3.",
        NOTHING_ELSE,
    ]


def test_lists_and_weights_speak_too() -> None:
    b = Scenario(
        locked=("p1", "p2", "p3", "p4"),
        weights=(("walk", 2.5),),
        assumptions=(("kwh_km", 0.2),),
        contract="evening",
    )
    assert sentences(Scenario(), b)[:-1] == [
        "Use of electric cars per km: 0.2 instead of the usual.",
        "Capacity contract: evening instead of utrecht-16-20.",
        "Weight of walk: 2.5 instead of the usual.",
        "Places fixed by hand: p1, p2, p3 and 1 more added.",
    ]
    fewer = b.but(locked=("p9", "p1", "p2"))
    assert sentences(b, fewer)[0] == "Places fixed by hand: p9 added, p3, p4 taken out."
    assert "another order" in sentences(Scenario(locked=("a", "b")), Scenario(locked=("b", "a")))[0]


def test_two_values_that_round_alike_get_more_digits() -> None:
    first, _ = sentences(Scenario(v2g_share=0.30001), Scenario(v2g_share=0.30002))
    assert first == "V2G share: up from 30.001 % to 30.002 % of points."


def test_a_headline_names_what_was_added_and_stays_short() -> None:
    a = Scenario(strategy="throttle")
    pause = choices()["strategy"].options()["pause"]
    assert label(a.but(strategy="pause", v2g_share=0.3), a) == f"B = A + {pause} + V2G share 30 %"
    assert label(a, a) == "B = A"
    many = a.but(year=2040, lots=2, seed=1, radius_m=400, opt_out=0.1, block_target=0.1)
    assert label(many, a, name="C").startswith("C = A + Year 2040 + ")
    assert label(many, a).endswith(" + 2 more")


def test_the_summary_is_one_line_with_every_lever_that_was_moved() -> None:
    line = summary(Scenario(lots=4, weights=(("walk", 3.0),), locked=("p1",)))
    assert "\n" not in line
    assert line.startswith("Year 2030 · Electric cars: Middle · Strategy: ")
    assert "V2G share 17.5 % of points" in line
    assert line.endswith("Weight of walk 3 · Places fixed by hand: p1 · Lots 4")
    assert "Budget" not in summary(Scenario())


def test_an_assumption_is_named_as_planners_do_with_the_usual_number_beside_it() -> None:
    numbers = {
        "kwh_km": Parameter("kwh_km", 0.2, 0.17, 0.23, "kWh/km", "kerbwatt", ""),
        "pub_own": Parameter("pub_own", 0.05, 0.02, 0.1, "share", "kerbwatt", ""),
    }
    own = Scenario(assumptions=(("kwh_km", 0.2502), ("pub_own", 0.05)))
    assert sentences(Scenario(), own, numbers) == [
        "Use of electric cars per km: up from the usual 0.2 to 0.25 kWh/km.",
        "Public charging with own parking: 0.05 instead of the usual 0.05.",
        NOTHING_ELSE,
    ]
    other = Scenario(assumptions=(("kwh_km", 0.2501),))
    assert sentences(own, other, numbers)[0] == (
        "Use of electric cars per km: down from 0.2502 to 0.2501 kWh/km."
    )
    assert sentences(other, Scenario())[0] == (
        "Use of electric cars per km: the usual instead of 0.25."
    )
    assert "kwh_km" not in summary(own)
    assert "kwh_km" not in label(own, Scenario())


@settings(derandomize=True, deadline=None, max_examples=100)
@given(st.floats(-1e9, 1e9))
def test_numbers_keep_three_digits(value: float) -> None:
    assume(abs(value) > 1e-9)
    assert float(number_text(value).replace(",", "")) == pytest.approx(value, rel=0.005)


def test_numbers_are_written_as_people_do() -> None:
    written = [number_text(each) for each in (0.0, 1234567.0, 0.045678, 99.96, 12, 1000.0, -2.0)]
    assert written == ["0", "1,230,000", "0.0457", "100", "12", "1,000", "-2"]
