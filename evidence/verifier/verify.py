#!/usr/bin/env python3
"""Verify an export of a case, on any machine with Python 3.9 or later. Nothing else is needed, and nothing is sent.

    python verify.py                          in the folder the export was unpacked to
    python verify.py case.zip                 the export as it came
    python verify.py case.zip --head 120:9f…  also: does this head, printed on a letter, lie on the chain

It names every file, row and event that is not as it was recorded, and ends with exit code 1 then.
"""

import argparse
import hashlib
import json
import sys
import zipfile
import zlib
from pathlib import Path

START = "0" * 64
MANIFEST = "manifest.json"


def sha256(text):
    return hashlib.sha256(text.encode()).hexdigest()


def canonical(value):
    """JSON in one way only: keys sorted, no spaces, ASCII."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"))


def row_digest(salt, kind, key, fields):
    return sha256(f"{salt} {kind} {key} {canonical(fields)}")


def rows_hash(digests):
    ordered = sorted(digests)
    return sha256("\n".join(ordered)) if ordered else ""


def content_hash(event):
    """The hash of an event's content, of which it may show only the hash and not what it says."""
    said = sha256(canonical(event["said"])) if "said" in event else event["said_hash"]
    return sha256(said + rows_hash(row if isinstance(row, str) else row["digest"] for row in event["rows"]))


class Export:
    """The files of an export, packed or unpacked."""

    def __init__(self, path):
        self.archive = None if path.is_dir() else zipfile.ZipFile(path)
        self.folder = path

    def names(self):
        if self.archive:
            return {info.filename for info in self.archive.infolist() if not info.is_dir()}
        found = (one for one in self.folder.rglob("*") if one.is_file() and "__pycache__" not in one.parts)
        return {one.relative_to(self.folder).as_posix() for one in found}

    def open(self, name):
        return self.archive.open(name) if self.archive else (self.folder / name).open("rb")

    def json(self, name):
        with self.open(name) as file:
            return json.loads(file.read())

    def lines(self, name):
        with self.open(name) as file:
            for line in file:
                yield line.decode().rstrip("\n")

    def sha256(self, name):
        digest = hashlib.sha256()
        with self.open(name) as file:
            while piece := file.read(1 << 20):
                digest.update(piece)
        return digest.hexdigest()


def check_files(export, manifest):
    """Every file is there and has the bytes the manifest names; nothing was put beside them."""
    names = export.names()
    said = {key: value for key, value in manifest.items() if key != "sha256"}
    if sha256(json.dumps(said, sort_keys=True)) != manifest.get("sha256"):
        yield f"{MANIFEST}: not as it was written"
    for name, expected in sorted(manifest["files"].items()):
        if name not in names:
            yield f"The file {name} is missing."
            continue
        try:
            found = export.sha256(name)
        except (OSError, zipfile.BadZipFile, zlib.error, ValueError, EOFError) as fault:
            yield f"The file {name} cannot be read: {fault}."
            continue
        if found != expected:
            yield f"The file {name} was changed: its bytes are not those of the export."
    for name in sorted(names - set(manifest["files"]) - {MANIFEST}):
        yield f"The file {name} is not part of the export."


def check_chain(export, manifest, heads, hashes, contents):
    """The chain leads from its first event to the head; fills in the hash and content hash of each event."""
    previous, number = START, 0
    for line in export.lines("chain.txt"):
        number += 1
        kind, _, value = line.partition(" ")
        previous = sha256(previous + value) if kind == "content" else value
        hashes[number], contents[number] = previous, value if kind == "content" else ""
    head = manifest["head"]
    if number != head["sequence"]:
        yield f"The chain ends at event {number}, its head is event {head['sequence']}: the end was cut off or added."
    elif previous != head["hash"]:
        yield f"The chain does not lead to its head: one of its {number} events was changed, taken out or added."
    for number, printed, where in heads:
        if number not in hashes:
            yield f"Event {number}, the head printed on {where}, is missing: the end of the chain was cut off."
        elif hashes[number] != printed:
            yield f"The head printed on {where} is not event {number} of this chain: the chain was rewritten."


def check_events(export, contents, said_last):
    """Every event shown is the one that stands in the chain; fills in what was said last of each row."""
    for line in export.lines("events.jsonl"):
        event = json.loads(line)
        number = event["sequence"]
        if number not in contents:
            yield f"Event {number} is not in the chain."
            continue
        if contents[number] and content_hash(event) != contents[number]:
            yield f"Event {number} is not as it was recorded: {event.get('said', {}).get('action', 'not shown')}."
        if event.get("said", event)["sequence"] != number:
            yield f"Event {number} stands under another number than its own."
        if event.get("said", {}).get("action") == "row.found_changed":
            found = event["said"]["after"]
            row = f"{found['kind']} {found['key']}"
            yield f"{row} was changed past the product after event {found['recorded']}: event {number} found it so."
        for row in event["rows"]:
            if not isinstance(row, str):
                place = (row["kind"], str(row["key"]))
                if place not in said_last or said_last[place][0] <= number:
                    said_last[place] = (number, row)


