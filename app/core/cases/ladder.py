"""How the share of V2G-ready points grows, tender by tender."""

from app.core.cases.base import Answer, Case, Picture, Table, not_applicable, said
from app.core.cases.given import Given
from app.core.cases.inputs import Input
from app.core.errors import InputError
from app.core.tender.ladder import Wave, ladder


def solve(given: Given) -> Answer:
    """Add the waves: a bonus brings its uptake, a requirement brings all."""
    first, there = given.whole("existing"), given.whole("existing_ready")
    if there > first:
        raise InputError(f"--existing-ready: {there} is more than --existing {first}")
    waves = (
        Wave(1, given.whole("bonus_points"), "bonus", given.real("ready_share")),
        Wave(2, given.whole("required_points"), "required", 1.0),
    )
    rungs = ladder(first, there, waves)
    rows: list[tuple[str, int, float, float | None]] = [
        ("today", first, float(there), there / first if first else None),
        *((w.level, r.points, r.ready, r.share) for w, r in zip(waves, rungs, strict=True)),
    ]
    points, ready, share = rungs[-1].points, rungs[-1].ready, rungs[-1].share
    if share is None:
        return not_applicable("there are no points", ready=0.0, points=0, share=None)
    results = {
        "points": points,
        "ready": ready,
        "share": share,
        "mw": ready * given.real("kw") / 1000,
        "waves": [{"wave": n, "points": p, "ready": r, "share": s} for n, p, r, s in rows],
    }
    sentence = said(
        "{ready} of {points} public points are ready for V2G after both waves: {share} percent.",
        ready=ready, points=points, share=round(100 * share, 1),
    )  # fmt: skip
    bars = {
        "ready": [r for _, _, r, _ in rows],
        "not ready": [p - r for _, p, r, _ in rows],
    }
    picture = Picture("stacked", tuple(row[0] for row in rows), bars, "points")
    table = Table(("After", "Points", "Ready for V2G", "Share"), tuple(rows))
    return Answer(results, sentence, table, picture)


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
