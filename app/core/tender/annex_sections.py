"""Sections of the annex that come from elsewhere: checks, dates; and tables of rows as words."""

from collections.abc import Mapping, Sequence

import pandas as pd

from app.core.tender.document import Bullets, Paragraph, Section, Table
from app.core.tender.selection import Selection, placed_by
from app.core.tender.timeline import Fact

CHECK_HEADS = {
    "check_id": "Check",
    "scope": "Scope",
    "status": "Status",
    "required": "Required",
    "found": "Found",
    "gap": "Gap",
    "unit": "Unit",
    "confidence": "Confidence",
}
WORDS = (
    *("lot_code", "districts", "location_id", "address", "district", "current_type"),
    *("grid_class", "check_id", "scope", "status", "unit", "confidence"),
)
YEARS = ("planned_year",)  # numbers that are names


def compliance_section(checks: pd.DataFrame) -> Section:
    """Write the checks of ``compliance.csv`` as a section of the annex."""
    words = Paragraph("Yardsticks and checks of this list; a national duty is only compared with.")
    shown = checks.assign(
        **{name: checks[name].str.replace("_", " ") for name in ("check_id", "status")}
    )
    warnings = tuple(dict.fromkeys(each for each in checks["warning"] if each))
    told = (Bullets(warnings),) if warnings else ()
    return Section("Compliance", (words, table_of("Compliance", shown, CHECK_HEADS), *told))


def dates_section(facts: Sequence[Fact], chosen: Selection) -> Section:
    """Write the duties with a date: those in force, and those to come while posts are placed."""
    last = placed_by([choice.requirement for choice in chosen.choices], chosen.day)
    rows = tuple(
        (
            fact.day.isoformat(),
            fact.title,
            fact.clause,
            fact.when(chosen.day, last),
            fact.source,
            fact.confidence,
        )
        for fact in facts
    )
    words = f"As of {chosen.day}; posts are placed until {last.isoformat()}."
    head = ("From", "Duty", "Clause", "State", "Source", "Confidence")
    notes = tuple(dict.fromkeys(fact.note for fact in facts if fact.note))
    told = (Bullets(notes),) if notes else ()
    title = "Duties with a date"
    return Section(title, (Paragraph(words), Table(title, head, rows), *told))


def table_of(title: str, frame: pd.DataFrame, heads: Mapping[str, str]) -> Table:
    """Write the columns that ``heads`` names as words; what nobody knows is "unknown"."""
    shown = [name for name in heads if name in frame]
    columns = [[_cell(value, name) for value in frame[name]] for name in shown]
    right = tuple(place for place, name in enumerate(shown) if name not in WORDS)
    head = tuple(heads[name] for name in shown)
    return Table(title, head, tuple(zip(*columns, strict=True)), right)


def _cell(value: object, name: str) -> str:
    if isinstance(value, str):
        return value
    if value is None or pd.isna(value):  # type: ignore[call-overload]
        return "unknown"
    form = "{:.0f}" if name in YEARS else "{:,.0f}" if float(value).is_integer() else "{:,.1f}"  # type: ignore[arg-type]
    return form.format(value)
