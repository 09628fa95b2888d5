"""From cells and shapes to a layer: where it lies, what its columns mean, how sure each row is."""

from dataclasses import replace
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from app.core.layer import Layer
from app.sources import overlap
from app.sources.capacity_table import as_model, by_code
from app.sources.geometry import Names, repair
from app.sources.ground import Ground, find_ground
from app.sources.location import locate, says_where
from app.sources.mapping import MappedColumn, Mapping
from app.sources.problems import Question
from app.sources.ranges import Checked, check_ranges
from app.sources.raw import Raw
from app.sources.register import (
    IN_WATT,
    Look,
    columns_of,
    count_once,
    inspect,
    say,
    without_impossible,
    without_zero,
)
from app.sources.sheet import OURS, Sheet, read_sheet
from app.sources.status import CAPACITY, Draft, compute, fill_defaults, row_status
from app.sources.task import Task
from app.sources.text import clean
from app.sources.times import odd_dates


def understand(raw: Raw, task: Task) -> tuple[Layer | None, Mapping]:
    """Understand one file; all its problems are in ``task.findings`` afterwards."""
    _repeated_headers(raw, task)
    for header, cells in raw.cells.items():
        odd_dates(header, cells, task.findings)
    located: dict[str, str] = {}
    raw = as_model(raw, task)
    if task.kind.geometry and raw.shapes is None:
        joined = None if says_where(raw, task.answers) else by_code(raw, task)
        raw, located = (joined, {}) if joined else locate(raw, task.answers, task.findings)
    raw = without_zero(raw, task)
    task.report(0.4, "finding where it lies")
    ground = find_ground(raw, task)
    task.report(0.5, "reading the columns")
    mended = count_once(without_impossible(raw, task), task)
    sheet = read_sheet(mended, ground, located, task)
    _register(raw, sheet, task)
    crs = ground.placed.name if ground.placed else None
    mapping = replace(sheet.mapping, format=raw.format, crs=crs)
    _capacity(sheet.frame, task)
    checked = Checked(sheet.frame, ground.rows, sheet.answered, task.findings)
    if ground.shapes is None and task.kind.geometry:
        check_ranges(task.kind, checked)
        return None, mapping
    draft = _draft(sheet, ground, task)
    task.report(0.75, "looking at the shapes")
    check_ranges(task.kind, checked)
    _check_shapes(draft, ground, task)
    task.report(0.9, "putting it together")
    mapping = replace(mapping, rows_read=raw.rows, as_of=raw.as_of)
    layer, mapping = _layer(draft, sheet, ground, mapping, task)
    return (None if task.findings.refused else layer), mapping


def _register(raw: Raw, sheet: Sheet, task: Task) -> None:
    """Say how dirty a register of charge points is."""
    if task.kind.key != "chargers":
        return
    headers = {name: found.header for name, found in sheet.matches.items()}
    ids = sheet.ids.header if sheet.ids is not None else None
    power = sheet.mapping.column("power_kw")
    look = Look(raw, columns_of(raw, {**headers, "charger_id": ids}))
    task.findings.register = inspect(look, power.factor if power else 1.0)
    ask = task.answers.points_once is None and raw.format in IN_WATT
    say(task.findings.register, task.findings, ask=ask)


def _repeated_headers(raw: Raw, task: Task) -> None:
    seen: dict[str, str] = {}
    for header in raw.cells:
        if seen.setdefault(header.casefold(), header) != header:
            task.findings.add("COL-DUPLICATE", column=header)


def _capacity(frame: pd.DataFrame, task: Task) -> None:
    """Refuse a grid map that says nothing of capacity, and ask which column does."""
    kind = task.kind
    if kind.key != "grid" or any(n in frame and frame[n].notna().any() for n in CAPACITY):
        return
    _missing("headroom_kw", frame, task)


