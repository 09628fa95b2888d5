"""Use-case: read a person's own sessions, base load, limits and prices, ready to run."""

from dataclasses import dataclass, fields
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import numpy as np
import pandas as pd

from app.core.engine.arrays import Floats
from app.core.engine.clock import Clock
from app.core.engine.parents import Parents
from app.core.engine.sessionfile import (
    ONLY,
    SESSION_CODES,
    SESSION_COLUMNS,
    SessionFile,
    horizon_of,
    session_faults,
    to_sessions,
)
from app.core.errors import refusal
from app.services.own_limits import read_limits
from app.services.own_series import (
    IDS,
    Notices,
    Warn,
    read_base,
    read_prices,
    refuse_span,
)
from app.services.parameters import load_parameters
from app.sources.own_notices import Refusals
from app.sources.own_open import Source
from app.sources.own_tables import read_own_table

DAY_STEPS = 96
COUNTED = {
    "dropped": "sessions wholly outside the horizon were dropped",
    "cut": "sessions over an end of the horizon were cut there, with the energy of the rest",
    "zero_energy": "sessions want no energy: they are kept and draw nothing",
    "infeasible": "sessions want more than their stay allows at full power",
    "phases_assumed": "phases were assumed: one up to 7.4 kW, else three",
    "soc_assumed": "batteries were assumed: a usual car that leaves nearly full",
    "group_unknown": "user groups are not known here: counted as the first",
}
NAMED = ("dropped", "cut", "infeasible", "group_unknown")


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class OwnGround:
    """What a person's own files say of the place, whoever charges there.

    Attributes
    ----------
    transformers : (row,)
        Their ids, sorted.
    limit_kw, export_limit_kw : (row,)
        NaN where unknown.
    parents
        Feeders and substations above the transformers; None without any.
    eur_per_mwh, g_co2_per_kwh : (step,) or None
        NaN where the file has a hole.
    notices
        What was assumed, in sentences, each with a code and a count.
    """

    transformers: IDS
    base_kw: Floats
    limit_kw: Floats
    export_limit_kw: Floats
    clock: Clock
    eur_per_mwh: Floats | None
    g_co2_per_kwh: Floats | None
    notices: tuple[Warn, ...]
    parents: Parents | None = None


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class OwnCase(OwnGround):
    """A person's own files, ready to run."""

    file: SessionFile


@dataclass(frozen=True, slots=True)
class OwnPaths:
    """The files of a run, on disk or dropped on a page; all but the sessions may be missing."""

    sessions: Source
    base: Source | None = None
    limits: Source | None = None
    prices: Source | None = None


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class OwnFiles(OwnGround):
    """Files that were read and checked, before anything is assumed for a strategy."""

    frame: pd.DataFrame

    def case(self, *, batteries: bool = False) -> OwnCase:
        """Sort the sessions for the engine; ``batteries`` are assumed where a strategy asks."""
        numbers = load_parameters()
        sessions = to_sessions(
            self.frame, self.transformers, self.clock, numbers, batteries=batteries
        )
        notices = Notices()
        for key, message in COUNTED.items():
            rows = sessions.rows[key]
            notices.add(f"sessions_{key}", message, rows.size, rows if key in NAMED else None)
        ground = {each.name: getattr(self, each.name) for each in fields(OwnGround)}
        ground["notices"] = (*self.notices, *notices.found)
        return OwnCase(file=sessions, **ground)


def read_own(paths: OwnPaths, *, zone: str, batteries: bool = False) -> OwnCase:
    """Read and check every file, or refuse with every fault of the first that has some.

    Parameters
    ----------
    zone
        Wall clock of the place, also of times without an offset.
    batteries
        Whether the strategy asks for batteries.
    """
    return read_own_files(paths, zone=zone).case(batteries=batteries)


def read_own_files(paths: OwnPaths, *, zone: str) -> OwnFiles:
    """Read and check every file; batteries are not assumed yet."""
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError) as error:
        said = f"no time zone {zone!r}; wanted a name like Europe/Amsterdam"
        raise refusal("unknown_zone", said) from error
    notices = Notices()
    frame = _read_sessions(paths.sessions, zone, notices)
    names = set(frame["transformer_id"].unique()) if "transformer_id" in frame else {ONLY}
    if paths.base is None:
        transformers, base_kw, clock = _no_base(paths.sessions.name, names, frame, zone, notices)
    else:
        transformers, base_kw, clock = read_base(paths.base, names, zone, notices)
    limits = read_limits(paths.limits, transformers, notices)
    prices, carbon = read_prices(paths.prices, clock, zone, notices)
    return OwnFiles(
        frame=frame,
        transformers=transformers,
        base_kw=base_kw,
        limit_kw=limits.limit_kw,
        export_limit_kw=limits.export_kw,
        clock=clock,
        eur_per_mwh=prices,
        g_co2_per_kwh=carbon,
        notices=tuple(notices.found),
        parents=limits.parents,
    )


def _read_sessions(source: Source, zone: str, notices: Notices) -> pd.DataFrame:
    table = read_own_table(source, SESSION_COLUMNS, zone=zone, codes=SESSION_CODES)
    frame = notices.table(table).frame
    refusals = Refusals(source.name)
    if not len(frame):
        refusals.say("there are no sessions", "no_sessions")
        refusals.finish()
    for fault in session_faults(frame, load_parameters()):
        shown = table.cells[fault.column]
        refusals.add(fault.bad, fault.column, shown, fault.wanted, fault.code)
    refusals.finish()
    return frame


def _no_base(
    file: str, names: set[str], frame: pd.DataFrame, zone: str, notices: Notices
) -> tuple[IDS, Floats, Clock]:
    first, last = frame["arrival"].min(), frame["departure"].max()
    refuse_span(file, first, last, (last - first).days * DAY_STEPS, len(names))
    clock = horizon_of(frame, zone)
    notices.add("no_base", "no base load was given: 0 kW, whole days around the sessions")
    transformers = np.array(sorted(names), dtype=object)
    return transformers, np.zeros((transformers.size, clock.steps)), clock
