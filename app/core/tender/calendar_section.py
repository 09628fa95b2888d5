"""The calendars in the annex: what is not green, in words; the whole table is a file beside it."""

from collections.abc import Mapping, Sequence
from math import floor

import pandas as pd

from app.core.engine.contract import GREEN, Contract, Window
from app.core.tender.calendar_file import wall
from app.core.tender.document import Block, Bullets, Paragraph, Section, Table

TITLE, TENTHS = "Traffic-light calendar", 10.0
YEAR = 12
HEAD = ("Calendar", "Places", "Months", "Day", "Windows that are not green")
GROUPS: Mapping[str, str] = {
    "group": "Drivers",
    "sessions": "Sessions",
    "late_kwh_percent": "Energy over half an hour late [%]",
    "affected_percent": "Sessions affected [%]",
    "below_guarantee_percent": "Below 95 % of what they asked [%]",
    "added_min_p50": "Added, median [min]",
}


def calendar_section(
    contracts: Sequence[Contract],
    places: Mapping[str, Sequence[str]],
    unknown: Sequence[str],
    groups: pd.DataFrame | None,
) -> Section:
    """Write calendars as a section; ``places`` names those of each calendar."""
    held = [each for each in contracts if any(w.colour != GREEN for w in each.windows)]
    calm = [each.key for each in contracts if each not in held]
    parts: list[Block] = [
        Paragraph(
            "Wall-clock hours, the end not included; public holidays count as Sundays. What is not "
            "named is green. Limits hold for each point, rounded down to 0.1 kW; the whole table "
            "is traffic_light.csv."
        )
    ]
    rows = [row for each in held for row in _rows(each, places.get(each.key, ()))]
    if rows:
        parts.append(Table(TITLE, HEAD, tuple(rows)))
    if calm:
        parts.append(Paragraph(f"Green all year: {', '.join(calm)}."))
    if unknown:
        words = "Capacity unknown, so no calendar and no promise of green:"
        parts += [Paragraph(words, strong=True), Bullets(tuple(unknown))]
    if groups is not None:
        parts += _noticed(groups)
    return Section(TITLE, tuple(parts))


def no_calendar(reason: str) -> Section:
    """Say why a tender has no calendar."""
    return Section(TITLE, (Paragraph(f"There is no calendar: {reason}."),))


def _rows(contract: Contract, places: Sequence[str]) -> list[tuple[str, ...]]:
    seasons: dict[tuple[tuple[int, ...], tuple[str, ...]], list[Window]] = {}
    for window in contract.windows:
        if window.colour != GREEN:
            seasons.setdefault((window.months, window.day_types), []).append(window)
    named = ", ".join(places)
    return [
        (contract.key, named, _months(months), ", ".join(days), "; ".join(map(_said, some)))
        for (months, days), some in seasons.items()
    ]


def _said(window: Window) -> str:
    told = f"{wall(window.start_min)}-{wall(window.end_min)} {window.colour}"
    if window.limit_kw is None:
        share = window.limit_share or 0.0
        return f"{told}, {100 * share:g} % of the rated current"
    return f"{told}, {floor(window.limit_kw * TENTHS + 1e-9) / TENTHS:g} kW"


def _months(months: Sequence[int]) -> str:
    return "all" if len(months) == YEAR else ", ".join(map(str, months))


def _noticed(groups: pd.DataFrame) -> list[Block]:
    rows = tuple(tuple(_cell(row[name]) for name in GROUPS) for row in groups.to_dict("records"))
    words = "What drivers notice, simulated for the peak week with a staggered return."
    numbers = tuple(range(1, len(GROUPS)))
    return [Paragraph(words), Table("What drivers notice", tuple(GROUPS.values()), rows, numbers)]


def _cell(value: object) -> str:
    return f"{value:.1f}" if isinstance(value, float) else str(value)
