"""Whether every measure at every site has an owner, and no two want the same bay."""

from collections import defaultdict

from app.core.cases.base import Answer, Case, Picture, Table, said
from app.core.cases.given import Given
from app.core.cases.inputs import Input
from app.core.cases.rows import rows_of
from app.core.errors import InputError

EXAMPLE = (  # invented: (measure, site, bay, department, status)
    ("charge points", "Market Street", "1", "Mobility", "tendered"),
    ("shared cars", "Market Street", "1", "Mobility", "planned"),
    ("trees", "Market Street", "4", "Parks", "planned"),
    ("charge points", "Station Square", "2", "", "planned"),
)
Line = tuple[str, str, str, str, str]


def solve(given: Given) -> Answer:
    """List what nobody owns, and the bays that two measures claim."""
    lines = matrix(given)
    unassigned = [(measure, site) for measure, site, _, owner, _ in lines if not owner]
    claims: dict[tuple[str, str], list[str]] = defaultdict(list)
    for measure, site, bay, _, _ in lines:
        if bay:
            claims[site, bay].append(measure)
    conflicts = {place: who for place, who in claims.items() if len(set(who)) > 1}
    results = {
        "rows": len(lines),
        "unassigned": [{"measure": m, "site": site} for m, site in unassigned],
        "conflicts": [
            {"site": site, "bay": bay, "measures": sorted(set(who))}
            for (site, bay), who in conflicts.items()
        ],
        "departments": sorted({owner for _, _, _, owner, _ in lines if owner}),
    }
    sentence = said(
        "Of {n} measures at sites {open} have no owner, and {bays} bays are claimed twice.",
        n=len(lines), open=len(unassigned), bays=len(conflicts),
    )  # fmt: skip
    rows = tuple(
        (*line[:3], line[3] or "unassigned", line[4], _mark(line, conflicts)) for line in lines
    )
    columns = ("Measure", "Site", "Bay", "Department", "Status", "Mark")
    bars = [len(lines) - len(unassigned), len(unassigned), len(conflicts)]
    names = ("With an owner", "Unassigned", "Bays claimed twice")
    notes = () if given.file("matrix") else (
        said("The four rows are invented; give your own matrix as a file."),
    )  # fmt: skip
    status = "gap" if unassigned or conflicts else "ok"
    picture = Picture("bars", names, {"number": bars}, "number")
    return Answer(results, sentence, Table(columns, rows), picture, status, notes=notes)


def matrix(given: Given) -> list[Line]:
    """Read the rows, or take the example."""
    file = given.file("matrix")
    if file is None:
        return list(EXAMPLE)
    known = {"department": ("owner", "owner_department"), "bay": ("bay_id", "space")}
    rows = rows_of(file, ("measure", "site"), known)
    blank = [row for row in rows if not row.cells["measure"] or not row.cells["site"]]
    if blank:
        raise InputError(f"{file.name}, row {blank[0].number}: measure and site must be filled")
    names = ("measure", "site", "bay", "department", "status")
    lines = [tuple(row.cells.get(name, "") for name in names) for row in rows]
    return [(m, s, b, d, st) for m, s, b, d, st in lines]


def _mark(line: Line, conflicts: dict[tuple[str, str], list[str]]) -> str:
    others = [who for who in conflicts.get((line[1], line[2]), []) if who != line[0]]
    return f"also claimed by {', '.join(others)}" if others else ""


CASE = Case(
    key="alignment",
    title="Who owns which measure",
    question="Does every measure at a site have an owner, and does each bay have one claim?",
    setting="public",
    inputs=(
        Input(
            "matrix",
            "Measures and sites",
            "",
            None,
            kind="file",
            help="CSV: measure, site, bay, department, status",
        ),
    ),
    solve=solve,
    limits=("Names are compared letter by letter: write a department the same way each time.",),
    order=230,
)
