"""The store as one file: out, into another kind of store, and the same again."""

import zipfile
from pathlib import Path

import pytest

from app.core.errors import InputError
from app.core.scenario import Scenario
from app.services.backup import backup, restore
from app.services.projects import load_project
from app.services.store import Store, open_store


@pytest.fixture
def full(tmp_path: Path) -> Store:
    """A store with one of everything."""
    found = open_store(tmp_path / "full")
    town = load_project("sampletown")
    found.projects.save(town, {"grid": {"asked": "nothing"}})
    kept = found.scenarios.save(Scenario(year=2041), project="sampletown", name="Plan", note="ñ")
    found.scenarios.duplicate(kept.id)
    found.scenarios.delete(found.scenarios.save(Scenario(), project="p", name="Gone").id)
    found.site_lists.keep("sampletown", "candidate_id,status\n", seen=0)
    found.drafts.keep("ann", "sampletown", Scenario(year=2030, v2g_share=0.5))
    return found


def test_what_goes_out_comes_back_whole(full: Store, tmp_path: Path) -> None:
    told = backup(full, tmp_path / "b.zip")
    assert told["rows"] == {"projects": 1, "scenarios": 3, "site_lists": 1, "drafts": 1}
    empty = open_store(tmp_path / "empty")
    assert restore(empty, tmp_path / "b.zip")["rows"] == told["rows"]
    assert empty.scenarios.list() == full.scenarios.list() or [
        each.id for each in empty.scenarios.list()
    ] == [each.id for each in full.scenarios.list()]
    here, there = (each.projects.get("sampletown") for each in (full, empty))
    assert here.digest == there.digest
    assert empty.projects.records("sampletown") == {"grid": {"asked": "nothing"}}
    assert len(empty.scenarios.list(binned=True)) == 1
    again = backup(empty, tmp_path / "c.zip")
    assert again["sha256"] == told["sha256"]


def test_a_store_with_something_in_it_is_left_alone(full: Store, tmp_path: Path) -> None:
    backup(full, tmp_path / "b.zip")
    with pytest.raises(InputError, match="not empty"):
        restore(full, tmp_path / "b.zip")


def test_a_changed_byte_is_found_and_nothing_is_half_restored(full: Store, tmp_path: Path) -> None:
    backup(full, tmp_path / "b.zip")
    with (
        zipfile.ZipFile(tmp_path / "b.zip") as old,
        zipfile.ZipFile(tmp_path / "c.zip", "w") as new,
    ):
        for name in old.namelist():
            data = old.read(name)
            new.writestr(
                name, data.replace(b"2041", b"2042") if name == "scenarios.jsonl" else data
            )
    empty = open_store(tmp_path / "empty")
    with pytest.raises(InputError, match=r"scenarios\.jsonl"):
        restore(empty, tmp_path / "c.zip")
    assert empty.projects.list() == []
    restore(empty, tmp_path / "b.zip")


@pytest.mark.parametrize("content", [b"", b"no zip", b"PK\x03\x04nonsense"])
def test_what_is_no_backup_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "x.zip"
    path.write_bytes(content)
    with pytest.raises(InputError, match="not a backup"):
        restore(open_store(tmp_path / "empty"), path)


def test_a_backup_of_a_newer_program_is_refused(full: Store, tmp_path: Path) -> None:
    backup(full, tmp_path / "b.zip")
    with (
        zipfile.ZipFile(tmp_path / "b.zip") as old,
        zipfile.ZipFile(tmp_path / "c.zip", "w") as new,
    ):
        for name in old.namelist():
            new.writestr(name, old.read(name).replace(b'"schema":"', b'"schema":"9'))
    with pytest.raises(InputError, match="newer Kerbwatt"):
        restore(open_store(tmp_path / "empty"), tmp_path / "c.zip")
