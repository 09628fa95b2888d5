"""Use-case: which forms a contract with the grid operator can have."""

from dataclasses import dataclass
from functools import cache

import pandas as pd

from app.paths import DATA
from app.services.parameters import load_parameters

SMALL, LARGE = "small", "large"
MOST_PHASES = 3


@dataclass(frozen=True, slots=True)
class Form:
    """A form of contract, in words for an annex."""

    key: str
    connection: str
    text: str
    source: str
    confidence: str


@cache
def contract_forms() -> tuple[Form, ...]:
    """Read every form."""
    table = pd.read_csv(DATA / "tables" / "contract_forms.csv", dtype=str)
    return tuple(Form(*row) for row in table.itertuples(index=False))


def grid_contract(connection_a: float, phases: int = MOST_PHASES) -> tuple[Form, ...]:
    """Return the forms a connection of this size can have.

    Up to three times 80 A a calendar is a clause of the concession; larger connections may choose
    a form of the grid operator.
    """
    small = phases <= MOST_PHASES and connection_a <= load_parameters()["calendar_small_a"].value
    size = SMALL if small else LARGE
    return tuple(each for each in contract_forms() if each.connection == size)
