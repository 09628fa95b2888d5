"""Use-case: bring open data of a place into a project, source by source, through the one door."""

import os
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from difflib import get_close_matches
from importlib.metadata import version
from pathlib import Path

from app.core.errors import InputError
from app.core.layer import Layer
from app.core.project import Project
from app.services.jobs import Report
from app.services.load_layer import load_layer
from app.settings import SETTINGS, Settings
from app.sources.addresses import Reach
from app.sources.answers import Answer, Answers
from app.sources.area import Area
from app.sources.connectors import CONNECTORS
from app.sources.connectors.base import Box, Fetched, Request
from app.sources.connectors.tables import join_rows
from app.sources.intake import Intake
from app.sources.presets import Place, Preset, hosts, places, presets
from app.sources.web import Client, Means, SourceError
from app.sources.web_cache import AnswerCache

KEPT, REFUSED, DOWN, OFF = "kept", "refused", "down", "off"


@dataclass(frozen=True, slots=True, eq=False)
class Outcome:
    """What became of one source.

    ``state`` is kept, refused (its data did not pass the intake), down (nothing came) or off (its
    address is not confirmed, or its key is missing).
    """

    preset: Preset
    state: str
    said: str = ""
    rows: int = 0
    warnings: tuple[str, ...] = ()
    intake: Intake | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Haul:
    """All that a fetch brought: layers ready to be accepted, and what became of each source."""

    layers: Mapping[str, Layer]
    outcomes: tuple[Outcome, ...]

    @property
    def complete(self) -> bool:
        """Whether every source gave what it was asked for."""
        return all(each.state == KEPT for each in self.outcomes)


@dataclass(frozen=True, slots=True)
class Where:
    """The place that is fetched for: the names services call it by, its box and its study area."""

    title: str
    box: Box | None
    names: Mapping[str, str]
    area: Area | None

    @classmethod
    def of_place(cls, place: Place) -> "Where":
        """Take a place that comes with the program; its districts will be the study area."""
        area = Area(None, place.crs, place.title, place.country, place.timezone)
        return cls(place.title, place.box, place.names, area)

    @classmethod
    def of_project(cls, project: Project, names: Mapping[str, str]) -> "Where":
        """Take the districts of a project."""
        if "districts" not in project.layers:
            return cls(project.name, None, names, Area.of(project))
        frame = project.layers["districts"].map
        west, south, east, north = (float(each) for each in frame.to_crs(4326).total_bounds)
        return cls(project.name, (west, south, east, north), names, Area.of(project))


def find(name: str) -> tuple[Place | None, tuple[Preset, ...]]:
    """Find a place with its sources, or a single source, by id."""
    if name in places():
        place = places()[name]
        return place, tuple(presets()[each] for each in place.presets)
    if name in presets():
        return None, (presets()[name],)
    known = [*places(), *presets()]
    near = get_close_matches(name, known, n=1)
    hint = f"did you mean {near[0]!r}?" if near else f"choose from {', '.join(known)}"
    raise InputError(f"no place and no source {name!r}; {hint}")


def fetch(  # noqa: PLR0913  # what, for where, and the outside world
    sources: Sequence[Preset],
    where: Where,
    *,
    endpoint: str | None = None,
    report: Report | None = None,
    settings: Settings = SETTINGS,
    means: Means | None = None,
) -> Haul:
    """Fetch every source and take it in; one that is down does not stop the others.

    Nothing is stored. Pages of a source are all taken or none; a table that belongs to a map is
    put onto it before the intake sees either.
    """
    outcomes: list[Outcome] = []
    layers: dict[str, Layer] = {}
    with _client(settings, report, len(sources), means) as (client, folder):
        came = {}
        for nth, preset in enumerate(sources):
            if report is not None:
                report(nth / len(sources), preset.title)
            try:
                came[preset.id] = _ask(preset, where, client, folder, endpoint)
            except SourceError as error:
                state = OFF if isinstance(error, _OffError) else DOWN
                outcomes.append(Outcome(preset, state, str(error)))
        for preset in sources:
            if preset.id not in came or preset.join is not None:
                continue
            outcome = _take(preset, came, sources, where)
            outcomes.append(outcome)
            if outcome.intake is not None and outcome.intake.layer is not None:
                layers[preset.kind] = outcome.intake.layer
                where = _within(where, outcome.intake.layer)
        outcomes += _joined_outcomes(sources, came, layers)
    order = {preset.id: nth for nth, preset in enumerate(sources)}
    return Haul(layers, tuple(sorted(outcomes, key=lambda each: order[each.preset.id])))


