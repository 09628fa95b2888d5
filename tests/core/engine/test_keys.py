"""Draws depend on names alone, and are even."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from app.core.engine.keys import shares, text_key, text_keys


def test_names_have_the_same_number_on_every_machine() -> None:
    # FNV-1a of "a" is af63dc4c8601ec8c; SplitMix64 scatters it
    assert text_keys(("a", "b", "")).tolist() == [
        6857225946766476583,
        6266376793420346980,
        14087677454934409008,
    ]


@settings(max_examples=40, deadline=None, derandomize=True)
@given(st.lists(st.text(max_size=12), min_size=1, max_size=20))
def test_a_name_s_number_does_not_depend_on_its_neighbours(names: list[str]) -> None:
    assert text_keys(names).tolist() == [text_key(name) for name in names]


def test_draws_are_even_and_differ_by_salt_and_seed() -> None:
    keys = np.arange(100_000, dtype=np.uint64)
    first, salted, seeded = (shares(keys, *each) for each in (("a", 0), ("b", 0), ("a", 1)))
    counts, _ = np.histogram(first, 20, (0, 1))
    assert (abs(counts - 5_000) < 300).all()
    for other in (salted, seeded):
        assert abs(np.corrcoef(first, other)[0, 1]) < 0.02
    assert first.min() >= 0
    assert first.max() < 1
