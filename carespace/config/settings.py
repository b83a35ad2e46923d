"""Settings of one CareSpace process: one file, from the environment only.

Promises: every value a practice's IT person may set is named ``CARESPACE_…`` (or ``DATABASE_URL``, ``EMAIL_URL``) and is
documented in ``docs/reference/settings.md``; a production process refuses unsafe ones (``carespace doctor``).
"""

import os
from datetime import timedelta
from pathlib import Path

from csp.constants import NONE, SELF

from carespace.config.database import django_database
from carespace.config.keys import derive, fingerprint, master_key
from carespace.config.mail import default_sender, mail_settings
from carespace.config.processes import home_folder
from carespace.ui.languages import COOKIE, ENGLISH
from carespace.ui.languages import LANGUAGES as SPOKEN

HOME = home_folder()
MODE = os.environ.get("CARESPACE_MODE", "production")  # production, demo or test
DEBUG = os.environ.get("CARESPACE_DEBUG", "") == "1"

_MASTER = master_key(HOME)
SECRET_KEY = derive(_MASTER, "django").hex()
CARESPACE_CHART_KEY = derive(_MASTER, "chart")
CARESPACE_FILE_KEY = derive(_MASTER, "files")
CARESPACE_TOKEN_KEY = derive(_MASTER, "tokens")
CARESPACE_THROTTLE_KEY = derive(_MASTER, "throttle")
CARESPACE_FACTOR_KEY = derive(_MASTER, "factors")
CARESPACE_SESSION_KEY = derive(_MASTER, "sessions")
CARESPACE_ADDRESS_KEY = derive(_MASTER, "addresses")
CARESPACE_DEVICE_KEY = derive(_MASTER, "devices")
CARESPACE_TRUST_KEY = derive(_MASTER, "trust")
CARESPACE_KEY_FINGERPRINT = fingerprint(_MASTER)
CARESPACE_HOME = HOME
CARESPACE_MODE = MODE
CARESPACE_FILES_FOLDER = HOME / "files"
CARESPACE_MAIL_FOLDER = HOME / "mail"
CARESPACE_WEB_ROLE = os.environ.get("CARESPACE_WEB_ROLE", "carespace_web")
CARESPACE_WORKER_ROLE = os.environ.get("CARESPACE_WORKER_ROLE", "carespace_worker")
CARESPACE_ORIGIN = os.environ.get("CARESPACE_ORIGIN", "http://localhost:8000").rstrip("/")
CARESPACE_SENDER = os.environ.get("CARESPACE_SENDER") or default_sender(CARESPACE_ORIGIN)

_SECURE = CARESPACE_ORIGIN.startswith("https://")
_HOST = CARESPACE_ORIGIN.partition("://")[2].partition(":")[0]
ALLOWED_HOSTS = [host for host in os.environ.get("CARESPACE_HOSTS", "").split(",") if host] or [
    _HOST
]
CARESPACE_PROXIES = frozenset(
    each for each in os.environ.get("CARESPACE_PROXIES", "").split(",") if each
)
CSRF_TRUSTED_ORIGINS = [CARESPACE_ORIGIN]

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "csp",
    "procrastinate.contrib.django",
    "carespace.ui",
    "carespace.audit",
    "carespace.outbox",
    "carespace.accounts",
    "carespace.practices",
    "carespace.patients",
    "carespace.access",
    "carespace.files",
    "carespace.messaging",
    "carespace.records",
    "carespace.interop",
    "carespace.sharing",
    "carespace.portal",
    "carespace.staff",
    "carespace.config",
    *(["carespace.demo"] if MODE in {"demo", "test"} else []),
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "carespace.config.middleware.SafeHeaders",
    # Before whatever may answer with a page of its own.
    "carespace.config.languages.AskedLanguage",
    # Before whatever reads a field; only headers, which the 400 page needs too, are set around it.
    "carespace.config.requests.PlainRequests",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "carespace.config.middleware.SessionEnds",
    "carespace.config.languages.ChosenLanguage",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "carespace.config.middleware.Refusals",
]

