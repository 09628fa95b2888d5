"""The share of points that can feed back rises with every wave that asks for it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.errors import InputError
from app.core.tender.ladder import Wave, ladder

WAVES = st.lists(
    st.builds(
        Wave,
        st.integers(2026, 2040),
        st.integers(0, 1_000),
        st.sampled_from(["none", "bonus", "required"]),
        st.floats(0, 1),
    ),
    max_size=6,
)


def test_the_worked_ladder() -> None:
    # 700 + 200 x 0.40 + 300 = 1,080 of 4,000 + 500 = 4,500 points
    waves = [Wave(2028, 300, "required", 0.4), Wave(2027, 200, "bonus", 0.4)]
    first, last = ladder(4_000, 700, waves)
    assert (first.year, first.points, first.ready) == (2027, 4_200, 780)
    assert (last.points, last.ready) == (4_500, 1_080)
    assert last.share == pytest.approx(0.24)


def test_two_waves_of_a_year_make_one_rung_and_none_makes_no_rung() -> None:
    assert len(ladder(0, 0, [Wave(2027, 1, "bonus", 0.4)] * 2)) == 1
    assert ladder(10, 0, []) == ()
    assert ladder(0, 0, [Wave(2027, 0, "none", 0)])[0].share is None


@given(st.integers(0, 5_000), WAVES)
def test_no_more_are_ready_than_there_are(existing: int, waves: list[Wave]) -> None:
    rungs = ladder(existing, existing / 2, waves)
    assert all(0 <= rung.ready <= rung.points + 1e-9 for rung in rungs)
    assert [rung.points for rung in rungs] == sorted(rung.points for rung in rungs)


def test_nonsense_is_refused() -> None:
    with pytest.raises(InputError, match="cannot be ready"):
        ladder(10, 11, [])
    with pytest.raises(InputError, match="not one of none, bonus, required"):
        Wave(2027, 1, "must", 0.4)
    with pytest.raises(InputError, match="share 2"):
        Wave(2027, 1, "bonus", 2)
