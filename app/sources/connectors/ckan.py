"""CKAN: a catalogue that names files, and tables one can ask."""

import re
from collections.abc import Mapping
from typing import Any

from app.sources.connectors.base import Connector, Fetched, Request, below, host
from app.sources.connectors.download import take
from app.sources.connectors.rows import Rows, flat
from app.sources.web_parts import SourceError

PAGE = 32_000


def fetch(request: Request) -> Fetched:
    """Fetch the table the preset names, or else the file whose name fits its pattern."""
    if request.wanted("resource_id"):
        return _table(request)
    result = _result(request, "package_show", {"id": str(request.wanted("package"))})
    found = result.get("resources")
    pattern = re.compile(str(request.wanted("resource", ".")), re.IGNORECASE)
    fits = [
        each
        for each in (found if isinstance(found, list) else [])
        if isinstance(each, dict) and each.get("url") and _fits(each, pattern, request)
    ]
    if not fits:
        raise SourceError(
            f"{host(request)} has no file {pattern.pattern!r} in this package any more"
        )
    newest = max(fits, key=lambda each: str(each.get("last_modified") or ""))
    date = str(newest.get("last_modified") or "")[:10]
    return take(request, str(newest["url"]), as_of=date or None)


def _fits(each: Mapping[str, Any], pattern: re.Pattern[str], request: Request) -> bool:
    form = str(request.wanted("format", "")).lower()
    words = f"{each.get('name', '')} {str(each['url']).rpartition('/')[2]}"
    return bool(pattern.search(words)) and form in str(each.get("format", "")).lower()


def _table(request: Request) -> Fetched:
    """Page through a table until fewer rows come than were asked for."""
    rows = Rows(request)
    came, size = PAGE, int(request.wanted("page_size", PAGE))
    while came:
        asked = {"resource_id": str(request.wanted("resource_id")), "limit": str(size)}
        asked["offset"] = str(len(rows.rows) + rows.repeated)
        result = _result(request, "datastore_search", asked)
        found = result.get("records")
        total = result.get("total")
        rows.told = total if isinstance(total, int) else rows.told
        came = len(found) if isinstance(found, list) else 0
        new = rows.take(found, lambda each: each.get("_id"))
        if came and not new:
            raise SourceError(f"{host(request)} gives the same page again: it cannot be paged")
        if rows.told is not None and len(rows.rows) >= rows.told:
            break
    rows.rows = dict(zip(rows.rows, flat(rows.rows.values()), strict=True))
    return rows.as_table()


def _result(request: Request, action: str, asked: dict[str, str]) -> Mapping[str, Any]:
    secret = {"authorization": request.secret()} if request.secret() else {}
    page = request.get(below(request, f"/api/3/action/{action}", asked), secret=secret).json()
    if not isinstance(page, dict) or page.get("success") is not True:
        raise SourceError(f"{host(request)} did not do what was asked ({action})")
    result = page.get("result")
    if not isinstance(result, dict):
        raise SourceError(f"{host(request)} answered with something else than a catalogue")
    return result


CONNECTOR = Connector("ckan", "CKAN", fetch, 44)
