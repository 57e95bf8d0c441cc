"""Run a file parser in a child process that the operating system limits.

Evidence and shipment files come from strangers, and a file of a few kilobytes can make a parser fill the
memory, spin for hours or abort the process. So no parser runs in a web process or in a worker: ``run_reader``
starts one child per call, and what the child does to itself never reaches the caller.

How a run can end, and what the caller sees:

====================================================  =====================================================
the child answered                                    the reader's dictionary
memory limit (MemoryError, or SIGABRT / -6)           ``Unreadable("resource_limit")``
CPU limit (SIGXCPU / -24), kernel or us (SIGKILL/-9)  ``Unreadable("resource_limit")``
wall clock ran out                                    ``Unreadable("resource_limit")``, whole session killed
answer longer than allowed                            ``Unreadable("answer_too_large")``, whole session killed
exception in the reader, any other signal, any other  ``Unreadable("crashed")``
exit code, or an answer that is not the agreed JSON
====================================================  =====================================================

None of these is worth a retry: the same file ends the same way. Only a child that cannot be started at all
(no processes left, no memory for the parent) surfaces as ``OSError``.

The limits are set by the child in its own first lines and not in a ``preexec_fn``, because the callers are
threads (gunicorn, the embedded worker) and Python code between fork and exec can deadlock there.

A reader is a module with ``read(path: str, options: dict) -> dict``; the dictionary must be JSON. The child
imports that module and nothing of Django.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import os
import resource
import selectors
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
MIB = 1024 * 1024

# SIGABRT is how PDFium and Rust parsers answer a refused allocation; SIGKILL is the hard CPU limit, the
# kernel's out-of-memory killer or our own wall clock.
RESOURCE_SIGNALS = frozenset({signal.SIGABRT, signal.SIGKILL, signal.SIGXCPU, signal.SIGALRM})
# Threads of numeric libraries each reserve address space, which RLIMIT_AS counts.
CHILD_ENVIRONMENT = {
    "LANG": "C.UTF-8",
    "MALLOC_ARENA_MAX": "2",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
}
_LIFE_AFTER_ANSWER_SECONDS = 2.0
# How long a child may have to wait until its answer is taken, where its caller does other work meanwhile.
_MEANWHILE_SECONDS = 1800


@dataclass(frozen=True)
class Limits:
    """What one child may use. ``written_bytes`` is the largest file it may write; readers write none."""

    memory_bytes: int = 1024 * MIB
    cpu_seconds: int = 20
    wall_seconds: float = 40.0
    written_bytes: int = 0
    open_files: int = 64
    answer_bytes: int = 96 * MIB


PDF_LIMITS = Limits()
SHEET_LIMITS = Limits()
IMAGE_LIMITS = Limits(cpu_seconds=15, wall_seconds=30.0)
# The picture of a page, and words read from it: the models alone take half a gigabyte.
PICTURE_LIMITS = Limits(cpu_seconds=30, wall_seconds=90.0)
OCR_LIMITS = Limits(memory_bytes=2048 * MIB, cpu_seconds=90, wall_seconds=240.0)
TEXT_LIMITS = Limits(memory_bytes=512 * MIB, cpu_seconds=10, wall_seconds=20.0)


class Unreadable(Exception):
    """The child gave no usable answer. ``code`` says why in one word, ``detail`` in words for a log."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(f"{code}: {detail}")
        self.code = code
        self.detail = detail


def run_reader(
    module: str,
    path: Path,
    *,
    options: dict[str, Any] | None = None,
    limits: Limits = PDF_LIMITS,
    meanwhile: Callable[[], object] | None = None,
) -> dict[str, Any]:
    """The answer of ``module.read(path, options)``, computed in a limited child process.

    The answer gains one key, ``measured``: ``seconds`` and the child's ``peak_memory_mb``. ``meanwhile`` is called
    about every second while the child works; what it takes is not counted as the child's time.
    """
    order = json.dumps(
        {
            "module": module,
            "path": str(path.resolve()),
            "options": options or {},
            "limits": asdict(limits),
            "alarm": int(limits.wall_seconds) + (_MEANWHILE_SECONDS if meanwhile else 5),
        }
    )
    started = time.monotonic()
    process = subprocess.Popen(
        [sys.executable, "-I", "-B", str(Path(__file__).resolve()), order],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,  # a parser's warnings quote the document; logs carry no document text
        env=CHILD_ENVIRONMENT,
        cwd="/",
        start_new_session=True,
        close_fds=True,
    )
    try:
        raw, ended = _receive(process, started + limits.wall_seconds, limits.answer_bytes, meanwhile)
    finally:
        exit_code = _end(process)
    if ended == "late":
        raise Unreadable("resource_limit", f"not finished after {limits.wall_seconds:.0f} seconds")
    if ended == "too_long":
        raise Unreadable("answer_too_large", f"more than {limits.answer_bytes} bytes of answer")
    answer = _understood(raw, exit_code)
    answer["measured"]["seconds"] = round(time.monotonic() - started, 2)
    return answer


