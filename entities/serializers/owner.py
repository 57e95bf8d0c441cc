"""For whom a request declares something: named by id or importer number, or the only one the caller acts for.

And whose something is that a request makes: an importer or a broker."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from rest_framework import serializers

from config.api_fields import StrictSerializer, Text
from entities.models import Organization


class OwnedSerializer(StrictSerializer):
    """Adds ``owner`` and ``importer_number`` to a request; ``validated_data["owner"]`` is the organisation."""

    owner = serializers.IntegerField(
        required=False,
        allow_null=True,
        default=None,
        min_value=1,
        max_value=2**63 - 1,
        help_text="Id of the importer. Only needed by callers that act for several, and then either this or "
        "importer_number.",
    )
    importer_number = Text(max_length=13, help_text="CBP importer number of the importer, for example 12-345678900.")

    def owners(self) -> QuerySet[Organization]:
        """Those for whom this caller may declare."""
        return self.context["request"].user.organizations().importers()

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        attrs = super().validate(attrs)
        attrs["owner"] = self._owner(attrs.pop("owner"), attrs.pop("importer_number"))
        return attrs

    def _owner(self, key: int | None, importer_number: str) -> Organization:
        owners = self.owners()
        if key is not None:
            found = owners.filter(pk=key).first()
            if found is None:
                raise _fault("owner", "unknown_owner", f"You do not act for an importer {key}.")
        elif importer_number:
            found = owners.filter(importer_number=importer_number).first()
            if found is None:
                raise _fault("importer_number", "unknown_owner", f"You do not act for an importer {importer_number}.")
        else:
            those = list(owners[:2])
            if len(those) != 1:
                raise _fault("owner", "owner_missing", "Say for which importer: you act for several, or for none.")
            found = those[0]
        if importer_number and found.importer_number != importer_number:
            raise _fault("importer_number", "unknown_owner", f"Importer {key} has another importer number.")
        return found


class OfOrganizationInput(StrictSerializer):
    """Adds ``organization`` to a request; ``validated_data["organization"]`` is one of ``those``."""

    organization = serializers.IntegerField(
        required=False,
        min_value=1,
        max_value=2**63 - 1,
        help_text="Whose it is. Only needed by callers that belong to several importers or brokers.",
    )

    def those(self) -> QuerySet[Organization]:
        """Those whose programs this caller looks after."""
        return Organization.objects.looked_after_by(self.context["request"].user)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        attrs = super().validate(attrs)
        key, those = attrs.get("organization"), self.those()
        found = list(those.filter(pk=key)[:2] if key else those[:2])
        if len(found) != 1:
            said = f"You do not belong to an organisation {key}." if key else "Say whose it is: you belong to several."
            raise _fault("organization", "does_not_exist" if key else "required", said)
        return {**attrs, "organization": found[0]}


def _fault(name: str, code: str, detail: str) -> serializers.ValidationError:
    return serializers.ValidationError({name: serializers.ErrorDetail(detail, code)})
