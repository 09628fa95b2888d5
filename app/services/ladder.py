"""Use-case: how many points can feed back after this tender, and what the engine may assume."""

from collections.abc import Iterable

from app.core.project import Project
from app.core.tender.draft import TenderDraft
from app.core.tender.ladder import LEVEL_OF_PHASE, Rung, Wave, ladder
from app.services.parameters import load_parameters


def existing_points(project: Project) -> int:
    """Count the charge points that stand in the city today."""
    layer = project.layers.get("chargers")
    return 0 if layer is None else int(layer.frame["points"].fillna(1).sum())


def ready_points(project: Project) -> int | None:
    """Count those of today that can feed back; None where the map does not tell."""
    layer = project.layers.get("chargers")
    if layer is None or "v2g" not in layer.frame or layer.frame["v2g"].isna().all():
        return None
    points = layer.frame["points"].fillna(1)
    return int(points[layer.frame["v2g"].fillna(value=False).astype(bool)].sum())


def this_wave(draft: TenderDraft) -> Wave:
    """Take the tender itself as a wave: its V2G phase says whether feeding back is asked for."""
    level = LEVEL_OF_PHASE[draft.selection.phase]
    return Wave(draft.scenario.year, draft.points, level, bonus_uptake())


def bonus_uptake() -> float:
    """Read how many points take a bonus for feeding back."""
    return load_parameters()["v2g_bonus_uptake"].value


def rungs(
    draft: TenderDraft, existing_ready: float = 0, others: Iterable[Wave] = ()
) -> tuple[Rung, ...]:
    """Add this tender, and others beside it, to what stands today."""
    return ladder(existing_points(draft.project), existing_ready, [*others, this_wave(draft)])


def above_ceiling(draft: TenderDraft, steps: tuple[Rung, ...]) -> bool:
    """Whether the simulation assumes more points that feed back than the clauses bring."""
    share = steps[-1].share if steps else None
    return share is not None and draft.scenario.v2g_share > share + 1e-9
