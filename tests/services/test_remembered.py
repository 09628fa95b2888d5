"""A mapping made once serves every file with the same columns, in this project and by file."""

import io
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.core.errors import InputError
from app.core.project import Project
from app.services import store as store_module
from app.services.load_layer import load_layer
from app.services.open_project import drop_layer, keep_layer
from app.services.projects import load_project
from app.services.remembered import MOST, new_record, provenance, records, remembered
from app.services.store import open_store
from app.sources.answers import Answer, Answers
from app.sources.intake import Intake
from app.sources.mapping_file import fingerprint, read_mapping, spelt_out, write_mapping

TABLE = "nr;A;B;lon;lat\nt1;0,25;x;5,105;52,105\nt2;1,5;y;5,106;52,106\n"
HEADERS = ("nr", "A", "B", "lon", "lat")
SAID = Answers(columns={"headroom_kw": Answer("A", "MW")}, decimal=",", as_of="2025-03-01")


def loaded(project: Project, answers: Answers, text: str = TABLE) -> Intake:
    return load_layer(io.BytesIO(text.encode()), "grid", project, answers, "trafos.csv")


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Project]:
    """Sampletown in a store of its own, its grid where the table lies."""
    opened = open_store(tmp_path)
    monkeypatch.setattr(store_module, "_opened", {"here": opened})
    yield load_project("utrecht")
    opened.database.close()


def accepted(project: Project, answers: Answers = SAID) -> Project:
    found = loaded(project, answers)
    assert found.layer is not None, found.problems
    columns = fingerprint("grid", HEADERS)
    before = records(project).get("grid", {})
    made = new_record(found, answers, name="trafos.csv", columns=columns, before=before)
    return keep_layer(project, found.layer, made)


def test_the_same_columns_are_recognised_in_any_order_and_no_others() -> None:
    mine = fingerprint("grid", HEADERS)
    assert mine == fingerprint("grid", ("LAT", "lon", "b", "a", "Nr"))
    assert mine != fingerprint("grid", HEADERS[:-1])
    assert mine != fingerprint("parking", HEADERS)
    assert fingerprint("grid", ()) == ""


def test_an_accepted_mapping_is_known_to_the_project_and_its_later_versions(
    project: Project,
) -> None:
    kept = accepted(project)
    columns = fingerprint("grid", HEADERS)
    said = remembered(kept, "grid", columns)
    assert said is not None
    assert said.columns["headroom_kw"] == Answer("A", "MW")
    assert said.as_of is None  # the next delivery has another date
    assert loaded(kept, said).layer == loaded(kept, SAID).layer
    later = drop_layer(kept, "parking")
    assert remembered(later, "grid", columns) == said
    assert remembered(project, "grid", columns) is None  # another project knows nothing of it
    assert remembered(kept, "grid", fingerprint("grid", ("other",))) is None


def test_the_record_says_what_was_decided_and_what_the_file_was(project: Project) -> None:
    found = records(accepted(project))["grid"]
    assert found["file"] == "trafos.csv"
    assert len(found["sha256"]) == 64
    assert (found["rows_read"], found["rows_kept"], found["set_aside"]) == (2, 2, "")
    headroom = next(c for c in found["columns"] if c["column"] == "headroom_kw")
    assert (headroom["header"], headroom["unit"], headroom["factor"]) == ("A", "MW", 1000)
    assert {"COL-UNIT", "CRS-TABLE"} <= {p["code"] for p in found["problems"]}
    assert "t1" not in str(found)  # decisions, not the rows of the file


def test_the_annex_of_a_tender_says_how_each_file_was_read(project: Project) -> None:
    table = provenance(accepted(project)).set_index("layer")
    assert "headroom_kw = A (× 1000)" in table.loc["grid", "columns"]
    assert len(table.loc["grid", "file_sha256"]) == 64
    assert "COL-UNIT 1" in table.loc["grid", "findings"]
    assert table.loc["parking", "file"] == ""  # bundled: its origin says where it is from
    assert not table.map(lambda cell: "t1" in str(cell)).to_numpy().any()


def test_the_newest_mapping_stands_first_and_old_ones_are_forgotten(project: Project) -> None:
    found = loaded(project, SAID)
    before: dict[str, object] = {}
    for nth in range(MOST + 5):
        before = new_record(found, SAID, name="x", columns=f"f{nth}", before=before)
    mappings = before["mappings"]
    assert isinstance(mappings, list)
    assert [mappings[0]["fingerprint"], len(mappings)] == [f"f{MOST + 4}", MOST]


def test_a_mapping_file_goes_out_and_comes_back(project: Project) -> None:
    headers = (*HEADERS, 'a "quoted" = \\ héader', "tab\there", "\ud800")
    found = loaded(project, SAID)
    whole = spelt_out(SAID, found.mapping)
    text = write_mapping("grid", headers, whole)
    assert read_mapping(text.encode(), "grid") == whole
    assert whole.columns["asset_id"] == Answer("nr")
    assert loaded(project, whole).layer == found.layer
    tables = tomllib.loads(text)
    assert Answers.read(tables["layers"]["grid"]) == whole  # as a project.toml would hold it
    assert tables["mapping"]["fingerprint"] == fingerprint("grid", headers)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"\xff\xfe", "cannot be read"),
        (b"a = ", "cannot be read"),
        (b"x" * 200_001, "too long"),
        (b"[layers.parking]\ndecimal = ','", "is for parking"),
        (b"[layers.grid.columns]\nvoltage = 'V'", "no column voltage"),
        (b"[layers.grid]\nformat = 'shp'", "not an answer"),
        (b"[layers.grid]\ncolumns = 3", "must be a table"),
        (b"[layers.grid]\ndecimal = 3", "must be text"),
        (b"layers = 3", "is for nothing"),
    ],
)
def test_what_is_no_mapping_is_refused_in_words(content: bytes, words: str) -> None:
    with pytest.raises(InputError, match=words):
        read_mapping(content, "grid")


def test_a_project_over_its_limit_is_not_kept(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    from app.services import open_project  # noqa: PLC0415
    from app.settings import Settings  # noqa: PLC0415

    monkeypatch.setattr(open_project, "SETTINGS", Settings(limit_project_mb=1))
    monkeypatch.setattr(open_project, "MEGABYTE", 1000)
    with pytest.raises(InputError, match=r"the limit of this server is 1\.0 kB"):
        accepted(project)
