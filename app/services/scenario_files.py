"""Use-case: scenarios as files, and the named ones that come with the program."""

import hashlib
import re
import tomllib
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from app.core.changes import canonical, from_changes, parse_plain, to_changes
from app.core.errors import InputError
from app.core.scenario import Scenario, defaults
from app.paths import DATA
from app.services.parameters import checked
from app.services.share import missing_layers
from app.store.repository import PROGRAM_VERSION

FORMAT = "kerbwatt-scenario"
VERSION = 1
MOST_BYTES = 1024 * 1024
LONGEST_LIST = 60
ENDING = ".scenario.json"
# From a version of the format to the next: pure, never changed once released, each with a kept
# file in tests/services/scenarios. A changed default is such a step: it writes the old one in.
MIGRATIONS: Mapping[int, Callable[[dict[str, Any]], dict[str, Any]]] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class ScenarioFile:
    """What a scenario file holds, and what to tell the reader about it."""

    scenario: Scenario
    name: str
    project: str
    layers: Mapping[str, str]
    notices: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Step:
    """One stop of a preset's tour: a page, what to look at there, a question for the room."""

    page: str
    look: str
    question: str


@dataclass(frozen=True, slots=True)
class Expectation:
    """A relation that must hold: ``indicator`` of this preset against another preset's."""

    indicator: str
    relation: str
    than: str


@dataclass(frozen=True, slots=True)
class Preset:
    """A named scenario with its story. ``city`` is empty where any city will do.

    ``case`` is the special case it tells of, if any; ``sees`` the result one should see, with the
    figures of that case in braces: see ``services.stories``.
    """

    key: str
    title: str
    order: int
    city: str
    story: str
    scenario: Scenario
    steps: tuple[Step, ...]
    expected: tuple[Expectation, ...]
    case: str = ""
    sees: str = ""


def write_scenario(
    scenario: Scenario,
    *,
    name: str = "",
    project: str = "",
    layers: Mapping[str, str] | None = None,
) -> bytes:
    """Write a scenario file: equal scenarios give equal bytes."""
    document = {
        "format": FORMAT,
        "version": VERSION,
        "program": PROGRAM_VERSION,
        "name": name,
        "project": project,
        "levers": sorted(defaults()),
        "scenario": to_changes(scenario),
        "layers": dict(layers or {}),
    }
    return (canonical({**document, "digest": _digest(document)}) + "\n").encode()


def file_name(name: str) -> str:
    """Make a safe file name of a scenario's name: letters of every alphabet stay."""
    words = re.sub(r"[^\w]+", "-", unicodedata.normalize("NFC", name)).strip("-_")
    return (words[:LONGEST_LIST].casefold() or "scenario") + ENDING


def read_scenario(source: Path | bytes) -> tuple[Scenario, tuple[str, ...]]:
    """Read a scenario file; returns the scenario and what the reader should know of it.

    Raises
    ------
    InputError
        It is no scenario file, comes from a newer program, names a lever that is not known here
        or a value outside its range.
    """
    found = open_file(source)
    return found.scenario, found.notices


def open_file(source: Path | bytes, present: Mapping[str, str] | None = None) -> ScenarioFile:
    """Read a scenario file with its name and layers; ``present`` are the digests that are here."""
    document = _document(source)
    notices = []
    if document.get("digest") != _digest(document):
        notices.append("This file was edited outside Kerbwatt; its values were checked again.")
    document = _migrate(document)
    scenario = checked(from_changes(document.get("scenario")))
    layers = _texts(document.get("layers", {}), "layers")
    notices += _newcomers(document)
    notices += missing_layers(layers, present)
    facts = _texts({key: document.get(key, "") for key in ("name", "project")}, "name and project")
    return ScenarioFile(scenario, facts["name"], facts["project"], layers, tuple(notices))


@cache
def presets() -> Mapping[str, Preset]:
    """Read the named scenarios that come with the program, in menu order."""
    found = [read_preset(path) for path in (DATA / "scenarios").glob("*.toml")]
    found.sort(key=lambda preset: (preset.order, preset.key))
    return MappingProxyType({preset.key: preset for preset in found})


def read_preset(path: Path) -> Preset:
    """Read one preset; its key is the name of its file."""
    table = tomllib.loads(path.read_text("utf-8"))
    wanted = {"title", "order", "city", "story", "knobs", "steps", "expected", "case", "sees"}
    if unknown := set(table) - wanted:
        raise InputError(f"{path.name}: no such entry: {', '.join(sorted(unknown))}")
    try:
        return Preset(
            key=path.stem,
            title=table["title"],
            order=table["order"],
            city=table.get("city", ""),
            story=table["story"],
            scenario=checked(from_changes(table.get("knobs", {}))),
            steps=tuple(_entry(Step, each) for each in table.get("steps", [])),
            expected=tuple(_entry(Expectation, each) for each in table.get("expected", [])),
            case=table.get("case", ""),
            sees=table.get("sees", ""),
        )
    except KeyError as error:
        raise InputError(f"{path.name}: {error} is missing") from error
    except InputError as error:
        raise InputError(f"{path.name}: {error}") from error


def find_file(words: str) -> ScenarioFile:
    """Find what the command line names: a scenario file, else the key of a preset."""
    path = Path(words)
    if not path.exists() and words in presets():
        preset = presets()[words]
        return ScenarioFile(preset.scenario, preset.title, preset.city, {}, ())
    return open_file(path)


def find_scenario(words: str) -> tuple[Scenario, tuple[str, ...]]:
    """Find the scenario that the command line names, and what the reader should know of it."""
    found = find_file(words)
    return found.scenario, found.notices


def _entry(kind: type[Any], table: Mapping[str, str]) -> Any:  # noqa: ANN401
    return kind(**{each.name: table[each.name] for each in fields(kind)})


def _document(source: Path | bytes) -> dict[str, Any]:
    content = source if isinstance(source, bytes) else _content(source)
    if len(content) > MOST_BYTES:
        raise InputError("This file is too large to be a scenario.")
    try:
        document = parse_plain(content.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise InputError(
            "This file is not text; a scenario file ends in .scenario.json."
        ) from error
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise InputError(f'This is not a scenario file: it does not say "format": "{FORMAT}".')
    return document


def _content(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(MOST_BYTES + 1)
    except OSError as error:
        raise InputError(f"{path}: {error.strerror}") from error


def _digest(document: Mapping[str, Any]) -> str:
    plain = {key: value for key, value in document.items() if key != "digest"}
    return hashlib.sha256(canonical(plain).encode("utf-8", "surrogatepass")).hexdigest()


def _migrate(document: dict[str, Any]) -> dict[str, Any]:
    version = document.get("version")
    if isinstance(version, bool) or not isinstance(version, int) or version < 1:
        raise InputError(f"Version {str(version)[:20]!r} of a scenario file is not known.")
    if version > VERSION:
        raise InputError(
            f"This file has version {str(version)[:20]} of the format; "
            f"this Kerbwatt reads up to {VERSION}. Open it with a newer version."
        )
    for step in range(version, VERSION):
        document = MIGRATIONS[step](document)
    return document


def _newcomers(document: Mapping[str, Any]) -> list[str]:
    known = document.get("levers")
    if not isinstance(known, list):
        return []
    missing = [name for name in defaults() if name not in known]
    if not missing:
        return []
    return [f"Made by an older version; left at the default: {', '.join(missing)}."]


def _texts(found: Any, what: str) -> dict[str, str]:  # noqa: ANN401
    if not isinstance(found, dict) or not all(isinstance(v, str) for v in found.values()):
        raise InputError(f"{what} of this scenario file must be text.")
    return found
