"""A forecast somebody made, or a count of what happened: a row that knows what it counts."""

import re
from calendar import isleap
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import chain
from types import MappingProxyType

from app.core.demand.definitions import SCOPES
from app.core.errors import InputError

COLUMNS = ("made_on", "for_year", "quantity", "low", "value", "high", "source")
ALSO = ("unit", "scope", "kind", "place", "mark", "note")  # may be left out
KINDS = ("forecast", "observed")
FIRST_YEAR, LAST_YEAR = 1990, 2100
MOST_ROWS = 500
LONGEST = 200  # characters of a text
MADE = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?")
GROUPED = re.compile(r"\d{1,3}([.,]\d{3})+")  # 5,000 may be five, or five thousand
UNSAID = "public"  # scope of points where a row does not say one


@dataclass(frozen=True, slots=True)
class Quantity:
    """What a row can speak of. Rows of one family are alike and yet never compared."""

    title: str
    unit: str
    family: str


QUANTITIES: Mapping[str, Quantity] = MappingProxyType(
    {
        "ev_share": Quantity("Electric share of cars", "share", "cars"),
        "ev": Quantity("Electric cars", "car", "cars"),
        "points": Quantity("Charge points", "point", "charging"),
        "points_expected": Quantity("Charge points expected to stand", "point", "charging"),
        "posts": Quantity("Charge posts", "post", "charging"),
        "posts_added": Quantity("New charge posts", "post", "charging"),
        "posts_month": Quantity("New charge posts a month", "post", "charging"),
        "locations": Quantity("Charge locations", "location", "charging"),
    }
)


@dataclass(frozen=True, slots=True)
class Row:
    """One figure with its date.

    Attributes
    ----------
    made_on
        When it was said or counted: ``2018``, ``2018-11`` or ``2018-11-20``.
    value
        None where only a range was published.
    scope
        What part of charging is counted; blank for cars.
    own
        Whether a visitor gave it.
    """

    made_on: str
    for_year: int
    quantity: str
    low: float | None
    value: float | None
    high: float | None
    source: str
    unit: str
    scope: str
    observed: bool
    place: str
    mark: str
    note: str
    own: bool = False

    @property
    def made_year(self) -> int:
        """Year in which it was said or counted."""
        return int(self.made_on[:4])

    @property
    def moment(self) -> float:
        """When it was said or counted, in years; a year without a day begins it."""
        year, month, day = (int(part) for part in f"{self.made_on}-01-01"[:10].split("-"))
        passed = date(year, month, day).toordinal() - date(year, 1, 1).toordinal()
        return year + passed / (366 if isleap(year) else 365)

    @property
    def until(self) -> str:
        """Last day on which it can have been said or counted; such texts sort like days."""
        return self.made_on + "-12-31"[len(self.made_on) - 4 :]

    @property
    def when(self) -> float:
        """The time it speaks of, in years: the year, or the day of a count within that year."""
        counted = self.observed and self.made_year == self.for_year
        return self.moment if counted else float(self.for_year)

    @property
    def counts(self) -> str:
        """What is counted, in short."""
        scope = self.scope.replace("_", "-").replace("+", " and ")
        return f"{scope} {self.unit}s".strip()


def parse(
    rows: Iterable[Mapping[str, str]], *, file: str, place: str, own: bool = True
) -> tuple[Row, ...]:
    """Read rows of text; raises one sentence for every fault of every row, and keeps nothing then.

    Row 1 is the first below the header. ``place`` is that of rows which name none.
    """
    found, faults = [], []
    for number, row in enumerate(rows, start=1):
        if number > MOST_ROWS:
            faults.append(f"{file}: more than {MOST_ROWS} rows, and no more are read")
            break
        cells = {name: (cell or "").strip() for name, cell in row.items()}
        if not any(cells.values()):
            continue
        try:
            found.append(_row(cells, place, own=own))
        except InputError as error:
            faults += [f"{file}, row {number}, {line}" for line in str(error).splitlines()]
    if faults:
        raise InputError("\n".join(faults))
    return tuple(found)


def check_header(header: Iterable[str], *, file: str) -> None:
    """Refuse a table without the columns that matter, or with one that nobody reads."""
    names = list(header)
    missing = [name for name in COLUMNS if name not in names]
    unknown = [name for name in names if name not in (*COLUMNS, *ALSO)]
    faults = [f"{file}, column {name}: is missing" for name in missing]
    known = ", ".join((*COLUMNS, *ALSO))
    faults += [
        f"{file}, column {name[:LONGEST]!r}: not known, the columns are {known}" for name in unknown
    ]
    faults += [
        f"{file}, column {n}: stands twice" for n in dict.fromkeys(names) if names.count(n) > 1
    ]
    if faults:
        raise InputError("\n".join(faults))


