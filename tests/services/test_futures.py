"""A plan under other weights, figures and futures, and in years."""

from dataclasses import replace

import numpy as np
import pytest

from app.core.errors import InputError
from app.core.project import Project
from app.core.scenario import Scenario
from app.core.siting.phase_checks import check_years
from app.core.siting.phasing import Year, phase
from app.services.futures import least_regret, stability
from app.services.given_plan import question_of
from app.services.plan import plan_project, prove_project, stage
from app.services.plan_report import plan_report
from app.services.projects import load_project
from app.services.tender import tender
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
    plan = plan_project(town, SCENARIO)
    assert found.places["first"].sum() == found.top
    assert set(plan.firm["candidate_id"][: found.top // 2]) <= set(
        found.places.loc[found.places["first"], "candidate_id"]
    )
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


def test_the_plan_that_regrets_least_is_checked_and_can_be_used(town: Project) -> None:
    found = least_regret(town, SCENARIO)
    assert found.plan.verifier["ok"]
    assert any("disappoints least" in each for each in found.plan.notices)
    assert any("Simulated again" in each for each in found.plan.notices)
    wanted = found.places.set_index("candidate_id")["points"]
    used = found.plan.firm.set_index("candidate_id")["points"]
    assert (used <= wanted.reindex(used.index)).all()  # what does not fit here is left out, no more
    assert used.sum() > 0
    assert found.plan.value <= found.plan.bound
    assert found.share.shape == found.regret.shape
    assert found.share.max() <= 1.0
    assert found.share.min(axis=0).max() == 0.0  # somebody is best in every future


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
    assert (found.years["checks_held"] == found.years["checks"]).all()
    assert found.plan.verifier["ok"]
    said = [each for each in found.plan.notices if "Simulated again" in each]
    assert [each[:4] for each in said] == ["2026", "2028", "2030"]


def test_the_most_points_hold_for_all_years_together(town: Project) -> None:
    few = SCENARIO.but(points=10, budget_eur=5_000_000)
    found = in_years(town, few, spread(few, [2026, 2030]))
    assert 0 < found.years["points"].sum() <= 10
    assert found.plan.verifier["ok"]


def test_a_year_that_breaks_its_room_refuses_the_plan(town: Project) -> None:
    """The judge looks at every year: points beyond the first year's room are found."""
    one = stage(town, SCENARIO)
    question, _ = question_of(one.places, one.rooms, SCENARIO)
    near = (one.places.near_start, one.places.near)
    year = Year(2026, question.problem, one.places.reach)
    good = phase([year], near, 0.03)
    assert check_years([year], good, near)[0].ok
    tight = replace(question.problem.grid, fit=np.zeros_like(question.problem.grid.fit))
    worse = Year(2026, replace(question.problem, grid=tight), one.places.reach)
    broken = check_years([worse], good, near)[0]
    assert [check.id for check in broken.checks if not check.ok] == ["V3"]


def test_the_tender_list_says_the_year_of_each_place(town: Project) -> None:
    plan = plan_in_years(town, SCENARIO, spread(SCENARIO, [2026, 2030]))
    listed = tender(town, plan.sites, SCENARIO).sites
    assert set(listed["planned_year"]) == {2026, 2030}
    assert (listed["phase"] == listed["planned_year"].map({2026: 1, 2030: 2})).all()


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
    assert set(found.sites["year"]) <= {2026, 2030}
    assert (found.sites["phase"] == found.sites["year"].map({2026: 1, 2030: 2})).all()
    assert (found.firm["points_2026"] <= found.firm["points_2030"]).all()
    assert found.firm["points"].tolist() == found.firm["points_2030"].tolist()
    assert found.value <= found.bound
    assert found.totals["cost_eur"] <= SCENARIO.budget_eur
