"""A model may speak only where it has not looked, and only when it says more than the simple one.

Judging fits sixty models in one cut, which takes seconds; two cities are judged once for all.
"""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pytest

from app.core.demand.learn import (
    Judgement,
    Observed,
    Rules,
    blocks_of,
    judge,
    per_group,
    total_kept,
)
from app.core.errors import InputError
from app.core.parameters import Parameter

PLACES = 160
NAN = float("nan")


@pytest.fixture(scope="module")
def rules(numbers: Mapping[str, Parameter]) -> Rules:
    return replace(Rules.of(numbers), cuts=1)


def city(effect: float = 0.0, seed: int = 1) -> Observed:
    """Draw over-dispersed counts around a structural estimate, times a feature's effect."""
    chance = np.random.default_rng(seed)
    x_m, y_m = chance.uniform(0, 8_000, (2, PLACES))
    features = chance.standard_normal((PLACES, 3))
    structural = chance.lognormal(0, 0.3, PLACES)
    exposure = np.full(PLACES, 180.0)
    strength = np.exp(effect * features[:, 0] - effect**2 / 2)
    count = chance.poisson(structural * exposure * strength * chance.gamma(4, 1 / 4, PLACES))
    return Observed(
        tuple(map(str, range(PLACES))),
        x_m,
        y_m,
        count.astype(float),
        exposure,
        structural,
        ("shops", "noise", "more_noise"),
        features,
    )


@pytest.fixture(scope="module")
def planted(rules: Rules) -> Judgement:
    return judge(city(effect=0.8), rules)


@pytest.fixture(scope="module")
def noise(rules: Rules) -> Judgement:
    return judge(city(), rules)


def test_a_signal_that_transfers_is_accepted(planted: Judgement) -> None:
    assert planted.accepted
    assert planted.simple.key == "structural"
    assert planted.best.gain > 0.2
    assert planted.best.sure >= 0.9
    assert planted.factor is not None
    assert np.corrcoef(np.log(planted.factor), city(effect=0.8).features[:, 0])[0, 1] > 0.8
    assert planted.factor.min() >= 1 / planted.rules.factor_most
    assert planted.factor.max() <= planted.rules.factor_most


def test_noise_is_refused_and_gives_no_factor(noise: Judgement) -> None:
    assert not noise.accepted
    assert noise.factor is None
    assert noise.best.sure < 0.9


def test_the_scatter_is_stated(noise: Judgement) -> None:
    assert noise.scatter.alpha == pytest.approx(0.25, rel=0.3)  # gamma of shape 4


def leak(rules: Rules, jitter: float) -> Observed:
    """Give every part of the city a level of its own, and a feature that only names the part."""
    observed = city(seed=5)
    part = blocks_of(observed.x_m, observed.y_m, rules.blocks, 0)
    level = np.random.default_rng(9).permutation(np.geomspace(0.25, 4, rules.blocks))
    named = np.random.default_rng(8).permutation(rules.blocks).astype(float)[part]
    named += jitter * np.random.default_rng(6).standard_normal(PLACES)
    count = np.random.default_rng(7).poisson(observed.count * level[part]).astype(float)
    return replace(observed, count=count, features=named[:, None], names=("part",))


def test_a_leak_through_the_parts_of_the_city_is_refused(rules: Rules) -> None:
    found = judge(leak(rules, 1.2), rules)
    believed = max(each.random.explained for each in found.scores)
    assert "part" in found.features
    assert believed - found.simple.random.explained > 0.05  # random folds would accept it
    assert not found.accepted


def test_a_feature_that_only_names_the_part_is_left_out_and_told(rules: Rules) -> None:
    found = judge(leak(rules, 0.0), rules)
    assert not found.accepted
    assert found.features == ("structural",)
    assert any("names the part: part" in words for words in found.notices)


def test_same_seed_same_answer(planted: Judgement, rules: Rules) -> None:
    again = judge(city(effect=0.8), rules)
    assert again.scores == planted.scores
    assert np.array_equal(again.factor, planted.factor)


def test_blanks_are_told_and_no_trouble(rules: Rules) -> None:
    observed = city(effect=0.8)
    features = np.column_stack([observed.features, np.full(PLACES, NAN), np.ones(PLACES)])
    features[::4, 0] = NAN
    features[1, 1] = np.inf
    names = (*observed.names, "never_known", "everywhere_one")
    found = judge(replace(observed, features=features, names=names), rules)
    said = " ".join(found.notices)
    assert found.accepted
    assert "shops 25%" in said
    assert "noise under 1%" in said
    assert "never_known, everywhere_one" in said
    assert not {"never_known", "everywhere_one"} & set(found.features)


def test_places_without_a_count_are_counted(rules: Rules) -> None:
    observed = city()
    count = np.where(np.arange(PLACES) < 120, 0.0, observed.count)
    found = judge(replace(observed, count=count, structural=None), rules)
    every = [figure for each in found.scores for figure in (each.blocks, each.random)]
    assert all(np.isfinite([f.explained, f.low, f.high, f.rmse, f.rank]).all() for f in every)
    assert found.simple.key == "mean"
    assert [each.key for each in found.scores] == ["mean", "glm", "boosting", "forest"]
    assert any("No structural estimate" in words for words in found.notices)


def _some(observed: Observed, n: int) -> Observed:
    arrays = {
        name: getattr(observed, name)[:n]
        for name in ("ids", "x_m", "y_m", "count", "exposure", "structural", "features")
    }
    return replace(observed, **arrays)


def test_too_little_is_refused_in_words(rules: Rules) -> None:
    few = _some(city(), rules.places - 1)
    with pytest.raises(InputError, match=f"99 observed places .* at least {rules.places}"):
        judge(few, rules)
    together = replace(city(), x_m=np.repeat([1.0, 2.0], PLACES // 2), y_m=np.zeros(PLACES))
    with pytest.raises(InputError, match="2 different spots: 10 parts"):
        judge(together, rules)
    with pytest.raises(InputError, match="nothing was counted"):
        judge(replace(city(), count=np.zeros(PLACES)), rules)
    bare = replace(city(), structural=None, features=np.ones((PLACES, 3)))
    with pytest.raises(InputError, match="no feature differs"):
        judge(bare, rules)


def test_factors_keep_the_total_and_leave_the_unknown_alone() -> None:
    # 2 and 1/2 on amounts 30 and 20 make 70 of 50: the level is 50/70; the third is not known.
    found = total_kept(np.array([2.0, 0.5, NAN]), np.array([30.0, 20.0, 40.0]))
    assert found == pytest.approx([2 * 5 / 7, 0.5 * 5 / 7, 1])
    assert found @ [30, 20, 40] == pytest.approx(90)


def test_few_places_are_drawn_towards_one_and_none_are_unknown() -> None:
    # (4 + 2 + 5 x 1) / 7 with five places more that say 1; no place says nothing at all
    found = per_group(np.array([4.0, 2.0]), np.array([0, 0]), 2, 5.0)
    assert found[0] == pytest.approx(11 / 7)
    assert np.isnan(found[1])
