"""Where a request really comes from: what proxies say counts only when they are ours (§10a)."""

from collections.abc import Callable, Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

from django.conf import settings
from django.http import HttpRequest, HttpResponse

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network


def parsed(text: str) -> Address | None:
    """An address without zone, an IPv4 one that is written as IPv6 as IPv4; None for anything else."""
    try:
        address = ip_address(text.strip().partition("%")[0])
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address


def is_within(address: Address, networks: Sequence[Network]) -> bool:
    return any(address in network for network in networks)


def address_behind(peer: str, forwarded: str, trusted: Sequence[Network]) -> str | None:
    """The client of a connection from `peer` with this X-Forwarded-For; None when the peer has no address.

    The list grows to the right, so only its right end was written by proxies of ours: the first from there
    that is none of them is the client. Without such an entry, or with one that is no address, it is the peer.
    """
    nearest = parsed(peer)
    if nearest is None:
        return None
    if is_within(nearest, trusted):
        for entry in reversed(forwarded.split(",")):
            address = parsed(entry)
            if address is None:
                break
            if not is_within(address, trusted):
                return str(address)
    return str(nearest)


def client_address(request: HttpRequest) -> str | None:
    """The address of the client of this request, as `settings.TRUSTED_PROXIES` lets us know it."""
    peer = request.META.get("REMOTE_ADDR", "")
    return address_behind(peer, request.META.get("HTTP_X_FORWARDED_FOR", ""), settings.TRUSTED_PROXIES)


class ClientAddressMiddleware:
    """Puts the client's address where all libraries look for it, and takes away what a stranger claims.

    Stands first, so that nothing after it sees an address or scheme that somebody untrusted forwarded.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        peer = parsed(request.META.get("REMOTE_ADDR", ""))
        request.META["REMOTE_ADDR"] = client_address(request) or ""
        request.META.pop("HTTP_X_FORWARDED_FOR", None)
        if peer is None or not is_within(peer, settings.TRUSTED_PROXIES):
            request.META.pop("HTTP_X_FORWARDED_PROTO", None)
        return self.get_response(request)
