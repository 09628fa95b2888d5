"""How sure a row is, what a missing column defaults to, and what others can tell of it."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import shapely

from app.core.layer import STATUSES
from app.core.schema import Column, Kind
from app.sources.plausible import plausible
from app.sources.problems import Fields, Findings

# One column of each group must be known for a row to be of use.
NEEDS: dict[str, tuple[str, ...]] = {
    "districts": ("cars", "households", "dwellings", "population"),
    "grid": ("headroom_kw", "capacity_kw"),
    "parking": ("spaces",),
    "chargers": ("points",),
    "sessions": ("energy_kwh",),
    "load": ("load_kw",),
    "prices": ("eur_per_mwh",),
}
CAPACITY = ("headroom_kw", "capacity_kw", "constraint")
LINES = (1, 5)
AREAS = (3, 6)


@dataclass(slots=True, eq=False)
class Draft:
    """A table on its way to a layer: values, shapes, and which cells nobody measured."""

    kind: Kind
    frame: pd.DataFrame
    shapes: Any
    findings: Findings
    filled: dict[str, Any]
    estimated: Any

    def fill(self, column: Column | None, values: Any, shown: str) -> bool:  # noqa: ANN401
        """Put a default where a column has no value; returns whether there was such a row."""
        if column is None:
            return False
        new = column.name not in self.frame
        if new:
            self.frame[column.name] = values
            self.filled[column.name] = np.ones(len(self.frame), bool)
        else:
            empty = self.frame[column.name].isna()
            if not empty.any():
                return False
            filler = pd.Series(values, index=self.frame.index)
            self.frame[column.name] = self.frame[column.name].where(~empty, filler)
            self.filled[column.name] = empty.to_numpy()
        fields: Fields = {"meaning": column.meaning, "value": shown}
        self.findings.add("COL-DEFAULT", column=column.name, **fields)
        return True


def compute(draft: Draft) -> None:
    """Work out what other columns tell: the room left is capacity less peak."""
    frame = draft.frame
    if draft.kind.key != "grid" or not {"capacity_kw", "peak_load_kw"} <= set(frame):
        return
    room = (frame["capacity_kw"] - frame["peak_load_kw"]).round(6)
    own = frame["headroom_kw"] if "headroom_kw" in frame else pd.Series(np.nan, frame.index)
    gained = (own.isna() & room.notna()).to_numpy()
    if gained.any():
        frame["headroom_kw"] = own.where(~gained, room)
        draft.estimated |= gained
        how = "capacity less peak load"
        draft.findings.add("COL-COMPUTED", column="headroom_kw", how=how, n=int(gained.sum()))


def fill_defaults(draft: Draft) -> None:
    """Fill what may be missing, each default said once."""
    kind = draft.kind
    if "name" in {column.name for column in kind.columns if column.required} and kind.id:
        draft.fill(kind.column("name"), draft.frame[kind.id], "the id")
    if kind.key == "grid":
        level = _level(draft)
        shown = ", ".join(sorted(set(level)))
        draft.fill(kind.column("level"), level, shown)
    if kind.key == "parking":
        types = shapely.get_type_id(draft.shapes)
        values = np.where(np.isin(types, LINES), "on_street", "lot").astype(object)
        draft.fill(kind.column("kind"), values, ", ".join(sorted(set(values))))
    if kind.key == "chargers":
        draft.fill(kind.column("points"), np.ones(len(draft.frame)), "1")


def row_status(draft: Draft, own: "pd.Series[Any] | None") -> "pd.Series[Any]":
    """Say per row how sure it is; the weakest of what we found and what the file says itself."""
    frame, kind = draft.frame, draft.kind.key
    rank = np.zeros(len(frame), dtype=int)
    rank[draft.estimated] = STATUSES.index("estimated")
    wanted = NEEDS.get(kind, ())
    if wanted:
        present = [name for name in wanted if name in frame]
        known = np.zeros(len(frame), bool)
        for name in present:
            known |= frame[name].notna().to_numpy()
        for name in present:
            given = draft.filled.get(name)
            if given is not None:
                rank[given] = STATUSES.index("default")
        rank[~known] = STATUSES.index("unknown")
    if own is not None:
        said = own.map({status: at for at, status in enumerate(STATUSES)}).fillna(0)
        rank = np.maximum(rank, said.to_numpy(int))
    return pd.Series(np.array(STATUSES, dtype=object)[rank], index=frame.index, dtype="str")


def _level(draft: Draft) -> Any:  # noqa: ANN401
    """Tell areas from stations by shape, stations from transformers by size."""
    sizes = [draft.frame[n] for n in ("capacity_kw", "headroom_kw") if n in draft.frame]
    middle = max((float(size.abs().median()) for size in sizes if size.notna().any()), default=0.0)
    station = "substation" if middle >= plausible()["substation_from_kw"] else "transformer"
    areas = np.isin(shapely.get_type_id(draft.shapes), AREAS)
    return np.where(areas, "area", station).astype(object)
