"""What the directive on buildings asks of a car park."""

from dataclasses import replace
from datetime import date
from fractions import Fraction
from types import MappingProxyType

from app.core.cases.base import Answer, Case, Picture, Table, not_applicable, said
from app.core.cases.given import Given
from app.core.cases.inputs import Input
from app.core.duties.epbd import Kind, owed

WARNING = "sources disagree; check national law"
SOURCE = "epbd_summaries"
FIFTH, TENTH, HALF, NONE, ALL = (Fraction(n) for n in ("1/5", "1/10", "1/2", "0", "1"))
RULES = MappingProxyType(  # the rows of data/tables/epbd.csv; a test holds both together
    {
        each.kind: each
        for each in (
            Kind("new_nonres", "", 5, FIFTH, HALF, NONE, "and", None, SOURCE, "B", ""),
            Kind("new_office", "", 5, HALF, HALF, NONE, "and", None, SOURCE, "B", ""),
            Kind(
                *("exist_nonres", "", 20, TENTH, NONE, HALF, "or"),
                *(date(2027, 1, 1), SOURCE, "B", ""),
            ),
            Kind("new_res", "", 3, NONE, HALF, ALL, "and", None, SOURCE, "B", ""),
            Kind(
                *("public_owned", "", 0, NONE, HALF, NONE, "and"),
                *(date(2033, 1, 1), SOURCE, "B", ""),
            ),
        )
    }
)


def solve(given: Given) -> Answer:
    """Apply the shares of the kind of building, or the planner's own, to the spaces."""
    spaces, kind = given.whole("spaces"), RULES[given.text("kind")]
    rule = replace(
        kind,
        above_spaces=int(_own(given, "threshold", Fraction(kind.above_spaces))),
        points_share=_own(given, "points_share", kind.points_share),
        precabled_share=_own(given, "precabled_share", kind.precabled_share),
    )
    asked = owed(rule, spaces)
    if not asked.applies:
        reason = f"{spaces} spaces; the rule begins above {rule.above_spaces}"
        return not_applicable(reason, points=0, precabled=0, ducts=0, warning=WARNING)
    points, cabled = asked.points, asked.precabled
    ducts, instead = (0, asked.ducts) if kind.joined == "or" else (asked.ducts, None)
    by = kind.by.isoformat() if kind.by else ""
    results = {
        "points": points,
        "precabled": cabled,
        "ducts": ducts,
        "ducts_instead": instead,
        "combine": given.text("combine"),
        "by": by or None,
        "warning": WARNING,
    }
    wanted = max(points, given.whole("existing")) if given.text("combine") == "and" else points
    missing = max(0, wanted - given.whole("existing"))
    results["missing"] = missing
    rows = (
        ("Points", points),
        ("Spaces with cables laid", cabled),
        ("Spaces with ducts", ducts),
        ("Ducts in place of points", instead),
        ("Points missing", missing),
    )
    sentence = said(
        "{spaces} spaces need {points} points {combine} {cabled} pre-cabled spaces; {missing} "
        "points are missing. Sources disagree: check national law.",
        spaces=spaces, points=points, combine=given.text("combine"), cabled=cabled, missing=missing,
    )  # fmt: skip
    bars = {"spaces": (points, cabled, ducts)}
    picture = Picture("bars", ("Points", "Pre-cabled", "Ducts"), bars, "spaces")
    status = "gap" if missing else "pass"
    return Answer(results, sentence, Table(("Asked for", "Number"), rows), picture, status)


def _own(given: Given, name: str, usual: Fraction) -> Fraction:
    mine = given.maybe(name)
    return usual if mine is None else mine


CASE = Case(
    key="epbd",
    title="Buildings directive (EPBD)",
    question="How many points and cables does a car park of a building need?",
    setting="business",
    inputs=(
        Input("spaces", "Parking spaces", "spaces", "40", 0, 2000, kind="count"),
        Input("kind", "Kind of building", "", "new_nonres", kind="choice", names=tuple(RULES)),
        Input("existing", "Points there today", "points", "0", 0, 500, kind="count"),
        Input(
            "combine",
            "Points and cables, or one of them",
            "",
            "and",
            kind="choice",
            names=("and", "or"),
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
