"""What an explanation is made of: numbers, each with its formula, source and range."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from app.core.demand.result import Band
from app.core.parameters import Parameter
from app.core.words import number_text

STAGES: Mapping[str, str] = MappingProxyType(
    {
        "cars": "Cars",
        "share": "Electric share",
        "parking": "Own parking",
        "energy": "Energy",
        "sessions": "Sessions and load",
        "points": "Points",
    }
)
DIGITS = 5
THOUSAND = 1000
Write = Callable[[float], str]


def in_digits(value: float) -> str:
    """Write an input of a formula in English, with enough digits to work it out again."""
    return f"{value:,.0f}" if abs(value) >= THOUSAND else number_text(value, DIGITS)


def in_percent(share: float) -> str:
    """Write a share in English."""
    return f"{number_text(100 * share, DIGITS)} %"


@dataclass(frozen=True, slots=True)
class Step:
    """One number of the chain.

    Attributes
    ----------
    words
        The formula in words, with a named field for each of ``inputs``. Fields that end in
        ``share`` are shares of 0 to 1, those that end in ``year`` are years.
    names
        The parameters it takes.
    status
        How good a figure of the district is; empty where the model computed the number.
    band
        The model's own range of the number, where it has one.
    """

    key: str
    stage: str
    label: str
    value: float
    unit: str
    words: str
    inputs: Mapping[str, float]
    names: tuple[str, ...] = ()
    status: str = ""
    band: Band | None = None

    def put_in(self, number: Write = in_digits, percent: Write = in_percent) -> dict[str, str]:
        """Write every input, for its place in ``words``."""
        writers: dict[str, Write] = {"share": percent, "year": "{:.0f}".format}
        return {k: writers.get(k.split("_")[-1], number)(v) for k, v in self.inputs.items()}

    @property
    def formula(self) -> str:
        """The formula in English."""
        return self.words.format(**self.put_in())

    @property
    def text(self) -> str:
        """The number in English, with its unit."""
        if self.unit == "share":
            return in_percent(self.value)
        return f"{in_digits(self.value)} {self.unit}"


@dataclass(frozen=True, slots=True, eq=False)
class Chain:
    """The steps of one district, with every number they take."""

    district_id: str
    name: str
    year: int
    steps: tuple[Step, ...]
    numbers: Mapping[str, Parameter]

    def __getitem__(self, key: str) -> Step:
        """Find a step."""
        return next(each for each in self.steps if each.key == key)

    def names_of(self, stage: str) -> tuple[str, ...]:
        """List the parameters that this stage takes and no stage before it."""
        first: dict[str, str] = {}
        for step in self.steps:
            for name in step.names:
                first.setdefault(name, step.stage)
        return tuple(name for name, place in first.items() if place == stage)


def moved(before: Chain, after: Chain) -> dict[str, Step]:
    """Say which steps differ between two chains of one district: key to the step as it was."""
    return {
        old.key: old
        for old, new in zip(before.steps, after.steps, strict=True)
        if old.value != new.value
    }
