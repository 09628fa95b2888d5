"""DATEX II energy infrastructure: two encodings of one model, and what is hostile about XML."""

import json
from collections.abc import Callable
from typing import Any

import pytest

Take = Callable[..., Any]
HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>'
    '<d2:payload xmlns:d2="http://datex2.eu/schema/3/d2Payload"'
    ' xmlns:com="http://datex2.eu/schema/3/common" xmlns:fac="http://datex2.eu/schema/3/facilities"'
    ' xmlns:loc="http://datex2.eu/schema/3/locationReferencing"'
    ' xmlns:egi="http://datex2.eu/schema/3/energyInfrastructure"'
    ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
    ' xsi:type="egi:EnergyInfrastructureTablePublication" lang="en" modelBaseVersion="3">'
)
XML = (
    HEAD
    + """<com:publicationTime>2026-06-08T00:00:00Z</com:publicationTime>
<egi:energyInfrastructureTable id="T1" version="1">
 <egi:energyInfrastructureSite id="S1" version="1">
  <fac:name><com:values><com:value lang="nl">Plein</com:value></com:values></fac:name>
  <fac:operator xsi:type="fac:OrganisationSpecification" id="O" version="1">
   <fac:name><com:values><com:value lang="nl">Laadclub</com:value></com:values></fac:name>
  </fac:operator>
  <fac:locationReference xsi:type="loc:PointLocation">
   <loc:pointByCoordinates><loc:pointCoordinates>
    <loc:latitude>52.10</loc:latitude><loc:longitude>5.10</loc:longitude>
   </loc:pointCoordinates></loc:pointByCoordinates>
  </fac:locationReference>
  <egi:energyInfrastructureStation id="ST1" version="1">
   <fac:lastUpdated>2026-06-07T10:00:00Z</fac:lastUpdated>
   <egi:numberOfRefillPoints>2</egi:numberOfRefillPoints>
   <egi:totalMaximumPower>300000</egi:totalMaximumPower>
   <egi:refillPoint xsi:type="egi:ElectricChargingPoint" id="P1" version="1">
    <fac:externalIdentifier>NL*ABC*E1</fac:externalIdentifier>
    <egi:currentType>dc</egi:currentType>
    <egi:availableChargingPower>50000</egi:availableChargingPower>
    <egi:availableChargingPower>150000</egi:availableChargingPower>
    <egi:smartRechargingServices>bidirectionalRecharging</egi:smartRechargingServices>
   </egi:refillPoint>
   <egi:refillPoint xsi:type="egi:ElectricChargingPoint" id="P2" version="1">
    <egi:currentType>ac</egi:currentType>
    <egi:connector><egi:maxPowerAtSocket>22000</egi:maxPowerAtSocket></egi:connector>
   </egi:refillPoint>
  </egi:energyInfrastructureStation>
  <egi:energyInfrastructureStation id="ST2" version="1">
   <egi:numberOfRefillPoints>3</egi:numberOfRefillPoints>
   <fac:locationReference><loc:gmlLineString><loc:posList>52.11 5.12 52.13 5.14</loc:posList>
   </loc:gmlLineString></fac:locationReference>
   <egi:refillPoint id="P3" version="1"><egi:status>planned</egi:status></egi:refillPoint>
   <egi:refillPoint id="P4" version="1"><egi:madeUp><egi:more/></egi:madeUp></egi:refillPoint>
  </egi:energyInfrastructureStation>
 </egi:energyInfrastructureSite>
</egi:energyInfrastructureTable></d2:payload>"""
)


def words(said: str) -> dict[str, Any]:
    return {"values": [{"lang": "de", "value": said}]}


