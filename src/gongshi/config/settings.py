"""Django settings. Whatever differs between installations is in `environment.py`."""

from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

from csp.constants import NONE, SELF

from gongshi.audit.outlets import outlets
from gongshi.config.environment import environment

ENVIRONMENT = environment()
PACKAGE = Path(__file__).resolve().parent.parent

SECRET_KEY = ENVIRONMENT.secret_key
FIELD_KEY = bytes.fromhex(ENVIRONMENT.field_key)
FIELD_KEY_FILE = ENVIRONMENT.var / "field-keys.json"
FIELD_CIPHER = ENVIRONMENT.field_cipher
SEAL_KEY = bytes.fromhex(ENVIRONMENT.seal_key)
FORMER_SEAL_KEYS = [bytes.fromhex(key) for key in ENVIRONMENT.former_seal_keys.replace(",", " ").split()]
RECORD_HASH = ENVIRONMENT.record_hash
MAIL_SERVER = ENVIRONMENT.mail_server
DEBUG = ENVIRONMENT.debug
# Media nodes of this machine ask us by its own address, whatever browsers call the portal.
ALLOWED_HOSTS = [*ENVIRONMENT.public_hosts.split(","), "127.0.0.1"]
CSRF_TRUSTED_ORIGINS = ENVIRONMENT.portal_origins

INSTALLED_APPS = [
    # First, so that our templates come before those of the libraries.
    "gongshi.kernel",
    "gongshi.audit",
    "gongshi.identity",
    "gongshi.saved_filters",
    "gongshi.notices",
    "gongshi.parameters",
    "gongshi.alerts",
    "gongshi.credentials",
    "gongshi.login",
    "gongshi.clients",
    "gongshi.catalogue",
    "gongshi.grants",
    "gongshi.atlas",
    "gongshi.demand",
    "gongshi.delivery",
    "gongshi.viewing",
    "gongshi.quality",
    "gongshi.assessment",
    "gongshi.rectification",
    "gongshi.oversight",
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.sites",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.contrib.postgres",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "crispy_forms",
    "crispy_bootstrap5",
    "django_cotton.apps.SimpleAppConfig",
    "django_filters",
    "django_htmx",
    "django_tables2",
    "django_vite",
    "ninja",
    "procrastinate.contrib.django",
    "rules",
]

MIDDLEWARE = [
    "gongshi.kernel.client_address.ClientAddressMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "gongshi.kernel.middleware.NotKeptMiddleware",
    "gongshi.kernel.middleware.BodyLimitMiddleware",
    "gongshi.audit.middleware.RequestOriginMiddleware",
    "gongshi.clients.middleware.ClientMiddleware",
    "gongshi.login.middleware.InterruptedSessionMiddleware",
    "gongshi.login.middleware.LoginWatchMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "gongshi.login.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "gongshi.credentials.middleware.StepsMiddleware",
    "gongshi.kernel.middleware.ErrorPageMiddleware",
]

ROOT_URLCONF = "gongshi.config.urls"
WSGI_APPLICATION = "gongshi.config.wsgi.application"
SITE_ID = 1

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [PACKAGE / "config" / "templates"],
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "gongshi.config.navigation.frame",
            ],
            "loaders": [
                (
                    "django.template.loaders.cached.Loader",
                    [
                        "django_cotton.cotton_loader.Loader",
                        "django.template.loaders.filesystem.Loader",
                        "django.template.loaders.app_directories.Loader",
                    ],
                )
            ],
            "builtins": ["django_cotton.templatetags.cotton"],
        },
    }
]
CRISPY_ALLOWED_TEMPLATE_PACKS = ["bootstrap5"]
CRISPY_TEMPLATE_PACK = "bootstrap5"
DJANGO_TABLES2_TEMPLATE = "kernel/table.html"


def _database(url: str) -> dict[str, object]:
    """A `postgresql://user:password@host:port/name?host=/socket/dir` address as Django's settings."""
    parts = urlsplit(url)
    query = dict(parse_qsl(parts.query))
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.path.lstrip("/"),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": query.pop("host", parts.hostname or ""),
        "PORT": str(parts.port or query.pop("port", "")),
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": query,
    }


def _single_sign_on() -> dict[str, object]:
    """The one provider of identities, as allauth's settings."""
    app = {
        "provider_id": "government",
        "name": ENVIRONMENT.oidc_name,
        "client_id": ENVIRONMENT.oidc_client_id,
        "secret": ENVIRONMENT.oidc_client_secret,
        "settings": {
            "server_url": ENVIRONMENT.oidc_issuer.rstrip("/"),
            "oauth_pkce_enabled": True,
            "scope": ["openid", "profile"],
        },
    }
    return {"openid_connect": {"APPS": [app]}}


