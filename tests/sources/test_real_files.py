"""Real files of real publishers are accepted, with the rows that were counted by hand."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

REAL = [
    ("utrecht/utrecht_wijken_cbs.geojson", "districts", 10, "ID-GENERATED"),
    ("utrecht/utrecht_pc4_voronoi_cbs.geojson", "districts", 47, "COL-UNIT"),
    ("districts/cth_amsterdam.geojson", "districts", 97, "ID-GENERATED"),
    ("districts/cth_rotterdam.geojson", "districts", 22, "GEO-REPAIRED"),
    ("districts/cth_zurich-city.geojson", "districts", 34, "GEO-REPAIRED"),
    ("districts/cth_paris.geojson", "districts", 20, "GEO-OVERLAP"),
    ("chargers/utrecht_chargers.geojson", "chargers", 1860, "ID-MERGED"),
    ("chargers/nieuwegein.geojson", "chargers", 398, "ID-MERGED"),
    ("parking/parking_facilities_nl_2026.geojson", "parking", 310, "VAL-DOUBTFUL"),
    ("parking/rdw_parking_nl.geojson", "parking", 783, "ID-SUFFIX"),
    ("parking/zwolle_parking.geojson", "parking", 3562, "VAL-UNUSABLE"),
    ("paused_charging/sessions.csv", "sessions", 100, ""),
    ("paused_charging/day_ahead_nl.csv", "prices", 11_017, ""),
    ("paused_charging/base_load.csv", "load", 35_040, ""),
    ("prices/nl_day_ahead_clean_2022_2025.csv", "prices", 26_470, "VAL-ZONE"),
]


@pytest.mark.parametrize(("name", "kind", "rows", "code"), REAL)
def test_a_real_file_is_accepted_whole(  # noqa: PLR0913, PLR0917
    name: str,
    kind: str,
    rows: int,
    code: str,
    testdata: Callable[[str], Path],
    take: Any,  # noqa: ANN401
) -> None:
    found = take(testdata(name), kind, area=None)
    assert found.rows == rows
    assert found.of("error") == ()
    assert not code or code in {problem.code for problem in found.problems}


def test_the_charger_file_names_every_row_it_sets_aside(
    testdata: Callable[[str], Path],
    take: Any,  # noqa: ANN401
) -> None:
    found = take(testdata("chargers/utrecht_chargers.geojson"), "chargers")
    mapping = found.mapping
    assert (mapping.rows_read, mapping.rows_kept) == (1863, 1860)
    assert len(mapping.set_aside) == 3
    said = " ".join(problem.message for problem in found.of("warning"))
    assert all(str(row) in said for row in mapping.set_aside)
    assert found.layer.frame["power_kw"].isna().sum() == 453 - 1  # 0 kW: not known; one was merged


def test_repairs_of_real_districts_do_not_change_their_area(
    testdata: Callable[[str], Path],
    take: Any,  # noqa: ANN401
) -> None:
    for name, broken in (("rotterdam", 3), ("zurich-city", 7)):
        found = take(testdata(f"districts/cth_{name}.geojson"), "districts", area=None)
        repaired = [p for p in found.problems if p.code == "GEO-REPAIRED"]
        assert len(repaired) == broken
        assert {p.severity for p in repaired} == {"notice"}
        assert found.layer.map.is_valid.all()


def test_private_cars_are_taken_where_the_total_counts_lease_cars_too(
    testdata: Callable[[str], Path],
    take: Any,  # noqa: ANN401
) -> None:
    found = take(testdata("utrecht/utrecht_pc4_voronoi_cbs.geojson"), "districts")
    assert found.mapping.column("cars").header == "private_cars_2022"
    assert found.mapping.column("cars").also == ("cars_total",)
    row = found.layer.frame.set_index("district_id").loc["3526"]
    assert row["cars"] == 3_234
    assert row["cars_total"] == 16_549
    assert found.layer.frame["income_eur"].max() > 20_000  # the file counts in thousands


def test_a_national_file_is_cut_to_the_city_only_when_asked(
    testdata: Callable[[str], Path],
    take: Any,  # noqa: ANN401
) -> None:
    path = testdata("parking/parking_facilities_nl_2026.geojson")
    refused = take(path, "parking")
    assert [p.code for p in refused.of("error")] == ["AREA-OUTSIDE"]
    assert [question.answer for question in refused.questions] == ["clip"]
    cut = take(path, "parking", clip=True)
    assert 10 <= cut.rows < 310


def test_watt_hours_are_asked_about_and_then_converted(
    testdata: Callable[[str], Path],
    take: Any,  # noqa: ANN401
) -> None:
    found = take(testdata("sessions/laadpaaldata_nl_2018.csv"), "sessions")
    doubts = [problem for problem in found.problems if problem.code == "VAL-UNIT"]
    assert "Wh" in doubts[0].message
    assert not found.accepted


def test_no_map_of_the_test_data_is_left_out(testdata: Callable[[str], Path]) -> None:
    root = testdata("utrecht").parent
    there = {str(path.relative_to(root)) for path in root.glob("[!c]*/*.geojson")}
    there |= {str(path.relative_to(root)) for path in (root / "chargers").glob("*.geojson")}
    assert there == {name for name, *_ in REAL if name.endswith(".geojson")}
