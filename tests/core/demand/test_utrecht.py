"""Utrecht: our own reference figures, and where they land.

Against the figures published with the method (another ``kwh_session``, 17.3): electric cars and
GWh are within 5 % in every year and band; points are 5 to 11 % higher, as 17.3 / 15.7 asks. The
P50 of 2025 (3,840) lies inside the city's own 3,800 to 4,600 and that of 2030 (7,614) 6 % above
its 7,200, well inside our band; the 25,000 electric cars planned for 2025 are far outside.
"""

from collections.abc import Callable, Mapping
from pathlib import Path

import pandas as pd
import pytest

from app.core.demand.model import estimate
from app.core.demand.result import Band
from app.core.parameters import Parameter
from app.core.scenario import Scenario

Numbers = Mapping[str, Parameter]
Ask = Callable[..., Scenario]
# year: electric cars, GWh a year, points (P10, P50, P90 each) and whole points of the plan
OURS = {
    2025: ((8_846, 11_246, 14_509), (15.96, 24.13, 36.44), (2_688, 3_840, 5_714), 3_837),
    2026: ((11_088, 14_261, 19_794), (20.69, 31.16, 47.38), (3_061, 4_452, 6_712), 4_413),
    2030: ((24_252, 32_429, 57_212), (46.44, 70.95, 112.96), (4_982, 7_614, 12_019), 7_517),
    2035: ((49_160, 65_608, 82_568), (84.56, 125.45, 182.65), (7_312, 11_312, 17_360), 11_160),
}
PUBLISHED = {
    2025: ((8_900, 11_200, 14_500), (16, 25, 36), (2_490, 3_630, 5_510)),
    2026: ((11_300, 14_300, 19_500), (21, 32, 46), (2_880, 4_200, 6_370)),
    2030: ((24_300, 32_600, 57_000), (47, 71, 114), (4_650, 7_100, 11_200)),
    2035: ((49_100, 65_800, 82_600), (84, 124, 178), (6_740, 10_350, 16_000)),
}
STRIP: dict[int, tuple[set[str], set[str]]] = {  # year: inside our band, outside it
    2022: ({"points_2021", "ev_per_point"}, {"kwh_point_day"}),
    2025: ({"points_2025", "kwh_point_day", "ev_per_point"}, {"plan_ev_2025"}),
    2030: ({"plan_ev_2030", "share_2030", "points_2030", "ev_per_point"}, set()),
}


@pytest.fixture(scope="module")
def utrecht(testdata: Callable[[str], Path]) -> pd.DataFrame:
    facts = pd.read_csv(testdata("utrecht/utrecht_pc4_facts.csv"), dtype={"pc4": str})
    return pd.DataFrame(
        {
            "district_id": facts["pc4"],
            "name": facts["pc4"] + " " + facts["wijk"],
            "households": facts["households"],
            "dwellings": facts["dwellings"],
            "multifamily_share": facts["dwellings_multifamily"] / facts["dwellings"],
            "population": facts["population"],
            "cars": facts["private_cars_2022"],
            "cars_bev": facts["private_bev_2022"],
            "cars_phev": facts["private_phev_2022"],
        }
    )


def _three(band: Band, scale: float = 1.0) -> list[float]:
    return [each / scale for each in (band.p10, band.p50, band.p90)]


def test_the_sums_are_those_of_the_register(utrecht: pd.DataFrame) -> None:
    assert len(utrecht) == 47
    sums = utrecht[["population", "households", "cars"]].sum().tolist()
    assert sums == [357_355, 181_445, 108_381]
    assert utrecht[["cars_bev", "cars_phev"]].to_numpy().sum() == 2_742


@pytest.mark.parametrize("year", OURS)
def test_the_reference_figures(
    utrecht: pd.DataFrame, numbers: Numbers, ask: Ask, year: int
) -> None:
    found = estimate(utrecht, ask(year=year), numbers, place="utrecht")
    cars, gwh, points, plan = OURS[year]
    assert _three(found.city["ev"]) == pytest.approx(cars, rel=2e-4)
    assert _three(found.city["kwh_year"], 1e6) == pytest.approx(gwh, rel=1e-3)
    assert _three(found.city["points"]) == pytest.approx(points, rel=1e-3)
    assert found.points_plan == pytest.approx(plan, rel=1e-3)


@pytest.mark.parametrize("year", OURS)
def test_they_land_near_the_published_ones(year: int) -> None:
    ours, published = OURS[year], PUBLISHED[year]
    for mine, theirs in zip(ours[:2], published[:2], strict=True):
        assert list(mine) == pytest.approx(theirs, rel=0.05)
    for mine, theirs in zip(ours[2], published[2], strict=True):
        assert 1.03 <= mine / theirs <= 1.11  # 17.3 / 15.7 = 1.10, less what larger clusters save


@pytest.mark.parametrize("year", STRIP)
def test_the_strip_says_what_is_inside(
    utrecht: pd.DataFrame, numbers: Numbers, ask: Ask, year: int
) -> None:
    found = estimate(utrecht, ask(year=year), numbers, place="utrecht").benchmarks
    inside, outside = STRIP[year]
    assert {each.id for each in found if each.inside} == inside
    assert {each.id for each in found if each.inside is False} == outside


def test_the_gap_between_two_wards_closes_slowly(
    utrecht: pd.DataFrame, closed: Numbers, ask: Ask
) -> None:
    # 2022: 1.0 % plug-in in Overvecht and 3.9 % in Leidsche Rijn; 2030: 12.9 % and 25.2 %
    ward = utrecht["name"].str[5:]
    for year, expected in ((2022, (0.010, 0.039)), (2030, (0.129, 0.252))):
        rows = estimate(utrecht, ask(year=year), closed, draws=2).districts
        sums = rows[["ev_private_mean", "cars_mean"]].groupby(ward).sum()
        share = sums["ev_private_mean"] / sums["cars_mean"]
        assert share[["Overvecht", "Leidsche Rijn"]].tolist() == pytest.approx(expected, abs=2e-3)


def test_a_twin_of_utrecht_lands_near_it(twin: pd.DataFrame, numbers: Numbers, ask: Ask) -> None:
    for year, (cars, gwh, points, _) in OURS.items():
        city = estimate(twin, ask(year=year), numbers).city
        assert _three(city["ev"]) == pytest.approx(cars, rel=0.005)  # the totals are given
        assert _three(city["kwh_year"], 1e6) == pytest.approx(gwh, rel=0.06)  # homes differ
        assert _three(city["points"]) == pytest.approx(points, rel=0.08)
