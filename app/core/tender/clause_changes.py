"""Changes to clauses as a scenario holds them: flat, hashable, in the order they were made."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from app.core.errors import InputError

LONGEST_NAME, LONGEST_VALUE, MOST = 40, 4_000, 1_000
LISTS, FLAGS = ("confirm",), ("drop",)


class ClauseChange(NamedTuple):
    """One key of one clause: a parameter, or ``text``, ``drop``, ``confirm``, ``checked_by``."""

    clause: str
    key: str
    value: str


def read_clause_change(value: Any) -> ClauseChange:  # noqa: ANN401
    """Read one from plain data of a stranger."""
    wrong = InputError("changes to clauses hold something that is not a clause, a key and a value")
    if not isinstance(value, (list, tuple)) or len(value) != 3:  # noqa: PLR2004
        raise wrong
    if not all(isinstance(each, str) and each.strip() for each in value):
        raise wrong
    clause, key, text = value
    if len(clause) > LONGEST_NAME or len(key) > LONGEST_NAME or len(text) > LONGEST_VALUE:
        raise InputError(f"a change to clause {clause[:LONGEST_NAME]!r} is too long")
    return ClauseChange(clause, key, text)


def check_clause_changes(changes: Sequence[ClauseChange]) -> None:
    """Refuse what no planner means; whether clause and value exist is for the library to say."""
    if len(changes) > MOST:
        raise InputError(f"more than {MOST} changes to clauses")
    for each in changes:
        read_clause_change(each)


def as_tables(changes: Sequence[ClauseChange]) -> dict[str, dict[str, Any]]:
    """Gather them by clause, as ``clauses.toml`` has them."""
    found: dict[str, dict[str, Any]] = {}
    for clause, key, value in changes:
        table = found.setdefault(clause, {})
        if key in LISTS:
            table.setdefault(key, []).append(value)
        else:
            table[key] = value == "true" if key in FLAGS else value
    return found


def as_changes(tables: Mapping[str, Mapping[str, Any]]) -> tuple[ClauseChange, ...]:
    """Flatten tables, sorted, so that the same changes give the same scenario."""
    found = [
        ClauseChange(clause, key, str(one).lower() if isinstance(one, bool) else str(one))
        for clause, table in tables.items()
        for key, value in table.items()
        for one in (value if isinstance(value, (list, tuple)) else (value,))
    ]
    return tuple(sorted(set(found)))
