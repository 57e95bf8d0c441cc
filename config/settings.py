"""Settings. What differs between machines comes from the environment; production fails loudly without its secrets."""

import secrets
from os import environ
from pathlib import Path

import dj_database_url
import django_stubs_ext
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from entities.domain.roles import Role

django_stubs_ext.monkeypatch()

BASE_DIR = Path(__file__).resolve().parent.parent


def flag(name: str, default: bool = False) -> bool:
    """A yes/no variable of the environment."""
    return environ.get(name, str(default)).strip().lower() in {"1", "true", "yes", "on"}


def words(name: str, default: str = "") -> list[str]:
    """A comma-separated variable of the environment."""
    return [word.strip() for word in environ.get(name, default).split(",") if word.strip()]


# --- where and for whom it runs ---------------------------------------------------------------------------------
MODE = environ.get("CLEARORIGIN_MODE", "development")
if MODE not in {"development", "demo", "production"}:
    raise ImproperlyConfigured(f"CLEARORIGIN_MODE is {MODE!r}; use development, demo or production.")
PRODUCTION = MODE == "production"
DEMO = MODE == "demo"
DEBUG = flag("DEBUG") and not PRODUCTION

DATA_DIR = Path(environ.get("DATA_DIR", BASE_DIR / "var"))
DATA_DIR.mkdir(parents=True, exist_ok=True)


def required(name: str) -> str:
    """A variable production cannot run without."""
    if not environ.get(name):
        raise ImproperlyConfigured(f"{name} must be set when CLEARORIGIN_MODE is production.")
    return environ[name]


def local_secret() -> str:
    """A secret key of this machine's own, made once, for development and the demonstration."""
    path = DATA_DIR / "secret_key"
    if not path.exists():
        path.write_text(secrets.token_urlsafe(60))
        path.chmod(0o600)
    return path.read_text().strip()


SECRET_KEY = required("SECRET_KEY") if PRODUCTION else environ.get("SECRET_KEY") or local_secret()
ALLOWED_HOSTS = words("ALLOWED_HOSTS") if PRODUCTION else words("ALLOWED_HOSTS", "*")
if PRODUCTION and not ALLOWED_HOSTS:
    raise ImproperlyConfigured("ALLOWED_HOSTS must be set when CLEARORIGIN_MODE is production.")
CSRF_TRUSTED_ORIGINS = words("CSRF_TRUSTED_ORIGINS")
SITE_URL = environ.get("SITE_URL", "http://127.0.0.1:8000")

# The authority's office issues acts; any other office records CBP's acts and drafts its own papers.
OFFICE_IS_AUTHORITY = flag("OFFICE_IS_AUTHORITY")
# Letterhead and wording of letters that differ from what comes with the program (screening/data/letters.toml).
LETTERS_FILE = environ.get("LETTERS_FILE", "")
# Of the decided cases, the share (0 to 1) that another reviewer looks at again without seeing the conclusion.
SECOND_LOOK_SHARE = float(environ.get("SECOND_LOOK_SHARE", "0.1"))
if not 0 <= SECOND_LOOK_SHARE <= 1:
    raise ImproperlyConfigured("SECOND_LOOK_SHARE is a share: from 0 (none) to 1 (every decided case).")

# --- applications -----------------------------------------------------------------------------------------------
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.forms",
    "django_htmx",
    "django_otp",
    "django_otp.plugins.otp_totp",
    "django_otp.plugins.otp_static",
    "axes",
    "csp",
    "rest_framework",
    "django_filters",
    "drf_spectacular",
    "entities",
    "screening",
    "evidence",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_otp.middleware.OTPMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "entities.middleware.SecondFactorMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "axes.middleware.AxesMiddleware",
    "config.throttling.ApiHeadersMiddleware",
    "config.etags.ApiETagMiddleware",
    "config.idempotency.IdempotencyMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "config.context.site",
            ],
        },
    }
]
FORM_RENDERER = "config.forms.USWDSRenderer"

