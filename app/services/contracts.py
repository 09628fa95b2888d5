"""Use-case: read the presets of capacity contracts."""

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from app.core.engine.contract import ALL_MONTHS, DAY_TYPES, Contract, Terms, Thresholds, Window
from app.core.errors import ParameterError
from app.paths import DATA
from app.services.parameters import load_parameters, load_sources

DAY_MIN = 1440
MARKS = {
    "amber_from": "light_amber_from",
    "red_from": "light_red_from",
    "hysteresis": "light_hysteresis",
}
TERMS = ("max_hours_day", "guarantee_basis")
HOUR_MIN = 60


@cache
def load_contracts() -> Mapping[str, Contract]:
    """Read every preset, by key, which is the name of its file."""
    files = sorted((DATA / "contracts").glob("*.toml"))
    return MappingProxyType({file.stem: _contract(file) for file in files})


def _contract(file: Path) -> Contract:
    told, numbers = tomllib.loads(file.read_text("utf-8")), load_parameters()
    if told["source"] not in load_sources():
        raise ParameterError(f"{file.name}: no source {told['source']!r}")
    return Contract(
        key=file.stem,
        title=told["title"],
        windows=tuple(_window(window, file.name) for window in told["windows"]),
        source=told["source"],
        confidence=told["confidence"],
        override=told.get("override", True),
        pause_allowed=told.get("pause_allowed", True),
        guarantee=told.get("guarantee", False),
        override_share=told.get("override_share", numbers["override_share"].value),
        rated_a=numbers["rated_a"].value,
        note=told.get("note", ""),
        trigger=told.get("trigger", "schedule"),
        thresholds=Thresholds(
            *(
                told[f"{name}_percent"] / 100 if f"{name}_percent" in told else numbers[usual].value
                for name, usual in MARKS.items()
            )
        ),
        terms=Terms(**{name: told[name] for name in TERMS if name in told}),
    )


def _window(told: Mapping[str, Any], file: str) -> Window:
    start, end = _minutes(told["start"]), _minutes(told["end"])
    if not 0 <= start < end <= DAY_MIN:
        raise ParameterError(f"{file}: {told['start']} to {told['end']} is no window of a day")
    percent = told.get("limit_percent")
    return Window(
        start_min=start,
        end_min=end,
        colour=told["colour"],
        limit_kw=told.get("limit_kw"),
        limit_share=None if percent is None else percent / 100,
        day_types=tuple(told.get("day_types", DAY_TYPES)),
        months=tuple(told.get("months", ALL_MONTHS)),
    )


def _minutes(text: str) -> int:
    hours, minutes = text.split(":")
    return int(hours) * HOUR_MIN + int(minutes)
