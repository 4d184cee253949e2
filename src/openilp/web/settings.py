"""Settings of an OpenILP instance: everything that differs between installations comes from the environment."""

import os
from pathlib import Path
from typing import Any

from openilp.safeguards import keys
from openilp.safeguards.keys import key_file
from openilp.safeguards.log.instance import oversight_key_file
from openilp.safeguards.postgres.bootstrap import CORRIDOR_SCHEMA
from openilp.safeguards.postgres.home import openilp_home
from openilp.safeguards.postgres.instance import Instance, configured

_HERE = Path(__file__).parent
OPENILP_HOME = openilp_home()
OPENILP_FILES = OPENILP_HOME / "files"
#: Before the claims key: an older installation has the claims key alone.
OPENILP_FINGERPRINTS_KEY = key_file(OPENILP_HOME, keys.FINGERPRINTS, formerly=keys.CLAIMS)
OPENILP_CLAIMS_KEY = key_file(OPENILP_HOME, keys.CLAIMS)
OPENILP_OWNER_PASSWORD = configured("OPENILP_OWNER_PASSWORD", "")
OPENILP_CORRIDOR_OWNER_PASSWORD = configured("OPENILP_CORRIDOR_OWNER_PASSWORD", "")
#: The two keys of the source desk: notes are opened with the first, identities only with both.
OPENILP_CORRIDOR_KEYS = (key_file(OPENILP_HOME, "corridor"), key_file(OPENILP_HOME, "corridor_second"))
#: One file a source with its wrapped data keys; a source is erased by destroying its file.
OPENILP_CORRIDOR_WRAPS = OPENILP_HOME / "keys" / "corridor"
#: The erasure ledger: what must stay erased after a restore. Best on another disk than the database.
OPENILP_ERASURES = Path(configured("OPENILP_ERASURES") or OPENILP_HOME / "erasures")
#: The oversight body's public key; without it, words of searches are kept nowhere.
OPENILP_OVERSIGHT_KEY = oversight_key_file()
#: The demo shows its passwords on the log-in page and does not insist on a second factor.
OPENILP_DEMO = os.environ.get("OPENILP_DEMO") == "1" or (OPENILP_HOME / "demo").exists()
OPENILP_AGENCY = configured("OPENILP_AGENCY", "Altania Police")
OPENILP_PROFILE = configured("OPENILP_PROFILE", "altania")
OPENILP_PMTILES = configured("OPENILP_PMTILES", "")
#: Bytes of one attachment.
OPENILP_UPLOAD_LIMIT = int(os.environ.get("OPENILP_UPLOAD_LIMIT", str(25 * 1024 * 1024)))
#: Bytes of one file of rows to import, sent by browser or API; the terminal takes larger ones.
OPENILP_IMPORT_LIMIT = int(os.environ.get("OPENILP_IMPORT_LIMIT", str(128 * 1024 * 1024)))
#: Requests that one account may send to the API within a minute; 0 where a proxy in front counts them.
OPENILP_API_LIMIT = int(os.environ.get("OPENILP_API_LIMIT", "1200"))
#: CSV of the agency's own place names: name, latitude, longitude, detail.
OPENILP_GAZETTEER = os.environ.get("OPENILP_GAZETTEER", "")

SECRET_KEY = key_file(OPENILP_HOME, "django").read_text().strip()
DEBUG = False
_PORT = os.environ.get("PORT", "8000")
ALLOWED_HOSTS = os.environ.get("OPENILP_HOSTS", "localhost,127.0.0.1,[::1],testserver").split(",")
_ORIGIN = os.environ.get("OPENILP_ORIGIN", f"http://localhost:{_PORT}")
CSRF_TRUSTED_ORIGINS = [_ORIGIN]
CSRF_FAILURE_VIEW = "openilp.web.problems.no_token"
_SECURE = _ORIGIN.startswith("https://")
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _SECURE
if _SECURE:
    # The prefix binds a cookie to this host, to https and to no narrower path, whatever a neighbouring host sets.
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-sessionid", "__Host-csrftoken"
    SECURE_HSTS_SECONDS = 365 * 86400
SESSION_COOKIE_HTTPONLY = True
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if _SECURE else None
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 10 * 3600
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

INSTALLED_APPS = [
    "openilp.safeguards",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "django_htmx",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "procrastinate.contrib.django",
    "openilp.direction",
    "openilp.collection",
    "openilp.evaluation",
    "openilp.collation",
    "openilp.analysis",
    "openilp.dissemination",
    "openilp.tasking",
    "openilp.review",
    "openilp.oversight",
    "openilp.corridor",
    "openilp.web",
]

MIDDLEWARE = [
    "openilp.web.middleware.SecurityHeaders",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "openilp.web.middleware.TokenLogin",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "openilp.web.middleware.ActingMiddleware",
]

