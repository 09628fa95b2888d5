"""The changes between two packs as sentences a council can read."""

import json
from collections.abc import Callable, Mapping
from math import hypot

import pandas as pd

METRES, STAYS = ("x_local", "y_local"), ("0", "0")
PLACE = {"lat", "lon", *METRES}
UNTOLD = PLACE | {"revision", "location_id"}
AMOUNTS = {  # column -> words around it
    "n_charge_points": "{} points",
    "power_kw_point": "{} kW a point",
    "lot_code": "lot {}",
    "station_kw": "{} kW in all",
}
OF_A_LOT = {"sites": "sites", "points": "points", "kw": "kW", "kwh_day": "kWh a day"}
LONGEST, MANY = 60, 5
ARROW = "→"
Cells = Mapping[str, tuple[str, str]]  # of one row: field to old and new


def in_words(cells: pd.DataFrame) -> dict[int, str]:
    """Write one sentence per row that differs, at the row's first cell.

    What only follows from another change is not told; what many places share is told once.
    """
    found = {**_shared(cells), **_calendars(cells)}
    shared = {int(at) for rows in found for at in rows}
    told = {min(rows): words for rows, words in found.items()}
    rest = cells[~cells.index.isin(shared)]
    for (table, name, change), rows in rest.groupby(["table", "id", "change"], sort=False):
        pairs = zip(rows["field"], zip(rows["old"], rows["new"], strict=True), strict=True)
        said = SENTENCES[str(table)](str(name), str(change), dict(pairs))
        if said:
            told[int(rows.index[0])] = said
    return dict(sorted(told.items()))


def _shared(cells: pd.DataFrame) -> dict[tuple[int, ...], str]:
    """Find what changed alike at many places: a sentence for their cells together."""
    mine = (cells["table"] == "sites") & (cells["change"] == "changed")
    plain = mine & ~cells["field"].isin(UNTOLD | AMOUNTS.keys())
    found = {}
    for (field, was, now), rows in cells[plain].groupby(["field", "old", "new"], sort=False):
        if len(rows) >= MANY:
            words = f"{_words(str(field))} {_short(str(was))} {ARROW} {_short(str(now))}"
            found[tuple(map(int, rows.index))] = f"{len(rows)} sites: {words}."
    return found


def _calendars(cells: pd.DataFrame) -> dict[tuple[int, ...], str]:
    """Tell windows that came or went together: a sentence per calendar and lot."""
    whole = (cells["table"] == "traffic_light") & (cells["change"] != "changed")
    rows = cells[whole]
    parts = [json.loads(name) for name in rows["id"]]
    named = [f"{profile}, lot {lot}" for profile, _way, _asset, lot, *_when in parts]
    found = {}
    for (name, change), mine in rows.groupby([pd.Series(named, rows.index), "change"], sort=False):
        count = mine["id"].nunique()
        words = "1 window was" if count == 1 else f"{count} windows were"
        found[tuple(map(int, mine.index))] = f"Calendar {_short(str(name))}: {words} {change}."
    return found


def _site(name: str, change: str, cells: Cells) -> str:
    if change != "changed":
        at = 1 if change == "added" else 0
        parts = [
            words.format(cells[field][at])
            for field, words in AMOUNTS.items()
            if cells.get(field, ("", ""))[at]
        ]
        address = cells.get("address", ("", ""))[at]
        named = [_short(address)] if address not in {"", "unknown"} else []
        return f"Site {name} was {change}: {', '.join([*named, *parts])}."
    parts = [*_moved(cells), *_amounts(cells)]
    parts += [
        f"{_words(field)} {_short(was)} {ARROW} {_short(now)}"
        for field, (was, now) in cells.items()
        if field not in UNTOLD | AMOUNTS.keys()
    ]
    return f"Site {name} {', '.join(parts)}." if parts else ""


def _moved(cells: Cells) -> list[str]:
    """Say how far a place moved; its metres are whole ones, so less is less than a metre."""
    if not PLACE & cells.keys():
        return []
    try:
        gaps = [float(now) - float(was) for was, now in (cells.get(x, STAYS) for x in METRES)]
    except ValueError:
        return ["is at another place"]
    metres = hypot(*gaps)
    return [f"moved {metres:,.0f} m" if metres else "moved less than a metre"]


def _amounts(cells: Cells) -> list[str]:
    found = []
    for field, words in AMOUNTS.items():
        if field in cells:
            was, now = (each or "unknown" for each in cells[field])
            found.append(
                f"{words.format(was)} {ARROW} {words.format(now)}"
                if words.endswith("{}")
                else words.format(f"{was} {ARROW} {now}")
            )
    return found


def _clause(name: str, change: str, cells: Cells) -> str:
    if change != "changed":
        return f"Clause {name} of the library was {change}."
    chosen = cells.get("selected")
    if chosen:
        why = cells.get("reason_in_words", ("", ""))[1]
        return (
            f"Clause {name} was added to the annex."
            if chosen[1] == "yes"
            else f"Clause {name} was dropped from the annex{f': {why}' if why else ''}."
        )
    parts = ["reworded"] if "text" in cells else []
    if "level" in cells:
        parts.append(f"level {cells['level'][0]} {ARROW} {cells['level'][1]}")
    parts += _parameters(*cells.get("parameters", ("", "")))
    if cells.get("checked_by", ("", ""))[1]:
        parts.append(f"checked by {_short(cells['checked_by'][1])}")
    return f"Clause {name}: {', '.join(parts)}." if parts else ""


def _parameters(was: str, now: str) -> list[str]:
    before, after = (
        dict(each.partition("=")[::2] for each in text.split(";") if each) for text in (was, now)
    )
    return [
        f"{name} {_short(before.get(name, ''))} {ARROW} {_short(after.get(name, ''))}"
        for name in {**before, **after}
        if before.get(name) != after.get(name)
    ]


def _lot(name: str, change: str, cells: Cells) -> str:
    if change != "changed":
        return f"Lot {name} was {change}."
    parts = [
        f"{cells[field][0] or 'unknown'} {ARROW} {cells[field][1] or 'unknown'} {words}"
        for field, words in OF_A_LOT.items()
        if field in cells
    ]
    return f"Lot {name}: {', '.join(parts)}." if parts else ""


def _window(name: str, change: str, cells: Cells) -> str:
    del change  # windows that came or went are told by calendar
    profile, _way, _asset, lot, _months, day, start = json.loads(name)
    parts = [
        f"{_words(field)} {_short(was)} {ARROW} {_short(now)}"
        for field, (was, now) in cells.items()
    ]
    return f"Calendar {profile}, lot {lot}, {day} from {start}: {', '.join(parts)}."


def _words(field: str) -> str:
    return field.replace("_", " ").replace("v2g", "V2G")


def _short(text: str) -> str:
    plain = " ".join(text.split()) or "nothing"
    return plain if len(plain) <= LONGEST else f"{plain[:LONGEST]}…"


SENTENCES: Mapping[str, Callable[[str, str, Cells], str]] = {
    "sites": _site,
    "requirements": _clause,
    "lots": _lot,
    "traffic_light": _window,
}
