"""What a screening answers: outcome, coverage, findings, list and engine version, receipt, case, status."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from config.api_fields import ModelSerializer, Moment
from entities.models import Listing
from entities.serializers.lists import ListVersionNameSerializer
from screening.confidential import Discretion
from screening.models import Finding, Screening, Shipment, ShipmentParty

# Whether an answer speaks of the shipment as it is now.
STATUS = {
    "pending": "not screened yet; ask again",
    "current": "the shipment was screened as it is now",
    "outdated": "facts changed since; it is being screened again",
    "superseded": "a later screening has taken its place",
}
STATUSES = list(STATUS.items())


def status_of(shipment: Shipment, screening: Screening | None) -> str:
    """Which of ``STATUS`` holds for a screening of a shipment."""
    if screening is None:
        return "pending"
    if screening.pk != shipment.latest_screening_id:
        return "superseded"
    return "current" if shipment.is_screened else "outdated"


def case_of(shipment: Shipment) -> str | None:
    """The number of the shipment's newest case; ``cases`` is prefetched, newest first."""
    return next((case.number for case in shipment.cases.all()), None)


class FoundListingSerializer(ModelSerializer[Listing]):
    """The list row a finding rests on."""

    entity = serializers.IntegerField(source="entity_id", help_text="Id at /listed-entities/")

    class Meta:
        model = Listing
        fields = ["entity", "row_id", "name", "section", "citation", "first_effective_on", "removed_on"]
        read_only_fields = fields


class WeaknessSerializer(serializers.Serializer[dict[str, Any]]):
    """Why a link is only possible, and what paper would settle it."""

    why = serializers.CharField()
    settled_by = serializers.CharField()


class WeakestLinkSerializer(serializers.Serializer[dict[str, Any]]):
    """The link on which the worth of a path hangs."""

    supplier = serializers.CharField(help_text="Name")
    customer = serializers.CharField(help_text="Name", allow_blank=True)
    weak = WeaknessSerializer(many=True)


class PathNodeSerializer(serializers.Serializer[dict[str, Any]]):
    """A firm on the way from the article upstream, and the link it was reached by; step 1 has none."""

    step = serializers.IntegerField(help_text="1 made or sold the article")
    name = serializers.CharField()
    native_name = serializers.CharField(allow_blank=True)
    role = serializers.CharField()
    stage = serializers.CharField(allow_blank=True)
    goods = serializers.CharField(allow_blank=True, help_text="What it delivers to the step before")
    grade = serializers.ChoiceField(Finding.Grade.choices, allow_blank=True, help_text="What the link is worth")
    valid_from = serializers.DateField(allow_null=True, help_text="First day of the deliveries, where known")
    valid_to = serializers.DateField(allow_null=True)
    weak = WeaknessSerializer(many=True)
    supplier = serializers.IntegerField(allow_null=True, help_text="Id at /suppliers/")
    is_confidential = serializers.BooleanField(help_text="Stands for firms declared by others")


class FoundPartySerializer(serializers.Serializer[Finding]):
    """The party a finding is about, and where in the chain it stands."""

    role = serializers.ChoiceField(ShipmentParty.Role.choices)
    name = serializers.CharField()
    steps_upstream = serializers.IntegerField(allow_null=True)
    grade = serializers.ChoiceField(Finding.Grade.choices, allow_blank=True, help_text="What the path is worth")
    supplier = serializers.IntegerField(allow_null=True)


class MatchedSerializer(serializers.Serializer[Finding]):
    """The field of the party or shipment that gave a finding, and the words in it."""

    field = serializers.CharField()
    text = serializers.CharField(allow_blank=True)


class SignSerializer(serializers.Serializer[Finding]):
    """What speaks for a finding beside the name: manufacturer code, credit code, telephone, address, city."""

    field = serializers.CharField()
    token = serializers.CharField(help_text="The words in the field")
    rule = serializers.CharField()
    text = serializers.CharField()
    judgement = serializers.IntegerField(allow_null=True, help_text="The judgement it was learned from")


