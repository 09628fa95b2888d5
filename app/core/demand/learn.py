"""Can data say more than the model? Judge learned factors where they have not looked.

Places near each other are alike, so a model that has seen the neighbours flatters itself. It is
judged on parts of the city left out whole, against the simple estimate, and refused unless it is
better by a margin in nearly all resamples of those parts.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from app.core.demand.counts import Scatter, scatter
from app.core.demand.learners import LEARNERS, Lesson, factors
from app.core.demand.scores import MEAN, STRUCTURAL, Contest, Cut, Score, score
from app.core.engine.arrays import Floats, Longs
from app.core.errors import InputError
from app.core.parameters import Parameter

PERCENT = 0.01
WITHIN = 0.1  # of its variance: a feature that varies less in a part only names the part
Tell = Callable[[float], None]


@dataclass(frozen=True, slots=True)
class Rules:
    """When data are enough and a model is good enough; see ``data/parameters/learn.csv``."""

    places: int
    blocks: int
    cuts: int
    gain: float
    sure: float
    parts: float
    resamples: int
    factor_most: float

    @classmethod
    def of(cls, numbers: Mapping[str, Parameter]) -> "Rules":
        """Read them from the sourced numbers."""
        value = {name: each.value for name, each in numbers.items() if name.startswith("learn_")}
        return cls(
            int(value["learn_sites"]),
            int(value["learn_blocks"]),
            int(value["learn_cuts"]),
            value["learn_gain"],
            value["learn_sure"],
            value["learn_parts"],
            int(value["learn_resamples"]),
            value["learn_factor_most"],
        )


@dataclass(frozen=True, slots=True, eq=False)
class Observed:
    """Observed places.

    Attributes
    ----------
    x_m, y_m : (place,)
        Where, in the metric coordinates of the city.
    count, exposure : (place,)
        What was counted, in how many days of a point: days times points.
    structural : (place,) or None
        What the structural model expects in a day of a point, up to a factor of the whole city;
        None without.
    features : (place, feature)
        NaN where not known.
    """

    ids: tuple[str, ...]
    x_m: Floats
    y_m: Floats
    count: Floats
    exposure: Floats
    structural: Floats | None
    names: tuple[str, ...]
    features: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Judgement:
    """Whether the best model may change anything.

    Attributes
    ----------
    scores
        The simple model, which is to be beaten, first.
    best
        The learned model that explains most on blocks.
    factor : (place,) or None
        What the best model, learned from all places, makes of the simple estimate; None when
        refused.
    scatter
        Of the counts around what the simple model foretold.
    """

    scores: tuple[Score, ...]
    best: Score
    accepted: bool
    rules: Rules
    factor: Floats | None
    scatter: Scatter
    features: tuple[str, ...]
    seed: int
    notices: tuple[str, ...]

    @property
    def simple(self) -> Score:
        """What is to be beaten."""
        return self.scores[0]


def judge(
    observed: Observed, rules: Rules, *, seed: int = 0, tell: Tell = lambda _: None
) -> Judgement:
    """Hold every model against the simple one. Seconds: 10 parts x 6 cuts x 3 models are fitted.

    Parameters
    ----------
    tell
        Is told the share that is done.

    Raises
    ------
    InputError
        Too few places, all of them in too few spots, or nothing counted.
    """
    _enough(observed, rules)
    parts = [
        blocks_of(observed.x_m, observed.y_m, rules.blocks, seed + cut) for cut in range(rules.cuts)
    ]
    observed, notices = _useful(observed, parts[0])
    shape, more = _shape(observed, rules.factor_most)
    lesson = Lesson(observed.features, observed.count, shape, observed.exposure)
    cuts = _cuts(observed, lesson, parts, rules, seed, tell)
    scores = score(cuts[:-1], cuts[-1], rules.gain)
    best = max(
        (each for each in scores if each.key in LEARNERS), key=lambda each: each.blocks.explained
    )
    accepted = best.sure >= rules.sure and best.parts >= rules.parts
    return Judgement(
        scores=scores,
        best=best,
        accepted=accepted,
        rules=rules,
        factor=_learned(best, lesson, rules, seed) if accepted else None,
        scatter=scatter(observed.count, cuts[0].told[scores[0].key]),
        features=observed.names,
        seed=seed,
        notices=(*notices, *more),
    )


def _cuts(  # noqa: PLR0913, PLR0917  # what a trial takes
    observed: Observed, lesson: Lesson, parts: list[Longs], rules: Rules, seed: int, tell: Tell
) -> list[Cut]:
    """Foretell the places of every part from the others, for every cut; random folds last.

    Where a k-means cut falls is luck, and one cut alone would let it decide.
    """
    found = []
    random = _dealt(len(observed.ids), rules.blocks, seed)
    for done, fold in enumerate((*parts, random)):
        told = _foretold(lesson, fold, rules, seed, partial(_share, tell, done, len(parts) + 1))
        if observed.structural is None:
            told.pop(STRUCTURAL)
        part = parts[done % len(parts)]  # random folds are resampled by parts as well
        contest = Contest.of(observed.count, observed.exposure, part, rules.resamples, seed)
        found.append(Cut(contest, told))
    return found


def _share(tell: Tell, done: int, trials: int, share: float) -> None:
    tell((done + share) / trials)


def _enough(observed: Observed, rules: Rules) -> None:
    places = len(observed.ids)
    if places < rules.places:
        raise InputError(
            f"{places} observed places are too few to learn from: at least {rules.places} are "
            f"needed"
        )
    spots = len(np.unique(np.round(np.column_stack([observed.x_m, observed.y_m])), axis=0))
    if spots < rules.blocks:
        raise InputError(
            f"the places lie at {spots} different spots: {rules.blocks} parts of the city are "
            f"left out in turn, so at least as many spots are needed"
        )
    if observed.count.sum() <= 0:
        raise InputError("nothing was counted at any place: there is nothing to learn from")


def _useful(observed: Observed, block: Longs) -> tuple[Observed, list[str]]:
    """Leave out features that say nothing of a place, add the structural estimate, tell blanks."""
    values = np.where(np.isfinite(observed.features), observed.features, np.nan)
    within = np.array([_within(column, block) for column in values.T])
    names = np.array(observed.names, dtype=object)
    said = []
    for left, why in (
        (np.isnan(within), "the same at every place or never known"),
        (
            within < WITHIN,
            "nearly the same all through each part of the city, so it names the part",
        ),
    ):
        if left.any():
            said.append(f"Left out, {why}: {', '.join(names[left])}.")
    kept = within >= WITHIN
    values, known = values[:, kept], names[kept].tolist()
    blank = np.isnan(values).mean(axis=0)
    if blank.any():
        told = ", ".join(
            f"{name} {'under 1%' if share < PERCENT else f'{share:.0%}'}"
            for name, share in zip(known, blank, strict=True)
            if share
        )
        said.append(f"Not known at some places, and marked as such for the models: {told}.")
    if observed.structural is not None:
        known.append("structural")
        values = np.column_stack([values, observed.structural])
    if not known:
        raise InputError("no feature differs from place to place: there is nothing to learn from")
    return replace(observed, names=tuple(known), features=values), said


def _within(column: Floats, block: Longs) -> float:
    """Share of a feature's variance that lies within the parts of the city; NaN without any."""
    told = ~np.isnan(column)
    values, part = column[told], block[told]
    if values.size == 0 or np.ptp(values) <= 0:
        return float("nan")
    held = np.maximum(np.bincount(part), 1)
    apart = values - (np.bincount(part, values) / held)[part]
    return float(np.square(apart).sum() / np.square(values - values.mean()).sum())


