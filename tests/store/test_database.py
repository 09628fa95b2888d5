"""Opening the store: tables made once, refusals in a sentence, nothing half written."""

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from app.core.errors import InputError
from app.core.scenario import Scenario
from app.store import migrations
from app.store.database import FILE_NAME, NEWEST, Database, open_database
from app.store.models import Base
from app.store.repository import Repository

INSERT = text(
    "INSERT INTO drafts (visitor, project, content, changed) "
    "VALUES (:visitor, :project, :content, :changed)"
)


def test_the_migrations_make_exactly_the_tables_of_the_models(database: Database) -> None:
    with database.read() as session:
        context = MigrationContext.configure(session.connection(), opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []


def test_opening_again_finds_what_was_saved(tmp_path: Path) -> None:
    first = open_database(tmp_path)
    kept = Repository(first).save(Scenario(year=2040), project="utrecht", name="Plan")
    first.close()
    second = open_database(tmp_path)
    assert Repository(second).get(kept.id).scenario == Scenario(year=2040)
    second.close()


def test_servers_that_start_together_make_the_tables_once(tmp_path: Path) -> None:
    with ThreadPoolExecutor(4) as pool:
        opened = list(pool.map(lambda _: open_database(tmp_path), range(4)))
    for each in opened:
        assert Repository(each).list() == []
        each.close()


def test_what_was_saved_survives_a_power_cut(tmp_path: Path) -> None:
    opened = open_database(tmp_path)
    with opened.read() as session:
        assert session.scalar(text("PRAGMA journal_mode")) == "wal"
        assert session.scalar(text("PRAGMA synchronous")) == 2  # FULL
    opened.close()


def test_a_reader_does_not_wait_for_a_writer(tmp_path: Path) -> None:
    opened = open_database(tmp_path)
    repository = Repository(opened)
    kept = repository.save(Scenario(), project="utrecht", name="Plan")
    with opened.change() as session:
        session.execute(text("UPDATE scenarios SET note = 'half'"))
        assert repository.get(kept.id).note == ""
    assert repository.get(kept.id).note == "half"
    opened.close()


def test_a_change_that_fails_leaves_nothing(database: Database) -> None:
    def change(project: str) -> None:
        row = {"visitor": "v", "content": "{}", "changed": "2026-01-01 00:00:00"}
        with database.change() as session:
            session.execute(INSERT, {**row, "project": "first"})
            session.execute(INSERT, {**row, "project": project})

    with pytest.raises(IntegrityError):
        change("first")  # the second row breaks the key: the first must go too
    with database.read() as session:
        assert session.scalar(text("SELECT count(*) FROM drafts")) == 0


def test_tables_of_a_newer_program_are_left_alone(tmp_path: Path) -> None:
    open_database(tmp_path).close()
    with sqlite3.connect(tmp_path / FILE_NAME) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()
    with pytest.raises(InputError, match="newer Kerbwatt"):
        open_database(tmp_path)


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).write_text("not a database, " * 1000)
    with pytest.raises(InputError, match="cannot be opened"):
        open_database(tmp_path)


def test_a_folder_that_cannot_be_made_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(InputError, match="KERBWATT_HOME"):
        open_database(tmp_path / "file" / "home")


@pytest.mark.parametrize("url", ["mysql://u:hush@h/d", "nonsense", "sqlite:///x.db"])
def test_only_postgresql_may_stand_in_the_address(tmp_path: Path, url: str) -> None:
    with pytest.raises(InputError, match="KERBWATT_DATABASE_URL") as refusal:
        open_database(tmp_path, url)
    assert "hush" not in str(refusal.value)


def test_a_server_that_does_not_answer_is_named_in_the_log_without_its_password(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with pytest.raises(InputError, match="cannot be opened") as refusal:
        open_database(tmp_path, "postgresql://u:hush@127.0.0.1:9/d")
    assert "127.0.0.1" not in str(refusal.value), "a visitor need not know where the store is"
    assert "127.0.0.1" in caplog.text
    assert "hush" not in caplog.text


def test_the_newest_migration_is_the_one_the_program_asks_for() -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(migrations.__file__).parent))
    assert ScriptDirectory.from_config(config).get_current_head() == NEWEST
