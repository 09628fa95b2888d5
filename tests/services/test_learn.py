"""Counts of a file become places with features, and a verdict that a person can read."""

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from app.core.demand.counts import Scatter
from app.core.demand.learn import Judgement, Observed, Rules
from app.core.demand.scores import Figures, Score
from app.core.errors import InputError, RefusedError
from app.core.parameters import Parameter
from app.core.project import Project
from app.core.scenario import Scenario
from app.exports.csv_table import read
from app.services import learn
from app.services.estimate import estimate
from app.services.learn_examples import example
from app.services.learn_files import SiteTable, read_sites
from app.services.projects import load_project
from app.services.validation_learning import occupied
from app.ui.uploads import dropped

Write = Callable[..., Path]
SPOT = (5.2506, 52.5504)


@pytest.fixture(scope="module")
def town() -> Project:
    return load_project("sampletown")


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def save(**columns: object) -> Path:
        usual = {"site_id": ["a", "b"], "lon": SPOT[0], "lat": SPOT[1], "sessions": [5, 9]}
        path = tmp_path / "places.csv"
        pd.DataFrame(usual | {"days": 30} | columns).to_csv(path, index=False)
        return path

    return save


@pytest.fixture(scope="module")
def answer(town: Project, tmp_path_factory: pytest.TempPathFactory) -> learn.LearnAnswer:
    """Learn once from the example with a signal, the city cut one way: sixty fits take seconds."""
    path = tmp_path_factory.mktemp("learn") / "places.csv"
    path.write_bytes(example(town, "signal"))
    usual = Rules.of
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Rules, "of", staticmethod(lambda told: replace(usual(told), cuts=1)))
        return learn.learn(town, Scenario(), path)


def test_the_example_is_accepted_keeps_the_total_and_says_that_it_is_invented(
    answer: learn.LearnAnswer,
) -> None:
    document = json.loads(json.dumps(learn.document(answer), allow_nan=False))
    assert document["accepted"]
    assert document["synthetic"]
    assert any("Synthetic" in words for words in document["notices"])
    assert "shop_visits_day" in document["features"]
    assert not {"points", "days", "lon"} & set(document["features"])
    assert document["verdict"].startswith("The data say more than the model")
    demand = estimate(answer.project, answer.scenario).districts["sessions_day_mean"]
    factor = answer.districts["demand_factor"]
    assert (demand * factor).sum() == pytest.approx(demand.sum(), rel=1e-9)
    assert factor.std() > 0.01


def test_the_csv_carries_codes_and_factors(answer: learn.LearnAnswer) -> None:
    table = read(learn.written(answer))
    assert list(table)[:2] == ["district_id", "name"]
    assert table["demand_factor"].astype(float).to_numpy() == pytest.approx(
        answer.districts["demand_factor"].to_numpy()
    )


def test_the_same_question_is_answered_once(town: Project) -> None:
    file = dropped("places.csv", b"site_id\n")
    one = learn.LearnQuestion(town, Scenario(), file)
    assert one.key == learn.LearnQuestion(town, Scenario(budget_eur=1), file).key
    assert one.key != learn.LearnQuestion(town, Scenario(year=2035), file).key
    assert one.key != learn.LearnQuestion(town, Scenario(), dropped("places.csv", b"x")).key


def figures(explained: float) -> Figures:
    return Figures(explained, explained, explained, 1.0, 0.0)


def judged(model: float, *, sure: float, gain: float, rules: Rules) -> Judgement:
    simple = Score("mean", "The same everywhere", figures(0.02), figures(0.02), 0, 0, 0, 0, 0)
    best = Score(
        "forest", "Random forest", figures(model), figures(0.23), gain, gain, gain, sure, 0.8
    )
    return Judgement(
        scores=(simple, best),
        best=best,
        accepted=sure >= rules.sure,
        rules=rules,
        factor=None,
        scatter=Scatter(1.0, 0.0),
        features=(),
        seed=0,
        notices=(),
    )


