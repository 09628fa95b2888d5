"""What a clause is worth: the same week with only that clause dropped.

A clause moves a lever of the simulation or none. Those with a lever are dropped one at a time, with
the same cars and the same draws; what changes is the clause's price.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from app.core.engine.contract import Contract
from app.core.parameters import Parameter

NO_LEVER = "no_lever"  # the text asks for something no simulation sees
NOT_YET = "not_yet"  # it would change load, and the engine cannot say how
PLACES = "places"  # it moves places and money, not load
IDLE = "idle"  # it has a lever, which this scenario does not use
PRICED = "priced"
STATUSES: Mapping[str, str] = {
    NO_LEVER: "no effect on load; see text",
    NOT_YET: "the engine does not know this lever yet: {why}",
    PLACES: "moves places, not load: compare two plans ({why})",
    IDLE: "changes nothing in this scenario: {why}",
    PRICED: "simulated",
}
ON_CALENDAR = frozenset({"traffic_light", "staggered"})
UNCONTROLLED, GUARANTEE = "uncontrolled", "SMC-07"
FOREIGN: Mapping[str, tuple[str, str]] = {
    "TEC-06": (NOT_YET, "kw_point"),
    "LOC-09": (NOT_YET, "cluster_points"),
    "GRD-03": (NOT_YET, "grid_contract"),
    "LOC-01": (PLACES, "radius_m"),
    "SOC-01": (PLACES, "floor_share"),
}


@dataclass(frozen=True, slots=True)
class Run:
    """What a clause can change about a run; everything else stays as it is.

    ``fixed`` is the calendar of fixed hours that holds where no signal comes.
    """

    strategy: str
    contract: Contract
    opt_out: float
    share_can_resume: float
    v2g_share: float
    fixed: Contract
    shared_v2g: bool = True


@dataclass(frozen=True, slots=True)
class Dropped:
    """What dropping a clause means: another run, or why there is none."""

    status: str
    why: str = ""
    run: Run | None = None


def baseline(run: Run, clauses: frozenset[str]) -> Run:
    """Put what the selected clauses promise into a run: the guarantee of energy."""
    promised = run.contract.guarantee or GUARANTEE in clauses
    return replace(run, contract=replace(run.contract, guarantee=promised))


def drop(clause: str, lever: str, run: Run, numbers: Mapping[str, Parameter]) -> Dropped:
    """Say what dropping a clause means for a run."""
    if not lever:
        return Dropped(NO_LEVER)
    if clause in FOREIGN:
        return Dropped(*FOREIGN[clause])
    if clause not in RULES:
        return Dropped(NOT_YET, lever)
    found = RULES[clause](run, numbers)
    if isinstance(found, str):
        return Dropped(IDLE, found)
    if found == run:
        return Dropped(IDLE, "the lever is there already")
    return Dropped(PRICED, run=found)


def _pause(run: Run, numbers: Mapping[str, Parameter]) -> Run | str:
    del numbers
    if run.strategy == "pause":
        return replace(run, strategy="throttle", share_can_resume=0.0)
    return replace(run, share_can_resume=0.0)


def _smart(run: Run, numbers: Mapping[str, Parameter]) -> Run | str:
    del numbers
    return replace(run, strategy=UNCONTROLLED)


def _signal(run: Run, numbers: Mapping[str, Parameter]) -> Run | str:
    del numbers
    if not run.contract.on_load:
        return "its calendar has fixed hours already"
    if run.strategy not in ON_CALENDAR:
        return _no_calendar(run)
    return replace(run, contract=run.fixed)


def _calendar(run: Run, numbers: Mapping[str, Parameter]) -> Run | str:
    del numbers
    if run.strategy not in ON_CALENDAR:
        return _no_calendar(run)
    return replace(run, strategy=UNCONTROLLED)


def _no_calendar(run: Run) -> str:
    return f"the strategy {run.strategy} does not follow a calendar"


def _override(run: Run, numbers: Mapping[str, Parameter]) -> Run | str:
    del numbers
    return replace(run, opt_out=0.0, contract=replace(run.contract, override=False))


def _fallback(run: Run, numbers: Mapping[str, Parameter]) -> Run | str:
    lost = numbers["price_link_loss_share"].value
    return replace(run, opt_out=1 - (1 - run.opt_out) * (1 - lost))


def _guarantee(run: Run, numbers: Mapping[str, Parameter]) -> Run | str:
    del numbers
    if run.strategy not in ON_CALENDAR:
        return _no_calendar(run)
    return replace(run, contract=replace(run.contract, guarantee=False))


def _price(run: Run, numbers: Mapping[str, Parameter]) -> Run | str:
    del numbers
    if run.strategy != "price":
        return f"the strategy {run.strategy} does not follow prices"
    return replace(run, strategy=UNCONTROLLED)


def _ready(run: Run, numbers: Mapping[str, Parameter]) -> Run | str:
    del numbers
    return replace(run, v2g_share=0.0) if _gives_back(run) else _no_v2g(run)


def _operating(run: Run, numbers: Mapping[str, Parameter]) -> Run | str:
    uptake = numbers["price_bonus_uptake"].value
    if not _gives_back(run):
        return _no_v2g(run)
    if run.v2g_share <= uptake:
        return f"a bonus alone would bring {uptake:.0%} of points, and the scenario has fewer"
    return replace(run, v2g_share=uptake)


def _shared(run: Run, numbers: Mapping[str, Parameter]) -> Run | str:
    del numbers
    return replace(run, shared_v2g=False) if _gives_back(run) else _no_v2g(run)


def _gives_back(run: Run) -> bool:
    return run.strategy.startswith("v2g")


def _no_v2g(run: Run) -> str:
    return f"in the strategy {run.strategy} no car gives power back"


RULES = {
    "TEC-07": _pause,
    "SMC-01": _smart,
    "SMC-02": _smart,
    "SMC-03": _signal,
    "SMC-04": _calendar,
    "SMC-05": _override,
    "SMC-06": _fallback,
    "SMC-07": _guarantee,
    "SMC-08": _price,
    "V2G-02": _ready,
    "V2G-03": _operating,
    "V2G-10": _shared,
}


def drop_all(clauses: frozenset[str], run: Run, numbers: Mapping[str, Parameter]) -> Run:
    """Drop every clause that has a price, one after the other."""
    for clause, rule in RULES.items():
        found = rule(run, numbers) if clause in clauses else ""
        run = found if isinstance(found, Run) else run
    return run


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one run says: power [MW], points that still fit, late energy [%], money [EUR a year].

    ``window_mw`` is the peak in the hours of the calendar; None where it has none. ``fit`` is None
    where no limit is known.
    """

    window_mw: float | None
    peak_mw: float
    fit: float | None
    late_percent: float
    served_kwh_year: float
    energy_eur_year: float


