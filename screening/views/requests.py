"""The office's acts on requests: answers judged, more time granted or refused."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_http_methods

from entities.domain.roles import Act
from entities.views.request import SignedInRequest
from evidence.models import Exhibit
from screening.forms.requests import ExtensionAnswerForm, JudgeForm
from screening.models import Extension, HeldLine, TaskItem
from screening.services import extensions, requests
from screening.views.access import office
from screening.views.case_acts import answer


@office(Act.REQUEST_EVIDENCE)
@require_http_methods(["GET", "POST"])
def item_judge(request: SignedInRequest, pk: int) -> HttpResponse:
    """Say whether one question is completely answered."""
    rows = TaskItem.objects.visible_to(request.user).select_related("task__case__importer", "again_of")
    item = get_object_or_404(rows.prefetch_related("answers__answered_by__person"), pk=pk)
    case = item.task.case
    given = {"state": item.state, "reason": item.reason} if item.state in TaskItem.JUDGED else {}
    form = JudgeForm(request.POST or None, item=item, initial=given)

    def act() -> str:
        requests.judge_answer(item, actor=request.user, **form.cleaned_data)
        left = len(requests.open_questions(case))
        return f"The verdict is on record. {left} question{'' if left == 1 else 's'} of the case {_are(left)} open."

    return answer(
        request,
        case,
        form,
        act,
        title=f"Judge the answer to question {item.number} of round {item.task.round}",
        submit="Record the verdict",
        question=item,
        exhibits=list(Exhibit.objects.visible_to(request.user).filter(task_item=item).select_related("document")),
    )


@office(Act.REQUEST_EVIDENCE)
@require_http_methods(["GET", "POST"])
def extension_answer(request: SignedInRequest, pk: int) -> HttpResponse:
    """Give the importer more time, or not."""
    rows = Extension.objects.visible_to(request.user).select_related("task__case__importer", "asked_by__person")
    extension = get_object_or_404(rows, pk=pk)
    case = extension.task.case
    why_not = extensions.why_not_extendable(extension.task)
    form = ExtensionAnswerForm(request.POST or None, most=extension.days, may_grant=not why_not)

    def act() -> str:
        said = form.cleaned_data
        answered = extensions.answer_extension(
            extension,
            actor=request.user,
            grant=said["verdict"] == "grant",
            reason=said["reason"],
            days=said.get("days"),
        )
        due_on = f"{answered.task.due_on:%-d %B %Y}"
        return f"Round {answered.task.round} is due on {due_on}. {case.importer} is told by mail."

    return answer(
        request,
        case,
        form,
        act,
        title="Answer a request for more time",
        submit="Answer",
        extension=extension,
        why_not=why_not,
        last_day=last_day_of(case.pk),
    )


def last_day_of(case_id: int) -> HeldLine | None:
    """The statutory day on the goods of a case that comes first, which no extension moves."""
    return HeldLine.objects.with_last_day().filter(detention__case=case_id).order_by("deadline_on").first()


def _are(count: int) -> str:
    return "is" if count == 1 else "are"
