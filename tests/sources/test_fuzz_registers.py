"""Registers and capacity maps with damage done to them are read or refused, never a crash."""

import json
import random
from collections.abc import Callable
from typing import Any

import pytest

from app.sources.codes import TEMPLATES

Take = Callable[..., Any]
CASES = 120
ODD: tuple[Any, ...] = (
    *(None, True, -1, 1e308, "x", "", [], {}, [1], {"a": 1}, "1e999", 10**30, "<b>", "NaN"),
    *("2026-13-45", "3511AB"),
)
PLUG = {"power_type": "AC_3_PHASE", "max_voltage": 230, "max_amperage": 16}
POINT = {"uid": "1", "status": "AVAILABLE", "capabilities": ["RFID"], "connectors": [PLUG]}
OCPI = {
    "status_code": 1000,
    "data": [
        {
            "country_code": "NL",
            "id": f"L{n}",
            "coordinates": {"latitude": "52.1", "longitude": f"5.1{n}"},
            "operator": {"name": "Laadclub"},
            "last_updated": "2026-06-07T10:00:00Z",
            "evses": [POINT, POINT],
        }
        for n in range(3)
    ],
}
COLOURS = {"demand_constraint": "red", "generation_constraint": "red"}
WORK = {"description": "w", "time_schedules": [{"schedule_interval": {"year": 2030, "quarter": 1}}]}
MAP = {
    "conforms_to": "x/v1.3.0",
    "updated": [{"date": "2026-01-01", "type": "KI"}],
    "valid": {"start": "2026-01-01", "end": "2027-01-01"},
    "energy_areas": [
        {
            "short_code": "A",
            "demand_available_capacity": 47,
            "demand_quoted_capacity": 58,
            "demand_alleviation_year": 2030,
            "works": [WORK],
            "postcode_areas": [{"postcode": "3511AB", **COLOURS}],
        }
        for _ in range(2)
    ],
}
AT = {"pointByCoordinates": {"pointCoordinates": {"latitude": 52.1, "longitude": 5.1}}}
CHARGER = {
    "idG": "P",
    "currentType": {"value": "ac"},
    "availableChargingPower": [11_000],
    "connector": [{"maxPowerAtSocket": 11_000}],
}
STATION = {"idG": "T", "refillPoint": [{"aegiElectricChargingPoint": CHARGER}]}
SITE = {
    "idG": "S",
    "name": {"values": [{"value": "Plein"}]},
    "locationReference": {"locPointLocation": AT},
    "energyInfrastructureStation": [STATION],
}
DATEX = {
    "payload": {
        "aegiEnergyInfrastructureTablePublication": {
            "energyInfrastructureTable": [{"energyInfrastructureSite": [SITE]}]
        }
    }
}
XML = (
    '<?xml version="1.0" encoding="UTF-8"?><payload><energyInfrastructureTable>'
    '<energyInfrastructureSite id="S"><locationReference><coordinatesForDisplay>'
    "<latitude>52.1</latitude><longitude>5.1</longitude></coordinatesForDisplay></locationReference>"
    '<energyInfrastructureStation id="T"><refillPoint id="P"><currentType>ac</currentType>'
    "<connector><maxPowerAtSocket>11000</maxPowerAtSocket></connector></refillPoint>"
    "</energyInfrastructureStation></energyInfrastructureSite></energyInfrastructureTable></payload>"
)


def _bend(found: Any, dice: random.Random) -> Any:  # noqa: ANN401
    """Drop some keys, and put something odd in the place of some values."""
    if isinstance(found, dict):
        kept = {key: each for key, each in found.items() if dice.random() > 0.02}
        return {key: _one(each, dice) for key, each in kept.items()}
    return [_one(each, dice) for each in found] if isinstance(found, list) else found


def _one(found: Any, dice: random.Random) -> Any:  # noqa: ANN401
    return dice.choice(ODD) if dice.random() < 0.05 else _bend(found, dice)


def _bytes(text: str, dice: random.Random) -> bytes:
    """Change, cut and repeat bytes."""
    body = bytearray(text.encode())
    for _ in range(dice.randint(1, 10)):
        at, much = dice.randrange(len(body)), dice.randint(1, 40)
        kind = dice.randrange(3)
        if kind == 0:
            body[at] = dice.randrange(256)
        elif kind == 1 and len(body) > 2 * much:
            del body[at : at + much]
        else:
            body[at:at] = body[at : at + much]
    return bytes(body)


def _answered(found: Any) -> None:  # noqa: ANN401
    assert found.accepted or found.of("error")
    assert {problem.code for problem in found.problems} <= set(TEMPLATES)


@pytest.mark.parametrize(
    ("seed", "kind"),
    [(OCPI, "chargers"), (DATEX, "chargers"), (MAP, "grid")],
    ids=["ocpi", "datex", "map"],
)
def test_bent_documents_are_read_or_refused(take: Take, seed: Any, kind: str) -> None:  # noqa: ANN401
    dice = random.Random(20260607)  # noqa: S311  # the same damage every time
    for _ in range(CASES):
        body = json.dumps(_bend(seed, dice)).encode()
        _answered(take(body, kind, "x.json", area=None))


@pytest.mark.parametrize("name", ["x.xml", "x.json"])
def test_damaged_bytes_are_read_or_refused(take: Take, name: str) -> None:
    dice = random.Random(20260608)  # noqa: S311  # the same damage every time
    text = XML if name == "x.xml" else json.dumps(DATEX)
    assert take(text.encode(), "chargers", name, area=None).accepted
    for _ in range(CASES):
        _answered(take(_bytes(text, dice), "chargers", name, area=None))