def test_a_refusal_says_both_numbers_and_what_random_folds_would_say(
    numbers: Mapping[str, Parameter],
) -> None:
    rules = Rules.of(numbers)
    found = judged(0.01, sure=0.12, gain=-0.01, rules=rules)
    assert "does not beat the simple model (the same everywhere): 0.01 against 0.02" in (
        learn.verdict(found)
    )
    assert "12%" in learn.because(found)
    assert "0.23" in learn.because(found)
    seldom = judged(0.08, sure=0.7, gain=0.06, rules=rules)
    assert "too seldom: 0.08 against 0.02" in learn.verdict(seldom)


def test_every_other_column_of_numbers_is_a_feature_and_words_are_told(write: Write) -> None:
    table = read_sites(write(visits=[3, None], street=["Kade", "Plein"], points=[2, None]))
    assert list(table.features) == ["visits"]
    assert np.isnan(table.features["visits"][1])
    assert any("street" in words for words in table.notices)
    assert table.quantity == "sessions"
    assert not table.synthetic


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        ({"site_id": ["a", "a"]}, "each place once"),
        ({"kwh": [1, 2]}, "exactly one column of sessions, kwh, occupied_hours"),
        ({"sessions": [1, None]}, "0 for none"),
        ({"sessions": [1, -4]}, "-4"),
        ({"days": [0, 30]}, "row 1, column days"),
        ({"lon": [200, 5]}, "row 1, column lon"),
        ({"lat": ["north", 52]}, "north"),
    ],
)
def test_a_table_that_does_not_fit_is_refused_with_its_rows(
    write: Write, columns: dict[str, object], said: str
) -> None:
    with pytest.raises(RefusedError, match=said):
        read_sites(write(**columns))


def test_places_elsewhere_are_refused_and_some_outside_are_told(
    town: Project, write: Write
) -> None:
    with pytest.raises(InputError, match="none of 2 places lies in a district of Sampletown"):
        learn.learn(town, Scenario(), write(lon=SPOT[1], lat=SPOT[0]))
    table = read_sites(write(lon=[SPOT[0], 6.0]))
    observed, home, said = learn.gather(town, Scenario(), table)
    assert observed.ids == ("a",)
    assert home.size == 1
    assert any("1 places lie in no district" in words for words in said)


def test_a_charge_point_is_no_neighbour_of_itself(town: Project) -> None:
    chargers = town.layers["chargers"].map
    at = chargers.geometry.iloc[:1].to_crs(4326)
    frame = pd.DataFrame(
        {"site_id": ["here"], "lon": at.x.to_numpy(), "lat": at.y.to_numpy(), "days": 1.0}
    ).assign(count=1.0, points=2.0)
    table = SiteTable("t", frame, "sessions", pd.DataFrame(index=frame.index), ())
    observed = features(learn.gather(town, Scenario(), table)[0])
    apart = chargers.geometry.iloc[1:].distance(chargers.geometry.iloc[0])
    assert observed["charger_nearest_m"] == pytest.approx(apart[apart > 5].min())
    assert observed["chargers_300m"] == ((apart > 5) & (apart <= 300)).sum()


def features(observed: Observed) -> dict[str, float]:
    return dict(zip(observed.names, observed.features[0], strict=True))


def test_statuses_that_never_change_are_stale(town: Project) -> None:
    # a: 1 of 2, then 2 of 2 points taken: 3 hours of points in two hours; b never changes
    statuses = pd.DataFrame(
        {"id": ["a", "a", "b", "b"], "n": [2, 2, 2, 2], "occ": [50, 100, 50, 50]}
    )
    layer = town.layers["chargers"]
    known = layer.map.head(2).assign(charger_id=["a", "b"])
    table, stale = occupied(statuses, replace(layer, frame=known))
    assert stale == pytest.approx(0.5)
    row = table.frame.iloc[0]
    assert len(table.frame) == 1
    assert (row["site_id"], row["count"], row["points"]) == ("a", 3, 2)
    assert row["days"] == pytest.approx(2 / 24)


def test_the_example_is_the_same_every_time(town: Project) -> None:
    assert example(town, "signal") == example(town, "signal")
    assert example(town, "signal") != example(town, "noise")
