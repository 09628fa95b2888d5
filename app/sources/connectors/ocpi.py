"""OCPI locations from a service or a register's file, packed or not."""

import gzip
import io
import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, BinaryIO, TextIO

import httpx2

from app.sources.connectors.base import Box, Connector, Fetched, Request, counted
from app.sources.ocpi import locations
from app.sources.problems import Refused
from app.sources.web import Ask, Reply, SourceError

NEXT = re.compile(r"""<([^>]+)>\s*;\s*rel="?next"?""")
CHUNK = 1 << 16
GZIP = b"\x1f\x8b"
BETWEEN = " \t\r\n,"
DECODER = json.JSONDecoder()


def fetch(request: Request) -> Fetched:
    """Follow the pages; keep the locations in the box, as one array for the intake."""
    rows: list[Mapping[str, Any]] = []
    told: int | None = None
    secret = {"authorization": f"Token {request.key}"} if request.key else {}
    url: str | None = request.endpoint
    seen: set[str] = set()
    while url is not None and url not in seen:
        seen.add(url)
        age_s = request.preset.max_age_h * 3600
        reply = request.client.get(
            Ask(url, "application/json, */*", secret=secret, max_age_s=age_s)
        )
        most = request.client.bounds.decoded_bytes
        page = list(_objects(reply.body, most))
        rows += [each for each in page if _inside(each, request.box)]
        said = reply.headers.get("x-total-count", "")
        told = int(said) if said.isdigit() else told
        request.report(len(rows), told)
        url = _next(reply, url) if page else None
    if not rows:
        raise SourceError(f"{request.preset.title}: no location lies in the box of the place")
    body = request.folder / "locations.json"
    body.write_text(json.dumps(rows), "utf-8")
    warnings = counted(told, len(rows)) if told is not None and request.box is None else ()
    return Fetched(body, f"{request.preset.id}.json", rows=len(rows), told=told, warnings=warnings)


def _next(reply: Reply, url: str) -> str | None:
    found = NEXT.search(reply.headers.get("link", ""))
    if found is None:
        return None
    here = httpx2.URL(url)
    there = here.join(found[1])
    if (there.scheme, there.host, there.port) != (here.scheme, here.host, here.port):
        raise SourceError(f"{here.host} sends to {there.host} for its next page: refused")
    return str(there)


def _inside(each: Mapping[str, Any], box: Box | None) -> bool:
    """Whether a location lies in the box; one without a place is kept, and named later."""
    at = each.get("coordinates", each)
    try:
        lon, lat = float(at["longitude"]), float(at["latitude"])
    except (KeyError, TypeError, ValueError):
        return box is None
    return box is None or (box[0] <= lon <= box[2] and box[1] <= lat <= box[3])


def _objects(path: Path, most_bytes: int) -> Iterator[Mapping[str, Any]]:
    """Read locations; a bare array one by one, as a national register does not fit into memory."""
    try:
        with path.open("rb") as plain:
            packed = plain.read(2) == GZIP
            plain.seek(0)
            file = gzip.GzipFile(fileobj=plain) if packed else plain
            with io.TextIOWrapper(
                io.BufferedReader(Counted(file, most_bytes)), "utf-8", "replace"
            ) as text:
                yield from _array(text) if text.read(1) == "[" else _whole(text)
    except SourceError:
        raise
    except (OSError, EOFError, ValueError, RecursionError) as error:
        raise SourceError("the register is cut off or damaged") from error


def _whole(text: TextIO) -> Iterator[Mapping[str, Any]]:
    """Read an envelope, or an object that names locations by id; its brace is read already."""
    try:
        yield from locations(json.loads("{" + text.read()))
    except Refused as refusal:
        raise SourceError(str(refusal)) from refusal


def _array(text: TextIO) -> Iterator[Mapping[str, Any]]:
    waiting = ""
    while True:
        chunk = text.read(CHUNK)
        waiting = (waiting + chunk).lstrip(BETWEEN)
        while waiting and not waiting.startswith("]"):
            try:
                found, end = DECODER.raw_decode(waiting)
            except ValueError:
                if not chunk:
                    raise
                break
            waiting = waiting[end:].lstrip(BETWEEN)
            if isinstance(found, Mapping):
                yield found
        if waiting.startswith("]"):
            return
        if not chunk:
            raise EOFError


class Counted(io.RawIOBase):
    """A stream that ends with a refusal where it gives more than it may."""

    def __init__(self, file: "BinaryIO | gzip.GzipFile", most_bytes: int) -> None:
        """Begin to count."""
        self._file, self._left = file, most_bytes

    def readable(self) -> bool:
        """Say that it can be read."""
        return True

    def readinto(self, buffer: Any) -> int:  # noqa: ANN401
        """Fill a buffer."""
        found = self._file.read(min(len(buffer), CHUNK))
        self._left -= len(found)
        if self._left < 0:
            raise SourceError("the register unpacks to more than one fetch may hold")
        buffer[: len(found)] = found
        return len(found)


CONNECTOR = Connector("ocpi", "OCPI", fetch, 50)