@dataclass(frozen=True, slots=True)
class Money:
    """What a kW at the peak and a kWh delivered are worth [EUR]."""

    grid_eur_kw_year: float
    margin_eur_kwh: float


@dataclass(frozen=True, slots=True)
class Price:
    """A clause with its price; differences are without the clause minus with it."""

    clause: str
    status: str
    why: str = ""
    deltas: Mapping[str, float | None] = field(default_factory=dict)

    @property
    def words(self) -> str:
        """Say how the price was found, or why there is none."""
        return STATUSES[self.status].format(why=self.why)


SIMULATED = ("window_mw", "peak_mw", "fit", "late_percent")
DELTAS = (*SIMULATED, "eur_year")
KW_MW = 1000


def deltas(base: Outcome, other: Outcome, money: Money) -> dict[str, float | None]:
    """Return what changes: power, points that fit, late energy, and money a year.

    Money counts a higher peak, dearer energy and energy that is not sold: above zero, dropping the
    clause costs.
    """
    found = {
        name: _minus(getattr(other, name), getattr(base, name))
        for name in DELTAS
        if name != "eur_year"
    }
    grid = (other.peak_mw - base.peak_mw) * 1000 * money.grid_eur_kw_year
    energy = other.energy_eur_year - base.energy_eur_year
    unsold = (base.served_kwh_year - other.served_kwh_year) * money.margin_eur_kwh
    return {**found, "eur_year": grid + energy + unsold}


def _minus(one: float | None, other: float | None) -> float | None:
    return None if one is None or other is None else one - other
