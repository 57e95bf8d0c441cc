"""Files in the storage, for programs that need a path: the storage may be a disk or a service such as S3."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.db.models.fields.files import FieldFile


@contextmanager
def on_disk(file: FieldFile) -> Iterator[Path]:
    """The path of a stored file: its own where the storage is a disk, else that of a copy for the time being."""
    try:
        path = file.path
    except NotImplementedError:
        with tempfile.NamedTemporaryFile(prefix="clearorigin-") as copy, file.open("rb") as original:
            shutil.copyfileobj(original, copy)
            copy.flush()
            yield Path(copy.name)
        return
    yield Path(path)