class _OffError(SourceError):
    """A source that must not be asked."""


@contextmanager
def _client(
    settings: Settings, report: Report | None, count: int, means: Means | None
) -> Iterator[tuple[Client, Path]]:
    """Open a client and its throw-away folder; both go when the fetch ends, however it ends."""
    reach = Reach(
        hosts() | frozenset(each.lower() for each in settings.allow_hosts),
        private=settings.allow_private,
        proxied=settings.proxy is not None,
    )
    contact = f" (+{settings.contact})" if settings.contact else ""

    def heard(nth: int) -> None:
        if report is not None:  # it may raise, where the visitor has stopped the fetch
            report(min(0.95, nth / (nth + 4 * count)), f"request {nth}")

    with tempfile.TemporaryDirectory(prefix="kerbwatt-fetch-") as name:
        cache = AnswerCache((settings.cache or settings.home / "cache") / "web")
        with Client(
            reach,
            Path(name),
            agent=f"Kerbwatt/{version('kerbwatt')}{contact}",
            cache=cache,
            proxy=settings.proxy,
            heard=heard,
            means=means,
        ) as client:
            yield client, Path(name)


def _ask(
    preset: Preset, where: Where, client: Client, folder: Path, endpoint: str | None
) -> Fetched:
    if not preset.enabled:
        raise _OffError(f"{preset.title}: the address is still to be confirmed. {preset.note}")
    key = os.environ.get(f"KERBWATT_KEY_{preset.id.upper().replace('-', '_')}", "")
    if preset.needs_key and not key:
        wanted = f"KERBWATT_KEY_{preset.id.upper().replace('-', '_')}"
        raise _OffError(f"{preset.title} wants a key: put it in {wanted}")
    job = folder / preset.id
    job.mkdir()
    request = Request(client, preset, endpoint or preset.endpoint, where.box, where.names, job, key)
    return CONNECTORS[preset.protocol].fetch(request)


def _take(
    preset: Preset, came: Mapping[str, Fetched], sources: Sequence[Preset], where: Where
) -> Outcome:
    """Put the tables that belong to a map onto it, and take the whole in."""
    found = came[preset.id]
    joins = [p for p in sources if p.kind == preset.kind and p.join is not None and p.id in came]
    warnings, columns = list(found.warnings), dict(preset.columns)
    for each in joins:
        joined, missing = join_rows(found.body, came[each.id].body, each)
        columns |= joined
        warnings += missing
    if found.stale_since:
        warnings.append(f"The service is down; this is its answer of {found.stale_since}.")
    answers = Answers(
        crs=found.crs,
        clip=True,
        columns={name: Answer(each.from_, each.unit) for name, each in columns.items()},
        origin="Source: " + ", ".join(dict.fromkeys(p.publisher for p in (preset, *joins))),
        licence=found.licence or preset.licence,
        as_of=found.as_of or preset.as_of or datetime.now(UTC).date().isoformat(),
    )
    intake = load_layer(found.body, preset.kind, where.area, answers, found.name)
    if intake.layer is None:
        said = " ".join(f"{each.message} {each.hint}".strip() for each in intake.of("error"))
        return Outcome(preset, REFUSED, said, warnings=tuple(warnings), intake=intake)
    return Outcome(preset, KEPT, "", intake.rows, tuple(warnings), intake)


def _joined_outcomes(
    sources: Sequence[Preset], came: Mapping[str, Fetched], layers: Mapping[str, Layer]
) -> list[Outcome]:
    """Say of every table whether it found its map."""
    found = []
    for preset in sources:
        if preset.join is None or preset.id not in came:
            continue
        if preset.kind in layers:
            rows = came[preset.id].rows or 0
            found.append(Outcome(preset, KEPT, "", rows, came[preset.id].warnings))
        else:
            said = f"{preset.title} has no map of {preset.kind} to go onto: fetch that first"
            found.append(Outcome(preset, REFUSED, said))
    return found


def _within(where: Where, layer: Layer) -> Where:
    """Take fetched districts as the study area of all that follows."""
    if layer.kind != "districts" or where.area is None:
        return where
    frame = layer.map.to_crs(where.area.crs)
    return replace(where, area=replace(where.area, polygon=frame.geometry.union_all()))
