"""From cells and shapes to a layer: where it lies, what its columns mean, how sure each row is."""

from dataclasses import dataclass, replace
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from app.core.layer import STATUSES, Layer
from app.core.schema import Kind
from app.sources import overlap
from app.sources.columns import Match, match
from app.sources.crs import Placed, place, to_metric
from app.sources.geometry import Names, examine, middles, repair, right_type, single, too_wide
from app.sources.ids import Ids, Rows, id_headers, identify
from app.sources.location import locate
from app.sources.mapping import SAMPLES, MappedColumn, Mapping
from app.sources.problems import Findings, Question
from app.sources.ranges import Checked, check_ranges
from app.sources.raw import WGS84, Raw
from app.sources.status import CAPACITY, Draft, compute, fill_defaults, row_status
from app.sources.task import Task
from app.sources.text import clean
from app.sources.times import odd_dates
from app.sources.values import Reader, as_text, samples

OURS = ("status", "geometry")


@dataclass(frozen=True, slots=True, eq=False)
class Ground:
    """Where the kept rows lie: shapes in metres, as they came, and their numbers in the file."""

    rows: Any
    shapes: Any = None
    source: Any = None
    placed: Placed | None = None


def understand(raw: Raw, task: Task) -> tuple[Layer | None, Mapping]:
    """Understand one file; all its problems are in ``task.findings`` afterwards."""
    _repeated_headers(raw, task.findings)
    for header, cells in raw.cells.items():
        odd_dates(header, cells, task.findings)
    used: set[str] = set()
    if task.kind.geometry and raw.shapes is None:
        raw, used = locate(raw, task.answers, task.findings)
    ground = _ground(raw, task)
    own = _own_status(raw, ground.rows)
    used |= {"status"} if own is not None else set()
    layer, mapping = _table(raw, ground, used, own, task)
    named = ground.placed.name if ground.placed else None
    mapping = replace(mapping, crs=named, format=raw.format, headers=tuple(raw.cells))
    return (None if task.findings.refused else layer), mapping


def _repeated_headers(raw: Raw, findings: Findings) -> None:
    seen: dict[str, str] = {}
    for header in raw.cells:
        if seen.setdefault(header.casefold(), header) != header:
            findings.add("COL-DUPLICATE", column=header)


def _ground(raw: Raw, task: Task) -> Ground:
    """Find out where the rows lie, and which cannot be used."""
    if raw.shapes is None or not task.kind.geometry:
        return Ground(np.arange(raw.rows))
    sound = examine(raw, task.limits, task.findings)
    sound = right_type(raw.shapes, sound, task.kind.geometry, task.findings)
    if not sound.any():
        if not task.findings.refused:
            task.findings.add("GEO-NONE")
        return Ground(np.arange(raw.rows))
    if raw.crs == WGS84:
        too_wide(raw.shapes, sound, task.findings)
    answers = task.answers
    said = (answers.crs, answers.swap_xy, answers.clip)
    rows = np.flatnonzero(sound)
    placed = place(middles(raw.shapes[rows]), raw.crs, task.area, said, task.findings)
    if placed is None:
        return Ground(rows, source=raw.shapes[rows])
    rows = rows[placed.inside]
    several = task.answers.several_points
    plain = single(raw.shapes, np.isin(np.arange(raw.rows), rows), task.kind.geometry, several,
                   task.findings)  # fmt: skip
    source = plain[rows]
    return Ground(rows, to_metric(source, placed), source, placed)


def _own_status(raw: Raw, rows: Any) -> "pd.Series[Any] | None":  # noqa: ANN401
    """Read how sure each row is, where the file says so in our words."""
    cells = raw.cells.get("status")
    if cells is None:
        return None
    said = pd.Series([as_text(cells[row]) for row in rows], dtype="str")
    known = said.dropna()
    return said if len(known) and known.isin(STATUSES).all() else None


def _table(
    raw: Raw, ground: Ground, used: set[str], own: "pd.Series[Any] | None", task: Task
) -> tuple[Layer | None, Mapping]:
    """Read the columns, name the rows, check them, and build the layer."""
    kind, findings = task.kind, task.findings
    answers = task.answers
    zone = answers.timezone or (task.area.timezone if task.area else "UTC")
    reader = Reader(kind.key, raw, ground.rows, answers.decimal, answers.dayfirst, zone, findings)
    answer = answers.columns.get(kind.id) if kind.id else None
    candidates = _candidates(raw, used, answer.from_ if answer else None, task)
    taken = used | {header for header in candidates[:1] if _is_named_id(kind, header, answer)}
    matches = match(kind, list(raw.cells), answers, findings, taken)
    columns = {name: reader.read(found) for name, found in matches.items()}
    texts = {header: _plain(reader.cells(header)) for header in candidates}
    extras = [h for h in raw.cells if h not in used and h not in _headers(matches)]
    kept = {header: reader.extra(header) for header in extras}
    ids = _ids(kind, candidates, columns, kept, texts, ground, findings)
    if ids is not None:
        columns[kind.id] = pd.Series(ids.values, dtype="str")
        kept.pop(ids.header or "", None)
    frame = _ordered(kind, columns, kept, len(ground.rows), findings)
    mapping = _mapping(raw, reader, matches, ids, list(kept), task)
    if ground.shapes is None and kind.geometry:
        _capacity(frame, list(kept), findings, kind)
        check_ranges(kind, _checked(frame, ground.rows, matches, findings))
        return None, mapping
    draft = _draft(frame, ground, matches, task)
    status = row_status(draft, own)
    return _layer(draft, status, ids, ground, raw, task, mapping)


