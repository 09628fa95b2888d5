"""Use-case: bring open data of a place into a project, source by source, through the one door."""

import os
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from importlib.metadata import version
from pathlib import Path

from pydantic import SecretStr

from app.core.errors import InputError
from app.core.layer import Layer
from app.services.fetch_place import Where
from app.services.jobs import Report
from app.services.load_layer import load_layer
from app.settings import SETTINGS, Settings
from app.sources.addresses import Reach
from app.sources.answers import Answer, Answers
from app.sources.connectors import CONNECTORS
from app.sources.connectors.base import Fetched, Notes, Request
from app.sources.connectors.tables import headers, join_rows
from app.sources.intake import Intake
from app.sources.presets import FromColumn, Preset, hosts
from app.sources.web import Client
from app.sources.web_cache import AnswerCache
from app.sources.web_parts import Means, SourceError

KEPT, REFUSED, DOWN, OFF, ASIDE = "kept", "refused", "down", "off", "aside"
UNKNOWN = "unknown"
CUT = frozenset({"chargers", "parking"})
LAST = 0.95  # of the progress: what is left is reading what came


@dataclass(frozen=True, slots=True, eq=False)
class Outcome:
    """What became of one source.

    ``state`` is kept, refused (its data did not pass the intake), down (nothing came), off (its
    address is not confirmed, or its key is missing) or aside (nobody wanted it this time).
    ``asked`` is the first address that was asked, without any key.
    """

    preset: Preset
    state: str
    said: str = ""
    rows: int = 0
    warnings: tuple[str, ...] = ()
    intake: Intake | None = None
    asked: str = ""
    stale_since: datetime | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Haul:
    """All that a fetch brought: layers ready to be accepted, and what became of each source."""

    layers: Mapping[str, Layer]
    outcomes: tuple[Outcome, ...]

    @property
    def complete(self) -> bool:
        """Whether every source that was wanted gave what it was asked for."""
        return all(each.state in {KEPT, ASIDE} for each in self.outcomes)

    def left(self, before: Mapping[str, str]) -> dict[str, str | None]:
        """List kinds that did not come: the date of the copy that is still there, or None.

        Parameters
        ----------
        before
            Dates of the layers there were, by kind.
        """
        wanted = [each.preset.kind for each in self.outcomes if each.state not in {KEPT, ASIDE}]
        return {kind: before.get(kind) for kind in wanted if kind not in self.layers}


@dataclass(frozen=True, slots=True, eq=False)
class _Came:
    """What one source gave, and how it was asked."""

    found: Fetched
    notes: Notes


@dataclass(slots=True, eq=False)
class _Run:
    """One fetch on its way."""

    sources: Sequence[Preset]
    where: Where
    endpoints: Mapping[str, str]
    report: Report | None
    came: dict[str, _Came] = field(default_factory=dict)
    outcomes: list[Outcome] = field(default_factory=list)
    layers: dict[str, Layer] = field(default_factory=dict)
    onto: set[str] = field(default_factory=set)
    at: float = 0.0
    doing: str = ""

    def tell(self, share: float = 0.0, doing: str | None = None) -> None:
        """Say how far it is; may raise, where the visitor has stopped the fetch."""
        self.doing = self.doing if doing is None else doing
        if self.report is not None:
            done = self.at + share / max(1, len(self.sources))
            self.report(min(LAST, done * LAST), self.doing)


def fetch(  # noqa: PLR0913  # what, for where, and the outside world
    sources: Sequence[Preset],
    where: Where,
    *,
    endpoints: Mapping[str, str] | None = None,
    report: Report | None = None,
    settings: Settings = SETTINGS,
    means: Means | None = None,
) -> Haul:
    """Fetch every source and take it in; one that is down does not stop the others.

    Nothing is stored. Pages of a source are all taken or none; a table that belongs to a map is
    put onto it before the intake sees either.

    Parameters
    ----------
    endpoints
        Other addresses of the same services, by source.
    """
    run = _Run(sources, where, endpoints or {}, report)
    with _client(settings, run, means) as (client, folder):
        for nth, preset in enumerate(sources):
            run.at = nth / len(sources)
            run.tell(0.0, preset.title)
            _try(run, preset, client, folder)
        for preset in sorted(sources, key=_later):
            if preset.id in run.came and preset.join is None:
                run.tell(1.0, preset.title)
                _take(run, preset)
        _joined(run)
    order = {preset.id: nth for nth, preset in enumerate(sources)}
    return Haul(run.layers, tuple(sorted(run.outcomes, key=lambda each: order[each.preset.id])))


