"""Names of listed entities the office proposes: how each proposal stands."""

from __future__ import annotations

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from config.api_fields import ModelSerializer, StrictSerializer, Words
from entities.models import JudgementConfirmation, NameStatement
from entities.serializers.judgements import AnswerInput


class NameAnswerSerializer(ModelSerializer[NameStatement]):
    """What came of a proposal, by whom and why."""

    verdict = serializers.SerializerMethodField()
    by = serializers.CharField(source="author.full_name")

    class Meta:
        model = NameStatement
        fields = ["verdict", "reason", "by", "made_at"]
        read_only_fields = fields

    @extend_schema_field(serializers.ChoiceField(JudgementConfirmation.Verdict.choices))
    def get_verdict(self, answer: NameStatement) -> str:
        words = JudgementConfirmation.Verdict
        return words.CONFIRMED if answer.act == NameStatement.Act.CONFIRM else words.DECLINED


class NameProposalSerializer(ModelSerializer[NameStatement]):
    """A name, or the withdrawal of one, as it was proposed; `answer` is null while it waits for a second person."""

    entity = serializers.IntegerField(source="entity_id", help_text="Id at /listed-entities/")
    entity_name = serializers.CharField(source="entity.name")
    act = serializers.ChoiceField(choices=[("add", "Name proposed"), ("withdraw", "Withdrawal proposed")])
    by = serializers.CharField(source="author.full_name")
    answer = NameAnswerSerializer(allow_null=True)

    class Meta:
        model = NameStatement
        fields = [
            "id",
            "entity",
            "entity_name",
            "text",
            "act",
            "source",
            "source_url",
            "reason",
            "by",
            "made_at",
            "answer",
        ]
        read_only_fields = fields


class NameAnswerInput(AnswerInput):
    """The second person's answer to a proposed name; whoever proposed may only decline, which takes it back."""


class NameWithdrawalInput(StrictSerializer):
    reason = Words(max_length=2000, help_text="Why the name is not the entity's.")
