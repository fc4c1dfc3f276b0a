"""Addresses for synthetic cameras: consistent subnets, gateways and VLANs in 10.0.0.0/8."""

from collections import Counter
from ipaddress import IPv4Address, IPv4Network
from typing import NamedTuple

from gongshi.demo.city import Department
from gongshi.demo.places import COUNTIES, County


class NetworkEntry(NamedTuple):
    address: IPv4Address
    vlan: int
    gateway: IPv4Address
    netmask: IPv4Address


class NetworkPlan:
    """Hands out addresses: a /12 per county, in it /24 subnets, each with its VLAN and for one owner only."""

    HOSTS = 200
    FIRST_HOST = 11
    FIRST_VLAN, VLANS = 100, 3900

    def __init__(self) -> None:
        self._open: dict[tuple[str, str], tuple[int, int]] = {}  # (county, owner) → subnet, hosts in it
        self._subnets: Counter[str] = Counter()

    def join(self, county: County, owner: Department) -> NetworkEntry:
        subnet, hosts = self._open.get((county.code, owner.code), (0, self.HOSTS))
        if hosts == self.HOSTS:
            subnet, hosts = self._subnets[county.code], 0
            self._subnets[county.code] += 1
        self._open[county.code, owner.code] = subnet, hosts + 1
        block = 16 * (COUNTIES.index(county) + 1)
        network = IPv4Network((f"10.{block + subnet // 256}.{subnet % 256}.0", 24))
        return NetworkEntry(
            address=network[self.FIRST_HOST + hosts],
            vlan=self.FIRST_VLAN + subnet % self.VLANS,
            gateway=network[1],
            netmask=network.netmask,
        )