# --- database, broker, cache ------------------------------------------------------------------------------------
DATABASES = {
    "default": dj_database_url.parse(
        environ.get("DATABASE_URL") or f"sqlite:///{DATA_DIR / 'clearorigin.sqlite3'}", conn_max_age=60
    )
}
if PRODUCTION:
    required("DATABASE_URL")
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # Without IMMEDIATE and WAL, SQLite refuses a third of concurrent read-then-write transactions.
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL;PRAGMA synchronous=NORMAL;PRAGMA foreign_keys=ON;"
        # REPLACE deletes the row it replaces; only so do the append-only triggers see that.
        "PRAGMA recursive_triggers=ON;",
    }
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = required("REDIS_URL") if PRODUCTION else environ.get("REDIS_URL", "")
# Without Redis one worker process polls the job table (manage.py worker); messages are not sent at all.
EMBEDDED = not REDIS_URL
CACHES = {
    "default": {"BACKEND": "config.caching.RedisCache", "LOCATION": REDIS_URL}
    if REDIS_URL
    else {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
}

# Pages without text are read from their pictures; off, they are left to people. Takes up to 1.2 GB while it works.
OCR = flag("OCR", True)

# What a job of each kind does: the service that works it off. Screening goes before reading documents.
JOB_HANDLERS = {
    "feed": "screening.services.feed.consume_changes",
    "screen": "screening.services.runs.screen_job",
    "import": "screening.services.intake.run_import",
    "import_json": "screening.sent_import.run_import",
    "read": "evidence.services.reading.read_job",
    "unpack": "evidence.services.unpacking.unpack_job",
    "ocr": "evidence.services.looking.look_job",
    "rescan": "evidence.services.rescan.rescan_job",
    "check_papers": "evidence.services.checking.check_job",
    "export": "evidence.services.exports.export_job",
    "packet": "evidence.services.packets.packet_job",
    "tell_owners": "screening.services.rescreenings.tell_owners_job",
    "mail": "entities.services.mail.send_job",
    "deliver": "entities.services.webhooks.deliver_job",
    "drop_events": "entities.services.old_events.drop_job",
    "remind": "screening.services.reminders.remind_job",
    "list_preview": "screening.services.touched.preview_job",
    "threshold_preview": "screening.services.touched.threshold_preview_job",
}
JOB_PRIORITY = {
    **{"feed": 0, "list_preview": 1, "threshold_preview": 1, "screen": 1},
    **{"export": 2, "tell_owners": 2, "mail": 2, "remind": 2, "import": 3, "import_json": 3},
    **{"deliver": 3, "packet": 4, "drop_events": 4},
    **{"read": 5, "unpack": 5, "check_papers": 6, "rescan": 6, "ocr": 7},  # a pile is checked once it is read
}
DAILY_JOBS = ("remind", "drop_events")  # put in line once a day, US Eastern time
# Every other kind runs on the queue "screening".
JOB_QUEUES = {
    **{"read": "reading", "unpack": "reading", "rescan": "reading", "packet": "reading", "ocr": "ocr"},
    **{"deliver": "webhooks", "drop_events": "webhooks"},
}

# --- the lists --------------------------------------------------------------------------------------------------
LIST_MAY_SHRINK = 0.05  # a draft that drops a larger share of the rows is published only with a reason
LIST_LOOK_BACK_DAYS = 365  # a new list screens again what is open, and what was imported or decided in this time

# --- evidence ---------------------------------------------------------------------------------------------------
# Tolerances of this installation, as in EVIDENCE_TOLERANCES="transit_loss=0.03,bank_charges=0.01"; the others are
# those of evidence/data/tolerances.toml.
EVIDENCE_TOLERANCES = dict(pair.split("=") for pair in environ.get("EVIDENCE_TOLERANCES", "").split(",") if pair)
# A function (text: str) -> str of this installation that puts a page into English, by its dotted path. The product
# ships none; what it answers is shown as made by machine, with this name, and is not kept.
TRANSLATION_ENGINE = environ.get("TRANSLATION_ENGINE", "")

# --- sign-in ----------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "entities.User"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "entities.backends.EmailBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "sign-in"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "sign-in"
PASSWORD_RESET_TIMEOUT = 3600
INVITATION_DAYS = 7
CLAMD_ADDRESS = environ.get("CLAMD_ADDRESS", "")  # of a virus scanner: a socket's path, or host:port
FILE_LINK_SECONDS = 300  # how long a link to an original opens it
EVIDENCE_QUOTA_GIB = int(environ.get("EVIDENCE_QUOTA_GIB", 20))  # of one importer, all its cases together
SESSION_COOKIE_AGE = 8 * 3600
SESSION_SAVE_EVERY_REQUEST = True  # the eight hours count from the last act, not from signing in
AXES_FAILURE_LIMIT = 8
AXES_COOLOFF_TIME = 0.5  # hours
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_USERNAME_FORM_FIELD = "username"
AXES_RESET_ON_SUCCESS = True
AXES_LOCKOUT_TEMPLATE = "registration/locked_out.html"
AXES_VERBOSE = False
AXES_IPWARE_PROXY_COUNT = int(environ.get("PROXY_COUNT", "0"))
OTP_TOTP_ISSUER = "ClearOrigin"

# --- transport and browser --------------------------------------------------------------------------------------
HTTPS = PRODUCTION and not flag("INSECURE_HTTP")
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = True
CSRF_COOKIE_HTTPONLY = False  # upload.js reads the token from the form, htmx from the header on <body>
SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
X_FRAME_OPTIONS = "DENY"
if HTTPS and int(environ.get("PROXY_COUNT", "0")):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "img-src": [SELF, "data:"],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "manifest-src": [SELF],
    }
}

