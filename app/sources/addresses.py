"""Which machines a request may reach: named hosts on public addresses, and nothing else."""

import ipaddress
import socket
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import httpx2

from app.core.errors import InputError

Address: TypeAlias = ipaddress.IPv4Address | ipaddress.IPv6Address
Resolve: TypeAlias = Callable[[str, int], Sequence[str]]
NAT64 = ipaddress.ip_network("64:ff9b::/96")
IPV4_BITS = 0xFFFFFFFF
HTTPS_PORT, HTTP_PORT = 443, 80


class UnsafeAddressError(InputError):
    """A request was about to go where this server must not ask."""


def resolve(host: str, port: int) -> list[str]:
    """Ask the name service for every address of a host."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(each[4][0]) for each in found))


def is_public(text: str) -> bool:
    """Whether an address belongs to the open internet, also where it hides another one."""
    address = ipaddress.ip_address(text.partition("%")[0])
    inner = _hidden(address)
    plain = address.is_global and not (address.is_multicast or address.is_reserved)
    return plain if inner is None else is_public(str(inner))


def _hidden(address: Address) -> Address | None:
    """Return the IPv4 address that an IPv6 address carries for a gateway to unpack."""
    if isinstance(address, ipaddress.IPv4Address):
        return None
    if address in NAT64:
        return ipaddress.IPv4Address(int(address) & IPV4_BITS)
    return address.ipv4_mapped or address.sixtofour or (address.teredo or (None, None))[1]


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
        if port not in {HTTPS_PORT, HTTP_PORT} and not self.private:
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
    """

    def __init__(self, reach: Reach, inner: httpx2.BaseTransport, ask: Resolve = resolve) -> None:
        self._reach, self._inner, self._ask = reach, inner, ask

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """Check where a request goes, then send it there."""
        url = request.url
        self._reach.check(url)
        if not self._reach.proxied:
            request.extensions = {**request.extensions, "sni_hostname": url.host}
            request.url = url.copy_with(host=self._address(url))
        return self._inner.handle_request(request)

    def _address(self, url: httpx2.URL) -> str:
        try:
            found = self._ask(url.host, url.port or HTTPS_PORT)
        except OSError as error:
            raise httpx2.ConnectError(f"{url.host} has no address") from error
        if not found:
            raise httpx2.ConnectError(f"{url.host} has no address")
        hidden = [] if self._reach.private else [each for each in found if not is_public(each)]
        if hidden:
            raise UnsafeAddressError(
                f"{url.host} leads to {hidden[0]}, which is not a public address"
            )
        return found[0]

    def close(self) -> None:
        """Close all connections."""
        self._inner.close()
