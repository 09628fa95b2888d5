"""Use-case: go on searching behind the plan that is shown, and tell how near it is to the best."""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from time import monotonic

from app.core.impact import Impact
from app.core.scenario import Scenario
from app.core.siting.allocate import Allocation
from app.core.siting.answer import Effort, Prover
from app.core.siting.bound import bound_at
from app.core.siting.greedy import Draft
from app.core.siting.instance import Instance
from app.core.siting.kernels_bound import Prices
from app.core.siting.local import GAIN, improve, objective
from app.core.siting.plan import Plan
from app.core.siting.solve import Solution, prove
from app.services.jobs import Report, silent
from app.services.plan import built, finish, resimulate, settle
from app.services.recommend import Prepared
from app.services.setting import Setting

SECONDS = 5.0
BOUND_UNTIL, SEARCH_UNTIL = 0.3, 0.8  # shares of the time; the bound is lowered before and after
ROUNDS, STEPS = 1_000_000, 2_000
KEPT = 8


@dataclass(frozen=True, slots=True)
class News:
    """How far a search is, about the plan that is shown [kWh/day].

    ``bound`` is what no plan can beat that misses floors by no more than it does; ``gain`` what
    the best plan found yet is worth more.
    """

    bound: float
    gain: float


@dataclass(frozen=True, slots=True, eq=False)
class Outcome:
    """How a search ended: the last news, and the better plan where the verifier accepts one."""

    news: News
    better: Plan | None


@dataclass(slots=True)
class Multipliers:
    """Multipliers of the last questions: any are a bound, and those of a like question a good one.

    Kept by size, as a lever that moves leaves demand and places as they were.
    """

    kept: OrderedDict[tuple[int, ...], Prices] = field(default_factory=OrderedDict)

    def start(self, instance: Instance, prices: Prices) -> Prices:
        """Choose where to begin: from what was kept, or from ``prices``, whichever bounds lower."""
        kept = self.kept.get(_sizes(prices))
        if kept is not None and bound_at(instance, kept) < bound_at(instance, prices):
            return kept
        return prices

    def keep(self, prices: Prices) -> None:
        """Keep multipliers; the oldest size goes."""
        self.kept[_sizes(prices)] = prices
        self.kept.move_to_end(_sizes(prices))
        while len(self.kept) > KEPT:
            self.kept.popitem(last=False)


def _sizes(prices: Prices) -> tuple[int, ...]:
    return tuple(array.size for array in prices)


MULTIPLIERS = Multipliers()


@dataclass(slots=True)
class _Search:
    """One search: its time, what it has found, and who hears of it."""

    instance: Instance
    shown: Solution
    seconds: float
    report: Report
    begun: float
    gain: float = 0.0
    bound: float = 0.0
    missed: float = field(init=False)

    def __post_init__(self) -> None:
        """Begin with what is known of the plan that is shown."""
        self.missed = self.shown.value - objective(self.instance, self.shown.allocation)
        self.bound = self.shown.bound

    @property
    def news(self) -> News:
        """Say how far it is."""
        return News(self.bound, self.gain)

    def until(self, share: float) -> Callable[[], bool]:
        """Make a deadline at a share of the time; whoever asks it also tells the progress."""

        def expired() -> bool:
            spent = (monotonic() - self.begun) / self.seconds
            self.report(min(spent, 0.99), "Searching")
            return spent > share

        return expired

    def hear(self, value: float) -> None:
        """Take in a better plan, by its value less the price of missed floors."""
        self.gain = value - (self.shown.value - self.missed)
        self.report(0.0, "Searching", self.news)

    def lower(self, draft: Draft, found: Allocation, start: Prices, share: float) -> Solution:
        """Lower the bound with the best plan known for a target."""
        proven = prove(
            self.instance, draft, found, iterations=STEPS, expired=self.until(share), start=start
        )
        missed = proven.value - objective(self.instance, found)
        self.bound = min(self.bound, proven.bound - missed + self.missed)
        self.report(0.0, "Searching", self.news)
        return replace(proven, bound=max(self.bound - self.missed + missed, proven.value))


def searcher(  # noqa: PLR0913
    places: Prepared,
    seed: int,
    seconds: float,
    *,
    report: Report,
    multipliers: Multipliers = MULTIPLIERS,
    heard: Callable[[News], None] = lambda _: None,
) -> Prover:
    """Make the last tier of a plan: lower its bound, search, and lower the bound again."""
    xy = places.places[["x", "y"]].to_numpy(float).reshape(-1, 2)

    def run(instance: Instance, solution: Solution) -> tuple[Solution, str]:
        search = _Search(instance, solution, seconds, report, monotonic())
        start = multipliers.start(instance, solution.prices)
        first = search.lower(solution.draft, solution.allocation, start, BOUND_UNTIL)
        draft, found = improve(
            instance, solution.draft, solution.allocation, xy=xy, seed=seed, rounds=ROUNDS,
            expired=search.until(SEARCH_UNTIL), tell=search.hear,
        )  # fmt: skip
        last = search.lower(draft, found, first.prices, 1.0)
        multipliers.keep(last.prices)
        heard(search.news)
        return last, "improved" if search.gain > GAIN else "no_improvement"

    return run


def search(  # noqa: PLR0913
    places: Prepared,
    scenario: Scenario,
    setting: Setting,
    answer: Impact,
    *,
    seconds: float = SECONDS,
    report: Report = silent,
) -> Outcome:
    """Search for about ``seconds`` behind the plan that was found in an instant.

    A better plan is offered only if the independent verifier accepts it and, simulated with its
    own points, no more transformers exceed their limit than with the plan that is shown.
    """
    settled = settle(places, scenario, setting, answer)
    news: list[News] = []
    tier = searcher(places, scenario.seed, seconds, report=report, heard=news.append)
    found = finish(places, scenario, setting, settled, Effort(prover=tier))
    better = found.proof == "improved" and bool(found.verifier["ok"])
    if better:
        checked = resimulate(setting, built(found), settled.rooms, scenario)
        better = int(checked["over"].sum()) <= int(settled.checked["over"].sum())
    return Outcome(news[-1], found if better else None)