def document() -> dict[str, Any]:
    """The same two stations as JSON, with the prefixes and wrappers of the German profile."""
    fast = {
        "idG": "P1",
        "externalIdentifier": [{"identifier": "NL*ABC*E1"}],
        "currentType": {"value": "dc"},
        "availableChargingPower": [50_000, 150_000],
        "smartRechargingServices": [{"value": "bidirectionalRecharging"}],
    }
    slow = {
        "idG": "P2",
        "currentType": {"value": "ac"},
        "connector": [{"maxPowerAtSocket": 22_000}],
    }
    first = {
        "idG": "ST1",
        "lastUpdated": "2026-06-07T10:00:00Z",
        "numberOfRefillPoints": 2,
        "totalMaximumPower": 300_000,
        "refillPoint": [{"aegiElectricChargingPoint": each} for each in (fast, slow)],
    }
    line = {"locLinearLocation": {"gmlLineString": {"posList": "52.11 5.12 52.13 5.14"}}}
    second = {
        "idG": "ST2",
        "numberOfRefillPoints": 3,
        "locationReference": line,
        "refillPoint": [
            {"aegiElectricChargingPoint": {"idG": "P3", "status": {"value": "planned"}}},
            {"aegiElectricChargingPoint": {"idG": "P4"}},
        ],
    }
    at = {"pointByCoordinates": {"pointCoordinates": {"latitude": 52.1, "longitude": 5.1}}}
    site = {
        "idG": "S1",
        "name": words("Plein"),
        "operator": {"afacAnOrganisation": {"name": words("Laadclub")}},
        "locationReference": {"locPointLocation": at},
        "energyInfrastructureStation": [first, second],
    }
    table = {"energyInfrastructureTable": [{"energyInfrastructureSite": [site]}]}
    return {"payload": {"aegiEnergyInfrastructureTablePublication": table}}


def codes(found: Any) -> list[str]:  # noqa: ANN401
    return [problem.code for problem in found.problems]


@pytest.mark.parametrize("encoding", ["xml", "json"])
def test_two_encodings_say_the_same(take: Take, encoding: str) -> None:
    body = XML if encoding == "xml" else json.dumps(document())
    found = take(body.encode(), "chargers", f"register.{encoding}")
    frame = found.layer.map.set_index("charger_id")
    # two points, of which the faster draws 150,000 W; what both draw together is not asked for
    assert frame.loc["ST1", ["points", "power_kw"]].tolist() == [2, 150]
    assert frame.loc["ST1", ["name", "operator"]].tolist() == ["Plein", "Laadclub"]
    assert frame.loc["ST1", "current_type"] == "AC/DC"
    assert frame["v2g"].tolist()[0] is True
    assert str(frame["v2g"].tolist()[1]) == "<NA>"
    assert frame.loc["ST2", "points"] == 1  # the other is planned
    assert frame["power_kw"].isna().tolist() == [False, True]
    flat = frame.to_crs(4326).geometry
    assert flat.y.tolist() == pytest.approx([52.10, 52.12], abs=1e-6)
    assert flat.x.tolist() == pytest.approx([5.10, 5.13], abs=1e-6)
    assert found.layer.as_of == "2026-06-07"
    assert found.mapping.format == "DATEX II"
    assert "REG-COUNT" in codes(found)


def test_both_encodings_give_one_layer(take: Take) -> None:
    one = take(XML.encode(), "chargers", "register.xml").layer
    other = take(json.dumps(document()).encode(), "chargers", "register.json").layer
    assert set(one.frame["evse_ids"]) == {"NL*ABC*E1, P2", "P4"}
    assert one.digest == other.digest


def test_other_profiles_are_read_too(take: Take) -> None:
    at = {"latitude": "52.1", "longitude": "5.1"}
    station = {"idG": "A", "refillPoint": [{"idG": "P"}]}
    site = {
        "idG": "S",
        "entrance": [{"locPointLocation": {"coordinatesForDisplay": at}}],
        "brand": words("Merk"),
        "energyInfrastructureStation": station,
    }
    table = {"energyInfrastructureTable": {"energyInfrastructureSite": site}}
    body = {"messageContainer": {"payload": [{"egiEnergyInfrastructureTablePublication": table}]}}
    frame = take(json.dumps(body).encode(), "chargers", "x.json").layer.frame
    assert frame[["charger_id", "operator", "points"]].to_numpy().tolist() == [["A", "Merk", 1]]


