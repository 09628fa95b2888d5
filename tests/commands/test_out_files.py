"""Files land where a person asked, or the place is refused before anything is computed."""

from pathlib import Path

import pytest

from app.commands.out_files import ready_file, ready_folder, write_file, writing
from app.core.errors import InputError


def test_missing_folders_are_made_and_nothing_is_left_beside_the_file(tmp_path: Path) -> None:
    out = tmp_path / "a" / "b" / "plan.gpkg"
    write_file(out, b"first")
    write_file(out, b"second")
    assert out.read_bytes() == b"second"
    assert list(out.parent.iterdir()) == [out]


def test_a_folder_is_no_file_and_a_file_no_folder(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("mine")
    with pytest.raises(InputError, match="it is a folder"):
        ready_file(tmp_path)
    for refused in (file, file / "under"):
        with pytest.raises(InputError, match="cannot be written"):
            ready_folder(refused)
    assert file.read_text() == "mine"


def test_the_systems_refusal_becomes_a_sentence_about_the_place(tmp_path: Path) -> None:
    out = tmp_path / "gone" / "kpis.json"
    with pytest.raises(InputError, match=r"kpis\.json: cannot be written"), writing(out):
        out.write_text("{}")
    assert not out.exists()