def _shape(observed: Observed, most: float) -> tuple[Floats, list[str]]:
    """Return what the structural model expects of each place, up to one factor of the city.

    No place is expected at less than a ``most``-th of the mean rate, nor at more than ``most``
    times it: a factor could not bring it back.
    """
    if observed.structural is None:
        said = "No structural estimate: the simple model is the same rate everywhere."
        return observed.exposure.copy(), [said]
    rate = np.nan_to_num(observed.structural)
    mean = float(rate @ observed.exposure / observed.exposure.sum())
    if mean <= 0:
        said = "The structural estimate is 0: the same rate everywhere stands in."
        return observed.exposure.copy(), [said]
    kept = np.clip(rate, mean / most, mean * most)
    cut = int((kept != rate).sum())
    said = (
        f"At {cut} places the structural estimate is over {most:g} times the mean or under a "
        f"{most:g}th of it, and was brought to that bound."
    )
    return kept * observed.exposure, [said] if cut else []


def blocks_of(x_m: Floats, y_m: Floats, count: int, seed: int) -> Longs:
    """Cut the places into compact parts by k-means on their coordinates."""
    from sklearn.cluster import KMeans  # noqa: PLC0415  # seconds that one page need pay
    from threadpoolctl import threadpool_limits  # noqa: PLC0415

    at = np.column_stack([x_m, y_m])
    spread = float(at.std()) or 1.0
    centred = (at - at.mean(axis=0)) / spread
    with threadpool_limits(1):  # the same digits on any machine
        found = KMeans(count, n_init=10, random_state=seed).fit(centred).labels_
    return np.asarray(found, dtype=np.int64)


