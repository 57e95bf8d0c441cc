"""A question about goods not bought yet, and its answer: that of a screening, with a receipt in place of a record."""

from __future__ import annotations

import json
from typing import Any

from rest_framework import serializers
from rest_framework.renderers import JSONRenderer

from config.api_fields import ModelSerializer, Moment
from entities.domain.facts import PARTY_FIELDS
from entities.models import SupplyLink
from entities.serializers.lists import ListVersionNameSerializer
from screening.models import Finding, Screening, Shipment, WhatIfReceipt
from screening.serializers.declarations import ShipmentInput
from screening.serializers.screenings import STATUS, CoverageSerializer, FindingSerializer
from screening.services.shipments import snapshot
from screening.services.what_if import Answer

_WAY = ("port_of_lading", "port_of_unlading", "export_country")


class WhatIfInput(ShipmentInput):
    """Planned goods with their parties and the chain behind them; nothing of it is stored."""

    like = serializers.IntegerField(
        required=False,
        allow_null=True,
        default=None,
        min_value=1,
        max_value=2**63 - 1,
        help_text="Id of a shipment of yours: importer, lines, parties and ports left out here are as there. A party "
        "taken from it has its role for its ref, for example manufacturer.",
    )
    without = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=2**63 - 1),
        required=False,
        default=list,
        max_length=500,
        help_text="Ids at /links/ that are left out, as if nothing were bought over them",
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        user = self.context["request"].user
        if (key := attrs.pop("like")) is not None:
            stored = Shipment.objects.visible_to(user).filter(pk=key).first()
            if stored is None:
                raise serializers.ValidationError(
                    {"like": serializers.ErrorDetail(f"You have no shipment {key}.", "unknown_shipment")}
                )
            _take_over(attrs, stored)
        known = SupplyLink.objects.visible_to(user).filter(pk__in=attrs["without"]).values_list("pk", flat=True)
        if unknown := sorted(set(attrs["without"]) - set(known)):
            raise serializers.ValidationError(
                {"without": serializers.ErrorDetail(f"You know of no link {unknown[0]}.", "unknown_link")}
            )
        return super().validate(attrs)


def _take_over(attrs: dict[str, Any], stored: Shipment) -> None:
    """What is left out is as on the stored shipment."""
    facts = snapshot(stored)
    if attrs["owner"] is None and not attrs["importer_number"]:
        attrs["owner"] = stored.owner_id
    for name in _WAY:
        attrs[name] = attrs[name] or facts[name]
    if not attrs.get("lines"):
        attrs["lines"] = facts["lines"]
    if not attrs.get("parties"):
        roles = [part["role"] for part in facts["parties"]]
        attrs["parties"] = [
            {
                "role": part["role"],
                "line": part["line"],
                "ref": part["role"] if roles.count(part["role"]) == 1 else f"{part['role']} {number}",
                **{name: part[name] for name in PARTY_FIELDS},
            }
            for number, part in enumerate(facts["parties"], 1)
        ]


class WhatIfFindingSerializer(FindingSerializer):
    """One reason why the planned goods would be flagged."""

    class Meta(FindingSerializer.Meta):
        fields = [name for name in FindingSerializer.Meta.fields if name not in {"id", "shipment", "screening"}]
        read_only_fields = fields

    id = shipment = screening = None  # type: ignore[assignment]

    def to_representation(self, instance: Finding) -> dict[str, Any]:
        return ModelSerializer.to_representation(self, instance)


class WhatIfReceiptSerializer(ModelSerializer[WhatIfReceipt]):
    """That the question was asked and answered: all that is stored of it."""

    asked_at = Moment()

    class Meta:
        model = WhatIfReceipt
        fields = ["id", "asked_by_name", "asked_at", "question_sha256", "answer_sha256"]
        read_only_fields = fields


class WhatIfSerializer(serializers.Serializer[Any]):
    """What a screening of the planned goods would say. No finding says nothing of what nobody declared."""

    status = serializers.ChoiceField([("current", STATUS["current"])])
    outcome = serializers.ChoiceField(Shipment.Outcome.choices)
    coverage = CoverageSerializer(many=True)
    caveats = serializers.ListField(child=serializers.CharField(), help_text="What limits the answer")
    findings = WhatIfFindingSerializer(many=True)
    list_version = ListVersionNameSerializer()
    engine_version = serializers.CharField()
    thresholds = serializers.IntegerField(
        allow_null=True, help_text="Id of the office's set it was made with; null: as shipped"
    )
    screened_on = serializers.DateField(help_text="The date whose list applies")
    date_basis = serializers.ChoiceField(Screening.DateBasis.choices)
    case = serializers.CharField(allow_null=True, help_text="Always null: goods not bought yet are in no case")
    receipt = WhatIfReceiptSerializer(
        help_text="answer_sha256 is of this answer without the receipt, as JSON in UTF-8 with sorted keys, no spaces"
    )


def said(answer: Answer) -> dict[str, Any]:
    """The answer without its receipt, as it is sent and its digest is taken."""
    screening = answer.screening
    whole = {
        "status": "current",
        "outcome": str(screening.outcome),
        "coverage": CoverageSerializer(screening.coverage, many=True).data,
        "caveats": list(screening.caveats),
        "findings": WhatIfFindingSerializer(answer.findings, many=True).data,
        "list_version": ListVersionNameSerializer(screening.run.list_version).data,
        "engine_version": screening.run.engine_version,
        "thresholds": screening.run.thresholds_id,
        "screened_on": screening.screened_on.isoformat(),
        "date_basis": str(screening.date_basis),
        "case": None,
    }
    return json.loads(JSONRenderer().render(whole))
