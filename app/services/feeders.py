"""Use-case: the feeders and substations of a city's capacity map, above the engine's rows."""

import numpy as np

from app.core.assets import LEVELS, numbers, placed, texts
from app.core.engine.parents import Parents
from app.core.places import EngineRows
from app.core.project import Project

BINDING = LEVELS[1:3]  # feeder, substation: an area is reported, and binds nobody


def feeders(project: Project, rows: EngineRows) -> Parents | None:
    """Find what binds above the transformers, where ``parent_id`` names it; None without any.

    The limit is ``capacity_kw``, else today's peak and the room above it; unknown stays unknown.
    """
    if "grid" not in project.layers:
        return None
    grid = placed(project.layers["grid"].map)
    binds = np.isin(texts(grid, "level"), BINDING)
    ids = texts(grid, "asset_id")
    named = set(ids[binds]) - set(rows.asset_id)
    told = dict(zip(ids, texts(grid, "parent_id"), strict=True))
    told |= dict(zip(rows.asset_id, rows.parent_id, strict=True))
    parent_of = {
        child: parent for child, parent in told.items() if parent in named and child != parent
    }
    headroom = numbers(grid, "peak_load_kw") + numbers(grid, "headroom_kw")
    capacity = numbers(grid, "capacity_kw")
    limits = np.where(np.isnan(capacity), headroom, capacity)
    return Parents.of(
        [str(each) for each in rows.asset_id],
        parent_of,
        {str(each): float(kw) for each, kw in zip(ids[binds], limits[binds], strict=True)},
    )
