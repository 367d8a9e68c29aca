"""Django settings: constants and installed rooms only; every value an operator can change comes from environment.py."""

from pathlib import Path

from django.utils.translation import gettext_lazy as _

from ascolto.database import postgres, sqlite
from ascolto.project import environment

ENV = environment.read()
PACKAGE = Path(__file__).resolve().parent.parent

DEBUG = False
SECRET_KEY = ENV.secret
SECRET_KEY_FALLBACKS = [part for part in ENV.secret_fallbacks.split(",") if part]
ALLOWED_HOSTS = sorted({ENV.host, "127.0.0.1", "localhost", "[::1]"} if ENV.host in ("127.0.0.1", "localhost") else {ENV.host})
CSRF_TRUSTED_ORIGINS = [ENV.origin]

DATA_DIR = ENV.data_dir
FILES_DIR = DATA_DIR / "files"
MAIL_DIR = DATA_DIR / "mail"
SITE_URL = ENV.origin
SMTP_URL = ENV.smtp_url
MAIL_DOOR = ENV.mail_door
MAIL_FROM = ENV.mail_from or f"desk@{ENV.host}"
REDIS_URL = ENV.redis_url
PROXIES = int(ENV.proxies)
EGRESS_ALLOW = frozenset(part.strip().lower() for part in ENV.egress_allow.split(",") if part.strip())
LIMITS_FACTOR = float(ENV.limits_factor)

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django_htmx",
    "lucide",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "allauth.socialaccount",
    "ascolto.eventlog",
    "ascolto.files",
    "ascolto.search",
    "ascolto.jobs",
    "ascolto.workspace",
    "ascolto.accounts",
    "ascolto.people",
    "ascolto.conversations",
    "ascolto.channels",
    "ascolto.surveys",
    "ascolto.api",
    "ascolto.web",
]

if ENV.database_url.startswith("postgres"):
    DATABASES = {"default": postgres.connection_settings(ENV.database_url)}
else:
    DATABASES = {"default": sqlite.connection_settings(DATA_DIR / "ascolto.sqlite3")}
if ENV.redis_url:  # what is counted for limits is counted for all servers together
    CACHES = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": ENV.redis_url}}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

MIDDLEWARE = [
    "ascolto.api.problems.SpeakProblems",
    "ascolto.web.security.RefuseOddRequests",
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "ascolto.web.security.PrivateByDefault",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "ascolto.web.security.SignInFirst",
    "ascolto.web.clock.KeepTheDesksTime",
    "ascolto.web.language.SpeakTheirLanguage",
]
ROOT_URLCONF = "ascolto.project.urls"
WSGI_APPLICATION = "ascolto.project.wsgi.application"
REACTIONS = "ascolto.project.wiring.REACTIONS"  # by name: rooms below may not know the table that knows them all
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [PACKAGE / "web" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "ascolto.web.page.what_every_page_needs",
            ],
            "builtins": [
                "django.templatetags.i18n",
                "django.templatetags.static",
                "lucide.templatetags.lucide",
                "ascolto.web.parts.tags",
            ],
        },
    }
]

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
LOGIN_URL = "/account/login/"
LOGIN_REDIRECT_URL = "/"

USE_I18N = True
USE_TZ = True
TIME_ZONE = ENV.time_zone
LANGUAGE_CODE = ENV.language
LANGUAGES = [("it", _("Italian")), ("en", _("English"))]
LOCALE_PATHS = [PACKAGE / "locale"]

STATIC_URL = "/static/"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "ascolto.web.statics.VersionedStatics"},
}

SESSION_COOKIE_AGE = 60 * 60 * 24 * 14
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = ENV.is_https
CSRF_COOKIE_SECURE = ENV.is_https
CSRF_COOKIE_HTTPONLY = True
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
# Nothing from elsewhere, nothing inline. Pages that are shown in frames (messenger, a message's own HTML) set their own.
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "worker-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:", "blob:"],
        "connect-src": ["'self'"],
        "frame-src": ["'self'"],
        "manifest-src": ["'self'"],
        "form-action": ["'self'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
    }
}
# Bodies: 1 MB of form or JSON (threats, hard limits); files have their own limit in files/store.py.
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 200
DATA_UPLOAD_MAX_NUMBER_FILES = 50
EMAIL_BACKEND = "ascolto.egress.mail.DeskBackend"
DEFAULT_FROM_EMAIL = MAIL_FROM
SILENCED_SYSTEM_CHECKS: list[str] = []

from ascolto.accounts.allauth_settings import *  # noqa: E402, F403

# Browsers know passkeys on https, and on localhost for trying.
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = ENV.host == "localhost"

if SOCIALACCOUNT_PROVIDERS:  # noqa: F405  what it needs weighs 5 MB in each process
    INSTALLED_APPS.append("allauth.socialaccount.providers.openid_connect")
