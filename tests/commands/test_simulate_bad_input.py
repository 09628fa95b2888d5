"""Whatever stands in a person's own files: refused by row and code, or counted. Never a crash."""

import json
import re
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from app.cli import main
from app.services.own_refusal import SCHEMA

HEAD = "session_id,arrival,departure,energy_kwh,max_power_kw"
D = "2026-01-12T"
IN, OUT = f"{D}18:00:00+01:00", f"{D}22:00:00+01:00"
GOOD = f"a,{IN},{OUT},11,11"
PROBLEM = {"severity", "code", "message", "file", "column", "row", "count", "rows"}


def sessions(*rows: str, head: str = "") -> str:
    return "\n".join((HEAD + head, *rows)) + "\n"


def series(
    name: str, values: list[Any], *, start: str = f"{D}00:00+01:00", freq: str = "1h"
) -> str:
    times = pd.date_range(start, periods=len(values), freq=freq)
    rows = [f"{at.isoformat()},{value}" for at, value in zip(times, values, strict=True)]
    return "\n".join((f"time,{name}", *rows)) + "\n"


def base(values: list[Any] | None = None, **how: str) -> str:
    return series("load_kw", values or [2] * 24, **how)


def bad(row: str, head: str = "") -> str:
    extra = "," * head.count(",")
    return sessions(GOOD + extra, row, GOOD.replace("a,", "z,", 1) + extra, head=head)


@dataclass(frozen=True)
class Refused:
    """Files and choices, and what must be said of them: code, column, rows."""

    name: str
    said: tuple[tuple[str, str | None, str | None], ...]
    text: str | bytes = field(default=sessions(GOOD))
    base: str | None = None
    limits: str | None = None
    prices: str | None = None
    contract: str | None = None
    strategy: str = "uncontrolled"
    option: tuple[str, ...] = ()


def one(name: str, code: str, column: str | None, row: str, head: str = "") -> Refused:
    """One bad row between two good ones."""
    return Refused(name, ((code, column, "2"),), bad(row, head))


