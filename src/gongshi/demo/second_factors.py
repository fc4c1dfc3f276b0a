"""The second factors of the demonstration: their secrets are public, so that its visitors can come in."""

import base64
import hashlib

from allauth.mfa.utils import decrypt

from gongshi.credentials import one_time_codes
from gongshi.credentials.second_factor import needs_second_factor, second_factor_of, set_second_factor
from gongshi.demo.accounts import PASSWORD
from gongshi.identity.models import Person


def public_secret(account: str) -> str:
    """Always the same for an account, as 32 characters of base32."""
    return base64.b32encode(hashlib.sha256(f"gongshi demo {account}".encode()).digest()[:20]).decode()


def give_second_factor(person: Person) -> None:
    """Set the public one, where the roles of this person demand one and he has none."""
    if not needs_second_factor(person) or second_factor_of(person) is not None:
        return
    secret = public_secret(person.account)
    code = one_time_codes.code_at(secret, one_time_codes.current_step())
    set_second_factor(actor=person, secret=secret, code=code, password=PASSWORD)


def code_to_show(person: Person) -> str | None:
    """The next code that will be taken, of somebody who still has the public secret; None for others.

    Empty for the moment in which all codes that are good now have been used.
    """
    factor = second_factor_of(person)
    secret = public_secret(person.account)
    if factor is None or decrypt(factor.data["secret"]) != secret:
        return None
    now = one_time_codes.current_step()
    step = max(now, factor.data["last_step"] + 1)
    return one_time_codes.code_at(secret, step) if step <= now + one_time_codes.TOLERANCE else ""
