"""A plan under other weights, figures and futures, and in years."""

import numpy as np
import pytest

from app.core.errors import InputError
from app.core.project import Project
from app.core.scenario import Scenario
from app.services.futures import least_regret, stability
from app.services.plan import plan_project, prove_project
from app.services.plan_report import plan_report
from app.services.projects import load_project
from app.services.years import in_years, plan_in_years, spread

SCENARIO = Scenario(budget_eur=500_000)


@pytest.fixture(scope="module")
def town() -> Project:
    return load_project("sampletown")


def test_firmness_speaks_of_the_plan_and_repeats_with_its_seed(town: Project) -> None:
    told: list[float] = []
    found = stability(town, SCENARIO, draws=20, report=lambda progress, *_: told.append(progress))
    assert found.draws == 20
    assert told == sorted(told)
    assert 0 <= found.robust_share <= 1
    planned = found.places[found.places["planned"] > 0]
    assert planned["planned"].sum() > 0
    again = stability(town, SCENARIO, draws=20)
    assert again.places.equals(found.places)
    shares = found.places[["top_share", "top_weights", "top_figures"]]
    assert shares.min().min() >= 0
    assert (found.places["top_share"] <= found.places["chosen_share"]).all()
    assert (found.apart, found.top) == (8, min(20, len(planned) // 2))
    assert shares["top_share"].sum() == pytest.approx(found.top)  # each draw has so many
    other = stability(town, SCENARIO.but(seed=1), draws=20)
    assert not other.places["chosen_share"].equals(found.places["chosen_share"])


def test_a_plan_carries_how_stable_its_ranks_are(town: Project) -> None:
    plan = plan_project(town, SCENARIO)
    assert "stability" not in plan.sites
    found = stability(town, SCENARIO, draws=5)
    told = found.on(plan)
    assert told.digest != plan.digest
    assert len(told.sites) == len(plan.sites)
    assert told.firm["stability"].between(0, 1).all()
    assert told.conditional["stability"].isna().all()  # they wait: nobody may say 0
    row = plan_report(town, SCENARIO, told)["chosen"][0]
    assert row["stability"] == told.firm["stability"].iloc[0]


def test_the_least_regret_is_the_smallest_of_the_largest(town: Project) -> None:
    found = least_regret(town, SCENARIO)
    assert len(found.futures) == 12
    assert found.regret.shape == (13, 12)
    assert found.choice == int(np.argmin(found.regret.max(axis=1).round(6)))
    assert (found.regret >= 0).all()
    assert (found.places["points"] > 0).all()
    rising = found.futures.assign(value=found.value.max(axis=0)).groupby("uptake")["value"].max()
    assert rising["low"] <= rising["mid"] <= rising["high"]


def test_one_strategy_is_not_tried_twice(town: Project) -> None:
    assert len(least_regret(town, SCENARIO.but(strategy="uncontrolled")).futures) == 6


def test_years_keep_what_was_built_and_their_money(town: Project) -> None:
    found = in_years(town, SCENARIO, spread(SCENARIO, [2026, 2028, 2030]))
    points = found.places[["points_2026", "points_2028", "points_2030"]].to_numpy()
    assert (np.diff(points, axis=1) >= 0).all()
    assert points[:, -1].sum() == found.years["points"].sum() > 0
    assert (found.years["cost_eur"] <= found.years["budget_eur"] + 1).all()
    assert (found.places["first_year"].diff().dropna() >= 0).all()
    assert found.years["demand_kwh_day"].is_monotonic_increasing


@pytest.mark.parametrize(
    ("years", "says"),
    [([], "at least one year"), ([2030, 2026], "must rise"), ([2026, 2026], "must rise")],
)
def test_years_that_make_no_sense_are_refused(town: Project, years: list[int], says: str) -> None:
    with pytest.raises(InputError, match=says):
        in_years(town, SCENARIO, spread(SCENARIO, years))


def test_a_search_is_never_worse_and_keeps_its_own_bound(town: Project) -> None:
    before, after = prove_project(town, SCENARIO, 3.0)
    assert after.value >= before.value - 1e-6
    assert after.value <= after.bound <= before.bound + 1e-6
    assert before.proof == "not_asked"
    assert after.proof in {"proven", "improved", "no_improvement", "timeout"}
    assert after.verifier["ok"]
    assert before.value == plan_project(town, SCENARIO).value


def test_a_plan_in_years_is_checked_and_says_the_year_of_each_place(town: Project) -> None:
    found = plan_in_years(town, SCENARIO, spread(SCENARIO, [2026, 2030]))
    assert found.verifier["ok"]
    assert set(found.sites["phase"]) <= {2026, 2030}
    assert (found.firm["points_2026"] <= found.firm["points_2030"]).all()
    assert found.firm["points"].tolist() == found.firm["points_2030"].tolist()
    assert found.value <= found.bound
    assert found.totals["cost_eur"] <= SCENARIO.budget_eur
