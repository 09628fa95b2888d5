"""Limits above the transformers: feeders and substations that carry several of them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from app.core.engine.arrays import STEP_H, Floats
from app.core.engine.job import Job
from app.core.engine.result import EngineResult
from app.core.errors import InputError

ROUNDS = 8
PULL = 0.5  # of the excess a round: all of it would swing from one side to the other
TOLERANCE_KW = 1e-6


@dataclass(frozen=True, slots=True, eq=False)
class Parents:
    """A forest of limits above the rows of a run.

    Attributes
    ----------
    names : (parent,)
    limit_kw : (parent,)
        NaN where unknown: such a parent is reported and never binds.
    below : (parent, row)
        1 where a row hangs below a parent, through others or at once.
    base_kw : (parent, step) or (parent, 1)
        Load of its own, besides that of the rows.
    """

    names: tuple[str, ...]
    limit_kw: Floats
    below: Floats
    base_kw: Floats

    @classmethod
    def of(
        cls,
        rows: Sequence[str],
        parent_of: Mapping[str, str],
        limit_kw: Mapping[str, float],
        base_kw: Mapping[str, Floats] | None = None,
    ) -> "Parents | None":
        """Build the forest; None where no row has a parent. Refuses a circle, naming it.

        Parameters
        ----------
        rows
            Ids of the rows. A row that is itself a parent counts as below it: its load is part.
        parent_of
            Id to the id that feeds it, of rows and of parents.
        limit_kw, base_kw
            By id of the parent.
        """
        above = [_chain(row, parent_of) for row in rows]
        fed = {parent for chain in above for parent in chain}
        names = tuple(sorted(fed))
        if not names:
            return None
        place = {name: at for at, name in enumerate(names)}
        below = np.zeros((len(names), len(rows)))
        for row, chain in enumerate(above):
            below[[place[parent] for parent in chain], row] = 1.0
            if rows[row] in place:
                below[place[rows[row]], row] = 1.0
        limits = np.array([limit_kw.get(name, np.nan) for name in names], np.float64)
        own = base_kw or {}
        steps = max((load.size for load in own.values()), default=1)
        loads = np.array([own.get(name, np.zeros(steps)) for name in names])
        return cls(names, limits, below, loads)

    def load_kw(self, load_kw: Floats) -> Floats:
        """Add the rows up per parent. O(parent x row x step).

        Returns
        -------
        (parent, step) [kW].
        """
        return np.asarray(self.below @ load_kw + self.base_kw)

    def over_kw(self, load_kw: Floats) -> Floats:
        """Say by how much each parent is over its limit; 0 where that is unknown.

        Returns
        -------
        (parent, step) [kW].
        """
        excess = self.load_kw(load_kw) - self.limit_kw[:, None]
        return np.where(excess > TOLERANCE_KW, excess, 0.0)

    def kwh_over(self, load_kw: Floats) -> float:
        """Sum up what all parents carry above their limits."""
        return float(self.over_kw(load_kw).sum()) * STEP_H


def _chain(row: str, parent_of: Mapping[str, str]) -> list[str]:
    chain: list[str] = []
    at = row
    while parent := parent_of.get(at, ""):
        if parent == row or parent in chain:
            circle = " → ".join((row, *chain, parent))
            raise InputError(f"parent_id goes in a circle: {circle}; wanted a tree [parent_circle]")
        chain.append(parent)
        at = parent
    return chain


def keep_below(
    job: Job, told: EngineResult, run: Callable[[Job], EngineResult], parents: Parents
) -> EngineResult:
    """Let the rows make room where a parent is over its limit; never worse than ``told``.

    A load that is not there is shown to the rows in the steps in which their parent is full, so
    that they move away from them; one sweep a round from the plan before. The best plan is kept.
    What cannot be avoided stays over, and is counted by ``Parents.kwh_over``.

    Parameters
    ----------
    told
        The answer without parents, its profiles kept.
    """
    best, least = told, parents.kwh_over(told.load_kw)
    ghost_kw = np.zeros_like(job.base_kw)
    for _ in range(ROUNDS):
        if least <= 0:
            break
        ghost_kw = _ghost(told, ghost_kw, parents)
        asked = replace(
            job,
            base_kw=job.base_kw + ghost_kw,
            start_from=told,
            options=replace(job.options, sweeps=1),
            profiles=True,
        )
        answer = run(asked)
        told = replace(answer, load_kw=job.base_kw + answer.ev_kw)
        over = parents.kwh_over(told.load_kw)
        if over < least:
            best, least = told, over
    return best


def _ghost(told: EngineResult, ghost_kw: Floats, parents: Parents) -> Floats:
    """Raise what the rows are shown. Below a threshold nobody moves: there it is filled up."""
    over_kw = parents.over_kw(told.load_kw)
    share = over_kw / np.maximum(parents.below.sum(axis=1), 1.0)[:, None]
    most = np.max(parents.below[:, :, None] * share[:, None, :], axis=0)
    raised = ghost_kw + PULL * most
    theta_kw = told.per_row.get("theta_kw")
    if theta_kw is None:
        return np.asarray(raised)
    fill = np.nan_to_num(np.asarray(theta_kw), nan=0.0)[:, None] - told.load_kw + most
    return np.where(most > 0, np.maximum(raised, fill), ghost_kw)
