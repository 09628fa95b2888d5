"""What a planner may turn: one frozen record, one line per lever."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from math import isfinite
from typing import Any

from app.core.by_hand import Added, Moved, Reasons, check_by_hand
from app.core.errors import InputError
from app.core.tender.cash_inputs import PREFIX
from app.core.tender.clause_changes import ClauseChange, check_clause_changes


@dataclass(frozen=True, slots=True)
class Knob:
    """The label, range, step and unit of one adjustable number."""

    label: str
    low: float
    high: float
    step: float
    unit: str
    group: str


@dataclass(frozen=True, slots=True)
class Choice:
    """The label and the options, key to title, of one adjustable choice."""

    label: str
    options: Callable[[], Mapping[str, str]]
    group: str


def knob(default: float, *spec: str | float) -> Any:  # noqa: ANN401
    """Declare a number that a slider, a link, the command line and the checks all understand."""
    return field(default=default, metadata={"knob": Knob(*spec)})  # type: ignore[arg-type]


def choice(default: str, *spec: str | Callable[[], Mapping[str, str]]) -> Any:  # noqa: ANN401
    """Declare a choice the same way."""
    return field(default=default, metadata={"choice": Choice(*spec)})  # type: ignore[arg-type]


def _uptakes() -> Mapping[str, str]:
    return {"low": "Low", "mid": "Middle", "high": "High"}


def _gaps() -> Mapping[str, str]:
    return {
        "slow": "Closes slowly",
        "stays": "Stays",
        "closes": "Policy closes it",
        "bass": "As yearly registrations suggest",
    }


def _strategies() -> Mapping[str, str]:
    from app.core.strategies import STRATEGIES  # noqa: PLC0415  # compiles; `check` need not wait

    return {key: strategy.title for key, strategy in STRATEGIES.items()}


def _models() -> Mapping[str, str]:
    return {
        "direct": "Direct purchase",
        "concession": "Concession",
        "hybrid": "Hybrid",
        "licence": "Licence",
        "ppp": "Joint company",
        "subsidy": "Subsidy",
    }


def _point_types() -> Mapping[str, str]:
    return {
        "ac11": "AC, 11 kW",
        "low_power": "Low power, 3.7 kW",
        "ac22": "AC, 22 kW",
        "dc50": "Fast, 50 kW",
        "v2g": "Both ways (V2G), 11 kW",
    }


def _power_classes() -> Mapping[str, str]:
    return {
        "planned": "As the places of the plan",
        "normal": "Below 50 kW",
        "fast": "From 50 kW",
        "both": "Both, whatever the plan holds",
    }


def _countries() -> Mapping[str, str]:
    return {
        "project": "The country of the city",
        "FI": "Finland",
        "HU": "Hungary",
        "NL": "Netherlands",
        "NO": "Norway",
        "SE": "Sweden",
        "TR": "Türkiye",
    }


def _tapers() -> Mapping[str, str]:
    return {
        "ac": "Slower over the last 8 percent",
        "dc": "Slower from 60 percent (fast charging)",
        "none": "Full power to the end",
    }


def _lot_borders() -> Mapping[str, str]:
    return {"off": "May cross their borders", "on": "Each within one operator"}


ALL_POINTS = 20_000  # the end of the slider: no limit


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """A question put to the chain. Hashable, so it is its own cache key.

    ``weights`` holds (criterion, weight) pairs that differ from the criterion's own default;
    ``assumptions`` holds (parameter, value) pairs a planner set over the sourced number;
    ``locked`` and ``excluded`` hold candidate ids a planner fixed by hand; ``added`` and ``moved``
    hold places set by hand, and ``reasons`` (candidate id, reason) pairs for any of the four;
    ``clauses`` holds changes to the clauses of the tender.
    """

    year: int = knob(2030, "Year", 2022, 2050, 1, "", "Demand")
    uptake: str = choice("mid", "Electric cars", _uptakes, "Demand")
    gap: str = choice("slow", "Gap between districts", _gaps, "Demand")
    fleet_growth: float = knob(
        0.0, "Growth of the number of cars", -0.01, 0.01, 0.005, "a year", "Demand"
    )
    strategy: str = choice("v2g", "Strategy", _strategies, "Charging")
    v2g_share: float = knob(0.175, "V2G share", 0.0, 1.0, 0.025, "of points", "Charging")
    budget_eur: int = knob(5_000_000, "Budget", 0, 50_000_000, 250_000, "EUR", "Sites")
    share_can_resume: float = knob(
        0.667, "Cars that can pause", 0.0, 1.0, 0.001, "of cars", "Charging"
    )
    opt_out: float = knob(0.05, "Drivers who opt out", 0.0, 0.3, 0.01, "of sessions", "Charging")
    min_current_a: int = knob(6, "Lowest current", 0, 16, 1, "A", "Charging")
    soc_floor: float = knob(0.2, "Battery kept for the driver", 0.0, 1.0, 0.05, "full", "Charging")
    taper: str = choice("ac", "Nearly full batteries", _tapers, "Charging")
    contract: str = field(default="utrecht-16-20", metadata={"label": "Capacity contract"})
    block_target: float = knob(
        0.05, "Arrivals that may find all points taken", 0.01, 0.2, 0.01, "of arrivals", "Demand"
    )
    points: int = knob(ALL_POINTS, "Most new points", 0, ALL_POINTS, 50, "", "Sites")
    radius_m: int = knob(300, "Walking distance", 100, 600, 50, "m", "Sites")
    floor_share: float = knob(0.0, "Served in every district", 0.0, 0.9, 0.05, "at least", "Sites")
    point_type: str = choice(
        "ac11", "Kind of charge point, where it may stand", _point_types, "Sites"
    )
    score_pull: float = knob(0.2, "Pull of the score", 0.0, 0.5, 0.05, "", "Sites")
    model: str = choice("concession", "Operating model", _models, "Tender")
    v2g_phase: int = knob(2, "V2G phase", 0, 3, 1, "", "Tender")
    lots: int = knob(1, "Lots", 1, 12, 1, "", "Tender")
    power_class: str = choice("planned", "Power of points", _power_classes, "Tender")
    country: str = choice("project", "Law of", _countries, "Tender")
    lots_per_dso: str = choice("off", "Lots and grid operators", _lot_borders, "Tender")
    seed: int = knob(0, "Seed", 0, 9999, 1, "", "Charging")
    base_growth: float = knob(
        0.0, "Homes and services use more", -0.3, 1.0, 0.05, "than today", "Base load"
    )
    heat_pump_share: float = knob(
        0.0, "Homes that get a heat pump", 0.0, 1.0, 0.05, "of homes", "Base load"
    )
    pv_kwp_home: float = knob(0.0, "New solar panels", 0.0, 5.0, 0.25, "kWp per home", "Base load")
    weights: tuple[tuple[str, float], ...] = ()
    assumptions: tuple[tuple[str, float], ...] = ()
    locked: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()
    added: tuple[Added, ...] = ()
    moved: tuple[Moved, ...] = ()
    reasons: Reasons = ()
    clauses: tuple[ClauseChange, ...] = ()

    def __post_init__(self) -> None:
        """Refuse what no slider could produce: links and files come from outside."""
        for name, spec in knobs().items():
            _check_knob(spec, getattr(self, name), whole=isinstance(defaults()[name], int))
        for name, pick in choices().items():
            if getattr(self, name) not in pick.options():
                options = ", ".join(pick.options())
                raise InputError(f"{pick.label}: no {getattr(self, name)!r}; choose from {options}")
        _check_lists(self)
        check_by_hand(self.added, self.moved, self.reasons)
        check_clause_changes(self.clauses)

    def only(self, *names: str) -> "Scenario":
        """Return the same question with every lever but ``names`` at its default: a cache key.

        Numbers of the cash flow move money and nothing else, so they are no part of it.
        """
        kept = {name: getattr(self, name) for name in names}
        return Scenario(**kept).without_money()

    def without_money(self) -> "Scenario":
        """Return the same question without a planner's own numbers of the cash flow."""
        kept = tuple(pair for pair in self.assumptions if not pair[0].startswith(PREFIX))
        return self if len(kept) == len(self.assumptions) else replace(self, assumptions=kept)

    def changes(self) -> dict[str, Any]:
        """Return what differs from the default: the content of a file or a link."""
        usual = asdict(Scenario())
        return {name: value for name, value in asdict(self).items() if value != usual[name]}

    def but(self, **changes: Any) -> "Scenario":  # noqa: ANN401
        """Return this scenario with some levers moved."""
        return replace(self, **changes)


