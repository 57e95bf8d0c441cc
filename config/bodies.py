"""Large bodies of requests, taken to disk piece by piece: memory holds none of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import IO, Any

from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadedfile import TemporaryUploadedFile

_AT_ONCE = 1 << 16


def taken_in(
    stream: IO[bytes] | Any, name: str, media_type: str, *, most: int, each: Callable[[bytes], Any] = lambda _: None
) -> TemporaryUploadedFile:
    """What a stream holds, as a file on disk that is gone once nobody reads it; ``each`` is told every piece.

    Raises ``RequestDataTooBig`` where it is longer than ``most`` bytes.
    """
    file = TemporaryUploadedFile(name, media_type, 0, None)
    while piece := stream.read(_AT_ONCE):
        file.size = (file.size or 0) + len(piece)
        if file.size > most:
            file.close()
            raise RequestDataTooBig
        file.write(piece)
        each(piece)
    file.seek(0)
    return file
