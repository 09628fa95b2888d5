"""A plain file under a fixed address."""

import hashlib
import posixpath
from urllib.parse import urlsplit

from app.sources.connectors.base import Connector, Fetched, Request
from app.sources.web import Ask, SourceError


def fetch(request: Request) -> Fetched:
    """Fetch one file; the intake finds out what it is."""
    url = request.filled(request.endpoint)
    reply = request.client.get(Ask(url, "*/*", max_age_s=request.preset.max_age_h * 3600))
    wanted = request.wanted("sha256")
    if wanted and hashlib.sha256(reply.body.read_bytes()).hexdigest() != str(wanted).lower():
        raise SourceError(f"{request.preset.title}: the file is not the one that was checked")
    name = posixpath.basename(urlsplit(url).path) or f"{request.preset.id}.bin"
    stale = reply.stale_since.date().isoformat() if reply.stale_since else None
    return Fetched(
        reply.body,
        str(request.wanted("name", name)),
        etag=reply.headers.get("etag"),
        as_of=reply.headers.get("last-modified") if request.wanted("trust_date") else None,
        stale_since=stale,
    )


CONNECTOR = Connector("download", "A file", fetch, 90)
