"""Numbers of others over ours: checked against the schema, shown with provenance, gone when off."""

import io
import zipfile

import pytest

from app.core.errors import InputError
from app.core.scenario import Scenario
from app.services.estimate import estimate
from app.services.parameter_packs import bundled_packs, read_pack
from app.services.parameters import assumptions
from app.services.projects import load_project

ABOUT = 'title = "A sister project"\npublisher = "P"\nyear = 2026\nlicence = "CC0"\n'
HEAD = "name,value,low,high,unit,source,note\n"


def packed(**files: str) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name, text in files.items():
            archive.writestr(name.replace("_dot_", "."), text)
    return content.getvalue()


def row(name: str, value: float, unit: str | None = None) -> str:
    return f"{name},{value},{value},{value},{unit or assumptions()[name].unit},pack,\n"


@pytest.fixture
def name() -> str:
    return next(key for key, each in assumptions().items() if each.unit == "share")


def test_a_pack_changes_the_answer_and_off_it_changes_nothing(name: str) -> None:
    town = load_project("sampletown")
    usual = estimate(town, Scenario())
    ours = assumptions()[name].value
    pack = read_pack("p.zip", packed(pack_dot_toml=ABOUT, a_dot_csv=HEAD + row(name, ours / 2)))
    assert (pack.title, pack.year, pack.values) == ("A sister project", "2026", ((name, ours / 2),))
    asked = Scenario(assumptions=pack.values)
    assert estimate(town, asked).districts is not usual.districts
    again = estimate(town, asked.but(assumptions=()))
    assert again.districts.equals(usual.districts)


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ({"a_dot_csv": HEAD}, "no pack.toml"),
        ({"pack_dot_toml": "title = "}, "pack.toml"),
        ({"pack_dot_toml": 'title = "x"'}, "publisher"),
        ({"pack_dot_toml": ABOUT + 'evil = "x"'}, "evil"),
        ({"pack_dot_toml": ABOUT, "a_dot_csv": "name,value\n"}, "columns must be"),
        ({"pack_dot_toml": ABOUT, "a_dot_csv": HEAD + "nothing,1,1,1,share,pack,\n"}, "no number"),
        ({"pack_dot_toml": ABOUT + 'status = "awaiting document"', "a_dot_csv": HEAD}, ""),
    ],
)
def test_what_is_no_pack_is_refused(files: dict[str, str], words: str) -> None:
    if not words:
        assert not read_pack("p.zip", packed(**files)).numbers
        return
    with pytest.raises(InputError, match=words):
        read_pack("p.zip", packed(**files))


def test_units_bombs_and_nonsense_are_refused(name: str) -> None:
    other = packed(pack_dot_toml=ABOUT, a_dot_csv=HEAD + row(name, 0.5, "kWh"))
    with pytest.raises(InputError, match="wanted 'share'"):
        read_pack("p.zip", other)
    with pytest.raises(InputError, match="outside"):
        read_pack("p.zip", packed(pack_dot_toml=ABOUT, a_dot_csv=HEAD + row(name, 99)))
    with pytest.raises(InputError, match="KiB at most"):
        read_pack("p.zip", packed(pack_dot_toml=ABOUT, a_dot_csv="0" * 2_000_000))
    with pytest.raises(InputError, match="no parameter pack"):
        read_pack("p.zip", b"PK nonsense")


def test_the_german_pack_waits_for_its_document() -> None:
    pack = bundled_packs()["de_bidirectional"]
    assert pack.status == "awaiting document"
    assert not pack.numbers
