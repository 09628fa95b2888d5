"""Rows of a service as a table the intake can read."""

import csv
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from app.sources.presets import FromColumn, Preset


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
    if body.suffix in {".csv", ".geojson"}:
        return frozenset(key for row in _of_map(body) for key in row)
    return None


def join_rows(
    body: Path, table: Path, preset: Preset
) -> tuple[Mapping[str, FromColumn], list[str]]:
    """Put the named cells of a table onto the rows of a map that carry the same code.

    Returns the columns that are there now, and a sentence for each thing that is missing.
    """
    assert preset.join is not None  # noqa: S101  # only tables that join come here
    with table.open(encoding="utf-8", newline="") as file:
        sheet = csv.DictReader(file)
        rows = {row[preset.join.column].strip(): row for row in sheet}
        there = {n: c for n, c in preset.columns.items() if c.from_ in (sheet.fieldnames or ())}
    wanted = [each.from_ for each in there.values()]
    said = [
        f"{preset.title}: it has no column {each.from_} any more ({name})."
        for name, each in preset.columns.items()
        if name not in there
    ]
    cells = _of_map(body)
    missed = 0
    for row in cells:
        found = rows.get(str(row.get(preset.join.to, "")).strip())
        missed += found is None
        row.update({name: found[name] for name in wanted if found[name]} if found else {})
    _back(body, cells)
    if missed:
        said.append(f"{preset.title}: {missed:,} of {len(cells):,} rows of the map have no match.")
    return there, said


def _of_map(body: Path) -> list[dict[str, Any]]:
    """Read the cells of a map that is on its way in: features one a line, or a table."""
    if body.suffix == ".csv":
        with body.open(encoding="utf-8", newline="") as file:
            return [dict(row) for row in csv.DictReader(file)]
    lines = body.read_text("utf-8").splitlines()
    return [dict(json.loads(line)["properties"]) for line in lines]


def _back(body: Path, cells: list[dict[str, Any]]) -> None:
    if body.suffix == ".csv":
        write_rows(cells, body)
        return
    features = [json.loads(line) for line in body.read_text("utf-8").splitlines()]
    with body.open("w", encoding="utf-8") as file:
        for feature, row in zip(features, cells, strict=True):
            file.write(json.dumps({**feature, "properties": row}, ensure_ascii=False) + "\n")
