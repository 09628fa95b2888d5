"""Deviance, ranks and resamples, by hand."""

import numpy as np
import pytest

from app.core.demand.learners import LEARNERS
from app.core.demand.scores import MEAN, STRUCTURAL, Contest, Cut, deviance, rank, score

BLOCK = np.repeat(np.arange(4), 5)


def test_deviance_by_hand() -> None:
    # 2 (3 ln(3/2) - 3 + 2) = 0.43279; nothing counted where 2 were expected: 2 x 2
    found = deviance(np.array([3.0, 0.0, 2.0]), np.array([2.0, 2.0, 2.0]))
    assert found == pytest.approx([0.4327906, 4.0, 0.0])


def contest() -> tuple[Contest, np.ndarray]:
    count = np.tile([2.0, 4.0, 6.0, 8.0, 10.0], 4)
    return Contest.of(count, np.ones(20), BLOCK, 200, seed=3), count


def test_the_mean_explains_nothing_and_the_truth_everything() -> None:
    held, count = contest()
    nothing, perfect = held.figures(np.full(20, 6.0))[0], held.figures(count)[0]
    assert (nothing.explained, nothing.low, nothing.high) == pytest.approx((0, 0, 0))
    assert (perfect.explained, perfect.rmse, perfect.rank) == pytest.approx((1, 0, 1))
    assert nothing.rank == 0  # the same everywhere has no order


def test_the_better_naive_model_is_to_be_beaten() -> None:
    held, count = contest()
    wrong = count[::-1].copy()
    told = {STRUCTURAL: wrong, MEAN: np.full(20, 6.0)} | dict.fromkeys(LEARNERS, wrong + 0.01)
    scores = score([Cut(held, told)], Cut(held, told), 0.02)
    assert scores[0].key == MEAN
    assert all(each.sure == 0 for each in scores)
    assert next(each for each in scores if each.key == STRUCTURAL).gain < 0


def test_a_lead_in_one_part_alone_is_not_sure() -> None:
    held, count = contest()
    usual = np.full(20, 6.0)
    lucky = np.where(BLOCK == 0, count, usual)
    told = {MEAN: usual} | dict.fromkeys(LEARNERS, lucky)
    best = score([Cut(held, told)], Cut(held, told), 0.02)[-1]
    assert best.gain == pytest.approx(0.25)
    # the part is missing from (3/4)^4 = 32 % of the resamples, and then there is no lead
    assert best.sure == pytest.approx(1 - 0.75**4, abs=0.1)
    assert best.sure < 0.9
    assert best.parts == pytest.approx(0.25)


def test_a_lucky_cut_does_not_decide() -> None:
    held, count = contest()
    usual = np.full(20, 6.0)
    lucky = Cut(held, {MEAN: usual} | dict.fromkeys(LEARNERS, count))
    other = Cut(held, {MEAN: usual} | dict.fromkeys(LEARNERS, usual))
    best = score([lucky, other], lucky, 0.02)[-1]
    assert best.sure == pytest.approx(0.5)
    assert best.gain == pytest.approx(0.5)


def test_ranks_follow_order_only() -> None:
    assert rank(np.array([1.0, 5.0, 9.0]), np.array([0.0, 0.1, 100.0])) == pytest.approx(1)
    assert rank(np.array([1.0, 5.0, 9.0]), np.array([3.0, 2.0, 1.0])) == pytest.approx(-1)