def _row(cells: Mapping[str, str], place: str, *, own: bool) -> Row:
    quantity = QUANTITIES.get(cells.get("quantity", ""))
    faults = [
        f"{name}: found {cells.get(name, '')[:LONGEST]!r}, wanted {wanted}"
        for name, (fits, wanted) in CHECKS.items()
        if not fits(cells.get(name, ""))
    ]
    numbers, unread = _numbers(cells, quantity)
    faults += unread
    faults += chain(_year_faults(cells), [] if unread else _order_faults(cells, numbers))
    if quantity is not None:
        faults += _unit_faults(cells, quantity)
    if faults or quantity is None:
        raise InputError("\n".join(faults))
    charging = quantity.family == "charging"
    return Row(
        made_on=cells["made_on"],
        for_year=int(cells["for_year"]),
        quantity=cells["quantity"],
        source=cells["source"],
        unit=quantity.unit,
        scope=_scope(cells.get("scope", "")) if charging else "",
        observed=_observed(cells),
        place=cells.get("place", "").lower() or place,
        mark=cells.get("mark", ""),
        note=cells.get("note", ""),
        own=own,
        **numbers,
    )


def _observed(cells: Mapping[str, str]) -> bool:
    return cells.get("kind", "") == "observed"


def _numbers(
    cells: Mapping[str, str], quantity: Quantity | None
) -> tuple[dict[str, float | None], list[str]]:
    found: dict[str, float | None] = {}
    faults = []
    for name in ("low", "value", "high"):
        try:
            found[name] = _number(cells.get(name, ""), quantity)
        except InputError as error:
            faults.append(f"{name}: {error}")
    return found, faults


def _made_on(text: str) -> bool:
    found = MADE.fullmatch(text)
    if found is None:
        return False
    year, month, day = (int(part or 1) for part in found.groups())
    try:
        date(year, month, day)
    except ValueError:
        return False
    return FIRST_YEAR <= year <= LAST_YEAR


def _year(text: str) -> bool:
    return text.isascii() and text.isdigit() and FIRST_YEAR <= int(text[:5]) <= LAST_YEAR


def _scope_fits(text: str) -> bool:
    return not text or all(part in SCOPES for part in text.split("+"))


def _scope(text: str) -> str:
    parts = text.split("+") if text else [UNSAID]
    return "+".join(scope for scope in SCOPES if scope in parts)


CHECKS: Mapping[str, tuple[Callable[[str], bool], str]] = MappingProxyType(
    {
        "made_on": (_made_on, "a day as 2018, 2018-11 or 2018-11-20"),
        "for_year": (_year, f"a year from {FIRST_YEAR} to {LAST_YEAR}"),
        "quantity": (QUANTITIES.__contains__, f"one of {', '.join(QUANTITIES)}"),
        "source": (
            lambda text: 0 < len(text) <= LONGEST,
            f"who said it, in at most {LONGEST} characters",
        ),
        "scope": (_scope_fits, f"blank, or {', '.join(SCOPES)}, joined with + where both are in"),
        "kind": (lambda text: text in {"", *KINDS}, f"one of {', '.join(KINDS)}"),
        "place": (lambda text: len(text) <= LONGEST, f"at most {LONGEST} characters"),
        "mark": (lambda text: text in {"", "A", "B", "C"}, "A, B, C or blank"),
        "note": (lambda text: len(text) <= LONGEST, f"at most {LONGEST} characters"),
    }
)


def _number(text: str, quantity: Quantity | None) -> float | None:
    """Read a number or a blank; a decimal comma is one, a mark of thousands is not."""
    if not text:
        return None
    share = quantity is not None and quantity.unit == "share"
    if not share and GROUPED.fullmatch(text):
        raise InputError(f"found {text!r}, wanted a number without marks of thousands, as 5000")
    if not re.fullmatch(r"\d{1,12}([.,]\d{1,12})?", text):
        wanted = "a share such as 0.2" if share else "a number, 0 or above"
        raise InputError(f"found {text[:LONGEST]!r}, wanted {wanted}")
    found = float(text.replace(",", "."))
    if share and not 0 < found < 1:
        raise InputError(f"found {text}, wanted a share between 0 and 1: 20 percent is 0.20")
    if not share and found == 0:
        raise InputError("found 0, wanted a count above 0")
    return found


def _unit_faults(cells: Mapping[str, str], quantity: Quantity) -> list[str]:
    unit = cells.get("unit", "") or quantity.unit
    if unit == quantity.unit:
        return []
    wanted = f"wanted {quantity.unit} for {cells['quantity']}; one is never turned into the other"
    return [f"unit: found {unit[:LONGEST]!r}, {wanted}"]


def _year_faults(cells: Mapping[str, str]) -> list[str]:
    if not (_made_on(cells.get("made_on", "")) and _year(cells.get("for_year", ""))):
        return []
    made, year = int(cells["made_on"][:4]), int(cells["for_year"])
    if _observed(cells) and year > made:
        return [f"for_year: found {year}, wanted {made} or before: a count is of the past"]
    if not _observed(cells) and year < made:
        return [f"for_year: found {year}, wanted {made} or later: a forecast looks ahead"]
    return []


def _order_faults(cells: Mapping[str, str], numbers: Mapping[str, float | None]) -> list[str]:
    low, value, high = numbers["low"], numbers["value"], numbers["high"]
    faults = []
    if value is None and (_observed(cells) or low is None or high is None):
        faults.append("value: found '', wanted a number, or for a forecast both low and high")
    ordered = [each for each in (low, value, high) if each is not None]
    if ordered != sorted(ordered):
        told = ", ".join(f"{each:g}" for each in ordered)
        faults.append(f"low: found {told}, wanted low, value, high with the smallest first")
    return faults
