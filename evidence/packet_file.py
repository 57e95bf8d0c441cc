"""A file of a packet as it is handed out, on the page and in the API: to keep, never shown under our address."""

from django.http import FileResponse

from evidence.models import Packet

_KINDS = {Packet.Form.PDF: "application/pdf", Packet.Form.ZIP: "application/zip"}


def file_of(packet: Packet) -> FileResponse:
    kind = _KINDS[Packet.Form(packet.form)]
    response = FileResponse(packet.file.open("rb"), as_attachment=True, filename=packet.name, content_type=kind)
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response
