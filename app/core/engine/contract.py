"""A capacity contract ("traffic light"): which limit holds at which hour of which day."""

from dataclasses import dataclass

ALL_MONTHS = tuple(range(1, 13))
DAY_TYPES = ("workday", "saturday", "sunday")


@dataclass(frozen=True, slots=True)
class Window:
    """One stretch of the wall clock; ``end`` is exclusive and may be 1440.

    ``limit_kw`` and ``limit_share`` are per point: kW, or share of its rated current; both None
    means no limit (green).
    """

    start_min: int
    end_min: int
    colour: str
    limit_kw: float | None = None
    limit_share: float | None = None
    day_types: tuple[str, ...] = DAY_TYPES
    months: tuple[int, ...] = ALL_MONTHS


@dataclass(frozen=True, slots=True)
class Contract:
    """A named set of windows; time outside every window is green.

    ``limit_share`` refers to ``rated_a``, a point's usual current; that of a larger point follows
    from the session's own power.
    """

    key: str
    title: str
    windows: tuple[Window, ...]
    source: str
    confidence: str
    override: bool = True
    pause_allowed: bool = True
    guarantee: bool = False
    override_share: float = 0.05
    rated_a: float = 16.0
    note: str = ""
