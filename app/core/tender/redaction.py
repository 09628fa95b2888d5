"""Small counts say where somebody lives: they are withheld, and so is what would give them away."""

import json
from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.optimize import linprog

from app.core.engine.arrays import Floats

FEW_WORDS, WITHHELD_WORDS = "<{few:g}", "withheld"
TOP_SCORE = 10
FULL = 100.0  # what the parts of a score sum to at most
GRID_PARTS = ("headroom", "load")  # they tell the room on the grid: shown as its class only
CLOSE = 1e-6
Mask = npt.NDArray[np.bool_]


def withheld(counts: Floats, few: float) -> Mask:
    """Say which cells of a table of counts must not be published.

    Cells below ``few`` go; then, while one of these could still be worked out from what is left
    and the totals, the next smallest cell of its row or column goes, too.

    Parameters
    ----------
    counts : (row, column)
        Whole numbers with their totals: the last row and the last column are sums of the others,
        and published like them. A single column has its total in the last row.

    Returns
    -------
    Mask : (row, column)

    Notes
    -----
    O(small cells) linear programs per cell that goes: tables of lots and districts, not of homes.
    """
    hidden: Mask = counts < few
    small = hidden.copy()
    while True:
        pinned = _pinned(counts, hidden, small, few)
        if pinned is None:
            return hidden
        companion = _companion(counts, hidden, pinned)
        if companion is None:
            return hidden
        hidden[companion] = True


def column_withheld(counts: Floats, few: float) -> Mask:
    """Say the same of one column whose sum is published beside it."""
    if np.isnan(counts).any():
        return np.asarray(counts < few)  # nobody knows the sum
    return withheld(np.append(counts, counts.sum())[:, None], few)[:-1, 0]


def said(counts: "pd.Series[float]", hidden: Mask, few: float) -> "pd.Series[str]":
    """Write a column of counts for a text file: ``<5``, ``withheld``, or the number."""
    words = [
        (FEW_WORDS.format(few=few) if value < few else WITHHELD_WORDS)
        if gone
        else ""
        if np.isnan(value)
        else f"{value:.0f}"
        for value, gone in zip(counts.to_numpy(float), hidden, strict=True)
    ]
    return pd.Series(words, index=counts.index, dtype=object)


def public_parts(
    parts: Sequence[str | None], classes: Sequence[str], shares: Mapping[str, float]
) -> list[str | None]:
    """Turn the parts of a score into whole numbers from 0 to 10, those of the grid into its class.

    Parameters
    ----------
    parts : (place,)
        JSON: criterion to what it adds to the score.
    classes : (place,)
        ``green``, ``amber``, ``red`` or ``unknown``.
    shares
        What each criterion can add at most, as a share of the whole; others are left out.
    """
    found: list[str | None] = []
    for text, colour in zip(parts, classes, strict=True):
        rows = json.loads(text) if isinstance(text, str) and text.startswith("{") else {}
        told: dict[str, int | str] = {
            key: colour if key in GRID_PARTS else _whole(value, shares[key])
            for key, value in rows.items()
            if shares.get(key, 0.0) > 0 and isinstance(value, (int, float))
        }
        found.append(json.dumps(told, sort_keys=True) if told else None)
    return found


def _whole(part: float, share: float) -> int:
    return round(min(max(part / (FULL * share), 0.0), 1.0) * TOP_SCORE)


def _pinned(counts: Floats, hidden: Mask, small: Mask, few: float) -> tuple[int, int] | None:
    """Return a small cell that a reader could work out, by the least and the most it can be."""
    where = np.argwhere(hidden)
    if not len(where):
        return None
    number = {(int(row), int(column)): at for at, (row, column) in enumerate(where)}
    sums, right = _sums(counts, hidden, number)
    bounds = [(0.0, few - 1) if small[at] else (few, None) for at in number]
    for cell, at in number.items():
        if not small[cell]:
            continue
        aim = np.zeros(len(number))
        aim[at] = 1.0
        ends = [linprog(sign * aim, A_eq=sums, b_eq=right, bounds=bounds) for sign in (1, -1)]
        if all(end.success for end in ends) and -ends[1].fun - ends[0].fun < 1 - CLOSE:
            return cell
    return None


def _sums(
    counts: Floats, hidden: Mask, number: Mapping[tuple[int, int], int]
) -> tuple[Floats | None, Floats | None]:
    """Write every row and column with a hidden cell as an equation: parts less total are zero."""
    rows, columns = counts.shape
    lines = [[(r, c) for c in range(columns)] for r in range(rows)] if columns > 1 else []
    lines += [[(r, c) for r in range(rows)] for c in range(columns)]
    left, right = [], []
    for line in lines:
        sign = dict.fromkeys(line[:-1], 1.0) | {line[-1]: -1.0}
        unknown = [cell for cell in line if hidden[cell]]
        if unknown:
            row = np.zeros(len(number))
            for cell in unknown:
                row[number[cell]] = sign[cell]
            left.append(row)
            right.append(-sum(sign[cell] * counts[cell] for cell in line if not hidden[cell]))
    return (np.array(left), np.array(right)) if left else (None, None)


def _companion(counts: Floats, hidden: Mask, cell: tuple[int, int]) -> tuple[int, int] | None:
    """Choose what goes next: the smallest cell still shown beside ``cell``, totals last."""
    rows, columns = counts.shape
    beside = [(cell[0], c) for c in range(columns)] + [(r, cell[1]) for r in range(rows)]
    shown = [each for each in beside if not hidden[each] and counts[each] > 0]
    inner = [each for each in shown if each[0] < rows - 1 and each[1] < columns - 1]
    if not shown:
        everywhere = [tuple(map(int, each)) for each in np.argwhere(~hidden & (counts > 0))]
        shown = [(each[0], each[1]) for each in everywhere]
    return min(inner or shown, key=lambda each: (counts[each], each), default=None)
