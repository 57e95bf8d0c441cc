"""Rounds of questions, messages and reminders: read by the office and by the importer they concern."""

from __future__ import annotations

from typing import Any

import django_filters
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import mixins, status, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from config.api import account
from config.filters import YesNoFilter
from entities.domain.roles import Act
from screening.models import Case, Message, Reminder, Task
from screening.serializers.tasks import (
    ExtensionInput,
    MessageInput,
    MessageSerializer,
    QuestionAnswerInput,
    ReminderSerializer,
    TaskSerializer,
)
from screening.services import extensions, messages, requests


class OfCaseFilter(django_filters.FilterSet):
    case = django_filters.ModelChoiceFilter(
        to_field_name="number",
        queryset=lambda request: Case.objects.visible_to(request.user),
        help_text="Number of the case.",
    )


class TaskFilter(OfCaseFilter):
    open = YesNoFilter(field_name="closed_at", lookup_expr="isnull", help_text="Not handed in yet.")


class MessageFilter(OfCaseFilter):
    unread = YesNoFilter(
        method="of_the_other_side", help_text="Only what the other side wrote and you have not opened on the page."
    )

    def of_the_other_side(self, rows: QuerySet[Message], name: str, value: bool) -> QuerySet[Message]:
        unread = Message.objects.unread_by(self.request.user).values("pk")
        return rows.filter(pk__in=unread) if value else rows.exclude(pk__in=unread)


@extend_schema_view(
    list=extend_schema(summary="List rounds of questions"), retrieve=extend_schema(summary="One round of questions")
)
class TaskViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet[Task]):
    """What the office asks of the importer, round by round. Papers are sent to a question at /documents/."""

    queryset = Task.objects.none()
    serializer_class = TaskSerializer
    filterset_class = TaskFilter
    lookup_value_regex = "[0-9]{1,18}"
    acts = dict.fromkeys(("answers", "hand_in", "extensions"), Act.UPLOAD_DOCUMENT)

    def get_queryset(self) -> QuerySet[Task]:
        rows = Task.objects.visible_to(account(self.request)).select_related("case")
        return rows.prefetch_related("items__answers", "extensions")

    @extend_schema(summary="Answer a question", request=QuestionAnswerInput, responses={201: TaskSerializer})
    @action(detail=True, methods=["post"])
    def answers(self, request: Request, pk: str) -> Response:
        """Answer one question of an open round in words. A later answer adds to an earlier one."""
        task = self._importers()
        sent = QuestionAnswerInput(data=request.data, context={**self.get_serializer_context(), "task": task})
        sent.is_valid(raise_exception=True)
        values = sent.validated_data
        requests.answer_item(values["item"], actor=account(request), text=values["text"])
        return self._as_it_is(pk, status.HTTP_201_CREATED)

    @extend_schema(summary="Hand a round in", request=None, responses=TaskSerializer)
    @action(detail=True, methods=["post"], url_path="hand-in")
    def hand_in(self, request: Request, pk: str) -> Response:
        """Say that you have answered what you can. A question without an answer stays open and may be asked again."""
        requests.answer_request(self._importers(), actor=account(request))
        return self._as_it_is(pk)

    @extend_schema(summary="Ask for more time", request=ExtensionInput, responses={201: TaskSerializer})
    @action(detail=True, methods=["post"])
    def extensions(self, request: Request, pk: str) -> Response:
        """Ask for more days. Refused (409) once the day has passed, and after more time was given twice."""
        task = self._importers()
        sent = ExtensionInput(data=request.data)
        sent.is_valid(raise_exception=True)
        extensions.ask_extension(task, actor=account(request), **sent.validated_data)
        return self._as_it_is(pk, status.HTTP_201_CREATED)

    def _importers(self) -> Task:
        """The round, for whoever acts for its importer: the office does not answer for it."""
        task = self.get_object()
        if account(self.request).is_officer:
            raise PermissionDenied
        return task

    def _as_it_is(self, pk: str, code: int = status.HTTP_200_OK) -> Response:
        return Response(self.get_serializer(self.get_queryset().get(pk=pk)).data, status=code)


@extend_schema_view(list=extend_schema(summary="List messages"))
class MessageViewSet(mixins.ListModelMixin, viewsets.GenericViewSet[Message]):
    """Messages between the office and the importer inside a case."""

    queryset = Message.objects.none()
    serializer_class = MessageSerializer
    filterset_class = MessageFilter
    acts = {"create": Act.WRITE_MESSAGE}

    def get_queryset(self) -> QuerySet[Message]:
        rows = Message.objects.visible_to(account(self.request))
        return rows.select_related("case", "author__person", "organization")

    @extend_schema(summary="Write a message", request=MessageInput, responses={201: MessageSerializer})
    def create(self, request: Request) -> Response:
        """Write to the other side of a case. It gets a mail; what is written stays on record."""
        sent = MessageInput(data=request.data, context=self.get_serializer_context())
        sent.is_valid(raise_exception=True)
        values: dict[str, Any] = sent.validated_data
        write = messages.write_note if values["is_note"] else messages.write_message
        message = write(values["case"], actor=account(request), text=values["text"])
        return Response(self.get_serializer(message).data, status=status.HTTP_201_CREATED)


@extend_schema_view(list=extend_schema(summary="List reminders"))
class ReminderViewSet(mixins.ListModelMixin, viewsets.GenericViewSet[Reminder]):
    """Days that come near: 10, 5 and 2 days before answers are due, and before the law's own day on held goods."""

    queryset = Reminder.objects.none()
    serializer_class = ReminderSerializer
    filterset_class = OfCaseFilter

    def get_queryset(self) -> QuerySet[Reminder]:
        return Reminder.objects.visible_to(account(self.request)).select_related("case")
