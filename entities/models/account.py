"""Who signs in, for which organisation, in which role, and on whose behalf."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.functional import cached_property

from entities.domain.roles import ACTS, OFFICE_ROLES, SECOND_FACTOR_ROLES, SHARED_ACTS, Role
from entities.prepared import Prepared


class Person(models.Model):
    """A natural person. Four eyes are two persons, not two accounts: one person may hold several accounts."""

    full_name = models.CharField(max_length=150)
    personnel_number = models.CharField(max_length=40, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["personnel_number"],
                condition=~models.Q(personnel_number=""),
                name="person_personnel_number_once",
            )
        ]

    def __str__(self) -> str:
        return self.full_name


class UserQuerySet(models.QuerySet["User"]):
    def people(self) -> UserQuerySet:
        """Accounts of people: whom mail reaches, and who can be given work."""
        return self.filter(api_client=None)


class UserManager(BaseUserManager["User"]):
    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(email__iexact=username or "")


class User(AbstractBaseUser):
    """An account. It signs in by e-mail; what it may do follows from its memberships."""

    email = models.EmailField(unique=True, error_messages={"unique": "An account with this e-mail exists."})
    person = models.ForeignKey("entities.Person", on_delete=models.PROTECT, related_name="accounts")
    is_active = models.BooleanField(default=True)
    joined_at = models.DateTimeField(default=timezone.now)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []
    objects = UserManager.from_queryset(UserQuerySet)()

    class Meta:
        constraints = [models.UniqueConstraint(Lower("email"), name="user_email_once")]

    def __str__(self) -> str:
        return f"{self.person.full_name} ({self.email})"

    @property
    def full_name(self) -> str:
        return self.person.full_name

    @cached_property
    def active_memberships(self) -> list[Membership]:
        """Where this account may act now: not suspended, in an active organisation."""
        if not self.is_active:
            return []
        found = _MEMBERSHIPS_NOW(self.pk)
        for membership in found:
            membership.user = self
        return found

    @cached_property
    def roles(self) -> frozenset[Role]:
        return frozenset(Role(membership.role) for membership in self.active_memberships)

    @property
    def is_in_sandbox(self) -> bool:
        """Whether it acts in a sandbox. An account belongs to live organisations or to sandboxes, never to both."""
        return any(one.organization.is_sandbox for one in self.active_memberships)

    @property
    def is_officer(self) -> bool:
        """A member of the office, in whatever role."""
        return bool(self.roles & OFFICE_ROLES)

    @property
    def needs_second_factor(self) -> bool:
        return bool(self.roles & SECOND_FACTOR_ROLES)

    def has_perm(self, act: str, obj: Any = None) -> bool:
        """Whether one of this account's roles may perform the act. Which rows it may touch is ``visible_to``."""
        if self.is_in_sandbox and act in SHARED_ACTS:
            return False
        return any(act in ACTS[role] for role in self.roles)

    def has_perms(self, acts: list[str], obj: Any = None) -> bool:
        return all(self.has_perm(act) for act in acts)

    def organizations(self) -> OrganizationQuerySet:
        """The organisations whose rows this account sees and may act for."""
        return Organization.objects.visible_to(self)

    def organizations_outside(self) -> set[int]:
        """The same for an importer or a broker, by number: its own, and the importers that authorised it, today."""
        own = [membership.organization for membership in self.active_memberships]
        brokers = [one.pk for one in own if one.kind == Organization.Kind.BROKER]
        acting = BrokerAuthorization.objects.in_force(timezone.localdate()).filter(broker__in=brokers)
        return {one.pk for one in own} | set(acting.values_list("importer", flat=True) if brokers else ())


def in_environment_of(user: User, organization: str = "") -> models.Q:
    """The one line between live and sandbox: rows of organisations in the environment this account acts in.

    ``organization``: the way from the row to the organisation it belongs to. Whatever the office reads of all
    importers passes here: an officer of the live office sees nothing of a sandbox, one of a sandbox nothing else.
    """
    return of_environment(sandbox=user.is_in_sandbox, organization=organization)


def of_environment(*, sandbox: bool, organization: str = "") -> models.Q:
    """Rows of live organisations, or of sandboxes."""
    environment = Organization.Environment.SANDBOX if sandbox else Organization.Environment.LIVE
    return models.Q(**{f"{organization}__environment" if organization else "environment": environment})


class OrganizationQuerySet(models.QuerySet["Organization"]):
    def visible_to(self, user: Any) -> OrganizationQuerySet:
        """All for the office; an importer's own; for a broker also the importers that authorised it, today."""
        if not user.is_authenticated:
            return self.none()
        if user.is_officer:
            return self.filter(in_environment_of(user))
        return self.acted_for_by([membership.organization_id for membership in user.active_memberships])

    def acted_for_by(self, own: Collection[int]) -> OrganizationQuerySet:
        """These organisations, and the importers that authorised them, today."""
        authorised = BrokerAuthorization.objects.in_force(timezone.localdate()).filter(broker__in=own)
        return self.filter(models.Q(pk__in=own) | models.Q(pk__in=authorised.values("importer")))

    def looked_after_by(self, user: Any) -> OrganizationQuerySet:
        """Those whose programs and webhooks this account looks after: its own, or all outside for the office."""
        if user.is_officer:
            return self.filter(is_active=True).exclude(kind=Organization.Kind.OFFICE)
        return self.with_member(user)

    def with_member(self, user: Any) -> OrganizationQuerySet:
        """The importers and brokers that this account is a member of."""
        own = [membership.organization_id for membership in user.active_memberships]
        return self.filter(pk__in=own).exclude(kind=Organization.Kind.OFFICE)

    def with_programs_of(self, user: Any) -> OrganizationQuerySet:
        """Those whose programs this account looks after, and the sandboxes they opened."""
        own = Organization.objects.looked_after_by(user).values("pk")
        return self.filter(models.Q(pk__in=own) | models.Q(sandbox_of__in=own, is_active=True))

    def opened_as_sandboxes(self, user: Any) -> OrganizationQuerySet:
        """The sandboxes of those whose programs this account looks after."""
        return self.filter(sandbox_of__in=Organization.objects.looked_after_by(user).values("pk"), is_active=True)

    def importers(self) -> OrganizationQuerySet:
        return self.filter(kind=Organization.Kind.IMPORTER, is_active=True)


