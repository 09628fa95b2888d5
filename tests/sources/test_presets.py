"""Every source that comes along: whole, honest about how sure it is, and within its protocol."""

import re
import tomllib
from pathlib import Path

import pytest
from pyproj import CRS

from app.core.errors import InputError
from app.core.schema import KINDS, MAP_KINDS
from app.sources import presets as module
from app.sources.connectors import CONNECTORS
from app.sources.presets import FOLDER, hosts, places, presets

WANTED = {
    "nl-districts-cbs nl-neighbourhoods-cbs nl-kwb nl-chargers-ndw nl-parking-rdw nl-cars-rdw",
    "nl-capacity-map nl-prices gb-ukpn-headroom gb-nged-headroom gb-npg gb-spen",
    "de-chargers-bnetza de-chargers-datex de-berlin-chargers fr-chargers-irve fr-enedis",
    "fi-chargers-digitraffic no-chargers-nobil se-chargers-nobil se-districts-deso",
    "fi-districts-helsinki no-districts-grunnkrets eu-chargers-ocm eu-osm-parking",
    "eu-osm-substations",
}
NEEDS = {
    "ogc_features": {"collection"},
    "wfs": {"layer"},
    "odata": {"table"},
    "socrata": {"table"},
    "overpass": {"tags"},
    "entsoe": {"area"},
    "nobil": {"country"},
    "points_csv": {"station", "place"},
    "opendatasoft": {"dataset"},
    "ckan": {"package"},
}
CLAIMS = re.compile(r"\b(verified|tested live|checked live|works today)\b", re.IGNORECASE)


def test_every_source_that_was_promised_is_there() -> None:
    assert set(" ".join(WANTED).split()) <= set(presets())


@pytest.mark.parametrize("name", sorted(presets()))
def test_a_source_is_whole_and_says_how_sure_it_is(name: str) -> None:
    preset = presets()[name]
    assert preset.protocol in CONNECTORS
    assert preset.host in hosts()
    assert preset.licence
    assert preset.publisher
    assert preset.enabled or preset.note
    if preset.enabled:
        assert NEEDS.get(preset.protocol, set()) <= set(preset.request)
    if preset.confidence == "C":
        assert not preset.enabled  # what is to be confirmed is shown, never asked
    known = {column.name for column in KINDS[preset.kind].columns} | {"shape", "lon", "lat"}
    assert set(preset.columns) <= known
    assert not CLAIMS.search(preset.note)  # nothing here was asked live


@pytest.mark.parametrize("name", sorted(places()))
def test_a_place_has_districts_first_and_a_metric_system(name: str) -> None:
    place = places()[name]
    chosen = [presets()[each] for each in place.presets]
    assert chosen[0].kind == "districts"
    assert chosen[0].join is None
    assert all(each.kind in MAP_KINDS and each.enabled for each in chosen)
    west, south, east, north = place.box
    assert 0 < east - west < 1
    assert 0 < north - south < 1
    crs = CRS.from_user_input(place.crs)
    assert crs.axis_info[0].unit_name == "metre"
    wanted = {
        field
        for each in chosen
        for field in re.findall(r"{(\w+)}", (FOLDER / f"{each.id}.toml").read_text("utf-8"))
    }
    assert wanted <= set(place.names)
    assert not set(place.names) - wanted - {"municipality"}


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("surprise = 1", "surprise"),
        ('endpoint = "http://plain.example.org"', "endpoint"),
        ('kind = "castles"', "no kind 'castles'"),
        ('id = "xx-other"', "must be called xx-other.toml"),
        ("columns = 7", "columns"),
    ],
)
def test_a_preset_with_a_fault_is_refused_by_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, line: str, why: str
) -> None:
    good = tomllib.loads((FOLDER / "nl-chargers-ndw.toml").read_text("utf-8"))
    good |= {"id": "xx-one"} | tomllib.loads(line)
    text = "\n".join(
        f"{key} = {value if isinstance(value, int | list) else repr(value)}"
        for key, value in good.items()
    )
    (tmp_path / "xx-one.toml").write_text(text, "utf-8")
    monkeypatch.setattr(module, "FOLDER", tmp_path)
    presets.cache_clear()
    try:
        with pytest.raises(InputError, match=re.escape(why)) as caught:
            presets()
        assert "xx-one.toml" in str(caught.value)
    finally:
        presets.cache_clear()
