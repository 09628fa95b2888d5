"""From a city and its plan to calendars, and into the files of the pack."""

import json
from dataclasses import replace
from datetime import datetime
from itertools import pairwise
from types import SimpleNamespace

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest

from app.core.engine.clock import Clock
from app.core.engine.contract import Contract, Terms, Window
from app.core.errors import InputError
from app.core.project import Project
from app.core.scenario import Scenario
from app.core.tender.calendar import Calendar
from app.core.tender.calendar_file import is_whole, whole_days
from app.core.tender.document import Table
from app.core.tender.draft import TenderDraft
from app.services.calendar import Calendars, calendars, replay
from app.services.calendar_trial import tried
from app.services.contract_forms import grid_contract
from app.services.contracts import load_contracts
from app.services.open_project import open_project
from app.services.own_contract import read_contracts
from app.services.pack_calendar import members, sections
from app.services.parameters import load_sources
from app.services.setting import Stretch, rows_of
from app.services.tender import clauses, tender
from app.sources.limits import Limits
from app.sources.own_open import Dropped
from tests.core.engine.cases import make_sessions

TIGHT = Scenario(heat_pump_share=0.8)


@pytest.fixture(scope="module")
def city() -> Project:
    return open_project("sampletown")


@pytest.fixture(scope="module")
def plan(city: Project) -> gpd.GeoDataFrame:
    """Four points beside each of eight transformers, one of unknown capacity."""
    rows = rows_of(city)
    grid = city.layers["grid"].map
    some = grid[grid["asset_id"].isin(rows.asset_id[:40:5])]
    facts = {
        "candidate_id": [f"c{n}" for n in range(len(some))],
        "points": 4,
        "kw": 44.0,
        "lot": ["1", "2"] * (len(some) // 2),
    }
    return gpd.GeoDataFrame(facts, geometry=some.geometry.to_numpy(), crs=some.crs)


@pytest.fixture(scope="module")
def found(city: Project, plan: gpd.GeoDataFrame) -> Calendars:
    return calendars(city, TIGHT, tender(city, plan, TIGHT).sites)


def drafted(city: Project, plan: gpd.GeoDataFrame, edition: str, **more: object) -> TenderDraft:
    return tender(city, plan, TIGHT, edition=edition, **more)  # type: ignore[arg-type]


def read(draft: TenderDraft) -> tuple[tuple[Contract, ...], dict[str, object]]:
    table, told = members(draft)
    dropped = Dropped(table.name, table.data, "", Limits())
    return read_contracts(dropped), json.loads(told.data)


def test_every_transformer_of_the_plan_has_whole_days(found: Calendars) -> None:
    assert found.made
    assert all(is_whole(each.contract) for each in found.made)
    assert {w.colour for c in found.contracts for w in c.windows} == {"green", "amber", "red"}
    assert all(each.red_hours <= 3 for each in found.made)
    assert len({each.terms.asset_id for each in found.contracts}) == len(found.made)
    for contract in found.contracts:
        for one, other in pairwise(contract.windows):
            if (one.months, one.day_types) == (other.months, other.day_types):
                assert one.colour != other.colour, "neighbours ask for different things"
    assert all("12-25" in each.terms.holidays for each in found.contracts) or found.made == ()


def test_the_trial_says_what_drivers_and_grid_notice(found: Calendars) -> None:
    assert found.trial is not None
    all_drivers = found.trial.groups.iloc[-1]
    assert all_drivers["sessions"] == found.trial.groups["sessions"].iloc[:-1].sum()
    assert 0 < all_drivers["late_kwh_percent"] < 100
    figures = found.trial.figures
    assert float(figures["in_kw"]) < float(figures["uncontrolled_kw"])
    assert figures["rebound_time"]


def test_internal_files_come_back_as_they_were_made(
    city: Project, plan: gpd.GeoDataFrame, found: Calendars
) -> None:
    contracts, told = read(drafted(city, plan, "internal"))
    assert contracts == found.contracts
    assert told["zone"] == city.timezone
    places, unknown = told["calendar_of_place"], told["unknown_capacity"]
    assert isinstance(places, dict)
    assert isinstance(unknown, list)
    assert len(places) + len(unknown) == len(plan)
    assert unknown, "a transformer without a limit gets no calendar"
    assert set(places.values()) == {each.key for each in contracts}


def test_public_files_round_down_and_name_no_transformer(
    city: Project, plan: gpd.GeoDataFrame, found: Calendars
) -> None:
    draft = drafted(city, plan, "public")
    files = members(draft)
    for file in files:
        text = file.data.decode("utf-8-sig")
        for contract in found.contracts:
            assert contract.terms.asset_id not in text
        assert "excess_kw" not in text
        assert "4.14" not in text
    contracts, _ = read(draft)
    for public, own in zip(contracts, found.contracts, strict=True):
        assert [w.limit_kw for w in public.windows] == [w.limit_kw for w in own.windows], (
            "six amps are six amps, though the kW are rounded down"
        )


def test_unknown_capacity_is_listed_and_never_green(city: Project, plan: gpd.GeoDataFrame) -> None:
    layer = city.layers["grid"]
    frame = layer.frame.copy()
    frame[[name for name in ("capacity_kw", "headroom_kw") if name in frame]] = np.nan
    blind = replace(city, layers={**city.layers, "grid": replace(layer, frame=frame)})
    contracts = members(drafted(blind, plan, "public"))
    told = json.loads(contracts[1].data)
    assert contracts[0].rows == 0
    assert "unknown" in told["reason"]
    assert len(told["unknown_capacity"]) == len(plan)


def test_the_annex_names_every_window_that_is_not_green_and_no_transformer(
    city: Project, plan: gpd.GeoDataFrame, found: Calendars
) -> None:
    (section,) = sections(drafted(city, plan, "public"))
    tables = [part for part in section.parts if isinstance(part, Table)]
    windows = "; ".join(row[-1] for row in tables[0].rows)
    wanted = sum(w.colour != "green" for contract in found.contracts for w in contract.windows)
    assert windows.count("amber") + windows.count("red") == wanted
    assert "4.14" not in windows
    words = repr(section)
    assert not any(contract.terms.asset_id in words for contract in found.contracts)
    assert "no promise of green" in words
    assert "Residents" in words


def test_a_calendar_that_was_brought_is_tried_and_written_as_it_is(
    city: Project, plan: gpd.GeoDataFrame, found: Calendars
) -> None:
    stedin = load_contracts()["stedin-16-21"]
    draft = drafted(city, plan, "internal")
    table, told = members(draft, (stedin,))
    (back,) = read_contracts(Dropped(table.name, table.data, "", Limits()))
    assert back == whole_days(stedin)
    assert json.loads(told.data)["impact"] != found.trial
    assert found.trial is not None
    given = replay(city, TIGHT, draft.sites, (stedin,))
    assert float(given.figures["in_kw"]) < float(given.figures["uncontrolled_in_kw"])
    with pytest.raises(InputError, match="no calendar for transformer"):
        replay(city, TIGHT, draft.sites, found.contracts[:1])


def test_our_own_calendars_replay_to_the_same_figures(
    city: Project, plan: gpd.GeoDataFrame, found: Calendars
) -> None:
    again = replay(city, TIGHT, drafted(city, plan, "public").sites, found.contracts)
    assert found.trial is not None
    assert again.figures == found.trial.figures
    assert again.groups.equals(found.trial.groups)


def test_amber_is_lengthened_where_cars_break_the_limit_after_a_window() -> None:
    """Six cars wait for the evening window of one transformer with room for two."""
    clock = Clock.days(datetime(2030, 1, 7), 2, "Europe/Amsterdam")  # noqa: DTZ001  # a local day
    six = np.arange(6)
    cars = make_sessions(1, arrival=66 + six, departure=150 + six, energy_kwh=20.0, can_resume=1)
    base_kw = np.full((1, clock.steps), 10.0)
    days = Stretch(0, 1, clock, np.ones(clock.steps, bool), 1.0, base_kw, cars)
    facts = pd.DataFrame({"asset_id": ["T"]})
    setting = SimpleNamespace(limit_kw=np.array([36.0]), facts=facts)
    held = (
        Window(0, 1020, "green"),
        Window(1020, 1200, "red", 0.0),
        Window(1200, 1440, "green"),
    )
    terms = Terms(full_kw=11.04, fallback_kw=4.14)
    contract = Contract("T", "", held, "", "C", override=False, terms=terms)
    made = (Calendar(contract, (), None, 3.0),)
    args = (setting, days, np.array([0]), made, Scenario(opt_out=0.0))
    plain, same = tried(*args, rounds=0)  # type: ignore[arg-type]
    trial, longer = tried(*args)  # type: ignore[arg-type]
    assert same == made
    assert plain.remaining["excess_kw"].tolist() == pytest.approx([7.12])
    assert trial.extended == ("T",)
    assert is_whole(longer[0].contract)
    end = next(w.end_min for w in longer[0].contract.windows if w.colour == "amber")
    assert end in {1230, 1260, 1290, 1320}, "half an hour each, four times at most"
    assert trial.remaining.empty


def test_without_the_clause_there_is_one_green_row_and_the_reason(
    city: Project, plan: gpd.GeoDataFrame
) -> None:
    edits = clauses("[clause.SMC-04]\ndrop = true\n")
    contracts, told = read(drafted(city, plan, "public", edits=edits))
    (only,) = contracts
    assert [(w.colour, w.start_min, w.end_min) for w in only.windows] == [("green", 0, 1440)]
    assert "SMC-04" in str(told["reason"])


def test_small_connections_have_the_clause_and_large_ones_a_form() -> None:
    small, large = ([form.key for form in grid_contract(amps)] for amps in (80, 125))
    assert small == ["traffic_light"]
    assert large == ["firm", "non_firm", "time_block", "capacity_limit", "group"]
    assert all(form.text and form.source in load_sources() for form in grid_contract(125))
