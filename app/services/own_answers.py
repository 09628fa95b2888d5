"""Use-case: answer what visitors ask about their own sessions, each question once.

Answers are kept by the digest of the files and of the choices that matter, so that another look
at the same run is instant; the ones used longest ago leave first.
"""

import time
from collections import OrderedDict
from dataclasses import dataclass
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Lock
from typing import Any

import numpy as np

from app.core.engine.contract import Contract
from app.core.engine.result import EngineResult, Options
from app.core.errors import RefusedError
from app.core.strategies import STRATEGIES, Strategy
from app.services.jobs import Report
from app.services.own_contract import find_contract
from app.services.own_files import OwnCase, OwnFiles, OwnPaths, read_own_files
from app.services.own_kpis import OwnRun, own_kpis
from app.services.own_options import find_strategy, parse_options
from app.services.own_sessions import (
    REFERENCE,
    asks_batteries,
    refuse_needs,
    run_case,
    unused_options,
    with_notices,
    write_own,
)
from app.settings import SETTINGS
from app.sources.own_open import Dropped

MEGABYTE = 1_000_000
PROFILES = "profiles.parquet"
Kpis = dict[str, Any]


@dataclass(frozen=True, slots=True, eq=False)
class OwnQuestion:
    """What a visitor asks of files on a page: the same choices as at the terminal."""

    files: OwnPaths
    zone: str
    strategy: str
    pairs: tuple[str, ...] = ()
    contract: str | Dropped | None = None

    @property
    def files_key(self) -> str:
        """Name the files and how their times are read."""
        each = (self.files.sessions, self.files.base, self.files.limits, self.files.prices)
        # the name of a file stands in its problems and notices, so it is part of the answer
        names = [(f.name, f.digest) if isinstance(f, Dropped) else f for f in each]
        return _digest(version("kerbwatt"), self.zone, names)

    @property
    def key(self) -> str:
        """Name the whole question."""
        contract = self.contract
        named = contract.digest if isinstance(contract, Dropped) else contract
        return _digest(self.files_key, self.strategy, self.pairs, named)

    @property
    def all_key(self) -> str:
        """Name the question without its strategy: the same for the table of all of them."""
        contract = self.contract
        named = contract.digest if isinstance(contract, Dropped) else contract
        return _digest("all", self.files_key, self.pairs, named)


def _digest(*what: object) -> str:
    return sha256(repr(what).encode()).hexdigest()


@dataclass(frozen=True, slots=True, eq=False)
class OwnAnswer:
    """A run, with its indicators and those of the same cars charging at once."""

    run: OwnRun
    kpis: Kpis
    usual: Kpis


@dataclass(frozen=True, slots=True)
class OwnRow:
    """A strategy in the table of all; ``lacks`` says why it has no figures."""

    strategy: str
    kpis: Kpis | None
    lacks: str = ""


class Kept:
    """What was found out, up to a number of bytes. Any thread may ask."""

    def __init__(self, most_bytes: int) -> None:
        """Nothing is known yet."""
        self._most, self._bytes = most_bytes, 0
        self._found: OrderedDict[str, tuple[Any, int]] = OrderedDict()
        self._lock = Lock()

    def get(self, key: str) -> Any:  # noqa: ANN401  # whatever was kept
        """Look something up; None where it is not known."""
        with self._lock:
            if key not in self._found:
                return None
            self._found.move_to_end(key)
            return self._found[key][0]

    def put(self, key: str, found: object, size: int) -> None:
        """Keep something; the oldest leave until all fit."""
        with self._lock:
            self._bytes -= self._found.pop(key, (None, 0))[1]
            self._found[key] = (found, size)
            self._bytes += size
            while self._bytes > self._most:
                self._bytes -= self._found.popitem(last=False)[1][1]


KEPT = Kept(SETTINGS.row_cache_mb * MEGABYTE)


def known(question: OwnQuestion) -> OwnAnswer | None:
    """Return the answer where it was found out before."""
    found: OwnAnswer | None = KEPT.get(question.key)
    return found


