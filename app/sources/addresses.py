"""Which machines a request may reach: named hosts on public addresses, and nothing else."""

import contextlib
import ipaddress
import socket
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import httpx2

from app.core.errors import InputError

Address: TypeAlias = ipaddress.IPv4Address | ipaddress.IPv6Address
Resolve: TypeAlias = Callable[[str, int], Sequence[str]]
NAT64 = ipaddress.ip_network("64:ff9b::/96")
IPV4_BITS = 0xFFFFFFFF
HTTPS_PORT, HTTP_PORT = 443, 80
MOST_ADDRESSES = 4  # of one name that are tried
EXTRA_PARAMS = "kerbwatt_params"  # the key they travel under inside a request
CLOSED = tuple(  # what older tables of addresses call open: a relay, and two for private use
    ipaddress.ip_network(each)
    for each in ("192.88.99.0/24", "fec0::/10", "64:ff9b:1::/48", "3fff::/20")
)


class UnsafeAddressError(InputError):
    """A request was about to go where this server must not ask."""


def address(text: str, here: httpx2.URL | None = None) -> httpx2.URL:
    """Read an address, seen from ``here`` where it is a link; one that is none is refused."""
    try:
        return httpx2.URL(text) if here is None else here.join(text)
    except (httpx2.InvalidURL, TypeError, ValueError) as error:
        whose = "" if here is None else f"{here.host} gives a link that is no address: "
        raise UnsafeAddressError(f"{whose}{text[:100]!r} cannot be read as an address") from error


def resolve(host: str, port: int) -> list[str]:
    """Ask the name service for every address of a host."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(each[4][0]) for each in found))


def is_public(text: str) -> bool:
    """Whether an address belongs to the open internet, also where it hides another one."""
    try:
        found = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return False
    inner = _hidden(found)
    if inner is not None:
        return is_public(str(inner))
    closed = any(found in each for each in CLOSED)
    return found.is_global and not (closed or found.is_multicast or found.is_reserved)


def _hidden(found: Address) -> Address | None:
    """Return the IPv4 address that an IPv6 address carries for a gateway to unpack."""
    if isinstance(found, ipaddress.IPv4Address):
        return None
    if found in NAT64:
        return ipaddress.IPv4Address(int(found) & IPV4_BITS)
    return found.ipv4_mapped or found.sixtofour or (found.teredo or (None, None))[1]


@dataclass(frozen=True, slots=True)
class Reach:
    """Where requests may go.

    Attributes
    ----------
    hosts
        Names of hosts; a leading dot stands for a domain and all below it.
    private
        Whether plain http, any port and addresses of one's own network are allowed: for an
        intranet, and for tests.
    proxied
        Whether a proxy connects for us: then the addresses are its duty.
    """

    hosts: frozenset[str]
    private: bool = False
    proxied: bool = False

    def check(self, url: httpx2.URL) -> None:
        """Refuse an address by its text, before any name is looked up."""
        if url.scheme != "https" and not (self.private and url.scheme == "http"):
            raise UnsafeAddressError(f"{url.host or url}: only https addresses are fetched")
        if url.userinfo:
            raise UnsafeAddressError(f"{url.host}: an address must not carry a name and password")
        if not self._named(url.host):
            raise UnsafeAddressError(
                f"{url.host} is not among the hosts of the installed presets; "
                "name it in KERBWATT_ALLOW_HOSTS to fetch from it"
            )
        port = url.port or (HTTPS_PORT if url.scheme == "https" else HTTP_PORT)
        if port != HTTPS_PORT and not self.private:
            raise UnsafeAddressError(f"{url.host}: port {port} is not fetched from")

    def _named(self, host: str) -> bool:
        host = host.lower().rstrip(".")
        return any(
            host == name or (name.startswith(".") and f".{host}".endswith(name))
            for name in self.hosts
        )


class Pinned(httpx2.BaseTransport):
    """Connect to the very address that was checked: a second answer of the name service is late.

    The name stays in the Host header and in the handshake, so certificates are checked as ever.
    Every name has connections of its own: two names that share an address would otherwise share
    a connection, and only the first one's certificate would have been looked at.
    """

    def __init__(
        self, reach: Reach, make: Callable[[], httpx2.BaseTransport], ask: Resolve = resolve
    ) -> None:
        self._reach, self._make, self._ask = reach, make, ask
        self._inner: dict[str, httpx2.BaseTransport] = {}

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """Check where a request goes, then send it there.

        Secret parameters join it here, below the place where requests are logged.
        """
        url = request.url
        self._reach.check(url)
        extensions = dict(request.extensions)
        params = extensions.pop(EXTRA_PARAMS, {})
        sent = url.copy_merge_params(params) if params else url
        inner = self._inner.setdefault(url.host, self._inner.get(url.host) or self._make())
        if self._reach.proxied:
            return inner.handle_request(_like(request, sent, extensions))
        extensions["sni_hostname"] = url.host
        *others, last = self._addresses(url)
        for each in others:  # a machine without the newer protocol takes the next one
            with contextlib.suppress(httpx2.ConnectError, httpx2.ConnectTimeout):
                return inner.handle_request(_like(request, sent.copy_with(host=each), extensions))
        return inner.handle_request(_like(request, sent.copy_with(host=last), extensions))

    def _addresses(self, url: httpx2.URL) -> Sequence[str]:
        try:
            found = self._ask(url.host, url.port or HTTPS_PORT)
        except (OSError, UnicodeError) as error:
            raise httpx2.ConnectError(f"{url.host} has no address") from error
        if not found:
            raise httpx2.ConnectError(f"{url.host} has no address")
        hidden = [] if self._reach.private else [each for each in found if not is_public(each)]
        if hidden:
            raise UnsafeAddressError(
                f"{url.host} leads to {hidden[0]}, which is not a public address"
            )
        return found[:MOST_ADDRESSES]

    def close(self) -> None:
        """Close all connections."""
        for each in self._inner.values():
            each.close()


def _like(
    request: httpx2.Request, url: httpx2.URL, extensions: Mapping[str, Any]
) -> httpx2.Request:
    """Make the same request to another address; the name stays among its headers."""
    return httpx2.Request(
        request.method,
        url,
        headers=request.headers,
        stream=request.stream,
        extensions=dict(extensions),
    )
