"""What changed between two packs: cell by cell, so that it can be applied, and in words."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, TypeAlias

import pandas as pd

from app.core.errors import InputError
from app.core.tender.revision_words import in_words
from app.core.tender.sealed import KEYS, SealedPack

ADDED, REMOVED, CHANGED = "added", "removed", "changed"
COLUMNS = ("table", "id", "change", "field", "old", "new")
FACTS = {  # of the packs themselves
    "edition": "Edition",
    "model": "Model",
    "v2g_phase": "V2G phase",
    "date": "Date",
}
QUIET = {"sites": {"revision"}}  # says when a row changed, so it is no change of its own
TOTALS = {"sites": "sites", "points": "n_charge_points", "kw": "station_kw"}
Tables: TypeAlias = Mapping[str, pd.DataFrame]
Row: TypeAlias = dict[str, str]


@dataclass(frozen=True, slots=True, eq=False)
class Changes:
    """The way from one pack to another.

    Attributes
    ----------
    old, new
        Their revisions.
    cells
        ``table, id, change, field, old, new, in_words``: one row per cell; a row that was added or
        removed has one per cell that was filled, and the first of them the sentence.
    words
        The same for a reader, one sentence per place, clause, lot or window.
    totals
        Places, points and kW before and after.
    """

    project: str
    old: int
    new: int
    cells: pd.DataFrame
    words: tuple[str, ...]
    totals: Mapping[str, tuple[float, float]]

    @property
    def nothing(self) -> bool:
        """Whether both packs say the same."""
        return not self.words and self.cells.empty

    def told(self, table: str) -> int:
        """Count the sentences about a table."""
        rows = self.cells[self.cells["table"] == table]
        return int((rows["in_words"] != "").sum())

    def ids(self, table: str, change: str) -> list[str]:
        """Return the rows of a table that were added, removed or changed."""
        rows = self.cells[(self.cells["table"] == table) & (self.cells["change"] == change)]
        return list(dict.fromkeys(rows["id"]))


def changes(old: SealedPack, new: SealedPack) -> Changes:
    """Compare two packs of one project; refuses packs of different ones.

    Columns that only one of them has, as those of another edition, are left out and named.
    """
    if old.project != new.project:
        raise InputError(
            f"{old.name} is of project {old.project!r}, {new.name} of {new.project!r}: "
            "only packs of one project can be compared"
        )
    found = cells(old.tables, new.tables)
    loud = [
        field not in QUIET.get(table, ())
        for table, field in zip(found["table"], found["field"], strict=True)
    ]
    facts = [
        f"{FACTS[name]}: {old.manifest[name]} → {new.manifest[name]}."
        for name in FACTS
        if old.manifest[name] != new.manifest[name]
    ]
    found = found if any(loud) else found.iloc[:0]
    told = in_words(found)
    words = (*facts, *_columns(old.tables, new.tables), *told.values())
    found = found.assign(in_words=[told.get(at, "") for at in range(len(found))])
    totals = {
        name: (_total(old.sites, column), _total(new.sites, column))
        for name, column in TOTALS.items()
    }
    return Changes(new.project, old.revision, new.revision, found, words, MappingProxyType(totals))


def cells(old: Tables, new: Tables) -> pd.DataFrame:
    """List every cell that differs, in the order of the tables and of their rows' names."""
    found: list[tuple[str, ...]] = []
    for table in KEYS:
        before, after = _rows(old, new, table), _rows(new, old, table)
        for name in sorted(before.keys() | after.keys()):
            was, now = before.get(name), after.get(name)
            change = ADDED if was is None else REMOVED if now is None else CHANGED
            was, now = was or {}, now or {}
            found += [
                (table, name, change, field, was.get(field, ""), now.get(field, ""))
                for field in dict.fromkeys([*was, *now])
                if was.get(field, "") != now.get(field, "")
            ]
    return pd.DataFrame(found, columns=list(COLUMNS))


def applied(old: Tables, listed: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Make the tables of the new pack from the old ones and the cells that changed."""
    found = {}
    for table in [each for each in KEYS if each in old]:
        columns = list(old[table])
        rows = _rows(old, old, table)
        for each in listed[listed["table"] == table].to_dict("records"):
            if each["change"] == REMOVED:
                rows.pop(each["id"], None)
            else:
                blank: Row = dict.fromkeys(map(str, columns), "")
                rows.setdefault(each["id"], blank)[each["field"]] = each["new"]
        listing = pd.DataFrame([rows[name] for name in sorted(rows)], columns=columns, dtype=str)
        found[table] = listing
    return found


def row_name(row: Mapping[Any, Any], table: str) -> str:
    """Name a row: by its number, or by all that names it where that is more than one column."""
    parts = [str(row[column]) for column in KEYS[table]]
    return parts[0] if len(parts) == 1 else json.dumps(parts, ensure_ascii=False)


def _rows(of: Tables, other: Tables, table: str) -> dict[str, Row]:
    """Return the rows of a table by name, with the columns that both packs have."""
    if table not in of:
        return {}
    mine = of[table]
    shared = [name for name in mine if table not in other or name in other[table]]
    rows: list[dict[Any, Any]] = mine[shared].to_dict("records")
    return {row_name(row, table): row for row in rows}


def _columns(old: Tables, new: Tables) -> list[str]:
    found = []
    for table in [each for each in KEYS if each in old and each in new]:
        one_sided = sorted({*old[table]} ^ {*new[table]})
        if one_sided:
            found.append(f"Not compared, in one pack only: {table} {', '.join(one_sided)}.")
    return found


def _total(sites: pd.DataFrame, column: str) -> float:
    if column not in sites:
        return float(len(sites))
    return round(float(pd.to_numeric(sites[column], errors="coerce").sum()), 1)
