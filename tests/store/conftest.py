"""Both databases for every test of the store: SQLite in a folder, a real PostgreSQL server."""

import os
import shutil
import socket
import subprocess
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import uuid4

import pytest
from sqlalchemy import create_engine, text

from app.store.database import Database, open_database
from app.store.repository import Repository

PROGRAMS = Path("/usr/lib/postgresql")
MISSING = "needs PostgreSQL (apt-get install postgresql); KERBWATT_REQUIRE_POSTGRES=1 forbids this"


@pytest.fixture
def hand() -> list[datetime]:
    """The moment a test has put the clock to."""
    return [datetime(2026, 3, 1, 9, tzinfo=UTC)]


@pytest.fixture
def clock(hand: list[datetime]) -> Callable[[], datetime]:
    """A clock that moves a second at each look."""

    def look() -> datetime:
        hand[0] += timedelta(seconds=1)
        return hand[0]

    return look


@pytest.fixture
def pass_days(hand: list[datetime]) -> Callable[[float], None]:
    """Let time go by."""

    def go(days: float) -> None:
        hand[0] += timedelta(days=days)

    return go


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """Start a throw-away PostgreSQL server; stops with the tests.

    Not in pytest's own folder: that opens to its owner alone, and root's server is not root's.
    """
    found = sorted(PROGRAMS.glob("*/bin/initdb"))
    if not found:
        if os.environ.get("KERBWATT_REQUIRE_POSTGRES") == "1":
            pytest.fail(MISSING)
        pytest.skip(MISSING)
    with TemporaryDirectory(prefix="kerbwatt-postgres-") as name:
        programs, folder = found[-1].parent, Path(name)
        data, port, run = folder / "data", _free_port(), _as_ordinary_user(folder)
        run([programs / "initdb", "-D", data, "-U", "kerbwatt", "-A", "trust", "--no-sync"])
        options = (
            f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c fsync=off"
        )
        control = [programs / "pg_ctl", "-D", data, "-w", "-l", folder / "log"]
        run([*control, "-o", options, "start"])
        try:
            yield f"postgresql+psycopg://kerbwatt@127.0.0.1:{port}"
        finally:
            run([*control, "-m", "immediate", "stop"])


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[Path, str | None]:
    """Where an empty store of each kind is to be: its folder, and the address of a database."""
    url = _new_postgres(request) if request.param == "postgresql" else None
    return tmp_path / "home", url


@pytest.fixture
def database(place: tuple[Path, str | None]) -> Iterator[Database]:
    """An empty store of each kind."""
    opened = open_database(*place)
    assert opened.dialect == ("postgresql" if place[1] else "sqlite")
    yield opened
    opened.close()


@pytest.fixture
def repository(database: Database, clock: Callable[[], datetime]) -> Repository:
    """Stored scenarios, on each database."""
    return Repository(database, clock)


def _new_postgres(request: pytest.FixtureRequest) -> str:
    server, name = request.getfixturevalue("postgres_server"), f"kerbwatt_{uuid4().hex}"
    engine = create_engine(f"{server}/postgres", isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    engine.dispose()
    return f"{server}/{name}"


def _as_ordinary_user(folder: Path) -> Callable[[list[object]], None]:
    """PostgreSQL refuses to run as root: hand the folder to its own user there."""
    before: list[str] = []
    if os.geteuid() == 0:
        shutil.chown(folder, "postgres", "postgres")
        setpriv = shutil.which("setpriv") or pytest.fail("needs setpriv (util-linux)")
        before = [setpriv, "--reuid=postgres", "--regid=postgres", "--clear-groups"]

    def run(words: list[object]) -> None:
        called = [*before, *map(str, words)]
        subprocess.run(called, check=True, cwd=folder, stdout=subprocess.DEVNULL)  # noqa: S603

    return run


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
