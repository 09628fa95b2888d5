"""Money in the pack: what bidders see, what stays inside, and the same bytes every time."""

import io
from dataclasses import replace
from fractions import Fraction
from typing import Any

import geopandas as gpd
import openpyxl
import pandas as pd
import pytest

from app.core.project import Project
from app.core.scenario import Scenario
from app.core.tender.draft import TenderDraft
from app.core.tender.scoring import Criterion
from app.exports.csv_table import read as read_csv
from app.services import pack_money
from app.services.money import facts_of, inputs, money, published, with_money
from app.services.pack_member import Member
from app.services.parameters import money as money_numbers
from app.services.projects import load_project
from app.services.tender import tender

OWN = 0.4321  # a price of the planner's own
SCENARIO = Scenario(model="concession", v2g_phase=2, assumptions=(("cash_tariff", OWN),))


@pytest.fixture(scope="module")
def project() -> Project:
    return load_project("sampletown")


@pytest.fixture(scope="module")
def plan(project: Project) -> gpd.GeoDataFrame:
    bays = project.layers["parking"].map.iloc[:4]
    return gpd.GeoDataFrame(
        {
            "candidate_id": ["a", "b", "c", "d"],
            "points": [2, 3, 4, 2],
            "kw": [11.0, 11.0, 11.0, 50.0],
            "lot": ["=1", "=1", "2", "2"],
            "cost_eur": [31_337.0] * 4,
            "served_kwh_day": [20.0, 24.0, 44.0, 22.0],
        },
        geometry=bays.geometry.representative_point().to_numpy(),
        crs=project.crs,
    )


def draft_of(project: Project, plan: gpd.GeoDataFrame, edition: str) -> TenderDraft:
    return tender(project, plan, SCENARIO, day="2027-01-15", edition=edition)


@pytest.fixture(scope="module")
def internal(project: Project, plan: gpd.GeoDataFrame) -> TenderDraft:
    return draft_of(project, plan, "internal")


@pytest.fixture(scope="module")
def public(project: Project, plan: gpd.GeoDataFrame) -> TenderDraft:
    return draft_of(project, plan, "public")


def by_name(draft: TenderDraft) -> dict[str, Member]:
    return {each.name: each for each in pack_money.members(draft)}


def opened(member: Member) -> dict[str, list[list[Any]]]:
    book = openpyxl.load_workbook(io.BytesIO(member.data))
    return {sheet.title: [list(row) for row in sheet.iter_rows()] for sheet in book}


def test_each_edition_has_its_files_and_sheets(public: TenderDraft, internal: TenderDraft) -> None:
    assert list(by_name(public)) == ["budget.xlsx", "scoring.xlsx"]
    assert list(by_name(internal)) == ["budget.xlsx", "scoring.xlsx", "cashflow.csv"]
    assert list(opened(by_name(public)["budget.xlsx"])) == ["quantities", "parameters"]
    sheets = ["quantities", "models", "cashflow", "sensitivity", "parameters"]
    assert list(opened(by_name(internal)["budget.xlsx"])) == sheets


def test_no_cell_is_a_formula_and_equal_drafts_give_equal_bytes(
    public: TenderDraft, internal: TenderDraft
) -> None:
    for draft in (public, internal):
        assert pack_money.members(draft) == pack_money.members(draft)
        for name in ("budget.xlsx", "scoring.xlsx"):
            for rows in opened(by_name(draft)[name]).values():
                assert all(cell.data_type != "f" for row in rows for cell in row)


def test_bidders_see_no_amount_and_no_price_of_the_planner(public: TenderDraft) -> None:
    assert public.scenario.assumptions == ()
    for member in by_name(public).values():
        for rows in opened(member).values():
            cells = [cell.value for row in rows for cell in row]
            assert OWN not in cells
    budget = opened(by_name(public)["budget.xlsx"])
    units = {row[5].value for row in budget["parameters"]}
    assert "posts" in units
    assert not any("EUR" in str(unit) for unit in units)
    rows = budget["quantities"]
    head = [cell.value for cell in rows[0]]
    for name in ("unit_price_eur", "total_eur"):
        assert not any(row[head.index(name)].value for row in rows[1:])


