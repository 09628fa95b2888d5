"""How dirty a register is: every fault with its rows, and nothing said of what is clean."""

import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Take = Callable[..., Any]
HEAD = "charger_id,name,points,power_kw,current_type,state,last_updated,evse_ids,lon,lat"
CLEAN = "a,Kade 1,2,11,AC,AVAILABLE,2026-06-07T10:00:00Z,E1,5.1,52.1"


def faults(found: Any) -> dict[str, list[int]]:  # noqa: ANN401
    listed: dict[str, list[int]] = {}
    for fault in found.register.faults:
        listed.setdefault(fault.code, []).append(fault.row)
    return listed


def test_every_fault_is_found_in_its_row(take: Take) -> None:
    rows = [
        CLEAN,
        "b,Kade 2,0,,AC,REMOVED,2026-06-07T10:00:00Z,E2,5.11,52.1",
        "c,Kade 3,1,0,DC,AVAILABLE,2026-06-07T10:00:00Z,E3,5.12,52.1",
        "d,Kade 4,1,900,AC,AVAILABLE,2026-06-07T10:00:00Z,E4,5.13,52.1",
        "e,Kade 5,1,0.4,DC,UNKNOWN,2026-06-07T10:00:00Z,E5,5.14,52.1",
        "f,Kade 6,1,11,AC,AVAILABLE,2026-03-01T10:00:00Z,E6,5.15,52.1",
        "g,Kade 7,1,11,AC,AVAILABLE,2026-06-07T10:00:00Z,E1,5.16,52.1",
        "h,Kade 8,1,11,AC,AVAILABLE,2026-06-07T10:00:00Z,E8,0,0",
        "i,Kade 9,1,11,AC,AVAILABLE,2026-06-07T10:00:00Z,E9,5.16,52.1",
    ]
    found = take("\n".join([HEAD, *rows]), "chargers")
    assert faults(found) == {
        "REG-PLACE": [8],
        "REG-POINTS": [2],
        "REG-GONE": [2],
        "REG-POWER": [3],
        "REG-HIGH": [4, 5],
        "REG-STATE": [5],
        "REG-STALE": [6],
        "REG-EVSE": [1, 7],
        "REG-TWICE": [7, 9],
    }
    assert found.register.total == 9
    assert found.register.dirty == 9  # the first is named by the seventh, too
    assert (found.register.points, found.register.points_again) == (9, 1)
    assert found.register.newest == "2026-06-07"
    said = {problem.code: problem.message for problem in found.problems}
    assert said["REG-EVSE"].endswith("1 of 9 points are counted more than once (rows 1, 7).")
    assert said["REG-STALE"].startswith("1 of 9 locations were last heard of over 90 days")
    assert found.rows == 8  # what stands at 0, 0 is set aside, not drawn in the Atlantic


def test_a_clean_register_has_nothing_said_of_it(take: Take) -> None:
    found = take(f"{HEAD}\n{CLEAN}", "chargers")
    assert found.register.faults == ()
    assert [p.code for p in found.problems if p.code.startswith("REG")] == ["REG-MOMENT"]


def test_a_column_that_is_not_there_is_no_fault(take: Take) -> None:
    found = take("id,lon,lat\na,5.1,52.1\nb,5.2,52.1\n", "chargers")
    assert found.register.faults == ()
    assert found.register.newest == ""


def test_power_in_watts_is_compared_in_kilowatts(take: Take) -> None:
    text = "id,Vermogen (W),lon,lat\na,11000,5.1,52.1\nb,2500000,5.2,52.1\n"
    found = take(text, "chargers")
    assert faults(found) == {"REG-HIGH": [2]}
    assert found.layer.frame["power_kw"].tolist() == [11, 2_500]  # a table is asked, not corrected


def test_other_kinds_have_no_register(take: Take) -> None:
    assert take("asset_id,headroom_kw,lon,lat\na,100,5.1,52.1\n").register is None


@pytest.mark.parametrize(
    ("name", "points", "again"), [("bunnik", 239, 81), ("utrechtse-heuvelrug", 411, 110)]
)
def test_real_registers_list_the_same_post_twice(
    testdata: Callable[[str], Path], take: Take, name: str, points: int, again: int
) -> None:
    """Counted straight from the file: EVSE ids, and how many of them repeat another."""
    path = testdata(f"connectors/ndw_ocpi_details_{name}.json")
    listed = [
        evse.get("evse_id") or evse["uid"]
        for each in json.loads(path.read_text("utf-8")).values()
        for evse in each["evses"]
        if evse["status"] != "REMOVED"
    ]
    repeated = sum(times - 1 for times in Counter(listed).values())
    assert (len(listed), repeated) == (points, again)
    register = take(path, "chargers", area=None).register
    assert (register.points, register.points_again) == (points, again)
    assert len(register.rows("REG-EVSE")) <= len(register.rows("REG-TWICE")) + 2
    assert not register.rows("REG-PLACE")


def test_a_point_listed_twice_counts_where_it_was_last_heard_of(take: Take) -> None:
    def location(name: str, when: str, *points: str) -> dict[str, Any]:
        at = {"latitude": "52.1", "longitude": "5.1"}
        evses = [{"evse_id": each, "status": "AVAILABLE", "connectors": []} for each in points]
        return {"id": name, "coordinates": at, "last_updated": when, "evses": evses}

    rows = [
        location("old", "2026-02-10T00:00:00Z", "E1", "E2"),
        location("new", "2026-06-07T00:00:00Z", "E1", "E2", "E3"),
        location("other", "2026-06-07T00:00:00Z", "E4"),
    ]
    body = json.dumps(rows).encode()
    listed = take(body, "chargers", "x.json")
    assert listed.layer.frame["points"].tolist() == [2, 3, 1]  # as the register has it, until told
    assert [question.answer for question in listed.questions] == ["points_once"]
    once = take(body, "chargers", "x.json", points_once=True)
    assert once.layer.frame["points"].tolist() == [0, 3, 1]
    assert once.questions == ()
    assert once.register == listed.register  # counting differently does not clean the register
    assert "REG-ONCE" in {problem.code for problem in once.problems}


def test_a_real_register_counts_its_posts_once(testdata: Callable[[str], Path], take: Take) -> None:
    path = testdata("connectors/ndw_ocpi_details_bunnik.json")
    once = take(path, "chargers", area=None, points_once=True).layer.frame
    assert once["points"].sum() == 239 - 81
    assert (once["points"] >= 0).all()
    assert len(once) == 78


def test_the_real_map_of_charge_points_is_counted_without_its_outline(
    testdata: Callable[[str], Path], take: Take
) -> None:
    register = take(testdata("chargers/utrecht_chargers.geojson"), "chargers").register
    assert register.total == 1_862  # the town's outline in the file is no location
    assert len(register.rows("REG-POWER")) == 453
    assert register.rows("REG-ID") == [61, 149, 371, 403]
    assert not register.rows("REG-STALE")  # it says no times
