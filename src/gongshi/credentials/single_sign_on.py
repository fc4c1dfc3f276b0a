"""Single sign-on by OpenID Connect Core 1.0, such as the province's identity service; off by default.

The protocol is allauth's. Ours are: who is let in (whom we know; nobody is made), what an id_token must
be (signed, for this sign-on), and that it goes on like every login: locks, second factor, steps, record.
"""

import logging
import secrets
from collections.abc import Sequence
from typing import Any, Final, NoReturn

import jwt
from allauth.account.utils import get_next_redirect_url
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter, get_adapter
from allauth.socialaccount.models import SocialApp, SocialLogin
from allauth.socialaccount.providers.base.constants import AuthProcess
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.views.decorators.http import require_GET
from requests import RequestException

from gongshi.audit.actions import record
from gongshi.audit.kinds import AuditAction
from gongshi.credentials.lockout import LockedOut, guarded
from gongshi.identity.models import Person

PROVIDER: Final = "government"
STAGE: Final = "统一身份认证"
# Signatures whose key is public: with these nobody can pass off a public key as a shared one.
ALGORITHMS: Final = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
CLAIMS: Final = ("iss", "aud", "exp", "iat", "sub", "nonce")

NO_ACCOUNT: Final = "您的统一身份在本平台没有可用的账号，或登录已被锁定。请联系安全管理员。"
NOT_FINISHED: Final = "统一身份认证没有完成，请重试；仍不成功时用账号密码登录，并告知系统管理员。"

log = logging.getLogger(__name__)


class SignedTokens(OpenIDConnectOAuth2Adapter):  # type: ignore[misc]
    """Checks the signature also of tokens that the provider handed over itself."""

    def _decode_id_token(self, app: SocialApp, id_token: str) -> dict[str, Any]:
        with get_adapter().get_requests_session() as http:
            answer = http.get(self.openid_config["jwks_uri"])
            answer.raise_for_status()
        try:
            key = _key_of(id_token, answer.json())
            claims: dict[str, Any] = jwt.decode(
                id_token,
                key,
                algorithms=ALGORITHMS,
                audience=app.client_id,
                issuer=self.openid_config["issuer"],
                options={"require": list(CLAIMS)},
            )
        except (jwt.PyJWTError, ValueError, TypeError) as error:
            raise OAuth2Error("the id_token is not good") from error
        return claims


def _key_of(id_token: str, published: dict[str, Any]) -> jwt.PyJWK:
    """The published key with which a token says it is signed."""
    wanted = jwt.get_unverified_header(id_token).get("kid")
    keys = jwt.PyJWKSet.from_dict(published).keys
    for key in keys:
        if key.key_id == wanted or (wanted is None and len(keys) == 1):
            return key
    raise jwt.InvalidKeyError("the id_token is signed with no published key")


class KnownPeople(DefaultSocialAccountAdapter):  # type: ignore[misc]
    """Lets in who has an account here that is in use and not locked."""

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        told = sociallogin.account.extra_data
        token, about = told.get("id_token") or {}, told.get("userinfo") or {}
        if not token or not secrets.compare_digest(token["nonce"], sociallogin.state["nonce"]):
            _give_up(request, "id_token 不属于这次登录")
        if about and about.get("sub") != token["sub"]:
            _give_up(request, "userinfo 与 id_token 不是同一人")
        person = _known(str((token | about).get(settings.SINGLE_SIGN_ON_CLAIM) or ""))
        if person is None:
            _refuse(request, NO_ACCOUNT)
        sociallogin.user = person

    def on_authentication_error(
        self, request: HttpRequest, provider: Any, error: Any = None, exception: Any = None, **_: Any
    ) -> None:
        log.warning("single sign-on was not finished: %s %s", error, exception)
        _give_up(request, "没有完成")


def _known(account: str) -> Person | None:
    """Who this is, if he may come in; who may not counts as a wrong password does."""
    known = Person.objects.filter(account=account, is_active=True)
    try:
        return guarded(account, STAGE, known.first)
    except LockedOut:
        return None


def _give_up(request: HttpRequest, why: str) -> NoReturn:
    """An answer of the provider that cannot be believed, or is none."""
    with transaction.atomic():
        record(
            AuditAction.LoginFailed,
            actor=None,
            thing=Person(),
            label="统一身份",
            reason=f"{STAGE}：{why}",
            succeeded=False,
        )
    _refuse(request, NOT_FINISHED)


def _refuse(request: HttpRequest, sentence: str) -> NoReturn:
    messages.error(request, sentence)
    raise ImmediateHttpResponse(redirect("account_login"))


@login_not_required
@require_GET
def begin(request: HttpRequest) -> HttpResponseBase:
    """To the provider, with a state, a nonce and a PKCE challenge that belong to this browser's session."""
    provider = get_adapter().get_provider(request, PROVIDER)
    nonce = secrets.token_urlsafe(24)
    try:
        response: HttpResponse = provider.redirect(
            request,
            process=AuthProcess.LOGIN,
            next_url=get_next_redirect_url(request),
            auth_params={"nonce": nonce},
            nonce=nonce,
        )
    except RequestException as error:
        log.warning("the identity provider does not answer: %s", error)
        messages.error(request, "统一身份认证暂时无法连接，请稍后重试，或用账号密码登录。")
        return redirect("account_login")
    return response


@login_not_required
@require_GET
def come_back(request: HttpRequest, provider_id: str) -> HttpResponseBase:
    """From the provider; allauth checks the state and fetches the tokens."""
    view = OAuth2CallbackView.adapter_view(SignedTokens(request, provider_id))
    response: HttpResponseBase = view(request)
    return response


# allauth looks for the way back under its own name.
SIGN_ON_URLS: Final = (
    path("account/single-sign-on/", begin, name="single_sign_on"),
    path(
        "account/single-sign-on/callback/",
        come_back,
        {"provider_id": PROVIDER},
        name="openid_connect_callback",
    ),
)


def sign_on_urls() -> Sequence[URLPattern]:
    """Nothing where single sign-on is not set up."""
    return SIGN_ON_URLS if settings.SOCIALACCOUNT_PROVIDERS else ()
