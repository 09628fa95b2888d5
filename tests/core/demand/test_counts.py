"""Counts scatter more than Poisson says, and by how much is found again."""

import numpy as np
import pytest

from app.core.demand.counts import scatter


def test_a_planted_scatter_is_found_again() -> None:
    chance = np.random.default_rng(1)
    expected = chance.uniform(20, 200, 2_000)
    counts = chance.poisson(expected * chance.gamma(1 / 0.3, 0.3, 2_000)).astype(float)
    found = scatter(counts, expected)
    assert found.alpha == pytest.approx(0.3, rel=0.1)
    assert found.ratio > 10


def test_poisson_counts_need_no_more_than_poisson() -> None:
    chance = np.random.default_rng(2)
    expected = chance.uniform(20, 200, 2_000)
    found = scatter(chance.poisson(expected).astype(float), expected)
    assert found.alpha == 0
    assert found.ratio == pytest.approx(1, abs=0.1)


def test_energy_is_no_count() -> None:
    found = scatter(np.array([1.5, 2.5, 9.0]), np.full(3, 4.0))
    assert found.alpha is None
    # ((1.5 - 4)^2 + (2.5 - 4)^2 + (9 - 4)^2) / 4 / 2 = (6.25 + 2.25 + 25) / 8
    assert found.ratio == pytest.approx(4.1875)


def test_places_without_any_count_are_no_trouble() -> None:
    found = scatter(np.zeros(50), np.full(50, 3.0))
    assert found.ratio == pytest.approx(50 * 3 / 49)
    assert np.isfinite(found.alpha or 0.0)
