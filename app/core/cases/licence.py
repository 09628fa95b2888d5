"""Whether an operator may reserve or prepare one more mapped place."""

from collections import Counter

from app.core.cases.base import Answer, Case, Picture, Table, not_applicable, said
from app.core.cases.given import Given
from app.core.cases.inputs import Input
from app.core.cases.rows import rows_of
from app.core.errors import InputError

STATES = ("free", "reserved", "contracted", "prepared", "built")
HELD = ("reserved", "contracted", "prepared", "built")  # what counts against reservations


def solve(given: Given) -> Answer:
    """Go through the applications in order; each is granted or refused with its reason."""
    asked = applications(given)
    if not asked:
        return not_applicable("nobody applies", granted=0, refused=0)
    verdicts = judge(given, asked)
    refused = [each for each in verdicts if each[3]]
    results = {
        "granted": len(verdicts) - len(refused),
        "refused": len(refused),
        "applications": [
            {"site": s, "operator": o, "state": state, "granted": not why, "reason": why}
            for s, o, state, why in verdicts
        ],
    }
    sentence = said(
        "{granted} of {asked} applications are granted, {refused} refused.",
        granted=results["granted"], asked=len(verdicts), refused=len(refused),
    )  # fmt: skip
    rows = tuple((s, o, state, "no" if why else "yes", why) for s, o, state, why in verdicts)
    table = Table(("Place", "Operator", "Asked for", "Granted", "Why not"), rows)
    bars = {"applications": [len(verdicts) - len(refused), len(refused)]}
    picture = Picture("bars", ("Granted", "Refused"), bars, "applications")
    status = "refused" if refused else "ok"
    return Answer(results, sentence, table, picture, status, refused[0][3] if refused else "")


def applications(given: Given) -> list[tuple[str, str, str, int]]:
    """Read (place, operator, state, spaces in a row), or take those that were typed."""
    file = given.file("applications")
    if file is None:
        row = given.whole("row_spaces")
        found = [
            ("reserved", given.whole("ask_reserved")),
            ("prepared", given.whole("ask_prepared")),
        ]
        return [
            (f"{state} {n + 1}", "operator", state, row)
            for state, count in found
            for n in range(count)
        ]
    rows = rows_of(file, ("site", "operator", "state", "row_spaces"), {"row_spaces": ("spaces",)})
    for row_ in rows:
        if row_.cells["state"] not in STATES[1:]:
            where = f"{file.name}, row {row_.number}, column state"
            raise InputError(
                f"{where}: no {row_.cells['state']!r}; choose from {', '.join(STATES[1:])}"
            )
    return [
        (r.cells["site"], r.cells["operator"], r.cells["state"], r.whole_in("row_spaces"))
        for r in rows
    ]


def judge(given: Given, asked: list[tuple[str, str, str, int]]) -> list[tuple[str, str, str, str]]:
    """Judge one after the other: what was granted counts for the next."""
    most = {"reserved": given.whole("most_reserved"), "prepared": given.whole("most_prepared")}
    start = {"reserved": given.whole("reserved"), "prepared": given.whole("prepared")}
    held: dict[str, Counter[str]] = {}
    taken: dict[str, str] = {}
    found = []
    for site, operator, state, spaces in asked:
        own = held.setdefault(operator, Counter(start))
        why = ""
        if spaces < given.whole("least_row"):
            why = f"{spaces} spaces in a row; {given.whole('least_row')} are wanted"
        elif taken.get(site, operator) != operator:
            why = f"{site} is held by {taken[site]}"
        elif state in most and own[state] >= most[state]:
            why = f"{operator} has {own[state]} {state} places; at most {most[state]} are allowed"
        if not why:
            own[state] += 1
            taken[site] = operator
        found.append((site, operator, state, why))
    return found


CASE = Case(
    key="licence",
    title="Reservations under a licence",
    question="May an operator reserve or prepare one more mapped place?",
    setting="public",
    city="Stockholm",
    inputs=(
        Input("reserved", "Places reserved already", "places", "12", 0, 30, kind="count"),
        Input("prepared", "Places prepared already", "places", "3", 0, 4, kind="count"),
        Input("ask_reserved", "Asks to reserve", "places", "2", 0, 30, kind="count"),
        Input("ask_prepared", "Asks to prepare", "places", "1", 0, 10, kind="count"),
        Input("row_spaces", "Spaces in a row there", "spaces", "4", 1, 30, kind="count"),
        Input(
            "least_row",
            "Spaces in a row, at least",
            "spaces",
            "4",
            4,
            4,
            "scale_events",
            "A",
            "count",
        ),
        Input(
            "most_reserved",
            "Reserved by one operator, at most",
            "places",
            "30",
            30,
            30,
            "scale_events",
            "A",
            "count",
        ),
        Input(
            "most_prepared",
            "Prepared by one operator, at most",
            "places",
            "4",
            4,
            4,
            "scale_events",
            "A",
            "count",
        ),
        Input(
            "applications",
            "Applications, in order",
            "",
            None,
            kind="file",
            help="CSV: site, operator, state, row_spaces",
        ),
    ),
    solve=solve,
    limits=(
        "First come, first served: how a city ranks two operators for one place is its rule.",
        "Whether the grid carries a place is asked elsewhere, on the page Sites.",
    ),
    order=35,
)
