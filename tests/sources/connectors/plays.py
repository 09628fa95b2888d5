"""A small service for every protocol, in invented places: two pages where a protocol has pages."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from werkzeug import Request as Asked
from werkzeug import Response

Answer = Callable[[Asked], Response]


@dataclass(frozen=True)
class Play:
    """What a preset of the protocol says, how its service answers, and how many rows that is."""

    answer: Answer
    rows: int
    said: dict[str, Any] = field(default_factory=dict)
    path: str = ""
    shaped: bool = True  # whether the reader looks inside at all


def reply(body: Any, media: str = "application/json", **headers: str) -> Response:  # noqa: ANN401
    """Answer with JSON, or with text as it is."""
    text = body if isinstance(body, str | bytes) else json.dumps(body)
    return Response(text, content_type=media, headers=headers)


def spot(nth: int, **cells: Any) -> dict[str, Any]:  # noqa: ANN401
    """Make a feature somewhere in the box 5.0 to 5.2, 52.0 to 52.2."""
    shape = {"type": "Point", "coordinates": [5.0 + nth / 100, 52.1]}
    return {"type": "Feature", "id": nth, "geometry": shape, "properties": {"n": nth, **cells}}


def page(*numbers: int, **more: Any) -> dict[str, Any]:  # noqa: ANN401
    """Make a page of features."""
    return {"type": "FeatureCollection", "features": [spot(n) for n in numbers], **more}


def ogc_features(asked: Asked) -> Response:
    """Three rows: two, then one behind the link."""
    if "second" in asked.args:
        return reply(page(3, numberMatched=3, links=[]))
    link = {"rel": "next", "href": asked.url + "&second=1"}
    return reply(page(1, 2, numberMatched=3, links=[link]))


def wfs(asked: Asked) -> Response:
    """Three rows, though the server gives two at most."""
    if asked.args.get("resultType") == "hits":
        return reply('<wfs:FeatureCollection xmlns:wfs="w" numberMatched="3"/>', "text/xml")
    start = int(asked.args["startIndex"])
    return reply(page(*[n for n in (1, 2, 3) if start < n <= start + 2]))


def arcgis(asked: Asked) -> Response:
    """Three rows, of which the server gives two at once."""
    if not asked.path.endswith("/query"):
        fields = [{"name": "OBJECTID", "type": "esriFieldTypeOID"}]
        fields.append({"name": "built", "type": "esriFieldTypeDate"})
        about = {"maxRecordCount": 2, "supportedQueryFormats": "JSON, geoJSON", "fields": fields}
        return reply({**about, "objectIdField": "OBJECTID"})
    start = int(asked.args["resultOffset"])
    rows = [spot(n, OBJECTID=n, built=1_700_000_000_000) for n in (1, 2, 3)]
    found = rows[start : start + int(asked.args["resultRecordCount"])]
    more = {"properties": {"exceededTransferLimit": True}} if start == 0 else {}
    return reply({"type": "FeatureCollection", "features": found, **more})


def odata(asked: Asked) -> Response:
    """Three rows by the service's own link."""
    if "skip" in asked.args:
        return reply({"value": [{"Code": "C  ", "Cars_7": 3}]})
    rows = [{"Code": "A  ", "Cars_7": 1}, {"Code": "B  ", "Cars_7": None}]
    return reply({"value": rows, "odata.nextLink": asked.url + "&skip=2"})


def socrata(asked: Asked) -> Response:
    """Three rows, all of them text, two on a page."""
    rows = [{"areaid": f"{n}", "capacity": "10"} for n in (1, 2, 3)]
    start = int(asked.args["$offset"])
    return reply(rows[start : start + int(asked.args["$limit"])])


def opendatasoft(asked: Asked) -> Response:
    """Two rows at once, and what they are."""
    if "/exports/" in asked.path:
        return reply(page(1, 2))
    usual = {"license": "CC BY 4.0", "publisher": "A network", "modified": "2026-05-04T01:02:03Z"}
    fields = [{"name": "n", "type": "int"}, {"name": "spot", "type": "geo_point_2d"}]
    return reply({"fields": fields, "metas": {"default": usual}})