class FoundPlaceSerializer(serializers.Serializer[Finding]):
    """The place a finding is about."""

    code = serializers.CharField()
    name = serializers.CharField()


class FindingSerializer(ModelSerializer[Finding]):
    """One reason why a shipment is flagged. ``ground`` is there only where it raises the presumption."""

    code = serializers.CharField(source="rule")
    ground = serializers.SerializerMethodField()
    lines = serializers.ListField(
        child=serializers.IntegerField(), source="line_numbers", help_text="Empty: the whole shipment"
    )
    party = serializers.SerializerMethodField()
    path = serializers.SerializerMethodField()
    other_paths = serializers.IntegerField(
        source="ways_beside",
        allow_null=True,
        help_text="Ways that lead there beside the one shown; null: told to the office alone",
    )
    weakest_link = WeakestLinkSerializer(allow_null=True)
    matched = serializers.SerializerMethodField()
    reasons = serializers.SerializerMethodField()
    signs = serializers.SerializerMethodField()
    listing = FoundListingSerializer(allow_null=True)
    place = serializers.SerializerMethodField()
    list_version = serializers.IntegerField(source="list_version_id")
    shipment = serializers.IntegerField(source="screening.shipment_id")
    screening = serializers.IntegerField(source="screening_id")

    class Meta:
        model = Finding
        fields = [
            "id",
            "code",
            "severity",
            "basis",
            "ground",
            "asks_review",
            "headline",
            "lines",
            "party",
            "path",
            "other_paths",
            "weakest_link",
            "matched",
            "score",
            "reasons",
            "signs",
            "listing",
            "place",
            "list_version",
            "shipment",
            "screening",
        ]
        read_only_fields = fields

    def to_representation(self, instance: Finding) -> dict[str, Any]:
        discretion: Discretion = self.context["discretion"]
        return super().to_representation(discretion.finding(instance))

    @extend_schema_field(serializers.ChoiceField(Finding.Ground.choices, allow_null=True))
    def get_ground(self, finding: Finding) -> str | None:
        return finding.ground or None

    @extend_schema_field(FoundPartySerializer(allow_null=True))
    def get_party(self, finding: Finding) -> dict[str, Any] | None:
        if not finding.party_name:
            return None
        return {
            "role": finding.party_role,
            "name": finding.party_name,
            "steps_upstream": finding.steps_upstream,
            "grade": finding.grade,
            "supplier": finding.supplier_id,
        }

    @extend_schema_field(PathNodeSerializer(many=True))
    def get_path(self, finding: Finding) -> list[dict[str, Any]]:
        return [
            {
                "step": node["step"],
                "name": node["name"] or node.get("native_name", ""),
                "native_name": node.get("native_name", ""),
                "role": node["role"],
                "stage": node.get("stage", ""),
                "goods": node.get("goods", ""),
                "grade": node.get("grade", ""),
                "valid_from": node.get("from") or None,
                "valid_to": node.get("to") or None,
                "weak": node.get("weak", []),
                "supplier": node.get("supplier"),
                "is_confidential": "supplier" not in node,
            }
            for node in finding.path
        ]

    @extend_schema_field(MatchedSerializer(allow_null=True))
    def get_matched(self, finding: Finding) -> dict[str, str] | None:
        return {"field": finding.matched_field, "text": finding.matched_text} if finding.matched_field else None

    @extend_schema_field(serializers.ListField(child=serializers.CharField()))
    def get_reasons(self, finding: Finding) -> list[str]:
        return [one["text"] if isinstance(one, dict) else one for one in finding.reasons]

    @extend_schema_field(SignSerializer(many=True))
    def get_signs(self, finding: Finding) -> list[dict[str, Any]]:
        told = [one for one in finding.reasons if isinstance(one, dict)]
        return [{"judgement": None, "rule": finding.rule, **one} for one in told]

    @extend_schema_field(FoundPlaceSerializer(allow_null=True))
    def get_place(self, finding: Finding) -> dict[str, str] | None:
        return {"code": finding.place_code, "name": finding.place_name} if finding.place_name else None


