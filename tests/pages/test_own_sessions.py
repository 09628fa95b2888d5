"""Own sessions on a page: the same figures as at the terminal, and nothing breaks on bad files."""

import json
import time
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from app.commands.simulate_sessions import simulate_sessions
from app.services.own_answers import OwnAnswer, OwnQuestion, answer, known, written
from app.services.own_examples import EXAMPLES, FOLDER, example
from app.services.own_files import OwnPaths
from app.services.quota import Quota
from app.settings import Settings
from app.ui import uploads
from app.ui.uploads import dropped

Visit = Callable[..., AppTest]
Read = Callable[[AppTest], str]
PAGE = "own_sessions"
CLOCKS = ("engine_seconds", "warmup_seconds", "read_seconds", "write_seconds", "wall_seconds")


def settled(app: AppTest) -> AppTest:
    """Run until no answer is on its way."""
    for _ in range(200):
        assert not app.exception, [each.message for each in app.exception]
        if not any(button.key and button.key.startswith("cancel_own") for button in app.button):
            return app
        time.sleep(0.1)
        app.run()
    raise TimeoutError


def started(visit: Visit) -> AppTest:
    app = visit(PAGE, city="sampletown")
    return settled(app.button(key="own_example").click().run())


def test_an_empty_page_offers_the_example_and_a_template_of_every_table(
    visit: Visit, headline: Read
) -> None:
    app = visit(PAGE, city="sampletown")
    assert "363 sessions" in headline(app)
    assert not app.error
    assert [each.key for each in app.button if each.key == "own_example"]


def test_the_example_answers_with_every_strategy_beside_it(visit: Visit, headline: Read) -> None:
    app = started(visit)
    app.selectbox(key="own_strategy").set_value("pause")
    app = settled(app.run())
    said = headline(app)
    assert said.startswith("With pauses, your 363 sessions peak at 310 kW on")
    assert "instead of 432 kW" in said
    assert "All 5,480 kWh are delivered." in said
    assert not app.error
    tables = [each.value for each in app.dataframe]
    every = next(table for table in tables if "Needs" in table)
    assert len(every) >= 9
    lacking = every[every["Needs"] != ""]
    assert set(lacking["Strategy"]) >= {"Traffic light (capacity contract)"}
    assert lacking["Highest load [kW]"].isna().all(), "no figure is invented"
    best = next(each.value for each in app.markdown if each.value.startswith("Lowest peak"))
    assert "about 310 kW: Cheapest hours, Pauses, V2G with pauses; 0 kWh are left" in best
    assert "wear" not in best.partition(";")[0], "a yardstick is never called the lowest peak"


def test_another_transformer_is_the_same_run(visit: Visit, headline: Read) -> None:
    app = started(visit)
    before = headline(app)
    app.selectbox(key="own_transformer").set_value("Molen").run()
    assert not app.exception
    assert headline(app) == before
    assert any("Molen: " in each.value for each in app.caption)
    assert not any(b.key and b.key.startswith("cancel_own") for b in app.button)


def asked(strategy: str, *pairs: str, contract: str | None = None) -> OwnQuestion:
    files = {name: dropped(f"{name}.csv", example(name)) for name in EXAMPLES}
    return OwnQuestion(OwnPaths(**files), "Europe/Amsterdam", strategy, pairs, contract)


def told(question: OwnQuestion) -> OwnAnswer:
    return answer(question, lambda *_: None)


@pytest.mark.parametrize(
    ("strategy", "pairs", "contract"),
    [
        ("uncontrolled", (), None),
        ("pause", ("sweeps=7", "share_can_resume=0.9"), None),
        ("v2g", (), "utrecht-16-20"),
        ("staggered", ("release_min=60.0",), "utrecht-16-20"),
        ("price", (), None),
    ],
)
def test_the_files_are_those_of_the_command_line_to_the_last_digit(
    tmp_path: Path, strategy: str, pairs: tuple[str, ...], contract: str | None
) -> None:
    found = told(asked(strategy, *pairs, contract=contract))
    plain, whole = tmp_path / "plain", tmp_path / "whole"
    for out in (plain, whole):
        simulate_sessions(
            FOLDER / "sessions.csv",
            base=FOLDER / "base.csv",
            limits=FOLDER / "limits.csv",
            prices=FOLDER / "prices.csv",
            contract=contract,
            strategy=strategy,
            option=pairs,
            profiles=out == whole,
            out=out,
        )
    assert written(found, "load.csv") == (plain / "load.csv").read_bytes()
    assert written(found, "profiles.parquet") == (whole / "profiles.parquet").read_bytes()
    mine = json.loads(written(found, "kpis.json"))
    theirs = json.loads((plain / "kpis.json").read_text("utf-8"))
    assert list(mine) == list(theirs)
    for clock in CLOCKS:
        del mine[clock], theirs[clock]
    assert json.dumps(mine) == json.dumps(theirs)


def test_a_question_is_answered_once_and_other_files_are_another_question() -> None:
    question = asked("throttle", "sweeps=3")
    first = told(question)
    assert known(question) is first
    assert told(asked("throttle", "sweeps=3")) is first
    assert told(asked("throttle", "sweeps=4")) is not first
    fewer = example("sessions").rsplit(b"\n", 2)[0] + b"\n"
    files = OwnPaths(dropped("sessions.csv", fewer), question.files.base)
    other = OwnQuestion(files, question.zone, "throttle", ("sweeps=3",))
    assert known(other) is None
    assert told(other).kpis["sessions"] == first.kpis["sessions"] - 1


