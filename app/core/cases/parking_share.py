"""Whether parking facilities have the share of charging that a rule asks for."""

from dataclasses import asdict, dataclass
from fractions import Fraction
from typing import cast

from app.core.cases.base import Answer, Case, Picture, Table, not_applicable, said
from app.core.cases.given import Given
from app.core.cases.inputs import Input
from app.core.cases.rows import rows_of
from app.core.duties.share_rule import ROUNDINGS, Rounding, parking_share, room

STREET = "on_street"
Line = tuple[str, int, int, bool]  # facility, spaces, existing points, exempt


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the rule says of one facility."""

    facility: str
    status: str
    required: int
    missing: int


def solve(given: Given) -> Answer:
    """Check every facility and add up what the city lacks."""
    lines = facilities(given)
    found = [check(given, line) for line in lines]
    if all(each.status == "not_applicable" for each in found):
        existing = sum(line[2] for line in lines)
        reason = "no facility has enough spaces for the rule"
        return not_applicable(reason, required=0, existing=existing, missing=0)
    missing = sum(each.missing for each in found)
    results: dict[str, object] = {
        "required": sum(each.required for each in found),
        "existing": sum(line[2] for line in lines),
        "missing": missing,
    }
    if (kw := given.maybe("kw")) is not None:
        asked = room(missing, kw, given.maybe("headroom_kw"))
        results |= {"kw_needed": asked.kw_needed, "fits_headroom": asked.fits}
    if given.file("facilities") is not None:
        results["facilities"] = [asdict(each) for each in found]
    columns = ("Facility", "Spaces", "Points", "Required", "Missing", "Result")
    table = Table(
        columns,
        tuple(
            (
                line[0],
                line[1],
                line[2],
                each.required,
                each.missing,
                each.status,
            )
            for line, each in zip(lines, found, strict=True)
        ),
    )
    sentence = said(
        "{required} points are required and {existing} are there: {missing} are missing.", **results
    )
    bars = {"points": [float(results["existing"]), float(results["required"])]}  # type: ignore[arg-type]
    picture = Picture("bars", ("There today", "Required"), bars, "points")
    return Answer(results, sentence, table, picture, "gap" if missing else "pass")


def check(given: Given, line: Line) -> Verdict:
    """Check one facility."""
    name, spaces, existing, exempt = line
    found = parking_share(
        0 if exempt else spaces,
        existing,
        given.exact("share"),
        rounding=cast("Rounding", given.text("rounding")),
        min_spaces=given.exact("min_spaces"),
    )
    return Verdict(name, found.result, found.required, found.missing)


def facilities(given: Given) -> list[Line]:
    """Read the facilities, or take the one that was typed."""
    file = given.file("facilities")
    if file is None:
        return [("Facility", given.whole("spaces"), given.whole("existing"), False)]
    rows = rows_of(
        file,
        ("facility", "spaces"),
        {"facility": ("name", "id"), "existing": ("points", "ev_spaces")},
    )
    yes = {"1", "yes", "true"}
    street = given.text("scope") == "off_street"
    return [
        (
            row.cells["facility"],
            row.whole_in("spaces"),
            row.whole_in("existing", Fraction(0)),
            row.cells.get("exempt", "").casefold() in yes
            or (street and row.cells.get("kind") == STREET),
        )
        for row in rows
    ]


CASE = Case(
    key="parking-share",
    title="A share of all parking",
    question="How many points does a share rule ask for, and how many are missing?",
    setting="business",
    city="Helsinki",
    inputs=(
        Input("spaces", "Parking spaces", "spaces", "99", 0, 2000, kind="count"),
        Input("existing", "Points there today", "points", "0", 0, 500, kind="count"),
        Input(
            "share",
            "Share that must have charging",
            "",
            "0.10",
            0.05,
            0.5,
            "scale_events",
            "B",
            "share",
        ),
        Input("rounding", "Rounding", "", "ceil", kind="choice", names=tuple(ROUNDINGS)),
        Input(
            "scope",
            "Which parking counts",
            "",
            "all",
            kind="choice",
            names=("all", "off_street"),
            help="off_street leaves rows of the kind on_street out",
        ),
        Input("min_spaces", "The rule holds from", "spaces", "0", 0, 50, kind="count"),
        Input("kw", "Power of a new point", "kW", None, 3.7, 50),
        Input("headroom_kw", "Room on the grid", "kW", None, 0, 2000),
        Input(
            "facilities",
            "Many facilities",
            "",
            None,
            kind="file",
            help="CSV: facility, spaces, existing, kind, exempt",
            layer="parking",
        ),
    ),
    solve=solve,
    limits=(
        "The share is the one the city states in public; no text of a law was seen.",
        "A point of one facility never counts for another.",
        "A facility that does not say its points counts as having none.",
    ),
    order=100,
)
