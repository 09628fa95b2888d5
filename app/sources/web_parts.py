"""What is asked of open data, what comes back, and how much of it: plain records."""

import json
import random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx2

from app.core.errors import InputError
from app.sources.addresses import Resolve, resolve

MOST_SCHEME = 7  # letters of "Apikey", "Bearer"; a real key is longer


class SourceError(InputError):
    """A service did not give what was asked for; the sentence says what to do."""


class DownError(SourceError):
    """A service cannot be reached, or wants to be asked later: an earlier answer may stand in."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """How much one fetch may take."""

    reply_bytes: int = 100_000_000
    decoded_bytes: int = 250_000_000
    fetch_bytes: int = 500_000_000
    pages: int = 2_000
    features: int = 250_000
    seconds: float = 600.0
    tries: int = 4
    gap_s: float = 0.1


@dataclass(frozen=True, slots=True)
class Ask:
    """One request. ``secret`` headers and parameters are sent, and never written anywhere.

    ``form`` makes it a POST: only for a question too long for an address, so it may be repeated.
    ``gap_s`` waits longer between requests where a service asks for that.
    ``keep`` caches an answer to a request with credentials, where its preset allows that.
    """

    url: str
    accept: str = "application/json"
    headers: Mapping[str, str] = field(default_factory=dict)
    secret: Mapping[str, str] = field(default_factory=dict, repr=False)
    secret_params: Mapping[str, str] = field(default_factory=dict, repr=False)
    form: Mapping[str, str] | None = None
    max_age_s: float = 86_400.0
    keep: bool = False
    gap_s: float = 0.0

    @property
    def secrets(self) -> tuple[str, ...]:
        """List what must not appear in any text; a scheme such as ``Token`` may."""
        words = [word for value in self.secret.values() for word in value.split()]
        return tuple(w for w in (*words, *self.secret_params.values()) if len(w) > MOST_SCHEME)

    @property
    def name(self) -> str:
        """Name the question for the cache; nothing secret is in it."""
        form = "" if self.form is None else json.dumps(dict(self.form), sort_keys=True)
        return f"{'GET' if self.form is None else 'POST'} {self.url} {self.accept} {form}"


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer: its body in a file, its headers in small letters, and how fresh it is.

    ``stale_since`` is set where the service was down and an earlier answer stands in.
    """

    body: Path
    headers: Mapping[str, str]
    url: str
    from_cache: bool = False
    stale_since: datetime | None = None

    def json(self) -> Any:  # noqa: ANN401
        """Read the body as JSON."""
        try:
            return json.loads(self.body.read_bytes())
        except (ValueError, RecursionError) as error:
            host = httpx2.URL(self.url).host
            raise SourceError(f"{host} answered with JSON that is cut off or damaged") from error


@dataclass(slots=True)
class Means:
    """What the world gives the client; tests give their own."""

    resolve: Resolve = resolve
    transport: httpx2.BaseTransport | None = None
    monotonic: Callable[[], float] = time.monotonic
    now: Callable[[], float] = time.time
    sleep: Callable[[float], None] = time.sleep
    chance: Callable[[], float] = random.random