def test_quantities_add_up_to_the_list(internal: TenderDraft) -> None:
    table = pack_money.quantities(internal)
    units = table[table["item"] != "upkeep and operation"].groupby("unit")["quantity"].sum()
    # points 2 + 3 + 4 + 2 = 11; posts of two: 1 + 2 + 2 + 1 = 6
    assert units.to_dict() == {"places": 4, "points": 11, "posts": 6}
    fast = table[table["detail"] == "DC, 50 kW a point"]
    assert fast["quantity"].to_list() == [1, 2]


def test_the_plan_feeds_the_cash_flow_and_an_own_number_beats_it(internal: TenderDraft) -> None:
    facts = facts_of(internal)
    assert dict(facts) | {} == {
        **dict(facts),
        "points": 11.0,
        "posts": 6.0,
        "u": 10.0,  # 110 kWh a day at 11 points
    }
    used = {each.name: each for each in inputs(SCENARIO, facts)}
    assert (used["u"].value, used["u"].origin) == (10.0, "plan")
    assert (used["tariff"].value, used["tariff"].origin) == (OWN, "own")
    assert (used["energy"].origin, used["energy"].confidence) == ("usual", "C")
    own = SCENARIO.but(assumptions=(("cash_u", 8.0),))
    assert {each.name: each.value for each in inputs(own, facts)}["u"] == 8.0


def test_cash_in_the_file_adds_up_and_is_the_cash_of_the_models(internal: TenderDraft) -> None:
    table = read_csv(by_name(internal)["cashflow.csv"].data)
    parties = [f"{who}_eur" for who in ("authority", "operator", "company", "bank")]
    numbers = table[[*parties, "project_eur"]].apply(pd.to_numeric)
    assert (numbers[parties].sum(axis=1) - numbers["project_eur"]).abs().max() < 0.03
    found = money(inputs(internal.scenario, facts_of(internal)))
    assert len(table) == 6 * 11
    first = numbers[table["model"] == "licence"].iloc[0]
    assert first["operator_eur"] == pytest.approx(found.models["licence"].cash["operator"][0])


def test_criteria_without_a_weight_are_open_and_never_zero(internal: TenderDraft) -> None:
    table = pack_money.award_criteria(internal).set_index("criterion")
    assert table.loc["PAY-06", "weight_percent"] == 40
    assert table.loc["PAY-06", "type"] == "price"
    unset = table[table["status"] == "open"]
    assert len(unset)
    assert unset["weight_percent"].isna().all()


def test_a_sheet_of_ones_own_criteria_says_formulas_in_words_and_runs_none() -> None:
    half = Fraction(50)
    own = (
        Criterion("=1+1", half, "price", "linear_band", Fraction("0.3"), Fraction("0.6")),
        Criterion(
            "v2g", half, formula="curve", curve=((Fraction(0), Fraction(0)), (half, Fraction(1)))
        ),
    )
    data = pack_money.scoring_file(own, "Own", "2027-01-15")
    assert data == pack_money.scoring_file(own, "Own", "2027-01-15")
    sheets = opened(Member("scoring.xlsx", "", data))
    first, second = sheets["criteria"][1:]
    assert [cell.value for cell in first[:3]] == ["=1+1", "price", 50]
    assert first[0].data_type == "s"
    assert second[6].value == "0 gives 0; 50 gives 1"
    assert [row[0].value for row in sheets["bids"][1:]] == ["=1+1", "v2g"]


def test_no_pound_feeds_a_euro() -> None:
    pounds = published()
    pounds = pounds[pounds["unit"].str.startswith("GBP")]
    assert len(pounds) > 5
    assert not {each.source for each in money_numbers().values()} & set(pounds["source"])
    assert "kerbwatt" not in set(published()["source"])


def test_own_prices_reach_an_internal_draft_only(
    public: TenderDraft, internal: TenderDraft
) -> None:
    plain = replace(internal, scenario=internal.scenario.without_money())
    assert with_money(plain, SCENARIO).scenario.assumptions == SCENARIO.assumptions
    assert with_money(public, SCENARIO) is public
