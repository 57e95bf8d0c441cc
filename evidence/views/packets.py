"""Packets of a case: asked for, made by a worker, fetched by the office and by the importer."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_safe

from entities.domain.errors import Refused
from entities.domain.roles import Act
from entities.models import Job
from entities.views.request import SignedInRequest
from evidence.models import Packet
from evidence.packet_file import file_of
from evidence.services import packets
from screening.models import Case


@require_http_methods(["GET", "POST"])
def case_packets(request: SignedInRequest, pk: int) -> HttpResponse:
    """The packets made of a case, what is being made, and the button that asks for one."""
    case = get_object_or_404(Case.objects.visible_to(request.user).select_related("importer"), pk=pk)
    if request.method == "POST":
        if not request.user.has_perm(Act.UPLOAD_DOCUMENT):
            raise PermissionDenied
        try:
            packets.ask_for_packet(case, actor=request.user)
        except Refused as refused:
            messages.error(request, refused.message)
        return redirect("case-packets", pk=case.pk)
    is_officer = request.user.is_officer
    rows = Packet.objects.visible_to(request.user).filter(case=case).select_related("made_by__person", "case")
    job = packets.latest_job(case, request.user)
    return render(
        request,
        "evidence/case_packets.html",
        {
            "section": "desk" if is_officer else "importer-home",
            "case": case,
            "case_url": reverse("case-detail" if is_officer else "importer-case", args=[case.pk]),
            "packets": [
                {"row": some[0], "files": some, "is_open": some[0].may_be_given_to(request.user)}
                for some in (list(files) for _, files in groupby(rows, key=lambda row: row.number))
            ],
            "progress": _progress(case, job) if job else None,
            "may_ask": request.user.has_perm(Act.UPLOAD_DOCUMENT) and not (job and job.is_open),
            "breadcrumbs": [
                {"label": "Desk", "url": reverse("desk")}
                if is_officer
                else {"label": "To do", "url": reverse("importer-home")},
                {
                    "label": case.number,
                    "url": reverse("case-detail" if is_officer else "importer-case", args=[case.pk]),
                },
                {"label": "Packets"},
            ],
        },
    )


@require_safe
def packet_progress(request: SignedInRequest, pk: int) -> HttpResponse:
    """How far the packet is that this person's side asked for: the part of the page that asks again by itself."""
    case = get_object_or_404(Case.objects.visible_to(request.user), pk=pk)
    job = packets.latest_job(case, request.user)
    return render(request, "partials/_progress.html", _progress(case, job))


@require_GET
def packet_download(request: SignedInRequest, pk: int) -> HttpResponse | FileResponse:
    """A file of a packet as it was made, while each paper in it may still be opened by who asks."""
    row = get_object_or_404(Packet.objects.visible_to(request.user).select_related("case"), pk=pk)
    if not row.may_be_given_to(request.user):
        messages.error(
            request, "Papers in this packet were closed to you since it was made. Ask for a new packet without them."
        )
        return redirect("case-packets", pk=row.case_id)
    return file_of(row)


def _progress(case: Case, job: Job | None) -> dict[str, Any]:
    """The values of partials/_progress.html."""
    state = job.state if job else Job.State.DONE
    is_open = bool(job and job.is_open)
    note = f"Now: {job.progress_note}." if job and is_open and job.progress_note else ""
    return {
        "id": f"packet-{case.pk}",
        "url": reverse("packet-progress", args=[case.pk]),
        "state": state,
        "label": "The packet is being made" if is_open else "The last packet asked for",
        "done": job.progress_done if job and is_open else 0,
        "total": job.progress_total if job and is_open else 0,
        "detail": note or (job.error if job and state == Job.State.FAILED else ""),
        "next_url": reverse("case-packets", args=[case.pk]),
        "next_label": "Show the packets",
    }
