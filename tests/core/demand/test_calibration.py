"""Two factors bring the model to what was measured, and errors say how near it comes."""

from dataclasses import replace

import numpy as np
import pytest

from app.core.demand.calibration import Expected, calibrate, errors, fit
from app.core.demand.counts import alpha_of, interval
from app.core.demand.observed import Observed
from app.core.demand.sizing import blocked, lost
from app.core.engine.arrays import Floats

BAND = np.array([1.0, 0.7, 1.4])[:, None]
LEAST, SEEN = 200, 0.2


def expected(size: int = 30, points: float = np.nan) -> Expected:
    chance = np.random.default_rng(3)
    sessions = chance.uniform(20, 200, size)
    return Expected(
        kwh=BAND * sessions * 15.0,
        hours=BAND * sessions * 7.0,
        sessions=sessions,
        clusters=np.full(size, 4.0),
        points=np.full(size, points),
    )


def observed(model: Expected, kwh: float, hours: float, part: float = 1.0) -> Observed:
    """Measure the model times two factors, at a part of the points."""
    size = model.sessions.size
    return Observed(
        observations=np.full(size, 500.0),
        kwh_day=part * model.kwh_carried(kwh, hours)[0],
        hours_day=part * model.hours_carried(hours)[0],
        sessions_day=part * model.sessions * model.served(hours * model.hours[0]),
        points_seen=part * model.points,
        points_all=model.points,
        days=28.0,
    )


@pytest.mark.parametrize("points", [np.nan, 60.0, 200.0])
@pytest.mark.parametrize("part", [1.0, 0.3])
def test_planted_factors_are_found_again(points: float, part: float) -> None:
    model = expected(points=points)
    seen = observed(model, 0.8, 1.3, part if points > 0 else 1.0)
    found = calibrate(model, seen, LEAST, SEEN)
    assert found.kwh is not None
    assert found.hours is not None
    assert found.kwh.factor == pytest.approx(0.8, rel=1e-5)
    assert found.hours.factor == pytest.approx(1.3, rel=1e-5)
    assert found.kwh.after.mae == pytest.approx(0, abs=1e-2)
    assert found.kwh.after.r2 == pytest.approx(1)
    assert found.set_to() == pytest.approx(
        {"calibration_kwh": 0.8, "calibration_hours": 1.3 / 0.8}, rel=1e-5
    )


def test_a_case_by_hand() -> None:
    # measured 10, 30; modelled 20, 20: factor (10 x 20 + 30 x 20) / (20^2 + 20^2) = 1
    # measured 10, 30; modelled 10, 20: factor (100 + 600) / (100 + 400) = 1.4
    measured = np.array([10.0, 30.0])
    both = np.array([True, True])
    for mean, factor in (([20.0, 20.0], 1.0), ([10.0, 20.0], 1.4)):
        model = BAND * np.array(mean)
        found = fit(measured, lambda by, model=model: by * model, both)
        assert found is not None
        assert found.factor == pytest.approx(factor, rel=1e-6)
    # before: 10 and 20 against 10 and 30: bias 30/40 - 1, mean error 5, share (0 + 1/3) / 2,
    # R2 1 - 100 / 200; bands 7-14 and 14-28 hold 10 and not 30
    found = fit(measured, lambda by: by * BAND * np.array([10.0, 20.0]), both)
    assert found is not None
    assert found.before.bias == pytest.approx(-0.25)
    assert found.before.mae == pytest.approx(5)
    assert found.before.mape == pytest.approx(1 / 6)
    assert found.before.r2 == pytest.approx(0.5)
    assert found.before.inside == 0.5


def test_districts_with_few_observations_or_few_points_never_count() -> None:
    model = expected(points=100.0)
    seen = observed(model, 1.0, 1.0)
    few, part = seen.observations.copy(), seen.points_seen.copy()
    few[0], part[1] = 199, 19.0
    wrong = seen.kwh_day.copy()
    wrong[:2] *= 50
    odd = replace(seen, observations=few, points_seen=part, kwh_day=wrong)
    found = calibrate(model, odd, LEAST, SEEN)
    assert not found.used[:2].any()
    assert found.kwh is not None
    assert found.kwh.districts == 28
    assert found.kwh.factor == pytest.approx(1, rel=1e-5)


def test_occupancy_says_nothing_of_energy() -> None:
    model = expected(points=100.0)
    nothing = np.full(30, np.nan)
    seen = replace(observed(model, 1.0, 1.2), kwh_day=nothing, sessions_day=nothing)
    found = calibrate(model, seen, LEAST, SEEN)
    assert found.kwh is None
    assert found.counted is None
    assert found.set_to() == pytest.approx({"calibration_hours": 1.2}, rel=1e-5)


def test_without_a_district_that_counts_there_is_no_factor() -> None:
    model = expected()
    seen = replace(observed(model, 1.0, 1.0), observations=np.full(30, 10.0))
    found = calibrate(model, seen, LEAST, SEEN)
    assert found.kwh is found.hours is found.counted is None
    assert found.set_to() == {}


def test_who_finds_no_point_is_not_expected_among_the_measured() -> None:
    model = expected(points=20.0)
    assert (model.hours_carried()[0] < model.hours[0]).all()
    assert (model.occupied(50.0) < 1).all()
    assert (model.hours_carried(2.0) >= model.hours_carried(1.0)).all()
    low, high = model.hours_carried()[1:]
    assert (low <= high).all()
    empty = replace(model, points=np.zeros(30))
    assert np.isnan(empty.occupied()).all()  # no points, no share of them


def test_the_loss_of_whole_arrays_is_the_formula() -> None:
    points = np.array([1.0, 2.0, 12.0, 200.0])
    load = np.array([0.5, 0.0, 9.0, 150.0])
    one_by_one = [blocked(int(c), float(a)) for c, a in zip(points, load, strict=True)]
    assert lost(points, load) == pytest.approx(one_by_one, rel=1e-9, abs=1e-12)
    crowd = float(lost(np.array([3.0]), np.array([5000.0]))[0])
    assert crowd == pytest.approx(blocked(3, 5000.0), abs=1e-6)


def _scattered(alpha: float) -> tuple[Floats, Floats]:
    chance = np.random.default_rng(5)
    mean = chance.uniform(100, 800, 400)
    return mean, chance.poisson(mean * chance.gamma(1 / alpha, alpha, 400)).astype(float)


def test_a_poisson_interval_fails_on_scattered_counts() -> None:
    mean, counts = _scattered(0.1)
    alpha = alpha_of(counts, mean)

    def inside(by: float) -> float:
        low, high = interval(mean, by)
        return float(((low <= counts) & (counts <= high)).mean())

    assert inside(alpha) == pytest.approx(0.8, abs=0.05)
    assert inside(0.0) < 0.3


def test_counts_of_districts_say_how_they_scatter() -> None:
    model = expected(400)
    mean, counts = _scattered(0.1)
    model = replace(model, sessions=mean)
    seen = replace(observed(model, 1.0, 1.0), sessions_day=counts, days=1.0)
    found = calibrate(model, seen, LEAST, SEEN).counted
    assert found is not None
    assert found.scatter.alpha == pytest.approx(0.1, rel=0.25)
    assert found.negative > 0.7
    assert found.poisson < 0.3


def test_errors_of_one_district_are_no_trouble() -> None:
    found = errors(np.array([5.0]), BAND * np.array([5.0]))
    assert found.mae == 0
    assert np.isnan(found.r2)
    assert found.inside == 1
