"""What a connector is: it turns an address into bytes and facts, and believes nothing."""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, TypeAlias

import httpx2
from pydantic import SecretStr

from app.sources.addresses import UnsafeAddressError, address
from app.sources.presets import Preset
from app.sources.web import Client
from app.sources.web_parts import Ask, Reply, SourceError

Box: TypeAlias = tuple[float, float, float, float]
Report: TypeAlias = Callable[[int, int | None], None]
NO_KEY = SecretStr("")


@dataclass(slots=True)
class Notes:
    """What was learnt while asking: the first address, and since when a stand-in is old."""

    asked: str = ""
    stale_since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Request:
    """One fetch.

    Attributes
    ----------
    endpoint
        Where to ask: the preset's address, or the one a person gave instead.
    box
        West, south, east, north in degrees; None asks for everything.
    names
        What services call the place, such as ``municipality``.
    folder
        A throw-away folder.
    key
        The credential of the preset; empty where none is needed.
    report
        Called with the rows received and, where the service tells it, the rows in all.
    notes
        Filled while asking.
    """

    client: Client
    preset: Preset
    endpoint: str
    box: Box | None
    names: Mapping[str, str]
    folder: Path
    key: SecretStr = NO_KEY
    report: Report = lambda _got, _all: None
    notes: Notes = field(default_factory=Notes)

    def get(self, url: str, accept: str = "application/json", **more: Any) -> Reply:  # noqa: ANN401
        """Ask once, as the preset allows: how long an answer stays fresh, and what is kept."""
        said = {str(key): str(value) for key, value in self.wanted("headers", {}).items()}
        age_s = self.preset.max_age_h * 3600
        reply = self.client.get(
            Ask(url, accept, headers=said, max_age_s=age_s, keep=self.preset.cache, **more)
        )
        self.notes.asked = self.notes.asked or url
        if reply.stale_since is not None:
            oldest = self.notes.stale_since or reply.stale_since
            self.notes.stale_since = min(oldest, reply.stale_since)
        return reply

    def secret(self, form: str = "{}") -> str:
        """Write the key as a header wants it; empty where there is none."""
        key = self.key.get_secret_value()
        return form.format(key) if key else ""

    def wanted(self, name: str, default: Any = None) -> Any:  # noqa: ANN401
        """Return what the preset says of the request."""
        return self.preset.request.get(name, default)

    def filled(self, text: str) -> str:
        """Put the names of the place into a text; a name nobody gave is said plainly."""
        try:
            return text.format_map(self.names)
        except KeyError as error:
            raise SourceError(
                f"{self.preset.title} needs {error.args[0]} of the place: "
                "write it in [names] of the project"
            ) from error


@dataclass(frozen=True, slots=True)
class Fetched:
    """What came: one file for the intake, and what its service said of it.

    Whose bytes they are stays with the reader: ``body`` may be changed by who gets it.

    Attributes
    ----------
    crs
        The coordinate system the service named, as ``EPSG:28992``; None leaves it to the file.
    rows, told
        Rows received, and rows there should be where the service says it.
    warnings
        Sentences for the person; nothing is lost without one.
    as_of
        The date the data speak of; None where nobody says.
    """

    body: Path
    name: str
    rows: int | None = None
    told: int | None = None
    crs: str | None = None
    as_of: str | None = None
    licence: str | None = None
    publisher: str | None = None
    warnings: tuple[str, ...] = field(default_factory=tuple)


@dataclass(frozen=True, slots=True)
class Connector:
    """A way to speak to a kind of service; ``fetch`` is all it does."""

    key: str
    title: str
    fetch: Callable[[Request], Fetched]
    order: int


def following(request: Request, url: str, link: object) -> str | None:
    """Return the next page a service links to; it must stay on the same server.

    A server behind a proxy often writes its inner name: where the preset says so, only path and
    query of the link count.
    """
    if not isinstance(link, str) or not link:
        return None
    here = address(url)
    there = address(link, here)
    if request.preset.rewrite_next:
        there = here.copy_with(raw_path=there.raw_path)
    if (there.scheme, there.host, there.port) != (here.scheme, here.host, here.port):
        raise UnsafeAddressError(
            f"{here.host} sends to {there.scheme}://{there.netloc.decode()} for its next page, "
            f"not to {here.scheme}://{here.netloc.decode()}: refused"
        )
    return str(there)


def below(request: Request, path: str, asked: Mapping[str, str] | None = None) -> str:
    """Put an address below the endpoint together, with what is asked."""
    url = address(f"{request.endpoint.rstrip('/')}{path}")
    return str(url.copy_merge_params(dict(asked))) if asked else str(url)


def host(request: Request) -> str:
    """Name the host that is asked, for a sentence."""
    return httpx2.URL(request.endpoint).host


def counted(told: int | None, got: int) -> tuple[str, ...]:
    """Warn where a service promised another number of rows."""
    if told is None:
        return ("The service does not say how many rows there should be.",)
    if told != got:
        return (f"The service speaks of {told:,} rows; {got:,} came.",)
    return ()


def write_features(features: Iterable[Mapping[str, Any]], path: Path) -> None:
    """Write features one a line; members that name a coordinate system stay behind.

    Letters beyond ASCII are escaped: some of them end a line for some readers.
    """
    with path.open("w", encoding="utf-8") as file:
        for each in features:
            known = {"type": "Feature", "geometry": each.get("geometry")}
            known["properties"] = each.get("properties") or {}
            file.write(json.dumps(known) + "\n")


def selected(
    request: Request, rows: Iterable[Mapping[str, Any]], *, inside: str | None = None
) -> list[Mapping[str, Any]]:
    """Keep the rows the preset selects; services ignore filters without a word."""
    cells = [(row, row.get(inside) or {} if inside else row) for row in rows]
    there = {header for _, each in cells for header in each}
    rules = list(request.preset.select.values())
    for rule in [each for each in rules if cells and each.column not in there]:
        if request.endpoint == request.preset.endpoint:
            raise SourceError(
                f"{host(request)} has no column {rule.column} any more, by which rows are chosen"
            )
        rules.remove(rule)  # another server, which somebody named: its rows are chosen by the box
    wanted = {rule.column: request.filled(rule.value) for rule in rules}
    return [
        row
        for row, each in cells
        if all(str(each.get(column, "")).strip() == value for column, value in wanted.items())
    ]
