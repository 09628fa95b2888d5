"""Where signs go so that none hides another. All in millimetres, the same on every run."""

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
LARGEST_SCALE = 1000  # one place alone is still shown with its street
ROUNDS = 120
GOLDEN_ANGLE = 2.399963  # radians; spreads places that coincide


def spread(points: Floats, distance_mm: float, low: Floats, high: Floats) -> Floats:
    """Push points apart until each pair is ``distance_mm`` apart, or nearly, inside a box.

    Parameters
    ----------
    points : (point, 2)
        Where they belong [mm].
    distance_mm
        The wanted distance between any two.
    low, high : (2,)
        Corners of the box they stay in [mm].

    Notes
    -----
    O(rounds x points squared): made for some hundred pins on a page.
    """
    angle = GOLDEN_ANGLE * np.arange(len(points))
    nudge = 1e-3 * np.column_stack([np.cos(angle), np.sin(angle)])  # no two ever coincide
    moved = points + nudge
    for _ in range(ROUNDS):
        apart = moved[:, None] - moved[None]
        length = np.hypot(apart[..., 0], apart[..., 1])
        np.fill_diagonal(length, np.inf)
        overlap = np.clip(distance_mm - length, 0, None)
        if not overlap.any():
            break
        push = 0.5 * (apart * (overlap / length)[..., None]).sum(axis=1)
        moved = np.clip(moved + push, low, high) + nudge
    return moved


def room_for(boxes: Floats, taken: Floats) -> npt.NDArray[np.int64]:
    """Choose, in order, a place for each label that touches neither another nor what is taken.

    Parameters
    ----------
    boxes : (label, choice, 4)
        Left, bottom, right, top of every place a label may stand [mm]; not finite: not allowed.
    taken : (box, 4)
        What must not be covered [mm].

    Returns
    -------
    (label,) int
        The first choice that is free, -1 where none is.
    """
    kept = [*taken]
    chosen = np.full(len(boxes), -1)
    for label, choices in enumerate(boxes):
        others = np.asarray(kept, float).reshape(-1, 4)
        apart = (choices[:, None, 2:] <= others[None, :, :2]) | (
            others[None, :, 2:] <= choices[:, None, :2]
        )
        free = np.isfinite(choices).all(-1) & apart.any(-1).all(-1)
        if free.any():
            chosen[label] = int(np.argmax(free))
            kept.append(choices[chosen[label]])
    return chosen


def round_length(longest_m: float) -> float:
    """Return the longest of 1, 2 or 5 times a power of ten that is at most ``longest_m``."""
    power = 10.0 ** np.floor(np.log10(longest_m))
    return float(max(step * power for step in (1, 2, 5) if step * power <= longest_m))


def round_scale(smallest: float) -> int:
    """Return the first round number of a map scale, 1 to ``n``, that is at least ``smallest``."""
    power = 10 ** int(np.floor(np.log10(max(smallest, LARGEST_SCALE))))
    steps = (1, 1.25, 1.5, 2, 2.5, 3, 4, 5, 6, 7.5, 8, 10)
    return next(
        int(step * power) for step in steps if step * power >= max(smallest, LARGEST_SCALE) - 1e-6
    )


def class_limits(values: Floats, most: int = 5) -> Floats:
    """Cut values into at most ``most`` classes at round numbers, from at or below the lowest up."""
    known = values[np.isfinite(values)]
    low, high = float(known.min()), float(known.max())
    if low == high:
        return np.array([low, high])
    step = (high - low) / most
    power = 10.0 ** np.floor(np.log10(step))
    for size in (1, 2, 2.5, 5, 10, 20):
        first = np.floor(low / (size * power))
        last = np.ceil(high / (size * power))
        if last - first <= most:
            break
    return np.asarray(np.arange(first, last + 1) * size * power)
