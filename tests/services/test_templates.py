"""The example files are correct: what we offer passes our own door without a word of warning."""

import io

import pytest

from app.core.errors import InputError
from app.core.schema import KINDS, MAP_KINDS
from app.services.load_layer import load_layer
from app.services.templates import example_file

CASES = [(kind, "csv") for kind in KINDS] + [(kind, "geojson") for kind in MAP_KINDS]


@pytest.mark.parametrize(("kind", "fmt"), CASES)
def test_an_example_is_accepted_with_every_column(kind: str, fmt: str) -> None:
    found = load_layer(io.BytesIO(example_file(kind, fmt)), kind, name=f"example.{fmt}")
    assert found.rows == 2
    assert found.of("error") == found.of("warning") == ()
    assert found.layer is not None
    assert {column.name for column in KINDS[kind].columns} <= set(found.layer.frame)
    assert set(found.layer.frame["status"]) <= {"measured", "estimated"}


def test_both_formats_of_an_example_are_one_layer() -> None:
    for kind in ("districts", "parking", "exclusions"):
        made = [
            load_layer(io.BytesIO(example_file(kind, fmt)), kind, name=f"x.{fmt}").layer
            for fmt in ("csv", "geojson")
        ]
        assert made[0] == made[1]


def test_what_cannot_be_written_is_refused() -> None:
    for kind, fmt in (("roads", "csv"), ("grid", "kml"), ("prices", "geojson")):
        with pytest.raises(InputError):
            example_file(kind, fmt)
