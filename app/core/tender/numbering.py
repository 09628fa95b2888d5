"""Numbers of places that stay: a place keeps its number, and a number is never used again."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import shapely

from app.core.engine.arrays import Floats
from app.core.errors import InputError

SAME_PLACE_M = 10.0  # of TENDER.md: an old place nearer than this is the same one
NUMBER = re.compile(r"-(\d+)$")


@dataclass(frozen=True, slots=True, eq=False)
class Earlier:
    """The numbers of an earlier pack: of its places, where these are, and those retired.

    Attributes
    ----------
    ids, candidates : (place,)
        ``location_id`` and the plan's ``candidate_id``.
    xy : (place, 2)
        Where they are, in the project's metres [m].
    retired
        Numbers of places that left before.
    """

    ids: tuple[str, ...]
    candidates: tuple[str, ...]
    xy: Floats
    retired: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Numbers:
    """A number per place, in the order given, and every number that must not come back."""

    ids: tuple[str, ...]
    retired: tuple[str, ...]


def number(
    city: str, candidates: Sequence[str], xy: Floats, earlier: Earlier | None = None
) -> Numbers:
    """Give places numbers in their order; those of an earlier pack keep theirs.

    A place is the earlier one with the same ``candidate_id``, else the nearest within 10 m, each
    used once. New places take the next free number: higher than any ever given.

    Notes
    -----
    O(places x log places).
    """
    before = earlier or Earlier((), (), np.zeros((0, 2)))
    kept = _same(candidates, before)
    kept |= _near(xy, before, kept)
    used = {*before.ids, *before.retired}
    following = max((_count(each) for each in used), default=0) + 1
    ids = []
    for at in range(len(candidates)):
        if at in kept:
            ids.append(before.ids[kept[at]])
        else:
            ids.append(f"{city}-{following:04d}")
            following += 1
    return Numbers(tuple(ids), retired(ids, before))


def retired(ids: Sequence[str], before: Earlier) -> tuple[str, ...]:
    """Return the numbers no place has any more; refuses one that came back from retirement."""
    back = sorted({*ids} & {*before.retired})
    if back:
        raise InputError(f"{', '.join(back)}: retired in an earlier revision, use another number")
    return tuple(sorted({*before.ids, *before.retired} - {*ids}))


def _same(candidates: Sequence[str], before: Earlier) -> dict[int, int]:
    known = {name: at for at, name in enumerate(before.candidates)}
    return {at: known[name] for at, name in enumerate(candidates) if name in known}


def _near(xy: Floats, before: Earlier, kept: Mapping[int, int]) -> dict[int, int]:
    """Pair places that are left with earlier ones that are left: the nearest pair first."""
    new = np.setdiff1d(np.arange(len(xy)), list(kept))
    old = np.setdiff1d(np.arange(len(before.ids)), list(kept.values()))
    if not (new.size and old.size):
        return {}
    there = shapely.STRtree(shapely.points(before.xy[old]))
    here = shapely.points(xy[new])
    mine, theirs = there.query(here, predicate="dwithin", distance=SAME_PLACE_M)
    gap = np.hypot(*(xy[new[mine]] - before.xy[old[theirs]]).T)
    found: dict[int, int] = {}
    for pair in np.lexsort((old[theirs], new[mine], gap)):
        at, was = int(new[mine[pair]]), int(old[theirs[pair]])
        if at not in found and was not in found.values():
            found[at] = was
    return found


def _count(name: str) -> int:
    found = NUMBER.search(name)
    return int(found[1]) if found else 0
