"""Which charger models can satisfy a lot, from a dated sheet of capabilities."""

from datetime import date

from app.core.cases.base import Answer, Case, Picture, Table, said
from app.core.cases.given import Given
from app.core.cases.inputs import Input
from app.core.cases.rows import Row, rows_of
from app.core.errors import InputError

CAPABILITIES = ("ac_v2g", "dc_v2g", "iso15118_2", "iso15118_20", "ocpp", "certified_grid_code")
SAYS = ("yes", "no", "unknown")
OLD_MONTHS, YEAR_M = 12, 12
EXAMPLE = (  # invented: nobody's product
    ("Model A", "yes", "no", "yes", "unknown", "yes", "unknown", "2026-03-01"),
    ("Model B", "no", "yes", "yes", "yes", "yes", "yes", "2026-03-01"),
    ("Model C", "unknown", "unknown", "yes", "unknown", "yes", "unknown", "2024-09-01"),
)
Model = tuple[str, dict[str, str], str]


def solve(given: Given) -> Answer:
    """Let a model satisfy the lot only where every capability wanted says yes."""
    wanted = required(given)
    today = day(given.text("today"), "--today") if given.text("today") else None
    found = [judge(model, wanted, today) for model in models(given)]
    fit = sum(each["state"] == "can" for each in found)
    results = {"models": found, "can": fit, "required": list(wanted)}
    sentence = said(
        "{n} of {all} models can satisfy the lot, {open} more are unknown.",
        n=fit, all=len(found), open=sum(e["state"] == "unknown" for e in found),
    )  # fmt: skip
    columns = ("Model", "For this lot", "Missing", "Unknown", "Sheet of", "Age")
    rows = tuple(
        (
            str(e["model"]), str(e["state"]), ", ".join(e["missing"]), ", ".join(e["unknown"]),
            str(e["as_of"]), str(e["age"]),
        )
        for e in found
    )  # fmt: skip
    states = ("can", "unknown", "cannot")
    bars = {"models": [sum(e["state"] == state for e in found) for state in states]}
    picture = Picture("bars", states, bars, "models")
    notes = () if given.file("models") else (
        said("The three models are invented; give your own sheet as a file."),
    )  # fmt: skip
    return Answer(results, sentence, Table(columns, rows), picture, notes=notes)


def required(given: Given) -> tuple[str, ...]:
    """Read the capabilities the lot wants."""
    wanted = tuple(each.strip() for each in given.text("required").split(",") if each.strip())
    strange = [each for each in wanted if each not in CAPABILITIES]
    if strange:
        known = ", ".join(CAPABILITIES)
        raise InputError(f"--required: no {', '.join(strange)}; choose from {known}")
    return wanted


def models(given: Given) -> list[Model]:
    """Read the sheet, or take the example; an empty cell is unknown."""
    file = given.file("models")
    if file is None:
        return [(name, dict(zip(CAPABILITIES, say, strict=True)), on) for name, *say, on in EXAMPLE]
    rows = rows_of(file, ("model", "as_of"), {})
    return [(row.cells["model"], _says(row), row.cells["as_of"]) for row in rows]


def _says(row: Row) -> dict[str, str]:
    found = {name: row.cells.get(name, "").casefold() or "unknown" for name in CAPABILITIES}
    for name, word in found.items():
        if word not in SAYS:
            where = f"{row.file}, row {row.number}, column {name}"
            raise InputError(f"{where}: {word!r} is none of yes, no, unknown")
    return found


def judge(model: Model, wanted: tuple[str, ...], today: date | None) -> dict[str, str | list[str]]:
    """Judge one model, and say how old its row is."""
    name, says, as_of = model
    missing = [each for each in wanted if says[each] == "no"]
    unknown = [each for each in wanted if says[each] == "unknown"]
    return {
        "model": name,
        "state": "cannot" if missing else "unknown" if unknown else "can",
        "missing": missing,
        "unknown": unknown,
        "as_of": as_of or "unknown",
        "age": age(as_of, today),
    }


def age(as_of: str, today: date | None) -> str:
    """Say how old a row is where that matters."""
    if today is None or not as_of:
        return "unknown"
    then = day(as_of, "as_of")
    months = (today.year - then.year) * YEAR_M + today.month - then.month
    return f"{months} months: ask again" if months > OLD_MONTHS else f"{months} months"


def day(text: str, what: str) -> date:
    """Read a date."""
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise InputError(f"{what}: {text!r} is not a date like 2027-01-15") from error


CASE = Case(
    key="market",
    title="Which models can do V2G",
    question="Which charger models can satisfy what a lot asks for?",
    setting="public",
    inputs=(
        Input(
            "required",
            "Wanted of every point",
            "",
            "iso15118_20,ocpp,certified_grid_code",
            kind="text",
            help="Names with commas between: " + ", ".join(CAPABILITIES),
        ),
        Input(
            "models",
            "Sheet of models",
            "",
            None,
            kind="file",
            help="CSV: model, as_of, source and a column of yes, no or unknown per capability",
        ),
        Input("today", "Date of today, for the age of a row", "", "", kind="text"),
    ),
    solve=solve,
    limits=(
        "What a maker has not confirmed is unknown, and unknown is not yes.",
        "A sheet ages: rows older than twelve months say so.",
    ),
    order=225,
)
