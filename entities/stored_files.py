"""Files in the storage, for programs that need a path: the storage may be a disk or a service such as S3."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.core.files.storage import FileSystemStorage, storages
from django.db.models.fields.files import FieldFile


@contextmanager
def on_disk(file: FieldFile) -> Iterator[Path]:
    """The path of a stored file: its own where the storage is a disk, else that of a copy for the time being."""
    if isinstance(storages["default"], FileSystemStorage):
        yield Path(file.path)
        return
    with tempfile.NamedTemporaryFile(prefix="clearorigin-") as copy, file.open("rb") as original:
        shutil.copyfileobj(original, copy)
        copy.flush()
        yield Path(copy.name)
