"""Times keep their meaning: day before month is settled or asked, summer time is kept."""

from datetime import datetime
from typing import Any

import pandas as pd
import pytest

from app.sources.answers import Answer
from app.sources.problems import Findings
from app.sources.times import Way, read_times

ZONE = "Europe/Amsterdam"


def read(
    cells: list[object],
    dayfirst: bool | None = None,  # noqa: FBT001
) -> tuple["pd.Series[pd.Timestamp]", Findings]:
    findings = Findings()
    return read_times(cells, Way("time", ZONE, dayfirst), findings), findings


def codes(findings: Findings) -> list[str]:
    return [problem.code for problem in findings.problems]


def test_times_with_an_offset_are_the_same_instant() -> None:
    found, findings = read(["2026-01-01T00:00:00+00:00", "2026-07-01 12:00:00+02:00"])
    assert found.tolist() == [
        pd.Timestamp("2026-01-01 01:00", tz=ZONE),
        pd.Timestamp("2026-07-01 12:00", tz=ZONE),
    ]
    assert codes(findings) == []


def test_local_times_are_read_in_the_zone_of_the_project() -> None:
    found, findings = read(["2026-01-01 00:00", "2026-07-01 00:00"])
    assert [stamp.utcoffset().total_seconds() for stamp in found] == [3600, 7200]
    assert codes(findings) == ["VAL-ZONE"]


def test_one_day_above_twelve_settles_the_column() -> None:
    found, findings = read(["05/03/2026", "13/03/2026"])
    assert found[0] == pd.Timestamp("2026-03-05", tz=ZONE)
    assert "VAL-DATE-AMBIGUOUS" not in codes(findings)
    assert read(["05/03/2026", "03/13/2026"])[0][0] == pd.Timestamp("2026-05-03", tz=ZONE)


def test_a_column_that_settles_nothing_is_a_question() -> None:
    _, findings = read(["05/03/2026", "06/03/2026"])
    assert "VAL-DATE-AMBIGUOUS" in codes(findings)
    assert findings.questions[0].answer == "dayfirst"
    assert "05 March 2026" in findings.questions[0].text
    found, findings = read(["05/03/2026"], dayfirst=False)
    assert found[0] == pd.Timestamp("2026-05-03", tz=ZONE)
    assert "VAL-DATE-AMBIGUOUS" not in codes(findings)


def test_the_hour_that_exists_twice_is_taken_in_file_order() -> None:
    """25 October 2026: 02:30 comes at +02:00 and again at +01:00."""
    found, _ = read(["2026-10-25 02:00", "2026-10-25 02:30", "2026-10-25 02:00"])
    assert [stamp.utcoffset().total_seconds() / 3600 for stamp in found] == [2, 2, 1]


def test_the_hour_that_does_not_exist_is_an_error() -> None:
    found, findings = read(["2026-03-29 01:30", "2026-03-29 02:30"])
    assert found.isna().tolist() == [False, True]
    (problem,) = [problem for problem in findings.problems if problem.code == "VAL-DATE"]
    assert (problem.severity, problem.row) == ("error", 2)


def test_day_numbers_of_a_spreadsheet_are_dates() -> None:
    found, findings = read(["46023", 46023.5])
    assert found.tolist() == [
        pd.Timestamp("2026-01-01", tz=ZONE),
        pd.Timestamp("2026-01-01 12:00", tz=ZONE),
    ]
    assert "VAL-SERIAL" in codes(findings)


@pytest.mark.parametrize("cell", ["31/31/2026", "soon", datetime(1899, 12, 30), "2026-02-30", 12])  # noqa: DTZ001
def test_what_is_no_date_stays_unknown(cell: object) -> None:
    found, findings = read([cell, "2026-01-01T00:00Z"])
    assert found.isna().tolist() == [True, False]
    assert "VAL-DATE" in codes(findings)


def test_a_missing_time_is_no_fault() -> None:
    found, findings = read([None, "2026-01-01T00:00Z", ""])
    assert found.isna().tolist() == [True, False, True]
    assert codes(findings) == []


@pytest.mark.parametrize(
    ("header", "first"), [("time", "00:00"), ("Eindtijd", "23:45"), ("bis (time)", "23:45")]
)
def test_stamps_at_the_end_of_an_interval_are_moved_to_its_start(
    header: str,
    first: str,
    take: Any,  # noqa: ANN401
) -> None:
    stamps = [f"2025-01-02 {h:02}:{m:02},80" for h in range(2) for m in (0, 15, 30, 45)]
    text = "\n".join([f"{header},eur_per_mwh", *stamps])
    found = take(text, "prices", columns={"time": Answer(header)})
    assert f"{found.layer.frame['time'].iloc[0]:%H:%M}" == first
    said = [p.message for p in found.problems if p.code == "VAL-STAMP"]
    assert len(said) == (first != "00:00")
    assert all("15 minutes" in message for message in said)
