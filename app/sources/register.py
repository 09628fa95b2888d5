"""How dirty a register of charge points is: public ones are, and a planner must see how much.

Nothing is mended here but two things that would hide the rest: a place at 0, 0 is no place, and in
a format that gives power in W a power that cannot be is not known.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import shapely

from app.sources.figures import is_missing, read_numbers
from app.sources.headers import fold, snake
from app.sources.plausible import plausible, synonyms
from app.sources.problems import Findings, Question, rows_text
from app.sources.raw import WGS84, Raw
from app.sources.task import Task
from app.sources.values import as_text

IN_WATT = ("OCPI", "DATEX II")  # formats that cannot be asked about their unit
SPOT = 5  # decimals of a degree: a metre
NEAR_ZERO = 1e-6
GONE = ("removed", "planned", "decommissioned", "underconstruction")
SILENT = frozenset({"", "unknown", "onbekend", "unbekannt"})
CODES = (
    *("REG-PLACE", "REG-POINTS", "REG-GONE", "REG-POWER", "REG-HIGH", "REG-STATE", "REG-STALE"),
    *("REG-TWICE", "REG-EVSE", "REG-ID"),
)
Cells = Sequence[Any]


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong with one row; ``row`` counts from 1 in the order of the file."""

    row: int
    id: str
    name: str
    code: str
    found: str


@dataclass(frozen=True, slots=True)
class Register:
    """What is wrong with a register, row by row.

    Attributes
    ----------
    newest
        The day of its newest word; "" where it gives none.
    points, points_again
        Charge points it lists by name, and how many of those entries repeat another.
    """

    total: int
    faults: tuple[Fault, ...]
    newest: str = ""
    points: int = 0
    points_again: int = 0

    @property
    def dirty(self) -> int:
        """Count the rows with at least one fault."""
        return len({fault.row for fault in self.faults})

    def rows(self, code: str) -> list[int]:
        """List the rows with one fault."""
        return [fault.row for fault in self.faults if fault.code == code]


@dataclass(frozen=True, slots=True, eq=False)
class Look:
    """The columns of a register, all rows of the file; None where it has no such column."""

    raw: Raw
    columns: Mapping[str, Cells | None]

    def texts(self, name: str) -> list[str]:
        """Read a column as text, "" where there is none."""
        cells = self.columns.get(name)
        if cells is None:
            return [""] * self.raw.rows
        return ["" if is_missing(cell) else as_text(cell) or "" for cell in cells]

    def numbers(self, name: str) -> Any:  # noqa: ANN401
        """Read a column as numbers; None where the file has none."""
        cells = self.columns.get(name)
        return None if cells is None else read_numbers(cells, hint=self.raw.decimal).values

    def evses(self) -> list[list[str]]:
        """List the charge points each row names."""
        return [
            [each.strip() for each in said.split(",") if each.strip()]
            for said in self.texts("evse_ids")
        ]

    def locations(self) -> Any:  # noqa: ANN401
        """Tell the rows that are locations; an outline of the town in the file is none."""
        if self.raw.shapes is None:
            return np.ones(self.raw.rows, dtype=bool)
        return shapely.get_dimensions(self.raw.shapes) < 1


def without_zero(raw: Raw, task: Task) -> Raw:
    """Take the places at 0, 0 away: they lie in the Atlantic, and mean that nobody knew."""
    if task.kind.key != "chargers" or raw.shapes is None or raw.crs != WGS84:
        return raw
    points = shapely.get_type_id(raw.shapes) == shapely.GeometryType.POINT
    x, y = shapely.get_x(raw.shapes), shapely.get_y(raw.shapes)
    zero = points & (np.abs(x) < NEAR_ZERO) & (np.abs(y) < NEAR_ZERO)
    if not zero.any():
        return raw
    return replace(raw, shapes=np.where(zero, None, raw.shapes))


def without_impossible(raw: Raw, task: Task) -> Raw:
    """Make power that cannot be unknown, where the format leaves no doubt about its unit."""
    if task.kind.key != "chargers" or raw.format not in IN_WATT or "power_kw" not in raw.cells:
        return raw
    low, high = plausible()["charger_small_kw"], plausible()["charger_large_kw"]
    power = [kw if kw is None or low <= kw <= high else None for kw in raw.cells["power_kw"]]
    return replace(raw, cells={**raw.cells, "power_kw": power})


def count_once(raw: Raw, task: Task) -> Raw:
    """Count a charge point that several locations list at the one last heard of, if told to."""
    if task.kind.key != "chargers" or raw.format not in IN_WATT or not task.answers.points_once:
        return raw
    look = Look(raw, {name: raw.cells.get(name) for name in ("evse_ids", "last_updated")})
    oldest = datetime.min.replace(tzinfo=UTC)
    moments = [_moment(said) or oldest for said in look.texts("last_updated")]
    seen: set[str] = set()
    points = list(raw.cells["points"])
    evses = look.evses()
    # The newest word first; among equals the order of the file.
    for row in sorted(range(raw.rows), key=lambda row: moments[row], reverse=True):
        points[row] -= len(evses[row]) - len(set(evses[row]) - seen)
        seen |= set(evses[row])
    counted = sum(raw.cells["points"]) - sum(points)
    task.findings.add("REG-ONCE", n=counted)
    return replace(raw, cells={**raw.cells, "points": points})


