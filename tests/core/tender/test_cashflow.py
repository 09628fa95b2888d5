"""Money of a lot under six operating models: nobody gains what nobody else loses."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.core.errors import InputError
from app.core.tender.break_even import (
    NONE_FOUND,
    NOT_POSITIVE,
    break_even,
    concession_by_formula,
    risk_npv,
)
from app.core.tender.cashflow import LINES, NAMES, SHARES, check, flows, npv, parties, payback
from app.core.tender.deals import DEALS, PARTIES
from app.core.tender.library import MODELS
from app.core.tender.tornado import market_over_hardware, tornado
from app.services.parameters import load_parameters

USUAL = {name: load_parameters()[f"cash_{name}"].value for name in NAMES}
WORKED = [  # TENDER.md 2.5: one post, two points; authority, operator, bank, project [EUR]
    ("concession", 8, -181.95, -4881.75, 0, -5063.70),
    ("concession", 20, 1107.54, 1565.68, 0, 2673.22),
    ("direct", 8, -5493.23, 429.53, 0, -5063.70),
    ("hybrid", 8, -2697.49, -2366.21, 0, -5063.70),
    ("hybrid", 20, -142.07, 2815.29, 0, 2673.22),
    ("licence", 8, 783.70, -5847.40, 0, -5063.70),
    ("subsidy", 8, -2841.61, -2222.09, 0, -5063.70),
    ("ppp", 8, -2988.25, -1946.65, -128.80, -5063.70),
]
EVEN = [
    ("concession", {}, 17.0859),
    ("direct", {}, 16.8138),
    ("hybrid", {}, 13.4502),
    ("licence", {}, 17.0693),
    ("subsidy", {}, 11.4465),
    ("ppp", {}, 14.0385),
    ("concession", {"v2g_share": 1}, 19.3194),
    ("concession", {"v2g_share": 1, "flex_point": 100}, 16.5797),
    ("concession", {"fee_kwh": 0}, 14.2383),
]


@st.composite
def lots(draw: st.DrawFn) -> dict[str, float]:
    """Any numbers that are not refused."""
    found: dict[str, float] = {}
    for name in NAMES:
        top = 1.0 if name in SHARES else 2 * max(USUAL[name], 1.0)
        found[name] = draw(st.floats(0, top, allow_subnormal=False))
    for name in ("years", "debt_years"):
        found[name] = float(draw(st.integers(1, 20)))
    found["g"] = draw(st.floats(-0.1, 0.1))
    found["u"] = draw(st.floats(0, 24)) * found["kw_point"]
    return found


def worth(key: str, values: dict[str, Any]) -> dict[str, float]:
    moved = flows(values)
    found = {who: npv(cash, moved.of["r"]) for who, cash in parties(key, moved).items()}
    return {who: float(each[0]) for who, each in found.items()}


@pytest.mark.parametrize(("key", "u", "authority", "operator", "bank", "project"), WORKED)
def test_the_worked_table(  # noqa: PLR0913, PLR0917
    key: str, u: float, authority: float, operator: float, bank: float, project: float
) -> None:
    values = USUAL | {"u": u}
    found, moved = worth(key, values), flows(values)
    assert found["authority"] == pytest.approx(authority, abs=0.01)
    assert found["operator"] == pytest.approx(operator, abs=0.01)
    assert found["bank"] == pytest.approx(bank, abs=0.01)
    assert found["company"] == 0, "a joint company keeps nothing"
    assert float(npv(moved.project, moved.of["r"])[0]) == pytest.approx(project, abs=0.01)


@pytest.mark.parametrize(("key", "changed", "u"), EVEN)
def test_the_worked_break_evens(key: str, changed: dict[str, float], u: float) -> None:
    assert break_even(key, USUAL | changed).kwh_point_day == pytest.approx(u, abs=5e-5)


def test_the_first_year_of_the_operator_by_hand() -> None:
    # 2 points x 8 kWh x 365 x 0.10 EUR = 584; less 2 x 175 and 150 = 84
    assert parties("concession", flows(USUAL))["operator"][0, 1] == pytest.approx(84)


@given(values=lots())
@settings(max_examples=60, deadline=None)
def test_the_parties_add_up_to_the_project_in_every_year(values: dict[str, float]) -> None:
    check(values)
    moved = flows(values)
    for key in DEALS:
        total = sum(parties(key, moved).values(), np.zeros(1))
        np.testing.assert_allclose(total, moved.project, rtol=1e-12, atol=1e-6)


@pytest.mark.parametrize("key", MODELS)
def test_every_line_is_borne_once_and_every_transfer_has_two_parties(key: str) -> None:
    borne = [line for lines in DEALS[key].bears.values() for line in lines]
    assert sorted(borne) == sorted(LINES)
    for transfer in DEALS[key].transfers:
        assert {transfer.payer, transfer.payee} <= set(PARTIES)
        assert transfer.payer != transfer.payee
    assert set(DEALS) == set(MODELS)


@given(values=lots(), more=st.floats(0.01, 2))
@settings(max_examples=40, deadline=None)
def test_more_energy_tariff_or_grant_never_hurts_who_bears_the_risk(
    values: dict[str, float], more: float
) -> None:
    for key, deal in DEALS.items():
        before = float(risk_npv(key, values)[0])
        for name in ("u", "tariff", "state_grant_point"):
            own = deal.margin(values) >= 0
            if key == "hybrid":
                own = deal.margin(values) > values["rev_share"] * (values["tariff"] + more)
            if not own:
                continue
            after = float(risk_npv(key, values | {name: values[name] + more})[0])
            assert after >= before - 1e-6, (key, name)


def test_without_fee_rent_and_duties_a_concession_moves_no_public_money() -> None:
    nothing = dict.fromkeys(("fee_kwh", "rent_bay", "setup_post", "run_post"), 0.0)
    assert not parties("concession", flows(USUAL | nothing))["authority"].any()


@given(values=lots())
@settings(max_examples=40, deadline=None)
def test_the_search_finds_the_formula_or_says_why_not(values: dict[str, float]) -> None:
    values |= {"g": 0.0, "points": max(values["points"], 1.0)}
    values["kw_point"] = max(values["kw_point"], 1.0)
    found = break_even("concession", values)
    if DEALS["concession"].margin(values) <= 0:
        assert found.reason == NOT_POSITIVE
        return
    exact = concession_by_formula(values)
    if found.kwh_point_day is None:
        assert found.reason == NONE_FOUND
        assert exact > 24 * values["kw_point"] - 1e-6
        return
    assert found.kwh_point_day == pytest.approx(max(exact, 0.0), abs=1e-6, rel=1e-7)


@pytest.mark.parametrize("key", MODELS)
def test_a_little_less_than_break_even_loses(key: str) -> None:
    found = break_even(key, USUAL).kwh_point_day
    assert found is not None
    assert (
        risk_npv(key, USUAL | {"u": found})[0] >= 0 > risk_npv(key, USUAL | {"u": found - 1e-6})[0]
    )


def test_energy_dearer_than_the_tariff_has_no_break_even_and_says_why() -> None:
    found = break_even("concession", USUAL | {"energy": 0.5})
    assert (found.kwh_point_day, found.reason) == (None, NOT_POSITIVE)
    found = break_even("concession", USUAL | {"station": 1e6})
    assert (found.kwh_point_day, found.reason) == (None, NONE_FOUND)


def test_a_broken_promise_is_clawed_back_and_a_kept_one_is_not() -> None:
    plain = parties("subsidy", flows(USUAL))["authority"][0]
    kept = parties("subsidy", flows(USUAL | {"promised_u": 8}))["authority"][0]
    half = parties("subsidy", flows(USUAL | {"promised_u": 16}))["authority"][0]
    assert (plain == kept).all()
    assert half[-1] - plain[-1] == pytest.approx(900)  # half of 2 x 900 EUR


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"u": 265}, "u: 265 kWh a day is more than the point can deliver, at most 264"),
        ({"years": 7.5}, "years: 7.5 is not a whole number"),
        ({"tariff": -0.1}, "tariff: -0.1 is below 0"),
        ({"uptime": 1.2}, "uptime: 1.2 is outside 0 to 1"),
        ({"r": float("nan")}, "r: nan is not a number"),
    ],
)
def test_what_no_lot_can_have_is_refused(changed: dict[str, float], words: str) -> None:
    with pytest.raises(InputError, match=words.replace("(", r"\(")):
        check(USUAL | changed)


def test_payback_is_within_the_year_and_never_where_it_stays_short() -> None:
    assert payback(np.array([-100.0, 40.0, 40.0, 40.0])) == pytest.approx(2.5)
    assert payback(np.array([0.0, 1.0])) == 0
    assert payback(np.array([-100.0, 120.0, -40.0])) is None
    assert payback(np.array([-1.0, 0.5])) is None


def test_the_tornado_is_the_same_as_one_run_each_and_longest_first() -> None:
    ranges = {"tariff": (0.3, 0.6), "years": (8.0, 15.0)}
    for key, bars in tornado(USUAL, ranges).items():
        assert [bar.swing for bar in bars] == sorted((bar.swing for bar in bars), reverse=True)
        for bar in bars:
            alone = [
                float(risk_npv(key, USUAL | {bar.name: end})[0]) for end in (bar.low, bar.high)
            ]
            assert [bar.low_npv, bar.high_npv] == pytest.approx(alone, abs=1e-6)
        named = {bar.name: bar for bar in bars}
        assert (named["tariff"].low, named["tariff"].high) == (0.3, 0.6)
        assert (named["energy"].low, named["energy"].high) == pytest.approx((0.192, 0.288))
        assert "points" not in named


def test_the_market_moves_more_than_any_hardware_price() -> None:
    ranges = {
        name: (each.low, each.high)
        for name, each in ((name, load_parameters()[f"cash_{name}"]) for name in NAMES)
    }
    least, most = market_over_hardware(tornado(USUAL, ranges)["concession"]) or (0, 0)
    assert 2 <= least < most <= 9


@pytest.mark.parametrize("promised", [2.2250738585072014e-308, 0.0])
def test_a_promise_next_to_nothing_claws_nothing_back(promised: float) -> None:
    """Dividing by a promise so small overflows; yet it is a promise kept."""
    plain = parties("subsidy", flows(USUAL))["authority"]
    kept = parties("subsidy", flows(USUAL | {"promised_u": promised}))["authority"]
    assert (plain == kept).all()