TWO_PLACES = sessions(f"{GOOD},N", f"b,{IN},{OUT},1,3.7,S", head=",transformer_id")
PRICES = series("eur_per_mwh", [50] * 48)
REFUSED = [
    one("leaves before it comes", "departure_before_arrival", "departure", f"b,{OUT},{IN},1,11"),
    one("leaves as it comes", "departure_before_arrival", "departure", f"b,{IN},{IN},1,11"),
    one("negative energy", "energy_negative", "energy_kwh", f"b,{IN},{OUT},-1,11"),
    one("energy nan", "energy_nan", "energy_kwh", f"b,{IN},{OUT},NaN,11"),
    one("energy empty", "energy_nan", "energy_kwh", f"b,{IN},{OUT},,11"),
    one("energy infinite", "energy_nan", "energy_kwh", f"b,{IN},{OUT},inf,11"),
    one("energy a word", "energy_nan", "energy_kwh", f"b,{IN},{OUT},much,11"),
    one("energy of a truck stop", "energy_too_high", "energy_kwh", f"b,{IN},{OUT},501,11"),
    one("power zero", "power_not_positive", "max_power_kw", f"b,{IN},{OUT},1,0"),
    one("power negative", "power_not_positive", "max_power_kw", f"b,{IN},{OUT},1,-11"),
    one("power nan", "power_not_positive", "max_power_kw", f"b,{IN},{OUT},1,nan"),
    one("power empty", "power_not_positive", "max_power_kw", f"b,{IN},{OUT},1,"),
    one("power infinite", "power_not_positive", "max_power_kw", f"b,{IN},{OUT},1,inf"),
    one("power in watt", "power_too_high", "max_power_kw", f"b,{IN},{OUT},1,11000"),
    one("given twice", "duplicate_session", "session_id", GOOD),
    one("no id", "value_unusable", "session_id", f",{IN},{OUT},1,11"),
    one("arrival a word", "time_unreadable", "arrival", f"b,yesterday,{OUT},1,11"),
    one("departure empty", "time_unreadable", "departure", f"b,{IN},,1,11"),
    one("day or month", "time_unreadable", "arrival", f"b,3/4/2026 10:00,{OUT},1,11"),
    one("an hour that is skipped", "time_unreadable", "arrival", f"b,2026-03-29T02:30,{OUT},1,11"),
    one("no such day", "time_unreadable", "arrival", f"b,2026-02-30T02:30Z,{OUT},1,11"),
    one("year 20206", "time_unreadable", "departure", f"b,{IN},20206-01-01T00:00Z,1,11"),
    Refused("no transformer", (("unknown_transformer", "transformer_id", "2"),),
            sessions(f"{GOOD},N", f"b,{IN},{OUT},1,11,", head=",transformer_id")),
    one("soc above the battery", "soc_above_battery", "soc_kwh", f"b,{IN},{OUT},1,11,51,50",
        ",soc_kwh,battery_kwh"),
    one("soc negative", "value_unusable", "soc_kwh", f"b,{IN},{OUT},1,11,-1,50",
        ",soc_kwh,battery_kwh"),
    one("four phases", "value_unusable", "phases", f"b,{IN},{OUT},1,11,4", ",phases"),
    one("half a phase", "value_unusable", "phases", f"b,{IN},{OUT},1,11,1.5", ",phases"),
    one("v2g perhaps", "value_unusable", "v2g", f"b,{IN},{OUT},1,11,perhaps", ",v2g"),
    one("discharge negative", "value_unusable", "max_discharge_kw", f"b,{IN},{OUT},1,11,-3",
        ",max_discharge_kw"),
    one("a row too short", "row_ragged", None, f"b,{IN},{OUT}"),
    one("a row too long", "row_ragged", None, f"b,{IN},{OUT},1,11,5"),
    Refused("many at once", (
        ("energy_negative", "energy_kwh", "2–4"),
        ("power_not_positive", "max_power_kw", "1, 4–5"),
    ), sessions(f"a,{IN},{OUT},1,0", *(f"{n},{IN},{OUT},-1,11" for n in "bc"),
                f"d,{IN},{OUT},-1,0", f"e,{IN},{OUT},1,0")),
    Refused("a hundred bad rows", (("energy_negative", "energy_kwh", "1–100"),),
            sessions(*(f"{n},{IN},{OUT},-1,11" for n in range(100)))),
    Refused("nothing", (("file_empty", None, None),), ""),
    Refused("a header alone", (("no_sessions", None, None),), sessions()),
    Refused("a column is missing", (("column_missing", "energy_kwh", None),),
            f"session_id,arrival,departure,max_power_kw\na,{IN},{OUT},11\n"),
    Refused("a column twice", (("column_duplicate", None, None),),
            sessions(f"{GOOD},1", head=",Energy kWh")),
    Refused("a workbook", (("file_type", None, None),), b"PK\x03\x04\x14\x00\x06\x00 a workbook"),
    Refused("damaged Parquet", (("file_damaged", None, None),), b"PAR1 and nothing else"),
    Refused("a wrong century", (("horizon_too_long", None, None),),
            sessions(*(f"{n},{IN},{OUT},1,11,T{n}" for n in range(200)),
                     f"z,{IN},2095-01-12T22:00:00+01:00,1,11,T1", head=",transformer_id")),
    Refused("a base with a hole", (("base_hole", "load_kw", None),),
            base=base([2] * 8 + [""] * 4 + [2] * 12)),
    Refused("a base that begins late", (("base_hole", "load_kw", None),), TWO_PLACES,
            base="time,load_kw,transformer_id\n" + "".join(
                f"{D}{h:02}:00+01:00,2,{name}\n" for name, first in (("N", 0), ("S", 5))
                for h in range(first, 24))),
    Refused("a base given twice", (("duplicate_time", "time", "25–48"),),
            base=base() + "".join(base().splitlines(keepends=True)[1:])),
    Refused("a base of words", (("value_unusable", "load_kw", "2"),),
            base=base([2, "many"] + [2] * 22)),
    Refused("an infinite base", (("value_unusable", "load_kw", "2"),),
            base=base([2, "inf"] + [2] * 22)),
    Refused("a base without load", (("column_missing", "load_kw", None),),
            base=base().replace("load_kw", "load")),
    Refused("a base without times", (("time_unreadable", "time", "1–24"),),
            base=re.sub(r"2026-[^,]*", "then", base())),
    Refused("a base without transformers", (("unknown_transformer", None, None),), TWO_PLACES,
            base=base()),
    Refused("a base without one of them", (("unknown_transformer", None, None),), TWO_PLACES,
            base=base().replace("load_kw", "load_kw,transformer_id").replace(",2\n", ",2,N\n")),
    Refused("a base row of nobody", (("unknown_transformer", "transformer_id", "24"),),
            base=base().replace("load_kw", "load_kw,transformer_id").replace(",2\n", ",2,T1\n")[:-3]
            + "\n"),
    Refused("a base of two centuries", (("horizon_too_long", None, None),), TWO_PLACES,
            base="time,load_kw,transformer_id\n" + "".join(
                f"{day},2,T{n}\n" for n in range(200) for day in ("1950-01-01", "2099-01-01"))
            + f"{D}00:00,2,N\n{D}00:00,2,S\n"),
    Refused("limits without a number", (("column_missing", "limit_kw", None),),
            limits="transformer_id,limit\nT1,5\n"),
    Refused("a negative limit", (("value_unusable", "limit_kw", "1"),),
            limits="transformer_id,limit_kw\nT1,-5\n"),
    Refused("a limit twice", (("duplicate_transformer", "transformer_id", "2"),),
            limits="transformer_id,limit_kw\nT1,5\nT1,6\n"),
    Refused("a limit of nobody", (("unknown_transformer", "transformer_id", "1"),),
            limits="transformer_id,limit_kw\n,5\n"),
    Refused("prices of words", (("value_unusable", "eur_per_mwh", "1"),),
            prices=series("eur_per_mwh", ["dear"] + [5] * 23)),
    Refused("a price twice", (("duplicate_time", "time", "25"),),
            prices=series("eur_per_mwh", [5] * 24) + f"{D}05:00:00+01:00,9\n"),
    Refused("prices without times", (("time_unreadable", "time", "1"),),
            prices="time,eur_per_mwh\nnoon,4\n"),
    Refused("no prices", (("needs_prices", None, None),), strategy="price"),
    Refused("prices with a hole", (("needs_prices", None, None),), strategy="price",
            prices=series("eur_per_mwh", [5] * 19 + [""] + [5] * 28)),
    Refused("prices of another week", (("needs_prices", None, None),), strategy="price",
            prices=series("eur_per_mwh", [5] * 24, start="2025-01-01T00:00+01:00")),
    Refused("no limits", (("needs_limits", None, None),), strategy="v2g"),
    Refused("limits of others", (("needs_limits", None, None),), strategy="v2g",
            limits="transformer_id,limit_kw\nelsewhere,5\n"),
    Refused("no contract", (("needs_contract", None, None),), strategy="traffic_light"),
    Refused("no such contract", (("unknown_contract", None, None),), contract="nowhere.csv",
            strategy="traffic_light"),
    Refused("no such strategy", (("unknown_strategy", None, None),), strategy="magic"),
    Refused("unknown options", (
        ("unknown_option", "colour", None), ("unknown_option", "sweeps", None),
        ("option_out_of_range", "opt_out", None), ("option_out_of_range", "seed", None),
        ("option_out_of_range", "taper", None),
    ), option=("colour=red", "sweeps", "opt_out=2", "seed=0.5", "taper=steep")),
    *(Refused(f"option {pair}", (("option_out_of_range", pair.partition("=")[0], None),),
              option=(pair,))
      for pair in ("min_current_a=17", "share_can_resume=-0.1", "v2g_share=nan", "soc_floor=1.01",
                   "round_trip=0", "theta_kw=low", "theta_kw=inf", "sweeps=0", "sweeps=101",
                   "release_min=241", "release_min=soon", "seed=-1", "opt_out=")),
]  # fmt: skip