def _later(preset: Preset) -> bool:
    """Put districts first: they are the study area of what follows."""
    return preset.kind != "districts"


class _OffError(SourceError):
    """A source that must not be asked."""


@contextmanager
def _client(settings: Settings, run: _Run, means: Means | None) -> Iterator[tuple[Client, Path]]:
    """Open a client and its throw-away folder; both go when the fetch ends, however it ends."""
    reach = Reach(
        hosts() | frozenset(each.lower() for each in settings.allow_hosts),
        private=settings.allow_private,
        proxied=settings.proxy is not None,
    )
    contact = f" (+{settings.contact})" if settings.contact else ""
    with tempfile.TemporaryDirectory(prefix="kerbwatt-fetch-") as name:
        cache = AnswerCache((settings.cache or settings.home / "cache") / "http")
        with Client(
            reach,
            Path(name),
            agent=f"Kerbwatt/{version('kerbwatt')}{contact}",
            cache=cache,
            proxy=settings.proxy,
            heard=lambda _: run.tell(),
            means=means,
        ) as client:
            yield client, Path(name)


def _try(run: _Run, preset: Preset, client: Client, folder: Path) -> None:
    """Ask one source; what goes wrong with it is its own affair."""
    notes = Notes()
    try:
        run.came[preset.id] = _Came(_ask(run, preset, client, folder, notes), notes)
    except InputError as error:
        state = OFF if isinstance(error, _OffError) else DOWN
        run.outcomes.append(Outcome(preset, state, str(error), asked=notes.asked))


def _ask(run: _Run, preset: Preset, client: Client, folder: Path, notes: Notes) -> Fetched:
    endpoint = run.endpoints.get(preset.id, preset.endpoint)
    if not preset.enabled and preset.id not in run.endpoints:
        raise _OffError(f"{preset.title}: the address is still to be confirmed. {preset.note}")
    name = key_name(preset)
    key = SecretStr(os.environ.get(name, ""))
    if preset.needs_key and not key.get_secret_value():
        raise _OffError(f"{preset.title} wants a key: put it in {name}")
    job = folder / preset.id
    job.mkdir()

    def report(got: int, told: int | None) -> None:
        known = f"{got:,} of {told:,} rows" if told else f"{got:,} rows"
        run.tell(min(1.0, got / told) if told else 0.5, f"{preset.title}: {known}")

    where = run.where
    request = Request(client, preset, endpoint, where.box, where.names, job, key, report, notes)
    return CONNECTORS[preset.protocol].fetch(request)


def hindered(preset: Preset) -> str:
    """Say why a source cannot be asked here: ``off``, or ``key`` where one is missing."""
    if not preset.enabled:
        return "off"
    return "key" if preset.needs_key and not os.environ.get(key_name(preset)) else ""


def key_name(preset: Preset) -> str:
    """Name the variable that holds the credential of a source."""
    return f"KERBWATT_KEY_{preset.id.upper().replace('-', '_')}"


def _take(run: _Run, preset: Preset) -> None:
    """Put the tables that belong to a map onto it, and take the whole in."""
    came = run.came[preset.id]
    found, since = came.found, came.notes.stale_since
    if preset.kind in run.layers:
        said = f"another source of {preset.kind} came first; fetch one at a time"
        run.outcomes.append(Outcome(preset, ASIDE, said, asked=came.notes.asked))
        return
    joins = [each for each in _mates(run, preset) if each.id in run.came]
    run.onto |= {each.id for each in joins}
    columns, missing = _columns(preset, found)
    warnings = [*found.warnings, *missing]
    for each in joins:
        joined, missing = join_rows(found.body, run.came[each.id].found.body, each)
        columns |= joined
        warnings += missing
    if since is not None:
        warnings.append(f"The service is down; this is its answer of {since.date().isoformat()}.")
    intake = load_layer(
        found.body, preset.kind, run.where.area, _answers(preset, joins, columns, found), found.name
    )
    outcome = Outcome(preset, KEPT, "", intake.rows, tuple(warnings), intake)
    outcome = replace(outcome, asked=came.notes.asked, stale_since=since)
    if intake.layer is None:
        lost = [f"{each.title} did not come." for each in _mates(run, preset) if each not in joins]
        faults = [f"{each.message} {each.hint}".strip() for each in intake.of("error")]
        run.outcomes.append(replace(outcome, state=REFUSED, said=" ".join([*faults, *lost])))
        return
    run.outcomes.append(_placed(run, outcome, intake.layer))