def _is_named_id(kind: Kind, header: str, answer: object) -> bool:
    return answer is not None or header == kind.id


def _candidates(raw: Raw, used: set[str], answer: str | None, task: Task) -> list[str]:
    """List headers that may hold the id; an answer that names none of the file is an error."""
    if not task.kind.id:
        return []
    free = [header for header in raw.cells if header not in used]
    if answer and answer not in free:
        meaning = f"mapped from “{answer}”, which the file does not have"
        task.findings.add("COL-MISSING", column=task.kind.id, meaning=meaning)
    return id_headers(task.kind, free, answer)


def _plain(cells: list[Any]) -> "pd.Series[Any]":
    """Read ids as text, without the ``.0`` of a spreadsheet."""
    made = [clean(text)[0] or None if (text := as_text(c)) is not None else None for c in cells]
    known = [text for text in made if text]
    if known and all(text.endswith(".0") and text[:-2].isdigit() for text in known):
        made = [text[:-2] if text else None for text in made]
    return pd.Series(made, dtype="str")


def _headers(matches: dict[str, Match]) -> set[str]:
    return {found.header for found in matches.values()}


def _ids(
    kind: Kind,
    candidates: list[str],
    columns: dict[str, Any],
    kept: dict[str, Any],
    texts: dict[str, Any],
    ground: Ground,
    findings: Findings,
) -> Ids | None:
    """Name the rows."""
    if not kind.id or not len(ground.rows):
        return None
    name = columns.get("name")
    content = pd.DataFrame({**columns, **{f"file:{key}": value for key, value in kept.items()}})
    rows = Rows(
        texts,
        name.fillna("").to_numpy(object) if name is not None else None,
        ground.shapes if ground.shapes is not None else ground.source,
        ground.rows,
        content if len(content.columns) else pd.DataFrame(index=range(len(ground.rows))),
    )
    return identify(kind, candidates, rows, findings)


def _ordered(
    kind: Kind,
    columns: dict[str, Any],
    kept: dict[str, Any],
    rows: int,
    findings: Findings,
) -> pd.DataFrame:
    """Put our columns first, then those of the file under their own names."""
    made = {c.name: columns[c.name] for c in kind.columns if c.name in columns}
    reserved = {column.name for column in kind.columns} | set(OURS)
    for header, values in kept.items():
        name = clean(header)[0]
        if name in reserved or name in made:
            name = f"{name} (file)"
            findings.add("COL-KEPT", header=header, column=name)
        made[name] = values
    return pd.DataFrame(made, index=pd.RangeIndex(rows))


def _checked(
    frame: pd.DataFrame,
    rows: Any,
    matches: dict[str, Match],
    findings: Findings,
) -> Checked:
    answered = {name for name, found in matches.items() if found.why == "answer" and found.unit}
    return Checked(frame, rows, frozenset(answered), findings)


def _draft(frame: pd.DataFrame, ground: Ground, matches: dict[str, Match], task: Task) -> Draft:
    """Repair the shapes, fill what may be missing, and check all values."""
    kind, findings = task.kind, task.findings
    draft = Draft(kind, frame, ground.shapes, findings, {}, np.zeros(len(frame), bool))
    _capacity(frame, [], findings, kind)
    compute(draft)
    fill_defaults(draft)
    _required(draft, findings)
    check_ranges(kind, _checked(frame, ground.rows, matches, findings))
    if ground.shapes is not None:
        names = _names(kind, frame, ground)
        draft.shapes = _tidy(repair(ground.shapes, ground.source, names, findings))
        if kind.key in {"districts", "parking"}:
            overlap.same_shapes(draft.shapes, ground.rows, findings)
        if kind.key == "districts":
            overlap.overlaps(draft.shapes, names.names, findings)
            overlap.gaps(draft.shapes, findings)
    return draft