class Command:
    """Write files, run the command as a person would, and hear what it says."""

    def __init__(
        self, folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        self.folder, self.monkeypatch, self.capsys = folder, monkeypatch, capsys

    def run(self, case: Any) -> tuple[int, dict[str, Any], str]:  # noqa: ANN401
        """Return the exit status, the document on standard output, and what else was said."""
        words = ["simulate", "--strategy", case.strategy, "--json", "--out", self.folder / "out"]
        for name, content in (
            ("sessions", case.text), ("base", case.base), ("limits", case.limits),
            ("prices", case.prices),
        ):  # fmt: skip
            if content is not None:
                path = self.folder / f"{name}.csv"
                path.write_bytes(content if isinstance(content, bytes) else content.encode())
                words += [f"--{name}", path]
        words += ["--contract", case.contract] if case.contract else []
        words += [word for pair in case.option for word in ("--option", pair)]
        self.monkeypatch.setattr(sys, "argv", ["kerbwatt", *map(str, words)])
        with pytest.raises(SystemExit) as left:
            main()
        out, said = self.capsys.readouterr()
        return int(left.value.code or 0), json.loads(out), said


@pytest.fixture
def command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Command:
    return Command(tmp_path, monkeypatch, capsys)


@pytest.mark.parametrize("case", REFUSED, ids=lambda case: case.name)
def test_what_cannot_be_used_is_refused_by_row_and_code(command: Command, case: Refused) -> None:
    status, document, said = command.run(case)
    assert status == 2
    assert (document["schema"], document["status"]) == (SCHEMA, "refused")
    problems = document["problems"]
    assert all(set(problem) == PROBLEM for problem in problems)
    found = [(each["code"], each["column"], each["rows"]) for each in problems]
    assert found == list(case.said)
    lines = said.strip().splitlines()
    assert [line.rpartition("[")[2] for line in lines] == [f"{code}]" for code, *_ in case.said]
    for problem in problems:
        first, last = re.match(r"(\d+)(?:.*?(\d+))?$", problem["rows"] or "0").groups()  # type: ignore[union-attr]
        assert (problem["row"] or 0) == int(first)
        assert problem["count"] <= max(1, int(last or first) - int(first) + 1)
    assert "Traceback" not in said
    assert not (command.folder / "out" / "kpis.json").exists(), "nothing is made of bad input"


def test_a_refused_moment_is_quoted_on_the_wall_clock(command: Command) -> None:
    early = f"b,{OUT},{D}17:00:00+01:00,1,11"
    _, document, _ = command.run(one("early", "departure_before_arrival", "departure", early))
    said = document["problems"][0]["message"]
    assert "found '2026-01-12T17:00:00+01:00', wanted a time after the arrival" in said


@dataclass(frozen=True)
class Counted:
    """Files that are used, and what must be said about them: code and count."""

    name: str
    said: dict[str, int]
    text: str = sessions(GOOD)
    base: str | None = field(default_factory=base)
    limits: str | None = None
    prices: str | None = None
    contract: str | None = None
    strategy: str = "uncontrolled"
    option: tuple[str, ...] = ()
    kwh: float = 11.0
    steps: int = 96
    words: str = ""


def day(first: str, hours: int, *, naive: bool) -> str:
    """A base load of a local day, hour by hour, in local time or with its offset."""
    times = pd.date_range(first, periods=hours, freq="1h", tz="Europe/Amsterdam")
    shown = times.tz_localize(None) if naive else times
    return "time,load_kw\n" + "".join(f"{at.isoformat()},2\n" for at in shown)


OCTOBER, MARCH = "2026-10-25", "2026-03-29"
LATE = "b,2026-01-20T10:00+01:00,2026-01-20T12:00+01:00,5,11"
OVER = f"b,{D}22:00:00+01:00,2026-01-13T02:00:00+01:00,8,11"
ASSUMED = {"sessions_phases_assumed": 1}
COUNTED = [
    Counted("in order", {}, sessions(f"{GOOD},3", head=",phases")),
    Counted("phases assumed", ASSUMED),
    Counted("no base", {"no_base": 1, **ASSUMED}, base=None),
    Counted("naive times", {"naive_times": 1, **ASSUMED},
            sessions(f"a,{D}18:00,{OUT},11,11"), words="local time of Europe/Amsterdam"),
    Counted("a naive time in the hour that exists twice",
            {"no_base": 1, "naive_times": 1, **ASSUMED},
            sessions(f"a,{OCTOBER}T02:30,{OCTOBER}T05:00+01:00,11,11"), base=None, steps=100,
            words="1 in the hour that exists twice, taken in file order"),
    Counted("a comma in numbers", {"table_read_as": 1, "decimal_comma": 1, **ASSUMED},
            sessions(GOOD).replace(",", ";").replace("11;11", "11,0;11")),
    Counted("columns nobody knows", {"columns_unused": 1, **ASSUMED},
            sessions(f"{GOOD},blue", head=",colour"), words="colour"),
    Counted("dropped", {"sessions_dropped": 1, **ASSUMED}, sessions(GOOD, LATE), words="(row 2)"),
    Counted("all dropped", {"sessions_dropped": 1}, sessions(LATE), kwh=0.0),
    Counted("cut", {"sessions_cut": 1, "sessions_phases_assumed": 2}, sessions(GOOD, OVER),
            kwh=11 + 4, words="(row 2)"),
    Counted("no energy", {"sessions_zero_energy": 1, "sessions_phases_assumed": 2},
            sessions(GOOD, f"b,{IN},{OUT},0,11")),
    Counted("more than fits", {"sessions_infeasible": 1, "sessions_phases_assumed": 2},
            sessions(GOOD, f"b,{IN},{OUT},50,11"), kwh=11 + 44, words="(row 2)"),
    Counted("a group of its own", {"sessions_group_unknown": 1, **ASSUMED},
            sessions(f"{GOOD},tourist", head=",user_group"), words="(row 1)"),
    Counted("base of five minutes", {"base_averaged": 96, **ASSUMED},
            base=base([2] * 288, freq="5min")),
    Counted("base of an hour", {"base_held": 72, **ASSUMED}),
    Counted("base with a short hole", {"base_bridged": 4, **ASSUMED},
            base=base([2] * 40 + [""] * 4 + [2] * 52, freq="15min")),
    Counted("a day of 25 hours", {"base_held": 75, **ASSUMED}, steps=100,
            text=sessions(f"a,{OCTOBER}T01:00+02:00,{OCTOBER}T05:00+01:00,11,11"),
            base=day(OCTOBER, 25, naive=False)),
    Counted("a day of 23 hours", {"base_held": 69, **ASSUMED}, steps=92,
            text=sessions(f"a,{MARCH}T01:00+01:00,{MARCH}T05:00+02:00,11,11"),
            base=day(MARCH, 23, naive=False)),
    Counted("the hour twice in local time",
            {"naive_times": 25, "hour_twice": 1, "base_held": 75, **ASSUMED}, steps=100,
            text=sessions(f"a,{OCTOBER}T01:00+02:00,{OCTOBER}T05:00+01:00,11,11"),
            base=day(OCTOBER, 25, naive=True), words="(row 4)"),
    Counted("a limit nobody has", {"limit_unused": 1, **ASSUMED},
            limits="transformer_id,limit_kw\nT1,50\nT9,50\n", words="(row 2)"),
    Counted("a limit nobody knows", {"limit_unknown": 1, **ASSUMED},
            limits="transformer_id,limit_kw\nT1,\n"),
    Counted("prices of five minutes", {"prices_averaged": 96, **ASSUMED},
            prices=series("eur_per_mwh", [50] * 288, freq="5min")),
    Counted("prices with a hole", {"prices_held": 69, "price_hole": 4, **ASSUMED},
            prices=series("eur_per_mwh", [50] * 18 + [""] + [50] * 5)),
    Counted("an option for others", {"option_unused": 1, **ASSUMED}, option=("sweeps=9",),
            words="sweeps changes nothing under uncontrolled"),
    Counted("batteries assumed", {"sessions_soc_assumed": 1, **ASSUMED}, strategy="v2g",
            option=("theta_kw=auto",)),
]  # fmt: skip


@pytest.mark.parametrize("case", COUNTED, ids=lambda case: case.name)
def test_what_is_assumed_or_left_out_is_counted_and_named(command: Command, case: Counted) -> None:
    status, document, said = command.run(case)
    assert status == 0
    told = {each["code"]: each["count"] for each in document["warnings"]}
    held = {"base_held": 72} if case.base == base() else {}  # the usual base is hourly
    assert told == {**held, **case.said}
    assert case.words in said
    assert document["steps"] == case.steps
    assert document["energy_delivered_kwh"] == pytest.approx(case.kwh, abs=1e-4)
    assert document["energy_unserved_kwh"] == pytest.approx(0, abs=1e-4)
    assert document == json.loads((command.folder / "out" / "kpis.json").read_text("utf-8"))
    for each in document["warnings"]:
        assert set(each) == {"code", "message", "count"}
