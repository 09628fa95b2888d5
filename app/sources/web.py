"""The one client for open data: allowed hosts, limits, retries, a cache, and plain sentences.

Every answer is a stranger: it is streamed to a file and counted while it comes.
"""

import contextlib
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Self

import httpx2

from app.sources.addresses import (
    EXTRA_PARAMS,
    Pinned,
    Reach,
    UnsafeAddressError,
    address,
)
from app.sources.web_cache import AnswerCache, Kept
from app.sources.web_parts import Ask, Bounds, DownError, Means, Reply, SourceError
from app.sources.web_words import no_data, quoted

AGAIN = frozenset({408, 425, 429, 500, 502, 503, 504})
MOVED = frozenset({301, 302, 303, 307, 308})
SAME_FORM = frozenset({307, 308})
UNCHANGED, WELL, BEYOND = 304, 200, 300
MOST_HOPS, MOST_WAIT_S, MOST_ASKED_S = 3, 60.0, 120.0
LISTEN_BYTES = 1 << 20  # how often a long answer asks whether somebody wants to stop it
USUAL = Bounds()
TIMEOUT = httpx2.Timeout(30.0, connect=5.0, pool=5.0)


class _AgainError(Exception):
    """Worth another try."""

    def __init__(self, said: str, wait_s: float | None = None) -> None:
        super().__init__(said)
        self.wait_s = wait_s


