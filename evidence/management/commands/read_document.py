"""Read one file as an upload would be read, and print what became of it. Nothing is stored."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from evidence.read_file import read_file, told


class Command(BaseCommand):
    help = "Read a document and print its kind, pages, readability, papers with their fields, and what it mentions."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--name", help="the name its sender gave it, if not that of the file")
        parser.add_argument("--no-ocr", action="store_true", help="leave pages without text to people")
        parser.add_argument("--text", action="store_true", help="print the text of the pages too")
        parser.add_argument("--json", action="store_true", help="print JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        if not path.is_file():
            raise CommandError(f"There is no file {path}.")
        result, papers = read_file(path, options["name"] or "", pictures=not options["no_ocr"])
        answer = told(path, result, papers)
        if options["text"]:
            answer["text"] = [page.text for page in result.pages]
        if options["json"]:
            self.stdout.write(json.dumps(answer, ensure_ascii=False))
            return
        for key, value in answer.items():
            if key == "problem" and result.problem:
                value = f"{result.problem.code}: {result.problem.message} {result.problem.remedy}"
            self.stdout.write(f"{key}: {value}")
