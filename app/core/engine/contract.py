"""A capacity contract ("traffic light"): which limit holds at which hour of which day."""

from dataclasses import dataclass

ALL_MONTHS = tuple(range(1, 13))
UNITS = ("per_point", "per_station", "per_transformer")
TRIGGERS = ("schedule", "load")
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
class Thresholds:
    """Shares of a transformer's limit from which the light turns, and how far it must fall back."""

    amber: float = 0.8
    red: float = 0.95
    hysteresis: float = 0.05


@dataclass(frozen=True, slots=True)
class Contract:
    """A named set of windows; time outside every window is green.

    ``limit_share`` refers to ``rated_a``, a point's usual current; that of a larger point follows
    from the session's own power. ``unit`` says what shares a limit: "per_point", "per_station",
    "per_transformer". With ``trigger`` "load" the light follows the load of the transformer, not
    the clock: each colour then has the limit of its first window, and acts ``notice_min`` later.
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
    unit: str = "per_point"
    trigger: str = "schedule"
    notice_min: float = 0.0
    thresholds: Thresholds = Thresholds()

    @property
    def per_point(self) -> bool:
        """Whether every point follows the clock alone."""
        return self.unit == "per_point" and self.trigger == "schedule"
