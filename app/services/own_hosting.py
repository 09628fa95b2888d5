"""Use-case: how many charge points fit, from a person's own sessions and base load."""

import time
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from app.core.engine.arrays import Sessions
from app.core.engine.contract import Contract
from app.core.engine.hosting import HostResult, Rules, host_row, points_from_days
from app.core.engine.sessionfile import SessionFile
from app.core.errors import InputError
from app.services.own_files import OwnCase, OwnPaths, read_own
from app.services.own_options import find_strategy, parse_options
from app.services.own_series import Warn
from app.services.own_sessions import ZONE, refuse_needs
from app.services.parameters import load_parameters
from app.settings import SETTINGS


@dataclass(frozen=True, slots=True, eq=False)
class OwnHosting:
    """How many points fit, and from what."""

    case: OwnCase
    strategy: str
    limit_kw: float
    result: HostResult
    engine_seconds: float

    @property
    def document(self) -> dict[str, Any]:
        """The answer as the terminal prints it."""
        found = self.result
        quantiles = {"p10": 0.1, "p50": 0.5, "p90": 0.9}
        return {
            "strategy": self.strategy,
            "limit_kw": self.limit_kw,
            "points": {name: found.quantile(share) for name, share in quantiles.items()},
            "samples": found.points.tolist(),
            "binding": found.binding,
            "served_share": found.served_share,
            "kw_per_point": found.kw_per_point,
            "base_peak_kw": found.base_peak_kw,
            "engine_seconds": self.engine_seconds,
        }


def host_own(  # noqa: PLR0913  # the files and choices of one command
    paths: OwnPaths,
    *,
    limit_kw: float,
    strategy: str,
    pairs: Iterable[str] = (),
    contract: Contract | None = None,
    zone: str = ZONE,
    samples: int | None = None,
    hours: float = 0.0,
) -> OwnHosting:
    """Draw points from the file until the limit is met.

    Parameters
    ----------
    samples
        How many lists of points are drawn.
    hours
        Hours of the horizon in which the limit may be exceeded.
    """
    chosen, options = find_strategy(strategy), parse_options(pairs)
    if not np.isfinite(limit_kw) or hours < 0:
        raise InputError(f"a limit of {limit_kw} kW over {hours} h is not a number")
    case = read_own(paths, zone=zone, batteries="v2g_share" in chosen.options)
    if case.transformers.size > 1:
        names = ", ".join(map(str, case.transformers[:3]))
        raise InputError(f"host looks at one transformer; these files have {names} ...")
    case = replace(case, limit_kw=np.array([float(limit_kw)]))
    refuse_needs(case, chosen, options, contract)
    if case.file.chargers is None:
        said = "no charger_id: the file is read as the record of one charge point, day by day"
        record: Warn = {"code": "one_point", "message": said, "count": 1}
        case = replace(case, notices=(*case.notices, record))
    numbers = load_parameters()
    units = _units(case, int(numbers["hosting_pool"].value), options.seed)
    usual = int(numbers["hosting_samples"].value)
    begun = time.perf_counter()
    result = host_row(
        units,
        case.base_kw[0],
        float(limit_kw),
        strategy,
        options,
        case.clock,
        rules=Rules.of(numbers, hours),
        samples=samples or usual,
        contract=contract,
        price_eur_per_mwh=case.eur_per_mwh,
        threads=SETTINGS.threads,
    )
    return OwnHosting(case, strategy, float(limit_kw), result, time.perf_counter() - begun)


def _units(case: OwnCase, pool: int, seed: int) -> Sessions:
    """Take each charger as a typical point; without chargers, put points together from days."""
    file: SessionFile = case.file
    if not len(file.sessions):
        raise InputError("no session lies within the base load's horizon")
    if file.chargers is None:
        return points_from_days(file.sessions, case.clock, pool, seed)
    _, unit = np.unique(file.chargers.astype(str), return_inverse=True)
    order = np.argsort(unit, kind="stable")  # sessions are sorted by arrival already
    columns = {
        name: getattr(file.sessions, name)[order]
        for name in Sessions.__dataclass_fields__
        if name not in {"row", "index"}
    }
    row = unit[order].astype(np.int32)
    index = np.searchsorted(row, np.arange(row.max() + 2)).astype(np.int64)
    return Sessions(row=row, index=index, **columns)
