"""From which networks a person may log in, and what counts as one network."""

from ipaddress import ip_address, ip_network

from django.db.models import Q

from gongshi.identity.models import Person
from gongshi.kernel.client_address import parsed
from gongshi.kernel.errors import Invalid
from gongshi.login.models import AllowedNetwork

# Within one of these a change of address is everyday: a lease that ran out, a temporary IPv6 address.
NEIGHBOURHOOD = {4: 24, 6: 64}


def is_allowed(person: Person, address: str | None) -> bool:
    """Whether the networks of the account, or without any those of each of its roles, hold this address.

    One query, besides that of the roles. Nothing set: from everywhere.
    """
    rules = AllowedNetwork.objects.filter(Q(person=person) | Q(role__in=person.roles))
    networks: dict[str, list[str]] = {}
    for role, network in rules.values_list("role", "network"):
        networks.setdefault(role, []).append(network)
    # The account's own rules have no role; they go before those of the roles.
    decisive = [networks[""]] if "" in networks else list(networks.values())
    return all(_holds(each, address) for each in decisive)


def neighbourhood(address: str) -> str:
    """The /24 or /64 around an address."""
    return str(ip_network((address, NEIGHBOURHOOD[ip_address(address).version]), strict=False))


def network_from(text: str) -> str:
    """A network as it is kept: 10.33.0.0/16, one address as /32. Raises Invalid."""
    try:
        network = ip_network(text.strip())
    except ValueError:
        raise Invalid(
            "网络地址不正确，请填写 10.33.0.0/16 这样的网段（主机位为零），或单个地址。", field="network"
        ) from None
    return str(network)


def _holds(networks: list[str], address: str | None) -> bool:
    known = parsed(address or "")
    return known is not None and any(known in ip_network(each) for each in networks)