DATABASES = {"default": _database(ENVIRONMENT.database_url)}
DATABASE_KEEPER_URL = ENVIRONMENT.database_keeper_url
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "identity.Person"
AUTHENTICATION_BACKENDS = [
    "rules.permissions.ObjectPermissionBackend",
    "gongshi.credentials.backend.GuardedBackend",
]
PASSWORD_HASHERS = ["gongshi.credentials.hasher.PortalPasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"gongshi.credentials.password_rules.{rule}"}
    for rule in ("LongEnough", "MixedClasses", "UnlikeItsOwner", "NoRuns", "NotCommon", "NotUsedBefore")
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "gongshi.login.adapter.NetworkCheckingAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = "account"
ACCOUNT_USER_MODEL_EMAIL_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_SESSION_REMEMBER = False
# A brake for floods only: guessing is stopped by the locks of credentials, which every process sees.
ACCOUNT_RATE_LIMITS = {"login": "120/m/ip", "login_failed": None, "reauthenticate": "30/m/user"}
MFA_ADAPTER = "gongshi.credentials.second_factor_adapter.EncryptedFactors"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
SOCIALACCOUNT_ADAPTER = "gongshi.credentials.single_sign_on.KnownPeople"
SINGLE_SIGN_ON_CLAIM = ENVIRONMENT.oidc_account_claim
SOCIALACCOUNT_PROVIDERS = _single_sign_on() if ENVIRONMENT.oidc_issuer else {}
ACCOUNT_USER_DISPLAY = "gongshi.credentials.login.display_name"

# Only what these say of a client's address and scheme counts (kernel.client_address).
TRUSTED_PROXIES = ENVIRONMENT.trusted_networks
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

SESSION_ENGINE = "gongshi.login.store"
# Rooms end logins long before (login.policy); this is when forgotten rows may go.
SESSION_COOKIE_AGE = 24 * 3600
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = ENVIRONMENT.https
SESSION_COOKIE_HTTPONLY = True
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
# A browser that came by HTTPS comes by nothing else for a year.
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if ENVIRONMENT.https else 0
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:", "blob:"],
        "media-src": [SELF, "blob:"],
        "worker-src": [SELF, "blob:"],
        # Media nodes are added per page by the viewing room, which knows them.
        "connect-src": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
        "object-src": [NONE],
    }
}

# What the map is drawn on; the page of the map adds its hosts to the policy above.
BASEMAP = {
    "kind": ENVIRONMENT.basemap,
    "url": ENVIRONMENT.basemap_url,
    "labels_url": ENVIRONMENT.basemap_labels_url,
    "key": ENVIRONMENT.basemap_key,
    "attribution": ENVIRONMENT.basemap_attribution,
    "crs": ENVIRONMENT.basemap_crs,
    "max_zoom": ENVIRONMENT.basemap_max_zoom,
    "layer": ENVIRONMENT.basemap_layer,
    "labels_layer": ENVIRONMENT.basemap_labels_layer,
    "matrix_set": ENVIRONMENT.basemap_matrix_set,
    "format": ENVIRONMENT.basemap_format,
}

FILTERS_EMPTY_CHOICE_LABEL = "全部"

LANGUAGE_CODE = "zh-hans"
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True
USE_I18N = True

MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

STATIC_URL = "/static/"
STATICFILES_DIRS = [PACKAGE / "config" / "static"]
WHITENOISE_USE_FINDERS = True
# Vite puts a hash of the content into the names of these.
WHITENOISE_IMMUTABLE_FILE_TEST = r"^/static/built/assets/"
DJANGO_VITE = {
    "default": {
        "dev_mode": False,
        "manifest_path": PACKAGE / "config" / "static" / "built" / "manifest.json",
        "static_url_prefix": "built",
    }
}
# The queue's own housekeeping; the rooms' tasks are found by themselves.
PROCRASTINATE_IMPORT_PATHS = ["gongshi.config.tasks"]

# The interface's lists, too, are read page by page.
NINJA_PAGINATION_CLASS = "gongshi.kernel.paging.SettledPagination"
NINJA_PAGINATION_MAX_LIMIT = 1000

FILE_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
DATA_UPLOAD_MAX_MEMORY_SIZE = 20 * 1024 * 1024
# Addresses that take a whole catalogue as a file: that goes to the disk, and what stands beside it is small.
LARGE_BODIES = {"/catalogue/submit/": 65 * 1024 * 1024, "/api/v1/catalogue/imports": 65 * 1024 * 1024}

# Events are told here as they come; an address that we do not understand stops the start.
EVENT_OUTLETS = outlets(ENVIRONMENT.forward_events)
SEAL_OUTLETS = outlets(ENVIRONMENT.seal_outlets)

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "%(levelname)s %(name)s %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["stderr"], "level": "INFO"},
    "loggers": {"httpx": {"level": "WARNING"}, "procrastinate": {"level": "WARNING"}},
}
