"""Award criteria and bids as a person writes them: two small CSV files."""

import csv
from collections.abc import Iterator
from fractions import Fraction

from app.core.cases.inputs import File, exact
from app.core.errors import InputError
from app.core.tender.scoring import Criterion, Scores, check_weights

CRITERIA = ("criterion", "weight")
MORE_CRITERIA = ("type", "formula", "best", "worst", "curve")
BIDS = ("bid", "criterion")
VALUES = ("score", "value")
MOST = 400  # rows: bids times criteria


def parse_criteria(file: File) -> tuple[Criterion, ...]:
    """Read ``criterion,weight`` (percent), and ``type,formula,best,worst,curve`` where given."""
    found, faults = [], []
    for line, row in _rows(file, CRITERIA, (*CRITERIA, *MORE_CRITERIA)):
        try:
            found.append(_criterion(row, f"{file.name}, row {line}"))
        except InputError as error:
            faults.append(str(error))
    if faults:
        raise InputError("\n".join(faults))
    if not found:
        raise InputError(f"{file.name}: there is no criterion in it")
    check_weights(found)
    return tuple(found)


def parse_bids(file: File) -> Scores:
    """Read ``bid,criterion,score`` (or ``value``, where the criterion has a formula)."""
    found: dict[str, dict[str, Fraction]] = {}
    faults = []
    for line, row in _rows(file, BIDS, (*BIDS, *VALUES)):
        place = f"{file.name}, row {line}"
        column = "value" if row.get("value") else "score"
        try:
            number = exact(row.get(column) or "", f"{place}, column {column}", least=None)
        except InputError as error:
            faults.append(str(error))
            continue
        own = found.setdefault(row["bid"], {})
        if row["criterion"] in own:
            faults.append(f"{place}: {row['criterion']} of bid {row['bid']} stands here twice")
        own[row["criterion"]] = number
    if faults:
        raise InputError("\n".join(faults))
    if not found:
        raise InputError(f"{file.name}: there is no bid in it")
    return found


def _rows(
    file: File, needed: tuple[str, ...], known: tuple[str, ...]
) -> Iterator[tuple[int, dict[str, str]]]:
    reader = csv.DictReader(file.text.splitlines())
    names = [name.strip().lower() for name in reader.fieldnames or ()]
    missing = [name for name in needed if name not in names]
    strange = [name for name in names if name not in known]
    if missing or strange:
        found = ", ".join(names) or "nothing"
        raise InputError(
            f"{file.name}: found the columns {found}; wanted {', '.join(needed)} and, where "
            f"needed, {', '.join(name for name in known if name not in needed)}"
        )
    reader.fieldnames = names
    for count, row in enumerate(reader, start=1):
        if count > MOST:
            raise InputError(f"{file.name}: more than {MOST} rows")
        if None in row:
            raise InputError(f"{file.name}, row {count}: more cells than columns")
        yield count, {name: (cell or "").strip() for name, cell in row.items()}


def _criterion(row: dict[str, str], place: str) -> Criterion:
    if not row["criterion"]:
        raise InputError(f"{place}, column criterion: found nothing, wanted a name")
    ends = {
        name: exact(row[name], f"{place}, column {name}", least=None) if row.get(name) else None
        for name in ("best", "worst")
    }
    try:
        return Criterion(
            row["criterion"],
            exact(row["weight"], f"{place}, column weight"),
            row.get("type") or "quality",
            row.get("formula") or "score",
            curve=_curve(row.get("curve") or "", place),
            **ends,
        )
    except InputError as error:
        told = str(error)
        raise InputError(told if told.startswith(place) else f"{place}: {told}") from error


def _curve(text: str, place: str) -> tuple[tuple[Fraction, Fraction], ...]:
    """Read ``0:0;5:0.8;10:1``."""
    points = []
    for part in filter(None, (each.strip() for each in text.split(";"))):
        value, _, score = part.partition(":")
        what = f"{place}, column curve"
        points.append((exact(value, what, least=None), exact(score, what)))
    return tuple(points)