def inspect(look: Look, factor: float = 1.0) -> Register:
    """Look at every row; O(rows). ``factor`` turns the file's power into kW."""
    ids, names = look.texts("charger_id"), look.texts("name")
    moments = [_moment(said) for said in look.texts("last_updated")]
    newest = max(filter(None, moments), default=None)
    found = [
        *_place(look),
        *_points(look),
        *_power(look, factor),
        *_states(look),
        *_stale(moments, newest),
        *_twice(look, ids),
    ]
    order = {code: nth for nth, code in enumerate(CODES)}
    there = look.locations()
    faults = [Fault(r + 1, ids[r], names[r], code, said) for r, code, said in found if there[r]]
    faults.sort(key=lambda fault: (order[fault.code], fault.row))
    evses = [each for of_row in look.evses() for each in of_row]
    day = newest.date().isoformat() if newest else ""
    again = len(evses) - len(set(evses))
    return Register(int(there.sum()), tuple(faults), day, len(evses), again)


def say(register: Register, findings: Findings, *, ask: bool) -> None:
    """Say each fault once, with its count and its rows; ``ask`` what only a person can decide."""
    counted = Counter(fault.code for fault in register.faults)
    for code in CODES:
        if counted[code]:
            rows = rows_text(register.rows(code))
            days = f"{plausible()['register_stale_days']:g}"
            fields = {"n": counted[code], "total": register.total, "rows": rows, "days": days}
            more = {"again": register.points_again, "points": register.points}
            findings.add(code, row=None, column=None, severity=None, **fields, **more)
    if register.points_again and ask:
        text = "Count each charge point once, at the location last heard of?"
        findings.ask(Question("REG-EVSE", "points_once", text, ("true", "false")))
    if register.newest:
        findings.add("REG-MOMENT", when=register.newest)


Found = Iterator[tuple[int, str, str]]


def _place(look: Look) -> Found:
    if look.raw.shapes is None:
        return
    for row in np.flatnonzero(
        shapely.is_missing(look.raw.shapes) | shapely.is_empty(look.raw.shapes)
    ):
        yield int(row), "REG-PLACE", "no place, or 0, 0"


def _points(look: Look) -> Found:
    points, gone = look.numbers("points"), look.numbers("points_gone")
    for row in range(look.raw.rows):
        if points is not None and points[row] == 0:
            yield row, "REG-POINTS", "0 points"
        if gone is not None and gone[row] > 0:
            yield row, "REG-GONE", f"{gone[row]:g} planned or removed"


def _power(look: Look, factor: float) -> Found:
    """Find power that is not said, and power that cannot be; a place without points draws none."""
    power = look.numbers("power_kw")
    if power is None:
        return
    numbers, points = plausible(), look.numbers("points")
    kinds = [kind.upper() for kind in look.texts("current_type")]
    for row, told in enumerate(power):
        if points is not None and points[row] == 0:
            continue
        if np.isnan(told) or told == 0:
            yield row, "REG-POWER", "0" if told == 0 else "nothing"
            continue
        kw = told * factor
        slow = kinds[row].startswith("AC") and "DC" not in kinds[row]
        most = numbers["charger_ac_kw"] if slow else numbers["charger_large_kw"]
        if not numbers["charger_small_kw"] <= kw <= most:
            yield row, "REG-HIGH", f"{kw:g} kW {kinds[row]}".strip()


def _states(look: Look) -> Found:
    """Find states that say the post is not there, and those that say nothing."""
    if look.columns.get("state") is None:
        return
    gone = look.columns.get("points_gone") is not None
    for row, state in enumerate(look.texts("state")):
        words = fold(state)
        if not gone and any(word in words.replace("_", "") for word in GONE):
            yield row, "REG-GONE", state
        if {word for word in words.split("_") if not word.isdigit()} <= SILENT:
            yield row, "REG-STATE", state or "nothing"


def _stale(moments: Sequence[datetime | None], newest: datetime | None) -> Found:
    stale = timedelta(days=plausible()["register_stale_days"])
    for row, when in enumerate(moments):
        if newest is not None and when is not None and newest - when > stale:
            yield row, "REG-STALE", when.date().isoformat()


def _twice(look: Look, ids: Sequence[str]) -> Found:
    """Find rows that share a spot, an EVSE or an id with another."""
    spots: list[list[str]] = [[] for _ in ids]
    if look.raw.shapes is not None:
        x, y = shapely.get_x(look.raw.shapes), shapely.get_y(look.raw.shapes)
        known = np.isfinite(x) & np.isfinite(y)
        places = SPOT if look.raw.crs == WGS84 else 0
        for row in np.flatnonzero(known).tolist():
            spots[row] = [f"{x[row]:.{places}f}, {y[row]:.{places}f}"]
    evses = look.evses()
    named = [[each] if each else [] for each in ids]
    for code, keys in (("REG-TWICE", spots), ("REG-EVSE", evses), ("REG-ID", named)):
        counted = Counter(key for of_row in keys for key in set(of_row))
        for row, of_row in enumerate(keys):
            again = [key for key in of_row if counted[key] > 1]
            if again:
                yield row, code, again[0]


def _moment(said: str) -> datetime | None:
    try:
        when = datetime.fromisoformat(said)
    except ValueError:
        return None
    return when if when.tzinfo else when.replace(tzinfo=UTC)


def columns_of(raw: Raw, headers: Mapping[str, str | None]) -> dict[str, Cells | None]:
    """Find the cells behind our columns, and those that only the report reads."""
    found = {name: raw.cells[header] if header else None for name, header in headers.items()}
    by_name: Callable[[str], str] = snake
    spelt = {by_name(header): header for header in reversed(list(raw.cells))}
    for name, words in synonyms("register").items():
        header = next((spelt[word] for word in words if word in spelt), None)
        found[name] = raw.cells[header] if header is not None else None
    return found
