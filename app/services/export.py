"""Use-case: a result as a file, named by our own words."""

from dataclasses import dataclass

from app.core.errors import InputError
from app.exports import EXPORTS, Result, file_name


@dataclass(frozen=True, slots=True)
class Download:
    """A file ready to leave: its name, media type and bytes."""

    name: str
    mime: str
    data: bytes


def export(result: Result, key: str, slug: str) -> Download:
    """Write ``result`` in the format ``key`` for the city ``slug``."""
    if key not in EXPORTS:
        raise InputError(f"no format {key!r}; choose from {', '.join(EXPORTS)}")
    form = EXPORTS[key]
    name = file_name(slug, result.name, result.date, form.suffix)
    return Download(name, form.mime, form.write(result))