class Client:
    """Fetches for one visitor and one fetch: its limits are those of the whole.

    Parameters
    ----------
    folder
        A throw-away folder for bodies; the caller removes it.
    heard
        Called before every request, and during long answers, with the number of the request; may
        raise to stop.
    """

    def __init__(  # noqa: PLR0913  # who, where to, how much, and the outside world
        self,
        reach: Reach,
        folder: Path,
        *,
        agent: str,
        cache: AnswerCache | None = None,
        bounds: Bounds = USUAL,
        proxy: str | None = None,
        heard: Callable[[int], None] = lambda _: None,
        means: Means | None = None,
    ) -> None:
        self.bounds, self._reach, self._folder, self._cache = bounds, reach, folder, cache
        self._means, self._heard = means or Means(), heard
        given = self._means.transport

        def make() -> httpx2.BaseTransport:
            return given or httpx2.HTTPTransport(trust_env=False, http2=False, proxy=proxy)

        self._http = httpx2.Client(
            transport=Pinned(reach, make, self._means.resolve),
            headers={"user-agent": agent, "accept-encoding": "gzip, deflate"},
            timeout=TIMEOUT,
            trust_env=False,
            follow_redirects=False,
        )
        self._begun, self._asked, self._bytes, self._last = self._means.monotonic(), 0, 0, -1e9

    def __enter__(self) -> Self:
        """Return the client."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close all connections."""
        self._http.close()

    def now(self) -> float:
        """Say what time it is, in seconds since 1970."""
        return self._means.now()

    def get(self, ask: Ask) -> Reply:
        """Fetch one address, from the cache where it is fresh, and again where it stumbles."""
        self._reach.check(address(ask.url))
        kept = self._cache.get(ask.name) if self._cache is not None else None
        now = self._means.now()
        if kept is not None and now - kept.at < ask.max_age_s:
            return self._earlier(ask, kept)
        try:
            return self._persist(ask, kept)
        except DownError:
            if kept is None:
                raise
            return self._earlier(ask, kept, datetime.fromtimestamp(kept.at, UTC))

    def _earlier(self, ask: Ask, kept: Kept, since: datetime | None = None) -> Reply:
        """Hand out a copy of an earlier answer: what others may still need stays untouched."""
        body = _copy(kept.body, self._file())
        return Reply(body, kept.headers, ask.url, from_cache=True, stale_since=since)

    def _persist(self, ask: Ask, kept: Kept | None) -> Reply:
        """Try, wait and try again; say in the end how often."""
        host = httpx2.URL(ask.url).host
        said = ""
        for nth in range(self.bounds.tries):
            try:
                return self._hop(ask, kept)
            except _AgainError as error:
                said = str(error)
                wait = min(MOST_WAIT_S, 2.0**nth) * (0.5 + self._means.chance() / 2)
                wait = wait if error.wait_s is None else error.wait_s
                if wait > MOST_ASKED_S:
                    raise DownError(
                        f"{host} asks to come back in {wait / 60:.0f} minutes"
                    ) from error
                if nth + 1 < self.bounds.tries:
                    self._means.sleep(wait)
                    self._in_time(host)
        raise DownError(f"{host} {said} (tried {self.bounds.tries} times)")

    def _hop(self, ask: Ask, kept: Kept | None) -> Reply:
        """Follow at most three redirects, each checked like the first address."""
        first = address(ask.url)
        url, form = first, ask.form
        for _ in range(MOST_HOPS + 1):
            answer = self._once(ask, url, form, kept, trusted=_server(url) == _server(first))
            if isinstance(answer, Reply):
                return answer
            status, target = answer
            there = address(target, url)
            if url.scheme == "https" and there.scheme != "https":
                raise UnsafeAddressError(f"{url.host} sends from https to {there.scheme}: refused")
            url, form = _bare(there, ask), form if status in SAME_FORM else None
            self._reach.check(url)
        raise SourceError(f"{first.host} sends from one address to the next without end")

    def _once(
        self,
        ask: Ask,
        url: httpx2.URL,
        form: Mapping[str, str] | None,
        kept: Kept | None,
        *,
        trusted: bool,
    ) -> Reply | tuple[int, str]:
        """Send one request; returns the address it was sent on to instead, where there is one."""
        self._turn(url.host, ask.gap_s)
        headers = {"accept": ask.accept, **ask.headers, **_since(kept)}
        hidden = dict(ask.secret_params) if trusted else {}
        headers |= ask.secret if trusted else {}
        method = "GET" if form is None else "POST"
        self._http.cookies.clear()  # nobody recognises us from one answer to the next
        try:
            with self._http.stream(
                method, url, headers=headers, data=form, extensions={EXTRA_PARAMS: hidden}
            ) as answer:
                return self._taken(ask, url, answer, kept)
        except httpx2.TimeoutException as error:
            raise _AgainError("did not answer in time") from error
        except httpx2.DecodingError as error:
            raise SourceError(f"{url.host} sent a packed answer that cannot be unpacked") from error
        except httpx2.TransportError as error:
            raise _AgainError("could not be reached") from error

    def _taken(
        self, ask: Ask, url: httpx2.URL, answer: httpx2.Response, kept: Kept | None
    ) -> Reply | tuple[int, str]:
        status = answer.status_code
        if status == UNCHANGED and kept is not None:
            again = self._earlier(ask, kept)
            self._keep(ask, again.body, kept.headers)
            return again
        if status in MOVED and "location" in answer.headers:
            return status, str(answer.headers["location"])
        if status in AGAIN:
            raise _AgainError(f"answered with status {status}", self._wished(answer))
        body = self._stream(answer, url.host)
        if not WELL <= status < BEYOND:
            said = quoted(body, ask.secrets)
            raise SourceError(f"{url.host} refused with status {status}{said}")
        media = answer.headers.get("content-type", "")
        trouble = no_data(body, ask.accept, media, ask.secrets)
        if trouble:
            raise SourceError(f"{url.host} {trouble}")
        headers = {key.lower(): value for key, value in answer.headers.items()}
        if ask.keep or not (ask.secret or ask.secret_params):
            self._keep(ask, body, headers)
        return Reply(body, headers, str(url))

    def _keep(self, ask: Ask, body: Path, headers: Mapping[str, str]) -> None:
        """Remember an answer; a full disk must not cost the answer itself."""
        if self._cache is not None:
            with contextlib.suppress(OSError):
                self._cache.put(ask.name, body, headers, self.now())

    def _stream(self, answer: httpx2.Response, host: str) -> Path:
        """Write a body to a file, counting packed and unpacked bytes as they come."""
        path, size, heard = self._file(), 0, 0
        bounds = self.bounds
        with path.open("wb") as file:
            for chunk in answer.iter_bytes():
                size += len(chunk)
                self._bytes += len(chunk)
                packed = answer.num_bytes_downloaded
                if size > bounds.decoded_bytes or packed > bounds.reply_bytes:
                    raise SourceError(f"{host} sends more than one answer may hold")
                if self._bytes > bounds.fetch_bytes:
                    raise SourceError(f"{host} sends more than one fetch may hold; ask for less")
                file.write(chunk)
                self._in_time(host)
                if size - heard > LISTEN_BYTES:
                    heard = size
                    self._heard(self._asked)
        said = answer.headers.get("content-length")
        whole = said is None or not said.isdecimal() or "content-encoding" in answer.headers
        if not whole and size != int(said or 0):
            raise _AgainError("stopped in the middle of its answer")
        return path

    def _turn(self, host: str, gap_s: float) -> None:
        """Wait for one's turn, and count."""
        self._asked += 1
        if self._asked > self.bounds.pages:
            raise SourceError(f"{host} has more than {self.bounds.pages:,} pages; ask for less")
        self._heard(self._asked)
        gap = self._last + max(gap_s, self.bounds.gap_s) - self._means.monotonic()
        if gap > 0:
            self._means.sleep(gap)
        self._last = self._means.monotonic()
        self._in_time(host)

    def _in_time(self, host: str) -> None:
        if self._means.monotonic() - self._begun > self.bounds.seconds:
            raise SourceError(f"{host} took longer than {self.bounds.seconds:,.0f} s in all")

    def _wished(self, answer: httpx2.Response) -> float | None:
        """Read when the service wants to be asked again: seconds or a date."""
        said = answer.headers.get("retry-after", "").strip()
        if said.isdecimal():
            return float(said)
        reset = answer.headers.get("x-ratelimit-reset", "").strip()
        for read, text in ((parsedate_to_datetime, said), (datetime.fromisoformat, reset)):
            with contextlib.suppress(ValueError, TypeError, OverflowError):
                return max(0.0, read(text).timestamp() - self.now())
        return None

    def _file(self) -> Path:
        return self._folder / f"answer-{self._asked}-{time.monotonic_ns()}.bin"


def _since(kept: Kept | None) -> dict[str, str]:
    """Ask only for what has changed."""
    pairs = (("if-none-match", "etag"), ("if-modified-since", "last-modified"))
    return {ask: kept.headers[had] for ask, had in pairs if kept and had in kept.headers}


def _server(url: httpx2.URL) -> tuple[str, str, int | None]:
    return url.scheme, url.host, url.port


def _bare(url: httpx2.URL, ask: Ask) -> httpx2.URL:
    """Take our key out of an address that a service made of the one we asked."""
    for name in ask.secret_params:
        url = url.copy_remove_param(name)
    return url


def _copy(body: Path, path: Path) -> Path:
    path.write_bytes(body.read_bytes())
    return path
