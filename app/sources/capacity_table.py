"""Tables of capacity that are kin to the national map: its columns, and rows without a place.

British heat-map and long-term-development tables mostly carry coordinates and need none of this;
where they do not, their station's code is looked up on the map.
"""

from dataclasses import replace
from typing import Any

import numpy as np

from app.sources.capacity_rows import MW_KW
from app.sources.figures import read_numbers
from app.sources.ground import JOINED, NOWHERE
from app.sources.headers import parse_header
from app.sources.ids import LOOKS_LIKE_ID
from app.sources.join import Places
from app.sources.plausible import synonyms
from app.sources.problems import rows_text
from app.sources.raw import Raw
from app.sources.task import Task
from app.sources.values import as_text

MODEL = "demand_available_capacity"
CODES = frozenset({"pc4", "pc6", "postcode", "postal_code", "station", "substation", "name"})


def as_model(raw: Raw, task: Task) -> Raw:
    """Work out room and queue where the columns are those of the national model, which is in MW."""
    if task.kind.key != "grid" or MODEL not in raw.cells or "headroom_kw" in raw.cells:
        return raw
    if "headroom_kw" in task.answers.columns:
        return raw
    added: dict[str, Any] = {}
    for column, side in (("headroom_kw", "demand"), ("export_headroom_kw", "generation")):
        available = _numbers(raw, f"{side}_available_capacity")
        if available is None:
            continue
        quoted = _numbers(raw, f"{side}_quoted_capacity")
        promised = np.zeros(raw.rows) if quoted is None else np.nan_to_num(quoted)
        added[column] = _cells((available - promised) * MW_KW)
        how = f"({side}_available_capacity - {side}_quoted_capacity) x 1000"
        n = int(np.isfinite(available).sum())
        task.findings.add("COL-COMPUTED", column=column, how=how, n=n)
    queue = _numbers(raw, "demand_capacity_in_queue")
    if queue is not None:
        added["queue_kw"] = _cells(queue * MW_KW)
    known = [value is not None for value in added.get("headroom_kw", [])]
    if known and "status" not in raw.cells:
        added["status"] = ["estimated" if each else "unknown" for each in known]
    return replace(raw, cells={**raw.cells, **added})


def by_code(raw: Raw, task: Task) -> Raw | None:
    """Put the rows of a table on the map by the code that finds most; None where none does."""
    places = task.area.places if task.area is not None else None
    if task.kind.key != "grid" or places is None or not places.shapes:
        return None
    headers = [header for header in raw.cells if may_be_code(header)]
    found = [_shapes(raw.cells[header], places) for header in headers]
    counts = [sum(shape is not None for shape in shapes) for shapes in found]
    if not any(counts):
        return None
    best = int(np.argmax(counts))
    shapes = np.full(raw.rows, None, dtype=object)
    shapes[:] = found[best]
    how = f"“{headers[best]}”"
    task.findings.add("CAP-JOINED", n=counts[best], total=raw.rows, how=how)
    lost = [row for row in range(raw.rows) if shapes[row] is None]
    if lost:
        names = ", ".join(str(raw.cells[headers[best]][row]) for row in lost[:5])
        rows = rows_text([row + 1 for row in lost])
        task.findings.add("CAP-NOWHERE", n=len(lost), total=raw.rows, names=names, rows=rows)
    joined = [NOWHERE if shape is None else headers[best] for shape in shapes]
    cells = {**raw.cells, JOINED: joined}
    assert task.area is not None  # noqa: S101  # places came from it
    return replace(raw, cells=cells, shapes=shapes, faults=[""] * raw.rows, crs=task.area.declared)


def may_be_code(header: str) -> bool:
    """Tell whether a column may hold codes of stations, areas or postcodes."""
    found = parse_header(header)
    words = synonyms("grid")
    known = CODES.union(*(words.get(column, ()) for column in ("asset_id", "name")))
    known |= set(synonyms("districts").get("district_id", ()))
    return bool(found.full & known) or any(LOOKS_LIKE_ID.search(form) for form in found.full)


def _shapes(cells: Any, places: Places) -> list[Any]:  # noqa: ANN401
    codes = [as_text(cell) for cell in cells]
    return [places.postcode(code) if code else None for code in codes]


def _numbers(raw: Raw, header: str) -> Any:  # noqa: ANN401
    if header not in raw.cells:
        return None
    return read_numbers(raw.cells[header], hint=raw.decimal).values


def _cells(values: Any) -> list[float | None]:  # noqa: ANN401
    return [round(float(value), 6) if np.isfinite(value) else None for value in values]
