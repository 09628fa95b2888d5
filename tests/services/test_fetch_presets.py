"""What the sources of other countries answer becomes layers; the answers are of invented places."""

import csv
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx2
import pytest

from app.core.layer import Layer
from app.services.fetch import KEPT, Outcome, fetch, key_name
from app.services.fetch_folder import fetch_into
from app.services.fetch_place import Where, wish
from app.settings import Settings
from app.sources.presets import presets
from app.sources.web_parts import Means

BOX = (5.0, 52.0, 5.2, 52.2)
WHERE = Where("Sample", BOX, {"municipality": "0380"}, None)
Answer = Callable[[httpx2.Request], Any]


def _means(answer: Answer) -> Means:
    def play(request: httpx2.Request) -> httpx2.Response:
        said = answer(request)
        if isinstance(said, str):
            return httpx2.Response(200, text=said, headers={"content-type": "text/plain"})
        return httpx2.Response(200, json=said)

    return Means(
        resolve=lambda *_: ["93.184.216.34"],
        transport=httpx2.MockTransport(play),
        now=lambda: 1_780_000_000.0,
        sleep=lambda _: None,
    )


def _taken(tmp_path: Path, name: str, answer: Answer) -> tuple[Layer, Outcome]:
    haul = fetch([presets()[name]], WHERE, settings=Settings(home=tmp_path), means=_means(answer))
    outcome = haul.outcomes[0]
    assert outcome.state == KEPT, outcome.said
    return haul.layers[presets()[name].kind], outcome


@pytest.fixture(autouse=True)
def _keys(monkeypatch: pytest.MonkeyPatch) -> None:
    for preset in presets().values():
        monkeypatch.setenv(key_name(preset), "only-for-this-test")


def _post(nth: int, **cells: Any) -> dict[str, Any]:  # noqa: ANN401
    at = {"type": "Point", "coordinates": [5.0 + nth / 50, 52.1]}
    return {"type": "Feature", "id": f"p{nth}", "geometry": at, "properties": cells}


def test_finnish_locations_count_their_points_and_take_watts(tmp_path: Path) -> None:
    asked: list[httpx2.Request] = []

    def answer(request: httpx2.Request) -> Any:  # noqa: ANN401
        asked.append(request)
        evses = [{"connectors": [{"maxElectricPower": 22_000}]}, {"connectors": []}]
        cells = {"operator": {"details": {"name": "Lataus Oy"}}, "evses": evses}
        rows = [_post(n, id=f"FI{n}", name="Tori", **cells) for n in (1, 2)]
        return {"features": rows, "pagination": {"nextCursor": None}}

    layer, _ = _taken(tmp_path, "fi-chargers-digitraffic", answer)
    row = layer.frame.iloc[0]
    assert (row["charger_id"], row["points"], row["power_kw"]) == ("FI1", 2, 22.0)
    assert row["operator"] == "Lataus Oy"
    assert asked[0].headers["digitraffic-user"] == "Kerbwatt"
    assert layer.licence == "CC BY 4.0"


def test_french_points_are_counted_per_station(tmp_path: Path) -> None:
    head = "id_station_itinerance,nom_station,nom_operateur,puissance_nominale,coordonneesXY"
    rows = ['FRA1,Quai,Op,22.0,"[5.1,52.1]"'] * 3 + ['FRA2,Gare,Op,150,"[5.15,52.1]"']
    far = 'FRA3,Loin,Op,22.0,"[2.3,48.8]"'
    text = "\n".join([head, *rows, far])
    layer, _ = _taken(tmp_path, "fr-chargers-irve", lambda _: text)
    found = layer.frame.set_index("charger_id")
    assert found["points"].to_dict() == {"FRA1": 3, "FRA2": 1}
    assert found["power_kw"].to_dict() == {"FRA1": 22.0, "FRA2": 150.0}


@pytest.mark.parametrize("name", ["se-chargers-nobil", "no-chargers-nobil"])
def test_nobil_stations_become_charge_points(tmp_path: Path, name: str) -> None:
    def answer(request: httpx2.Request) -> Any:  # noqa: ANN401
        assert request.url.params["apikey"] == "only-for-this-test"
        plug = {"5": {"attrname": "Charging capacity", "trans": "11 kW - 400V 3-phase max 16A"}}
        data = {"name": "Torget", "Number_charging_points": 4, "Owned_by": "Kommun"}
        rows = [
            {
                "csmd": {**data, "International_id": f"X_{n}", "Position": f"(52.1,5.1{n})"},
                "attr": {"conn": {"1": plug}},
            }
            for n in (1, 2)
        ]
        return {"chargerstations": rows}

    layer, outcome = _taken(tmp_path, name, answer)
    assert layer.frame[["charger_id", "points", "power_kw"]].to_numpy().tolist() == [
        ["X_1", 4, 11.0],
        ["X_2", 4, 11.0],
    ]
    assert "only-for-this-test" not in outcome.asked


