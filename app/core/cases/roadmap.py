"""Which rung of V2G adoption a city may step on, by what it has measured."""

from fractions import Fraction

from app.core.cases.base import Answer, Case, Picture, Table, said
from app.core.cases.given import Given
from app.core.cases.inputs import Input

RUNGS = (  # rung, who must agree, (indicator, threshold, at least or at most)
    ("smart charging", "customers and operators", (("smart_share", "smart_wanted", ">="),)),
    ("pauses", "operators and car makers", (("pause_share", "pause_wanted", ">="),)),
    ("bonus", "authority and bidders", (("makers", "makers_wanted", ">="),)),
    ("ready", "authority, operators, standards", (("ready_share", "ready_wanted", ">="),)),
    (
        "operating with proof",
        "grid operator, car makers, users",
        (("operating_share", "operating_wanted", ">="), ("open_questions", "open_allowed", "<=")),
    ),
    ("market income", "regulator, market parties", (("eur_point_year", "eur_wanted", ">="),)),
)
AGREE = {rung: who for rung, who, _ in RUNGS}


def solve(given: Given) -> Answer:
    """Open the gates from below: a gate opens when its figures hold and the one before is open."""
    open_so_far, rungs = True, list[dict[str, object]]()
    for name, who, gates in RUNGS:
        said_of = [_holds(given, *gate) for gate in gates]
        known = all(each is not None for each in said_of)
        here = open_so_far and known and all(said_of)
        state = "open" if here else "unknown" if open_so_far and not known else "closed"
        open_so_far = here
        rungs.append(
            {"rung": name, "state": state, "who": who, "indicators": [g[0] for g in gates]}
        )
    reached = [rung["rung"] for rung in rungs if rung["state"] == "open"]
    results = {"rungs": rungs, "reached": len(reached), "next": _next(rungs)}
    sentence = said(
        "{n} of {all} gates are open; next comes {step}, where {who} must agree.",
        n=len(reached), all=len(RUNGS),
        step=results["next"] or "nothing", who=AGREE.get(str(results["next"]), "nobody"),
    )  # fmt: skip
    rows = tuple(
        (str(rung["rung"]), str(rung["state"]), _told(given, gates), who)
        for rung, (_, who, gates) in zip(rungs, RUNGS, strict=True)
    )
    table = Table(("Rung", "Gate", "Measured and wanted", "Who must agree"), rows)
    picture = Picture("bars", *_reached(given), "share of what is wanted", limit=("Wanted", 1.0))
    return Answer(results, sentence, table, picture)


def _holds(given: Given, measured: str, wanted: str, way: str) -> bool | None:
    value: Fraction | None = given.maybe(measured)
    if value is None:
        return None
    return value >= given.exact(wanted) if way == ">=" else value <= given.exact(wanted)


def _told(given: Given, gates: tuple[tuple[str, str, str], ...]) -> str:
    parts = []
    for measured, wanted, way in gates:
        value = given.maybe(measured)
        shown = "unknown" if value is None else f"{float(value):g}"
        sign = "at least" if way == ">=" else "at most"
        parts.append(f"{shown}, {sign} {float(given.exact(wanted)):g}")
    return "; ".join(parts)


def _reached(given: Given) -> tuple[tuple[str, ...], dict[str, list[float]]]:
    """Say how far each measured figure is, at most all the way; one nobody measured has no bar."""
    found = {}
    for name, _, gates in RUNGS:
        measured, wanted, _way = gates[0]
        value, most = given.maybe(measured), given.exact(wanted)
        if value is not None:
            found[name] = min(1.0, float(value / most)) if most else 1.0
    return tuple(found) or ("nothing measured",), {"reached": list(found.values()) or [0.0]}


def _next(rungs: list[dict[str, object]]) -> str | None:
    return next((str(rung["rung"]) for rung in rungs if rung["state"] != "open"), None)


CASE = Case(
    key="roadmap",
    title="The roadmap of V2G",
    question="Which step of V2G adoption is open, and who must agree to the next?",
    setting="public",
    inputs=(
        Input("smart_share", "Points with smart charging", "", "0.9", 0, 1, kind="share"),
        Input("smart_wanted", "Wanted: smart charging", "", "0.8", 0.5, 1, kind="share"),
        Input("pause_share", "Cars that resume after a pause", "", None, 0, 1, kind="share"),
        Input("pause_wanted", "Wanted: cars that resume", "", "0.9", 0.5, 1, kind="share"),
        Input(
            "makers", "Makers that deliver V2G points today", "makers", None, 0, 20, kind="count"
        ),
        Input("makers_wanted", "Wanted: makers", "makers", "3", 1, 10, kind="count"),
        Input(
            "ready_share", "Points ready for V2G", "", "0.175", 0, 1, "scale_events", "A", "share"
        ),
        Input("ready_wanted", "Wanted: ready points", "", "0.25", 0, 1, kind="share"),
        Input(
            "operating_share",
            "Points that fed back in the last quarter",
            "",
            None,
            0,
            1,
            kind="share",
        ),
        Input("operating_wanted", "Wanted: operating points", "", "0.1", 0, 1, kind="share"),
        Input(
            "open_questions",
            "Open questions of national law",
            "questions",
            None,
            0,
            20,
            kind="count",
        ),
        Input("open_allowed", "Allowed: open questions", "questions", "0", 0, 5, kind="count"),
        Input("eur_point_year", "Income of a point", "EUR a year", None, 0, 1000),
        Input("eur_wanted", "Wanted: income", "EUR a year", "82", 0, 1000),
    ),
    solve=solve,
    limits=(
        "A figure nobody measured keeps its gate shut: unknown is not yes.",
        "The thresholds are proposals of ours; a city sets its own.",
    ),
    order=16,
)