def _missing(name: str, frame: pd.DataFrame, task: Task) -> None:
    """Report a column that is needed, and ask which header it is."""
    column = task.kind.column(name)
    meaning = column.meaning if column else ""
    task.findings.add("COL-MISSING", column=name, meaning=meaning)
    ours = {*OURS, *(column.name for column in task.kind.columns)}
    choices = tuple(str(header) for header in frame.columns if header not in ours)
    text = f"Which column is {name} ({meaning})?"
    task.findings.ask(Question("COL-MISSING", f"columns.{name}", text, choices))


def _draft(sheet: Sheet, ground: Ground, task: Task) -> Draft:
    """Work out and fill in what may be missing."""
    frame = sheet.frame
    draft = Draft(task.kind, frame, ground.shapes, task.findings, {}, np.zeros(len(frame), bool))
    compute(draft)
    fill_defaults(draft)
    for column in task.kind.columns:
        if not column.required or column.type == "id":
            continue
        if column.name not in frame:
            _missing(column.name, frame, task)
        elif frame[column.name].isna().all():
            task.findings.add("VAL-UNUSABLE", severity="error", column=column.name, rows="all")
    return draft


def _check_shapes(draft: Draft, ground: Ground, task: Task) -> None:
    """Repair shapes, and look for ground that is counted twice or not at all."""
    if ground.shapes is None:
        return
    names = _names(draft, ground)
    draft.shapes = _tidy(repair(ground.shapes, ground.source, names, draft.findings))
    if draft.kind.key in {"districts", "parking"}:
        overlap.same_shapes(draft.shapes, ground.rows, draft.findings)
    if draft.kind.key == "districts":
        overlap.overlaps(draft.shapes, names.names, draft.findings)
        overlap.gaps(draft.shapes, draft.findings)
        overlap.cover(draft.shapes, task.area, draft.findings)


def _tidy(shapes: Any) -> Any:  # noqa: ANN401
    """Round repaired shapes to 1 mm again, and keep them valid."""
    made = shapely.transform(shapes, lambda points: points.round(3))
    broken = ~shapely.is_valid(made)
    if broken.any():
        made[broken] = shapely.set_precision(shapes[broken], 0.001)
    return made


def _names(draft: Draft, ground: Ground) -> Names:
    """Call each row by its name, with its id where names repeat, or by its number."""
    numbers = pd.Series([f"row {row + 1}" for row in ground.rows], dtype="str")
    names = draft.frame.get("name", numbers).fillna(numbers)
    ids = draft.frame.get(draft.kind.id, numbers)
    names = names.where(~names.duplicated(keep=False), names + " (" + ids + ")")
    return Names(names.tolist(), ground.rows)


def _layer(
    draft: Draft, sheet: Sheet, ground: Ground, mapping: Mapping, task: Task
) -> tuple[Layer, Mapping]:
    """Join all to a layer, and complete the record of decisions."""
    keep = sheet.ids.keep if sheet.ids is not None else np.ones(len(draft.frame), bool)
    frame = draft.frame.assign(status=row_status(draft, sheet.own))
    order = [column.name for column in task.kind.columns if column.name in frame]
    frame = frame[[*order, *(name for name in frame.columns if name not in order)]]
    if ground.placed is not None or ground.nowhere:
        at_home = task.area.crs if task.area is not None else None
        crs = ground.placed.metric if ground.placed is not None else at_home
        frame = gpd.GeoDataFrame(frame, geometry=draft.shapes, crs=crs)
    frame = frame[keep].reset_index(drop=True)
    said = task.answers
    layer = Layer(
        frame,
        task.kind.key,
        origin=said.origin or clean(task.name)[0] or "unknown",
        licence=said.licence or "unknown",
        as_of=said.as_of or mapping.as_of or "unknown",
        source_crs=mapping.crs,
    )
    aside = set(range(mapping.rows_read)) - set(ground.rows[keep].tolist())
    filled = [name for name in draft.filled if mapping.column(name) is None]
    columns = (*mapping.columns, *(MappedColumn(name, None, "default") for name in filled))
    rows = tuple(sorted(row + 1 for row in aside))
    return layer, replace(mapping, columns=columns, rows_kept=len(frame), set_aside=rows)
