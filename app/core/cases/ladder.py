"""How the share of V2G-ready points grows, tender by tender."""

from fractions import Fraction

from app.core.cases.base import Answer, Case, Picture, Table, not_applicable, said
from app.core.cases.given import Given
from app.core.cases.inputs import Input
from app.core.errors import InputError
from app.core.tender.ladder import LEVELS, Share, Wave, ladder


def solve(given: Given) -> Answer:
    """Add the waves: a bonus brings its uptake, a requirement brings all."""
    points, ready = given.whole("existing"), given.exact("existing_ready")
    if ready > points:
        raise InputError(f"--existing-ready: {int(ready)} is more than --existing {points}")
    uptake = given.exact("ready_share")
    waves = [Wave(k, given.whole(f"{n}_points"), n, uptake) for k, n in enumerate(LEVELS[1:])]
    rungs = ladder(points, ready, waves)
    rows = [("today", points, float(ready), float(ready / points) if points else None)]
    rows += [(LEVELS[1 + r.year], r.points, float(r.ready), _real(r.share)) for r in rungs]
    points, ready = rungs[-1].points, Fraction(rungs[-1].ready)
    if not points:
        return not_applicable("there are no points", ready=0.0, points=0, share=None)
    share = ready / points
    results = {
        "points": points,
        "ready": ready,
        "share": share,
        "mw": ready * given.exact("kw") / 1000,
        "waves": [{"wave": n, "points": p, "ready": r, "share": s} for n, p, r, s in rows],
    }
    sentence = said(
        "{ready} of {points} public points are ready for V2G after both waves: {share} percent.",
        ready=ready, points=points, share=round(100 * float(share), 1),
    )  # fmt: skip
    bars = {
        "ready": [r for _, _, r, _ in rows],
        "not ready": [p - r for _, p, r, _ in rows],
    }
    picture = Picture("stacked", tuple(row[0] for row in rows), bars, "points")
    table = Table(("After", "Points", "Ready for V2G", "Share"), tuple(rows))
    return Answer(results, sentence, table, picture)


def _real(share: Share | None) -> float | None:
    return None if share is None else float(share)


CASE = Case(
    key="ladder",
    title="The V2G ladder of tenders",
    question="What share of the public points is ready for V2G after the next tenders?",
    setting="public",
    city="Utrecht",
    inputs=(
        Input(
            "existing",
            "Public points today",
            "points",
            "4000",
            0,
            50_000,
            "scale_events",
            "A",
            "count",
        ),
        Input(
            "existing_ready",
            "Of them with V2G",
            "points",
            "700",
            0,
            50_000,
            "scale_events",
            "A",
            "count",
        ),
        Input(
            "bonus_points",
            "Wave in which V2G earns points",
            "points",
            "200",
            0,
            10_000,
            kind="count",
        ),
        Input("ready_share", "Uptake of the bonus", "", "0.40", 0.1, 0.8, kind="share"),
        Input(
            "required_points",
            "Wave in which V2G is required",
            "points",
            "300",
            0,
            10_000,
            kind="count",
        ),
        Input("kw", "Power of a point", "kW", "11", 3.7, 22),
    ),
    solve=solve,
    limits=(
        "Ready is not operating: cars, certificates and contracts come on top.",
        "How many bidders take a bonus is an assumption until a tender has shown it.",
    ),
    order=15,
)
