"""Use-case: read a person's own limits, of transformers and of what feeds them."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from app.core.engine.arrays import Floats
from app.core.engine.parents import Parents
from app.core.schema import Column
from app.services.own_series import IDS, MUCH_KW, Notices
from app.sources.own_notices import Refusals
from app.sources.own_open import Source
from app.sources.own_tables import read_own_table

LIMIT_COLUMNS = (
    Column("transformer_id", "transformer, feeder or substation", "id", required=True),
    Column("limit_kw", "what it can carry", "number", "kW", low=0, high=MUCH_KW),
    Column("export_limit_kw", "what it can take back", "number", "kW", low=0, high=MUCH_KW),
    Column("parent_id", "what feeds it", "id"),
    Column("level", "what it is: transformer, feeder, substation", "text"),
)


@dataclass(frozen=True, slots=True, eq=False)
class OwnLimits:
    """What each transformer can carry and take back [kW], NaN where unknown, and what is above."""

    limit_kw: Floats
    export_kw: Floats
    parents: Parents | None = None


def read_limits(source: Source | None, transformers: IDS, notices: Notices) -> OwnLimits:
    """Read the limits; a row that feeds others and has no sessions is a feeder or substation."""
    unknown = np.full(transformers.size, np.nan)
    if source is None:
        return OwnLimits(unknown, unknown.copy())
    codes = {"transformer_id": "unknown_transformer"}
    table = notices.table(read_own_table(source, LIMIT_COLUMNS, codes=codes))
    frame, refusals = table.frame, Refusals(source.name)
    if "limit_kw" not in frame:
        refusals.say("column limit_kw (what it can carry) is missing", "column_missing", "limit_kw")
        refusals.finish()
    twice = frame["transformer_id"].duplicated().to_numpy()
    shown = table.cells["transformer_id"]
    refusals.add(twice, "transformer_id", shown, "each transformer once", "duplicate_transformer")
    refusals.finish()
    parents = _parents(frame, transformers)
    known = set(transformers) | set(parents.names if parents is not None else ())
    strange = np.flatnonzero(~frame["transformer_id"].isin(known).to_numpy())
    said = "limits of transformers without sessions and base load were not used"
    notices.add("limit_unused", said, strange.size, strange)
    by_id = frame.set_index("transformer_id").reindex(transformers)
    limit_kw = by_id["limit_kw"].to_numpy(np.float64)
    export_kw = limit_kw
    if "export_limit_kw" in by_id:
        export_kw = by_id["export_limit_kw"].fillna(by_id["limit_kw"]).to_numpy(np.float64)
    without = int(np.isnan(limit_kw).sum())
    notices.add("limit_unknown", "transformers without a limit: headroom is not shown", without)
    return OwnLimits(limit_kw.copy(), export_kw.copy(), parents)


def _parents(frame: pd.DataFrame, transformers: npt.NDArray[np.object_]) -> Parents | None:
    """Build the forest above the transformers."""
    if "parent_id" not in frame:
        return None
    named = frame["parent_id"].notna() & (frame["parent_id"] != "")
    fed = frame[named]
    parent_of = dict(zip(fed["transformer_id"], fed["parent_id"], strict=True))
    limits = dict(zip(frame["transformer_id"], frame["limit_kw"], strict=True))
    return Parents.of([str(each) for each in transformers], parent_of, limits)
