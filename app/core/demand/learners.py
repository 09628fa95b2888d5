"""Models that learn, from observed places, a factor on the simple estimate.

They learn observed over expected with the expected as weight, which has the same Poisson
likelihood as a model of the counts with the logarithm of the expected as offset. scikit-learn is
imported where it is used: only one page needs it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, TypeAlias

import numpy as np

from app.core.engine.arrays import Floats

FAR = 3.0  # standard deviations: no straight line is followed beyond what was seen
Make: TypeAlias = Callable[[int], Any]


@dataclass(frozen=True, slots=True)
class Learner:
    """A kind of model. ``blanks`` says whether it takes NaN; else blanks are filled."""

    key: str
    title: str
    make: Make
    blanks: bool = False


def _line(_seed: int) -> object:
    from sklearn.linear_model import PoissonRegressor  # noqa: PLC0415

    return PoissonRegressor(alpha=0.1, max_iter=1000)


def _boosting(seed: int) -> object:
    from sklearn.ensemble import HistGradientBoostingRegressor  # noqa: PLC0415

    return HistGradientBoostingRegressor(
        loss="poisson",
        learning_rate=0.1,
        max_iter=60,
        max_leaf_nodes=8,
        min_samples_leaf=20,
        l2_regularization=1.0,
        early_stopping=False,
        random_state=seed,
    )


def _forest(seed: int) -> object:
    from sklearn.ensemble import RandomForestRegressor  # noqa: PLC0415

    return RandomForestRegressor(
        100, criterion="poisson", min_samples_leaf=10, max_features=0.5, random_state=seed
    )


LEARNERS: Mapping[str, Learner] = MappingProxyType(
    {
        each.key: each
        for each in (
            Learner("glm", "Poisson regression", _line),
            Learner("boosting", "Gradient boosting", _boosting, blanks=True),
            Learner("forest", "Random forest", _forest),
        )
    }
)


@dataclass(frozen=True, slots=True, eq=False)
class Lesson:
    """What is learned from.

    Attributes
    ----------
    features : (place, feature)
        NaN where not known.
    observed, expected : (place,)
        What was counted, and what the structural estimate says, above 0.
    exposure : (place,)
        Days of a point in which it was counted.
    """

    features: Floats
    observed: Floats
    expected: Floats
    exposure: Floats

    def part(self, rows: Any) -> "Lesson":  # noqa: ANN401  # a mask or indices
        """Return some of the places."""
        return Lesson(
            self.features[rows], self.observed[rows], self.expected[rows], self.exposure[rows]
        )


def factors(learner: Learner, lesson: Lesson, asked: Floats, *, seed: int, most: float) -> Floats:
    """Learn, and say the factor for other places ``(place, feature)``, 1 / most to most.

    O(place x feature) with some hundred rounds; on one thread, which is quicker for so few places
    and gives the same digits on any machine.
    """
    from threadpoolctl import threadpool_limits  # noqa: PLC0415  # comes with scikit-learn

    known, wanted = lesson.features, asked
    if not learner.blanks:
        known, wanted = _filled(lesson.features, asked)
    model = learner.make(seed)
    weight = lesson.expected / lesson.expected.mean()
    with threadpool_limits(1):
        model.fit(known, lesson.observed / lesson.expected, sample_weight=weight)
        found = np.asarray(model.predict(wanted), dtype=np.float64)
    return np.clip(found, 1 / most, most)


def _filled(known: Floats, asked: Floats) -> tuple[Floats, Floats]:
    """Fill blanks with the median of what is known, mark them, and bring all to one scale."""
    blank = np.isnan(known)
    usual = np.array([_median(column) for column in known.T])
    filled = np.where(blank, usual, known)
    middle, spread = filled.mean(axis=0), filled.std(axis=0)
    spread = np.where(spread > 0, spread, 1.0)
    marked = blank.any(axis=0)

    def ready(values: Floats) -> Floats:
        holes = np.isnan(values)
        scaled = (np.where(holes, usual, values) - middle) / spread
        return np.column_stack([np.clip(scaled, -FAR, FAR), holes[:, marked]])

    return ready(known), ready(asked)


def _median(column: Floats) -> float:
    told = column[~np.isnan(column)]
    return float(np.median(told)) if told.size else 0.0
