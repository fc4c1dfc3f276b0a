"""How passwords are kept."""

from django.contrib.auth.hashers import Argon2PasswordHasher


class PortalPasswordHasher(Argon2PasswordHasher):
    """Argon2id with the parameters OWASP recommends: 19 MiB, two passes, one lane.

    Django's defaults take 100 MiB a login, which many logins at once turn into a way to exhaust the machine.
    """

    time_cost = 2
    memory_cost = 19 * 1024
    parallelism = 1
