"""Forms by which managers look after people, organisations and powers of attorney."""

from typing import Any

from django import forms
from django.utils import timezone

from entities.domain.identifiers import importer_number
from entities.domain.roles import Role
from entities.models import Membership, Organization, User
from entities.services.account_rules import ROLES_OF

ROLE_WORDS = {
    Role.ANALYST: "Analyst: adds shipments, opens cases, asks importers for evidence",
    Role.REVIEWER: "Reviewer: an analyst who also weighs evidence and recommends",
    Role.APPROVER: "Approver: decides what a reviewer recommends",
    Role.AUDITOR: "Auditor: reads everything, changes nothing",
    Role.MANAGER: "Manager: looks after people and assigns cases",
    Role.IMPORTER_MEMBER: "Importer member: adds shipments and sends evidence",
    Role.BROKER_MEMBER: "Broker member: the same, for importers that authorised the broker",
}


def role_label(role: str) -> str:
    return role.replace("_", " ").capitalize()


class PeopleFilter(forms.Form):
    q = forms.CharField(label="Name, e-mail or organisation", required=False)
    kind = forms.ChoiceField(label="Where", required=False, choices=[("", "anywhere"), *Organization.Kind.choices])
    role = forms.ChoiceField(
        label="Role", required=False, choices=[("", "any role"), *[(role.value, role_label(role)) for role in Role]]
    )
    state = forms.ChoiceField(
        label="State", required=False, choices=[("", "any state"), ("active", "Active"), ("suspended", "Suspended")]
    )


class OrganizationFilter(forms.Form):
    q = forms.CharField(label="Name or importer number", required=False)
    kind = forms.ChoiceField(label="Kind", required=False, choices=[("", "any kind"), *Organization.Kind.choices])


class InvitationFilter(forms.Form):
    q = forms.CharField(label="E-mail or organisation", required=False)
    state = forms.ChoiceField(
        label="State",
        required=False,
        choices=[("open", "Open"), ("expired", "Ended unused"), ("accepted", "Accepted"), ("all", "All")],
    )


class OrganizationForm(forms.Form):
    kind = forms.ChoiceField(
        label="Kind",
        widget=forms.RadioSelect,
        choices=[("importer", "Importer of record"), ("broker", "Broker, acting for importers that authorise it")],
        initial="importer",
    )
    name = forms.CharField(label="Name", max_length=200, help_text="As it stands on the entry.")
    importer_number = forms.CharField(
        label="CBP importer number",
        max_length=13,
        required=False,
        help_text="For example 12-345678900. Shipments that carry it go to this organisation.",
        widget=forms.TextInput(attrs={"class": "co-short"}),
    )
    environment = forms.ChoiceField(
        label="Environment",
        choices=Organization.Environment.choices,
        initial="live",
        help_text="Sandbox: for an integrator's trials, apart from live cases.",
    )

    def clean_importer_number(self) -> str:
        number = self.cleaned_data["importer_number"]
        if not number:
            return ""
        check = importer_number(number)
        if check.severity == "refuse":
            raise forms.ValidationError(check.problem)
        return check.normalised


class InvitationForm(forms.Form):
    """Whom to invite, and in which of the organisation's roles."""

    email = forms.EmailField(label="E-mail")
    role = forms.ChoiceField(label="Role", widget=forms.RadioSelect)

    def __init__(self, *args: Any, organization: Organization, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.roles = roles_of(organization)
        if len(self.roles) == 1:
            del self.fields["role"]
        else:
            self.fields["role"].choices = [(role.value, ROLE_WORDS[role]) for role in self.roles]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if len(self.roles) == 1:
            cleaned["role"] = self.roles[0]
        elif "role" in cleaned:
            cleaned["role"] = Role(cleaned["role"])
        return cleaned


def roles_of(organization: Organization) -> list[Role]:
    return [role for role in Role if role in ROLES_OF[Organization.Kind(organization.kind)]]


class RoleForm(forms.Form):
    role = forms.ChoiceField(label="New role", widget=forms.RadioSelect)
    reason = forms.CharField(
        label="Reason", max_length=1000, widget=forms.Textarea(attrs={"rows": 3}), help_text="Kept in the audit trail."
    )

    def __init__(self, *args: Any, membership: Membership, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        roles = [role for role in roles_of(membership.organization) if role != membership.role]
        self.fields["role"].choices = [(role.value, ROLE_WORDS[role]) for role in roles]  # type: ignore[attr-defined]

    def clean_role(self) -> Role:
        return Role(self.cleaned_data["role"])


class ReasonForm(forms.Form):
    """Why: for acts whose reason must be on record."""

    reason = forms.CharField(
        label="Reason", max_length=1000, widget=forms.Textarea(attrs={"rows": 3}), help_text="Kept in the audit trail."
    )


class SamePersonForm(ReasonForm):
    """Which other account belongs to the same person, and how that is known."""

    email = forms.EmailField(label="E-mail of the other account")
    field_order = ["email", "reason"]

    def clean_email(self) -> str:
        email: str = self.cleaned_data["email"]
        other = User.objects.filter(email__iexact=email.strip()).first()
        if other is None:
            raise forms.ValidationError("There is no account with this e-mail. Look it up on the People page.")
        self.other = other
        return email


class AuthorizationForm(forms.Form):
    """Which broker acts for the importer, from when until when."""

    broker = forms.ModelChoiceField(label="Broker", queryset=Organization.objects.none())
    valid_from = forms.DateField(label="First day", widget=forms.DateInput(attrs={"type": "date"}))
    valid_to = forms.DateField(
        label="Last day",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text="As the power of attorney says; leave empty where it has no end.",
    )

    def __init__(self, *args: Any, importer: Organization, brokers: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["broker"].queryset = brokers.filter(  # type: ignore[attr-defined]
            kind=Organization.Kind.BROKER, is_active=True, environment=importer.environment
        )
        self.fields["valid_from"].initial = timezone.localdate()
