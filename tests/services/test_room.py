"""Room per district: what an area has is shared among all it feeds, and nothing is made up."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from app.core.places import EngineRows
from app.services.projects import load_project
from app.services.room import by_district
from app.services.setting import rows_of


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
