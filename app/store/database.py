"""Open the database and bring its tables up to date: SQLite in a folder, or PostgreSQL."""

import logging
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, inspect, make_url, text
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.orm import Session

from app.core.errors import InputError
from app.store import migrations

LOG = logging.getLogger(__name__)
NEWEST = "0002"  # the last of app/store/migrations/versions; a test holds it there
BUSY_MS = 10_000
FILE_NAME = "kerbwatt.sqlite"
READING = "kerbwatt_reading"
LOCK = 7_104_208_127  # any number nobody else uses: one server migrates, the others wait
BAD_ADDRESS = (
    "KERBWATT_DATABASE_URL is not the address of a PostgreSQL server "
    "(postgresql+psycopg://user:password@host/name)."
)


class Database:
    """An open database. SQLite takes its write lock when a change begins, never halfway."""

    def __init__(self, engine: Engine) -> None:
        """Take an engine whose tables are up to date."""
        self._engine = engine
        self._reader = engine.execution_options(**{READING: True})

    @property
    def dialect(self) -> str:
        """``sqlite`` or ``postgresql``."""
        return self._engine.dialect.name

    @contextmanager
    def change(self) -> Iterator[Session]:
        """Change rows: all of it, or nothing."""
        with Session(self._engine, expire_on_commit=False) as session, session.begin():
            yield session

    @contextmanager
    def read(self) -> Iterator[Session]:
        """Look at rows without making anybody wait."""
        with Session(self._reader, expire_on_commit=False) as session:
            yield session

    def close(self) -> None:
        """Let go of every connection."""
        self._engine.dispose()


def open_database(home: Path, url: str | None = None) -> Database:
    """Open the store of this server; makes the folder and the tables where missing.

    Raises
    ------
    InputError
        The folder cannot be written, the server does not answer, or the tables were made by a
        newer program.
    """
    engine = _postgres(url) if url else _sqlite(home)
    try:
        with engine.begin() as connection:
            _migrate(connection)
    except InputError:
        engine.dispose()
        raise
    except DBAPIError as error:
        engine.dispose()
        place = engine.url.render_as_string(hide_password=True)
        LOG.error("The store at %s cannot be opened: %s", place, error.orig)  # noqa: TRY400
        raise InputError("The store cannot be opened; the server's log says why.") from error
    return Database(engine)


def _migrate(connection: Connection) -> None:
    if _version(connection) == NEWEST:
        return
    # Half a second that a store which is up to date need not pay.
    from alembic import command  # noqa: PLC0415
    from alembic.config import Config  # noqa: PLC0415

    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
    config = Config()
    folder = str(Path(migrations.__file__).parent)
    config.set_main_option("script_location", folder.replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def _version(connection: Connection) -> str | None:
    """Read which migration the tables are at; refuses those of a newer program."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    found = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    if found is not None and found > NEWEST:
        raise InputError(
            f"The store was written by a newer Kerbwatt (tables {found}). Use that version, or "
            "another folder (KERBWATT_HOME) or database (KERBWATT_DATABASE_URL)."
        )
    return found


def _sqlite(home: Path) -> Engine:
    try:
        home.mkdir(mode=0o700, parents=True, exist_ok=True)  # what a city plans is its own
    except OSError as error:
        raise InputError(
            f"The folder {home} cannot be made: {error.strerror}. Set KERBWATT_HOME."
        ) from error
    engine = create_engine(f"sqlite:///{home / FILE_NAME}")
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin)
    return engine


def _prepare(connection: sqlite3.Connection, _record: object) -> None:
    connection.isolation_level = None  # we say BEGIN ourselves, see _begin
    for pragma in (
        f"busy_timeout={BUSY_MS}",
        "journal_mode=WAL",  # readers go on while one writes
        "synchronous=FULL",  # what was saved survives a power cut
        "foreign_keys=ON",
    ):
        connection.execute(f"PRAGMA {pragma}").close()


def _begin(connection: Connection) -> None:
    reading = connection.get_execution_options().get(READING, False)
    connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")


def _postgres(address: str) -> Engine:
    try:
        url = make_url(address)
    except ArgumentError as error:
        raise InputError(BAD_ADDRESS) from error
    if url.drivername in {"postgres", "postgresql"}:
        url = url.set(drivername="postgresql+psycopg")
    if url.drivername != "postgresql+psycopg":
        raise InputError(BAD_ADDRESS)
    options: dict[str, Any] = {"pool_pre_ping": True, "connect_args": {"connect_timeout": 10}}
    try:
        return create_engine(url, **options)
    except ModuleNotFoundError as error:
        raise InputError('PostgreSQL needs its driver: install "kerbwatt[postgres]".') from error
