"""The page on places by hand says what the program does."""

import json
import re
from pathlib import Path

from app.core.changes import from_changes
from app.core.siting.edits import COLUMNS
from app.core.siting.release import trigger
from app.core.siting.statuses import STATUSES
from app.services import site_list

TEXT = (Path(__file__).parents[2] / "docs" / "sites-by-hand.md").read_text("utf-8")


def test_every_column_of_the_list_is_explained() -> None:
    table = "\n".join(line for line in TEXT.splitlines() if line.startswith("|"))
    assert set(re.findall(r"`(\w+)`", table)) - {"yes"} == set(site_list.COLUMNS)
    assert ", ".join(STATUSES) in TEXT
    assert f"`{', '.join(COLUMNS)}`" in TEXT


def test_the_example_of_a_scenario_can_be_read() -> None:
    found = re.search(r"```json\n(.*?)```", TEXT, re.DOTALL)
    assert found
    asked = from_changes(json.loads(found[1]))
    assert asked.added[0].key == asked.locked[0]


def test_the_triggers_are_those_of_the_program() -> None:
    assert "(18 percent for two points at 5 percent, 36 for four, 72\nfor twenty)" in TEXT
    assert [round(100 * trigger(points, 0.05)) for points in (2, 4, 20)] == [18, 36, 72]