ROOT_URLCONF = "openilp.web.urls"
TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [_HERE / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "openilp.web.frame.frame",
            ],
            "builtins": [
                "openilp.web.templatetags.ilp",
                "django.templatetags.i18n",
                "django.templatetags.static",
            ],
        },
    }
]
WSGI_APPLICATION = "openilp.web.wsgi.application"

DATABASES: dict[str, dict[str, Any]] = {
    "default": {
        "ENGINE": "django.db.backends.postgresql",
        **Instance.here().connection_parameters(),
        "CONN_MAX_AGE": 0,
        "OPTIONS": {
            "pool": {"min_size": 1, "max_size": 10, "timeout": 15},
            "application_name": "openilp",
            # The statements of every request are the same: parsed and planned once a connection, then only run.
            "server_side_binding": True,
            "prepare_threshold": 5,
        },
        "TEST": {"NAME": "openilp_test"},
    },
    "corridor": {
        "ENGINE": "django.db.backends.postgresql",
        **Instance.here().corridor_parameters(),
        "CONN_MAX_AGE": 0,
        "OPTIONS": {"options": f"-c search_path={CORRIDOR_SCHEMA}", "application_name": "openilp corridor"},
        "TEST": {"NAME": "openilp_test"},
    },
}
DATABASE_ROUTERS = ["openilp.corridor.routing.Router"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "safeguards.User"
AUTHENTICATION_BACKENDS = ["django.contrib.auth.backends.ModelBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_ADAPTER = "openilp.web.accounts.Adapter"
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_RATE_LIMITS = {"login_failed": "10/m/ip,5/5m/key"}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
#: Browsers take http://localhost for a secure origin; every other one must be https.
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = _ORIGIN.startswith("http://localhost:")
MFA_TOTP_ISSUER = "OpenILP"
MFA_ADAPTER = "allauth.mfa.adapter.DefaultMFAAdapter"

#: Single sign-on: the address of the one OpenID provider, and as what OpenILP is known there.
OPENILP_OIDC_ISSUER = configured("OPENILP_OIDC_ISSUER", "")
OPENILP_OIDC_NAME = configured("OPENILP_OIDC_NAME", "Single sign-on")
OPENILP_OIDC_CLIENT = configured("OPENILP_OIDC_CLIENT", "openilp")
_OIDC_SECRET_FILE = configured("OPENILP_OIDC_SECRET_FILE", "")
OPENILP_OIDC_SECRET = Path(_OIDC_SECRET_FILE).read_text().strip() if _OIDC_SECRET_FILE else ""
SOCIALACCOUNT_ADAPTER = "openilp.web.single_sign_on.Adapter"
SOCIALACCOUNT_ONLY = False
SOCIALACCOUNT_AUTO_SIGNUP = False
SOCIALACCOUNT_EMAIL_AUTHENTICATION = False
SOCIALACCOUNT_QUERY_EMAIL = False
SOCIALACCOUNT_STORE_TOKENS = False
SOCIALACCOUNT_LOGIN_ON_GET = False

#: Failed log-ins are counted by address too; behind a reverse proxy the address stands in a header that it sets.
ALLAUTH_TRUSTED_PROXY_COUNT = int(os.environ.get("OPENILP_PROXIES", "0"))

CACHES = {
    "default": {"BACKEND": "openilp.safeguards.shared.SharedCache"},
    "process": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"},
}

LANGUAGE_CODE = "en-gb"
LANGUAGES = [("en", "English"), ("mn", "Монгол"), ("ru", "Русский")]
LOCALE_PATHS = [_HERE / "locale"]
TIME_ZONE = os.environ.get("OPENILP_TIME_ZONE", "UTC")
USE_I18N = USE_TZ = True
FORMAT_MODULE_PATH = ["openilp.web.formats"]

STATIC_URL = "/static/"
STATIC_ROOT = OPENILP_HOME / "static"
STATICFILES_DIRS = [_HERE / "static"]
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
FILE_UPLOAD_HANDLERS = ["openilp.collection.uploads.LimitedUpload"]
FILE_UPLOAD_TEMP_DIR = OPENILP_FILES / "incoming"
FILE_UPLOAD_TEMP_DIR.mkdir(parents=True, exist_ok=True, mode=0o700)
FILE_UPLOAD_PERMISSIONS = 0o600

PROCRASTINATE_ON_APP_READY = None
NINJA_PAGINATION_PER_PAGE = 50

LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
}

#: Minutes that an urgent report may wait for somebody to acknowledge it before it goes to the head of intelligence.
OPENILP_ESCALATION_MINUTES = int(os.environ.get("OPENILP_ESCALATION_MINUTES", "15"))