def _dealt(places: int, folds: int, seed: int) -> Longs:
    """Deal the places out at random: folds that know all neighbours."""
    return np.random.default_rng(seed).permutation(np.arange(places) % folds)


def _scaled(observed: Floats, known: Floats, asked: Floats) -> Floats:
    """Bring a shape to the level of what was observed elsewhere."""
    return asked * (max(float(observed.sum()), 0.5) / float(known.sum()))


def _foretold(
    lesson: Lesson, fold: Longs, rules: Rules, seed: int, tell: Tell
) -> dict[str, Floats]:
    """Foretell every place from the other folds, by every model; the same as group k-fold."""
    found = {key: np.empty(fold.size) for key in (STRUCTURAL, MEAN, *LEARNERS)}
    folds = np.unique(fold)
    for done, each in enumerate(folds):
        tell(done / folds.size)
        out = fold == each
        known, asked = lesson.part(~out), lesson.part(out)
        found[MEAN][out] = _scaled(known.observed, known.exposure, asked.exposure)
        usual = _scaled(known.observed, known.expected, asked.expected)
        known = replace(known, expected=_scaled(known.observed, known.expected, known.expected))
        found[STRUCTURAL][out] = usual
        for key, learner in LEARNERS.items():
            factor = factors(learner, known, asked.features, seed=seed, most=rules.factor_most)
            found[key][out] = usual * factor
    return found


def _learned(best: Score, lesson: Lesson, rules: Rules, seed: int) -> Floats:
    """Learn once more from all places, and say the factor of each."""
    expected = _scaled(lesson.observed, lesson.expected, lesson.expected)
    whole = replace(lesson, expected=expected)
    most = rules.factor_most
    return factors(LEARNERS[best.key], whole, whole.features, seed=seed, most=most)


def per_group(factor: Floats, group: Longs, groups: int, shrink: float) -> Floats:
    """Mean factor of each group, drawn towards 1 as by ``shrink`` more places; NaN without any."""
    held = np.bincount(group, minlength=groups).astype(float)
    total = np.bincount(group, factor, groups) + shrink
    found: Floats = np.divide(total, held + shrink, out=np.full(groups, np.nan), where=held > 0)
    return found


def total_kept(factor: Floats, amount: Floats) -> Floats:
    """Bring factors (NaN: not known, 1) to a level that keeps the sum of the amounts."""
    known = ~np.isnan(factor)
    raised = float((factor[known] * amount[known]).sum())
    level = float(amount[known].sum()) / raised if raised > 0 else 1.0
    return np.where(known, np.nan_to_num(factor) * level, 1.0)
