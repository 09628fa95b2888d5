"""Use-case: run a charging strategy on a person's own sessions."""

import time
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from app.core.engine.arrays import Sessions
from app.core.engine.clock import Clock
from app.core.engine.contract import Contract
from app.core.engine.result import EngineResult, Options
from app.core.engine.run import run
from app.core.engine.taper import NO_TAPER
from app.core.errors import Fault, RefusedError
from app.core.strategies.base import Strategy
from app.exports.own_results import write_kpis, write_load, write_profiles
from app.services.own_files import OwnCase, OwnPaths, read_own_files
from app.services.own_kpis import OwnRun, own_kpis
from app.services.own_options import find_strategy, parse_options
from app.services.own_series import Warn
from app.settings import SETTINGS

ZONE = "Europe/Amsterdam"
REFERENCE = "uncontrolled"
WARM_SESSIONS = 3
WARM_STEPS = 192


def simulate_own(  # noqa: PLR0913  # the files and choices of one command
    paths: OwnPaths,
    *,
    strategy: str,
    pairs: Iterable[str] = (),
    contract: Contract | None = None,
    zone: str = ZONE,
    profiles: bool = False,
) -> OwnRun:
    """Read the files, run the strategy, take the times."""
    given = list(pairs)
    chosen, options = find_strategy(strategy), parse_options(given)
    begun = time.perf_counter()
    case = read_own_files(paths, zone=zone).case(batteries=asks_batteries(chosen, options))
    case = with_notices(case, unused_options(chosen, given))
    refuse_needs(case, chosen, options, contract)
    read_s = time.perf_counter() - begun
    return run_case(case, chosen, options, contract, profiles=profiles, read_s=read_s)


def run_case(  # noqa: PLR0913  # what a run is made of
    case: OwnCase,
    chosen: Strategy,
    options: Options,
    contract: Contract | None,
    *,
    profiles: bool = False,
    uncontrolled: EngineResult | None = None,
    read_s: float = 0.0,
) -> OwnRun:
    """Run a strategy on files that were read, after a warm-up, beside the same cars at once.

    Parameters
    ----------
    uncontrolled
        The answer to compare with, where it is known already.
    """
    begun = time.perf_counter()
    _run(_small(case), chosen, options, contract)
    warm_s = time.perf_counter() - begun
    begun = time.perf_counter()
    result = _run(case, chosen, options, contract, profiles=profiles)
    engine_s = time.perf_counter() - begun
    seconds = {"engine": engine_s, "warmup": warm_s, "read": read_s}
    if uncontrolled is None:
        uncontrolled = _run(case, find_strategy(REFERENCE), options, None)
    return OwnRun(case, chosen, options, contract, result, uncontrolled, seconds)


def asks_batteries(strategy: Strategy, options: Options) -> bool:
    """Say whether a run needs to know batteries, so that unknown ones are assumed."""
    return "v2g_share" in strategy.options or options.taper != NO_TAPER


def with_notices(case: OwnCase, more: Iterable[Warn]) -> OwnCase:
    """Add to what is said about a case."""
    return replace(case, notices=(*case.notices, *more))


def unused_options(strategy: Strategy, pairs: Iterable[str]) -> list[Warn]:
    """Say which options were given to a strategy that does not listen to them."""
    names = dict.fromkeys(pair.partition("=")[0].strip() for pair in pairs)
    return [
        {
            "code": "option_unused",
            "message": f"option {name} changes nothing under {strategy.key}",
            "count": 1,
        }
        for name in names
        if name not in strategy.options
    ]


def write_own(found: OwnRun, folder: Path, *, begun: float) -> dict[str, Any]:
    """Write ``load.csv``, ``profiles.parquet`` where kept, and ``kpis.json``; return the last.

    Parameters
    ----------
    begun
        ``time.perf_counter()`` at the start of the command.
    """
    folder.mkdir(parents=True, exist_ok=True)
    writing = time.perf_counter()
    case, result = found.case, found.result
    write_load(folder / "load.csv", case.transformers, case.clock, case.base_kw, result.ev_kw)
    if result.profile_kw is not None:
        write_profiles(folder / "profiles.parquet", case.file, case.clock, result.profile_kw)
    kpis = own_kpis(found)
    now = time.perf_counter()
    kpis |= {"write_seconds": now - writing, "wall_seconds": now - begun}
    write_kpis(folder / "kpis.json", kpis)
    return kpis


def _run(
    case: OwnCase,
    strategy: Strategy,
    options: Options,
    contract: Contract | None,
    *,
    profiles: bool = False,
) -> EngineResult:
    return run(
        strategy.key,
        case.file.sessions,
        case.base_kw,
        case.limit_kw,
        case.clock,
        options,
        contract=contract,
        price_eur_per_mwh=case.eur_per_mwh,
        profiles=profiles,
        threads=SETTINGS.threads,
        export_kw=case.export_limit_kw,
        parents=case.parents,
    )


def refuse_needs(
    case: OwnCase, strategy: Strategy, options: Options, contract: Contract | None
) -> None:
    """Refuse a strategy that lacks what it follows, in a sentence that names the option."""
    faults: list[Fault] = []
    if "contract" in strategy.needs and contract is None:
        said = f"{strategy.key} follows a contract: give --contract"
        faults.append(Fault("needs_contract", said))
    if "prices" in strategy.needs:
        if case.eur_per_mwh is None:
            faults.append(Fault("needs_prices", f"{strategy.key} follows prices: give --prices"))
        elif _touched(case.file.sessions, np.isnan(case.eur_per_mwh)):
            faults.append(Fault("needs_prices", "the prices do not cover every session"))
    limited = np.isfinite(case.limit_kw).any() or options.theta_kw is not None
    if "limits" in strategy.needs and not limited:
        give = "give --limits or --option theta_kw=auto"
        said = f"{strategy.key} acts where a limit is exceeded: {give}"
        faults.append(Fault("needs_limits", said))
    if faults:
        raise RefusedError(faults)


def _touched(sessions: Sessions, hole: np.ndarray[Any, np.dtype[np.bool_]]) -> bool:
    """Say whether any session is connected in a marked step."""
    upto = np.concatenate(([0], np.cumsum(hole)))
    return bool((upto[sessions.departure] > upto[sessions.arrival]).any())


def _small(case: OwnCase) -> OwnCase:
    """Cut the case down to three cars and two days, on which everything is compiled."""
    steps = min(WARM_STEPS, case.clock.steps)
    every = case.file.sessions
    few = every.slice(0, 1)
    first = min(WARM_SESSIONS, len(few))
    columns = {
        name: getattr(few, name)[:first].copy() for name in Sessions.__dataclass_fields__
    }  # fmt: skip
    columns["arrival"] = np.zeros(first, np.int32)
    columns["departure"] = np.full(first, min(steps, WARM_STEPS), np.int32)
    columns["index"] = np.array([0, first])
    prices = case.eur_per_mwh
    return replace(
        case,
        file=replace(case.file, sessions=Sessions(**columns)),
        base_kw=case.base_kw[:1, :steps].copy(),
        limit_kw=case.limit_kw[:1],
        export_limit_kw=case.export_limit_kw[:1],
        parents=None,
        clock=Clock(case.clock.start, steps, case.clock.zone),
        eur_per_mwh=None if prices is None else np.nan_to_num(prices[:steps]),
    )