class Organization(models.Model):
    """The office that operates the system, an importer of record, or a broker."""

    class Kind(models.TextChoices):
        OFFICE = "office", "Office"
        IMPORTER = "importer", "Importer"
        BROKER = "broker", "Broker"

    class Environment(models.TextChoices):
        LIVE = "live", "Live"
        SANDBOX = "sandbox", "Sandbox"

    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=10, choices=Kind)
    environment = models.CharField(max_length=10, choices=Environment, default=Environment.LIVE)
    importer_number = models.CharField(
        max_length=13, blank=True, help_text="CBP importer number, for example 12-345678900."
    )
    sandbox_of = models.OneToOneField(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="sandbox",
        help_text="The live organisation whose members opened this sandbox and look after its programs.",
    )  # fmt: skip
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(default=timezone.now)

    objects = OrganizationQuerySet.as_manager()

    class Meta:
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["importer_number", "environment"],
                condition=~models.Q(importer_number=""),
                name="organization_importer_number_once",
            ),
            models.CheckConstraint(
                condition=models.Q(sandbox_of=None) | models.Q(environment="sandbox"),
                name="organization_opened_as_sandbox",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_sandbox(self) -> bool:
        """For trials: everything works, and nothing of it reaches the office's live work or another importer."""
        return self.environment == self.Environment.SANDBOX


class Membership(models.Model):
    """The role an account has in an organisation."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="memberships")
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="memberships")
    role = models.CharField(max_length=20, choices=[(role.value, role.value.replace("_", " ")) for role in Role])
    suspended_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "organization"], name="membership_once")]

    def __str__(self) -> str:
        return f"{self.user} · {self.get_role_display()} · {self.organization}"


_MEMBERSHIPS_NOW = Prepared(
    lambda user: Membership.objects.filter(user=user, suspended_at=None, organization__is_active=True).select_related(
        "organization"
    )
)


class BrokerAuthorizationQuerySet(models.QuerySet["BrokerAuthorization"]):
    def in_force(self, on: date) -> BrokerAuthorizationQuerySet:
        return self.filter(models.Q(valid_to=None) | models.Q(valid_to__gte=on), valid_from__lte=on, revoked_at=None)


class BrokerAuthorization(models.Model):
    """A power of attorney: the broker acts for the importer between two dates (19 CFR 141.31 ff.)."""

    broker = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="authorized_by")
    importer = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="authorized_brokers")
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    objects = BrokerAuthorizationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(valid_to=None) | models.Q(valid_to__gte=models.F("valid_from")),
                name="authorization_dates_in_order",
            )
        ]

    def __str__(self) -> str:
        return f"{self.broker} for {self.importer} from {self.valid_from}"


class Invitation(models.Model):
    """A single-use, expiring link that makes an account and a membership. Only the digest of its token is kept."""

    email = models.EmailField()
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="invitations")
    role = models.CharField(max_length=20, choices=[(role.value, role.value.replace("_", " ")) for role in Role])
    token_digest = models.CharField(max_length=64, unique=True)
    invited_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    case_number = models.CharField(max_length=20, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    accepted_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return f"{self.email} to {self.organization}"

    def is_open(self, now: Any) -> bool:
        return self.accepted_at is None and now < self.expires_at


class ApiClient(models.Model):
    """A program of an importer or a broker. It has an account of its own that no person signs in to, and keys."""

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="api_clients")
    account = models.OneToOneField(User, on_delete=models.PROTECT, related_name="api_client")
    name = models.CharField(max_length=80)
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["name", "pk"]

    def __str__(self) -> str:
        return f"{self.name} of {self.organization}"


class ApiTokenQuerySet(models.QuerySet["ApiToken"]):
    def presented(self, prefix: str) -> ApiToken | None:
        """The token that begins so, with whose it is."""
        return next(iter(_TOKENS_OF_PREFIX(prefix)), None)


class ApiToken(models.Model):
    """A secret by which a program signs in as an account. Only its digest is kept; the prefix tells tokens apart."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="api_tokens")
    name = models.CharField(max_length=80)
    prefix = models.CharField(max_length=12, unique=True)
    secret_digest = models.CharField(max_length=64)
    scopes = models.JSONField(default=list, blank=True, help_text="Of entities.domain.scopes; empty: a person's own.")
    replaces = models.OneToOneField(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="replaced_by",
        help_text="The key it takes over from; both open for the days between.",
    )  # fmt: skip
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    objects = ApiTokenQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"


_TOKENS_OF_PREFIX = Prepared(
    lambda prefix: ApiToken.objects.filter(prefix=prefix).select_related("user__person").order_by()
)
