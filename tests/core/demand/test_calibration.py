"""Cleaning, fitting and errors, by hand."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import nbinom, poisson

from app.core.demand.calibration import clean, errors, fit, stale
from app.core.demand.counts import scatter


def test_every_fault_is_counted_once_and_in_order() -> None:
    rows = [
        ("a", 2.0, 10.0, 11.0),  # sound
        ("a", 2.0, 10.0, 11.0),  # the same again
        ("b", 0.0, 10.0, 11.0),
        ("c", -1.0, -5.0, 11.0),  # two faults, one count
        ("d", 481.0, 10.0, 11.0),
        ("e", 2.0, 0.0, 11.0),
        ("f", 2.0, 23.2, 11.0),  # 22 kWh and 5 % are possible, no more
        ("g", 2.0, 23.0, 11.0),
        ("h", 2.0, 900.0, np.nan),  # unknown power says nothing
    ]
    frame = pd.DataFrame(rows, columns=["id", "hours", "energy_kwh", "max_power_kw"])
    kept, gone = clean(frame)
    assert kept["id"].tolist() == ["a", "g", "h"]
    assert gone == {"duplicate": 1, "no_time": 2, "too_long": 1, "no_energy": 1, "impossible": 1}


def test_a_status_that_never_changes_is_stale_and_a_single_look_is_not() -> None:
    charger = pd.Series(["a", "a", "b", "b", "c", "c", "d"])
    percent = pd.Series([0.0, 0.0, 100.0, 0.0, 50.0, 50.0, 100.0])
    assert stale(charger, percent) == {"a", "c"}


def test_the_factor_is_that_of_least_squares_through_the_origin() -> None:
    """Modelled 10, 20, 100 and measured 5, 12: (10 x 5 + 20 x 12) / (100 + 400) = 0.58."""
    measured, mean = np.array([5.0, 12.0, 900.0]), np.array([10.0, 20.0, 100.0])
    counts = np.array([True, True, False])
    found = fit(measured, mean, 0.5 * mean, 1.5 * mean, counts)
    assert found is not None
    assert found.factor == pytest.approx(0.58)
    assert found.districts == 2
    assert found.before.bias == pytest.approx(30 / 17 - 1)
    assert found.before.mae == pytest.approx(6.5)
    assert found.before.inside == 1.0  # 5 of 5 to 15, 12 of 10 to 30
    assert found.after.mae == pytest.approx((0.8 + 0.4) / 2)


def test_nothing_that_counts_gives_nothing() -> None:
    some = np.array([1.0, 2.0])
    assert fit(some, some, some, some, np.array([False, False])) is None
    assert fit(np.full(2, np.nan), some, some, some, np.array([True, True])) is None
    assert fit(some, np.zeros(2), some, some, np.array([True, True])) is None


def test_a_perfect_model_has_no_error() -> None:
    seen = np.array([1.0, 4.0, 9.0])
    found = errors(seen, seen, seen - 1, seen + 1)
    assert (found.bias, found.mae, found.mape, found.r2, found.inside) == (0, 0, 0, 1, 1)


def test_a_poisson_interval_is_too_narrow_for_charging() -> None:
    """Counts as at Hamburg's sites, variance about 15 times the mean: Poisson holds few of them."""
    rng = np.random.default_rng(7)
    mean, alpha = 44.0, 0.31
    size = 1 / alpha
    counts = rng.negative_binomial(size, size / (size + mean), 399).astype(float)
    found = scatter(counts, np.full(399, counts.mean()))
    assert found.ratio == pytest.approx(14.8, rel=0.15)
    assert found.alpha == pytest.approx(alpha, rel=0.15)
    narrow = poisson.interval(0.8, counts.mean())
    shape = 1 / found.alpha
    honest = nbinom.interval(0.8, shape, shape / (shape + counts.mean()))
    held = [np.mean((low <= counts) & (counts <= high)) for low, high in (narrow, honest)]
    assert held[0] < 0.4
    assert held[1] == pytest.approx(0.8, abs=0.05)
