"""Whether a capacity map keeps to its own model: said as warnings, after it was read tolerantly."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from importlib import import_module
from itertools import islice
from typing import Any

from app.paths import DATA
from app.sources.capacity_rows import figure, items, text
from app.sources.plausible import plausible
from app.sources.problems import Findings, refuse

MAJOR, MINOR = 1, 3
VERSION = re.compile(r"v?(\d+)(?:\.(\d+))?(?:\.\d+)?/?\Z")
POSTCODE = re.compile(r"\A\d{4}[A-Z]{2}\Z")
COLOURS = frozenset({"transparant", "red", "amber", "yellow"})
MODEL = DATA / "tables" / "capacity_map_v1.schema.json"
MOST = 20  # faults of one kind are enough to show that there are some
SAID = {
    "required": "something the model demands is missing",
    "additionalProperties": "holds something the model does not know",
    "type": "is of the wrong type",
    "enum": "is not one of the model's words",
    "format": "is not a date",
    "minimum": "is smaller than the model allows",
    "maximum": "is larger than the model allows",
}


def check_version(document: Mapping[str, Any], findings: Findings) -> None:
    """Refuse a model of another major version: its words may mean something else."""
    said = str(document.get("conforms_to") or "").strip()
    found = VERSION.search(said)
    if found is None:
        findings.add("CAP-UNSAID", found=said[:80] or "nothing")
        return
    if int(found[1]) != MAJOR:
        raise refuse("CAP-VERSION", found=found[0].rstrip("/"), major=MAJOR)
    if int(found[2] or 0) > MINOR:
        findings.add("CAP-NEWER", found=found[0].rstrip("/"))


def check_model(document: Mapping[str, Any], findings: Findings) -> None:
    """Compare the file with the model. Postcodes, which are many, by two rules of our own."""
    lean = {**document, "energy_areas": [_lean(each) for each in items(document["energy_areas"])]}
    for where, rule in islice(_faults(lean), MOST):
        findings.add("CAP-MODEL", where=where, what=SAID.get(rule, "does not fit the model"))
    for where, what in islice(_postcodes(items(document["energy_areas"])), MOST):
        findings.add("CAP-MODEL", where=where, what=what)


def check_dates(document: Mapping[str, Any], findings: Findings) -> None:
    """Say where the file claims to end before it begins."""
    valid = document.get("valid")
    if not isinstance(valid, Mapping):
        return
    start, end = text(valid.get("start")), text(valid.get("end"))
    if start and end and start > end:
        findings.add("CAP-DATES", start=start[:10], end=end[:10])


def check_size(areas: Sequence[Mapping[str, Any]], findings: Findings) -> None:
    """Ask whether figures are in MW where no area of a country could be so large."""
    for name in ("demand_available_capacity", "generation_available_capacity"):
        largest = max((figure(each.get(name)) or 0.0 for each in areas), default=0.0)
        if largest > plausible()["capacity_map_large_mw"]:
            findings.add(
                "VAL-UNIT", column=name, measure="largest", value=f"{largest:g}", unit="kW"
            )


def _lean(area: object) -> object:
    return {**area, "postcode_areas": []} if isinstance(area, Mapping) else area


def _faults(document: object) -> Iterator[tuple[str, str]]:
    """Yield where the model is broken and by which rule, in the order of the file."""
    for fault in _validator().iter_errors(document):
        steps = [f"{step + 1}" if isinstance(step, int) else str(step) for step in fault.path]
        yield " ".join(steps)[:120] or "the file", str(fault.validator)


@cache
def _validator() -> Any:  # noqa: ANN401
    checker = import_module("jsonschema").Draft201909Validator  # heavy; only these files need it
    model = json.loads(MODEL.read_text("utf-8"))
    return checker(model, format_checker=checker.FORMAT_CHECKER)


def _postcodes(areas: Sequence[Any]) -> Iterator[tuple[str, str]]:
    for nth, area in enumerate(areas):
        inner = items(area.get("postcode_areas")) if isinstance(area, Mapping) else []
        for at, found in enumerate(inner):
            where = f"energy_areas {nth + 1} postcode_areas {at + 1}"
            if not isinstance(found, Mapping):
                yield where, SAID["type"]
                continue
            if not POSTCODE.match(str(found.get("postcode"))):
                yield f"{where} postcode", "is not four digits and two capitals"
            for side in ("demand_constraint", "generation_constraint"):
                if str(found.get(side)) not in COLOURS:
                    yield f"{where} {side}", SAID["enum"]
