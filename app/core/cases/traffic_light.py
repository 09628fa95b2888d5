"""From one day of load and a limit to a traffic-light calendar."""

from typing import TYPE_CHECKING, Any

from app.core.cases.base import Answer, Case, Picture, Said, Table, said
from app.core.cases.given import Given
from app.core.cases.inputs import File, Input
from app.core.errors import InputError

if TYPE_CHECKING:
    from app.core.engine.contract import Window
    from app.core.tender.calendar import Calendar, CalendarOptions, NotKept

QUARTER_MIN, DAY_MIN, YEAR, FAULTS = 15, 1440, 12, 10
EXAMPLE = ((0, 90), (16, 180), (17, 225), (20, 180), (22, 90))  # from that hour, kW
NAME = "traffic-light"


def solve(given: Given) -> Answer:
    """Draw up the calendar of one transformer."""
    from app.core.tender.calendar import CalendarOptions, calendar, load_bins  # noqa: PLC0415
    from app.core.tender.calendar_file import calendar_csv  # noqa: PLC0415

    file = given.file("base")
    steps = _read(file) if file else _example()
    options = CalendarOptions(
        confidence=given.real("confidence"),
        full_kw=given.real("kw_point"),
        phases=given.whole("phases"),
        pause_allowed=not given.on("no_pause"),
        min_window_min=given.whole("min_window_min"),
        max_windows=given.whole("max_windows"),
        max_red_h=given.real("max_red_h"),
    )
    kw, *wall = (list(column) for column in zip(*steps, strict=True))
    import numpy as np  # noqa: PLC0415  # a registry of cases starts without it

    bins = load_bins(np.array([kw], float), [np.array(w) for w in wall], options.confidence)
    share = np.full(DAY_MIN // QUARTER_MIN, given.real("active_share"))
    limit, points = given.real("limit_kw"), given.whole("points")
    found = calendar(bins[0], limit, points, share, name=NAME, options=options)
    assert found is not None  # noqa: S101  # an input is never unknown
    notes = () if file else (said("Without a file this is an example of one working day."),)
    return _answer(found, options, notes, calendar_csv((found.contract,)))


def _example() -> list[tuple[float, int, int, int, int]]:
    rows = []
    for minute in range(0, DAY_MIN, QUARTER_MIN):
        kw = next(kw for hour, kw in reversed(EXAMPLE) if minute >= hour * 60)
        rows.append((float(kw), 0, 0, 1, minute))
    return rows


def _read(file: File) -> list[tuple[float, int, int, int, int]]:
    """Read ``time,load_kw``: power, day, kind of day, month, minute of every row."""
    import csv  # noqa: PLC0415
    from datetime import datetime  # noqa: PLC0415

    table = csv.DictReader(file.text.splitlines())
    for name in ("time", "load_kw"):
        if name not in (table.fieldnames or ()):
            raise InputError(f"{file.name}: column {name} is missing; wanted time,load_kw")
    rows, faults = [], []
    for number, row in enumerate(table, 2):
        try:
            when, kw = datetime.fromisoformat(row["time"] or ""), float(row["load_kw"] or "")
        except ValueError:
            told = f"found {row['time']!r} and {row['load_kw']!r}"
            faults.append(f"{file.name}, row {number}: {told}, wanted a time and kW")
            continue
        if not abs(kw) < float("inf"):
            faults.append(f"{file.name}, row {number}, column load_kw: {kw} is not a finite number")
        kind = max(when.weekday() - 4, 0)
        minute = when.hour * 60 + when.minute
        rows.append((kw, when.date().toordinal(), kind, when.month, minute))
    if faults or not rows:
        raise InputError("\n".join(faults[:FAULTS]) or f"{file.name}: there is no row")
    return rows


def _answer(
    found: "Calendar", options: "CalendarOptions", notes: tuple[Said, ...], text: str
) -> Answer:
    windows = [_window(each, options) for each in found.contract.windows]
    results = {
        "profile_id": found.contract.key,
        "windows": windows,
        "amber_kw": found.amber_kw,
        "red_hours": found.red_hours,
        "limit_not_kept": [_not_kept(each) for each in found.not_kept],
    }
    words = "{n} windows; red for {red} h a day at most, and {left} windows go above the limit."
    sentence = said(words, n=len(windows), red=found.red_hours, left=len(found.not_kept))
    head = ("Day", "From", "Until", "Colour", "Limit [kW]", "Limit [A]", "Months")
    names = ("day_type", "start", "end", "colour", "limit_kw", "limit_a")
    rows = tuple(
        (*(row[name] for name in names), _months(each.months))
        for row, each in zip(windows, found.contract.windows, strict=True)
    )
    picture = _picture(found, options)
    return Answer(results, sentence, Table(head, rows), picture, notes=notes, file=text)


def _window(each: "Window", options: "CalendarOptions") -> dict[str, Any]:
    kw = options.full_kw if each.limit_kw is None else each.limit_kw
    row: dict[str, Any] = {
        "day_type": each.day_types[0],
        "start": clock_text(each.start_min),
        "end": clock_text(each.end_min),
        "colour": each.colour,
        "limit_kw": kw,
        "limit_a": options.amps(kw),
    }
    return row if len(each.months) == YEAR else {**row, "months": list(each.months)}


def _not_kept(each: "NotKept") -> dict[str, Any]:
    return {
        "day_type": each.day_type,
        "start": clock_text(each.start_min),
        "end": clock_text(each.end_min),
        "colour": each.colour,
        "excess_kw": round(each.excess_kw, 3),
    }


def _picture(found: "Calendar", options: "CalendarOptions") -> Picture:
    """Draw the first kind of day of the first season, hour by hour."""
    first = found.contract.windows[0]
    alike = (first.day_types, first.months)
    day = [each for each in found.contract.windows if (each.day_types, each.months) == alike]
    hours = tuple(float(hour) for hour in range(24))
    limits = [
        next(each for each in day if each.start_min <= hour * 60 < each.end_min).limit_kw
        for hour in hours
    ]
    kw = [options.full_kw if limit is None else limit for limit in limits]
    return Picture("steps", hours, {"Limit of a point": kw}, "kW", "hour of the day")


def clock_text(minute: int) -> str:
    """Write a minute of the day as a clock shows it."""
    from app.core.tender.calendar_file import wall  # noqa: PLC0415

    return wall(minute)


def _months(months: tuple[int, ...]) -> str:
    return ";".join(map(str, months))


CASE = Case(
    key=NAME,
    title="A traffic light for one transformer",
    question="At which hours must public points charge slower or wait, so that the limit is kept?",
    setting="public",
    city="Utrecht",
    inputs=(
        Input("base", "Load without charging", "", None, kind="file", help="CSV: time,load_kw"),
        Input("limit_kw", "Limit of the transformer", "kW", "250", 50, 1000),
        Input("points", "Charge points on it", "", "40", 1, 200, kind="count"),
        Input("active_share", "Points that charge at once", "", "0.35", 0.05, 1, kind="share"),
        Input("phases", "Phases of a point", "", "3", 1, 3, kind="count"),
        Input("kw_point", "Power of a point", "kW", "11.04", 3.68, 22.08),
        Input("confidence", "Percentile of the load that must fit", "%", "95", 50, 100),
        Input("min_window_min", "Shortest window", "min", "60", 0, 240, kind="count"),
        Input("max_windows", "Most windows a day", "", "6", 1, 12, kind="count"),
        Input("max_red_h", "Most red hours a day", "h", "3", 0, 24),
        Input("no_pause", "Points may not be paused", "", "", kind="flag"),
    ),
    solve=solve,
    limits=(
        "What cars do after a red window is not simulated here: a tender tests it with the engine.",
        "Public holidays of the file count as the weekday they fall on.",
    ),
    order=60,
    writes="traffic_light.csv",
)
