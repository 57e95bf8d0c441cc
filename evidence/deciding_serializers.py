"""Judging and deciding as it goes in and comes out: questions, verdicts, recommendations, decisions."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from config.api_fields import ModelSerializer, StrictSerializer, Text, Words
from evidence.domain.rubric import MARKS, Said
from evidence.models import Assessment, Citation
from evidence.services.assessments import CitedPage
from screening.models import Decision, Finding, Recommendation
from screening.models.decision import CONCLUSIONS, PATHWAYS

MOST_CHARACTERS = 20_000


class CitationSerializer(ModelSerializer[Citation]):
    """A page that a verdict rests on, with its hash."""

    exhibit = serializers.IntegerField(source="exhibit.number")
    page = serializers.IntegerField(source="page_number")

    class Meta:
        model = Citation
        fields = ["exhibit", "page", "page_sha256", "quote"]
        read_only_fields = fields


class VerdictSerializer(ModelSerializer[Assessment]):
    """What is held of a question and why: for a step of the chain, or as a whole where ``step`` is empty."""

    author = serializers.CharField(source="author.full_name")
    citations = CitationSerializer(many=True)
    marks = serializers.ListField(
        child=serializers.DictField(), help_text="What is said of each point of the rubric, where it is asked for"
    )

    class Meta:
        model = Assessment
        fields = [
            *("id", "pathway", "requirement", "step", "step_label", "verdict", "reason"),
            *("marks", "citations", "author", "created_at"),
        ]
        read_only_fields = fields


class StepSerializer(serializers.Serializer[Any]):
    """A party of the chain, or a stage nobody declared, and what is held of it; null: not judged."""

    key = serializers.CharField(source="step.key")
    label = serializers.CharField(source="step.label")  # type: ignore[assignment]
    is_gap = serializers.BooleanField(source="step.is_gap")
    verdict = VerdictSerializer(allow_null=True)


class QuestionSerializer(serializers.Serializer[Any]):
    """A question of a pathway, by what it is shown, and what is held of it as a whole; null: not judged."""

    code = serializers.CharField(source="question.code")
    question = serializers.CharField(source="question.question")
    shown_by = serializers.CharField(source="question.shown_by")
    provision = serializers.CharField(source="question.provision")
    standard = serializers.CharField(source="question.standard")
    needs_citation = serializers.BooleanField(source="question.needs_citation")
    has_rubric = serializers.BooleanField(source="question.has_rubric")
    verdict = VerdictSerializer(allow_null=True)
    steps = StepSerializer(many=True, help_text="Empty where the question is judged as a whole only")


class OutcomeSerializer(serializers.Serializer[Any]):
    """A conclusion, and what stands against recommending it now."""

    conclusion = serializers.CharField(source="outcome.conclusion")
    label = serializers.CharField(source="outcome.label")  # type: ignore[assignment]
    is_favourable = serializers.BooleanField(source="outcome.is_favourable")
    hindrances = serializers.ListField(child=serializers.CharField())


class WaySerializer(serializers.Serializer[Any]):
    """A pathway with its questions, and what is missing before it is concluded on."""

    pathway = serializers.CharField(source="procedure.pathway")
    label = serializers.CharField(source="procedure.label")  # type: ignore[assignment]
    questions = QuestionSerializer(many=True)
    not_judged = serializers.ListField(child=serializers.CharField(), help_text="Questions without a verdict")
    not_shown = serializers.ListField(
        child=serializers.CharField(), help_text="Questions not held to be shown, as a whole and for every step"
    )
    outcomes = OutcomeSerializer(many=True)


class GroundSerializer(serializers.Serializer[Any]):
    """A ground, and the first finding that raises it and stands."""

    ground = serializers.CharField()
    finding = serializers.CharField()


class OpenLineSerializer(serializers.Serializer[Any]):
    """A held line that can be decided on."""

    key = serializers.CharField(help_text="As lines of a recommendation name it")
    shipment = serializers.CharField()
    line_number = serializers.IntegerField()
    state = serializers.CharField()


class MarkSerializer(serializers.Serializer[Any]):
    """A point of the written rubric for the condition that asks most; ``seen``: what the record itself shows."""

    code = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    help = serializers.CharField()
    seen = serializers.CharField()


class ReviewSerializer(serializers.Serializer[Any]):
    """What a case needs to be decided."""

    case = serializers.CharField()
    stage = serializers.CharField()
    open_questions = serializers.ListField(child=serializers.CharField(), help_text="Not completely answered")
    papers_unread = serializers.IntegerField(help_text="Papers still being read")
    grounds = GroundSerializer(many=True)
    lines = OpenLineSerializer(many=True)
    rubric = MarkSerializer(many=True)
    pathways = WaySerializer(many=True)
    pending = serializers.IntegerField(allow_null=True, help_text="Recommendation that waits for an answer")


class PageInput(StrictSerializer):
    """A page of an exhibit."""

    exhibit = serializers.IntegerField(min_value=1, max_value=2**31 - 1)
    page = serializers.IntegerField(min_value=1, max_value=2**31 - 1)
    quote = Text(max_length=400)


class MarkInput(StrictSerializer):
    """What is said of a point of the rubric: found or not, where, or why not."""

    code = serializers.ChoiceField(choices=[(one.code, one.label) for one in MARKS])
    is_found = serializers.BooleanField()
    place = Text(max_length=20, help_text="Exhibit and page among the citations, for example 3-12")
    reason = Text(max_length=2000)


class VerdictInput(StrictSerializer):
    """A verdict on a question. Nothing is taken for granted: verdict and reason are always sent."""

    pathway = serializers.ChoiceField(choices=PATHWAYS)
    requirement = Words(max_length=10, help_text="Code of the question, for example A3")
    verdict = serializers.ChoiceField(choices=[(one.value, one.label) for one in Assessment.OF_QUESTIONS])
    reason = Words(max_length=MOST_CHARACTERS)
    step = Text(max_length=80, help_text="Key of the step it speaks of; left out: the question as a whole")
    also = serializers.ListField(
        child=Words(max_length=80), default=list, max_length=500, help_text="Further steps of which the same is held"
    )
    citations = PageInput(many=True, required=False, default=list)
    marks = MarkInput(many=True, required=False, default=list, help_text="Where the question has a rubric")

    def values(self) -> dict[str, Any]:
        """As the service takes it."""
        sent = dict(self.validated_data)
        pages = [CitedPage(one["exhibit"], one["page"], one["quote"]) for one in sent.pop("citations")]
        marks = [Said(**one) for one in sent.pop("marks")]
        code = sent.pop("requirement")
        return {**sent, "code": code, "citations": pages, "marks": marks}


class AnswerToItSerializer(ModelSerializer[Decision]):
    """The answer of a second person to a recommendation."""

    decided_by = serializers.CharField(source="decided_by.full_name")

    class Meta:
        model = Decision
        fields = ["id", "verdict", "reasons", "decided_by", "decided_at"]
        read_only_fields = fields


class RecommendationSerializer(ModelSerializer[Recommendation]):
    """A reviewer's conclusion, sealed with the record it rests on; ``decision`` is null until it is answered."""

    case = serializers.CharField(source="case.number")
    grounds = serializers.ListField(child=serializers.CharField())
    lines = serializers.ListField(child=serializers.CharField())
    recommended_by = serializers.CharField(source="recommended_by.full_name")
    decision = serializers.SerializerMethodField()

    class Meta:
        model = Recommendation
        fields = [
            *("id", "case", "pathway", "conclusion", "grounds", "lines", "reasons", "record_sha256"),
            *("recommended_by", "recommended_at", "decision"),
        ]
        read_only_fields = fields

    @extend_schema_field(AnswerToItSerializer(allow_null=True))
    def get_decision(self, row: Recommendation) -> Any:
        return AnswerToItSerializer(row.decision).data if hasattr(row, "decision") else None


