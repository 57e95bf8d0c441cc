"""Forms of one's own account: signing in, passwords, the second factor, API tokens."""

from typing import Any

from django import forms
from django.contrib.auth.forms import AuthenticationForm, PasswordChangeForm, SetPasswordForm
from django.contrib.auth.password_validation import password_validators_help_texts, validate_password

from entities.models import Invitation, Person, User
from entities.services import account_rules, accounts


def password_rules() -> str:
    return " ".join(password_validators_help_texts())


class SignInForm(AuthenticationForm):
    """E-mail and password. Whether the account exists, or the password is wrong, is not told apart."""

    error_messages = {  # noqa: RUF012
        "invalid_login": "E-mail and password do not belong to an active account. Check both and try again.",
        "inactive": "E-mail and password do not belong to an active account. Check both and try again.",
    }
    username = forms.EmailField(
        label="E-mail",
        widget=forms.EmailInput(attrs={"autocomplete": "username", "autofocus": True}),
    )

    def clean_username(self) -> str:
        # The lockout counts wrong passwords by e-mail: each spelling would have a count of its own.
        return account_rules.email_address(self.cleaned_data["username"])


class ResetRequestForm(forms.Form):
    email = forms.EmailField(label="E-mail", widget=forms.EmailInput(attrs={"autocomplete": "username"}))

    def save(self, **options: Any) -> None:
        accounts.request_reset(self.cleaned_data["email"])


class NewPasswordForm(SetPasswordForm):
    """A new password, chosen by whoever came by a mailed link."""

    by_link = True

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(user, *args, **kwargs)
        self.fields["new_password1"].help_text = password_rules()
        self.fields["new_password2"].label = "New password again"
        self.fields["new_password2"].help_text = ""

    def save(self, commit: bool = True) -> User:
        accounts.set_password(self.user, password=self.cleaned_data["new_password1"], by_link=self.by_link)
        self.user.refresh_from_db()
        return self.user


class ChangePasswordForm(PasswordChangeForm, NewPasswordForm):
    """A new password, for whoever knows the old one."""

    by_link = False
    field_order = ["old_password", "new_password1", "new_password2"]


class AcceptForm(forms.Form):
    """Name and password of a new account."""

    full_name = forms.CharField(
        label="Your full name",
        max_length=150,
        help_text="As it shall stand in letters and records.",
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    password = forms.CharField(
        label="Password", strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "new-password"})
    )
    password_again = forms.CharField(
        label="Password again", strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "new-password"})
    )

    def __init__(self, *args: Any, invitation: Invitation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.invitation = invitation
        self.fields["password"].help_text = password_rules()

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        password, again = cleaned.get("password"), cleaned.get("password_again")
        if password and again and password != again:
            self.add_error("password_again", "The two passwords differ. Type the same one twice.")
        elif password:
            person = Person(full_name=cleaned.get("full_name", ""))
            try:
                validate_password(password, User(email=self.invitation.email, person=person))
            except forms.ValidationError as weak:
                self.add_error("password", weak)
        return cleaned


class NameForm(forms.Form):
    full_name = forms.CharField(
        label="Full name", max_length=150, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )


class CodeForm(forms.Form):
    """A code of the second factor, or a recovery code."""

    code = forms.CharField(
        label="Code",
        max_length=20,
        widget=forms.TextInput(
            attrs={
                "autocomplete": "one-time-code",
                "autofocus": True,
                "autocapitalize": "none",
                "spellcheck": "false",
                "class": "co-short",
            }
        ),
    )


class TokenForm(forms.Form):
    """A token for a program that signs in as this account."""

    name = forms.CharField(
        label="Name", max_length=80, help_text="The program that will use it, for example “brokerage nightly upload”."
    )
    days = forms.TypedChoiceField(
        label="Ends after",
        coerce=int,
        choices=[(30, "30 days"), (90, "90 days"), (365, "a year")],
        initial=90,
    )
