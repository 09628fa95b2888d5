"""The guide to own sessions says every column, option, key and code, and none that is not there."""

import ast
import importlib.util
import json
import re
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

from app.commands.simulate_sessions import simulate_sessions
from app.core.engine.figures import sanity_doubts
from app.core.engine.result import Options
from app.core.strategies import STRATEGIES
from app.exports.own_results import HEADER
from app.paths import APP
from app.services.own_examples import EXAMPLES, FOLDER, TABLES, example, template
from app.services.own_files import COUNTED, OwnPaths, read_own
from app.services.own_options import AUTO, MAY_BE_AUTO, RANGES
from app.services.parameters import load_parameters

GUIDE = (APP.parent / "docs" / "own-sessions.md").read_text("utf-8")
VALUES = {"base": "load_kw", "limits": "limit_kw", "prices": "eur_per_mwh"}
SOURCES = [
    *(APP / "services").glob("own_*.py"), *(APP / "sources").glob("own_*.py"),
    APP / "core/engine/sessionfile.py",
]  # fmt: skip
SOURCES = [path for path in SOURCES if not re.search("sites|hosting", path.name)]
CALLS = {"refusal", "Fault", "say", "at", "add", "Notice", "get"}
WORD = re.compile(r"[a-z]+(_[a-z]+)+$")


def section(title: str) -> str:
    """Everything below a heading, up to the next of its level or above."""
    found = re.search(rf"^(#+) {title}\n(.*?)(?=^#{{1,3}} |\Z)", GUIDE, re.DOTALL | re.MULTILINE)
    assert found, title
    return found[2]


def rows(text: str) -> list[list[str]]:
    lines = [line for line in text.splitlines() if line.startswith("| `")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def named(cell: str) -> list[str]:
    return re.findall(r"`([^`]+)`", cell)


@pytest.mark.parametrize("table", TABLES)
def test_every_column_of_every_table_is_said(table: str) -> None:
    said = {named(row[0])[0]: row[1] == "yes" for row in rows(section(table))}
    wanted = {each.name: each.required or VALUES.get(table) == each.name for each in TABLES[table]}
    assert said == wanted


def test_every_option_is_said_with_its_default_and_range() -> None:
    usual = {each.name: each.default for each in fields(Options)}
    said = {named(row[0])[0]: row[1:] for row in rows(section("Options"))}
    assert set(said) == set(usual)
    for name, (default, range_, _) in said.items():
        if name == "theta_kw":
            assert default == "the limit"
            continue
        assert default == (
            f"{usual[name]:g}" if name in RANGES and default != AUTO else str(usual[name])
        )
        low, high = RANGES.get(name, (0, 0))
        if name in RANGES and high < 2**53:
            assert range_.startswith(f"{low:g} to {high:g}")
        assert (AUTO in range_) == (name in MAY_BE_AUTO)


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    """Run every strategy on the example week."""
    found = {}
    files = {name: FOLDER / f"{name}.csv" for name in EXAMPLES}
    for key in STRATEGIES:
        out = tmp_path_factory.mktemp(key)
        simulate_sessions(**files, contract="utrecht-16-20", strategy=key, out=out, profiles=True)
        found[key] = json.loads((out / "kpis.json").read_text("utf-8"))
    return found


def test_every_key_is_said(results: dict[str, dict[str, Any]]) -> None:
    text = section("Results")
    tables = [rows(part) for part in re.split(r"\n\n", text)]
    tables = [table for table in tables if table]
    load, profiles, keys, blocks = tables
    assert [named(row[0])[0] for row in load] == HEADER.decode().strip().split(",")
    assert [named(row[0])[0] for row in profiles] == ["session_id", "time", "power_kw"]
    documented = [name for row in keys for name in named(row[0])]
    block = {named(row[0])[0]: set(named(row[1])) for row in blocks}
    for kpis in results.values():
        assert sorted(documented) == sorted(kpis)
        for name in set(block) - {"transformers", "parents"}:
            assert set(kpis[name]) == block[name]
    every = set().union(*(kpis["transformers"][0] for kpis in results.values()))
    assert every == block["transformers"]


def test_nothing_is_nan(results: dict[str, dict[str, Any]]) -> None:
    def numbers(value: Any) -> Iterator[float]:  # noqa: ANN401
        parts = (
            value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
        )
        for part in parts:
            yield from numbers(part)
        if isinstance(value, float):
            yield value

    for kpis in results.values():
        found = list(numbers(kpis))
        assert len(found) > 50
        assert all(abs(value) < float("inf") for value in found)


def codes() -> set[str]:
    """Every code that stands in the program."""
    columns = {column.name for table in TABLES.values() for column in table}
    nodes = [node for path in SOURCES for node in ast.walk(ast.parse(path.read_text("utf-8")))]
    found = {word for node in nodes for word in (*spoken(node), *listed(node, columns))}
    absurd = dict.fromkeys(("coincidence", "kwh_per_point_day"), 999.0)
    doubted = {code for code, _ in sanity_doubts(absurd, load_parameters())}
    return ({each for each in found if WORD.match(each)} - columns) | doubted


def spoken(node: ast.AST) -> Iterator[str]:
    """Words handed to what notes a fault or a notice."""
    if isinstance(node, ast.Call):
        name = getattr(node.func, "id", getattr(node.func, "attr", ""))
        for each in node.args if name in CALLS else ():
            if isinstance(each, ast.Constant) and isinstance(each.value, str):
                yield each.value


def listed(node: ast.AST, columns: set[str]) -> Iterator[str]:
    """Codes in tables: of a notice, or by column."""
    if isinstance(node, ast.Dict):
        for key, value in zip(node.keys, node.values, strict=True):
            if getattr(key, "value", "") in {"code", *columns} and isinstance(value, ast.Constant):
                yield str(value.value)


def test_every_code_is_said() -> None:
    said = {
        name
        for title in ("Refusals", "Notices")
        for row in rows(section(title))
        for name in named(row[0])
    }
    wanted = codes() | {f"sessions_{key}" for key in COUNTED}
    assert wanted - said == set(), "codes that are not said"
    assert said - wanted - {"unknown_zone"} == set(), "codes that do not exist"


@pytest.mark.parametrize("table", ["sessions", "base", "limits", "prices"])
def test_templates_hold_every_column_and_run(table: str, tmp_path: Path) -> None:
    text = template(table)
    assert text.splitlines()[0].decode().split(",") == [each.name for each in TABLES[table]]
    files = {"sessions": template("sessions"), table: text}
    paths = {}
    for name, content in files.items():
        paths[name] = tmp_path / f"{name}.csv"
        paths[name].write_bytes(content)
    case = read_own(OwnPaths(**paths), zone="Europe/Amsterdam")
    kept = {"base": 0}.get(table, 2)  # the two quarter hours of that template end before they come
    assert len(case.file.sessions) == kept


def test_the_example_is_what_the_tool_draws() -> None:
    place = APP.parent / "tools" / "make_own_example.py"
    spec = importlib.util.spec_from_file_location("make_own_example", place)
    assert spec
    assert spec.loader
    tool = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(tool)
    for name, frame in tool.tables().items():
        text = frame.to_csv(index=False, lineterminator="\n").encode()
        assert text == example(name), f"python tools/make_own_example.py: {name}"
