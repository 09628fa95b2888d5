"""Use-case: a scenario in the address bar, and back out of a stranger's address."""

import base64
import binascii
import zlib
from collections.abc import Mapping
from dataclasses import dataclass

from app.core.changes import canonical, from_changes, parse_plain, to_changes
from app.core.errors import InputError
from app.core.scenario import Scenario
from app.services.parameters import checked
from app.services.store import store

LONGEST_LINK = 1_800
MOST_PACKED = 8 * 1024
MOST_UNPACKED = 64 * 1024
WINDOW = -zlib.MAX_WBITS  # raw deflate: no header, no checksum, shorter
BROKEN = "This link is damaged or cut short. Ask for it again, or for the scenario file."


@dataclass(frozen=True, slots=True)
class Opened:
    """What a link opened: the scenario, the project it belongs to, and what to say about it."""

    scenario: Scenario
    project: str | None = None
    name: str = ""
    notices: tuple[str, ...] = ()


def to_query(scenario: Scenario) -> str | None:
    """Pack a scenario for ``?q=``; None where it is too long, and a file must do."""
    packer = zlib.compressobj(level=9, wbits=WINDOW)
    packed = packer.compress(canonical(to_changes(scenario)).encode()) + packer.flush()
    text = base64.urlsafe_b64encode(packed).decode().rstrip("=")
    return text if len(text) <= LONGEST_LINK else None


def from_query(text: str) -> Scenario:
    """Unpack ``?q=``: bounded before it is inflated, read as plain data, checked by range."""
    if len(text) > MOST_PACKED:
        raise InputError("This link is too long to be one of ours.")
    return checked(from_changes(parse_plain(_inflate(text))))


def open_link(query: Mapping[str, str], layers: Mapping[str, str] | None = None) -> Opened | None:
    """Open what an address holds: ``?s=<id>``, else ``?q=<payload>``, else None.

    ``layers`` are the digests the visitor has; a stored scenario made on others says so.
    """
    if query.get("s"):
        kept = store().scenarios.get(query["s"])
        notices = missing_layers(kept.layers, layers)
        return Opened(checked(kept.scenario), kept.project, kept.name, notices)
    if query.get("q"):
        return Opened(from_query(query["q"]))
    return None


def missing_layers(wanted: Mapping[str, str], present: Mapping[str, str] | None) -> tuple[str, ...]:
    """Say which layers differ from those a scenario was made on."""
    if present is None:
        return ()
    return tuple(
        f"Results will differ: the {kind} layer is "
        + ("another one here." if kind in present else "missing here.")
        for kind, digest in sorted(wanted.items())
        if present.get(kind) != digest
    )


def _inflate(text: str) -> str:
    try:
        packed = base64.b64decode(
            text.encode("ascii") + b"=" * (-len(text) % 4), altchars=b"-_", validate=True
        )
        opener = zlib.decompressobj(wbits=WINDOW)
        plain = opener.decompress(packed, MOST_UNPACKED + 1)
        if len(plain) > MOST_UNPACKED:
            raise InputError("This link unpacks to more than a scenario can hold.")
        if not opener.eof or opener.unused_data:
            raise InputError(BROKEN)
        return plain.decode()
    except (UnicodeError, binascii.Error, zlib.error) as error:
        raise InputError(BROKEN) from error
