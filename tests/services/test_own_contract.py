"""A capacity contract comes from a preset, a table, or a file written like a preset."""

from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from app.core.engine.clock import Clock
from app.core.errors import InputError
from app.services.contracts import load_contracts
from app.services.own_contract import contract_bands, find_contract

HEAD = "profile_id,months,day_type,start,end,colour,limit_kw,pause_allowed,override\n"
WHOLE = (
    "E,,,00:00,16:00,green,11,1,0\nE,,,16:00,20:00,amber,4.14,1,0\nE,,,20:00,24:00,green,11,1,0\n"
)


def written(folder: Path, text: str, name: str = "light.csv") -> Path:
    path = folder / name
    path.write_text(text, "utf-8")
    return path


def test_a_preset_is_found_by_its_key() -> None:
    for key, contract in load_contracts().items():
        assert find_contract(key) is contract


def test_a_table_is_read_window_by_window(tmp_path: Path) -> None:
    found = find_contract(written(tmp_path, HEAD + WHOLE))
    assert found.key == "E"
    assert [(w.start_min, w.end_min, w.limit_kw) for w in found.windows] == [
        (0, 960, None),  # green is no limit, whatever kW its row repeats
        (960, 1200, 4.14),
        (1200, 1440, None),
    ]
    assert found.pause_allowed
    assert not found.override


def test_months_and_days_are_lists(tmp_path: Path) -> None:
    rows = "W,1;2;12,workday;saturday,00:00,24:00,red,0,1,1\n"
    window = find_contract(written(tmp_path, HEAD + rows)).windows[0]
    assert window.months == (1, 2, 12)
    assert window.day_types == ("workday", "saturday")
    assert window.limit_kw == 0


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        (WHOLE.replace("16:00,20:00", "17:00,20:00"), "gap between green 00:00-16:00 and amber"),
        (WHOLE.replace("16:00,20:00", "15:00,20:00"), "overlap between green 00:00-16:00"),
        (WHOLE.replace("20:00,24:00", "20:00,23:00"), "gap between green 20:00-23:00"),
        (WHOLE.replace("amber,4.14", "amber,"), "row 2: a window in amber needs limit_kw"),
        (WHOLE.replace("16:00,20:00", "20:00,16:00"), "row 2: found 20:00 to 16:00"),
        (WHOLE.replace("amber", "blue"), "column colour: found 'blue'"),
        (WHOLE.replace("16:00,20:00", "16:75,20:00"), "row 2: found 16:75 to 20:00"),
        (WHOLE.replace("16:00,20:00", "²:00,20:00"), "row 2: found ²:00 to 20:00"),
        (WHOLE.replace("E,,", "E,1;June,"), "months from 1 to 12"),
    ],
)
def test_windows_that_do_not_fit_are_named(tmp_path: Path, rows: str, words: str) -> None:
    with pytest.raises(InputError, match=words):
        find_contract(written(tmp_path, HEAD + rows))


def test_a_file_written_like_a_preset_is_read(tmp_path: Path) -> None:
    text = (
        'title = "Mine"\npause_allowed = false\n[[windows]]\nstart = "16:00"\nend = "20:00"\n'
        'colour = "amber"\nlimit_percent = 50\nmonths = [1, 2]\n'
    )
    found = find_contract(written(tmp_path, text, "mine.toml"))
    assert found.windows[0].limit_share == 0.5
    assert found.windows[0].months == (1, 2)
    assert not found.pause_allowed


def test_what_is_neither_file_nor_preset_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="neither a file nor a preset"):
        find_contract("nowhere")
    with pytest.raises(InputError, match="is not a contract"):
        find_contract(written(tmp_path, "title = 1", "mine.toml"))


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('unit = "per_street"', "unit: found 'per_street', wanted per_point or"),
        ('trigger = "mood"', "trigger: found 'mood', wanted schedule or load"),
        ('notice_min = "soon"', "notice_min: found 'soon'"),
        ("notice_min = -1", "notice_min: found -1"),
        ("notice_min = nan", "notice_min: found nan"),
        ("unit = [1]", "unit: found"),
    ],
)
def test_words_of_a_strangers_file_are_checked_like_those_of_a_table(
    tmp_path: Path, line: str, said: str
) -> None:
    window = '[[windows]]\nstart = "16:00"\nend = "20:00"\ncolour = "amber"\nlimit_kw = 4\n'
    with pytest.raises(InputError, match=said):
        find_contract(written(tmp_path, f"{line}\n{window}", "mine.toml"))


def test_the_stretches_of_a_contract_lie_on_its_hours() -> None:
    clock = Clock.days(datetime(2026, 1, 12), 2, "Europe/Amsterdam")  # noqa: DTZ001  # a local day
    contract = load_contracts()["utrecht-16-20"]
    assert contract_bands(contract, clock) == [(64, 80, "amber"), (160, 176, "amber")]
    by_load = replace(contract, trigger="load")
    assert contract_bands(by_load, clock) == [], "a light that follows the load has no hours"
