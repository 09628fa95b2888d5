"""Strategies on own sessions: the lowest peak is never one that leaves cars short."""

from typing import Any

from app.services.own_answers import OwnRow
from app.ui.own_figures import strategies_sentence


def row(strategy: str, peak_kw: float, missed_kwh: float = 0.0) -> OwnRow:
    """One strategy, of 100 kWh that could be charged."""
    kpis: dict[str, Any] = {
        "peak_kw": peak_kw,
        "energy_delivered_kwh": 100.0 - missed_kwh,
        "energy_unserved_kwh": missed_kwh,
        "users": {"below_95": 0.0},
    }
    return OwnRow(strategy, kpis, "")


def test_a_strategy_that_starves_cars_is_not_the_lowest_peak() -> None:
    rows = [row("uncontrolled", 100), row("pause", 80), row("traffic_light", 40, 30)]
    words = strategies_sentence(rows)
    assert "Lowest peak, about 80 kW: Pauses" in words
    assert "Not compared, because cars leave short: Traffic light" in words


def test_where_all_starve_none_is_the_best() -> None:
    assert "none is called the best" in strategies_sentence([row("traffic_light", 40, 30)])


def test_the_wear_of_the_deepest_peak_is_said() -> None:
    words = strategies_sentence([row("pause", 80), row("v2g_flatten", 60)])
    assert "V2G all day (wear) would reach 60 kW, at the cost of the batteries." in words
    assert "Lowest peak, about 60" not in words
