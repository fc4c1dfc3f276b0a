"""Codes that change every half minute (RFC 6238: SHA-1, six digits, 30 s); knows nothing of persons."""

import base64
from io import BytesIO
from urllib.parse import quote, urlencode

import qrcode
from allauth.core.internal.cryptokit import compare_user_code
from allauth.mfa.totp.internal.auth import format_hotp_value, generate_totp_secret, hotp_value
from qrcode.image.svg import SvgPathImage

from gongshi.kernel import clock

STEP_S = 30
# Telephones' clocks differ: the codes one step before and after are good too.
TOLERANCE = 1
ISSUER = "共视"


def new_secret() -> str:
    """160 random bits in base32, as authenticator apps take them."""
    return str(generate_totp_secret())


def current_step() -> int:
    return int(clock.now().timestamp()) // STEP_S


def code_at(secret: str, step: int) -> str:
    return str(format_hotp_value(hotp_value(secret, step)))


def matching_step(secret: str, code: str, *, after: int) -> int | None:
    """The step whose code this is, among those that are good now and later than `after` (each code once)."""
    now = current_step()
    for step in range(max(now - TOLERANCE, after + 1), now + TOLERANCE + 1):
        if compare_user_code(actual=code, expected=code_at(secret, step)):
            return step
    return None


def enrolment_uri(secret: str, account: str) -> str:
    """`otpauth://…`, which authenticator apps read from a picture."""
    label = quote(f"{ISSUER}:{account}")
    return f"otpauth://totp/{label}?{urlencode({'secret': secret, 'issuer': ISSUER}, quote_via=quote)}"


def picture(uri: str) -> str:
    """The QR code as a `data:` address of an SVG."""
    drawn = BytesIO()
    qrcode.make(uri, image_factory=SvgPathImage, border=2).save(drawn)
    return f"data:image/svg+xml;base64,{base64.b64encode(drawn.getvalue()).decode()}"
