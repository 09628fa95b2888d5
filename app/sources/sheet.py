"""The columns of a file under our names, each row with its id."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from app.core.layer import STATUSES
from app.sources.columns import Match, match
from app.sources.ground import JOINED, Ground
from app.sources.ids import Ids, Rows, id_headers, identify
from app.sources.mapping import SAMPLES, MappedColumn, Mapping
from app.sources.raw import Raw
from app.sources.task import Task
from app.sources.text import clean
from app.sources.units import factor
from app.sources.values import Reader, as_text, samples

OURS = ("status", "geometry")


@dataclass(frozen=True, slots=True, eq=False)
class Sheet:
    """What the kept rows say.

    Attributes
    ----------
    frame
        Our columns first, then those of the file under their own names.
    own
        (kept row,) how sure the file says each row is; None where it does not.
    """

    frame: pd.DataFrame
    matches: dict[str, Match]
    ids: Ids | None
    own: "pd.Series[Any] | None"
    mapping: Mapping

    @property
    def answered(self) -> frozenset[str]:
        """Columns whose unit a person gave."""
        said = {name for name, m in self.matches.items() if m.why == "answer" and m.unit}
        return frozenset(said)


def read_sheet(raw: Raw, ground: Ground, located: dict[str, str], task: Task) -> Sheet:
    """Match the headers, read the columns, name the rows. ``located`` says which tell where."""
    task = replace(task, kind=task.kind.with_years([*raw.cells, *task.answers.columns]))
    reader = _reader(raw, ground, task)
    own = _own_status(raw, reader)
    used = {*located.values(), *({"status"} if own is not None else ())}
    candidates = _candidates(raw, used, task)
    named = {h for h in candidates[:1] if h == task.kind.id or task.kind.id in task.answers.columns}
    strange = _strange(raw, task)
    matches = match(task.kind, list(raw.cells), task.answers, task.findings, used | named | strange)
    columns = {name: reader.read(found) for name, found in matches.items()}
    taken = used | {found.header for found in matches.values()}
    kept = {header: reader.keep(header) for header in raw.cells if header not in taken}
    ids = None
    if task.kind.id and len(ground.rows):
        rows = _rows({h: _codes(reader.cells(h)) for h in candidates}, columns, kept, ground)
        ids = identify(task.kind, candidates, rows, task.findings)
        columns[task.kind.id] = pd.Series(ids.values, dtype="str")
        kept.pop(ids.header or "", None)
    frame = _ordered(columns, kept, len(ground.rows), task)
    mapping = _mapping(reader, matches, ids, tuple(kept), task)
    where = (
        MappedColumn(part, header, "location", samples=mapping.shown(header))
        for part, header in located.items()
    )
    mapping = replace(mapping, columns=(*mapping.columns, *where))
    return Sheet(frame, matches, ids, own, mapping)


def _reader(raw: Raw, ground: Ground, task: Task) -> Reader:
    answers = task.answers
    zone = answers.timezone or (task.area.timezone if task.area else "UTC")
    said = (answers.decimal, answers.dayfirst)
    return Reader(task.kind.key, raw, ground.rows, *said, zone, task.findings)


def _own_status(raw: Raw, reader: Reader) -> "pd.Series[Any] | None":
    """Read how sure each row is, where the file says so in our words."""
    if "status" not in raw.cells:
        return None
    said = pd.Series([as_text(cell) for cell in reader.cells("status")], dtype="str")
    known = said.dropna()
    return said if len(known) and known.isin(STATUSES).all() else None


def _strange(raw: Raw, task: Task) -> set[str]:
    """List the headers of a capacity map that are not our names: its words are no guesses."""
    ours = {column.name for column in task.kind.columns}
    said = {answer.from_ for answer in task.answers.columns.values()}
    return set(raw.cells) - ours - said if {JOINED, "area_type"} <= set(raw.cells) else set()


def _candidates(raw: Raw, used: set[str], task: Task) -> list[str]:
    """List headers that may hold the id; an answer that names none of the file is an error."""
    if not task.kind.id:
        return []
    answer = task.answers.columns.get(task.kind.id)
    free = [header for header in raw.cells if header not in used]
    if answer is not None and answer.from_ and answer.from_ not in free:
        meaning = f"mapped from “{answer.from_}”, which the file does not have"
        task.findings.add("COL-MISSING", column=task.kind.id, meaning=meaning)
    return id_headers(task.kind, free, answer.from_ if answer else None, raw.format)


def _codes(cells: Sequence[Any]) -> "pd.Series[Any]":
    """Read ids as text, without the ``.0`` of a spreadsheet."""
    made = [clean(text)[0] or None if (text := as_text(c)) is not None else None for c in cells]
    known = [text for text in made if text]
    if known and all(text.endswith(".0") and text[:-2].isdigit() for text in known):
        made = [text[:-2] if text else None for text in made]
    return pd.Series(made, dtype="str")


def _rows(
    texts: dict[str, Any], columns: dict[str, Any], kept: dict[str, Any], ground: Ground
) -> Rows:
    """Gather what a row can be named by."""
    name = columns.get("name")
    parts = {**columns, **{f"file:{key}": value for key, value in kept.items()}}
    shapes = ground.shapes if ground.shapes is not None else ground.source
    names = name.fillna("").to_numpy(object) if name is not None else None
    content = pd.DataFrame(parts, index=pd.RangeIndex(len(ground.rows)))
    return Rows(texts, names, shapes, ground.rows, content)


def _ordered(columns: dict[str, Any], kept: dict[str, Any], rows: int, task: Task) -> pd.DataFrame:
    """Put our columns first, then those of the file under their own names."""
    made = {c.name: columns[c.name] for c in task.kind.columns if c.name in columns}
    reserved = {column.name for column in task.kind.columns} | set(OURS)
    for header, values in kept.items():
        name = clean(header)[0]
        if name in reserved or name in made:
            name = f"{name} (file)"
            task.findings.add("COL-KEPT", header=header, column=name)
        made[name] = values
    return pd.DataFrame(made, index=pd.RangeIndex(rows))


def _mapping(
    reader: Reader,
    matches: dict[str, Match],
    ids: Ids | None,
    unmapped: tuple[str, ...],
    task: Task,
) -> Mapping:
    """Record every decision, for the wizard and the annex."""
    made = []
    if ids is not None and ids.header is not None:
        shown = samples(reader.cells(ids.header), SAMPLES)
        made.append(MappedColumn(task.kind.id, ids.header, "id", samples=shown, also=ids.also))
    for name, found in matches.items():
        shown = samples(reader.cells(found.header), SAMPLES)
        target = "share" if found.column.type == "share" else found.column.unit
        times = factor(target, found.unit) or 1.0
        words = (found.header, found.why, found.unit, times, shown, found.also)
        made.append(MappedColumn(name, *words))
    for decided in made:
        if decided.header != decided.column:
            also = f" (not {', '.join(decided.also)})" if decided.also else ""
            said = {"header": decided.header, "also": also}
            task.findings.add("COL-MAPPED", column=decided.column, row=None, severity=None, **said)
    headers = tuple(reader.raw.cells)
    every = tuple(samples(reader.cells(header), SAMPLES) for header in headers)
    return Mapping(tuple(made), headers, unmapped, every, rows_read=reader.raw.rows)
