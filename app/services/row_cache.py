"""Keep what a strategy did to single transformers, so that a lever recomputes what it touches.

A transformer's answer depends on its own cars, load and limit, and on the options its strategy
declares: their digest is the key. The answers used longest ago go first.
"""

from collections import OrderedDict
from collections.abc import Sequence
from hashlib import blake2b
from importlib.metadata import version
from itertools import pairwise
from threading import Lock
from typing import Any

import numpy as np
import numpy.typing as npt

from app.core.engine.arrays import Floats, Longs
from app.core.engine.clock import Clock
from app.core.engine.contract import Contract
from app.core.engine.result import EngineResult, Options
from app.core.engine.run import run
from app.core.strategies import STRATEGIES
from app.services.setting import Stretch
from app.settings import SETTINGS

KEY_BYTES = 16
MEGABYTE = 1_000_000
PER_SESSION = (
    "served_kwh",
    "discharged_kwh",
    "possible_kwh",
    "session_class",
    "late_kwh",
    "finished",
)
Kept = dict[str, npt.NDArray[Any]]


class RowCache:
    """Answers of single transformers, up to a number of bytes. Any thread may ask."""

    def __init__(self, most_bytes: int) -> None:
        self._most, self._bytes = most_bytes, 0
        self._rows: OrderedDict[bytes, Kept] = OrderedDict()
        self._lock = Lock()

    def get(self, keys: Sequence[bytes]) -> list[Kept | None]:
        """Look up many answers."""
        with self._lock:
            for key in keys:
                if key in self._rows:
                    self._rows.move_to_end(key)
            return [self._rows.get(key) for key in keys]

    def put(self, keys: Sequence[bytes], found: Sequence[Kept]) -> None:
        """Keep many answers; the oldest leave until all fit."""
        with self._lock:
            for key, kept in zip(keys, found, strict=True):
                if key not in self._rows:
                    self._rows[key] = kept
                    self._bytes += _size(kept)
            while self._bytes > self._most:
                self._bytes -= _size(self._rows.popitem(last=False)[1])


ROWS = RowCache(SETTINGS.row_cache_mb * MEGABYTE)


def run_rows(  # noqa: PLR0913  # what a run is made of
    days: Stretch,
    limit_kw: Floats,
    strategy: str,
    options: Options,
    *,
    contract: Contract | None = None,
    price_eur_per_mwh: Floats | None = None,
    export_kw: Floats | None = None,
    threads: int = 1,
    cache: RowCache = ROWS,
) -> EngineResult:
    """Run a strategy on the transformers whose answer is not kept yet; the bytes are the same.

    Takes what ``app.core.engine.run.run`` takes, but no profiles: those are not kept.
    """

    def ask(rows: Longs) -> EngineResult:
        whole = rows.size == limit_kw.size
        return run(
            strategy,
            days.sessions if whole else days.sessions.pick(rows),
            days.base_kw if whole else days.base_kw[rows],
            limit_kw[rows],
            days.clock,
            options,
            contract=contract,
            price_eur_per_mwh=price_eur_per_mwh,
            export_kw=None if export_kw is None else export_kw[rows],
            threads=threads,
        )

    asked = _question(strategy, days.clock, options, contract, price_eur_per_mwh)
    back_kw = np.full(limit_kw.size, np.inf) if export_kw is None else export_kw
    keys = [
        asked + name + limit.tobytes() + back.tobytes()
        for name, limit, back in zip(days.names, limit_kw, back_kw, strict=True)
    ]
    found = cache.get(keys)
    new = np.flatnonzero([each is None for each in found])
    if new.size:
        answer = ask(new)
        sessions = np.diff(days.sessions.index)[new]
        fresh = list(_split(answer, np.concatenate(([0], np.cumsum(sessions)))))
        cache.put([keys[row] for row in new], fresh)
        if new.size == len(keys):
            return answer
        for row, kept in zip(new, fresh, strict=True):
            found[row] = kept
    return _joined(days.base_kw, [kept for kept in found if kept is not None])


def _question(
    strategy: str,
    clock: Clock,
    options: Options,
    contract: Contract | None,
    price_eur_per_mwh: Floats | None,
) -> bytes:
    """Name all that is the same for every transformer; what a strategy ignores does not count."""
    looks_at = STRATEGIES[strategy]
    said: list[object] = [version("kerbwatt"), strategy, clock.start, clock.steps, clock.zone]
    said += [(name, getattr(options, name)) for name in looks_at.options]
    said += [contract] if "contract" in looks_at.needs else []
    name = blake2b(repr(said).encode(), digest_size=KEY_BYTES)
    if "prices" in looks_at.needs and price_eur_per_mwh is not None:
        name.update(np.ascontiguousarray(price_eur_per_mwh).data)
    return name.digest()


def _split(answer: EngineResult, index: Longs) -> Sequence[Kept]:
    """Cut an answer into its transformers; copies, so that a row does not hold the city."""
    shared = {"ev_kw": answer.ev_kw, **{k: np.asarray(v) for k, v in answer.per_row.items()}}
    return [
        {name: values[row].copy() for name, values in shared.items()}
        | {name: getattr(answer, name)[first:last].copy() for name in PER_SESSION}
        for row, (first, last) in enumerate(pairwise(index.tolist()))
    ]


def _joined(base_kw: Floats, rows: Sequence[Kept]) -> EngineResult:
    ev_kw = np.stack([kept["ev_kw"] for kept in rows])
    others = [name for name in rows[0] if name != "ev_kw" and name not in PER_SESSION]
    return EngineResult(
        load_kw=base_kw + ev_kw,
        ev_kw=ev_kw,
        **{name: np.concatenate([kept[name] for kept in rows]) for name in PER_SESSION},
        per_row={name: np.stack([kept[name] for kept in rows]) for name in others},
    )


def _size(kept: Kept) -> int:
    return sum(values.nbytes for values in kept.values())
