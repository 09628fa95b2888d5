"""The part of ``kerbwatt simulate`` that runs on a project."""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import fields
from pathlib import Path
from typing import Any

import typer

from app.commands.out_files import ready_folder, writing
from app.core.errors import InputError
from app.core.impact import Impact
from app.core.scenario import Scenario, knobs

TAPER = "taper"
BASE_LEVERS = tuple(name for name, knob in knobs().items() if knob.group == "Base load")


def question(
    scenario: Path | None,
    option: Sequence[str] = (),
    /,
    **levers: Any,  # noqa: ANN401
) -> Scenario:
    """Read the scenario file, if any, and put the command line's own levers over it."""
    from app.services.scenario_files import find_scenario  # noqa: PLC0415

    found = Scenario()
    if scenario is not None:
        found, notices = find_scenario(str(scenario))
        for notice in notices:
            typer.echo(notice, err=True)
    levers = _levers(option) | levers
    return found.but(**{name: value for name, value in levers.items() if value is not None})


def _levers(option: Sequence[str]) -> dict[str, float | int | str | None]:
    """Read ``name=value`` pairs that are levers of a scenario; a project decides the others."""
    from app.services.own_options import parse_options  # noqa: PLC0415

    of_city = {pair: _of_city(pair) for pair in option}
    option = [pair for pair, read in of_city.items() if not read]
    found = parse_options(option)
    names = {pair.partition("=")[0].strip() for pair in option}
    known = {each.name for each in fields(Scenario)}
    if own := sorted(names - known):
        raise InputError(f"option {', '.join(own)}: acts on your own --sessions only")
    given = {name: getattr(found, name) for name in names}
    levers = {name: round(x) if x == round(x) else x for name, x in given.items() if name != TAPER}
    taper = {TAPER: found.taper.key} if TAPER in names else {}
    return {k: v for read in of_city.values() for k, v in read.items()} | levers | taper


def _of_city(pair: str) -> dict[str, float]:
    """Read a lever of the load before charging, which own sessions do not have; else nothing."""
    name, _, text = (part.strip() for part in pair.partition("="))
    if name not in BASE_LEVERS:
        return {}
    try:
        return {name: float(text)}
    except ValueError:
        raise InputError(f"option {name}: found {text!r}, wanted a number") from None


def refuse_own(use: str, given: Mapping[str, object]) -> None:
    """Refuse options of the other use of a command rather than not hear them."""
    names = [f"--{name.replace('_', '-')}" for name, value in given.items() if value]
    if names:
        raise InputError(f"{', '.join(names)}: acts {use} only")


def simulate_project(  # noqa: PLR0913  # one per option of the command line
    project: str | None,
    *,
    strategy: str,
    scenario: Path | None,
    year: int | None,
    full_year: bool,
    out: Path | None,
    as_json: bool,
    option: Sequence[str] = (),
    contract: Path | None = None,
) -> None:
    """Run one strategy and the reference on the design weeks, or the year, and write both."""
    from app.services.projects import load_project  # noqa: PLC0415
    from app.services.simulate import REFERENCE, simulate_all  # noqa: PLC0415

    if project is None:
        raise InputError("name a project, such as utrecht, or give your own --sessions")
    if out is None and not as_json:
        raise InputError("say where the results go: --out DIR, or --json for the indicators alone")
    light = None if contract is None else str(contract)
    asked = question(scenario, option, strategy=strategy, year=year, contract=light)
    horizon = "year" if full_year else "design_weeks"
    both = tuple(dict.fromkeys((REFERENCE, strategy)))

    def report(progress: float, doing: str = "", partial: object = None) -> None:
        del partial
        typer.echo(f"{progress:4.0%} {doing}", err=True)

    found = load_project(project)
    if out is not None:
        ready_folder(out)
    with _load_file(out, strategy, full_year=full_year) as sink:
        answers = simulate_all(found, asked, horizon, strategies=both, report=report, sink=sink)
    document = describe(project, asked, answers)
    if out is not None:
        rows = answers[strategy].rows
        times = [moment.isoformat() for moment in rows["peak_time"]]
        with writing(out):
            (out / "kpis.json").write_text(json.dumps(document, indent=2) + "\n", "utf-8")
            rows.assign(peak_time=times).to_csv(out / "transformers.csv", index=False)
    if as_json:
        typer.echo(json.dumps(document, indent=2))


