"""The list of sites on its way from a suggestion to a post: statuses, who, when, and why."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from app.core.by_hand import LONGEST, MOST_POINTS, Added, Moved
from app.core.errors import InputError
from app.core.scenario import Scenario
from app.core.siting.edits import EXCLUDED, LOCKED, fix, take_back

SUGGESTED, TESTED, PROPOSED, PUBLISHED = "suggested", "tested", "proposed", "published"
OBJECTED, DECIDED, REALISED, MOVED, DROPPED = (
    "objected", "decided", "realised", "moved", "dropped",
)  # fmt: skip
WAY = (SUGGESTED, TESTED, PROPOSED, PUBLISHED, OBJECTED, DECIDED, REALISED)
STATUSES = (*WAY, MOVED, DROPPED)
FIRM = (DECIDED, REALISED)
REASONED = (MOVED, DROPPED)
EXISTING, ORDERED, EARLY, REQUESTED, NOWHERE = "existing", "ordered", "early", "requested", ""
MOST_OBJECTIONS = 100_000
NEAR_M = 0.05


@dataclass(frozen=True, slots=True)
class Step:
    """One entry of a site's history."""

    day: str
    status: str
    who: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Site:
    """A site of the list, with its whole history; the last step is how it stands.

    Attributes
    ----------
    x, y
        Where it stands, in the project's metres; None where the list does not say.
    points
        Charge points meant for it.
    objections
        Counted over its history: a site that moved keeps them.
    by_request
        Somebody asked for it: it was added by hand.
    """

    id: str
    name: str
    x: float | None
    y: float | None
    points: int
    history: tuple[Step, ...]
    objections: int = 0
    by_request: bool = False

    def __post_init__(self) -> None:
        """Refuse a history that cannot have been."""
        if not self.history:
            raise InputError("status: missing")
        for step in self.history:
            _check_step(step)
        for before, after in zip(self.history, self.history[1:], strict=False):
            _check_turn(before, after)
        if not 1 <= self.points <= MOST_POINTS:
            raise InputError(f"points {self.points}: wanted 1 to {MOST_POINTS}")
        if not 0 <= self.objections <= MOST_OBJECTIONS:
            raise InputError(f"objections {self.objections}: wanted 0 to {MOST_OBJECTIONS}")
        if self.was_moved and (self.x is None or self.y is None):
            raise InputError("x, y: a site that moved needs the place it moved to (or lat, lon)")

    @property
    def now(self) -> Step:
        """How it stands."""
        return self.history[-1]

    @property
    def was_moved(self) -> bool:
        """Whether it stands elsewhere than it was first suggested."""
        return any(step.status == MOVED for step in self.history)


def _check_step(step: Step) -> None:
    if step.status not in STATUSES:
        raise InputError(f"status {step.status!r}: wanted one of {', '.join(STATUSES)}")
    try:
        fine = date.fromisoformat(step.day).isoformat() == step.day
    except ValueError:
        fine = False
    if not fine:
        raise InputError(f"date {step.day!r}: wanted a day such as 2027-01-15")
    if step.status in REASONED and not step.reason.strip():
        raise InputError(f"reason: a site that is {step.status} needs one")


def _check_turn(before: Step, after: Step) -> None:
    """Statuses go forward; back only over an objection, a move or after being dropped."""
    if after.day < before.day:
        raise InputError(f"date {after.day}: before {before.day}, when it became {before.status}")
    if before.status == REALISED and after.status == MOVED:
        raise InputError("status moved: what is realised stands; drop it and suggest another")
    if before.status in {OBJECTED, MOVED, DROPPED} or after.status in {MOVED, DROPPED}:
        return
    if WAY.index(after.status) < WAY.index(before.status):
        raise InputError(f"status {after.status}: it was {before.status} already, which is later")


def turn(
    site: Site,
    step: Step,
    *,
    objections: int | None = None,
    x: float | None = None,
    y: float | None = None,
) -> Site:
    """Give a site its next status; it keeps its id and history."""
    moves, elsewhere = step.status == MOVED, _elsewhere(site, x, y)
    if elsewhere and not moves:
        raise InputError("x, y: a site that stands elsewhere needs status moved, with a reason")
    new = (step.status, step.who, step.reason) != (site.now.status, site.now.who, site.now.reason)
    history = (*site.history, step) if new or elsewhere else site.history
    return replace(
        site,
        history=history,
        objections=site.objections if objections is None else objections,
        x=x if moves and x is not None else site.x,
        y=y if moves and y is not None else site.y,
    )


def _elsewhere(site: Site, x: float | None, y: float | None) -> bool:
    pairs = ((site.x, x), (site.y, y))
    return any(
        was is not None and now is not None and abs(was - now) > NEAR_M for was, now in pairs
    )


def suggest(
    sites: Iterable[tuple[str, str, float, float, int]], day: str, requested: set[str]
) -> tuple[Site, ...]:
    """Begin a list with the places of a plan: (id, name, x, y, points)."""
    return tuple(
        Site(key, name, x, y, points, (Step(day, SUGGESTED),), by_request=key in requested)
        for key, name, x, y, points in sites
    )


def merge(kept: Sequence[Site], fresh: Sequence[Site]) -> tuple[Site, ...]:
    """Add a plan's new places to a list; a site on it keeps what is known of it."""
    known = {site.id for site in kept}
    return (*kept, *(site for site in fresh if site.id not in known))


def honour(scenario: Scenario, sites: Sequence[Site], known: Mapping[str, object]) -> Scenario:
    """Let a scenario hold to a list: what is decided is in, what is dropped is out.

    A site that moved stands where it moved to. A site that is no candidate of the maps becomes
    one, under its own id; ``known`` holds the ids of all candidates.
    """
    added = {each.key: each for each in scenario.added}
    moved = {each.id: each for each in scenario.moved}
    lost = []
    for site in sites:
        out = site.now.status == DROPPED
        if site.id in known or site.id in added:
            if site.was_moved and site.x is not None and site.y is not None and not out:
                moved[site.id] = Moved(site.id, site.x, site.y)
        elif not out and site.x is not None and site.y is not None:
            added[site.id] = Added(site.name, site.x, site.y, site.points, site.id)
        elif not out:
            lost.append(site.id)
    if lost:
        raise InputError(
            f"{', '.join(lost[:5])}: no such candidate on the maps, and no x and y to add it by"
        )
    found = scenario.but(added=tuple(added.values()), moved=tuple(moved.values()))
    for site in sites:
        found = _held(found, site, {*known, *added})
    return found


def _held(scenario: Scenario, site: Site, known: set[str]) -> Scenario:
    step = site.now
    if site.id not in known:
        return scenario
    said = " ".join(filter(None, [step.status, step.day, step.who, step.reason]))
    if step.status in FIRM:
        return fix(scenario, LOCKED, site.id, said[:LONGEST])
    if step.status == DROPPED:
        return fix(scenario, EXCLUDED, site.id, said[:LONGEST])
    if any(each.status == DROPPED for each in site.history):  # it was taken up again
        return take_back(scenario, EXCLUDED, site.id)
    return scenario


def public_class(site: Site) -> str:
    """Say what a public map may show of a site: existing, ordered, early, requested or nothing."""
    if site.now.status == DROPPED:
        return NOWHERE
    if site.now.status == REALISED:
        return EXISTING
    if site.now.status == DECIDED:
        return ORDERED
    return REQUESTED if site.by_request and site.now.status == SUGGESTED else EARLY
