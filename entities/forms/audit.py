"""The filter of the audit trail."""

from django import forms

from entities.domain.actions import Action


def action_label(action: str) -> str:
    """``member.role_changed`` in words."""
    thing, _, act = action.partition(".")
    return f"{thing}: {act}".replace("_", " ").capitalize()


class AuditFilter(forms.Form):
    case = forms.CharField(label="Case", required=False)
    actor = forms.CharField(label="Who", required=False)
    act = forms.ChoiceField(
        label="Act",
        required=False,
        choices=[("", "any act"), *[(action.value, action_label(action)) for action in Action]],
    )
    target = forms.CharField(label="On what", required=False)
    since = forms.DateField(label="From", required=False, widget=forms.DateInput(attrs={"type": "date"}))
    until = forms.DateField(label="To", required=False, widget=forms.DateInput(attrs={"type": "date"}))
