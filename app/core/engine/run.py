"""Ask a charging strategy what it does to the grid."""

from dataclasses import replace
from datetime import datetime

import numpy as np

from app.core.engine.arrays import Floats, Sessions
from app.core.engine.clock import Clock
from app.core.engine.contract import Contract, Window
from app.core.engine.job import Job
from app.core.engine.parents import Parents, keep_below
from app.core.engine.result import EngineResult, Options
from app.core.errors import InputError
from app.core.strategies import STRATEGIES

NEEDS = {
    "contract": "a capacity contract",
    "prices": "a price for every step",
}


def run(  # noqa: PLR0913, PLR0917  # the ingredients of a run; those after the star are optional
    strategy: str,
    sessions: Sessions,
    base_kw: Floats,
    limit_kw: Floats,
    clock: Clock,
    options: Options,
    *,
    contract: Contract | None = None,
    price_eur_per_mwh: Floats | None = None,
    profiles: bool = False,
    threads: int = 1,
    start_from: EngineResult | None = None,
    export_kw: Floats | None = None,
    parents: Parents | None = None,
) -> EngineResult:
    """Run one strategy on many transformers.

    Parameters
    ----------
    sessions
        Who charges; rows are independent, so a year may be run in slices of rows.
    base_kw : (row, step)
        Load without public charging [kW].
    limit_kw : (row,)
        What each transformer can carry [kW]; NaN where unknown: strategies that need limits
        leave such a row as it is, and rows of one run may all be unknown.
    contract, price_eur_per_mwh
        For strategies that need them.
    profiles
        Keep the power of every session: 4 bytes per session and step.
    threads
        Any number gives the same bytes.
    start_from
        The answer with profiles of a weaker strategy on the same sessions and options. `v2g`
        then skips its own run of `pause`.

    export_kw : (row,) or None
        What each transformer can take back [kW], a positive number; NaN where unknown. Cars that
        give energy back never push a transformer beyond it.
    parents
        Limits above the transformers. Strategies that look at the load make room for them too,
        at the cost of up to eight more sweeps.

    Returns
    -------
    EngineResult
        O(session x step of stay x sweeps).
    """
    if strategy not in STRATEGIES:
        raise InputError(f"no strategy {strategy!r}; choose from {', '.join(STRATEGIES)}")
    job = Job(
        sessions=sessions,
        base_kw=base_kw,
        limit_kw=limit_kw,
        clock=clock,
        options=options,
        contract=contract,
        price_eur_per_mwh=price_eur_per_mwh,
        profiles=profiles,
        threads=max(1, threads),
        start_from=start_from,
        export_kw=export_kw,
    )
    for need in STRATEGIES[strategy].needs:
        if need in NEEDS and not _given(job, need):
            raise InputError(f"{STRATEGIES[strategy].title} needs {NEEDS[need]}")
    chosen = STRATEGIES[strategy]
    if parents is None or "sweeps" not in chosen.options:
        return chosen.run(job)
    told: EngineResult | None = None
    for step in (chosen.begins, strategy) if chosen.begins else (strategy,):
        begin = replace(job, profiles=True, start_from=told or start_from)
        told = keep_below(job, STRATEGIES[step].run(begin), STRATEGIES[step].run, parents)
    assert told is not None  # noqa: S101  # at least the strategy itself has run
    return told if profiles else replace(told, profile_kw=None)


def _given(job: Job, need: str) -> bool:
    return (job.contract if need == "contract" else job.price_eur_per_mwh) is not None


def warm_up() -> None:
    """Compile every strategy on three cars, so that no visitor waits for it."""
    clock = Clock.days(datetime(2030, 1, 7), 2, "Europe/Amsterdam")  # noqa: DTZ001  # a local day
    cars = _three_cars()
    base_kw = np.full((1, clock.steps), 10.0)
    contract = Contract("warm-up", "", (Window(960, 1200, "amber", limit_kw=4.14),), "", "C")
    for strategy in STRATEGIES:
        for theta_kw in (None, "auto"):
            run(
                strategy,
                cars,
                base_kw,
                np.array([15.0]),
                clock,
                Options(theta_kw=theta_kw),
                contract=contract,
                price_eur_per_mwh=np.zeros(clock.steps),
            )


def _three_cars() -> Sessions:
    three = np.arange(3)
    columns: dict[str, float] = {
        "energy_kwh": 10.0,
        "power_kw": 11.0,
        "soc0_kwh": 20.0,
        "battery_kwh": 60.0,
        "discharge_kw": 11.0,
    }
    return Sessions(
        row=np.zeros(3, np.int32),
        arrival=(40 + three).astype(np.int32),
        departure=(100 + three).astype(np.int32),
        phases=np.full(3, 3, np.int8),
        key=three.astype(np.uint64),
        group=np.zeros(3, np.int8),
        can_resume=np.ones(3, np.int8),
        can_v2g=np.ones(3, np.int8),
        opted_out=np.zeros(3, np.int8),
        station=np.zeros(3, np.int32),
        index=np.array([0, 3]),
        **{name: np.full(3, value, np.float32) for name, value in columns.items()},
    )
