"""The part of ``kerbwatt simulate`` that runs on a project."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import typer

from app.core.errors import InputError
from app.core.impact import Impact
from app.core.scenario import Scenario


def question(scenario: Path | None, **levers: Any) -> Scenario:  # noqa: ANN401
    """Read the scenario file, if any, and put the command line's own levers over it."""
    from app.services.scenario_files import read_scenario  # noqa: PLC0415

    found = Scenario()
    if scenario is not None:
        found, notices = read_scenario(scenario)
        for notice in notices:
            typer.echo(notice, err=True)
    return found.but(**{name: value for name, value in levers.items() if value is not None})


def simulate_project(  # noqa: PLR0913  # one per option of the command line
    project: str | None,
    *,
    strategy: str,
    scenario: Path | None,
    year: int | None,
    full_year: bool,
    out: Path | None,
    as_json: bool,
) -> None:
    """Run one strategy and the reference on the design weeks, or the year, and write both."""
    from app.services.projects import load_project  # noqa: PLC0415
    from app.services.simulate import REFERENCE, simulate_all  # noqa: PLC0415

    if project is None:
        raise InputError("name a project, such as utrecht, or give your own --sessions")
    if out is None and not as_json:
        raise InputError("say where the results go: --out DIR, or --json for the indicators alone")
    asked = question(scenario, strategy=strategy, year=year)
    horizon = "year" if full_year else "design_weeks"
    both = tuple(dict.fromkeys((REFERENCE, strategy)))

    def report(progress: float, doing: str = "", partial: object = None) -> None:
        del partial
        typer.echo(f"{progress:4.0%} {doing}", err=True)

    found = load_project(project)
    with _load_file(out, strategy, full_year=full_year) as sink:
        answers = simulate_all(found, asked, horizon, strategies=both, report=report, sink=sink)
    document = describe(project, asked, answers)
    if out is not None:
        (out / "kpis.json").write_text(json.dumps(document, indent=2) + "\n", "utf-8")
        rows = answers[strategy].rows
        times = [moment.isoformat() for moment in rows["peak_time"]]
        rows.assign(peak_time=times).to_csv(out / "transformers.csv", index=False)
    if as_json:
        typer.echo(json.dumps(document, indent=2))


@contextmanager
def _load_file(out: Path | None, strategy: str, *, full_year: bool) -> Iterator[Any]:
    """Write the load of every transformer while it is computed: a year would not fit in memory."""
    if out is None:
        yield None
        return
    import numpy as np  # noqa: PLC0415
    import pyarrow as pa  # noqa: PLC0415
    import pyarrow.csv  # noqa: PLC0415
    import pyarrow.parquet  # noqa: PLC0415

    out.mkdir(parents=True, exist_ok=True)
    names = ("time", "transformer_id", "base_kw", "ev_kw", "total_kw")
    kinds = (pa.string(), pa.string(), *(pa.float64(),) * 3)
    schema = pa.schema(list(zip(names, kinds, strict=True)))
    if full_year:
        writer = pa.parquet.ParquetWriter(out / "load.parquet", schema)
    else:
        plain = pa.csv.WriteOptions(quoting_style="needed")
        writer = pa.csv.CSVWriter(out / "load.csv", schema, write_options=plain)

    def sink(key: str, setting: Any, days: Any, result: Any) -> None:  # noqa: ANN401
        if key != strategy:
            return
        step = np.flatnonzero(days.counted)
        clock = [moment.isoformat() for moment in days.clock.index()[step]]
        ids = setting.facts["asset_id"].to_numpy()[days.first : days.last]
        base_kw, ev_kw = (each[:, step].round(3) for each in (days.base_kw, result.ev_kw))
        columns = [base_kw, ev_kw, (base_kw + ev_kw).round(3)]
        table = pa.table(
            [
                pa.array(np.tile(np.array(clock, object), len(ids))),
                pa.array(np.repeat(ids, len(clock))),
                *(pa.array(each.ravel()) for each in columns),
            ],
            schema=schema,
        )
        writer.write_table(table)

    try:
        yield sink
    finally:
        writer.close()


def describe(project: str, scenario: Scenario, answers: Mapping[str, Impact]) -> dict[str, Any]:
    """Say the answers as one JSON document; unknown is null, never NaN."""
    return {
        "schema": "kerbwatt.simulate/1",
        "project": project,
        "scenario": scenario.changes(),
        "answers": {
            key: {
                "horizon": answer.horizon,
                "transformers": len(answer.rows),
                "known_limits": answer.known,
                "over": answer.count("over"),
                "tight": answer.count("tight"),
                **{name: _plain(value) for name, value in answer.city.items()},
            }
            for key, answer in answers.items()
        },
    }


def _plain(value: float | None) -> float | None:
    return None if value is None else float(value)
