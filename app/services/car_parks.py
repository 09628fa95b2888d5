"""Use-case: hold every parking facility against the directive on buildings and a city's share."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import cache

import pandas as pd

from app.core.duties.base import Check, Result
from app.core.duties.epbd import Kind, owed, parse_epbd
from app.core.duties.epbd import result as epbd_result
from app.core.duties.share_rule import FORMULA, Share, parking_share
from app.core.project import Project
from app.paths import DATA
from app.services.parameters import load_parameters, load_sources

EXISTING, FACILITIES = "exist_nonres", ("garage", "lot")


@cache
def epbd_table() -> Mapping[str, Kind]:
    """Read what the table asks of each kind of building."""
    return parse_epbd((DATA / "tables" / "epbd.csv").read_text("utf-8"))


def car_parks(project: Project) -> Iterable[Check]:
    """Check each garage and lot, and the city as their sum; what nobody counted is unknown."""
    layer = project.layers.get("parking")
    frame = pd.DataFrame() if layer is None else layer.frame
    if frame.empty:
        yield _epbd_check("city", "unknown", None, "no parking map")
        yield _share_check("city", "unknown", None, "no parking map")
        return
    shares = []
    for name, spaces, points in _named(frame[frame["kind"].isin(FACILITIES)]):
        if pd.isna(spaces) or pd.isna(points):
            words = "spaces unknown" if pd.isna(spaces) else "points unknown"
            yield _epbd_check(name, "unknown", None, words)
            yield _share_check(name, "unknown", None, words)
            continue
        yield _building(name, int(spaces), int(points))
        share = parking_share(int(spaces), int(points), _share())
        shares.append(share)
        sides = (share.required, share.existing) if share.required else None
        yield _share_check(name, share.result, sides, f"{spaces:g} spaces")
    yield _whole(shares, len(frame[frame["kind"].isin(FACILITIES)]))


def _building(name: str, spaces: int, points: int) -> Check:
    """Take a facility as an existing building; too few points may be made up for by ducts."""
    kind = epbd_table()[EXISTING]
    asked = owed(kind, spaces)
    found = epbd_result(asked, points=points)
    sides = (asked.points, points) if asked.applies else None
    words = f"{spaces} spaces, taken as: {kind.title}"
    if found == "gap":
        return _epbd_check(name, "unknown", sides, f"{words}; ducts instead were not counted")
    return _epbd_check(name, found, sides, words)


def _whole(shares: list[Share], facilities: int) -> Check:
    """Add up what the facilities lack: one that has more does not help another."""
    required, missing = sum(s.required for s in shares), sum(s.missing for s in shares)
    result: Result = "not_applicable" if not required else "gap" if missing else "pass"
    if len(shares) < facilities and not missing:
        result = "unknown"
    words = f"{len(shares)} of {facilities} facilities known; the gap is the sum of theirs"
    sides = (required, sum(s.existing for s in shares)) if required else None
    found = _share_check("city", result, sides, words)
    return replace(found, gap=float(missing)) if required else found


def _named(facilities: pd.DataFrame) -> Iterable[tuple[str, float, float]]:
    blank = pd.Series(float("nan"), index=facilities.index, dtype=object)
    names = facilities.get("name", blank).fillna(facilities["parking_id"])
    points = pd.to_numeric(facilities.get("ev_spaces", blank), errors="coerce")
    yield from zip(names.astype(str), facilities["spaces"], points, strict=True)


def _epbd_check(scope: str, result: Result, sides: tuple[int, int] | None, inputs: str) -> Check:
    source = source_of("epbd_summaries")
    warning = "Sources disagree; check national law. The kind of building is not known."
    rule = "one point per ten spaces above 20, or ducts for half"
    return _points("epbd", scope, result, sides, rule, inputs, source, warning)


def _share_check(scope: str, result: Result, sides: tuple[int, int] | None, inputs: str) -> Check:
    source = source_of("helsinki_share")
    warning = "The rule of another city, as a yardstick."
    rule = f"{_share():g} of the spaces, rounded up: {FORMULA}"
    return _points("parking_share", scope, result, sides, rule, inputs, source, warning)


def _points(  # noqa: PLR0913, PLR0917  # the fields of a row
    name: str,
    scope: str,
    result: Result,
    sides: tuple[int, int] | None,
    rule: str,
    inputs: str,
    source: tuple[str, str],
    warning: str,
) -> Check:
    required, found = (None, None) if sides is None else (float(sides[0]), float(sides[1]))
    gap = None if required is None or found is None else max(0.0, required - found)
    return Check(
        name, scope, result, required, found, gap, "points", rule, inputs, *source, warning
    )


def _share() -> float:
    return load_parameters()["parking_share_required"].value


def source_of(key: str) -> tuple[str, str]:
    """Name a source and its letter."""
    found = load_sources()[key]
    return found["title"], found["confidence"]
