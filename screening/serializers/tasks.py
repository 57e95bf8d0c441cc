"""What is asked of the importer as it comes out: rounds, questions, answers, more time, messages, reminders."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from config.api_fields import ModelSerializer, StrictSerializer, Words
from screening.domain.requests import MOST_DAYS
from screening.models import Answer, Case, Extension, Message, Reminder, Task, TaskItem
from screening.services import acts_in_law
from screening.services.messages import MOST_CHARACTERS


class AnswerSerializer(ModelSerializer[Answer]):
    """What the importer said to a question."""

    class Meta:
        model = Answer
        fields = ["id", "text", "answered_at"]
        read_only_fields = fields


class TaskItemSerializer(ModelSerializer[TaskItem]):
    """One question; documents are uploaded to its id. ``again_of``: the question of an earlier round it asks again."""

    answers = AnswerSerializer(many=True)
    again_of = serializers.IntegerField(source="again_of_id", allow_null=True)

    class Meta:
        model = TaskItem
        fields = ["id", "number", "text", "again_of", "state", "reason", "answers", "answered_at", "judged_at"]
        read_only_fields = fields


class ExtensionSerializer(ModelSerializer[Extension]):
    """A request for more time. ``outcome`` is empty while the office has not answered."""

    class Meta:
        model = Extension
        fields = [
            "id",
            "days",
            "reason",
            "missing",
            "due_before",
            "asked_at",
            "outcome",
            "days_granted",
            "answer",
            "answered_at",
        ]
        read_only_fields = fields


class TaskSerializer(ModelSerializer[Task]):
    """One round of questions to the importer, and until when. The date is the office's own, not a statutory one."""

    case = serializers.CharField(source="case.number")
    items = TaskItemSerializer(many=True)
    extensions = ExtensionSerializer(many=True)

    class Meta:
        model = Task
        fields = [
            "id",
            "case",
            "round",
            "message",
            "due_on",
            "items",
            "extensions",
            "asked_at",
            "answered_at",
            "closed_at",
        ]
        read_only_fields = fields


class AskedSerializer(TaskSerializer):
    """A round just asked, and why it moves nothing in law where it does not."""

    not_in_law = serializers.SerializerMethodField()

    class Meta(TaskSerializer.Meta):
        fields = [*TaskSerializer.Meta.fields, "not_in_law"]
        read_only_fields = fields

    @extend_schema_field(serializers.ListField(child=serializers.CharField()))
    def get_not_in_law(self, task: Task) -> list[str]:
        return acts_in_law.round_not_on_record(task)


class MessageSerializer(ModelSerializer[Message]):
    """A message in a case, or for the office one of its notes."""

    case = serializers.CharField(source="case.number")
    author = serializers.CharField(source="author.full_name")
    organization = serializers.CharField(source="organization.name")

    class Meta:
        model = Message
        fields = ["id", "case", "is_note", "side", "organization", "author", "text", "written_at"]
        read_only_fields = fields


class ReminderSerializer(ModelSerializer[Reminder]):
    """A day that comes near. ``on`` of a request is the office's date; the other days are the law's."""

    case = serializers.CharField(source="case.number")
    task = serializers.IntegerField(source="task_id", allow_null=True)
    detention = serializers.IntegerField(source="detention_id", allow_null=True)

    class Meta:
        model = Reminder
        fields = ["id", "case", "day", "task", "detention", "on", "days_before", "written_at"]
        read_only_fields = fields


class QuestionAnswerInput(StrictSerializer):
    """An answer to one question of the round, in words."""

    item = serializers.IntegerField(min_value=1, max_value=2**63 - 1, help_text="Id of the question.")
    text = Words(max_length=8000)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        task: Task = self.context["task"]
        item = task.items.select_related("task__case").filter(pk=attrs["item"]).first()
        if item is None:
            fault = serializers.ErrorDetail(f"This round asks no question {attrs['item']}.", "does_not_exist")
            raise serializers.ValidationError({"item": fault})
        return {**attrs, "item": item}


class ExtensionInput(StrictSerializer):
    """How much more time, why, and what is still missing."""

    days = serializers.IntegerField(min_value=1, max_value=MOST_DAYS, help_text="Calendar days.")
    reason = Words(max_length=4000)
    missing = Words(max_length=4000)


class MessageInput(StrictSerializer):
    """A message in a case; with ``is_note`` a note that stays in the office."""

    case = serializers.CharField(max_length=20, help_text="Number of the case.")
    text = Words(max_length=MOST_CHARACTERS)
    is_note = serializers.BooleanField(default=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        cases = Case.objects.visible_to(self.context["request"].user)
        case = cases.filter(number=attrs["case"]).first()
        if case is None:
            fault = serializers.ErrorDetail(f"There is no case {attrs['case']}.", "does_not_exist")
            raise serializers.ValidationError({"case": fault})
        return {**attrs, "case": case}
