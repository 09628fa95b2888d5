"""Rows of a service as a table the intake can read."""

import csv
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from app.sources.presets import FromColumn, Preset

JOINABLE = frozenset({".csv", ".geojson"})


def write_rows(rows: Iterable[Mapping[str, Any]], path: Path) -> int:
    """Write rows as CSV, every header once; codes lose the blanks around them, never a zero."""
    kept = list(rows)
    headers = list(dict.fromkeys(key for row in kept for key in row))
    with path.open("w", encoding="utf-8", newline="") as file:
        sheet = csv.writer(file)
        sheet.writerow(headers)
        sheet.writerows([_cell(row.get(header)) for header in headers] for row in kept)
    return len(kept)


def _cell(value: Any) -> str:  # noqa: ANN401
    return "" if value is None else str(value).strip()


def headers(body: Path) -> frozenset[str] | None:
    """List the columns of what came; None where only the intake can tell."""
    if body.suffix in JOINABLE:
        return frozenset(key for row in _of_map(body) for key in row)
    return None


def join_rows(
    body: Path, table: Path, preset: Preset
) -> tuple[Mapping[str, FromColumn], list[str]]:
    """Put the named cells of a table onto the rows of a map that carry the same code.

    A code that stands on several rows of the map gives its figures to the first of them: counts
    must not be counted twice. Returns the columns that are there now, and a sentence for each
    thing that is missing.
    """
    assert preset.join is not None  # noqa: S101  # only tables that join come here
    rows, headers_, again = _by_code(table, preset.join.column)
    cells = _of_map(body) if body.suffix in JOINABLE else []
    if preset.join.column not in headers_ or not any(preset.join.to in row for row in cells):
        names = f"{preset.join.column} and {preset.join.to}"
        return {}, [f"{preset.title}: {names} do not meet; not used."]
    there = {name: each for name, each in preset.columns.items() if each.from_ in headers_}
    wanted = [each.from_ for each in there.values()]
    missed, repeated, used = 0, 0, set[str]()
    for row in cells:
        code = str(row.get(preset.join.to, "")).strip()
        found = rows.get(code)
        missed += found is None
        repeated += code in used
        if found is not None and code not in used:
            row.update({name: found[name] for name in wanted if found[name]})
        used.add(code)
    _back(body, cells)
    said = [
        f"{preset.title}: it has no column {each.from_} any more ({name})."
        for name, each in preset.columns.items()
        if name not in there
    ]
    counts = (
        (missed, f"of {len(cells):,} rows of the map have no match."),
        (repeated, "rows of the map repeat a code; the first one has the figures."),
        (again, "rows of the table repeat a code; the last one counts."),
    )
    return there, said + [f"{preset.title}: {n:,} {words}" for n, words in counts if n]


def _by_code(table: Path, column: str) -> tuple[dict[str, dict[str, str]], frozenset[str], int]:
    """Read the rows of a table by their code; say how many repeat one."""
    rows: dict[str, dict[str, str]] = {}
    read = 0
    with table.open(encoding="utf-8", newline="") as file:
        sheet = csv.DictReader(file)
        for row in sheet:
            read += 1
            rows[str(row.get(column) or "").strip()] = row
        found = frozenset(sheet.fieldnames or ())
    return rows, found, read - len(rows)


def _of_map(body: Path) -> list[dict[str, Any]]:
    """Read the cells of a map that is on its way in: features one a line, or a table."""
    with body.open(encoding="utf-8", newline="") as file:
        if body.suffix == ".csv":
            return [dict(row) for row in csv.DictReader(file)]
        return [dict(json.loads(line)["properties"]) for line in file]


def _back(body: Path, cells: list[dict[str, Any]]) -> None:
    if body.suffix == ".csv":
        write_rows(cells, body)
        return
    with body.open(encoding="utf-8", newline="") as file:
        features = [json.loads(line) for line in file]
    with body.open("w", encoding="utf-8", newline="") as file:
        for feature, row in zip(features, cells, strict=True):
            file.write(json.dumps({**feature, "properties": row}) + "\n")
