"""Tables put onto maps: nothing is counted twice, nothing is lost in silence."""

import json
from pathlib import Path

import pytest

from app.sources.connectors.base import write_features
from app.sources.connectors.tables import headers, join_rows, write_rows
from app.sources.presets import Preset


def _preset() -> Preset:
    return Preset.model_validate(
        {
            "id": "xx-figures",
            "title": "Figures",
            "protocol": "odata",
            "endpoint": "https://example.org",
            "kind": "districts",
            "licence": "CC0",
            "publisher": "Nobody",
            "confidence": "C",
            "join": {"column": "Code", "to": "code"},
            "columns": {"cars": {"from": "Cars"}},
        }
    )


@pytest.fixture
def table(tmp_path: Path) -> Path:
    """Write a table in which one code stands twice."""
    path = tmp_path / "rows.csv"
    rows = [{"Code": "A", "Cars": 1}, {"Code": "A", "Cars": 3000}, {"Code": "00B", "Cars": None}]
    assert write_rows(rows, path) == 3
    return path


def test_figures_of_a_code_that_repeats_are_counted_once(tmp_path: Path, table: Path) -> None:
    body = tmp_path / "map.geojson"
    codes = ("A", "A", "00B", "C\u2028")
    write_features([{"geometry": None, "properties": {"code": code}} for code in codes], body)
    there, said = join_rows(body, table, _preset())
    found = [json.loads(line)["properties"] for line in body.read_text("utf-8").split("\n")[:-1]]
    assert [each.get("Cars") for each in found] == ["3000", None, None, None]
    assert set(there) == {"cars"}
    assert said == [
        "Figures: 1 of 4 rows of the map have no match.",
        "Figures: 1 rows of the map repeat a code; the first one has the figures.",
        "Figures: 1 rows of the table repeat a code; the last one counts.",
    ]
    assert headers(body) == {"code", "Cars"}


def test_a_map_that_only_the_intake_can_read_stays_as_it_is(tmp_path: Path, table: Path) -> None:
    body = tmp_path / "answer.bin"
    body.write_bytes(b"PK\x03\x04")
    there, said = join_rows(body, table, _preset())
    assert there == {}
    assert "do not meet; not used" in said[0]
    assert body.read_bytes() == b"PK\x03\x04"
    assert headers(body) is None
