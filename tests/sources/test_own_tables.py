"""A person's own table is read by columns, or refused with row and column."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from app.core.errors import InputError
from app.core.schema import Column
from app.sources.own_tables import read_own_table

COLUMNS = (
    Column("site_id", "number of the site", "id", required=True),
    Column("time", "start", "time", required=True),
    Column("power_kw", "power", "number", "kW", required=True, low=0),
    Column("open", "open or not", "flag"),
)


def written(folder: Path, text: str | bytes) -> Path:
    path = folder / "own.csv"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def test_numbers_times_names_and_flags_come_in_as_what_they_are(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        "site_id,time,power_kw,open,colour\n"
        "007,2026-01-31T17:45:00+01:00,11,yes,red\n"
        "8,2026-07-31 17:45+02:00,3.7,,blue\n",
    )
    table = read_own_table(path, COLUMNS)
    assert list(table.frame["site_id"]) == ["007", "8"]
    assert table.frame["time"].dt.hour.tolist() == [16, 15]
    assert table.frame["power_kw"].tolist() == [11, 3.7]
    assert table.frame["open"].tolist() == [1, -1]
    assert table.notices == ("own.csv: columns not used: colour",)


def test_a_dutch_spreadsheet_reads_like_an_english_one(tmp_path: Path) -> None:
    text = "\ufeffSite ID;Time;Power kW\n01;31-01-2026 17:45;1.011,5\n02;01-02-2026 00:00;0,25\n"
    table = read_own_table(written(tmp_path, text), COLUMNS, zone="Europe/Amsterdam")
    assert table.frame["power_kw"].tolist() == [1011.5, 0.25]
    assert table.frame["time"].astype(str).tolist() == [
        "2026-01-31 16:45:00",
        "2026-01-31 23:00:00",
    ]
    assert list(table.frame["site_id"]) == ["01", "02"]
    assert any("comma" in said for said in table.notices)
    assert any("Europe/Amsterdam" in said for said in table.notices)


def test_the_hour_that_exists_twice_is_taken_in_file_order(tmp_path: Path) -> None:
    hours = ("01:30", "02:00", "02:30", "02:00", "02:30", "03:00")
    rows = "".join(f"a,2026-10-25 {hour},1\n" for hour in hours)
    path = written(tmp_path, "site_id,time,power_kw\n" + rows)
    times = read_own_table(path, COLUMNS, zone="Europe/Amsterdam").frame["time"]
    assert times.dt.strftime("%H:%M").tolist() == [
        "23:30", "00:00", "00:30", "01:00", "01:30", "02:00"
    ]  # fmt: skip


def test_the_hour_that_does_not_exist_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path, "site_id,time,power_kw\na,2026-03-29 02:30,1\n")
    with pytest.raises(InputError, match="row 1, column time: found '2026-03-29 02:30"):
        read_own_table(path, COLUMNS, zone="Europe/Amsterdam")


def test_every_fault_is_named_at_once_with_its_row(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        "site_id,time,power_kw\n"
        "a,2026-01-01T00:00:00Z,1\n"
        ",2026-01-01T00:15:00Z,-2\n"
        "c,yesterday,inf\n"
        "d,2026-01-01T00:45:00Z,\n",
    )
    with pytest.raises(InputError) as refused:
        read_own_table(path, COLUMNS, codes={"time": "time_unreadable"})
    said = str(refused.value).splitlines()
    assert len(said) == 3
    assert said[0].startswith("own.csv, row 2, column site_id: found nothing")
    assert said[1].startswith("own.csv, row 3, column time: found 'yesterday'")
    assert said[1].endswith("[time_unreadable]")
    assert said[2].startswith("own.csv, rows 2, 3, 4, column power_kw: found '-2'")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "empty"),
        ("site_id,time\na,2026-01-01T00:00Z\n", "power_kw .* is missing"),
        ("site_id,time,power_kw,POWER KW\na,2026-01-01T00:00Z,1,1\n", "two columns"),
        ("site_id,time,power_kw\na,2026-01-01T00:00Z\n", "row 1 has 2 columns; 3 expected"),
        ("site_id,time,power_kw\na,3/4/2026,1\n", "column time"),
        (b"PAR1 and nothing else", "damaged"),
    ],
)
def test_what_is_no_table_is_refused(tmp_path: Path, text: str | bytes, reason: str) -> None:
    with pytest.raises(InputError, match=reason):
        read_own_table(written(tmp_path, text), COLUMNS)


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file"):
        read_own_table(tmp_path / "nowhere.csv", COLUMNS)


def test_parquet_reads_like_csv(tmp_path: Path) -> None:
    frame = pd.DataFrame(
        {
            "site_id": pd.Categorical(["007", "8"]),
            "time": pd.to_datetime(["2026-01-01", "2026-07-01"]).tz_localize("Europe/Amsterdam"),
            "power_kw": np.array([1, 2], np.int16),
            "open": [True, False],
        }
    )
    frame.to_parquet(tmp_path / "own.parquet")
    found = read_own_table(tmp_path / "own.parquet", COLUMNS).frame
    assert list(found["site_id"]) == ["007", "8"]
    assert found["time"].dt.hour.tolist() == [23, 22]
    assert found["power_kw"].dtype == np.float64
    assert found["open"].tolist() == [1, 0]


def test_latin_text_is_read_and_said(tmp_path: Path) -> None:
    path = written(tmp_path, "site_id,time,power_kw\nCafé,2026-01-01T00:00Z,1\n".encode("cp1252"))
    table = read_own_table(path, COLUMNS)
    assert list(table.frame["site_id"]) == ["Café"]
    assert any("cp1252" in said for said in table.notices)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"PK\x03\x04\x14\x00\x06\x00 a workbook", "not text"),
        (b"site_id,time\n\x81\x8d,1\n", "not valid cp1252"),
        (b"\xff\xfes\x00e\x00x", "not valid utf-16"),
        # a ragged row that is no UTF-8: pyarrow cannot say it, so the encoding is known before
        ("site_id,time\nÉ,1,2,3\n".encode("cp1252"), "row 1 has 4 columns"),
    ],
)
def test_bytes_that_are_no_table_are_refused_in_words(
    tmp_path: Path, content: bytes, said: str, capfd: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(InputError, match=said):
        read_own_table(written(tmp_path, content), COLUMNS)
    assert "Traceback" not in capfd.readouterr().err


def test_a_folder_is_called_a_folder(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="is a folder"):
        read_own_table(tmp_path, COLUMNS)
