"""Sessions that cannot be and statuses that never change are counted by their kind."""

import numpy as np
import pandas as pd
import pytest

from app.core.demand.observed import FAULTS, HOURS, by_hour, clean, day_mean, stale


def sessions(*rows: tuple[float, float, float]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["hours", "energy_kwh", "max_power_kw"])
    return frame.assign(session_id=[str(row) for row in range(len(rows))])


def test_each_session_that_cannot_be_counts_once_under_its_first_fault() -> None:
    frame = sessions(
        (2.0, 10.0, 11.0),
        (2.0, 10.0, 11.0),  # the same again, under another number
        (0.0, 10.0, 11.0),
        (-1.0, 9.0, 11.0),
        (np.nan, 9.0, 11.0),
        (481.0, 9.0, 11.0),  # 20 days are 480 hours
        (3.0, -1.0, 11.0),
        (1.0, 11.56, 11.0),  # 11 x 1 x 1.05 = 11.55
    )
    good, counts = clean(frame)
    assert counts == dict(zip(FAULTS, (1, 3, 1, 1, 1), strict=True))
    assert good.tolist() == [True] + 7 * [False]
    assert sum(counts.values()) + good.sum() == len(frame)


def test_what_may_well_be_is_kept() -> None:
    frame = sessions((480.0, 5.0, 11.0), (1.0, 11.55, 11.0), (2.0, 0.0, 11.0), (1.0, 99.0, np.nan))
    good, counts = clean(frame)
    assert good.all()
    assert not any(counts.values())


def test_a_number_that_was_there_before_is_a_repeat_and_a_blank_is_none() -> None:
    frame = sessions((1.0, 5.0, 11.0), (2.0, 6.0, 11.0), (3.0, 7.0, 11.0))
    frame["session_id"] = ["a", "a", ""]
    assert clean(frame)[1]["duplicate"] == 1
    frame["session_id"] = ""
    assert clean(frame)[1]["duplicate"] == 0


def test_a_status_that_never_changes_is_stale_whatever_it_says() -> None:
    charger = pd.Series(list("aabbccddde"))
    share = pd.Series([0.0, 0.0, 1.0, 1.0, 0.5, 0.5, 0.0, 0.0, 1.0, 0.0])
    found, counts = stale(charger, share)
    assert found == {"a", "b", "c"}  # e was seen once only
    assert counts == {"always_empty": 1, "always_full": 1, "never_changes": 1}


def test_an_hour_that_was_looked_at_often_counts_no_more_than_another() -> None:
    home, hour = np.zeros(4, np.int64), np.array([3, 3, 3, 20])
    shares = by_hour(home, hour, np.array([2.0, 2.0, 2.0, 0.0]), np.full(4, 2.0), 2)
    assert shares.shape == (2, HOURS)
    assert day_mean(shares)[0] == pytest.approx(0.5)
    assert np.isnan(day_mean(shares)[1])
