"""How well places are foretold, and whether a lead holds when parts of the city are resampled."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from app.core.demand.learners import LEARNERS
from app.core.engine.arrays import Floats, Longs

STRUCTURAL, MEAN = "structural", "mean"
NAIVE = {STRUCTURAL: "Structural model", MEAN: "The same everywhere"}
BAND = (10, 90)


@dataclass(frozen=True, slots=True)
class Figures:
    """How well places are foretold by a model that has not seen them.

    ``explained`` is the share of the Poisson deviance, with P10 and P90 over the resamples;
    ``rmse`` is of the rate per point and day, ``rank`` the rank correlation of rates.
    """

    explained: float
    low: float
    high: float
    rmse: float
    rank: float


@dataclass(frozen=True, slots=True)
class Score:
    """A model under both kinds of folds, and its lead over the simple one on blocks.

    ``sure`` is the share of resamples in which the lead is at least what is asked, ``parts`` the
    share of the parts themselves in which it leads at all.
    """

    key: str
    title: str
    blocks: Figures
    random: Figures
    gain: float
    gain_low: float
    gain_high: float
    sure: float
    parts: float


def deviance(observed: Floats, expected: Floats) -> Floats:
    """Poisson deviance of each place; the expected is above 0."""
    ratio = np.where(observed > 0, observed / expected, 1.0)
    found: Floats = 2 * (observed * np.log(ratio) - observed + expected)
    return found


@dataclass(frozen=True, slots=True, eq=False)
class Contest:
    """What every model is held against, and the resamples of blocks that all share.

    Attributes
    ----------
    count, exposure : (place,)
    flat : (place,)
        Counts at the mean rate: explains nothing.
    block : (place,)
    draws : (resample, block)
        How often each block is in.
    """

    count: Floats
    exposure: Floats
    flat: Floats
    block: Longs
    draws: Longs

    @classmethod
    def of(
        cls, count: Floats, exposure: Floats, block: Longs, resamples: int, seed: int
    ) -> "Contest":
        """Draw blocks with replacement, as many as there are."""
        blocks = int(block.max()) + 1
        even = np.full(blocks, 1 / blocks)
        draws = np.random.default_rng(seed).multinomial(blocks, even, resamples)
        return cls(count, exposure, exposure * (count.sum() / exposure.sum()), block, draws)

    def shares(self, expected: Floats) -> tuple[float, Floats]:
        """Deviance explained, of all places and in every resample."""
        left, base = self.sums(expected), self.sums(self.flat)
        drawn = self.draws @ base
        return (
            1 - float(left.sum() / base.sum()),
            1 - (self.draws @ left) / np.where(drawn > 0, drawn, np.inf),
        )

    def sums(self, expected: Floats) -> Floats:
        """Deviance of every part."""
        parts = deviance(self.count, expected)
        return np.asarray(np.bincount(self.block, parts, self.draws.shape[1]))

    def figures(self, expected: Floats) -> tuple[Figures, Floats]:
        """Sum up how well counts were foretold, and how much is explained in every resample."""
        explained, shares = self.shares(expected)
        low, high = np.percentile(shares, BAND)
        rate, foretold = self.count / self.exposure, expected / self.exposure
        rmse = float(np.sqrt(np.mean(np.square(rate - foretold))))
        order = rank(rate, foretold)
        return Figures(explained, float(low), float(high), rmse, order), shares


@dataclass(frozen=True, slots=True, eq=False)
class Cut:
    """One way to cut the city into parts, and what every model foretold of parts left out."""

    contest: Contest
    told: Mapping[str, Floats]

    def leads(self, key: str, other: str) -> float:
        """Share of the parts in which a model explains more than another."""
        mine, theirs = (self.contest.sums(self.told[each]) for each in (key, other))
        return float((mine < theirs).mean())


def score(cuts: Sequence[Cut], random: Cut, least: float) -> tuple[Score, ...]:
    """Score every model, the one to be beaten first; figures are means over the cuts.

    To be beaten is the naive model that explains more on parts left out: a structural estimate
    that is worse than the mean would be no feat to beat. ``least`` is the lead that is asked;
    resamples are paired, so what all find hard counts for none.
    """
    titles = NAIVE | {key: each.title for key, each in LEARNERS.items()}
    there = [key for key in titles if key in cuts[0].told]
    found = {key: [cut.contest.figures(cut.told[key]) for cut in cuts] for key in there}
    figures = {key: _mean(each) for key, each in found.items()}
    shares = {key: np.concatenate([each for _, each in told]) for key, told in found.items()}
    naive = [key for key in NAIVE if key in there]
    simple = max(naive, key=lambda key: figures[key].explained)
    scores = []
    for key in dict.fromkeys((simple, *there)):
        lead = shares[key] - shares[simple]
        low, high = np.percentile(lead, BAND)
        scores.append(
            Score(
                key,
                titles[key],
                figures[key],
                random.contest.figures(random.told[key])[0],
                gain=figures[key].explained - figures[simple].explained,
                gain_low=float(low),
                gain_high=float(high),
                sure=float((lead >= least).mean()),
                parts=float(np.mean([cut.leads(key, simple) for cut in cuts])),
            )
        )
    return tuple(scores)


def _mean(found: Sequence[tuple[Figures, Floats]]) -> Figures:
    """Mean over the cuts, with the range of all resamples."""
    low, high = np.percentile(np.concatenate([shares for _, shares in found]), BAND)
    explained, rmse, order = (
        float(np.mean([getattr(each, name) for each, _ in found]))
        for name in ("explained", "rmse", "rank")
    )
    return Figures(explained, float(low), float(high), rmse, order)


def rank(one: Floats, other: Floats) -> float:
    """Correlate ranks; 0 where one of them is the same everywhere."""
    from scipy.stats import rankdata  # noqa: PLC0415

    a, b = (rankdata(each) - (each.size + 1) / 2 for each in (one, other))
    size = float(np.sqrt((a @ a) * (b @ b)))
    return float(a @ b) / size if size > 0 else 0.0
