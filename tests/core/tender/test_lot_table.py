"""Lots are sums of their places; what is not known of a place is not known of its lot."""

import numpy as np
import pandas as pd
import pytest

from app.core.tender.lot_table import SiteFacts, in_text, lot_table, uneven

SITES = pd.DataFrame(
    {
        "lot_code": ["1", "1", "2", "2", "2"],
        "n_charge_points": pd.array([2, 4, 2, 2, 2], "Int64"),
        "station_kw": [22.0, 44.0, 22.0, 22.0, 22.0],
        "grid_connection": ["3x25 A", "unknown", "3x25 A", "3x25 A", "unknown"],
        "district": ["B", "A", "A", "A", "A"],
        "est_capex_eur": [100.0, 200.0, 300.0, 400.0, np.nan],
    }
)


def _facts(**more: list[float]) -> SiteFacts:
    told = {
        "kwh_day": [10.0, 90.0, 40.0, 30.0, 10.0],
        "usual_kwh_day": [32.0, 64.0, 32.0, 32.0, 32.0],
    }
    told |= {"homes": [30.0, 40.0, 2.0, 1.0, 1.0]} | more
    return SiteFacts(**{name: pd.Series(values) for name, values in told.items()})


def _table(facts: SiteFacts, *, internal: bool = True) -> pd.DataFrame:
    return lot_table(SITES, facts, weak_point=0.75, few=5, internal=internal).set_index("lot_code")


def test_by_hand_two_lots() -> None:
    # weak are below 24 a pair of points (48 for four): the 10 in lot 1 and the 10 in lot 2
    found = _table(_facts())
    first, second = found.loc["1"], found.loc["2"]
    assert (first["sites"], first["points"], first["kw"], first["kwh_day"]) == (2, 6, 66.0, 100.0)
    assert first["kwh_year_p50"] == 36_500
    assert (first["weak_share"], second["weak_share"]) == (0.1, 0.125)
    assert first["balance_ratio"] == second["balance_ratio"] == 1.25
    assert first["connection_classes"] == "3x25 A: 1; unknown: 1"
    assert first["districts"] == "A; B"
    assert first["cost_eur"] == 300.0
    assert np.isnan(second["cost_eur"])  # one place has no price: no sum that is too small
    assert np.isnan(first["margin_eur"])
    assert found["kwh_share"].sum() == pytest.approx(1, abs=1e-3)


def test_what_nobody_drew_stays_empty() -> None:
    found = _table(_facts()).reset_index()
    assert found[["kwh_year_p10", "kwh_year_p90"]].isna().all(axis=None)


def test_few_homes_are_withheld_outside_and_said_so() -> None:
    inside, outside = _table(_facts()), _table(_facts(), internal=False)
    assert inside["homes"].tolist() == [70.0, 4.0]
    # 4 is below 5, and 70 would give it away beside the sum
    assert outside["homes"].isna().all()
    assert outside["suppressed"].tolist() == ["withheld", "<5"]
    assert in_text(outside, 5)["homes"].tolist() == ["withheld", "<5"]
    assert in_text(inside, 5)["homes"].tolist() == [70.0, 4.0]
    assert not {"cost_eur", "margin_eur"} & {*outside}


def test_an_unknown_place_makes_its_lot_unknown_not_smaller() -> None:
    found = _table(_facts(kwh_day=[10.0, 90.0, 40.0, 30.0, np.nan]))
    assert np.isnan(found.loc["2", "kwh_day"])
    assert found["balance_ratio"].isna().all()
    assert np.isnan(_table(_facts(usual_kwh_day=[np.nan] * 5)).loc["1", "weak_share"])


def test_a_lot_of_leftovers_is_named() -> None:
    assert uneven(_table(_facts()).reset_index()) == ()
    poor = _table(_facts(kwh_day=[40.0, 90.0, 10.0, 10.0, 40.0])).reset_index()
    # lot 2 has 20 of its 60 kWh at weak places, the city 20 of 190
    assert uneven(poor) == (
        "lot 1: 0% of its energy lies at weak places, 11% in the city",
        "lot 2: 33% of its energy lies at weak places, 11% in the city",
    )
