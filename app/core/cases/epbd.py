"""What the directive on buildings asks of a car park."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from fractions import Fraction
from types import MappingProxyType
from typing import cast

from app.core.cases.base import Answer, Case, Picture, Table, not_applicable, said
from app.core.cases.given import Given
from app.core.cases.inputs import Input
from app.core.duties.epbd import WARNING, Joined, Kind, owed, result

LAW = WARNING[:1].lower() + WARNING[1:].rstrip(".")
FIFTH, TENTH, HALF, NONE, ALL = (Fraction(n) for n in ("1/5", "1/10", "1/2", "0", "1"))
Shares = tuple[Fraction, Fraction, Fraction]  # with points, with cables, with ducts


def _kind(name: str, above: int, shares: Shares, joined: Joined = "and", by: str = "") -> Kind:
    day = date.fromisoformat(by) if by else None
    return Kind(name, "", above, *shares, joined, day, "epbd_summaries", "B", "")


KINDS: Mapping[str, Kind] = MappingProxyType(
    {
        each.kind: each  # above so many spaces
        for each in (
            _kind("new_nonres", 5, (FIFTH, HALF, NONE)),
            _kind("new_office", 5, (HALF, HALF, NONE)),
            _kind("exist_nonres", 20, (TENTH, NONE, HALF), joined="or", by="2027-01-01"),
            _kind("new_res", 3, (NONE, HALF, ALL)),
            _kind("public_owned", 0, (NONE, HALF, NONE), by="2033-01-01"),
        )
    }
)


def solve(given: Given) -> Answer:
    """Apply the shares of the kind of building, or the planner's own, to the spaces."""
    kind = _own(given, KINDS[given.text("kind")])
    found = owed(kind, given.exact("spaces"))
    if not found.applies:
        reason = f"{found.spaces} spaces; the rule begins above {kind.above_spaces}"
        return not_applicable(reason, points=0, precabled=0, ducts=0, warning=LAW)
    there = {name: given.whole(name) for name in ("points", "precabled", "ducts")}
    missing = max(0, found.points - there["points"])
    results = {
        "points": found.points,
        "precabled": found.precabled,
        "ducts": found.ducts,
        "combine": kind.joined,
        "by": kind.by.isoformat() if kind.by else None,
        "missing": missing,
        "warning": LAW,
    }
    asked = (("Points", "points"), ("Spaces with cables laid", "precabled"), ("Ducts", "ducts"))
    rows = tuple((title, getattr(found, name), there[name]) for title, name in asked)
    sentence = said(
        "{spaces} spaces need {points} points, {combine} {cabled} with cables laid and {ducts} "
        "with ducts; {missing} points are missing. Sources disagree: check national law.",
        spaces=found.spaces, points=found.points, combine=kind.joined, cabled=found.precabled,
        ducts=found.ducts, missing=missing,
    )  # fmt: skip
    bars = {"spaces": (found.points, found.precabled, found.ducts)}
    picture = Picture("bars", ("Points", "Pre-cabled", "Ducts"), bars, "spaces")
    table = Table(("Asked for", "Number", "There today"), rows)
    return Answer(results, sentence, table, picture, result(found, **there))


def _own(given: Given, kind: Kind) -> Kind:
    """Put a planner's own threshold and shares over those of the summaries."""
    above, points, cabled = (
        given.maybe(name) for name in ("threshold", "points_share", "precabled_share")
    )
    joined = given.text("combine")
    return replace(
        kind,
        above_spaces=kind.above_spaces if above is None else int(above),
        points_share=kind.points_share if points is None else points,
        precabled_share=kind.precabled_share if cabled is None else cabled,
        joined=kind.joined if joined == "table" else cast("Joined", joined),
    )


CASE = Case(
    key="epbd",
    title="Buildings directive (EPBD)",
    question="How many points and cables does a car park of a building need?",
    setting="business",
    inputs=(
        Input("spaces", "Parking spaces", "spaces", "40", 0, 2000, kind="count"),
        Input("kind", "Kind of building", "", "new_nonres", kind="choice", names=tuple(KINDS)),
        Input("points", "Points there today", "points", "0", 0, 500, kind="count"),
        Input("precabled", "Spaces with cables there", "spaces", "0", 0, 2000, kind="count"),
        Input("ducts", "Spaces with ducts there", "spaces", "0", 0, 2000, kind="count"),
        Input(
            "combine",
            "Points and cables, or one of them",
            "",
            "table",
            kind="choice",
            names=("table", "and", "or"),
            help="table: as the summaries of the directive say it for this kind",
        ),
        Input("threshold", "Own: more spaces than", "spaces", None, 0, 50, kind="count"),
        Input("points_share", "Own share with points", "", None, 0, 1, kind="share"),
        Input("precabled_share", "Own share with cables", "", None, 0, 1, kind="share"),
    ),
    solve=solve,
    limits=(
        "Two summaries of the directive disagree: check national law.",
        "Bicycle spaces and exemptions for the cost of works are left out.",
    ),
    order=205,
)
