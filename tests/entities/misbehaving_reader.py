"""A reader that does what a parser does when a hostile file has got hold of it. Used by test_sandbox.py."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path


def read(path: str, options: dict) -> dict:
    return globals()["_" + options["how"]](path, options)


def _answers(path, options):
    return {"text": Path(path).read_text(), "options": options}


def _says_where_it_is(path, options):
    return {
        "environment": dict(os.environ),
        "modules": sorted(m for m in sys.modules if m.split(".")[0] in ("django", "celery", "config")),
        "session": os.getsid(0),
        "process": os.getpid(),
    }


def _prints_to_standard_output(path, options):
    os.write(1, b"warning from a C library\n")
    print("and one from Python")
    return {"text": "fine"}


def _hogs_memory(path, options):
    return {"n": len(bytearray(4 << 30))}


def _aborts(path, options):
    os.abort()


def _segfaults(path, options):
    os.kill(os.getpid(), signal.SIGSEGV)


def _spins(path, options):
    while True:
        pass


def _sleeps(path, options):
    time.sleep(60)


def _naps(path, options):
    time.sleep(2.5)
    return {"text": "rested"}


def _ignores_polite_signals(path, options):
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGALRM):
        signal.signal(number, signal.SIG_IGN)
    time.sleep(60)


def _answers_at_length(path, options):
    return {"text": "x" * options["length"]}


def _raises(path, options):
    raise ValueError("secret words out of the document")


def _recurses(path, options):
    return _recurses(path, options)


def _exits(path, options):
    os._exit(3)


def _writes_garbage(path, options):
    for descriptor in range(64):
        try:
            os.write(descriptor, b'{"answer": ')
        except OSError:
            continue
    os._exit(0)


def _answers_with_a_list(path, options):
    return ["not", "a", "dictionary"]


def _answers_with_an_object(path, options):
    return {"value": object()}


def _writes_a_file(path, options):
    try:
        with open(options["target"], "w") as out:
            out.write("contraband")
    except OSError as error:
        return {"refused": error.strerror}
    return {"refused": None}


def _leaves_a_process_behind(path, options):
    left = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    return {"process": left.pid}


def _closes_the_pipe_and_stays(path, options):
    os.closerange(0, 64)
    time.sleep(60)
