"""What a file is taken in for: carried from the first look to the finished layer."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from app.core.schema import Kind
from app.sources.answers import Answers
from app.sources.area import Area
from app.sources.limits import Limits
from app.sources.problems import Findings

Report: TypeAlias = Callable[[float, str], None]


def quiet(share: float, doing: str) -> None:
    """Tell nobody how far the work is."""
    del share, doing


@dataclass(frozen=True, slots=True, eq=False)
class Task:
    """One file on its way: what it should be, what is known of it, and what was found."""

    kind: Kind
    area: Area | None
    answers: Answers
    limits: Limits
    name: str
    findings: Findings
    report: Report = quiet

    @property
    def country(self) -> str:
        """The country of the project, "" where there is none."""
        return self.area.country if self.area is not None else ""
