"""The six operating models, side by side: who pays, who owns, who bears the risk."""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from app.core.errors import InputError
from app.core.tender.library import CONFIDENCES, MODELS

HEAD = (
    *("id", "name", "capex_by", "owner", "revenue_to", "risk", "control", "suits"),
    *("calculator_inputs", "evidence", "confidence", "source"),
)


@dataclass(frozen=True, slots=True)
class OperatingModel:
    """One way to share investment, revenue and risk between authority and operator."""

    key: str
    title: str
    capex_by: str
    owner: str
    revenue_to: str
    risk: str
    control: str
    suits: str
    calculator_inputs: str
    evidence: str
    confidence: str
    source: str


def parse_models(table: str) -> Mapping[str, OperatingModel]:
    """Read ``operational_models.csv``, by key, in the order of the menus."""
    reader = csv.DictReader(table.splitlines())
    if tuple(reader.fieldnames or ()) != HEAD:
        raise InputError(f"operating models: columns must be {', '.join(HEAD)}")
    found = {row["id"]: OperatingModel(*(row[name] for name in HEAD)) for row in reader}
    if set(found) != set(MODELS):
        raise InputError(f"operating models: there must be {', '.join(MODELS)}")
    for model in found.values():
        if model.confidence not in CONFIDENCES or not model.evidence:
            raise InputError(f"operating model {model.key}: no evidence or no confidence")
    return MappingProxyType({key: found[key] for key in MODELS})
