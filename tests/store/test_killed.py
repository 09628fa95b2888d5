"""Power cuts, crowds and old tables: nothing that was acknowledged is lost."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine, text

from app.core.scenario import Scenario
from app.store import migrations
from app.store.database import FILE_NAME, Database, open_database
from app.store.repository import Repository
from app.store.site_lists import SiteLists

Place = tuple[Path, str | None]
TIMES = 100
WRITERS, EACH = 8, 12
OF_0001 = """
INSERT INTO scenarios (id, project, name, name_key, created_by, note, content, layers,
                       program_version, created, changed)
VALUES ('01JZZZZZZZZZZZZZZZZZZZZZZZ', 'p', 'From before', 'from before', '', '', '{"year": 2041}',
        '{}', '0.1', '2026-01-01 00:00:00+00', '2026-01-01 00:00:00+00')
"""


def test_a_hundred_kills_in_mid_save_lose_nothing(place: Place) -> None:
    home, url = place
    script = str(Path(__file__).with_name("killed.py"))
    program = [sys.executable, script, str(home), url or "", str(TIMES)]
    ended = subprocess.run(program, check=True, capture_output=True, text=True)  # noqa: S603
    said, lost = map(int, ended.stdout.split())
    assert said >= TIMES
    assert lost == 0
    database = open_database(*place)
    if url is None:
        with database.read() as session:
            assert session.scalar(text("PRAGMA integrity_check")) == "ok"
    database.close()


def test_eight_writers_at_once_lose_nothing(database: Database) -> None:
    repository = Repository(database)

    def write(writer: int) -> list[str]:
        return [
            repository.save(Scenario(seed=nth), project="p", name=f"{writer}/{nth}").id
            for nth in range(EACH)
        ]

    with ThreadPoolExecutor(WRITERS) as pool:
        said = [key for keys in pool.map(write, range(WRITERS)) for key in keys]
    assert len(set(said)) == WRITERS * EACH
    assert {each.id for each in repository.list()} == set(said)


@pytest.mark.parametrize(("released", "row"), [("0001", OF_0001)])
def test_every_released_schema_is_brought_up_to_date(released: str, row: str, place: Place) -> None:
    home, url = place
    home.mkdir()
    engine = create_engine(url or f"sqlite:///{home / FILE_NAME}")
    with engine.begin() as connection:
        config = Config()
        config.set_main_option("script_location", str(Path(migrations.__file__).parent))
        config.attributes["connection"] = connection
        command.upgrade(config, released)
        connection.execute(text(row.replace(":", "\\:")))
    engine.dispose()
    database = open_database(home, url)
    (kept,) = Repository(database).list()
    assert (kept.name, kept.scenario) == ("From before", Scenario(year=2041))
    assert SiteLists(database).get("p") is None
    database.close()
