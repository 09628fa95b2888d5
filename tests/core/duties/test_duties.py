"""Duties of fleets, buildings and car parks, worked by hand."""

import subprocess
import sys
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.cases.epbd import RULES
from app.core.duties.afir import Station, connection_kw, fleet, installed
from app.core.duties.base import Check, exact
from app.core.duties.epbd import owed, parse_epbd, result
from app.core.duties.share_rule import parking_share, room
from app.core.errors import InputError
from app.paths import DATA

EPBD = parse_epbd((DATA / "tables" / "epbd.csv").read_text("utf-8"))
LAW = {"kw_bev": 1.3, "kw_phev": 0.8, "kw_point": 11}


def test_the_worked_fleet() -> None:
    # 10,000 x 1.3 + 5,000 x 0.8 = 17,000 kW; 3,000 short; 272.7 points of 11 kW
    found = fleet(10_000, 5_000, 14_000, **LAW)
    assert (found.target_kw, found.gap_kw, found.points_needed) == (17_000, 3_000, 273)
    assert found.result == "gap"
    assert found.ratio == Fraction(14, 17)


def test_no_cars_ask_for_nothing() -> None:
    found = fleet(0, 0, 14_000, **LAW)
    assert (found.result, found.ratio, found.gap_kw) == ("not_applicable", None, 0)


def test_two_countings_of_one_post() -> None:
    post = Station((11, 11))
    both = installed([post], connection_kw=connection_kw())
    assert (both.nameplate_kw, both.deliverable_kw) == (22, Fraction("17.25"))
    own = installed([Station((11, 11), maximum_kw=12)], connection_kw=connection_kw())
    assert own.deliverable_kw == 12, "what a station states of itself goes first"
    assert installed([post]).deliverable_kw == 22


@given(st.lists(st.lists(st.integers(1, 400), max_size=4), max_size=5), st.integers(1, 200))
def test_no_station_delivers_more_than_its_points_or_its_connection(
    points: list[list[int]], limit: int
) -> None:
    both = installed([Station(tuple(each)) for each in points], connection_kw=limit)
    assert both.deliverable_kw <= min(both.nameplate_kw, limit * len(points))


@pytest.mark.parametrize(
    ("kind", "spaces", "points", "precabled", "ducts"),
    [
        ("new_nonres", 40, 8, 20, 0),
        ("new_office", 40, 20, 20, 0),
        ("exist_nonres", 80, 8, 0, 40),
        ("new_res", 20, 0, 10, 10),
        ("public_owned", 31, 0, 16, 0),
    ],
)
def test_car_parks_by_the_table(
    kind: str, spaces: int, points: int, precabled: int, ducts: int
) -> None:
    found = owed(EPBD[kind], spaces)
    assert (found.points, found.precabled, found.ducts) == (points, precabled, ducts)
    assert "disagree" in found.warning


def test_the_threshold_itself_is_free_and_never_a_pass() -> None:
    found = owed(EPBD["new_nonres"], 5)
    assert (found.applies, found.points) == (False, 0)
    assert result(found, points=99) == "not_applicable"


def test_points_instead_of_ducts_or_both() -> None:
    either, both = owed(EPBD["exist_nonres"], 80), owed(EPBD["exist_nonres"], 80, joined="and")
    assert result(either, points=8) == result(either, ducts=40) == "pass"
    assert result(either, points=7, ducts=39) == "gap"
    assert result(both, points=8) == "gap"


@pytest.mark.parametrize(
    ("spaces", "share", "rounding", "required"),
    [
        (99, "0.10", "ceil", 10),
        (99, "0.10", "floor", 9),
        (230, 0.1, "ceil", 23),
        (100, 0.07, "ceil", 7),
        (100, 0.29, "floor", 29),
        (25, "0.1", "round", 3),
    ],
)
def test_a_share_is_read_as_written(
    spaces: int, share: float, rounding: str, required: int
) -> None:
    assert parking_share(spaces, 0, share, rounding=rounding).required == required  # type: ignore[arg-type]


def test_what_is_missing_and_what_it_draws() -> None:
    found = parking_share(230, 9, "0.1")
    assert (found.missing, found.result) == (14, "gap")
    assert room(10, 11, 60).fits is False
    assert room(10, 11).kw_needed == 110
    assert room(10, 11).fits is None, "an unknown room is not a yes"
    assert parking_share(99, 10, "0.1").result == "pass"


@pytest.mark.parametrize(("spaces", "least"), [(0, 0), (19, 20)])
def test_small_facilities_are_none_of_its_business(spaces: int, least: int) -> None:
    found = parking_share(spaces, 0, 1, min_spaces=least)
    assert (found.result, found.required, found.missing) == ("not_applicable", 0, 0)


@given(st.integers(0, 10_000), st.integers(0, 500), st.integers(0, 100))
def test_one_more_point_never_raises_what_is_missing(spaces: int, there: int, part: int) -> None:
    share = Fraction(part, 100)
    fewer, more = (parking_share(spaces, n, share).missing for n in (there, there + 1))
    assert more <= fewer


@pytest.mark.parametrize("bad", [-1, float("nan"), float("inf"), "many"])
def test_nonsense_is_refused(bad: float) -> None:
    with pytest.raises(InputError):
        parking_share(bad, 0, "0.1")
    with pytest.raises(InputError):
        fleet(bad, 0, 0, **LAW)


def test_decimal_text_is_exact() -> None:
    assert exact(0.07) == exact("0.07") == Fraction(7, 100)


def test_a_pass_has_no_gap() -> None:
    with pytest.raises(ValueError, match="a pass with a gap"):
        Check("afir", "city", "pass", 2, 1, 1, "kW", "", "", "", "B")


def test_duties_start_without_maps() -> None:
    names = "afir", "epbd", "share_rule"
    code = "import sys, " + ", ".join(f"app.core.duties.{name}" for name in names)
    code += ";sys.exit(bool({'pandas', 'numpy', 'geopandas', 'numba'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0  # noqa: S603


def test_the_command_asks_what_the_table_asks() -> None:
    names = ("above_spaces", "points_share", "precabled_share", "ducts_share", "joined", "by")
    assert set(RULES) == set(EPBD)
    for key, kind in RULES.items():
        assert [getattr(kind, name) for name in names] == [
            getattr(EPBD[key], name) for name in names
        ]