ROOT_URLCONF = "carespace.config.urls"
WSGI_APPLICATION = "carespace.config.wsgi.application"
FORM_RENDERER = "carespace.ui.forms.UiRenderer"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.messages.context_processors.messages",
                "carespace.config.context.shell",
            ],
        },
    }
]

# A request never gets a connection that died with a restart of the server: one empty statement asks.
_CHECKED = {"CONN_HEALTH_CHECKS": True}
DATABASES = {
    "default": {**django_database(pool=MODE != "test"), **_CHECKED, "ATOMIC_REQUESTS": True},
    # Refusals and throttles must stay although the request's transaction rolls back.
    "aside": {**django_database(pool=MODE != "test"), **_CHECKED},
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["carespace.accounts.authentication.Backend"]
PASSWORD_HASHERS = ["carespace.accounts.passwords.PracticeArgon2Hasher"]
AUTH_PASSWORD_VALIDATORS = [{"NAME": "carespace.accounts.passwords.PracticeRules"}]
PASSWORD_RESET_TIMEOUT = int(timedelta(minutes=30).total_seconds())

ACCOUNT_ADAPTER = "carespace.portal.account.adapter.AccountAdapter"
ACCOUNT_LOGIN_TIMEOUT = 600  # between the password and the birth date
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_RATE_LIMITS = False  # our own throttle counts in the database, before any hash is made
MFA_ADAPTER = "carespace.portal.account.factors.FactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn"]  # recovery codes are ours: kept as digests (AUTH-13)
MFA_TOTP_TOLERANCE = 1  # one step of 30 seconds to either side: a phone's clock may be slow
LOGIN_URL = "portal:sign-in"
LOGIN_REDIRECT_URL = "portal:start"
LOGOUT_REDIRECT_URL = "portal:sign-in"

SESSION_ENGINE = "carespace.accounts.sessions"
SESSION_COOKIE_NAME = "__Host-carespace" if _SECURE else "carespace"
SESSION_COOKIE_SECURE = _SECURE
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = int(timedelta(hours=12).total_seconds())
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
CARESPACE_IDLE_SECONDS = int(timedelta(minutes=20).total_seconds())
CARESPACE_STAFF_IDLE_SECONDS = int(timedelta(minutes=15).total_seconds())
CSRF_COOKIE_NAME = "__Host-carespace-csrf" if _SECURE else "carespace-csrf"
CSRF_COOKIE_SECURE = _SECURE
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "carespace.config.errors.csrf_failure"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

SECURE_HSTS_SECONDS = 31_536_000 if _SECURE else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = _SECURE
SECURE_SSL_REDIRECT = (
    False  # the proxy in front redirects; the API must refuse plain HTTP, not redirect
)
SECURE_CONTENT_TYPE_NOSNIFF = True
# Nothing leaves our own origin, so a link's token does not either. Not "no-referrer": with it browsers
# send "Origin: null" with our own forms, and every one of them would be refused (Fetch, section 3.1).
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "object-src": [NONE],
        "frame-src": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
    }
}

LANGUAGES = list(SPOKEN)
LANGUAGE_CODE = ENGLISH
LANGUAGE_COOKIE_NAME = COOKIE
LOCALE_PATHS = [Path(__file__).resolve().parents[1] / "locale"]
FORMAT_MODULE_PATH = ["carespace.ui.formats"]  # numbers as they are written in the United States
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"
DATE_FORMAT = "F j, Y"

STATIC_URL = "/static/"
STATIC_ROOT = HOME / "static"
WHITENOISE_USE_FINDERS = MODE != "production" or DEBUG
STORAGES = {
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if MODE != "test" and not DEBUG
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}

globals().update(mail_settings(os.environ.get("EMAIL_URL", "")))

DATA_UPLOAD_MAX_MEMORY_SIZE = 64 * 1024  # the largest form is a few fields; nobody uploads a file
DATA_UPLOAD_MAX_NUMBER_FIELDS = 50
FILE_UPLOAD_HANDLERS: list[str] = []
SILENCED_SYSTEM_CHECKS: list[str] = []
LOGGING_CONFIG = None  # carespace.config.logs sets it up
PROCRASTINATE_AUTODISCOVER_MODULE_NAME = "jobs"
