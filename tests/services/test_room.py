"""Room per district: what an area has is shared among all it feeds, and nothing is made up."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from app.core.places import EngineRows
from app.core.scenario import Scenario
from app.services.estimate import estimate
from app.services.hosting import hosted
from app.services.projects import load_project
from app.services.room import by_district, nominal, room, short_of_room, tried
from app.services.setting import Setting, peak_week, prepare, rows_of
from app.services.simulate import headline

ASKED = Scenario()


@pytest.fixture
def rows() -> EngineRows:
    return rows_of(load_project("sampletown"))


def _linked(rows: EngineRows, *links: tuple[int, int, float]) -> EngineRows:
    row, district, weight = (np.array(column) for column in zip(*links, strict=True))
    return replace(
        rows,
        link_row=row.astype(np.int32),
        link_district=district.astype(np.int32),
        link_weight=weight.astype(float),
    )


def test_an_area_shares_its_room_by_what_its_districts_want(rows: EngineRows) -> None:
    rooms = pd.DataFrame({"fit": [100.0, 7.0], "existing": [10, 1]})
    linked = _linked(rows, (0, 0, 1.0), (0, 1, 0.5), (1, 1, 0.5))
    found = by_district(rooms, linked, np.array([30.0, 20.0, 5.0]), np.array(["a", "b", "c"]))
    # by hand: 100 over 30 and half of 20, so 75 and 25; the second row adds its 7 to b
    assert found["fit"].tolist()[:2] == [75, 32]
    assert np.isnan(found["fit"]["c"])  # nobody feeds it: not known, not none
    assert found["existing"].sum() == 11
    assert found["fit"].sum() == rooms["fit"].sum()


def test_an_unknown_limit_is_no_room_but_takes_none_away(rows: EngineRows) -> None:
    rooms = pd.DataFrame({"fit": [np.nan, 7.0], "existing": [0, 0]})
    linked = _linked(rows, (0, 0, 1.0), (0, 1, 0.5), (1, 1, 0.5))
    found = by_district(rooms, linked, np.array([0.0, 0.0]), np.array(["a", "b"]))
    assert np.isnan(found["fit"]["a"])
    assert found["fit"]["b"] == 7


@pytest.fixture(scope="module")
def rooms() -> tuple[Setting, pd.DataFrame]:
    town = load_project("sampletown")
    setting = prepare(town, estimate(town, ASKED), ASKED)
    return setting, room(headline(setting, peak_week(setting), ASKED.strategy, ASKED))


def test_only_where_it_is_short_is_room_tried_out(rooms: tuple[Setting, pd.DataFrame]) -> None:
    setting, pooled = rooms
    taken = dict(zip(pooled["asset_id"], pooled["fit"].fillna(0), strict=True))
    short = short_of_room(pooled, taken)
    known = pooled["limit_kw"] > pooled["base_peak_kw"]
    assert short.any()
    assert (short == known.to_numpy()).all()  # unknown limits and lost ones are not tried
    one = np.flatnonzero(short)[:1]
    first = np.isin(np.arange(len(pooled)), one)
    found = tried(pooled, setting, ASKED, first)
    assert found["tried"].to_numpy().nonzero()[0].tolist() == one.tolist()
    rest = ~first
    pd.testing.assert_frame_equal(found[rest], pooled[rest])
    here = found.loc[first].iloc[0]
    assert here["headroom_kw"] == pytest.approx(here["kappa_kw"] * here["fit"])
    left_kw = here["limit_kw"] - here["base_peak_kw"]
    total = here["fit"] + here["existing"]
    assert here["kappa_kw"] * total <= left_kw + 1e-6
    assert not short_of_room(found, taken)[one].any()  # once is enough


def test_what_is_tried_is_what_the_hosting_search_finds(
    rooms: tuple[Setting, pd.DataFrame],
) -> None:
    setting, pooled = rooms
    every = short_of_room(pooled, dict(zip(pooled["asset_id"], pooled["fit"], strict=True)))
    found = tried(pooled, setting, ASKED, every)[every]
    most = hosted(setting, ASKED, ASKED.strategy).points[every]
    assert (found["fit"] == np.maximum(most - found["existing"], 0)).all()


def test_full_power_at_once_never_leaves_more_room(rooms: tuple[Setting, pd.DataFrame]) -> None:
    _setting, pooled = rooms
    strict = nominal(pooled, 11.0)
    known = pooled["fit"].notna()
    assert (strict.loc[known, "fit"] <= pooled.loc[known, "fit"]).all()
    assert strict.loc[~known, "fit"].isna().all()