def _receive(
    process: subprocess.Popen[bytes], deadline: float, answer_bytes: int, meanwhile: Callable[[], object] | None
) -> tuple[bytes, str]:
    """What the child wrote, and whether it came to its end, too late or too long."""
    assert process.stdout is not None
    descriptor = process.stdout.fileno()
    parts: list[bytes] = []
    size = 0
    with selectors.DefaultSelector() as selector:
        selector.register(descriptor, selectors.EVENT_READ)
        while True:
            remaining = deadline - time.monotonic()
            if remaining <= 0:
                return b"", "late"
            if not selector.select(min(remaining, 1.0) if meanwhile else remaining):
                if meanwhile:
                    before = time.monotonic()
                    meanwhile()
                    deadline += time.monotonic() - before
                continue
            part = os.read(descriptor, 1 << 18)
            if not part:
                break
            parts.append(part)
            size += len(part)
            if size > answer_bytes:
                return b"", "too_long"
    return b"".join(parts), "done"


def _end(process: subprocess.Popen[bytes]) -> int | None:
    """End everything the child started and give its exit code; None where someone else collected it.

    The group is killed before the child is collected: until then its number cannot belong to anybody else.
    """
    grace = time.monotonic() + _LIFE_AFTER_ANSWER_SECONDS
    exited = False
    try:
        # An end of file comes when the child is ending, some microseconds before it has an exit code.
        while process.stdout is not None and not exited and time.monotonic() < grace:
            exited = os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None
            if not exited:
                if not _at_end(process):
                    break
                time.sleep(0.005)
    except ChildProcessError:
        exited = True
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    if process.stdout is not None:
        process.stdout.close()
    try:
        _, status = os.waitpid(process.pid, 0)
    except ChildProcessError:
        process.returncode = 0  # keeps Popen from asking for a process that is gone
        return None
    process.returncode = os.waitstatus_to_exitcode(status)
    return process.returncode


def _at_end(process: subprocess.Popen[bytes]) -> bool:
    """Whether the child has closed its end of the pipe, so that it is only a matter of exiting."""
    assert process.stdout is not None
    with selectors.DefaultSelector() as selector:
        selector.register(process.stdout.fileno(), selectors.EVENT_READ)
        if not selector.select(0):
            return False
    return not os.read(process.stdout.fileno(), 1)


def _understood(raw: bytes, exit_code: int | None) -> dict[str, Any]:
    """The reader's answer out of what came through the pipe, or why there is none."""
    if exit_code is not None and exit_code < 0:
        name = signal.Signals(-exit_code).name if -exit_code in set(signal.Signals) else str(exit_code)
        code = "resource_limit" if -exit_code in RESOURCE_SIGNALS else "crashed"
        raise Unreadable(code, f"ended by {name}")
    try:
        message = json.loads(raw)
        failure, answer, measured = message["failure"], message["answer"], dict(message["measured"])
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise Unreadable("crashed", f"no answer, exit code {exit_code}") from error
    if failure:
        memory = failure["kind"] == "MemoryError"
        raise Unreadable("resource_limit" if memory else "crashed", f"{failure['kind']} at {failure['where']}")
    if not isinstance(answer, dict):
        raise Unreadable("crashed", "the answer is not a dictionary")
    return {**answer, "measured": measured}


# -- in the child --------------------------------------------------------------------------------


def _limit(limits: dict[str, Any], alarm: int) -> None:
    def cap(what: int, soft: int, hard: int) -> None:
        _, allowed = resource.getrlimit(what)
        if allowed != resource.RLIM_INFINITY:  # a container may allow less than we would
            soft, hard = min(soft, allowed), min(hard, allowed)
        resource.setrlimit(what, (soft, hard))

    cap(resource.RLIMIT_CORE, 0, 0)
    cap(resource.RLIMIT_AS, limits["memory_bytes"], limits["memory_bytes"])
    cap(resource.RLIMIT_CPU, limits["cpu_seconds"], limits["cpu_seconds"] + 2)
    cap(resource.RLIMIT_FSIZE, limits["written_bytes"], limits["written_bytes"])
    cap(resource.RLIMIT_NOFILE, limits["open_files"], limits["open_files"])
    # Should the parent die first, nobody would be left to watch the clock.
    signal.alarm(alarm)
    os.nice(5)


def _peak_memory_mb() -> float | None:
    # Not ru_maxrss: after vfork it starts at the parent's size.
    with contextlib.suppress(OSError, ValueError, IndexError), open("/proc/self/status") as status:
        for line in status:
            if line.startswith("VmHWM:"):
                return round(int(line.split()[1]) / 1024, 1)
    return None


def _child(order: dict[str, Any]) -> None:
    # 1. Keep the pipe for the answer alone: parsers in C print where they like.
    pipe = os.dup(1)
    os.dup2(2, 1)
    # 2. Limits before the first byte of the file, and before the parser is even imported.
    _limit(order["limits"], order["alarm"])
    sys.path.insert(0, str(ROOT))
    answer: dict[str, Any] | None = None
    failure: dict[str, str] | None = None
    try:
        answer = importlib.import_module(order["module"]).read(order["path"], order["options"])
    except BaseException as error:  # a panic in a Rust parser is no Exception
        place = error.__traceback__
        while place is not None and place.tb_next is not None:
            place = place.tb_next
        # Kind and place only: the message of a parser may quote the document.
        where = f"{Path(place.tb_frame.f_code.co_filename).name}:{place.tb_lineno}" if place else "?"
        failure = {"kind": type(error).__name__, "where": where}
    measured = {"peak_memory_mb": _peak_memory_mb()}
    message = json.dumps({"failure": failure, "answer": answer, "measured": measured}).encode("ascii")
    with os.fdopen(pipe, "wb") as out:
        out.write(message)
    # 3. Leave without clean-up: a broken document must not get a second chance in somebody's destructor.
    os._exit(0)


if __name__ == "__main__":
    _child(json.loads(sys.argv[1]))
