"""OCPI locations from a service or a register's file, packed or not."""

import gzip
import io
import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, BinaryIO, TextIO

from app.sources.connectors.base import Box, Connector, Fetched, Request, counted, following
from app.sources.connectors.rows import Rows
from app.sources.ocpi import locations
from app.sources.problems import Refused
from app.sources.web_parts import SourceError

NEXT = re.compile(r"""<([^>]+)>\s*;\s*rel="?next"?""")
DAY = re.compile(r"\d{4}-\d\d-\d\d")
CHUNK = 1 << 16
GZIP = b"\x1f\x8b"
BETWEEN = " \t\r\n,"
DECODER = json.JSONDecoder()


def fetch(request: Request) -> Fetched:
    """Follow the pages; keep the locations in the box, as one array for the intake."""
    rows, newest = Rows(request), ""
    secret = {"authorization": request.secret("Token {}")} if request.secret() else {}
    url: str | None = request.endpoint
    while url is not None:
        rows.visit(url)
        reply = request.get(url, "application/json, */*", secret=secret)
        came, kept = 0, []
        for each in _objects(reply.body, request.client.bounds.decoded_bytes):
            came += 1  # a national register does not fit into memory: only the box is kept
            if _inside(each, request.box):
                kept.append(each)
                newest = max(newest, _updated(each))
        said = reply.headers.get("x-total-count", "")
        rows.told = int(said) if said.isdecimal() and request.box is None else rows.told
        rows.take(kept)
        link = NEXT.search(reply.headers.get("link", ""))
        url = following(request, url, link[1]) if link and came else None
    if not rows.rows:
        raise SourceError(f"{request.preset.title}: no location lies in the box of the place")
    body = request.folder / "locations.json"
    found = list(rows.rows.values())
    body.write_text(json.dumps(found), "utf-8")
    warnings = counted(rows.told, len(found)) if rows.told is not None else ()
    name = f"{request.preset.id}.json"
    as_of = newest or None
    return Fetched(body, name, rows=len(found), told=rows.told, as_of=as_of, warnings=warnings)


def _updated(each: Mapping[str, Any]) -> str:
    """Return the day a location last changed; empty where it does not say."""
    said = str(each.get("last_updated", each.get("lastUpdated", "")))[:10]
    return said if DAY.fullmatch(said) else ""


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
