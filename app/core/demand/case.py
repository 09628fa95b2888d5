"""One district in the model, with every number at its value."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from math import isfinite
from typing import Any

import pandas as pd

from app.core.demand.cloud import Block, Cloud
from app.core.demand.result import Band

STATUSES = ("measured", "estimated", "default")


@dataclass(frozen=True, eq=False)
class Case:
    """One district in the model.

    Attributes
    ----------
    cloud
        The city, with one draw: every number at its value.
    row
        The district as it was loaded.
    bands, points_plan, draws
        The model's ranges of the district, the points to plan for and the draws behind both.
    """

    cloud: Cloud
    row: "pd.Series[Any]"
    place: int
    bands: Mapping[str, Band]
    points_plan: int
    draws: int

    @cached_property
    def part(self) -> slice:
        """Where the district stands."""
        return slice(self.place, self.place + 1)

    @cached_property
    def block(self) -> Block:
        """The district alone."""
        return self.cloud.block(self.part)

    @cached_property
    def found(self) -> Mapping[str, float]:
        """What the model says of the district."""
        drawn = self.cloud.quantities(self.part, self.block)
        return {name: float(each[0, 0]) for name, each in drawn.items()}

    @cached_property
    def residents_kwh(self) -> float:
        """What residents of the whole city charge at public points."""
        blocks = (block.residents for _, block in self.cloud.blocks())
        return float(sum((each.kwh_private + each.kwh_company).sum() for each in blocks))

    def value(self, name: str) -> float:
        """Return a parameter."""
        return float(self.cloud.values[name][0])

    def fact(self, name: str) -> float:
        """Return a figure of the district."""
        return float(getattr(self.cloud.facts, name)[self.place])

    def loaded(self, *columns: str) -> bool:
        """Whether a figure was loaded, rather than filled in by the model."""
        given = pd.to_numeric(self.row.reindex(columns), errors="coerce")
        return all(isfinite(each) and each >= 0 for each in given)

    def status(self, *columns: str) -> str:
        """Say how good a figure is: as its row says if loaded, else as the district's weakest."""
        said = str(self.row.get("status", "measured"))
        sure = self.loaded(*columns) and said in STATUSES
        return said if sure else self.cloud.facts.status[self.place]

    def origin(self, *columns: str) -> str:
        """Say in words where a figure comes from."""
        return "as loaded" if self.loaded(*columns) else "not loaded: filled in as the notes say"
