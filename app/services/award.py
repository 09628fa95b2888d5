"""Use-case: award criteria and bids, from a table or a file, to who wins and what would flip it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import pandas as pd

from app.core.cases.inputs import File
from app.core.errors import InputError
from app.core.tender.award_files import MORE_CRITERIA, parse_bids, parse_criteria
from app.core.tender.scoring import (
    WHOLE,
    Award,
    Criterion,
    Flip,
    Reversal,
    Scores,
    award,
    nearest_by_criterion,
    reversal,
    scores_of,
    stays,
)
from app.services.parameters import load_parameters

SEED = 0
CRITERIA_COLUMNS = ("criterion", "weight", *MORE_CRITERIA)
TEXTS = ("criterion", "type", "formula", "curve")


@dataclass(frozen=True, slots=True, eq=False)
class Judged:
    """Bids judged by criteria.

    Attributes
    ----------
    nearest
        By criterion, the flip that needs the smallest change of its weight.
    stays_share
        Share of drawn weights under which the winner stays first; None where there is a tie.
    relative
        Whether a score depends on the other bids; ``turned`` is an example of what that does.
    """

    criteria: tuple[Criterion, ...]
    scores: Scores
    award: Award
    nearest: Mapping[str, Flip]
    stays_share: float | None
    relative: bool
    turned: Reversal | None


def judge(criteria: tuple[Criterion, ...], bids: Scores) -> Judged:
    """Score the bids and look for what would change the winner."""
    scores = scores_of(criteria, bids)
    found = award(criteria, scores)
    numbers = load_parameters()
    draws, near = int(numbers["award_draws"].value), numbers["award_near"].value
    share = None
    if found.winner is not None:
        share = stays(criteria, scores, found.winner, draws=draws, near=near, seed=SEED)
    relative = any(each.formula == "ratio_to_best" for each in criteria)
    return Judged(
        criteria,
        scores,
        found,
        nearest_by_criterion(criteria, found),
        share,
        relative,
        reversal(criteria, bids) if relative else None,
    )


def criteria_table(criteria: Sequence[Criterion]) -> pd.DataFrame:
    """Put criteria into a table that can be edited."""
    rows = [
        (
            each.key,
            float(each.weight),
            each.kind,
            each.formula,
            _float(each.best),
            _float(each.worst),
            ";".join(f"{float(value):g}:{float(score):g}" for value, score in each.curve),
        )
        for each in criteria
    ]
    return pd.DataFrame(rows, columns=list(CRITERIA_COLUMNS))


def bids_table(bids: Scores, keys: Sequence[str]) -> pd.DataFrame:
    """Put bids into a table that can be edited: a row per bid, a column per criterion."""
    rows = [(bid, *(_float(values.get(key)) for key in keys)) for bid, values in bids.items()]
    return pd.DataFrame(rows, columns=["bid", *keys])


def criteria_from(table: pd.DataFrame) -> tuple[Criterion, ...]:
    """Read an edited table of criteria; empty rows do not count."""
    filled = table[table["criterion"].fillna("").astype(str).str.strip() != ""]
    return parse_criteria(File("criteria", _text(filled)))


def bids_from(table: pd.DataFrame) -> Scores:
    """Read an edited table of bids; empty rows do not count."""
    filled = table[table["bid"].fillna("").astype(str).str.strip() != ""]
    twice = filled["bid"][filled["bid"].duplicated()].unique()
    if len(twice):
        raise InputError(f"bids named twice: {', '.join(map(str, twice))}")
    long = filled.melt("bid", var_name="criterion", value_name="value").dropna(subset="value")
    return parse_bids(File("bids", _text(long)))


def sweep(found: Judged, key: str, steps: int = 51) -> tuple[list[float], dict[str, list[float]]]:
    """Follow all totals while one weight goes from 0 to 100 percent and the others keep ratio."""
    weights = {each.key: float(each.weight / WHOLE) for each in found.criteria}
    left = 1 - weights[key]
    at = np.linspace(0, 1, steps)
    totals = {}
    for bid, scores in found.scores.items():
        rest = sum(w * float(scores[each]) for each, w in weights.items() if each != key)
        own = float(scores[key])
        totals[bid] = [float(each) for each in (1 - at) * (rest / left if left else own) + at * own]
    return [float(100 * each) for each in at], totals


def totals_table(found: Judged) -> pd.DataFrame:
    """List bids by place, each with its score per criterion and its total."""
    ranks = found.award.ranks
    order = sorted(ranks, key=lambda bid: ranks[bid])
    table: dict[str, list[object]] = {
        "place": [ranks[bid] for bid in order],
        "bid": list(order),
        "total": [round(float(found.award.totals[bid]), 6) for bid in order],
    }
    for each in found.criteria:
        table[each.key] = [round(float(found.scores[bid][each.key]), 6) for bid in order]
    return pd.DataFrame(table)


def flips_table(found: Judged) -> pd.DataFrame:
    """List every weight at which another bid draws level, the nearest first."""
    weights = {each.key: each.weight for each in found.criteria}
    flips = sorted(found.award.flips, key=lambda each: abs(each.weight - weights[each.criterion]))
    return pd.DataFrame(
        {
            "criterion": [each.criterion for each in flips],
            "rival": [each.rival for each in flips],
            "weight_percent": [float(weights[each.criterion]) for each in flips],
            "flips_at_percent": [round(float(each.weight), 4) for each in flips],
            "change_points": [
                round(float(each.weight - weights[each.criterion]), 4) for each in flips
            ],
        }
    )


def _float(value: Fraction | None) -> float:
    return float("nan") if value is None else float(value)


def _text(table: pd.DataFrame) -> str:
    return table.to_csv(index=False)


def draws() -> int:
    """Say how many weights are drawn."""
    return int(load_parameters()["award_draws"].value)
