"""A place is fetched source by source: what came is kept, what did not is named."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx2
import pytest

from app.core.errors import InputError
from app.services.fetch import ASIDE, DOWN, KEPT, OFF, REFUSED, Haul, fetch
from app.services.fetch_folder import fetch_into
from app.services.fetch_place import Where, find, wish
from app.services.projects import load_project
from app.settings import Settings
from app.sources.connectors import CONNECTORS
from app.sources.presets import hosts, places, presets
from app.sources.web_parts import Means

Answer = Callable[[httpx2.Request], httpx2.Response]


def _square(west: float, south: float) -> dict[str, Any]:
    ring = [[0, 0], [0.04, 0], [0.04, 0.03], [0, 0.03], [0, 0]]
    shape = [[west + x, south + y] for x, y in ring]
    return {"type": "Polygon", "coordinates": [shape]}


def _districts(_request: httpx2.Request) -> httpx2.Response:
    rows = (("WK034401", "West", "GM0344"), ("WK034402", "Oost", "GM0344"), ("WK9", "Far", "GM9"))
    features = [
        {
            "type": "Feature",
            "id": code,
            "geometry": _square(5.04 + 0.04 * nth, 52.08),
            "properties": {
                "wijkcode": code,
                "wijknaam": name,
                "gemeentecode": city,
                "aantal_huishoudens": 4000 + nth,
                "aantal_inwoners": 9000,
            },
        }
        for nth, (code, name, city) in enumerate(rows)
    ]
    page = {"type": "FeatureCollection", "features": features, "links": [], "numberMatched": 3}
    return httpx2.Response(200, json=page)


def _figures(_request: httpx2.Request) -> httpx2.Response:
    rows = [
        {
            "WijkenEnBuurten": "WK034401  ",
            "Woningvoorraad_35": 4100,
            "PersonenautoSTotaal_104": 3000,
        },
        {
            "WijkenEnBuurten": "WK034402  ",
            "Woningvoorraad_35": 4200,
            "PersonenautoSTotaal_104": 2500,
        },
    ]
    return httpx2.Response(200, json={"value": rows})


def _garages(request: httpx2.Request) -> httpx2.Response:
    if "b3us-f26s" in request.url.path:
        return httpx2.Response(
            200, json=[{"areaid": "344_A", "capacity": "250", "chargingpointcapacity": "4"}]
        )
    shape = "POLYGON ((5.05 52.09, 5.051 52.09, 5.051 52.091, 5.05 52.091, 5.05 52.09))"
    row = {"areaid": "344_A", "areadesc": "Garage A", "areageometryastext": shape}
    return httpx2.Response(200, json=[row])


WORKING: dict[str, Answer] = {
    "api.pdok.nl": _districts,
    "opendata.cbs.nl": _figures,
    "opendata.rdw.nl": _garages,
}


def _means(answers: dict[str, Answer]) -> Means:
    """Answer by host; a host nobody plays is down."""

    def answer(request: httpx2.Request) -> httpx2.Response:
        play = answers.get(request.headers["host"])
        return play(request) if play else httpx2.Response(503)

    return Means(
        resolve=lambda *_: ["93.184.216.34"],
        transport=httpx2.MockTransport(answer),
        sleep=lambda _: None,
    )


def _fetch(tmp_path: Path, answers: dict[str, Answer], *names: str) -> Haul:
    chosen = [presets()[name] for name in names]
    where = Where.of_place(places()["utrecht"])
    settings = Settings(home=tmp_path)
    return fetch(chosen, where, settings=settings, means=_means(answers))


def test_districts_come_with_the_figures_of_a_table(tmp_path: Path) -> None:
    haul = _fetch(tmp_path, WORKING, "nl-districts-cbs", "nl-kwb")
    assert haul.complete, [each.said for each in haul.outcomes]
    frame = haul.layers["districts"].frame.set_index("district_id")
    assert list(frame.index) == ["WK034401", "WK034402"]  # the third belongs to another city
    assert frame["households"].tolist() == [4000, 4001]
    assert frame["cars"].tolist() == [3000, 2500]
    assert frame["dwellings"].tolist() == [4100, 4200]
    layer = haul.layers["districts"]
    assert layer.origin == "Source: CBS / Kadaster via PDOK, CBS"
    assert (layer.licence, layer.as_of) == ("CC-BY-4.0", "2025-01-01")


def test_parking_gets_its_capacity_from_a_second_table(tmp_path: Path) -> None:
    haul = _fetch(
        tmp_path, WORKING, "nl-districts-cbs", "nl-parking-rdw", "nl-parking-rdw-capacity"
    )
    parking = haul.layers["parking"].frame
    assert parking[["parking_id", "spaces", "ev_spaces"]].to_numpy().tolist() == [["344_A", 250, 4]]


def test_a_source_that_is_down_does_not_stop_the_others(tmp_path: Path) -> None:
    answers = {host: play for host, play in WORKING.items() if host != "opendata.rdw.nl"}
    haul = _fetch(tmp_path, answers, "nl-districts-cbs", "nl-parking-rdw", "nl-kwb")
    assert [each.state for each in haul.outcomes] == [KEPT, DOWN, KEPT]
    assert "opendata.rdw.nl answered with status 503 (tried 4 times)" in haul.outcomes[1].said
    assert set(haul.layers) == {"districts"}


def test_a_table_that_lost_a_column_says_so(tmp_path: Path) -> None:
    def fewer(_request: httpx2.Request) -> httpx2.Response:
        return httpx2.Response(
            200, json={"value": [{"WijkenEnBuurten": "WK034401", "Woningvoorraad_1": 7}]}
        )

    haul = _fetch(tmp_path, WORKING | {"opendata.cbs.nl": fewer}, "nl-districts-cbs", "nl-kwb")
    said = " ".join(haul.outcomes[0].warnings)
    assert "no column PersonenautoSTotaal any more (cars)" in said
    assert "1 of 2 rows of the map have no match" in said
    assert haul.layers["districts"].frame["dwellings"].tolist()[0] == 7


def test_a_source_without_its_key_is_not_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    preset = presets()["nl-districts-cbs"].model_copy(update={"needs_key": True})
    where = Where.of_place(places()["utrecht"])
    means = _means({})
    monkeypatch.delenv("KERBWATT_KEY_NL_DISTRICTS_CBS", raising=False)
    haul = fetch([preset], where, settings=Settings(home=tmp_path), means=means)
    assert haul.outcomes[0].state == OFF
    assert "KERBWATT_KEY_NL_DISTRICTS_CBS" in haul.outcomes[0].said


def test_a_folder_becomes_a_project_and_keeps_its_other_lines(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.services.fetch.SETTINGS", Settings(home=tmp_path / "home"))
    plain = fetch

    def played(*args: Any, **more: Any) -> Haul:  # noqa: ANN401
        return plain(*args, **more, settings=Settings(home=tmp_path), means=_means(WORKING))

    monkeypatch.setattr("app.services.fetch_folder.fetch", played)
    folder = tmp_path / "mine"
    haul, _ = fetch_into(wish("utrecht"), folder)
    assert {each.preset.id: each.state for each in haul.outcomes}["nl-chargers-ndw"] == DOWN
    project = load_project(folder)
    assert (project.name, project.crs, set(project.layers)) == (
        "Utrecht",
        "EPSG:28992",
        {"districts", "parking"},
    )
    note = "# mine\n"
    path = folder / "project.toml"
    path.write_text(note + path.read_text("utf-8"), "utf-8")
    fetch_into(wish("nl-neighbourhoods-cbs"), folder)  # its collection is played by the same answer
    text = path.read_text("utf-8")
    assert text.startswith(note)
    assert text.count("[layers.districts]") == text.count("[layers.parking]") == 1
    assert json.dumps("GM0344") in text


def test_every_source_that_comes_along_is_whole() -> None:
    for preset in presets().values():
        assert preset.protocol in CONNECTORS, preset.id
        assert preset.host in hosts()
        assert preset.enabled or preset.note, preset.id
    for place in places().values():
        assert set(place.presets) <= set(presets())


def test_a_mistyped_name_is_told_its_neighbour() -> None:
    with pytest.raises(InputError, match="did you mean 'utrecht'"):
        find("utrehct")


def _quarters(_request: httpx2.Request) -> httpx2.Response:
    """Answer with two neighbourhoods of one district."""
    features = [
        {
            "type": "Feature",
            "id": code,
            "geometry": _square(5.04 + 0.04 * nth, 52.08),
            "properties": {
                "buurtcode": code,
                "buurtnaam": f"Buurt\u2028{nth}",
                "wijkcode": "WK034401",
                "wijknaam": "West",
                "gemeentecode": "GM0344",
                "aantal_huishoudens": 2000,
                "aantal_inwoners": 4000,
            },
        }
        for nth, code in enumerate(("BU03440101", "BU03440102"))
    ]
    return httpx2.Response(200, json={"features": features, "numberMatched": 2})


def test_figures_of_districts_never_go_onto_neighbourhoods(tmp_path: Path) -> None:
    answers = WORKING | {"api.pdok.nl": _quarters}
    haul = _fetch(tmp_path, answers, "nl-neighbourhoods-cbs", "nl-kwb")
    assert [each.state for each in haul.outcomes] == [KEPT, REFUSED]
    assert "cars" not in haul.layers["districts"].frame  # 3,000 cars are not in each of them


def test_a_table_without_its_code_is_said_and_left_aside(tmp_path: Path) -> None:
    def other(_request: httpx2.Request) -> httpx2.Response:
        return httpx2.Response(200, json={"value": [{"Region": "WK034401", "Woningvoorraad_1": 7}]})

    haul = _fetch(tmp_path, WORKING | {"opendata.cbs.nl": other}, "nl-districts-cbs", "nl-kwb")
    assert "do not meet; not used" in " ".join(haul.outcomes[0].warnings)
    assert "dwellings" not in haul.layers["districts"].frame


def test_two_maps_of_one_kind_do_not_hide_each_other(tmp_path: Path) -> None:
    haul = _fetch(tmp_path, WORKING, "nl-districts-cbs", "nl-neighbourhoods-cbs")
    assert [each.state for each in haul.outcomes] == [KEPT, ASIDE]
    assert "came first" in haul.outcomes[1].said
    assert len(haul.layers["districts"].frame) == 2


def test_a_source_that_leads_astray_does_not_stop_the_others(tmp_path: Path) -> None:
    def astray(_request: httpx2.Request) -> httpx2.Response:
        return httpx2.Response(302, headers={"location": "https://169.254.169.254/latest"})

    haul = _fetch(
        tmp_path, WORKING | {"opendata.ndw.nu": astray}, "nl-chargers-ndw", "nl-districts-cbs"
    )
    assert [each.state for each in haul.outcomes] == [DOWN, KEPT]
    assert "169.254.169.254 is not among the hosts" in haul.outcomes[0].said


def test_posts_of_the_neighbours_stay_behind(tmp_path: Path) -> None:
    def posts(_request: httpx2.Request) -> httpx2.Response:
        plug = {"power_type": "DC", "max_voltage": 400, "max_amperage": 125}
        points = [{"uid": "1", "status": "AVAILABLE", "connectors": [plug]}]
        places = {"in": (5.06, 52.09), "near": (5.19, 52.03), "far": (6.0, 53.0)}
        rows = [
            {"id": key, "evses": points, "coordinates": {"longitude": x, "latitude": y}}
            for key, (x, y) in places.items()
        ]
        return httpx2.Response(200, json=rows)

    answers = WORKING | {"opendata.ndw.nu": posts}
    haul = _fetch(tmp_path, answers, "nl-chargers-ndw", "nl-districts-cbs")
    assert haul.layers["chargers"].frame["charger_id"].tolist() == ["in"]
    assert haul.outcomes[0].rows == 1
    assert "1 rows lie outside of Utrecht" in " ".join(haul.outcomes[0].warnings)


def test_a_secret_figure_is_unknown_and_refuses_nothing(tmp_path: Path) -> None:
    def secret(request: httpx2.Request) -> httpx2.Response:
        page = _districts(request).json()
        page["features"][0]["properties"] |= {
            "aantal_huishoudens": -99997,
            "aantal_inwoners": -99995.0,
        }
        return httpx2.Response(200, json=page)

    haul = _fetch(tmp_path, WORKING | {"api.pdok.nl": secret}, "nl-districts-cbs")
    assert haul.complete, haul.outcomes[0].said
    frame = haul.layers["districts"].frame.set_index("district_id")
    assert frame["households"].isna().tolist() == [True, False]
    assert not (frame[["households", "population"]] < 0).any(axis=None)


def test_a_map_that_needs_a_table_says_that_it_did_not_come(tmp_path: Path) -> None:
    def half(request: httpx2.Request) -> httpx2.Response:
        return httpx2.Response(503) if "b3us-f26s" in request.url.path else _garages(request)

    names = ("nl-districts-cbs", "nl-parking-rdw", "nl-parking-rdw-capacity")
    haul = _fetch(tmp_path, WORKING | {"opendata.rdw.nl": half}, *names)
    assert [each.state for each in haul.outcomes] == [KEPT, REFUSED, DOWN]
    assert "Capacity of parking facilities (RDW) did not come." in haul.outcomes[1].said
    assert "parking" not in haul.layers
