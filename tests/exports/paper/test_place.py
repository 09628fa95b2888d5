"""Signs on paper never hide each other."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.exports.paper.place import class_limits, room_for, round_length, round_scale, spread


def test_pins_at_one_place_end_up_apart_and_inside_the_box() -> None:
    low, high = np.array([0.0, 0.0]), np.array([100.0, 100.0])
    moved = spread(np.zeros((12, 2)), 4.0, low, high)
    apart = np.hypot(*(moved[:, None] - moved[None]).transpose(2, 0, 1))[np.triu_indices(12, 1)]
    assert apart.min() > 3.2  # nearly 4: two fifths of a millimetre of overlap at most
    assert (moved >= low - 2e-3).all()
    assert (moved <= high + 2e-3).all()


def test_pins_with_room_stay_where_they_belong() -> None:
    there = np.array([[10.0, 10.0], [20.0, 10.0]])
    moved = spread(there, 4.0, np.zeros(2), np.full(2, 100.0))
    np.testing.assert_allclose(moved, there, atol=2e-3)


@settings(derandomize=True, deadline=None, max_examples=60)
@given(st.lists(st.tuples(*[st.floats(0, 50)] * 4), min_size=1, max_size=12))
def test_chosen_labels_never_touch(corners: list[tuple[float, float, float, float]]) -> None:
    boxes = np.array(
        [[[a, b, a + c, b + d], [a + 9, b, a + 9 + c, b + d]] for a, b, c, d in corners]
    )
    chosen = room_for(boxes, np.array([[0.0, 0.0, 5.0, 5.0]]))
    kept = [boxes[label, choice] for label, choice in enumerate(chosen) if choice >= 0]
    kept.append(np.array([0.0, 0.0, 5.0, 5.0]))
    for place, one in enumerate(kept):
        for other in kept[place + 1 :]:
            over = np.minimum(one[2:], other[2:]) - np.maximum(one[:2], other[:2])
            assert not (over > 0).all()


@pytest.mark.parametrize(
    ("longest", "length"), [(1, 1), (1.9, 1), (2, 2), (4999, 2000), (5000, 5000), (0.7, 0.5)]
)
def test_a_scale_bar_has_a_round_length(longest: float, length: float) -> None:
    assert round_length(longest) == pytest.approx(length)


@settings(derandomize=True, deadline=None, max_examples=100)
@given(st.lists(st.floats(0, 1e6), min_size=1, max_size=30))
def test_every_value_falls_into_one_of_at_most_six_classes(values: list[float]) -> None:
    limits = class_limits(np.array(values))
    assert len(limits) - 1 <= 6
    assert limits[0] <= min(values) + 1e-6
    assert limits[-1] >= max(values) - 1e-6


def test_class_limits_are_round() -> None:
    # 60 to 9,240 in five classes: steps of 2,000 from 0
    assert list(class_limits(np.array([60.0, 9_240.0]))) == [0, 2000, 4000, 6000, 8000, 10000]


@pytest.mark.parametrize(
    ("needed", "scale"), [(0, 1000), (1000, 1000), (1001, 1250), (8_100, 10_000), (26_000, 30_000)]
)
def test_a_scale_is_round_and_never_cuts_the_map(needed: float, scale: int) -> None:
    assert round_scale(needed) == scale