def test_open_charge_map_rows_are_estimates(tmp_path: Path) -> None:
    def answer(request: httpx2.Request) -> Any:  # noqa: ANN401
        if request.url.path.endswith("referencedata"):
            return {"Operators": [{"ID": 1, "Title": "Post"}]}
        at = {"Title": "Quay", "Latitude": 52.1, "Longitude": 5.1}
        plug = {"PowerKW": 11, "Quantity": 2}
        return [{"ID": 7, "AddressInfo": at, "Connections": [plug], "OperatorID": 1}]

    layer, _ = _taken(tmp_path, "eu-chargers-ocm", answer)
    assert layer.frame["status"].tolist() == ["estimated"]
    assert layer.frame["operator"].tolist() == ["Post"]


def _osm(*tags: dict[str, str]) -> Any:  # noqa: ANN401
    rows = [
        {"type": "way", "id": n, "center": {"lat": 52.1, "lon": 5.05 + n / 50}, "tags": each}
        for n, each in enumerate(tags)
    ]
    return {"elements": rows}


def test_openstreetmap_parking_keeps_what_is_unknown_unknown(tmp_path: Path) -> None:
    rows = _osm(
        {"amenity": "parking", "parking": "underground", "capacity": "ca. 40", "name": "Square"},
        {"amenity": "parking", "parking": "surface", "capacity": "12"},
        {"amenity": "parking", "parking": "street_side"},
    )
    layer, outcome = _taken(tmp_path, "eu-osm-parking", lambda _: rows)
    found = layer.frame.set_index("parking_id")
    assert found["kind"].tolist() == ["garage", "lot", "on_street"]
    assert found["spaces"].tolist()[:2] == [40, 12]
    assert found["spaces"].isna().tolist() == [False, False, True]
    assert outcome.warnings == ("1 capacities are texts; the number in them counts.",)
    assert layer.licence == "ODbL-1.0"


def test_openstreetmap_substations_are_places_without_a_capacity(tmp_path: Path) -> None:
    rows = _osm({"power": "substation", "name": "West"}, {"power": "substation"})
    layer, _ = _taken(tmp_path, "eu-osm-substations", lambda _: rows)
    assert layer.kind == "places"
    assert layer.frame["kind"].tolist() == ["substation", "substation"]
    assert "headroom_kw" not in layer.frame


def test_swedish_areas_of_one_municipality_come(tmp_path: Path) -> None:
    def area(code: str, town: str, west: float) -> dict[str, Any]:
        ring = [[0, 0], [0.02, 0], [0.02, 0.02], [0, 0.02], [0, 0]]
        shape = {"type": "Polygon", "coordinates": [[[west + x, 52.1 + y] for x, y in ring]]}
        return {
            "type": "Feature",
            "geometry": shape,
            "properties": {"desokod": code, "kommunkod": town},
        }

    def answer(request: httpx2.Request) -> Any:  # noqa: ANN401
        if "resultType" in request.url.params:
            return '<FeatureCollection numberMatched="2"/>'
        return {"features": [area("0380A0010", "0380", 5.1), area("0180A0010", "0180", 5.12)]}

    layer, _ = _taken(tmp_path, "se-districts-deso", answer)
    assert layer.frame["district_id"].tolist() == ["0380A0010"]


HOURS = """<Publication_MarketDocument><TimeSeries><curveType>A03</curveType><Period>
<timeInterval><start>2026-05-01T22:00Z</start><end>2026-05-02T02:00Z</end></timeInterval>
<resolution>PT60M</resolution><Point><position>1</position><price.amount>80.5</price.amount></Point>
<Point><position>3</position><price.amount>-2</price.amount></Point></Period></TimeSeries>
</Publication_MarketDocument>"""


def test_prices_are_kept_beside_a_project_as_a_table(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def played(*args: Any, **more: Any) -> Any:  # noqa: ANN401
        settings = Settings(home=tmp_path / "home")
        return fetch(*args, **more, settings=settings, means=_means(lambda _: HOURS))

    monkeypatch.setattr("app.services.fetch_folder.fetch", played)
    folder = tmp_path / "mine"
    haul, left = fetch_into(wish("nl-prices", place="utrecht"), folder)
    assert (haul.complete, left) == (True, {}), haul.outcomes
    with (folder / "prices.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [float(row["eur_per_mwh"]) for row in rows] == [80.5, 80.5, -2.0, -2.0]
    text = (folder / "SOURCES.md").read_text("utf-8") + (folder / "project.toml").read_text("utf-8")
    assert "only-for-this-test" not in text
    assert "nl-prices" in text
    assert json.dumps("Utrecht") in text