MAX_WEIGHT = 10.0


def _check_knob(spec: Knob, value: Any, *, whole: bool) -> None:  # noqa: ANN401
    span = f"{spec.low:g} to {spec.high:g} {spec.unit}".strip()
    wanted = int if whole else (int, float)
    if isinstance(value, bool) or not isinstance(value, wanted) or not isfinite(value):
        raise InputError(f"{spec.label}: {value!r} is not a number from {span}")
    if not spec.low <= value <= spec.high:
        raise InputError(f"{spec.label}: {value} is outside {span}")


def _check_lists(asked: Scenario) -> None:
    for name in ("locked", "excluded"):
        if not all(isinstance(each, str) for each in getattr(asked, name)):
            raise InputError(f"{name} holds something that is not a candidate's id")
    for pair in asked.weights:
        key, weight = pair
        if not (isinstance(key, str) and 0 <= weight <= MAX_WEIGHT):
            raise InputError(f"weight of {key!r}: {weight!r} is outside 0 to {MAX_WEIGHT}")
    for pair in asked.assumptions:
        key, value = pair
        if not (isinstance(key, str) and isinstance(value, (int, float)) and isfinite(value)):
            raise InputError(f"assumption {key!r}: {value!r} is not a number")


def knobs() -> Mapping[str, Knob]:
    """Every adjustable number of a scenario, by field name."""
    return {f.name: f.metadata["knob"] for f in fields(Scenario) if "knob" in f.metadata}


def choices() -> Mapping[str, Choice]:
    """Every adjustable choice of a scenario, by field name."""
    return {f.name: f.metadata["choice"] for f in fields(Scenario) if "choice" in f.metadata}


def defaults() -> Mapping[str, Any]:
    """Every lever's default, by field name."""
    return {f.name: f.default for f in fields(Scenario)}
