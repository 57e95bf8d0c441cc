"""E-mail messages: headers and words as one page, attachments listed. Runs in the child process only.

Attachments are evidence of their own: they are named with size and SHA-256, so that a file sent by itself can
be recognised as the one that hung on this mail. They are not read here: each is taken out as a file of its own.
"""

from __future__ import annotations

import base64
import email
import email.policy
import hashlib
import re
from email.message import EmailMessage
from html.parser import HTMLParser
from typing import Any

from evidence.domain.media import EML, MAX_PARTS, MAX_TEXT_CHARACTERS
from evidence.readers.answers import page, read_so_far, refused
from evidence.readers.containers import damaged
from evidence.readers.text import TEXT_TOO_LONG, decoded

HEADERS = ("From", "To", "Cc", "Date", "Subject", "Message-ID", "In-Reply-To")


def read(path: str, options: dict[str, Any]) -> dict[str, Any]:
    with open(path, "rb") as file:
        message = email.message_from_binary_file(file, policy=email.policy.default)
    if not isinstance(message, EmailMessage) or not message.keys():
        return refused(EML, damaged(EML.label))
    if "part" in options:
        return {"content": base64.b64encode(_content(_attached(message)[options["part"]])).decode("ascii")}
    attachments = [_attachment(part) for part in _attached(message)]
    text = "\n".join([*_headers(message), "", _words(message)])
    if attachments:
        text += "\n\nAttachments:\n" + "\n".join(f"{a['name']} ({a['bytes']} bytes)" for a in attachments)
    problem = TEXT_TOO_LONG if len(text) > MAX_TEXT_CHARACTERS else None
    notes = []
    if attachments:
        notes.append(f"The mail has {len(attachments)} attachment(s); each is taken as a file of its own.")
    return read_so_far(
        EML,
        [page(1, text[:MAX_TEXT_CHARACTERS])],
        notes=notes,
        problem=problem,
        attachments=attachments,
    )


def _headers(message: EmailMessage) -> list[str]:
    lines = []
    for name in HEADERS:
        try:
            values = message.get_all(name, [])
        except (ValueError, IndexError, AttributeError, TypeError):  # the standard parser trips over some headers
            values = [value for key, value in message.raw_items() if key.lower() == name.lower()]
        lines += [f"{name}: {' '.join(str(value).split())}" for value in values]
    return lines


def _attached(message: EmailMessage) -> list[EmailMessage]:
    """Every part that is a file: marked as attachment, named, or nothing a mail program shows as words."""
    found: list[EmailMessage] = []
    waiting: list[Any] = [message]
    while waiting and len(found) < MAX_PARTS:
        part = waiting.pop(0)
        is_file = part.get_content_disposition() == "attachment" or part.get_filename()
        if part.is_multipart() and part.get_content_maintype() == "multipart":
            waiting = [child for child in part.iter_parts()] + waiting
        elif part is not message and (is_file or part.get_content_maintype() != "text"):
            found.append(part)
    return found


def _content(part: EmailMessage) -> bytes:
    if part.get_content_maintype() == "message":
        return b"".join(child.as_bytes() for child in part.iter_parts())
    return _payload(part)


def _attachment(part: EmailMessage) -> dict[str, Any]:
    content = _content(part)
    fallback = "message.eml" if part.get_content_maintype() == "message" else "unnamed"
    return {
        "name": " ".join(str(part.get_filename() or fallback).split()),
        "media_type": part.get_content_type(),
        "bytes": len(content),
        "sha256": hashlib.sha256(content).hexdigest(),
    }


def _payload(part: Any) -> bytes:
    content = part.get_payload(decode=True)
    return content if isinstance(content, bytes) else b""


def _words(message: EmailMessage) -> str:
    body = message.get_body(preferencelist=("plain", "html"))
    if body is None:
        return ""
    raw = _payload(body)
    try:
        words = raw.decode(body.get_content_charset() or "utf-8")
    except (LookupError, UnicodeDecodeError):
        words, _ = decoded(raw)
    return words_of_html(words) if body.get_content_subtype() == "html" else words.replace("\r\n", "\n").strip()


class _Words(HTMLParser):
    _SILENT = frozenset({"script", "style", "head", "title"})
    _LINES = frozenset({"p", "div", "br", "tr", "li", "h1", "h2", "h3", "table"})

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[str] = []
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._silent += tag in self._SILENT
        self.pieces.append("\n" if tag in self._LINES else "\t" if tag in ("td", "th") else "")

    def handle_endtag(self, tag: str) -> None:
        self._silent -= tag in self._SILENT and self._silent > 0

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.pieces.append(re.sub(r"\s+", " ", data))


def words_of_html(markup: str) -> str:
    """The words of a mail written in HTML, line by line."""
    parser = _Words()
    parser.feed(markup)
    parser.close()
    lines = (line.strip() for line in "".join(parser.pieces).split("\n"))
    return "\n".join(line for line in lines if line)