def check_rows(rows, said_last, is_young):
    """Every row is what the last event that speaks of it says, and none is missing."""
    for kind, by_key in rows.items():
        for key, fields in by_key.items():
            number, said = said_last.get((kind, key), (0, None))
            if said is None:
                if is_young:
                    yield f"{kind} {key} is spoken of by no event: it was put there past the product."
            elif said["gone"]:
                yield f"{kind} {key} is there, though event {number} says it was taken away."
            elif row_digest(said["salt"], kind, int(key), fields) != said["digest"]:
                yield f"{kind} {key} is not as event {number} recorded it (fields: {', '.join(sorted(fields))})."
    for (kind, key), (number, said) in sorted(said_last.items()):
        if said["gone"]:
            if row_digest(said["salt"], kind, int(key), None) != said["digest"]:
                yield f"{kind} {key} is said to be taken away, but event {number} does not say so."
        elif key not in rows.get(kind, {}):
            yield f"{kind} {key}, of which event {number} speaks, is missing."


def check_papers(manifest, rows):
    """The original of every paper has the SHA-256 that its row, and so the history, names."""
    kept = set()
    for paper in manifest["papers"]:
        kept.add((paper["kind"], str(paper["key"])))
        fields = rows.get(paper["kind"], {}).get(str(paper["key"]))
        if fields is None:
            yield f"{paper['path']} belongs to no row: {paper['kind']} {paper['key']} is missing."
        elif not paper["path"]:
            yield f"The original of {paper['kind']} {paper['key']} was missing when the export was made."
        elif manifest["files"].get(paper["path"]) != fields[paper["hash_in"]]:
            yield f"{paper['path']} is not as it came: {paper['kind']} {paper['key']} has another SHA-256."
    for kind in {paper["kind"] for paper in manifest["papers"]} | set(manifest["kinds_with_papers"]):
        for key in rows.get(kind, {}):
            if (kind, key) not in kept:
                yield f"The original of {kind} {key} is not in the export."


def printed_heads(given, rows):
    """Heads given by hand, and those that stand on letters and earlier exports of the case."""
    for text in given:
        number, _, printed = text.strip().lower().partition(":")
        yield int(number), printed, "the paper at hand"
    for kind, by_key in rows.items():
        for key, fields in by_key.items():
            if fields.get("head_hash") and fields.get("head_sequence"):
                yield fields["head_sequence"], fields["head_hash"], f"{kind} {key}"


def verify(export, given=()):
    """All that is not as it was recorded, in sentences, and a line on what was looked at."""
    faults: list[str] = []
    hashes: dict[int, str] = {}
    contents: dict[int, str] = {}
    said_last: dict[tuple[str, str], tuple[int, dict]] = {}
    try:
        manifest = export.json(MANIFEST)
        faults += check_files(export, manifest)
        rows = export.json("case.json")["rows"]
        faults += check_chain(export, manifest, list(printed_heads(given, rows)), hashes, contents)
        faults += check_events(export, contents, said_last)
        early = list(contents.values()).count("")
        faults += check_rows(rows, said_last, is_young=not early)
        faults += check_papers(manifest, rows)
    except (KeyError, ValueError, TypeError, AttributeError, OSError, zipfile.BadZipFile, zlib.error) as fault:
        return [*faults, f"The export cannot be followed to its end: {type(fault).__name__}: {fault}."], ""
    total = sum(len(by_key) for by_key in rows.values())
    kinds = sum(1 for by_key in rows.values() if by_key)
    seen = f"{len(contents)} events, {total} rows of {kinds} kinds, "
    seen += f"{len(manifest['papers'])} papers"
    if left_out := manifest.get("notes_left_out", 0):
        seen += f"; {left_out} notes of the office are left out, their digests hold"
    if early:
        seen += f"; {early} events were recorded before digests of rows were kept, and are not proved"
    head = manifest["head"]
    return faults, f"{seen}; head {head['sequence']}:{head['hash']} of {head['at']}"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("export", nargs="?", type=Path, default=Path(__file__).resolve().parent)
    parser.add_argument("--head", action="append", default=[], metavar="NUMBER:HASH")
    asked = parser.parse_args()
    try:
        faults, seen = verify(Export(asked.export), asked.head)
    except (OSError, KeyError, ValueError, zipfile.BadZipFile, zlib.error) as fault:
        faults, seen = [f"This is no export that can be read: {fault}."], ""
    for sentence in faults:
        print(sentence)
    if faults:
        print(f"NOT AS RECORDED: {len(faults)} faults" + (f" in {seen}" if seen else "") + ".")
        return 1
    print(f"OK: {seen}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
