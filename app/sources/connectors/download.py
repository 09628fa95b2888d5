"""A plain file under a fixed address."""

import hashlib
import posixpath
from datetime import UTC
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

from app.sources.connectors.base import Connector, Fetched, Request
from app.sources.web_parts import Reply, SourceError


def fetch(request: Request) -> Fetched:
    """Fetch one file; the intake finds out what it is."""
    return take(request, request.filled(request.endpoint))


def take(request: Request, url: str, *, as_of: str | None = None) -> Fetched:
    """Fetch the file of an address, which a catalogue may have named."""
    reply = request.get(url, "*/*")
    wanted = request.wanted("sha256")
    if wanted and hashlib.sha256(reply.body.read_bytes()).hexdigest() != str(wanted).lower():
        raise SourceError(f"{request.preset.title}: the file is not the one that was checked")
    name = posixpath.basename(urlsplit(url).path) or f"{request.preset.id}.bin"
    date = _date(reply) if request.wanted("trust_date") else None
    return Fetched(reply.body, str(request.wanted("name", name)), as_of=as_of or date)


def _date(reply: Reply) -> str | None:
    """Read when the file last changed, as its server tells."""
    try:
        when = parsedate_to_datetime(reply.headers.get("last-modified", ""))
    except (ValueError, TypeError):
        return None
    return when.astimezone(UTC).date().isoformat()


CONNECTOR = Connector("download", "A file", fetch, 90)
