"""An export as it is handed out, on the page and in the API."""

from django.http import FileResponse

from evidence.models import CaseExport


def file_of(export: CaseExport) -> FileResponse:
    name = f"case-{export.case.number}-export-{export.pk}.zip"
    return FileResponse(export.file.open("rb"), as_attachment=True, filename=name, content_type="application/zip")