def upload(app: AppTest, table: str, name: str, content: bytes, kind: str = "text/csv") -> AppTest:
    app.file_uploader(key=f"own_upload_{table}").set_value((name, content, kind))
    return settled(app.run())


def test_bad_files_are_told_by_row_and_nothing_is_drawn(visit: Visit) -> None:
    app = started(visit)
    bad = example("sessions").replace(b",14.62,", b",-14.62,", 1)
    app = upload(app, "sessions", "my*own*.csv", bad)
    assert "Refused: 1 problem" in app.error[0].value
    table = next(each.value for each in app.dataframe if "Code" in each.value)
    assert table[["Column", "Rows", "Code"]].to_numpy().tolist() == [
        ["energy_kwh", "1", "energy_negative"]
    ]
    assert "own_load" not in [each.key for each in app.get("plotly_chart")]


def test_own_sessions_do_not_run_on_the_load_of_the_example(visit: Visit, headline: Read) -> None:
    app = started(visit)
    mine = b"session_id,arrival,departure,energy_kwh,max_power_kw\n"
    mine += b"a,2026-01-12T18:00+01:00,2026-01-12T22:00+01:00,11,11\n"
    app.selectbox(key="own_strategy").set_value("uncontrolled")
    app = upload(app, "sessions", "mine.csv", mine)
    assert not app.error
    assert "your 1 sessions peak at 11 kW on Mon 12 Jan 18:00" in headline(app)
    assert "no limit is known" in headline(app)


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("page.csv", b"<html><body>hello</body></html>", "FILE-"),
        ("pickle.csv", b"\x80\x04\x95\x00\x00\x00", "FILE-PICKLE"),
        ("broken.parquet", b"PAR1 nothing PAR1", "FILE-DAMAGED"),
        ("map.csv", b'{"type": "FeatureCollection", "features": []}', "FILE-TYPE"),
        ("wide.csv", b",".join(b"c%d" % n for n in range(400)) + b"\n" + b"1," * 399 + b"1\n",
         "file_too_large"),
        ("long.csv", b"session_id\n" + b"x" * 20_000 + b"\n", "file_too_large"),
    ],
)  # fmt: skip
def test_strangers_files_go_through_the_quarantine(
    visit: Visit, name: str, content: bytes, said: str
) -> None:
    app = upload(visit(PAGE, city="sampletown"), "sessions", name, content)
    assert app.error
    table = next(each.value for each in app.dataframe if "Code" in each.value)
    assert table["Code"].iloc[0].startswith(said)


def test_parquet_from_a_stranger_reads_like_csv(tmp_path: Path) -> None:
    frame = pd.read_csv(FOLDER / "sessions.csv")
    frame.to_parquet(tmp_path / "sessions.parquet")
    sessions = dropped("sessions.parquet", (tmp_path / "sessions.parquet").read_bytes())
    plain = asked("uncontrolled")
    other = OwnQuestion(OwnPaths(sessions, plain.files.base), plain.zone, "uncontrolled")
    assert told(other).kpis["peak_kw"] == pytest.approx(told(plain).kpis["peak_kw"], rel=1e-9)


def test_a_changed_option_is_the_option_of_the_command_line(visit: Visit, headline: Read) -> None:
    app = started(visit)
    app = settled(app.selectbox(key="own_strategy").set_value("v2g").run())
    at_the_limit = headline(app)
    app = settled(app.selectbox(key="own_mode_theta_kw").set_value("auto").run())
    lowest = told(asked("v2g", "theta_kw=auto"))
    assert headline(app) != at_the_limit
    assert f"peak at {lowest.kpis['peak_kw']:.0f} kW" in headline(app)
    app.selectbox(key="own_mode_theta_kw").set_value("set").run()
    app = settled(app.number_input(key="own_value_theta_kw").set_value(90.0).run())
    fixed = told(asked("v2g", "theta_kw=90.0"))
    assert f"peak at {fixed.kpis['peak_kw']:.0f} kW" in headline(app)
    assert not app.error


def test_what_a_strategy_lacks_is_asked_for_in_words(visit: Visit) -> None:
    app = started(visit)
    app.button(key="own_drop_prices").click().run()
    app = settled(app.selectbox(key="own_strategy").set_value("price").run())
    assert not app.error
    assert ["load prices" in each.value for each in app.info] == [True]
    assert any("Needs" in each.value for each in app.dataframe), "the others are still compared"


@pytest.mark.parametrize("hindered", ["quota", "scanner"])
def test_own_tables_pass_the_checks_of_every_upload(
    visit: Visit, monkeypatch: pytest.MonkeyPatch, hindered: str
) -> None:
    if hindered == "quota":
        monkeypatch.setattr(uploads, "QUOTA", Quota(1))
    else:
        monkeypatch.setattr(uploads, "SETTINGS", Settings(scan_command=["/nowhere/scanner"]))
    app = visit(PAGE, city="sampletown")
    app.file_uploader(key="own_upload_base").upload("base.csv", example("base"))
    app = app.run()
    app.file_uploader(key="own_upload_sessions").upload("own.csv", b"own\n" + example("sessions"))
    app = app.run()
    assert not app.exception
    assert "own_drop_sessions" not in {button.key for button in app.button}
    assert {"quota": "limit of this server", "scanner": "could not look at it"}[hindered] in (
        app.warning[0].value
    )