def answer(question: OwnQuestion, report: Report) -> OwnAnswer:
    """Read the files, run the strategy beside the same cars at once, sum both up."""
    found = known(question)
    if found is not None:
        return found
    chosen, options = find_strategy(question.strategy), parse_options(question.pairs)
    contract = find_contract(question.contract) if question.contract is not None else None
    report(0.0, "reading the files")
    begun = time.perf_counter()
    case, usual = _ready(question, chosen, options, report)
    case = with_notices(case, unused_options(chosen, question.pairs))
    refuse_needs(case, chosen, options, contract)
    read_s = time.perf_counter() - begun
    report(0.6, "charging as chosen")
    run = run_case(case, chosen, options, contract, uncontrolled=usual, read_s=read_s)
    report(0.9, "adding up")
    at_once = OwnRun(case, find_strategy(REFERENCE), options, contract, usual, usual, run.seconds)
    found = OwnAnswer(run, own_kpis(run), own_kpis(at_once))
    KEPT.put(question.key, found, _size(run.result) + _size(usual) + _size(case.file.sessions))
    return found


def compare(question: OwnQuestion, report: Report) -> tuple[OwnRow, ...]:
    """Run every strategy on the same files; those that lack something say what."""
    found: tuple[OwnRow, ...] | None = KEPT.get(question.all_key)
    if found is not None:
        return found
    contract = find_contract(question.contract) if question.contract is not None else None
    options, rows = parse_options(question.pairs), list[OwnRow]()
    for done, strategy in enumerate(STRATEGIES.values()):
        report(done / len(STRATEGIES), strategy.key)
        rows.append(_row(question, strategy, options, contract, report))
        report((done + 1) / len(STRATEGIES), strategy.key, rows[-1])
    KEPT.put(question.all_key, tuple(rows), len(repr(rows)))
    return tuple(rows)


def compared(question: OwnQuestion) -> tuple[OwnRow, ...] | None:
    """Return the table of all strategies where it was made before."""
    found: tuple[OwnRow, ...] | None = KEPT.get(question.all_key)
    return found


def _row(
    question: OwnQuestion,
    strategy: Strategy,
    options: Options,
    contract: Contract | None,
    report: Report,
) -> OwnRow:
    case, usual = _ready(question, strategy, options, report)
    try:
        refuse_needs(case, strategy, options, contract)
    except RefusedError as error:
        return OwnRow(strategy.key, None, error.faults[0].code)
    run = run_case(case, strategy, options, contract, uncontrolled=usual)
    kpis = own_kpis(run)
    kpis["hours_over"] = _total(kpis, "hours_over")
    del kpis["transformers"], kpis["warnings"]
    return OwnRow(strategy.key, kpis)


def _total(kpis: Kpis, name: str) -> float | None:
    known_ones = [row[name] for row in kpis["transformers"] if row[name] is not None]
    return float(np.sum(known_ones)) if known_ones else None


def _ready(
    question: OwnQuestion, strategy: Strategy, options: Options, report: Report
) -> tuple[OwnCase, EngineResult]:
    """Return the files ready to run and the answer of cars that charge at once, both once."""
    batteries = asks_batteries(strategy, options)
    reference = find_strategy(REFERENCE)
    matters = [getattr(options, name) for name in reference.options]
    key = _digest("case", question.files_key, batteries, matters)
    found: tuple[OwnCase, EngineResult] | None = KEPT.get(key)
    if found is None:
        files = _files(question)
        report(0.4, "sorting the sessions")
        case = files.case(batteries=batteries)
        report(0.5, "charging at once")
        found = case, run_case(case, reference, options, None).result
        KEPT.put(key, found, _size(case.file.sessions) + _size(found[1]))
    return found


def _files(question: OwnQuestion) -> OwnFiles:
    found: OwnFiles | None = KEPT.get(question.files_key)
    if found is None:
        found = read_own_files(question.files, zone=question.zone)
        size = int(found.frame.memory_usage(deep=True).sum()) + found.base_kw.nbytes
        KEPT.put(question.files_key, found, size)
    return found


def _size(record: object) -> int:
    names = getattr(record, "__dataclass_fields__", {})
    return sum(getattr(getattr(record, name), "nbytes", 0) for name in names)


def written(found: OwnAnswer, name: str) -> bytes:
    """Write ``load.csv``, ``kpis.json`` or ``profiles.parquet`` as the command line does."""
    run = found.run
    if name == PROFILES:
        run = run_case(
            run.case, run.strategy, run.options, run.contract,
            profiles=True, uncontrolled=run.uncontrolled,
        )  # fmt: skip
    with TemporaryDirectory(prefix="kerbwatt-") as folder:
        begun = time.perf_counter() - sum(run.seconds.values())
        write_own(run, Path(folder), begun=begun)
        return (Path(folder) / name).read_bytes()
