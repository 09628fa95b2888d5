"""A question and what tier 0 answers: the beginning of every plan."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from app.core.scenario import Scenario
from app.core.siting.allocate import Allocation
from app.core.siting.greedy import Draft
from app.core.siting.instance import Instance, build_instance
from app.core.siting.kinds import PointType
from app.core.siting.prepare import Prepared
from app.core.siting.question import Question, ask, grid_of
from app.core.siting.solve import choose

Clock = Callable[[], float]


@dataclass(slots=True)
class Watch:
    """Take the time of each stage, on a clock that is handed in."""

    clock: Clock
    seconds: dict[str, float] = field(default_factory=dict)
    last: float = 0.0

    def __post_init__(self) -> None:
        """Start."""
        self.last = self.clock()

    def lap(self, stage: str) -> None:
        """Note the time since the last stage."""
        now = self.clock()
        self.seconds[stage] = self.seconds.get(stage, 0.0) + now - self.last
        self.last = now


@dataclass(frozen=True, slots=True, eq=False)
class Choice:
    """Sites chosen in an instant, without bound, check and reasons.

    Whoever must look at several choices before the last goes on from it.
    """

    question: Question
    instance: Instance
    draft: Draft
    allocation: Allocation
    seconds: Mapping[str, float]

    @property
    def on_transformers(self) -> Mapping[str, int]:
        """Count the new points on each transformer, in reference points."""
        instance, points = self.instance, self.draft.points
        taken = np.bincount(instance.transformer, points * instance.slots, instance.fit.size)
        names = self.question.problem.grid.id  # the last count is of sites without a transformer
        return dict(zip(names, taken.astype(int).tolist(), strict=False))


def sketch(
    prepared: Prepared,
    scenario: Scenario,
    room: pd.DataFrame,
    types: Mapping[str, PointType],
    *,
    clock: Clock,
) -> Choice:
    """Put the question and choose."""
    watch = Watch(clock)
    question = ask(prepared, scenario, grid_of(prepared, room), types)
    watch.lap("rules")
    near = (prepared.near_start, prepared.near)
    instance = build_instance(question.problem, prepared.reach, near)
    watch.lap("instance")
    draft, found = choose(instance, watch.lap)
    return Choice(question, instance, draft, found, watch.seconds)