# --- files ------------------------------------------------------------------------------------------------------
STATIC_URL = "static/"
STATIC_ROOT = Path(environ.get("STATIC_ROOT", DATA_DIR / "static"))
STATICFILES_DIRS = [BASE_DIR / "config" / "static"]
MEDIA_ROOT = Path(environ.get("MEDIA_ROOT", DATA_DIR / "files"))
# Originals, pictures of pages, letters and exports: on the disk, or in a bucket of a service that speaks S3.
DISK = {"BACKEND": "django.core.files.storage.FileSystemStorage"}
BUCKET = {
    "BACKEND": "storages.backends.s3.S3Storage",
    "OPTIONS": {
        "bucket_name": environ.get("S3_BUCKET", ""),
        "endpoint_url": environ.get("S3_ENDPOINT_URL") or None,
        "region_name": environ.get("S3_REGION") or None,
        "default_acl": "private",
        "file_overwrite": False,
        "object_parameters": {"ServerSideEncryption": environ.get("S3_ENCRYPTION", "AES256")},
    },
}
STORAGES = {
    "default": BUCKET if environ.get("S3_BUCKET") else DISK,
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if PRODUCTION
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = not PRODUCTION
FILE_UPLOAD_PERMISSIONS = 0o600
DATA_UPLOAD_MAX_MEMORY_SIZE = 20 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 20_000
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024

# --- mail -------------------------------------------------------------------------------------------------------
EMAIL_BACKEND = environ.get(
    "EMAIL_BACKEND",
    "django.core.mail.backends.smtp.EmailBackend"
    if environ.get("EMAIL_HOST")
    else "django.core.mail.backends.console.EmailBackend",
)
EMAIL_HOST = environ.get("EMAIL_HOST", "")
EMAIL_PORT = int(environ.get("EMAIL_PORT", "587"))
EMAIL_HOST_USER = environ.get("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD = environ.get("EMAIL_HOST_PASSWORD", "")
EMAIL_USE_TLS = flag("EMAIL_USE_TLS", True)
DEFAULT_FROM_EMAIL = environ.get("DEFAULT_FROM_EMAIL", "ClearOrigin <no-reply@localhost>")

# --- language and time: statutory dates are US Eastern calendar dates -------------------------------------------
LANGUAGE_CODE = "en-us"
TIME_ZONE = "America/New_York"
USE_I18N = False
USE_TZ = True
FORMAT_MODULE_PATH = ["config.formats"]

# --- API --------------------------------------------------------------------------------------------------------
API_VERSION = "1"
API_REQUESTS_PER_MINUTE = int(environ.get("API_REQUESTS_PER_MINUTE", 6000))  # of one key
# Webhooks go over TLS to these ports of hosts on the public internet. Hosts of the operator's own network, as
# "name" or "name:port", are reached all the same if they are named here, also without TLS.
WEBHOOK_PORTS = words("WEBHOOK_PORTS", "443")
WEBHOOK_ALLOWED_PRIVATE = words("WEBHOOK_ALLOWED_PRIVATE")
# Events are kept so many days and until every webhook has them; the database gives up none younger than 30 days.
EVENTS_KEPT_DAYS = int(environ.get("EVENTS_KEPT_DAYS", "400"))
if EVENTS_KEPT_DAYS < 30:
    raise ImproperlyConfigured("EVENTS_KEPT_DAYS is 30 or more: programs must have time to read the feed.")
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "config.authentication.ApiTokenAuthentication",
        "config.authentication.BrowserSessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["config.api.MayAct"],
    "DEFAULT_PAGINATION_CLASS": "config.api.CursorPagination",
    "DEFAULT_FILTER_BACKENDS": ["config.filters.Filters"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["config.api.JSONParser"],
    "DEFAULT_METADATA_CLASS": None,
    "DEFAULT_SCHEMA_CLASS": "config.api_schema.Schema",
    "DEFAULT_THROTTLE_CLASSES": ["config.throttling.KeyThrottle"],
    "EXCEPTION_HANDLER": "config.api.problem_json",
    "PAGE_SIZE": 50,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "ClearOrigin API",
    "DESCRIPTION": (
        "Screening of US imports for forced-labour supply chains under the UFLPA. Sign in with an API token, made on "
        "the account page: `Authorization: Bearer <prefix>.<secret>`. Lists are paged by cursor: follow `next`."
    ),
    "VERSION": "1",
    "OAS_VERSION": "3.1.1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_AUTHENTICATION": [],
    "COMPONENT_SPLIT_REQUEST": True,
    "SCHEMA_PATH_PREFIX": r"/api/v1",
    "ENUM_NAME_OVERRIDES": {
        "PartyRoleEnum": "screening.models.ShipmentParty.Role",
        "MemberRoleEnum": [role.value for role in Role],
        "JudgementVerdictEnum": "entities.models.Judgement.Verdict",
        "ConfirmationVerdictEnum": "entities.models.JudgementConfirmation.Verdict",
        "AssessmentVerdictEnum": "evidence.models.Assessment.Verdict",
        "QuestionVerdictEnum": ["shown", "not_shown", "contradicted"],
        "DecisionVerdictEnum": "screening.models.Decision.Verdict",
        "LetterEventEnum": "screening.serializers.letters.EVENTS",
        "LegalEventEnum": "screening.models.legal.KINDS",
        "GroundEnum": "screening.models.Finding.Ground",
        "FindingSeverityEnum": "screening.models.Finding.Severity",
        "RemarkSeverityEnum": "config.api_fields.SEVERITIES",
        "IdentifierKindEnum": "entities.serializers.identifiers.KINDS",
        "ImportRowStateEnum": "screening.models.ImportRow.State",
        "ScreeningStatusEnum": "screening.serializers.screenings.STATUSES",
        "WebhookStateEnum": ["active", "failing", "paused", "ended"],
        "OrganizationKindEnum": "entities.models.Organization.Kind",
        "ScreeningOutcomeEnum": "screening.models.Shipment.Outcome",
        "ExtensionOutcomeEnum": "screening.models.Extension.Outcome",
    },
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "config.api_schema.describe_problems",
        "config.api_events.describe_events",
    ],
}

# --- logs: ids only, never document text or personal data -------------------------------------------------------
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": environ.get("LOG_LEVEL", "INFO")},
    "loggers": {
        "axes": {"level": "WARNING"},
        "pdfminer": {"level": "ERROR"},
        "pikepdf": {"level": "WARNING"},
        "django.request": {"level": "ERROR"},
    },
}
TEST_RUNNER = "django.test.runner.DiscoverRunner"
