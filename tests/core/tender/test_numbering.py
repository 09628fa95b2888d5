"""A place keeps its number, and a number that was given is never given to another place."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.core.errors import InputError
from app.core.tender.numbering import Earlier, number, retired

NAMES = st.lists(st.sampled_from("abcdefghij"), unique=True, max_size=8)


def _at(names: list[str], shift: float = 0.0) -> np.ndarray:
    return np.array([(ord(each) * 100.0 + shift, 0.0) for each in names]).reshape(-1, 2)


def test_the_first_time_places_are_counted_from_one() -> None:
    found = number("UTR", ["c", "a"], _at(["c", "a"]))
    assert found.ids == ("UTR-0001", "UTR-0002")
    assert found.retired == ()


def test_by_hand_same_candidate_then_nearest_then_the_next_free_number() -> None:
    # b keeps 2; x stands 4 m from where a was and y 9 m: x is nearer and becomes number 1.
    # y is new, and gets 6: 5 was given once and is retired; c left and retires 3.
    earlier = Earlier(
        ("U-0001", "U-0002", "U-0003"),
        ("a", "b", "c"),
        np.array([(0.0, 0.0), (500.0, 0.0), (900.0, 0.0)]),
        ("U-0005",),
    )
    xy = np.array([(0.0, 9.0), (700.0, 0.0), (4.0, 0.0)])
    found = number("U", ["y", "b", "x"], xy, earlier)
    assert found.ids == ("U-0006", "U-0002", "U-0001")
    assert found.retired == ("U-0003", "U-0005")


def test_eleven_metres_away_is_another_place() -> None:
    earlier = Earlier(("U-0001",), ("a",), np.zeros((1, 2)))
    assert number("U", ["x"], np.array([(11.0, 0.0)]), earlier).ids == ("U-0002",)
    assert number("U", ["x"], np.array([(10.0, 0.0)]), earlier).ids == ("U-0001",)


def test_a_number_of_somebody_that_came_back_from_retirement_is_refused() -> None:
    earlier = Earlier(("U-0001",), ("a",), np.zeros((1, 2)), ("U-0002",))
    with pytest.raises(InputError, match="U-0002: retired"):
        retired(["U-0002"], earlier)


@settings(deadline=None, max_examples=60)
@given(plans=st.lists(NAMES, min_size=2, max_size=5))
def test_over_many_revisions_nobody_changes_and_no_number_has_two_owners(
    plans: list[list[str]],
) -> None:
    owners: dict[str, str] = {}
    earlier = None
    for names in plans:
        found = number("U", names, _at(names), earlier)
        assert len(set(found.ids)) == len(names)
        assert not {*found.ids} & {*found.retired}
        before = dict(zip(earlier.candidates, earlier.ids, strict=True)) if earlier else {}
        for name, given_id in zip(names, found.ids, strict=True):
            assert owners.setdefault(given_id, name) == name
            assert before.get(name, given_id) == given_id
        assert {*found.ids, *found.retired} == {*owners}
        earlier = Earlier(found.ids, tuple(names), _at(names), found.retired)
