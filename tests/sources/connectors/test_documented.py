"""The document of open data names tests that exist, and settings that do something."""

import re
from pathlib import Path

from app.paths import ROOT
from app.settings import Settings

TEXT = (ROOT / "docs" / "open-data.md").read_text("utf-8")
TESTS = Path(__file__).parents[2]


def test_every_rule_names_tests_that_exist() -> None:
    named = set(re.findall(r"`(test_\w+)`", TEXT))
    folders = (TESTS / "sources" / "connectors", TESTS / "services")
    code = "\n".join(path.read_text("utf-8") for each in folders for path in each.glob("*.py"))
    assert len(named) > 25
    assert not {name for name in named if f"def {name}(" not in code}


def test_every_setting_that_is_named_is_one() -> None:
    named = {each.lower() for each in re.findall(r"`KERBWATT_([A-Z_]+?)(?:=[^`]*)?`", TEXT)}
    assert named - {"key_nl_prices"} <= set(Settings.model_fields)
    assert {"allow_hosts", "allow_private", "proxy", "contact", "cache"} <= named
