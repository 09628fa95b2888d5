"""The whole question as an integer programme, and HiGHS to solve it.

Only numpy and HiGHS are imported here: a process that proves starts in a fraction of a second.
"""

import io
from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import Any

import highspy
import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int32]

REL_GAP = 1e-3
GROWN = 1e-9
STATUS = {
    highspy.HighsModelStatus.kOptimal: "proven",
    highspy.HighsModelStatus.kTimeLimit: "timeout",
    highspy.HighsModelStatus.kInterrupt: "timeout",
}


@dataclass(frozen=True, slots=True, eq=False)
class Milp:
    """Maximise ``gain @ v`` with ``low <= v <= high`` and ``A v <= limit``.

    Attributes
    ----------
    gain, low, high : (variable,)
    whole : (variable,)
        1 where the variable is a whole number.
    start, index, weight
        Rows of A, compressed: entries of row r are ``start[r]`` to ``start[r + 1]``.
    limit : (row,)
    site, points : (column,)
        Number of each site, and the place of its count of new points among the variables.
    first : (variable,)
        A plan to begin with; NaN where it says nothing.
    """

    gain: Floats
    low: Floats
    high: Floats
    whole: Ints
    start: Ints
    index: Ints
    weight: Floats
    limit: Floats
    site: Ints
    points: Ints
    first: Floats

    def to_bytes(self) -> bytes:
        """Pack for another process, as plain arrays."""
        file = io.BytesIO()
        np.savez(file, **{each.name: getattr(self, each.name) for each in fields(self)})
        return file.getvalue()

    @classmethod
    def from_bytes(cls, content: bytes) -> "Milp":
        """Unpack; nothing but arrays is read."""
        with np.load(io.BytesIO(content), allow_pickle=False) as found:
            return cls(**{each.name: found[each.name] for each in fields(cls)})


@dataclass(frozen=True, slots=True)
class News:
    """What the solver knows by now.

    ``bound`` is what no plan can beat, ``points`` (column,) a better plan than any told before.
    """

    status: str
    bound: float
    points: tuple[int, ...] | None = None


def solve(
    problem: Milp,
    seconds: float,
    tell: Callable[[News], None],
    *,
    seed: int = 0,
    gap: float = REL_GAP,
) -> News:
    """Solve within about ``seconds`` (HiGHS may overrun), telling every better bound and plan.

    A plan within ``gap`` of its bound is taken for proven.
    """
    solver = highspy.Highs()  # type: ignore[no-untyped-call]
    solver.silent()
    options = {"mip_rel_gap": gap, "time_limit": seconds, "threads": 1, "random_seed": seed}
    for name, value in options.items():
        solver.setOptionValue(name, value)
    solver.passModel(_model(problem))
    known = np.flatnonzero(~np.isnan(problem.first)).astype(np.int32)
    if known.size:
        solver.setSolution(known.size, known, problem.first[known])
    ear = _Ear(problem.points, tell)
    solver.cbMipLogging.subscribe(ear.heard)
    solver.cbMipInterrupt.subscribe(ear.heard)
    solver.cbMipImprovingSolution.subscribe(ear.better)
    solver.run()
    status = STATUS.get(solver.getModelStatus(), "failed")
    if status == "failed":
        return News(status, ear.bound)
    info = solver.getInfo()
    bound = min(ear.bound, -float(info.mip_dual_bound))
    if info.primal_solution_status != highspy.SolutionStatus.kSolutionStatusFeasible:
        return News(status, bound)
    return News(status, bound, _whole(np.asarray(solver.getSolution().col_value), problem.points))


@dataclass(slots=True)
class _Ear:
    """Hears the solver, and tells what is better than before."""

    points: Ints
    tell: Callable[[News], None]
    bound: float = np.inf

    def heard(self, event: Any) -> None:  # noqa: ANN401  # HiGHS has no type for it
        before = self.bound
        self.bound = min(before, -float(event.data_out.mip_dual_bound))
        if self.bound < before - GROWN:
            self.tell(News("improved", self.bound))

    def better(self, event: Any) -> None:  # noqa: ANN401
        self.bound = min(self.bound, -float(event.data_out.mip_dual_bound))
        variables = np.asarray(event.data_out.mip_solution)
        self.tell(News("improved", self.bound, _whole(variables, self.points)))


def _whole(variables: Floats, at: Ints) -> tuple[int, ...]:
    return tuple(np.rint(variables[at]).astype(int).tolist())


def _model(problem: Milp) -> highspy.HighsLp:
    found = highspy.HighsLp()
    found.num_col_, found.num_row_ = problem.gain.size, problem.limit.size
    found.col_cost_, found.col_lower_, found.col_upper_ = -problem.gain, problem.low, problem.high
    found.row_lower_ = np.full(problem.limit.size, -np.inf)
    found.row_upper_ = problem.limit
    found.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    found.a_matrix_.start_, found.a_matrix_.index_ = problem.start, problem.index
    found.a_matrix_.value_ = problem.weight
    kinds = (highspy.HighsVarType.kContinuous, highspy.HighsVarType.kInteger)
    found.integrality_ = [kinds[each] for each in problem.whole]
    return found
