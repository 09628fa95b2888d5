"""The map of a difference: more on one side, less on the other, and the amount written inside."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from app.ui import maps
from app.ui.mapcontent import Outlines
from app.ui.text import _, number

LESS: tuple[maps.Rgb, ...] = ((216, 218, 235), (153, 142, 195), (84, 39, 136))
MORE: tuple[maps.Rgb, ...] = ((254, 224, 182), (241, 163, 64), (179, 88, 6))
SAME: maps.Rgb = (247, 247, 247)
CLASSES = 3
SMALL = 1e-9


def colour(value: float, scale: maps.Scale) -> maps.Rgb:
    """Colour a difference; what is unknown stays quiet."""
    if not np.isfinite(value):
        return maps.QUIET
    if abs(value) <= SMALL:
        return SAME
    side = MORE if value > 0 else LESS
    return side[min(scale.place(abs(value)), CLASSES - 1)]


def scale_of(values: Sequence[float], unit: str) -> maps.Scale:
    """Cut both sides alike, so that nought stays in the middle."""
    return maps.round_scale([abs(each) for each in values], unit, classes=CLASSES)


def differences(frame: pd.DataFrame, outlines: Outlines, quantity: str, unit: str) -> bytes:
    """Fill districts by the difference of ``quantity``; its number stands inside."""
    values = [float(each) for each in frame[quantity]]
    scale = scale_of(values, unit)
    rows = zip(
        frame.index,
        frame["name"],
        [signed(each, unit) for each in values],
        [colour(each, scale) for each in values],
        [signed(each, "") for each in values],
        strict=True,
    )
    return maps.areas(outlines, rows)


def signed(value: float, unit: str) -> str:
    """Write a difference with its sign."""
    if not np.isfinite(value):
        return _("unknown") if unit else "?"
    sign = "+" if value > SMALL else "−" if value < -SMALL else ""
    return f"{sign}{number(abs(value), 3 if unit else 2)} {unit}".strip()


def looks(values: Sequence[float], unit: str) -> list[maps.Look]:
    """Explain the classes, from much less to much more."""
    scale = scale_of(values, unit)
    edges = [0.0, *scale.limits]
    names = [number(edge) for edge in edges]
    steps = range(min(len(edges), CLASSES))
    down = [
        maps.Look(LESS[k], "−", _("over {n} {unit} less").format(n=names[k], unit=unit))
        for k in reversed(steps)
    ]
    up = [
        maps.Look(MORE[k], "+", _("over {n} {unit} more").format(n=names[k], unit=unit))
        for k in steps
    ]
    rest = [maps.Look(SAME, "=", _("the same")), maps.Look(maps.QUIET, "?", _("unknown"))]
    return [*down, *rest[:1], *up, *rest[1:]]


WORDS: Mapping[str, str] = {
    "peak_kw": "Highest load of its transformers",
    "kwh_over": "Energy over the limits",
    "points_plan": "Charge points planned",
}
