"""Make the colours of a day a table people can read: few windows, none of them short.

A day is 48 half-hours; colours are 0 green, 1 amber, 2 red. Tidying only ever makes a half-hour
stricter; the cap on red hours is the one exception, and what it costs is listed by the caller.
"""

from collections.abc import Iterator
from itertools import pairwise
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

Colours: TypeAlias = npt.NDArray[np.int8]
Floats: TypeAlias = npt.NDArray[np.float64]
Run: TypeAlias = tuple[int, int, int]  # first slot, last slot (exclusive), colour
SLOT_MIN, SLOTS = 30, 48
GREEN, AMBER, RED = range(3)


def runs(colours: Colours) -> list[Run]:
    """Cut a day into stretches of one colour."""
    edges = [0, *(np.flatnonzero(np.diff(colours)) + 1).tolist(), len(colours)]
    return [(a, b, int(colours[a])) for a, b in pairwise(edges)]


def tidy(colours: Colours, step_kw: Floats, *, min_slots: int, max_windows: int) -> Colours:
    """Widen short windows and merge until a day has few of them.

    Parameters
    ----------
    colours : (slot,)
        What the room asks for.
    step_kw : (slot, colour)
        What the active points may draw in each colour [kW]: prices a change of colour.
    """
    found = colours.copy()
    while _widen(found, step_kw, min_slots) or _merge(found, step_kw, max_windows):
        pass
    return found


def _widen(day: Colours, step_kw: Floats, min_slots: int) -> bool:
    """Make the first short window stricter, or its neighbour; tell whether there was one."""
    parts = runs(day)
    if len(parts) == 1:
        return False
    for nth, (first, last, colour) in enumerate(parts):
        if last - first >= min_slots:
            continue
        beside = [parts[at] for at in (nth - 1, nth + 1) if 0 <= at < len(parts)]
        stricter = [each[2] for each in beside if each[2] > colour]
        if stricter:
            day[first:last] = max(stricter)
            return True
        edges = [first - 1] if nth else []
        edges += [last] if nth + 1 < len(parts) else []
        day[min(edges, key=lambda slot: (_cost(day, step_kw, slot, colour), slot))] = colour
        return True
    return False


def _cost(day: Colours, step_kw: Floats, slot: int, colour: int) -> float:
    return float(step_kw[slot, day[slot]] - step_kw[slot, colour])


def _merge(day: Colours, step_kw: Floats, max_windows: int) -> bool:
    """Merge the two neighbours that cost least energy; tell whether there were too many."""
    parts = runs(day)
    if len(parts) <= max_windows:
        return False
    options = []
    for one, other in pairwise(parts):
        first, last, _ = min(one, other, key=lambda part: part[2])
        colour = max(one[2], other[2])
        cost = sum(_cost(day, step_kw, slot, colour) for slot in range(first, last))
        options.append((cost, first, last, colour))
    _, first, last, colour = min(options)
    day[first:last] = colour
    return True


def cap_red(
    day: Colours, room_kw: Floats, most_slots: int, *, min_slots: int = 1, max_windows: int = SLOTS
) -> Colours:
    """Turn surplus red amber, beginning where there is most room.

    No window becomes shorter than ``min_slots``, and a day gets no more of them than
    ``max_windows``; where that leaves no other way, a whole red window turns amber. Of equal room
    the edge of a red window goes first.
    """
    found = day.copy()
    while (surplus := int(np.count_nonzero(found == RED)) - most_slots) > 0:
        size = min(surplus, max(min_slots, 1))
        parts = list(_freed(found, size, max(min_slots, 1), max_windows))
        rank = {part: _rank(part, room_kw, surplus) for part in parts}
        first, last, _ = min(parts, key=lambda part: rank[part])
        found[first:last] = AMBER
    return found


def _rank(part: Run, room_kw: Floats, surplus: int) -> tuple[bool, float, int, int]:
    """Say how gladly a stretch of red is given up: none too much, most room, an edge, early."""
    first, last, inside = part
    mean_kw = round(float(room_kw[first:last].mean()), 6)
    return last - first > surplus, -mean_kw, inside, first


def _freed(day: Colours, size: int, least: int, max_windows: int) -> Iterator[Run]:
    """List the stretches that may turn amber: first slot, last, whether inside a red window."""
    parts = runs(day)
    spare = max_windows - len(parts)
    for nth, (first, last, colour) in enumerate(parts):
        if colour != RED:
            continue
        yield first, last, 0
        before = nth > 0 and parts[nth - 1][2] == AMBER
        after = nth + 1 < len(parts) and parts[nth + 1][2] == AMBER
        for start in range(first, last - size + 1):
            left, right = start - first, last - start - size
            if (left and left < least) or (right and right < least) or not (left or right):
                continue
            joins = (not left and before) or (not right and after)
            more = 0 if joins else 2 if left and right else 1
            if (joins or size >= least) and more <= spare:
                yield start, start + size, int(bool(left and right))
