"""A small count is in no table, and nobody can work it out from the totals beside it."""

import itertools
import json

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.core.tender.redaction import column_withheld, public_parts, said, withheld

FEW = 5


def _with_totals(inner: np.ndarray) -> np.ndarray:
    rows = np.vstack([inner, inner.sum(axis=0)])
    return np.column_stack([rows, rows.sum(axis=1)])


def _possible(table: np.ndarray, hidden: np.ndarray) -> dict[tuple[int, int], set[int]]:
    """Try every filling of the hidden cells a reader could believe: the solver of the test."""
    rows, columns = table.shape
    inner = [(r, c) for r in range(rows - 1) for c in range(columns - 1)]
    ranges = [
        [int(table[cell])]
        if not hidden[cell]
        else range(FEW)
        if table[cell] < FEW
        else range(FEW, 11)
        for cell in inner
    ]
    found: dict[tuple[int, int], set[int]] = {}
    for values in itertools.product(*ranges):
        guess = _with_totals(np.reshape(values, (rows - 1, columns - 1)))
        fits = np.where(
            hidden, np.where(table < FEW, guess < FEW, guess >= FEW), np.equal(guess, table)
        )
        if fits.all():
            for r, c in np.argwhere(hidden & (table < FEW)):
                found.setdefault((int(r), int(c)), set()).add(int(guess[r, c]))
    return found


def test_by_hand_one_small_lot_takes_the_next_smallest_with_it() -> None:
    # 3 could be read off 60 - 20 - 37; with 20 gone too, both stay unknown
    assert column_withheld(np.array([3.0, 20.0, 37.0]), FEW).tolist() == [True, True, False]
    assert not column_withheld(np.array([5.0, 20.0, 37.0]), FEW).any()


def test_two_small_ones_that_can_only_be_four_each_are_not_left_alone() -> None:
    # 28 - 20 = 8 = 4 + 4 is the only way with both below 5: the third goes, too
    assert column_withheld(np.array([4.0, 4.0, 20.0]), FEW).all()
    assert column_withheld(np.array([0.0, 0.0, 20.0]), FEW).all()
    assert column_withheld(np.array([4.0, 3.0, 20.0]), FEW).tolist() == [True, True, False]


def test_what_nobody_knows_hides_nothing_and_is_no_zero() -> None:
    counts = np.array([np.nan, 3.0, 20.0])
    hidden = column_withheld(counts, FEW)
    assert hidden.tolist() == [False, True, False]
    assert said(pd.Series(counts), hidden, FEW).tolist() == ["", "<5", "20"]


def test_words_tell_small_from_withheld() -> None:
    counts = pd.Series([3.0, 20.0, 37.0])
    assert said(counts, np.array([True, True, False]), 5).tolist() == ["<5", "withheld", "37"]


@settings(deadline=None, max_examples=20)
@given(
    rows=st.integers(1, 3),
    columns=st.integers(1, 2),
    cells=st.lists(st.integers(0, 9), min_size=6, max_size=6),
)
def test_no_reader_with_pencil_and_paper_can_pin_a_small_cell(
    rows: int, columns: int, cells: list[int]
) -> None:
    table = _with_totals(np.array(cells[: rows * columns], float).reshape(rows, columns))
    hidden = withheld(table, FEW)
    assert hidden[table < FEW].all()
    if not (table < FEW).any():
        assert not hidden.any()
    for cell, values in _possible(table, hidden).items():
        assert len(values) > 1, (table, hidden, cell)


def test_parts_of_a_score_are_whole_and_the_grid_is_a_class() -> None:
    shares = {"demand": 0.4, "headroom": 0.2, "equity": 0.4, "off": 0.0}
    rows = [
        json.dumps({"demand": 26.1, "headroom": 16.21, "equity": 55.0, "secret": 3, "off": 1}),
        None,
        "not json",
    ]
    found = public_parts(rows, ["amber", "green", "red"], shares)
    # 26.1 of at most 40 is 6.5 of 10; 55 of 40 cannot be and is 10
    assert json.loads(found[0] or "") == {"demand": 7, "equity": 10, "headroom": "amber"}
    assert found[1:] == [None, None]
    assert "16" not in (found[0] or "")


@pytest.mark.parametrize("few", [3, 10])
def test_the_border_is_a_parameter(few: int) -> None:
    assert column_withheld(np.array([2.0, 20.0, 30.0]), few).tolist() == [True, True, False]
    assert not column_withheld(np.array([float(few), 20.0, 30.0]), few).any()
