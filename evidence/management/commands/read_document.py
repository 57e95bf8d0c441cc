"""Read one file as an upload would be read, and print what became of it. Nothing is stored."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from evidence.readers import read_document


class Command(BaseCommand):
    help = "Read a document and print its kind, pages, readability, problem and scripts."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--name", help="the name its sender gave it, if not that of the file")
        parser.add_argument("--text", action="store_true", help="print the text of the pages too")
        parser.add_argument("--json", action="store_true", help="print JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        if not path.is_file():
            raise CommandError(f"There is no file {path}.")
        result = read_document(path, options["name"] or path.name)
        with path.open("rb") as file:
            answer = {"sha256": hashlib.file_digest(file, "sha256").hexdigest(), **result.as_dict()}
        if options["text"]:
            answer["text"] = [page.text for page in result.pages]
        if options["json"]:
            self.stdout.write(json.dumps(answer, ensure_ascii=False))
            return
        for key, value in answer.items():
            if key == "problem" and result.problem:
                value = f"{result.problem.code}: {result.problem.message} {result.problem.remedy}"
            self.stdout.write(f"{key}: {value}")
