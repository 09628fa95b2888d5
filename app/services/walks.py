"""Remember walks over streets: demand and candidates stay while years and budgets move."""

from collections import OrderedDict
from hashlib import blake2b
from threading import Lock

from app.core.engine.arrays import Floats
from app.core.siting.network import Walks, find_walks
from app.core.siting.problem import Streets

MOST = 4  # networks by demand by candidates; one of a large city takes some 50 MB
_LOCK = Lock()
_KEPT: OrderedDict[bytes, Walks] = OrderedDict()


def walks(
    streets: Streets, demand_xy: Floats, site_xy: Floats, *, radius_m: float, detour: float
) -> Walks:
    """Find the walks, or find them again."""
    key = _digest(streets, demand_xy, site_xy, radius_m, detour)
    with _LOCK:
        if key in _KEPT:
            _KEPT.move_to_end(key)
            return _KEPT[key]
    found = find_walks(streets, demand_xy, site_xy, radius_m=radius_m, detour=detour)
    with _LOCK:
        _KEPT[key] = found
        while len(_KEPT) > MOST:
            _KEPT.popitem(last=False)
    return found


def _digest(
    streets: Streets, demand_xy: Floats, site_xy: Floats, radius_m: float, detour: float
) -> bytes:
    numbers = (streets.snap_m, streets.join_m, radius_m, detour, len(demand_xy), len(site_xy))
    name = blake2b(repr(numbers).encode(), digest_size=16)
    for each in (streets.start, streets.end, demand_xy, site_xy):
        name.update(each.astype(float).tobytes())
    return name.digest()
