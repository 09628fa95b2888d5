"""Who wins under which weights."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.core.cases.inputs import File
from app.core.errors import InputError
from app.core.tender.award_files import parse_bids, parse_criteria
from app.core.tender.scoring import (
    Criterion,
    Scores,
    award,
    nearest_by_criterion,
    reversal,
    scores_of,
    stays,
)


def exactly(table: dict[str, tuple[str, ...]], keys: tuple[str, ...]) -> Scores:
    return {bid: dict(zip(keys, map(Fraction, row), strict=True)) for bid, row in table.items()}


KEYS = ("price", "quality", "v2g")
CRITERIA = tuple(Criterion(key, Fraction(w)) for key, w in zip(KEYS, (40, 35, 25), strict=True))
BIDS = exactly(
    {"A": ("0.9", "0.5", "0.4"), "B": ("0.6", "0.7", "0.9"), "C": ("0.8", "0.6", "0.6")}, KEYS
)


def test_the_worked_example() -> None:
    found = award(CRITERIA, scores_of(CRITERIA, BIDS))
    assert {bid: float(total) for bid, total in found.totals.items()} == {
        "A": 0.635,
        "B": 0.71,
        "C": 0.68,
    }
    assert (found.winner, dict(found.ranks)) == ("B", {"A": 3, "B": 1, "C": 2})
    flips = {
        (each.criterion, each.rival): round(float(each.weight) / 100, 4) for each in found.flips
    }
    assert flips == {
        ("price", "A"): 0.52,
        ("price", "C"): 0.4783,
        ("quality", "C"): 0.0714,
        ("v2g", "A"): 0.1176,
        ("v2g", "C"): 0.1667,
    }
    near = nearest_by_criterion(CRITERIA, found)
    assert {key: each.rival for key, each in near.items()} == dict.fromkeys(KEYS, "C")
    assert found.nearest == near["price"]


@st.composite
def contests(draw: st.DrawFn) -> tuple[tuple[Criterion, ...], Scores]:
    keys = tuple(f"c{place}" for place in range(draw(st.integers(2, 4))))
    parts = [draw(st.integers(1, 50)) for _ in keys]
    criteria = tuple(
        Criterion(key, Fraction(100 * part, sum(parts)))
        for key, part in zip(keys, parts, strict=True)
    )
    hundredths = st.integers(0, 100).map(lambda number: Fraction(number, 100))
    bids = {
        f"b{place}": {key: draw(hundredths) for key in keys}
        for place in range(draw(st.integers(2, 4)))
    }
    return criteria, bids


@given(contest=contests())
@settings(max_examples=60, deadline=None)
def test_a_scan_of_all_weights_finds_the_same_flips(
    contest: tuple[tuple[Criterion, ...], Scores],
) -> None:
    criteria, bids = contest
    found = award(criteria, bids)
    if found.winner is None:
        assert not found.flips
        return
    weights = {each.key: float(each.weight) / 100 for each in criteria}
    told = {(each.criterion, each.rival): float(each.weight) / 100 for each in found.flips}
    grid = np.linspace(0, 1, 41)
    for key, weight in weights.items():
        others = {each: w / (1 - weight) for each, w in weights.items() if each != key}
        for rival in bids:
            if rival == found.winner:
                continue
            gap = {each: float(bids[found.winner][each] - bids[rival][each]) for each in weights}
            rest = sum(others[each] * gap[each] for each in others)
            ahead = (1 - grid) * rest + grid * gap[key]
            crossed = np.flatnonzero(ahead[:-1] * ahead[1:] < -1e-15)
            if len(crossed):
                low, high = grid[crossed[0]], grid[crossed[0] + 1]
                for _ in range(50):
                    middle = (low + high) / 2
                    same = ((1 - middle) * rest + middle * gap[key]) * ahead[crossed[0]] > 0
                    low, high = (middle, high) if same else (low, middle)
                assert told[key, rival] == pytest.approx(low, abs=1e-9)
            elif (ahead > 1e-9).all():
                assert (key, rival) not in told


def test_a_tie_stays_a_tie_in_any_order() -> None:
    keys = ("price", "quality")
    criteria = (Criterion("price", Fraction(30)), Criterion("quality", Fraction(70)))
    bids = exactly({"A": ("0.1", "0.3"), "B": ("0.8", "0"), "C": ("0.1", "0.3")}, keys)
    for order in ("ABC", "CBA"):
        found = award(criteria, {bid: bids[bid] for bid in order})
        assert sorted(found.first) == ["A", "B", "C"]  # 0.03 + 0.21 = 0.24 = 0.3 x 0.8
        assert found.winner is None
        assert found.nearest is None
        assert set(found.ranks.values()) == {1}


def test_the_winner_stays_more_often_the_closer_the_weights_are_drawn() -> None:
    share = [stays(CRITERIA, BIDS, "B", draws=10_000, near=near, seed=1) for near in (10, 100, 1e5)]
    assert 0.3 < share[0] < share[1] < share[2] == 1
    assert stays(CRITERIA, BIDS, "B", draws=10_000, near=100, seed=1) == share[1]


def test_without_a_fixed_band_a_losing_bid_decides_who_wins() -> None:
    criteria = (
        Criterion("price", Fraction(50), "price", "ratio_to_best"),
        Criterion("quality", Fraction(50), "quality", "points"),
    )
    keys = ("price", "quality")
    bids = exactly({"dear": ("0.50", "8"), "fair": ("0.40", "6.2"), "cheap": ("0.20", "0")}, keys)
    found = reversal(criteria, bids)
    assert found is not None
    assert (found.removed, found.before, found.after) == ("cheap", ("dear",), ("fair",))
    band = (
        Criterion("price", Fraction(50), "price", "linear_band", Fraction("0.2"), ONE),
        criteria[1],
    )
    assert reversal(band, bids) is None


ONE = Fraction(1)


def test_the_formulas() -> None:
    band = Criterion("c", Fraction(100), "price", "linear_band", Fraction("0.3"), Fraction("0.6"))
    curve = Criterion(
        "c", Fraction(100), formula="curve", curve=((ONE * 0, ONE * 0), (ONE * 4, ONE))
    )
    share = Criterion("c", Fraction(100), formula="share")
    cases = [(band, "0.45", 0.5), (band, "0.2", 1), (band, "0.9", 0), (curve, "1", 0.25)]
    cases += [(curve, "9", 1), (share, "35", 0.35)]
    for criterion, value, score in cases:
        found = scores_of((criterion,), {"A": {"c": Fraction(value)}})["A"]["c"]
        assert float(found) == pytest.approx(score)


@pytest.mark.parametrize(
    ("criteria", "bids", "words"),
    [
        ("criterion,weight\na,50\nb,49.9\n", "", "sum to 99.9 percent; they must sum to 100"),
        ("criterion,weight\na,fifty\n", "", "c.csv, row 1, column weight: 'fifty' is not a number"),
        ("criterion,weight,formula\na,100,linear_band\n", "", "row 1: a: linear_band needs best"),
        ("criterion,share\na,100\n", "", "found the columns criterion, share; wanted"),
        ("criterion,weight\na,50\na,50\n", "", "named twice: a"),
        ("criterion,weight\na,100\n", "bid,criterion,score\nX,b,1\n", "bid X: no value for a"),
        ("criterion,weight\na,100\n", "bid,criterion,score\nX,b,1\n", "there is no criterion 'b'"),
        ("criterion,weight\na,100\n", "bid,criterion,score\nX,a,\n", "b.csv, row 1, column score"),
        ("criterion,weight\na,100\n", "bid,criterion,score\nX,a,1.5\n", "1.5 is outside 0 to 1"),
        ("criterion,weight\na,100\n", "bid,criterion,score\nX,a,1\nX,a,1\n", "stands here twice"),
    ],
)
def test_files_that_cannot_be_scored_say_where(criteria: str, bids: str, words: str) -> None:
    def judged() -> None:
        read = parse_criteria(File("c.csv", criteria))
        offers = parse_bids(File("b.csv", bids or "bid,criterion,score\nX,a,1\nX,b,1\n"))
        award(read, scores_of(read, offers))

    with pytest.raises(InputError) as told:
        judged()
    assert words in str(told.value)


def test_tenths_of_percent_sum_exactly() -> None:
    text = "criterion,weight\n" + "".join(
        f"c{n},{w}\n" for n, w in enumerate(("33.3", "33.3", "33.4"))
    )
    read = parse_criteria(File("c.csv", text))
    bids = {"X": dict.fromkeys(("c0", "c1", "c2"), Fraction(1, 3))}
    assert award(read, bids).totals["X"] == Fraction(1, 3)