def test_states_without_places_are_refused(take: Take) -> None:
    body = {"payload": {"aegiEnergyInfrastructureStatusPublication": {}}}
    assert codes(take(json.dumps(body).encode(), "chargers", "x.json")) == ["DATEX-STATUS"]
    text = HEAD.replace("TablePublication", "StatusPublication") + "<a/></d2:payload>"
    assert codes(take(text.encode(), "chargers", "x.xml")) == ["DATEX-STATUS"]


def test_it_holds_charge_points_and_nothing_else(take: Take) -> None:
    assert codes(take(XML.encode(), "grid", "register.xml")) == ["FILE-KIND"]


ENTITY = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
OUTSIDE = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
REMOTE = '<!DOCTYPE x SYSTEM "http://127.0.0.1:8799/evil.dtd">'


@pytest.mark.parametrize("declared", [ENTITY, OUTSIDE, REMOTE], ids=["laughs", "file", "dtd"])
@pytest.mark.parametrize("late", [False, True])
def test_document_types_and_entities_are_refused(take: Take, declared: str, late: bool) -> None:  # noqa: FBT001
    first, rest = XML.split("?>", 1)
    padding = f"<!--{' ' * 20_000}-->" if late else ""  # past what the first look sees
    body = f"{first}?>{padding}{declared}{rest.replace('Plein', '&a;')}"
    found = take(body.encode(), "chargers", "register.xml")
    assert codes(found)[0] in {"XML-DOCTYPE", "FILE-UNSUPPORTED"}
    assert not found.accepted
    assert "root:" not in " ".join(problem.message for problem in found.problems)


def test_a_document_type_in_another_encoding_is_refused(take: Take) -> None:
    body = XML.replace("UTF-8", "UTF-16").replace("?>", f"?>{ENTITY}", 1).encode("utf-16")
    assert codes(take(body, "chargers", "register.xml")) == ["XML-DOCTYPE"]


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (HEAD + "<a>" * 5_000 + "</a>" * 5_000 + "</d2:payload>", "XML-DEEP"),
        (XML[: len(XML) // 2], "FILE-DAMAGED"),
        (XML.replace("UTF-8", "klingon"), "FILE-DAMAGED"),
        (HEAD + "</d2:payload>", "GEO-NONE"),
        (XML.replace("</d2:payload>", "<x:y/></d2:payload>"), "FILE-DAMAGED"),
    ],
    ids=["deep", "cut off", "encoding", "nothing", "prefix"],
)
def test_damaged_xml_is_refused_in_words(take: Take, body: str, code: str) -> None:
    found = take(body.encode(), "chargers", "register.xml")
    assert codes(found) == [code]


def test_strange_json_is_read_or_refused_and_never_crashes(take: Take) -> None:
    deep: Any = {}
    for _ in range(80):
        deep = {"a": deep}
    shell = document()
    table = shell["payload"]["aegiEnergyInfrastructureTablePublication"]
    table["energyInfrastructureTable"][0]["energyInfrastructureSite"][0]["more"] = deep
    assert codes(take(json.dumps(shell).encode(), "chargers", "x.json")) == ["JSON-DEEP"]
    strange = {
        "idG": ["x"],
        "operator": "me",
        "locationReference": {"a": {"posList": "1 2 x"}, "coordinatesForDisplay": [7]},
        "refillPoint": [
            4,
            None,
            {"aegiElectricChargingPoint": {"connector": 7, "status": {"v": 1}}},
        ],
        "numberOfRefillPoints": "many",
        "lastUpdated": 7,
    }
    table["energyInfrastructureTable"] = [4, {"energyInfrastructureSite": [None, strange]}]
    found = take(json.dumps(shell).encode(), "chargers", "x.json")
    assert not found.accepted
    assert "GEO-MISSING" in codes(found)


def test_a_name_that_promises_another_format_is_refused(take: Take) -> None:
    assert codes(take(XML.encode(), "chargers", "register.geojson")) == ["FILE-TYPE"]
