"""A capacity contract ("traffic light"): which limit holds at which hour of which day."""

from dataclasses import dataclass

ALL_MONTHS = tuple(range(1, 13))
PHASE_KW_PER_A = 0.230  # the nominal 230 V of IEC 60038
UNITS = ("per_point", "per_station", "per_cluster", "per_transformer")
TRIGGERS = ("schedule", "load", "dso_signal", "price")
DAY_TYPES = ("workday", "saturday", "sunday")
DIRECTIONS = ("import", "export")
BASES = ("session", "plugged_hour", "departure_share")  # what a guarantee of energy counts
GREEN, AMBER, RED = COLOURS = ("green", "amber", "red")


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
class Terms:
    """What a contract says beside its limits; None and empty texts are not said.

    ``full_kw`` is what the unit may draw in green. ``holidays`` are days that count as Sundays,
    as rules that `app.core.engine.holidays` reads. ``direction`` "export" limits what cars give
    back, and asks nothing of cars that charge.
    """

    direction: str = "import"
    asset_id: str = ""
    lot_code: str = ""
    full_kw: float | None = None
    phases: int = 3
    max_hours_day: float | None = None
    max_events_year: float | None = None
    override_surcharge_eur_kwh: float | None = None
    min_kwh_guarantee: float | None = None
    guarantee_basis: str = ""
    fallback_kw: float | None = None
    log_interval_min: float | None = None
    compliance_pct: float | None = None
    compensation: str = ""
    review_date: str = ""
    holidays: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Contract:
    """A named set of windows; time outside every window is green.

    ``limit_share`` refers to ``rated_a``, a point's usual current; that of a larger point follows
    from the session's own power. ``unit`` says what shares a limit: "per_point", "per_station",
    "per_transformer", or "per_cluster", the points one transformer feeds. With ``trigger`` "load"
    the light follows the load of the transformer, not the clock: each colour then has the limit of
    its first window, and acts ``notice_min`` later. "dso_signal" and "price" are run as if the
    signal came in every window: the most a driver can be asked for.
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
    terms: Terms = Terms()

    @property
    def on_load(self) -> bool:
        """Whether the load switches the light, so that nobody knows its hours beforehand."""
        return self.trigger == "load"

    @property
    def per_point(self) -> bool:
        """Whether every point follows the clock alone."""
        return self.unit == "per_point" and not self.on_load

    @property
    def charging(self) -> tuple[Window, ...]:
        """The windows that ask something of cars that charge."""
        return self.windows if self.terms.direction == "import" else ()
