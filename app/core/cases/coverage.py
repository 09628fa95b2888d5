"""Which places and settings the cases cover, and where nothing is bundled."""

from collections.abc import Iterable

from app.core.cases.base import SETTINGS, Case, Table

AREAS = (  # where use cases of smart and two-way charging were announced
    "Oslo",
    "Utrecht",
    "Eindhoven",
    "Toulouse",
    "Munich area",
    "Budapest and Debrecen",
    "Gothenburg",
)
NOTHING = "no bundled data"


def coverage(cases: Iterable[Case]) -> Table:
    """List, for each area and city, the titles of its cases by setting; never an invented one."""
    found = list(cases)
    cities = dict.fromkeys(case.city for case in found if case.city)
    rest = [city for city in cities if not any(city in area for area in AREAS)]
    rows = []
    for place in (*AREAS, *rest, ""):
        here = [case for case in found if (case.city in place if case.city else not place)]
        cells = (
            "; ".join(case.title for case in here if case.setting == setting)
            for setting in SETTINGS
        )
        rows.append(
            (place or "Law and standards", *(cells if here else (NOTHING,) * len(SETTINGS)))
        )
    return Table(("Area", *SETTINGS), tuple(rows))
