"""Of which cameras a person may read the network: what `ReadNetworkFields` says of one, for many at once."""

from dataclasses import dataclass

from django.db.models import Q, QuerySet

from gongshi.catalogue.models import Camera
from gongshi.catalogue.rules import Permission
from gongshi.identity.models import Department, Person
from gongshi.identity.rules import has_business_role
from gongshi.kernel.authority import may


@dataclass(frozen=True)
class NetworkScope:
    """Those of every camera, or those of certain owners and source departments."""

    everywhere: bool
    owners: frozenset[int] = frozenset()
    sources: frozenset[int] = frozenset()

    @classmethod
    def of(cls, person: Person) -> "NetworkScope":
        """In one query at most."""
        if may(person, Permission.ReadNetworkFields):
            return cls(everywhere=True)
        if not person.is_active or not has_business_role(person):
            return cls(everywhere=False)
        led = Department.objects.filter(supervisor=person.department_id).values_list("pk", flat=True)
        own = frozenset({person.department_id})
        return cls(False, owners=own, sources=own | frozenset(led))

    def covers(self, owner: int, source: int) -> bool:
        """Whether a camera of these two departments is among them."""
        return self.everywhere or owner in self.owners or source in self.sources

    def reaches(self, cameras: QuerySet[Camera]) -> bool:
        """Whether any of these is among them."""
        if self.everywhere or not self.owners:
            return self.everywhere
        named = Q(owner__in=self.owners) | Q(source_department__in=self.sources)
        return cameras.order_by().filter(named).exists()