class SealedSerializer(RecommendationSerializer):
    """A recommendation with its sealed record, and what speaks against your answering it."""

    record = serializers.DictField(help_text="Findings, verdicts, cited pages, lists and events as they stood")
    is_intact = serializers.SerializerMethodField()
    changed = serializers.SerializerMethodField()
    hindrance = serializers.SerializerMethodField()

    class Meta(RecommendationSerializer.Meta):
        fields = [*RecommendationSerializer.Meta.fields, "record", "is_intact", "changed", "hindrance"]
        read_only_fields = fields

    def get_is_intact(self, row: Recommendation) -> bool:
        """The record is still the one that was sealed."""
        return bool(self.context["is_intact"])

    @extend_schema_field(serializers.ListField(child=serializers.CharField()))
    def get_changed(self, row: Recommendation) -> Any:
        """What is no longer as the reviewer saw it; approval is refused while anything is."""
        return self.context["changed"]

    def get_hindrance(self, row: Recommendation) -> str:
        """Why you cannot answer it: you had a hand in the review, or it was answered. Empty where you can."""
        return str(self.context["hindrance"])


class RecommendationInput(StrictSerializer):
    """A conclusion on a pathway, with the ground named and the reasons."""

    pathway = serializers.ChoiceField(choices=PATHWAYS)
    conclusion = serializers.ChoiceField(choices=CONCLUSIONS)
    grounds = serializers.ListField(
        child=serializers.ChoiceField(choices=Finding.Ground.choices), allow_empty=False, max_length=10
    )
    lines = serializers.ListField(
        child=Words(max_length=40), default=list, max_length=1000, help_text="Held lines it speaks of, by their keys"
    )
    reasons = Words(max_length=MOST_CHARACTERS)


class DecisionInput(StrictSerializer):
    """Approve a recommendation, or return it to the reviewer; always with reasons."""

    verdict = serializers.ChoiceField(choices=Decision.Verdict.choices)
    reasons = Words(max_length=MOST_CHARACTERS)
