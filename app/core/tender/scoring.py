"""Which bid wins under award criteria, and at which weights another one would."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

from app.core.errors import InputError

WHOLE = Fraction(100)  # percent
FORMULAS = ("score", "linear_band", "ratio_to_best", "points", "share", "curve")
KINDS = ("price", "quality", "cost")
TENTH, HUNDREDTH = Fraction(1, 10), Fraction(1, 100)
ONE = Fraction(1)

Scores = Mapping[str, Mapping[str, Fraction]]  # by bid, by criterion, 0 to 1


@dataclass(frozen=True, slots=True)
class Criterion:
    """What is judged, how much it counts, and how a value becomes a score of 0 to 1.

    Attributes
    ----------
    weight
        Percent of the whole.
    kind
        ``price`` and ``cost`` are better when low, ``quality`` when high.
    formula
        ``score``: the value is one. ``linear_band``: 1 at ``best``, 0 at ``worst``, both fixed in
        advance. ``ratio_to_best``: against the best bid. ``points``: of 10. ``share``: percent.
        ``curve``: straight lines between the points of ``curve``.
    """

    key: str
    weight: Fraction
    kind: str = "quality"
    formula: str = "score"
    best: Fraction | None = None
    worst: Fraction | None = None
    curve: tuple[tuple[Fraction, Fraction], ...] = ()

    def __post_init__(self) -> None:
        """Refuse what cannot be scored."""
        if self.kind not in KINDS:
            raise InputError(f"{self.key}: no type {self.kind!r}; choose from {', '.join(KINDS)}")
        if self.formula not in FORMULAS:
            options = ", ".join(FORMULAS)
            raise InputError(f"{self.key}: no formula {self.formula!r}; choose from {options}")
        if self.weight < 0:
            raise InputError(f"{self.key}: the weight is below 0")
        if self.formula == "linear_band" and (
            self.best is None or self.worst is None or self.best == self.worst
        ):
            raise InputError(f"{self.key}: linear_band needs best and worst, and they must differ")
        if self.formula == "curve":
            _check_curve(self.key, self.curve)


@dataclass(frozen=True, slots=True)
class Flip:
    """The weight [percent] of a criterion at which a rival draws level with the winner."""

    criterion: str
    rival: str
    weight: Fraction


@dataclass(frozen=True, slots=True)
class Award:
    """Totals of 0 to 1 by bid, who is first (several where they tie), and what would change it."""

    totals: Mapping[str, Fraction]
    first: tuple[str, ...]
    flips: tuple[Flip, ...]
    nearest: Flip | None

    @property
    def winner(self) -> str | None:
        """The one bid that is first; None where several are."""
        return self.first[0] if len(self.first) == 1 else None

    @property
    def ranks(self) -> Mapping[str, int]:
        """The place of each bid; equal totals share one."""
        return {
            bid: 1 + sum(t > own for t in self.totals.values()) for bid, own in self.totals.items()
        }


@dataclass(frozen=True, slots=True)
class Reversal:
    """Taking a bid away that does not win changes who does."""

    removed: str
    before: tuple[str, ...]
    after: tuple[str, ...]


def scores_of(criteria: Sequence[Criterion], bids: Scores) -> Scores:
    """Turn the values of every bid into scores; refuse a missing, unknown or impossible one."""
    keys = [each.key for each in criteria]
    faults = []
    for bid, values in bids.items():
        faults += [f"bid {bid}: no value for {key}" for key in keys if key not in values]
        faults += [f"bid {bid}: there is no criterion {key!r}" for key in values if key not in keys]
    if faults:
        raise InputError("\n".join(faults))
    found: dict[str, dict[str, Fraction]] = {bid: {} for bid in bids}
    for criterion in criteria:
        column = {bid: values[criterion.key] for bid, values in bids.items()}
        for bid, value in column.items():
            found[bid][criterion.key] = _score(criterion, value, column.values(), bid)
    return found


def award(criteria: Sequence[Criterion], scores: Scores) -> Award:
    """Add up, exactly: equal totals are a tie, whatever the order of the bids."""
    check_weights(criteria)
    if not scores:
        raise InputError("there are no bids")
    weights = {each.key: each.weight / WHOLE for each in criteria}
    totals = {
        bid: sum((weight * own[key] for key, weight in weights.items()), Fraction(0))
        for bid, own in scores.items()
    }
    top = max(totals.values())
    first = tuple(bid for bid, total in totals.items() if total == top)
    flips = tuple(_flips(weights, scores, first[0])) if len(first) == 1 else ()
    near = min(flips, key=lambda flip: _way(flip, weights), default=None)
    return Award(totals, first, flips, near)


def check_weights(criteria: Sequence[Criterion]) -> None:
    """Refuse weights that are not the whole, and criteria that are named twice."""
    keys = [each.key for each in criteria]
    twice = sorted({key for key in keys if keys.count(key) > 1})
    if twice:
        raise InputError(f"criteria named twice: {', '.join(twice)}")
    total = sum((each.weight for each in criteria), Fraction(0))
    if total != WHOLE:
        raise InputError(f"the weights sum to {float(total):g} percent; they must sum to 100")


def nearest_by_criterion(criteria: Sequence[Criterion], found: Award) -> dict[str, Flip]:
    """Return, by criterion, the flip that needs the smallest change of its weight."""
    weights = {each.key: each.weight / WHOLE for each in criteria}
    near: dict[str, Flip] = {}
    for flip in sorted(found.flips, key=lambda flip: _way(flip, weights)):
        near.setdefault(flip.criterion, flip)
    return {key: near[key] for key in weights if key in near}


def stays(  # noqa: PLR0913  # how weights are drawn
    criteria: Sequence[Criterion],
    scores: Scores,
    winner: str,
    *,
    draws: int,
    near: float,
    seed: int,
) -> float:
    """Say in which share of drawn weights the winner stays first, alone.

    Weights are drawn around the chosen ones (Dirichlet, ``near`` times the weights: more is
    closer). A weight of 0 stays 0. O(draw x bid x criterion).
    """
    import numpy as np  # noqa: PLC0415  # the terminal starts without

    weights = np.array([float(each.weight / WHOLE) for each in criteria])
    counted = weights > 0
    drawn = np.random.default_rng(seed).dirichlet(near * weights[counted], draws)
    table = np.array([[float(own[each.key]) for each in criteria] for own in scores.values()])
    totals = drawn @ table[:, counted].T
    place = list(scores).index(winner)
    others = np.delete(totals, place, axis=1)
    if not others.shape[1]:
        return 1.0
    return float((totals[:, place] > others.max(axis=1)).mean())


def reversal(criteria: Sequence[Criterion], bids: Scores) -> Reversal | None:
    """Find a losing bid whose absence would make another bid first; None if there is none."""
    before = award(criteria, scores_of(criteria, bids)).first
    for gone in bids:
        if gone in before:
            continue
        rest = {bid: values for bid, values in bids.items() if bid != gone}
        after = award(criteria, scores_of(criteria, rest)).first
        if after != before:
            return Reversal(gone, before, after)
    return None


def _flips(weights: Mapping[str, Fraction], scores: Scores, winner: str) -> list[Flip]:
    """Solve (1 - w) rest + w d = 0 for every criterion and rival; the other weights keep ratio."""
    found = []
    for key, weight in weights.items():
        if weight == ONE:
            continue  # the others have no ratio to keep
        for rival in scores:
            if rival == winner:
                continue
            ahead = {each: scores[winner][each] - scores[rival][each] for each in weights}
            rest = sum(
                (weights[each] * ahead[each] for each in weights if each != key), Fraction(0)
            ) / (1 - weight)
            if rest == ahead[key]:
                continue  # the weight changes nothing between the two
            at = rest / (rest - ahead[key])
            if 0 <= at <= 1:
                found.append(Flip(key, rival, at * WHOLE))
    return found


def _way(flip: Flip, weights: Mapping[str, Fraction]) -> Fraction:
    return abs(flip.weight / WHOLE - weights[flip.criterion])


def _score(criterion: Criterion, value: Fraction, column: object, bid: str) -> Fraction:
    if criterion.formula == "ratio_to_best":
        return _ratio(criterion, value, list(column), bid)  # type: ignore[call-overload]
    if criterion.formula == "linear_band":
        best, worst = criterion.best, criterion.worst
        assert best is not None and worst is not None  # noqa: PT018, S101  # checked when made
        return min(max((worst - value) / (worst - best), Fraction(0)), ONE)
    if criterion.formula == "curve":
        return _on_curve(criterion.curve, value)
    scale = {"points": TENTH, "share": HUNDREDTH}.get(criterion.formula, ONE)
    if not 0 <= value * scale <= 1:
        top = float(1 / scale)
        raise InputError(f"bid {bid}, {criterion.key}: {float(value):g} is outside 0 to {top:g}")
    return value * scale


def _ratio(criterion: Criterion, value: Fraction, column: list[Fraction], bid: str) -> Fraction:
    if value <= 0:
        raise InputError(
            f"bid {bid}, {criterion.key}: {float(value):g} cannot be compared as a ratio; it must "
            "be above 0"
        )
    return value / max(column) if criterion.kind == "quality" else min(column) / value


def _on_curve(curve: tuple[tuple[Fraction, Fraction], ...], value: Fraction) -> Fraction:
    if value <= curve[0][0]:
        return curve[0][1]
    for (left, low), (right, high) in pairwise(curve):
        if value <= right:
            return low + (high - low) * (value - left) / (right - left)
    return curve[-1][1]


def _check_curve(key: str, curve: tuple[tuple[Fraction, Fraction], ...]) -> None:
    rising = all(left[0] < right[0] for left, right in pairwise(curve))
    if len(curve) < 2 or not rising or not all(0 <= score <= 1 for _, score in curve):  # noqa: PLR2004
        raise InputError(
            f"{key}: a curve needs two or more points value:score, values rising, scores 0 to 1"
        )