class CoverageSerializer(serializers.Serializer[Any]):
    """How far the chain of one line is known. Unknown is not proven harmless."""

    line = serializers.IntegerField(source="line_number")
    commodity = serializers.CharField(allow_blank=True)
    expected = serializers.ListField(child=serializers.CharField(), help_text="Stages the goods must have passed")
    declared = serializers.ListField(child=serializers.CharField())
    proven = serializers.ListField(child=serializers.CharField())
    missing = serializers.ListField(child=serializers.CharField())
    steps_declared = serializers.IntegerField()
    unknown_above_step = serializers.IntegerField(allow_null=True, help_text="Null: no expected stage is missing")
    sentence = serializers.CharField()


class ScreeningReceiptSerializer(serializers.Serializer[Any]):
    """The receipt of a screening: all it read and said, sealed, so that it can be made again byte for byte."""

    address = serializers.CharField(help_text="It opens to the office alone, as it holds the whole chain")
    sha256 = serializers.CharField(
        allow_null=True,
        help_text="For everybody, as proof of what the receipt says; given at /screenings/{id}/, null elsewhere",
    )


class ScreeningSerializer(serializers.Serializer[Any]):
    """The answer of a screening. For a shipment not screened yet every field is there, and status says pending."""

    id = serializers.IntegerField(allow_null=True)
    shipment = serializers.IntegerField()
    status = serializers.ChoiceField(STATUSES)
    outcome = serializers.ChoiceField(Shipment.Outcome.choices)
    coverage = CoverageSerializer(many=True)
    caveats = serializers.ListField(child=serializers.CharField(), help_text="What limits the answer")
    findings = FindingSerializer(many=True)
    list_version = ListVersionNameSerializer(allow_null=True)
    engine_version = serializers.CharField(allow_null=True)
    thresholds = serializers.IntegerField(
        allow_null=True, help_text="Id at /thresholds/ of the office's set it was made with; null: as shipped"
    )
    screened_on = serializers.DateField(allow_null=True, help_text="The date whose list applies")
    date_basis = serializers.ChoiceField(Screening.DateBasis.choices, allow_null=True)
    receipt = ScreeningReceiptSerializer(allow_null=True)
    case = serializers.CharField(allow_null=True, help_text="Number of the case, where there is one")
    created_at = Moment(allow_null=True)

    def to_representation(self, instance: Screening) -> dict[str, Any]:
        return screening_answer(instance.shipment, instance, self.context["discretion"])


def screening_answer(shipment: Shipment, screening: Screening | None, discretion: Discretion) -> dict[str, Any]:
    """The values of ``ScreeningSerializer``; findings, run and cases are prefetched."""
    answer: dict[str, Any] = {
        "id": screening.pk if screening else None,
        "shipment": shipment.pk,
        "status": status_of(shipment, screening),
        "outcome": screening.outcome if screening else Shipment.Outcome.PENDING.value,
        "coverage": [],
        "caveats": [],
        "findings": [],
        "list_version": None,
        "engine_version": None,
        "thresholds": None,
        "screened_on": None,
        "date_basis": None,
        "receipt": None,
        "case": case_of(shipment),
        "created_at": None,
    }
    if screening is None:
        return answer
    screening.shipment = shipment
    for finding in (findings := list(screening.findings.all())):
        finding.screening = screening
    return answer | {
        "coverage": CoverageSerializer(discretion.coverage(screening), many=True).data,
        "caveats": discretion.caveats(screening),
        "findings": FindingSerializer(findings, many=True, context={"discretion": discretion}).data,
        "list_version": ListVersionNameSerializer(screening.run.list_version).data,
        "engine_version": screening.run.engine_version,
        "thresholds": screening.run.thresholds_id,
        "screened_on": screening.screened_on.isoformat(),
        "date_basis": screening.date_basis,
        "receipt": {"address": reverse("api-receipts-detail", args=[screening.pk]), "sha256": None},
        "created_at": Moment().to_representation(screening.created_at),
    }
