"""The PDF of a letter as an answer of the site, on pages and in the API."""

from django.http import FileResponse

from screening.models import Letter


def file_of(letter: Letter, *, is_public: bool = False) -> FileResponse:
    """The stored PDF, as a file to keep."""
    response = FileResponse(
        letter.file.open("rb"), as_attachment=True, filename=f"{letter.number}.pdf", content_type="application/pdf"
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "public, max-age=300" if is_public else "private, no-store"
    return response
