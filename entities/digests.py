"""The SHA-256 of files."""

from __future__ import annotations

import hashlib
from typing import IO, Any

from django.core.files.base import File


def digest_of(file: IO[bytes] | File[Any]) -> str:
    """The SHA-256 of a file from its beginning, however large it is."""
    file.seek(0)
    return hashlib.file_digest(file, "sha256").hexdigest()  # type: ignore[arg-type]
