"""A JSON file of ownership statements to rows of text, one per statement. Runs in the limited child process.

Each row is ``[statement number, [statement id, the statement as JSON]]`` below a row of headings, as a table has them.
"""

import json
from pathlib import Path
from typing import Any

MAX_STATEMENTS = 300_000
HEADINGS = ["statement", "as published (JSON)"]


def read(path: str, options: dict[str, Any]) -> dict[str, Any]:
    """Write the statements under ``options["into"]``, and answer where and how many.

    Statements come as one JSON array, as an object with ``statements``, or one per line.
    """
    target = Path(options["into"]) / "sheet0.jsonl"
    try:
        statements = _statements(Path(path).read_text(encoding="utf-8-sig"))
    except (ValueError, RecursionError):  # a text that is no UTF-8 is a ValueError too
        return _refused("unreadable", "This is not JSON in UTF-8. Export the statements again and resend them.")
    if not statements:
        return _refused("empty", "The file holds no statements. Send the file with its statements in it.")
    if len(statements) > MAX_STATEMENTS:
        return _refused("too_many_rows", f"The file has more than {MAX_STATEMENTS:,} statements. Send it in parts.")
    with target.open("w", encoding="utf-8") as out:
        out.write(json.dumps([0, HEADINGS]) + "\n")
        for number, statement in enumerate(statements, 1):
            shown = json.dumps(statement, ensure_ascii=False).replace("\\u0000", "")
            key = _id(statement)
            out.write(json.dumps([number, [key.replace("\x00", ""), shown]], ensure_ascii=False) + "\n")
    return {"sheets": [{"name": "", "rows": len(statements) + 1, "columns": 2, "path": str(target)}]}


def _statements(text: str) -> list[Any]:
    try:
        whole = json.loads(text)
    except json.JSONDecodeError:
        return [json.loads(line) for line in text.splitlines() if line.strip()]
    if isinstance(whole, dict):
        inner = whole.get("statements")
        return inner if isinstance(inner, list) else [whole]
    return whole if isinstance(whole, list) else [whole]


def _id(statement: Any) -> str:
    found = (statement.get("statementId") or statement.get("statementID")) if isinstance(statement, dict) else ""
    return str(found or "")[:200]


def _refused(code: str, message: str) -> dict[str, Any]:
    return {"refused": {"code": code, "message": message}}