def ckan(asked: Asked) -> Response:
    """Name two files, and hand the newer one out."""
    if asked.path.endswith("/headroom.csv"):
        return reply("id,lon,lat\n1,5.1,52.1\n", "text/csv")
    base = asked.host_url
    files = [
        {
            "name": "Headroom",
            "format": "CSV",
            "url": f"{base}old/headroom.csv",
            "last_modified": "1",
        },
        {
            "name": "Headroom",
            "format": "CSV",
            "url": f"{base}new/headroom.csv",
            "last_modified": "2026-02-03T00:00:00",
        },
        {"name": "Notes", "format": "PDF", "url": f"{base}notes.pdf"},
    ]
    return reply({"success": True, "result": {"resources": files}})


def download(_: Asked) -> Response:
    """Hand a table out."""
    return reply("id,lon,lat\n1,5.1,52.1\n", "text/csv", ETag='"v1"')


def ocpi(asked: Asked) -> Response:
    """Two locations on two pages."""
    second = "offset" in asked.args
    at = {"latitude": "52.1", "longitude": "5.1"}
    plug = {"power_type": "DC", "max_voltage": 400, "max_amperage": 125}
    row = {"id": "b" if second else "a", "coordinates": at, "last_updated": "2026-06-07T10:00:00Z"}
    row["evses"] = [{"uid": "1", "status": "AVAILABLE", "connectors": [plug]}]
    link = {} if second else {"Link": f'<{asked.base_url}?offset=1>; rel="next"'}
    return reply({"data": [row], "status_code": 1000}, **link)


WORDS = {
    "ConnectionTypes": [{"ID": 25, "Title": "Type 2"}],
    "CurrentTypes": [{"ID": 20, "Title": "AC (Three-Phase)"}],
    "Operators": [{"ID": 7, "Title": "Post & Co"}],
    "StatusTypes": [{"ID": 50, "Title": "Operational"}],
    "DataProviders": [{"ID": 1, "Title": "Us", "License": "CC BY 4.0"}],
}


def openchargemap(asked: Asked) -> Response:
    """Two places, one with an operator nobody knows, and one that is nowhere."""
    if asked.path.endswith("/referencedata"):
        return reply(WORDS)
    plugs = [{"PowerKW": 11, "CurrentTypeID": 20, "Quantity": 2}, {"PowerKW": None, "Quantity": 1}]
    at = {"Title": "Quay", "Latitude": 52.1, "Longitude": 5.1}
    usual = {"AddressInfo": at, "Connections": plugs, "StatusTypeID": 50, "DataProviderID": 1}
    rows = [{**usual, "ID": 1, "OperatorID": 7, "NumberOfPoints": None}]
    rows.append({**usual, "ID": 2, "OperatorID": 999, "NumberOfPoints": 4})
    return reply([*rows, {"ID": 3, "AddressInfo": {"Title": "Nowhere"}}])


def overpass(_: Asked) -> Response:
    """A node, and a way by its middle."""
    tags = {"amenity": "parking", "parking": "surface", "capacity": "40"}
    node = {"type": "node", "id": 1, "lat": 52.1, "lon": 5.1, "tags": tags}
    way = {"type": "way", "id": 1, "center": {"lat": 52.11, "lon": 5.11}}
    way["tags"] = {**tags, "capacity": "ca. 40", "name": "Square"}
    base = {"timestamp_osm_base": "2026-06-03T10:00:00Z"}
    return reply({"osm3s": base, "elements": [node, way, {"type": "way", "id": 2, "tags": tags}]})


def cursor_json(asked: Asked) -> Response:
    """Three rows in the box and one outside, by a cursor."""
    if asked.args.get("cursor") == "x":
        return reply({**page(3, 90), "pagination": {"nextCursor": None}})
    found = [spot(n, evses=[{"kw": 11}, {"kw": 22}]) for n in (1, 2)]
    return reply({"features": found, "pagination": {"nextCursor": "x", "limit": 2}})