@contextmanager
def _load_file(out: Path | None, strategy: str, *, full_year: bool) -> Iterator[Any]:
    """Write the load of every transformer, sorted by transformer, then time."""
    if out is None:
        yield None
    elif full_year:
        with _year_file(out / "load.parquet", strategy) as sink:
            yield sink
    else:
        with _weeks_file(out / "load.csv", strategy) as sink:
            yield sink


@contextmanager
def _weeks_file(path: Path, strategy: str) -> Iterator[Any]:
    """Keep some weeks and write them in the order of the calendar."""
    import numpy as np  # noqa: PLC0415

    from app.exports.own_results import write_rows  # noqa: PLC0415

    weeks: list[tuple[Any, ...]] = []

    def sink(key: str, setting: Any, days: Any, result: Any) -> None:  # noqa: ANN401
        if key == strategy:
            weeks.append((days.clock.start, *_counted(setting, days, result)))

    yield sink
    weeks.sort(key=lambda week: week[0])
    _, ids, clocks, bases, evs = zip(*weeks, strict=True)
    moments = [moment for clock in clocks for moment in clock]
    with writing(path):
        write_rows(path, ids[0], moments, np.hstack(bases), np.hstack(evs))


@contextmanager
def _year_file(path: Path, strategy: str) -> Iterator[Any]:
    """Write some transformers at a time: the year of all would not fit in memory."""
    import numpy as np  # noqa: PLC0415
    import pyarrow as pa  # noqa: PLC0415
    import pyarrow.parquet  # noqa: PLC0415

    names = ("time", "transformer_id", "base_kw", "ev_kw", "total_kw")
    kinds = (pa.string(), pa.string(), *(pa.float64(),) * 3)
    schema = pa.schema(list(zip(names, kinds, strict=True)))
    with writing(path):
        writer = pa.parquet.ParquetWriter(path, schema)

    def sink(key: str, setting: Any, days: Any, result: Any) -> None:  # noqa: ANN401
        if key != strategy:
            return
        ids, clock, base_kw, ev_kw = _counted(setting, days, result)
        columns = [
            pa.array(np.tile(np.array(clock, object), len(ids))),
            pa.array(np.repeat(ids, len(clock))),
            *(pa.array(each.ravel()) for each in (base_kw, ev_kw, base_kw + ev_kw)),
        ]
        with writing(path):
            writer.write_table(pa.table(columns, schema=schema))

    try:
        yield sink
    finally:
        writer.close()


def _counted(setting: Any, days: Any, result: Any) -> tuple[Any, list[str], Any, Any]:  # noqa: ANN401
    """Say transformers, moments, base and charging [kW] of the steps that count, to the watt."""
    import numpy as np  # noqa: PLC0415

    from app.exports.own_results import stamps  # noqa: PLC0415

    step = np.flatnonzero(days.counted)
    every = stamps(days.clock)
    ids = setting.facts["asset_id"].to_numpy()[days.first : days.last]
    base_kw, ev_kw = (each[:, step].round(3) for each in (days.base_kw, result.ev_kw))
    return ids, [every[at] for at in step], base_kw, ev_kw


def describe(project: str, scenario: Scenario, answers: Mapping[str, Impact]) -> dict[str, Any]:
    """Say the answers as one JSON document; unknown is null, never NaN."""
    from app.core.engine.figures import against, sanity_doubts  # noqa: PLC0415
    from app.core.indicators import starves  # noqa: PLC0415
    from app.services.parameters import load_parameters  # noqa: PLC0415

    numbers, usual = load_parameters(), answers["uncontrolled"].city
    return {
        "schema": "kerbwatt.simulate/1",
        "project": project,
        "scenario": scenario.changes(),
        "prices": "an illustrative week of prices and one carbon intensity, not a market's",
        "answers": {
            key: {
                "horizon": answer.horizon,
                "transformers": len(answer.rows),
                "known_limits": answer.known,
                "over": answer.count("over"),
                "tight": answer.count("tight"),
                **{name: _plain(value) for name, value in answer.city.items()},
                "leaves_cars_short": starves(answer.city, numbers),
                "groups": answer.groups,
                "against_uncontrolled": against(answer.city, usual),
                "warnings": [
                    {"code": code, "message": said, "count": 1}
                    for code, said in sanity_doubts(answer.city, numbers)
                ],
            }
            for key, answer in answers.items()
        },
    }


def _plain(value: float | None) -> float | None:
    return None if value is None else float(value)