def _placed(run: _Run, outcome: Outcome, layer: Layer) -> Outcome:
    """Keep what lies in the place; districts become the place of all that follows."""
    kept, beyond = _cut(layer, run.where)
    if beyond == len(layer.frame):
        none = f"none of {beyond:,} rows lies in {run.where.title}"
        return replace(outcome, state=REFUSED, said=none, rows=0)
    run.layers[layer.kind] = kept
    run.where = _within(run.where, kept)
    if not beyond:
        return outcome
    said = f"{beyond:,} rows lie outside of {run.where.title} and were left out."
    return replace(outcome, rows=len(kept.frame), warnings=(*outcome.warnings, said))


def _cut(layer: Layer, where: Where) -> tuple[Layer, int]:
    """Keep the posts and car parks of the place itself; a box holds those of its neighbours, too.

    What supplies a place may stand outside of it, so other kinds stay whole.
    """
    area = where.area
    if layer.kind not in CUT or area is None or area.polygon is None:
        return layer, 0
    frame = layer.map
    inside = frame.to_crs(area.crs).intersects(area.polygon)
    if inside.all() or not inside.any():
        return layer, int((~inside).sum())
    kept = frame[inside].reset_index(drop=True)
    said = (layer.kind, layer.origin, layer.licence, layer.as_of, layer.source_crs)
    return Layer(kept, *said), int((~inside).sum())


def _mates(run: _Run, preset: Preset) -> list[Preset]:
    """List the tables that go onto a map."""
    tables = [each for each in run.sources if each.join is not None and each.kind == preset.kind]
    return [each for each in tables if each.join and each.join.onto in {None, preset.id}]


def _columns(preset: Preset, found: Fetched) -> tuple[dict[str, FromColumn], list[str]]:
    """Leave out columns a service has no more: the intake may know them by another name."""
    there = headers(found.body)
    gone = {
        name: each.from_
        for name, each in preset.columns.items()
        if there is not None and each.from_ not in there
    }
    kept = {name: each for name, each in preset.columns.items() if name not in gone}
    said = [f"It has no column {header} any more ({name})." for name, header in gone.items()]
    return kept, said if found.rows else []


def _answers(
    preset: Preset, joins: Sequence[Preset], columns: Mapping[str, FromColumn], found: Fetched
) -> Answers:
    """Say what the source says of its data; of when they are is unknown where nobody says it."""
    publishers = [found.publisher or preset.publisher, *(each.publisher for each in joins)]
    return Answers(
        crs=found.crs,
        clip=True,
        columns={name: Answer(each.from_, each.unit) for name, each in columns.items()},
        origin="Source: " + ", ".join(dict.fromkeys(publishers)),
        licence=found.licence or preset.licence,
        as_of=found.as_of or preset.as_of or UNKNOWN,
    )


def _joined(run: _Run) -> None:
    """Say of every table whether it found its map."""
    for preset in run.sources:
        if preset.join is None or preset.id not in run.came:
            continue
        came = run.came[preset.id]
        if preset.kind in run.layers and preset.id in run.onto:
            rows, notes = came.found.rows or 0, came.notes
            outcome = Outcome(preset, KEPT, "", rows, came.found.warnings)
            run.outcomes.append(replace(outcome, asked=notes.asked, stale_since=notes.stale_since))
        else:
            said = f"{preset.title} has no map of {preset.kind} to go onto: fetch that first"
            run.outcomes.append(Outcome(preset, REFUSED, said))


def _within(where: Where, layer: Layer) -> Where:
    """Take fetched districts as the study area of all that follows."""
    if layer.kind != "districts" or where.area is None:
        return where
    frame = layer.map.to_crs(where.area.crs)
    return replace(where, area=replace(where.area, polygon=frame.geometry.union_all()))
