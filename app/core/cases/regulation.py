"""Which uses of a parked battery the law of a country lets a city plan with."""

from app.core.cases.base import Answer, Case, Picture, Table, said
from app.core.cases.given import Given
from app.core.cases.inputs import Input

YES, NO, UNKNOWN = "yes", "no", "unknown"
SAYS = (YES, NO, UNKNOWN)
REFUSES = {"double_charging": YES}  # the others refuse where they say no
USES = (  # use, the switches it needs (all yes), the page or case that shows it
    ("V2G in the public grid", ("allow_v2g_grid",), "strategies v2g and v2g_flatten"),
    ("V2G without paying tax twice", ("allow_v2g_grid", "double_charging"), "case flex"),
    ("A building fed from cars", ("allow_v2b",), "case building"),
    ("An island when the grid fails", ("allow_v2b", "allow_island"), "case relief"),
)
TITLES = {
    "allow_v2g_grid": "feeding the public grid from cars",
    "allow_v2b": "feeding a building from cars",
    "allow_island": "running a building apart from the grid",
    "double_charging": "levies paid twice on energy that comes back",
}


def solve(given: Given) -> Answer:
    """Open a use only where every switch it needs says yes; what nobody looked up stays open."""
    found = []
    for use, switches, shown in USES:
        said_of = {switch: given.text(switch) for switch in switches}
        refused = [TITLES[s] for s, word in said_of.items() if word == REFUSES.get(s, NO)]
        open_ = [TITLES[s] for s, word in said_of.items() if word == UNKNOWN]
        state = "forbidden" if refused else UNKNOWN if open_ else "allowed"
        why = (
            f"no {', no '.join(refused)}"
            if refused
            else f"ask: {', '.join(open_)}"
            if open_
            else ""
        )
        found.append({"use": use, "state": state, "reason": why, "shown_in": shown})
    allowed = sum(each["state"] == "allowed" for each in found)
    questions = [TITLES[s] for s in TITLES if given.text(s) == UNKNOWN]
    results = {
        "uses": found,
        "allowed": allowed,
        "open_questions": questions,
        "unassigned": bool(questions) and not (given.text("owner") and given.text("by_date")),
        "source_of_law": given.text("law") or None,
        "as_of": given.text("as_of") or None,
    }
    sentence = said(
        "{n} of {all} uses are allowed; {open} questions of national law are open.",
        n=allowed, all=len(USES), open=len(questions),
    )  # fmt: skip
    rows = tuple((e["use"], e["state"], e["reason"], e["shown_in"]) for e in found)
    bars = [sum(e["state"] == s for e in found) for s in ("allowed", UNKNOWN, "forbidden")]
    picture = Picture("bars", ("allowed", "unknown", "forbidden"), {"uses": bars}, "uses")
    alone = said("Open questions have no owner or no date: they are unassigned.")
    notes = (alone,) if results["unassigned"] else ()
    table = Table(("Use", "The law", "Why", "Shown in"), rows)
    return Answer(results, sentence, table, picture, notes=notes)


def _label(name: str, title: str) -> str:
    return f"The law has {title}" if name in REFUSES else f"The law allows {title}"


CASE = Case(
    key="regulation",
    title="What the law allows",
    question="Which uses of a parked battery may a city plan with?",
    setting="public",
    inputs=(
        *(
            Input(name, _label(name, title), "", UNKNOWN, kind="choice", names=SAYS)
            for name, title in TITLES.items()
        ),
        Input("law", "Law or source", "", "", kind="text"),
        Input("as_of", "Looked up on", "", "", kind="text"),
        Input("owner", "Who answers open questions", "", "", kind="text"),
        Input("by_date", "By when", "", "", kind="text"),
    ),
    solve=solve,
    limits=(
        "Every switch stands on unknown until somebody looked; the page Tender keeps countries.",
        "Allowed by law is not offered by a grid operator, nor certified for a car.",
    ),
    order=215,
)