def _tidy(shapes: Any) -> Any:  # noqa: ANN401
    """Round repaired shapes to 1 mm again, and keep them valid."""
    made = shapely.transform(shapes, lambda points: points.round(3))
    broken = ~shapely.is_valid(made)
    if broken.any():
        made[broken] = shapely.set_precision(shapes[broken], 0.001)
    return made


def _names(kind: Kind, frame: pd.DataFrame, ground: Ground) -> Names:
    """Call each row by its name, its id or its number."""
    numbers = pd.Series([f"row {row + 1}" for row in ground.rows], dtype="str")
    names = frame["name"] if "name" in frame else numbers
    if kind.id in frame:
        names = names.fillna(frame[kind.id])
    return Names(names.fillna(numbers).tolist(), ground.rows)


def _capacity(frame: pd.DataFrame, kept: list[str], findings: Findings, kind: Kind) -> None:
    """Refuse a grid map that says nothing of capacity, and ask which column does."""
    if kind.key != "grid" or any(n in frame and frame[n].notna().any() for n in CAPACITY):
        return
    column = kind.column("headroom_kw")
    meaning = column.meaning if column else ""
    findings.add("COL-MISSING", column="headroom_kw", meaning=meaning)
    choices = tuple(kept) or tuple(str(name) for name in frame.columns if name not in OURS)
    text = "Which column is headroom_kw (room left at the peak)?"
    findings.ask(Question("COL-MISSING", "columns.headroom_kw", text, choices))


def _required(draft: Draft, findings: Findings) -> None:
    """Report required columns that are missing, or have no value at all."""
    for column in draft.kind.columns:
        if not column.required or column.type == "id":
            continue
        if column.name not in draft.frame:
            findings.add("COL-MISSING", column=column.name, meaning=column.meaning)
            choices = tuple(str(name) for name in draft.frame.columns)
            text = f"Which column is {column.name} ({column.meaning})?"
            findings.ask(Question("COL-MISSING", f"columns.{column.name}", text, choices))
        elif draft.frame[column.name].isna().all():
            findings.add("VAL-UNUSABLE", severity="error", column=column.name, rows="all")


def _mapping(
    raw: Raw,
    reader: Reader,
    matches: dict[str, Match],
    ids: Ids | None,
    unmapped: list[str],
    task: Task,
) -> Mapping:
    """Record every decision, for the wizard and the annex."""
    made = []
    if ids is not None and ids.header is not None:
        shown = samples(reader.cells(ids.header), SAMPLES)
        made.append(MappedColumn(task.kind.id, ids.header, "id", samples=shown, also=ids.also))
    for name, found in matches.items():
        shown = samples(reader.cells(found.header), SAMPLES)
        made.append(_mapped(name, found, shown))
    for decided in made:
        if decided.header != decided.column:
            also = f" (not {', '.join(decided.also)})" if decided.also else ""
            task.findings.add("COL-MAPPED", column=decided.column, header=decided.header, also=also)
    return Mapping(tuple(made), unmapped=tuple(unmapped), rows_read=raw.rows)


def _mapped(name: str, found: Match, shown: tuple[str, ...]) -> MappedColumn:
    from app.sources.units import factor  # noqa: PLC0415  # read once per file, not per import

    target = "share" if found.column.type == "share" else found.column.unit
    times = factor(target, found.unit) or 1.0
    return MappedColumn(name, found.header, found.why, found.unit, times, shown, found.also)


def _layer(
    draft: Draft,
    status: "pd.Series[Any]",
    ids: Ids | None,
    ground: Ground,
    raw: Raw,
    task: Task,
    mapping: Mapping,
) -> tuple[Layer, Mapping]:
    """Join all to a layer."""
    keep = ids.keep if ids is not None else np.ones(len(draft.frame), bool)
    frame = draft.frame.assign(status=status)
    order = [column.name for column in task.kind.columns if column.name in frame]
    frame = frame[[*order, *(name for name in frame.columns if name not in order)]]
    if ground.placed is not None:
        frame = gpd.GeoDataFrame(frame, geometry=draft.shapes, crs=ground.placed.metric)
    frame = frame[keep].reset_index(drop=True)
    aside = set(range(raw.rows)) - set(ground.rows[keep].tolist())
    filled = [MappedColumn(name, None, "default") for name in draft.filled]
    said = task.answers
    layer = Layer(
        frame,
        task.kind.key,
        origin=said.origin or clean(task.name)[0] or "unknown",
        licence=said.licence or "unknown",
        as_of=said.as_of or "unknown",
        source_crs=ground.placed.name if ground.placed else None,
    )
    mapping = replace(
        mapping,
        columns=(*mapping.columns, *(c for c in filled if mapping.column(c.column) is None)),
        rows_kept=len(frame),
        set_aside=tuple(sorted(row + 1 for row in aside)),
    )
    return layer, mapping
