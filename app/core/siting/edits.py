"""Changes by hand: make one, take one back, list them all."""

import pandas as pd

from app.core.by_hand import Added, Moved
from app.core.errors import InputError
from app.core.scenario import Scenario
from app.core.siting.plan import Plan

ADDED, MOVED, LOCKED, EXCLUDED = "added", "moved", "locked", "excluded"
FIELDS = (ADDED, MOVED, LOCKED, EXCLUDED, "reasons")
COLUMNS = ("change", "candidate_id", "name", "points", "x", "y", "reason")


def add(scenario: Scenario, place: Added, reason: str, *, lock: bool = True) -> Scenario:
    """Add a place, with the reason that is asked for; ``lock`` puts it into the plan for sure."""
    _needs(reason, f"{place.name} is added")
    if place.key in {each.key for each in scenario.added}:
        raise InputError(f"{place.name}: a place was added there already ({place.key})")
    after = scenario.but(added=(*scenario.added, place))
    return _said(fix(after, LOCKED, place.key) if lock else after, place.key, reason)


def move(scenario: Scenario, spot: Moved, reason: str) -> Scenario:
    """Move a place, with the reason that is asked for; it keeps its id."""
    _needs(reason, f"{spot.id} is moved")
    rest = tuple(each for each in scenario.moved if each.id != spot.id)
    return _said(scenario.but(moved=(*rest, spot)), spot.id, reason)


def fix(scenario: Scenario, lever: str, key: str, reason: str = "") -> Scenario:
    """Lock or exclude a place; whoever does one takes the other back."""
    other = EXCLUDED if lever == LOCKED else LOCKED
    kept = tuple(each for each in getattr(scenario, lever) if each != key)
    rest = tuple(each for each in getattr(scenario, other) if each != key)
    return _said(scenario.but(**{lever: (*kept, key), other: rest}), key, reason)


def give_reason(scenario: Scenario, key: str, reason: str) -> Scenario:
    """Say why a place was changed by hand; an empty reason takes the old one away."""
    rest = tuple(each for each in scenario.reasons if each[0] != key)
    return _said(scenario.but(reasons=rest), key, reason)


def take_back(scenario: Scenario, change: str, key: str) -> Scenario:
    """Undo one change by hand; a place that was added takes what was done to it along."""
    if change == ADDED:
        scenario = scenario.but(added=tuple(e for e in scenario.added if e.key != key))
    if change in {ADDED, MOVED}:
        scenario = scenario.but(moved=tuple(each for each in scenario.moved if each.id != key))
    for lever in (LOCKED, EXCLUDED):
        if change in {ADDED, lever}:
            kept = tuple(each for each in getattr(scenario, lever) if each != key)
            scenario = scenario.but(**{lever: kept})
    if key in touched(scenario):
        return scenario
    return scenario.but(reasons=tuple(each for each in scenario.reasons if each[0] != key))


def touched(scenario: Scenario) -> set[str]:
    """Name every place that somebody changed by hand."""
    added = {each.key for each in scenario.added}
    return added | {each.id for each in scenario.moved} | {*scenario.locked, *scenario.excluded}


def changes(scenario: Scenario, places: pd.DataFrame | None = None) -> pd.DataFrame:
    """List what was done by hand, with its reason.

    Parameters
    ----------
    places
        Candidates, for the names and spots of what was locked or excluded; without them, or
        where the maps changed, those stay unknown.

    Returns
    -------
    ``change`` (added, moved, locked, excluded), ``candidate_id, name, points, x, y, reason``.
    """
    known = {} if places is None else _facts(places)
    reasons = dict(scenario.reasons)
    own = {each.key: each for each in scenario.added}
    nothing = ("", float("nan"), float("nan"))
    rows: list[tuple[str, str, str, float, float, float]] = [
        (ADDED, each.key, each.name, each.points, each.x, each.y) for each in scenario.added
    ]
    for spot in scenario.moved:
        name = own[spot.id].name if spot.id in own else known.get(spot.id, nothing)[0]
        rows.append((MOVED, spot.id, name, float("nan"), spot.x, spot.y))
    for lever in (LOCKED, EXCLUDED):
        for key in getattr(scenario, lever):
            name, x, y = known.get(key, nothing)
            rows.append((lever, key, name, float("nan"), x, y))
    frame = pd.DataFrame(rows, columns=list(COLUMNS[:-1]))
    frame["reason"] = [reasons.get(key, "") for key in frame["candidate_id"]]
    return frame.astype({"points": float, "x": float, "y": float})


def of_plan(scenario: Scenario, plan: Plan) -> pd.DataFrame:
    """List what was done by hand, with the names and spots that a plan's places have."""
    columns = ["candidate_id", "name", "x", "y"]
    every = (plan.sites, plan.existing, plan.rejected)
    parts = [pd.DataFrame(each)[columns] for each in every if len(each)]
    if not parts:
        return changes(scenario)
    return changes(scenario, pd.concat(parts, ignore_index=True).assign(merged_from=""))


def marks(scenario: Scenario, ids: pd.Series) -> tuple[list[str], list[str]]:
    """Say of each place what was done to it by hand, and why."""
    done: dict[str, list[str]] = {}
    for change, key in changes(scenario)[["change", "candidate_id"]].to_numpy():
        done.setdefault(str(key), []).append(str(change))
    reasons = dict(scenario.reasons)
    shown = [str(key) for key in ids]
    return (
        [", ".join(done.get(key, [])) for key in shown],
        [reasons.get(key, "") if key in done else "" for key in shown],
    )


def _facts(places: pd.DataFrame) -> dict[str, tuple[str, float, float]]:
    """Look places up by their name, and by those of candidates they took in."""
    found: dict[str, tuple[str, float, float]] = {}
    columns = zip(
        places["candidate_id"],
        places["merged_from"],
        places["name"],
        places["x"].to_numpy(float).tolist(),
        places["y"].to_numpy(float).tolist(),
        strict=True,
    )
    for key, guests, name, x, y in columns:
        for each in filter(None, str(guests).split(";")):
            found.setdefault(each, (str(name), x, y))
        found[str(key)] = (str(name), x, y)
    return found


def _needs(reason: str, what: str) -> None:
    if not reason.strip():
        raise InputError(f"{what} by hand: say why, it will be asked")


def _said(scenario: Scenario, key: str, reason: str) -> Scenario:
    if not reason.strip():
        return scenario
    rest = tuple(each for each in scenario.reasons if each[0] != key)
    return scenario.but(reasons=(*rest, (key, " ".join(reason.split()))))
