"""The whole store as plain rows, out and in again: from SQLite to PostgreSQL as well."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import func, insert, select

from app.core.errors import InputError
from app.store.database import NEWEST, Database
from app.store.models import Base, UtcTime

TABLES = ("projects", "scenarios", "site_lists", "drafts")
Row = Mapping[str, Any]


def rows(database: Database, name: str) -> Iterator[Row]:
    """Read one table in the order of its key; moments as ISO 8601 in UTC."""
    table = Base.metadata.tables[name]
    with database.read() as session:
        for row in session.execute(select(table).order_by(*table.primary_key)).mappings():
            yield {key: _out(value) for key, value in row.items()}


def is_empty(database: Database) -> bool:
    """Say whether nothing at all is kept."""
    with database.read() as session:
        counts = (
            session.scalar(select(func.count()).select_from(Base.metadata.tables[name]))
            for name in TABLES
        )
        return not any(counts)


def fill(database: Database, found: Mapping[str, Iterable[Row]]) -> dict[str, int]:
    """Put rows into an empty store: all of them, or none; say how many went where.

    Raises
    ------
    InputError
        The store holds something, or a row does not fit its table.
    """
    if not is_empty(database):
        raise InputError("The store is not empty: restore into a new KERBWATT_HOME or database.")
    counts: dict[str, int] = {}
    with database.change() as session:
        for name in TABLES:
            ready = [_in(name, row, at) for at, row in enumerate(found.get(name, ()), start=1)]
            if ready:
                session.execute(insert(Base.metadata.tables[name]), ready)
            counts[name] = len(ready)
    return counts


def schema() -> str:
    """Name the newest step of the tables."""
    return NEWEST


def _out(value: Any) -> Any:  # noqa: ANN401
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    return value


def _in(name: str, row: Row, at: int) -> dict[str, Any]:
    table = Base.metadata.tables[name]
    wanted = {column.name for column in table.columns}
    if not isinstance(row, Mapping) or set(row) != wanted:
        raise InputError(f"{name}, row {at}: wanted the columns {', '.join(sorted(wanted))}")
    found = dict(row)
    for column in table.columns:
        if isinstance(column.type, UtcTime) and found[column.name] is not None:
            try:
                found[column.name] = datetime.fromisoformat(found[column.name])
            except (TypeError, ValueError) as error:
                raise InputError(f"{name}, row {at}, {column.name}: not a moment") from error
    return found
