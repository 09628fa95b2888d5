"""Published figures, what we get instead, and whether that is good enough."""

from dataclasses import dataclass

MET, MISSED, OPEN = "met", "missed", "open"
VERDICTS = (MET, MISSED, OPEN)


@dataclass(frozen=True, slots=True)
class Published:
    """A figure somebody published, and how near to it we must come.

    Attributes
    ----------
    low, high
        The range agreed before we computed; None where only the shape can be compared.
    setup
        Name of the parameter set that it is recomputed with.
    doubt
        What may explain a difference.
    """

    key: str
    title: str
    value: float
    low: float | None
    high: float | None
    unit: str
    setup: str
    source: str
    doubt: str


@dataclass(frozen=True, slots=True)
class Check:
    """A published figure beside ours.

    Attributes
    ----------
    ours
        None where it was not computed.
    note
        What else the computation shows.
    """

    published: Published
    ours: float | None
    computed_on: str
    note: str

    @property
    def deviation(self) -> float | None:
        """Ours against the published figure, as a share of it."""
        return None if self.ours is None else self.ours / self.published.value - 1

    @property
    def verdict(self) -> str:
        """Met, missed, or open: not computed, or no range was agreed beforehand."""
        low, high = self.published.low, self.published.high
        if self.ours is None or low is None or high is None:
            return OPEN
        return MET if low <= self.ours <= high else MISSED


@dataclass(frozen=True, slots=True)
class Given:
    """One value of a parameter set."""

    name: str
    value: float
    unit: str
    source: str


@dataclass(frozen=True, slots=True)
class Setup:
    """A named parameter set: what a run takes that is not the engine itself.

    Attributes
    ----------
    files
        Real files it needs, which are not in the repository.
    """

    key: str
    title: str
    files: tuple[str, ...]
    values: tuple[Given, ...]

    def __getitem__(self, name: str) -> float:
        """Look a value up."""
        return next(each.value for each in self.values if each.name == name)

    def whole(self, name: str) -> int:
        """Look up a value that counts something."""
        return int(self[name])
