"""Which bid wins under award criteria, and at which weight another one would."""

from typing import Any

from app.core.cases.base import Answer, Case, Picture, Said, Table, said
from app.core.cases.given import Given
from app.core.cases.inputs import File, Input
from app.core.errors import InputError
from app.core.tender.award_files import parse_bids, parse_criteria
from app.core.tender.scoring import (
    Award,
    Criterion,
    Flip,
    Scores,
    award,
    nearest_by_criterion,
    reversal,
    scores_of,
    stays,
)

MOST_DRAWS = 100_000
EXAMPLE_CRITERIA = "criterion,weight\nprice,40\nquality,35\nv2g,25\n"
EXAMPLE_BIDS = (
    "bid,criterion,score\n"
    "A,price,0.9\nA,quality,0.5\nA,v2g,0.4\n"
    "B,price,0.6\nB,quality,0.7\nB,v2g,0.9\n"
    "C,price,0.8\nC,quality,0.6\nC,v2g,0.6\n"
)


def solve(given: Given) -> Answer:
    """Score the bids of two files, or an example."""
    criteria_file, bids_file = given.file("criteria"), given.file("bids")
    if (criteria_file is None) != (bids_file is None):
        raise InputError("--criteria and --bids: both files are wanted, or neither for an example")
    criteria = parse_criteria(criteria_file or File("criteria.csv", EXAMPLE_CRITERIA))
    bids = parse_bids(bids_file or File("bids.csv", EXAMPLE_BIDS))
    scores = scores_of(criteria, bids)
    found = award(criteria, scores)
    share = _stays(given, criteria, scores, found.winner) if found.winner else None
    results: dict[str, Any] = {
        "totals": dict(found.totals),
        "winner": found.winner,
        "first": list(found.first),
        "flips": [_flip(each) for each in found.flips],
        "nearest_flip": _flip(found.nearest) if found.nearest else None,
        "nearest_by_criterion": [
            _flip(each) for each in nearest_by_criterion(criteria, found).values()
        ],
        "winner_stays_share": share,
    }
    ranks = sorted(found.ranks.items(), key=lambda pair: pair[1])
    rows = tuple((bid, float(found.totals[bid]), float(rank)) for bid, rank in ranks)
    table = Table(("Bid", "Total", "Place"), rows)
    totals = [float(total) for total in found.totals.values()]
    picture = Picture("bars", tuple(found.totals), {"Total": totals}, "0 to 1")
    notes = _warnings(criteria, bids)
    if criteria_file is None:
        notes = (said("No files were given: this is an example with three bids."), *notes)
    return Answer(results, sentence(found), table, picture, notes=notes)


def sentence(found: Award) -> Said:
    """Say who wins, and the nearest weight at which another does."""
    if found.winner is None:
        return said(
            "{bids} are level with {total}: a tie, which the criteria do not decide.",
            bids=", ".join(found.first),
            total=float(max(found.totals.values())),
        )
    top = {"winner": found.winner, "total": float(found.totals[found.winner])}
    if found.nearest is None:
        return said("{winner} wins with {total}, whatever weight one criterion gets.", **top)
    return said(
        "{winner} wins with {total}; {criterion} at {weight} percent flips to {rival}.",
        **top,
        criterion=found.nearest.criterion,
        weight=round(float(found.nearest.weight), 1),
        rival=found.nearest.rival,
    )


def _stays(given: Given, criteria: tuple[Criterion, ...], scores: Scores, winner: str) -> float:
    draws, near = given.whole("draws"), given.real("concentration")
    if not 1 <= draws <= MOST_DRAWS:
        raise InputError(f"--draws: {draws} is outside 1 to {MOST_DRAWS:,}")
    if near <= 0:
        raise InputError("--concentration: it must be above 0")
    return stays(criteria, scores, winner, draws=draws, near=near, seed=given.whole("seed"))


def _flip(each: Flip) -> dict[str, Any]:
    return {"criterion": each.criterion, "rival": each.rival, "weight": each.weight}


def _warnings(criteria: tuple[Criterion, ...], bids: Scores) -> tuple[Said, ...]:
    """Warn of scores that depend on who else bids, with the example at hand."""
    if all(each.formula != "ratio_to_best" for each in criteria):
        return ()
    turned = reversal(criteria, bids)
    words = (
        "With ratio_to_best a score depends on the other bids: a bid that loses can decide who "
        "wins. Fix the band in advance instead."
    )
    if turned is None:
        return (said(words),)
    example = " Here: without {removed} it is {after} that wins, not {before}."
    told = {name: ", ".join(getattr(turned, name)) for name in ("before", "after")}
    return (said(words + example, removed=turned.removed, **told),)


CASE = Case(
    key="score",
    title="Award criteria and bids",
    question="Which bid wins, and how little must a weight change for another to win?",
    setting="public",
    inputs=(
        Input(
            "criteria",
            "Criteria",
            "",
            None,
            kind="file",
            help="CSV: criterion,weight in percent; also type,formula,best,worst,curve",
        ),
        Input("bids", "Bids", "", None, kind="file", help="CSV: bid,criterion,score from 0 to 1"),
        Input(
            "draws",
            "Weights drawn around the chosen ones",
            "draws",
            "10000",
            1000,
            100000,
            kind="count",
        ),
        Input("concentration", "How close they are drawn; more is closer", "", "50", 10, 200),
        Input("seed", "Seed of the draw", "", "0", 0, 9999, kind="count"),
    ),
    solve=solve,
    limits=(
        "One weight moves at a time; the others keep their ratio.",
        "Scores are taken as given: how a jury reached them is not part of this.",
    ),
    order=320,
)