def nobil(_: Asked) -> Response:
    """Two stations, and one that says not where it is."""

    def station(name: str, position: str, power: str) -> dict[str, Any]:
        data = {"International_id": name, "name": "K&aring;re &amp; Co", "Position": position}
        plug = {"5": {"attrname": "Charging capacity", "trans": power}}
        data |= {
            "Updated": "2026-05-04 10:00:00",
            "Number_charging_points": 2,
            "Owned_by": "Town",
            "Municipality_ID": "0301",
        }
        return {"csmd": data, "attr": {"st": {}, "conn": {"1": plug, "2": plug}}}

    rows = [
        station("NOR_1", "(52.1,5.1)", "22 kW - 400V 3-phase max 32A"),
        station("NOR_2", "(52.11, 5.11)", "62,5 kW DC"),
        station("NOR_3", "", "11 kW"),
    ]
    return reply({"Provider": "x", "chargerstations": rows})


def series(*periods: str, curve: str = "A01", kind: str = "A01", revision: int = 1) -> str:
    """Write one series of prices."""
    return (
        f"<TimeSeries><contract_MarketAgreement.type>{kind}</contract_MarketAgreement.type>"
        f"<revisionNumber>{revision}</revisionNumber><currency_Unit.name>EUR</currency_Unit.name>"
        f"<curveType>{curve}</curveType>{''.join(periods)}</TimeSeries>"
    )


def period(start: str, end: str, step: str, prices: dict[int, float]) -> str:
    """Write one period."""
    points = "".join(
        f"<Point><position>{n}</position><price.amount>{price}</price.amount></Point>"
        for n, price in prices.items()
    )
    return (
        f"<Period><timeInterval><start>{start}</start><end>{end}</end></timeInterval>"
        f"<resolution>{step}</resolution>{points}</Period>"
    )


def document(*parts: str) -> str:
    """Write a document of prices."""
    space = "urn:iec62325.351:tc57wg16:451-3:publicationdocument:7:3"
    return (
        f'<Publication_MarketDocument xmlns="{space}">{"".join(parts)}</Publication_MarketDocument>'
    )


def entsoe(_: Asked) -> Response:
    """Four hours of prices, of which two are said."""
    hours = period("2026-01-01T23:00Z", "2026-01-02T03:00Z", "PT60M", {1: 50.0, 3: -1.5})
    return reply(document(series(hours, curve="A03")), "text/xml")


def points_csv(_: Asked) -> Response:
    """Two stations in the box, one of them with two points."""
    rows = ["station,place,kw", 'A,"[5.1,52.1]",11', 'A,"[5.1,52.1]",22', 'B,"[5.11,52.1]",50']
    rows += ['C,"[9,50]",11', 'D,"",11']
    return reply("\n".join(rows) + "\n", "text/csv")


PLAYS = {
    "ogc_features": Play(ogc_features, 3, {"request": {"collection": "c"}}),
    "wfs": Play(wfs, 3, {"request": {"layer": "a:b", "sort": "n", "page_size": 5}}),
    "arcgis": Play(arcgis, 3, path="/FeatureServer/0"),
    "odata": Play(odata, 3, {"request": {"table": "T"}}),
    "socrata": Play(socrata, 3, {"request": {"table": "t", "page_size": 2}}),
    "opendatasoft": Play(opendatasoft, 2, {"request": {"dataset": "d"}}),
    "ckan": Play(ckan, 0, {"request": {"package": "p", "resource": "^headroom", "format": "csv"}}),
    "ocpi": Play(ocpi, 2, path="/locations"),
    "openchargemap": Play(openchargemap, 2),
    "overpass": Play(overpass, 2, {"request": {"tags": [["amenity", "parking"]]}}, path="/api"),
    "nobil": Play(nobil, 2, {"request": {"country": "NOR"}}),
    "cursor_json": Play(cursor_json, 3, path="/locations"),
    "entsoe": Play(entsoe, 4, {"request": {"area": "10YNL----------L"}}, path="/api"),
    "points_csv": Play(
        points_csv,
        2,
        {"request": {"station": "station", "place": "place", "largest": ["kw"]}},
        path="/irve.csv",
    ),
    "download": Play(download, 0, path="/file.csv", shaped=False),
}
