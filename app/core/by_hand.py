"""What a planner changes by hand: places added, places moved, and the reasons given."""

import hashlib
from collections.abc import Sequence
from math import isfinite
from typing import Any, NamedTuple

from app.core.errors import InputError

LONGEST = 200
FAR_M = 1e8  # no coordinate in metres lies further out
MOST_POINTS = 1_000


class Added(NamedTuple):
    """A place a planner named by hand, in the project's coordinates [m].

    Without an ``id`` it is named by where it lies; a list of sites brings its own.
    """

    name: str
    x: float
    y: float
    points: int
    id: str = ""

    @property
    def key(self) -> str:
        """The id of its candidate, the same for good."""
        return self.id or name_of("user", f"{self.x:.3f}", f"{self.y:.3f}")


class Moved(NamedTuple):
    """A candidate that stands elsewhere than the maps say [m]; it keeps its id."""

    id: str
    x: float
    y: float


Reasons = tuple[tuple[str, str], ...]


def name_of(*parts: object) -> str:
    """Name a candidate for good: by its source and position, never by a row number."""
    text = "|".join(str(part) for part in parts)
    return "c" + hashlib.blake2s(text.encode(), digest_size=5).hexdigest()


def check_by_hand(added: Sequence[Added], moved: Sequence[Moved], reasons: Reasons) -> None:
    """Refuse what no planner means; links and files come from outside."""
    for place in added:
        what = f"place {place.name[:40]!r} added by hand"
        _text(place.name, "the name of a place added by hand")
        _text(place.id or "-", f"the id of the {what}")
        _spot(place.x, place.y, what)
        whole = isinstance(place.points, int) and not isinstance(place.points, bool)
        if not whole or not 1 <= place.points <= MOST_POINTS:
            raise InputError(f"{what}: points are a whole number from 1 to {MOST_POINTS}")
    for spot in moved:
        _text(spot.id, "the id of a place moved by hand")
        _spot(spot.x, spot.y, f"place {spot.id} moved by hand")
    for key, reason in reasons:
        _text(key, "the id of a reason")
        _text(reason, f"the reason at {key[:LONGEST]}")
    _once([place.key for place in added], "added")
    _once([spot.id for spot in moved], "moved")
    _once([key for key, _ in reasons], "given a reason")


def read_added(value: Any) -> Added:  # noqa: ANN401
    """Read a place from plain data."""
    name, x, y, points, key = _fields(value, 5, "a place: name, x, y, points and id")
    _text(name, "the name of a place added by hand")
    return Added(name, _number(x), _number(y), points, _text(key or "-", "an id") and key)


def read_moved(value: Any) -> Moved:  # noqa: ANN401
    """Read a move from plain data."""
    key, x, y = _fields(value, 3, "a place that moved: id, x and y")
    return Moved(_text(key, "the id of a place moved by hand"), _number(x), _number(y))


def read_reason(value: Any) -> tuple[str, str]:  # noqa: ANN401
    """Read a reason from plain data."""
    key, reason = _fields(value, 2, "an id with its reason")
    return _text(key, "the id of a reason"), _text(reason, "a reason given by hand")


def _fields(value: Any, count: int, wanted: str) -> Sequence[Any]:  # noqa: ANN401
    if not isinstance(value, (list, tuple)) or len(value) != count:
        raise InputError(f"changes by hand hold something that is not {wanted}")
    return value


def _text(value: Any, what: str) -> str:  # noqa: ANN401
    fine = isinstance(value, str) and 0 < len(value) <= LONGEST and value.isprintable()
    if not fine or not value.strip():
        raise InputError(f"{what} is not a line of 1 to {LONGEST} characters")
    return str(value)


def _number(value: Any) -> float:  # noqa: ANN401
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not abs(value) <= FAR_M:
        raise InputError(f"coordinate {str(value)[:40]!r} of a place is not a number in metres")
    return float(value)


def _spot(x: float, y: float, what: str) -> None:
    for value in (x, y):
        numeric = isinstance(value, (int, float)) and not isinstance(value, bool)
        if not numeric or not isfinite(value) or abs(value) > FAR_M:
            raise InputError(f"{what}: coordinate {str(value)[:40]!r} is not a number in metres")


def _once(keys: Sequence[str], word: str) -> None:
    twice = (
        sorted({key for key in keys if keys.count(key) > 1}) if len(set(keys)) < len(keys) else []
    )
    if twice:
        raise InputError(f"{', '.join(twice[:5])} was {word} by hand more than once")
